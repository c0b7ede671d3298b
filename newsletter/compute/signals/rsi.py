"""Wilder's relative strength index over 14 sessions."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import unbroken, wilder_rsi
from newsletter.compute.facts import Sample
from newsletter.compute.lines import with_returns
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

WINDOW = 14
SETTLED = 100


@measure("rsi")
def rsi(market: Market) -> Iterator[Output]:
    """Return the index of every instrument: ``IWM.rsi.14d``, 0 to 100.

    Formula
    -------
    ``100 · gain / (gain + loss)``; both averages start as the plain mean of the first 14
    moves and go on as ``(13 · previous + new) / 14``.

    Source
    ------
    J. W. Wilder, New Concepts in Technical Trading Systems, 1978; equal to TA-Lib's RSI.

    Example
    -------
    2026-07-02: ``IWM.rsi.14d`` = 58 from 6,563 closes since 2000-05-26.

    Limits
    ------
    Runs over the closes since the last missing one; price closes, or adjusted ones (kind
    ``total``) where that run is longer. ``estimated`` below 100 closes, absent below 15
    and where no close differed from the one before.
    """
    make = Maker(market, rsi.formula)
    for symbol in with_returns(market.universe):
        runs = {}
        for kind in ("price", "total"):
            closes = market.prices(symbol, kind).to_numpy()
            runs[kind] = closes[len(closes) - unbroken(closes) :]
        kind = "total" if len(runs["total"]) > len(runs["price"]) else "price"
        count, subject = len(runs[kind]), make.instrument(symbol)
        value = wilder_rsi(runs[kind], WINDOW)
        fact_id = f"{subject.id}.rsi.{WINDOW}d"
        start = market.back(count - 1) if count else None
        if start is None or not np.isfinite(value):
            reason = "No close moved." if count > WINDOW else f"Only {count} closes in a row."
            yield Absent(fact_id, reason)
            continue
        yield make.fact(
            fact_id,
            value,
            Unit.NUMBER,
            subject=subject,
            metric="rsi",
            kind=kind,
            period=make.span(f"{WINDOW}d", WINDOW + 1),
            sample=Sample(count, count, start),
            quality="ok" if count >= SETTLED else "estimated",
            places=0,
            lookback=WINDOW,
        )
