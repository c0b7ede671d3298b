"""Archive: every edition, newest first; what is looked for is found in the tables alone."""

import datetime as dt
import math
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import QueryParams

from newsletter import kinds
from newsletter.desk.admission import READ, Visit
from newsletter.desk.headers import MAIL_POLICY
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.errors import NotFound
from newsletter.preview.readers import reader
from newsletter.render.personal import NOBODY
from newsletter.render.standalone import standalone_html
from newsletter.review.edition import Edition, EditionKey, Revision, State
from newsletter.review.listing import Wanted
from newsletter.send.message import FrozenMessage

ROOM = Room("Archive", "/archive", 10, key="a")
router = APIRouter(include_in_schema=False, prefix="/archive")
Reader = Annotated[Visit, Depends(READ)]
Text = Annotated[str, Query(max_length=120)]

PAGE: Final = 50
SAMPLE: Final = "ada"
FORMS: Final = {"eml": "message/rfc822", "html": "text/html; charset=utf-8",
                "txt": "text/plain; charset=utf-8"}  # fmt: skip


@router.get("")
def show(
    request: Request, visit: Reader, text: Text = "", state: Text = "", kind: Text = "",
    since: Text = "", until: Text = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:  # fmt: skip
    """Show a page of what is looked for."""
    desk, problem = newsroom(request), ""
    first, last = day(since), day(until)
    if (since and first is None) or (until and last is None):
        problem = "A date is written as year-month-day, e.g. 2026-07-02; this one was left out."
    wanted = Wanted(text.strip(), state, kind, first, last)
    rows, total = desk.house.editions.listed(wanted, PAGE, (page - 1) * PAGE)
    now = [desk.house.desk.state_at(row.state, row.expires_at) for row in rows]
    rows = [replace(row, state=state) for row, state in zip(rows, now, strict=True)]
    counts = desk.house.deliveries.counted([str(row.key) for row in rows])
    given = {"text": text, "state": state, "kind": kind, "since": since, "until": until}
    return desk.page(
        request, visit, "archive", rows=rows, total=total, number=page, problem=problem,
        pages=max(1, math.ceil(total / PAGE)), given=given, query=query(given),
        corrections=desk.house.editions.corrections([row.key for row in rows]),
        readers={key: sum(states.values()) for key, states in counts.items()},
        states=[str(one) for one in State], kinds=_kinds(desk),
    )  # fmt: skip


@router.get("/{key}/{number}/mail.{form}")
def export(request: Request, visit: Reader, key: str, number: int, form: str) -> Response:
    """Return a revision's mail as a file, as a sample reader would get it."""
    del visit
    desk = newsroom(request)
    if form not in FORMS:
        raise NotFound(f"A mail is exported as {', '.join(FORMS)}; not as {form[:20]!r}.")
    edition = desk.house.editions.get(EditionKey.parse(key))
    found = [one for one in desk.house.editions.revisions(edition.key) if one.number == number]
    if not found:
        raise NotFound(f"{key} has no revision {number}.")
    name = f"{key}.r{number}.{form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": MAIL_POLICY,
    }
    data = _file(desk, edition, found[0], form)
    return Response(data, media_type=FORMS[form], headers=headers)


def _kinds(desk: Newsroom) -> list[str]:
    own = list(desk.house.config.editions)
    return own + [kinds.correction(one, 1) for one in own]


def _file(desk: Newsroom, edition: Edition, revision: Revision, form: str) -> bytes:
    mail: Any = desk.mail(revision.rendered)
    if form == "txt":
        return bytes(NOBODY.text(mail).encode())
    if form == "html":
        return NOBODY.linked(standalone_html(mail)).encode()
    house, key = desk.house, edition.key
    kind = house.config.kind(key.kind) or next(iter(house.config.editions.values()))
    frozen = FrozenMessage.of(
        mail, house.config.senders[kind.sender], house.config.publication, key, kind.list,
        house.trading_days(key.session.date).close(key.session),
    )  # fmt: skip
    return frozen.for_reader(reader(SAMPLE).subscriber(kind.list), house.signer).data


def day(text: str) -> dt.date | None:
    """Return a date as a form's field has it; None where it holds none."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def query(given: dict[str, str]) -> str:
    """Return what was looked for as the beginning of a query, to which a page is added."""
    held = str(QueryParams({name: value for name, value in given.items() if value}))
    return f"{held}&" if held else ""
