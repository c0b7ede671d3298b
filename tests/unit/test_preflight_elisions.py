"""What borrows its words from another statement, and what no kind of claim understands."""

import pytest
from preflight_support import claims, report

from newsletter.preflight.report import Verdict

# The hand-made ledger of 2 July 2026: IWM −0.58 on the day, SPY −0.13, QQQ −1.71, KRE −1.52,
# SMH −4.52, XLF +1.52; this year IWM +20.89, SPY +9.22.

PAIRS = (
    ("Regional banks fell, and so did small caps.", "Regional banks fell, and so did financials."),
    ("Regional banks fell; so did small caps.", "Regional banks fell; so did financials."),
    ("Small caps fell, as did chipmakers.", "Small caps fell, as did financials."),
    ("Small caps did not rise, and nor did chipmakers.",
     "Small caps did not rise, and nor did financials."),
    ("Financials rose; small caps did not.", "Financials rose; small caps did too."),
    ("The Nasdaq-100 fund did not rise. Financials did.",
     "The Nasdaq-100 fund did not rise. Small caps did."),
    ("Financials rose; chipmakers went the other way.",
     "Small caps fell; chipmakers went the other way."),
    ("Unlike financials, small caps fell.", "Unlike chipmakers, small caps fell."),
    ("Financials joined the rally.", "Chipmakers joined the rally."),
    ("Small caps missed out on the rally.", "Financials missed out on the rally."),
    ("The session was kinder to large caps than to small.",
     "The session was kinder to small caps than to large."),
    ("Chipmakers had a rotten day.", "Financials had a rotten day."),
)  # fmt: skip


@pytest.mark.parametrize(("true", "false"), PAIRS)
def test_borrowed_words_are_judged(true: str, false: str) -> None:
    said = {one.verdict for one in claims(true)}
    assert Verdict.PROVED in said
    assert not said & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}
    assert Verdict.CONTRADICTED in {one.verdict for one in claims(false)}


NOBODY_UNDERSTANDS = (
    "Small caps fell 0.58% and were left at the altar.",
    "Small caps went home happy.",
    "Chipmakers wore the dunce's hat.",
    "Investors lost their nerve.",
    "Traders now expect two cuts before the summer.",
    "Small caps touched their high in the opening hour and drifted from there.",
    "Shares recovered after margin calls had forced early selling.",
    "European shares firmed, as did sterling.",
    "Financials rose 1.52%, homebuilders doing most of the work.",
)


@pytest.mark.parametrize("text", NOBODY_UNDERSTANDS)
def test_what_nobody_understands_is_blocked(text: str) -> None:
    assert [one for one in report(text).findings if one.rule == "N01"]


VIEWS = (
    "We think small caps deserve a hearing.",
    "If small caps wore the crown, we should say so.",
    "The small-cap fund tracks the Russell 2000.",
    "Would small caps go home happy?",
)


@pytest.mark.parametrize("text", VIEWS)
def test_views_and_definitions_are_left_alone(text: str) -> None:
    assert not [one for one in report(text).findings if one.rule == "N01"]
