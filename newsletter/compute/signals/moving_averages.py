"""Gap of the last close to its own 50- and 200-day averages."""

from collections.abc import Iterator

from newsletter.compute.arrays import change, rolling_mean
from newsletter.compute.lines import with_returns
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit


@measure("moving_averages", lookback=200)
def moving_averages(market: Market) -> Iterator[Output]:
    """Return ``SPY.gap.50d`` and ``SPY.gap.200d``, percent above (+) or below.

    Formula
    -------
    ``100 · (close / mean of the last n closes, today included − 1)``.

    Source
    ------
    Simple moving average, equal to TA-Lib's SMA.

    Example
    -------
    2020-03-16: SPY stood 24.5 % below its 50-day average.

    Limits
    ------
    Price closes; adjusted (kind ``total``) where those are known on more sessions of the
    window, so that the two gaps of one fund may differ in kind. One missing close in the
    window makes the fact absent.
    """
    make = Maker(market, moving_averages.formula)
    for days in (50, 200):
        period = make.span(f"{days}d", days)
        for symbol in with_returns(market.universe):
            kind, subject = market.kind(symbol, lookback=days), make.instrument(symbol)
            closes = market.prices(symbol, kind).to_numpy()[-days:]
            yield make.fact(
                f"{subject.id}.gap.{days}d",
                float(change(closes[-1], rolling_mean(closes, days)[-1])),
                Unit.PERCENT,
                subject=subject,
                metric="gap",
                kind=kind,
                period=period,
                lookback=days,
                missing=f"Fewer than {days} closes in the last {days} sessions.",
            )
