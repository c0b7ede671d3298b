"""A case of a grid, and the fillings that make it false."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from newsletter.compute.facts import Ledger

NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
ORDERS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
PERIODS = {
    "1d": "today",
    "1m": "over the past month",
    "3m": "over the past three months",
    "ytd": "this year",
}
Grid = Callable[[Ledger], Iterator["Case"]]


@dataclass(frozen=True, slots=True)
class Case:
    """One pattern filled truly, and in every way that is false.

    Parameters
    ----------
    pattern : str
        The sentence with its places.
    true : str
        Filled as the ledger says.
    false : tuple of str
        Filled otherwise.
    """

    pattern: str
    true: str
    false: tuple[str, ...]


def case(pattern: str, true: str, false: Iterable[str]) -> Case:
    """Return a case whose sentences begin with a capital, without doubles."""
    right = capital(true)
    wrong = dict.fromkeys(capital(one) for one in false)
    return Case(pattern, right, tuple(one for one in wrong if one != right))


def capital(text: str) -> str:
    """Return a text with its first letter large."""
    return text[0].upper() + text[1:]


def number(ledger: Ledger, fact: str) -> float | None:
    """Return the value of a fact, None where the ledger does not hold it."""
    found = ledger.get(fact)
    return None if found is None else float(found.number)


def date(ledger: Ledger, fact: str) -> dt.date | None:
    """Return the day that a fact holds, None where the ledger does not hold it."""
    found = ledger.get(fact)
    return found.value if found is not None and isinstance(found.value, dt.date) else None


def day(when: dt.date) -> str:
    """Return a day as prose prints it."""
    return f"{when.day} {when:%B} {when.year}"


def one_place(value: float) -> str:
    """Return the size of a figure as prose prints it."""
    return f"{abs(value):.1f}"
