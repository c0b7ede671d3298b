"""The ledger of deliveries on a database: every change conditional, every commit durable."""

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.errors import StoreError
from newsletter.send.delivery import LEFT, OPEN, Delivery, DeliveryState
from newsletter.send.intake import cause_of
from newsletter.send.verdicts import Verdict
from newsletter.store import postgresql
from newsletter.store.database import Database, lock_writers
from newsletter.store.delivery_pages import UNDECIDED, DeliveryPages, with_reader
from newsletter.store.models import DeliveryRow, SubscriberRow
from newsletter.store.models_reports import SuppressionRow
from newsletter.store.strikes import struck_out
from newsletter.store.suppressions import SqlSuppressions

_IN_TURN = tuple(
    str(state) for state in (DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.DEFERRED)
)
_FAILURES = frozenset({DeliveryState.BOUNCED, DeliveryState.FAILED})
_CHUNK = 1000
_AT_ONCE = 10
"""Chunks of a freeze in one transaction: other writers come in between."""


class SqlDeliveryBook(DeliveryPages):
    """The delivery book of `newsletter.send.book` on a database.

    Parameters
    ----------
    database : Database
        Where. On SQLite its commits are synchronous, so what `dot_sent` wrote is on
        disk before it returns.
    suppressions : SqlSuppressions, optional
        Asked before each message, and told of what bounced.
    counting : bool
        Whether opens and clicks are counted, of readers who agreed to it.
    """

    def __init__(
        self,
        database: Database,
        suppressions: SqlSuppressions | None = None,
        *,
        counting: bool = False,
    ) -> None:
        super().__init__(database, counting=counting)
        self._suppressions = suppressions
        self._mine = threading.local()
        self._wanted = _Wanted(suppressions)

    @contextmanager
    def together(self) -> Iterator[object]:
        """Make one transaction, and one wait for the disk, of this thread's changes.

        Raises
        ------
        StoreError
            If the database cannot be written; trying again may help.
        """
        try:
            with self._database.engine.begin() as connection:
                # Its changes wait in no order of rows, and two of them would for each other.
                lock_writers(connection)
                self._mine.connection = connection
                try:
                    yield connection
                finally:
                    self._mine.connection = None
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            reason = postgresql.reason(error.orig or error)
            raise StoreError(
                f"The ledger of deliveries cannot be written: {reason}. Nothing is sent that "
                "cannot be written down; free the disk or the database, then send again."
            ) from error

    def freeze(self, edition: str, deliveries: Iterable[Delivery]) -> int:
        """Insert the rows that are missing and leave the others alone.

        Ten thousand rows to a transaction: other writers come in between, and memory does
        not grow with the audience. What a crash interrupts is taken up by doing it again.
        """
        added, rows = 0, iter(deliveries)
        while some := list(itertools.islice(rows, _CHUNK * _AT_ONCE)):
            with self._database.begin(writing=True) as session:
                for start in range(0, len(some), _CHUNK):
                    added += _insert_missing(session, edition, some[start : start + _CHUNK])
        return added

    def open(self, edition: str, limit: int, now: dt.datetime | None = None) -> list[Delivery]:
        """Return at most `limit` rows in open states, the deferred last.

        Each state is asked for by itself, in the order of the index: a batch of a million
        rows must not sort them. So are rows that are due at once, which databases put first
        or last as they please.
        """
        found: list[Delivery] = []
        due = DeliveryRow.due_at
        later = due.is_not(None) if now is None else due <= now
        for state, when in itertools.product(_IN_TURN, (due.is_(None), later)):
            query = with_reader().where(
                DeliveryRow.edition == edition, DeliveryRow.state == state, when
            )
            found += self.read(query.order_by(due.asc()).limit(limit - len(found)))
            if len(found) >= limit:
                break
        return found

    def next_due(self, edition: str) -> dt.datetime | None:
        """Return when the first of the deferred rows is due, or None."""
        query = sa.select(sa.func.min(sa.func.coalesce(DeliveryRow.due_at, DeliveryRow.at)))
        deferred = DeliveryRow.state == str(DeliveryState.DEFERRED)
        with self._database.begin() as session:
            return session.scalar(query.where(DeliveryRow.edition == edition, deferred))

    def claim(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Set a row to ``sending`` and count one attempt more, if nobody else has.

        Of a reader who gets no mail any more it is set to ``suppressed``.
        """
        if delivery.state not in OPEN:
            return False
        given = _given(delivery, {"attempts": delivery.attempts + 1, "at": now})
        wanted, left = self._wanted.claim[delivery.state]
        with self._connected() as connection:
            if _done(connection, wanted, given | self._wanted.marks(delivery)):
                return True
            # Somebody else has it, or its reader has left: a second question, seldom asked.
            if not self._is_wanted(connection, delivery):
                told = {"state": str(DeliveryState.SUPPRESSED), "reply": LEFT, "at": now}
                _done(connection, left, _given(delivery, told))
            return False

    def dot_sent(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Set a row to ``dot_sent``, on disk before this returns, if its reader is still one."""
        given = _given(delivery, {"at": now}) | self._wanted.marks(delivery)
        with self._connected() as connection:
            return _done(connection, self._wanted.dot_sent, given)

    def settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        reply: str,
        now: dt.datetime,
        due: dt.datetime | None = None,
    ) -> bool:
        """Write how it ended, if it has not ended already; what bounced suppresses its reader."""
        told = {"state": str(state), "reply": reply[:2000], "at": now, "due_at": due}
        if self._suppressions is None or state not in _FAILURES:
            return self._change(_SETTLE, delivery, **told)
        with self._connected() as connection:
            # First, as everywhere: whoever has it may wait for this row.
            lock_writers(connection)
            if not _done(connection, _SETTLE, _given(delivery, told)):
                return False
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                self._suppress(session, delivery, state, reply, now)
                session.commit()
        return True

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        """Yield the connection of this thread's transaction, or of one of its own."""
        shared: sa.Connection | None = getattr(self._mine, "connection", None)
        if shared is not None:
            yield shared
        else:
            with self._database.engine.begin() as connection:
                yield connection

    def _suppress(
        self,
        session: Session,
        delivery: Delivery,
        state: DeliveryState,
        reply: str,
        now: dt.datetime,
    ) -> None:
        hard = state is DeliveryState.BOUNCED
        struck = not hard and struck_out(session, delivery.subscriber.id)
        cause = cause_of(Verdict.HARD if hard else Verdict.SOFT, struck_out=struck)
        reader = session.get(SubscriberRow, delivery.subscriber.id)
        if cause is not None and reader is not None and self._suppressions is not None:
            self._suppressions.put(session, reader.email, cause, reply, now)

    def release(self, delivery: Delivery, reply: str, now: dt.datetime) -> bool:
        """Give a claimed row back as ``deferred`` and take its attempt off again."""
        attempts = delivery.attempts - 1
        return self._change(_RELEASE, delivery, attempts=attempts, reply=reply[:2000], at=now)

    def doubtful(self, edition: str, since: dt.datetime, now: dt.datetime) -> int:
        """Set rows left in ``dot_sent`` to ``in_doubt``; return how many."""
        change = (
            sa.update(DeliveryRow)
            .where(
                DeliveryRow.edition == edition,
                DeliveryRow.state == str(DeliveryState.DOT_SENT),
                DeliveryRow.at <= since,
            )
            .values(state=str(DeliveryState.IN_DOUBT), at=now)
        )
        with self._database.begin(writing=True) as session:
            return _count(session, change)

    def in_doubt(self, edition: str) -> list[Delivery]:
        """Return the rows in ``in_doubt``."""
        state = str(DeliveryState.IN_DOUBT)
        return self.read(
            with_reader()
            .where(DeliveryRow.edition == edition, DeliveryRow.state == state)
            .order_by(DeliveryRow.subscriber)
        )

    def reopen(self, delivery: Delivery, reason: str, now: dt.datetime) -> bool:
        """Set a row from ``in_doubt`` to ``queued`` by a person's decision."""
        return self._change(_REOPEN, delivery, reply=reason, at=now)

    def is_active(self, subscriber_id: str) -> bool:
        """Tell whether the reader still wants mail and is not suppressed."""
        with self._database.begin() as session:
            found = session.execute(_STATUS, {"reader": subscriber_id}).first()
            if found is None or found.status != "active":
                return False
            book = self._suppressions
            return book is None or book.of_in(session, found.email) is None

    def _is_wanted(self, connection: sa.Connection, delivery: Delivery) -> bool:
        given = {"of_subscriber": delivery.subscriber.id} | self._wanted.marks(delivery)
        return bool(connection.execute(self._wanted.asked, given).scalar())

    def _change(self, change: sa.Update, delivery: Delivery, **values: Any) -> bool:
        with self._connected() as connection:
            return _done(connection, change, _given(delivery, values))


