"""Tables of the web edition: cells that know their value, so that a script can sort them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from newsletter.draft.claims import Table
from newsletter.render.templating import tone

LONG = 12
"""Rows from which a table gets a field to filter it."""

MISSING = frozenset({"", "n/a", "–", "—"})
_VALUE = re.compile(
    r"([+−-]?)[$€£]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:\s?(?:%|bps|points?|st|nd|rd|th))?\*?"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Parameters
    ----------
    text : str
        As printed.
    value : str
        Its number for a script, empty where it has none.
    tone : str
        ``up``, ``down`` or empty.
    """

    text: str
    value: str
    tone: str


@dataclass(frozen=True, slots=True)
class Column:
    """A header cell; `numeric` where every cell below is a number or missing."""

    text: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table ready for a template.

    Parameters
    ----------
    title, note : str
        Printed above and below.
    columns : tuple of Column
        Header cells.
    rows : tuple of tuple of Cell
        The first cell names its row; every row is as long as the header.
    long : bool
        Whether it is worth filtering.
    """

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    long: bool


def grid(table: Table) -> Grid:
    """Return a filled table with the values of its cells.

    Parameters
    ----------
    table : Table
        With its slots filled.
    """
    width = max(len(row) for row in (table.columns, *table.rows))
    texts = [[*row, *[""] * (width - len(row))] for row in (table.columns, *table.rows)]
    rows = tuple(tuple(Cell(text, value(text), tone(text)) for text in row) for row in texts[1:])
    columns = tuple(
        Column(text, k > 0 and _numeric([row[k] for row in rows]))
        for k, text in enumerate(texts[0])
    )
    return Grid(table.title, table.note, columns, rows, len(rows) >= LONG)


def value(cell: str) -> str:
    """Return a cell's number as a script reads it, empty where it is none.

    Examples
    --------
    >>> value("−1,204.5%"), value("$746.16"), value("97th"), value("n/a"), value("noise")
    ('-1204.5', '746.16', '97', '', '')
    """
    match = _VALUE.fullmatch(cell.strip())
    if match is None:
        return ""
    sign, whole, places = match.groups()
    number = Decimal(whole.replace(",", "") + (places or ""))
    return str(-number if sign in {"−", "-"} and sign else number)


def _numeric(cells: list[Cell]) -> bool:
    told = [cell for cell in cells if cell.text.strip() not in MISSING]
    return bool(told) and all(cell.value for cell in told)
