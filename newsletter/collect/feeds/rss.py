"""RSS and Atom: headlines of others, word for word; hostile, and no source of facts.

The page is made UTF-8 here, whatever it claims to be, and is read by the same parser that refuses
document types, so that nothing is seen otherwise by a second reader.
"""

import codecs
import datetime as dt
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from newsletter.collect import delimited, gates
from newsletter.collect.feed import Fed, Feed
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Source
from newsletter.collect.tables import KNOWN
from newsletter.collect.web import Page, Web
from newsletter.config import Providers
from newsletter.errors import DataUnavailable
from newsletter.feeding import Rss as Settings

LONGEST = 300
"""Characters of a headline; a longer one is no headline and is left out."""

_LICENCE = "headlines of their publishers: read by editors and the model, not reprinted"
_CHARSETS = frozenset(
    [
        "utf-8",
        "utf-8-sig",
        "ascii",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "iso8859-1",
        "iso8859-2",
        "iso8859-15",
    ]
    + [f"cp125{number}" for number in range(9)]
)
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""^[\s\0]*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_STATED = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""")
_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN = "http://purl.org/dc/elements/1.1/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = frozenset({"", *(f"{{{one}" for one in (_ATOM, _RDF, "http://purl.org/rss/1.0/"))})
_NO_ZONE = dt.timezone(dt.timedelta(hours=-12))
_XML_ILL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Headlines:
    """Feeds of headlines, each at most so many of the newest."""

    web: Web
    settings: Settings
    name: str = field(default="rss", init=False)
    label: str = field(default="the feeds", init=False)

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fed:
        """Return headlines published by the session's day at the exchange, with their links."""
        zone = TradingDays(request.session.exchange, request.session.date).zone
        rows, warnings, hosts = [], [], self.settings.hosts
        for done, one in enumerate(self.settings.feeds, start=1):
            what = f"The feed {one.name}"
            try:
                page = self.web.get(one.url, hosts, what, self.settings.most_megabytes)
                until = request.session.date
                for day, text, link in items(page, what, zone, until, self.settings.most):
                    rows.append((one.name, text, link, day))
            except DataUnavailable as error:
                warnings.append(gates.Warning(one.name, str(error)))
            progress(done, len(self.settings.feeds), self.name)
        if not rows:
            return Fed(warnings=tuple(warnings))
        frame = pd.DataFrame(rows, columns=["source", "text", "link", KNOWN])
        frame[KNOWN] = pd.to_datetime(frame[KNOWN]).astype("datetime64[ns]")
        # The same line twice is one headline, known since the first of its days.
        frame = frame.sort_values(KNOWN, kind="stable").drop_duplicates(["source", "text"])
        newest_day = str(frame[KNOWN].max().date())
        sources = tuple(
            Source(self.name, "Headlines", _LICENCE, newest_day, covers=table)
            for table in ("headlines", "links")
        )
        tables = {"headlines": frame, "links": frame[frame["link"] != ""]}
        return Fed(tables, None, sources, tuple(warnings))


Item = tuple[dt.date, str, str]  # day at the exchange, headline, link


def items(page: Page, what: str, zone: dt.tzinfo, until: dt.date, most: int) -> list[Item]:
    """Return the newest dated headlines of a page.

    Parameters
    ----------
    page : Page
        As it came.
    what : str
        What it is, for the error.
    zone : datetime.tzinfo
        The exchange's, in which a headline's day is told.
    until : datetime.date
        The session: nothing of a later day.
    most : int
        Headlines at most.

    Raises
    ------
    DataUnavailable
        If it is no RSS or Atom, or XML that declares types or entities.
    """
    root = _proved(page, what)
    if _name(root) not in {"rss", "feed", "RDF"}:
        raise delimited.refusal(what, "it is neither RSS nor Atom")
    entries = (one for one in root.iter() if _name(one) in {"item", "entry"})
    found = [(_published(one, zone), one) for one in entries]
    told = [(day, one) for day, one in found if day is not None and day <= until]
    # Only what may be used is read further: a title can be dear to read.
    newest = sorted(told, key=_day, reverse=True)[:most]
    read = ((day, _title(one), _link(_href(one))) for day, one in newest)
    return [(day, text, link) for day, text, link in read if text and len(text) <= LONGEST]


def _day(dated: tuple[dt.date, Any]) -> dt.date:
    return dated[0]


