"""The audit log: append-only, each entry's hash covering the one before it."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.errors import StoreError
from newsletter.review.desk import AuditEntry
from newsletter.review.listing import Numbered, Sought
from newsletter.store.database import Database
from newsletter.store.models import AuditRow
from newsletter.store.outbox import announce

_GENESIS = "0" * 64
_CHUNK = 500


def append(session: Session, entry: AuditEntry) -> None:
    """Add an entry within the transaction of the change it records.

    The transaction was begun for writing: nobody else can take the next number.
    """
    last = session.scalars(sa.select(AuditRow).order_by(AuditRow.seq.desc()).limit(1)).first()
    detail = json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False)
    row = AuditRow(
        seq=last.seq + 1 if last else 1,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        detail=detail,
    )
    row.hash = _link(last.hash if last else _GENESIS, row)
    session.add(row)
    announce(session, entry)


def append_once(session: Session, entry: AuditEntry) -> None:
    """Add an entry unless one of the same subject, action and words stands already."""
    detail = json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False)
    same = sa.select(AuditRow.seq).where(
        AuditRow.subject == entry.subject, AuditRow.action == entry.action,
        AuditRow.detail == detail,
    )  # fmt: skip
    if session.scalar(same.limit(1)) is None:
        append(session, entry)


class AuditLog:
    """Reading and checking the log.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, entry: AuditEntry) -> None:
        """Add an entry in a transaction of its own."""
        with self._database.begin(writing=True) as session:
            append(session, entry)

    def entries(self, subject: str | None = None) -> list[AuditEntry]:
        """Return entries in order, of one subject or of all."""
        query = sa.select(AuditRow).order_by(AuditRow.seq)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with self._database.begin() as session:
            try:
                return [_entry(row) for row in session.scalars(query)]
            except ValueError as error:
                raise self._unreadable() from error

    def page(self, sought: Sought, limit: int, before: int | None = None) -> list[Numbered]:
        """Return entries, newest first.

        Parameters
        ----------
        sought : Sought
            What is looked for.
        limit : int
            Most to return.
        before : int or None
            Only entries with lower numbers: the last of the page before.

        Raises
        ------
        StoreError
            If an entry was altered so that it cannot be read.
        """
        query = sa.select(AuditRow).where(*_conditions(sought)).order_by(AuditRow.seq.desc())
        if before is not None:
            query = query.where(AuditRow.seq < before)
        with self._database.begin() as session:
            return self._read(session, query.limit(limit))

    def _read(self, session: Session, query: sa.Select[AuditRow]) -> list[Numbered]:
        try:
            rows = session.scalars(query)
            return [Numbered(row.seq, _entry(row), row.hash) for row in rows]
        except ValueError as error:
            raise self._unreadable() from error

    def _unreadable(self) -> StoreError:
        return StoreError(
            f"The audit log cannot be read: entry {self.first_broken()} was altered in the "
            "database; restore a backup from before that."
        )

    def walk(self, sought: Sought) -> Iterator[Numbered]:
        """Yield entries in order, a page at a time, however many there are."""
        query, last = sa.select(AuditRow).where(*_conditions(sought)).order_by(AuditRow.seq), 0
        while True:
            with self._database.begin() as session:
                rows = self._read(session, query.where(AuditRow.seq > last).limit(_CHUNK))
            if not rows:
                return
            yield from rows
            last = rows[-1].seq

    def count(self, sought: Sought) -> int:
        """Return how many entries there are."""
        query = sa.select(sa.func.count()).select_from(AuditRow).where(*_conditions(sought))
        with self._database.begin() as session:
            return session.scalar(query) or 0

    def names(self) -> tuple[list[str], list[str]]:
        """Return everybody who acted and everything that was done, sorted."""
        with self._database.begin() as session:
            actors, actions = (
                sorted(session.scalars(sa.select(column).distinct()))
                for column in (AuditRow.actor, AuditRow.action)
            )
        return actors, actions

    def head(self) -> tuple[int, str] | None:
        """Return the last entry's number and hash, which a backup is compared by."""
        query = sa.select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)
        with self._database.begin() as session:
            found = session.execute(query).first()
        return None if found is None else (found.seq, found.hash)

    def first_broken(self) -> int | None:
        """Return the number of the first entry whose hash does not hold, or None.

        Notes
        -----
        A changed, removed or reordered entry breaks the chain from there on. An entry
        cut off at the end cannot be seen from within; back-ups hold the last hash.
        """
        previous, expected = _GENESIS, 1
        # One by one, so that an entry that cannot even be read is told by its place.
        query = sa.select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=1)
        with self._database.begin() as session, closing(session.scalars(query)) as rows:
            try:
                for row in rows:
                    link = _link(previous, row)
                    if row.seq != expected or row.hash != link:
                        return row.seq
                    previous, expected = row.hash, expected + 1
            except ValueError:
                return expected
        return None


def _conditions(sought: Sought) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if sought.actor:
        where.append(AuditRow.actor == sought.actor)
    if sought.action:
        where.append(AuditRow.action == sought.action)
    if sought.subject:
        where.append(AuditRow.subject.startswith(sought.subject, autoescape=True))
    if sought.since:
        where.append(AuditRow.at >= sought.since)
    if sought.until:
        where.append(AuditRow.at < sought.until)
    return where


def _link(previous: str, row: AuditRow) -> str:
    at = row.at.astimezone(dt.UTC).isoformat()
    parts: list[Any] = [previous, row.seq, at, row.actor, row.action, row.subject, row.detail]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.at, row.actor, row.action, row.subject, json.loads(row.detail))
