"""How an edition goes out: at once or by a plan, stopped, as a test; and how its copies fare."""

import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from newsletter.desk.admission import Visit
from newsletter.desk.api import models, models_out
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.conditions import IfMatch, named
from newsletter.desk.api.decisions import told as shown
from newsletter.desk.api.editions import Reader, edition, parsed
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import newsroom
from newsletter.desk.rooms import decide as deciding
from newsletter.desk.rooms import deliveries as copies
from newsletter.desk.rooms.audience import masked
from newsletter.errors import NotFound
from newsletter.review.edition import State
from newsletter.review.roles import Act
from newsletter.send.delivery import Delivery, DeliveryState

router = APIRouter(tags=["sending"], route_class=Once)
Sender = Annotated[Caller, Depends(Key(Act.SEND))]
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=100_000_000)]


@router.post("/editions/{key}/send", status_code=202, responses=acted(404, 412, 428))
def send(
    request: Request, caller: Sender, key: models.Key, once: IdempotencyKey,
    if_match: IfMatch = None,
) -> models.Begun:  # fmt: skip
    """Begin to send the approved content that If-Match names; a worker does."""
    del once
    desk = newsroom(request)
    deciding.let_go(desk, caller.editor, parsed(key), named(if_match), "now", None)
    return models.Begun(key=key, begun=True)


@router.post("/editions/{key}/schedule", responses=acted(404, 412, 428))
def schedule(
    request: Request, caller: Sender, key: models.Key, when: models_out.When,
    once: IdempotencyKey, if_match: IfMatch = None,
) -> models_out.Plan:  # fmt: skip
    """Let the approved content that If-Match names go out at an instant."""
    del once
    planning = newsroom(request).house.planning
    at = when.at.astimezone(dt.UTC)
    made = planning.plan(parsed(key), caller.editor, at, named(if_match))
    return models_out.Plan.model_validate(made)


@router.get("/editions/{key}/plan", responses=told(404))
def show_plan(request: Request, caller: Reader, key: models.Key) -> models_out.Plan:
    """Show when an edition goes out."""
    del caller
    desk = newsroom(request)
    found = desk.house.planning.of(edition(desk, key))
    if found is None:
        raise NotFound(f"{key} has no plan.")
    return models_out.Plan.model_validate(found)


@router.post("/editions/{key}/unschedule", responses=acted(404))
def unschedule(
    request: Request, response: Response, caller: Sender, key: models.Key, once: IdempotencyKey
) -> models.Edition:
    """Take an edition's plan away; it stays approved."""
    del once
    desk = newsroom(request)
    desk.house.planning.drop(parsed(key), caller.editor)
    return shown(response, edition(desk, key))


@router.post("/editions/{key}/stop", responses=acted(404))
def stop(
    request: Request, response: Response, caller: Sender, key: models.Key, why: models.Reason,
    once: IdempotencyKey,
) -> models.Edition:  # fmt: skip
    """Stop an edition that goes out, or is about to, whatever its content; who has it has it."""
    del once
    desk = newsroom(request).house.desk
    found = desk.decide(parsed(key), State.CANCELLED, caller.editor, why.reason)
    return shown(response, found)


@router.post("/editions/{key}/test", responses=acted(404))
def test_copy(
    request: Request, caller: Sender, key: models.Key, to: models_out.To, once: IdempotencyKey
) -> models_out.Sent:
    """Send one copy of the latest revision, marked as a test; it counts in no delivery."""
    del once
    desk = newsroom(request)
    edition(desk, key)
    deciding.send_copy(desk, caller.editor, key, to.address.strip())
    return models_out.Sent(key=key, sent=True)


# -- deliveries ------------------------------------------------------------------------------


@router.get("/deliveries", responses=told())
def list_deliveries(
    request: Request, caller: Reader, limit: Limit = 50, offset: Offset = 0
) -> models_out.DeliveriesPage:
    """List the editions that have gone out, or are going, latest session first."""
    del caller
    book = newsroom(request).house.deliveries
    keys, total = book.editions(limit, offset)
    counts = book.counted(keys)
    items = [models_out.Deliveries.of(key, counts[key]) for key in keys]
    following = offset + limit if offset + limit < total else None
    return models_out.DeliveriesPage(items=items, total=total, next=following)


@router.get("/editions/{key}/deliveries", responses=told(404))
def count_deliveries(request: Request, caller: Reader, key: models.Key) -> models_out.Deliveries:
    """Count an edition's copies by how they fare; no reader is named."""
    del caller
    desk = newsroom(request)
    found = str(edition(desk, key).key)
    return models_out.Deliveries.of(key, desk.house.deliveries.counts(found))


@router.get("/editions/{key}/numbers", responses=told(404))
def show_numbers(request: Request, caller: Reader, key: models.Key) -> models_out.Numbers:
    """Count what became of an edition, in readers; none is named."""
    del caller
    desk = newsroom(request)
    found = edition(desk, key).key
    numbers = desk.house.numbers(found).plain()
    return models_out.Numbers.model_validate({"key": str(found), **numbers})


@router.get("/editions/{key}/copies", responses=told(404))
def list_copies(
    request: Request, caller: Reader, key: models.Key,
    state: Annotated[DeliveryState | None, Query(description="Of this state alone.")] = None,
    limit: Limit = 100, offset: Offset = 0,
) -> models_out.Copies:  # fmt: skip
    """List an edition's copies, reader by reader; those in doubt wait for a decision.

    Addresses, and what servers answered, are told to keys with the scope `readers` alone.
    """
    desk = newsroom(request)
    book, found = desk.house.deliveries, str(edition(desk, key).key)
    counts = book.counts(found)
    total = sum(counts.values()) if state is None else counts.get(state, 0)
    may = caller.may(Act.READERS)
    items = [_copy(row, may) for row in book.page(found, state, limit, offset)]
    following = offset + limit if offset + limit < total else None
    return models_out.Copies(items=items, total=total, next=following)


@router.post("/editions/{key}/copies/{reader}/doubt", responses=acted(404))
def decide_doubt(
    request: Request, caller: Sender, key: models.Key, reader: models_out.Id,
    what: models_out.Doubt, once: IdempotencyKey,
) -> models_out.Copy:  # fmt: skip
    """Decide about a copy of which nobody knows whether it arrived.

    `again` sends it once more, so that the reader may get it twice; `delivered` takes it as
    delivered, so that they may never get it.
    """
    del once
    desk = newsroom(request)
    found = str(edition(desk, key).key)
    visit = Visit(caller.editor, caller.role, ZoneInfo("UTC"), "", "")
    copies.decide(request, visit, found, reader, what.decision)
    return _copy(desk.house.deliveries.row(found, reader), caller.may(Act.READERS))


def _copy(row: Delivery, may: bool) -> models_out.Copy:
    email = row.subscriber.email
    return models_out.Copy(
        reader=row.subscriber.id, state=row.state, attempts=row.attempts, at=row.at,
        address=(email or "erased") if may else masked(email), reply=row.reply if may else None,
    )  # fmt: skip
