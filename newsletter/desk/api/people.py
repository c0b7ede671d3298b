"""People: who is at the desk, and in what role.

Seeing and dismissing them takes the scope ``admin``. Letting somebody in takes one of its own,
``people``, which few keys should have; and what lets them in goes to them alone, by mail.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from newsletter.desk import inviting
from newsletter.desk.api import models, models_desk
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.security.own import release
from newsletter.desk.security.totp import reset
from newsletter.errors import NotFound
from newsletter.review.desk import AuditEntry
from newsletter.review.roles import Act

router = APIRouter(tags=["people"], route_class=Once)
Chief = Annotated[Caller, Depends(Key(Act.PEOPLE))]
Appointer = Annotated[Caller, Depends(Key(Act.APPOINT))]
Name = Annotated[str, Path(max_length=80, description="Of somebody at the desk.")]


@router.get("/people", responses=told())
def list_people(request: Request, caller: Chief) -> list[models.Person]:
    """List who is, and was, at the desk."""
    del caller
    return [_person(one) for one in newsroom(request).house.editors.all()]


@router.post("/people", status_code=201, responses=acted())
def invite(
    request: Request, caller: Appointer, what: models_desk.Newcomer, once: IdempotencyKey
) -> models_desk.Invited:
    """Appoint somebody new, or somebody dismissed again, and mail them an invitation.

    The link in it is in no answer: it goes to the person's own address, or is made again at
    the desk.
    """
    del once
    desk = newsroom(request)
    name = inviting.appoint(
        desk, caller.editor, what.name, what.email, what.role, through="the API"
    )  # fmt: skip
    return _invited(desk, caller, name)


@router.post("/people/{name}/invite", responses=acted(404))
def invite_again(
    request: Request, caller: Appointer, name: Name, once: IdempotencyKey
) -> models_desk.Invited:
    """Mail a new invitation; earlier ones of the same person are void."""
    del once
    return _invited(newsroom(request), caller, name)


@router.post("/people/{name}/role", responses=acted(404))
def appoint(
    request: Request, caller: Appointer, name: Name, what: models_desk.Appointed,
    once: IdempotencyKey,
) -> models.Person:  # fmt: skip
    """Give somebody another role; it holds from this moment on."""
    del once
    desk = newsroom(request)
    detail = {
        "role": str(what.role), "before": str(desk.house.editors.role(name)), "by": "a program",
    }  # fmt: skip
    entry = AuditEntry(desk.now(), caller.editor, "appointed", name, detail)
    desk.house.staff.appoint(name, what.role, entry)
    return _found(desk, name)


@router.post("/people/{name}/dismiss", responses=acted(404))
def dismiss(request: Request, caller: Chief, name: Name, once: IdempotencyKey) -> models.Person:
    """Take all of somebody's rights away, and end their sessions and keys."""
    del once
    desk = newsroom(request)
    entry = AuditEntry(desk.now(), caller.editor, "dismissed", name, {"by": "a program"})
    desk.house.staff.dismiss(name, entry)
    return _found(desk, name)


@router.post("/people/{name}/authenticator", responses=acted(404))
def void_authenticator(
    request: Request, caller: Appointer, name: Name, once: IdempotencyKey
) -> models.Person:
    """Void somebody's authenticator; their next login sets up a new one."""
    del once
    desk = newsroom(request)
    person = _found(desk, name)
    reset(desk.house.access, desk.house.clock, name, caller.editor)
    return person


@router.post("/people/{name}/identity", responses=acted(404))
def release_identity(
    request: Request, caller: Appointer, name: Name, once: IdempotencyKey
) -> models.Person:
    """Unbind somebody from who a provider of identities says they are."""
    del once
    desk = newsroom(request)
    person = _found(desk, name)
    release(desk.house.access, desk.house.clock, name, caller.editor)
    return person


def _invited(desk: Newsroom, caller: Caller, name: str) -> models_desk.Invited:
    _, went, said = inviting.invite(desk, caller.editor, name)
    person = _found(desk, name)
    said = said if went else f"{said} Make the invitation again at the desk and hand its link over."
    return models_desk.Invited(name=person.name, role=person.role, mailed=went, said=said)


def _found(desk: Newsroom, name: str) -> models.Person:
    for one in desk.house.editors.all():
        if one.name == name:
            return _person(one)
    raise NotFound(f"There is nobody named {name[:80]!r} at the desk.")


def _person(one: Any) -> models.Person:
    return models.Person(name=one.name, email=one.email, role=str(one.role), active=one.active)
