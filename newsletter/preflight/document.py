"""Document: a finished text as a list of blocks, whatever format it came in."""

from dataclasses import dataclass
from pathlib import PurePath

from newsletter.preflight.block import Block, Context, Kind
from newsletter.preflight.fold import fold
from newsletter.preflight.html_reader import blocks_of_html
from newsletter.preflight.text_reader import blocks_of_text


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
        return cls(*blocks_of_html(html))

    @classmethod
    def of_text(cls, text: str) -> "Document":
        """Read plain text; a line ``~~~`` divides it from furniture."""
        return cls(text, blocks_of_text(text, markdown=False))

    @classmethod
    def of_markdown(cls, text: str) -> "Document":
        """Read Markdown; comments are not seen."""
        return cls(text, blocks_of_text(text, markdown=True))

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
