"""Decide: what editors do to an edition, each act a form of its own that works without scripts."""

import datetime as dt
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk import acts
from newsletter.desk.acts import LONGEST_REASON
from newsletter.desk.admission import READ, Admission, NotAllowed, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.revision import opened
from newsletter.errors import NewsletterError, ReviewError
from newsletter.review.desk import Revised, require_same
from newsletter.review.edition import EditionKey, State
from newsletter.review.roles import Act

router = APIRouter(include_in_schema=False, prefix="/editions/{key}")
Reader = Annotated[Visit, Depends(READ)]
Approver = Annotated[Visit, Depends(Admission(Act.APPROVE))]
Decider = Annotated[Visit, Depends(Admission(Act.DECIDE))]
Overrider = Annotated[Visit, Depends(Admission(Act.OVERRIDE))]
Sender = Annotated[Visit, Depends(Admission(Act.SEND))]
Content = Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, Form(max_length=LONGEST_REASON)]
Short = Annotated[str, Form(max_length=254)]

TESTS: Final = 20
TESTS_WINDOW: Final = dt.timedelta(hours=1)


@router.get("/decide")
def decide(request: Request, visit: Reader, key: str) -> Response:
    """Show every form there is, for browsers without scripts."""
    desk = newsroom(request)
    found = opened(desk, key)
    return desk.page(request, visit, "decide", found=found, **acts.words(desk, found, visit))


@router.get("/going")
def going(request: Request, visit: Reader, key: str, shown: str = "") -> Response:
    """Return how far a delivery is; a page that shows another state is loaded anew."""
    desk = newsroom(request)
    found = opened(desk, key)
    words = acts.words(desk, found, visit)
    answer = desk.page(request, visit, "_going", found=found, **words)
    if shown != ("paused" if words["paused"] else found.edition.state):
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/approve")
def approve(
    request: Request, visit: Approver, key: str, content: Content,
    when: Short = "later", at: Short = "",
) -> Response:  # fmt: skip
    """Sign exactly what was looked at; send it now or at an instant where that is asked."""
    desk, parsed = newsroom(request), EditionKey.parse(key)
    if when != "later" and not visit.may(Act.SEND):
        raise NotAllowed(f"{visit.editor} is {visit.role} and may not {Act.SEND}.")
    send_at = read_instant(at, visit) if when == "at" else None
    if send_at is not None:  # before anything is signed
        desk.house.planning.check(desk.house.editions.get(parsed), send_at)
    try:
        desk.house.desk.approve(parsed, visit.editor, content)
    except Revised as error:
        return changed(request, desk, visit, key, error)
    try:
        let_go(desk, visit.editor, parsed, content, when, send_at)
    except NewsletterError as error:
        raise ReviewError(f"{key} is approved, but does not go out: {error}") from error
    return done(request, key)


@router.post("/send")
def send(
    request: Request, visit: Sender, key: str, content: Content,
    when: Short = "now", at: Short = "",
) -> Response:  # fmt: skip
    """Begin to send an approved edition, or plan it."""
    desk, parsed = newsroom(request), EditionKey.parse(key)
    send_at = read_instant(at, visit) if when == "at" else None
    try:
        let_go(desk, visit.editor, parsed, content, when, send_at)
    except Revised as error:
        return changed(request, desk, visit, key, error)
    return done(request, key)


def let_go(
    desk: Newsroom, editor: str, key: EditionKey, content: str, when: str,
    send_at: dt.datetime | None,
) -> None:  # fmt: skip
    """Begin to send an approved edition, or plan it.

    Parameters
    ----------
    desk : Newsroom
        Where it lies.
    editor : str
        Who lets it go.
    key : EditionKey
        The edition.
    content : str
        The hash of what they looked at.
    when : str
        ``now``, or anything else for not now.
    send_at : datetime.datetime or None
        Aware instant of the plan, which goes before `when`.

    Raises
    ------
    Revised
        If the latest revision is another than they looked at.
    ReviewError, SendRefused
        If it cannot go out, or goes out already.
    """
    if send_at is not None:
        desk.house.planning.plan(key, editor, send_at, content)
    elif when == "now":
        edition = desk.house.desk.refreshed(key)
        require_same(edition, content)
        acts.require_can_go(desk, edition)
        if not desk.runs.begin("deliver", str(key)):
            raise ReviewError(f"A delivery of {key} goes on already.")
        desk.record(editor, "send begun", str(key), content=content)


