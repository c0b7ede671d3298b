"""Who works on which edition."""

import datetime as dt

import sqlalchemy as sa

from newsletter.review.presence import GONE, Present
from newsletter.store.database import Database
from newsletter.store.models_desk import PresenceRow


class SqlPresence:
    """Presence on a database, so that it is seen from every process.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def here(self, edition: str, editor: str, part: str, now: dt.datetime) -> None:
        """Say that somebody is there; forget those who are long gone."""
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(PresenceRow).where(PresenceRow.seen_at < now - GONE))
            session.merge(PresenceRow(edition=edition, editor=editor, part=part, seen_at=now))

    def left(self, edition: str, editor: str) -> None:
        """Say that somebody is there no longer."""
        gone = sa.delete(PresenceRow).where(
            PresenceRow.edition == edition, PresenceRow.editor == editor
        )
        with self._database.begin(writing=True) as session:
            session.execute(gone)

    def others(self, edition: str, editor: str, now: dt.datetime) -> list[Present]:
        """Return who else is there, by name."""
        query = (
            sa.select(PresenceRow)
            .where(
                PresenceRow.edition == edition,
                PresenceRow.editor != editor,
                PresenceRow.seen_at >= now - GONE,
            )
            .order_by(PresenceRow.editor)
        )
        with self._database.begin() as session:
            return [Present(row.editor, row.part, row.seen_at) for row in session.scalars(query)]
