"""Sector league table: ranks, best, worst, how many rose, how far apart they are."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import change
from newsletter.compute.facts import Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Array, Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

RANKED = ("1d", "5d", "1m", "3m", "ytd")
ENOUGH = 8
TIE = 1e-9


@measure("sectors", lookback=260)
def sectors(market: Market) -> Iterator[Output]:
    """Return ``XLI.rank.5d`` and ``sectors.{best,worst,advancing,dispersion,count}.5d``.

    Formula
    -------
    Total returns of the configured sectors, rank 1 = best; sectors closer than 1e-9
    points share the better rank. ``advancing`` counts returns above zero (``sample``: of
    how many), ``dispersion`` = best − worst in points, ``best``/``worst`` are states
    whose value is the sector's name and whose first input is its symbol. ``count`` is
    the number of sectors ranked.

    Source
    ------
    League table over the Select Sector SPDR family.

    Example
    -------
    2026-07-02, 1d: health care +2.6 % is 1st of 11, technology 11th.

    Limits
    ------
    Adjusted closes, because price closes are not known for every sector. Ranked among
    the sectors present; absent below eight of them (or fewer, when fewer are
    configured). A tie for first or last names no best or worst.
    """
    make = Maker(market, sectors.formula)
    symbols = market.universe.sectors
    closes = market.matrix(symbols, "total")
    for window in RANKED:
        period = make.window(window)
        row = market.row(period.start) if period else 0
        yield from _table(make, window, period, change(closes[-1], closes[row]))


def _table(make: Maker, window: str, period: Period | None, values: Array) -> Iterator[Output]:
    symbols = make.market.universe.sectors
    present = np.isfinite(values)
    count = int(present.sum())
    missing = ""
    if period is None:
        missing = "History does not reach back that far."
    elif count < min(ENOUGH, len(symbols)) or count < 2:
        missing = f"Only {count} of {len(symbols)} sectors have both closes."
    if missing or period is None:
        for symbol in symbols:
            yield Absent(f"{make.instrument(symbol).id}.rank.{window}", missing)
        for what in ("advancing", "best", "count", "dispersion", "worst"):
            yield Absent(f"sectors.{what}.{window}", missing)
        return
    for symbol, value in zip(symbols, values.tolist(), strict=True):
        rank = 1.0 + float((values[present] > value + TIE).sum())
        yield make.fact(
            f"{make.instrument(symbol).id}.rank.{window}",
            rank if np.isfinite(value) else value,
            Unit.RANK,
            subject=make.ranked(symbol, symbols),
            metric="rank",
            kind="total",
            period=period,
            sample=Sample(int(rank), count, period.start),
        )
    yield from _extremes(make, window, period, values)
    yield from _counts(make, window, period, values[present])


def _extremes(make: Maker, window: str, period: Period, values: Array) -> Iterator[Output]:
    symbols = make.market.universe.sectors
    for what, extreme in (("best", np.nanmax(values)), ("worst", np.nanmin(values))):
        at = np.flatnonzero(np.abs(values - extreme) <= TIE)
        if len(at) > 1:
            tied = ", ".join(symbols[i] for i in at)
            yield Absent(f"sectors.{what}.{window}", f"Tied: {tied}.")
            continue
        winner = symbols[int(at[0])]
        inputs = (winner, *(s for s in symbols if s != winner))
        yield make.fact(
            f"sectors.{what}.{window}",
            make.market.universe.name(winner),
            Unit.STATE,
            subject=Subject("sectors", f"the {what} sector", inputs),
            metric=what,
            kind="state",
            period=period,
        )


def _counts(make: Maker, window: str, period: Period, known: Array) -> Iterator[Output]:
    subject = Subject("sectors", "the sectors", make.market.universe.sectors)
    rising = int((known > TIE).sum())
    for what, value, unit, kind in (
        ("count", float(len(known)), Unit.COUNT, "count"),
        ("advancing", float(rising), Unit.COUNT, "count"),
        ("dispersion", float(known.max() - known.min()), Unit.POINTS, "total"),
    ):
        yield make.fact(
            f"sectors.{what}.{window}",
            value,
            unit,
            subject=subject,
            metric=what,
            kind=kind,
            period=period,
            sample=Sample(rising, len(known), period.start) if what == "advancing" else None,
        )