@router.post("/unplan")
def unplan(request: Request, visit: Sender, key: str) -> Response:
    """Take the plan away; the edition stays approved."""
    newsroom(request).house.planning.drop(EditionKey.parse(key), visit.editor)
    return done(request, key)


@router.post("/reject")
def reject(
    request: Request, visit: Decider, key: str, content: Content, reason: Reason
) -> Response:
    """Reject it."""
    return _decided(request, visit, key, State.REJECTED, reason, content)


@router.post("/hold")
def hold(request: Request, visit: Decider, key: str, content: Content, reason: Reason) -> Response:
    """Hold it back."""
    return _decided(request, visit, key, State.HELD, reason, content)


@router.post("/cancel")
def cancel(
    request: Request, visit: Decider, key: str, content: Content, reason: Reason
) -> Response:
    """Cancel it for good."""
    return _decided(request, visit, key, State.CANCELLED, reason, content)


@router.post("/stop")
def stop(request: Request, visit: Sender, key: str, reason: Reason) -> Response:
    """Stop an edition that goes out; who has it has it."""
    return _decided(request, visit, key, State.CANCELLED, reason, "")


def _decided(
    request: Request, visit: Visit, key: str, state: State, reason: str, content: str
) -> Response:
    desk = newsroom(request)
    if not reason.strip():
        raise ReviewError("Say why, in one sentence; it is kept in the audit log.")
    try:
        desk.house.desk.decide(EditionKey.parse(key), state, visit.editor, reason, content)
    except Revised as error:
        return changed(request, desk, visit, key, error)
    return done(request, key)


@router.post("/release")
def release(request: Request, visit: Decider, key: str) -> Response:
    """Put it back into review; it takes an approval anew."""
    house = newsroom(request).house
    lifetime = dt.timedelta(hours=house.config.review.expires_after_hours)
    house.desk.release(EditionKey.parse(key), visit.editor, lifetime)
    return done(request, key)


@router.post("/override")
def override(
    request: Request, visit: Overrider, key: str, content: Content, finding: Short, reason: Reason
) -> Response:
    """Answer for a blocking finding."""
    desk = newsroom(request)
    try:
        desk.house.desk.override(EditionKey.parse(key), finding, visit.editor, reason, content)
    except Revised as error:
        return changed(request, desk, visit, key, error)
    return done(request, key, "?panel=findings")


@router.post("/test")
def test(request: Request, visit: Sender, key: str, address: Short) -> Response:
    """Send one copy, marked as a test; the delivery ledger knows nothing of it."""
    desk, address = newsroom(request), address.strip()
    send_copy(desk, visit.editor, key, address)
    said = f"A test copy went to {address}."
    if request.headers.get("hx-request"):
        return desk.page(request, visit, "_done", said=said)
    return desk.page(request, visit, "decided", said=said, key=key)


def send_copy(desk: Newsroom, editor: str, key: str, address: str) -> None:
    """Send a test copy, and record who sent it where.

    Raises
    ------
    ReviewError
        If there were too many within the hour, or it could not be sent.
    """
    if not desk.guard.limiter.allow("test copy", editor, TESTS, TESTS_WINDOW):
        raise ReviewError(f"{TESTS} test copies within an hour are enough; try again later.")
    try:
        desk.house.pipeline.send_test(key, address)
    except NewsletterError as error:
        raise ReviewError(f"No test copy went to {address[:80]}: {error}") from error
    desk.record(editor, "test sent", key, to=address)


# -- answers -------------------------------------------------------------------------------


def done(request: Request, key: str, query: str = "") -> Response:
    """Show the edition as it stands now."""
    way = f"/editions/{EditionKey.parse(key)}{query}"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": way})
    return RedirectResponse(way, 303)


def changed(request: Request, desk: Newsroom, visit: Visit, key: str, error: Revised) -> Response:
    """Tell that somebody has revised the edition meanwhile, and where the revision is."""
    name = "_changed" if request.headers.get("hx-request") else "changed"
    return desk.page(request, visit, name, 409, said=str(error), key=str(EditionKey.parse(key)))


def read_instant(text: str, visit: Visit) -> dt.datetime:
    """Read what a field for date and time holds, in the editor's zone.

    Raises
    ------
    ReviewError
        If it is none.
    """
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ReviewError("Say when it is to go out: a date and a time.") from error
    return found if found.tzinfo else found.replace(tzinfo=visit.zone)
