"""The sectors' rotation map: strength across, momentum up, and the way each has come."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from newsletter.compute.facts import Fact, Ledger
from newsletter.render.chart import Plate, chart
from newsletter.render.chart_canvas import (
    BLUE,
    EDGE,
    FAINT_BLUE,
    FAINT_ORANGE,
    MUTED,
    ORANGE,
    PAPER,
    SAND,
    SKY,
    SMALL,
    Canvas,
    finite,
)
from newsletter.render.chart_labels import Box, Label, placed
from newsletter.render.chart_type import fitted, width

_CENTRE = 100.0
_TRACED = 3
"""Tails drawn."""
_TAIL = 5
"""Points of a tail: today and four weeks back; more would hide one another."""
_ENOUGH = 3
_MOST = 16
_BOX: Box = (14.0, 40.0, 546.0, 500.0)
_HIGH = 22.0
_APART = 15.0
_LEAST = 1.0
"""Half of the scale at least, so that nothing is made of a map where all stand still."""
_RISING = ("leading", "improving")
_QUADRANTS = ("leading", "improving", "weakening", "lagging")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Sector:
    """One sector: its quadrant's fact and where it stood, oldest first."""

    quadrant: Fact
    tail: tuple[Point, ...]

    @property
    def name(self) -> str:
        name = self.quadrant.name.removeprefix("the ").replace("consumer ", "")
        name = name.replace("communication services", "communication").removesuffix(" fund")
        return name[:1].upper() + name[1:]


@chart("rotation_map")
def rotation_map(ledger: Ledger) -> Plate | None:
    """Draw the map with tails of four weeks.

    Parameters
    ----------
    ledger : Ledger
        Source of the series ``XLK.rotation.strength`` and ``.momentum`` and of the facts
        ``XLK.rotation.quadrant``.

    Returns
    -------
    Plate or None
        None with fewer than three sectors.
    """
    sectors = _sectors(ledger)
    if len(sectors) < _ENOUGH:
        return None
    sectors = _shortened(sectors)
    canvas = Canvas(_BOX[3] + 36, simulated=ledger.simulated)
    taken = _ground(canvas)
    reach = [
        max(_LEAST, *(abs(p[axis] - _CENTRE) for one in sectors for p in one.tail)) * 1.12
        for axis in (0, 1)
    ]
    tails = [_curve([_place(point, reach) for point in one.tail]) for one in sectors]
    for one, tail in zip(sectors, tails, strict=True):
        _tail(canvas, tail, FAINT_BLUE if _colour(one) == BLUE else FAINT_ORANGE)
    for one, tail in zip(sectors, tails, strict=True):
        canvas.dot(*tail[-1], colour=_colour(one), size=12)
    _names(canvas, sectors, tails, taken)
    return Plate(
        canvas.image("rotation_map", _alt(sectors)),
        "Where the sectors stand",
        "Across: relative strength. Up: relative momentum. Tails: the way there, "
        "for those that came farthest.",
    )


def _sectors(ledger: Ledger) -> list[_Sector]:
    found = []
    for fact in ledger:
        if fact.metric != "rotation_quadrant" or fact.value not in _QUADRANTS:
            continue
        lines = [
            ledger.series.get(f"{fact.subject}.rotation.{a}") for a in ("strength", "momentum")
        ]
        if any(line is None for line in lines):
            continue
        across, up = (dict(zip(s.dates, s.values, strict=True)) for s in lines if s is not None)
        tail = tuple(
            (float(x), float(y))
            for day, x in sorted(across.items())[-_TAIL:]
            if x is not None and (y := up.get(day)) is not None and finite(float(x + y))
        )
        if tail:
            found.append(_Sector(fact, tail))
    return found[:_MOST]


def _shortened(sectors: Sequence[_Sector]) -> list[_Sector]:
    """Keep the tails of the few that came farthest: eleven hide one another."""
    ways = sorted(
        ((math.dist(one.tail[0], one.tail[-1]), one.quadrant.subject) for one in sectors),
        key=lambda way: (-way[0], way[1]),
    )
    traced = {subject for _, subject in ways[:_TRACED]}
    return [
        one if one.quadrant.subject in traced else replace(one, tail=one.tail[-1:])
        for one in sectors
    ]


