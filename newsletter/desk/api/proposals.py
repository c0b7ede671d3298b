"""Proposals: a part in other words, from the configured hand, until somebody decides about it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from newsletter.desk.api import models, models_desk
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.decisions import told as shown
from newsletter.desk.api.editions import edition
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import newsroom
from newsletter.desk.proposals import Proposal
from newsletter.desk.rooms import anew
from newsletter.review.roles import Act

router = APIRouter(tags=["writing"], route_class=Once)
Writer = Annotated[Caller, Depends(Key(Act.WRITE))]
Id = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,40}$", description="As its answer names it.")]


@router.post("/editions/{key}/proposals", status_code=202, responses=acted(404))
def ask(
    request: Request, caller: Writer, key: models.Key, what: models_desk.Wanted,
    once: IdempotencyKey,
) -> models_desk.Proposal:  # fmt: skip
    """Ask for other words for a part; they are written meanwhile, and change nothing.

    A model takes an instruction, the house writer takes none. Whoever asks for the same part
    again while it is written gets the same proposal.
    """
    del once
    desk = newsroom(request)
    number = what.revision or edition(desk, key).revision.number
    made = anew.begun(
        desk, caller.editor, key, what.part, number, what.instruction, what.text or None
    )
    return _told(made)


@router.get("/editions/{key}/proposals/{id}", responses=told(404))
def look(request: Request, caller: Writer, key: models.Key, id: Id) -> models_desk.Proposal:
    """Show a proposal of one's own, as far as it is."""
    return _told(newsroom(request).proposals.find(id, caller.editor, key))


@router.post("/editions/{key}/proposals/{id}/leave", responses=acted(404))
def leave(
    request: Request, caller: Writer, key: models.Key, id: Id, once: IdempotencyKey
) -> models_desk.Proposal:
    """Cancel a proposal that is being written, or put away one that is there."""
    del once
    proposals = newsroom(request).proposals
    one = proposals.find(id, caller.editor, key)
    proposals.leave(one)
    return _told(one)


@router.post("/editions/{key}/proposals/{id}/take", responses=acted(404))
def take(
    request: Request, response: Response, caller: Writer, key: models.Key, id: Id,
    once: IdempotencyKey,
) -> models.Edition:  # fmt: skip
    """Save the proposed words as a revision; where the part was changed meanwhile that is 409."""
    del once
    desk = newsroom(request)
    one = desk.proposals.find(id, caller.editor, key)
    return shown(response, anew.taken(desk, caller.editor, one))


def _told(one: Proposal) -> models_desk.Proposal:
    attempt = one.attempt
    return models_desk.Proposal(
        id=one.id, part=one.asked.part, revision=one.asked.revision, hand=one.asked.hand,
        course=one.course.value, text=attempt.text if attempt else None,
        problems=list(attempt.problems) if attempt else [], problem=one.problem or None,
    )  # fmt: skip
