"""Streaks: how many sessions, weeks or months in a row it has gone one way."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.compute.arrays import Array, Mask, change, exceeds, lagged, run_lengths
from newsletter.compute.facts import Period
from newsletter.compute.lines import contest_subject
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.precedents import first_since, precedent
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import Pair
from newsletter.units import Unit

Rows = npt.NDArray[np.int64]

WEEK, MONTH = 5, 21
SHORTEST, NOTABLE = 2, 3
SAME = 1e-9
"""Points below which two returns count as equal."""


@measure("streaks")
def streaks(market: Market) -> Iterator[Output]:
    """Return runs: ``SPY.streak.up``, ``SPY.streak.months_up``, ``IWM-SPY.streak.ahead``.

    Formula
    -------
    * ``up`` or ``down``: closes in a row above, or below, the one before (indices). From
      three on also ``up.longest.since``, the last earlier session to end a run as long,
      at least 21 sessions ago, or ``….in_sample``, the sample's start, where none was.
    * ``months_up`` or ``months_down``: calendar months in a row whose last close lies
      above, or below, that of the month before, through the last finished month.
    * ``ahead`` or ``behind``: sessions in a row on which the first side of a pair
      returned more, or less, than the second; ``weeks_ahead``, ``weeks_behind``: stretches
      of five sessions in a row, counted back from this session.

    A run of one is none; only the running side is stated.

    Source
    ------
    Plain counts; a week is five sessions, as everywhere in the house.

    Example
    -------
    2026-07-02: ``IWM-SPY.streak.behind`` = 4, ``SPY.streak.down`` = 2 and
    ``DIA.streak.months_up`` = 3. 2026-04-17: QQQ's longest run up since 2013-07-15.

    Limits
    ------
    Price closes; adjusted ones where those are known on more sessions. An unchanged or
    missing close ends a run. The session's own month is finished once no weekday of it
    is left; where a holiday ends a month, it counts from the next session on.
    """
    make, universe = Maker(market, streaks.formula), market.universe
    for symbol in universe.indices:
        kind = market.kind(symbol, lookback=len(market.sessions))
        closes = market.prices(symbol, kind).to_numpy()
        subject = make.instrument(symbol)
        yield from _sessions(make, subject, closes)
        yield from _months(make, subject, closes)
    for pair in universe.pairs:
        yield from _pair(make, pair)


def _sessions(make: Maker, subject: Subject, closes: Array) -> Iterator[Output]:
    before = lagged(closes, 1)
    rows = np.arange(len(closes))
    ways = {"up": exceeds(closes, before), "down": exceeds(before, closes)}
    yield from _running(make, subject, "sessions", ways, rows)
    known = np.isfinite(closes) & np.isfinite(before)
    for way, holds in ways.items():
        lengths = run_lengths(holds)
        if lengths[-1] >= NOTABLE:
            found = precedent(lengths >= lengths[-1], known, MONTH)
            if found is not None:
                stem = f"{subject.id}.streak.{way}.longest"
                yield first_since(make, stem, f"longest_streak_{way}_since", subject, found)


def _months(make: Maker, subject: Subject, closes: Array) -> Iterator[Output]:
    rows = _month_ends(make.market.sessions)
    ends = closes[rows]
    before = lagged(ends, 1)
    ways = {"up": exceeds(ends, before), "down": exceeds(before, ends)}
    yield from _running(make, subject, "months", ways, rows)


def _month_ends(sessions: pd.DatetimeIndex) -> Rows:
    """Return the rows of the last sessions of finished months."""
    next_weekday = sessions[-1] + pd.offsets.BusinessDay(1)
    months = np.append(sessions.month, next_weekday.month)
    return np.flatnonzero(months[1:] != months[:-1])


def _pair(make: Maker, pair: Pair) -> Iterator[Output]:
    market, subject = make.market, contest_subject(make, pair)
    kind = market.kind(*subject.inputs, lookback=len(market.sessions))
    lines = [market.line(line, kind) for line in (pair.first, pair.second)]
    last = len(market.sessions) - 1
    for unit, days in (("sessions", 1), ("weeks", WEEK)):
        rows = np.arange(last % days, last + 1, days)
        first, second = (change(line[rows], lagged(line[rows], 1)) for line in lines)
        with np.errstate(invalid="ignore"):
            ways = {"ahead": first > second + SAME, "behind": second > first + SAME}
        yield from _running(make, subject, unit, ways, rows)


def _running(
    make: Maker, subject: Subject, unit: str, ways: dict[str, Mask], rows: Rows
) -> Iterator[Output]:
    """Yield the run that is under way; the mask of each way stands on the sessions `rows`."""
    for way, holds in ways.items():
        fact_id = f"{subject.id}.streak.{way if unit == 'sessions' else f'{unit}_{way}'}"
        length = int(run_lengths(holds)[-1]) if len(holds) else 0
        if length < SHORTEST:
            yield Absent(fact_id, f"No two {unit} in a row went that way.")
            continue
        ends = [make.market.sessions[int(rows[i])].date() for i in (-1 - length, -1)]
        yield make.fact(
            fact_id,
            float(length),
            Unit.COUNT,
            subject=subject,
            metric=f"streak_{unit}_{way}",
            kind="count",
            period=Period(f"since:{ends[0]}", *ends),
        )
