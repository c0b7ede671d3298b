"""Value against growth: who leads, since when, and what followed."""

from collections.abc import Iterator

from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.race import Recipe, pair_of, race
from newsletter.compute.signal import Output, measure

NAME = "value_vs_growth"
RECIPE = Recipe(enter=7.5, leave=3.0, turn=1.5, full=15.0)


@measure("style_race")
def style_race(market: Market) -> Iterator[Output]:
    """Return the signal ``value_vs_growth``, its facts and its base rates.

    Formula
    -------
    The race of `newsletter.compute.race` between the two sides of the first configured
    pair of theme ``style`` (IWD and IWF): a side is taken at a lead of 7.5 % over 63
    sessions and kept down to 3; the month (21 sessions) turns at 1.5; full strength at 15.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours. Thresholds: one
    standard deviation of the quarter's lead is 7.49 % (443 overlapping quarters,
    2024-06-26 to 2026-07-02).

    Example
    -------
    2026-07-02: IWD 2.1 % ahead of IWF over the quarter, 9.4 over the month:
    ``neutral`` since 2026-04-17. Five events with a known sequel: too few.

    Limits
    ------
    Two years of history are short for a threshold and hold too few separate quarters for
    a base rate: it says so instead of a figure. The two funds split one index by its
    provider's own rule; stocks may sit in both.
    """
    pair = pair_of(market.universe, theme="style")
    if pair is not None:
        make = Maker(market, style_race.formula)
        yield from race(make, NAME, pair.first, pair.second, RECIPE)
