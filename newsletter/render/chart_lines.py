"""Line charts of ledger series: one frame, shared by the charts that need it."""

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.compute.facts import Series
from newsletter.render.chart import INK, MUTED, RULE, WIDTH, Canvas, ticks

SESSIONS = 252
"""How much of a series is drawn: a trading year."""

_HEIGHT = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 548, 74, 272


@dataclass(frozen=True, slots=True)
class Trace:
    """One line of a chart.

    Parameters
    ----------
    series : Series
        What is drawn.
    label : str
        Printed in the key.
    colour : str
        Six digits.
    dashed : bool
        Second sign of difference, beside the colour.
    """

    series: Series
    label: str
    colour: str
    dashed: bool = False


def drawable(series: Series | None) -> bool:
    """Tell whether a series has at least twenty values in its last year."""
    return series is not None and sum(v is not None for v in series.values[-SESSIONS:]) >= 20


def frame(traces: Sequence[Trace], *, percent: bool, simulated: bool) -> Canvas:
    """Draw lines on one scale, with a key, round ticks and month names.

    Parameters
    ----------
    traces : sequence of Trace
        One or two; all on the sessions of the first.
    percent : bool
        True prints a percent sign at the ticks.
    simulated : bool
        Stamp the picture.

    Returns
    -------
    Canvas
        Ready for `Canvas.image`.
    """
    canvas = Canvas(_HEIGHT, simulated=simulated)
    dates = traces[0].series.dates[-SESSIONS:]
    columns = [_aligned(trace.series, dates) for trace in traces]
    known = [value for column in columns for value in column if not math.isnan(value)]
    low, high = _range(known, percent)

    def place(value: float) -> float:
        return _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)

    xs = [_LEFT + (_RIGHT - 8 - _LEFT) * k / max(len(dates) - 1, 1) for k in range(len(dates))]
    _grid(canvas, low, high, place_ticks=[(t, place(t)) for t in ticks(low, high)], percent=percent)
    _months(canvas, dates, xs)
    _key(canvas, traces)
    for trace, column in zip(reversed(traces), reversed(columns), strict=True):
        ys = [place(value) for value in column]
        canvas.line(xs, ys, colour=trace.colour, width=2.8, dashed=trace.dashed)
        last = max((k for k, v in enumerate(column) if not math.isnan(v)), default=None)
        if last is not None:
            canvas.dot(xs[last], ys[last], colour=trace.colour)
    return canvas


def _aligned(series: Series, dates: Sequence[dt.date]) -> list[float]:
    known = dict(zip(series.dates, series.values, strict=True))
    values = [known.get(date) for date in dates]
    return [math.nan if value is None else float(value) for value in values]


def _range(known: Sequence[float], percent: bool) -> tuple[float, float]:
    low, high = min(known), max(known)
    pad = max((high - low) * 0.08, abs(high) * 0.002, 1e-6)
    low, high = low - pad, high + pad
    return (max(low, 0.0), min(high, 100.0)) if percent else (low, high)


def _grid(
    canvas: Canvas,
    low: float,
    high: float,
    *,
    place_ticks: Sequence[tuple[float, float]],
    percent: bool,
) -> None:
    steps = [b[0] - a[0] for a, b in itertools.pairwise(place_ticks)]
    step = min(steps, default=high - low)
    places = 0 if percent else max(0, -math.floor(math.log10(step) + 1e-9))
    for value, y in place_ticks:
        canvas.line([_LEFT, WIDTH - 12], [y, y], colour=RULE, width=1)
        words = f"{value:.{places}f}" + ("%" if percent else "")
        canvas.text(_LEFT - 8, y, words, size=16, colour=MUTED, align="right")


def _months(canvas: Canvas, dates: Sequence[dt.date], xs: Sequence[float]) -> None:
    canvas.line([_LEFT, WIDTH - 12], [_BOTTOM, _BOTTOM], colour=INK, width=1)
    starts = [k for k in range(1, len(dates)) if dates[k].month != dates[k - 1].month]
    every = max(1, math.ceil(len(starts) / 5))
    previous = 0.0
    for k in starts[::every]:
        month = f"{dates[k]:%b}"
        words = f"{month} {dates[k].year}" if dates[k].month <= every else month
        if xs[k] - previous >= 76 and xs[k] <= _RIGHT - 40:
            canvas.line([xs[k], xs[k]], [_BOTTOM, _BOTTOM + 6], colour=INK, width=1)
            canvas.text(xs[k], _BOTTOM + 22, words, size=16, colour=MUTED, align="center")
            previous = xs[k]


def _key(canvas: Canvas, traces: Sequence[Trace]) -> None:
    for row, trace in enumerate(traces):
        y = 20 + 27 * row
        canvas.line([16, 46], [y, y], colour=trace.colour, width=3.5, dashed=trace.dashed)
        canvas.text(56, y, trace.label, size=18, colour=trace.colour, bold=True)
