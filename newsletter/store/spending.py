"""What language models have cost, call by call; and their replies, kept for equal questions."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import sqlalchemy as sa

from newsletter.errors import NotFound
from newsletter.store.artefacts import Artefacts
from newsletter.store.database import Database
from newsletter.store.models import SpendingRow


class SqlAccounts:
    """The accounts on a database; a call is booked as soon as it is paid.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def month(self, at: dt.datetime) -> tuple[int, Decimal]:
        """Return tokens and money spent in an instant's calendar month (UTC)."""
        first = at.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (first + dt.timedelta(days=32)).replace(day=1)
        with self._database.begin() as session:
            rows = session.execute(
                sa.select(SpendingRow.tokens, SpendingRow.cost).where(
                    SpendingRow.at >= first, SpendingRow.at < following
                )
            ).all()
        return sum(row.tokens for row in rows), sum((Decimal(r.cost) for r in rows), Decimal(0))

    def book(self, at: dt.datetime, model: str, tokens: int, cost: Decimal) -> None:
        """Record one call."""
        with self._database.begin(writing=True) as session:
            session.add(SpendingRow(at=at, model=model, tokens=tokens, cost=str(cost)))


class KeptReplies:
    """Replies among the artefacts, by the hash of what was asked.

    Parameters
    ----------
    artefacts : Artefacts
        The content store.
    now : callable
        The aware present instant.
    """

    def __init__(self, artefacts: Artefacts, now: Callable[[], dt.datetime]) -> None:
        self._artefacts, self._now = artefacts, now

    def get(self, key: str) -> bytes | None:
        """Return the bytes kept under a key, or None."""
        try:
            return self._artefacts.get("reply", key)
        except NotFound:
            return None

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key."""
        self._artefacts.put("reply", key, data, self._now())