def _name(element: Any) -> str:
    """Return an element's name, empty where it is none of RSS, RSS 1.0 or Atom."""
    space, _, name = str(element.tag).rpartition("}")
    return name if space in _SPACES else ""


def _title(entry: Any) -> str:
    found = next((one for one in entry if _name(one) == "title"), None)
    if found is None:
        return ""
    text = "".join(found.itertext())
    if len(text) > 4 * LONGEST:
        return ""
    literal = _ATOM in found.tag and found.get("type", "text") != "html"
    return plain(html.escape(text) if literal else text)


def _href(entry: Any) -> str:
    for one in entry:
        if _name(one) == "link" and one.get("rel", "alternate") == "alternate":
            return str(one.get("href") or one.text or "").strip()
    return ""


def plain(title: str) -> str:
    """Return a title's words: no markup, no entity, nothing that shows nothing.

    Examples
    --------
    >>> plain("Stocks <b>rise</b> &amp; bonds<script>x()</script> fall")
    'Stocks rise & bonds fall'
    """
    import html5lib

    tree = html5lib.parseFragment(title, treebuilder="etree")
    text = "".join(_words(tree))
    kept = (" " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", text))
    return " ".join("".join(one for one in kept if unicodedata.category(one)[0] != "C").split())


def _words(tree: Any) -> Iterator[str]:
    """Return the words of a tree in order; a stack, since a title may be nested however deep."""
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node.tag, str) and node.tag.rpartition("}")[2] not in {"script", "style"}:
            yield node.text or ""
            for child in reversed(node):
                waiting += (child.tail or "", child)


def _published(entry: Any, zone: dt.tzinfo) -> dt.date | None:
    """Return the day at the exchange; without a zone the latest that it can have been."""
    for name in ("pubDate", "published", "date", "updated"):
        for one in entry:
            mine = one.tag == f"{{{_DUBLIN}}}date" if name == "date" else _name(one) == name
            moment = _moment((one.text or "").strip()[:60]) if mine else None
            if moment is not None:
                return moment.astimezone(zone).date()
    return None


def _moment(text: str) -> dt.datetime | None:
    """Return an instant written as in a mail or as in ISO 8601, None for every other."""
    for read in (parsedate_to_datetime, dt.datetime.fromisoformat):
        try:
            found = read(text)
            zoned = found if found.tzinfo else found.replace(tzinfo=_NO_ZONE)
            return zoned.astimezone(dt.UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _link(url: str) -> str:
    """Return a link that a person may be shown, empty for every other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    good = parts.scheme in {"https", "http"} and parts.hostname and "@" not in parts.netloc
    shown = (
        url.isascii() and url.isprintable() and not set(url) & set(' "<>\\`') and len(url) <= 500
    )
    return url if good and shown else ""


def _proved(page: Page, what: str) -> Any:
    """Return the page's root if it is XML without a document type."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    text = _text(page, what)
    if not text.strip():
        raise delimited.refusal(what, "it is empty")
    if re.match(r"\s*<(?:!doctype )?html", text, re.IGNORECASE):
        raise delimited.refusal(what, "a page for people came instead of a feed")
    data = _XML_ILL.sub(" ", text).encode()
    try:
        return fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise delimited.refusal(
            what, "it declares types or entities, which no feed needs"
        ) from None
    except (ParseError, ValueError, RecursionError):
        raise delimited.refusal(what, "it is no whole XML") from None


def _text(page: Page, what: str) -> str:
    """Return the text without its XML declaration; what reads as UTF-8 is UTF-8."""
    if page.body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = ["utf-16"]
    else:
        claims = (_ENCODING.match(page.body[:300]), _STATED.search(page.kind))
        tried = ["utf-8-sig", *(_word(found.group(1)) for found in claims if found)]
    for name in tried:
        try:
            charset = codecs.lookup(name).name
            if charset in _CHARSETS:
                return _DECLARED.sub("", page.body.decode(charset), count=1)
        except (LookupError, UnicodeError):
            continue
    raise delimited.refusal(what, "it is not in the character set that it claims")


def _word(name: bytes | str) -> str:
    return name.decode("ascii") if isinstance(name, bytes) else name


class _Plugin:
    id: str = "rss"
    fields: frozenset[str] = frozenset({"headlines"})

    def open(self, settings: Providers, web: Web) -> Feed:
        """Make the feed of the configured addresses."""
        return Headlines(web, settings.rss)


FEED = _Plugin()
