"""Audit log, people, and who a key acts for."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime

from newsletter.desk.api import models
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import newsroom
from newsletter.review.desk import AuditEntry
from newsletter.review.listing import Sought
from newsletter.review.roles import Act

router = APIRouter(tags=["records"], route_class=Once)
Reader = Annotated[Caller, Depends(Key(Act.READ))]
Auditor = Annotated[Caller, Depends(Key(Act.AUDIT))]
Chief = Annotated[Caller, Depends(Key(Act.PEOPLE))]


@router.get("/me", responses=told())
def show_me(caller: Reader) -> models.Me:
    """Tell who the key acts for, and what it may do."""
    token = caller.token
    return models.Me(
        editor=caller.editor, role=str(caller.role), key=token.name,
        scopes=sorted(str(scope) for scope in token.scopes), ends_at=token.ends_at,
    )  # fmt: skip


@router.get("/audit", responses=told())
def list_audit(
    request: Request, caller: Auditor,
    subject: Annotated[str, Query(max_length=80, description="Its beginning.")] = "",
    actor: Annotated[str, Query(max_length=80)] = "",
    action: Annotated[str, Query(max_length=80)] = "",
    since: Annotated[AwareDatetime | None, Query(description="Included.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Not included.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[
        int | None, Query(ge=1, le=2**62, description="`next` of the page before.")
    ] = None,
    check: Annotated[bool, Query(description="Go through the whole chain as well.")] = False,
) -> models.Audit:  # fmt: skip
    """List the audit log, newest first."""
    del caller
    log = newsroom(request).house.audit
    sought = Sought(actor, action, subject, _instant(since), _instant(until))
    rows = log.page(sought, limit + 1, before)
    items = [
        models.Entry(
            seq=one.seq, at=one.entry.at, actor=one.entry.actor, action=one.entry.action,
            subject=one.entry.subject, hash=one.hash,
            detail={name: str(value) for name, value in one.entry.detail.items()},
        )
        for one in rows[:limit]
    ]  # fmt: skip
    return models.Audit(
        items=items, total=log.count(sought), next=items[-1].seq if len(rows) > limit else None,
        checked=check, broken=log.first_broken() if check else None,
    )  # fmt: skip


@router.get("/people", responses=told())
def list_people(request: Request, caller: Chief) -> list[models.Person]:
    """List who is, and was, at the desk."""
    del caller
    return [_person(one) for one in newsroom(request).house.editors.all()]


@router.post("/people/{name}/dismiss", responses=acted(404))
def dismiss(
    request: Request, caller: Chief, name: Annotated[str, Path(max_length=80)],
    once: IdempotencyKey,
) -> models.Person:  # fmt: skip
    """Take all of somebody's rights away, and end their sessions and keys.

    Rights are given at the desk alone: a key that gets lost must let nobody in.
    """
    del once
    desk = newsroom(request)
    entry = AuditEntry(desk.now(), caller.editor, "dismissed", name, {"by": "a program"})
    desk.house.staff.dismiss(name, entry)
    return next(_person(one) for one in desk.house.editors.all() if one.name == name)


def _person(one: Any) -> models.Person:
    return models.Person(name=one.name, email=one.email, role=str(one.role), active=one.active)


def _instant(at: dt.datetime | None) -> dt.datetime | None:
    """Return an instant in UTC; years at the ends of the calendar have none, and are none here."""
    return at.astimezone(dt.UTC) if at and 1900 <= at.year < 9000 else None
