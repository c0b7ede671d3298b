"""Write: every part of an edition edited where it stands, proved as it is typed."""

import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Query, Request, Response

from newsletter.compute.facts import Ledger
from newsletter.desk import editing, proof
from newsletter.desk.admission import READ, Admission, Visit
from newsletter.desk.changing import alone, back, heading_over, since
from newsletter.desk.editing import Edit
from newsletter.desk.merging import Merged, Trail, merged
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.panels import Panel, Words
from newsletter.desk.revision import Opened, opened
from newsletter.desk.wording import written_by
from newsletter.draft.claims import AUTHOR, Draft
from newsletter.draft.untrusted import LONGEST_INSTRUCTION
from newsletter.errors import DraftError, NotFound, ReviewError
from newsletter.preview.compare import compared
from newsletter.render.chart import charts, plates
from newsletter.review.cited import UNITS
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import Edition, EditionKey, Revision
from newsletter.review.roles import Act

router = APIRouter(include_in_schema=False, prefix="/editions/{key}")
Reader = Annotated[Visit, Depends(READ)]
Writer = Annotated[Visit, Depends(Admission(Act.WRITE))]
Number = Annotated[int, Form(ge=1, le=10_000)]
Name = Annotated[str, Form(max_length=120)]

MOST_EDITS: Final = 60
STEPS: Final = {"undo": "undone", "redo": "redone"}


class _NothingToSave(Exception):
    """Every edit is in conflict: there is no new revision to make."""


# -- as you type -----------------------------------------------------------------------------


@router.post("/check")
def check(
    request: Request,
    visit: Reader,
    key: str,
    part: Name,
    revision: Number,
    text: Annotated[str, Form(max_length=2 * editing.LONGEST)] = "",
) -> Response:
    """Return a part as readers would see it, with what preflight says of it."""
    desk = newsroom(request)
    found = opened(desk, key, revision)
    editing.Part.parse(part)
    reading = proof.read(
        part, text, heading_over(found.draft, part), found.ledger, alone(desk, found)
    )
    return desk.page(request, visit, "_reading", reading=reading)


