"""What operators do with durable work: look at it, try it again, cancel it."""

from typing import Any, Final

from newsletter.app import House
from newsletter.errors import NewsletterError
from newsletter.review.desk import OPERATOR, AuditEntry
from newsletter.review.edition import EditionKey
from newsletter.review.roles import Act
from newsletter.send.delivery import DeliveryState
from newsletter.underway import lasting

NEEDS: Final = {"deliver": Act.SEND}
"""What an editor must be allowed to do for a flow; for all others to begin a run."""


def listed(house: House, states: list[str], limit: int, *, every: bool = False) -> list[Any]:
    """Return work in some states, or in any; of each flow and edition the last, or every one."""
    found = house.worklist.rows.latest(states, limit, every=every)
    return list(found)


def document(house: House, work: Any) -> dict[str, Any]:
    """Return work as a document for programs."""
    now = house.clock.now()
    return {
        "id": work.id, "flow": work.flow, "key": work.key, "state": str(work.state),
        "attempts": work.attempts, "version": work.version, "executor": work.executor,
        "asked_at": work.at.isoformat(), "changed_at": work.changed.isoformat(),
        "since": lasting(max(0, int((now - work.changed).total_seconds()))), "error": work.error,
    }  # fmt: skip


def try_again(house: House, named: str, actor: str = OPERATOR) -> str:
    """Try the step again at which work failed; return the name of the new run.

    Raises
    ------
    ReviewError
        If it has not failed, or the actor is neither the operator nor appointed to it.
    """
    work = house.worklist.last(named)
    _require(house, work, actor)
    id = str(house.worklist.retry(work))
    _tell(house, actor, "work tried again", work, run=id)
    return id


def cancel(house: House, named: str, actor: str = OPERATOR) -> str:
    """End work before its next step; return what becomes of it, in a sentence or two.

    Raises
    ------
    ReviewError
        If it has ended, or the actor is neither the operator nor appointed to it.
    """
    work = house.worklist.last(named)
    _require(house, work, actor)
    house.worklist.cancel(work)
    if work.flow == "deliver":
        plan = house.plans.find(work.key)
        if plan is not None:  # else the desk's clock would begin it again
            house.plans.drop(plan)
    _tell(house, actor, "work cancelled", work)
    first = f"{work.id} is cancelled"
    if work.state == "waiting":
        return f"{first}; it had not begun."
    return f"{first}; it stops before its next step.{_reached(house, work)}"


def _reached(house: House, work: Any) -> str:
    """Return what becomes of readers, where the work was a delivery."""
    if work.flow != "deliver":
        return ""
    counts = house.deliveries.counts(work.key)
    gone, all_ = counts.get(DeliveryState.ACCEPTED, 0), sum(counts.values())
    return (
        f" {gone} of {all_} copies were handed over and cannot be called back; the batch under way "
        f"is finished first. The rest goes with `newsletter send {work.key}`, or never, where the "
        "edition is cancelled."
    )


def _require(house: House, work: Any, actor: str) -> None:
    if actor != OPERATOR:
        house.desk.require(actor, NEEDS.get(work.flow, Act.RUN))


def _tell(house: House, actor: str, action: str, work: Any, **more: str) -> None:
    try:
        subject = str(EditionKey.parse(work.key))
    except NewsletterError:  # of no edition
        subject = work.key[:80]
    entry = AuditEntry(house.clock.now(), actor, action, subject, {"work": work.id, **more})
    house.audit.record(entry)
