"""Anew: a part in other words, proposed by the configured hand, beside the present ones.

Nothing that is proposed changes an edition. What an editor takes is saved as every edit is:
merged with what others saved meanwhile, a revision of that editor's, proved as a whole.
"""

import functools
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from newsletter.compute.facts import Ledger
from newsletter.desk import editing
from newsletter.desk.admission import READ, Admission, Visit
from newsletter.desk.changing import back, since
from newsletter.desk.editing import Edit
from newsletter.desk.merging import merged
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.panels import Words
from newsletter.desk.proposals import Asked, Course, Proposal
from newsletter.desk.revision import opened
from newsletter.desk.wording import (
    NO_MODEL,
    by_house,
    by_model,
    keep,
    printed,
    readings,
    wanted,
    written_by,
)
from newsletter.draft.claims import AUTHOR, Draft, Hand
from newsletter.draft.transcript import Transcript
from newsletter.draft.untrusted import LONGEST_INSTRUCTION
from newsletter.errors import DraftError, NotFound, ReviewError
from newsletter.preview.compare import compared
from newsletter.review.edition import Edition, EditionKey, Revision
from newsletter.review.roles import Act
from newsletter.underway import line

router = APIRouter(include_in_schema=False, prefix="/editions/{key}")
Reader = Annotated[Visit, Depends(READ)]
Writer = Annotated[Visit, Depends(Admission(Act.WRITE))]

CLOSED: Final = frozenset({"sending", "sent", "cancelled"})


@router.post("/anew")
def ask(
    request: Request,
    visit: Writer,
    key: str,
    part: Annotated[str, Form(max_length=120)],
    revision: Annotated[int, Form(ge=1, le=10_000)],
    instruction: Annotated[str, Form(max_length=LONGEST_INSTRUCTION)] = "",
    text: Annotated[str | None, Form(max_length=editing.LONGEST)] = None,
) -> Response:
    """Ask for other words; `text` is what stands in the field, where it was not saved."""
    desk = newsroom(request)
    made = begun(desk, visit.editor, key, part, revision, instruction, text)
    return _shown(request, visit, desk, made, begun=True)


def begun(
    desk: Newsroom, editor: str, key: str, part: str, revision: int, instruction: str,
    text: str | None,
) -> Proposal:  # fmt: skip
    """Begin to write other words for a part.

    Raises
    ------
    NotFound
        If there is no such edition, revision or part.
    ReviewError
        If the edition can no longer be changed, or too many proposals are being written.
    DraftError
        If an instruction is given to a hand that takes none.
    """
    found = opened(desk, key, revision)
    if found.edition.state.value in CLOSED:
        raise ReviewError(f"{key} is {found.edition.state.value} and can no longer be changed.")
    saved = wanted(found, part)
    hand, wish = written_by(desk), line(instruction, LONGEST_INSTRUCTION)
    if hand == AUTHOR and wish:
        raise DraftError(NO_MODEL)
    present = saved if text is None or not text.strip() else text.strip()
    asked = Asked(editor, key, part, revision, present, wish, hand)
    before = desk.proposals.before(editor, key, part)
    write = by_house if hand == AUTHOR else by_model
    return desk.proposals.begin(asked, functools.partial(write, desk, found, asked, before))


@router.get("/anew/{id}")
def look(request: Request, visit: Writer, key: str, id: str) -> Response:
    """Show a proposal, as far as it is."""
    desk = newsroom(request)
    return _shown(request, visit, desk, desk.proposals.find(id, visit.editor, key))


@router.post("/anew/{id}/leave")
def leave(request: Request, visit: Writer, key: str, id: str) -> Response:
    """Cancel a proposal that is being written, or put away one that is there."""
    desk = newsroom(request)
    one = desk.proposals.find(id, visit.editor, key)
    desk.proposals.leave(one)
    if request.headers.get("hx-request"):
        return _shown(request, visit, desk, one)
    return back(request, key, one.asked.part)


@router.post("/anew/{id}/take")
def take(request: Request, visit: Writer, key: str, id: str) -> Response:
    """Save the proposed words as a revision of whoever takes them."""
    desk = newsroom(request)
    one = desk.proposals.find(id, visit.editor, key)
    taken(desk, visit.editor, one)
    return back(request, key, one.asked.part)


