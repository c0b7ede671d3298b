"""Pauses of deliveries: each change conditional, and audited in its own transaction."""

from typing import Any, cast

import sqlalchemy as sa

from newsletter.review.desk import AuditEntry
from newsletter.review.edition import State
from newsletter.review.pause import Pause
from newsletter.review.plan import Plan
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models import EditionRow
from newsletter.store.models_desk import PauseRow, PlanRow


class SqlPauses:
    """The pause book of `newsletter.review.pause` on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, edition: str) -> Pause | None:
        """Return the pause of an edition that is on its way out, or None."""
        with self._database.begin() as session:
            row = session.scalar(_standing().where(PauseRow.edition == edition))
            return None if row is None else _pause(row)

    def stands(self, edition: str) -> bool:
        """Tell whether an edition's delivery rests: asked between any two messages."""
        return self.find(edition) is not None

    def all(self) -> dict[str, Pause]:
        """Return every pause that stands, by its edition."""
        with self._database.begin() as session:
            return {row.edition: _pause(row) for row in session.scalars(_standing())}

    def put(self, pause: Pause, entry: AuditEntry) -> bool:
        """Keep a pause; False where the edition is paused already or not on its way out."""
        with self._database.begin(writing=True) as session:
            edition = session.get(EditionRow, pause.edition)
            if edition is None or edition.state != str(State.SENDING):
                return False
            if session.get(PauseRow, pause.edition) is not None:
                return False
            session.add(
                PauseRow(edition=pause.edition, by=pause.by, at=pause.at, reason=pause.reason)
            )
            audit.append(session, entry)
        return True

    def lift(self, pause: Pause, plan: Plan, entry: AuditEntry) -> bool:
        """Replace a pause by a plan to go on; False where it was lifted meanwhile."""
        same = (PauseRow.edition == pause.edition, PauseRow.at == pause.at, PauseRow.by == pause.by)
        with self._database.begin(writing=True) as session:
            done = cast("sa.CursorResult[Any]", session.execute(sa.delete(PauseRow).where(*same)))
            if done.rowcount != 1:
                return False
            session.execute(sa.delete(PlanRow).where(PlanRow.edition == plan.edition))
            session.add(
                PlanRow(
                    edition=plan.edition, content=plan.content, send_at=plan.send_at, by=plan.by,
                    at=plan.at,
                )
            )  # fmt: skip
            audit.append(session, entry)
        return True


def _standing() -> sa.Select[PauseRow]:
    # What has gone out or was cancelled while it rested is not paused any more.
    return (
        sa.select(PauseRow)
        .join(EditionRow, EditionRow.key == PauseRow.edition)
        .where(EditionRow.state == str(State.SENDING))
    )


def _pause(row: PauseRow) -> Pause:
    return Pause(row.edition, row.by, row.at, row.reason)
