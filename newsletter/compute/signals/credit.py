"""Risk appetite outside the stock market: junk against grade, copper against gold."""

from collections.abc import Iterator

from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.race import Recipe, pair_of, race
from newsletter.compute.signal import Output, measure

JUNK = "junk_vs_grade"
COPPER = "copper_vs_gold"
JUNK_RECIPE = Recipe(enter=2.0, leave=0.8, turn=0.4, full=4.0)
COPPER_RECIPE = Recipe(enter=12.0, leave=5.0, turn=2.5, full=24.0)


@measure("junk_grade")
def junk_grade(market: Market) -> Iterator[Output]:
    """Return the signal ``junk_vs_grade``: appetite for credit risk.

    Formula
    -------
    The race of `newsletter.compute.race` between the sides of the configured pair
    ``junk_grade`` (HYG and LQD): a side is taken at a lead of 2 % over 63 sessions
    and kept down to 0.8; the month (21 sessions) turns at 0.4; full strength at 4.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours. The standard
    deviation of the quarter's lead is 0.87 %, but over ten calm months only (153
    overlapping quarters, 2025-08-22 to 2026-07-02); the threshold is a round number a
    little above twice that.

    Example
    -------
    2026-07-02: HYG 0.3 % ahead of LQD over the quarter, ``neutral`` since 2026-06-10.
    Two events with a known sequel: too few.

    Limits
    ------
    The lead mixes two things: credit spreads and interest rates, because investment-grade
    bonds run about twice as long. In a sell-off of Treasuries junk leads without any
    appetite for risk.
    """
    pair = pair_of(market.universe, id="junk_grade")
    if pair is not None:
        make = Maker(market, junk_grade.formula)
        yield from race(make, JUNK, pair.first, pair.second, JUNK_RECIPE)


@measure("copper_gold")
def copper_gold(market: Market) -> Iterator[Output]:
    """Return the signal ``copper_vs_gold``: industry's metal against the safe one.

    Formula
    -------
    The race of `newsletter.compute.race` between the sides of the configured pair
    ``copper_gold`` (front futures): a side is taken at a lead of 12 % over 63
    sessions and kept down to 5; the month (21 sessions) turns at 2.5; full strength at 24.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours. Thresholds: one
    standard deviation of the quarter's lead is 12.38 % (403 overlapping quarters,
    2024-08-22 to 2026-07-02).

    Example
    -------
    2026-07-02: copper 26 % ahead of gold over the quarter, ``leading`` since
    2026-05-11. Two events with a known sequel: too few.

    Limits
    ------
    Front contracts roll without adjustment, and copper's price carries tariffs and mine
    accidents as well as demand. Futures settle before stocks close.
    """
    pair = pair_of(market.universe, id="copper_gold")
    if pair is not None:
        make = Maker(market, copper_gold.formula)
        yield from race(make, COPPER, pair.first, pair.second, COPPER_RECIPE)
