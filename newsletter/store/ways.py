"""What each way of a pool was handed: in the ledger's own transactions, so that caps hold.

A copy counts from its final dot on, whatever the answer: a way never hands over more in a day
than it may, through crashes and whatever other processes send. The transactions of a way that
warms up take the writers' lock first, so that nothing comes between the question and the count.
"""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, cast

import sqlalchemy as sa

from newsletter.pooling import MEMORY, WarmUp
from newsletter.send.delivery import Delivery, DeliveryState
from newsletter.store.database import Database, lock
from newsletter.store.deliveries import SqlDeliveryBook
from newsletter.store.models import DeliveryRow, HandedOverRow
from newsletter.store.suppressions import SqlSuppressions

FULL: Final = "held back: its way may hand over no more today"


class SqlWayBook(SqlDeliveryBook):
    """The delivery book as one way of a pool writes into it.

    Parameters
    ----------
    database, suppressions
        As for `SqlDeliveryBook`.
    way : str
        Name of the sender.
    warm_up : WarmUp or None
        What it may hand over in a day; None for as much as there is.
    day_of : callable
        Instant to the day that it counts for.
    turn : threading.Lock
        Shared by the ways of a pool: they wait for each other here, and not for the file.

    Attributes
    ----------
    released : dict of str to Delivery
        By reader, what was claimed and given back since somebody last cleared it.
    """

    def __init__(
        self,
        database: Database,
        suppressions: SqlSuppressions | None,
        way: str,
        warm_up: WarmUp | None,
        day_of: Callable[[dt.datetime], dt.date],
        turn: threading.Lock,
    ) -> None:
        super().__init__(database, suppressions)
        self._way, self._warm_up, self._day_of, self._turn = way, warm_up, day_of, turn
        self._allowed: tuple[dt.date, int] | None = None
        self.released: dict[str, Delivery] = {}

    @contextmanager
    def together(self) -> Iterator[object]:
        """Make one transaction of this thread's changes."""
        with self._turn, super().together() as connection:
            if self._warm_up is not None:  # nothing may come between the question and the count
                lock(cast("sa.Connection", connection))
            yield connection

    def room(self, now: dt.datetime) -> int | None:
        """Return how many copies the way may still be handed today; None for any number."""
        with self._database.engine.connect() as connection:
            return self._room(connection, self._day_of(now))

    def claim(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Claim a row and write down which way has it."""
        with self._joined() as connection:
            if not super().claim(delivery, now):
                return False
            if delivery.way != self._way:
                about = {"of_edition": delivery.edition, "of_subscriber": delivery.subscriber.id}
                connection.execute(_MARK, {**about, "way": self._way})
            return True

    def dot_sent(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Set a row to ``dot_sent`` and count it; where the day is full, give it back instead."""
        with self._joined() as connection:
            day = self._day_of(now)
            if self._room(connection, day) == 0:
                self.release(delivery, FULL, now)
                return False
            if not super().dot_sent(delivery, now):
                return False
            self._count_one(connection, day, delivery.edition)
            return True

    def release(self, delivery: Delivery, reply: str, now: dt.datetime) -> bool:
        """Give a claimed row back, and remember it for the other ways."""
        if not super().release(delivery, reply, now):
            return False
        self.released[delivery.subscriber.id] = replace(
            delivery,
            state=DeliveryState.DEFERRED,
            attempts=delivery.attempts - 1,
            reply=reply,
            at=now,
            due_at=None,
            way=self._way,
        )
        return True

    @contextmanager
    def _joined(self) -> Iterator[sa.Connection]:
        """Yield this thread's transaction, or one of its own that what is called joins."""
        shared: sa.Connection | None = getattr(self._mine, "connection", None)
        if shared is not None:
            yield shared
        else:
            with self.together() as connection:
                yield cast("sa.Connection", connection)

    def _room(self, connection: sa.Connection, day: dt.date) -> int | None:
        if self._warm_up is None:
            return None
        if self._allowed is None or self._allowed[0] != day:  # days before it change no more
            since = max(self._warm_up.start, day - MEMORY)
            most = _one(connection, _MOST, way=self._way, since=since, day=day)
            self._allowed = day, self._warm_up.allows(day, most)
        return max(0, self._allowed[1] - _one(connection, _TODAY, way=self._way, day=day))

    def _count_one(self, connection: sa.Connection, day: dt.date, edition: str) -> None:
        about = {"of_way": self._way, "of_day": day, "of_edition": edition}
        if connection.execute(_ONE_MORE, about).rowcount == 0:
            connection.execute(_FIRST, {"way": self._way, "day": day, "edition": edition})


class HandedOver:
    """How much of an edition each way of a pool was handed.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, edition: str) -> dict[str, int]:
        """Return copies by way, refused ones and repeated tries included; empty without a pool."""
        with self._database.begin() as session:
            told = session.execute(_TOLD, {"edition": edition})
            return {row.way: row.copies for row in told}


def _one(connection: sa.Connection, query: sa.Select[Any], **given: Any) -> int:
    return int(connection.execute(query, given).scalar() or 0)


_ROWS = cast("sa.Table", DeliveryRow.__table__)
_HANDED = cast("sa.Table", HandedOverRow.__table__)
_BY_WAY = _HANDED.c.way == sa.bindparam("way")
_MARK = (
    sa.update(_ROWS)
    .where(
        _ROWS.c.edition == sa.bindparam("of_edition"),
        _ROWS.c.subscriber == sa.bindparam("of_subscriber"),
    )
    .values(way=sa.bindparam("way"))
)
_TODAY = sa.select(sa.func.sum(_HANDED.c.copies)).where(
    _BY_WAY, _HANDED.c.day == sa.bindparam("day")
)
_DAYS = (
    sa.select(sa.func.sum(_HANDED.c.copies).label("copies"))
    .where(_BY_WAY, _HANDED.c.day >= sa.bindparam("since"), _HANDED.c.day < sa.bindparam("day"))
    .group_by(_HANDED.c.day)
    .subquery()
)
_MOST = sa.select(sa.func.max(_DAYS.c.copies))
_ONE_MORE = (
    sa.update(_HANDED)
    .where(
        _HANDED.c.way == sa.bindparam("of_way"),
        _HANDED.c.day == sa.bindparam("of_day"),
        _HANDED.c.edition == sa.bindparam("of_edition"),
    )
    .values(copies=_HANDED.c.copies + 1)
)
_FIRST = sa.insert(_HANDED).values(copies=1)
_TOLD = (
    sa.select(_HANDED.c.way, sa.func.sum(_HANDED.c.copies).label("copies"))
    .where(_HANDED.c.edition == sa.bindparam("edition"))
    .group_by(_HANDED.c.way)
    .order_by(_HANDED.c.way)
)
