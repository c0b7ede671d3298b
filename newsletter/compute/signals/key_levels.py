"""Levels that readers of a week ahead look for: averages in dollars, the year's high and low."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import TIE, YEAR, rolling_mean
from newsletter.compute.facts import Fact
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

AVERAGES = (50, 200)


@measure("key_levels", lookback=YEAR)
def key_levels(market: Market) -> Iterator[Output]:
    """Return ``IWM.average_level.50d``, ``IWM.year_high.level`` and the like of each index.

    Formula
    -------
    ``average_level``: mean of the last 50 (200) closes, today included, in dollars.
    ``year_high`` and ``year_low``: highest and lowest of the last 252 closes, with the
    session of each, the latest of equal ones.

    Source
    ------
    Simple moving average, equal to TA-Lib's SMA; the 52-week range of a quote page, on
    closes.

    Example
    -------
    2026-07-02: IWM's 50-day average is 286.58 dollars, its 200-day average 260.74; high of
    the year 300.45 on 2026-06-30, low 214.92 on 2025-08-01.

    Limits
    ------
    Price closes only: nobody could trade at an adjusted one. Closes, not the day's
    extremes, so that the range is narrower than a quote page's. One missing close in the
    window makes a level absent.
    """
    make = Maker(market, key_levels.formula)
    for symbol in market.universe.indices:
        closes = market.prices(symbol, "price").to_numpy()
        for days in AVERAGES:
            yield _average(make, symbol, closes, days)
        yield from _range(make, symbol, closes[-YEAR:])


def _average(make: Maker, symbol: str, closes: np.ndarray, days: int) -> Fact | Absent:
    subject = make.instrument(symbol)
    known = closes[-days:]
    return make.fact(
        f"{subject.id}.average_level.{days}d",
        float(rolling_mean(known, days)[-1]) if len(known) == days else float("nan"),
        Unit.USD,
        subject=subject,
        metric="average_level",
        kind="level",
        period=make.span(f"{days}d", days),
        lookback=days,
        missing=f"Fewer than {days} closes in the last {days} sessions.",
    )


def _range(make: Maker, symbol: str, closes: np.ndarray) -> Iterator[Output]:
    subject, period = make.instrument(symbol), make.span("1y", YEAR)
    for which, sign in (("year_high", 1.0), ("year_low", -1.0)):
        stem = f"{subject.id}.{which}"
        if period is None or not (closes > 0).all():
            reason = f"Fewer than {YEAR} closes in the last {YEAR} sessions."
            yield from (Absent(f"{stem}.{what}", reason) for what in ("level", "date"))
            continue
        best = float((sign * closes).max())
        # Equal within rounding: the latest of equal extremes is the one to name.
        row = int(np.flatnonzero(sign * closes >= best - abs(best) * TIE)[-1])
        day = make.market.sessions[len(make.market.sessions) - len(closes) + row].date()
        told: tuple[tuple[str, object, Unit, str], ...] = (
            ("level", float(closes[row]), Unit.USD, "level"),
            ("date", day, Unit.DATE, "date"),
        )
        for what, value, unit, kind in told:
            yield make.fact(
                f"{stem}.{what}",
                value,  # type: ignore[arg-type]
                unit,
                subject=subject,
                metric=which if what == "level" else f"{which}_date",
                kind=kind,
                period=period,
                lookback=YEAR,
            )
