"""Beta and correlation with the benchmark."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import YEAR, Array
from newsletter.compute.lines import with_returns
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.config import Universe
from newsletter.units import Unit

WINDOWS = {"63d": 63, "1y": YEAR}
STILL = 1e-12
"""Standard deviation of daily returns below which a line counts as not moving."""


@measure("co_movement", lookback=YEAR + 1)
def co_movement(market: Market) -> Iterator[Output]:
    """Return ``IWM.beta.1y`` and ``IWM.correlation.1y`` with the benchmark, also ``63d``.

    Formula
    -------
    On the last 63 or 252 daily returns ``close / previous close − 1``: correlation is
    Pearson's ρ, beta is ``covariance / variance of the benchmark`` (ddof 1).

    Source
    ------
    W. F. Sharpe, "Capital asset prices", Journal of Finance 19 (1964); beta as in
    quantstats and empyrical.

    Example
    -------
    2026-07-02: ``IWM.beta.1y`` = 1.27, ``IWM.correlation.1y`` = 0.82.

    Limits
    ------
    Adjusted closes. Indices, sectors and the other funds; not single companies, nor the
    style funds, nor the benchmark itself. One missing close in the window makes the fact
    absent. Says nothing of what moves with what next year: both drift.
    """
    make, universe = Maker(market, co_movement.formula), market.universe
    symbols = _compared(universe)
    closes = market.matrix((universe.benchmark, *symbols), "total", rows=YEAR + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.where(closes[:-1] > 0, closes[1:] / closes[:-1] - 1.0, np.nan)
    for label, count in WINDOWS.items():
        period = make.span(label, count + 1)
        beta, correlation = _statistics(moves[-count:])
        for column, symbol in enumerate(symbols):
            subject = make.instrument(symbol)
            inputs = (symbol, universe.benchmark)
            for metric, values in (("beta", beta), ("correlation", correlation)):
                yield make.fact(
                    f"{subject.id}.{metric}.{label}",
                    float(values[column]),
                    Unit.NUMBER,
                    subject=Subject(subject.id, subject.name, inputs),
                    metric=metric,
                    kind="statistic",
                    period=period,
                    missing=f"Fewer than {count + 1} adjusted closes of both, or no move.",
                    places=2,
                    lookback=count,
                )


def _compared(universe: Universe) -> tuple[str, ...]:
    style = {s for row in universe.style.values() for s in (row.value, row.blend, row.growth)}
    left_out = {*universe.mega_caps, *style} - {*universe.indices, *universe.sectors}
    left_out.add(universe.benchmark)
    return tuple(symbol for symbol in with_returns(universe) if symbol not in left_out)


def _statistics(moves: Array) -> tuple[Array, Array]:
    """Return beta and correlation of every column with the first, NaN where undefined."""
    beta, correlation = (np.full(moves.shape[1] - 1, np.nan) for _ in range(2))
    if len(moves) == 0:
        return beta, correlation
    centred = moves - moves.mean(axis=0)
    market, others = centred[:, :1], centred[:, 1:]
    own = (market * market).sum(axis=0)
    theirs = (others * others).sum(axis=0)
    joint = (market * others).sum(axis=0)
    least = STILL * STILL * len(moves)
    usable = (own > least) & (theirs > least)
    np.divide(joint, own, out=beta, where=usable)
    np.divide(joint, np.sqrt(own * theirs), out=correlation, where=usable)
    return beta, correlation
