"""Bystanders: a name beside a proved claim is read, or the sentence is refused."""

from preflight_support import LEDGER

from newsletter.preflight import prover
from newsletter.preflight.check import check
from newsletter.preflight.report import Severity, Verdict
from newsletter.preflight.text.document import Document


def findings(text):
    found = check(Document.of_text(f"Session: 2026-07-02.\n\n{text}\n"), LEDGER).findings
    return [f for f in found if f.severity is Severity.BLOCK]


def test_a_second_name_is_part_of_the_claim_or_refused():
    """What is proved of small caps is not proved of whoever stands beside them."""
    for text in (
        "Small caps fell 0.6% today.",
        "Small caps, and not the Nasdaq-100 fund, fell 0.6% today.",
        "Small caps trailed the S&P 500 fund today, like the Nasdaq-100 fund.",
        "Four of the seven mega caps trail the small-cap fund this year.",
    ):
        assert not findings(text), text
    for text in (
        "Small caps fell 0.6% today, in company with the Nasdaq-100 fund.",
        "Small caps, in company with the Nasdaq-100 fund, fell 0.6% today.",
    ):
        (found,) = findings(text)
        assert found.words.endswith("fund"), text
        assert "nothing is proved of it here" in found.message


def test_a_fault_in_a_reader_blocks_and_is_logged(monkeypatch, caplog):
    def broken(*_):
        raise ValueError("a reader's fault")

    monkeypatch.setattr(prover, "leftovers", broken)
    prover._PROVERS.clear()
    text = "Session: 2026-07-02.\n\nSmall caps fell 0.6% today.\n"
    report = check(Document.of_text(text), LEDGER)
    assert report.blocked
    assert any("could not read this sentence" in f.message for f in report.findings)
    assert "a reader's fault" in caplog.text
    assert {c.verdict for c in report.claims} == {Verdict.AMBIGUOUS}
    prover._PROVERS.clear()
