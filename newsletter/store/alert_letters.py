"""Letters about alerts: an outbox in which a flood becomes one letter.

What goes together is decided when the letters are taken, in one transaction: however many
processes send, nobody gets more in an hour than is allowed.
"""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.alert import (
    APART,
    HOUR,
    KEPT_FOR_URGENT,
    LEASE,
    Change,
    Level,
    Line,
    Parcel,
)
from newsletter.review.desk import AuditEntry
from newsletter.review.notice import Fate
from newsletter.store import audit
from newsletter.store.alerts import _standing
from newsletter.store.database import Database
from newsletter.store.models_alerts import AlertLetterRow, AlertPostRow, AlertRow

MOST: Final = 500
"""Waiting lines that one look takes."""
_WAITING = str(Fate.WAITING)


class SqlAlertLetters:
    """Letters about alerts on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, now: dt.datetime, an_hour: int) -> list[Parcel]:
        """Take the letters that are due; nobody else does within `LEASE`.

        Parameters
        ----------
        now : datetime.datetime
            The present instant.
        an_hour : int
            Most letters that one recipient gets in an hour; what is more waits, and goes
            together.
        """
        due = (AlertLetterRow.state == _WAITING, AlertLetterRow.next_at <= now)
        query = sa.select(AlertLetterRow).where(*due).order_by(AlertLetterRow.id).limit(MOST)
        with self._database.begin() as session:
            if session.scalars(query.limit(1)).first() is None:
                return []  # most of the time: no writers' lock is taken for it
        found: list[Parcel] = []
        with self._database.begin(writing=True) as session:
            whose: dict[str, list[AlertLetterRow]] = defaultdict(list)
            for row in session.scalars(query).all():
                if not _void(session, row):
                    whose[row.recipient].append(row)
            for recipient, rows in whose.items():
                found += _packed(session, recipient, rows, now, an_hour)
        return found

    def delivered(self, parcel: Parcel) -> None:
        """Note that the mail server took a letter."""
        with self._database.begin(writing=True) as session:
            values = {"state": str(Fate.DELIVERED), "next_at": None}
            session.execute(_of(parcel).values(values))

    def put_off(self, parcel: Parcel, why: str, next_at: dt.datetime, entry: AuditEntry) -> None:
        """Note that an attempt failed: it is not one of the hour's letters."""
        values = {"reply": why, "next_at": next_at}
        with self._database.begin(writing=True) as session:
            session.execute(_of(parcel).values(values))
            session.execute(sa.delete(AlertPostRow).where(AlertPostRow.letter == parcel.letter))
            audit.append_once(session, entry)

    def drop(self, parcel: Parcel, why: str, entry: AuditEntry) -> None:
        """Give up telling somebody, with the audit log's entry."""
        values = {"state": str(Fate.DROPPED), "reply": why, "next_at": None}
        with self._database.begin(writing=True) as session:
            session.execute(_of(parcel).values(values))
            audit.append(session, entry)

    def stuck(self, attempts: int) -> int:
        """Return how many lines wait that were tried so often, and in vain."""
        query = sa.select(sa.func.count()).select_from(AlertLetterRow)
        query = query.where(AlertLetterRow.state == _WAITING, AlertLetterRow.attempts >= attempts)
        with self._database.begin() as session:
            return session.scalar(query) or 0

    def counts(self) -> dict[Fate, int]:
        """Return how many lines fared how."""
        query = sa.select(AlertLetterRow.state, sa.func.count()).group_by(AlertLetterRow.state)
        with self._database.begin() as session:
            return {Fate(state): count for state, count in session.execute(query)}


def _packed(
    session: Session, recipient: str, rows: list[AlertLetterRow], now: dt.datetime, an_hour: int
) -> list[Parcel]:
    """Put a recipient's lines into as few letters as the hour allows."""
    went = _within_the_hour(session, recipient, now)
    urgent = any(row.level == str(Level.URGENT) for row in rows)
    room = an_hour - len(went) - (0 if urgent else KEPT_FOR_URGENT)
    if room <= 0:
        for row in rows:
            row.next_at = min(went) + HOUR  # then the oldest of them is an hour old
        return []
    rows.sort(key=lambda row: (row.level != str(Level.URGENT), row.id))
    together = len(rows) > min(APART, room)
    groups = [rows] if together else [[row] for row in rows]
    return [_parcel(session, recipient, group, now) for group in groups]


def _parcel(
    session: Session, recipient: str, rows: Sequence[AlertLetterRow], now: dt.datetime
) -> Parcel:
    letter = secrets.token_hex(8)
    session.add(AlertPostRow(letter=letter, recipient=recipient, at=now))
    for row in rows:
        row.attempts, row.next_at = row.attempts + 1, now + LEASE
    lines = [Line(row.id, Change(row.change), _standing(row)) for row in rows]
    attempts, made_at = max(row.attempts for row in rows), min(row.made_at for row in rows)
    return Parcel(letter, recipient, lines, attempts, made_at)


def _within_the_hour(session: Session, recipient: str, now: dt.datetime) -> list[dt.datetime]:
    """Return when a recipient's letters of the last hour were sent; forget older ones.

    One that a process died over counts: its server may have taken it.
    """
    session.execute(sa.delete(AlertPostRow).where(AlertPostRow.at <= now - HOUR))
    query = sa.select(AlertPostRow.at).where(AlertPostRow.recipient == recipient)
    return list(session.scalars(query))


def _void(session: Session, row: AlertLetterRow) -> bool:
    """Drop a line that is not worth telling any more; tell whether it is."""
    alert = session.get(AlertRow, (row.kind, row.subject))
    stands = alert is not None and alert.ended_at is None and alert.episode == row.episode
    same = (
        AlertLetterRow.kind == row.kind, AlertLetterRow.subject == row.subject,
        AlertLetterRow.episode == row.episode, AlertLetterRow.recipient == row.recipient,
    )  # fmt: skip
    why = ""
    if row.change == str(Change.OVER):
        heard = sa.select(AlertLetterRow.id).where(
            *same, AlertLetterRow.change != str(Change.OVER),
            AlertLetterRow.state == str(Fate.DELIVERED),
        )  # fmt: skip
        if alert is not None and alert.episode != row.episode:
            why = "it came back meanwhile"
        elif session.scalar(heard.limit(1)) is None:
            why = "it was over before anybody heard of it"
    elif not stands:
        why = "it was over before the mail server took it"
    else:
        later = sa.select(AlertLetterRow.id).where(*same, AlertLetterRow.step > row.step)
        if session.scalar(later.limit(1)) is not None:
            why = "it got worse meanwhile"
    if why:
        row.state, row.reply, row.next_at = str(Fate.DROPPED), why, None
        session.flush()
    return bool(why)


def _of(parcel: Parcel) -> sa.Update:
    ids = [line.id for line in parcel.lines]
    return sa.update(AlertLetterRow).where(
        AlertLetterRow.id.in_(ids), AlertLetterRow.state == _WAITING
    )
