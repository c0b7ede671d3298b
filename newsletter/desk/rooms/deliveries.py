"""Deliveries: how far an edition is on its way out, and what a person must decide about it."""

import datetime as dt
import math
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk import drawing
from newsletter.desk.admission import READ, Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.desk.rooms.audience import alias, masked
from newsletter.errors import NotFound, ReviewError, SendRefused
from newsletter.review.edition import Edition, EditionKey, State, content_hash
from newsletter.review.roles import Act
from newsletter.send.deliver import resend_doubtful
from newsletter.send.delivery import OPEN, Delivery, DeliveryState
from newsletter.send.message import FrozenMessage
from newsletter.underway import lasting

ROOM = Room("Deliveries", "/deliveries", 50, key="d")
router = APIRouter(include_in_schema=False, prefix="/deliveries")
Reader = Annotated[Visit, Depends(READ)]
Sender = Annotated[Visit, Depends(Admission(Act.SEND))]
Page = Annotated[int, Query(ge=1, le=100_000)]
Words = dict[str, Any]

PAGE: Final = 50
REPLIES: Final = 12
TEMPO: Final = dt.timedelta(seconds=60)
"""Over how long the present pace is taken."""
HEARD: Final = (
    "confirmed", "delayed", "bounced", "blocked", "complained", "unsubscribed",
)  # fmt: skip
"""What is told of what came back, in this order."""
AGAIN, DELIVERED = "again", "delivered"


@router.get("")
def show(request: Request, visit: Reader, page: Page = 1) -> Response:
    """Show every edition that has gone out, or is going."""
    desk = newsroom(request)
    keys, total = desk.house.deliveries.editions(PAGE, (page - 1) * PAGE)
    counts = desk.house.deliveries.counted(keys)
    paused = desk.house.pauses.all()
    rows = [{"key": key, "paused": paused.get(key), **_counted(counts[key])} for key in keys]
    pages = max(1, math.ceil(total / PAGE))
    return desk.page(request, visit, "deliveries", rows=rows, number=page, pages=pages, total=total)


@router.get("/{key}")
def one(request: Request, visit: Reader, key: str, state: str = "", page: Page = 1) -> Response:
    """Show one edition's delivery, reader by reader."""
    desk = newsroom(request)
    chosen = _state_named(state)
    words = _progress(desk, key)
    count = words["counts"].get(state, 0) if state else words["total"]
    book, may = desk.house.deliveries, visit.may(Act.READERS)
    rows = [_row(row, may) for row in book.page(key, chosen, PAGE, (page - 1) * PAGE)]
    doubtful = [_row(row, may) for row in book.in_doubt(key)[:PAGE]]
    # Servers repeat addresses in what they answer.
    replies = book.replies(key, REPLIES) if may else []
    return desk.page(
        request, visit, "delivery", rows=rows, doubtful=doubtful, chosen=state, number=page,
        pages=max(1, math.ceil(count / PAGE)), replies=replies, **words,
    )  # fmt: skip


