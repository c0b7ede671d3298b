"""Passages: the running text of a document, sentence by sentence, for rules of structure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import Figure, find
from newsletter.preflight.report import Span
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import whole
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.once import once

SPOKEN = frozenset({Kind.PARAGRAPH, Kind.ITEM})
_SILENT = frozenset({Kind.CELL, Kind.TITLE})
ARTICLE_WORDS = 100
"""A text of fewer words is a line or a fragment, of which no structure is asked."""
HEDGED = quick(
    r"\b(?:may|might|could|would|perhaps|probably|likely|possibly|arguably|apparently|seem\w*"
    r"|appear(?:s|ed)?|suggest\w*|looks? like|as if|if|whether|unless|should|we (?:think|read"
    r"|suspect|believe)|our (?:reading|guess|view)|in our view|plausibl[ey]|not because)\b",
    re.IGNORECASE,
)
"""Words that make a sentence a view or a condition."""
SOURCED = compiled(
    r"\b(?:according to|says|said|told|wrote|writes|reported|quoted|per) (?:the |a "
    r"|an )?[A-Z][a-z&A-Z]"
    r"|\b(?:[A-Z][\w&.]+(?:'s)?,? ){1,4}(?:says?|said(?! to\b)|notes?|noted|wrote|writes"
    r"|reports?|reported"
    r"|told|argues?|estimates?|shows?|describes?|counts?|calculates?)\b"
)
"""A named source (case matters)."""
_CAPITAL_START = compiled(
    r"(?:The|This|That|These|Those|It|They|We|He|She|Data|History|Analysts|Investors|Traders"
    r"|Experts|Sources|Some|Many|Strategists|Economists|Reports?)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and where it stands.

    Parameters
    ----------
    block : Block
        The block it belongs to.
    start : int
        Its place in the block's folded text.
    text : str
        Its folded text, without the space behind it.

    Attributes
    ----------
    find, search : callable
        Every match of a pattern in it, and the first one.
    """

    block: Block
    start: int
    text: str
    find: Callable[[re.Pattern[str]], tuple[re.Match[str], ...]] = field(
        init=False, repr=False, compare=False
    )
    search: Callable[[re.Pattern[str]], re.Match[str] | None] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        stretch = whole(self.text)
        object.__setattr__(self, "find", stretch.matches)
        object.__setattr__(self, "search", stretch.search)

    @property
    def span(self) -> Span:
        """Where it stands in the document."""
        return self.within(0, len(self.text))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure in it, in order."""
        return _within(self.block.text, self.start, self.start + len(self.text))

    def within(self, start: int, end: int) -> Span:
        """Return where ``text[start:end]`` stands in the document."""
        return self.block.folded.span(self.start + start, self.start + end)

    def of(self, match: re.Match[str]) -> Span:
        """Return where a match in `text` stands in the document."""
        return self.within(match.start(), match.end())


@lru_cache(maxsize=4096)
def figures(text: str) -> tuple[Figure, ...]:
    """Return every figure of a folded text; the same sentence is read once."""
    return tuple(find(text))


@lru_cache(maxsize=4096)
def _within(text: str, start: int, end: int) -> tuple[Figure, ...]:
    """Return the figures of a stretch of a block as they stand in the stretch."""
    return tuple(
        replace(figure, start=figure.start - start, end=figure.end - start)
        for figure in figures(text)
        if start <= figure.start < end
    )


@once
def prose(document: Document) -> tuple[Block, ...]:
    """Return the paragraphs and items that are not furniture, in order."""
    return tuple(b for b in document.blocks if b.kind in SPOKEN and not b.furniture)


@once
def lines(document: Document) -> tuple[Sentence, ...]:
    """Return each sentence of running text, headings and captions, in order."""
    return tuple(
        Sentence(block, start, block.text[start:end].rstrip())
        for block in document.blocks
        if not block.furniture and block.kind not in _SILENT
        for start, end in block.sentences()
    )


@once
def sentences(document: Document) -> tuple[Sentence, ...]:
    """Return each sentence of the running text, in order."""
    return tuple(one for one in lines(document) if one.block.kind in SPOKEN)


def article(document: Document) -> bool:
    """Tell whether a document is a whole text and no line or fragment of one."""
    count = 0
    for block in prose(document):
        count += block.text.count(" ") + 1
        if count >= ARTICLE_WORDS:
            return True
    return False


def sourced(text: str) -> bool:
    """Tell whether a sentence names who says what it says."""
    return any(not _CAPITAL_START.match(match[0]) for match in SOURCED.finditer(text))
