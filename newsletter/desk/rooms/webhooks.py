"""Webhooks: which other systems are told of events, and how the telling fares."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk.admission import Admission, Visit
from newsletter.desk.hooks import register, secret
from newsletter.desk.newsroom import newsroom
from newsletter.errors import NewsletterError, NotFound
from newsletter.review.desk import AuditEntry
from newsletter.review.events import Event
from newsletter.review.roles import Act

router = APIRouter(include_in_schema=False, prefix="/webhooks")
Chief = Annotated[Visit, Depends(Admission(Act.PEOPLE))]
Id = Annotated[str, Form(max_length=32)]

EVENTS: Final = {
    Event.IN_REVIEW: "an edition is ready to be reviewed, or was revised",
    Event.APPROVED: "an edition was approved",
    Event.SENT: "an edition was sent",
    Event.FAILED: "a run failed",
    Event.ALERT: "something is wrong, or gets worse",
    Event.ALERT_OVER: "it is over",
}
DONE: Final = {
    "test": "The test is on its way; the list below shows how it fares.",
    "off": "It is told nothing more; what waited for it is given up.",
    "on": "It is told of events again.",
    "removed": "It is removed, with what was told to it.",
}


@router.get("")
def webhooks(request: Request, visit: Chief, done: str = "") -> Response:
    """Show the page."""
    return _page(request, visit, done=DONE.get(done, ""))


@router.post("/add")
def add(
    request: Request,
    visit: Chief,
    url: Annotated[str, Form(max_length=2000)],
    event: Annotated[list[Event] | None, Form()] = None,
) -> Response:
    """Register an address, and show its secret."""
    house = newsroom(request).house
    try:
        made = register(house, request.app.state.outgoing, url, event or (), visit.editor)
    except NewsletterError as error:
        return _page(request, visit, 422, problem=str(error), typed=url)
    return _page(request, visit, shown=(made.url, secret(house.desk_key, made.id)))


@router.post("/secret")
def show_secret(request: Request, visit: Chief, id: Id) -> Response:
    """Show an address's secret again."""
    desk = newsroom(request)
    try:
        found = desk.house.webhooks.get(id)
    except NotFound as error:
        return _page(request, visit, 404, problem=str(error))
    desk.record(visit.editor, "webhook secret shown", found.id)
    return _page(request, visit, shown=(found.url, secret(desk.house.desk_key, found.id)))


@router.post("/test")
def test(request: Request, visit: Chief, id: Id) -> Response:
    """Tell an address of nothing, to see whether it listens."""
    book = newsroom(request).house.webhooks
    return _done(request, visit, id, "test", "webhook tested", lambda e: book.test(id, e))


@router.post("/off")
def off(request: Request, visit: Chief, id: Id) -> Response:
    """Tell an address nothing more."""
    book = newsroom(request).house.webhooks
    return _done(
        request, visit, id, "off", "webhook off", lambda e: book.switch(id, e, on=False)
    )  # fmt: skip


@router.post("/on")
def on(request: Request, visit: Chief, id: Id) -> Response:
    """Tell an address of events again."""
    book = newsroom(request).house.webhooks
    return _done(request, visit, id, "on", "webhook on", lambda e: book.switch(id, e, on=True))


@router.post("/remove")
def remove(request: Request, visit: Chief, id: Id) -> Response:
    """Remove an address."""
    book = newsroom(request).house.webhooks
    return _done(request, visit, id, "removed", "webhook removed", lambda e: book.remove(id, e))


def _done(
    request: Request, visit: Visit, id: str, what: str, action: str,
    do: Callable[[AuditEntry], None],
) -> Response:  # fmt: skip
    entry = AuditEntry(newsroom(request).now(), visit.editor, action, id)
    try:
        do(entry)
    except NotFound as error:
        return _page(request, visit, 404, problem=str(error))
    return RedirectResponse(f"/webhooks?done={what}", 303)


def _page(request: Request, visit: Visit, status: int = 200, **words: Any) -> Response:
    desk = newsroom(request)
    book = desk.house.webhooks
    told: dict[str, Any] = {
        "done": "", "problem": "", "typed": "", "shown": None, "events": EVENTS,
        "hooks": [(one, book.log(one.id)) for one in book.all()],
    }  # fmt: skip
    return desk.page(request, visit, "webhooks", status, **told | words)
