"""Price and total returns of every instrument over the standard windows."""

from collections.abc import Iterator

from newsletter.compute.arrays import change
from newsletter.compute.make import Maker, priced
from newsletter.compute.market import WINDOWS, Market
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit


@measure("returns", lookback=260)
def returns(market: Market) -> Iterator[Output]:
    """Return percent changes of closes: ``IWM.return.ytd`` and ``IWM.return.ytd.total``.

    Formula
    -------
    ``100 · (close[session] / close[base] − 1)``; price on split-adjusted closes, total on
    split- and dividend-adjusted closes. Bases: 1d and 5d count sessions; 1m, 3m, 6m and
    1y take the session on or before the same date; ytd the last session of the prior year.

    Source
    ------
    Common practice of fund fact sheets (SEC Form N-1A item 26 for total return).

    Example
    -------
    IWM closed at 246.16 on 2025-12-31 and at 297.58 on 2026-07-02: ytd +20.89 %.

    Limits
    ------
    A missing base or last close makes the fact absent; no neighbour stands in. The
    volatility index has no returns here: its changes are points, made by ``vix``.
    """
    make = Maker(market, returns.formula)
    symbols = priced(market.universe.symbols, market.universe.volatility)
    closes = {kind: market.matrix(symbols, kind) for kind in ("price", "total")}
    for window in WINDOWS:
        period = make.window(window)
        row = market.row(period.start) if period else 0
        for kind, suffix in (("price", ""), ("total", ".total")):
            values = change(closes[kind][-1], closes[kind][row])
            for symbol, value in zip(symbols, values.tolist(), strict=True):
                subject = make.instrument(symbol)
                yield make.fact(
                    f"{subject.id}.return.{window}{suffix}",
                    value,
                    Unit.PERCENT,
                    subject=subject,
                    metric="return",
                    kind=kind,
                    period=period,
                )
