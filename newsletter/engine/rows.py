"""The engine's rows of work: read as they stand, and moved on where their process is dead.

Read without DBOS, which takes a second to import: a page of the desk asks for them often.
"""

import base64
import contextlib
import datetime as dt
import pickle
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from newsletter.errors import ConfigError, NewsletterError

INTERNAL: Final = "_dbos_internal_queue"
"""DBOS's own queue, from which whatever process runs an engine takes."""
NEEDED: Final = {
    "workflow_status": {"owner_xid", "executor_id", "recovery_attempts", "error"},
    "workflow_output": {"error"},
}
"""What is asked for here of the engine's tables."""
LOOKED_AT: Final = 2000
"""Latest rows that are looked at for a list."""


class State(StrEnum):
    """How work stands, in the words people are told."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"
    CANCELLED = "cancelled"


STATES: Final = {
    "ENQUEUED": State.WAITING,
    "DELAYED": State.WAITING,
    "PENDING": State.RUNNING,
    "SUCCESS": State.DONE,
    "ERROR": State.PARKED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": State.PARKED,
    "CANCELLED": State.CANCELLED,
}
OPEN: Final = frozenset({State.WAITING, State.RUNNING})
DIED: Final = "Its process died again and again; look at the logs of those that had it."


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of durable work.

    Parameters
    ----------
    id : str
        ``flow:key:mark:number``.
    flow, key : str
        What is done, for which edition.
    state : State
        How it stands.
    executor : str
        The process that has it, or had it last; empty for none yet.
    version : str
        Of the flow it was begun with.
    queue : str
        From which it is, or was, taken; empty where it is done by whoever asked for it.
    attempts : int
        How often a process began or took it over.
    at, changed : datetime.datetime
        Aware UTC instants: when it was asked for, when its state last changed.
    error : str
        Why it is parked, one sentence.
    """

    id: str
    flow: str
    key: str
    state: State
    executor: str
    version: str
    queue: str
    attempts: int
    at: dt.datetime
    changed: dt.datetime
    error: str = ""

    @property
    def open(self) -> bool:
        """Whether it waits or goes on."""
        return self.state in OPEN

    @property
    def number(self) -> int:
        """Which run of the same order it is; 0 where the name does not tell."""
        last = self.id.rpartition(":")[2]
        return int(last) if last.isdecimal() else 0

    @property
    def order(self) -> str:
        """The name without its number: what all runs of one order have in common."""
        return self.id.rpartition(":")[0] + ":"


