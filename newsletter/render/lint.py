"""MJML against an allow-list: mjml-python itself lets every mistake pass in silence."""

import difflib
import re
from html.parser import HTMLParser

_BOX = {"padding", "background-color", "css-class", "border", "border-top", "border-bottom"}
_SIDES = {"padding-top", "padding-bottom", "padding-left", "padding-right"}
_TEXT = {
    "align", "color", "font-family", "font-size", "font-style", "font-weight", "letter-spacing",
    "line-height", "mj-class", "text-decoration", "text-transform",
}  # fmt: skip
ALLOWED: dict[str, set[str]] = {
    "mjml": {"lang", "dir"},
    "mj-head": set(),
    "mj-title": set(),
    "mj-preview": set(),
    "mj-raw": set(),
    "mj-breakpoint": {"width"},
    "mj-attributes": set(),
    "mj-all": _TEXT | _BOX,
    "mj-class": {"name"} | _TEXT | _BOX | _SIDES,
    "mj-style": set(),
    "mj-body": {"background-color", "width", "css-class"},
    "mj-wrapper": _BOX | _SIDES,
    "mj-section": _BOX | _SIDES | {"direction", "text-align"},
    "mj-column": _BOX | _SIDES | {"width", "vertical-align"},
    "mj-text": _BOX | _SIDES | _TEXT,
    "mj-divider": {"border-color", "border-style", "border-width", "padding", "css-class"},
    "mj-spacer": {"height"},
}
"""Tags and attributes the house uses. Others work too, or break mail: add with a test."""

_CONTENT = {"mj-text", "mj-raw", "mj-style", "mj-title", "mj-preview"}
_VOID = {"br", "img", "hr", "meta"}
_SHORT_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?![0-9a-fA-F])")
_HTML = {
    "a", "b", "blockquote", "br", "caption", "div", "em", "h1", "h2", "h3", "img", "li", "meta",
    "ol", "p", "small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def problems(mjml: str) -> list[str]:
    """Return what is wrong with an MJML document, one sentence each.

    Parameters
    ----------
    mjml : str
        The document.

    Returns
    -------
    list of str
        Unknown tags and attributes, three-digit colours, tags left open; empty when good.
    """
    reader = _Reader()
    reader.feed(mjml)
    reader.close()
    for tag, line in reader.open:
        reader.found.append(f"line {line}: <{tag}> is never closed")
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in _VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        inside = any(name in _CONTENT for name, _ in self.open)
        known = _HTML if inside else set(ALLOWED)
        if tag not in known:
            near = difflib.get_close_matches(tag, known, 1)
            hint = f"; did you mean <{near[0]}>?" if near else ""
            self.found.append(f"line {line}: <{tag}> is not in use here{hint}")
        for name, value in attrs:
            if not inside and tag in ALLOWED and name not in ALLOWED[tag]:
                self.found.append(f"line {line}: <{tag}> has no attribute {name!r}")
            if name.startswith("on"):
                self.found.append(f"line {line}: {name!r} is a script")
            if name in {"style", "color"} or name.endswith("-color"):
                self._colours(line, value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.found.append(f"line {self.getpos()[0]}: </{tag}> closes nothing")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "mj-style":
            self._colours(self.getpos()[0], data)

    def _colours(self, line: int, text: str) -> None:
        if found := _SHORT_COLOUR.search(text):
            self.found.append(f"line {line}: write {found[0]} with six digits")
