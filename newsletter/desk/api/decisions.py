"""What editors decide about an edition: each names the content it is about, and is done once."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from newsletter.desk.api import models
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.conditions import IfMatch, etag, named
from newsletter.desk.api.editions import parsed
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted
from newsletter.desk.newsroom import newsroom
from newsletter.review.edition import Edition, State
from newsletter.review.roles import Act

router = APIRouter(tags=["decisions"], route_class=Once)
Approver = Annotated[Caller, Depends(Key(Act.APPROVE))]
Decider = Annotated[Caller, Depends(Key(Act.DECIDE))]
Overrider = Annotated[Caller, Depends(Key(Act.OVERRIDE))]
REFUSALS = acted(404, 412, 428)


@router.post("/editions/{key}/approve", responses=REFUSALS)
def approve(
    request: Request, response: Response, caller: Approver, key: models.Key,
    once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Sign the content that If-Match names."""
    del once
    desk = newsroom(request).house.desk
    return told(response, desk.approve(parsed(key), caller.editor, named(if_match)))


@router.post("/editions/{key}/reject", responses=REFUSALS)
def reject(
    request: Request, response: Response, caller: Decider, key: models.Key,
    why: models.Reason, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Send an edition back to its writers."""
    del once
    return _decided(request, response, caller, key, State.REJECTED, why, if_match)


@router.post("/editions/{key}/hold", responses=REFUSALS)
def hold(
    request: Request, response: Response, caller: Decider, key: models.Key,
    why: models.Reason, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Keep an edition from going out until somebody decides otherwise."""
    del once
    return _decided(request, response, caller, key, State.HELD, why, if_match)


@router.post("/editions/{key}/cancel", responses=REFUSALS)
def cancel(
    request: Request, response: Response, caller: Decider, key: models.Key,
    why: models.Reason, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Give an edition up for good."""
    del once
    return _decided(request, response, caller, key, State.CANCELLED, why, if_match)


@router.post("/editions/{key}/release", responses=acted(404))
def release(
    request: Request, response: Response, caller: Decider, key: models.Key, once: IdempotencyKey
) -> models.Edition:
    """Put an edition that was held back into review; it takes an approval anew."""
    del once
    house = newsroom(request).house
    lifetime = dt.timedelta(hours=house.config.review.expires_after_hours)
    return told(response, house.desk.release(parsed(key), caller.editor, lifetime))


@router.post("/editions/{key}/override", responses=REFUSALS)
def override(
    request: Request, response: Response, caller: Overrider, key: models.Key,
    what: models.Overriding, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Answer for a blocking finding."""
    del once
    desk, content = newsroom(request).house.desk, named(if_match)
    found = desk.override(parsed(key), what.finding, caller.editor, what.reason, content)
    return told(response, found)


def told(response: Response, edition: Edition) -> models.Edition:
    """Return an edition as an answer, its ETag in the headers."""
    response.headers["ETag"] = etag(edition)
    return models.Edition.of(edition)


def _decided(
    request: Request, response: Response, caller: Caller, key: str, state: State,
    why: models.Reason, if_match: str | None,
) -> models.Edition:  # fmt: skip
    desk, content = newsroom(request).house.desk, named(if_match)
    return told(response, desk.decide(parsed(key), state, caller.editor, why.reason, content))
