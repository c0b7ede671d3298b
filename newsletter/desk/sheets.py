"""Sheets: what leaves the desk as CSV, harmless in whatever program opens it."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

FORMULA: Final = frozenset("=+-@\t\r\n\0")
"""First signs of a cell that a spreadsheet would run."""


def defused(value: str) -> str:
    """Return a cell that is text in every spreadsheet: a quote mark before what would run.

    Examples
    --------
    >>> defused("=1+1"), defused("ann@example.com")
    ("'=1+1", 'ann@example.com')
    """
    return f"'{value}" if value[:1] in FORMULA and value else value


def lines(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield a sheet line by line, its header first, every cell quoted.

    Parameters
    ----------
    columns : sequence of str
        Names and order; what else a row holds is left out.
    rows : iterable of mapping
        Cells by column.
    """
    held = io.StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for cells in _cells(columns, rows):
        writer.writerow(cells)
        yield held.getvalue()
        held.seek(0)
        held.truncate()


def _cells(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[list[str]]:
    yield list(columns)
    for row in rows:
        yield [defused(str(row[name])) for name in columns]
