"""Small against large: a state with hysteresis, and what followed in the past."""

from collections.abc import Iterator

from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.race import Recipe, race
from newsletter.compute.signal import Output, measure

NAME = "small_vs_large"
RECIPE = Recipe(enter=5.0, leave=2.0, turn=1.0, full=10.0)


@measure("size", version=2)
def size(market: Market) -> Iterator[Output]:
    """Return the signal ``small_vs_large``, its facts and its base rate.

    Formula
    -------
    ``ratio = small / large`` on adjusted closes (price closes where those are known on
    more sessions, as ``kind`` says); ``lead(n) = 100 · (ratio / ratio n
    sessions ago − 1)``, the relative return.

    * Side: small from ``lead(63) ≥ 5`` until it falls below 2; large from ``≤ −5`` until
      it rises above −2; none in between.
    * Turn: down from ``lead(21) ≤ −1``, up from ``≥ 1``, else as before.
    * State: ``leading`` (side small, turn not down), ``fading`` (small, down),
      ``lagging`` (large, not up), ``recovering`` (large, up), ``neutral`` (no side).
    * Strength: ``lead(63) / 10``, cut at ±1. Since: first session of the unbroken state.
    * Base rate: while small is ahead (leading or fading), events are sessions with
      ``lead(63) ≥ 5``, the next at least one horizon later, and a hit is a further lead;
      while large is, the mirror image (after lagging, did they lag again); with no side,
      events are sessions with no side. ``base_rate.condition`` says which.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours.

    Example
    -------
    2026-07-02, IWM and SPY since 2000-05-26: 36 events, 35 known, 19 led again (54 %),
    median 0.13 points (95 % interval −1.23 to 1.97); all days 49 % and −0.07: noise.

    Limits
    ------
    On price closes the count is 37 events and 56 %: funds pay different dividends, so
    total return is the fairer race. Medians are leads of small over large, whichever
    way the condition looks. Below ten known events no base rate is stated. A
    session without both closes belongs to no state and ends a run.
    """
    universe = market.universe
    if not universe.raced:
        return
    yield from race(
        Maker(market, size.formula), NAME, universe.small_caps, universe.benchmark, RECIPE
    )
