"""Feeds, and what search engines ask for."""

import json
from typing import Any, Final

from starlette.responses import Response

from newsletter.public.answers import public
from newsletter.public.asked import Asked
from newsletter.public.reading import Piece, pieces
from newsletter.public.site import Site

NEWEST: Final = 20
MOST_ADDRESSES: Final = 5000
TYPES: Final = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def feed(site: Site, asked: Asked) -> Response:
    """Return the newest editions as Atom, RSS 2.0 or JSON Feed 1.1."""
    form = asked.path["form"]
    found = pieces(site, NEWEST)
    newest = max((one.at for one in found), default=None)
    if form == "json":
        body = json.dumps(_json(site, found), ensure_ascii=False, indent=1)
    else:
        body = site.text(f"{form}.xml", pieces=[_printable(site, one) for one in found])
    return public(asked, body.encode(), TYPES[form], newest, anywhere=True)


def sitemap(site: Site, asked: Asked) -> Response:
    """Return the addresses that search engines may list; nothing simulated is among them."""
    found = [one for one in pieces(site, MOST_ADDRESSES) if not one.sample]
    given = [(one.path, one.at.isoformat()) for one in found]
    places = [(path, "") for path in ("/", "/archive", "/record", "/subscribe")]
    body = site.text("sitemap.xml", places=[*places, *given])
    return public(asked, body.encode(), "application/xml; charset=utf-8")


def robots(site: Site, asked: Asked) -> Response:
    """Return where programs that crawl have nothing to look for."""
    root = site.prefix
    kept = "".join(f"Disallow: {root}/{one}/\n" for one in ("u", "p", "c", "hooks"))
    body = f"User-agent: *\n{kept}\nSitemap: {site.url('/sitemap.xml')}\n"
    return public(asked, body.encode(), "text/plain; charset=utf-8")


def _printable(site: Site, piece: Piece) -> dict[str, Any]:
    return {
        "title": _xml(piece.title), "dek": _xml(piece.dek), "url": site.url(piece.path),
        "at": piece.at,
    }  # fmt: skip


def _xml(text: str) -> str:
    """Leave out what XML 1.0 cannot hold."""
    return "".join(c for c in text if c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe")


def _json(site: Site, found: list[Piece]) -> dict[str, Any]:
    publication = site.publication
    items = [
        {
            "id": site.url(one.path), "url": site.url(one.path), "title": one.title,
            "summary": one.dek, "content_text": one.dek, "date_published": one.at.isoformat(),
            "language": publication.language,
        }
        for one in found
    ]  # fmt: skip
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publication.name, "home_page_url": site.url("/"),
        "feed_url": site.url("/feed.json"), "description": publication.tagline,
        "language": publication.language, "authors": [{"name": publication.publisher}],
        "items": items,
    }  # fmt: skip
