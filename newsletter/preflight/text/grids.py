"""Grids: the tables of a text as rows of labelled values, however they were laid out.

Besides cells (HTML, Markdown, aligned text) two wrecks of tables are read that copying
leaves behind: rows run together in one line (``Nvidia Corp. (NVDA)36.80%34.94%``) and
cells that have become one paragraph each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import FigureKind, find
from newsletter.preflight.report import Span
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.once import once

_RUN_ROW = compiled(
    r"(?P<label>[A-Z][^%()]{1,60}? ?\([A-Z.]{1,6}\))\s?"
    r"(?P<values>(?:[+−-]?\d{1,4}(?:\.\d{1,4})?%\s?){1,12})"
)
_RUN_VALUE = compiled(r"[+−-]?\d{1,4}(?:\.\d{1,4})?%")
_GLUED = compiled(r"(?<=[a-z])(?=[A-Z])")
_FEWEST = 3
_LONGEST_PERIOD = 8
_CELL_WORDS = 7
_LINE = frozenset({Kind.PARAGRAPH, Kind.HEADING, Kind.ITEM})


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure of a table.

    Parameters
    ----------
    row, column : str
        Its labels; the column's may be empty.
    value : decimal.Decimal
        Signed.
    places : int
        Decimals printed.
    kind : FigureKind
        What it counts.
    span : Span
        Where it stands.
    """

    row: str
    column: str
    value: Decimal
    places: int
    kind: FigureKind
    span: Span


@dataclass(frozen=True)
class Grid:
    """One table.

    Parameters
    ----------
    entries : tuple of Entry
        Its figures in reading order.
    about : str
        Heading, caption, note and header cells: what the table says of itself.
    labels : tuple of str
        Every row label, also of rows without a figure.
    first : int
        Number of the block it starts with.
    """

    entries: tuple[Entry, ...]
    about: str
    labels: tuple[str, ...]
    first: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Labels of the columns that hold figures, in order."""
        return tuple(dict.fromkeys(entry.column for entry in self.entries))

    def column(self, name: str) -> dict[str, Entry]:
        """Return a column's entries by row label."""
        return {entry.row: entry for entry in self.entries if entry.column == name}


@once
def grids(document: Document) -> tuple[Grid, ...]:
    """Return every table of a text, in order.

    Parameters
    ----------
    document : Document
        The text; furniture is left out.
    """
    numbered = [(i, b) for i, b in enumerate(document.blocks) if not b.furniture]
    found = [*_of_cells(numbered), *_run_together(document, numbered), *_scattered(numbered)]
    return tuple(sorted(found, key=lambda grid: grid.first))


def _of_cells(blocks: Sequence[tuple[int, Block]]) -> Iterator[Grid]:
    above = ""
    for is_cell, group in groupby(blocks, key=lambda pair: pair[1].kind is Kind.CELL):
        cells = list(group)
        if not is_cell:
            above = cells[-1][1].text.strip()
            continue
        context = cells[0][1].context
        labels = [b.text.strip() for _, b in cells if not b.context.row]
        columns = [b.context.column for _, b in cells]
        headed = any(columns)
        yield Grid(
            tuple(
                entry
                for _, b in cells
                if b.context.column or not headed
                for entry in _entries(b, b.context.row, b.context.column)
            ),
            " · ".join(
                dict.fromkeys((above, context.heading, context.caption, context.note, *columns))
            ),
            tuple(labels),
            cells[0][0],
        )


def _entries(block: Block, row: str, column: str) -> Iterator[Entry]:
    if not row:
        return
    for figure in find(block.text)[:1]:
        if figure.value is not None:
            span = block.folded.span(figure.start, figure.end)
            yield Entry(row, column, figure.value, figure.places, figure.kind, span)


def _run_together(document: Document, blocks: Sequence[tuple[int, Block]]) -> Iterator[Grid]:
    for number, (index, block) in enumerate(blocks):
        rows = list(_RUN_ROW.finditer(block.text)) if block.kind is not Kind.CELL else []
        if len(rows) < _FEWEST:
            continue
        top = _break(document, block, rows[0].start("values"))
        columns = [piece.strip() for piece in _GLUED.split(block.text[:top]) if piece.strip()][1:]
        entries = []
        for row in rows:
            label = block.text[max(row.start("label"), top) : row.end("label")].strip()
            for place, value in enumerate(_RUN_VALUE.finditer(row["values"])):
                column = columns[place] if place < len(columns) else ""
                start = row.start("values")
                span = block.folded.span(start + value.start(), start + value.end())
                entries.append(_percent(label, column, value[0], span))
        above = blocks[number - 1][1].text if number else ""
        labels = tuple(dict.fromkeys(entry.row for entry in entries))
        yield Grid(tuple(entries), f"{above} · {' · '.join(columns)}", labels, index)


def _percent(row: str, column: str, text: str, span: Span) -> Entry:
    digits = text.replace("−", "-").replace("+", "").rstrip("%")
    places = len(digits.partition(".")[2])
    return Entry(row, column, Decimal(digits), places, FigureKind.PERCENT, span)


def _break(document: Document, block: Block, end: int) -> int:
    """Return where the last line break before a place stands in the folded text, or zero."""
    for place in range(end - 1, -1, -1):
        if document.text[block.folded.offsets[place]] == "\n":
            return place
    return 0


def _scattered(blocks: Sequence[tuple[int, Block]]) -> Iterator[Grid]:
    """Read tables whose cells stand one to a paragraph: text and figures that alternate."""
    start = 0
    kinds = [_sort(block) for _, block in blocks]
    while start < len(blocks):
        period = _period(kinds, start)
        if not period:
            start += 1
            continue
        rows = 0
        while (
            kinds[start + rows * period : start + (rows + 1) * period]
            == kinds[start : start + period]
        ):
            rows += 1
        yield _stacked(blocks, start, period, rows)
        start += rows * period


def _period(kinds: Sequence[str], start: int) -> int:
    """Return the length of a row that repeats at least three times from here, else zero."""
    for period in range(2, _LONGEST_PERIOD + 1):
        row = kinds[start : start + period]
        good = row[:1] == ["word"] and set(row) - {"word"} and "none" not in row
        if good and all(
            kinds[start + n * period : start + (n + 1) * period] == row for n in range(1, _FEWEST)
        ):
            return period
    return 0


def _sort(block: Block) -> str:
    text = block.text.strip()
    if block.kind not in _LINE or text.count(" ") >= _CELL_WORDS or text.endswith((".", "!", "?")):
        return "none"
    figures = find(text)
    whole = len(figures) == 1 and figures[0].end - figures[0].start >= len(text) - 1
    return figures[0].kind.value if whole else "word"


def _stacked(blocks: Sequence[tuple[int, Block]], start: int, period: int, rows: int) -> Grid:
    head = [block.text.strip() for _, block in blocks[max(0, start - period) : start]]
    heads = head if len(head) == period and all(_word(text) for text in head) else [""] * period
    entries: list[Entry] = []
    labels: list[str] = []
    for row in range(rows):
        cells = [block for _, block in blocks[start + row * period : start + (row + 1) * period]]
        label = cells[0].text.strip()
        labels.append(label)
        for column, cell in enumerate(cells[1:], 1):
            if _sort(cell) != "word":
                entries.extend(_entries(cell, label, heads[column]))
    return Grid(tuple(entries), " · ".join(heads), tuple(labels), blocks[start][0])


def _word(text: str) -> bool:
    return text.count(" ") < _CELL_WORDS and not text.endswith(".")
