"""How the database is, and what its tables say at a glance: for probes and figures.

It has connections of its own that wait no longer than some seconds: whoever asks whether the
database answers must get an answer where it does not.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from newsletter.errors import StoreError
from newsletter.send.delivery import DeliveryState
from newsletter.store import postgresql
from newsletter.store.database import HEAD
from newsletter.store.models import DeliveryRow, EditionRow, ProgressRow, SpendingRow
from newsletter.store.models_reports import EventRow
from newsletter.underway import STALE_AFTER

PATIENCE: Final = 3
"""Seconds that a question may take to be begun to be answered."""
EDITIONS: Final = 14
"""Last editions whose copies are counted."""
BUCKETS: Final = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
"""Upper bounds of the durations of stages, in seconds."""
ENDED: Final = "sent"
_OPEN: Final = tuple(
    str(one) for one in (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED,
                         DeliveryState.DOT_SENT, DeliveryState.IN_DOUBT)
)  # fmt: skip


class Vitals:
    """Looks at a database from beside.

    Parameters
    ----------
    url : str
        As for `newsletter.store.database.Database`; it is not migrated here.
    """

    def __init__(self, url: str) -> None:
        self._url, self._file = url, _file(url)
        self._engine = _engine(url, self._file)
        self._over: dict[str, dict[str, int]] = {}
        self.buckets = BUCKETS

    @contextmanager
    def _asking(self, seconds: float = PATIENCE) -> Iterator[sa.Connection]:
        """Yield a new connection.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        try:
            with self._engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    limit = f"set statement_timeout = {int(seconds * 1000)}"
                    connection.exec_driver_sql(limit)
                yield connection
        except (sa.exc.SQLAlchemyError, OSError) as error:
            reason = _reason(postgresql.reason(getattr(error, "orig", None) or error))
            raise StoreError(f"The database does not answer: {reason}.") from error

    def require_well(self) -> None:
        """Ask the database for something that it must know.

        Raises
        ------
        StoreError
            If it does not answer, or has another schema than this version of the program.
        """
        with self._asking() as connection:
            found = connection.exec_driver_sql("select version_num from alembic_version").scalar()
            # The head of the file alone may be whole.
            connection.exec_driver_sql("select count(*) from editors").scalar()
        if found != HEAD:
            raise StoreError(
                f"The database has schema {found}, this process works with {HEAD}; start it anew "
                "with the version that the others have."
            )

    def read(self, now: dt.datetime) -> dict[str, Any]:
        """Return what the tables say; `None` where a part of it is not there yet.

        Raises
        ------
        StoreError
            If the database does not answer.
        """
        with self._asking(30) as connection:
            return {
                "editions": _counted(connection, EditionRow.state),
                "made": _latest(connection),
                "sent": _latest(connection, ENDED),
                "copies": self._copies(connection),
                "reports": _reports(connection, now),
                "model": _spent(connection),
                "runs": _runs(connection, now),
                "flows": _flows(connection),
                "stages": _stages(connection),
                "bytes": self._bytes(connection),
            }

    def _copies(self, connection: sa.Connection) -> dict[str, int]:
        """Count the copies of the last editions; those of an edition that is over only once."""
        has = sa.exists().where(DeliveryRow.edition == EditionRow.key)
        last = sa.select(EditionRow.key, EditionRow.state).where(has)
        found = connection.execute(last.order_by(EditionRow.key.desc()).limit(EDITIONS)).all()
        total = {str(state): 0 for state in DeliveryState}
        over: dict[str, dict[str, int]] = {}
        for key, state in found:
            counts = self._over.get(key) or _counted(
                connection, DeliveryRow.state, DeliveryRow.edition == key
            )
            if state == ENDED and not any(counts.get(one) for one in _OPEN):
                over[key] = counts
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
        self._over = over
        return total

    def _bytes(self, connection: sa.Connection) -> int:
        if self._file is None:
            asked = "select pg_database_size(current_database())"
            return int(connection.exec_driver_sql(asked).scalar() or 0)
        parts = (Path(f"{self._file}{end}") for end in ("", "-wal", "-shm"))
        return sum(part.stat().st_size for part in parts if part.exists())


def _file(url: str) -> Path | None:
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:") else None