def _curve(points: Sequence[Point], steps: int = 6) -> list[Point]:
    """Return a Catmull-Rom curve through points: a path is followed more easily than corners."""
    if len(points) < 3:
        return list(points)
    ends = [points[0], *points, points[-1]]
    found: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        found += [(_between(a[0], b[0], c[0], d[0], k / steps),
                   _between(a[1], b[1], c[1], d[1], k / steps)) for k in range(steps)]  # fmt: skip
    return [*found, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    """Return a coordinate of the Catmull-Rom spline, `t` of the way from `b` to `c`."""
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def _place(point: Point, reach: Sequence[float]) -> Point:
    left, top, right, bottom = _BOX
    return (
        (left + right) / 2 + (point[0] - _CENTRE) / reach[0] * (right - left) / 2,
        (top + bottom) / 2 - (point[1] - _CENTRE) / reach[1] * (bottom - top) / 2,
    )


def _ground(canvas: Canvas) -> list[Box]:
    """Draw the four quadrants and return the room of their names."""
    left, top, right, bottom = _BOX
    middle, centre = (left + right) / 2, (top + bottom) / 2
    canvas.box(middle, top, right - middle, centre - top, SKY)
    canvas.box(left, centre, middle - left, bottom - centre, SAND)
    canvas.line([left, right], [centre, centre], colour=EDGE, width=1)
    canvas.line([middle, middle], [top, bottom], colour=EDGE, width=1)
    canvas.text(left, 22, "Gaining", colour=MUTED)
    canvas.arrow(left + width("Gaining", SMALL) + 14, 22, up=True, colour=MUTED, size=11)
    canvas.text(right - 18, bottom + 20, "Stronger", colour=MUTED, align="right")
    canvas.shape([(right - 11, bottom + 14), (right - 11, bottom + 26), (right - 1, bottom + 20)],
                 MUTED)  # fmt: skip
    taken: list[Box] = []
    for name, x, y in (
        ("Leading", right, top + 20), ("Improving", left, top + 20),
        ("Weakening", right, bottom - 20), ("Lagging", left, bottom - 20),
    ):  # fmt: skip
        wide = width(name, 20, True)
        edge = x + 10 if x == left else x - 10 - wide
        canvas.text(edge, y, name, size=20, bold=True, colour=MUTED)
        taken.append((edge - 4, y - 14, edge + wide + 4, y + 14))
    return taken


def _tail(canvas: Canvas, tail: Sequence[Point], colour: str) -> None:
    xs, ys = [x for x, _ in tail], [y for _, y in tail]
    for k in range(1, len(tail)):
        part = slice(k - 1, k + 1)
        canvas.line(xs[part], ys[part], colour=colour, width=0.7 + 1.9 * k / len(tail))


def _names(
    canvas: Canvas, sectors: Sequence[_Sector], tails: Sequence[Sequence[Point]], taken: list[Box]
) -> None:
    words = [fitted(one.name, 170, SMALL, True) for one in sectors]
    labels = [
        Label(tail[-1], width(name, SMALL, True) + 2, _HIGH)
        for name, tail in zip(words, tails, strict=True)
    ]
    points = [point for tail in tails for point in _dense(tail)]
    inside = (_BOX[0] + 2, _BOX[1] + 2, _BOX[2] - 2, _BOX[3] - 2)
    dots = [(x - 8, y - 8, x + 8, y + 8) for x, y in (tail[-1] for tail in tails)]
    boxes = placed(labels, points, inside, [*taken, *dots])
    for label, one, box in zip(labels, sectors, boxes, strict=True):
        _lead(canvas, label.at, box, _colour(one))
    for one, name, (left, top, right, bottom) in zip(sectors, words, boxes, strict=True):
        y = (top + bottom) / 2
        grounds = {_tint(left, top), _tint(right, top), _tint(left, bottom), _tint(right, bottom)}
        halo = PAPER if len(grounds) > 1 else grounds.pop()
        canvas.text(left + 1, y, name, bold=True, colour=_colour(one), halo=halo)


def _lead(canvas: Canvas, at: Point, box: Box, colour: str) -> None:
    """Lead from a dot to its name where they stand apart."""
    x, y = min(max(at[0], box[0]), box[2]), min(max(at[1], box[1] + 4), box[3] - 4)
    if math.dist(at, (x, y)) > _APART:
        canvas.line([at[0], x], [at[1], y], colour=colour, width=0.9)


def _dense(tail: Sequence[Point]) -> list[Point]:
    """Return points along a tail, so that a label does not lie across it unseen."""
    found = list(tail)
    for (x0, y0), (x1, y1) in itertools.pairwise(tail):
        found += [(x0 + (x1 - x0) * k / 4, y0 + (y1 - y0) * k / 4) for k in range(1, 4)]
    return found


def _colour(one: _Sector) -> str:
    return BLUE if one.quadrant.value in _RISING else ORANGE


def _tint(x: float, y: float) -> str:
    """Return the ground of a place on the map."""
    right, up = x > (_BOX[0] + _BOX[2]) / 2, y < (_BOX[1] + _BOX[3]) / 2
    return SKY if right and up else SAND if not right and not up else PAPER


def _alt(sectors: Sequence[_Sector]) -> str:
    alt = "Rotation map of the sectors."
    for quadrant in _QUADRANTS:
        names = [one.quadrant.name for one in sectors if one.quadrant.value == quadrant]
        if names:
            held = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
            alt += f" In the {quadrant} quadrant of the map: {held}."
    return alt
