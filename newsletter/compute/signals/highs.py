"""Record closes: when, how high, and how far below today stands."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import YEAR, Array, change
from newsletter.compute.facts import Period, Sample
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import Universe
from newsletter.units import Unit

ENOUGH = 3 * YEAR
TOLERATED = 0.01


@measure("highs")
def highs(market: Market) -> Iterator[Output]:
    """Return ``IWM.record_close.{date,level}`` and ``IWM.distance_from_record.close``.

    Formula
    -------
    Record: the highest split-adjusted close of all sessions known, the earliest of equal
    ones. Distance: ``100 · (close / record − 1)``, zero or below. For the indices also
    ``IWM.record_close.sessions``: how many sessions ago the record was set, 0 on its day.
    ``sample`` holds the closes known, of how many sessions, since when.

    Source
    ------
    Closing record, not intraday high; the period names where the sample starts.

    Example
    -------
    2026-07-02: IWM's record close is 300.45 of 2026-06-30, two sessions ago, distance
    −0.96 %; the sample starts on 2000-05-26.

    Limits
    ------
    "On record" means since the sample's start, which may be later than the listing.
    Needs three years (756) of price closes and today's. Missing sessions make it
    ``estimated``, more than 1 % of them make it absent. For the volatility indices date
    and level only.
    """
    make = Maker(market, highs.formula)
    for symbol in market.universe.symbols:
        yield from _record(make, symbol)


def _record(make: Maker, symbol: str) -> Iterator[Output]:
    market, subject = make.market, make.instrument(symbol)
    ids = _ids(market.universe, symbol, subject.id)
    closes = market.prices(symbol).to_numpy()
    known = np.flatnonzero(np.isfinite(closes))
    first = int(known[0]) if len(known) else 0
    of = len(closes) - first
    reason = _doubt(len(known), of, make.gap(subject, "price", make.close()), closes)
    if reason:
        yield from (Absent(one, reason) for one in ids.values())
        return
    row, start = int(np.nanargmax(closes)), market.sessions[first].date()
    unit = Unit.INDEX if _in_points(market.universe, symbol) else Unit.USD
    values: dict[str, tuple[str, float | dt.date, Unit, str]] = {
        "date": ("record_close", market.sessions[row].date(), Unit.DATE, "date"),
        "level": ("record_close", float(closes[row]), unit, "level"),
        "distance": ("distance_from_record", float(change(closes[-1], closes[row])),
                     Unit.PERCENT, "price"),
        "sessions": ("record_close_sessions", float(len(closes) - 1 - row), Unit.COUNT, "count"),
    }  # fmt: skip
    for what, fact_id in ids.items():
        metric, value, unit, kind = values[what]
        yield make.fact(
            fact_id,
            value,
            unit,
            subject=subject,
            metric=metric,
            kind=kind,
            period=Period(f"since:{start}", start, market.session.date),
            sample=Sample(len(known), of, start),
            quality="ok" if len(known) == of else "estimated",
        )


def _ids(universe: Universe, symbol: str, subject: str) -> dict[str, str]:
    """Return the ids of what is stated of an instrument."""
    ids = {what: f"{subject}.record_close.{what}" for what in ("date", "level")}
    if symbol not in {universe.volatility, universe.volatility_3m}:
        ids["distance"] = f"{subject}.distance_from_record.close"
    if symbol in universe.indices:
        ids["sessions"] = f"{subject}.record_close.sessions"
    return ids


def _in_points(universe: Universe, symbol: str) -> bool:
    return symbol == universe.volatility or universe.instruments[symbol].quoted == "points"


def _doubt(known: int, of: int, gap: str, closes: Array) -> str:
    if known < ENOUGH:
        return f"{known} price closes are known; a record needs {ENOUGH}."
    if not np.isfinite(closes[-1]):
        return gap
    return (
        f"{of - known} of {of} sessions have no price close." if of - known > TOLERATED * of else ""
    )
