"""Equal weight against cap weight: whether the average stock keeps up."""

from collections.abc import Iterator

from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.race import Recipe, pair_of, race
from newsletter.compute.signal import Output, measure

NAME = "equal_vs_cap"
RECIPE = Recipe(enter=2.5, leave=1.0, turn=0.5, full=5.0)


@measure("weighting")
def weighting(market: Market) -> Iterator[Output]:
    """Return the signal ``equal_vs_cap``, its facts and its base rates.

    Formula
    -------
    The race of `newsletter.compute.race` between the two sides of the first configured
    pair of theme ``weighting`` (RSP and SPY): a side is taken at a lead of 2.5 % over
    63 sessions and kept down to 1; the month (21 sessions) turns at 0.5; full strength at 5.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours. Thresholds: one
    standard deviation of the quarter's lead is 2.74 % (4,953 overlapping quarters,
    2006-07-25 to 2026-07-02).

    Example
    -------
    2026-07-02: RSP 1.7 % behind SPY over the quarter, 4.5 ahead over the month:
    ``recovering`` since 2026-06-05. 26 events of trailing by 2.5 % since 2006-07-25, 25
    known, 12 trailed again (48 %), median 0.06 points (95 % interval −1.77 to 1.08); all
    days 53 % and −0.18: noise.

    Limits
    ------
    Equal weight also leans to smaller and cheaper companies and is restored quarterly, so
    its lead is not breadth alone.
    """
    pair = pair_of(market.universe, theme="weighting")
    if pair is not None:
        make = Maker(market, weighting.formula)
        yield from race(make, NAME, pair.first, pair.second, RECIPE)
