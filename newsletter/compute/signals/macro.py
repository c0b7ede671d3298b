"""Published figures of the economy: prices, jobs, claims, yields and the Fed's rate."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsletter.collect.macro import SERIES, MacroSeries, period
from newsletter.compute.arrays import Array, change
from newsletter.compute.facts import Fact, Period
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.published import reading
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

NAN = float("nan")
UPPER, LOWER = "DFEDTARU", "DFEDTARL"
RANGE = ("change.last", "in_force.last", "cuts.ytd", "hikes.ytd", "target_high.close",
         "target_low.close")  # fmt: skip
LEVELS = {"daily": "close", "weekly": "week", "monthly": "month", "quarterly": "quarter"}
STEPS = {"daily": "d", "weekly": "w", "monthly": "m", "quarterly": "m"}
PLACES = {"daily": 2, "weekly": 2}  # a monthly rate is published with one decimal


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact about a series: its metric, its steps back, and what it is of."""

    metric: str
    steps: int
    unit: Unit
    kind: str


@measure("macro", lookback=1)
def macro(market: Market) -> Iterator[Output]:
    """Return ``cpi.change.12m``, ``unemployment.level``, ``us10y.change.5d`` and the like.

    Formula
    -------
    On the newest observation that was public at the session:

    * Indices (``cpi``, ``core_cpi``, ``core_pce`` …): ``change.12m``, ``change.1m`` =
      ``100 · (value / value 12 or 1 months before − 1)``.
    * Monthly rates (``unemployment``): ``level``, ``change.1m``, ``change.12m`` in points.
    * Counts (``payrolls``, ``jobless_claims``): ``level``, ``change.1m`` or ``change.1w``
      in persons; ``average.3m`` of monthly changes, ``average.4w`` of weekly levels.
    * Yields, spreads and breakevens (``us10y``): ``level`` in percent, ``change.1d``,
      ``.5d``, ``.21d`` in basis points, over that many days with a figure.
    * ``fed_funds.target_low.close``, ``.target_high.close``, the last ``change`` (basis
      points) with the day since which it is in force (``in_force.last``), ``cuts.ytd`` and
      ``hikes.ytd`` counted on the upper end.

    Source
    ------
    FRED, as `newsletter.collect.macro` lists it with the rules of publication.

    Example
    -------
    2026-07-02: CPI of May +4.17 % over twelve months, unemployment of June 4.2 %, payrolls
    +20,000, ten-year yield 4.48 % on 1 July (4 basis points up), target range 3.50 to 3.75 %
    since 11 December 2025.

    Limits
    ------
    Period and `as_of` name the observation's own days: the May CPI ends on 31 May,
    whenever it is printed. Consumer prices are the seasonally adjusted index; the official
    12-month rate is of the unadjusted one and may differ by a tenth. Values are of the
    latest vintage: facts of revised series are ``estimated``. No month is filled: without
    the October 2025 CPI there is no one-month change for November. A rate decided one
    afternoon is in force, and stated here, from the next day.
    """
    make = Maker(market, macro.formula)
    asked = dict.fromkeys(market.universe.macro)
    for id in asked:
        series = SERIES.get(id)
        if series is None:
            yield Absent(f"{id}.level", f"{id} is no series that is known here.")
        elif id not in (UPPER, LOWER):
            yield from _series(make, series)
    if UPPER in asked or LOWER in asked:
        yield from _target(make)


def _stated(series: MacroSeries) -> tuple[Stated, ...]:
    """Return what is said of a series, by its unit and frequency."""
    if series.unit is Unit.INDEX:
        one = 3 if series.frequency == "quarterly" else 1
        return tuple(Stated("change", n, Unit.PERCENT, "level") for n in (one, 12))
    if series.frequency == "daily":
        changes = tuple(Stated("change", n, Unit.BPS, "level") for n in (1, 5, 21))
        return (Stated("level", 0, Unit.PERCENT, "statistic"), *changes)
    if series.unit is Unit.PERCENT and series.frequency == "monthly":
        changes = tuple(Stated("change", n, Unit.POINTS, "level") for n in (1, 12))
        return (Stated("level", 0, Unit.PERCENT, "statistic"), *changes)
    if series.unit is Unit.PERCENT:
        changes = (Stated("change", 1, Unit.BPS, "level"),)
        return (Stated("level", 0, Unit.PERCENT, "statistic"), *changes)
    kind = "count" if series.unit is Unit.COUNT else "level"
    facts = (Stated("level", 0, series.unit, kind), Stated("change", 1, series.unit, kind))
    if series.unit is Unit.COUNT:
        several = 4 if series.frequency == "weekly" else 3
        return (*facts, Stated("average", several, series.unit, kind))
    return facts


def _series(make: Maker, series: MacroSeries) -> Iterator[Output]:
    values, missing = reading(make.market, series)
    subject = Subject(series.subject, series.name, (series.id,))
    for stated in _stated(series):
        letter = STEPS[series.frequency]
        id = f"{series.subject}.{stated.metric}"
        id += f".{stated.steps}{letter}" if stated.steps else ""
        yield Absent(id, missing) if missing else _fact(make, series, subject, stated, id, values)


