"""The volatility index: level, band, change, place in its past; and against three months."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import TIE, YEAR, Array, lagged, percentile_rank
from newsletter.compute.bands import usual_range
from newsletter.compute.case import Case, fuller_line, tell
from newsletter.compute.facts import Fact, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import plain
from newsletter.units import Unit

WINDOWS = (("1y", YEAR), ("5y", 5 * YEAR))
EDGES = (15.0, 20.0, 30.0)
BANDS = ("low", "normal", "elevated", "high")
STEEP = 0.2


@measure("vix", version=2, lookback=5 * YEAR)
def vix(market: Market) -> Iterator[Output]:
    """Return ``VIX.level``, ``.band``, ``.change.1d``, ``.change.5d``, ``.percentile_1y/5y``.

    Formula
    -------
    Level: the close. Band: ``low`` below 15, ``normal`` from 15, ``elevated`` from 20,
    ``high`` from 30. Change: difference of closes in index points, not percent.
    Percentile: ``100 · (closes of the last 252 or 1,260 at or below today's) / as many``.
    Series ``VIX.level`` over the last 252 sessions; ``VIX.range_1y.low_tenth`` and
    ``.high_tenth``: levels at or below which a tenth and nine tenths of those closes lay.

    Source
    ------
    Cboe Volatility Index, daily close. The edges of the bands are round numbers in common
    use; of the closes since 1990 they hold 32, 31, 29 and 8 %.

    Example
    -------
    2026-07-02: 16.15, band normal, 28th percentile of the past year (71 of 252) and 32nd of
    five years (397 of 1,260).

    Limits
    ------
    One source printed 20.37 for 2026-02-06 where Cboe had 17.76: a level is only as good
    as its source. A percentile needs every close of its window.
    """
    make = Maker(market, vix.formula)
    subject = make.instrument(market.universe.volatility)
    closes = market.prices(market.universe.volatility).to_numpy()
    level, close = float(closes[-1]), make.close()
    yield make.fact(
        f"{subject.id}.level", level, Unit.INDEX,
        subject=subject, metric="level", kind="level", period=close,
    )  # fmt: skip
    band = f"{subject.id}.band"
    if np.isfinite(level):
        word = BANDS[int(np.searchsorted(EDGES, level, side="right"))]
        yield make.fact(
            band, word, Unit.STATE, subject=subject, metric="band", kind="state", period=close
        )
    else:
        yield Absent(band, make.gap(subject, "level", close))
    for days in (1, 5):
        yield make.fact(
            f"{subject.id}.change.{days}d", float(level - lagged(closes, days)[-1]), Unit.POINTS,
            subject=subject, metric="change", kind="level", period=make.window(f"{days}d"),
        )  # fmt: skip
    for label, count in WINDOWS:
        yield _percentile(make, subject, f"{subject.id}.percentile_{label}", closes, label, count)
    yield make.series(f"{subject.id}.level", subject.name, Unit.INDEX, closes[-YEAR:])
    yield from _range(make, subject, closes)


def _range(make: Maker, subject: Subject, closes: Array) -> Iterator[Output]:
    period, past = make.span("1y", YEAR), closes[-YEAR:]
    if period is not None and np.isfinite(past).all():
        id, name = f"{subject.id}.range_1y", f"the closes of {subject.name}"
        yield from usual_range(id, name, Unit.INDEX, past, (period.start, period.end))


@measure("vix_slope")
def vix_slope(market: Market) -> Iterator[Output]:
    """Return ``VIX/VIX3M.ratio.close`` with its place and the signal ``vix_slope``.

    Formula
    -------
    ``ratio = VIX / VIX3M``, both closes: the volatility priced for 30 days over that for
    three months. ``percentile_1y`` = share of the last 252 ratios at or below today's;
    ``inverted.1y`` = how many of them lie above 1.

    * State: ``inverted`` above 1, ``normal`` at or below. No hysteresis: the word says
      which of two printed levels is the higher.
    * Strength: ``(1 − ratio) / 0.2``, cut at ±1; below zero while inverted.
    * Base rate: events are sessions in today's state; a hit is a higher benchmark (total
      return, price where that is known on more sessions) a horizon later.

    Source
    ------
    Slope of implied volatility from Cboe's two spot indices. It is not the contango of
    volatility futures, which are other prices.

    Example
    -------
    2026-07-02, 16.15 and 19.04: ratio 0.848, normal; 7.6 % of sessions from 2009-09-18 to
    2026-08-20 were inverted.

    Limits
    ------
    The three-month index is published since 2009-09 (back-filled further by some). On
    days without both closes there is no state. Needs ``universe.volatility_3m``.
    """
    universe, make = market.universe, Maker(market, vix_slope.formula)
    far = universe.volatility_3m
    if far is None:
        return
    near, inputs = universe.volatility, (universe.volatility, far)
    name = f"the ratio of {universe.name(near)} to {universe.name(far)}"
    subject = Subject(f"{plain(near)}/{plain(far)}", name, inputs)
    ratio = market.ratio(near, far, "price")
    evidence = _ratio_facts(make, subject, ratio)
    known, inverted = np.isfinite(ratio), ratio > 1.0 + TIE
    kind, outcome = fuller_line(market, universe.benchmark)
    yield from tell(
        make,
        Case(
            name=vix_slope.id,
            subject=Subject(
                vix_slope.id, "the slope of implied volatility", (*inputs, universe.benchmark)
            ),
            states=np.select([~known, inverted], ["", "inverted"], default="normal"),
            strength=np.clip((1.0 - ratio) / STEEP, -1.0, 1.0),
            outcome=outcome,
            unit=Unit.PERCENT,
            kind=kind,
            sign=1,
            condition="inverted" if inverted[-1] else "normal",
            evidence=evidence,
        ),
    )


def _ratio_facts(make: Maker, subject: Subject, ratio: Array) -> tuple[Fact | Absent, ...]:
    window, year = ratio[-YEAR:], make.span("1y", YEAR)
    full = len(window) == YEAR and bool(np.isfinite(window).all())
    above = int((window > 1.0 + TIE).sum())
    return (
        make.fact(
            f"{subject.id}.ratio.close", float(ratio[-1]), Unit.RATIO,
            subject=subject, metric="ratio", kind="level", period=make.close(),
        ),
        _percentile(make, subject, f"{subject.id}.ratio.percentile_1y", ratio, "1y", YEAR),
        make.fact(
            f"{subject.id}.inverted.1y", float(above) if full else float("nan"), Unit.COUNT,
            subject=subject, metric="inverted", kind="count", period=year,
            missing=f"Fewer than {YEAR} closes of both in the last {YEAR} sessions.",
            sample=Sample(above, YEAR, year.start) if year else None,
        ),
    )  # fmt: skip


def _percentile(
    make: Maker, subject: Subject, id: str, values: Array, label: str, count: int
) -> Fact | Absent:
    period = make.span(label, count)
    at_or_below, of = percentile_rank(values[-count:] if period else values[:0])
    return make.fact(
        id,
        100.0 * at_or_below / of if of else float("nan"),
        Unit.PERCENTILE,
        subject=subject,
        metric="percentile",
        kind="level",
        period=period,
        missing=f"Fewer than {count} closes in the last {count} sessions.",
        sample=Sample(at_or_below, of, period.start) if period else None,
    )
