"""Drawdowns: the deepest of the past year, the one of today, the deepest of all data."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import TIE, YEAR, change, max_drawdown
from newsletter.compute.facts import Period, Sample
from newsletter.compute.lines import with_returns
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

ENOUGH = 3 * YEAR
TOLERATED = 0.01


@measure("drawdowns", lookback=YEAR)
def drawdowns(market: Market) -> Iterator[Output]:
    """Return ``IWM.drawdown.1y`` and ``IWM.drawdown.now``, percent at or below zero.

    Formula
    -------
    Over the last 252 closes: ``1y`` is the smallest ``100 · (close / highest so far − 1)``,
    ``now`` is ``100 · (today / highest of the 252 − 1)``.

    Source
    ------
    Maximum drawdown as in empyrical and quantstats, on one year of closes.

    Example
    -------
    2020-03-16: SPY stood 29.1 % below its high of 2020-02-19, the deepest of its year.

    Limits
    ------
    Closes, not intraday. Price closes; adjusted (kind ``total``) where those are known on
    more of the 252 sessions. One missing close makes both absent.
    """
    make = Maker(market, drawdowns.formula)
    period = make.span("1y", YEAR)
    for symbol in with_returns(market.universe):
        kind, subject = market.kind(symbol, lookback=YEAR), make.instrument(symbol)
        closes = market.prices(symbol, kind).to_numpy()[-YEAR:]
        deepest = max_drawdown(closes)
        now = float(change(closes[-1], np.max(closes))) if np.isfinite(deepest) else deepest
        for label, value in (("1y", deepest), ("now", now)):
            yield make.fact(
                f"{subject.id}.drawdown.{label}",
                value,
                Unit.PERCENT,
                subject=subject,
                metric="drawdown",
                kind=kind,
                period=period,
                lookback=YEAR,
                missing=f"Fewer than {YEAR} closes in the last {YEAR} sessions.",
            )


@measure("worst_drawdowns")
def worst_drawdowns(market: Market) -> Iterator[Output]:
    """Return ``SPY.drawdown.max``, ``.max_peak`` and ``.max_trough`` of each index.

    Formula
    -------
    ``max``: the smallest ``100 · (close / highest close so far − 1)`` of all closes known;
    ``max_trough``: its session, the earliest of equal ones; ``max_peak``: the session of
    the high it is measured from. ``sample`` holds the closes known, of how many sessions.

    Source
    ------
    Maximum drawdown as in empyrical and quantstats, on closes.

    Example
    -------
    2026-07-02: SPY since 1993-01-29: −56.47 %, from 2007-10-09 to 2009-03-09.

    Limits
    ------
    Closes, not intraday, which was deeper still; the deepest of the data, not of history.
    Price closes; adjusted (kind ``total``) where those are known on more sessions. Needs
    three years (756) of closes and today's. Missing sessions make it ``estimated``, more
    than 1 % of them make it absent.
    """
    make = Maker(market, worst_drawdowns.formula)
    for symbol in market.universe.indices:
        yield from _worst(make, symbol)


def _worst(make: Maker, symbol: str) -> Iterator[Output]:
    market, subject = make.market, make.instrument(symbol)
    kind = market.kind(symbol, lookback=len(market.sessions))
    closes = market.prices(symbol, kind).to_numpy()
    rows = np.flatnonzero(closes > 0)
    ids = [f"{subject.id}.drawdown.{what}" for what in ("max", "max_peak", "max_trough")]
    of = len(closes) - int(rows[0]) if len(rows) else 0
    if len(rows) < ENOUGH or rows[-1] != len(closes) - 1 or of - len(rows) > TOLERATED * of:
        reason = f"{len(rows)} of {of} closes are known; it needs {ENOUGH}, and today's."
        yield from (Absent(one, reason) for one in ids)
        return
    known = closes[rows]
    fallen = change(known, np.maximum.accumulate(known))
    deepest = float(fallen.min())
    trough = int((fallen <= deepest + 100.0 * TIE).argmax())
    peak = int(known[: trough + 1].argmax())
    start = market.sessions[int(rows[0])].date()
    dates = [market.sessions[int(rows[one])].date() for one in (peak, trough)]
    told: tuple[tuple[str, float | dt.date, Unit, str], ...] = (
        ("drawdown", deepest, Unit.PERCENT, kind),
        ("drawdown_peak", dates[0], Unit.DATE, "date"),
        ("drawdown_trough", dates[1], Unit.DATE, "date"),
    )
    for fact_id, (metric, value, unit, as_kind) in zip(ids, told, strict=True):
        if unit is Unit.DATE and deepest == 0.0:
            yield Absent(fact_id, f"No close since {start} lies below an earlier one.")
            continue
        yield make.fact(
            fact_id,
            value,
            unit,
            subject=subject,
            metric=metric,
            kind=as_kind,
            period=Period(f"since:{start}", start, market.session.date),
            sample=Sample(len(rows), of, start),
            quality="ok" if len(rows) == of else "estimated",
        )
