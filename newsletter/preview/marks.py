"""Marks: the claims of a report, marked in the HTML of the mail by the server."""

import html as escapes
import re
from collections.abc import Iterator, Sequence

from newsletter.preflight.report import Claim
from newsletter.preflight.text.document import Document

_TOKEN = re.compile(
    r"""<!--.*?-->|<(?P<raw>style|script)\b[^>]*>.*?</(?P=raw)\s*>
    |</?[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>|<![^>]*>""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_AROUND = ((28, 28), (12, 12), (6, 6), (0, 14), (14, 0))
"""Characters before and after by which a place is recognised, most certain first.

One side alone counts too: what stands in an attribute is told beside it, and is not in the text.
"""
_SLACK = 60
"""Characters that the page may show and the reader of the text leaves out."""

STYLE = (
    "<style>mark[data-claim]{color:inherit!important;background:#2f9e5a33!important;"
    "box-shadow:0 1px 0 #2f9e5a}mark[data-claim].opinion{background:#3b78c433!important;"
    "box-shadow:0 1px 0 #3b78c4}mark[data-claim].wrong{background:#d6403a55!important;"
    "box-shadow:0 2px 0 #d6403a}mark[data-claim].at{outline:3px solid #e0a100!important;"
    "outline-offset:2px;border-radius:2px}</style>"
)


def marked(html: str, claims: Sequence[Claim]) -> tuple[str, frozenset[int]]:
    """Return the HTML with every claim of its part in a ``<mark data-claim="N">``.

    Parameters
    ----------
    html : str
        The mail's HTML, as it was checked.
    claims : sequence of Claim
        Of the whole report; N is the place in it.

    Returns
    -------
    str, frozenset of int
        The document, and which claims were found in it. A claim in an alternative text or
        in the title has no place that could be marked.
    """
    told, told_at = _squeezed(Document.of_html(html).text)
    seen, seen_at = _visible(html)
    placed: dict[int, tuple[int, int]] = {}
    cursor = last = 0
    inside = [pair for pair in enumerate(claims) if pair[1].part == "html"]
    for number, claim in sorted(inside, key=lambda pair: pair[1].span.start):
        start, end = _within(told_at, claim.span.start), _within(told_at, claim.span.end)
        # The text tells all that the page shows and more, so the page is never further on.
        limit = cursor + start - last + _SLACK
        at = _found(told, seen, (start, end), (cursor, limit))
        if at is not None and end > start:
            cursor, last = at, start
            placed[number] = seen_at[at][0], seen_at[at + end - start - 1][1]
    return _written(html, placed, claims), frozenset(placed)


def _squeezed(text: str) -> tuple[str, list[int]]:
    kept = [(character, at) for at, character in enumerate(text) if not character.isspace()]
    return "".join(character for character, _ in kept), [at for _, at in kept]


def _within(places: list[int], offset: int) -> int:
    """Return how many characters without white space stand before an offset."""
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if places[middle] < offset else (low, middle)
    return low


def _visible(html: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the characters of text nodes without white space, with their places in the file."""
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    for first, last in _texts(html):
        at = first
        while at < last:
            entity = _ENTITY.match(html, at, last) if html[at] == "&" else None
            piece = escapes.unescape(entity[0]) if entity else html[at]
            end = entity.end() if entity else at + 1
            for character in piece:
                if not character.isspace():
                    characters.append(character)
                    places.append((at, end))
            at = end
    return "".join(characters), places


def _texts(html: str) -> Iterator[tuple[int, int]]:
    at = 0
    body = re.search(r"<body\b", html, re.IGNORECASE)
    for token in _TOKEN.finditer(html):
        if body is None or at >= body.start():
            yield at, token.start()
        at = token.end()
    yield at, len(html)


def _found(told: str, seen: str, span: tuple[int, int], within: tuple[int, int]) -> int | None:
    (start, end), (cursor, limit) = span, within
    for before, after in _AROUND:
        first = max(0, start - before)
        begin = max(0, cursor - before)
        at = seen.find(told[first : end + after], begin, limit + end - start + after)
        if at >= 0:
            return at + start - first
    return None


def _written(html: str, placed: dict[int, tuple[int, int]], claims: Sequence[Claim]) -> str:
    out, at = [], 0
    for number, (start, end) in sorted(placed.items(), key=lambda pair: pair[1]):
        inside = html[start:end]
        if start < at or "<" in inside:  # never across a tag: the document stays as it was built
            continue
        verdict = claims[number].verdict.value
        kind = verdict if verdict in {"proved", "opinion"} else "wrong"
        out += [html[at:start], f'<mark data-claim="{number}" class="{kind}">', inside, "</mark>"]
        at = end
    return "".join((*out, html[at:]))
