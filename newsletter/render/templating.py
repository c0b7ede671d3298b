"""The Jinja environment of the mail: strict, escaping, with the few filters it needs."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache

import jinja2

from newsletter.draft.claims import Table
from newsletter.units import MINUS

COLUMNS = 76
"""Width of the plain-text part's prose."""
WIDEST = 78
"""Width of its tables: the limit of good manners."""

_LEAD = re.compile(r"^([^\s:.][^:.\d]{1,31}[:.])\s+(?=\S)")
_URL = re.compile(r"https?://\S+")


def environment(templates: Mapping[str, str]) -> jinja2.Environment:
    """Return an environment that reads templates from memory.

    Parameters
    ----------
    templates : mapping of str to str
        Template text by path, as `newsletter.assets.texts` returns it.

    Returns
    -------
    jinja2.Environment
        Undefined names are errors; values are escaped except in ``.txt.j2`` templates.
        The same templates give the same environment, in which they are compiled once.
    """
    return _environment(tuple(sorted(templates.items())))


@lru_cache(maxsize=4)
def _environment(templates: tuple[tuple[str, str], ...]) -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.DictLoader(dict(templates)),
        autoescape=jinja2.select_autoescape(disabled_extensions=("txt.j2",), default=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.filters.update(lead=lead, wrapped=wrapped, columns=columns, tone=tone)
    return env


def lead(text: str) -> tuple[str, str]:
    """Split a short opening such as ``The day:`` from what follows it.

    Examples
    --------
    >>> lead("The day: chips fell.")
    ('The day:', 'chips fell.')
    >>> lead("Chips fell by a lot more than anybody thought possible: badly.")
    ('', 'Chips fell by a lot more than anybody thought possible: badly.')
    """
    match = _LEAD.match(text)
    if match is None or match[1].endswith("."):
        return "", text
    return match[1], text[match.end() :]


def tone(cell: str) -> str:
    """Return ``up``, ``down`` or an empty string by a cell's sign.

    Examples
    --------
    >>> tone("+1.2%"), tone("\N{MINUS SIGN}0.4%"), tone("16.15")
    ('up', 'down', '')
    """
    if not cell[1:2].isdigit() and cell[1:2] != "$":
        return ""
    return {"+": "up", MINUS: "down"}.get(cell[:1], "")


def wrapped(text: str, first: str = "", rest: str | None = None, width: int = COLUMNS) -> str:
    """Wrap a paragraph for the plain-text part; addresses of pages stay whole.

    Parameters
    ----------
    text : str
        One paragraph.
    first, rest : str
        Indents of the first and the following lines.
    width : int
        Columns at most.

    Returns
    -------
    str
        Lines joined by newlines.
    """
    follow = " " * len(first) if rest is None else rest
    return "\n".join(
        textwrap.wrap(
            text,
            width,
            initial_indent=first,
            subsequent_indent=follow,
            break_long_words=_URL.search(text) is None,
            break_on_hyphens=False,
        )
    )


def columns(table: Table, width: int = WIDEST) -> str:
    """Lay a table out in aligned columns, or row by row where it is too wide.

    Parameters
    ----------
    table : Table
        With its slots filled.
    width : int
        Columns at most.

    Returns
    -------
    str
        First column to the left, figures to the right.
    """
    rows: list[Sequence[str]] = [table.columns, *table.rows]
    count = max(len(row) for row in rows)
    rows = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(len(row[k]) for row in rows) for k in range(count)]
    total = sum(widths) + 2 * (count - 1)
    if total > width:
        return _stacked(table, width)

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)]
        return "  ".join(cells).rstrip()

    return "\n".join((line(rows[0]), "-" * total, *map(line, rows[1:])))


def _stacked(table: Table, width: int) -> str:
    blocks = []
    for row in table.rows:
        lines = [wrapped(f"{table.columns[0]}: {row[0]}" if table.columns[0] else row[0])]
        for name, cell in zip(table.columns[1:], row[1:], strict=False):
            lines.append(wrapped(f"{name}: {cell}", "  ", "    ", width))
        blocks.append("\n".join(lines))
    return "\n".join(blocks)
