"""Line charts of ledger series: one frame, shared by the charts that need it.

Lines are named where they end and not in a key, so that no eye has to travel.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.compute.facts import Series
from newsletter.render.chart import WIDTH
from newsletter.render.chart_canvas import EDGE, INK, MUTED, RULE, SKY, SMALL, Canvas, finite
from newsletter.render.chart_labels import Label, placed, spread
from newsletter.render.chart_ticks import calendar_ticks, number, ticks
from newsletter.render.chart_type import fitted, width

SESSIONS = 252
"""How much of a daily series is drawn: a trading year."""

ENOUGH = 20
"""Values without which a line is not drawn."""

_HEIGHT = 330
_TOP, _BOTTOM = 22.0, 284.0
_LEFT = 14.0
_MOST_NAME = 170.0
_ROW = 23.0
_TICKS = 6


@dataclass(frozen=True, slots=True)
class Trace:
    """One line of a chart.

    Parameters
    ----------
    series : Series
        What is drawn.
    names : tuple of str
        Printed one below the other where the line ends; the first is bold.
    colour : str
        Six digits.
    dashed : bool
        Second sign of difference, beside the colour.
    ends : bool
        Whether a dot marks the last value.
    width : float
        CSS pixels.
    """

    series: Series
    names: tuple[str, ...]
    colour: str
    dashed: bool = False
    ends: bool = True
    width: float = 2.2


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded range between two levels, named beside the plot.

    Parameters
    ----------
    low, high : float
        Its levels.
    names : tuple of str
        One below the other.
    colour, edge : str
        Of the ground, and of the lines above and below it.
    """

    low: float
    high: float
    names: tuple[str, ...]
    colour: str = SKY
    edge: str = EDGE


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the first line worth a word: its date and up to two lines of words."""

    date: dt.date
    words: tuple[str, ...]
    colour: str = INK


@dataclass(frozen=True)
class Frame:
    """The scale of a picture: dates across, values up.

    Parameters
    ----------
    canvas : Canvas
        What is drawn on.
    first, last : datetime.date
        Ends of the time axis, not equal.
    low, high : float
        Ends of the values, not equal.
    right : float
        Where the plot ends and the names begin.
    """

    canvas: Canvas
    first: dt.date
    last: dt.date
    low: float
    high: float
    right: float
    left: float = field(default=_LEFT)

    def x(self, date: dt.date) -> float:
        """Return the place of a date."""
        return self.left + (self.right - self.left) * (
            (date - self.first) / (self.last - self.first)
        )

    def y(self, value: float) -> float:
        """Return the height of a value."""
        return _BOTTOM - (value - self.low) / (self.high - self.low) * (_BOTTOM - _TOP)


def drawable(series: Series | None, sessions: int = SESSIONS) -> bool:
    """Tell whether enough of a series can be drawn: twenty values on different days."""
    if series is None:
        return False
    known = [d for d, v in _known(series)[-sessions:]]
    return len(known) >= ENOUGH and known[0] < known[-1]


def frame(
    traces: Sequence[Trace],
    *,
    simulated: bool,
    suffix: str = "",
    since: dt.date | None = None,
    band: Band | None = None,
    mark: Mark | None = None,
    scale: tuple[float, float] | None = None,
) -> Canvas:
    """Draw lines on one scale with round ticks, dates, and names where they end.

    Parameters
    ----------
    traces : sequence of Trace
        The first is drawn last, above the others.
    simulated : bool
        Stamp the picture.
    suffix : str
        Printed behind the numbers of the scale, such as ``"%"``.
    since : datetime.date, optional
        First date; by default that of the first line's last 252 values.
    band : Band, optional
        Shaded behind the lines.
    mark : Mark, optional
        A point of the first line to be named.
    scale : tuple of float, optional
        Ends of the scale; by default as far as lines and band reach.

    Returns
    -------
    Canvas
        Ready for `Canvas.image`.
    """
    canvas = Canvas(_HEIGHT, simulated=simulated)
    columns = [_known(trace.series) for trace in traces]
    last = max(d for column in columns for d, _ in column)
    first = since if since and since < last else columns[0][-SESSIONS:][0][0]
    columns = [[(d, v) for d, v in column if d >= first] for column in columns]
    low, high = scale or _range([v for column in columns for _, v in column], band)
    named = [*(t.names for t in traces), band.names if band else ()]
    names = [width(n, SMALL, k == 0) for found in named for k, n in enumerate(found)]
    room = min(max(names, default=0.0), _MOST_NAME)
    found = ticks(low, high, _TICKS)
    steps = [(t, number(t, _step(found, high - low)) + suffix) for t in found]
    left = _LEFT + max((width(words, SMALL) for _, words in steps), default=0.0) + 10
    at = Frame(canvas, first, last, low, high, WIDTH - 14 - room - (16 if room else 0), left)
    if band is not None:
        _shade(at, band)
    _grid(at, steps)
    for trace, column in reversed(list(zip(traces, columns, strict=True))):
        _trace(at, trace, column)
    _names(at, traces, columns, band, room)
    if mark is not None:
        _mark(at, mark, columns)
    return canvas


def _known(series: Series) -> list[tuple[dt.date, float]]:
    """Return the values that can be drawn, ascending in date."""
    pairs = zip(series.dates, series.values, strict=True)
    found = [(d, float(v)) for d, v in pairs if v is not None and finite(float(v))]
    return sorted(dict(found).items())


def _range(known: Sequence[float], band: Band | None) -> tuple[float, float]:
    values = [*known, *((band.low, band.high) if band else ())]
    low, high = min(values), max(values)
    pad = max((high - low) * 0.06, abs(high) * 0.002, 1e-6)
    return low - pad, high + pad


def _step(found: Sequence[float], span: float) -> float:
    return min((b - a for a, b in itertools.pairwise(found)), default=span)


def _shade(at: Frame, band: Band) -> None:
    ys = at.y(band.high), at.y(band.low)
    at.canvas.box(at.left, ys[0], at.right - at.left, ys[1] - ys[0], band.colour)
    for y in ys:
        at.canvas.line([at.left, at.right], [y, y], colour=band.edge, width=0.7)


def _grid(at: Frame, steps: Sequence[tuple[float, str]]) -> None:
    canvas = at.canvas
    for value, words in steps:
        y = at.y(value)
        canvas.line([at.left, at.right], [y, y], colour=RULE, width=0.8)
        canvas.text(at.left - 10, y, words, colour=MUTED, align="right")
    canvas.line([at.left, at.right], [_BOTTOM, _BOTTOM], colour=INK, width=1)
    free = 0.0
    for date, words in calendar_ticks(at.first, at.last):
        x, half = at.x(date), width(words, SMALL) / 2
        if x - half < free or x + half > max(at.right + 30, WIDTH - 20):
            continue
        canvas.line([x, x], [_BOTTOM, _BOTTOM + 6], colour=INK, width=1)
        canvas.text(max(x, half + 4), _BOTTOM + 24, words, colour=MUTED, align="center")
        free = x + half + 8


def _trace(at: Frame, trace: Trace, column: Sequence[tuple[dt.date, float]]) -> None:
    if not column:
        return
    xs, ys = [at.x(date) for date, _ in column], [at.y(value) for _, value in column]
    at.canvas.line(xs, ys, colour=trace.colour, width=trace.width, dashed=trace.dashed)
    if trace.ends:
        at.canvas.dot(xs[-1], ys[-1], colour=trace.colour)


def _names(
    at: Frame,
    traces: Sequence[Trace],
    columns: Sequence[Sequence[tuple[dt.date, float]]],
    band: Band | None,
    room: float,
) -> None:
    shown = [
        (column[-1][1], trace.names, trace.colour)
        for trace, column in zip(traces, columns, strict=True)
        if column and trace.names
    ]
    if band is not None and band.names:
        shown.append(((band.low + band.high) / 2, band.names, MUTED))
    heights = [_ROW * len(names) + 4 for _, names, _ in shown]
    places = spread([at.y(value) for value, _, _ in shown], heights, 6, _BOTTOM + 8)
    for (_, names, colour), height, middle in zip(shown, heights, places, strict=True):
        y = middle - (height - 4) / 2 + _ROW / 2
        for row, words in enumerate(names):
            bold = row == 0 and colour != MUTED
            cut = fitted(words, room, SMALL, bold)
            at.canvas.text(at.right + 14, y + row * _ROW, cut, colour=colour, bold=bold)


def _mark(at: Frame, mark: Mark, columns: Sequence[Sequence[tuple[dt.date, float]]]) -> None:
    """Name a point of the first line, where the words hide the least of any line."""
    if not at.first <= mark.date <= at.last or not columns[0]:
        return
    x, y = at.x(mark.date), at.y(_level(columns[0], mark.date))
    wide = max(width(words, SMALL, True) for words in mark.words) + 8
    label = Label((x, y), wide, _ROW * len(mark.words))
    points = [(at.x(d), at.y(v)) for column in columns for d, v in column]
    (left, top, right, bottom), = placed(
        [label], points, (at.left, 8, at.right - 4, _BOTTOM - 8), away=(12, 28, 50, 80, 120)
    )  # fmt: skip
    middle = (left + right) / 2
    near = min(max(x, left + 8), right - 8), top if top > y else min(y, bottom)
    at.canvas.line([x, near[0]], [y, near[1]], colour=mark.colour, width=1)
    at.canvas.dot(x, y, colour=mark.colour, size=11)
    for row, words in enumerate(mark.words):
        at.canvas.text(middle, top + _ROW * (row + 0.5), words, colour=mark.colour, bold=True,
                       align="center")  # fmt: skip


def _level(column: Sequence[tuple[dt.date, float]], date: dt.date) -> float:
    """Return the height of the drawn line on a date, straight between its points."""
    before = [pair for pair in column if pair[0] <= date]
    after = [pair for pair in column if pair[0] >= date]
    if not before or not after:
        return (before or after)[-1 if before else 0][1]
    (d0, v0), (d1, v1) = before[-1], after[0]
    return v0 if d0 == d1 else v0 + (v1 - v0) * ((date - d0) / (d1 - d0))
