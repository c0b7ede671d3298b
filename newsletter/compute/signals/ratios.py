"""Price ratio of each configured pair: level, place in its year, gap to its average."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import (
    YEAR,
    Array,
    change,
    lagged,
    percentile_rank,
    rolling_mean,
)
from newsletter.compute.facts import Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.config import Pair
from newsletter.units import Unit

AVERAGE = 50
SLOPE = 21
NEEDED = YEAR + AVERAGE


@measure("ratios", lookback=NEEDED)
def ratios(market: Market) -> Iterator[Output]:
    """Return ``IWM/SPY.ratio.close``, ``.50d_gap``, ``.50d_slope``, ``.percentile_1y``.

    Formula
    -------
    ``ratio = close(first) / close(second)``; ``50d_gap = 100 · (ratio / mean of the last
    50 ratios − 1)``; ``50d_slope`` = percent change of that mean over 21 sessions;
    ``percentile_1y`` = share of the last 252 ratios at or below today's. Series
    ``IWM/SPY.ratio`` and ``IWM/SPY.ratio.50d_average`` over the last 252 sessions.

    Source
    ------
    Relative strength line; the recipe (arithmetic average, own percentile) is ours.

    Example
    -------
    2026-07-02, IWM/SPY: 2.8 % above its 50-day average, 97th percentile (244 of 252).

    Limits
    ------
    On split-adjusted closes; on adjusted closes (kind ``total``) where those are known on
    more of the last 302 sessions. One missing close in a window makes that fact absent.
    """
    make = Maker(market, ratios.formula)
    for pair in market.universe.pairs:
        kind = market.kind(pair.first, pair.second, lookback=NEEDED)
        closes = market.matrix((pair.first, pair.second), kind, rows=NEEDED)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where((closes > 0).all(axis=1), closes[:, 0] / closes[:, 1], np.nan)
        yield from _facts(make, pair, kind, ratio)


def _facts(make: Maker, pair: Pair, kind: str, ratio: Array) -> Iterator[Output]:
    universe, inputs = make.market.universe, (pair.first, pair.second)
    name = f"the ratio of {universe.name(pair.first)} to {universe.name(pair.second)}"
    subject, stem = Subject(pair.ratio, name, inputs), f"{pair.ratio}.ratio"
    average = rolling_mean(ratio, AVERAGE)
    at_or_below, of = percentile_rank(ratio[-YEAR:] if len(ratio) >= YEAR else ratio[:0])
    year = make.span("1y", YEAR)
    numbers = (
        ("close", "ratio", ratio[-1], Unit.RATIO, make.close(), None),
        ("50d_gap", "gap", change(ratio[-1], average[-1]), Unit.PERCENT,
         make.span("50d", AVERAGE), AVERAGE),
        ("50d_slope", "slope", change(average[-1], lagged(average, SLOPE)[-1]), Unit.PERCENT,
         make.span("21d", SLOPE + 1), AVERAGE),
    )  # fmt: skip
    for label, metric, value, unit, period, lookback in numbers:
        yield make.fact(
            f"{stem}.{label}", float(value), unit,
            subject=subject, metric=metric, kind=kind, period=period, lookback=lookback,
        )  # fmt: skip
    yield make.fact(
        f"{stem}.percentile_1y",
        100.0 * at_or_below / of if of else float("nan"),
        Unit.PERCENTILE,
        subject=subject,
        metric="percentile",
        kind=kind,
        period=year,
        missing=f"Fewer than {YEAR} closes of both in the last {YEAR} sessions.",
        sample=Sample(at_or_below, of, year.start) if year else None,
    )
    yield make.series(stem, name, Unit.RATIO, ratio[-YEAR:])
    label = f"the {AVERAGE}-day average of {name}"
    yield make.series(f"{stem}.50d_average", label, Unit.RATIO, average[-YEAR:])
