"""Figure: one number that a text states, with everything its print says of it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from newsletter.preflight.figures.dates import When


class FigureKind(StrEnum):
    """What a figure counts, as its print says."""

    PERCENT = "percent"
    POINTS = "points"
    BPS = "bps"
    USD = "usd"
    CURRENCY = "currency"
    NUMBER = "number"
    COUNT = "count"
    SHARE = "share"
    ORDINAL = "ordinal"
    PERCENTILE = "percentile"
    FRACTION = "fraction"
    MULTIPLE = "multiple"
    WINDOW = "window"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure found in a text.

    Parameters
    ----------
    kind : FigureKind
        What it counts.
    start, end : int
        Where, in the folded text.
    value : decimal.Decimal or None
        Signed magnitude; None where the print is beyond any market figure.
    places : int
        Decimals printed.
    sign : int
        Printed sign: -1, 0 where none is printed, 1.
    of : decimal.Decimal or None
        The N of ``n of N``.
    unit : str
        ``day``, ``session`` … of a window; ``each`` of a multiple that compares two
        counts (``three rose for each that fell``).
    when : When or None
        What a date says.
    bound : str
        ``more``, ``less``, ``above`` (just over), ``nearly`` (just under), ``least`` or
        ``about`` where the print is no exact figure; ``exact`` where it is called one.
    slack : decimal.Decimal
        By how much a value may differ from a print in words (``a quarter of a point``).
    to : decimal.Decimal or None
        The other end of a range (``between seven and nine percent``).
    """

    kind: FigureKind
    start: int
    end: int
    value: Decimal | None = None
    places: int = 0
    sign: int = 0
    of: Decimal | None = None
    unit: str = ""
    when: When | None = None
    bound: str = ""
    slack: Decimal = Decimal(0)
    to: Decimal | None = None
