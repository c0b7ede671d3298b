"""What a web page says and the mail does not: nothing unproved may be published.

Preflight proves the mail. The web edition is laid out from the same words, and this module
holds the finished page against the finished mail, so that a template that adds a sentence
of its own is found, whatever it was made from.
"""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from newsletter.preflight.text.document import Document

_ENDS = re.compile(r"(?<=[.!?…])\s+(?=[^a-z\s])")
_BARE = re.compile(r"[▲▼■]|[A-Z][A-Z0-9.]{0,5}|[+−-]?[$€£]?[0-9][0-9,.]*%?\*?")
"""A word of the ticker strip: a mark, a symbol or a figure."""
_MOST_BARE = 3
_META = frozenset(
    {"description", "og:title", "og:description", "og:image:alt", "twitter:title",
     "twitter:description", "twitter:image:alt"}
)  # fmt: skip
_LINKED = frozenset({"headline", "alternativeHeadline", "description", "abstract", "articleBody"})


def unsaid(mail_html: str, mail_text: str, web_html: str) -> list[str]:
    """Return what a web page says that its mail does not, in order; empty when nothing.

    Parameters
    ----------
    mail_html, mail_text : str
        Both parts of the finished mail, already proved.
    web_html : str
        The finished page. What stands in ``data-furniture`` is left out, as in the mail;
        what search engines are told of the page is not.

    Returns
    -------
    list of str
        Whole sentences, or a cell's or heading's text: each is to be found in the mail as a
        whole, never only as a part of a longer one, which could turn its meaning round.
    """
    blocks = [*_blocks(Document.of_html(mail_html)), *_blocks(Document.of_text(mail_text))]
    said = {*blocks, *(sentence for block in blocks for sentence in _sentences(block))}
    runs = {run for block in blocks for run in _bare_runs(block)}
    told = [*_blocks(Document.of_html(web_html)), *_told_to_machines(web_html)]
    missing = [
        sentence
        for block in told
        if block not in said
        for sentence in _sentences(block)
        if sentence not in said and sentence not in runs
    ]
    return list(dict.fromkeys(missing))


def _blocks(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if not block.furniture:
            span = block.folded.span(0, len(block.folded.text))
            yield " ".join(document.text[span.start : span.end].split())


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _ENDS.split(text) if part.strip()]


def _bare_runs(block: str) -> Iterator[str]:
    """Yield the short runs of marks, symbols and figures, as the ticker strip is made of."""
    words = block.split()
    bare = [_BARE.fullmatch(word) is not None for word in words]
    for start in range(len(words)):
        for end in range(start + 1, min(start + _MOST_BARE, len(words)) + 1):
            if not bare[end - 1]:
                break
            yield " ".join(words[start:end])


def _told_to_machines(html: str) -> list[str]:
    reader = _Machines()
    reader.feed(html)
    reader.close()
    return [" ".join(text.split()) for text in reader.found if text.strip()]


class _Machines(HTMLParser):
    """What a page's head tells search engines and social networks in sentences."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._data: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and (given.get("name") or given.get("property")) in _META:
            self.found.append(given.get("content") or "")
        elif tag == "script" and given.get("type") == "application/ld+json":
            self._data = []

    def handle_data(self, data: str) -> None:
        if self._data is not None:
            self._data.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "script" or self._data is None:
            return
        text, self._data = "".join(self._data), None
        try:
            self.found.extend(_strings(json.loads(text)))
        except ValueError:
            self.found.append(text)  # unreadable for us is not unread by everybody


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str):
                yield from [inner] if name in _LINKED else []
            else:
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
