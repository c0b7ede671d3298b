"""Tolerance: which values a printed figure may stand for.

A plain print stands for what rounds to it. A print with a bound stands for the values on
that side as far as the next print that a writer would have chosen instead:

=====================  ==================================================================
``more than X``        above X, less than one step (five, where X is a round twenty or
                       more); a fraction as far as the next simple one
``less than X``        the same below
``just over X``        above X, less than one step; a fraction within five points
``nearly X``           the same below; a fraction may lie up to one point above
``within X``           at most X
``no more than X``     X or less by under one step, or a quarter of X
``about X``            half a step or 3 % of X either side
``between X and Y``    X, Y and everything in between
``exactly X``          X, one decimal further than is printed
=====================  ==================================================================

One step is the last printed decimal, half where halves or quarters are printed in words.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.figures.refining import FINE

_HUGE = Decimal("1e20")
_DEEPEST = 20
_LADDER = tuple(
    sorted(
        Decimal(100 * n) / m
        for n, m in (
            (0, 1), (1, 10), (1, 5), (1, 4), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (3, 4),
            (4, 5), (9, 10), (1, 1),
        )
    )
)  # fmt: skip
"""Simple fractions in percent: what a writer chooses from."""
_FRACTION_SLACK = Decimal("1.7")
_NEARBY = Decimal(5)
_BEYOND = Decimal(1)
_ROUND = Decimal(20)
_LOOSE = Decimal("0.03")
_EXACT = Decimal("0.1")
"""Percent either side of what is called exactly a third."""
_FINEST = 2
"""Decimals beyond which nothing is told."""
_EXACTLY = Decimal("0.02")
"""The same of what is called exactly double."""
_CLOSELY = Decimal("0.3")
"""By how much what is called nearly twice, or just over it, may differ from it."""
_COUNTED = {FigureKind.COUNT, FigureKind.SHARE}
_LEVELS = {FigureKind.USD, FigureKind.NUMBER}
_OVER = {"more", "above", "least"}
_UNDER = {"less", "nearly"}


def admits(value: Decimal, figure: Figure) -> bool:
    """Tell whether a figure may stand for a value; signs are not looked at.

    Parameters
    ----------
    value : decimal.Decimal
        In the figure's unit.
    figure : Figure
        What is printed.
    """
    if figure.value is None or abs(value) > _HUGE:
        return False
    value, printed = abs(value), abs(figure.value)
    if figure.bound == "exact" and figure.kind not in _COUNTED:
        return _exactly(value, printed, figure)
    if figure.to is not None:
        low, high = sorted((printed, abs(figure.to)))
        return low <= value <= high
    if figure.bound == "within":
        return value <= printed
    if figure.bound == "most":
        return value <= printed and printed - value < max(_step(figure), printed / 4)
    if figure.kind is FigureKind.FRACTION:
        return _fraction(value, printed, figure)
    if figure.bound in _OVER | _UNDER:
        return _bounded(value, printed, figure)
    if same(value, printed, figure.places) or abs(value - printed) <= figure.slack:
        return True
    if figure.bound == "about":
        return abs(value - printed) <= max(_step(figure) / 2, _LOOSE * printed)
    return False


def beyond(value: Decimal, figure: Figure) -> bool:
    """Tell whether a level lies on the side of a bound, however far: ``closed above 12``."""
    if figure.value is None:
        return False
    printed = abs(figure.value)
    return value > printed if figure.bound == "more" else value < printed


def same(value: Decimal, printed: Decimal, places: int) -> bool:
    """Tell whether a value rounds to what is printed, half-even or half-up.

    Examples
    --------
    >>> same(Decimal("20.8888"), Decimal("20.9"), 1), same(Decimal("20.84"), Decimal("20.9"), 1)
    (True, False)
    """
    if abs(value) > _HUGE or places > _DEEPEST:
        return False
    unit = Decimal(1).scaleb(-places)
    return (
        value.quantize(unit, rounding=ROUND_HALF_EVEN) == printed
        or value.quantize(unit, rounding=ROUND_HALF_UP) == printed
    )


def _exactly(value: Decimal, printed: Decimal, figure: Figure) -> bool:
    """Tell whether a value is what is printed even to its next decimal."""
    if figure.kind is FigureKind.FRACTION:
        return abs(value - printed) <= _EXACT
    if figure.kind is FigureKind.MULTIPLE:
        return abs(value - printed) <= _EXACTLY
    return same(value, printed, max(figure.places, min(max(figure.places, 0) + 1, _FINEST)))


def _size(figure: Figure) -> Decimal:
    return abs(figure.value) if figure.value is not None else Decimal(0)


def _step(figure: Figure) -> Decimal:
    if figure.kind is FigureKind.MULTIPLE and _size(figure) > 1:
        return Decimal(1)
    if figure.slack == FINE:
        return Decimal("0.25")
    if figure.slack and figure.places >= 0:
        return Decimal("0.5") if _size(figure) >= 1 else Decimal("0.25")
    return Decimal(1).scaleb(-min(figure.places, _DEEPEST))


def _bounded(value: Decimal, printed: Decimal, figure: Figure) -> bool:
    if figure.bound == "least" and value == printed:
        return True
    distance = value - printed if figure.bound in _OVER else printed - value
    if figure.kind in _COUNTED and figure.bound in {"above", "nearly"}:
        return Decimal(0) < distance <= max(Decimal(1), printed / 20)
    if figure.kind in _COUNTED:
        return Decimal(0) < distance <= _round_step(printed)
    room = _step(figure)
    if figure.kind in _LEVELS:
        room = max(room, min(_round_level(printed), printed / 200))
        if figure.bound in {"above", "nearly"} and distance == 0:
            return False
        return Decimal(0) < distance <= room
    if figure.kind is FigureKind.MULTIPLE and figure.bound in {"above", "nearly"}:
        room = min(room, max(_CLOSELY, printed / 10))
    wide = figure.bound in {"more", "less", "least"} and figure.places <= 0
    if wide and printed >= _ROUND and printed % 5 == 0:
        room = max(room, Decimal(5))
    return Decimal(0) < distance < room


def _round_level(printed: Decimal) -> Decimal:
    """Return the step of a level's last digit that is no zero: 0.1 for 63.60, 10 for 4,680."""
    digits, exponent = printed.normalize().as_tuple()[1:]
    return Decimal(1).scaleb(exponent) if digits and isinstance(exponent, int) else Decimal(1)


def _round_step(printed: Decimal) -> Decimal:
    """Return 100 for 300, 10 for 70, 1 for 74."""
    step: Decimal = Decimal(1)
    while printed > 0 and printed % (step * 10) == 0:
        step *= 10
    return step


def _fraction(value: Decimal, printed: Decimal, figure: Figure) -> bool:
    if figure.bound in {"more", "least"}:
        following = next((one for one in _LADDER if one > printed + 1), Decimal(100))
        return printed < value < following
    if figure.bound == "less":
        before = next((one for one in reversed(_LADDER) if one < printed - 1), Decimal(0))
        return before < value < printed
    if figure.bound == "above":
        return printed < value <= printed + _NEARBY
    if figure.bound == "nearly":
        return printed - _NEARBY <= value <= printed + _BEYOND
    return abs(value - printed) <= max(_FRACTION_SLACK, figure.slack)
