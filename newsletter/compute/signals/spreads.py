"""Lead of one line over another, for each configured pair."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array, change
from newsletter.compute.facts import Fact, Period
from newsletter.compute.lines import calendar_period, last_closes, pair_subject
from newsletter.compute.make import Maker
from newsletter.compute.market import WINDOWS, Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import Pair
from newsletter.units import Unit

KINDS = (("price", ""), ("total", ".total"))
NEEDED = 260
YEARS = 5


@measure("spreads", lookback=NEEDED)
def spreads(market: Market) -> Iterator[Output]:
    """Return differences of returns: ``IWM-SPY.spread.ytd`` and ``….total``, in points.

    Formula
    -------
    ``return(first) − return(second)`` over the same window and of the same kind. A basket
    is held in equal weights, restored every session.

    Source
    ------
    Arithmetic excess return, the usual "beat by n points".

    Example
    -------
    2026-07-02, ytd, price: IWM +20.89 %, SPY +9.22 %: spread 11.67 points.

    Limits
    ------
    Absent where either return is; price and total are never mixed. A basket with a part
    that has no close has no return.
    """
    make = Maker(market, spreads.formula)
    periods = {window: make.window(window) for window in WINDOWS}
    for kind, suffix in KINDS:
        for pair in market.universe.pairs:
            sides = [last_closes(market, line, kind, NEEDED) for line in (pair.first, pair.second)]
            closes = np.column_stack(sides)
            for window, period in periods.items():
                yield _spread(make, pair, closes, kind, f"{window}{suffix}", period)


@measure("calendar_spreads")
def calendar_spreads(market: Market) -> Iterator[Output]:
    """Return leads of finished calendar years: ``IWM-SPY.spread.cal:2025`` and ``….total``.

    Formula
    -------
    As ``spreads``, over each of the last five finished calendar years.

    Source
    ------
    Arithmetic excess return.

    Example
    -------
    2026-07-02: ``IWM-SPY.spread.cal:2025`` = −4.95 points: IWM +11.40 %, SPY +16.35 %.

    Limits
    ------
    As for ``spreads``; a year counts as finished from the first session of the next.
    """
    make = Maker(market, calendar_spreads.formula)
    last = market.session.date.year - 1
    years = range(last, last - YEARS, -1)
    periods = {f"cal:{year}": calendar_period(market, year) for year in years}
    for kind, suffix in KINDS:
        for pair in market.universe.pairs:
            sides = [market.line(line, kind) for line in (pair.first, pair.second)]
            closes = np.column_stack(sides)
            for window, period in periods.items():
                yield _spread(make, pair, closes, kind, f"{window}{suffix}", period)


def _spread(
    make: Maker, pair: Pair, closes: Array, kind: str, window: str, period: Period | None
) -> Fact | Absent:
    """Make one fact from closes of shape (n, 2) that end with the session."""
    market = make.market
    value = float("nan")
    if period:
        past = len(market.sessions)
        start, end = market.row(period.start) - past, market.row(period.end) - past
        first, second = change(closes[end], closes[start]).tolist()
        value = first - second
    return make.fact(
        f"{pair.subject}.spread.{window}",
        value,
        Unit.POINTS,
        subject=pair_subject(make, pair),
        metric="spread",
        kind=kind,
        period=period,
    )
