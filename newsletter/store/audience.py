"""The readers: who they are, what they want, and where each subscription stands."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import AuditEntry
from newsletter.send.delivery import DeliveryState, Subscriber
from newsletter.send.readers import ENDED, UNKNOWN, Profile, Status
from newsletter.send.segments import Segment
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.left import LEFT, Gone, tell
from newsletter.store.models import DeliveryRow, SubscriberRow
from newsletter.store.models_public import WishRow
from newsletter.store.models_reports import EventRow
from newsletter.store.reports import left
from newsletter.store.segments import condition
from newsletter.store.subscriptions import (
    Reader,
    columns,
    evidence,
    new_id,
    profile_of,
    reader_of,
    subscriber_of,
)
from newsletter.store.suppressions import SqlSuppressions

PAGE = 1000
_REACHED = tuple(map(str, (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT, DeliveryState.DOT_SENT)))
"""States of copies that arrived, or may have."""
NOT_SAID = frozenset(Status) - {Status.UNSUBSCRIBED, Status.COMPLAINED}
"""Where a reader has not said yet that no mail is wanted."""
_SENT_TO: tuple[Any, ...] = (
    SubscriberRow.id,
    SubscriberRow.email,
    SubscriberRow.name,
    SubscriberRow.list,
)


class Audience:
    """The readers.

    Parameters
    ----------
    database : Database
        Where.
    suppressions : SqlSuppressions, optional
        Asked before anybody is added; keeps who was erased.
    """

    def __init__(self, database: Database, suppressions: SqlSuppressions | None = None) -> None:
        self._database, self._suppressions = database, suppressions

    def add(
        self,
        email: str,
        name: str,
        list_name: str,
        consent: Mapping[str, str],
        now: dt.datetime,
        *,
        status: Status = Status.ACTIVE,
        profile: Profile = UNKNOWN,
    ) -> tuple[Subscriber, bool]:
        """Add a reader to a list.

        Parameters
        ----------
        email : str
            Normalised address.
        name : str
            May be empty.
        list_name : str
            E.g. ``"evening"``.
        consent : mapping of str to str
            How and when consent was given; kept as evidence.
        now : datetime.datetime
            Aware instant.
        status : Status
            ``pending`` where the reader has to confirm first.
        profile : Profile
            What is known besides.

        Returns
        -------
        tuple of (Subscriber, bool)
            The reader, and whether they are new. Somebody who unsubscribed stays
            unsubscribed, in whatever case the address is written: only they can undo that.

        Raises
        ------
        newsletter.send.suppression.AddressSuppressed
            If the address gets no mail, whatever list it is to stand on.
        """
        with self._database.begin(writing=True) as session:
            if self._suppressions is not None:
                self._suppressions.require_free(session, email)
            query = _of(email).where(SubscriberRow.list == list_name)
            row = session.scalars(query.order_by(SubscriberRow.id).limit(1)).first()
            if row is not None:
                return subscriber_of(row), False
            row = SubscriberRow(
                id=new_id(),
                email=email,
                name=name,
                list=list_name,
                status=str(status),
                consent=evidence(consent),
                added_at=now,
                changed_at=now,
                **columns(profile),
            )
            session.add(row)
        return subscriber_of(row), True

    def active(
        self, list_name: str, segment: Segment | None = None, on: dt.date | None = None
    ) -> Iterator[Subscriber]:
        """Return the active readers of a list by mailbox, read page by page.

        Parameters
        ----------
        list_name : str
            The list.
        segment : Segment, optional
            Only those it holds of.
        on : datetime.date, optional
            Only those who want mail on that day; pauses that end by then end now, before
            this returns.
        """
        wanted = [SubscriberRow.list == list_name, SubscriberRow.status == str(Status.ACTIVE)]
        if segment is not None:
            wanted.append(condition(segment.tree))
        if on is not None:
            self.wake(on)
            day = str(on.isoweekday())
            wanted.append(sa.func.replace(SubscriberRow.days, day, "") != SubscriberRow.days)
        return self._paged(sa.select(*_SENT_TO, SubscriberRow.mailbox).where(*wanted))

    def reached(self, edition: str) -> Iterator[Subscriber]:
        """Return the active readers who got an edition, or may have, read page by page.

        Whoever was not sent it, has left since or was erased is not among them.
        """
        return self._paged(_reached(sa.select(*_SENT_TO, SubscriberRow.mailbox), edition))

    def _paged(self, query: sa.Select[Any]) -> Iterator[Subscriber]:
        key = sa.tuple_(SubscriberRow.mailbox, SubscriberRow.id)
        page = query.order_by(SubscriberRow.mailbox, SubscriberRow.id).limit(PAGE)
        rows = self._rows(page)
        while rows:
            yield from (Subscriber(*row[:4]) for row in rows)
            rows = self._rows(page.where(key > (rows[-1].mailbox, rows[-1].id)))

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with self._database.begin() as session:
            return list(session.execute(query))

    def reaching(self, edition: str) -> int:
        """Return how many readers `reached` yields."""
        query = _reached(sa.select(sa.func.count()).select_from(SubscriberRow), edition)
        with self._database.begin() as session:
            return session.scalar(query) or 0

    def find(self, email: str) -> list[tuple[Subscriber, str]]:
        """Return an address's subscriptions with their consent records."""
        return [(one.subscriber, one.consent) for one in self.readers(email)]

    def readers(self, email: str) -> list[Reader]:
        """Return an address's subscriptions, whatever its case, by list."""
        with self._database.begin() as session:
            return [reader_of(row) for row in session.scalars(_of(email).order_by("list", "id"))]

    def beginning(self, text: str, limit: int) -> list[Reader]:
        """Return subscriptions whose address begins so, whatever the case, by address."""
        query = (
            sa.select(SubscriberRow)
            .where(SubscriberRow.mailbox.startswith(text.casefold(), autoescape=True))
            .order_by(SubscriberRow.email, SubscriberRow.list)
            .limit(limit)
        )
        with self._database.begin() as session:
            return [reader_of(row) for row in session.scalars(query)]

    def reader(self, subscriber_id: str) -> Reader | None:
        """Return one subscription, or None."""
        with self._database.begin() as session:
            row = session.get(SubscriberRow, subscriber_id)
            return None if row is None else reader_of(row)

    def months(self) -> list[tuple[str, int, int]]:
        """Return (month, joined, left) in order; whoever was erased is counted nowhere."""
        ended = SubscriberRow.status.in_(sorted(map(str, ENDED)))
        joined = self._by_month(SubscriberRow.added_at, sa.true())
        left = self._by_month(SubscriberRow.changed_at, ended)
        months = sorted(joined.keys() | left.keys())
        return [(month, joined.get(month, 0), left.get(month, 0)) for month in months]

    def _by_month(self, column: Any, where: sa.ColumnElement[bool]) -> dict[str, int]:
        parts = (sa.extract("year", column), sa.extract("month", column))
        query = sa.select(*parts, sa.func.count()).where(where).group_by(*parts)
        with self._database.begin() as session:
            return {f"{int(y):04d}-{int(m):02d}": count for y, m, count in session.execute(query)}

    def unsubscribe(self, subscriber_id: str, entry: AuditEntry, edition: str = "") -> bool:
        """End a subscription, and say so in the audit log, both or neither.

        Parameters
        ----------
        subscriber_id : str
            Whose.
        entry : AuditEntry
            What the log says; its instant is the subscription's end. It names no address.
        edition : str
            The edition whose link was used, which counts it; empty where none was.

        Returns
        -------
        bool
            True where it had not ended by the reader's will before; when repeated nothing
            is changed or logged.
        """
        return self._turn(subscriber_id, Status.UNSUBSCRIBED, entry, NOT_SAID, edition=edition)

    def pause(self, subscriber_id: str, until: dt.date | None, entry: AuditEntry) -> bool:
        """Let an active subscription rest until a day, or until it is resumed.

        Returns
        -------
        bool
            False where it is neither active nor paused.
        """
        only = (Status.ACTIVE, Status.PAUSED)
        return self._turn(subscriber_id, Status.PAUSED, entry, only, until)

    def resume(self, subscriber_id: str, entry: AuditEntry) -> bool:
        """Let a paused subscription go on; False where it is not paused."""
        return self._turn(subscriber_id, Status.ACTIVE, entry, (Status.PAUSED,))

    def wake(self, on: dt.date) -> int:
        """Let the paused subscriptions go on whose day has come; return how many."""
        change = (
            sa.update(SubscriberRow)
            .where(SubscriberRow.status == str(Status.PAUSED), SubscriberRow.paused_until <= on)
            .values(status=str(Status.ACTIVE), paused_until=None)
        )
        with self._database.begin(writing=True) as session:
            found: Any = session.execute(change)
            return int(found.rowcount)

    def _turn(
        self,
        subscriber_id: str,
        status: Status,
        entry: AuditEntry,
        only: Collection[Status],
        until: dt.date | None = None,
        edition: str = "",
    ) -> bool:
        with self._database.begin(writing=True) as session:
            row = session.get(SubscriberRow, subscriber_id)
            if row is not None and status is Status.UNSUBSCRIBED:
                # Who asks once more was perhaps told nothing: the journal may lack it.
                again = row.status == str(status)
                at = row.changed_at if again else entry.at
                tell(session, Gone(row.email, row.list, LEFT, at))
            if row is None or row.status not in only:
                return False
            row.status, row.changed_at, row.paused_until = str(status), entry.at, until
            if edition:
                session.merge(left(edition, subscriber_id, entry.at))
            audit.append(session, entry)
        return True

    def change(self, subscriber_id: str, profile: Profile, entry: AuditEntry) -> bool:
        """Keep what is known of a reader anew, and say so in the audit log; tell if it differs."""
        with self._database.begin(writing=True) as session:
            row = session.get(SubscriberRow, subscriber_id)
            if row is None or profile_of(row) == profile:
                return False
            for name, value in columns(profile).items():
                setattr(row, name, value)
            audit.append(session, entry)
        return True

    def erase(self, email: str, entry: AuditEntry) -> int:
        """Remove everything kept about an address, and say so in the audit log, both or neither.

        Parameters
        ----------
        email : str
            Normalised address; every case of it goes.
        entry : AuditEntry
            What the log says; how many subscriptions went is added. It names no address.

        Returns
        -------
        int
            How many subscriptions went; for none nothing is logged.
        """
        with self._database.begin(writing=True) as session:
            gone = forget(session, email)
            if not gone:
                return 0
            if self._suppressions is not None:
                self._suppressions.erased(session, email, entry.at)
            told = {**entry.detail, "subscriptions": str(gone)}
            audit.append(session, replace(entry, detail=told))
        return gone

    def all(self, segment: Segment | None = None) -> Iterator[dict[str, Any]]:
        """Yield every subscription, or a segment's, as plain data for export."""
        wanted = sa.true() if segment is None else condition(segment.tree)
        last = ""
        while True:
            query = sa.select(SubscriberRow).where(SubscriberRow.id > last, wanted)
            with self._database.begin() as session:
                rows = session.scalars(query.order_by(SubscriberRow.id).limit(PAGE)).all()
            if not rows:
                return
            yield from (reader_of(row).plain() for row in rows)
            last = rows[-1].id

    def stats(self, segment: Segment | None = None) -> dict[str, dict[str, int]]:
        """Return the number of readers by list and status, of all or of a segment."""
        by = (SubscriberRow.list, SubscriberRow.status)
        query = sa.select(*by, sa.func.count()).group_by(*by)
        if segment is not None:
            query = query.where(condition(segment.tree))
        out: dict[str, dict[str, int]] = {}
        with self._database.begin() as session:
            for list_name, status, count in session.execute(query):
                out.setdefault(list_name, {})[status] = count
        return out


def forget(session: Session, email: str) -> int:
    """Remove, within a transaction, what is kept about an address; return its subscriptions."""
    mine = sa.func.lower(WishRow.email) == email.lower()
    session.execute(sa.delete(WishRow).where(mine))
    ids = list(session.scalars(_of(email).with_only_columns(SubscriberRow.id)))
    if ids:
        session.execute(sa.delete(SubscriberRow).where(SubscriberRow.id.in_(ids)))
        copies, events = DeliveryRow.subscriber.in_(ids), EventRow.subscriber.in_(ids)
        session.execute(sa.update(DeliveryRow).where(copies).values(reply=""))
        session.execute(sa.update(EventRow).where(events).values(text=""))
    return len(ids)


def _of(email: str) -> sa.Select[SubscriberRow]:
    return sa.select(SubscriberRow).where(SubscriberRow.mailbox == email.casefold())


def _reached(query: sa.Select[Any], edition: str) -> sa.Select[Any]:
    return query.join(DeliveryRow, DeliveryRow.subscriber == SubscriberRow.id).where(
        DeliveryRow.edition == edition,
        DeliveryRow.state.in_(_REACHED),
        SubscriberRow.status == str(Status.ACTIVE),
    )
