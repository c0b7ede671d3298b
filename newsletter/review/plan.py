"""Plans: an approved edition goes out at an instant, exactly as it was approved."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import AuditEntry, Desk, require_same
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.roles import Act


@dataclass(frozen=True, slots=True)
class Plan:
    """When an edition goes out.

    Parameters
    ----------
    edition : str
        Its key.
    content : str
        The hash of what goes out; no other content ever does by this plan.
    send_at : datetime.datetime
        Aware UTC instant.
    by : str
        Whose plan it is.
    at : datetime.datetime
        When it was made.
    """

    edition: str
    content: str
    send_at: dt.datetime
    by: str
    at: dt.datetime


class PlanBook(Protocol):
    """Where plans are kept, at most one for an edition; the store implements it."""

    def find(self, edition: str) -> Plan | None:
        """Return an edition's plan, or None."""
        ...

    def all(self) -> list[Plan]:
        """Return every plan, the earliest first."""
        ...

    def put(self, plan: Plan, entry: AuditEntry) -> None:
        """Keep a plan instead of any earlier one of its edition."""
        ...

    def drop(self, plan: Plan, entry: AuditEntry | None = None) -> bool:
        """Take a plan away; False where it was changed or taken meanwhile."""
        ...

    def claim(self, plan: Plan, until: dt.datetime, entry: AuditEntry) -> bool:
        """Take a due plan for oneself until an instant; of several who try one succeeds."""
        ...


def void(plan: Plan, edition: Edition | None) -> str:
    """Return why a plan does not hold any more, one clause; empty where it does.

    An edition that was revised, held back, rejected or cancelled loses its approval, and a
    later approval is another one: a plan made under the first is not carried out by it.
    """
    if edition is None:
        return "there is no such edition any more"
    if edition.state in {State.SENDING, State.SENT}:
        return ""
    if edition.revision.content != plan.content:
        return f"revision {edition.revision.number} by {edition.revision.author} came after it"
    approval = edition.approval
    if edition.state is not State.APPROVED or approval is None:
        return f"the edition is {str(edition.state).replace('_', ' ')}"
    if approval.content != plan.content or approval.at > plan.at:
        return "the approval it was made under was withdrawn"
    return ""


@dataclass(frozen=True)
class Planning:
    """Makes plans and takes them back.

    Parameters
    ----------
    desk : Desk
        Who may, and how editions stand.
    plans : PlanBook
        Where plans are kept.
    """

    desk: Desk
    plans: PlanBook

    def of(self, edition: Edition) -> Plan | None:
        """Return the plan of an edition that waits for it, or None."""
        plan = self.plans.find(str(edition.key))
        waits = edition.state is State.APPROVED
        return plan if plan and waits and not void(plan, edition) else None

    def check(self, edition: Edition, send_at: dt.datetime) -> None:
        """Refuse an instant at which an edition cannot go out.

        Raises
        ------
        ReviewError
            If it is past, or not before the edition's end.
        """
        now = self.desk.clock.now()
        if send_at <= now:
            raise ReviewError(
                f"{edition.key} cannot go out at {send_at:%Y-%m-%d %H:%M} UTC, which is past; name "
                "a later instant, or send it now."
            )
        if send_at >= edition.expires_at:
            raise ReviewError(
                f"{edition.key} cannot go out at {send_at:%Y-%m-%d %H:%M} UTC: it expires at "
                f"{edition.expires_at:%Y-%m-%d %H:%M} UTC. Name an earlier instant."
            )

    def plan(self, key: EditionKey, editor: str, send_at: dt.datetime, content: str = "") -> Plan:
        """Let an approved edition go out at an instant, instead of any earlier plan.

        Parameters
        ----------
        key : EditionKey
            The edition.
        editor : str
            Whose plan it is.
        send_at : datetime.datetime
            Aware instant, before the edition's end.
        content : str
            The hash of what they looked at; without it whatever is approved.

        Raises
        ------
        ReviewError
            If the edition is not approved, was revised, cannot go out then, or the editor
            is not appointed to it.
        """
        self.desk.require(editor, Act.SEND)
        edition = self.desk.refreshed(key)
        require_same(edition, content)
        if edition.state is not State.APPROVED or edition.approval is None:
            raise ReviewError(f"{key} is {edition.state}; only an approved edition is planned.")
        self.check(edition, send_at)
        now = self.desk.clock.now()
        plan = Plan(str(key), edition.approval.content, send_at.astimezone(dt.UTC), editor, now)
        self.plans.put(plan, self._entry(plan, editor, "planned"))
        return plan

    def go_on(self, edition: Edition, at: dt.datetime) -> None:
        """Have a delivery that has begun gone on with at an instant, by whoever is there then.

        Parameters
        ----------
        edition : Edition
            On its way out.
        at : datetime.datetime
            Aware instant at which something of it is due.
        """
        now, approval = self.desk.clock.now(), edition.approval
        by = approval.editor if approval else "pipeline"
        plan = Plan(str(edition.key), edition.revision.content, at.astimezone(dt.UTC), by, now)
        self.plans.put(plan, self._entry(plan, "pipeline", "rests", by=by))

    def drop(self, key: EditionKey, editor: str) -> None:
        """Take an edition's plan away; the edition stays approved.

        Raises
        ------
        NotFound
            If it has none.
        ReviewError
            If the editor is not appointed to it.
        """
        self.desk.require(editor, Act.SEND)
        plan = self.plans.find(str(key))
        if plan is None or not self.plans.drop(plan, self._entry(plan, editor, "unplanned")):
            raise NotFound(f"{key} has no plan.")

    def _entry(self, plan: Plan, actor: str, action: str, **more: str) -> AuditEntry:
        detail = {"content": plan.content, "send_at": plan.send_at.isoformat(), **more}
        return AuditEntry(self.desk.clock.now(), actor, action, plan.edition, detail)

    # -- carrying them out -----------------------------------------------------------------

    def carry_out(
        self,
        begin: Callable[[str], bool],
        refused: Callable[[Plan, str], None],
        lease: dt.timedelta,
        *,
        resting: Callable[[str], bool] = lambda _: False,
    ) -> int:
        """Send what is due, each once; take away what is done or does not hold any more.

        Whoever carries a plan out takes it for a while. It is taken away only once its
        edition has gone, so that a process which dies before that is followed by another;
        the delivery itself sends nothing twice.

        Parameters
        ----------
        begin : callable
            Begins to send an edition; False where it cannot now.
        refused : callable
            Told a plan that is not carried out and why.
        lease : datetime.timedelta
            How long a plan that was begun is left alone.
        resting : callable
            Edition key to whether its delivery is paused; it is begun once it is resumed.

        Returns
        -------
        int
            How many were begun.
        """
        begun = 0
        for plan in self.plans.all():
            key, now = EditionKey.parse(plan.edition), self.desk.clock.now()
            edition = self.desk.refreshed(key) if self.desk.book.find(key) else None
            why = void(plan, edition)
            if why:
                entry = self._entry(plan, "pipeline", "plan refused", why=why, by=plan.by)
                if self.plans.drop(plan, entry):
                    refused(plan, why)
            elif edition is not None and edition.state is State.SENT:
                self.plans.drop(plan)
            elif plan.send_at <= now and not resting(plan.edition):
                entry = self._entry(plan, "pipeline", "plan begun", by=plan.by)
                if self.plans.claim(plan, now + lease, entry):
                    begun += begin(plan.edition)
        return begun
