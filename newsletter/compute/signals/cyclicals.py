"""Cyclical against defensive sectors: growth or shelter."""

from collections.abc import Iterator

from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.race import Recipe, pair_of, race
from newsletter.compute.signal import Output, measure

NAME = "cyclical_vs_defensive"
RECIPE = Recipe(enter=7.0, leave=3.0, turn=1.5, full=14.0)


@measure("cyclicals")
def cyclicals(market: Market) -> Iterator[Output]:
    """Return the signal ``cyclical_vs_defensive``, its facts and its base rates.

    Formula
    -------
    The race of `newsletter.compute.race` between the sides of the configured pair
    ``cyclical_defensive`` (two baskets of sectors in equal weights): a side is taken at a
    lead of 7 % over 63 sessions and kept down to 3; the month (21 sessions) turns at
    1.5; full strength at 14.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours. Thresholds: one
    standard deviation of the quarter's lead is 6.94 % (4,968 overlapping quarters,
    2006-07-03 to 2026-07-02).

    Example
    -------
    2026-07-02: cyclicals 3.3 % ahead over the quarter, ``neutral`` since 2026-06-25;
    68 quarters without a side since 2006-07-03, 67 known, cyclicals led in 35 (52 %),
    median 0.23 points (95 % interval −1.99 to 2.41); all days 53 % and 0.33: noise.

    Limits
    ------
    Sectors are coarse: discretionary is a third two companies, and neither technology nor
    energy is in either basket. Weights are restored every session, without costs.
    """
    pair = pair_of(market.universe, id="cyclical_defensive")
    if pair is not None:
        make = Maker(market, cyclicals.formula)
        yield from race(make, NAME, pair.first, pair.second, RECIPE)
