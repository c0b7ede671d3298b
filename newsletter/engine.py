"""Door to the durable engine: flows whose finished steps survive a crash.

The product knows only `Engine` and `Flow`; DBOS stands behind them. Its open package
does not notice dead processes, so every start writes a sign of life, and a flow whose
process is dead is taken over by whoever asks for it (ADR 0003).
"""

import contextlib
import datetime as dt
import hashlib
import itertools
import logging
import os
import pickle
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import sqlalchemy as sa

from newsletter.telemetry import logs
from newsletter.telemetry.pulse import beating

APPLICATION = "newsletter"
APPLICATION_VERSION = "1"
"""Raised only on an incompatible change of a flow, after draining: the engine never
continues a flow of another version."""

BEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 30.0
JOIN_SECONDS, JOIN_SECONDS_AT_MOST = 0.02, 0.2

ENDED = {
    "SUCCESS": True,
    "ERROR": False,
    "CANCELLED": False,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": False,
}

Step = Callable[..., Any]
"""``step(function, *args)``: run it once, durably, and return its result."""

Flow = Callable[..., Any]
"""``flow(step, *args)``: a deterministic path of steps; takes and returns plain data."""


class Engine(Protocol):
    """Runs flows so that a crash continues at the last finished step."""

    def run(self, flow: str, id: str, *args: Any) -> Any:
        """Run a flow to its end and return its result.

        Parameters
        ----------
        flow : str
            Registered name.
        id : str
            Names this run. A second start with the same id joins the first one, and
            takes it over if its process has died.
        *args
            Plain data, the same on every start.
        """
        ...

    def finished(self, id: str) -> bool | None:
        """Tell how a run ended: True well, False with an error, None not yet or never."""
        ...

    def retry(self, flow: str, key: str) -> bool:
        """Try the step again at which the last run of an edition failed.

        What the steps before it gave is kept and not made anew; a run that was cut off is
        continued.

        Parameters
        ----------
        flow : str
            Registered name.
        key : str
            The edition, as given to `DurableEngine.next_id`.

        Returns
        -------
        bool
            False where there is nothing to try again: no run is known, or the last one
            ended well.
        """
        ...


class DurableEngine:
    """The engine on DBOS, embedded in the product's own database.

    Parameters
    ----------
    url : str
        SQLAlchemy URL of the product's database (migrated).
    flows : dict of str to Flow
        The flows by name.

    Notes
    -----
    A context manager: DBOS runs while the block lasts. One per process.
    """

    def __init__(self, url: str, flows: Mapping[str, Flow]) -> None:
        self._url = url
        self._flows = dict(flows)
        self._workflows: dict[str, Callable[..., Any]] = {}
        self._host = socket.gethostname()
        self.executor = f"{self._host[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        """Start DBOS; show a sign of life before any work can be found."""
        from dbos import DBOS

        self._database = sa.create_engine(self._url, pool_pre_ping=True, hide_parameters=True)
        if self._database.dialect.name == "sqlite":
            sa.event.listen(self._database, "connect", _patient)
        self._beat()
        _quieten()
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": self._url.replace("postgresql+psycopg:", "postgresql:"),
                "application_version": APPLICATION_VERSION,
                "executor_id": self.executor,
                "log_level": "CRITICAL",
                "notification_listener_polling_interval_sec": 0.1,
            }
        )
        for name, flow in self._flows.items():
            self._workflows[name] = DBOS.workflow(name=name)(_bound(flow))
        DBOS.launch()
        self._heart = threading.Thread(target=self._pulse, name="heartbeat", daemon=True)
        self._heart.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop DBOS and withdraw the sign of life."""
        from dbos import DBOS

        self._stop.set()
        self._heart.join()
        DBOS.destroy(destroy_registry=True)
        with self._database.begin() as connection:
            connection.execute(
                sa.text("delete from executors where id = :id"), {"id": self.executor}
            )
        self._database.dispose()

    def run(self, flow: str, id: str, *args: Any) -> Any:
        """Run a flow to its end; join or take over a run of the same id."""
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(id):
            handle = DBOS.start_workflow(self._workflows[flow], *args)
        self._await(id)
        return handle.get_result()

    def retry(self, flow: str, key: str) -> bool:
        """Try the step again at which the last run of an edition failed."""
        from dbos import DBOS, SetWorkflowID

        runs = DBOS.list_workflows(
            name=flow, workflow_id_prefix=f"{flow}:{key}:", sort_desc=True, limit=1,
            load_input=False, load_output=False,
        )  # fmt: skip
        if not runs or ENDED.get(str(runs[0].status)):
            return False
        id = runs[0].workflow_id
        if ENDED.get(str(runs[0].status)) is False:
            before, _, number = id.rpartition(":")
            failed = id
            id = f"{before}:{int(number) + 1}"
            with SetWorkflowID(id):
                DBOS.fork_workflow(
                    failed, _failed_at(failed), application_version=APPLICATION_VERSION
                )
        self._await(id)
        DBOS.retrieve_workflow(id).get_result()
        return True

    def _await(self, id: str) -> None:
        """Wait until a run has ended, whoever has it."""
        # Another process may have the run. It may die at any moment, and a killed one can
        # look alive for a while: so ask again until the run has ended.
        pause = JOIN_SECONDS
        while self.finished(id) is None:
            self._take_over(id)
            time.sleep(pause)
            pause = min(pause * 1.5, JOIN_SECONDS_AT_MOST)  # a run takes seconds, asking has a cost

    def finished(self, id: str) -> bool | None:
        """Tell how a run ended."""
        from dbos import DBOS

        status = DBOS.get_workflow_status(id)
        if status is None:
            return None
        return ENDED.get(str(status.status))

    def next_id(self, flow: str, key: str, *about: object, again: bool) -> str:
        """Return the id of the run to start or join.

        A run that failed, or one that is to be repeated, is followed by the next number;
        a run that is still going, or was cut off, is joined and continued.

        Parameters
        ----------
        flow, key : str
            What is run, for which edition.
        *about
            What makes this order different from another of the same edition.
        again : bool
            Whether a run that ended well is to be repeated.
        """
        mark = hashlib.sha256(repr(about).encode()).hexdigest()[:12]
        for number in itertools.count(1):
            id = f"{flow}:{key}:{mark}:{number}"
            finished = self.finished(id)
            if finished is None or (finished and not again):
                return id
        raise AssertionError("numbers do not end")

    def _take_over(self, id: str) -> None:
        """Recover the run if it is pending in a process that is no longer alive."""
        from dbos import DBOS

        status = DBOS.get_workflow_status(id)
        owner = status.executor_id if status and status.status == "PENDING" else None
        if owner and owner != self.executor and not self._alive(owner):
            DBOS._recover_pending_workflows([owner])

    def _alive(self, executor: str) -> bool:
        # Clocks of machines differ: where they share a database, its clock is everybody's.
        now = "clock_timestamp()" if self._shared else ":now"
        asked = f"select host, pid, seen_at, {now} as now from executors where id = :id"  # noqa: S608
        with self._database.connect() as connection:
            about = {"id": executor} | ({} if self._shared else {"now": _utc()})
            row = connection.execute(sa.text(asked), about).first()
        if row is None:
            return False
        if row.host == self._host and (row.pid == os.getpid() or not _process_exists(row.pid)):
            return False  # this process is another executor; in a container every start is
        seconds = (_instant(row.now) - _instant(row.seen_at)).total_seconds()
        return bool(seconds < DEAD_AFTER_SECONDS)

    @property
    def _shared(self) -> bool:
        return self._database.dialect.name == "postgresql"

    def _beat(self) -> None:
        values = {
            "id": self.executor,
            "host": self._host,
            "pid": os.getpid(),
        } | ({} if self._shared else {"at": _utc()})
        at = "clock_timestamp()" if self._shared else ":at"
        with self._database.begin() as connection:
            connection.execute(
                sa.text(
                    "insert into executors (id, host, pid, seen_at) "  # noqa: S608 - our own words
                    f"values (:id, :host, :pid, {at}) on conflict (id) do update set "
                    "seen_at = excluded.seen_at"
                ),
                values,
            )

    def _pulse(self) -> None:
        # One beat waits for a busy database as long as its own time limits let it.
        with beating("engine", 3 * DEAD_AFTER_SECONDS) as pulse:
            while not self._stop.wait(BEAT_SECONDS):
                # A database that is busy or away for a while must not silence this for ever.
                well = False
                with contextlib.suppress(sa.exc.SQLAlchemyError):
                    self._beat()
                    well = True
                pulse.beat(well=well)


