"""Seasonality of the benchmark: this month, the rest of the year, January, the cycle."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array, change
from newsletter.compute.facts import Period, Sample, Series
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.compute.years import FLAT, HISTORY, TOLD, Rows, Years, history, told
from newsletter.units import Unit, as_decimal

ENOUGH = 10
FIRST_DAYS = 5
CYCLE = ("election_year", "post_election_year", "midterm_year", "pre_election_year")


@measure("seasonality")
def seasonality(market: Market) -> Iterator[Output]:
    """Return ``SPY.july.hit_rate``, ``SPY.rest_of_year.median``, ``SPY.midterm_year.…``.

    Formula
    -------
    All from the benchmark's closes (price where known on more sessions), past years only.

    * ``july``: change from the last close of June to that of July, for the session's
      month: rises n of N, 95 % Wilson bounds, median; ``rank`` of its median among the
      twelve months; the single years as series ``SPY.july``.
    * ``rest_of_year``: from the session of the same number in the year to its last close.
    * ``midterm_year`` (and the other three): whole years of the same place in the
      four-year presidential cycle.
    * ``january_barometer``, from February on: what followed from the last close of
      January to the year's end in years whose January went the same way as this one's; a
      hit went on that way.
    * ``first_five_days``, from the fifth session to the end of January: the same for the
      change over the year's first five sessions, from the fifth session on.

    Source
    ------
    Y. Hirsch, "Stock Trader's Almanac", for barometer and first five days. There the
    sequel is the whole year, which counts the opening twice; here it is what was left.

    Example
    -------
    2026-07-02: SPY rose in 21 of 33 Julys since 1993 (64 %, bounds 47 to 78), median
    +1.8 %, third of twelve months; 15 of 19 years that rose in January rose on after it.

    Limits
    ------
    Twelve months and several rules are looked at: some look striking by chance. Samples
    are small: read the bounds, not the rate. The sample starts with the benchmark's first
    known month or year (``sample``). A month of ten or fewer past years has no rank.
    """
    make = Maker(market, seasonality.formula)
    symbol = market.universe.benchmark
    kind = market.kind(symbol, lookback=len(market.sessions))
    level = market.prices(symbol, kind).to_numpy(np.float64)
    subject, years = make.instrument(symbol), Years.of(market, level)
    yield from _month(make, subject, kind, level)
    yield from _rest(make, subject, kind, years)
    yield from _cycle(make, subject, kind, years)
    yield from _barometers(make, subject, kind, years)


def _month(make: Maker, subject: Subject, kind: str, level: Array) -> Iterator[Output]:
    sessions, today = make.market.sessions, make.market.session.date
    key = (12 * sessions.year + sessions.month - 1).to_numpy()
    ends = np.flatnonzero(np.diff(key))
    numbers = key[ends[1:]]
    moves = change(level[ends[1:]], level[ends[:-1]])
    past = np.isfinite(moves) & (numbers // 12 < today.year)
    stem = f"{today:%B}".lower()
    mine = past & (numbers % 12 == today.month - 1)
    if not mine.any():
        reason = f"No {today:%B} of a past year is known."
        yield from (Absent(f"{subject.id}.{stem}.{what}", reason) for what in (*TOLD, "rank"))
        return
    since = _date(make, int(ends[:-1][mine][0]))
    values = moves[mine]
    sample = Sample(int((values > FLAT).sum()), len(values), since)
    yield from told(make, subject, stem, sample, float(np.median(values)), kind=kind)
    medians = [
        float(np.median(moves[past & (numbers % 12 == month)]))
        if int((past & (numbers % 12 == month)).sum()) >= ENOUGH
        else float("nan")
        for month in range(12)
    ]
    yield from _rank(make, subject, stem, kind, np.array(medians), since)
    dates = tuple(_date(make, int(row)) for row in ends[1:][mine])
    name = f"{today:%B} of {subject.name}, by year"
    yield Series(
        f"{subject.id}.{stem}", name, Unit.PERCENT, dates, tuple(map(as_decimal, values.tolist()))
    )


def _rank(
    make: Maker, subject: Subject, stem: str, kind: str, medians: Array, since: dt.date
) -> Iterator[Output]:
    own, missing = float(medians[make.market.session.date.month - 1]), ""
    if not np.isfinite(medians).all():
        missing = f"Not every month has {ENOUGH} past years."
    elif float(np.ptp(medians)) <= FLAT:
        missing = "All months are alike."
    rank = 1 + int((medians > own + FLAT).sum())
    yield make.fact(
        f"{subject.id}.{stem}.rank", float("nan") if missing else float(rank), Unit.RANK,
        subject=subject, metric=f"{stem}_rank", kind=kind, missing=missing,
        period=Period(f"since:{since}", since, make.market.session.date),
        sample=Sample(rank, 12, since),
    )  # fmt: skip


def _rest(make: Maker, subject: Subject, kind: str, years: Years) -> Iterator[Output]:
    rest = years.after(years.elapsed) if years.elapsed else np.array([])
    bases = years.first + years.elapsed - 1
    yield from _all(make, subject, "rest_of_year", kind, rest, bases)


def _cycle(make: Maker, subject: Subject, kind: str, years: Years) -> Iterator[Output]:
    place = make.market.session.date.year % 4
    whole = np.where(years.numbers % 4 == place, years.whole, np.nan)
    yield from _all(make, subject, CYCLE[place], kind, whole, years.first - 1)


def _all(
    make: Maker, subject: Subject, stem: str, kind: str, sequel: Array, bases: Rows
) -> Iterator[Output]:
    known = np.flatnonzero(np.isfinite(sequel))
    if len(known) == 0:
        reason = "No complete past year of that kind is known."
        yield from (Absent(f"{subject.id}.{stem}.{what}", reason) for what in TOLD)
        return
    values, since = sequel[known], _date(make, int(bases[known[0]]))
    sample = Sample(int((values > FLAT).sum()), len(values), since)
    yield from told(make, subject, stem, sample, float(np.median(values)), kind=kind)


def _barometers(make: Maker, subject: Subject, kind: str, years: Years) -> Iterator[Output]:
    today = make.market.session.date
    january = _januaries(make, years)
    yield from _barometer(
        make, subject, "january_barometer", kind, years, january,
        "" if today.month > 1 else "January is not over.",
    )  # fmt: skip
    five = np.full(len(years.numbers), FIRST_DAYS, dtype=np.int64)
    early = "The year has fewer than five sessions so far." if years.elapsed < FIRST_DAYS else ""
    late = "It is stated in January only." if today.month > 1 else ""
    yield from _barometer(make, subject, "first_five_days", kind, years, five, late or early)


def _januaries(make: Maker, years: Years) -> Rows:
    """Return how many sessions each January has."""
    month = make.market.sessions.month.to_numpy()
    return np.array(
        [
            int((month[first : last + 1] == 1).sum())
            for first, last in zip(years.first, years.last, strict=True)
        ],
        dtype=np.int64,
    )


def _barometer(
    make: Maker, subject: Subject, stem: str, kind: str, years: Years, counts: Rows, missing: str
) -> Iterator[Output]:
    opening = np.array([years.until(int(n))[i] for i, n in enumerate(counts)])
    own = float(opening[-1]) if len(opening) else float("nan")
    if not missing and not abs(own) > FLAT:
        missing = "This year's opening is unknown or flat."
    if missing:
        yield from (Absent(f"{subject.id}.{stem}.{what}", missing) for what in HISTORY)
        return
    rest = np.array([years.after(int(n))[i] for i, n in enumerate(counts)])
    rest = np.where(np.isfinite(opening), rest, np.nan)
    start, end = (
        _date(make, int(years.first[-1]) - 1),
        _date(make, int(years.first[-1] + counts[-1]) - 1),
    )
    yield make.fact(
        f"{subject.id}.{stem}.return", own, Unit.PERCENT, subject=subject, metric=f"{stem}_return",
        kind=kind, period=Period(stem, start, end),
    )  # fmt: skip
    holds = np.sign(opening) == np.sign(own)
    sign = 1 if own > 0 else -1  # a hit is a rest of the year that goes the opening's way
    yield from history(
        make, subject, stem, years=years, holds=holds, sequel=rest, kind=kind, sign=sign
    )


def _date(make: Maker, row: int) -> dt.date:
    date: dt.date = make.market.sessions[row].date()
    return date
