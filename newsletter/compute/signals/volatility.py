"""Realised volatility over 21 sessions."""

from collections.abc import Iterator

from newsletter.compute.arrays import realised_volatility
from newsletter.compute.make import Maker, priced
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit

WINDOW = 21


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
    for symbol in priced(market.universe.symbols, market.universe.volatility):
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
