"""Review: the mail exactly as it would be sent, and beside it the proof of every claim."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import HTMLResponse

from newsletter.desk import acts
from newsletter.desk.admission import READ, Visit
from newsletter.desk.headers import MAIL_POLICY
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.panels import Panel, brought
from newsletter.desk.revision import Opened, opened
from newsletter.desk.rooms import modules
from newsletter.errors import NotFound
from newsletter.preview.choice import Choice
from newsletter.preview.compare import compared
from newsletter.preview.frame import framed, with_head
from newsletter.preview.header_fields import fields
from newsletter.preview.marks import STYLE, marked
from newsletter.preview.readers import reader
from newsletter.render.checks import GMAIL_CLIP, MOST_BYTES
from newsletter.render.personal import Own
from newsletter.review.edition import State
from newsletter.send.message import FrozenMessage

router = APIRouter(include_in_schema=False, prefix="/editions/{key}")
Reader = Annotated[Visit, Depends(READ)]
Number = Annotated[int | None, Query(ge=1, le=10_000)]

SAMPLE: Final = "ada"
"""The sample reader whose copy is shown."""
VIEWS: Final = ("mail", "text", "headers", "inbox")
Words = dict[str, Any]


@router.get("")
def review(
    request: Request, visit: Reader, key: str, revision: Number = None, panel: str = "claims"
) -> Response:
    """Show the page."""
    desk = newsroom(request)
    found = opened(desk, key, revision)
    panels = _panels(found)
    panel = panel if panel in panels else "claims"
    words = {**_head(desk, found), **acts.words(desk, found, visit), "page": panels[panel].page}
    words |= panels[panel].words(desk, found)
    return desk.page(request, visit, "review", panel=panel, panels=panels, views=VIEWS, **words)


@router.get("/mail")
def mail(
    request: Request,
    visit: Reader,
    key: str,
    revision: Number = None,
    scheme: str = "light",
    images: str = "on",
    styles: str = "on",
    tickers: str = "off",
) -> Response:
    """Return the mail as a client shows it, with its claims marked, in a sandbox."""
    del visit
    desk = newsroom(request)
    found = opened(desk, key, revision)
    choice = Choice.read({"scheme": scheme, "images": images, "styles": styles, "marks": "on"})
    own = Own(every=tickers == "on")
    mark = ("frame", found.revision.rendered, found.revision.report, choice, own)
    page = desk.once(mark, lambda: _frame(found, choice, own))
    return HTMLResponse(page, headers={"Content-Security-Policy": MAIL_POLICY})


@router.get("/view/{name}")
def view(
    request: Request, visit: Reader, key: str, name: str, revision: Number = None,
    tickers: str = "off",
) -> Response:  # fmt: skip
    """Return the mail in another form: its text, its headers, its row in an inbox."""
    desk = newsroom(request)
    if name not in _VIEWS:
        raise NotFound(f"There is no view {name[:40]!r}; there are {', '.join(_VIEWS)}.")
    words = _VIEWS[name](desk, opened(desk, key, revision), Own(every=tickers == "on"))
    return desk.page(request, visit, f"_{name}", **words)


@router.get("/panel/{name}")
def panel(
    request: Request, visit: Reader, key: str, name: str, revision: Number = None,
    against: Number = None,
) -> Response:  # fmt: skip
    """Return what is said beside the mail."""
    desk = newsroom(request)
    found = opened(desk, key, revision)
    panels = _panels(found)
    if name not in panels:
        raise NotFound(f"There is no panel {name[:40]!r}; there are {', '.join(panels)}.")
    one = panels[name]
    words = _compare(desk, found, against) if name == "compare" else one.words(desk, found)
    head = {"found": found, "outstanding": _outstanding(desk, found)}
    return desk.page(request, visit, one.page, **head, **words)


def _panels(found: Opened) -> dict[str, Panel]:
    own = {name: Panel(name, 0, words) for name, words in _PANELS.items()}
    every = own | brought(modules(), found.edition.key.corrects is not None)
    return {name: replace(one, page=one.page or f"_{name}") for name, one in every.items()}


def _head(desk: Newsroom, found: Opened) -> Words:
    key = found.edition.key
    size = desk.once(("size", found.revision.rendered), lambda: found.mail.heaviest)
    return {
        "found": found, "outstanding": _outstanding(desk, found), "findings": len(found.found()),
        "unanswered": _unanswered(desk, found), "size": size, "most": MOST_BYTES,
        "clip": GMAIL_CLIP,
        "waits": found.edition.state in {State.IN_REVIEW, State.APPROVED, State.HELD},
        "corrections": desk.house.editions.corrections([key]).get(key, []),
    }  # fmt: skip


def _unanswered(desk: Newsroom, found: Opened) -> int:
    """Return how many comments nobody has answered for yet."""
    said = desk.house.comments.of(str(found.edition.key))
    return sum(one.answers is None and one.resolved_at is None for one in said)


def _outstanding(desk: Newsroom, found: Opened) -> tuple[Any, ...] | None:
    return desk.house.desk.outstanding(found.edition) if found.latest else ()


def _frame(found: Opened, choice: Choice, own: Own) -> str:
    html, _ = marked(found.mail.opened().html, found.report.claims)
    page = framed(found.mail, choice, own, with_head(html, STYLE))
    return with_head(page, '<base target="_blank">')


# -- panels --------------------------------------------------------------------------------


def _claims(desk: Newsroom, found: Opened) -> Words:
    # Hundreds of rows, the same for everybody: they are written out once for a report.
    mark = (found.revision.report, found.revision.ledger)
    return {"rows": desk.part("_claim_rows", mark, lambda: _claim_rows(found))}


def _claim_rows(found: Opened) -> Words:
    return {"proofs": found.proofs(), "counts": found.counts()}


def _findings(desk: Newsroom, found: Opened) -> Words:
    del desk
    return {"rows": found.found()}


def _history(desk: Newsroom, found: Opened) -> Words:
    entries = desk.house.audit.entries(str(found.edition.key))
    return {"entries": entries[::-1]}


def _compare(desk: Newsroom, found: Opened, against: int | None = None) -> Words:
    numbers = [one.number for one in found.revisions if one.number != found.revision.number]
    if against not in numbers:
        earlier = [one for one in numbers if one < found.revision.number]
        against = earlier[-1] if earlier else next(iter(numbers), None)
    if against is None:
        return {"numbers": [], "against": None, "paragraphs": [], "other": None}
    other = opened(desk, str(found.edition.key), against)
    first, second = sorted((other, found), key=lambda one: one.revision.number)
    paragraphs = desk.once(
        ("compared", first.revision.rendered, second.revision.rendered),
        lambda: compared(first.mail.text, second.mail.text),
    )
    return {"numbers": numbers, "against": against, "paragraphs": paragraphs, "other": other}


# -- views ---------------------------------------------------------------------------------


def _text(desk: Newsroom, found: Opened, own: Own) -> Words:
    del desk
    return {"text": own.text(found.mail)}


def _headers(desk: Newsroom, found: Opened, own: Own) -> Words:
    del own
    data = desk.once(("message", found.revision.rendered), lambda: _message(desk, found))
    return {"fields": fields(data), "bytes": len(data)}


def _message(desk: Newsroom, found: Opened) -> bytes:
    house, key = desk.house, found.edition.key
    kind = house.config.kind(key.kind) or next(iter(house.config.editions.values()))
    frozen = FrozenMessage.of(
        found.mail, house.config.senders[kind.sender], house.config.publication, key, kind.list,
        house.trading_days(key.session.date).close(key.session),
    )  # fmt: skip
    return frozen.for_reader(reader(SAMPLE).subscriber(kind.list), house.signer).data


def _inbox(desk: Newsroom, found: Opened, own: Own) -> Words:
    del own
    house, mail = desk.house, found.mail
    kind = house.config.kind(found.edition.key.kind)
    sender = house.config.senders[kind.sender].from_name if kind else house.config.publication.name
    return {"sender": sender, "subject": mail.subject, "preheader": mail.preheader}


_PANELS: Final[dict[str, Callable[[Newsroom, Opened], Words]]] = {
    "claims": _claims, "findings": _findings, "compare": _compare, "history": _history,
}  # fmt: skip
_VIEWS: Final[dict[str, Callable[[Newsroom, Opened, Own], Words]]] = {
    "text": _text, "headers": _headers, "inbox": _inbox,
}  # fmt: skip
