"""Reports about mails on a database: each once, and all it changes in one transaction."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import AuditEntry
from newsletter.send.addresses import redact
from newsletter.send.delivery import DeliveryState
from newsletter.send.events import Event, Forged, What
from newsletter.send.intake import Taken, Unread, cause_of, moved, said
from newsletter.send.numbers import Counts, Numbers
from newsletter.send.verdicts import Verdict, classify
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.left import LEFT, Gone, tell
from newsletter.store.models import DeliveryRow, SubscriberRow
from newsletter.store.models_reports import EventRow, FetchedRow, UnreadRow
from newsletter.store.strikes import struck_out
from newsletter.store.suppressions import PIPELINE, SqlSuppressions

BY_MAIL = frozenset({"dsn", "arf"})
"""Sources whose reports must prove which copy they have seen."""
BY_LINK = "link"
"""Source of what readers said by the link in their mail."""
_TOKEN = "token"  # noqa: S105 - the kind of a row
_FUTURE = dt.timedelta(days=1)


class SqlReports:
    """The intake of `newsletter.send.intake` on a database.

    Parameters
    ----------
    database : Database
        Where.
    suppressions : SqlSuppressions
        The list that reports add to.
    alias : callable
        What the audit log calls the reader of an address.
    """

    def __init__(
        self, database: Database, suppressions: SqlSuppressions, alias: Callable[[str], str]
    ) -> None:
        self._database, self._suppressions, self._alias = database, suppressions, alias

    def take(self, events: Sequence[Event], now: dt.datetime, token: str = "") -> Taken:
        """Take reports in, each once, and do what they mean, all or nothing."""
        verdicts: Counter[Verdict] = Counter()
        known = unmatched = suppressed = 0
        with self._database.begin(writing=True) as session:
            if token and events and not self._claimed(session, events[0].source, token, now):
                raise Forged("its token was used before")
            for event in events:
                if session.get(EventRow, (event.source, event.id[:200])) is not None:
                    known += 1
                    continue
                verdict = classify(event)
                row, email = self._whose(session, event)
                verdicts[verdict] += 1
                unmatched += row is None and not email
                suppressed += self._taken(session, _at(event, now), verdict, row, email, now)
        return Taken(verdicts.total(), known, unmatched, dict(verdicts), suppressed)

    def _claimed(self, session: Session, source: str, token: str, now: dt.datetime) -> bool:
        if session.get(EventRow, (source, f"{_TOKEN}:{token}"[:200])) is not None:
            return False
        session.add(_row(Event(f"{_TOKEN}:{token}", source, What.DELIVERED, now), _TOKEN, "", now))
        return True

    def _whose(self, session: Session, event: Event) -> tuple[DeliveryRow | None, str]:
        """Return the copy a report is about, and the address; None and empty where unknown."""
        row = None
        if event.edition and event.subscriber:
            row = session.get(DeliveryRow, (event.edition, event.subscriber))
        if row is None and event.message_id:
            query = sa.select(DeliveryRow).where(DeliveryRow.message_id == event.message_id)
            row = session.scalars(query.limit(1)).first()
        reader = session.get(SubscriberRow, row.subscriber) if row is not None else None
        # Anybody can write a mail that names an address; a service's call was verified.
        if row is None and event.recipient and event.source not in BY_MAIL:
            row, reader = _latest(session, event)
        return row, reader.email if reader is not None else ""

    def _taken(
        self,
        session: Session,
        event: Event,
        verdict: Verdict,
        row: DeliveryRow | None,
        email: str,
        now: dt.datetime,
    ) -> bool:
        """Do what one report means; tell whether an address is suppressed by it."""
        edition, subscriber = (row.edition, row.subscriber) if row is not None else ("", "")
        whole = replace(event, edition=edition, subscriber=subscriber)
        session.add(_row(whole, str(verdict), said(event), now))
        if row is not None:
            state = moved(DeliveryState(row.state), verdict)
            if state is not None:
                row.state, row.reply = str(state), said(event)[:2000] or row.reply
        session.flush()
        if not email:
            return False
        if verdict is Verdict.UNSUBSCRIBE:
            self._unsubscribe(session, email, subscriber, now)
            return False
        struck = verdict is Verdict.SOFT and struck_out(session, subscriber)
        cause = cause_of(verdict, struck_out=struck)
        if cause is None:
            return False
        return self._suppressions.put(session, email, cause, said(event), now)

    def _unsubscribe(self, session: Session, email: str, subscriber: str, now: dt.datetime) -> None:
        reader = session.get(SubscriberRow, subscriber) if subscriber else None
        same = sa.func.lower(SubscriberRow.email) == email.lower()
        # A service that does not say of which mail means every one to that address.
        readers = [reader] if reader is not None else session.scalars(
            sa.select(SubscriberRow).where(same)
        ).all()  # fmt: skip
        for one in readers:
            if one.status == "active":
                one.status, one.changed_at = "unsubscribed", now
                tell(session, Gone(one.email, one.list, LEFT, now))
                about = {"list": one.list, "by": "a delivery service"}
                entry = AuditEntry(now, PIPELINE, "unsubscribed", self._alias(email), about)
                audit.append(session, entry)

    def numbers(self, edition: str, counts: Counts | None = None) -> Numbers:
        """Return what became of an edition, in readers, with opens and clicks where given."""
        states = (
            sa.select(DeliveryRow.state, sa.func.count())
            .where(DeliveryRow.edition == edition)
            .group_by(DeliveryRow.state)
        )
        told = (
            sa.select(EventRow.verdict, sa.func.count(EventRow.subscriber.distinct()))
            .where(EventRow.edition == edition)
            .group_by(EventRow.verdict)
        )
        with self._database.begin() as session:
            copies = {DeliveryState(state): count for state, count in session.execute(states)}
            heard = {verdict: count for verdict, count in session.execute(told)}  # noqa: C416
        return Numbers.of(copies, heard, counts)

    def about(self, subscribers: Collection[str]) -> list[dict[str, str]]:
        """Return what was reported about some readers' copies, as plain data, oldest first."""
        query = (
            sa.select(EventRow)
            .where(EventRow.subscriber.in_(list(subscribers)))
            .order_by(EventRow.received_at, EventRow.source, EventRow.id)
        )
        with self._database.begin() as session:
            return [
                {"edition": row.edition, "what": row.what, "source": row.source,
                 "verdict": row.verdict, "text": row.text, "at": row.at.isoformat()}
                for row in session.scalars(query)
            ]  # fmt: skip

    def queue(self, unread: Unread) -> bool:
        """Keep a mail for a person to look at; False where it is known."""
        with self._database.begin(writing=True) as session:
            if session.get(UnreadRow, unread.id) is not None:
                return False
            session.add(
                UnreadRow(
                    id=unread.id, reason=unread.reason, at=unread.at, done_at=None,
                    subject=redact(unread.subject)[:200], text=redact(unread.text)[:4000],
                )
            )  # fmt: skip
        return True

    def waiting(self, limit: int = 100) -> list[Unread]:
        """Return mails that a person has to look at, oldest first."""
        query = sa.select(UnreadRow).where(UnreadRow.done_at.is_(None)).order_by(UnreadRow.at)
        with self._database.begin() as session:
            rows = session.scalars(query.limit(limit))
            return [Unread(row.id, row.reason, row.subject, row.text, row.at) for row in rows]

    def waiting_count(self) -> int:
        """Return how many mails a person has to look at."""
        query = sa.select(sa.func.count()).select_from(UnreadRow)
        with self._database.begin() as session:
            return session.scalar(query.where(UnreadRow.done_at.is_(None))) or 0

    def done(self, beginning: str, now: dt.datetime) -> int:
        """Take mails off the queue whose id begins so; return how many. The text goes."""
        with self._database.begin(writing=True) as session:
            rows = session.scalars(
                sa.select(UnreadRow).where(
                    UnreadRow.id.startswith(beginning, autoescape=True), UnreadRow.done_at.is_(None)
                )
            ).all()
            for row in rows:
                row.done_at, row.subject, row.text = now, "", ""
        return len(rows)

    def fetched(self, mailbox: str, validity: int) -> set[int]:
        """Return the numbers of a mailbox's mails that were read."""
        query = sa.select(FetchedRow.uid).where(
            FetchedRow.mailbox == mailbox, FetchedRow.validity == validity
        )
        with self._database.begin() as session:
            return set(session.scalars(query))

    def mark_fetched(self, mailbox: str, validity: int, uid: int, now: dt.datetime) -> None:
        """Keep that a mail of a mailbox was read."""
        with self._database.begin(writing=True) as session:
            key = (mailbox, validity, uid)
            if session.get(FetchedRow, key) is None:
                session.add(FetchedRow(mailbox=mailbox, validity=validity, uid=uid, at=now))


