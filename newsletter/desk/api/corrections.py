"""Corrections: an edition that went out wrong is followed by one that says so."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from newsletter.desk.api import models, models_desk
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.conditions import IfMatch, named
from newsletter.desk.api.decisions import told as shown
from newsletter.desk.api.editions import Reader, edition, parsed
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import newsroom
from newsletter.draft.erratum import Wrong
from newsletter.review.desk import require_same
from newsletter.review.roles import Act

router = APIRouter(tags=["writing"], route_class=Once)
Writer = Annotated[Caller, Depends(Key(Act.WRITE))]


@router.get("/editions/{key}/corrections", responses=told(404))
def list_corrections(request: Request, caller: Reader, key: models.Key) -> list[models.Edition]:
    """List the corrections of an edition, first to last."""
    del caller
    desk = newsroom(request)
    found = edition(desk, key)
    return [models.Edition.of(one) for one in desk.house.corrections.of(found.key)]


@router.post("/editions/{key}/corrections", status_code=201, responses=acted(404))
def begin_correction(
    request: Request, response: Response, caller: Writer, key: models.Key,
    what: models_desk.Erratum, once: IdempotencyKey,
) -> models.Edition:  # fmt: skip
    """Put a correction of an edition that went out before the editors.

    It is an edition of its own, named in the answer, and is approved and sent like any other.
    `said` quotes whole sentences of the mail that was sent; figures of the rest are slots.
    """
    del once
    desk = newsroom(request)
    wrong = edition(desk, key)
    words = (_points(what), what.cause, what.changed, caller.editor)
    return shown(response, desk.house.corrections.begin(wrong.key, *words))


@router.put("/editions/{key}/erratum", responses=acted(404, 412, 428))
def revise_correction(
    request: Request, response: Response, caller: Writer, key: models.Key,
    what: models_desk.Erratum, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Put other words in the place of those of a correction that If-Match names."""
    del once
    desk, content = newsroom(request), named(if_match)
    found = edition(desk, key)
    require_same(found, content)
    words = (_points(what), what.cause, what.changed, caller.editor)
    made = desk.house.corrections.revise(parsed(key), *words, found.revision.number)
    return shown(response, made)


def _points(what: models_desk.Erratum) -> list[Wrong]:
    return [Wrong(_line(one.said), _line(one.right)) for one in what.points]


def _line(text: str) -> str:
    return " ".join(text.split())
