"""What somebody may decide about an edition now, and where they may not, why."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from newsletter.config import EditionKind
from newsletter.correcting import ENDED
from newsletter.desk.admission import Visit
from newsletter.desk.newsroom import Newsroom
from newsletter.desk.revision import Opened
from newsletter.pooling import at_home
from newsletter.review.edition import Edition, State
from newsletter.review.roles import Act
from newsletter.send.deliver import require_may_leave, require_one_click

LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """One act of the review room.

    Parameters
    ----------
    name : str
        Last part of its address.
    title : str
        On its button.
    key : str
        The letter that presses it.
    why : str
        Why it cannot be done now; empty where it can.
    style : str
        ``main``, ``danger`` or nothing.
    way : str
        The page it leads to, where it is too much for a dialog.
    """

    name: str
    title: str
    key: str
    why: str = ""
    style: str = ""
    way: str = ""


NEEDS: Final[Mapping[str, Act]] = {
    "approve": Act.APPROVE, "send": Act.SEND, "unplan": Act.SEND, "stop": Act.SEND,
    "reject": Act.DECIDE, "hold": Act.DECIDE, "release": Act.DECIDE, "cancel": Act.DECIDE,
    "test": Act.SEND, "pause": Act.SEND, "resume": Act.SEND, "correct": Act.WRITE,
}  # fmt: skip
"""What each act takes."""


def words(desk: Newsroom, found: Opened, visit: Visit) -> dict[str, Any]:
    """Return what the pages about an edition's acts are filled with."""
    house, edition = desk.house, found.edition
    outstanding = house.desk.outstanding(edition)
    kind = house.config.kind(edition.key.kind)
    counts = house.deliveries.counts(str(edition.key)) if edition.approval else {}
    plan = house.planning.of(edition)
    begins = desk.runs.going("deliver", str(edition.key))
    given = list(_choices(desk, found, visit, plan is not None, outstanding))
    return {
        "choices": [one for one in given if visit.may(NEEDS[one.name])] if found.latest else [],
        "readers": _readers(desk, edition, kind.list) if kind else 0,
        "list": kind.list if kind else "",
        "plan": plan,
        "paused": house.pausing.of(edition),
        "begins": begins,
        "nobody": desk.runs.nobody() if begins else "",
        "counts_sent": {str(state): number for state, number in counts.items() if number},
        "most_reason": LONGEST_REASON,
        "earliest": _local(desk.now() + dt.timedelta(minutes=1), visit),
        "latest_at": _local(edition.expires_at - dt.timedelta(minutes=1), visit),
        "policy_late": house.config.review.at_deadline,
    }  # fmt: skip


def _readers(desk: Newsroom, edition: Edition, name: str) -> int:
    audience, wrong = desk.house.audience, edition.key.corrects
    if wrong:
        return int(audience.reaching(str(wrong)))
    return int(audience.stats().get(name, {}).get("active", 0))


def _local(at: dt.datetime, visit: Visit) -> str:
    return f"{at.astimezone(visit.zone):%Y-%m-%dT%H:%M}"


def _choices(
    desk: Newsroom, found: Opened, visit: Visit, planned: bool, outstanding: Any
) -> Iterator[Choice]:
    state = found.edition.state
    if state in {State.IN_REVIEW, State.HELD}:
        why = why_not(desk, found, visit, outstanding)
        yield Choice("approve", "Approve", "a", why, "main")
    if state is State.HELD:
        yield Choice("release", "Release", "o")
    if state is State.APPROVED:
        title = "Change the plan" if planned else "Send"
        yield Choice("send", title, "s", cannot_leave(desk, found.edition), "main")
        if planned:
            yield Choice("unplan", "Drop the plan", "u")
    if state is State.SENDING and desk.house.pausing.of(found.edition):
        yield Choice("resume", "Resume", "r", style="main")
        yield Choice("stop", "Stop sending", "z", style="danger")
    elif state is State.SENDING:
        yield Choice("pause", "Pause", "b")
        yield Choice("stop", "Stop sending", "z", style="danger")
        going = desk.runs.going("deliver", str(found.edition.key))
        yield Choice("send", "Send the rest", "s", "A delivery goes on." if going else "")
    if state in {State.IN_REVIEW, State.HELD}:
        yield Choice("reject", "Reject", "x")
    if state in {State.IN_REVIEW, State.APPROVED}:
        yield Choice("hold", "Hold", "o")
    if state is not State.CANCELLED:
        yield Choice("test", "Test copy", "y", cannot_leave(desk, found.edition))
    if state in ENDED and not desk.house.corrections.why_not(found.edition):
        yield Choice("correct", "Correct", "w", way=f"/editions/{found.edition.key}/correct")
    if state in {State.IN_REVIEW, State.HELD, State.APPROVED}:
        yield Choice("cancel", "Cancel", "z", style="danger")


def why_not(desk: Newsroom, found: Opened, visit: Visit, outstanding: Any) -> str:
    """Return why somebody cannot approve an edition now; empty where they can."""
    edition, revision = found.edition, found.edition.revision
    if edition.state is State.HELD:
        return "It is on hold; release it first."
    if edition.state is not State.IN_REVIEW:
        return f"It is {str(edition.state).replace('_', ' ')}."
    if outstanding is None:
        return "Its report cannot be read against this revision; put it through preflight again."
    if outstanding:
        number = len(outstanding)
        finding = "finding blocks" if number == 1 else "findings block"
        return f"{number} {finding} it; revise the text or have them overridden."
    if desk.house.config.review.four_eyes and revision.author == visit.editor:
        return f"You made revision {revision.number}; with four eyes on, somebody else approves it."
    return ""


def cannot_leave(desk: Newsroom, edition: Edition) -> str:
    """Return why an edition cannot go by its sender at all; empty where it can."""
    house = desk.house
    kind = house.config.kind(edition.key.kind)
    if kind is None:
        return f"config.yaml has no editions.{edition.key.kind}."
    if at_home(kind.sender, house.config.senders):
        return ""
    if desk.mail(edition.revision.rendered).sample:
        return "Its figures are simulated; only a maildir sender may have it."
    return "" if house.signer.secure else "publication.base_url must start with https://."


def require_can_go(desk: Newsroom, edition: Edition) -> None:
    """Refuse what the delivery would refuse, before it is begun where nobody reads it.

    Raises
    ------
    SendRefused
        If the edition is not approved as it is, stale, simulated, or of an older close.
    """
    from newsletter.proofing import require_fresh

    house = desk.house
    house.pausing.require_running(edition)
    frozen = house.pipeline.message(edition)
    way = house.transport(cast("EditionKind", house.config.kind(edition.key.kind)).sender)
    require_may_leave(frozen, way)
    require_one_click(house.signer, way)
    if edition.state is State.APPROVED and not edition.key.corrects:
        latest = house.latest_session().date
        require_fresh(desk.ledger(edition.revision.ledger), desk.now(), latest)
