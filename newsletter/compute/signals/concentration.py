"""Concentration of leadership: the giants against the average large stock."""

from collections.abc import Iterator

from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.race import Recipe, pair_of, race
from newsletter.compute.signal import Output, measure

NAME = "leadership"
RECIPE = Recipe(enter=10.0, leave=4.0, turn=2.0, full=20.0)
WORDS = {
    "leading": "broadening",
    "fading": "broadening stalls",
    "neutral": "mixed",
    "lagging": "narrowing",
    "recovering": "narrowing eases",
}


@measure("concentration")
def concentration(market: Market) -> Iterator[Output]:
    """Return the signal ``leadership``: broadening, narrowing or neither.

    Formula
    -------
    The race of `newsletter.compute.race` between the average large stock (``first`` of
    the pair of theme ``weighting``, RSP; without one the benchmark) and the giants
    (``second`` of the pair of theme ``leadership``, a basket in equal weights). A side is
    taken at a lead of 10 % over 63 sessions and kept down to 4; the month (21
    sessions) turns at 2; full strength at 20. States: ``broadening`` (the average stock
    leads), ``broadening stalls`` (it leads, the month turned against it), ``narrowing``
    (the giants lead), ``narrowing eases`` (they lead, the month turned against them),
    ``mixed``.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours. Thresholds: one
    standard deviation of the quarter's lead is 10.11 % (2,828 overlapping quarters,
    2015-01-02 to 2026-07-02).

    Example
    -------
    2026-07-02, RSP and the seven giants: level over the quarter (−0.07 %), 8.8 %
    ahead over the month: ``mixed`` since 2026-06-08.

    Limits
    ------
    The giants were chosen knowing who won: over this sample they led by 5 % in the
    median quarter, so a base rate is read against all days, not against zero. The giants
    are part of the equal-weight fund too (about 1.5 % of it). It is a race of prices, not
    a measure of index weights.
    """
    universe = market.universe
    giants = pair_of(universe, theme="leadership")
    average = pair_of(universe, theme="weighting")
    if giants is None:
        return
    first = universe.benchmark if average is None else average.first
    make = Maker(market, concentration.formula)
    yield from race(make, NAME, first, giants.second, RECIPE, WORDS)
