"""What editors say to each other about an edition."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request

from newsletter.desk.api import models, models_desk
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.editions import Reader, at, edition
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms.comments import add
from newsletter.errors import NotFound
from newsletter.review.comments import Comment
from newsletter.review.roles import Act

router = APIRouter(tags=["comments"], route_class=Once)
Speaker = Annotated[Caller, Depends(Key(Act.COMMENT))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The comment.")]


@router.get("/editions/{key}/comments", responses=told(404))
def list_comments(request: Request, caller: Reader, key: models.Key) -> list[models_desk.Comment]:
    """List what was said, first to last; `answers` names the comment that one answers."""
    del caller
    desk = newsroom(request)
    found = desk.house.comments.of(str(edition(desk, key).key))
    return [models_desk.Comment.model_validate(one) for one in found]


@router.post("/editions/{key}/comments", status_code=201, responses=acted(404))
def say(
    request: Request, caller: Speaker, key: models.Key, what: models_desk.Say,
    once: IdempotencyKey,
) -> models_desk.Comment:  # fmt: skip
    """Say something of an edition or of a part of it, or answer."""
    del once
    desk = newsroom(request)
    found = at(desk, key, None)
    id = add(desk, found, caller.editor, what.words, what.part, what.answers)
    return _told(desk, key, id)


@router.post("/editions/{key}/comments/{id}/{what}", responses=acted(404))
def settle(
    request: Request, caller: Speaker, key: models.Key, id: Number,
    what: Literal["resolve", "reopen"], once: IdempotencyKey,
) -> models_desk.Comment:  # fmt: skip
    """Settle a comment, or take it up again; done already, nothing changes."""
    del once
    desk = newsroom(request)
    found = str(edition(desk, key).key)
    if what == "resolve":
        desk.house.comments.resolve(found, id, caller.editor, desk.now())
    else:
        desk.house.comments.reopen(found, id)
    return _told(desk, found, id)


def _told(desk: Newsroom, key: str, id: int) -> models_desk.Comment:
    said: list[Comment] = desk.house.comments.of(key)
    found = next((one for one in said if one.id == id), None)
    if found is None:
        raise NotFound(f"{key} has no comment {id}.")
    return models_desk.Comment.model_validate(found)
