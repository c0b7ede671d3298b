"""Block: one piece of a text that is read as a whole, with the context it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.report import Span
from newsletter.preflight.text.fold import Folded


class Kind(StrEnum):
    """What a block is on the page."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    CELL = "cell"
    CAPTION = "caption"
    ALT = "alt"
    TITLE = "title"
    PREHEADER = "preheader"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader has in mind on reaching a block.

    Parameters
    ----------
    heading : str
        The heading above it.
    row, column, caption, note : str
        For a table cell: its row's and column's header, the table's caption, and the
        line below the table.
    """

    heading: str = ""
    row: str = ""
    column: str = ""
    caption: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table cell or text alternative.

    Parameters
    ----------
    kind : Kind
        What it is.
    folded : Folded
        Its text for matching, with offsets into `Document.text`.
    context : Context
        Heading above, and headers of a cell.
    furniture : bool
        True for fixed parts of the page (masthead, footer, disclaimers).
    quoted : bool
        True where it is set apart as a quotation: a ``blockquote``, lines that begin ``> ``.
    unseen : bool
        True where the page says that it is not shown.
    """

    kind: Kind
    folded: Folded
    context: Context = Context()
    furniture: bool = False
    quoted: bool = False
    unseen: bool = False

    @property
    def text(self) -> str:
        """The text for matching: folded, without markup."""
        return self.folded.text

    @property
    def span(self) -> Span:
        """Where the block stands in `Document.text`."""
        return self.folded.span(0, len(self.folded.text))

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each sentence in `text`, in order."""
        yield from _divided(self.text)


_STOP = compiled(r"[.!?][\"')\]]?\s+(?=[\"'(\[$+−–-]?[A-Z0-9])|(?<=[a-z0-9%)][.!?])(?=[A-Z][a-z])")
"""A stop and a capital, also where the space between them was lost."""
_ABBREVIATION = compiled(r"(?:\b(?:[A-Z]|vs|Inc|Corp|Co|Ltd|No|e\.g|i\.e|approx|St|Mr|Ms|Dr))\.$")


@lru_cache(maxsize=2048)
def _divided(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each sentence of a text; every rule asks for them."""
    found: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        mark = stop.start() + (stop.end() > stop.start())
        if _ABBREVIATION.search(text, max(start, mark - 9), mark):
            continue
        found.append((start, stop.end()))
        start = stop.end()
    if start < len(text):
        found.append((start, len(text)))
    return tuple(found)
