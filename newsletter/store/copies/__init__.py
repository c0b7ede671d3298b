"""Whole copies of the database: made while it is worked in, proved, and put back."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from newsletter.errors import StoreError
from newsletter.store import postgresql
from newsletter.store.copies import onefile, proving, server
from newsletter.store.copies.about import About
from newsletter.store.copies.leaving import MARGIN, Departed
from newsletter.store.copies.settling import Settled
from newsletter.store.database import refuse_newer
from newsletter.store.left import heard

Keys = Sequence[bytes]
"""The key of readers' links, and behind it earlier ones."""


class Copies:
    """What is copied of one database, and put back into one.

    The database is taken as it stands: nothing of it is migrated or changed by a copy.

    Parameters
    ----------
    url : str
        SQLAlchemy URL of the database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.kind = sa.make_url(url).get_backend_name()

    @property
    def bytes(self) -> int:
        """About how large a copy will be at most; 0 where only the copy itself tells."""
        return onefile.size(self._url) if self.kind == "sqlite" else 0

    @staticmethod
    def about(data: Any) -> About:
        """Read what was said of a copy, from plain JSON data.

        Raises
        ------
        StoreError
            If it cannot be read.
        """
        try:
            return About.from_json(data)
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError("The backup's manifest is damaged; use another backup.") from error

    def make(self, folder: Path) -> About:
        """Copy the database as it stands at one instant; whoever works in it goes on.

        Parameters
        ----------
        folder : pathlib.Path
            An empty folder for the copy's files.

        Raises
        ------
        StoreError
            If there is no database, or it does not answer.
        """
        try:
            made = self._make(folder)
        except sa.exc.SQLAlchemyError as error:
            reason = postgresql.reason(getattr(error, "orig", None) or error)
            raise StoreError(f"The database cannot be copied: {reason}.") from error
        refuse_newer(made.schema, "The database")
        return made

    def _make(self, folder: Path) -> About:
        if self.kind == "sqlite":
            return onefile.make(self._url, folder)
        return server.make(self._url, folder)

    def prove(self, folder: Path, about: About) -> None:
        """Restore a copy into a temporary place and check that it is what was copied.

        Raises
        ------
        StoreError
            Naming what does not hold.
        """
        proving.prove(self.kind, folder, about)

    def require_empty(self) -> None:
        """Refuse a database in which something is kept.

        Raises
        ------
        StoreError
            If it is not empty, or does not answer.
        """
        if self.kind == "sqlite":
            onefile.require_empty(self._url)
        else:
            server.require_empty(self._url)

    @staticmethod
    def departed(journals: Sequence[Path], keys: Keys, taken_at: dt.datetime) -> Departed:
        """Read who left after a copy was taken, from the journals of those who left.

        Raises
        ------
        ConfigError
            If one of them cannot be read.
        """
        return Departed(heard(journals, keys, taken_at - MARGIN), keys)

    def put_back(
        self,
        folder: Path,
        about: About,
        now: dt.datetime,
        taken_at: dt.datetime,
        departed: Departed | None = None,
    ) -> Settled:
        """Put a copy into the empty database, carry it forward and hold what could go out.

        All or nothing: a process that is killed leaves the database as empty as it was.

        Parameters
        ----------
        folder : pathlib.Path
            The copy's files.
        about : About
            What was said of it when it was made.
        now, taken_at : datetime.datetime
            This instant and the copy's, aware.
        departed : newsletter.store.copies.leaving.Departed, optional
            Who has left since, by the journals.

        Raises
        ------
        StoreError
            If the copy does not fit the database.
        """
        refuse_newer(about.schema, "The backup")
        if about.kind != self.kind:
            raise StoreError(
                f"The backup is of a {about.kind} database and storage.url names a {self.kind} "
                "one; name an empty database of the backup's kind."
            )
        put_back = onefile.put_back if self.kind == "sqlite" else server.put_back
        return put_back(self._url, folder, about, now, taken_at, departed or Departed())
