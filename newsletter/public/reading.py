"""The archive, and an edition in the browser: what was sent, and nothing else."""

import datetime as dt
import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.draft.claims import Draft
from newsletter.errors import ReviewError
from newsletter.public.answers import FOR_EVER, public
from newsletter.public.asked import Asked
from newsletter.public.site import Site
from newsletter.render.personal import reader_mark
from newsletter.render.rendered import Rendered
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.listing import Wanted

PAGE: Final = 30
_POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')
_AFTER_SKIP: Final = re.compile(r'<div data-furniture="1"><a class="skip"[^>]*>[^<]*</a></div>')
_DATA: Final = re.compile(r'(<script type="application/ld\+json">)(.*?)(</script>)', re.DOTALL)
_DRAWN: Final = re.compile(r"[-=*_~]{3,}")
_HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Piece:
    """One edition as the archive and the feeds list it.

    Parameters
    ----------
    key : EditionKey
        Which.
    title, dek : str
        Of its mail.
    at : datetime.datetime
        When it was approved: aware, UTC.
    sample : bool
        Whether it speaks of a simulated market.
    """

    key: EditionKey
    title: str
    dek: str
    at: dt.datetime
    sample: bool

    @property
    def path(self) -> str:
        """Its address below the site."""
        return f"/e/{self.key}"


def pieces(site: Site, count: int, before: str = "") -> list[Piece]:
    """Return at most `count` editions that were sent, latest session first."""
    found: list[Piece] = []
    for piece in _every(site, before):
        if len(found) == count:
            break
        found.append(piece)
    return found


def _every(site: Site, before: str) -> Iterator[Piece]:
    while True:
        wanted = Wanted(state=str(State.SENT))
        rows, _ = site.house.editions.listed(wanted, PAGE, before=before)
        for row in rows:
            piece = _piece(site, row.key)
            if piece is not None:
                yield piece
        if len(rows) < PAGE:
            return
        before = str(rows[-1].key)


def _piece(site: Site, key: EditionKey) -> Piece | None:
    """Return what is listed of an edition; None where the public may not see it."""
    known: dict[EditionKey, Piece] = site.pieces
    if key not in known:  # an edition that was sent never changes again
        edition = site.house.editions.find(key)
        if edition is None or edition.state is not State.SENT:
            return None
        mail: Rendered = site.house.pipeline.mail(edition.revision.rendered)
        at = edition.approval.at if edition.approval else edition.revision.made_at
        known[key] = Piece(key, mail.subject, mail.preheader, at, mail.sample)
    piece = known[key]
    # Simulated figures stay on this machine, whatever shows them.
    return None if piece.sample and not site.local else piece


def archive(site: Site, asked: Asked) -> Response:
    """List what was sent, page by page."""
    before = asked.query.get("before", "")
    if before:
        try:
            EditionKey.parse(before)
        except ReviewError as error:
            raise HTTPException(404, "There is no such page of the archive.") from error
    found = pieces(site, PAGE + 1, before)
    shown = found[:PAGE]
    text = site.text(
        "archive", title="Archive", pieces=shown, before=before,
        older=str(shown[-1].key) if len(found) > PAGE else "",
        canonical=site.url("/archive") + (f"?before={before}" if before else ""),
    )  # fmt: skip
    return public(asked, text.encode(), _HTML, _latest(shown))


def home(site: Site, asked: Asked) -> Response:
    """Show the latest edition and the way to subscribe."""
    found = pieces(site, 6)
    text = site.text(
        "home", title=site.publication.tagline or "Newsletter", pieces=found, lists=site.lists,
        canonical=site.url("/"),
    )  # fmt: skip
    return public(asked, text.encode(), _HTML, _latest(found))


def _latest(found: list[Piece]) -> dt.datetime | None:
    return max((one.at for one in found), default=None)


# -- one edition ---------------------------------------------------------------------------


def edition(site: Site, asked: Asked) -> Response:
    """Show an edition as it was approved, with its corrections above it."""
    found, piece = _sent(site, asked.path["key"])
    corrections = [one for one in site.house.corrections.of(found.key) if one.state is State.SENT]
    mark = ("edition", str(found.key), tuple(one.revision.content for one in corrections))
    text, policy = site.once(mark, lambda: _laid_out(site, found, piece, corrections))
    changed = max([piece.at, *(one.approval.at for one in corrections if one.approval)])
    sent = {"Content-Security-Policy": policy} if policy else {}
    return public(asked, text.encode(), _HTML, changed, headers=sent)


def picture(site: Site, asked: Asked) -> Response:
    """Return a chart of an edition; its address names its content."""
    found, _ = _sent(site, asked.path["key"])
    mark = ("pictures", str(found.key))
    pictures: dict[str, bytes] = site.once(mark, lambda: _pictures(_mail(site, found)))
    data = pictures.get(asked.path["name"])
    if data is None:
        raise HTTPException(404, "There is no such picture.")
    return public(asked, data, "image/png", kept=FOR_EVER, anywhere=True)


