"""Price ratio of each configured pair: level, place in its history, gap to its average."""

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
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.precedents import TOLERATED, extreme_since
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import Pair
from newsletter.units import Unit

AVERAGE = 50
MANSFIELD = 200
SLOPE = 21
NEEDED = YEAR + AVERAGE
ENOUGH = 3 * YEAR
SMALL = 0.1
"""A ratio below this (copper to gold) is printed to five decimals, else to three."""


@measure("ratios", version=2)
def ratios(market: Market) -> Iterator[Output]:
    """Return ``IWM/SPY.ratio.close`` and where it stands in its past.

    Formula
    -------
    ``ratio = first / second``; a basket is the index of its members in equal weights, and
    a ratio in which one takes part stands at 1 on its first session.
    ``50d_gap = 100 · (ratio / mean of the last 50 ratios − 1)``, ``200d_gap`` the same of
    200: Mansfield's relative strength, daily; ``50d_slope`` = percent change of the mean of
    50 over 21 sessions; ``percentile_1y``, ``percentile_5y`` = share of
    the last 252 and 1,260 ratios at or below today's. ``highest_since``,
    ``lowest_since``: the last earlier session with a ratio at least as high or low, if 21
    sessions back or more. ``record_high``, ``record_low``: date of the highest and
    lowest ratio known, the earliest of equal ones; ``distance_from_record`` = percent to
    the highest. Series ``IWM/SPY.ratio`` and ``IWM/SPY.ratio.50d_average`` over the last
    252 sessions.

    Source
    ------
    Relative strength line; Mansfield's after S. Weinstein, "Secrets for profiting in bull
    and bear markets" (1988); the recipe (arithmetic average, own percentile) is ours.

    Example
    -------
    2026-07-02, IWM/SPY: 2.8 % above its 50-day average, 97th percentile of a year (244 of
    252), 48th of five (602 of 1,260), 37.5 % below its highest of 2011-04-05.

    Limits
    ------
    On split-adjusted closes; on adjusted closes (kind ``total``) where those are known on
    more of the last 302 sessions. One missing close in a window makes that fact absent.
    Records need three years (756) of ratios; more than 1 % of missing sessions make them,
    and the dates since, absent. The first record after the start of a sample is none of
    the market's: the period names the start.
    """
    make, universe = Maker(market, ratios.formula), market.universe
    for pair in universe.pairs:
        parts = (*universe.parts(pair.first), *universe.parts(pair.second))
        kind = market.kind(*parts, lookback=NEEDED)
        ratio = _based(market.ratio(pair.first, pair.second, kind), len(parts) > 2)
        name = f"the ratio of {universe.name(pair.first)} to {universe.name(pair.second)}"
        subject = Subject(pair.ratio, name, parts)
        yield from _facts(make, pair, subject, kind, ratio[-NEEDED:])
        yield _percentile(make, subject, kind, "1y", YEAR, ratio)
        yield _percentile(make, subject, kind, "5y", 5 * YEAR, ratio)
        for which in ("highest", "lowest"):
            yield extreme_since(
                make, f"{subject.id}.ratio.{which}_since", subject,
                which=which, what="ratio", kind=kind, values=ratio,
            )  # fmt: skip
        yield from _records(make, subject, kind, ratio)


def _based(ratio: Array, basket: bool) -> Array:
    """Let a ratio with a basket start at 1: an index has no level of its own."""
    known = np.flatnonzero(np.isfinite(ratio))
    return ratio / ratio[known[0]] if basket and len(known) else ratio


def _facts(make: Maker, pair: Pair, subject: Subject, kind: str, ratio: Array) -> Iterator[Output]:
    stem, average = f"{pair.ratio}.ratio", rolling_mean(ratio, AVERAGE)
    numbers = (
        ("close", "ratio", ratio[-1], Unit.RATIO, make.close(), None),
        ("50d_gap", "gap", change(ratio[-1], average[-1]), Unit.PERCENT,
         make.span("50d", AVERAGE), AVERAGE),
        ("200d_gap", "gap", change(ratio[-1], rolling_mean(ratio, MANSFIELD)[-1]), Unit.PERCENT,
         make.span("200d", MANSFIELD), MANSFIELD),
        ("50d_slope", "slope", change(average[-1], lagged(average, SLOPE)[-1]), Unit.PERCENT,
         make.span("21d", SLOPE + 1), AVERAGE),
    )  # fmt: skip
    basket = len(subject.inputs) > 2  # whose level is one of our own making: not stated
    for label, metric, value, unit, period, lookback in numbers[1:] if basket else numbers:
        yield make.fact(
            f"{stem}.{label}", float(value), unit,
            subject=subject, metric=metric, kind=kind, period=period, lookback=lookback,
            places=5 if unit is Unit.RATIO and value < SMALL else None,
        )  # fmt: skip
    yield make.series(stem, subject.name, Unit.RATIO, ratio[-YEAR:])
    label = f"the {AVERAGE}-day average of {subject.name}"
    yield make.series(f"{stem}.50d_average", label, Unit.RATIO, average[-YEAR:])


def _percentile(
    make: Maker, subject: Subject, kind: str, label: str, days: int, ratio: Array
) -> Fact | Absent:
    at_or_below, of = percentile_rank(ratio[-days:] if len(ratio) >= days else ratio[:0])
    period = make.span(label, days)
    return make.fact(
        f"{subject.id}.ratio.percentile_{label}",
        100.0 * at_or_below / of if of else float("nan"),
        Unit.PERCENTILE,
        subject=subject,
        metric="percentile",
        kind=kind,
        period=period,
        missing=f"Fewer than {days} closes of both in the last {days} sessions.",
        sample=Sample(at_or_below, of, period.start) if period else None,
    )


def _records(make: Maker, subject: Subject, kind: str, ratio: Array) -> Iterator[Output]:
    market, stem = make.market, f"{subject.id}.ratio"
    known = np.flatnonzero(np.isfinite(ratio))
    of = len(ratio) - int(known[0]) if len(known) else 0
    reason = _doubt(len(known), of, np.isfinite(ratio[-1]))
    if reason:
        for what in ("record_high", "record_low", "distance_from_record"):
            yield Absent(f"{stem}.{what}", reason)
        return
    high, low = int(np.nanargmax(ratio)), int(np.nanargmin(ratio))
    start = market.sessions[int(known[0])].date()
    for what, value, unit, of_kind in (
        ("record_high", market.sessions[high].date(), Unit.DATE, "date"),
        ("record_low", market.sessions[low].date(), Unit.DATE, "date"),
        ("distance_from_record", float(change(ratio[-1], ratio[high])), Unit.PERCENT, kind),
    ):
        yield make.fact(
            f"{stem}.{what}",
            value,
            unit,
            subject=subject,
            metric=what,
            kind=of_kind,
            period=Period(f"since:{start}", start, market.session.date),
            sample=Sample(len(known), of, start),
            quality="ok" if len(known) == of else "estimated",
        )


def _doubt(known: int, of: int, today: bool) -> str:
    if known < ENOUGH:
        return f"{known} ratios are known; a record needs {ENOUGH}."
    if not today:
        return "The ratio of the session itself is not known."
    missing = of - known
    return f"{missing} of {of} sessions have no ratio." if missing > TOLERATED * of else ""
