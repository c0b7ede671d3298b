"""Firsts: what happened today for the first time since a day, or since the data begin."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array, Mask, change, exceeds, lagged, rolling_mean
from newsletter.compute.lines import contest_subject
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.precedents import first_since, precedent
from newsletter.compute.signal import Output, measure
from newsletter.config import Pair

AVERAGE = 200
MONTH, QUARTER, WEEK = 21, 63, 5
BEATEN_BY = 2.0
SAME = 1e-9
"""Points below which two returns count as equal."""

LEVELS = (20, 30)


@measure("firsts")
def firsts(market: Market) -> Iterator[Output]:
    """Return dates behind "the first … since": ``SPY.first.below_200d.since``.

    Formula
    -------
    A fact is made only on the session of the event, its value the last earlier session on
    which the same held:

    * ``above_200d``, ``below_200d``: the close is on that side of its 200-day average,
      after at least 21 sessions on the other (indices);
    * ``rise_1d``, ``fall_1d``: no one-day rise, or fall, was as large for at least 63
      sessions (indices);
    * ``record_close``: a close above all earlier ones, the first such for at least 21
      sessions (indices);
    * ``ahead_5d``, ``behind_5d``: over five sessions the first side of a pair beat the
      second, or trailed it, by two points or more, not seen for at least 21 sessions;
    * ``above_20``, ``above_30``, ``below_20``, ``below_30``: the volatility index closed
      on that side for the first time for at least 21 sessions.

    Without an earlier one the id ends in ``.in_sample``, the metric is
    ``first_in_sample`` and the value is the day on which the sample starts.

    Source
    ------
    Plain reading of the phrase, on closes.

    Example
    -------
    2026-03-19: SPY's first close below its 200-day average since 2025-05-09. 2020-03-16:
    SPY fell 10.9 %, without precedent in the sample from 1993-02-01 on.

    Limits
    ------
    ``in_sample`` is no first of history: prose must say "the first since our data begin".
    A sample without precedent needs three years (756) of known sessions, and at most 1 %
    of the sessions in between may be unknown; some unknown makes it ``estimated``. Price
    closes; adjusted ones where those are known on more sessions.
    """
    make, universe = Maker(market, firsts.formula), market.universe
    for symbol in universe.indices:
        yield from _index(make, symbol)
    for pair in universe.pairs:
        yield from _pair(make, pair)
    levels = market.prices(universe.volatility).to_numpy()
    known = np.isfinite(levels)
    for level in LEVELS:
        bar = np.full(len(levels), float(level))
        subject = make.instrument(universe.volatility)
        for side, holds in (("above", exceeds(levels, bar)), ("below", exceeds(bar, levels))):
            yield from _event(make, subject, f"{side}_{level}", holds, known, MONTH)


def _event(
    make: Maker, subject: Subject, event: str, holds: Mask, known: Mask, gap: int
) -> Iterator[Output]:
    found = precedent(holds, known, gap)
    if found is not None:
        stem = f"{subject.id}.first.{event}"
        yield first_since(make, stem, f"first_{event}_since", subject, found)


def _index(make: Maker, symbol: str) -> Iterator[Output]:
    market, subject = make.market, make.instrument(symbol)
    kind = market.kind(symbol, lookback=AVERAGE)
    closes = market.prices(symbol, kind).to_numpy()
    average = rolling_mean(closes, AVERAGE)
    known = np.isfinite(average)
    for side, holds in (("above", exceeds(closes, average)), ("below", exceeds(average, closes))):
        yield from _event(make, subject, f"{side}_{AVERAGE}d", holds, known, MONTH + 1)
    moves = change(closes, lagged(closes, 1))
    for event, sign in (("rise_1d", 1), ("fall_1d", -1)):
        yield from _event(
            make, subject, event, _as_large(sign * moves), np.isfinite(moves), QUARTER
        )
    yield from _event(make, subject, "record_close", _records(closes), np.isfinite(closes), MONTH)


def _as_large(moves: Array) -> Mask:
    """Return where a move was at least today's, nowhere unless today's is above zero."""
    with np.errstate(invalid="ignore"):
        found: Mask = moves >= moves[-1] - SAME
    return found if moves[-1] > SAME else np.zeros(len(moves), dtype=bool)


def _records(closes: Array) -> Mask:
    """Return where a close lies above every earlier one."""
    highest = np.fmax.accumulate(closes)
    return exceeds(closes, np.concatenate([[np.nan], highest[:-1]]))


def _pair(make: Maker, pair: Pair) -> Iterator[Output]:
    market, subject = make.market, contest_subject(make, pair)
    kind = market.kind(*subject.inputs, lookback=len(market.sessions))
    lines = [market.line(line, kind) for line in (pair.first, pair.second)]
    first, second = (change(line, lagged(line, WEEK)) for line in lines)
    lead = first - second
    known = np.isfinite(lead)
    for side, sign in (("ahead", 1), ("behind", -1)):
        with np.errstate(invalid="ignore"):
            holds: Mask = sign * lead >= BEATEN_BY - SAME
        yield from _event(make, subject, f"{side}_{WEEK}d", holds, known, MONTH)
