"""Pauses: a delivery rests between two messages until somebody lets it go on."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Protocol

from newsletter.errors import ReviewError
from newsletter.review.desk import OPERATOR, AuditEntry, Desk
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.plan import Plan
from newsletter.review.roles import Act

LONGEST_REASON: Final = 500
MACHINE: Final = "pipeline"
"""Who pauses a delivery that must not go on before somebody has looked."""
ALERT: Final = "delivery alert"
"""What the audit log calls a sentence about a delivery that editors should read."""
SOON: Final = dt.timedelta(minutes=1)
"""After a resumption whoever resumed it has so long to begin; then the desk's clock does."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a delivery rests.

    Parameters
    ----------
    edition : str
        The key of what goes out.
    by : str
        Who paused it.
    at : datetime.datetime
        Aware UTC instant.
    reason : str
        One sentence.
    """

    edition: str
    by: str
    at: dt.datetime
    reason: str

    def told(self, zone: dt.tzinfo, now: dt.datetime) -> str:
        """Return it in words, its instant in a time zone; the day where it is not today.

        Examples
        --------
        >>> at = dt.datetime(2026, 7, 2, 18, 42, tzinfo=dt.UTC)
        >>> Pause("", "Ada", at, "A figure is wrong.").told(dt.UTC, at)
        'paused by Ada at 18:42 UTC: A figure is wrong.'
        """
        local = self.at.astimezone(zone)
        form = "%H:%M %Z" if local.date() == now.astimezone(zone).date() else "%Y-%m-%d %H:%M %Z"
        return f"paused by {self.by} at {local.strftime(form)}: {self.reason}"

    def to_json(self) -> dict[str, str]:
        """Return it as plain JSON data."""
        return {"by": self.by, "at": self.at.isoformat(), "reason": self.reason}


class PauseBook(Protocol):
    """Where pauses are kept, at most one for an edition; the store implements it."""

    def find(self, edition: str) -> Pause | None:
        """Return the pause of an edition that is on its way out, or None."""
        ...

    def put(self, pause: Pause, entry: AuditEntry) -> bool:
        """Keep a pause; False where the edition is paused already or not on its way out."""
        ...

    def lift(self, pause: Pause, plan: Plan, entry: AuditEntry) -> bool:
        """Replace a pause by a plan to go on; False where it was lifted meanwhile."""
        ...


@dataclass(frozen=True)
class Pausing:
    """Pauses deliveries and lets them go on.

    Parameters
    ----------
    desk : Desk
        Who may, and how editions stand.
    pauses : PauseBook
        Where pauses are kept.
    """

    desk: Desk
    pauses: PauseBook

    def of(self, edition: Edition) -> Pause | None:
        """Return the pause of an edition, or None."""
        return self.pauses.find(str(edition.key)) if edition.state is State.SENDING else None

    def require_running(self, edition: Edition) -> None:
        """Refuse to send an edition that is paused.

        Raises
        ------
        ReviewError
            Naming who paused it, and why.
        """
        found = self.of(edition)
        if found is not None:
            raise ReviewError(
                f"{edition.key} is {found.told(dt.UTC, self.desk.clock.now()).rstrip('.')}. "
                f"Nothing of it is sent until somebody resumes it: `newsletter resume "
                f"{edition.key}`."
            )

    def halt(self, key: EditionKey, reason: str) -> None:
        """Let a delivery rest because of what came of it, until a person resumes it.

        Where it is paused already, or not on its way out any more, nothing is done.
        """
        entry = self._entry(self.desk.book.get(key), MACHINE, "paused", reason=reason)
        self.pauses.put(Pause(str(key), MACHINE, entry.at, reason), entry)

    def pause(self, key: EditionKey, actor: str, reason: str) -> Pause:
        """Let a delivery rest; whatever process sends it stops before its next final dot.

        Parameters
        ----------
        key : EditionKey
            The edition.
        actor : str
            Who pauses it.
        reason : str
            One sentence.

        Raises
        ------
        ReviewError
            If the reason is empty or too long, the edition is not on its way out or is paused
            already, or the actor is neither the operator nor appointed to it.
        """
        if actor != OPERATOR:
            self.desk.require(actor, Act.SEND)
        reason = " ".join(reason.split())
        if not reason:
            raise ReviewError(f"Say why {key} is to be paused: give a sentence as the reason.")
        if len(reason) > LONGEST_REASON:
            raise ReviewError(f"The reason is longer than {LONGEST_REASON} characters; shorten it.")
        edition = self.desk.book.get(key)
        pause = Pause(str(key), actor, self.desk.clock.now(), reason)
        if not self.pauses.put(pause, self._entry(edition, actor, "paused", reason=reason)):
            raise ReviewError(self._why_not(key))
        return pause

    def _why_not(self, key: EditionKey) -> str:
        edition, now = self.desk.book.get(key), self.desk.clock.now()
        found = self.of(edition)
        if found is not None:
            return f"{key} is already {found.told(dt.UTC, now)}"
        mend = " Hold it instead." if edition.state is State.APPROVED else ""
        state = str(edition.state).replace("_", " ")
        return f"{key} is {state}; only an edition on its way out is paused.{mend}"

    def resume(self, key: EditionKey, actor: str) -> Pause:
        """Lift an edition's pause; it goes on where it stood.

        Should whoever resumes it be stopped before copies go out, the desk's clock begins it:
        the pause becomes a plan.

        Returns
        -------
        Pause
            What was lifted.

        Raises
        ------
        ReviewError
            If it is not paused, or the actor is neither the operator nor appointed to it.
        """
        if actor != OPERATOR:
            self.desk.require(actor, Act.SEND)
        edition, now = self.desk.book.get(key), self.desk.clock.now()
        pause = self.of(edition)
        if pause is None:
            raise ReviewError(f"{key} is not paused; there is nothing to resume.")
        plan = Plan(pause.edition, edition.revision.content, now + SOON, actor, now)
        entry = self._entry(
            edition, actor, "resumed", paused_by=pause.by, paused_at=pause.at.isoformat()
        )
        if not self.pauses.lift(pause, plan, entry):
            raise ReviewError(f"Somebody else resumed {key} a moment ago.")
        return pause

    def _entry(self, edition: Edition, actor: str, action: str, **more: str) -> AuditEntry:
        detail = {"content": edition.revision.content, "state": str(edition.state), **more}
        return AuditEntry(self.desk.clock.now(), actor, action, str(edition.key), detail)
