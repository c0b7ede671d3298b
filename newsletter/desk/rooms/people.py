"""People: who is at the desk, in what role, and how somebody new gets in."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk import inviting
from newsletter.desk.admission import Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.desk.security.own import release
from newsletter.desk.security.totp import reset
from newsletter.errors import ConfigError, NewsletterError, NotFound
from newsletter.review.desk import AuditEntry
from newsletter.review.roles import Act, Role

ROOM = Room("People", "/people", 70, Act.PEOPLE, "p")
router = APIRouter(include_in_schema=False, prefix="/people")
Chief = Annotated[Visit, Depends(Admission(Act.PEOPLE))]
Text = Annotated[str, Form(max_length=254)]
Words = dict[str, Any]

ROLES: Final = {
    Role.WRITER: "writes and runs",
    Role.EDITOR: "writes, approves and sends",
    Role.COMPLIANCE: "overrides findings and stops editions; writes nothing",
    Role.ADMIN: "does all of it and appoints people",
}
DONE: Final = {
    "role": "The role is changed; it holds from this moment on.",
    "dismissed": "They are no longer at the desk; every session of theirs has ended.",
    "identity": "The identity is released; the next who signs in with that address is bound anew.",
    "authenticator": "The authenticator is void; the next login sets up a new one.",
}


@router.get("")
def people(request: Request, visit: Chief, done: str = "") -> Response:
    """Show the page."""
    return _page(newsroom(request), request, visit, done=DONE.get(done, ""))


@router.post("/invite")
def invite(
    request: Request, visit: Chief, name: Text, email: Text, role: Annotated[Role, Form()]
) -> Response:
    """Appoint somebody new, or again, and show the link that lets them choose a password."""
    desk = newsroom(request)
    try:
        name = inviting.appoint(desk, visit.editor, name, email, role)
    except (NewsletterError, ConfigError) as error:
        typed = {"name": name, "email": email, "role": role}
        return _page(desk, request, visit, 422, problem=str(error), typed=typed)
    return _invited(desk, request, visit, name)


@router.post("/invitation")
def invite_again(request: Request, visit: Chief, name: Text) -> Response:
    """Make a new invitation; earlier ones of the same editor are void."""
    return _invited(newsroom(request), request, visit, name)


@router.post("/role")
def appoint(request: Request, visit: Chief, name: Text, role: Annotated[Role, Form()]) -> Response:
    """Give somebody another role."""
    desk = newsroom(request)
    before = desk.house.editors.role(name)
    detail = {"role": str(role), "before": str(before)}
    entry = AuditEntry(desk.now(), visit.editor, "appointed", name, detail)
    return _done(request, visit, "role", lambda: desk.house.staff.appoint(name, role, entry))


@router.post("/dismiss")
def dismiss(request: Request, visit: Chief, name: Text) -> Response:
    """Take all rights away and end every session."""
    desk = newsroom(request)
    entry = AuditEntry(desk.now(), visit.editor, "dismissed", name)
    return _done(request, visit, "dismissed", lambda: desk.house.staff.dismiss(name, entry))


@router.post("/authenticator")
def new_authenticator(request: Request, visit: Chief, name: Text) -> Response:
    """Void somebody's authenticator."""
    house = newsroom(request).house
    return _done(
        request, visit, "authenticator",
        lambda: reset(house.access, house.clock, name, visit.editor),
    )  # fmt: skip


@router.post("/identity")
def release_identity(request: Request, visit: Chief, name: Text) -> Response:
    """Unbind somebody from who a provider of identities says they are."""
    house = newsroom(request).house
    return _done(
        request, visit, "identity",
        lambda: release(house.access, house.clock, name, visit.editor),
    )  # fmt: skip


def _done(request: Request, visit: Visit, what: str, do: Any) -> Response:
    try:
        do()
    except NewsletterError as error:
        status = 404 if isinstance(error, NotFound) else 409
        return _page(newsroom(request), request, visit, status, problem=str(error))
    return RedirectResponse(f"/people?done={what}", 303)


def _invited(desk: Newsroom, request: Request, visit: Visit, name: str) -> Response:
    try:
        link, went, told = inviting.invite(desk, visit.editor, name)
    except (NewsletterError, ConfigError) as error:
        return _page(desk, request, visit, 422, problem=str(error))
    told = told if went else f"{told} Hand the link over yourself."
    return _page(desk, request, visit, link={"url": link, "name": name, "told": told})


def _page(
    desk: Newsroom, request: Request, visit: Visit, status: int = 200, **words: Any
) -> Response:
    told: Words = {
        "done": "", "problem": "", "link": None, "typed": {"name": "", "email": "", "role": ""},
        "people": _people(desk, visit), "roles": ROLES,
    }  # fmt: skip
    told["sign_on"], told["by_password"] = desk.house.config.desk.oidc, desk.by_password
    return desk.page(request, visit, "people", status, **told | words)


def _people(desk: Newsroom, visit: Visit) -> list[Words]:
    seen, settings = desk.house.staff.last_seen(), desk.house.config.desk.oidc
    bound = desk.house.access.identities.bound(settings.issuer) if settings else {}
    rows = []
    for one in desk.house.editors.all():
        credential = desk.house.access.credential(one.name)
        rows.append({
            "name": one.name, "email": one.email, "role": one.role, "active": one.active,
            "own": one.name == visit.editor, "seen": seen.get(one.name),
            "entered": bool(credential and credential.password) or one.name in bound,
            "bound": one.name in bound,
            "factor": bool(credential and credential.totp_on),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (not row["active"], row["name"].casefold()))