def _fact(
    make: Maker, series: MacroSeries, subject: Subject, stated: Stated, id: str,
    values: "pd.Series[float]",
) -> Fact | Absent:  # fmt: skip
    date = values.index[-1]
    start, end = (day.date() for day in period(series, date))
    span = Period(LEVELS[series.frequency], start, end)
    value = float(values.iloc[-1])
    if stated.steps:
        base = _base(series, values, stated.steps)
        if base is None:
            return Absent(id, _no_base(series, stated, date))
        label = id.rpartition(".")[2]
        span = Period(label, period(series, base)[1].date(), end)
        value = _moved(series, stated, values, base)
    rate = stated.metric == "level" and stated.unit is not Unit.COUNT
    percent = stated.unit is Unit.PERCENT  # a change of prices is published with one decimal
    return make.fact(
        id, value, stated.unit, subject=subject, metric=stated.metric, kind=stated.kind,
        period=span, missing=_no_base(series, stated, date),
        quality="estimated" if series.revised else "ok",
        places=PLACES.get(series.frequency) if rate else 1 if percent else None,
        source=make.market.table_sources.get("macro"),
    )  # fmt: skip


def _base(series: MacroSeries, values: "pd.Series[float]", steps: int) -> pd.Timestamp | None:
    """Return the date of the observation so many steps back, None where there is none.

    A month or week must be that very one; of days so many with a figure are counted, as
    long as they lie no further back than holidays explain.
    """
    date = values.index[-1]
    if series.frequency == "daily":
        found = values.index[-1 - steps] if len(values) > steps else None
        near = found is not None and (date - found).days <= 2 * steps + 5
        return found if near else None
    if series.frequency == "weekly":
        found = date - pd.Timedelta(weeks=steps)
    else:
        found = date - pd.DateOffset(months=steps)
    return found if found in values.index else None


def _moved(
    series: MacroSeries, stated: Stated, values: "pd.Series[float]", base: pd.Timestamp
) -> float:
    last, before = float(values.iloc[-1]), float(values[base])
    if stated.metric == "average":
        # Of levels where one week tells little, of changes where the level only grows.
        recent = values[values.index > base]
        if len(recent) != stated.steps:
            return NAN
        weekly = series.frequency == "weekly"
        return float(round(recent.mean() if weekly else (last - before) / stated.steps))
    if stated.unit is Unit.PERCENT:
        return float(change(np.array(last), np.array(before)))
    return (last - before) * (100.0 if stated.unit is Unit.BPS else 1.0)


def _no_base(series: MacroSeries, stated: Stated, date: pd.Timestamp) -> str:
    of = period(series, date)[1].date()
    step = f"{stated.steps}{STEPS[series.frequency]}"
    return f"The figure of {series.name} that stands {step} before {of} is missing."


def _target(make: Maker) -> Iterator[Output]:
    (high, gone), (low, lost) = (reading(make.market, SERIES[id]) for id in (UPPER, LOWER))
    missing = gone or lost
    if missing:
        yield from (Absent(f"fed_funds.{what}", missing) for what in RANGE)
        return
    for what, ends in (("target_high", high), ("target_low", low)):
        yield _of_range(
            make, f"{what}.close", float(ends.iloc[-1]), Unit.PERCENT, "statistic",
            make.close(ends.index[-1].date()),
        )  # fmt: skip
    rates, dates = high.to_numpy(np.float64), pd.DatetimeIndex(high.index)
    moves: Array = np.diff(rates, prepend=rates[:1])
    yield from _last_move(make, dates, moves)
    yield from _moves_of_the_year(make, dates, moves)


def _last_move(make: Maker, dates: pd.DatetimeIndex, moves: Array) -> Iterator[Output]:
    found = np.flatnonzero(moves)
    if len(found) == 0:
        reason = "History holds no change of the target range."
        yield from (Absent(f"fed_funds.{what}.last", reason) for what in ("change", "in_force"))
        return
    row = int(found[-1])
    step = Period("last", dates[row - 1].date(), dates[row].date())
    yield _of_range(make, "change.last", 100.0 * float(moves[row]), Unit.BPS, "level", step)
    yield _of_range(make, "in_force.last", step.end, Unit.DATE, "date", step)


def _moves_of_the_year(make: Maker, dates: pd.DatetimeIndex, moves: Array) -> Iterator[Output]:
    first = pd.Timestamp(dates[-1].year, 1, 1)
    ytd = Period("ytd", (first - pd.Timedelta(days=1)).date(), dates[-1].date())
    whole = dates[0] < first  # else a move of January may be missing
    of_year = moves[dates >= first]
    for what, count in (("cuts", (of_year < 0).sum()), ("hikes", (of_year > 0).sum())):
        yield _of_range(
            make, f"{what}.ytd", float(count) if whole else NAN, Unit.COUNT, "count", ytd
        )


def _of_range(
    make: Maker, what: str, value: float | dt.date, unit: Unit, kind: str, span: Period
) -> Fact | Absent:
    return make.fact(
        f"fed_funds.{what}",
        value,
        unit,
        subject=Subject("fed_funds", "the Fed's target range", (LOWER, UPPER)),
        metric=what.partition(".")[0],
        kind=kind,
        period=span,
        missing="History of the target range does not reach back to the year's start.",
        places=2 if unit is Unit.PERCENT else None,
        source=make.market.table_sources.get("macro"),
    )
