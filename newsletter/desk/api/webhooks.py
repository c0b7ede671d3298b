"""Addresses that are told of events. A secret is shown, and stands in no kept answer."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request

from newsletter.desk.api import models_out
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.hooks import register, secret
from newsletter.desk.newsroom import newsroom
from newsletter.desk.outgoing import Outgoing
from newsletter.review.desk import AuditEntry
from newsletter.review.roles import Act

router = APIRouter(tags=["webhooks"], route_class=Once)
Chief = Annotated[Caller, Depends(Key(Act.PEOPLE))]


@router.get("/webhooks", responses=told())
def list_webhooks(request: Request, caller: Chief) -> list[models_out.Webhook]:
    """List the addresses, newest first."""
    del caller
    book = newsroom(request).house.webhooks
    return [models_out.Webhook.of(one) for one in book.all()]


@router.get("/webhooks/{id}/log", responses=told(404))
def show_log(request: Request, caller: Chief, id: models_out.Id) -> list[models_out.Telling]:
    """List what an address was last told, newest first, and how it answered."""
    del caller
    book = newsroom(request).house.webhooks
    return [models_out.Telling.model_validate(one) for one in book.log(book.get(id).id)]


@router.post("/webhooks/{id}/secret", responses=told(400, 404))
def show_secret(request: Request, caller: Chief, id: models_out.Id) -> models_out.Secret:
    """Show the secret with which an address is signed to; the audit log keeps who saw it."""
    desk = newsroom(request)
    found = desk.house.webhooks.get(id)
    desk.record(caller.editor, "webhook secret shown", found.id, by="a program")
    return models_out.Secret(id=found.id, secret=secret(desk.house.desk_key, found.id))


@router.post("/webhooks", status_code=201, responses=acted())
def add_webhook(
    request: Request, caller: Chief, what: models_out.Hooking, once: IdempotencyKey
) -> models_out.Webhook:
    """Register an address; ask for its secret next."""
    del once
    way: Outgoing = request.app.state.outgoing
    made = register(newsroom(request).house, way, what.url, what.events, caller.editor)
    return models_out.Webhook.of(made)


@router.post("/webhooks/{id}/{what}", responses=acted(404))
def switch_webhook(
    request: Request, caller: Chief, id: models_out.Id, what: Literal["on", "off", "test"],
    once: IdempotencyKey,
) -> models_out.Webhook:  # fmt: skip
    """Tell an address of events again, or no more; or a test, to see whether it listens."""
    del once
    desk = newsroom(request)
    book = desk.house.webhooks
    action = "webhook tested" if what == "test" else f"webhook {what}"
    entry = AuditEntry(desk.now(), caller.editor, action, id)
    if what == "test":
        book.test(id, entry)
    else:
        book.switch(id, entry, on=what == "on")
    return models_out.Webhook.of(book.get(id))


@router.delete("/webhooks/{id}", responses=acted(404))
def remove_webhook(
    request: Request, caller: Chief, id: models_out.Id, once: IdempotencyKey
) -> models_out.Webhook:
    """Remove an address, and what was told to it."""
    del once
    desk = newsroom(request)
    found = desk.house.webhooks.get(id)
    desk.house.webhooks.remove(id, AuditEntry(desk.now(), caller.editor, "webhook removed", id))
    return models_out.Webhook.of(found)
