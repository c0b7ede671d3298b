"""Moved: only a change stands behind a verb of moving; asides are read for themselves."""

from dataclasses import replace

from preflight_support import LEDGER, fact

from newsletter.compute.facts import index_facts
from newsletter.preflight.check import check
from newsletter.preflight.report import Severity
from newsletter.preflight.text.document import Document
from newsletter.units import Unit


def blocked(text):
    found = check(Document.of_text(f"Session: 2026-07-02.\n\n{text}\n"), LEDGER).findings
    return any(f.severity is Severity.BLOCK for f in found)


def test_a_tail_is_a_claim_of_its_own():
    """What is supposed or denied in between is not said of the extreme tacked on."""
    assert not blocked("Small caps fell 0.6% today, and nobody will mind.")
    for tail in ("a record low", "an all-time low", "the lowest close in its history"):
        assert blocked(f"Small caps fell 0.6% today, and nobody will mind, {tail}."), tail


def test_a_move_that_happens_to_equal_a_distance_is_still_a_move():
    """A week that began at the record has fallen as far as the price is below it."""
    same = [
        fact("IWM.drawdown.now", "-4.31", Unit.PERCENT, "1y", metric="drawdown"),
        fact("IWM.return.5d", "-4.31", Unit.PERCENT, "5d", metric="return"),
    ]
    kept = [one for one in LEDGER if one.id != "IWM.return.5d"]
    for facts in ([*same, *kept], [*kept, *same[::-1]]):
        ledger = replace(LEDGER, facts=index_facts(facts))
        text = "Session: 2026-07-02.\n\nOver five sessions the small-cap fund fell 4.3%.\n"
        report = check(Document.of_text(text), ledger)
        assert not report.findings
        assert "IWM.return.5d" in {claim.fact for claim in report.claims}