def _utc() -> str:
    """Return the instant as SQLite keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")


def _instant(found: Any) -> dt.datetime:
    instant = dt.datetime.fromisoformat(found) if isinstance(found, str) else found
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def _failed_at(id: str) -> int:
    """Return the number of the step at which a run failed; of the next one, where none did."""
    from dbos import DBOS

    steps = DBOS.list_workflow_steps(id, load_output=True)
    failed = [step["function_id"] for step in steps if step["error"] is not None]
    return int(min(failed, default=len(steps) + 1))


def _bound(flow: Flow) -> Callable[..., Any]:
    """Give a flow its durable `step`."""

    def body(*args: Any) -> Any:
        from dbos import DBOS

        def step(function: Callable[..., Any], *arguments: Any) -> Any:
            return DBOS.run_step({"name": function.__name__}, _recordable, function, *arguments)

        return _recordable(flow, step, *args)

    return body


def _recordable(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function; an error that cannot be recorded is told in words instead."""
    try:
        return function(*arguments)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        except Exception:  # noqa: BLE001 - a library's error may fail in any way
            raise RuntimeError(f"{type(error).__name__}: {error}") from error
        raise


def _quieten() -> None:
    """Give DBOS a log that goes where ours does, or nowhere; its own one writes to the console.

    What matters comes back as an exception, and stdout and stderr are the commands'.
    """
    log = logging.getLogger("dbos")
    log.propagate = logs.active()
    log.handlers = [logging.NullHandler()]


def _patient(connection: Any, _: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout=30000")


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


class PlainEngine:
    """Runs flows at once and remembers nothing: what the contract suite compares with."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = dict(flows)

    def run(self, flow: str, id: str, *args: Any) -> Any:
        """Run a flow; every call runs it anew."""
        del id
        return self._flows[flow](lambda function, *arguments: function(*arguments), *args)

    def finished(self, id: str) -> bool | None:
        """Return None: nothing is remembered."""
        del id
        return None

    def retry(self, flow: str, key: str) -> bool:
        """Return False: nothing is remembered."""
        del flow, key
        return False


__all__: Sequence[str] = ("DurableEngine", "Engine", "Flow", "PlainEngine", "Step")
