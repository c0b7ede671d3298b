"""The readers. What names one of them is kept in no answer, and is never part of an address."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from newsletter.desk import sheets
from newsletter.desk.api import models_out
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import newsroom
from newsletter.desk.rooms import audience
from newsletter.errors import ConfigError
from newsletter.review.roles import Act
from newsletter.send.addresses import clean_name, normalise

router = APIRouter(tags=["readers"], route_class=Once)
Keeper = Annotated[Caller, Depends(Key(Act.READERS))]
CSV: Final[dict[int | str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("/readers", responses=told())
def count_readers(request: Request, caller: Keeper) -> models_out.Audience:
    """Count readers by list, status and segment, and how many came and went by month."""
    del caller
    desk = newsroom(request)
    book = desk.house.audience
    months = [models_out.Month(month=m, came=came, went=went) for m, came, went in book.months()]
    counts = {saved.name: count for saved, count in audience.segments(desk)}
    return models_out.Audience(lists=book.stats(), months=months, segments=counts)


@router.post("/readers/search", responses=told(400))
def find_readers(request: Request, caller: Keeper, what: models_out.Beginning) -> models_out.Found:
    """Find subscriptions whose address begins so; it changes nothing and takes no key to repeat.

    It is a POST so that no address stands in a server's log.
    """
    del caller
    text, most = what.text.strip(), audience.FOUND
    rows = newsroom(request).house.audience.beginning(text, most + 1) if text else []
    items = [models_out.Subscription.of(one) for one in rows[:most]]
    return models_out.Found(items=items, more=len(rows) > most)


@router.post(
    "/readers/export", response_class=StreamingResponse, responses={**CSV, **told(400)}
)  # fmt: skip
def export(request: Request, caller: Keeper) -> Response:
    """Return every subscription as CSV; the audit log keeps who did."""
    desk = newsroom(request)
    desk.record(caller.editor, "exported readers", "audience")
    rows = sheets.lines(audience.COLUMNS, desk.house.audience.all())
    headers = {"Content-Disposition": 'attachment; filename="readers.csv"'}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/readers/{id}", responses=told(404))
def show_reader(request: Request, caller: Keeper, id: models_out.Id) -> models_out.Reader:
    """Show what is kept about one subscription."""
    del caller
    desk = newsroom(request)
    found = audience.found_reader(desk, id)
    sent = desk.house.deliveries.of_reader(id, audience.DELIVERIES)
    return models_out.Reader(
        **models_out.Subscription.of(found).model_dump(),
        consent=audience.consented(found.consent), called=audience.alias(desk, found.subscriber),
        deliveries=[
            models_out.Got(edition=row.edition, state=row.state, at=row.at) for row in sent
        ],
    )  # fmt: skip


@router.post("/readers", status_code=201, responses=acted())
def add_reader(
    request: Request, caller: Keeper, what: models_out.Joining, once: IdempotencyKey
) -> models_out.Joined:
    """Add a reader to a list, with how they consented.

    Who is on it already stays as they are, and `new` is false: somebody who unsubscribed stays
    unsubscribed, for only they can undo that.
    """
    del once
    desk, house = newsroom(request), newsroom(request).house
    lists = sorted({kind.list for kind in house.config.editions.values()})
    if what.list not in lists:
        raise ConfigError(f"There is no list {what.list[:40]!r}; editions use {', '.join(lists)}.")
    now = desk.now()
    evidence = {"how": what.consent, "at": now.isoformat(), "by": caller.editor}
    reader, new = house.audience.add(
        normalise(what.address), clean_name(what.name), what.list, evidence, now
    )
    if new:
        who = audience.alias(desk, reader)
        desk.record(caller.editor, "added a reader", who, list=what.list, by="a program")
    return models_out.Joined(id=reader.id, list=reader.list, active=reader.active, new=new)


@router.post("/readers/{id}/unsubscribe", responses=acted(404))
def unsubscribe(
    request: Request, caller: Keeper, id: models_out.Id, why: models_out.Short,
    once: IdempotencyKey,
) -> models_out.Joined:  # fmt: skip
    """End a subscription; only the reader can undo that. Leave addresses out of the reason."""
    del once
    desk = newsroom(request)
    audience.end(desk, caller.editor, id, why.reason)
    reader = audience.found_reader(desk, id).subscriber
    return models_out.Joined(id=id, list=reader.list, active=reader.active, new=False)


@router.post("/readers/{id}/erase", responses=acted(404))
def erase(
    request: Request, caller: Keeper, id: models_out.Id, what: models_out.Typed,
    once: IdempotencyKey,
) -> models_out.Erased:  # fmt: skip
    """Remove everything that is kept about a reader's address, given once more as a proof."""
    del once
    who, count = audience.erase_reader(newsroom(request), caller.editor, id, what.address)
    return models_out.Erased(called=who, subscriptions=count)
