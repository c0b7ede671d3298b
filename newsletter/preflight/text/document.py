"""Document: a finished text as a list of blocks, whatever format it came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from newsletter.preflight.text.block import Block, Context, Kind
from newsletter.preflight.text.fold import fold
from newsletter.preflight.text.html_reader import blocks_of_html
from newsletter.preflight.text.text_reader import blocks_of_text

_NOTE = 300


@dataclass(frozen=True, slots=True)
class Document:
    """One finished text.

    Parameters
    ----------
    text : str
        What every span indexes: the file itself for text and Markdown, the extracted
        visible text (one block a line) for HTML.
    blocks : tuple of Block
        In reading order.
    images_without_alt : int
        Pictures that lack a text alternative.
    """

    text: str
    blocks: tuple[Block, ...]
    images_without_alt: int = 0

    @classmethod
    def of_html(cls, html: str) -> "Document":
        """Read an HTML page or mail part; ``data-furniture`` marks fixed parts."""
        text, blocks, images_without_alt = blocks_of_html(html)
        return cls(text, _noted(blocks), images_without_alt)

    @classmethod
    def of_text(cls, text: str) -> "Document":
        """Read plain text; a line ``~~~`` divides it from furniture."""
        return cls(text, _noted(blocks_of_text(text, markdown=False)))

    @classmethod
    def of_markdown(cls, text: str) -> "Document":
        """Read Markdown; comments are not seen."""
        return cls(text, _noted(blocks_of_text(text, markdown=True)))

    @classmethod
    def of_line(cls, text: str, kind: Kind) -> "Document":
        """Read a single line such as a subject or preheader."""
        return cls(text, (Block(kind, fold(text), Context()),) if text.strip() else ())

    @classmethod
    def of_file(cls, name: str, content: str) -> "Document":
        """Read by file suffix: ``.html``/``.htm``, ``.md``/``.markdown``, else text."""
        suffix = PurePath(name).suffix.lower()
        if suffix in {".html", ".htm"}:
            return cls.of_html(content)
        if suffix in {".md", ".markdown"}:
            return cls.of_markdown(content)
        return cls.of_text(content)


def _noted(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Give the cells of a table the short paragraph below it as their note."""
    out: list[Block] = []
    note = ""
    for block, following in zip(reversed(blocks), (None, *reversed(blocks)), strict=False):
        if block.kind is not Kind.CELL:
            note = ""
        elif following is not None and following.kind is not Kind.CELL:
            below = following.kind in {Kind.PARAGRAPH, Kind.HEADING} and not following.furniture
            note = following.text if below and len(following.text) <= _NOTE else ""
        if block.kind is Kind.CELL:
            context = _under_caption(block.context, note)
            block = Block(block.kind, block.folded, context, block.furniture)  # noqa: PLW2901
        out.append(block)
    return tuple(reversed(out))


def _under_caption(context: Context, note: str) -> Context:
    """Take the heading above a table for its caption, as it is where HTML has none.

    The same table then reads the same in both parts of a mail.
    """
    caption = context.caption or context.heading
    return Context("", context.row, context.column, caption, note or context.note)
