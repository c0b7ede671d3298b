"""Pauses: a delivery rests between two messages, and goes on where it stood."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from newsletter.desk import acts
from newsletter.desk.api import models, models_out
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.editions import Reader, edition, parsed
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import newsroom
from newsletter.errors import NotFound, SendRefused
from newsletter.review.pause import Pause
from newsletter.review.roles import Act

router = APIRouter(tags=["sending"], route_class=Once)
Sender = Annotated[Caller, Depends(Key(Act.SEND))]


@router.get("/editions/{key}/pause", responses=told(404))
def show_pause(request: Request, caller: Reader, key: models.Key) -> models_out.Rest:
    """Show who paused a delivery, when and why."""
    del caller
    desk = newsroom(request)
    found = desk.house.pausing.of(edition(desk, key))
    if found is None:
        raise NotFound(f"{key} is not paused.")
    return _told(found)


@router.post("/editions/{key}/pause", responses=acted(404))
def pause(
    request: Request, caller: Sender, key: models.Key, why: models_out.Why, once: IdempotencyKey
) -> models_out.Rest:
    """Let a delivery rest, whatever process sends it; no copy is completed after that."""
    del once
    desk = newsroom(request)
    edition(desk, key)
    return _told(desk.house.pausing.pause(parsed(key), caller.editor, why.reason))


@router.post("/editions/{key}/resume", responses=acted(404))
def resume(
    request: Request, caller: Sender, key: models.Key, once: IdempotencyKey
) -> models_out.Rest:
    """Let it go on where it stood; the answer is the pause that is over."""
    del once
    desk = newsroom(request)
    if why := acts.cannot_leave(desk, edition(desk, key)):
        raise SendRefused(f"{key} stays as it is: {why}")
    found = desk.house.pausing.resume(parsed(key), caller.editor)
    desk.runs.begin("deliver", found.edition)  # where it cannot begin now, the desk's clock does
    return _told(found)


def _told(found: Pause) -> models_out.Rest:
    return models_out.Rest.model_validate(found)
