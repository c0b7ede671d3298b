"""Words of size, order and doubt: read by a claim, or the sentence is refused."""

import pytest
from preflight_support import LEDGER

from newsletter.preflight.check import check
from newsletter.preflight.report import Severity
from newsletter.preflight.text.document import Document

TRUE = (
    "Regional banks suffered a steeper fall than small caps today.",
    "Small caps and regional banks both fell, the milder loss being that of small caps.",
    "As you would expect on such a day, small caps fell.",
    "It must be said that small caps fell today.",
    "If small caps rise tomorrow, we shall see.",
    "Whoever sells small caps may regret it.",
)
FALSE = (
    "Small caps suffered a steeper fall than regional banks today.",
    "Small caps and regional banks both fell, the milder loss being that of regional banks.",
    "As you would expect on such a day, small caps rose.",
    "It must be said that small caps rose today.",
    "For once small caps rose today.",
    "Whoever held small caps today made money.",
    "Small caps fell ahead of the jobs report due next week.",
    "Small caps fell in thin trade.",
    "Nor, for all that, did small caps keep pace with the Dow fund, and they rose.",
)


def blocked(text):
    found = check(Document.of_text(f"Session: 2026-07-02.\n\n{text}\n"), LEDGER).findings
    return [f.message for f in found if f.severity is Severity.BLOCK]


@pytest.mark.parametrize("text", TRUE)
def test_what_is_read_passes(text):
    assert not blocked(text)


@pytest.mark.parametrize("text", FALSE)
def test_what_is_false_or_unread_blocks(text):
    assert blocked(text)


def test_a_word_of_size_that_no_claim_reads_blocks():
    for word in ("milder", "harsher"):
        (found,) = blocked(f"Small caps fell 0.6% today, the {word} of two evils.")
        assert word in found
        assert "its opposite alike" in found
