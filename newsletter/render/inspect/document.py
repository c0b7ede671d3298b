"""A mail's HTML as a browser would read it, with lines, and with bounds on hostile input."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

MOST_CHARACTERS = 300_000
"""Three times what Gmail shows: no mail needs more, and reading stays quick."""
MOST_ELEMENTS = 12_000
MOST_DEPTH = 128
MOST_ATTRIBUTES = 200
MOST_TEXTS = 60_000
MOST_FAULTS = 2_000

SILENT = frozenset({"style", "script", "title", "template", "noscript"})
"""Elements whose words are not read on the page."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One parse error.

    Parameters
    ----------
    code : str
        html5lib's name of it, e.g. ``"unexpected-end-tag"``.
    message : str
        The same in words.
    line : int
        From 1.
    """

    code: str
    message: str
    line: int


@dataclass(frozen=True)
class Document:
    """HTML read into a tree.

    Parameters
    ----------
    source : str
        As given.
    root : xml.etree.ElementTree.Element
        ``<html>``; without children where the source was refused.
    lines : mapping of Element to int
        Line on which each element's start tag ends.
    parents : mapping of Element to Element
        Without the root.
    faults : tuple of Fault
        Parse errors in order.
    refused : str
        Why the source was not read to its end; empty when it was.
    """

    source: str
    root: Element
    lines: Mapping[Element, int]
    parents: Mapping[Element, Element]
    faults: tuple[Fault, ...] = ()
    refused: str = ""

    def elements(self, *names: str) -> Iterator[Element]:
        """Yield elements in document order, of these names or all."""
        for element in self.root.iter():
            if isinstance(element.tag, str) and (not names or element.tag in names):
                yield element

    def ancestors(self, element: Element) -> Iterator[Element]:
        """Yield the element itself, its parent and so on to the root."""
        here: Element | None = element
        while here is not None:
            yield here
            here = self.parents.get(here)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of text.

    Parameters
    ----------
    text : str
        As it stands in the tree.
    element : xml.etree.ElementTree.Element
        Whose child the text is.
    """

    text: str
    element: Element


def parse(source: str) -> Document:
    """Read HTML.

    Parameters
    ----------
    source : str
        Any text at all.

    Returns
    -------
    Document
        Never raises on content: what is too large, too deep or too crowded comes back
        empty with `Document.refused`, and in bounded time.
    """
    if len(source) > MOST_CHARACTERS:
        return _refused(
            source,
            f"The HTML has {len(source):,} characters; only mail of up to "
            f"{MOST_CHARACTERS:,} is inspected.",
        )
    parser = _parser()
    try:
        root = parser.parse(source)
    except _TooMuchError as error:
        return _refused(source, str(error))
    from html5lib.constants import E

    faults = tuple(
        Fault(code, _in_words(E.get(code, code), values), position[0])
        for position, code, values in parser.errors
    )
    parents = {child: element for element in root.iter() for child in element}
    return Document(source, root, parser.tree.lines, parents, faults)


def runs(document: Document) -> list[Run]:
    """Return the page's runs of text in reading order, hidden ones too, styles left out."""
    found: list[Run] = []
    _collect(document.root, found)
    return found


def words(element: Element) -> str:
    """Return the words inside an element, pictures as their alternative text."""
    if element.tag in SILENT or not isinstance(element.tag, str):
        return ""
    parts = [element.get("alt", "") if element.tag == "img" else element.text or ""]
    for child in element:
        parts += [words(child), child.tail or ""]
    return "".join(parts)


def _collect(element: Element, found: list[Run]) -> None:
    if isinstance(element.tag, str) and element.tag not in SILENT:
        if element.text:
            found.append(Run(element.text, element))
        for child in element:
            _collect(child, found)
            if child.tail:
                found.append(Run(child.tail, element))


def _refused(source: str, why: str) -> Document:
    return Document(source, Element("html"), {}, {}, (), why)


def _in_words(message: str, values: Any) -> str:
    try:
        return str(message % values)
    except (KeyError, TypeError, ValueError):
        return str(message)


class _TooMuchError(Exception):
    """The source breaks a bound."""


@dataclass
class _Budget:
    """What the source may still cost."""

    elements: int = MOST_ELEMENTS
    texts: int = MOST_TEXTS

    def element(self, depth: int, formatting: int) -> None:
        self.elements -= 1
        if self.elements < 0:
            raise _TooMuchError(f"The HTML has more than {MOST_ELEMENTS:,} elements.")
        if max(depth, formatting) > MOST_DEPTH:
            raise _TooMuchError(f"The HTML is nested more than {MOST_DEPTH} deep.")

    def text(self) -> None:
        self.texts -= 1
        if self.texts < 0:
            raise _TooMuchError(f"The HTML has more than {MOST_TEXTS:,} pieces of text.")


def _parser() -> Any:
    """Return html5lib's parser that notes lines and stops at the bounds.

    Its tree builder and tokenizer cost more than linear time on deep nesting, on tags with
    thousands of attributes and on text in thousands of pieces; hence a bound for each.
    """
    import html5lib

    class Parser(html5lib.HTMLParser):
        def mainLoop(self) -> None:  # noqa: N802 - html5lib's name
            self.tree.position = self.tokenizer.stream.position
            read = self.tokenizer.attributeNameState

            def bounded() -> bool:
                if len(self.tokenizer.currentToken["data"]) > MOST_ATTRIBUTES:  # type: ignore[index]
                    raise _TooMuchError(f"A tag has more than {MOST_ATTRIBUTES} attributes.")
                return read()

            # Only the tokenizer's lookup by name is replaced; what it does stays.
            self.tokenizer.attributeNameState = bounded  # type: ignore[method-assign]
            super().mainLoop()

        def parseError(self, errorcode: str = "", datavars: Any = None) -> None:  # noqa: N802
            if len(self.errors) >= MOST_FAULTS:
                raise _TooMuchError(f"The HTML has more than {MOST_FAULTS:,} errors.")
            super().parseError(errorcode, datavars)

    return Parser(tree=_builder(), namespaceHTMLElements=False)


def _builder() -> Any:
    from html5lib.treebuilders import getTreeBuilder

    base: Any = getTreeBuilder("etree")

    class Builder(base):  # type: ignore[misc]
        position: Callable[[], tuple[int, int]]

        def reset(self) -> None:
            super().reset()
            self.lines: dict[Element, int] = {}
            self.budget = _Budget()

        def createElement(self, token: Any) -> Any:  # noqa: N802
            return self._noted(super().createElement(token))

        def insertElementNormal(self, token: Any) -> Any:  # noqa: N802
            return self._noted(super().insertElementNormal(token))

        def insertText(self, data: str, parent: Any = None) -> None:  # noqa: N802
            self.budget.text()
            super().insertText(data, parent)

        def _noted(self, element: Any) -> Any:
            self.budget.element(len(self.openElements), len(self.activeFormattingElements))
            self.lines[element._element] = self.position()[0]
            return element

    return Builder
