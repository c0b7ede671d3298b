"""Breadth regime: whether most members or few stand above their long averages."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from newsletter.compute.arrays import Array, latch
from newsletter.compute.case import Case, Words, fuller_line, tell
from newsletter.compute.facts import Fact
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.roster import Roster
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit

NAME = "breadth_regime"
DAYS = 200
STRONG, WEAK, MIDDLE = 60.0, 40.0, 50.0


@measure("breadth_regime")
def breadth_regime(market: Market) -> Iterator[Output]:
    """Return the signal ``breadth_regime``, its facts and its base rates.

    Formula
    -------
    From the percent of members above their 200-day average (see ``breadth``).

    * State: ``strong`` from 60 % or more until below 50 %; ``weak`` from 40 % or less
      until above 50 %; else ``mixed``.
    * Strength: ``(share − 50) / 50``. Since: first session of the unbroken state.
    * Base rate: events are sessions in the present state, the next at least one horizon
      later; a hit is a higher benchmark, total return.

    Source
    ------
    Percent above the 200-day average with a two-threshold switch; the recipe is ours.

    Example
    -------
    2026-07-02: strong since 2026-04-17. Of 38 earlier such quarters since 2015-10-16, 31
    ended higher (82 %), median 4.34 % against 4.58 % over all days: noise.

    Limits
    ------
    Sessions with fewer members covered than `minimum_coverage` belong to no state and end
    a run. Members are those of one list: in the past it holds only those that survived
    and got in, which makes past breadth look stronger than it was; ``estimated`` unless
    the list is as old as the sample.
    """
    make, roster = Maker(market, breadth_regime.formula), Roster(market)
    share = market.crowd.share(DAYS, max(roster.needed, 1.0))
    states, benchmark = states_of(share), market.universe.benchmark
    kind, outcome = fuller_line(market, benchmark)
    known = np.flatnonzero(states != "")
    first = int(known[0]) if len(known) else len(share) - 1
    quality = roster.quality(market.sessions[first].date())
    case = Case(
        name=NAME,
        subject=roster.signal(NAME, "the breadth regime"),
        states=states,
        strength=(share - MIDDLE) / MIDDLE,
        outcome=outcome,
        unit=Unit.PERCENT,
        kind=kind,
        sign=1,
        condition=str(states[-1]),
        cited=(f"{roster.subject.id}.breadth.above_{DAYS}d",),
    )
    for output in tell(make, case):
        yield replace(output, quality=quality) if isinstance(output, Fact) else output


def states_of(share: Array) -> Words:
    """Return the state on each session, empty where the share is unknown."""
    unknown = np.isnan(share)
    with np.errstate(invalid="ignore"):
        strong = latch(share >= STRONG, unknown | (share < MIDDLE))
        weak = latch(share <= WEAK, unknown | (share > MIDDLE))
    return np.select([unknown, strong, weak], ["", "strong", "weak"], default="mixed")
