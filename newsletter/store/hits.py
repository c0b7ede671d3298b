"""Opens and clicks on a database: of readers who agree, for as long as they do."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.counting import Counting
from newsletter.send.delivery import DeliveryState
from newsletter.send.hits import AT_ONCE, MOST_COUNTED, WITHIN, Hit, too_soon
from newsletter.send.numbers import Counts, LinkCount
from newsletter.send.readers import Status
from newsletter.store.database import Database
from newsletter.store.models import DeliveryRow, EditionRow, SubscriberRow
from newsletter.store.models_public import HitRow, TallyRow

ANY: Final = -1
"""In tallies: whichever link of a mail."""
_GETS_MAIL: Final = frozenset(map(str, (Status.ACTIVE, Status.PAUSED)))
_GONE: Final = tuple(map(str, (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT)))
"""States of copies that left; `DeliveryRow.at` is then when they did."""
_UNSENT: Final = frozenset(map(str, (DeliveryState.SENDING, DeliveryState.DOT_SENT)))
"""States of copies that a server may be looking into while it takes them."""
_OWN: Final = (HitRow.edition, HitRow.subscriber, HitRow.link, HitRow.machine)


class SqlHits:
    """What is counted, on a database.

    Parameters
    ----------
    database : Database
        Where.
    rules : Counting
        Whether anything is counted, how long it is kept.
    """

    def __init__(self, database: Database, rules: Counting) -> None:
        self._database, self._rules = database, rules

    def take(self, hits: Sequence[Hit], now: dt.datetime) -> int:
        """Count hits of readers who agree at this moment, in one transaction; return how many.

        A reader who agreed to nothing, has taken it back, left or was erased is not counted,
        nor is an edition whose time of counting is over.
        """
        if not self._rules.enabled or not hits:
            return 0
        with self._database.begin(writing=True) as session:
            return sum(self._taken(session, hit, now) for hit in hits)

    def _taken(self, session: Session, hit: Hit, now: dt.datetime) -> bool:
        reader = session.get(SubscriberRow, hit.subscriber)
        if reader is None or not reader.counted or reader.status not in _GETS_MAIL:
            return False
        edition = session.get(EditionRow, hit.edition)
        copy = session.get(DeliveryRow, (hit.edition, hit.subscriber))
        if edition is None or copy is None or edition.created_at < self._since(now):
            return False
        if copy.state not in {*_GONE, *_UNSENT}:
            return False
        delivered = None if copy.state in _UNSENT else copy.at
        soon = too_soon(hit.at, delivered, self._rules.seconds_after_delivery)
        _add(session, replace(hit, machine=hit.machine or soon))
        if hit.link and not hit.machine:
            _walked_through(session, hit)
        return True

    def _since(self, now: dt.datetime) -> dt.datetime:
        return now - dt.timedelta(days=self._rules.keep_days)

    def purge(self, now: dt.datetime) -> int:
        """Sum and remove readers' rows of editions past their time; return how many editions."""
        old = (
            sa.select(HitRow.edition)
            .join(EditionRow, EditionRow.key == HitRow.edition)
            .where(EditionRow.created_at < self._since(now))
            .distinct()
        )
        with self._database.begin() as session:
            if session.scalars(old.limit(1)).first() is None:
                return 0  # most of the time: no writers' lock is taken for it
        with self._database.begin(writing=True) as session:
            keys = list(session.scalars(old))
            for key in keys:
                _sum_up(session, key)
            session.execute(sa.delete(HitRow).where(HitRow.edition.in_(keys)))
        return len(keys)

    def counts(self, edition: str, links: Callable[[], Sequence[str]] = tuple) -> Counts | None:
        """Return what was counted of an edition.

        Parameters
        ----------
        edition : str
            Its key.
        links : callable
            Returns where its links lead, in order; asked only where something is counted.

        Returns
        -------
        Counts or None
            None where nothing is counted and nothing was.
        """
        with self._database.begin() as session:
            found = _totals(session, edition)
            agreed = session.scalar(_agreed(edition)) or 0
        if not found and not self._rules.enabled:
            return None

        def readers(link: int, machine: bool) -> int:
            return found.get((link, machine), (0, 0))[0]

        told = [
            LinkCount(address, *found.get((number, False), (0, 0)), readers(number, machine=True))
            for number, address in enumerate(links(), 1)
        ]
        return Counts(
            agreed, readers(0, False), readers(0, True), readers(ANY, False), readers(ANY, True),
            told,
        )  # fmt: skip

    def about(self, subscribers: Collection[str]) -> list[dict[str, Any]]:
        """Return what was counted of some readers, as plain data, oldest first."""
        query = (
            sa.select(HitRow)
            .where(HitRow.subscriber.in_(list(subscribers)))
            .order_by(HitRow.first_at, *_OWN)
        )
        with self._database.begin() as session:
            return [
                {"edition": row.edition, "what": f"link {row.link}" if row.link else "opened",
                 "by": "a program" if row.machine else "a person",
                 "first_at": row.first_at.isoformat(), "times": row.count}
                for row in session.scalars(query)
            ]  # fmt: skip


