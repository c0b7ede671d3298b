"""Signs of life: which processes run durable work, and which of them are dead."""

import contextlib
import datetime as dt
import logging
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

BEAT_SECONDS: Final = 5.0
DEAD_AFTER_SECONDS: Final = 30.0


class Life:
    """The sign of life of a process, and those of all others.

    Parameters
    ----------
    database : sqlalchemy.Engine
        The product's database.
    executor : str
        This process, as the engine names it; empty for one that runs nothing.
    version : str
        Of the flows it knows.
    works : bool
        Whether it takes queued work.
    """

    def __init__(
        self, database: sa.Engine, executor: str = "", version: str = "", *, works: bool = False
    ) -> None:
        self._database, self.executor = database, executor
        self._version, self._works = version, works
        self._place = _place()

    def beat(self) -> None:
        """Show that this process lives."""
        values = {
            "id": self.executor,
            "host": self._place,
            "pid": os.getpid(),
            "works": self._works,
            "version": self._version,
        } | ({} if self._shared else {"at": _utc()})
        at = "clock_timestamp()" if self._shared else ":at"
        with self._database.begin() as connection:
            connection.execute(
                sa.text(
                    "insert into executors (id, host, pid, seen_at, works, version) "  # noqa: S608 - our own words
                    f"values (:id, :host, :pid, {at}, :works, :version) on conflict (id) "
                    "do update set seen_at = excluded.seen_at"
                ),
                values,
            )

    def withdraw(self) -> None:
        """Say that this process is gone."""
        with self._database.begin() as connection:
            connection.execute(
                sa.text("delete from executors where id = :id"), {"id": self.executor}
            )

    def all(self, connection: sa.Connection | None = None) -> dict[str, bool]:
        """Return every process that is known, and whether it lives."""
        return {row.id: self._lives(row) for row in self._rows(connection)}

    def alive(self, executor: str) -> bool:
        """Tell whether a process lives; one that nobody knows does not."""
        return self.all().get(executor, False)

    def workers(self, connection: sa.Connection | None = None) -> dict[str, str]:
        """Return the living processes that take queued work, and the version each knows."""
        rows = self._rows(connection)
        return {row.id: row.version for row in rows if row.works and self._lives(row)}

    def _rows(self, connection: sa.Connection | None) -> list[Any]:
        # Clocks of machines differ: where they share a database, its clock is everybody's.
        now = "clock_timestamp()" if self._shared else ":now"
        asked = f"select id, host, pid, seen_at, works, version, {now} as now from executors"  # noqa: S608
        given = {} if self._shared else {"now": _utc()}
        with contextlib.ExitStack() as stack:
            used = connection or stack.enter_context(self._database.connect())
            return list(used.execute(sa.text(asked), given))

    def _lives(self, row: Any) -> bool:
        # This process is another executor where it has the number; in a container every start has.
        taken = row.pid == os.getpid() and row.id != self.executor and bool(self.executor)
        if row.host == self._place and (taken or not _process_exists(row.pid)):
            return False
        seconds = (_instant(row.now) - _instant(row.seen_at)).total_seconds()
        return bool(seconds < DEAD_AFTER_SECONDS)

    @property
    def _shared(self) -> bool:
        return self._database.dialect.name == "postgresql"


class Heard:
    """Tells in the log when signs of life cannot be written, once, and when they can be again.

    Parameters
    ----------
    log : logging.Logger
        Where to.
    ticks : callable
        Seconds of a clock that never goes back.
    """

    def __init__(self, log: logging.Logger, ticks: Callable[[], float] = time.monotonic) -> None:
        self._log, self._ticks = log, ticks
        self._last, self._silent = ticks(), False

    def beat(self) -> None:
        """Hear of a sign that was written."""
        now = self._ticks()
        if self._silent:
            self._log.warning(
                "The database answers again after %.0f s; whatever others have taken over "
                "meanwhile stays theirs.", now - self._last,
            )  # fmt: skip
        self._last, self._silent = now, False

    def missed(self, error: Exception) -> None:
        """Hear of one that was not."""
        if not self._silent:
            self._log.warning(
                "The database has not answered for %.0f s (%s); after %.0f s without a sign of "
                "life other workers take over what this one has. Look at the network and the "
                "database.", self._ticks() - self._last, type(error).__name__, DEAD_AFTER_SECONDS,
            )  # fmt: skip
        self._silent = True


def _place() -> str:
    """Return where a process number means something: this machine, and the container in it.

    Containers may share the machine's name and still count their processes each by itself.
    """
    try:
        space = str(Path("/proc/self/ns/pid").readlink()).rpartition("[")[2].rstrip("]")
    except OSError:
        space = ""
    return f"{socket.gethostname()[:200]} {space}".rstrip()


def _utc() -> str:
    """Return the instant as SQLite keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")


def _instant(found: Any) -> dt.datetime:
    instant = dt.datetime.fromisoformat(found) if isinstance(found, str) else found
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def _process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:  # a killed process that nobody has reaped still has its number
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    return not stat.rpartition(")")[2].lstrip().startswith(("Z", "X"))
