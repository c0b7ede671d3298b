"""What a reader reads of a mail's HTML, block by block, and what is hidden or furniture."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from newsletter.render.inspect.document import SILENT, Document

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table"
    " tbody td tfoot th thead tr ul".split()
)
"""Elements at whose edges a line of reading ends."""
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Block:
    """One line or paragraph of a mail.

    Parameters
    ----------
    text : str
        Its words, spaces squeezed, pictures as their alternative text.
    element : xml.etree.ElementTree.Element
        The block element around the words.
    line : int
        Of the HTML.
    hidden : bool
        Whether it is not shown, such as the preview line.
    furniture : bool
        Whether it stands in ``data-furniture="1"``.
    cell : bool
        Whether it stands in a table of data.
    """

    text: str
    element: Element
    line: int
    hidden: bool = False
    furniture: bool = False
    cell: bool = False


@dataclass(frozen=True, slots=True)
class _Around:
    block: Element
    hidden: bool = False
    furniture: bool = False
    cell: bool = False

    def within(self, element: Element) -> "_Around":
        furniture = self.furniture or element.get("data-furniture") == "1"
        cell = self.cell or (element.tag == "table" and not layout(element))
        block = element if element.tag in BLOCKS else self.block
        return _Around(block, self.hidden or hides(element), furniture, cell)


def hides(element: Element) -> bool:
    """Tell whether an element's own markup hides it."""
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def layout(table: Element) -> bool:
    """Tell whether a table only lays out, as its role says."""
    return table.get("role", "").lower() in {"presentation", "none"}


def squeezed(text: str) -> str:
    """Return text without invisible characters and with single spaces."""
    return " ".join(_INVISIBLE.sub("", text).split())


def blocks(document: Document) -> list[Block]:
    """Return everything there is to read, in order, empty blocks left out."""
    reader = _Reader(document)
    reader.read(document.root, _Around(document.root))
    reader.flush()
    return reader.found


class _Reader:
    def __init__(self, document: Document) -> None:
        self.found: list[Block] = []
        self._document = document
        self._parts: list[str] = []
        self._around: _Around | None = None

    def read(self, element: Element, outside: _Around) -> None:
        if not isinstance(element.tag, str) or element.tag in SILENT:
            return
        around = outside.within(element)
        self._say(element.get("alt", "") if element.tag == "img" else element.text or "", around)
        if element.tag == "br":
            self._say("\n", around)
        for child in element:
            self.read(child, around)
            self._say(child.tail or "", around)

    def flush(self) -> None:
        text, around = squeezed("".join(self._parts)), self._around
        self._parts = []
        if text and around is not None:
            line = self._document.lines.get(around.block, 0)
            self.found.append(
                Block(text, around.block, line, around.hidden, around.furniture, around.cell)
            )

    def _say(self, text: str, around: _Around) -> None:
        if around != self._around:
            self.flush()
            self._around = around
        self._parts.append(text)
