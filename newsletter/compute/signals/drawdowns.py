"""Drawdowns over the past year: the deepest, and the one of today."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import YEAR, change, max_drawdown
from newsletter.compute.make import Maker, priced
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit


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
    for symbol in priced(market.universe.symbols, market.universe.volatility):
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
