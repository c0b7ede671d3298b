"""The ledger of deliveries on a database: every change conditional, every commit durable."""

import datetime as dt
import itertools
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.errors import StoreError
from newsletter.send.delivery import OPEN, Delivery, DeliveryState, Subscriber
from newsletter.send.intake import cause_of
from newsletter.send.verdicts import Verdict
from newsletter.store.database import Database
from newsletter.store.models import DeliveryRow, EditionRow, SubscriberRow
from newsletter.store.strikes import struck_out
from newsletter.store.suppressions import SqlSuppressions

_OPEN = tuple(str(state) for state in OPEN)
_UNDECIDED = (*_OPEN, str(DeliveryState.DOT_SENT), str(DeliveryState.IN_DOUBT))
_FAILURES = frozenset({DeliveryState.BOUNCED, DeliveryState.FAILED})
_CHUNK = 1000
_INSERT = sa.insert(cast("sa.Table", DeliveryRow.__table__))
"""Past the object mapper, which takes its time over a million rows."""


class SqlDeliveryBook:
    """The delivery book of `newsletter.send.book` on a database.

    Parameters
    ----------
    database : Database
        Where. On SQLite its commits are synchronous, so what `dot_sent` wrote is on
        disk before it returns.
    suppressions : SqlSuppressions, optional
        Asked before each message, and told of what bounced.
    """

    def __init__(self, database: Database, suppressions: SqlSuppressions | None = None) -> None:
        self._database, self._suppressions = database, suppressions
        self._mine = threading.local()

    @contextmanager
    def together(self) -> Iterator[object]:
        """Make one transaction, and one wait for the disk, of this thread's changes.

        Raises
        ------
        StoreError
            If the database cannot be written; trying again may help.
        """
        try:
            with self._database.begin(writing=True) as session:
                self._mine.session = session
                try:
                    yield session
                finally:
                    self._mine.session = None
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            reason = str(error.orig or error).splitlines()[0].rstrip(".")
            raise StoreError(
                f"The ledger of deliveries cannot be written: {reason}. Nothing is sent that "
                "cannot be written down; free the disk or the database, then send again."
            ) from error

    def freeze(self, edition: str, deliveries: Iterable[Delivery]) -> int:
        """Insert the rows that are missing and leave the others alone, all or none of them.

        It is one transaction however many they are: an audience half frozen would pass for
        a whole one after a crash.
        """
        added, rows = 0, iter(deliveries)
        with self._database.begin(writing=True) as session:
            while some := list(itertools.islice(rows, _CHUNK)):
                ids = [row.subscriber.id for row in some]
                known = set(
                    session.scalars(
                        sa.select(DeliveryRow.subscriber).where(
                            DeliveryRow.edition == edition, DeliveryRow.subscriber.in_(ids)
                        )
                    )
                )
                fresh = [_values(row) for row in some if row.subscriber.id not in known]
                if fresh:
                    session.execute(_INSERT, fresh)
                added += len(fresh)
        return added

    def open(self, edition: str, limit: int, now: dt.datetime | None = None) -> list[Delivery]:
        """Return at most `limit` rows in open states, the deferred last."""
        deferred = sa.case((DeliveryRow.state == str(DeliveryState.DEFERRED), 1), else_=0)
        query = (
            _with_reader()
            .where(DeliveryRow.edition == edition, DeliveryRow.state.in_(_OPEN))
            .order_by(deferred, DeliveryRow.at, DeliveryRow.subscriber)
            .limit(limit)
        )
        if now is not None:
            query = query.where(sa.or_(DeliveryRow.due_at.is_(None), DeliveryRow.due_at <= now))
        return self._read(query)

    def next_due(self, edition: str) -> dt.datetime | None:
        """Return when the first of the deferred rows is due, or None."""
        query = sa.select(sa.func.min(sa.func.coalesce(DeliveryRow.due_at, DeliveryRow.at)))
        deferred = DeliveryRow.state == str(DeliveryState.DEFERRED)
        with self._database.begin() as session:
            return session.scalar(query.where(DeliveryRow.edition == edition, deferred))

    def claim(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Set a row to ``sending`` and count one attempt more, if nobody else has."""
        if delivery.state not in OPEN:
            return False
        attempts = delivery.attempts + 1
        return self._change(_CLAIM[delivery.state], delivery, attempts=attempts, at=now)

    def dot_sent(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Set a row to ``dot_sent``, on disk before this returns."""
        return self._change(_DOT_SENT, delivery, at=now)

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
        with self._writing() as session:
            if not _done(session.connection(), _SETTLE, _given(delivery, told)):
                return False
            self._suppress(session, delivery, state, reply, now)
        return True

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Yield this thread's transaction, or one of its own."""
        shared = getattr(self._mine, "session", None)
        if shared is not None:
            yield shared
        else:
            with self._database.begin(writing=True) as session:
                yield session

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
        with self._database.begin() as session:
            return _count(session, change)

    def in_doubt(self, edition: str) -> list[Delivery]:
        """Return the rows in ``in_doubt``."""
        state = str(DeliveryState.IN_DOUBT)
        return self._read(
            _with_reader()
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

    def counts(self, edition: str) -> dict[DeliveryState, int]:
        """Return how many rows are in each state."""
        query = (
            sa.select(DeliveryRow.state, sa.func.count())
            .where(DeliveryRow.edition == edition)
            .group_by(DeliveryRow.state)
        )
        with self._database.begin() as session:
            return {DeliveryState(state): count for state, count in session.execute(query)}

    def editions(self, limit: int, offset: int = 0) -> tuple[list[str], int]:
        """Return the editions that have rows, latest session first, and how many in all."""
        # A look into the key for each edition, instead of a walk through all rows.
        sent = sa.exists().where(DeliveryRow.edition == EditionRow.key)
        query = sa.select(EditionRow.key).where(sent)
        with self._database.begin() as session:
            page = query.order_by(EditionRow.key.desc()).limit(limit).offset(offset)
            total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
            return list(session.scalars(page)), total

    def counted(self, editions: Collection[str]) -> dict[str, dict[DeliveryState, int]]:
        """Return, for each of some editions, how many rows are in each state."""
        query = (
            sa.select(DeliveryRow.edition, DeliveryRow.state, sa.func.count())
            .where(DeliveryRow.edition.in_(list(editions)))
            .group_by(DeliveryRow.edition, DeliveryRow.state)
        )
        out: dict[str, dict[DeliveryState, int]] = {edition: {} for edition in editions}
        with self._database.begin() as session:
            for edition, state, count in session.execute(query):
                out[edition][DeliveryState(state)] = count
        return out

    def page(
        self, edition: str, state: DeliveryState | None, limit: int, offset: int = 0
    ) -> list[Delivery]:
        """Return rows of an edition by reader, those of one state or all."""
        query = _with_reader().where(DeliveryRow.edition == edition)
        if state is not None:
            query = query.where(DeliveryRow.state == str(state))
        return self._read(query.order_by(DeliveryRow.subscriber).limit(limit).offset(offset))

    def of_reader(self, subscriber_id: str, limit: int) -> list[Delivery]:
        """Return what a reader was sent, latest edition first."""
        query = _with_reader().where(DeliveryRow.subscriber == subscriber_id)
        return self._read(query.order_by(DeliveryRow.edition.desc()).limit(limit))

    def row(self, edition: str, subscriber_id: str) -> Delivery | None:
        """Return one reader's row of an edition, or None."""
        found = self._read(
            _with_reader().where(
                DeliveryRow.edition == edition, DeliveryRow.subscriber == subscriber_id
            )
        )
        return found[0] if found else None

    def settled_since(self, edition: str, since: dt.datetime) -> tuple[int, dt.datetime | None]:
        """Return how many rows came to an end from an instant on, and when the first did."""
        query = sa.select(sa.func.count(), sa.func.min(DeliveryRow.at)).where(
            DeliveryRow.edition == edition,
            DeliveryRow.state.not_in(_UNDECIDED),
            DeliveryRow.at >= since,
        )
        with self._database.begin() as session:
            count, first = session.execute(query).one()
        return count, first

    def doubts(self, editions: Collection[str]) -> dict[str, tuple[int, dt.datetime]]:
        """Return, for editions with copies in doubt, how many and since when the newest is."""
        query = (
            sa.select(DeliveryRow.edition, sa.func.count(), sa.func.max(DeliveryRow.at))
            .where(
                DeliveryRow.edition.in_(list(editions)),
                DeliveryRow.state == str(DeliveryState.IN_DOUBT),
            )
            .group_by(DeliveryRow.edition)
        )
        with self._database.begin() as session:
            return {edition: (count, at) for edition, count, at in session.execute(query)}

    def standstill(self, edition: str) -> tuple[int, int, dt.datetime | None]:
        """Return how many rows wait, how many came to an end, and when the last one did."""
        waits = DeliveryRow.state.in_(_OPEN)
        ended = DeliveryRow.state.not_in(_UNDECIDED)
        query = sa.select(
            sa.func.count(sa.case((waits, 1))),
            sa.func.count(sa.case((ended, 1))),
            sa.func.max(sa.case((ended, DeliveryRow.at))),
        ).where(DeliveryRow.edition == edition)
        with self._database.begin() as session:
            waiting, over, last = session.execute(query).one()
        return waiting, over, last

    def replies(self, edition: str, limit: int) -> list[tuple[str, DeliveryState, int]]:
        """Return what servers answered, by state, the commonest first."""
        query = (
            sa.select(DeliveryRow.reply, DeliveryRow.state, sa.func.count().label("count"))
            .where(DeliveryRow.edition == edition, DeliveryRow.reply != "")
            .group_by(DeliveryRow.reply, DeliveryRow.state)
            .order_by(sa.desc("count"), DeliveryRow.reply)
            .limit(limit)
        )
        with self._database.begin() as session:
            return [(said, DeliveryState(state), n) for said, state, n in session.execute(query)]

    def _change(self, change: sa.Update, delivery: Delivery, **values: Any) -> bool:
        given = _given(delivery, values)
        shared = getattr(self._mine, "session", None)
        if shared is not None:
            return _done(shared.connection(), change, given)
        with self._database.engine.begin() as connection:
            return _done(connection, change, given)

    def _read(self, query: sa.Select[DeliveryRow, SubscriberRow]) -> list[Delivery]:
        with self._database.begin() as session:
            return [_delivery(row, reader) for row, reader in session.execute(query)]


def _with_reader() -> sa.Select[DeliveryRow, SubscriberRow]:
    # An erased reader has no row any more: an outer join keeps the delivery visible.
    return sa.select(DeliveryRow, SubscriberRow).outerjoin(
        SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber
    )


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
_CLAIM = {
    state: _update([str(state)], state=_SENDING, due_at=sa.null(), **_named("attempts", "at"))
    for state in OPEN
}
_DOT_SENT = _update([_SENDING], state=str(DeliveryState.DOT_SENT), **_named("at"))
_SETTLE = _update(_UNDECIDED, **_named("state", "reply", "at", "due_at"))
_RELEASE = _update(
    [_SENDING], state=str(DeliveryState.DEFERRED), **_named("attempts", "reply", "at")
)
_REOPEN = _update(
    [str(DeliveryState.IN_DOUBT)], state=str(DeliveryState.QUEUED), **_named("reply", "at")
)
_STATUS = sa.select(SubscriberRow.status, SubscriberRow.email).where(
    SubscriberRow.id == sa.bindparam("reader")
)


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


def _delivery(row: DeliveryRow, reader: SubscriberRow | None) -> Delivery:
    subscriber = Subscriber(row.subscriber, "", "", "", active=False)
    if reader is not None:
        active = reader.status == "active"
        subscriber = Subscriber(reader.id, reader.email, reader.name, reader.list, active)
    return Delivery(
        row.edition,
        subscriber,
        row.message_id,
        DeliveryState(row.state),
        row.attempts,
        row.reply,
        row.at,
        row.queued_at,
        row.due_at,
    )
