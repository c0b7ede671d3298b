"""Addresses that are told of events, and how the telling fares."""

import datetime as dt
from typing import Final

import sqlalchemy as sa

from newsletter.errors import NotFound
from newsletter.review.desk import AuditEntry
from newsletter.review.events import Course, Event, Telling, Webhook
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models_desk import WebhookLogRow, WebhookRow
from newsletter.store.outbox import telling

LEASE: Final = dt.timedelta(seconds=60)
"""How long one attempt belongs to the process that makes it."""


class SqlWebhooks:
    """Addresses and the outbox on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, webhook: Webhook, entry: AuditEntry) -> None:
        """Add an address."""
        row = WebhookRow(
            id=webhook.id, url=webhook.url, events=" ".join(sorted(webhook.events)),
            made_by=webhook.made_by, made_at=webhook.made_at,
        )  # fmt: skip
        with self._database.begin(writing=True) as session:
            session.add(row)
            audit.append(session, entry)

    def get(self, id: str) -> Webhook:
        """Return an address; NotFound where there is none."""
        with self._database.begin() as session:
            row = session.get(WebhookRow, id)
        if row is None:
            raise NotFound("There is no such address; it may have been removed.")
        return _webhook(row)

    def all(self) -> list[Webhook]:
        """Return every address, newest first."""
        query = sa.select(WebhookRow).order_by(WebhookRow.made_at.desc(), WebhookRow.id)
        with self._database.begin() as session:
            return [_webhook(row) for row in session.scalars(query)]

    def switch(self, id: str, entry: AuditEntry, *, on: bool) -> None:
        """Tell an address of events again, or no more; what waits for it is given up then."""
        with self._database.begin(writing=True) as session:
            row = session.get(WebhookRow, id)
            if row is None:
                raise NotFound("There is no such address; it may have been removed.")
            row.disabled_at = None if on else entry.at
            if not on:
                waiting = (WebhookLogRow.webhook == id, WebhookLogRow.state == Course.WAITING)
                session.execute(
                    sa.update(WebhookLogRow)
                    .where(*waiting)
                    .values(state=str(Course.GIVEN_UP), next_at=None)
                )
            audit.append(session, entry)

    def remove(self, id: str, entry: AuditEntry) -> None:
        """Remove an address and what was told to it."""
        with self._database.begin(writing=True) as session:
            row = session.get(WebhookRow, id)
            if row is None:
                raise NotFound("There is no such address; it may have been removed.")
            session.execute(sa.delete(WebhookLogRow).where(WebhookLogRow.webhook == id))
            session.delete(row)
            audit.append(session, entry)

    def log(self, id: str, count: int = 20) -> list[Telling]:
        """Return what was last told to an address, newest first."""
        query = (
            sa.select(WebhookLogRow)
            .where(WebhookLogRow.webhook == id)
            .order_by(WebhookLogRow.made_at.desc(), WebhookLogRow.id)
            .limit(count)
        )
        with self._database.begin() as session:
            return [_telling(row) for row in session.scalars(query)]

    def test(self, id: str, entry: AuditEntry) -> None:
        """Put a test into the outbox, for one address alone."""
        with self._database.begin(writing=True) as session:
            if session.get(WebhookRow, id) is None:
                raise NotFound("There is no such address; it may have been removed.")
            data = {"actor": entry.actor}
            session.add(telling(id, "test", "none", entry.at, data))
            audit.append(session, entry)

    # -- the outbox --------------------------------------------------------------------------

    def take(self, now: dt.datetime) -> tuple[Telling, Webhook] | None:
        """Take what is due the longest; nobody else takes it within `LEASE`."""
        query = (
            sa.select(WebhookLogRow, WebhookRow)
            .join(WebhookRow, WebhookRow.id == WebhookLogRow.webhook)
            .where(
                WebhookLogRow.state == str(Course.WAITING),
                WebhookLogRow.next_at <= now,
                WebhookRow.disabled_at.is_(None),
            )
            .order_by(WebhookLogRow.next_at, WebhookLogRow.id)
            .limit(1)
        )
        with self._database.begin() as session:
            if session.execute(query).first() is None:
                return None  # most of the time: no writers' lock is taken for it
        with self._database.begin(writing=True) as session:
            found = session.execute(query).first()
            if found is None:
                return None
            row, webhook = found
            row.attempts, row.next_at = row.attempts + 1, now + LEASE
            return _telling(row), _webhook(webhook)

    def answered(
        self, id: str, state: Course, status: int | None, reply: str, next_at: dt.datetime | None
    ) -> None:
        """Note how an attempt ended; one that was given up meanwhile stays so."""
        change = (
            sa.update(WebhookLogRow)
            .where(WebhookLogRow.id == id, WebhookLogRow.state == str(Course.WAITING))
            .values(state=str(state), status=status, reply=reply[:500], next_at=next_at)
        )
        with self._database.begin(writing=True) as session:
            session.execute(change)

    def given_up_in_a_row(self, id: str) -> int:
        """Return how many events were given up since one was last delivered."""
        last = (
            sa.select(sa.func.max(WebhookLogRow.made_at))
            .where(WebhookLogRow.webhook == id, WebhookLogRow.state == str(Course.DELIVERED))
            .scalar_subquery()
        )
        query = (
            sa.select(sa.func.count())
            .select_from(WebhookLogRow)
            .where(
                WebhookLogRow.webhook == id,
                WebhookLogRow.state == str(Course.GIVEN_UP),
                sa.or_(last.is_(None), WebhookLogRow.made_at > last),
            )
        )
        with self._database.begin() as session:
            return session.scalar(query) or 0


def _webhook(row: WebhookRow) -> Webhook:
    events = frozenset(Event(each) for each in row.events.split())
    return Webhook(row.id, row.url, events, row.made_by, row.made_at, row.disabled_at)


def _telling(row: WebhookLogRow) -> Telling:
    return Telling(
        row.id, row.webhook, row.event, row.subject, row.body, Course(row.state), row.attempts,
        row.status, row.reply, row.made_at, row.next_at,
    )  # fmt: skip
