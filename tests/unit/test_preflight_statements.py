"""Claims without a figure: who rose, who beat whom, who said so, and what nobody understood."""

import pytest
from preflight_support import claims, report, verdict

from newsletter.preflight.report import Verdict

# The hand-made ledger of 2 July 2026: IWM −0.58 on the day, −0.41 over five sessions, +20.89
# this year; SPY −0.13, +1.42, +9.22; QQQ −1.71 and +16.03; KRE −1.52; SMH −4.52; XLF +1.52.

TRUE = [
    "Small caps fell today.",
    "Small caps gave ground today, and so did the S&P 500 fund: both fell.",
    "IWM is in the black for the year.",
    "The Russell 2000 ended lower.",
    "Regional banks took it on the chin while financials gained.",
    "Financials rose; regional banks did not.",
    "Technology did not rise.",
    "Up went health care.",
    "SPY higher over the week.",
    "Health care and utilities rose.",
    "Small caps, which beat large caps over the year, fell tonight.",
    "Small caps beat the Nasdaq-100 this year.",
    "Small caps trailed the S&P 500 over the past five sessions.",
    "The S&P 500 fund was outpaced by small caps this year.",
    "Small caps lagged today.",
    "This year leaves small caps ahead of large ones.",
    "Regional banks fell further than small caps on the day.",
    "SPY held up better than QQQ today.",
    "The Nasdaq-100 failed to keep pace with the S&P 500 on the day.",
]
FALSE = [
    "Small caps rose today.",
    "IWM is in the red for the year.",
    "The Russell 2000 ended higher.",
    "Regional banks clawed their way up while financials gained.",
    "Financials did not rise.",
    "Up went technology.",
    "SPY lower over the week.",
    "Health care and technology rose.",
    "Small caps trailed the Nasdaq-100 this year.",
    "Small caps beat the S&P 500 over the past five sessions.",
    "The S&P 500 fund was not outpaced by small caps this year.",
    "Small caps led today.",
    "This year leaves small caps behind.",
    "Regional banks fell less than small caps on the day.",
    "SPY did worse than QQQ today.",
    "QQQ and SMH did not fall.",
]
LEFT_ALONE = [
    "Small caps could fall.",
    "Whether small caps rise tomorrow is another matter.",
    "If small caps beat large ones, we would think again.",
    "We expect small caps to climb.",
    "The rise of small caps deserves a second look.",
    "What if the Nasdaq-100 fell?",
    "A day on which small caps rise would settle it.",
]


def unproved_statements(text: str) -> list[str]:
    """Return what is faulted as not proved, leaving out matters of style and balance."""
    return [finding.message for finding in report(text).findings if finding.rule == "N01"]


@pytest.mark.parametrize("text", TRUE)
def test_true_statements_are_proved(text: str) -> None:
    kinds = {one.kind: one.verdict for one in claims(text)}
    assert Verdict.PROVED in kinds.values()
    assert not unproved_statements(text)


@pytest.mark.parametrize("text", FALSE)
def test_false_statements_are_contradicted(text: str) -> None:
    wrong = [one for one in claims(text) if one.verdict is Verdict.CONTRADICTED]
    assert wrong
    assert all(one.expected and one.fact for one in wrong)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_suppositions_are_left_alone(text: str) -> None:
    assert all(one.verdict is Verdict.OPINION for one in claims(text))
    assert not unproved_statements(text)


def test_under_what_we_watch_only_what_tells_of_today_is_held_to_the_facts() -> None:
    def items(text: str) -> list[str]:
        return unproved_statements(f"## What would change our mind\n\n- {text}\n")

    assert [text for text in TRUE if items(text)] == []
    ahead = (
        "Small caps ahead of the S&P 500 fund over five sessions.",
        "A close above the record.",
        "A day on which small caps rise and the S&P 500 fund falls.",
    )
    assert [text for text in ahead if items(text)] == []
    assert items("Small caps rose today.")
    assert items("Whether small caps hold; they rose today.")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Small caps propped up the rest of the field.", "the rest"),
        ("The S&P 500 fund is the runner-up this week.", "runner-up"),
        ("Small caps were the also-rans of the session.", "also-rans"),
    ],
)
def test_what_is_not_understood_blocks(text: str, claim: str) -> None:
    found = report(text)
    assert found.blocked, [one.text for one in found.claims]
    assert all(one.verdict is not Verdict.PROVED for one in found.claims), claim


@pytest.mark.parametrize(
    "text",
    [
        "Our reading is that small caps are the better story.",
        "A rising tide flatters every boat.",
        "Nobody lost sleep over it.",
    ],
)
def test_views_and_idioms_pass(text: str) -> None:
    assert not unproved_statements(text)


@pytest.mark.parametrize(
    "text",
    [
        "According to Acme Research, the mood is fine.",
        "Acme Capital said so on Monday.",
        "A survey by the Institute of Surveys shows calm.",
    ],
)
def test_a_source_that_is_not_on_record_blocks(text: str) -> None:
    found = [one for one in claims(text) if one.kind == "attribution"]
    assert [one.verdict for one in found] == [Verdict.UNSUPPORTED]


def test_a_denied_figure_is_contradicted() -> None:
    assert verdict("Small caps fell 0.6%.", "0.6%") is Verdict.PROVED
    assert verdict("Small caps did not fall 0.6%.", "0.6%") is Verdict.CONTRADICTED
    assert verdict("Small caps fell not 2% but 0.6%.", "0.6%") is Verdict.PROVED


@pytest.mark.parametrize(
    ("text", "verdict_"),
    [
        ("Small caps rose since 2004.", Verdict.UNSUPPORTED),
        ("Small caps fell in 2019.", Verdict.UNSUPPORTED),
        ("In 2026 small caps rose.", Verdict.PROVED),
    ],
)
def test_named_years_are_no_other_period(text: str, verdict_: Verdict) -> None:
    assert [c.verdict for c in claims(text) if c.kind == "direction"] == [verdict_]
