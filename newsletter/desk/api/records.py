"""The audit log, and who a key acts for."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime

from newsletter.desk.api import models
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.problems import told
from newsletter.desk.newsroom import newsroom
from newsletter.review.listing import Sought
from newsletter.review.roles import Act

router = APIRouter(tags=["records"])
Reader = Annotated[Caller, Depends(Key(Act.READ))]
Auditor = Annotated[Caller, Depends(Key(Act.AUDIT))]


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


def _instant(at: dt.datetime | None) -> dt.datetime | None:
    """Return an instant in UTC; years at the ends of the calendar have none, and are none here."""
    return at.astimezone(dt.UTC) if at and 1900 <= at.year < 9000 else None
