"""Drawings: small charts as inline SVG, coloured by classes alone, each with its words.

What a drawing says stands beside it as text or in its label too; none is the only place of a
figure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from newsletter.compute.facts import Series
from newsletter.compute.readings import Fan

WIDE: Final = 320
Number = float | Decimal
Scale = Callable[[Number], float]

_SVG: Final = Markup(
    '<svg class="draw {}" role="img" aria-label="{}" viewBox="0 0 {w} {h}" width="{w}" '
    'height="{h}"{fit}>{}</svg>'
)


def interval(
    low: Number, value: Number, high: Number, usual: Number | None, bounds: tuple[float, float],
    label: str,
) -> Markup:  # fmt: skip
    """Draw a value with its interval, and beside it what is usual.

    Parameters
    ----------
    low, value, high : float or Decimal
        The interval and what lies in it.
    usual : float, Decimal or None
        A mark across; None draws none.
    bounds : tuple of float
        Values at the left and right edge.
    label : str
        The same in words.
    """
    across = _scale(bounds, 150)
    left, right = across(low), across(high)
    parts = [
        Markup('<line class="axis" x1="0" y1="11" x2="150" y2="11"/>'),
        Markup('<rect class="range" x="{}" y="8" width="{}" height="6" rx="3"/>').format(
            _n(left), _n(max(right - left, 1.0))
        ),
    ]
    if usual is not None:
        at = _n(across(usual))
        parts.append(Markup('<line class="usual" x1="{0}" y1="1" x2="{0}" y2="21"/>').format(at))
    parts.append(
        Markup('<circle class="point" cx="{}" cy="11" r="4.5"/>').format(_n(across(value)))
    )
    return _svg("interval", label, 150, 22, parts)


def strength(value: Number, label: str) -> Markup:
    """Draw a reading between −1 and 1 as a bar from the middle."""
    across = _scale((-1.0, 1.0), 110)
    at, middle = across(value), across(0)
    parts = [
        Markup('<line class="axis" x1="0" y1="7" x2="110" y2="7"/>'),
        Markup('<rect class="bar" x="{}" y="3" width="{}" height="8" rx="2"/>').format(
            _n(min(at, middle)), _n(max(abs(at - middle), 1.0))
        ),
        Markup('<line class="usual" x1="{0}" y1="0" x2="{0}" y2="14"/>').format(_n(middle)),
    ]
    return _svg("strength", label, 110, 14, parts)


def fan(given: Fan, label: str) -> Markup:
    """Draw how the sequels of past events spread on their way to the horizon."""
    values = [*given.low_tenth, *given.high_tenth, *given.all_days, Decimal(0)]
    across = _scale((0.0, float(given.ahead[-1])), WIDE)
    up = _upright(values, 8, 122)
    points = [_n(across(step)) for step in given.ahead]
    parts = [
        _area("tenths", points, given.low_tenth, given.high_tenth, up),
        _area("quarters", points, given.low_quarter, given.high_quarter, up),
        Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(_n(up(0)), WIDE),
        _path("usual", points, given.all_days, up),
        _path("middle", points, given.median, up),
        _text(0, 140, "the event"),
        _text(WIDE, 140, f"{given.ahead[-1]} sessions later", "end"),
    ]
    return _svg("fan", label, WIDE, 146, parts)


def line(series: Series, low: Series | None, high: Series | None, label: str) -> Markup:
    """Draw a recent history, in its usual range where that is known."""
    held = [(i, v) for i, v in enumerate(series.values) if v is not None]
    if len(held) < 2:
        return Markup("")
    ranges = [v for one in (low, high) if one for v in one.values if v is not None]
    across = _scale((0.0, float(len(series.values) - 1)), WIDE)
    up = _upright([*(v for _, v in held), *ranges], 8, 72)
    parts = []
    if low and high and len(low.values) == len(high.values) == len(series.values):
        both = [(i, a, b) for i, (a, b) in enumerate(zip(low.values, high.values, strict=True))
                if a is not None and b is not None]  # fmt: skip
        places = [_n(across(i)) for i, _, _ in both]
        parts.append(_area("tenths", places, [a for _, a, _ in both], [b for _, _, b in both], up))
    parts.append(_path("middle", [_n(across(i)) for i, _ in held], [v for _, v in held], up))
    at, last = held[-1]
    parts.append(
        Markup('<circle class="point" cx="{}" cy="{}" r="3.5"/>').format(
            _n(across(at)), _n(up(last))
        )
    )
    parts += [
        _text(0, 90, f"{series.dates[0].day} {series.dates[0]:%b %Y}"),
        _text(WIDE, 90, f"{series.dates[-1].day} {series.dates[-1]:%b %Y}", "end"),
    ]
    return _svg("line", label, WIDE, 96, parts)


def months(rows: Sequence[tuple[str, int, int]], label: str) -> Markup:
    """Draw who came (up) and who went (down), a column a month."""
    wide, most = 720, max([1, *(joined for _, joined, _ in rows)])
    deepest = max([0, *(left for _, _, left in rows)])
    unit = 120 / (most + deepest)
    base, step = 14 + most * unit, wide / max(len(rows), 12)
    parts: list[Markup] = []
    for place, (month, joined, left) in enumerate(rows):
        x, width = _n(place * step + step * 0.15), _n(step * 0.7)
        for kind, y, height in (("came", base - joined * unit, joined), ("went", base, left)):
            if height:
                parts.append(
                    Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                        kind, x, _n(y), width, _n(max(height * unit, 1.0))
                    )
                )
        if place % max(1, len(rows) // 8) == 0:
            parts.append(_text(place * step + step / 2, 160, month, "middle"))
    parts.append(
        Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(_n(base), wide)
    )
    return _svg("months", label, wide, 166, parts)


def shares(counts: Mapping[str, int], label: str) -> Markup:
    """Draw what part of a whole each of some counts is, one bar."""
    total, x, parts = sum(counts.values()) or 1, 0.0, []
    for name, count in counts.items():
        width = 720 * count / total
        parts.append(
            Markup('<rect class="share {}" x="{}" y="0" width="{}" height="12"/>').format(
                name, _n(x), _n(width)
            )
        )
        x += width
    return _svg("shares", label, 720, 12, parts)


def _svg(kind: str, label: str, width: int, height: int, parts: Iterable[Markup]) -> Markup:
    fit = Markup(' preserveAspectRatio="none"') if kind == "shares" else ""
    return _SVG.format(kind, label, Markup("").join(parts), w=width, h=height, fit=fit)


def _scale(bounds: tuple[float, float], width: int, margin: float = 6.0) -> Scale:
    low, high = bounds
    unit = (width - 2 * margin) / ((high - low) or 1.0)
    return lambda value: margin + (min(max(float(value), low), high) - low) * unit


def _upright(values: Sequence[Number], top: int, bottom: int) -> Scale:
    low, high = float(min(values)), float(max(values))
    unit = (bottom - top) / ((high - low) or 1.0)
    return lambda value: bottom - (float(value) - low) * unit


def _path(kind: str, points: Sequence[str], values: Sequence[Number], up: Scale) -> Markup:
    pairs = " ".join(f"{x},{_n(up(value))}" for x, value in zip(points, values, strict=True))
    return Markup('<polyline class="{}" points="{}"/>').format(kind, pairs)


def _area(
    kind: str, points: Sequence[str], low: Sequence[Number], high: Sequence[Number], up: Scale
) -> Markup:
    there = [f"{x},{_n(up(value))}" for x, value in zip(points, low, strict=True)]
    back = [f"{x},{_n(up(value))}" for x, value in zip(points, high, strict=True)][::-1]
    return Markup('<polygon class="{}" points="{}"/>').format(kind, " ".join(there + back))


def _text(x: float, y: int, words: str, anchor: str = "start") -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(_n(x), y, anchor, words)


def _n(value: float) -> str:
    return f"{value:.1f}"