def _sent(site: Site, text: str) -> tuple[Edition, Piece]:
    try:
        key = EditionKey.parse(text)
    except ReviewError as error:
        raise HTTPException(404, "There is no such edition.") from error
    piece = _piece(site, key)
    found = site.house.editions.find(key)
    if piece is None or found is None or found.state is not State.SENT:
        raise HTTPException(404, "There is no such edition.")
    return found, piece


def _mail(site: Site, edition: Edition) -> Rendered:
    mail: Rendered = site.house.pipeline.mail(edition.revision.rendered)
    return mail


def _name(png: bytes) -> str:
    return f"{hashlib.sha256(png).hexdigest()[:32]}.png"


def _pictures(mail: Rendered) -> dict[str, bytes]:
    return {_name(image.png): image.png for image in mail.images}


def _laid_out(
    site: Site, edition: Edition, piece: Piece, corrections: list[Edition]
) -> tuple[str, str]:
    """Return an edition's page and its policy; an empty policy is that of all pages."""
    from newsletter.render.correction import with_corrections

    mail = _mail(site, edition)
    if not mail.web:
        return _as_text(site, edition, piece, mail), ""
    said = [(_draft(site, one), site.house.pipeline.ledger(one.revision.ledger))
            for one in corrections]  # fmt: skip
    page = with_corrections(mail.web, said)
    for image in mail.images:
        address = f"{site.prefix}{piece.path}/{_name(image.png)}"
        page = page.replace(f'src="cid:{image.name}"', f'src="{address}"')
    own = _POLICY.search(page)
    policy = html.unescape(own[1]) if own else ""
    page = _POLICY.sub("", page, count=1)
    page = page.replace("</head>", _head(site, piece, mail, page) + "</head>", 1)
    page = _DATA.sub(lambda one: one[1] + _data(site, piece, one[2]) + one[3], page, count=1)
    bar = site.text("_bar", piece=piece, corrections=[one.key for one in corrections])
    place = _AFTER_SKIP.search(page)
    at = place.end() if place else page.index(">", page.index("<body")) + 1
    return _clean(page[:at] + bar + page[at:]), _served(policy)


def _draft(site: Site, edition: Edition) -> Draft:
    draft: Draft = site.house.pipeline.written(edition.revision.draft)
    return draft


def _head(site: Site, piece: Piece, mail: Rendered, page: str) -> str:
    """Return what the page's head lacks: where it stands, its picture, the bar's style."""
    address = html.escape(site.url(piece.path))
    added = [f'<link rel="stylesheet" href="{site.bar_path}">']
    if 'rel="canonical"' not in page:
        added.append(f'<link rel="canonical" href="{address}">')
        added.append(f'<meta property="og:url" content="{address}">')
    if mail.images:
        image = html.escape(site.url(f"{piece.path}/{_name(mail.images[0].png)}"))
        alt = html.escape(mail.images[0].alt[:400])
        added.append(f'<meta property="og:image" content="{image}">')
        added.append(f'<meta property="og:image:alt" content="{alt}">')
    feed = f'href="{site.prefix}/feed.atom" title="{html.escape(site.publication.name)}"'
    added.append(f'<link rel="alternate" type="application/atom+xml" {feed}>')
    return "\n".join(added) + "\n"


def _data(site: Site, piece: Piece, text: str) -> str:
    """Return the page's data for search engines with its address and instant in it."""
    try:
        data: dict[str, Any] = json.loads(text)
    except ValueError:
        return text
    address = site.url(piece.path)
    data = {"mainEntityOfPage": address, "url": address, **data}
    data["datePublished"] = piece.at.isoformat()
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _served(policy: str) -> str:
    """Return a page's own policy, widened to this site's pictures and the bar's style."""
    if not policy:
        return ""
    wider = policy.replace("img-src data:", "img-src 'self' data:", 1)
    wider = wider.replace("style-src ", "style-src 'self' ", 1)
    return f"{wider}; frame-ancestors 'none'"


def _as_text(site: Site, edition: Edition, piece: Piece, mail: Rendered) -> str:
    """Return a page of an edition that has no web form, a correction among them."""
    kept = [part for part in mail.text.split("\n\n") if not reader_mark(part)]
    parts = [one for part in kept for one in _parts(part)]
    return _clean(
        site.text(
            "words", title=piece.title, piece=piece, parts=parts, corrects=edition.key.corrects,
            canonical=site.url(piece.path), kind="article",
        )
    )  # fmt: skip


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a plain text's paragraph, each with its kind; drawn lines are left out."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) > 1 and _DRAWN.fullmatch(lines[1]):
        yield "heading", lines[0]
        lines = lines[2:]
    said = [line for line in lines if not _DRAWN.fullmatch(line)]
    if said:
        quoted = all(line.startswith(">") for line in said)
        words = " ".join(
            line.lstrip("> ").removeprefix("*** ").removesuffix(" ***") for line in said
        )
        yield ("quote" if quoted else "text"), words


def _clean(page: str) -> str:
    """Refuse a page with a place for a reader's own link in it."""
    if reader_mark(page):
        raise HTTPException(500, "This edition cannot be shown on the web.")
    return page