class Rows:
    """The rows of work in the product's database.

    Parameters
    ----------
    database : sqlalchemy.Engine
        The product's database; the engine's tables may not be there yet.
    """

    def __init__(self, database: sa.Engine) -> None:
        self.database = database
        self._there = False
        self._schema = "dbos" if database.dialect.name == "postgresql" else None

    @property
    def there(self) -> bool:
        """Whether the engine's tables have been made."""
        if not self._there:
            found = sa.inspect(self.database)
            # On PostgreSQL whoever is first makes them one after the other, for all to see.
            self._there = all(
                found.has_table(name, schema=self._schema)
                and columns <= {one["name"] for one in found.get_columns(name, self._schema)}
                for name, columns in NEEDED.items()
            )
        return self._there

    def _table(self, name: str) -> str:
        return f"{self._schema}.{name}" if self._schema else name

    # -- reading -----------------------------------------------------------------------------

    def find(self, id: str) -> Work | None:
        """Return work by its name, or None."""
        found = self._asked("s.workflow_uuid = :id", id=id)
        return found[0] if found else None

    def of(self, flow: str, key: str = "", order: str = "") -> list[Work]:
        """Return the work of a flow for an edition, or of one order; the newest first."""
        start = order or (f"{flow}:{key}:" if key else f"{flow}:")
        like = start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        return self._asked("s.workflow_uuid like :like escape '\\'", like=like)

    def latest(
        self, states: Collection[State] = (), limit: int = 50, *, every: bool = False
    ) -> list[Work]:
        """Return work, the newest first; of each flow and edition the last, or every one."""
        found = self._asked("1 = 1")
        if not every:
            last: dict[tuple[str, str], Work] = {}
            for one in found:
                last.setdefault((one.flow, one.key), one)
            found = list(last.values())
        return [one for one in found if not states or one.state in states][:limit]

    def _asked(self, where: str, **given: Any) -> list[Work]:
        if not self.there:
            return []
        asked = (
            "select s.workflow_uuid, s.status, s.name, s.executor_id, s.application_version, "  # noqa: S608 - our own words
            "s.queue_name, s.recovery_attempts, s.created_at, s.updated_at, "
            "coalesce(o.error, s.error) as error "
            f"from {self._table('workflow_status')} s "
            f"left join {self._table('workflow_output')} o on o.workflow_uuid = s.workflow_uuid "
            f"where {where} order by s.created_at desc, s.workflow_uuid desc limit {LOOKED_AT}"
        )
        with self.database.connect() as connection:
            return [_work(row) for row in connection.execute(sa.text(asked), given)]

    # -- moving on ---------------------------------------------------------------------------

    def give_back(self, executor: str, queues: Callable[[str], str], but: Collection[str]) -> int:
        """Let go of what a process has, so that another takes it at once; it was no failure.

        Parameters
        ----------
        executor : str
            The process that lets go.
        queues : callable
            Flow to the queue that work waits in where it had none.
        but : collection of str
            Names of work that stays: whoever asked for it ended it.
        """
        held = [one for one in self._asked("s.executor_id = :of and s.status = 'PENDING'",
                                           of=executor) if one.id not in but]  # fmt: skip
        with self.database.begin() as connection:
            return sum(
                self._back(connection, one, one.queue or queues(one.flow), blame=0) for one in held
            )

    def let_go(self, one: Work) -> bool:
        """Put work that its process has just begun back into its queue; it was no failure."""
        with self.database.begin() as connection:
            return bool(self._back(connection, one, one.queue, blame=0))

    def take_back(
        self, connection: sa.Connection, works: Iterable[Work], queue: Callable[[str], str]
    ) -> int:
        """Put what dead processes have back into a queue, in a transaction; return how many."""
        return sum(self._back(connection, one, one.queue or queue(one.flow)) for one in works)

    def _back(self, connection: sa.Connection, one: Work, queue: str, blame: int = 1) -> int:
        # Only while the same process still has it: whoever was quicker has made it theirs.
        done = connection.execute(
            sa.text(
                f"update {self._table('workflow_status')} set status = 'ENQUEUED', "  # noqa: S608 - our own words
                "owner_xid = null, started_at_epoch_ms = null, queue_name = :queue, "
                "recovery_attempts = case when recovery_attempts > 0 then "
                "recovery_attempts - :less else 0 end, updated_at = :now "
                "where workflow_uuid = :id and status = 'PENDING' and executor_id = :of"
            ),
            {"queue": queue, "less": 1 - blame, "id": one.id, "of": one.executor, "now": _now()},
        )
        return int(done.rowcount)

    def move(self, one: Work, queue: str) -> bool:
        """Put work that waits in a queue into another; False where it does not wait any more."""
        with self.database.begin() as connection:
            done = connection.execute(
                sa.text(
                    f"update {self._table('workflow_status')} set queue_name = :queue, "  # noqa: S608 - our own words
                    "updated_at = :now where workflow_uuid = :id and status = 'ENQUEUED' "
                    "and queue_name = :of"
                ),
                {"queue": queue, "id": one.id, "of": one.queue, "now": _now()},
            )
        return bool(done.rowcount)

    def open(self, connection: sa.Connection | None = None) -> list[Work]:
        """Return the work that has not ended."""
        del connection
        return self._asked("s.status in ('PENDING', 'ENQUEUED', 'DELAYED')")

    def forget(self, connection: sa.Connection, executors: Iterable[str]) -> None:
        """Take the rows of dead processes away that have no work any more."""
        for id in executors:
            connection.execute(
                sa.text(
                    "delete from executors where id = :id and not exists (select 1 from "  # noqa: S608 - our own words
                    f"{self._table('workflow_status')} s where s.executor_id = :id "
                    "and s.status = 'PENDING')"
                ),
                {"id": id},
            )

    def ended_before(self, instant: dt.datetime, limit: int) -> list[str]:
        """Return names of work that ended before an instant."""
        if not self.there:
            return []
        asked = (
            f"select workflow_uuid from {self._table('workflow_status')} "  # noqa: S608 - our own words
            "where status not in ('PENDING', 'ENQUEUED', 'DELAYED') and updated_at < :before "
            f"order by updated_at limit {limit}"
        )
        given = {"before": int(instant.timestamp() * 1000)}
        with self.database.connect() as connection:
            return list(connection.execute(sa.text(asked), given).scalars())


def _work(row: Any) -> Work:
    parts = row.workflow_uuid.split(":")
    state = STATES.get(row.status, State.PARKED)
    error = ""
    if state is State.PARKED:
        error = DIED if row.status != "ERROR" else said(row.error)
    return Work(
        id=row.workflow_uuid, flow=row.name or parts[0],
        key=":".join(parts[1:-2]) if len(parts) > 3 else row.workflow_uuid,
        state=state, executor=row.executor_id or "", version=row.application_version or "",
        queue=row.queue_name or "", attempts=int(row.recovery_attempts or 0),
        at=_instant(row.created_at), changed=_instant(row.updated_at), error=error,
    )  # fmt: skip


def said(kept: str | None) -> str:
    """Return a recorded error as a sentence; one that is not ours may hold anything."""
    error: Any = None
    with contextlib.suppress(Exception):  # of another version, or of a library that is gone
        error = pickle.loads(base64.b64decode(kept or ""))  # noqa: S301 - the engine's own bytes
    if isinstance(error, NewsletterError | ConfigError):
        return str(error)
    name = type(error).__name__ if error is not None else "error"
    return f"Unexpected {name}; the log of the process that had it says more."


def _instant(milliseconds: Any) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(milliseconds) / 1000, dt.UTC)


def _now() -> int:
    return int(dt.datetime.now(dt.UTC).timestamp() * 1000)