def taken(desk: Newsroom, editor: str, one: Proposal) -> Edition:
    """Save a proposal's words as a revision of whoever takes them.

    Raises
    ------
    ReviewError
        If it is not there to be taken, or somebody has changed the part meanwhile.
    DraftError
        If its words cannot be printed.
    """
    attempt, key = desk.proposals.claim(one), one.asked.edition
    edit = Edit("put", one.asked.part, attempt.text)

    def change(base: Revision) -> tuple[Draft, Ledger]:
        made = merged(since(desk, key, one.asked.revision, base), [edit])
        if made.conflicts:
            raise ReviewError(
                f"{base.author} has changed the {editing.words(one.asked.part)} meanwhile; ask "
                "again for what stands there now."
            )
        return _signed(desk, made.draft, one), desk.ledger(base.ledger)

    try:
        edition: Edition = desk.house.revise_here(EditionKey.parse(key), change, editor)
    except Exception:
        desk.proposals.unclaim(one)
        raise
    detail = {"part": one.asked.part, "revision": str(edition.revision.number)}
    if one.transcript.exchanges:
        detail["transcript"] = one.transcript.sha256
    desk.record(editor, "took other words", key, hand=one.asked.hand, **detail)
    return edition


def _signed(desk: Newsroom, draft: Draft, one: Proposal) -> Draft:
    """Return a draft that says which part a model wrote, with all that was asked for it."""
    if one.asked.hand == AUTHOR:
        return draft
    earlier: tuple[Any, ...] = ()
    if draft.transcript:
        try:
            earlier = desk.house.pipeline.transcript(draft.transcript).exchanges
        except NotFound:  # a draft that was made in another database
            earlier = ()
    whole = Transcript((*earlier, *one.transcript.exchanges))
    hand = Hand(one.asked.part.partition(".")[0], one.asked.hand)
    hands = draft.hands if hand in draft.hands else (*draft.hands, hand)
    return replace(draft, hands=hands, transcript=keep(desk, whole))


@router.get("/anew/{id}/asked")
def asked_for_it(request: Request, visit: Writer, key: str, id: str) -> Response:
    """Show what a model was asked for a proposal, word for word."""
    desk = newsroom(request)
    one = desk.proposals.find(id, visit.editor, key)
    return _transcript(request, visit, key, one.transcript)


@router.get("/asked")
def asked_for_all(
    request: Request,
    visit: Reader,
    key: str,
    revision: Annotated[int | None, Query(ge=1, le=10_000)] = None,
) -> Response:
    """Show what a model was asked for an edition."""
    desk = newsroom(request)
    found = opened(desk, key, revision)
    if not found.draft.transcript:
        raise NotFound(f"No model was asked for revision {found.revision.number} of {key}.")
    whole = desk.house.pipeline.transcript(found.draft.transcript)
    return _transcript(request, visit, key, whole)


def _transcript(request: Request, visit: Visit, key: str, whole: Transcript) -> Response:
    desk = newsroom(request)
    name = "_asked" if request.headers.get("hx-request") else "asked"
    return desk.page(request, visit, name, key=key, whole=whole)


# -- how it is shown ---------------------------------------------------------------------------


def _shown(
    request: Request, visit: Visit, desk: Newsroom, one: Proposal, *, begun: bool = False
) -> Response:
    key = one.asked.edition
    if not request.headers.get("hx-request") and begun:
        return Response(status_code=303, headers={"Location": f"/editions/{key}/anew/{one.id}"})
    name = "_anew" if request.headers.get("hx-request") else "anew"
    return desk.page(request, visit, name, **_words(desk, one))


def _words(desk: Newsroom, one: Proposal) -> Words:
    asked, course = one.asked, one.course  # read once: the thread goes on meanwhile
    words: Words = {
        "one": one, "course": course.value, "key": asked.edition, "by_model": asked.hand != AUTHOR,
        "called": editing.words(asked.part), "read": (), "more": (), "difference": (),
    }  # fmt: skip
    if course is Course.DONE and one.attempt is not None:
        found = opened(desk, asked.edition, asked.revision)
        read = readings(desk, found, asked.part, one.attempt.text)
        present = printed(readings(desk, found, asked.part, asked.present))
        told = {finding.message for each in read for finding in each.findings}
        told |= {trouble for each in read for trouble in each.troubles}
        more = [why for why in one.attempt.problems if why not in told]
        words |= {"read": read, "more": more, "difference": compared(present, printed(read))}
    return words
