"""Price and total returns of every instrument: standard windows, calendar years, all data."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import change
from newsletter.compute.facts import Fact, Period
from newsletter.compute.lines import calendar_period, with_returns
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import WINDOWS, Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import Universe
from newsletter.units import Unit

KINDS = (("price", ""), ("total", ".total"))
YEARS = 5
YEAR_OF_DAYS = 365.25


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
    volatility indices have no returns here: their changes are points, made by ``vix``.
    """
    make = Maker(market, returns.formula)
    symbols = with_returns(market.universe)
    for window in WINDOWS:
        yield from _returns(make, symbols, window, make.window(window))


@measure("calendar_returns")
def calendar_returns(market: Market) -> Iterator[Output]:
    """Return finished calendar years: ``SPY.return.cal:2025`` and ``….total``.

    Formula
    -------
    As ``returns``, from the last session of the year before to the last of the year. The
    last five finished years for indices and style funds, the last one for the others.

    Source
    ------
    Calendar-year total returns of SEC Form N-1A item 4; price returns likewise.

    Example
    -------
    2026-07-02: ``SPY.return.cal:2025`` = 16.35 %, ``SPY.return.cal:2025.total`` = 17.72 %.

    Limits
    ------
    A year counts as finished from the first session of the next; until then it is ``ytd``.
    """
    make, universe = Maker(market, calendar_returns.formula), market.universe
    last = market.session.date.year - 1
    followed = _followed(universe)
    yield from _calendar(make, with_returns(universe), last)
    for year in range(last - 1, last - YEARS, -1):
        yield from _calendar(make, followed, year)


@measure("long_returns")
def long_returns(market: Market) -> Iterator[Output]:
    """Return changes since both size funds trade: ``SPY.return.since:2000-05-26``.

    Formula
    -------
    Base: the first session with closes of the small-cap fund and the benchmark. Return:
    ``100 · (close / close[base] − 1)``, compounded. ``SPY.annualised_return.since:…``:
    ``100 · ((close / close[base]) ^ (365.25 / days) − 1)`` over the calendar days between.
    Each index as price and, with ``.total``, as total return.

    Source
    ------
    Cumulative and average annual return of SEC Form N-1A item 26.

    Example
    -------
    2026-07-02, base 2000-05-26: SPY's price rose 439.70 %, 6.67 % a year; its total
    return is 759.11 %, 8.59 % a year.

    Limits
    ------
    Never a sum of daily returns, which is no return at all. One common base for all
    indices, so that they can be compared; an index that starts later is absent. No
    annual rate is stated for less than a year.
    """
    make, universe = Maker(market, long_returns.formula), market.universe
    for kind, suffix in KINDS:
        sides = market.matrix((universe.small_caps, universe.benchmark), kind)
        both = np.flatnonzero((sides > 0).all(axis=1))
        if len(both) == 0 or both[0] == len(sides) - 1:
            for symbol in universe.indices:
                reason = "There is no earlier session with closes of both size funds."
                yield Absent(f"{make.instrument(symbol).id}.return.since{suffix}", reason)
            continue
        row = int(both[0])
        base = market.sessions[row].date()
        period = Period(f"since:{base}", base, market.session.date)
        closes = market.matrix(universe.indices, kind)
        values = change(closes[-1], closes[row])
        for symbol, value in zip(universe.indices, values.tolist(), strict=True):
            subject = make.ranked(symbol, (universe.small_caps, universe.benchmark))
            yield _fact(make, subject, "return", value, kind, suffix, period)
            yield _annualised(make, subject, value, kind, suffix, period)


def _followed(universe: Universe) -> tuple[str, ...]:
    """Return the indices and style funds, each once."""
    rows = universe.style.values()
    style = (symbol for row in rows for symbol in (row.value, row.blend, row.growth))
    return tuple(dict.fromkeys((*universe.indices, *style)))


def _calendar(make: Maker, symbols: tuple[str, ...], year: int) -> Iterator[Output]:
    yield from _returns(make, symbols, f"cal:{year}", calendar_period(make.market, year))


def _returns(
    make: Maker, symbols: tuple[str, ...], window: str, period: Period | None
) -> Iterator[Output]:
    market = make.market
    ends = (market.row(period.start), market.row(period.end)) if period else (0, 0)
    for kind, suffix in KINDS:
        closes = market.matrix(symbols, kind)
        values = change(closes[ends[1]], closes[ends[0]])
        for symbol, value in zip(symbols, values.tolist(), strict=True):
            subject = make.instrument(symbol)
            yield _fact(make, subject, "return", value, kind, suffix, period, window)


def _fact(
    make: Maker, subject: Subject, metric: str, value: float, kind: str, suffix: str,
    period: Period | None, window: str = "",
) -> Fact | Absent:  # fmt: skip
    label = period.label if period else window
    return make.fact(
        f"{subject.id}.{metric}.{label}{suffix}",
        value,
        Unit.PERCENT,
        subject=subject,
        metric=metric,
        kind=kind,
        period=period,
    )


def _annualised(
    make: Maker, subject: Subject, value: float, kind: str, suffix: str, period: Period
) -> Fact | Absent:
    days = (period.end - period.start) / dt.timedelta(days=1)
    if days < YEAR_OF_DAYS:
        reason = f"Less than a year since {period.start}; no annual rate is stated."
        return Absent(f"{subject.id}.annualised_return.{period.label}{suffix}", reason)
    rate = 100.0 * ((1.0 + value / 100.0) ** (YEAR_OF_DAYS / days) - 1.0)
    return _fact(make, subject, "annualised_return", rate, kind, suffix, period)
