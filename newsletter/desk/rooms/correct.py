"""Correct: what was wrong in an edition that went out, and what is right, told to who got it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import Field

from newsletter.desk import proof
from newsletter.desk.admission import READ, Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.panels import Panel
from newsletter.desk.revision import Opened, opened
from newsletter.desk.rooms.decide import changed as changed_meanwhile
from newsletter.draft.erratum import MOST_LINE, MOST_POINTS, Wrong
from newsletter.errors import DraftError, NewsletterError, ReviewError
from newsletter.preflight.rule import RuleContext
from newsletter.preflight.withdrawn import quotable
from newsletter.proofing import house_context
from newsletter.review.cited import UNITS
from newsletter.review.desk import Revised
from newsletter.review.edition import Edition
from newsletter.review.roles import Act

router = APIRouter(include_in_schema=False, prefix="/editions/{key}/correct")
Reader = Annotated[Visit, Depends(READ)]
Writer = Annotated[Visit, Depends(Admission(Act.WRITE))]
Text = Annotated[str, Form(max_length=2 * MOST_LINE)]
Texts = Annotated[list[Annotated[str, Field(max_length=2 * MOST_LINE)]] | None, Form()]
Words = dict[str, Any]

GONE: Final = frozenset({"sending", "sent", "cancelled"})
BLANK: Final = Wrong("", "")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form.

    Parameters
    ----------
    points : tuple of Wrong
        What was wrong and what is right, as typed; the last may be blank.
    cause, changed : str
        How it came about; what was changed.
    q : str
        What facts are looked for.
    """

    points: tuple[Wrong, ...] = (BLANK,)
    cause: str = ""
    changed: str = ""
    q: str = ""

    @property
    def said(self) -> tuple[Wrong, ...]:
        """The points that hold anything."""
        return tuple(one for one in self.points if one.said.strip() or one.right.strip())


@router.get("")
def show(request: Request, visit: Reader, key: str) -> Response:
    """Show the form: empty for an edition that went out, filled for a correction."""
    desk = newsroom(request)
    found = opened(desk, key)
    return _page(request, desk, visit, found, _kept(found))


@router.post("")
def put(
    request: Request, visit: Writer, key: str,
    said: Texts = None, right: Texts = None, cause: Text = "", changed: Text = "",
    act: Annotated[str, Form(max_length=20)] = "save",
    take: Annotated[int | None, Form(ge=0, le=10_000)] = None,
    q: Annotated[str, Form(max_length=200)] = "",
    revision: Annotated[int | None, Form(ge=1, le=10_000)] = None,
) -> Response:  # fmt: skip
    """Begin a correction, or revise one; or only look at what was typed, filled and proved."""
    desk, quotes, rights = newsroom(request), said or [""], right or [""]
    if not len(quotes) == len(rights) <= MOST_POINTS:
        raise ReviewError(
            f"A correction has at most {MOST_POINTS} points, each with both sides; load the page "
            "again."
        )
    points = tuple(Wrong(_line(one), _line(two)) for one, two in zip(quotes, rights, strict=True))
    typed = Typed(points, _line(cause), _line(changed), q.strip())
    found = opened(desk, key)
    if take is not None:
        typed = _taken(typed, desk.house.corrections.sentences(_wrong(desk, found)), take)
        return _page(request, desk, visit, found, typed)
    if act != "save":
        return _page(request, desk, visit, found, _acted(typed, act), read=act == "look")
    try:
        made = _saved(desk, visit, found, typed, revision)
    except Revised as error:
        return changed_meanwhile(request, desk, visit, key, error)
    except ReviewError:
        raise  # what is wrong is the edition's state, not what was typed
    except NewsletterError as error:
        return _page(request, desk, visit, found, typed, said=str(error), read=True)
    return Response(status_code=303, headers={"Location": f"/editions/{made.key}"})


@router.post("/anew")
def anew(request: Request, visit: Writer, key: str) -> Response:
    """Begin to fetch the session's data again, by which the correction is then proved."""
    desk = newsroom(request)
    found = opened(desk, key)
    if why := _why_not(desk, found):
        raise ReviewError(why)
    if found.edition.key.corrects is None:
        raise ReviewError(f"Begin the correction of {key} first; then have its data fetched again.")
    if not desk.runs.begin("renew", str(found.edition.key), editor=visit.editor):
        raise ReviewError("The data are being fetched already.")
    said = "The session's data are being fetched again; Tonight shows how far that is."
    return desk.page(request, visit, "decided", said=said, key=str(found.edition.key))


def _saved(
    desk: Newsroom, visit: Visit, found: Opened, typed: Typed, revision: int | None
) -> Edition:
    key, corrections = found.edition.key, desk.house.corrections
    missing = [
        words
        for words, there in (
            ("what was wrong", typed.said),
            ("how it came about", typed.cause),
            ("what was changed", typed.changed),
        )
        if not there
    ]
    if missing:
        raise DraftError(f"Say {' and '.join(missing)}; readers are told all three.")
    words = (typed.said, typed.cause, typed.changed, visit.editor)
    if key.corrects is None or revision is None:
        return corrections.begin(key, *words)
    return corrections.revise(key, *words, revision)


