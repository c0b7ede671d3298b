"""Highest or lowest close since when: the phrase that commentary most often gets wrong."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

NOTABLE = 21
TOLERATED = 0.01


@measure("since")
def since(market: Market) -> Iterator[Output]:
    """Return ``VIX.lowest_close_since.date`` and ``IWM.highest_close_since.date``.

    Formula
    -------
    Highest since: the last earlier session whose price close is at or above today's;
    lowest since: at or below. Stated only when it lies at least 21 sessions back.

    Source
    ------
    Plain reading of the phrase, on closes.

    Example
    -------
    2020-03-16: SPY's close of 239.85 was its lowest since 2018-12-24.

    Limits
    ------
    Where no close of the whole sample is as high, that is a record (see ``highs``) or a
    sample too short, and the fact is absent. Missing closes in between make the fact
    ``estimated``, more than 1 % of them make it absent.
    """
    make = Maker(market, since.formula)
    for symbol in market.universe.symbols:
        closes = market.prices(symbol).to_numpy()
        for which, sign in (("highest", 1), ("lowest", -1)):
            yield _since(make, symbol, which, sign * closes)


def _since(make: Maker, symbol: str, which: str, closes: Array) -> Fact | Absent:
    market, subject = make.market, make.instrument(symbol)
    fact_id = f"{subject.id}.{which}_close_since.date"
    if not np.isfinite(closes[-1]):
        return Absent(fact_id, make.gap(subject, "price", make.close()))
    with np.errstate(invalid="ignore"):
        earlier = np.flatnonzero(closes[:-1] >= closes[-1])
    if len(earlier) == 0:
        first = market.sessions[int(np.flatnonzero(np.isfinite(closes))[0])].date()
        return Absent(fact_id, f"The {which} close of the whole sample, which starts on {first}.")
    row = int(earlier[-1])
    date, elapsed = market.sessions[row].date(), len(closes) - 1 - row
    if elapsed < NOTABLE:
        return Absent(
            fact_id,
            f"The close of {date} was as far out; that is only {elapsed} of {NOTABLE} sessions.",
        )
    known = int(np.isfinite(closes[row + 1 :]).sum())
    if elapsed - known > TOLERATED * elapsed:
        return Absent(fact_id, f"{elapsed - known} of {elapsed} closes since {date} are missing.")
    return make.fact(
        fact_id,
        date,
        Unit.DATE,
        subject=subject,
        metric=f"{which}_close_since",
        kind="date",
        period=Period(f"since:{date}", date, market.session.date),
        sample=Sample(known, elapsed, date),
        quality="ok" if known == elapsed else "estimated",
    )
