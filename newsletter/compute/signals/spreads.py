"""Lead of one instrument over another, for each configured pair."""

from collections.abc import Iterator

from newsletter.compute.arrays import change
from newsletter.compute.make import Maker, Subject, possessive
from newsletter.compute.market import WINDOWS, Market
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit


@measure("spreads", lookback=260)
def spreads(market: Market) -> Iterator[Output]:
    """Return differences of returns: ``IWM-SPY.spread.ytd`` and ``….total``, in points.

    Formula
    -------
    ``return(first) − return(second)`` over the same window and of the same kind.

    Source
    ------
    Arithmetic excess return, the usual "beat by n points".

    Example
    -------
    2026-07-02, ytd, price: IWM +20.89 %, SPY +9.22 %: spread 11.67 points.

    Limits
    ------
    Absent where either return is; price and total are never mixed.
    """
    make = Maker(market, spreads.formula)
    for window in WINDOWS:
        period = make.window(window)
        row = market.row(period.start) if period else 0
        for kind, suffix in (("price", ""), ("total", ".total")):
            for pair in market.universe.pairs:
                closes = market.matrix((pair.first, pair.second), kind)
                first, second = change(closes[-1], closes[row]).tolist()
                lead = possessive(market.universe.name(pair.first))
                name = f"{lead} lead over {market.universe.name(pair.second)}"
                yield make.fact(
                    f"{pair.subject}.spread.{window}{suffix}",
                    first - second,
                    Unit.POINTS,
                    subject=Subject(pair.subject, name, (pair.first, pair.second)),
                    metric="spread",
                    kind=kind,
                    period=period,
                )
