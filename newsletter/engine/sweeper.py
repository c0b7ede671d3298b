"""The sweeper: finds work whose process is dead and puts it back into its queue.

Every worker has one; a lock lets one at a time decide. Nothing is decided on what it looked
at before it had the lock.
"""

import datetime as dt
from typing import Final

import sqlalchemy as sa

from newsletter.engine.rows import State, Work
from newsletter.engine.worklist import QUEUES, Worklist, queue_of

EVERY_SECONDS: Final = 1.0
TIDY: Final = dt.timedelta(hours=1)
_SWEEPERS: Final = 7302
"""Number of PostgreSQL's advisory lock for sweepers."""


class Sweeper:
    """Sweeps for a worker.

    Parameters
    ----------
    worklist : Worklist
        What is to be done, as the worker sees it.
    """

    def __init__(self, worklist: Worklist) -> None:
        self._worklist = worklist
        self._rows, self._life = worklist.rows, worklist.life
        self._tidied: dt.datetime | None = None

    def sweep(self, now: dt.datetime) -> int:
        """Look once; return how much work was put back or begun anew."""
        moved = 0
        if self._orphans() or self._dead():
            moved = self._take_back()
        for one in self._rows.open():
            if one.version != self._worklist.version and self._ours(one):
                self._worklist.renew(one)
                moved += 1
        if self._tidied is None or now - self._tidied >= TIDY:
            self._worklist.purge(now)
            self._tidied = now
        return moved

    def _take_back(self) -> int:
        with self._rows.database.begin() as connection:
            if not _alone(connection):
                return 0
            moved = self._rows.take_back(connection, self._orphans(), queue_of)
            self._rows.forget(connection, self._dead())
            return moved

    def _dead(self) -> list[str]:
        return [id for id, lives in self._life.all().items() if not lives]

    def _orphans(self) -> list[Work]:
        """Return the work of this version whose process is dead."""
        known = self._life.all()
        return [
            one for one in self._rows.open()
            if one.state is State.RUNNING and one.version == self._worklist.version
            and not known.get(one.executor, False)
            # Who went in good order let go of queued work; the rest is whose who interrupted it.
            and (one.executor in known or one.queue in QUEUES)
        ]  # fmt: skip

    def _ours(self, one: Work) -> bool:
        """Tell whether work of another version is to be begun anew: nobody knows that one."""
        known = one.queue in QUEUES or one.executor in self._life.all()
        return known and self._worklist.stranded(one)


def _alone(connection: sa.Connection) -> bool:
    """Take the sweepers' lock for a transaction; False where another has it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return True
    asked = f"select pg_try_advisory_xact_lock({_SWEEPERS})"
    return bool(connection.exec_driver_sql(asked).scalar())
