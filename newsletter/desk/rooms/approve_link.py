"""A link to approve, from an e-mail: one editor, one content, one use, and never by looking.

Mail scanners follow links, so a GET changes nothing. Whoever is not signed in as the editor
the link was made for is told only whose it is.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from newsletter.desk import acts
from newsletter.desk.admission import ANYBODY, NotSignedIn, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.revision import Opened, opened
from newsletter.desk.rooms.decide import Content, changed, done
from newsletter.desk.security.links import LinkRefused
from newsletter.errors import ReviewError
from newsletter.preview.compare import compared
from newsletter.proofing import kinds_beside
from newsletter.render.personal import UNLINKED
from newsletter.review.desk import Revised
from newsletter.review.edition import EditionKey

router = APIRouter(include_in_schema=False, prefix="/approve/{token}")
Anybody = Annotated[Visit | None, Depends(ANYBODY)]


@router.api_route("", methods=["GET", "HEAD"])
def look(request: Request, visit: Anybody, token: str) -> Response:
    """Show what the link would approve to its editor, and to others only whose it is."""
    desk = newsroom(request)
    whose = desk.guard.links.whose(token)
    if visit is None or visit.editor != whose:
        status = 200 if visit is None else 403
        return desk.page(request, visit, "approve_whose", status, whose=whose, token=token)
    link = desk.guard.links.read(token, visit.editor)
    found = opened(desk, link.edition)
    told = acts.words(desk, found, visit)
    outstanding = desk.house.desk.outstanding(found.edition)
    return desk.page(
        request, visit, "approve", token=token, link=link, found=found, rows=found.found(),
        outstanding=outstanding, counts=found.counts(),
        why=acts.why_not(desk, found, visit, outstanding), **told, **_difference(desk, found),
    )  # fmt: skip


@router.post("")
def approve(request: Request, visit: Anybody, token: str, content: Content) -> Response:
    """Sign the content the link was made for; the link is used up by it."""
    desk = newsroom(request)
    if visit is None:
        raise NotSignedIn(f"/approve/{token}")
    link = desk.guard.links.read(token, visit.editor)
    if content != link.content:
        raise LinkRefused(f"This page is not what the link was made for; open {link.edition}.")
    found = opened(desk, link.edition)
    why = acts.why_not(desk, found, visit, desk.house.desk.outstanding(found.edition))
    if why:  # told before the link is used up
        raise ReviewError(f"{link.edition} cannot be approved by you now. {why}")
    desk.guard.links.use(token, visit.editor)
    try:
        desk.house.desk.approve(EditionKey.parse(link.edition), visit.editor, link.content)
    except Revised as error:
        return changed(request, desk, visit, link.edition, error)
    return done(request, link.edition)


def _difference(desk: Newsroom, found: Opened) -> dict[str, Any]:
    """Return the text, and what is new in it: since the last revision, else the last edition."""
    text, house = UNLINKED.text(found.mail), desk.house
    if len(found.revisions) > 1:
        other, against = found.revisions[-2], f"revision {found.revisions[-2].number}"
    else:
        key = found.edition.key
        before = house.editions.before(key, kinds_beside(house.config, key), 1)
        if not before:
            return {"text": text, "against": "", "paragraphs": [], "revised": False}
        other, against = before[0].revision, str(before[0].key)
    old = UNLINKED.text(desk.mail(other.rendered))
    paragraphs = desk.once(
        ("approving", other.rendered, found.revision.rendered), lambda: compared(old, text)
    )
    revised = len(found.revisions) > 1
    return {"text": text, "against": against, "paragraphs": paragraphs, "revised": revised}