# -- what stands in the form ---------------------------------------------------------------


def _kept(found: Opened) -> Typed:
    erratum = found.draft.erratum
    if erratum is None or not _revises(found):
        return Typed()
    return Typed(erratum.points, erratum.cause, erratum.changed)


def _revises(found: Opened) -> bool:
    """Tell whether the form revises a correction; one that has gone is corrected itself."""
    return found.edition.key.corrects is not None and found.edition.state.value not in GONE


def _wrong(desk: Newsroom, found: Opened) -> Edition:
    """Return the edition that the form's correction corrects."""
    key = found.edition.key
    wrong: Edition = found.edition
    if key.corrects is not None and _revises(found):
        wrong = desk.house.editions.get(key.corrects)
    return wrong


def _why_not(desk: Newsroom, found: Opened) -> str:
    if _revises(found):
        return "" if found.latest else "This is an earlier revision; open the latest."
    return desk.house.corrections.why_not(found.edition)


def _line(text: str) -> str:
    return " ".join(text.split())


def _taken(typed: Typed, sentences: Sequence[str], at: int) -> Typed:
    """Put a sentence of the mail into the first point that quotes none."""
    if at >= len(sentences):
        raise ReviewError("The mail has no such sentence; load the page again.")
    free = next((place for place, one in enumerate(typed.points) if not one.said), None)
    if free is None:
        return replace(_more(typed), points=(*typed.points, Wrong(sentences[at], "")))
    points = list(typed.points)
    points[free] = replace(points[free], said=sentences[at])
    return replace(typed, points=tuple(points))


def _more(typed: Typed) -> Typed:
    if len(typed.points) >= MOST_POINTS:
        raise ReviewError(f"{MOST_POINTS} points are the most that one correction holds.")
    return replace(typed, points=(*typed.points, BLANK))


def _acted(typed: Typed, act: str) -> Typed:
    name, _, number = act.partition(" ")
    if name == "more":
        return _more(typed)
    if name == "drop" and number.isdigit() and int(number) < len(typed.points):
        left = [one for at, one in enumerate(typed.points) if at != int(number)]
        return replace(typed, points=tuple(left) or (BLANK,))
    return typed


# -- the page ------------------------------------------------------------------------------


def _page(
    request: Request, desk: Newsroom, visit: Visit, found: Opened, typed: Typed, *,
    said: str = "", read: bool = False,
) -> Response:  # fmt: skip
    words = _words(desk, found, typed, read=read) | {"said": said}
    return desk.page(request, visit, "correct", 422 if said else 200, found=found, **words)


def _words(desk: Newsroom, found: Opened, typed: Typed, *, read: bool = False) -> Words:
    why = _why_not(desk, found)
    wrong = _wrong(desk, found)
    sentences = [] if why else desk.once(
        ("quotable", wrong.revision.rendered), lambda: desk.house.corrections.sentences(wrong)
    )  # fmt: skip
    return {
        "why": why, "typed": typed, "wrong": wrong, "revises": _revises(found),
        "sentences": sentences, "readings": _readings(desk, found, typed) if read else {},
        "unsent": _unsent(typed, sentences) if read else (), "most": MOST_LINE,
        "full": len(typed.points) >= MOST_POINTS, "key": str(found.edition.key),
        "rows": proof.searched(typed.q, found.ledger) if typed.q else [], "shown": proof.SHOWN,
        "units": UNITS, "cite": dict.fromkeys(("unit", "change"), ""),
    }  # fmt: skip


def _unsent(typed: Typed, sentences: Sequence[str]) -> tuple[int, ...]:
    """Return the places of points whose quotation does not begin with a sentence of the mail."""
    blocks = [[one] for one in sentences]
    return tuple(
        at
        for at, one in enumerate(typed.points)
        if one.said and not quotable(one.said, blocks) and not one.said.startswith(tuple(sentences))
    )


def _readings(desk: Newsroom, found: Opened, typed: Typed) -> dict[str, proof.Reading]:
    context = _alone(desk, found)
    texts = {f"right-{at}": one.right for at, one in enumerate(typed.points)}
    texts |= {"cause": typed.cause, "changed": typed.changed}
    return {
        name: proof.read("paragraph", text, "", found.ledger, context)
        for name, text in texts.items()
        if text
    }


def _alone(desk: Newsroom, found: Opened) -> RuleContext:
    house = desk.house
    made: RuleContext = desk.once(
        ("alone", found.revision.ledger),
        lambda: proof.alone(house_context(house.config, house.templates(), found.ledger)),
    )
    return made


def _panel(desk: Newsroom, found: Opened) -> Words:
    return _words(desk, found, _kept(found)) | {"said": ""}


PANEL = Panel("write", 50, _panel, "_correct", corrects=True)
