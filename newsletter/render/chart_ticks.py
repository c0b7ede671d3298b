"""Round ticks: of numbers, and of the calendar."""

import datetime as dt
import math

MANY_MONTHS = 500
"""Days beyond which years are marked and not months."""


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between two values, at most `most` of them.

    Examples
    --------
    >>> ticks(0.31, 0.447)
    [0.35, 0.4]
    >>> ticks(38, 91)
    [40.0, 60.0, 80.0]
    """
    span = max(high - low, 1e-9)
    power = 10.0 ** int(f"{span:e}".split("e")[1])
    for step in (power * f for f in (0.1, 0.2, 0.5, 1, 2, 5)):
        first = -(-low // step)
        count = int(high // step - first) + 1
        if count <= most:
            return [round((first + k) * step, 12) for k in range(count)]
    return []


def number(value: float, step: float) -> str:
    """Return a tick in print, with the decimals that its step needs.

    Examples
    --------
    >>> number(0.35, 0.05), number(-20.0, 20.0)
    ('0.35', '−20')
    """
    places = max(0, min(12, -math.floor(math.log10(max(step, 1e-12)) + 1e-9)))
    words = f"{value:,.{places}f}"
    return words.replace("-", "−") if float(words.replace(",", "")) else words.lstrip("-")


def calendar_ticks(first: dt.date, last: dt.date, most: int = 6) -> list[tuple[dt.date, str]]:
    """Return the first days of months, or of years, with their names; January is its year.

    Parameters
    ----------
    first, last : datetime.date
        Ends of the axis.
    most : int
        Greatest number of ticks.

    Examples
    --------
    >>> [words for _, words in calendar_ticks(dt.date(2025, 7, 2), dt.date(2026, 7, 2))]
    ['Sep', 'Nov', '2026', 'Mar', 'May', 'Jul']
    """
    if (last - first).days > MANY_MONTHS:
        years = [y for y in range(first.year, last.year + 1) if first <= dt.date(y, 1, 1) <= last]
        every = max(1, math.ceil(len(years) / most))
        return [(dt.date(y, 1, 1), str(y)) for y in years[::every]]
    months = [dt.date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    months = [month for month in months if first < month <= last]
    fits = (n for n in (1, 2, 3, 4, 6) if sum((m.month - 1) % n == 0 for m in months) <= most)
    every = next(fits, 12)
    return [
        (month, f"{month:%b}" if month.month > 1 else str(month.year))
        for month in months
        if (month.month - 1) % every == 0
    ]