_TABLE = cast("sa.Table", DeliveryRow.__table__)


def _update(states: Collection[str], **values: Any) -> sa.Update:
    """Return a change of one row that nobody else has changed; made once, it is quick."""
    row = _TABLE.c
    return (
        sa.update(_TABLE)
        .where(
            row.edition == sa.bindparam("of_edition"),
            row.subscriber == sa.bindparam("of_subscriber"),
            row.attempts == sa.bindparam("seen"),
            sa.or_(*(row.state == state for state in sorted(states))),
        )
        .values(**values)
    )


def _named(*columns: str) -> dict[str, Any]:
    return {name: sa.bindparam(name, type_=_TABLE.c[name].type) for name in columns}


_SENDING = str(DeliveryState.SENDING)
_SETTLE = _update(UNDECIDED, **_named("state", "reply", "at", "due_at"))
_RELEASE = _update(
    [_SENDING], state=str(DeliveryState.DEFERRED), **_named("attempts", "reply", "at")
)
_REOPEN = _update(
    [str(DeliveryState.IN_DOUBT)], state=str(DeliveryState.QUEUED), **_named("reply", "at")
)
_STATUS = sa.select(SubscriberRow.status, SubscriberRow.email).where(
    SubscriberRow.id == sa.bindparam("reader")
)


