"""The worklist: puts work into the engine's queues and takes it out again, executing nothing."""

import datetime as dt
import hashlib
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from newsletter.engine.life import Life
from newsletter.engine.rows import OPEN, Rows, State, Work
from newsletter.errors import NotFound, ReviewError, StoreError
from newsletter.telemetry import logs

APPLICATION: Final = "newsletter"
APPLICATION_VERSION: Final = "2"
"""Raised on an incompatible change of a flow: no process continues a flow of another version.
What is left of one that nobody knows any more is begun anew, as every step may be done twice."""

MAKING, SENDING = "make", "send"
QUEUES: Final = (MAKING, SENDING)
"""Two, so that editions on their way out never keep one from being made."""
ENDED: Final = {State.DONE: True, State.PARKED: False, State.CANCELLED: False}
KEPT: Final = dt.timedelta(days=30)
"""How long work that has ended is still shown."""
AT_ONCE: Final = 200


def queue_of(flow: str) -> str:
    """Return the queue that work of a flow waits in."""
    return SENDING if flow == "deliver" else MAKING


class Worklist:
    """What is to be done, for whatever process does it.

    Parameters
    ----------
    url : str
        SQLAlchemy URL of the product's database (migrated).
    database : sqlalchemy.Engine
        The same, open.
    life : Life, optional
        Signs of life as the process sees them that has this.
    version : str
        Of the flows.
    """

    def __init__(
        self,
        url: str,
        database: sa.Engine,
        life: Life | None = None,
        version: str = APPLICATION_VERSION,
    ) -> None:
        self._url, self.version = url, version
        self.rows, self.life = Rows(database), life or Life(database)
        self._client: Any = None
        self._opening = threading.Lock()

    # -- what there is -----------------------------------------------------------------------

    def finished(self, id: str) -> bool | None:
        """Tell how work ended: True well, False not, None not yet or never."""
        found = self.rows.find(id)
        return ENDED.get(found.state) if found else None

    def going(self, flow: str, key: str) -> bool:
        """Tell whether work of a flow for an edition waits or goes on."""
        return any(one.open for one in self.rows.of(flow, key))

    def worked(self) -> bool:
        """Tell whether a process lives that takes what waits."""
        return bool(self.life.workers())

    def last(self, named: str) -> Work:
        """Return work by its name, or the last of an edition by its key.

        Raises
        ------
        NotFound
            If there is none.
        """
        if found := self.rows.find(named):
            return found
        every = [one for one in self.rows.latest(every=True, limit=10**6) if one.key == named]
        if not every:
            raise NotFound(f"No work {named!r} is known; `newsletter work list` shows what is.")
        return every[0]

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
        order = f"{flow}:{key}:{mark}:"
        number = 0
        for one in sorted(self.rows.of(flow, order=order), key=lambda one: one.number):
            finished, number = ENDED.get(one.state), one.number
            if finished is None and self.stranded(one):
                return self.renew(one)
            if finished is None or (finished and not again):
                return one.id
        return f"{order}{number + 1}"

    # -- what is asked for -------------------------------------------------------------------

    def submit(
        self, flow: str, key: str, *args: Any, about: tuple[object, ...] = (), again: bool = False
    ) -> str:
        """Put work into its queue, once however many ask for it; return its name at once.

        Parameters
        ----------
        flow, key : str
            What is done, for which edition.
        *args
            Plain data for the flow.
        about, again
            As for `next_id`.
        """
        id = self.next_id(flow, key, *about, again=again)
        found = self.rows.find(id)
        if found is None:
            self._enqueue(flow, id, args)
        else:
            self.urge(found)
        return id

    def urge(self, one: Work) -> None:
        """Put work that was cut off into its queue, where nobody has it any more."""
        if one.state is State.RUNNING and not self.life.alive(one.executor):
            with self.rows.database.begin() as connection:
                self.rows.take_back(connection, [one], queue_of)

    def _enqueue(self, flow: str, id: str, args: tuple[Any, ...], queue: str = "") -> None:
        options = {
            "workflow_name": flow, "queue_name": queue or queue_of(flow), "workflow_id": id,
            "app_version": self.version,
        }  # fmt: skip
        self._told(lambda: self.client.enqueue(options, *args))

    def stranded(self, one: Work) -> bool:
        """Tell whether work is of a version that no living process knows."""
        if one.version == self.version:
            return False
        if one.state is State.RUNNING:
            return not self.life.alive(one.executor)
        return one.version not in self.life.workers().values()

    def renew(self, one: Work) -> str:
        """Begin an order anew, by the flows of this version; the old run is ended.

        The new run is there before the old one is gone, so that nothing is lost in between.
        """
        id = f"{one.order}{one.number + 1}"
        if self.rows.find(id) is None:
            self._enqueue(one.flow, id, self._input(one.id))
        self._told(lambda: self.client.cancel_workflow(one.id))
        return id

    def _input(self, id: str) -> tuple[Any, ...]:
        (found,) = self._told(
            lambda: self.client.list_workflows(workflow_ids=[id], load_output=False)
        )
        return tuple(found.input["args"]) if found.input else ()

    def retry(self, one: Work, queue: str = "") -> str:
        """Try the step again at which work failed; what came before it stands.

        Raises
        ------
        ReviewError
            If it has not failed.
        """
        if ENDED.get(one.state) is not False:
            raise ReviewError(f"{one.id} is {one.state}; only what is parked is tried again.")
        later = [each for each in self.rows.of(one.flow, order=one.order)
                 if each.number > one.number]  # fmt: skip
        if later:
            raise ReviewError(f"{one.id} was followed by {later[0].id}, which is {later[0].state}.")
        id = f"{one.order}{one.number + 1}"
        if one.version != self.version:  # its steps are numbered otherwise
            self._enqueue(one.flow, id, self._input(one.id), queue)
        else:
            self._fork(one, id, queue or queue_of(one.flow))
        return id

    def _fork(self, one: Work, id: str, queue: str) -> None:
        from dbos import SetWorkflowID

        def fork() -> None:
            with SetWorkflowID(id):
                self.client.fork_workflow(
                    one.id, self._failed_at(one.id), application_version=self.version,
                    queue_name=queue,
                )  # fmt: skip

        try:
            self._told(fork)
        except StoreError:
            if self.rows.find(id) is None:  # else somebody else was first
                raise

    def _failed_at(self, id: str) -> int:
        """Return the number of the step at which a run failed; of the next one, where none did."""
        steps = self.client.list_workflow_steps(id)
        failed = [step["function_id"] for step in steps if step["error"] is not None]
        return int(min(failed, default=len(steps) + 1))

    def steps(self, id: str) -> list[dict[str, Any]]:
        """Return the steps that work has finished, in order, without what they gave."""
        found = self._told(lambda: self.client.list_workflow_steps(id))
        return [
            {"name": step["function_name"], "failed": step["error"] is not None,
             "ended_at": _seconds(step.get("completed_at_epoch_ms"))}
            for step in found
        ]  # fmt: skip

    def cancel(self, one: Work) -> None:
        """End work before its next step.

        Raises
        ------
        ReviewError
            If it has ended.
        """
        if one.state not in OPEN:
            raise ReviewError(f"{one.id} is {one.state}; there is nothing to cancel.")
        self._told(lambda: self.client.cancel_workflow(one.id))

    def purge(self, now: dt.datetime) -> int:
        """Remove what ended long ago; return how many."""
        gone = 0
        while ids := self.rows.ended_before(now - KEPT, AT_ONCE):
            self._told(lambda ids=ids: self.client.delete_workflows(ids))  # type: ignore[misc]
            gone += len(ids)
        return gone

    # -- the way in --------------------------------------------------------------------------

    @property
    def client(self) -> Any:
        """DBOS's client, opened when something is first asked for."""
        with self._opening:
            if self._client is None:
                from dbos import DBOS, DBOSClient

                quieten()
                address = plain(self._url)
                if not self.rows.there:
                    DBOS.migrate(address)
                self._client = DBOSClient(
                    system_database_url=address, application_name=APPLICATION,
                    retry_connection_errors=False,
                )  # fmt: skip
            return self._client

    def _told(self, work: Callable[[], Any]) -> Any:
        """Do something with the client; what goes wrong with the database is a sentence."""
        from dbos import error as errors

        try:
            return work()
        except (sa.exc.SQLAlchemyError, errors.DBOSException) as error:
            raise StoreError(
                f"The engine's tables cannot be written: {type(error).__name__}. Free the disk or "
                "the database, then try again."
            ) from error

    def close(self) -> None:
        """Close what was opened."""
        with self._opening:
            if self._client is not None:
                self._client.destroy()
                self._client = None


def plain(url: str) -> str:
    """Return a database's address as DBOS writes it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


def quieten() -> None:
    """Give DBOS a log that goes where ours does, or nowhere; its own one writes to the console.

    What matters comes back as an exception, and stdout and stderr are the commands'.
    """
    log = logging.getLogger("dbos")
    log.propagate = logs.active()
    log.handlers = [logging.NullHandler()]


def _seconds(milliseconds: Any) -> str:
    if not milliseconds:
        return ""
    return dt.datetime.fromtimestamp(int(milliseconds) / 1000, dt.UTC).isoformat()
