"""Editions, their revisions, mails and proofs."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import HTMLResponse, PlainTextResponse

from newsletter.desk.api import models
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.conditions import etag
from newsletter.desk.api.problems import told
from newsletter.desk.headers import MAIL_POLICY
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.revision import Opened, opened
from newsletter.errors import NotFound, ReviewError
from newsletter.preview.compare import compared
from newsletter.preview.readers import reader
from newsletter.render.personal import NOBODY
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.listing import Wanted
from newsletter.review.roles import Act
from newsletter.send.message import FrozenMessage

router = APIRouter(tags=["editions"])
SAMPLE = "ada"
"""The sample reader whose copy programs get."""
Reader = Annotated[Caller, Depends(Key(Act.READ))]
Number = Annotated[int | None, Query(ge=1, le=10_000, description="A revision; else the latest.")]


@router.get("/editions", responses=told())
def list_editions(
    request: Request, caller: Reader,
    text: Annotated[str, Query(max_length=120, description="In the subject or the key.")] = "",
    state: Annotated[State | None, Query(description="As it was last written down.")] = None,
    kind: Annotated[str, Query(max_length=80, description="The key's last part.")] = "",
    since: Annotated[dt.date | None, Query(description="The first session.")] = None,
    until: Annotated[dt.date | None, Query(description="The last session.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[str, Query(max_length=64, description="`next` of the page before.")] = "",
) -> models.Editions:  # fmt: skip
    """List editions, latest session first."""
    del caller
    house = newsroom(request).house
    wanted = Wanted(text.strip(), str(state or ""), kind, since, until)
    rows, total = house.editions.listed(wanted, limit + 1, before=before)
    items = [models.Edition.of(house.desk.seen(one.key)) for one in rows[:limit]]
    following = items[-1].key if len(rows) > limit else None
    return models.Editions(items=items, total=total, next=following)


@router.get("/editions/{key}", responses=told(404))
def show_edition(
    request: Request, caller: Reader, key: models.Key, response: Response
) -> models.Edition:
    """Show an edition; its ETag names the content that a decision is about."""
    del caller
    found = edition(newsroom(request), key)
    response.headers["ETag"] = etag(found)
    return models.Edition.of(found)


@router.get("/editions/{key}/revisions", responses=told(404))
def list_revisions(request: Request, caller: Reader, key: models.Key) -> list[models.Revision]:
    """List every revision, first to last."""
    del caller
    desk = newsroom(request)
    found = desk.house.editions.revisions(edition(desk, key).key)
    return [models.Revision.model_validate(one) for one in found]


@router.get("/editions/{key}/report", responses=told(404))
def show_report(
    request: Request, caller: Reader, key: models.Key, revision: Number = None
) -> models.Report:
    """Show every claim with its proof, and every finding."""
    del caller
    desk = newsroom(request)
    found = at(desk, key, revision)
    open_ = desk.house.desk.outstanding(found.edition) if found.latest else ()
    return models.Report(
        revision=found.revision.number, blocked=found.report.blocked, verdicts=dict(found.counts()),
        outstanding=None if open_ is None else [one.key for one in open_],
        claims=[models.Claim(**models.shaped(one.to_json())) for one in found.report.claims],
        findings=[_finding(one.to_json()) for one in found.report.findings],
    )  # fmt: skip


@router.get("/editions/{key}/claims", responses=told(404))
def list_claims(
    request: Request, caller: Reader, key: models.Key, revision: Number = None
) -> list[models.Claim]:
    """List every claim with its proof."""
    return show_report(request, caller, key, revision).claims


@router.get("/editions/{key}/findings", responses=told(404))
def list_findings(
    request: Request, caller: Reader, key: models.Key, revision: Number = None
) -> list[models.Finding]:
    """List everything that preflight found wrong."""
    return show_report(request, caller, key, revision).findings


@router.get(
    "/editions/{key}/mail.html",
    response_class=HTMLResponse,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}, **told(404)},
)
def mail_html(
    request: Request, caller: Reader, key: models.Key, revision: Number = None
) -> Response:
    """Return the mail's HTML part, as a sample reader gets it."""
    del caller
    html = NOBODY.html(at(newsroom(request), key, revision).mail)
    return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


@router.get(
    "/editions/{key}/mail.txt",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **told(404)},
)
def mail_text(
    request: Request, caller: Reader, key: models.Key, revision: Number = None
) -> Response:
    """Return the mail's plain part."""
    del caller
    found = at(newsroom(request), key, revision)
    return PlainTextResponse(NOBODY.text(found.mail))


@router.get(
    "/editions/{key}/mail.eml",
    response_class=Response,
    responses={200: {"content": {"message/rfc822": {"schema": {"type": "string"}}}}, **told(404)},
)
def mail_file(
    request: Request, caller: Reader, key: models.Key, revision: Number = None
) -> Response:
    """Return the whole message, as a sample reader gets it."""
    del caller
    desk = newsroom(request)
    found = at(desk, key, revision)
    name = f'attachment; filename="{key}-{found.revision.number}.eml"'
    headers = {"Content-Disposition": name}
    return Response(_message(desk, found), media_type="message/rfc822", headers=headers)


@router.get("/editions/{key}/diff", responses=told(404))
def show_diff(
    request: Request,
    caller: Reader,
    key: models.Key,
    first: Annotated[int, Query(ge=1, le=10_000)],
    second: Number = None,
) -> models.Diff:
    """Show what changed in the text from one revision to another."""
    del caller
    desk = newsroom(request)
    old, new = sorted((at(desk, key, first), at(desk, key, second)), key=_place)
    pieces = [
        [models.Piece.model_validate(piece) for piece in paragraph]
        for paragraph in compared(old.mail.text, new.mail.text)
    ]
    return models.Diff(first=_place(old), second=_place(new), paragraphs=pieces)


# -- shared by the resources ------------------------------------------------------------------


def parsed(key: str) -> EditionKey:
    """Read a key; one that names no day names no edition."""
    try:
        return EditionKey.parse(key)
    except ReviewError as error:
        raise NotFound(f"There is no edition {key}: that day does not exist.") from error


def edition(desk: Newsroom, key: str) -> Edition:
    """Return an edition as it stands at this moment."""
    return desk.house.desk.seen(parsed(key))


def at(desk: Newsroom, key: str, revision: int | None) -> Opened:
    """Open an edition at a revision."""
    parsed(key)
    return opened(desk, key, revision)


def _place(found: Opened) -> int:
    return found.revision.number


def _finding(told: dict[str, object]) -> models.Finding:
    fields = models.shaped(told)
    return models.Finding.model_validate(
        {name: fields[name] for name in models.Finding.model_fields}
    )


def _message(desk: Newsroom, found: Opened) -> bytes:
    house, key = desk.house, found.edition.key
    kind = house.config.kind(key.kind) or next(iter(house.config.editions.values()))
    frozen = FrozenMessage.of(
        found.mail, house.config.senders[kind.sender], house.config.publication, key, kind.list,
        house.trading_days(key.session.date).close(key.session),
    )  # fmt: skip
    return frozen.for_reader(reader(SAMPLE).subscriber(kind.list), house.signer).data
