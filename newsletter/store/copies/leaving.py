"""Replaying who left after a backup was taken, in the database that comes back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.send.readers import Status
from newsletter.send.suppression import Cause, mark_of, outweighs
from newsletter.store.audience import NOT_SAID, forget
from newsletter.store.left import LEFT, Entry, Heard
from newsletter.store.models import SubscriberRow
from newsletter.store.models_public import WishRow
from newsletter.store.models_reports import SuppressionRow
from newsletter.store.suppressions import STATUS, STILL

MARGIN: Final = dt.timedelta(minutes=10)
"""A line may be so much older than the backup and yet not be in it: a commit that took its time,
or another machine's clock."""
PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Departed:
    """Who left, and with which keys they are found.

    Parameters
    ----------
    heard : newsletter.store.left.Heard
        What the journals say.
    keys : sequence of bytes
        The key of readers' links, and behind it earlier ones.
    """

    heard: Heard = field(default_factory=Heard)
    keys: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it.

    Parameters
    ----------
    ended : int
        Subscriptions that ended again.
    suppressed : int
        Addresses that get no mail again, those who stand on no list here among them.
    erased : int
        Subscriptions that were erased again.
    """

    ended: int = 0
    suppressed: int = 0
    erased: int = 0


def replay(session: Session, departed: Departed, taken_at: dt.datetime) -> Replayed:
    """Let everybody leave again who left after the backup was taken.

    What is older by no more than `MARGIN` counts unless the subscription began anew since.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        In the transaction that puts the database back.
    departed : Departed
        Who left.
    taken_at : datetime.datetime
        The backup's instant, aware.
    """
    by_mark = defaultdict[str, list[Entry]](list)
    for entry in departed.heard.entries:
        by_mark[entry.mark].append(entry)
    if not by_mark:
        return Replayed()
    ended, erased, known = 0, set[str](), set[str]()
    for row in _subscriptions(session):
        marks = [mark for key in departed.keys if (mark := mark_of(row.email, key)) in by_mark]
        known.update(marks)
        mine = [
            one
            for mark in marks
            for one in by_mark[mark]
            if one.at >= taken_at or row.changed_at <= one.at
        ]  # else begun anew since
        if any(one.why == Cause.ERASED for one in mine):
            erased.add(row.email)
        else:
            ended += _ended(session, row, sorted(mine, key=lambda one: one.at))
    gone = sum(forget(session, email) for email in sorted(erased))
    _forget_wishes(session, departed.keys, by_mark)
    before = _suppressed(session)
    for mark, entries in by_mark.items():
        for entry in entries:
            _suppress(session, entry, known=mark in known)
    session.flush()
    return Replayed(ended, _suppressed(session) - before, gone)


def _subscriptions(session: Session) -> Iterator[Any]:
    row, last = SubscriberRow, ""
    asked = sa.select(row.id, row.email, row.list, row.status, row.changed_at)
    while found := session.execute(asked.where(row.id > last).order_by(row.id).limit(PAGE)).all():
        yield from found
        last = found[-1].id


def _ended(session: Session, row: Any, mine: Sequence[Entry]) -> bool:
    status, at = row.status, row.changed_at
    for one in mine:
        if one.why == LEFT:
            if one.list == row.list and status in NOT_SAID:
                status, at = str(Status.UNSUBSCRIBED), one.at
        elif status in STILL:
            status, at = STATUS[Cause(one.why)], one.at
    if status == row.status:
        return False
    change = sa.update(SubscriberRow).where(SubscriberRow.id == row.id)
    session.execute(change.values(status=status, changed_at=at, paused_until=None))
    return True


def _forget_wishes(
    session: Session, keys: Sequence[bytes], by_mark: dict[str, list[Entry]]
) -> None:
    """Remove what somebody who was erased had asked for, on whatever list they stood."""
    marks = {mark for mark, some in by_mark.items() if any(e.why == Cause.ERASED for e in some)}
    if not marks:
        return
    for email in session.scalars(sa.select(WishRow.email).distinct()).all():
        if any(mark_of(email, key) in marks for key in keys):
            session.execute(sa.delete(WishRow).where(WishRow.email == email))


def _suppress(session: Session, entry: Entry, *, known: bool) -> None:
    """Keep an address from mail; one that stands on no list here, until it asks for it anew."""
    if entry.why == LEFT and known:
        return
    cause = Cause.ERASED if entry.why == LEFT else Cause(entry.why)
    row = session.get(SuppressionRow, entry.mark)
    if row is None:
        session.add(SuppressionRow(mark=entry.mark, cause=str(cause), detail="", at=entry.at))
        session.flush()
    elif outweighs(cause, Cause(row.cause)):
        row.cause, row.detail, row.at = str(cause), "", entry.at


def _suppressed(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(SuppressionRow)) or 0