def forget(session: Session, subscribers: Collection[str]) -> None:
    """Remove what was counted of readers who take their consent back, within a transaction."""
    session.execute(sa.delete(HitRow).where(HitRow.subscriber.in_(list(subscribers))))


def _add(session: Session, hit: Hit, times: int = 1) -> None:
    row = session.get(HitRow, (hit.edition, hit.subscriber, hit.link, hit.machine))
    if row is None:
        own = (hit.edition, hit.subscriber, hit.link, hit.machine)
        named = dict(zip(("edition", "subscriber", "link", "machine"), own, strict=True))
        session.add(HitRow(**named, first_at=hit.at, count=min(times, MOST_COUNTED)))
        session.flush()
    elif row.count < MOST_COUNTED:
        row.count = min(row.count + times, MOST_COUNTED)


def _walked_through(session: Session, hit: Hit) -> None:
    """Take for a program's what came too close together to be a person's."""
    query = sa.select(HitRow).where(
        HitRow.edition == hit.edition, HitRow.subscriber == hit.subscriber, HitRow.link > 0,
        HitRow.machine.is_(False), HitRow.first_at > hit.at - WITHIN,
    )  # fmt: skip
    rows = list(session.scalars(query))
    if len(rows) < AT_ONCE:
        return
    for row in rows:
        machine = Hit(row.edition, row.subscriber, row.link, machine=True, at=row.first_at)
        times = row.count
        session.delete(row)
        session.flush()
        _add(session, machine, times)


def _totals(session: Session, edition: str) -> dict[tuple[int, bool], tuple[int, int]]:
    """Return readers and times by link and whether machines did; `ANY` stands for all links."""
    tallies = sa.select(TallyRow).where(TallyRow.edition == edition)
    found = {(row.link, row.machine): (row.readers, row.count) for row in session.scalars(tallies)}
    return found or _counted(session, edition)


def _counted(session: Session, edition: str) -> dict[tuple[int, bool], tuple[int, int]]:
    readers, times = sa.func.count(HitRow.subscriber.distinct()), sa.func.sum(HitRow.count)
    mine = HitRow.edition == edition
    each = (
        sa.select(HitRow.link, HitRow.machine, readers, times)
        .where(mine)
        .group_by(HitRow.link, HitRow.machine)
    )
    every = (
        sa.select(sa.literal(ANY), HitRow.machine, readers, times)
        .where(mine, HitRow.link > 0)
        .group_by(HitRow.machine)
    )
    rows = [*session.execute(each), *session.execute(every)]
    return {(link, bool(machine)): (many, int(sum_)) for link, machine, many, sum_ in rows}


def _sum_up(session: Session, edition: str) -> None:
    for (link, machine), (readers, times) in _counted(session, edition).items():
        session.merge(
            TallyRow(edition=edition, link=link, machine=machine, readers=readers, count=times)
        )


def _agreed(edition: str) -> sa.Select[Any]:
    return (
        sa.select(sa.func.count())
        .select_from(DeliveryRow)
        .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber)
        .where(
            DeliveryRow.edition == edition, DeliveryRow.state.in_(_GONE),
            SubscriberRow.counted.is_(True), SubscriberRow.status.in_(_GETS_MAIL),
        )
    )  # fmt: skip