@router.get("/{key}/state")
def state(request: Request, visit: Reader, key: str, shown: str = "") -> Response:
    """Return what changes by itself; a page that shows another state is loaded anew."""
    desk = newsroom(request)
    words = _progress(desk, key)
    answer = desk.page(request, visit, "_delivery", **words)
    if shown and shown != words["stands"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/{key}/doubt")
def decide(
    request: Request, visit: Sender, key: str,
    reader: Annotated[str, Form(max_length=64)] = "",
    decision: Annotated[str, Form(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Decide about a copy of which nobody knows whether it arrived."""
    desk = newsroom(request)
    edition = desk.house.editions.get(EditionKey.parse(key))
    row = desk.house.deliveries.row(key, reader)
    if row is None or row.state is not DeliveryState.IN_DOUBT:
        raise ReviewError("This copy is not in doubt any more; load the page again.")
    if decision == AGAIN:
        _send_again(desk, edition, row, visit.editor)
    elif decision == DELIVERED:
        said = f"taken as delivered by decision of {visit.editor}"
        if not desk.house.deliveries.settle(row, DeliveryState.ACCEPTED, said, desk.now()):
            raise ReviewError("Somebody else decided this a moment ago; load the page again.")
    else:
        raise ReviewError("Decide either to send again or to take the copy as delivered.")
    desk.record(visit.editor, "decided a doubt", key, decision=decision,
                reader=alias(desk, row.subscriber))  # fmt: skip
    return RedirectResponse(f"/deliveries/{edition.key}", 303)


def _send_again(desk: Newsroom, edition: Edition, row: Delivery, editor: str) -> None:
    house, pipeline = desk.house, desk.house.pipeline
    kind, approval, revision = (
        house.config.kind(edition.key.kind), edition.approval, edition.revision
    )  # fmt: skip
    if edition.state not in {State.SENDING, State.SENT} or approval is None or kind is None:
        raise SendRefused(f"{edition.key} is {edition.state}; nothing of it is sent.")
    house.pausing.require_running(edition)
    mail, ledger = pipeline.mail(revision.rendered), pipeline.ledger(revision.ledger)
    kept = FrozenMessage.from_bytes(pipeline.artefacts.get("message", str(edition.key)))
    made = FrozenMessage.of(
        mail, house.config.senders[kind.sender], house.config.publication, edition.key, kind.list,
        approval.at, counted=kept.counted,
    )  # fmt: skip
    whole = content_hash(mail.sha256, ledger.sha256) == approval.content
    if not (whole and kept.says_the_same_as(made)):
        raise SendRefused(
            f"The frozen message of {edition.key} is not the approved mail; nothing is sent. Find "
            "out who changed the database."
        )
    resend_doubtful(
        kept.signed_by(house.stamp(kind.sender)), house.signer, house.transport(kind.sender),
        house.deliveries, house.clock,
        readers=[row.subscriber.id], decided_by=editor,
    )  # fmt: skip


def _progress(desk: Newsroom, key: str) -> Words:
    edition = desk.house.editions.get(EditionKey.parse(key))
    counted = _counted(desk.house.deliveries.counts(key))
    paused = desk.house.pausing.of(edition)
    numbers, unread = desk.house.numbers(edition.key), desk.house.reports.waiting_count()
    heard = numbers.plain()
    going = edition.state is State.SENDING and bool(counted["waiting"])
    pace = _pace(desk, key, counted["waiting"]) if going and paused is None else ""
    return {
        "key": key, "edition": edition, "going": going, "pace": pace, "paused": paused,
        "stands": "paused" if paused else str(edition.state), "unread": unread,
        "heard": {name: heard[name] for name in HEARD if heard[name]}, "numbers": numbers,
        "opens": numbers.counts, "ways": desk.house.handed_over.of(key), **counted,
    }  # fmt: skip


def _pace(desk: Newsroom, key: str, waiting: int) -> str:
    """Return how quickly copies go out, and how long the rest takes at that pace."""
    now = desk.now()
    done, first = desk.house.deliveries.settled_since(key, now - TEMPO)
    if not done or first is None:
        return "Nothing has gone out in the last minute; it may be resting before another try."
    rate = done / max(1.0, (now - first).total_seconds())
    each = f"{rate:,.0f} a second" if rate >= 1 else f"{60 * rate:,.0f} a minute"
    return f"{each}; about {lasting(int(waiting / rate))} left at this pace."


def _counted(counts: dict[DeliveryState, int]) -> Words:
    ordered = {str(state): counts[state] for state in _ORDER if counts.get(state)}
    total = sum(ordered.values())
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in ordered.items())
    return {
        "counts": ordered, "total": total, "waiting": sum(counts.get(s, 0) for s in OPEN),
        "in_doubt": counts.get(DeliveryState.IN_DOUBT, 0),
        "bar": drawing.shares(ordered, f"Of {total:,} readers: {told or 'none'}"),
    }  # fmt: skip


_ORDER: Final = (
    DeliveryState.ACCEPTED, DeliveryState.SENDING, DeliveryState.DOT_SENT, DeliveryState.DEFERRED,
    DeliveryState.IN_DOUBT, DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.SUPPRESSED,
    DeliveryState.QUEUED,
)  # fmt: skip


def _row(row: Delivery, may: bool) -> Words:
    email = row.subscriber.email
    return {"row": row, "address": (email or "erased") if may else masked(email)}


def _state_named(state: str) -> DeliveryState | None:
    if not state:
        return None
    if state not in set(DeliveryState):
        raise NotFound(f"Copies are never {state[:20]!r}; there are {', '.join(DeliveryState)}.")
    return DeliveryState(state)
