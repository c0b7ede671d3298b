"""The audit log: append-only, each entry's hash covering the one before it."""

import datetime as dt
import hashlib
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import AuditEntry
from newsletter.store.database import Database
from newsletter.store.models import AuditRow

_GENESIS = "0" * 64


def append(session: Session, entry: AuditEntry) -> None:
    """Add an entry within the transaction of the change it records."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("select pg_advisory_xact_lock(7301)"))
    last = session.scalars(sa.select(AuditRow).order_by(AuditRow.seq.desc()).limit(1)).first()
    detail = json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False)
    seq = last.seq + 1 if last else 1
    session.add(
        AuditRow(
            seq=seq,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            detail=detail,
            hash=_link(last.hash if last else _GENESIS, seq, entry, detail),
        )
    )


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
        with self._database.begin() as session:
            append(session, entry)

    def entries(self, subject: str | None = None) -> list[AuditEntry]:
        """Return entries in order, of one subject or of all."""
        query = sa.select(AuditRow).order_by(AuditRow.seq)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with self._database.begin() as session:
            return [_entry(row) for row in session.scalars(query)]

    def first_broken(self) -> int | None:
        """Return the number of the first entry whose hash does not hold, or None.

        Notes
        -----
        A changed, removed or reordered entry breaks the chain from there on. An entry
        cut off at the end cannot be seen from within; back-ups hold the last hash.
        """
        previous, expected = _GENESIS, 1
        with self._database.begin() as session:
            for row in session.scalars(sa.select(AuditRow).order_by(AuditRow.seq)):
                link = _link(previous, row.seq, _entry(row), row.detail)
                if row.seq != expected or row.hash != link:
                    return row.seq
                previous, expected = row.hash, expected + 1
        return None


def _link(previous: str, seq: int, entry: AuditEntry, detail: str) -> str:
    at = entry.at.astimezone(dt.UTC).isoformat()
    parts: list[Any] = [previous, seq, at, entry.actor, entry.action, entry.subject, detail]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.at, row.actor, row.action, row.subject, json.loads(row.detail))
