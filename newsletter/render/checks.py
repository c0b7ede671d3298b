"""What a finished mail must have, whatever its template did."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from newsletter.render.disclaimers import Notice
from newsletter.render.rendered import UNSUBSCRIBE_URL, Rendered
from newsletter.render.watched import Watched
from newsletter.units import MINUS

MOST_BYTES = 90_000
"""Gmail cuts mail a little above 100 kB; readers' own tokens need room too."""
GMAIL_CLIP = 102_400
"""Gmail shows about this much of the HTML and hides the rest behind a link (seen, not
documented: 102 kB)."""
MOST_PICTURE_BYTES = 60_000
MOST_COLUMNS = 78
SAMPLE = "SAMPLE DATA"

_EARLY = 0.6
_SHAPE = re.compile(r'>([^<>]*)<small class="sign"[^>]*>\s*(?:&#160;|\u00a0)?([^<]*)</small>')
_OWN_SHAPE = re.compile(r">([▲▼■])</span>&#160;([^<]*)<")
_TOLD_SHAPE = re.compile(r"([▲▼■]) (\S+(?: points?)?)")
_SHAPES = {"+": "▲", MINUS: "▼"}


def defects(
    rendered: Rendered,
    notices: Sequence[Notice],
    postal_address: str,
    simulated: bool,
    *,
    to_a_list: bool = True,
) -> list[str]:
    """Return what is wrong with a mail, one sentence each; empty when good.

    Parameters
    ----------
    rendered : Rendered
        The mail.
    notices : sequence of Notice
        Blocks it must carry, in HTML and text.
    postal_address : str
        Must stand in both parts.
    simulated : bool
        Whether it must say that its data are.
    to_a_list : bool
        Whether it goes to readers of a list, who must be able to leave it.
    """
    page = _Page()
    page.feed(rendered.html)
    page.close()
    html, text = _squeezed(" ".join(page.words)), _squeezed(rendered.text)
    found = [*_size(rendered), *_pictures(rendered, page), *_shapes(rendered)]
    found += _watched(rendered.watched) if rendered.watched else []
    if to_a_list and rendered.html.find(UNSUBSCRIBE_URL) not in range(
        int(len(rendered.html) * _EARLY)
    ):
        found.append("The HTML has no unsubscribe link in its first 60 %.")
    for part, words in (("HTML", html), ("text", text)):
        if to_a_list and UNSUBSCRIBE_URL not in (words if part == "text" else rendered.html):
            found.append(f"The {part} part has no unsubscribe link.")
        if _squeezed(postal_address) not in words:
            found.append(f"The {part} part lacks the postal address.")
        found += [
            f"The {part} part lacks the notice {notice.id}."
            for notice in notices
            if _squeezed(notice.text) not in words
        ]
        if simulated and words.count(SAMPLE) < 2:
            found.append(f"The {part} part must say {SAMPLE} at its top and at its foot.")
        if "{{" in words or "{%" in words:
            found.append(f"The {part} part shows template machinery.")
    return found


def _size(rendered: Rendered) -> list[str]:
    found = []
    size, own = rendered.heaviest, rendered.watched
    if size >= MOST_BYTES:
        found.append(f"The HTML has {size:,} bytes; mail programs cut it above {MOST_BYTES:,}.")
    text = rendered.text + "".join(page.text for page in (own.pages() if own else ()))
    widest = max(map(len, text.splitlines()), default=0)
    if widest > MOST_COLUMNS and max(map(len, text.split())) <= MOST_COLUMNS:
        found.append(f"The text part has a line of {widest} columns.")
    return found


def _shapes(rendered: Rendered) -> list[str]:
    return [
        f"The shape {shape} stands behind {figure}, whose sign says otherwise."
        for figure, shape in _SHAPE.findall(rendered.html)
        if _SHAPES.get(figure.strip()[:1]) != shape.strip()
    ]


def _watched(own: Watched) -> list[str]:
    """Return what is wrong with the rows for readers' own tickers."""
    found = []
    for symbol, row in own.rows.items():
        said = [
            [(shape, " ".join(figure.split())) for shape, figure in pattern.findall(part)]
            for pattern, part in ((_OWN_SHAPE, row.html), (_TOLD_SHAPE, row.text))
        ]
        if said[0] != said[1] or any(
            _SHAPES.get(figure[:1], "■") != shape for shape, figure in said[0]
        ):
            found.append(f"The shapes in the row of {symbol} are not those of its figures' signs.")
        page = _Page()
        page.feed(row.html)
        page.close()
        if not all(words.split()[:1] == [symbol] for words in (" ".join(page.words), row.text)):
            found.append(f"The row of {symbol} does not begin with its name.")
    for part in (own.head, *own.rows.values(), own.foot):
        if not all(not text or text.endswith("\n") for text in (part.html, part.text)):
            found.append("A row of readers' tickers does not end its line.")
        if "reader.invalid" in (part.html + part.text).lower():
            found.append("The rows of readers' tickers hold a reader's link, which none gets.")
    return found


def _pictures(rendered: Rendered, page: "_Page") -> list[str]:
    found = [f"The picture {source} has no alt text." for source, alt in page.pictures if not alt]
    names = {f"cid:{image.name}" for image in rendered.images}
    used = {source for source, _ in page.pictures}
    found += [f"The HTML shows {name}, which the mail does not carry." for name in used - names]
    found += [f"The mail carries {name}, which the HTML does not show." for name in names - used]
    for image in rendered.images:
        if len(image.png) > MOST_PICTURE_BYTES:
            found.append(f"The picture {image.name} has {len(image.png):,} bytes.")
    return found


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


class _Page(HTMLParser):
    """The words and pictures of an HTML document, styles and comments left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent |= tag in {"style", "script"}
        if tag == "img":
            given = dict(attrs)
            self.pictures.append((given.get("src") or "", (given.get("alt") or "").strip()))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script"}:
            self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
