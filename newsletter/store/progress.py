"""Editions in the making: one row for each edition, written by its run, read by anybody."""

from dataclasses import asdict
from typing import Any, cast

import sqlalchemy as sa

from newsletter.review.events import Event
from newsletter.store.database import Database
from newsletter.store.models import ProgressRow
from newsletter.store.outbox import put
from newsletter.underway import Course, Making


class SqlProgress:
    """The board of runs on a database.

    Parameters
    ----------
    database : Database
        Where. A write is one short transaction of its own: readers never wait for it, and
        other writers only as long as it takes to write one row.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, making: Making) -> None:
        """Put a run in the place of its edition's earlier one."""
        with self._database.begin(writing=True) as session:
            session.merge(ProgressRow(**_columns(making)))

    def tell(self, making: Making) -> bool:
        """Write how a run stands.

        Returns
        -------
        bool
            False where another run of the same edition has begun since; nothing is written
            then.
        """
        change = (
            sa.update(ProgressRow)
            .where(ProgressRow.edition == making.edition, ProgressRow.run == making.run)
            .values(**_columns(making))
        )
        failed = making.state is Course.FAILED
        with self._database.begin(writing=failed) as session:
            before = session.get(ProgressRow, making.edition) if failed else None
            first = before is not None and before.state != str(Course.FAILED)
            done = cast("sa.CursorResult[Any]", session.execute(change)).rowcount == 1
            if done and first and making.work == "run":
                told = {"state": "failed", "stage": making.stage, "reason": making.reason}
                told |= {"cause": making.cause} if making.cause else {}
                put(session, Event.FAILED, making.edition, making.updated_at, told)
            return done

    def find(self, edition: str) -> Making | None:
        """Return the last run of an edition, or None."""
        with self._database.begin() as session:
            row = session.get(ProgressRow, edition)
        return None if row is None else _making(row)

    def latest(self, count: int = 20) -> list[Making]:
        """Return the runs that last gave a sign of life, newest first."""
        query = (
            sa.select(ProgressRow)
            .order_by(ProgressRow.updated_at.desc(), ProgressRow.edition.desc())
            .limit(count)
        )
        with self._database.begin() as session:
            return [_making(row) for row in session.scalars(query)]


def _columns(making: Making) -> dict[str, Any]:
    return asdict(making) | {"state": str(making.state)}


def _making(row: ProgressRow) -> Making:
    found = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return Making(**found | {"state": Course(row.state)})
