"""The outbox: events are written in the transaction of the change they tell of."""

import datetime as dt
import json
import secrets
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import AuditEntry
from newsletter.review.events import TOLD, Course, Event
from newsletter.store.models_desk import WebhookLogRow, WebhookRow


def announce(session: Session, entry: AuditEntry) -> None:
    """Put what an audit entry tells of into the outbox, if anybody wants to hear of it."""
    event = TOLD.get(entry.action)
    if event is None or "content" not in entry.detail:
        return  # no act upon an edition
    data = {name: entry.detail[name] for name in ("state", "revision", "content")}
    put(session, event, entry.subject, entry.at, data | {"actor": entry.actor})


def put(
    session: Session, event: Event, subject: str, at: dt.datetime, data: Mapping[str, str]
) -> None:
    """Put an event into the outbox, once for each address that wants to hear of it."""
    rows = session.scalars(sa.select(WebhookRow).where(WebhookRow.disabled_at.is_(None)))
    for row in rows:
        if str(event) in row.events.split():
            session.add(telling(row.id, str(event), subject, at, data))


def telling(
    webhook: str, event: str, subject: str, at: dt.datetime, data: Mapping[str, str]
) -> WebhookLogRow:
    """Return an event on its way to an address."""
    body = {"type": event, "timestamp": at.isoformat(), "data": {"edition": subject, **data}}
    return WebhookLogRow(
        id=f"msg_{secrets.token_hex(13)}", webhook=webhook, event=event, subject=subject,
        body=json.dumps(body, sort_keys=True), state=str(Course.WAITING), made_at=at, next_at=at,
    )  # fmt: skip
