"""Comments: what editors say to each other beside the mail."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from newsletter.desk import editing
from newsletter.desk.admission import Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.panels import Panel, Words
from newsletter.desk.revision import Opened, opened
from newsletter.errors import NotFound
from newsletter.review.comments import Comment, threads, worded
from newsletter.review.roles import Act

router = APIRouter(include_in_schema=False, prefix="/editions/{key}/comments")
Speaker = Annotated[Visit, Depends(Admission(Act.COMMENT))]
MOST_IN_AN_EDITION: Final = 500


@router.post("")
def say(
    request: Request,
    visit: Speaker,
    key: str,
    words: Annotated[str, Form(max_length=20_000)] = "",
    part: Annotated[str, Form(max_length=120)] = "",
    answers: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Say something of an edition, or answer."""
    desk = newsroom(request)
    found = opened(desk, key)
    add(desk, found, visit.editor, words, part, answers)
    return _shown(request, visit, desk, found)


def add(
    desk: Newsroom, found: Opened, editor: str, words: str, part: str, answers: int | None
) -> int:
    """Keep a comment, or an answer; return its number.

    Raises
    ------
    ReviewError
        If it says nothing, or too much.
    NotFound
        If there is no such part or comment, or the edition has too many.
    """
    if part:
        editing.Part.parse(part)
    key, number = str(found.edition.key), found.revision.number
    if len(desk.house.comments.of(key)) >= MOST_IN_AN_EDITION:
        raise NotFound(f"{key} has {MOST_IN_AN_EDITION} comments; talk to each other instead.")
    comment = Comment(0, key, number, part, editor, desk.now(), worded(words), answers)
    kept: int = desk.house.comments.add(comment)
    return kept


@router.post("/{id}/{what}")
def settle(request: Request, visit: Speaker, key: str, id: int, what: str) -> Response:
    """Settle a comment, or take it up again."""
    desk = newsroom(request)
    found = opened(desk, key)
    if what == "resolve":
        desk.house.comments.resolve(key, id, visit.editor, desk.now())
    elif what == "reopen":
        desk.house.comments.reopen(key, id)
    else:
        raise NotFound("A comment is resolved or reopened.")
    return _shown(request, visit, desk, found)


def _shown(request: Request, visit: Visit, desk: Newsroom, found: Opened) -> Response:
    if request.headers.get("hx-request"):
        return desk.page(request, visit, "_comments", found=found, **_words(desk, found))
    return Response(
        status_code=303, headers={"Location": f"/editions/{found.edition.key}?panel=comments"}
    )


def _words(desk: Newsroom, found: Opened) -> Words:
    said = threads(desk.house.comments.of(str(found.edition.key)))
    names = list(editing.parts(found.draft))
    return {
        "threads": said, "names": [(name, editing.words(name)) for name in names],
        "told": {one.opening.part: editing.words(one.opening.part) for one in said},
    }  # fmt: skip


PANEL = Panel("comments", 60, _words)
