"""Material: facts that somebody else published and tables of the form, put into an edition."""

import re
from dataclasses import asdict, replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from newsletter.compute.facts import Ledger
from newsletter.desk.admission import READ, Admission, Visit
from newsletter.desk.changing import back
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.revision import Opened, opened
from newsletter.draft.claims import Draft, Table
from newsletter.draft.freshness import said_in
from newsletter.errors import ConfigError, NotFound
from newsletter.review.cited import UNITS, Citation
from newsletter.review.edition import Edition, EditionKey, Revision
from newsletter.review.roles import Act

router = APIRouter(include_in_schema=False, prefix="/editions/{key}")
Reader = Annotated[Visit, Depends(READ)]
Writer = Annotated[Visit, Depends(Admission(Act.WRITE))]
Number = Annotated[int, Form(ge=1, le=10_000)]
Field = Annotated[str, Form(max_length=400)]

_OPTION: Final = re.compile(r"--(name|value|unit|source|link|date|id|period)\b")


@router.post("/cite")
def add_fact(
    request: Request,
    visit: Writer,
    key: str,
    name: Field = "",
    value: Field = "",
    unit: Field = "",
    source: Field = "",
    link: Field = "",
    date: Field = "",
    period: Field = "",
    change: Field = "",
) -> Response:
    """Add a fact that somebody else published, with where it can be read."""
    desk = newsroom(request)
    given = Citation(name, value, unit, source, link, date, "", period, bool(change))
    try:
        desk.house.cite_here(EditionKey.parse(key), given, visit.editor)
    except ConfigError as error:
        field = _OPTION.search(str(error))
        where = field[1] if field else "name"
        said = _OPTION.sub(lambda match: f"The {match[1]}", str(error))
        typed = {**asdict(given), "change": change}
        words = {"key": key, "typed": typed, "units": UNITS, "where": where, "said": said}
        page = "_cite" if request.headers.get("hx-request") else "_cite_page"
        return desk.page(request, visit, page, 422, **words)
    return back(request, key)


@router.get("/tables")
def tables(request: Request, visit: Reader, key: str) -> Response:
    """Return the tables that the edition's form knows and this draft has not."""
    desk = newsroom(request)
    found = opened(desk, key)
    there = {table.title for table in found.draft.tables}
    rows = [table for table in known_tables(desk, found) if table.title not in there]
    return desk.page(request, visit, "_tables", rows=rows, found=found)


@router.post("/tables")
def add_table(
    request: Request, visit: Writer, key: str, title: Field, revision: Number
) -> Response:
    """Add one of them at the end."""
    desk = newsroom(request)
    known = {one.title: one for one in known_tables(desk, opened(desk, key, revision))}
    if title not in known:
        raise NotFound(f"The edition's form knows no table {title[:60]!r}.")

    with_table(desk, EditionKey.parse(key), known[title], visit.editor)
    return back(request, key)


def with_table(desk: Newsroom, key: EditionKey, table: Table, editor: str) -> Edition:
    """Make a revision with a table at the end, once; return the edition."""

    def change(base: Revision) -> tuple[Draft, Ledger]:
        draft = desk.draft(base.draft)
        others = [one for one in draft.tables if one.title != table.title]
        return replace(draft, tables=(*others, table)), desk.ledger(base.ledger)

    found: Edition = desk.house.revise_here(key, change, editor)
    return found


def known_tables(desk: Newsroom, found: Opened) -> tuple[Table, ...]:
    """Return the tables that the form of an edition makes of its facts."""
    key = found.edition.key
    known: tuple[Table, ...] = desk.once(
        ("tables", found.revision.ledger, key.kind),
        lambda: desk.house.form(key).write(
            found.ledger, desk.house.config.universe, said_in(())
        ).tables,
    )  # fmt: skip
    return known
