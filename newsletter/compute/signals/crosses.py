"""Crosses: which side of an average a close or a faster average is on, and since when."""

import datetime as dt
from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, exceeds, rolling_mean
from newsletter.compute.facts import Period
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

FAST, SLOW = 50, 200
CROSSES = (("50d_200d", SLOW), ("close_50d", FAST), ("close_200d", SLOW))
FACTS = ("state", "date", "sessions")
WORDS = {1: "above", -1: "below"}

Sides = npt.NDArray[np.int8]
UNKNOWN = 2


@measure("crosses")
def crosses(market: Market) -> Iterator[Output]:
    """Return ``SPY.cross.50d_200d.{state,date,sessions}``, ``close_50d`` and ``close_200d``.

    Formula
    -------
    ``50d_200d``: the 50-day average against the 200-day average ("above" after a golden
    cross, "below" after a death cross); ``close_50d`` and ``close_200d``: the close
    against its average. ``date``: first session of the present unbroken side, the day of
    the cross. ``sessions``: how many sessions that side has held, that day included.

    Source
    ------
    Simple moving averages, equal to TA-Lib's SMA.

    Example
    -------
    2026-07-02: SPY's 50-day average has stood above its 200-day average since 2025-07-01,
    253 sessions.

    Limits
    ------
    Indices, benchmark and sectors. Price closes, adjusted where those are known on more
    sessions of the longer average: the same choice as ``gap``, so that both agree. A run
    that begins where the average begins has no date: the cross lies before the sample.
    One missing close makes its averages unknown and ends a run. On exactly the average is
    on neither side.
    """
    make, universe = Maker(market, crosses.formula), market.universe
    symbols = tuple(dict.fromkeys((*universe.indices, universe.benchmark, *universe.sectors)))
    kinds = {
        days: [market.kind(symbol, lookback=days) for symbol in symbols] for days in (FAST, SLOW)
    }
    for kind in ("price", "total"):
        closes = market.matrix(symbols, kind)
        averages = {days: rolling_mean(closes, days) for days in (FAST, SLOW)}
        for (column, symbol), (cross, days) in product(enumerate(symbols), CROSSES):
            if kinds[days][column] == kind:
                line = averages[FAST] if cross == "50d_200d" else closes
                sides = _sides(line[:, column], averages[days][:, column])
                yield from _cross(make, symbol, cross, days, sides)


def _sides(values: Array, levels: Array) -> Sides:
    """Return 1 above, -1 below, 0 on the level, 2 unknown."""
    out = exceeds(values, levels).astype(np.int8) - exceeds(levels, values).astype(np.int8)
    out[~(np.isfinite(values) & np.isfinite(levels))] = UNKNOWN
    return out


def _cross(make: Maker, symbol: str, cross: str, days: int, sides: Sides) -> Iterator[Output]:
    market, subject = make.market, make.instrument(symbol)
    stem, side = f"{subject.id}.cross.{cross}", int(sides[-1])
    if side not in WORDS:
        reason = f"Fewer than {days} closes in the last {days} sessions."
        if side != UNKNOWN:
            reason = "Neither above nor below."
        yield from (Absent(f"{stem}.{what}", reason) for what in FACTS)
        return
    other = np.flatnonzero(sides != side)
    row = int(other[-1]) + 1 if len(other) else 0
    since = market.sessions[row].date()
    told: list[tuple[str, float | dt.date | str, Unit, Period]] = [
        ("state", WORDS[side], Unit.STATE, make.close())
    ]
    if row and sides[row - 1] != UNKNOWN:
        period = Period(f"since:{since}", since, market.session.date)
        told.append(("date", since, Unit.DATE, period))
        told.append(("sessions", float(len(sides) - row), Unit.COUNT, period))
    else:
        reason = f"No cross is known; the averages are known without a gap from {since} on."
        yield from (Absent(f"{stem}.{what}", reason) for what in FACTS[1:])
    for what, value, unit, period in told:
        yield make.fact(
            f"{stem}.{what}",
            value,
            unit,
            subject=subject,
            metric=f"cross_{what}",
            kind=unit.value,
            period=period,
            lookback=days,
        )