@router.get("/facts")
def facts(
    request: Request, visit: Reader, key: str, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Return the facts that some words mean."""
    desk = newsroom(request)
    found = opened(desk, key)
    rows = proof.searched(q, found.ledger)
    return desk.page(request, visit, "_facts", rows=rows, q=q, most=proof.SHOWN)


# -- saving ----------------------------------------------------------------------------------


@router.post("/save")
def save(
    request: Request,
    visit: Writer,
    key: str,
    revision: Number,
    part: Annotated[list[str], Form()],
    act: Annotated[list[str], Form()],
    text: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make a new revision of what was edited; what two editors changed is shown to this one."""
    texts = text or [""] * len(part)
    if not len(part) == len(act) == len(texts) <= MOST_EDITS:
        raise ReviewError("This page did not say what to save; load it again.")
    edits = [Edit(*each) for each in zip(act, part, texts, strict=True)]
    return _saved(request, visit, key, revision, edits)


@router.post("/charts")
def choose(
    request: Request,
    visit: Writer,
    key: str,
    revision: Number,
    chart: Annotated[list[str] | None, Form()] = None,
    move: Name = "",
) -> Response:
    """Choose the charts and their order."""
    desk, names = newsroom(request), list(dict.fromkeys(chart or []))
    found = opened(desk, key, revision)
    for name in names:
        if name not in charts():
            raise NotFound(f"There is no chart {name[:40]!r}; there are {', '.join(charts())}.")
        if name not in found.draft.charts and not plates([name], found.ledger):
            raise DraftError(f"The facts of this session do not fill the chart {name}.")
    name, _, way = move.partition(" ")
    if name in names:
        at = names.index(name)
        to = min(max(at + (-1 if way == "up" else 1), 0), len(names) - 1)
        names.insert(to, names.pop(at))
    return _saved(request, visit, key, revision, [Edit("choose", "charts", " ".join(names))])


def _saved(
    request: Request, visit: Visit, key: str, revision: int, edits: Sequence[Edit]
) -> Response:
    desk, outcome = newsroom(request), list[Merged]()

    def change(base: Revision) -> tuple[Draft, Ledger]:
        made = merged(since(desk, key, revision, base), edits)
        outcome[:] = [made]
        if made.conflicts and len(made.conflicts) == len(edits):
            raise _NothingToSave
        return made.draft, desk.ledger(base.ledger)

    with contextlib.suppress(_NothingToSave):
        desk.house.revise_here(EditionKey.parse(key), change, visit.editor)
    found = opened(desk, key)
    if outcome[0].conflicts:
        words = {"conflicts": outcome[0].conflicts, "found": found, "called": editing.words}
        words |= {"saved": len(edits) - len(outcome[0].conflicts), "compared": compared}
        name = "_conflict" if request.headers.get("hx-request") else "_conflict_page"
        return desk.page(request, visit, name, 409, **words)
    return back(request, key, edits[0].part)


@router.post("/step/{way}")
def step(request: Request, visit: Writer, key: str, way: str, revision: Number) -> Response:
    """Undo the last revision, or redo what was undone: a new revision of the earlier words."""
    desk = newsroom(request)
    if way not in STEPS:
        raise NotFound("A revision is undone or redone.")
    taken = list[int]()

    def change(base: Revision) -> tuple[Draft, Ledger]:
        if base.number != revision:
            raise ReviewError(
                f"{base.author} has saved revision {base.number} meanwhile; look at it before "
                f"you {way} anything."
            )
        trail = _trail(desk, key, revision)
        number = trail.back if way == "undo" else trail.forth
        if number is None:
            raise ReviewError(f"There is nothing to {way}.")
        taken[:] = [number]
        old = opened(desk, key, number)
        return old.draft, old.ledger

    edition: Edition = desk.house.revise_here(EditionKey.parse(key), change, visit.editor)
    made = {"revision": str(edition.revision.number), "words_of": str(taken[0])}
    entry = AuditEntry(desk.now(), visit.editor, STEPS[way], key, made)
    desk.house.audit.record(entry)
    return back(request, key)


def _trail(desk: Newsroom, key: str, latest: int) -> Trail:
    steps = {
        int(entry.detail["revision"]): entry.action
        for entry in desk.house.audit.entries(key)
        if entry.action in STEPS.values()
    }
    return Trail.of(latest, steps)


# -- who else is there -----------------------------------------------------------------------


@router.post("/here")
def here(request: Request, visit: Reader, key: str, part: Name = "") -> Response:
    """Say that somebody works on an edition, and on what."""
    desk = newsroom(request)
    EditionKey.parse(key)
    if part == "gone":
        desk.house.presence.left(key, visit.editor)
        return Response(status_code=204)
    if part:
        editing.Part.parse(part)
    desk.house.presence.here(key, visit.editor, part, desk.now())
    return Response(status_code=204)


@router.get("/others")
def others(
    request: Request, visit: Reader, key: str, revision: Annotated[int, Query(ge=1)]
) -> Response:
    """Return who else works on it, and whether somebody has saved a newer revision."""
    desk = newsroom(request)
    return desk.page(request, visit, "_others", **_others(desk, visit, key, revision))


def _others(desk: Newsroom, visit: Visit, key: str, revision: int) -> Words:
    latest = desk.house.editions.get(EditionKey.parse(key)).revision
    there = desk.house.presence.others(key, visit.editor, desk.now())
    rows = [(one.editor, one.part, editing.words(one.part) if one.part else "") for one in there]
    return {"key": key, "there": rows, "latest": latest, "revision": revision}


# -- the panel -------------------------------------------------------------------------------


def _panel(desk: Newsroom, found: Opened) -> Words:
    key, draft = str(found.edition.key), found.draft
    counts = Counter(
        one.part for one in desk.house.comments.of(key)
        if one.answers is None and one.resolved_at is None
    )  # fmt: skip
    chosen = [name for name in draft.charts if name in charts()]
    rest = [name for name in charts() if name not in chosen]
    return {
        "groups": _groups(draft), "talk": counts, "units": UNITS, "called": editing.words,
        "proposals": lambda editor: desk.proposals.of(editor, key), "hand": written_by(desk),
        "longest_wish": LONGEST_INSTRUCTION, "by_rules": AUTHOR, "longest": editing.LONGEST,
        "trail": _trail(desk, key, found.revision.number),
        "watched": any(draft.conditions),
        "pictures": [(name, _first(charts()[name].doc), name in chosen) for name in chosen + rest],
        "key": key, "typed": dict.fromkeys(("unit", "change"), ""), "where": "", "said": "",
    }  # fmt: skip


def _groups(draft: Draft) -> list[Words]:
    """Return the parts in reading order under the headings of the panel."""
    groups: list[Words] = []

    def add(title: str, names: Sequence[str], *, whole: str = "", more: str = "") -> None:
        rows: list[Any] = [(name, editing.get(draft, name)) for name in names]
        groups.append({"title": title, "parts": rows, "whole": whole, "more": more})

    add("The top", ("kicker", "headline", "dek", "preheader"))
    add("In short", _names("bullets", draft.bullets), more=f"bullets.{len(draft.bullets)}")
    for number, section in enumerate(draft.sections):
        inside = f"sections.{number}.paragraphs"
        names = [f"sections.{number}.heading", *_names(inside, section.paragraphs)]
        more = f"{inside}.{len(section.paragraphs)}"
        add(f"Section {number + 1}", names, whole=f"sections.{number}", more=more)
    groups[-1]["section"] = f"sections.{len(draft.sections)}"
    case = draft.counter.paragraphs
    names = ["counter.heading", *_names("counter.paragraphs", case)]
    add("The opposing case", names, more=f"counter.paragraphs.{len(case)}")
    add("The verdict", ("verdict",))
    add("What we watch", _names("watch", draft.watch), more=f"watch.{len(draft.watch)}")
    doubts = draft.change_mind
    more = f"change_mind.{len(doubts)}"
    add("What would change our mind", _names("change_mind", doubts), more=more)
    return groups


def _names(group: str, items: Sequence[object]) -> list[str]:
    return [f"{group}.{at}" for at in range(len(items))]


def _first(doc: str) -> str:
    return doc.partition("\n")[0]


def warmed(desk: Newsroom, found: Opened) -> bool:
    """Read and draw once what the first check and the first save would wait for."""
    house, revision, key = desk.house, found.revision, found.edition.key
    proof.read("headline", found.draft.headline, "", found.ledger, alone(desk, found))
    snapshot = house.pipeline.snapshot(revision.snapshot)
    mail = house.render(key, found.draft, found.ledger, snapshot)
    house.preflight(mail, found.ledger, str(key), by_model=found.draft.by_model)
    return found.ledger.sha256 == revision.ledger


@router.post("/ready")
def ready(request: Request, visit: Reader, key: str, work: BackgroundTasks) -> Response:
    """Make ready for writing; once for each set of facts, however many open the page."""
    desk = newsroom(request)
    found = opened(desk, key)
    mark = ("warm", found.revision.ledger)
    if visit.may(Act.WRITE):
        work.add_task(desk.once, mark, lambda: warmed(desk, found))
    return Response(status_code=204, background=work)


PANEL = Panel("write", 50, _panel)
