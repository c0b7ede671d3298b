"""What editors do to an edition: each names the content it is about, and is done once."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from newsletter.desk.api import models
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.editions import etag, parsed
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import Stale, Unconditional, told
from newsletter.desk.newsroom import newsroom
from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import AuditEntry, Desk
from newsletter.review.edition import Edition, EditionKey, Revision, State
from newsletter.review.roles import Act

router = APIRouter(tags=["decisions"], route_class=Once)
Approver = Annotated[Caller, Depends(Key(Act.APPROVE))]
Decider = Annotated[Caller, Depends(Key(Act.DECIDE))]
Overrider = Annotated[Caller, Depends(Key(Act.OVERRIDE))]
Runner = Annotated[Caller, Depends(Key(Act.RUN))]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=80, description="The edition's ETag; without it, 428."),
]
REFUSALS = told(404, 409, 412, 428)


@dataclass(frozen=True)
class Pinned:
    """An edition book that saves a change of one content only.

    The check stands where the change is saved, so nothing comes in between.

    Parameters
    ----------
    book : EditionBook
        The real one.
    content : str
        The hash of the content that was decided about.
    """

    book: Any
    content: str

    def get(self, key: EditionKey) -> Edition:
        """Return an edition."""
        found: Edition = self.book.get(key)
        self._require(found)
        return found

    def find(self, key: EditionKey) -> Edition | None:
        """Return an edition, or None."""
        found: Edition | None = self.book.find(key)
        return found

    def revisions(self, key: EditionKey) -> list[Revision]:
        """Return every revision of an edition, first to last."""
        found: list[Revision] = self.book.revisions(key)
        return found

    def create(self, edition: Edition, entry: AuditEntry) -> Edition:
        """Add nothing: a decision makes no edition."""
        raise ReviewError(f"{edition.key} cannot be made by a decision ({entry.action}).")

    def save(self, new: Edition, old: Edition, entry: AuditEntry) -> None:
        """Save a change of the content that was decided about."""
        self._require(old)
        self.book.save(new, old, entry)

    def _require(self, found: Edition) -> None:
        if found.revision.content != self.content:
            raise Stale(
                f"{found.key} was revised meanwhile; read revision {found.revision.number} and "
                "decide about that one."
            )


@router.post("/editions/{key}/approve", responses=REFUSALS)
def approve(
    request: Request, response: Response, caller: Approver, key: models.Key,
    once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Sign the content that If-Match names."""
    del once
    return _told(response, _desk(request, if_match).approve(parsed(key), caller.editor))


@router.post("/editions/{key}/reject", responses=REFUSALS)
def reject(
    request: Request, response: Response, caller: Decider, key: models.Key,
    why: models.Reason, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Send an edition back to its writers."""
    del once
    desk = _desk(request, if_match)
    return _told(response, desk.decide(parsed(key), State.REJECTED, caller.editor, why.reason))


@router.post("/editions/{key}/hold", responses=REFUSALS)
def hold(
    request: Request, response: Response, caller: Decider, key: models.Key,
    why: models.Reason, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Keep an edition from going out until somebody decides otherwise."""
    del once
    desk = _desk(request, if_match)
    return _told(response, desk.decide(parsed(key), State.HELD, caller.editor, why.reason))


@router.post("/editions/{key}/cancel", responses=REFUSALS)
def cancel(
    request: Request, response: Response, caller: Decider, key: models.Key,
    why: models.Reason, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Give an edition up for good."""
    del once
    desk = _desk(request, if_match)
    return _told(response, desk.decide(parsed(key), State.CANCELLED, caller.editor, why.reason))


@router.post("/editions/{key}/override", responses=REFUSALS)
def override(
    request: Request, response: Response, caller: Overrider, key: models.Key,
    what: models.Overriding, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Answer for a blocking finding."""
    del once
    desk = _desk(request, if_match)
    found = desk.override(parsed(key), what.finding, caller.editor, what.reason)
    return _told(response, found)


@router.post("/editions/{key}/run", status_code=202, responses=told(404, 409))
def run(request: Request, caller: Runner, key: models.Key, once: IdempotencyKey) -> models.Run:
    """Make an edition now, or again, in a process of its own."""
    del once
    desk, wanted = newsroom(request), parsed(key)
    if wanted.kind not in desk.house.config.editions:
        raise NotFound(f"config.yaml knows no edition {wanted.kind!r}.")
    if wanted.session.exchange != desk.house.config.publication.exchange:
        raise NotFound(f"This publication follows {desk.house.config.publication.exchange}.")
    day = wanted.session.date
    if day > desk.now().date():
        raise ReviewError(f"{day} has not been traded yet; nothing can be made of it.")
    desk.house.trading_days(day).require(day)
    if not desk.runs.begin("run", "--session", day.isoformat(), "--edition", wanted.kind):
        raise ReviewError(f"A run of {key} goes on already, or too many others do.")
    desk.record(caller.editor, "run", key, by="a program")
    return models.Run(key=key, begun=True)


def _desk(request: Request, if_match: str | None) -> Desk:
    """Return the desk for decisions about one content."""
    given = (if_match or "").strip()
    if not given:
        raise Unconditional("Give the edition's ETag as If-Match: what you decide about.")
    house = newsroom(request).house
    return replace(house.desk, book=Pinned(house.editions, given.removeprefix("W/").strip('"')))


def _told(response: Response, edition: Edition) -> models.Edition:
    response.headers["ETag"] = etag(edition)
    return models.Edition.of(edition)
