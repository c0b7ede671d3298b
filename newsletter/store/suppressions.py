"""Addresses that get no mail, on a database: keyed hashes that outlive the reader."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import AuditEntry
from newsletter.send.addresses import redact
from newsletter.send.readers import Status
from newsletter.send.suppression import (
    LIFTED_BY_HAND,
    AddressSuppressed,
    Cause,
    Suppressed,
    mark_of,
    outweighs,
)
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.left import Gone, tell
from newsletter.store.models import SubscriberRow
from newsletter.store.models_reports import SuppressionRow

PIPELINE = "pipeline"
"""Who acts, in the audit log, where a report does."""
PAGE = 500


class SqlSuppressions:
    """The list of suppressed addresses.

    Parameters
    ----------
    database : Database
        Where.
    keys : sequence of bytes
        The key of readers' links, and behind it earlier ones: entries made with them still hold.
    alias : callable
        What the audit log calls the reader of an address.

    Attributes
    ----------
    keys : int
        How many there are.
    """

    def __init__(
        self, database: Database, keys: Sequence[bytes], alias: Callable[[str], str]
    ) -> None:
        self._database, self._keys, self._alias = database, tuple(keys), alias
        self.keys = len(self._keys)

    def marks(self, email: str) -> tuple[str, ...]:
        """Return every mark under which an address may stand, one for each of `keys`."""
        return tuple(mark_of(email, key) for key in self._keys)

    def add(
        self, email: str, cause: Cause, detail: str, now: dt.datetime, actor: str = PIPELINE
    ) -> bool:
        """Suppress an address, in a transaction of its own.

        Parameters
        ----------
        email : str
            Normalised address.
        cause : Cause
            Why; a weightier one replaces the one that stands.
        detail : str
            What was said.
        now : datetime.datetime
            Aware instant.
        actor : str
            Who did it, for the audit log.

        Returns
        -------
        bool
            False where it was suppressed already.
        """
        with self._database.begin(writing=True) as session:
            return self.put(session, email, cause, detail, now, actor)

    def put(
        self,
        session: Session,
        email: str,
        cause: Cause,
        detail: str,
        now: dt.datetime,
        actor: str = PIPELINE,
    ) -> bool:
        """Suppress an address within a transaction; its subscriptions end with it."""
        tell(session, Gone(email, "", str(cause), now))
        row = self._row(session, email)
        fresh = row is None
        if row is not None and not outweighs(cause, Cause(row.cause)):
            _end(session, email, Cause(row.cause), now)
            return False
        if row is not None:
            session.delete(row)
            session.flush()
        # Whoever is erased leaves no words behind either.
        said = "" if cause is Cause.ERASED else redact(detail)[:500]
        mark = mark_of(email, self._keys[0])
        session.add(SuppressionRow(mark=mark, cause=str(cause), detail=said, at=now))
        _end(session, email, cause, now)
        if cause is not Cause.ERASED:  # that has an entry of its own
            about = {"cause": str(cause)}
            audit.append(session, AuditEntry(now, actor, "suppressed", self._alias(email), about))
        return fresh

    def erased(self, session: Session, email: str, now: dt.datetime) -> None:
        """Keep, within an erasure's transaction, that the address gets no mail."""
        row = self._row(session, email)
        if row is not None:
            row.detail = ""
        self.put(session, email, Cause.ERASED, "", now)

    def lift(self, email: str, causes: frozenset[Cause]) -> bool:
        """Take an entry away whose cause is one of these; tell whether there was one.

        Subscriptions stay as they are: whoever lifts it for a reader's new consent begins
        the one that was consented to.
        """
        with self._database.begin(writing=True) as session:
            return self.lift_in(session, email, causes)

    def lift_in(self, session: Session, email: str, causes: frozenset[Cause]) -> bool:
        """Do the same within the transaction that keeps a reader's new consent."""
        row = self._row(session, email)
        if row is None or Cause(row.cause) not in causes:
            return False
        session.delete(row)
        session.flush()
        return True

    def release(self, email: str, entry: AuditEntry) -> int | None:
        """Take an entry away by a person's decision, and begin again what it had ended.

        Parameters
        ----------
        email : str
            Normalised address.
        entry : AuditEntry
            What the log says; how many subscriptions began again is added.

        Returns
        -------
        int or None
            How many subscriptions began again; None where there was no entry.

        Raises
        ------
        AddressSuppressed
            If only the reader can lift it.
        """
        with self._database.begin(writing=True) as session:
            row = self._row(session, email)
            if row is None:
                return None
            cause = Cause(row.cause)
            if cause not in LIFTED_BY_HAND:
                raise AddressSuppressed(cause)
            session.delete(row)
            begun = _count(
                session,
                sa.update(SubscriberRow)
                .where(_same(email), SubscriberRow.status == STATUS[cause])
                .values(status="active", changed_at=entry.at),
            )
            told = {**entry.detail, "cause": str(cause), "subscriptions": str(begun)}
            audit.append(session, replace(entry, detail=told))
        return begun

    def of(self, email: str) -> Suppressed | None:
        """Return the entry of an address, or None."""
        with self._database.begin() as session:
            return self.of_in(session, email)

    def of_in(self, session: Session, email: str) -> Suppressed | None:
        """Return the entry of an address as a transaction sees it, or None."""
        row = self._row(session, email)
        return None if row is None else _entry(row)

    def among(self, emails: Collection[str]) -> set[str]:
        """Return those of some addresses that are suppressed, looked for together."""
        given = {mark_of(email, key): email for email in emails for key in self._keys}
        marks: list[str] = list(given)
        found: set[str] = set()
        with self._database.begin() as session:
            for start in range(0, len(marks), PAGE):
                wanted = SuppressionRow.mark.in_(marks[start : start + PAGE])
                found.update(session.scalars(sa.select(SuppressionRow.mark).where(wanted)))
        return {given[mark] for mark in found}

    def require_free(self, session: Session, email: str) -> None:
        """Refuse to add an address that gets no mail.

        Raises
        ------
        AddressSuppressed
            With the cause; the address is not repeated.
        """
        row = self._row(session, email)
        if row is not None:
            raise AddressSuppressed(Cause(row.cause))

    def all(self) -> Iterator[Suppressed]:
        """Yield every entry in order of its mark, read page by page."""
        last = ""
        while True:
            query = sa.select(SuppressionRow).where(SuppressionRow.mark > last)
            with self._database.begin() as session:
                rows = session.scalars(query.order_by(SuppressionRow.mark).limit(PAGE)).all()
            if not rows:
                return
            yield from map(_entry, rows)
            last = rows[-1].mark

    def counts(self) -> dict[Cause, int]:
        """Return how many addresses are suppressed, by cause."""
        query = sa.select(SuppressionRow.cause, sa.func.count()).group_by(SuppressionRow.cause)
        with self._database.begin() as session:
            return {Cause(cause): count for cause, count in session.execute(query)}

    def _row(self, session: Session, email: str) -> SuppressionRow | None:
        marks = self.marks(email)
        rows = session.scalars(sa.select(SuppressionRow).where(SuppressionRow.mark.in_(marks)))
        found = {row.mark: row for row in rows}
        return next((found[mark] for mark in marks if mark in found), None)


STATUS = {
    Cause.BOUNCED: str(Status.BOUNCED),
    Cause.COMPLAINED: str(Status.COMPLAINED),
    Cause.MANUAL: str(Status.SUPPRESSED),
    Cause.ERASED: str(Status.UNSUBSCRIBED),
}
"""What becomes of the subscriptions of an address."""
STILL = ("active", "paused", "pending")
"""Of which it does: those that have not ended."""


def _end(session: Session, email: str, cause: Cause, now: dt.datetime) -> None:
    still = SubscriberRow.status.in_(STILL)
    change = sa.update(SubscriberRow).where(_same(email), still)
    session.execute(change.values(status=STATUS[cause], changed_at=now))


def _same(email: str) -> sa.ColumnElement[bool]:
    # Case is ignored, as in the mark: one mailbox may stand on two lists in two spellings.
    return SubscriberRow.mailbox == email.casefold()


def _entry(row: SuppressionRow) -> Suppressed:
    return Suppressed(row.mark, Cause(row.cause), row.detail, row.at)


def _count(session: Session, change: sa.Update) -> int:
    return cast("sa.CursorResult[Any]", session.execute(change)).rowcount
