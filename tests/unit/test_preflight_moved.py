"""Moved: only a change stands behind a verb of moving; asides are read for themselves."""

from preflight_support import LEDGER

from newsletter.preflight.check import check
from newsletter.preflight.report import Severity
from newsletter.preflight.text.document import Document


def blocked(text):
    found = check(Document.of_text(f"Session: 2026-07-02.\n\n{text}\n"), LEDGER).findings
    return any(f.severity is Severity.BLOCK for f in found)


def test_a_tail_is_a_claim_of_its_own():
    """What is supposed or denied in between is not said of the extreme tacked on."""
    assert not blocked("Small caps fell 0.6% today, and nobody will mind.")
    for tail in ("a record low", "an all-time low", "the lowest close in its history"):
        assert blocked(f"Small caps fell 0.6% today, and nobody will mind, {tail}."), tail
