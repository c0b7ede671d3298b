"""Account: an editor's own password, second factor, time zone, sessions and programs' keys."""

import functools
from collections.abc import Callable
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk.admission import READ, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.security.login import Step
from newsletter.desk.security.own import confirm, has_password, new_codes
from newsletter.desk.security.programs import make
from newsletter.desk.security.sessions import COOKIE, IDLE, cookie
from newsletter.desk.security.totp import reset
from newsletter.errors import NewsletterError, NotFound, ReviewError
from newsletter.review.access import Stage
from newsletter.review.desk import AuditEntry
from newsletter.review.tokens import OPENS, Scope

router = APIRouter(include_in_schema=False, prefix="/account")
Reader = Annotated[Visit, Depends(READ)]
Text = Annotated[str, Form(max_length=600)]

SCOPES: Final = {
    Scope.READ: "read editions, proofs, figures and the audit log",
    Scope.WRITE: "run and revise editions, add facts, comment",
    Scope.DECIDE: "approve, reject, hold, release, cancel and override",
    Scope.SEND: "send, schedule and stop editions, send test copies",
    Scope.READERS: "see readers and their addresses, add, unsubscribe and erase them",
    Scope.ADMIN: "see and dismiss people, set up webhooks",
    Scope.PEOPLE: "invite people and change roles: whoever finds this key can let anybody in",
}
DONE: Final = {
    "password": "The password is changed; every other session of yours has ended.",
    "zone": "Times are told in that zone from now on.",
    "sessions": "Every other session of yours has ended.",
    "key": "The key is revoked; whoever uses it is turned away.",
}


@router.get("")
def account(request: Request, visit: Reader, done: str = "") -> Response:
    """Show the page."""
    return _page(request, visit, done=DONE.get(done, ""))


@router.post("/password")
def change_password(request: Request, visit: Reader, old: Text, new: Text, again: Text) -> Response:
    """Put a password in the place of another."""
    desk = newsroom(request)
    if new != again:
        return _page(request, visit, 422, problem="The two differ; type the same twice.")
    try:
        found = desk.guard.login.change_password(
            request.cookies.get(COOKIE), old, new, ip=_address(request)
        )
    except NewsletterError as error:
        return _page(request, visit, 422, problem=str(error))
    if found.step is not Step.IN:
        return _page(request, visit, 422, problem=found.words)
    answer = RedirectResponse("/account?done=password", 303)
    answer.set_cookie(**cookie(found.token))
    return answer


@router.post("/authenticator")
def new_authenticator(request: Request, visit: Reader, password: Text = "") -> Response:
    """Void the authenticator, and go on to set up a new one."""
    desk, house = newsroom(request), newsroom(request).house

    def do() -> Response:
        reset(house.access, house.clock, visit.editor, visit.editor)
        agent = request.headers.get("user-agent", "")
        token = desk.guard.sessions.begin(visit.editor, Stage.PASSWORD, agent)
        answer = RedirectResponse("/login/enrol?then=/account", 303)
        if token:
            answer.set_cookie(**cookie(token))
        return answer

    return _confirmed(request, visit, password, do)


@router.post("/codes")
def recovery_codes(request: Request, visit: Reader, password: Text = "") -> Response:
    """Make new recovery codes, and show them this one time."""
    desk = newsroom(request)

    def do() -> Response:
        codes, hashes = new_codes(desk.guard, visit.editor)
        entry = AuditEntry(desk.now(), visit.editor, "recovery codes made", visit.editor)
        desk.house.staff.renew_codes(visit.editor, hashes, entry)
        return desk.page(request, visit, "recovery", codes=codes, then="/account")

    return _confirmed(request, visit, password, do)


@router.post("/zone")
def set_zone(request: Request, visit: Reader, zone: Text) -> Response:
    """Choose the zone in which times are told; an empty one is the publication's."""
    desk = newsroom(request)
    try:
        if zone and zone not in _zones():
            raise ReviewError(f"{zone[:64]!r} is no time zone; one looks like Europe/Vienna.")
        desk.house.access.set_zone(visit.editor, zone)
    except NewsletterError as error:
        return _page(request, visit, 422, problem=str(error))
    desk.record(visit.editor, "time zone set", visit.editor, zone=zone)
    return RedirectResponse("/account?done=zone", 303)


@router.post("/sessions")
def end_others(request: Request, visit: Reader) -> Response:
    """End every session but this one."""
    desk = newsroom(request)
    entry = AuditEntry(desk.now(), visit.editor, "other sessions ended", visit.editor)
    desk.house.staff.end_other_visits(visit.editor, visit.session, entry)
    return RedirectResponse("/account?done=sessions", 303)


@router.post("/keys")
def make_key(
    request: Request,
    visit: Reader,
    name: Text,
    days: Annotated[int, Form()],
    password: Text = "",
    scope: Annotated[list[Scope] | None, Form()] = None,
) -> Response:
    """Make a key for a program, and show it this one time."""
    desk = newsroom(request)

    def do() -> Response:
        chosen = [one for one in scope or () if one in _open_to(visit)]
        _, key = make(desk.house.api, desk.house.clock, visit.editor, name, chosen, days)
        return _page(request, visit, key=key)

    return _confirmed(request, visit, password, do)


@router.post("/keys/revoke")
def revoke_key(request: Request, visit: Reader, id: Text) -> Response:
    """Revoke a program's key."""
    desk = newsroom(request)
    entry = AuditEntry(desk.now(), visit.editor, "key revoked", visit.editor, {"key": id[:32]})
    try:
        desk.house.api.revoke(id, visit.editor, entry)
    except NotFound as error:
        return _page(request, visit, 404, problem=str(error))
    return RedirectResponse("/account?done=key", 303)


def _confirmed(
    request: Request, visit: Visit, password: str, do: Callable[[], Response]
) -> Response:
    try:
        token = request.cookies.get(COOKIE)
        confirm(newsroom(request).guard, visit.editor, password, _address(request), token)
        return do()
    except NewsletterError as error:
        return _page(request, visit, 422, problem=str(error))


def _page(request: Request, visit: Visit, status: int = 200, **words: Any) -> Response:
    desk = newsroom(request)
    return desk.page(request, visit, "account", status, **_words(desk, visit) | words)


def _words(desk: Newsroom, visit: Visit) -> dict[str, Any]:
    access, now = desk.house.access, desk.now()
    credential = access.credential(visit.editor)
    sessions = [
        one for one in access.visits(visit.editor, now)
        if one.stage is Stage.WHOLE and one.seen_at > now - IDLE
    ]  # fmt: skip
    return {
        "done": "", "problem": "", "key": "", "zones": _zones(), "sessions": sessions,
        "sign_on": desk.house.config.desk.oidc,
        "has_password": has_password(desk.guard, visit.editor),
        "own_zone": credential.zone if credential else "",
        "house_zone": desk.house.config.publication.time_zone,
        "factor": bool(credential and credential.totp_on),
        "codes_left": access.recovery_left(visit.editor), "keys": desk.house.api.of(visit.editor),
        "scopes": {scope: SCOPES[scope] for scope in _open_to(visit)},
    }  # fmt: skip


def _open_to(visit: Visit) -> list[Scope]:
    open_ = {scope for act, scope in OPENS.items() if visit.may(act)}
    return [scope for scope in Scope if scope in open_]


@functools.cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