def left(edition: str, subscriber: str, now: dt.datetime) -> EventRow:
    """Return what is kept of a reader who left by the link of an edition's mail."""
    event = Event(
        f"{edition}:{subscriber}", BY_LINK, What.UNSUBSCRIBED, now,
        edition=edition, subscriber=subscriber,
    )  # fmt: skip
    return _row(event, str(Verdict.UNSUBSCRIBE), "", now)


def _latest(session: Session, event: Event) -> tuple[DeliveryRow | None, SubscriberRow | None]:
    """Return the newest copy that went to an address before a report, and its reader."""
    same = sa.func.lower(SubscriberRow.email) == event.recipient.lower()
    readers = session.scalars(sa.select(SubscriberRow).where(same)).all()
    if not readers:
        return None, None
    query = (
        sa.select(DeliveryRow)
        .where(DeliveryRow.subscriber.in_([each.id for each in readers]))
        .where(DeliveryRow.at <= event.at + _FUTURE)
        .order_by(DeliveryRow.at.desc())
        .limit(1)
    )
    row = session.scalars(query).first()
    owner = [each for each in readers if row is not None and each.id == row.subscriber]
    return row, (owner or list(readers))[0]


def _at(event: Event, now: dt.datetime) -> Event:
    """Return a report whose instant can be true: a clock that is wrong must not be believed."""
    return event if event.at <= now else replace(event, at=now)


def _row(event: Event, verdict: str, text: str, now: dt.datetime) -> EventRow:
    about: dict[str, Any] = {"edition": event.edition, "subscriber": event.subscriber}
    return EventRow(
        source=event.source, id=event.id[:200], what=str(event.what), verdict=verdict,
        status=event.status[:12], text=redact(text)[:500], at=event.at, received_at=now, **about,
    )  # fmt: skip
