"""Tonight: where this evening's editions stand, what blocks them, and until when."""

import datetime as dt
import itertools
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from newsletter.desk.admission import READ, Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.errors import NotFound, ReviewError
from newsletter.review.edition import EditionKey, State
from newsletter.review.listing import Listed, Wanted
from newsletter.review.roles import Act
from newsletter.schedule import appears, firings
from newsletter.underway import STAGES, Making

ROOM = Room("Tonight", "/", 0, key="t")
router = APIRouter(include_in_schema=False)
Reader = Annotated[Visit, Depends(READ)]
Runner = Annotated[Visit, Depends(Admission(Act.RUN))]

PAST: Final = 12
WAITING: Final = frozenset({State.IN_REVIEW, State.APPROVED, State.HELD})
REPEATABLE: Final = frozenset({State.REJECTED, State.EXPIRED, State.IN_REVIEW, State.HELD})
AFTER: Final = {"skip": "stale and is not sent", "hold": "held, and is not sent"}
"""What becomes of an edition that nobody signed in time."""
LATE: Final = dt.timedelta(minutes=30)
"""An edition nobody has signed so long before its end is told in another colour."""

Words = dict[str, Any]


@router.get("/")
def tonight(request: Request, visit: Reader) -> Response:
    """Show the page."""
    desk = newsroom(request)
    due = list(itertools.islice(firings(desk.house.config, desk.now()), 3))
    past = [_row(desk, one) for one in desk.house.editions.listed(Wanted(), PAST)[0]]
    return desk.page(request, visit, "tonight", due=due, past=past, **_state(desk))


@router.get("/tonight/state")
def state(request: Request, visit: Reader) -> Response:
    """Return what changes by itself."""
    desk = newsroom(request)
    return desk.page(request, visit, "_tonight", **_state(desk))


@router.post("/tonight/run/{key}")
def run(request: Request, visit: Runner, key: str) -> Response:
    """Make an edition now, or again."""
    desk = newsroom(request)
    begun = begin(desk, EditionKey.parse(key))
    if begun:
        desk.record(visit.editor, "run", key)
    said = f"The run of {key} begins." if begun else f"A run of {key} goes on already."
    said = f"{said} {desk.runs.nobody()}".rstrip()
    return desk.page(request, visit, "_done", said=said)


@router.post("/tonight/retry/{key}")
def retry(request: Request, visit: Runner, key: str) -> Response:
    """Try the stage again at which an edition's run failed."""
    desk, parsed = newsroom(request), EditionKey.parse(key)
    found = desk.house.runs.find(str(parsed))
    if found is None or not failed(found, desk.now()):
        raise ReviewError(f"No run of {key} has failed; there is no stage to try again.")
    begun = begin(desk, parsed, "retry")
    if begun:
        desk.record(visit.editor, "stage tried again", key, stage=found.stage)
    said = (
        f"{key}: {found.stage or 'the run'} is tried again; what was made before it stands."
        if begun else f"A run of {key} goes on already."
    )  # fmt: skip
    said = f"{said} {desk.runs.nobody()}".rstrip()
    return desk.page(request, visit, "_done", said=said)


def failed(run: Making, now: dt.datetime) -> bool:
    """Tell whether a run of an edition has ended, or was cut off, before it was done."""
    return run.work == "run" and not run.goes_on(now) and run.to_json(now)["state"] != "done"


def begin(desk: Newsroom, key: EditionKey, flow: str = "produce") -> bool:
    """Begin a run, or the stage again at which one failed, unless one goes on."""
    exchange = desk.house.config.publication.exchange
    if key.session.exchange != exchange:
        raise NotFound(f"This publication follows {exchange}.")
    if key.kind not in desk.house.config.editions:
        raise NotFound(f"config.yaml knows no edition {key.kind!r}.")
    desk.house.trading_days(key.session.date).require(key.session.date)
    return desk.runs.begin(flow, str(key))


def _state(desk: Newsroom) -> Words:
    house = desk.house
    session = house.latest_session()
    days = house.trading_days(session.date)
    kinds = [
        name for name, kind in house.config.editions.items()
        if kind.enabled and appears(house.config, kind, session, days)
    ]  # fmt: skip
    keys = [EditionKey(session, name) for name in kinds]
    # What was made by hand of this session, or of another and still waits, belongs here too.
    waiting = [one.key for one in house.editions.all(PAST) if one.state in WAITING]
    keys += [key for key in waiting if key not in keys]
    told = [_edition(desk, key) for key in keys]
    return {"session": session, "editions": told, "alerts": house.alerts.standing()}


def _edition(desk: Newsroom, key: EditionKey) -> Words:
    house, now = desk.house, desk.now()
    found = house.editions.find(key)
    if found is not None and found.state in WAITING:
        found = house.desk.seen(key)
    run: Making | None = house.runs.find(str(key))
    told: Words = {
        "key": str(key), "kind": key.kind, "there": found is not None, "state": "not made",
        "subject": "", "waits": False, "blocked": (), "again": found is None, "late": False,
        "run": run and _run(run, now), "failed": False,
    }  # fmt: skip
    told["failed"] = bool(run and not run.goes_on(now) and told["run"]["state"] != "done")
    told["stage"] = run.stage if run and failed(run, now) else ""
    if found is None:
        told["again"] = not (run and run.goes_on(now))
        return told
    told |= {
        "state": str(found.state), "revision": found.revision.number,
        "author": found.revision.author, "subject": desk.mail(found.revision.rendered).subject,
        "waits": found.state in WAITING, "expires": found.expires_at,
        "late": found.state is not State.APPROVED and found.expires_at - now < LATE,
        "after": AFTER[house.config.review.at_deadline],
        "again": found.state in REPEATABLE and not (run and run.goes_on(now)) and told["failed"],
    }  # fmt: skip
    if found.state is State.IN_REVIEW:
        told["blocked"] = house.desk.outstanding(found) or ()
    if told["run"] and not told["failed"] and not (run and run.goes_on(now)):
        told["run"] = None  # it is done, and its edition says so itself
    return told


def _run(run: Making, now: dt.datetime) -> Words:
    names = STAGES.get(run.work, ())
    at = names.index(run.stage) if run.stage in names else -1
    course = ["past" if place < at else "now" if place == at else "" for place in range(len(names))]
    document = run.to_json(now)
    return {
        "state": document["state"], "verdict": run.verdict(now), "message": run.message,
        "done": run.done, "total": run.total,
        "stages": [{"name": name, "course": one} for name, one in zip(names, course, strict=True)],
    }  # fmt: skip


def _row(desk: Newsroom, edition: Listed) -> Words:
    return {
        "key": str(edition.key), "subject": edition.subject,
        "state": str(desk.house.desk.state_at(edition.state, edition.expires_at)),
        "signed": edition.approved_by,
        "readers": sum(desk.house.deliveries.counts(str(edition.key)).values()),
    }  # fmt: skip
