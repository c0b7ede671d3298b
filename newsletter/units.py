"""Units of measure, and the one place where a number becomes text.

Percent, percentage points and basis points are different things: 4 % minus 3 % is one
*point*, never 1 %. `Quantity` keeps them apart; `display` is the only formatter.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

MINUS = "\N{MINUS SIGN}"
"""Typographic minus: what readers see in front of a fall."""

_WIDE = Context(prec=400)  # any float, written out, with twelve places behind the point
FACT_PLACES = Decimal("1e-12")
"""Resolution of a fact's value, in its own unit."""


class Unit(StrEnum):
    """What a fact's value counts."""

    PERCENT = "percent"
    POINTS = "points"
    BPS = "bps"
    USD = "usd"
    INDEX = "index"
    RATIO = "ratio"
    NUMBER = "number"
    COUNT = "count"
    RANK = "rank"
    PERCENTILE = "percentile"
    DATE = "date"
    STATE = "state"


_PLACES = {
    Unit.PERCENT: 1,
    Unit.POINTS: 1,
    Unit.BPS: 0,
    Unit.USD: 2,
    Unit.INDEX: 2,
    Unit.RATIO: 3,
    Unit.NUMBER: 1,
    Unit.COUNT: 0,
    Unit.RANK: 0,
    Unit.PERCENTILE: 0,
}
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve".split()
)  # house style: words to twelve, digits beyond


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit; arithmetic across units is refused.

    Parameters
    ----------
    value : decimal.Decimal
        Magnitude in `unit`.
    unit : Unit
        What is counted.

    Examples
    --------
    >>> Quantity(Decimal("4.5"), Unit.PERCENT) - Quantity(Decimal("1.5"), Unit.PERCENT)
    Quantity(value=Decimal('3.0'), unit=<Unit.POINTS: 'points'>)
    """

    value: Decimal
    unit: Unit

    def __sub__(self, other: "Quantity") -> "Quantity":
        """Return the difference; two percentages differ by points.

        Raises
        ------
        ValueError
            If the units differ.
        """
        if self.unit is not other.unit:
            raise ValueError(f"Cannot subtract {other.unit} from {self.unit}.")
        unit = Unit.POINTS if self.unit is Unit.PERCENT else self.unit
        return Quantity(self.value - other.value, unit)


def as_decimal(number: float) -> Decimal:
    """Turn a computed float into a fact's Decimal: the single rounding, half-even.

    Parameters
    ----------
    number : float
        Finite float64 in the fact's unit.

    Returns
    -------
    decimal.Decimal
        Rounded to twelve decimal places; never negative zero.

    Raises
    ------
    ValueError
        If `number` is NaN or infinite: such a fact is absent, not zero.
    """
    value = Decimal(repr(float(number)))
    if not value.is_finite():
        raise ValueError(f"{number!r} is no fact.")
    value = value.quantize(FACT_PLACES, rounding=ROUND_HALF_EVEN, context=_WIDE).normalize(_WIDE)
    return value + 0 if value else Decimal(0)


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half-even to `places` decimals, never negative zero."""
    out = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=_WIDE)
    return abs(out) if out == 0 else out


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``97th``.

    Examples
    --------
    >>> [ordinal(n) for n in (1, 2, 11, 53, 97)]
    ['1st', '2nd', '11th', '53rd', '97th']
    """
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def words(number: int) -> str:
    """Spell a count up to twelve, digits beyond (house style).

    Examples
    --------
    >>> words(3), words(12), words(503)
    ('three', 'twelve', '503')
    """
    if 0 <= number < len(_WORDS):
        return _WORDS[number]
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


def display(value: Decimal, unit: Unit, *, signed: bool, places: int | None = None) -> str:
    """Format a value for print.

    Parameters
    ----------
    value : decimal.Decimal
        In `unit`.
    unit : Unit
        Decides the suffix and the usual number of decimals.
    signed : bool
        True puts ``+`` or a typographic minus in front; False prints the magnitude
        for kinds that are changes (percent, points, bps) and keeps a minus elsewhere.
    places : int, optional
        Decimals, where the usual number does not fit.

    Returns
    -------
    str
        For instance ``+20.9%``, ``4.5 points``, ``16.15`` or ``97th``.

    Examples
    --------
    >>> display(Decimal("20.8888"), Unit.PERCENT, signed=True)
    '+20.9%'
    >>> display(Decimal("-0.64"), Unit.POINTS, signed=False)
    '0.6 points'
    """
    value = rounded(value, _PLACES[unit] if places is None else places)
    change = unit in {Unit.PERCENT, Unit.POINTS, Unit.BPS}
    sign = MINUS if value < 0 and (signed or not change) else "+" if signed and value > 0 else ""
    body = f"{abs(value):,f}"
    if unit is Unit.PERCENT:
        body += "%"
    elif unit is Unit.POINTS:
        body += " point" if abs(value) == 1 else " points"
    elif unit is Unit.BPS:
        body += " bps"
    elif unit is Unit.USD:
        body = f"${body}"
    elif unit in {Unit.RANK, Unit.PERCENTILE}:
        return ordinal(int(value))
    return sign + body
