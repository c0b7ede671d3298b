"""Audience: how many readers there are, and what is kept about one of them.

Addresses are searched for by a form that is posted, so that none stands in an address bar, a
history or a server's log; and the audit log, which is kept for good, names a reader by a keyed
hash alone.
"""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import StreamingResponse

from newsletter.desk import drawing, sheets
from newsletter.desk.admission import Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import AuditEntry
from newsletter.review.roles import Act
from newsletter.send.delivery import Subscriber

ROOM = Room("Audience", "/audience", 40, Act.READERS, "r")
router = APIRouter(include_in_schema=False, prefix="/audience")
Keeper = Annotated[Visit, Depends(Admission(Act.READERS))]
Field = Annotated[str, Form(max_length=400)]
Words = dict[str, Any]

FOUND: Final = 50
MONTHS: Final = 24
DELIVERIES: Final = 60
COLUMNS: Final = ("email", "name", "list", "status", "added_at", "consent")


@router.get("")
def show(request: Request, visit: Keeper) -> Response:
    """Show counts and growth."""
    return _page(request, visit)


@router.post("/search")
def search(request: Request, visit: Keeper, text: Field = "") -> Response:
    """Show subscriptions whose address begins so."""
    text = text.strip()
    found = newsroom(request).house.audience.beginning(text, FOUND + 1) if text else []
    return _page(request, visit, text=text, found=found[:FOUND], more=len(found) > FOUND)


@router.post("/export")
def export(request: Request, visit: Keeper) -> Response:
    """Return every subscription as CSV."""
    desk = newsroom(request)
    desk.record(visit.editor, "exported readers", "audience")
    rows = sheets.lines(COLUMNS, desk.house.audience.all())
    headers = {"Content-Disposition": 'attachment; filename="readers.csv"'}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{id}")
def reader(request: Request, visit: Keeper, id: str) -> Response:
    """Show what is kept about one subscription."""
    return _reader(request, visit, id)


@router.post("/{id}/unsubscribe")
def unsubscribe(request: Request, visit: Keeper, id: str, reason: Field = "") -> Response:
    """End a subscription, for a reason that is kept."""
    end(newsroom(request), visit.editor, id, reason)
    return _reader(request, visit, id, said="Unsubscribed. Only the reader can undo that.")


def end(desk: Newsroom, editor: str, id: str, reason: str) -> None:
    """End a subscription; the audit log keeps who did it and why.

    Raises
    ------
    NotFound
        If there is no such reader.
    ReviewError
        If the reason is none, names an address, or the subscription has ended already.
    """
    found, reason = found_reader(desk, id), " ".join(reason.split())
    if not reason:
        raise ReviewError("Say why the subscription ends; the audit log keeps the reason.")
    if "@" in reason:
        raise ReviewError(
            "Leave addresses out of the reason: the audit log keeps it for good, and addresses "
            "must be erasable."
        )
    detail = {"list": found.subscriber.list, "reason": reason}
    who = alias(desk, found.subscriber)
    entry = AuditEntry(desk.now(), editor, "unsubscribed", who, detail)
    if not desk.house.audience.unsubscribe(id, entry):
        raise ReviewError("This subscription has ended already.")


@router.post("/{id}/erase")
def erase(request: Request, visit: Keeper, id: str, typed: Field = "") -> Response:
    """Remove everything that is kept about an address, if it was typed as a confirmation."""
    who, _ = erase_reader(newsroom(request), visit.editor, id, typed)
    return _page(request, visit, said=f"Erased. The audit log calls the reader {who}.")


def erase_reader(desk: Newsroom, editor: str, id: str, typed: str) -> tuple[str, int]:
    """Remove everything that is kept about a reader's address.

    Returns
    -------
    tuple of (str, int)
        What the audit log calls the reader, and how many subscriptions went.

    Raises
    ------
    NotFound
        If there is no such reader.
    ReviewError
        If what was typed is not their address.
    """
    found = found_reader(desk, id)
    if typed.strip().casefold() != found.subscriber.email.casefold():
        raise ReviewError(
            "What was typed is not the reader's address; nothing was erased. Type it as it stands "
            "on the page."
        )
    who = alias(desk, found.subscriber)
    entry = AuditEntry(desk.now(), editor, "erased", who)
    count: int = desk.house.audience.erase(found.subscriber.email, entry)
    if not count:
        raise NotFound("There is no such reader any more; somebody else erased them.")
    return who, count


def alias(desk: Newsroom, subscriber: Subscriber) -> str:
    """Return what the audit log calls a reader."""
    return desk.house.alias(subscriber.email)


def found_reader(desk: Newsroom, id: str) -> Any:
    """Return one subscription with all that is kept about it; NotFound where there is none."""
    found = desk.house.audience.reader(id)
    if found is None:
        raise NotFound("There is no such reader; they may have been erased.")
    return found


def segments(desk: Newsroom) -> list[tuple[Any, int]]:
    """Return every segment and how many readers of it get mail now."""
    house, found = desk.house, []
    for saved in house.segments.all():
        counts = house.audience.stats(house.segments.get(saved.name)).values()
        found.append((saved, sum(by.get("active", 0) for by in counts)))
    return found


def _page(request: Request, visit: Visit, **words: Any) -> Response:
    desk = newsroom(request)
    stats: dict[str, dict[str, int]] = desk.house.audience.stats()
    statuses = sorted({name for counts in stats.values() for name in counts} | {"active"})
    months = desk.house.audience.months()[-MONTHS:]
    came, went = (sum(row[place] for row in months) for place in (1, 2))
    label = f"New and lost subscriptions by month: {came:,} came and {went:,} went since "
    label += months[0][0] if months else ""
    given: Words = {"text": "", "found": None, "more": False, "said": ""} | words
    return desk.page(
        request, visit, "audience", stats=stats, statuses=statuses, months=months,
        drawn=drawing.months(months, label) if months else "", most=FOUND,
        segments=segments(desk), **given,
    )  # fmt: skip


def _reader(request: Request, visit: Visit, id: str, said: str = "") -> Response:
    desk = newsroom(request)
    found = found_reader(desk, id)
    others = [
        (one, consent) for one, consent in desk.house.audience.find(found.subscriber.email)
        if one.id != id
    ]  # fmt: skip
    return desk.page(
        request, visit, "reader", reader=found, consent=consented(found.consent), others=others,
        deliveries=desk.house.deliveries.of_reader(id, DELIVERIES), said=said,
        alias=alias(desk, found.subscriber),
    )  # fmt: skip


def consented(text: str) -> dict[str, str]:
    """Return a consent record's parts; one that is no record is shown as it stands."""
    try:
        held = json.loads(text or "{}")
    except ValueError:
        held = text
    return {str(k): str(v) for k, v in held.items()} if isinstance(held, dict) else {"": str(held)}


def masked(email: str) -> str:
    """Return an address for whoever may not see it: its initial and its country's ending.

    Examples
    --------
    >>> masked("ann@example.com")
    'a…@….com'
    """
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@….{domain.rpartition('.')[2]}" if domain else "erased"
