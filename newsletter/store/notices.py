"""Notices to editors: an outbox that a mail server which is away does not empty."""

import datetime as dt
import json
from collections.abc import Sequence

import sqlalchemy as sa

from newsletter.review.desk import AuditEntry
from newsletter.review.notice import LEASE, About, Fate, Matter, Notice
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models import AuditRow
from newsletter.store.models_desk import NoticeRow

_WAITING = str(Fate.WAITING)


class SqlNotices:
    """Notices on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, matter: Matter) -> bool:
        """Tell whether editors have been, or are being, told of a matter."""
        with self._database.begin() as session:
            return session.scalar(_told(matter)) is not None

    def marks(self, edition: str, about: About) -> set[str]:
        """Return the marks of what was told about an edition."""
        query = sa.select(NoticeRow.mark).where(
            NoticeRow.edition == edition, NoticeRow.about == str(about)
        )
        with self._database.begin() as session:
            return set(session.scalars(query.distinct()))

    def put(self, matter: Matter, editors: Sequence[str], entry: AuditEntry) -> bool:
        """Let editors be told of a matter; False where they have been, or are being.

        The audit log's entry and what waits are written together: what the log says is told
        is never lost between the two.
        """
        with self._database.begin(writing=True) as session:
            if session.scalar(_told(matter)) is not None:
                return False
            for editor in editors:
                session.add(
                    NoticeRow(
                        edition=matter.edition, about=str(matter.about), mark=matter.mark,
                        editor=editor, reason=matter.reason, state=_WAITING, made_at=entry.at,
                        ends_at=matter.ends_at, next_at=entry.at,
                    )
                )  # fmt: skip
            audit.append(session, entry)
        return True

    def take(self, now: dt.datetime, limit: int) -> list[Notice]:
        """Take what is due, the longest waiting first; nobody else does within `LEASE`."""
        query = (
            sa.select(NoticeRow)
            .where(NoticeRow.state == _WAITING, NoticeRow.next_at <= now)
            .order_by(NoticeRow.next_at, NoticeRow.id)
            .limit(limit)
        )
        with self._database.begin() as session:
            if session.scalars(query).first() is None:
                return []  # most of the time: no writers' lock is taken for it
        with self._database.begin(writing=True) as session:
            rows = list(session.scalars(query))
            for row in rows:
                row.attempts, row.next_at = row.attempts + 1, now + LEASE
            return [_notice(row) for row in rows]

    def delivered(self, notice: Notice) -> None:
        """Note that the mail server took it."""
        with self._database.begin(writing=True) as session:
            session.execute(_waiting(notice).values(state=str(Fate.DELIVERED), next_at=None))

    def put_off(self, notice: Notice, why: str, next_at: dt.datetime, entry: AuditEntry) -> None:
        """Note that an attempt failed; the audit log is told once for each matter and cause."""
        with self._database.begin(writing=True) as session:
            session.execute(_waiting(notice).values(reply=why, next_at=next_at))
            audit.append_once(session, entry)

    def drop(self, notice: Notice, why: str, entry: AuditEntry) -> None:
        """Give up telling somebody, with the audit log's entry."""
        values = {"state": str(Fate.DROPPED), "reply": why, "next_at": None}
        with self._database.begin(writing=True) as session:
            session.execute(_waiting(notice).values(values))
            audit.append(session, entry)

    def stuck(self, attempts: int) -> int:
        """Return how many notices wait that were tried so often, and in vain."""
        query = sa.select(sa.func.count()).select_from(NoticeRow)
        query = query.where(NoticeRow.state == _WAITING, NoticeRow.attempts >= attempts)
        with self._database.begin() as session:
            return session.scalar(query) or 0

    def counts(self) -> dict[Fate, int]:
        """Return how many notices fared how."""
        query = sa.select(NoticeRow.state, sa.func.count()).group_by(NoticeRow.state)
        with self._database.begin() as session:
            return {Fate(state): count for state, count in session.execute(query)}


def _told(matter: Matter) -> sa.Select[int]:
    written = json.dumps(matter.detail, sort_keys=True, ensure_ascii=False)
    return (
        sa.select(AuditRow.seq)
        .where(
            AuditRow.subject == matter.edition,
            AuditRow.action == "notice",
            AuditRow.detail == written,
        )
        .limit(1)
    )


def _waiting(notice: Notice) -> sa.Update:
    return sa.update(NoticeRow).where(NoticeRow.id == notice.id, NoticeRow.state == _WAITING)


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        row.id, row.edition, About(row.about), row.mark, row.reason, row.editor, row.attempts,
        row.made_at, row.ends_at,
    )  # fmt: skip
