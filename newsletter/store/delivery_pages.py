"""What the ledger of deliveries tells: counts and pages, for the desk and for whoever waits."""

import datetime as dt
from collections.abc import Collection
from typing import Any, cast

import sqlalchemy as sa

from newsletter.send.delivery import OPEN, Delivery, DeliveryState, Subscriber
from newsletter.store.database import Database
from newsletter.store.models import DeliveryRow, EditionRow, SubscriberRow
from newsletter.store.subscriptions import unpacked

OPEN_STATES = tuple(str(state) for state in OPEN)
UNDECIDED = (*OPEN_STATES, str(DeliveryState.DOT_SENT), str(DeliveryState.IN_DOUBT))


class DeliveryPages:
    """Rows of the ledger, read.

    Parameters
    ----------
    database : Database
        Where.
    counting : bool
        Whether opens and clicks are counted, of readers who agreed to it.
    """

    def __init__(self, database: Database, *, counting: bool = False) -> None:
        self._database, self._counting = database, counting

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
        query = with_reader().where(DeliveryRow.edition == edition)
        if state is not None:
            query = query.where(DeliveryRow.state == str(state))
        return self.read(query.order_by(DeliveryRow.subscriber).limit(limit).offset(offset))

    def of_reader(self, subscriber_id: str, limit: int) -> list[Delivery]:
        """Return what a reader was sent, latest edition first."""
        query = with_reader().where(DeliveryRow.subscriber == subscriber_id)
        return self.read(query.order_by(DeliveryRow.edition.desc()).limit(limit))

    def row(self, edition: str, subscriber_id: str) -> Delivery | None:
        """Return one reader's row of an edition, or None."""
        found = self.read(
            with_reader().where(
                DeliveryRow.edition == edition, DeliveryRow.subscriber == subscriber_id
            )
        )
        return found[0] if found else None

    def settled_since(self, edition: str, since: dt.datetime) -> tuple[int, dt.datetime | None]:
        """Return how many rows came to an end from an instant on, and when the first did."""
        query = sa.select(sa.func.count(), sa.func.min(DeliveryRow.at)).where(
            DeliveryRow.edition == edition,
            DeliveryRow.state.not_in(UNDECIDED),
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
        waits = DeliveryRow.state.in_(OPEN_STATES)
        ended = DeliveryRow.state.not_in(UNDECIDED)
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

    def read(self, query: sa.Select[Any]) -> list[Delivery]:
        """Return the rows of a query that begins as `with_reader` does."""
        with self._database.engine.connect() as connection:
            return [_delivery(row, self._counting) for row in connection.execute(query)]


_ROW = cast("sa.Table", DeliveryRow.__table__)
_READER = cast("sa.Table", SubscriberRow.__table__)


def with_reader() -> sa.Select[Any]:
    """Return a query of rows, each with its reader.

    Columns and not objects: those who send read thousands of rows at a time.
    """
    found = (_ROW.c[name] for name in _OF_ROW)
    about = (_READER.c[name].label(f"reader_{name}") for name in _OF_READER)
    # An erased reader has no row any more: an outer join keeps the delivery visible.
    joined = _ROW.outerjoin(_READER, _READER.c.id == _ROW.c.subscriber)
    return sa.select(*found, *about).select_from(joined)


_OF_ROW = (
    "edition", "subscriber", "message_id", "state", "attempts", "reply", "at",
    "queued_at", "due_at", "way",
)  # fmt: skip
_OF_READER = ("id", "email", "name", "list", "status", "tickers", "counted")


def _delivery(row: sa.Row[Any], counting: bool) -> Delivery:
    subscriber = Subscriber(row.subscriber, "", "", "", active=False)
    if row.reader_id is not None:
        subscriber = Subscriber(
            row.reader_id,
            row.reader_email,
            row.reader_name,
            row.reader_list,
            row.reader_status == "active",
            unpacked(row.reader_tickers),
            counting and row.reader_counted,
        )
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
        row.way or "",
    )
