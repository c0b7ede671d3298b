"""A ledger with everything that the charts can draw, made by hand, and ways to spoil it."""

import datetime as dt
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import numpy as np
import render_support

from newsletter.compute.facts import Fact, Ledger, Series, index_facts
from newsletter.compute.readings import BaseRate, Fan, Signal
from newsletter.render import chart_type
from newsletter.render.chart_canvas import Canvas
from newsletter.units import Unit, as_decimal

SESSION = render_support.SESSION
QUADRANTS = ("leading", "weakening", "lagging", "improving")
STEM = "small_vs_large.base_rate"
_SECTORS = (
    ("XLB", "materials"), ("XLC", "communication services"), ("XLE", "energy"),
    ("XLF", "financials"), ("XLI", "industrials"), ("XLK", "technology"),
    ("XLP", "consumer staples"), ("XLRE", "real estate"), ("XLU", "utilities"),
    ("XLV", "health care"), ("XLY", "consumer discretionary"),
)  # fmt: skip


@cache
def ledger(seed: int = 1, *, simulated: bool = False) -> Ledger:
    """Return a ledger for which every chart can be drawn."""
    base = render_support.ledger(simulated=simulated)
    made = [*base, *_rotation_facts(), *_trend_facts(), *_style_facts(), *_rate_facts()]
    made += [
        render_support.fact(f"{t}.return.ytd.total", f"{k * 3 - 9}.4", Unit.PERCENT, name)
        for k, (t, name) in enumerate(_SECTORS)
    ]
    made += [
        render_support.fact("VIX.percentile_1y", "28", Unit.PERCENTILE, "the VIX", kind="level"),
        render_support.fact("sp500.breadth.above_50d_percentile", "61", Unit.PERCENTILE,
                            "S&P 500 members", kind="statistic", lookback=50),
    ]  # fmt: skip
    series = [*base.series.values(), *_rotation_series(seed), *_trend_series(seed), *_levels(seed)]
    return replace(
        base,
        facts=index_facts(made),
        series={one.id: one for one in series},
        signals=(_signal(seed),),
    )


def _days(count: int, step: int) -> tuple[dt.date, ...]:
    return tuple(SESSION.date - dt.timedelta(days=step * k) for k in reversed(range(count)))


def line(id: str, values: np.ndarray, unit: Unit = Unit.NUMBER, step: int = 7) -> Series:
    """Return a series that ends with the session."""
    numbers = tuple(None if math.isnan(v) else as_decimal(float(v)) for v in values)
    return Series(id, id, unit, _days(len(numbers), step), numbers)


def _rotation_facts() -> list[Fact]:
    return [
        replace(
            render_support.fact(f"{t}.rotation.quadrant", "0", Unit.NUMBER, name),
            value=QUADRANTS[k % 4], unit=Unit.STATE, metric="rotation_quadrant", kind="state",
        )
        for k, (t, name) in enumerate(_SECTORS)
    ]  # fmt: skip


def _rotation_series(seed: int) -> list[Series]:
    random = np.random.default_rng(seed)
    return [
        line(f"{t}.rotation.{axis}", 100 + random.normal(0, 1) + random.normal(0, 0.25, 9).cumsum())
        for t, _ in _SECTORS
        for axis in ("strength", "momentum")
    ]


def _trend_facts() -> list[Fact]:
    stem, name = "IWM/SPY.trend.resistance", "the ratio of small caps to the S&P 500"
    since = render_support.fact(f"{stem}.since", "0", Unit.NUMBER, name)
    return [
        replace(since, value=dt.date(2026, 1, 6), unit=Unit.DATE, kind="date"),
        replace(since, id=f"{stem}.state", value="broken out", unit=Unit.STATE, kind="state"),
    ]


def _trend_series(seed: int) -> list[Series]:
    random = np.random.default_rng(seed)
    fall = np.linspace(0.55, 0.40, 260)
    return [
        line("IWM/SPY.trend.resistance", fall, Unit.RATIO),
        line("IWM/SPY.trend.weekly", fall + random.normal(0, 0.01, 260), Unit.RATIO),
        line("IWM/SPY.trend.average", fall - 0.01, Unit.RATIO),
    ]


