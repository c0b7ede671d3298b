"""States in words: averages, momentum, curves, regimes, values, what the Fed did."""

import pytest
from states_support import verdicts

from newsletter.preflight.report import Verdict

KINDS = frozenset(
    {"average", "cross", "momentum", "drawdown", "rotation", "trend_line", "curve", "regime",
     "breadth_line", "valuation", "volatility", "policy", "macro", "signal"}
)  # fmt: skip

PAIRS = (
    ("The small-cap fund is above its 50-day average.",
     "The small-cap fund is below its 50-day average."),
    ("Small caps hold above their fifty-day average but sit beneath their 200-day.",
     "Small caps hold above their fifty-day average and above their 200-day."),
    ("The Nasdaq-100 fund has lost its 50-day average.",
     "The Nasdaq-100 fund has reclaimed its 50-day average."),
    ("The ratio of small caps to large is below its 50-day average.",
     "The ratio of small caps to large is above its 50-day average."),
    ("Technology trades below both of its averages.", "Energy trades below both of its averages."),
    ("The S&P 500 fund shows a death cross.", "The S&P 500 fund shows a golden cross."),
    ("The S&P 500 fund's 50-day average lies below its 200-day.",
     "The S&P 500 fund's 50-day average lies above its 200-day."),
    ("Nvidia is oversold.", "Nvidia is overbought."),
    ("Small caps are neither overbought nor oversold.",
     "Nvidia is neither overbought nor oversold."),
    ("Tesla is in a bear market.", "Technology is in a bear market."),
    ("Technology has entered a correction.", "The small-cap fund has entered a correction."),
    ("On the rotation map, health care sits in the leading quadrant.",
     "On the rotation map, technology sits in the leading quadrant."),
    ("The ratio of small caps to large stays below its resistance line.",
     "The ratio of small caps to large has broken above its resistance line."),
    ("The yield curve slopes upward.", "The yield curve is inverted."),
    ("The volatility curve has its usual slope.", "The volatility curve is inverted."),
    ("The VIX stands below its three-month counterpart.",
     "The VIX stands above its three-month counterpart."),
    ("The volatility regime is calm.", "The volatility regime is turbulent."),
    ("The VIX sits in its low band.", "The VIX sits in its high band."),
    ("The advance-decline line stands below its record.",
     "The advance-decline line stands at a record."),
    ("The McClellan oscillator is positive.", "The McClellan oscillator is negative."),
    ("Apple trades at a premium to Meta.", "Meta trades at a premium to Apple."),
    ("Meta is cheaper than Apple.", "Apple is cheaper than Meta."),
    ("Small caps have been more volatile than large caps.",
     "Small caps have been less volatile than large caps."),
    ("The Fed has cut rates twice this year.", "The Fed has cut rates three times this year."),
    ("The Fed has cut rates this year.", "The Fed has raised rates this year."),
    ("The Fed's last move was a cut.", "The Fed's last move was a hike."),
    ("Unemployment ticked up.", "Unemployment ticked down."),
    ("Treasury yields fell today.", "Treasury yields rose today."),
    ("The small vs large signal is neutral.", "The small vs large signal is leading."),
)  # fmt: skip
DENIED = (
    ("The small-cap fund is above its 50-day average.",
     "The small-cap fund is not above its 50-day average."),
    ("Nvidia is oversold.", "Nvidia is not oversold."),
    ("Nvidia is oversold.", "Nvidia is not yet oversold."),
    ("Tesla is in a bear market.", "Tesla is not in a bear market."),
    ("The yield curve is inverted.", "The yield curve is not inverted."),
    ("The advance-decline line is at a record.", "The advance-decline line is not at a record."),
    ("The Fed has cut rates this year.", "The Fed has not cut rates this year."),
    ("The volatility regime is calm.", "The volatility regime is not calm."),
    ("Small caps are more volatile than large caps.",
     "Small caps are not more volatile than large caps."),
)  # fmt: skip
FREE = (
    "Whether the small-cap fund can get back above its 200-day average is what we watch.",
    "If the yield curve is inverted, banks suffer.",
    "We expect the Fed to cut rates.",
    "In a bear market, shelter is dear.",
    "67% of members closed above their 50-day average.",
    "Value is in the eye of the beholder.",
)


@pytest.mark.parametrize("text", [true for true, _ in PAIRS])
def test_a_true_state_is_proved(text: str) -> None:
    assert verdicts(text, KINDS) == {Verdict.PROVED}


@pytest.mark.parametrize("text", [false for _, false in PAIRS])
def test_a_false_state_is_contradicted(text: str) -> None:
    assert Verdict.CONTRADICTED in verdicts(text, KINDS)


@pytest.mark.parametrize(("plain", "denied"), DENIED)
def test_denial_turns_the_verdict(plain: str, denied: str) -> None:
    told = [verdicts(plain, KINDS), verdicts(denied, KINDS)]
    assert sorted(told, key=str) == [{Verdict.CONTRADICTED}, {Verdict.PROVED}]


@pytest.mark.parametrize(
    "text",
    ["The Dow fund is above its 50-day average.", "The S&P 500 fund is above its 100-day average.",
     "Small caps are cheaper than large caps.", "Inflation accelerated."],
)  # fmt: skip
def test_a_state_that_no_fact_knows_is_unsupported(text: str) -> None:
    assert verdicts(text, KINDS) == {Verdict.UNSUPPORTED}


@pytest.mark.parametrize("text", FREE)
def test_conditions_views_and_counts_are_left_alone(text: str) -> None:
    assert verdicts(text, KINDS) == set()
