"""What the ledger tells of a reader's last editions, for the policy on soft failures."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.send.delivery import DeliveryState
from newsletter.send.verdicts import Outcome, Verdict, failure
from newsletter.send.verdicts import struck_out as judged
from newsletter.store.models import DeliveryRow
from newsletter.store.models_reports import EventRow

LOOKED_AT = 60
"""So many of a reader's latest editions are looked at; a month of two a day."""

_BOUNCES = tuple(map(str, (Verdict.HARD, Verdict.SOFT, Verdict.BLOCK)))
_ANSWERED = re.compile(r"[245]\d\d[ -]|[245]\.\d{1,3}\.\d{1,3}\b")


def struck_out(session: Session, subscriber: str) -> bool:
    """Tell whether a reader has failed softly too often, as a transaction sees the ledger."""
    if not subscriber:
        return False
    rows = session.scalars(
        sa.select(DeliveryRow)
        .where(DeliveryRow.subscriber == subscriber)
        .order_by(DeliveryRow.at.desc())
        .limit(LOOKED_AT)
    ).all()
    told = session.execute(
        sa.select(EventRow.edition, EventRow.verdict)
        .where(EventRow.subscriber == subscriber, EventRow.verdict.in_(_BOUNCES))
        .order_by(EventRow.received_at)
    )
    heard = {edition: Verdict(verdict) for edition, verdict in told}
    outcomes = [(row, _verdict(row, heard)) for row in rows]
    return judged(Outcome(row.edition, row.at, one) for row, one in outcomes if one is not None)


def _verdict(row: DeliveryRow, heard: dict[str, Verdict]) -> Verdict | None:
    """Return how one edition ended; None where nobody's mailbox has to do with it."""
    if row.state == DeliveryState.ACCEPTED:
        return Verdict.DELIVERED
    if row.state not in {DeliveryState.FAILED, DeliveryState.BOUNCED}:
        return None
    if row.edition in heard:
        return heard[row.edition]
    # Without an answer of a server it was our own failure, and no strike of the reader's.
    return failure("", None, row.reply) if _ANSWERED.match(row.reply) else None