def _engine(url: str, file: Path | None) -> sa.Engine:
    """Open without a pool: a connection that was made before tells nothing of the present."""
    if file is not None:
        # rw: a file that is gone is not made anew by looking for it.
        address = f"sqlite:///file:{quote(str(file))}?mode=rw&uri=true"
        return sa.create_engine(
            address, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": PATIENCE}
        )
    given = postgresql.options(url)["connect_args"] | {"connect_timeout": PATIENCE}
    return sa.create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=given)


def _reason(said: str) -> str:
    """Return what a database says without where it is: this is told to whoever asks."""
    if "FATAL:" in said:
        return said.rpartition("FATAL:")[2].strip(" .")
    if "connection" in said or "server" in said:
        return "it cannot be reached"
    return said


def _counted(connection: sa.Connection, column: Any, *where: Any) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).where(*where).group_by(column)
    return {str(name): count for name, count in connection.execute(query)}


def _latest(connection: sa.Connection, state: str = "") -> dict[str, dt.datetime]:
    """Return when the newest edition of each kind was made, of all or of those in a state."""
    asked = sa.select(EditionRow.key, EditionRow.created_at)
    if state:
        asked = asked.where(EditionRow.state == state)
    newest: dict[str, dt.datetime] = {}
    for key, at in connection.execute(asked):  # one row a kind and evening: a few thousand
        kind = key.rsplit(".", 1)[-1]
        newest[kind] = max(at, newest.get(kind, at))
    return newest


def _reports(connection: sa.Connection, now: dt.datetime) -> dict[tuple[str, str], int]:
    """Return what was reported of copies in the last day, by kind and verdict."""
    day = EventRow.received_at >= now - dt.timedelta(days=1)
    asked = sa.select(EventRow.what, EventRow.verdict, sa.func.count()).where(day)
    rows = connection.execute(asked.group_by(EventRow.what, EventRow.verdict))
    return {(what, verdict): count for what, verdict, count in rows}


def _spent(connection: sa.Connection) -> dict[str, tuple[int, int, float]]:
    """Return calls, tokens and money of each model, since the accounts began."""
    money = sa.func.sum(sa.cast(SpendingRow.cost, sa.Float))
    asked = sa.select(SpendingRow.model, sa.func.count(), sa.func.sum(SpendingRow.tokens), money)
    rows = connection.execute(asked.group_by(SpendingRow.model))
    return {model: (calls, int(tokens), float(cost)) for model, calls, tokens, cost in rows}


def _runs(connection: sa.Connection, now: dt.datetime) -> dict[tuple[str, str], int]:
    """Return how the last run of each edition stands; silent ones are broken off."""
    late = sa.and_(ProgressRow.state == "running", ProgressRow.updated_at < now - STALE_AFTER)
    state = sa.case((late, "broken_off"), else_=ProgressRow.state).label("how")
    rows = connection.execute(
        sa.select(ProgressRow.work, state, sa.func.count()).group_by(ProgressRow.work, state)
    )
    return {(work, how): count for work, how, count in rows}


# The engine's own tables, which its first start makes: beside ours in the file, else in a schema.
def _engines(connection: sa.Connection, name: str) -> sa.TableClause | None:
    schema = "dbos" if connection.dialect.name == "postgresql" else None
    if not sa.inspect(connection).has_table(name, schema=schema):
        return None
    names = ("name", "status", "function_name", "started_at_epoch_ms", "completed_at_epoch_ms")
    return sa.table(name, *(sa.column(one) for one in names), schema=schema)


def _flows(connection: sa.Connection) -> dict[tuple[str, str], int] | None:
    table = _engines(connection, "workflow_status")
    if table is None:
        return None
    by = (table.c.name, table.c.status)
    rows = connection.execute(sa.select(*by, sa.func.count()).group_by(*by))
    return {(str(name), str(status).lower()): count for name, status, count in rows}


def _stages(connection: sa.Connection) -> dict[str, tuple[list[int], int, float]] | None:
    """Return of each step how many took at most as long as each bucket, how many, how long."""
    table = _engines(connection, "operation_outputs")
    if table is None:
        return None
    took = (table.c.completed_at_epoch_ms - table.c.started_at_epoch_ms) / 1000.0
    within = [sa.func.count(sa.case((took <= bound, 1))) for bound in BUCKETS]
    asked = sa.select(table.c.function_name, sa.func.count(), sa.func.sum(took), *within)
    known = asked.where(table.c.completed_at_epoch_ms.is_not(None))
    rows = connection.execute(known.group_by(table.c.function_name))
    return {name: (list(counts), count, float(total)) for name, count, total, *counts in rows}
