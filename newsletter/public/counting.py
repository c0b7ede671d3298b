"""Counted links and the picture of an opening: answered at once, written down a little later.

Whoever follows a link goes where the approved mail leads, counted or not; what is counted, and
of whom, is decided where it is written down (`newsletter.store.hits`). From where somebody came
and with which program is looked at here and kept nowhere.
"""

import base64
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from newsletter.errors import NotFound
from newsletter.public.asked import Asked
from newsletter.public.site import Site
from newsletter.send.counted import target
from newsletter.send.hits import Hit, by_machine
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import Followed, Purpose

PICTURE: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""One transparent point, 43 bytes."""
_GONE: Final = "This link does not work: it is incomplete, or its edition is not kept any more."


def follow(site: Site, asked: Asked) -> Response:
    """Lead on to where a link of a mail leads."""
    found = site.house.signer.followed(asked.path["token"], Purpose.LINK)
    address = target(_links(site, found.edition), found.link) if found else None
    if found is None or address is None:
        raise HTTPException(404, _GONE)
    _note(site, asked, found)
    return RedirectResponse(address, 302, headers={"Cache-Control": "no-store"})


def picture(site: Site, asked: Asked) -> Response:
    """Return the point that tells of an opening."""
    name = asked.path["token"]
    found = None
    if name.endswith(".gif"):
        found = site.house.signer.followed(name.removesuffix(".gif"), Purpose.OPEN)
    if found is None:
        raise HTTPException(404, _GONE)
    _note(site, asked, found)
    sent = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(PICTURE, media_type="image/gif", headers=sent)


def write(site: Site) -> int:
    """Write down what waits; return how much of it counts."""
    counted: int = site.house.hits.take(site.hits.taken(), site.now())
    return counted


def _note(site: Site, asked: Asked, found: Followed) -> None:
    if not site.house.config.counting.enabled or asked.method != "GET":
        return  # a HEAD is nobody's reading
    machine = by_machine(asked.headers)
    site.hits.add(Hit(found.edition, found.subscriber, found.link, machine, site.now()))


def _links(site: Site, edition: str) -> tuple[str, ...]:
    """Return where the links of an edition's mail lead, as it was frozen."""

    def read() -> tuple[str, ...]:
        return FrozenMessage.from_bytes(site.house.pipeline.artefacts.get("message", edition)).links

    try:
        links: tuple[str, ...] = site.once(("links", edition), read)
    except NotFound:
        return ()
    return links
