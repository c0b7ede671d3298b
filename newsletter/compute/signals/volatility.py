"""Realised volatility over a month, a quarter and a year, and the month's place in its year."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import YEAR, percentile_rank, realised_volatility, rolling_std
from newsletter.compute.facts import Sample
from newsletter.compute.lines import with_returns
from newsletter.compute.make import Maker
from newsletter.compute.market import Array, Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

WINDOW = 21
LONGER = {"63d": 63, "1y": YEAR}
NEEDED = YEAR + WINDOW


@measure("volatility", lookback=WINDOW + 1)
def volatility(market: Market) -> Iterator[Output]:
    """Return annualised realised volatility: ``SPY.volatility.21d``, percent.

    Formula
    -------
    ``100 · std(ln(close / previous close), ddof = 1) · √252`` over 21 changes.

    Source
    ------
    Close-to-close estimator; equal to empyrical's annual volatility on log returns.

    Example
    -------
    2020-03-16: 21 sessions of SPY gave 77 % a year.

    Limits
    ------
    Close-to-close says nothing of the path within a day. Price closes; adjusted (kind
    ``total``) where those are known on more of the 22 sessions, all of which are needed.
    """
    make = Maker(market, volatility.formula)
    period = make.span(f"{WINDOW}d", WINDOW + 1)
    for symbol in with_returns(market.universe):
        kind, subject = market.kind(symbol, lookback=WINDOW + 1), make.instrument(symbol)
        closes = market.prices(symbol, kind).to_numpy()[-WINDOW - 1 :]
        yield make.fact(
            f"{subject.id}.volatility.{WINDOW}d",
            realised_volatility(closes),
            Unit.PERCENT,
            subject=subject,
            metric="volatility",
            kind=kind,
            period=period,
            lookback=WINDOW,
            missing=f"Fewer than {WINDOW + 1} closes in the last {WINDOW + 1} sessions.",
        )


@measure("volatility_history", lookback=NEEDED)
def volatility_history(market: Market) -> Iterator[Output]:
    """Return ``SPY.volatility.63d``, ``SPY.volatility.1y`` and ``….percentile_1y``.

    Formula
    -------
    As ``volatility``, over 63 and 252 changes. ``percentile_1y``: share of the last 252
    values of the 21-session volatility that are at or below today's.

    Source
    ------
    Close-to-close estimator; the percentile in its own year is ours.

    Example
    -------
    2026-07-02: ``SPY.volatility.63d`` = 13.65 %, ``.1y`` = 12.55 %, percentile 92nd (232
    of 252).

    Limits
    ------
    Indices only. Price closes; adjusted (kind ``total``) where those are known on more of
    the last 273 sessions. The percentile needs all of them, and a close that moved.
    """
    make = Maker(market, volatility_history.formula)
    for symbol in market.universe.indices:
        kind, subject = market.kind(symbol, lookback=NEEDED), make.instrument(symbol)
        closes = market.prices(symbol, kind).to_numpy()[-NEEDED:]
        for label, count in LONGER.items():
            yield make.fact(
                f"{subject.id}.volatility.{label}",
                realised_volatility(closes[-count - 1 :]),
                Unit.PERCENT,
                subject=subject,
                metric="volatility",
                kind=kind,
                period=make.span(label, count + 1),
                lookback=count,
                missing=f"Fewer than {count + 1} closes in the last {count + 1} sessions.",
            )
        yield _place(make, symbol, kind, closes)


def _place(make: Maker, symbol: str, kind: str, closes: Array) -> Output:
    subject, period = make.instrument(symbol), make.span("1y", NEEDED)
    fact_id = f"{subject.id}.volatility.percentile_1y"
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.diff(np.log(closes))
    values = rolling_std(moves, WINDOW)[-YEAR:]
    at_or_below, of = percentile_rank(values)
    if period is None or of < YEAR:
        return Absent(fact_id, f"Fewer than {NEEDED} closes in the last {NEEDED} sessions.")
    if not values.any():
        return Absent(fact_id, "No close moved.")
    return make.fact(
        fact_id,
        100.0 * at_or_below / of,
        Unit.PERCENTILE,
        subject=subject,
        metric="volatility_percentile",
        kind=kind,
        period=period,
        sample=Sample(at_or_below, of, period.start),
        lookback=WINDOW,
    )
