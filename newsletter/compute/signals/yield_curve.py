"""The slope of the Treasury curve: how steep, since when inverted or not."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from newsletter.collect.macro import SERIES
from newsletter.compute.arrays import Array
from newsletter.compute.facts import Period
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.published import reading
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

SLOPES = (
    ("DGS10", "DGS2", "the gap between ten-year and two-year Treasury yields"),
    ("DGS10", "DGS3MO", "the gap between the ten-year Treasury yield and three-month bills"),
)
FACTS = ("curve.21d", "curve.close", "curve.days", "curve.since", "curve.state")
MONTH, LONGEST = 21, 47
FINE = 6  # decimals of a basis point: yields are given in whole ones


@measure("yield_curve", lookback=1)
def yield_curve(market: Market) -> Iterator[Output]:
    """Return ``us10y-us2y.curve.{close,21d,state,since,days}`` and the same of ``us10y-us3m``.

    Formula
    -------
    ``close = 100 · (long yield − short yield)`` in basis points, on the last day on which
    both were public; ``21d`` its change over 21 such days; ``state`` is ``inverted`` below
    zero, ``upward`` above, ``flat`` at zero; ``since`` the first day of the unbroken
    state, ``days`` how many days of yields it has lasted.

    Source
    ------
    Constant-maturity yields of the Federal Reserve's H.15 release, FRED DGS2, DGS10, DGS3MO.

    Example
    -------
    2026-07-02: ten over two years 31 basis points on 1 July, 11 less than on 1 June, upward
    since 2024-09-06 (453 days with both yields).

    Limits
    ------
    A yield is public on the next business day: at the close of a session the newest is of
    the day before, as the period says. Days on which either yield is missing count for
    nothing. Absent where the last common day is more than ten days old.
    """
    make = Maker(market, yield_curve.formula)
    for long, short, name in SLOPES:
        pair = SERIES[long], SERIES[short]
        subject = Subject(f"{pair[0].subject}-{pair[1].subject}", name, (long, short))
        first, second = (reading(market, one) for one in pair)
        missing = first[1] or second[1]
        if missing:
            yield from (Absent(f"{subject.id}.{what}", missing) for what in FACTS)
            continue
        both = pd.concat([first[0], second[0]], axis=1, join="inner")
        gap = np.round(100.0 * (both[long] - both[short]).to_numpy(), FINE)
        yield from _facts(make, subject, pd.DatetimeIndex(both.index), gap)


def _facts(make: Maker, subject: Subject, dates: pd.DatetimeIndex, gap: Array) -> Iterator[Output]:
    source = make.market.table_sources.get("macro")
    signs = np.sign(gap)
    other = np.flatnonzero(signs != signs[-1])
    start = int(other[-1]) + 1 if len(other) else 0
    last = dates[-1].date()
    close = make.close(last)
    held = Period(f"since:{dates[start].date()}", dates[start].date(), last)
    month = _month(dates)
    state = {-1.0: "inverted", 0.0: "flat", 1.0: "upward"}[float(signs[-1])]
    change = float(gap[-1] - gap[-1 - MONTH]) if month else float("nan")
    stated = (
        ("21d", "curve_change", change, Unit.BPS, "statistic", month),
        ("close", "curve", float(gap[-1]), Unit.BPS, "level", close),
        ("days", "curve_days", float(len(gap) - start), Unit.COUNT, "count", held),
        ("since", "curve_since", dates[start].date(), Unit.DATE, "date", held),
        ("state", "curve_state", state, Unit.STATE, "state", close),
    )
    for label, metric, value, unit, kind, period in stated:
        yield make.fact(
            f"{subject.id}.curve.{label}", value, unit,
            subject=subject, metric=metric, kind=kind, period=period, source=source,
        )  # fmt: skip


def _month(dates: pd.DatetimeIndex) -> Period | None:
    if len(dates) <= MONTH or (dates[-1] - dates[-1 - MONTH]).days > LONGEST:
        return None
    return Period(f"{MONTH}d", dates[-1 - MONTH].date(), dates[-1].date())
