"""Reading HTML: tokens put together into blocks, each with the context it stands in."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsletter.patterns import compiled
from newsletter.preflight.text.block import Block, Context, Kind
from newsletter.preflight.text.fold import fold
from newsletter.preflight.text.html_tokens import Tag, tokens

_KINDS = {
    **{f"h{level}": Kind.HEADING for level in range(1, 7)},
    "li": Kind.ITEM,
    "dt": Kind.ITEM,
    "dd": Kind.ITEM,
    "td": Kind.CELL,
    "th": Kind.CELL,
    "title": Kind.TITLE,
    "caption": Kind.CAPTION,
    "figcaption": Kind.CAPTION,
}
_BREAKS = frozenset(
    "address article aside blockquote body br center details div dl fieldset figure footer form "
    "head header hr html main nav ol p pre section summary table tbody tfoot thead tr ul".split()
) | frozenset(_KINDS)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SPOKEN = ("alt", "title", "aria-label")
_UNSEEN = compiled(r"display\s{0,9}:\s{0,9}none|mso-hide\s{0,9}:\s{0,9}all", re.IGNORECASE)


@dataclass(slots=True)
class _Element:
    name: str
    furniture: bool
    unseen: bool
    kind: Kind
    quoted: bool = False


@dataclass(slots=True)
class _Table:
    layout: bool
    caption: str = ""
    row: int = -1
    column: int = -1
    headers: bool = False
    cells: dict[tuple[int, int], list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Piece:
    kind: Kind
    text: str
    furniture: bool
    heading: str
    cell: tuple[_Table, int, int] | None
    quoted: bool = False
    unseen: bool = False


class _Builder:
    def __init__(self) -> None:
        self.pieces: list[_Piece] = []
        self.images_without_alt = 0
        self._buffer: list[str] = []
        self._stack: list[_Element] = []
        self._open: Counter[str] = Counter()
        self._tables: list[_Table] = []
        self._heading = ""

    def text(self, text: str) -> None:
        self._buffer.append(text)

    def tag(self, tag: Tag) -> None:
        if tag.name in _BREAKS:
            self.flush()
        elif "inline-block" in tag.attributes.get("style", ""):
            self.text(" ")
        if tag.closing:
            self._close(tag.name)
            return
        for name in _SPOKEN:
            if tag.attributes.get(name, "").strip():
                self._add(Kind.ALT, tag.attributes[name], self._furniture(tag))
        if tag.name == "img" and "alt" not in tag.attributes:
            self.images_without_alt += 1
        self._cells(tag)
        if tag.name not in _VOID:
            self._push(tag)

    def flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        if not text.strip():
            return
        top = self._stack[-1] if self._stack else _Element("", False, False, Kind.PARAGRAPH)
        kind = top.kind
        if top.unseen and kind is Kind.PARAGRAPH:
            kind = Kind.PREHEADER
        self._add(kind, text, top.furniture)

    def _add(self, kind: Kind, text: str, furniture: bool) -> None:
        text = " ".join(text.split())
        table = self._tables[-1] if self._tables else None
        if kind is Kind.CAPTION and table is not None and not table.caption:
            table.caption = text
        cell = None
        if table is not None and not table.layout and table.column >= 0:
            cell = (table, table.row, table.column)
            table.cells.setdefault(cell[1:], []).append(len(self.pieces))
        if kind is Kind.HEADING:
            self._heading = text
        top = self._stack[-1] if self._stack else None
        marks = (top.quoted, top.unseen) if top is not None else (False, False)
        self.pieces.append(_Piece(kind, text, furniture, self._heading, cell, *marks))

    def _furniture(self, tag: Tag) -> bool:
        above = bool(self._stack) and self._stack[-1].furniture
        return above or "data-furniture" in tag.attributes

    def _push(self, tag: Tag) -> None:
        above = self._stack[-1] if self._stack else None
        unseen = (above is not None and above.unseen) or bool(
            _UNSEEN.search(tag.attributes.get("style", "")[:2000]) or "hidden" in tag.attributes
        )
        inherited = above.kind if above else Kind.PARAGRAPH
        kind = _KINDS.get(tag.name, inherited)
        quoted = tag.name == "blockquote" or (above is not None and above.quoted)
        self._stack.append(_Element(tag.name, self._furniture(tag), unseen, kind, quoted))
        self._open[tag.name] += 1

    def _close(self, name: str) -> None:
        if not self._open[name]:
            return
        while self._stack:
            element = self._stack.pop()
            self._open[element.name] -= 1
            if element.name == "table" and self._tables:
                self._tables.pop()
            if element.name == name:
                return

    def _cells(self, tag: Tag) -> None:
        if tag.name == "table":
            if self._tables and self._tables[-1].column >= 0 and not self._tables[-1].headers:
                self._tables[-1].layout = True
            role = tag.attributes.get("role", "").lower()
            self._tables.append(_Table(role in {"presentation", "none"}))
        elif self._tables:
            table = self._tables[-1]
            if tag.name == "tr":
                table.row, table.column = table.row + 1, -1
            elif tag.name in {"td", "th"}:
                table.column += 1
                table.headers = table.headers or tag.name == "th"


def blocks_of_html(source: str) -> tuple[str, tuple[Block, ...], int]:
    """Read HTML into its visible text and blocks.

    Parameters
    ----------
    source : str
        Any string.

    Returns
    -------
    text : str
        Blocks' texts, one a line: what spans index.
    blocks : tuple of Block
        In reading order.
    images_without_alt : int
        Pictures that lack an ``alt`` attribute.
    """
    builder = _Builder()
    for token in tokens(source):
        if isinstance(token, str):
            builder.text(token)
        else:
            builder.tag(token)
    builder.flush()
    pieces = builder.pieces
    text = "\n".join(piece.text for piece in pieces)
    return text, tuple(_blocks(pieces)), builder.images_without_alt


def _blocks(pieces: list[_Piece]) -> Iterator[Block]:
    position = 0
    for piece in pieces:
        folded = fold(piece.text, range(position, position + len(piece.text)))
        context = _context(piece, pieces)
        marks = (piece.furniture, piece.quoted, piece.unseen)
        yield Block(_kind(piece), folded, context, *marks)
        position += len(piece.text) + 1


def _kind(piece: _Piece) -> Kind:
    if piece.kind is Kind.CELL and (piece.cell is None or piece.cell[0].layout):
        return Kind.PARAGRAPH
    return piece.kind


def _context(piece: _Piece, pieces: list[_Piece]) -> Context:
    if piece.cell is None or piece.cell[0].layout:
        return Context(heading="" if piece.furniture else piece.heading)
    table, row, column = piece.cell

    def text(at: tuple[int, int]) -> str:
        if at == (row, column):
            return ""
        return " ".join(pieces[index].text for index in table.cells.get(at, ())[:20])

    return Context(piece.heading, text((row, 0)), text((0, column)), table.caption)
