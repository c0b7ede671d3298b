"""Pause: a delivery rests between two messages, and goes on where it stood."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk import acts
from newsletter.desk.admission import Admission, Visit
from newsletter.desk.newsroom import newsroom
from newsletter.desk.rooms.decide import done
from newsletter.errors import SendRefused
from newsletter.review.edition import EditionKey
from newsletter.review.pause import LONGEST_REASON
from newsletter.review.roles import Act

router = APIRouter(include_in_schema=False, prefix="/editions/{key}")
Sender = Annotated[Visit, Depends(Admission(Act.SEND))]
Reason = Annotated[str, Form(max_length=LONGEST_REASON)]
Back = Annotated[str, Form(max_length=20)]

DELIVERY: Final = "delivery"
"""Where a form names it, whoever sent it is led back to the delivery."""


@router.post("/pause")
def pause(request: Request, visit: Sender, key: str, reason: Reason, back: Back = "") -> Response:
    """Let a delivery rest; no copy is completed after that."""
    newsroom(request).house.pausing.pause(EditionKey.parse(key), visit.editor, reason)
    return _shown(request, key, back)


@router.post("/resume")
def resume(request: Request, visit: Sender, key: str, back: Back = "") -> Response:
    """Let it go on; where it cannot begin at once the desk's clock begins it."""
    desk, parsed = newsroom(request), EditionKey.parse(key)
    if why := acts.cannot_leave(desk, desk.house.editions.get(parsed)):
        raise SendRefused(f"{parsed} stays as it is: {why}")
    desk.house.pausing.resume(parsed, visit.editor)
    desk.runs.begin("deliver", str(parsed))
    return _shown(request, key, back)


def _shown(request: Request, key: str, back: str) -> Response:
    if back == DELIVERY:
        return RedirectResponse(f"/deliveries/{EditionKey.parse(key)}", 303)
    return done(request, key)
