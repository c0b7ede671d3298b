"""Small words that turn a proved sentence round must be read by a claim, or block it."""

import pytest
from preflight_support import report

# The hand-made ledger of 2 July 2026: IWM −0.58 on the day, SPY −0.13, QQQ −1.71, KRE −1.52,
# SMH −4.52, XLF +1.52; this year IWM +20.89, SPY +9.22.

READ_OR_REFUSED = (
    ("Small caps fell on the day.", "Small caps fell on no day."),
    ("Chipmakers fell 4.52% today.", "No chipmakers fell 4.52% today."),
    ("Small caps are still up by 20.89% this year.",
     "Small caps are no longer up by 20.89% this year."),
    ("Chipmakers led the losers with a loss of 4.52%.",
     "Chipmakers led the losers without a loss of 4.52%."),
    ("Small caps fell, and chipmakers fell.", "Small caps fell, but not chipmakers fell."),
    ("Small caps and chipmakers fell.", "Small caps but not chipmakers fell."),
    ("Small caps fell 0.58%, more than the 0.13% lost by the S&P 500 fund.",
     "Small caps fell 0.58%, less than the 0.13% lost by the S&P 500 fund."),
    ("Small caps are up 20.89% this year.",
     "Small caps are up 20.89% this year, fees included."),
    ("Financials rose 1.52% today.", "Financials rose worse than 1.5% today."),
    ("Chipmakers fell four and a half percent.", "Chipmakers fell four and a third percent."),
    ("Financials rose; regional banks did not.", "Financials rose; some sectors fell."),
    ("Chipmakers lost more than four percent.", "Chipmakers lost no more than four percent."),
    ("Financials rose today.", "Financials have always closed higher."),
    ("Chipmakers fell three times as much as regional banks.",
     "Chipmakers rose three times as much as regional banks."),
    ("Financials rose 1.52% today.", "Financials rose 1.52% today, third only to energy."),
)  # fmt: skip


def blocking(text: str) -> list[str]:
    """Return the messages that block a text."""
    return [one.message for one in report(text).findings if one.rule == "N01"]


@pytest.mark.parametrize(("true", "false"), READ_OR_REFUSED)
def test_a_small_word_is_read_or_refused(true: str, false: str) -> None:
    assert not blocking(true)
    assert blocking(false)
