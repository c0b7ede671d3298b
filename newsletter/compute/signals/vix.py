"""The volatility index: level, change in points, place in its past year."""

from collections.abc import Iterator

from newsletter.compute.arrays import YEAR, lagged, percentile_rank
from newsletter.compute.facts import Sample
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.units import Unit


@measure("vix", lookback=YEAR)
def vix(market: Market) -> Iterator[Output]:
    """Return ``VIX.level``, ``VIX.change.1d``, ``VIX.change.5d``, ``VIX.percentile_1y``.

    Formula
    -------
    Level: the close. Change: difference of closes in index points, not percent.
    Percentile: ``100 · (closes of the last 252 at or below today's) / 252``.

    Source
    ------
    Cboe Volatility Index, daily close.

    Example
    -------
    2026-07-02: 16.15, 28th percentile of the past year (71 of 252).

    Limits
    ------
    One source printed 20.37 for 2026-02-06 where Cboe had 17.76: a level is only as good
    as its source. Percentile needs all 252 closes.
    """
    make = Maker(market, vix.formula)
    subject = make.instrument(market.universe.volatility)
    closes = market.prices(market.universe.volatility).to_numpy()
    yield make.fact(
        f"{subject.id}.level",
        float(closes[-1]),
        Unit.INDEX,
        subject=subject,
        metric="level",
        kind="level",
        period=make.close(),
    )
    for days in (1, 5):
        yield make.fact(
            f"{subject.id}.change.{days}d",
            float(closes[-1] - lagged(closes, days)[-1]),
            Unit.POINTS,
            subject=subject,
            metric="change",
            kind="level",
            period=make.window(f"{days}d"),
        )
    year = make.span("1y", YEAR)
    at_or_below, of = percentile_rank(closes[-YEAR:] if year else closes[:0])
    yield make.fact(
        f"{subject.id}.percentile_1y",
        100.0 * at_or_below / of if of else float("nan"),
        Unit.PERCENTILE,
        subject=subject,
        metric="percentile",
        kind="level",
        period=year,
        missing=f"Fewer than {YEAR} closes in the last {YEAR} sessions.",
        sample=Sample(at_or_below, of, year.start) if year else None,
    )
