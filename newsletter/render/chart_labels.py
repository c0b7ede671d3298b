"""Labels beside what they name: moved apart, or put where they hide least."""

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

AWAY = (11.0, 22.0, 34.0, 50.0)
"""How far a label may stand from its point."""

_SIDES: tuple[Point, ...] = (
    (1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """What is to be written beside a point.

    Parameters
    ----------
    at : tuple of float
        The point.
    width, height : float
        Room that the words take.
    """

    at: Point
    width: float
    height: float


def placed(
    labels: Sequence[Label],
    obstacles: Sequence[Point],
    bounds: Box,
    taken: Sequence[Box] = (),
    away: Sequence[float] = AWAY,
) -> list[Box]:
    """Choose a box for each label, one after another, the same for the same input.

    Parameters
    ----------
    labels : sequence of Label
        In order of precedence.
    obstacles : sequence of tuple of float
        Points that should stay visible; the labels' own points are added.
    bounds : Box
        Where labels may stand.
    taken : sequence of Box
        Room that is given away already.
    away : sequence of float
        Distances to try, nearest first.

    Returns
    -------
    list of Box
        For each label the place around its point that overlaps other labels least,
        then has the fewest others' points nearer than its own, then hides the fewest points,
        then is nearest and first in the order of `_SIDES`.
    """
    points = [*obstacles, *(label.at for label in labels)]
    boxes = list(taken)
    for label in labels:
        found = [_beside(label, side, far, bounds) for far in away for side in _SIDES]
        costs = [
            (sum(_common(box, other) for other in boxes), _nearer(box, label, labels))
            for box in found
        ]
        least = min(costs)
        best = [box for box, cost in zip(found, costs, strict=True) if cost == least]
        boxes.append(min(best, key=lambda box: _hidden(box, points)))  # the first of equals
    return boxes[len(taken) :]


def spread(places: Sequence[float], room: Sequence[float], low: float, high: float) -> list[float]:
    """Move heights apart until labels of the given heights no longer touch.

    Parameters
    ----------
    places : sequence of float, length n
        Where each would best be centred.
    room : sequence of float, length n
        How high each is.
    low, high : float
        Limits; labels that do not fit between them start at `low`.

    Returns
    -------
    list of float, length n
        In the order given; the order from top to bottom is kept.

    Examples
    --------
    >>> spread([10, 12], [20, 20], 0, 100)
    [10.0, 30.0]
    >>> spread([95, 90], [20, 20], 0, 100)
    [90.0, 70.0]
    """
    order = sorted(range(len(places)), key=lambda k: (places[k], k))
    out, edge = [0.0] * len(places), low
    for k in order:
        out[k] = max(float(places[k]), edge + room[k] / 2)
        edge = out[k] + room[k] / 2
    edge = high
    for k in reversed(order):
        out[k] = min(out[k], edge - room[k] / 2)
        edge = out[k] - room[k] / 2
    if order and out[order[0]] - room[order[0]] / 2 < low:
        shift = low - (out[order[0]] - room[order[0]] / 2)
        out = [value + shift for value in out]
    return out


def _beside(label: Label, side: Point, far: float, bounds: Box) -> Box:
    across, down = side
    middle_x = label.at[0] + across * (far + label.width / 2)
    middle_y = label.at[1] + down * (far + label.height / 2 if not across else far)
    left = min(max(middle_x - label.width / 2, bounds[0]), bounds[2] - label.width)
    top = min(max(middle_y - label.height / 2, bounds[1]), bounds[3] - label.height)
    return left, top, left + label.width, top + label.height


def _common(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return round(across * down, 6) if across > 0 and down > 0 else 0.0


def _nearer(box: Box, label: Label, labels: Sequence[Label]) -> int:
    """Count the points of other labels that a reader would rather take for the named one."""
    own = _gap(box, label.at)
    return sum(_gap(box, other.at) <= own for other in labels if other is not label)


def _gap(box: Box, point: Point) -> float:
    across = max(box[0] - point[0], 0.0, point[0] - box[2])
    down = max(box[1] - point[1], 0.0, point[1] - box[3])
    return across * across + down * down


def _hidden(box: Box, points: Sequence[Point]) -> int:
    return sum(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in points)