def _levels(seed: int) -> list[Series]:
    random = np.random.default_rng(seed)
    return [
        line("VIX.level", 18 + np.abs(random.normal(0, 3, 252)), Unit.INDEX, 1),
        line("VIX.range_1y.low_tenth", np.array([15.0, 15.0]), Unit.INDEX, 365),
        line("VIX.range_1y.high_tenth", np.array([25.0, 25.0]), Unit.INDEX, 365),
        line("sp500.breadth.above_50d.range.low_tenth", np.array([29.0, 29.0]), Unit.PERCENT),
        line("sp500.breadth.above_50d.range.high_tenth", np.array([82.0, 82.0]), Unit.PERCENT),
    ]


def _style_facts() -> list[Fact]:
    funds = (("IWD", "large value"), ("IWF", "large growth"), ("IWM", "the small-cap fund"),
             ("IWN", "small value"))  # fmt: skip
    return [
        render_support.fact(f"{t}.return.{window}.total", f"{k - 1}.{k}", Unit.PERCENT, name)
        for k, (t, name) in enumerate(funds)
        for window in ("1d", "ytd")
    ]


def _rate_facts() -> list[Fact]:
    name = "the small-cap fund against the S&P 500 fund"
    given = (("known", "35", Unit.COUNT), ("median", "0.1", Unit.POINTS),
             ("all_days_median", "-0.1", Unit.POINTS))  # fmt: skip
    made = [
        render_support.fact(f"{STEM}.63d.{w}", v, u, name, kind="statistic", lookback=63)
        for w, v, u in given
    ]
    verdict = replace(made[0], id=f"{STEM}.63d.verdict", value="noise", unit=Unit.STATE)
    since = replace(made[0], id=f"{STEM}.since", value=dt.date(2000, 5, 26), unit=Unit.DATE)
    return [*made, verdict, since, replace(verdict, id=f"{STEM}.condition", value="leading")]


def fan(seed: int = 1) -> Fan:
    """Return a fan that widens."""
    random, steps = np.random.default_rng(seed), (*range(0, 63, 3), 63)
    wide = np.sqrt(np.array(steps)) * 0.7
    middle = random.normal(0, 0.1, len(steps)).cumsum()
    lines = [middle + wide * k for k in (-1.3, -0.7, 0.0, 0.7, 1.3)] + [np.zeros(len(steps))]
    return Fan(steps, *(tuple(as_decimal(float(v)) for v in one) for one in lines))


def _signal(seed: int) -> Signal:
    rate = BaseRate(
        63, 36, 35, 19, Decimal("0.1"), Decimal("-1.2"), Decimal("2.0"), Decimal(49),
        Decimal("-0.1"), dt.date(2000, 5, 26), "noise", fan(seed),
    )  # fmt: skip
    return Signal("small_vs_large", "leading", Decimal("0.5"), SESSION.date, (), (rate,))


@dataclass(frozen=True, slots=True)
class Written:
    """Words on a canvas with the box they take, CSS pixels."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    colour: str


@dataclass(frozen=True, slots=True)
class Watched:
    """What was drawn while somebody watched."""

    written: list[Written]
    marks: set[str]
    grounds: set[str]


@contextmanager
def watched(monkeypatch) -> Iterator[Watched]:
    """Note every word, line and shape that a canvas is asked for; it draws all the same."""
    seen = Watched([], set(), set())
    text, drawn, shape = Canvas.text, Canvas.line, Canvas.shape

    def note_text(self, x, y, words, **given):
        size, bold = given.get("size", 18), given.get("bold", False)
        wide = chart_type.width(words, size, bold)
        left = x - wide * {"left": 0, "center": 0.5, "right": 1}[given.get("align", "left")]
        box = (left, y - size * 0.37, left + wide, y + size * 0.37)
        seen.written.append(Written(words, *box, size, given.get("colour", "#1d2330")))
        return text(self, x, y, words, **given)

    def note_line(self, xs, ys, **given):
        if given.get("width", 1) >= 1:
            seen.marks.add(given.get("colour", "#dfdbd2"))
        return drawn(self, xs, ys, **given)

    def note_shape(self, points, colour):
        seen.grounds.add(colour)
        return shape(self, points, colour)

    with monkeypatch.context() as patch:
        patch.setattr(Canvas, "text", note_text)
        patch.setattr(Canvas, "line", note_line)
        patch.setattr(Canvas, "shape", note_shape)
        yield seen
