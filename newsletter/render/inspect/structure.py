"""Whether a mail is built so that every reader, sighted or not, finds the way through it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from newsletter.render.inspect.document import Document, words
from newsletter.render.inspect.reading import Block, blocks, hides, layout, squeezed
from newsletter.render.inspect.remark import Level, Remark
from newsletter.render.rendered import Rendered

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TYPED = re.compile(r"[•·‣▪*–-]\s+\S")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading.

    Parameters
    ----------
    level : int
        From 1 to 6.
    text : str
        Its words.
    line : int
        Of the HTML.
    """

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Structure:
    """Result of the check.

    Parameters
    ----------
    language, direction : str
        Of the root element.
    title : str
        Of the document.
    headings : tuple of Heading
        In order.
    data_tables, layout_tables, lists : int
        How many there are.
    hidden : tuple of str
        First words of everything that is not shown.
    """

    language: str
    direction: str
    title: str
    headings: tuple[Heading, ...]
    data_tables: int
    layout_tables: int
    lists: int
    hidden: tuple[str, ...]


def check(mail: Rendered, document: Document) -> tuple[Structure, tuple[Remark, ...]]:
    """Look at language, headings, tables, lists and the preview line."""
    tables = list(document.elements("table"))
    read = blocks(document)
    title = next((squeezed(e.text or "") for e in document.elements("title")), "")
    headings = tuple(
        Heading(int(str(e.tag)[1]), squeezed(words(e)), document.lines.get(e, 0))
        for e in document.elements(*_HEADINGS)
        if not any(map(hides, document.ancestors(e)))
    )
    result = Structure(
        language=document.root.get("lang", ""),
        direction=document.root.get("dir", ""),
        title=title,
        headings=headings,
        data_tables=sum(not layout(table) for table in tables),
        layout_tables=sum(map(layout, tables)),
        lists=sum(1 for _ in document.elements("ul", "ol", "dl")),
        hidden=tuple(block.text[:80] for block in read if block.hidden),
    )
    remarks = [
        *_of_head(result, document),
        *_of_headings(headings),
        *(remark for table in tables for remark in _of_table(table, document)),
        *_of_lists(read),
        *_of_hidden(mail, read),
    ]
    return result, tuple(remarks)


def _say(level: Level, message: str, where: str = "", line: int = 0) -> Remark:
    return Remark("structure", level, message, where[:80], line)


def _of_head(result: Structure, document: Document) -> Iterator[Remark]:
    if document.refused:
        return
    if not _LANGUAGE.fullmatch(result.language):
        yield _say("error", "The page does not say its language; set lang on <html>.")
    if result.direction not in {"ltr", "rtl"}:
        yield _say("error", "The page does not say its direction; set dir on <html>.")
    if not result.title:
        yield _say("error", "The page has no title; screen readers read it first.")
    body = next(document.elements("body"), None)
    inner = [] if body is None else list(body)
    # Webmail drops <html> and <body>, so language and direction must stand inside too.
    if inner and not any(e.get("lang") and e.get("dir") for e in inner):
        yield _say("warning", "No element inside <body> says language and direction again.")
    metas = list(document.elements("meta"))
    if not any(meta.get("name", "").lower() == "viewport" for meta in metas):
        yield _say("warning", "Without a viewport, phones show the page small.")
    if not any("charset" in meta.attrib or "charset=" in meta.get("content", "") for meta in metas):
        yield _say("warning", "The page does not say its character set.")


def _of_headings(headings: tuple[Heading, ...]) -> Iterator[Remark]:
    first = [heading for heading in headings if heading.level == 1]
    if len(first) != 1:
        yield _say("error", f"The page has {len(first)} headings of the first level; it wants one.")
    last = 0
    for heading in headings:
        if not heading.text:
            yield _say("error", "The heading is empty.", f"h{heading.level}", heading.line)
        if heading.level > last + 1 and last:
            message = f"A heading of level {heading.level} follows one of level {last}."
            yield _say("error", message, heading.text, heading.line)
        last = heading.level
    if headings and headings[0].level != 1:
        yield _say("warning", "The first heading is not of the first level.", headings[0].text)


def _of_table(table: Element, document: Document) -> Iterator[Remark]:
    line = document.lines.get(table, 0)
    headers = [e for e in table.iter("th") if _owner(e, document) is table]
    caption = next((e for e in table.iter("caption") if _owner(e, document) is table), None)
    name = squeezed(words(caption)) if caption is not None else squeezed(words(table))[:60]
    if layout(table):
        if headers or caption is not None:
            message = "A table that only lays out has header cells or a caption."
            yield _say("error", message, name, line)
        return
    if not headers:
        message = 'A table without header cells; if it only lays out, say role="presentation".'
        yield _say("error", message, name, line)
    for header in headers:
        if header.get("scope") not in {"col", "row", "colgroup", "rowgroup"}:
            message = "A header cell does not say whether it heads a column or a row (scope)."
            yield _say("error", message, squeezed(words(header)), document.lines.get(header, 0))
    if caption is None and not (table.get("aria-label") or table.get("aria-labelledby")):
        yield _say("info", "The table has no caption.", name, line)


def _owner(element: Element, document: Document) -> Element | None:
    """Return the table a cell or caption belongs to, not one around that."""
    above = document.ancestors(element)
    return next((e for e in above if e.tag == "table"), None)


def _of_lists(read: list[Block]) -> Iterator[Remark]:
    for block in read:
        if block.element.tag in {"p", "div", "td"} and _TYPED.match(block.text):
            message = "A point typed with a dash or dot; use list markup."
            yield _say("warning", message, block.text, block.line)


def _of_hidden(mail: Rendered, read: list[Block]) -> Iterator[Remark]:
    hidden = [block for block in read if block.hidden]
    preheader = squeezed(mail.preheader)
    if preheader and not any(block.text.startswith(preheader) for block in hidden[:1]):
        if any(block.text.startswith(preheader) for block in read[:1]):
            return
        yield _say("warning", "The page does not start with the preheader.", preheader)
    for block in hidden:
        if not preheader or not block.text.startswith(preheader):
            message = "Words are hidden; programs that drop display:none show them."
            yield _say("warning", message, block.text, block.line)
