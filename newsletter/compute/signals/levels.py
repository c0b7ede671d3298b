"""Closing prices, as they stand on the tape."""

from collections.abc import Iterator

from newsletter.compute.make import Maker, priced
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit


@measure("levels", version=2, lookback=1)
def levels(market: Market) -> Iterator[Output]:
    """Return the price close of every instrument: ``IWM.level``.

    Formula
    -------
    The split-adjusted close of the session, in dollars; in index points where the
    configuration says ``quoted: points``.

    Source
    ------
    The provider's ``close``.

    Example
    -------
    2026-07-02: ``IWM.level`` = 297.58 dollars, ``DX-Y.NYB.level`` = 100.86 points.

    Limits
    ------
    Never the dividend-adjusted close, which nobody could trade at. The volatility
    index's level is made by ``vix``.
    """
    make = Maker(market, levels.formula)
    symbols = priced(market.universe.symbols, market.universe.volatility)
    closes = market.matrix(symbols, "price", rows=1)[-1]
    for symbol, value in zip(symbols, closes.tolist(), strict=True):
        subject = make.instrument(symbol)
        points = market.universe.instruments[symbol].quoted == "points"
        yield make.fact(
            f"{subject.id}.level",
            value,
            Unit.INDEX if points else Unit.USD,
            subject=subject,
            metric="level",
            kind="level",
            period=make.close(),
        )
