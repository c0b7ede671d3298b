"""Breadth thrust: from few advancers to very many within two weeks."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from newsletter.compute.arrays import Array, Mask, restarting_mean, rolling_min
from newsletter.compute.case import Case, Words, fuller_line, tell
from newsletter.compute.facts import Fact, Period
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.roster import Roster
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

NAME = "breadth_thrust"
ALPHA = 2.0 / 11.0
LOW, HIGH = 0.40, 0.615
WITHIN = 10
LIVE = 21
SETTLED = 20


@measure("breadth_thrust")
def breadth_thrust(market: Market) -> Iterator[Output]:
    """Return the signal ``breadth_thrust``, its gauge and the dates of past thrusts.

    Formula
    -------
    ``gauge`` = exponential average of ``A / (A + D)``, newest weight 2/11 (ten sessions),
    over the members with this adjusted close and the one before. A thrust completes on a
    session whose gauge stands above 61.5 % for the first time since it stood below 40 %
    on one of the ten sessions before.

    * State: ``washed out`` while the gauge is below 40 %; ``thrust`` for 21 sessions from
      the one that completes it, unless washed out again; else ``neutral``.
    * Strength: ``(gauge − 50) / 11.5``, cut at ±1. Since: first session of the state.
    * Base rate: events are sessions in the present state; a hit is a higher benchmark,
      total return.
    * ``last``: the session of the latest thrust; ``count``: thrusts in the sample;
      ``dates``: all of them, oldest first.

    Source
    ------
    M. Zweig, Winning on Wall Street, 1986; there on all New York issues.

    Example
    -------
    2026-07-02: gauge 56.9 %, neutral since 2026-03-23; 13 thrusts since 2015-02-02, the
    last on 2023-11-03. That of April 2025 took twelve sessions (8 to 24 April) and is none.

    Limits
    ------
    An average of ratios, not a ratio of averages. Over one index's members the gauge
    swings wider than over all issues, so that thrusts are not those of Zweig's own list.
    The gauge is known from its twentieth session in a row with enough members. Members
    are those of one list (see ``breadth``): ``estimated`` unless it is as old as the
    sample.
    """
    make, roster = Maker(market, breadth_thrust.formula), Roster(market)
    gauge = _settled(market.crowd.advancing(roster.needed))
    done, benchmark = completed(gauge), market.universe.benchmark
    kind, outcome = fuller_line(market, benchmark)
    states = states_of(gauge, done)
    known = np.flatnonzero(states != "")
    first = int(known[0]) if len(known) else len(gauge) - 1
    quality = roster.quality(market.sessions[first].date())
    case = Case(
        name=NAME,
        subject=roster.signal(NAME, "the breadth thrust"),
        states=states,
        strength=np.clip((gauge - 0.5) / (HIGH - 0.5), -1.0, 1.0),
        outcome=outcome,
        unit=Unit.PERCENT,
        kind=kind,
        sign=1,
        condition=str(states[-1]),
        evidence=tuple(_evidence(make, roster, gauge, done, first)),
    )
    for output in tell(make, case):
        yield replace(output, quality=quality) if isinstance(output, Fact) else output


def _settled(shares: Array) -> Array:
    """Return the gauge, without the sessions on which its start still weighs."""
    gauge = restarting_mean(shares, ALPHA)
    return np.where(np.isfinite(rolling_min(shares, SETTLED)), gauge, np.nan)


def completed(gauge: Array) -> Mask:
    """Tell on which sessions a thrust completes, from the gauge, 0 to 1."""
    with np.errstate(invalid="ignore"):
        above = gauge > HIGH
        low = np.append(False, gauge[:-1] < LOW)
    rows = np.arange(len(gauge))
    # The latest earlier session below the lower line, and the latest above the upper one.
    washed = np.maximum.accumulate(np.where(low, rows - 1, -1))
    risen = np.maximum.accumulate(np.append(-1, np.where(above, rows, -1)[:-1]))
    done: Mask = above & (washed >= 0) & (rows - washed <= WITHIN) & (risen < washed)
    return done


def states_of(gauge: Array, done: Mask) -> Words:
    """Return the state on each session, empty where the gauge is unknown."""
    rows = np.arange(len(gauge))
    last = np.maximum.accumulate(np.where(done, rows, -LIVE))
    with np.errstate(invalid="ignore"):
        conditions = [np.isnan(gauge), gauge < LOW, rows - last < LIVE]
    return np.select(conditions, ["", "washed out", "thrust"], default="neutral")


def _evidence(
    make: Maker, roster: Roster, gauge: Array, done: Mask, first: int
) -> Iterator[Fact | Absent]:
    subject, sessions = roster.signal(NAME, "the breadth thrust"), make.market.sessions
    start = sessions[first].date()
    sample = Period(f"since:{start}", start, make.market.session.date)
    dates = [date.date() for date in sessions[done]]
    unknown = "The gauge needs twenty sessions in a row on which enough members are covered."
    never = f"No thrust since {start}."

    def fact(what: str, value: object, unit: Unit, period: Period, reason: str) -> Fact | Absent:
        return make.fact(
            f"{NAME}.{what}", value, unit, subject=subject, metric=f"thrust_{what}",  # type: ignore[arg-type]
            kind="statistic" if unit is Unit.PERCENT else unit.value, period=period,
            missing=reason, places=1 if unit is Unit.PERCENT else None,
        )  # fmt: skip

    yield fact("gauge", 100.0 * float(gauge[-1]), Unit.PERCENT, make.close(), unknown)
    if not np.isfinite(gauge).any():
        yield from (Absent(f"{NAME}.{what}", unknown) for what in ("count", "last", "dates"))
        return
    yield fact("count", float(len(dates)), Unit.COUNT, sample, "")
    if not dates:
        yield from (Absent(f"{NAME}.{what}", never) for what in ("last", "dates"))
        return
    yield fact("last", dates[-1], Unit.DATE, sample, "")
    yield fact("dates", ", ".join(map(str, dates)), Unit.STATE, sample, "")
