"""Stretches read word for word, several periods of one verb, and what names somebody in vain."""

import pytest
from preflight_support import claims

from newsletter.preflight.report import Verdict

# The hand-made ledger of 2 July 2026: IWM −0.58 on the day, SPY −0.13, QQQ −1.71, KRE −1.52,
# SMH −4.52, XLF +1.52; this year IWM +20.89, SPY +9.22.

PAIRS = (
    ("Financials were on fire.", "Chipmakers were on fire."),
    ("Chipmakers missed the bus.", "Financials missed the bus."),
    (
        "IWM is ahead of SPY this year by 11.67 points.",
        "IWM is behind SPY this year by 11.67 points.",
    ),
    ("SPY is not ahead of IWM this year.", "IWM is not ahead of SPY this year by 11.67 points."),
    ("IWM is not behind SPY this year.", "SPY is not behind IWM this year by 11.67 points."),
)
VAIN = ("Whales out-swim small caps.", "Small caps the talk of the town.")


@pytest.mark.parametrize(("true", "false"), PAIRS)
def test_a_short_stretch_is_read_whole(true: str, false: str) -> None:
    assert not {one.verdict for one in claims(true)} & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}
    assert {one.verdict for one in claims(false)} & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}


@pytest.mark.parametrize("text", VAIN)
def test_a_sentence_that_names_somebody_and_says_nothing_known_blocks(text: str) -> None:
    assert Verdict.UNSUPPORTED in {one.verdict for one in claims(text)}
