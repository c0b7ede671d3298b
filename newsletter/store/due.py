"""What was due and what came of it: each change conditional, so that one of several wins."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import AuditEntry
from newsletter.review.due import OPEN, Due, Turn
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models_schedule import DueRow, LookRow

_ROW: Final = 1


class SqlDue:
    """The due book of `newsletter.review.due` on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: str) -> Due | None:
        """Return what is known of an edition, or None."""
        with self._database.begin() as session:
            row = session.get(DueRow, key)
            return None if row is None else _due(row)

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return those of some editions of which something is known."""
        with self._database.begin() as session:
            return set(session.scalars(sa.select(DueRow.key).where(DueRow.key.in_(list(keys)))))

    def open(self) -> list[Due]:
        """Return all of which something is still to come, the earliest first."""
        return self._all(DueRow.turn.in_([str(turn) for turn in OPEN]))

    def planned(self) -> list[Due]:
        """Return those that are to be made besides, the earliest first."""
        return self._all(DueRow.turn == str(Turn.PLANNED))

    def past(self, count: int) -> list[Due]:
        """Return the last of those that came due, the latest first."""
        query = sa.select(DueRow).where(DueRow.turn != str(Turn.PLANNED))
        query = query.order_by(DueRow.due_at.desc(), DueRow.key.desc()).limit(count)
        with self._database.begin() as session:
            return [_due(row) for row in session.scalars(query)]

    def ahead(self, of: dt.datetime) -> list[Due]:
        """Return those due after an instant of which more is known than that they are planned."""
        return self._all(DueRow.due_at > of, DueRow.turn != str(Turn.PLANNED))

    def record(self, due: Due, entry: AuditEntry | None = None) -> bool:
        """Keep what was not known; False where something of its edition is."""
        with self._database.begin(writing=True) as session:
            if session.get(DueRow, due.key) is not None:
                return False
            session.add(DueRow(key=due.key, **_values(due)))
            _tell(session, entry)
        return True

    def move(self, before: Due, after: Due, entry: AuditEntry | None = None) -> bool:
        """Change what is as it was read; False where somebody else changed it."""
        return self._change(sa.update(DueRow).where(*_same(before)).values(_values(after)), entry)

    def drop(self, due: Due, entry: AuditEntry | None = None) -> bool:
        """Take away what is as it was read; False where somebody else changed it."""
        return self._change(sa.delete(DueRow).where(*_same(due)), entry)

    def looks(self, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return the first and the last look at the schedule; the first is now where none was.

        A first look that is still to come was taken by a clock that was wrong: it is now.
        """
        with self._database.begin() as session:
            row = session.get(LookRow, _ROW)
            if row is not None and row.first_at <= now:
                return row.first_at, row.last_at
        with self._database.begin(writing=True) as session:
            row = session.get(LookRow, _ROW)
            if row is None:
                session.add(LookRow(id=_ROW, first_at=now, last_at=now))
            elif row.first_at > now:
                row.first_at = row.last_at = now
            else:
                return row.first_at, row.last_at
        return now, now

    def looked(self, now: dt.datetime) -> None:
        """Keep that the schedule was looked at."""
        with self._database.begin(writing=True) as session:
            session.execute(sa.update(LookRow).where(LookRow.id == _ROW).values(last_at=now))

    def _all(self, *wanted: sa.ColumnElement[bool]) -> list[Due]:
        query = sa.select(DueRow).where(*wanted).order_by(DueRow.due_at, DueRow.key)
        with self._database.begin() as session:
            return [_due(row) for row in session.scalars(query)]

    def _change(self, change: Any, entry: AuditEntry | None) -> bool:
        with self._database.begin(writing=True) as session:
            done = cast("sa.CursorResult[Any]", session.execute(change)).rowcount == 1
            if done:
                _tell(session, entry)
        return done


def _tell(session: Session, entry: AuditEntry | None) -> None:
    if entry is not None:
        audit.append(session, entry)


def _same(due: Due) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        DueRow.key == due.key,
        DueRow.turn == str(due.turn),
        DueRow.at == due.at,
        DueRow.due_at == due.due_at,
        DueRow.tries == due.tries,
    )


def _values(due: Due) -> dict[str, Any]:
    return {
        "due_at": due.due_at, "turn": str(due.turn), "by": due.by, "at": due.at,
        "reason": due.reason, "next_at": due.next_at, "tries": due.tries,
    }  # fmt: skip


def _due(row: DueRow) -> Due:
    return Due(
        row.key, row.due_at, Turn(row.turn), row.by, row.at, row.reason, row.next_at, row.tries
    )
