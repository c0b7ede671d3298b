"""Plans to send, and what editors have been told: each change conditional, and audited."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa

from newsletter.review.desk import AuditEntry
from newsletter.review.plan import Plan
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models import AuditRow
from newsletter.store.models_desk import PlanRow


class SqlPlans:
    """The plan book of `newsletter.review.plan` on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, edition: str) -> Plan | None:
        """Return an edition's plan, or None."""
        with self._database.begin() as session:
            row = session.get(PlanRow, edition)
            return None if row is None else _plan(row)

    def all(self) -> list[Plan]:
        """Return every plan, the earliest first."""
        with self._database.begin() as session:
            rows = session.scalars(sa.select(PlanRow).order_by(PlanRow.send_at, PlanRow.edition))
            return [_plan(row) for row in rows]

    def put(self, plan: Plan, entry: AuditEntry) -> None:
        """Keep a plan instead of any earlier one of its edition."""
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(PlanRow).where(PlanRow.edition == plan.edition))
            session.add(
                PlanRow(
                    edition=plan.edition,
                    content=plan.content,
                    send_at=plan.send_at,
                    by=plan.by,
                    at=plan.at,
                )
            )
            audit.append(session, entry)

    def drop(self, plan: Plan, entry: AuditEntry | None = None) -> bool:
        """Take a plan away; False where it was changed or taken meanwhile."""
        with self._database.begin(writing=True) as session:
            done = _count(session.execute(sa.delete(PlanRow).where(*_same(plan))))
            if done and entry is not None:
                audit.append(session, entry)
        return done == 1

    def claim(self, plan: Plan, until: dt.datetime, entry: AuditEntry) -> bool:
        """Take a due plan for oneself until an instant; of several who try one succeeds.

        The instant takes the place of the plan's own: whoever else read the plan before
        finds it changed, and nobody finds it due before then.
        """
        with self._database.begin(writing=True) as session:
            change = sa.update(PlanRow).where(*_same(plan)).values(send_at=until)
            done = _count(session.execute(change))
            if done:
                audit.append(session, entry)
        return done == 1


class Once:
    """What is done at most once, however many processes would: the audit log remembers.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def done(self, action: str, subject: str, detail: Mapping[str, str]) -> bool:
        """Tell whether something was done."""
        with self._database.begin() as session:
            return session.scalar(_entries(action, subject, detail)) is not None

    def begin(self, entry: AuditEntry) -> bool:
        """Record that something is done now; False where it was done already."""
        with self._database.begin(writing=True) as session:
            wanted = _entries(entry.action, entry.subject, entry.detail)
            if session.scalar(wanted) is not None:
                return False
            audit.append(session, entry)
        return True


def _entries(action: str, subject: str, detail: Mapping[str, str]) -> sa.Select[int]:
    written = json.dumps(dict(detail), sort_keys=True, ensure_ascii=False)
    return (
        sa.select(AuditRow.seq)
        .where(AuditRow.subject == subject, AuditRow.action == action, AuditRow.detail == written)
        .limit(1)
    )


def _same(plan: Plan) -> tuple[Any, ...]:
    return (
        PlanRow.edition == plan.edition,
        PlanRow.content == plan.content,
        PlanRow.send_at == plan.send_at,
        PlanRow.at == plan.at,
    )


def _plan(row: PlanRow) -> Plan:
    return Plan(row.edition, row.content, row.send_at, row.by, row.at)


def _count(result: Any) -> int:
    return cast("sa.CursorResult[Any]", result).rowcount
