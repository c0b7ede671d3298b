"""Audit: the hash-chained log, newest first, and whether its chain holds."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from starlette.responses import StreamingResponse

from newsletter.desk.admission import Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.desk.rooms.archive import day, query
from newsletter.errors import StoreError
from newsletter.review.listing import Numbered, Sought
from newsletter.review.roles import Act

ROOM = Room("Audit", "/audit", 60, Act.AUDIT, "l")
router = APIRouter(include_in_schema=False, prefix="/audit")
Auditor = Annotated[Visit, Depends(Admission(Act.AUDIT))]
Text = Annotated[str, Query(max_length=80)]
Field = Annotated[str, Form(max_length=80)]
Words = dict[str, Any]

PAGE: Final = 100


@router.get("")
def show(
    request: Request, visit: Auditor, actor: Text = "", action: Text = "", subject: Text = "",
    since: Text = "", until: Text = "", before: Annotated[int | None, Query(ge=1)] = None,
    check: bool = False,
) -> Response:  # fmt: skip
    """Show a page of the log, and where its chain breaks if that is asked."""
    desk = newsroom(request)
    given = {"actor": actor, "action": action, "subject": subject, "since": since, "until": until}
    sought = _sought(given, visit.zone)
    actors, actions = desk.house.audit.names()
    words: Words = {"rows": [], "problem": "", "more": False}
    try:
        rows = desk.house.audit.page(sought, PAGE + 1, before)
        words |= {"rows": rows[:PAGE], "more": len(rows) > PAGE}
    except StoreError as error:
        words["problem"] = str(error)
    return desk.page(
        request, visit, "audit", given=given, query=query(given), actors=actors, actions=actions,
        total=desk.house.audit.count(sought), chain=_chain(desk) if check else None,
        before=before, **words,
    )  # fmt: skip


@router.post("/export")
def export(
    request: Request, visit: Auditor, actor: Field = "", action: Field = "", subject: Field = "",
    since: Field = "", until: Field = "",
) -> Response:  # fmt: skip
    """Return what is looked for as JSON lines, in order, with the hashes that chain them."""
    desk = newsroom(request)
    given = {"actor": actor, "action": action, "subject": subject, "since": since, "until": until}
    desk.record(visit.editor, "exported audit log", "audit")
    rows = _lines(desk.house.audit.walk(_sought(given, visit.zone)))
    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingResponse(rows, media_type="application/jsonl", headers=headers)


def _lines(rows: Iterable[Numbered]) -> Iterator[str]:
    for row in rows:
        entry = row.entry
        document = {
            "seq": row.seq, "at": entry.at.isoformat(), "actor": entry.actor,
            "action": entry.action, "subject": entry.subject, "detail": dict(entry.detail),
            "hash": row.hash,
        }  # fmt: skip
        yield json.dumps(document, ensure_ascii=False) + "\n"


def _sought(given: dict[str, str], zone: ZoneInfo) -> Sought:
    """Return what is looked for; the days of a form are days of the editor's zone."""
    first, last = day(given["since"]), day(given["until"])
    return Sought(
        given["actor"], given["action"], given["subject"].strip(),
        _midnight(first, zone) if first else None,
        _midnight(last + dt.timedelta(days=1), zone) if last and last < dt.date.max else None,
    )  # fmt: skip


def _midnight(date: dt.date, zone: ZoneInfo) -> dt.datetime:
    # Years at the ends of the calendar have no instant in UTC.
    held = min(max(date, dt.date(1970, 1, 2)), dt.date(9000, 1, 1))
    return dt.datetime.combine(held, dt.time(), zone)


def _chain(desk: Newsroom) -> Words:
    broken = desk.house.audit.first_broken()
    seq, hash = desk.house.audit.head() or (0, "")
    return {"broken": broken, "seq": seq, "hash": hash}