class _Wanted:
    """Changes that are made only for readers who still want mail; made once, they are quick."""

    def __init__(self, suppressions: SqlSuppressions | None) -> None:
        keys = 0 if suppressions is None else suppressions.keys
        self._marks: Callable[[str], tuple[str, ...]] = lambda _: ()
        if suppressions is not None:
            self._marks = suppressions.marks
        reads = sa.exists().where(
            SubscriberRow.id == sa.bindparam("of_subscriber"), SubscriberRow.status == "active"
        )
        names: list[sa.BindParameter[str]] = [
            sa.bindparam(f"mark_{number}") for number in range(keys)
        ]
        shut = sa.exists().where(SuppressionRow.mark.in_(names))
        wanted = sa.and_(reads, ~shut) if names else reads
        self.asked = sa.select(wanted)
        begun = {"state": _SENDING, "due_at": sa.null(), **_named("attempts", "at")}
        ended = {"due_at": sa.null(), **_named("state", "reply", "at")}
        self.claim = {
            state: (_update([str(state)], **begun).where(wanted), _update([str(state)], **ended))
            for state in OPEN
        }
        dot_sent = _update([_SENDING], state=str(DeliveryState.DOT_SENT), **_named("at"))
        self.dot_sent = dot_sent.where(wanted)

    def marks(self, delivery: Delivery) -> dict[str, str]:
        """Return the values of the marks under which a row's reader may be suppressed."""
        marks = self._marks(delivery.subscriber.email)
        return {f"mark_{number}": mark for number, mark in enumerate(marks)}


def _insert_missing(session: Session, edition: str, rows: Collection[Delivery]) -> int:
    known = set(
        session.scalars(
            sa.select(DeliveryRow.subscriber).where(
                DeliveryRow.edition == edition,
                DeliveryRow.subscriber.in_([row.subscriber.id for row in rows]),
            )
        )
    )
    fresh = [_values(row) for row in rows if row.subscriber.id not in known]
    if fresh:  # past the object mapper, which takes its time over a million rows
        session.execute(sa.insert(_TABLE), fresh)
    return len(fresh)


def _given(delivery: Delivery, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "of_edition": delivery.edition,
        "of_subscriber": delivery.subscriber.id,
        "seen": delivery.attempts,
        **values,
    }


def _done(connection: sa.Connection, change: sa.Update, given: dict[str, Any]) -> bool:
    return connection.execute(change, given).rowcount == 1


def _count(session: Session, change: sa.Update) -> int:
    return cast("sa.CursorResult[Any]", session.execute(change)).rowcount


def _values(row: Delivery) -> dict[str, Any]:
    return {
        "edition": row.edition,
        "subscriber": row.subscriber.id,
        "message_id": row.message_id,
        "state": str(row.state),
        "attempts": row.attempts,
        "reply": row.reply,
        "at": row.at,
        "queued_at": row.queued_at,
        "due_at": row.due_at,
    }
