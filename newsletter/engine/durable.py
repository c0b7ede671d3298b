"""The durable engine on DBOS, and the sweeper that its open package has not.

DBOS does not notice dead processes, so every start writes a sign of life. A flow whose
process is dead is taken over by whoever asks for it, and, where a worker lives, by a worker
without anybody asking (ADR 0003, ADR 0025).
"""

import contextlib
import datetime as dt
import logging
import os
import pickle
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import sqlalchemy as sa

from newsletter.engine import life as signs
from newsletter.engine.courtesy import Courtesy
from newsletter.engine.life import Life
from newsletter.engine.port import Flow
from newsletter.engine.rows import INTERNAL, State, Work
from newsletter.engine.sweeper import EVERY_SECONDS, Sweeper
from newsletter.engine.worklist import (
    APPLICATION,
    APPLICATION_VERSION,
    MAKING,
    QUEUES,
    SENDING,
    Worklist,
    plain,
    queue_of,
    quieten,
)
from newsletter.errors import ConfigError, NewsletterError, StoreError, WorkError
from newsletter.send.transport import Unavailable
from newsletter.telemetry.pulse import beating

_log = logging.getLogger(__name__)

JOIN_SECONDS, JOIN_SECONDS_AT_MOST = 0.02, 0.2
OWN_SECONDS_AT_MOST: Final = 1.0
"""Between two looks at a run that goes on in this process, which also tells when it ends."""
POLL_SECONDS: Final = 0.2
"""Between two looks of a worker into a queue."""
RECOVERIES: Final = 5
"""How often work is taken over from dead processes; after that it is parked."""
SILENT: Final = 3 * signs.DEAD_AFTER_SECONDS
"""Seconds without a beat, or a look for dead workers, after which this process is not alive."""
LEAVE_SECONDS: Final = 6.0
"""How long a worker that is told to stop waits for its work to come to a place to stop."""
HELD_MS: Final = 10_000
"""How long a transaction of the engine's own may do nothing, or wait for another's."""
PATIENCE: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before a step whose database was away is tried again by a worker."""


class DurableEngine:
    """The engine on DBOS, embedded in the product's own database.

    Parameters
    ----------
    url : str
        SQLAlchemy URL of the product's database (migrated).
    flows : dict of str to Flow
        The flows by name.
    concurrency : int
        How many deliveries it takes from the queue at once; it makes one edition beside
        them. 0 takes nothing: it runs only what it is asked for itself.
    version : str
        Of the flows.

    Notes
    -----
    A context manager: DBOS runs while the block lasts. One per process.
    """

    def __init__(
        self,
        url: str,
        flows: Mapping[str, Flow],
        *,
        concurrency: int = 0,
        version: str = APPLICATION_VERSION,
    ) -> None:
        self._url = url
        self._flows = dict(flows)
        self._workflows: dict[str, Callable[..., Any]] = {}
        self.concurrency, self._version = concurrency, version
        self.executor = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._stop, self.leaving = threading.Event(), threading.Event()
        self._going: dict[int, str] = {}
        self._ended = threading.Condition()
        self._asked: set[str] = set()

    def __enter__(self) -> Self:
        """Start DBOS; show a sign of life before any work can be found."""
        from dbos import DBOS

        self._database = sa.create_engine(self._url, pool_pre_ping=True, hide_parameters=True)
        local = self._database.dialect.name == "sqlite"
        sa.event.listen(self._database, "connect", _patient if local else _bounded)
        self._life = Life(
            self._database, self.executor, self._version, works=bool(self.concurrency)
        )
        self._worklist = Worklist(self._url, self._database, self._life, self._version)
        self._sweeper = Sweeper(self._worklist)
        self._courtesy = Courtesy(self._worklist, self.executor)
        self._life.beat()
        quieten()
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": plain(self._url),
                "application_version": self._version,
                "executor_id": self.executor,
                "log_level": "CRITICAL",
                "notification_listener_polling_interval_sec": 0.1,
            }
        )
        for name, flow in self._flows.items():
            made = DBOS.workflow(name=name, max_recovery_attempts=RECOVERIES)
            self._workflows[name] = made(self._bound(flow))
        if self.concurrency:  # the queues are there before DBOS looks for them, once a second
            for name, most in ((MAKING, 1), (SENDING, self.concurrency)):
                self._worklist.client.register_queue(
                    name, worker_concurrency=most, polling_interval_sec=POLL_SECONDS
                )
        DBOS.listen_queues(QUEUES if self.concurrency else ())
        DBOS.launch()
        self._heart = threading.Thread(target=self._pulse, name="heartbeat", daemon=True)
        self._heart.start()
        if self.concurrency:  # in a thread of its own: what it waits for must not stop the heart
            threading.Thread(target=self._sweep, name="sweeper", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop DBOS, let go of what has not ended, and withdraw the sign of life."""
        from dbos import DBOS

        self.leaving.set()
        if self.concurrency:
            self._settle()
        self._stop.set()
        self._heart.join()
        # What somebody asked for here and interrupted is theirs to go on with.
        kept = () if self.concurrency else self._asked
        with contextlib.suppress(sa.exc.SQLAlchemyError):  # a sweeper finds it then
            self._worklist.rows.give_back(self.executor, queue_of, kept)
        DBOS.destroy(destroy_registry=True)
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            self._life.withdraw()
        self._worklist.close()
        self._database.dispose()

    def _settle(self) -> None:
        """Take no more work; wait a while for what goes on to come to a place to stop."""
        from dbos._dbos import _get_dbos_instance

        for event in _get_dbos_instance().background_thread_stop_events:
            event.set()
        until = time.monotonic() + LEAVE_SECONDS
        while self._going and time.monotonic() < until:
            time.sleep(0.02)

    # -- the port ----------------------------------------------------------------------------

    def run(self, flow: str, id: str, *args: Any) -> Any:
        """Run a flow to its end; join or take over a run of the same id."""
        from dbos import DBOS, SetWorkflowID

        self._asked.add(id)
        with SetWorkflowID(id):
            DBOS.start_workflow(self._workflows[flow], *args)
        return self._result(id)

    def retry(self, flow: str, key: str) -> bool:
        """Try the step again at which the last run of an edition failed."""
        runs = self._worklist.rows.of(flow, key)
        if not runs or runs[0].state is State.DONE:
            return False
        id = runs[0].id
        if self.finished(id) is False:
            id = self._worklist.retry(runs[0], INTERNAL)
        self._asked.add(id)
        self._result(id)
        return True

    def _result(self, id: str) -> Any:
        from dbos import DBOS
        from dbos import error as errors

        id = self._await(id)
        try:
            return DBOS.retrieve_workflow(id).get_result()
        except errors.DBOSAwaitedWorkflowCancelledError:
            raise WorkError(
                f"{id} was cancelled; it stopped before its next step. Begin it anew if it is "
                "still wanted."
            ) from None
        except errors.DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded:
            raise WorkError(
                f"{id} is parked: its process died {RECOVERIES + 1} times. Look at the logs, then "
                f"`newsletter work retry {id}`."
            ) from None

    def _await(self, id: str) -> str:
        """Wait until a run has ended, whoever has it; return its name, or that of what followed."""
        # Another process may have the run. It may die at any moment, and a killed one can
        # look alive for a while: so ask again until the run has ended.
        pause = JOIN_SECONDS
        while True:
            found = self._worklist.rows.find(id)
            if found is not None and found.state is State.CANCELLED:
                following = f"{found.order}{found.number + 1}"
                if self._worklist.rows.find(following) is None:
                    return id
                id = following
                self._asked.add(id)
            elif found is not None and self.finished(id) is not None:
                return id
            elif found is not None and id not in self._going.values():
                self._take_over(found)
            pause = self._rest(id, pause)

    def _rest(self, id: str, pause: float) -> float:
        """Wait before a run is asked for again; return how long to wait the next time."""
        # A run takes seconds and asking has a cost; one of our own says when it has ended.
        with self._ended:
            own = id in self._going.values()
            most = OWN_SECONDS_AT_MOST if own else JOIN_SECONDS_AT_MOST
            ended = self._ended.wait(min(pause, most))
        return JOIN_SECONDS if ended else min(pause * 1.5, most)

    def finished(self, id: str) -> bool | None:
        """Tell how a run ended."""
        return self._worklist.finished(id)

    def next_id(self, flow: str, key: str, *about: object, again: bool) -> str:
        """Return the id of the run to start or join; see `Worklist.next_id`."""
        return self._worklist.next_id(flow, key, *about, again=again)

    def _take_over(self, one: Work) -> None:
        """See to it that a run goes on whose process is dead, or that nobody is there to take."""
        if self._worklist.stranded(one):
            self._worklist.renew(one)
        elif one.state is State.RUNNING:
            if one.executor != self.executor and not self._life.alive(one.executor):
                with self._database.begin() as connection:
                    self._worklist.rows.take_back(connection, [one], self._refuge)
        elif one.queue in QUEUES and not self._worklist.worked():
            self._worklist.rows.move(one, INTERNAL)

    def _refuge(self, flow: str) -> str:
        """Return where a dead process's run is taken from: by the workers, or else by us."""
        return queue_of(flow) if self._worklist.worked() else INTERNAL

    # -- the heart ---------------------------------------------------------------------------

    def _pulse(self) -> None:
        # One beat waits for a busy database as long as its own time limits let it.
        heard = signs.Heard(_log)
        with beating("engine", SILENT) as pulse:
            while not self._stop.wait(signs.BEAT_SECONDS):
                # A database that is busy or away for a while must not silence this for ever.
                try:
                    self._life.beat()
                    heard.beat()
                    pulse.beat()
                except Exception as error:  # noqa: BLE001 - the database may be back at the next
                    heard.missed(error)
                    pulse.beat(well=False)

    def _sweep(self) -> None:
        with beating("sweeper", SILENT) as pulse:
            while not self._stop.wait(EVERY_SECONDS) and not self.leaving.is_set():
                well = False
                try:
                    self._sweeper.sweep(dt.datetime.now(dt.UTC))
                    well = True
                except Exception as error:  # noqa: BLE001 - the database may be back at the next
                    _log.info("Dead workers were not looked for: %s", type(error).__name__)
                pulse.beat(well=well)

    # -- flows -------------------------------------------------------------------------------

    def _bound(self, flow: Flow) -> Callable[..., Any]:
        """Give a flow its durable `step`."""

        def body(*args: Any) -> Any:
            from dbos import DBOS
            from dbos import error as errors

            def step(function: Callable[..., Any], *arguments: Any) -> Any:
                self._stay()
                named: Any = {"name": function.__name__}
                try:
                    return DBOS.run_step(named, self._patiently, function, *arguments)
                except errors.DBOSWorkflowCancelledError as error:
                    vars(error)["told"] = "It was cancelled."
                    raise
                except errors.DBOSWorkflowConflictIDError as error:
                    vars(error)["told"] = "Another process has taken it over."
                    _log.warning(
                        "%s was taken over by another worker; this one leaves it to that.", id
                    )
                    raise

            own, id = threading.get_ident(), DBOS.workflow_id or ""
            self._going[own] = id
            try:
                self._stay()
                if self.concurrency and self._courtesy.gives_way(id):
                    raise KeyboardInterrupt  # unfinished, as where the process leaves
                return _recordable(flow, step, *args)
            except (NewsletterError, ConfigError) as error:
                self._parked(id, error)
                raise
            finally:
                with self._ended:
                    self._going.pop(own, None)
                    self._ended.notify_all()

        return body

    def _parked(self, id: str, error: Exception) -> None:
        if self.concurrency:  # else whoever asked for it here is told
            _log.warning("%s is parked: %s", id, error)
            if isinstance(error, Unavailable) and not error.permanent:
                self._courtesy.failed(id)

    def _stay(self) -> None:
        """End this run here, unfinished, where its process leaves: another goes on with it."""
        if self.leaving.is_set():
            raise KeyboardInterrupt

    def _patiently(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a step; a worker tries one again whose database was away for a moment."""
        for seconds in PATIENCE if self.concurrency else ():
            try:
                return _recordable(function, *arguments)
            except StoreError:
                if self.leaving.wait(seconds):
                    raise KeyboardInterrupt from None
        return _recordable(function, *arguments)


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


def _bounded(connection: Any, _: Any) -> None:
    # A machine that is cut off in a transaction must not keep the sweepers' lock, nor a sign of
    # life that others take away; the server would wait for it for hours.
    connection.autocommit = True
    connection.execute(
        f"select set_config('idle_in_transaction_session_timeout', '{HELD_MS}', false), "
        f"set_config('lock_timeout', '{HELD_MS}', false)"
    )
    connection.autocommit = False


def _patient(connection: Any, _: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout=30000")
