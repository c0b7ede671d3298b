"""Audit log, deliveries, people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from newsletter.desk.api import models
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.editions import edition
from newsletter.desk.api.problems import told
from newsletter.desk.newsroom import newsroom
from newsletter.review.roles import Act

router = APIRouter(tags=["records"])
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
    request: Request,
    caller: Auditor,
    subject: Annotated[str | None, Query(max_length=80, description="An edition, a name.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> models.Audit:
    """List the audit log, newest first."""
    del caller
    log = newsroom(request).house.audit
    entries = log.entries(subject)[::-1]
    end = offset + limit
    items = [
        models.Entry(
            at=one.at, actor=one.actor, action=one.action, subject=one.subject,
            detail={name: str(value) for name, value in one.detail.items()},
        )
        for one in entries[offset:end]
    ]  # fmt: skip
    following = end if end < len(entries) else None
    broken = log.first_broken()
    return models.Audit(items=items, total=len(entries), next=following, broken=broken)


@router.get("/editions/{key}/deliveries", responses=told(404))
def count_deliveries(request: Request, caller: Reader, key: models.Key) -> models.Deliveries:
    """Count an edition's copies by how they fare; no reader is named."""
    del caller
    desk = newsroom(request)
    found = edition(desk, key)
    counts = desk.house.deliveries.counts(str(found.key))
    return models.Deliveries(key=key, counts={str(state): n for state, n in counts.items()})


@router.get("/people", responses=told())
def list_people(request: Request, caller: Chief) -> list[models.Person]:
    """List who is, and was, at the desk."""
    del caller
    return [
        models.Person(name=one.name, email=one.email, role=str(one.role), active=one.active)
        for one in newsroom(request).house.editors.all()
    ]
