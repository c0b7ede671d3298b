"""Looking at a database as it stands: it is neither made nor migrated, and nothing is written."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker

from newsletter.errors import StoreError
from newsletter.send.readers import Status
from newsletter.store import postgresql
from newsletter.store.database import HEAD, Database
from newsletter.store.models import SubscriberRow
from newsletter.store.people import Editor, SqlEditors
from newsletter.store.segments import SqlSegments, condition

SECONDS: Final = 5
"""How long somebody who only looks waits for others."""
_BRIEFLY: Final[dict[str, Any]] = {"hide_parameters": True, "poolclass": sa.pool.NullPool}
"""Nothing is kept open between two looks."""


class Seen(Database):
    """A database that is only looked at.

    Parameters
    ----------
    url : str
        As of `Database`; an SQLite file must be there.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """

    head = HEAD

    def __init__(self, url: str) -> None:
        self.url = url
        self.local = url.startswith("sqlite:///")
        if self.local:
            self.engine = sa.create_engine("sqlite://", creator=self._file, **_BRIEFLY)
        else:
            given = postgresql.options(url)
            given["connect_args"] |= {"connect_timeout": SECONDS}
            self.engine = sa.create_engine(url, **given, **_BRIEFLY)
            sa.event.listen(self.engine, "connect", _only_reading)
        self._session = sessionmaker(self.engine, expire_on_commit=False)

    def _file(self) -> sqlite3.Connection:
        path = Path(self.url.removeprefix("sqlite:///")).resolve()
        connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=SECONDS,
                                     check_same_thread=False)  # fmt: skip
        connection.execute("PRAGMA query_only=ON")
        return connection

    def version(self) -> str:
        """Return what the database is, e.g. ``SQLite 3.46.1``."""
        query = "select sqlite_version()" if self.local else "show server_version"
        name = "SQLite" if self.local else "PostgreSQL"
        return f"{name} {str(self._one(query)).split()[0]}"

    def size(self) -> int:
        """Return how many bytes it takes."""
        query = "select page_count * page_size from pragma_page_count, pragma_page_size"
        return int(
            self._one(query if self.local else "select pg_database_size(current_database())")
        )

    def unsound(self) -> str:
        """Return what a quick look at its pages finds wrong; empty where they are sound."""
        if not self.local:
            return ""  # the server looks after its own files
        found = str(self._one("pragma quick_check(1)"))
        return "" if found == "ok" else " ".join(found.split())[:200]

    def locked_out(self) -> str:
        """Return why nothing can be written to it; empty where it can.

        The writers' lock is taken and given back, which changes nothing.
        """
        if not self.local:
            return "it is a standby, which is only read" if self._standby() else ""
        try:
            with contextlib.closing(self._file()) as connection:
                connection.execute("PRAGMA query_only=OFF")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            return str(error)
        return ""

    def _standby(self) -> bool:
        return bool(self._one("select pg_is_in_recovery()"))

    def _one(self, query: str) -> Any:
        try:
            with self.engine.connect() as connection:
                return connection.execute(sa.text(query)).scalar()
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(postgresql.reason(getattr(error, "orig", None) or error)) from error

    def schema(self) -> str:
        """Return the schema's version, empty where there is none."""
        try:
            return super().schema()
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(postgresql.reason(getattr(error, "orig", None) or error)) from error

    def editors(self) -> list[Editor]:
        """Return the people who are at the desk."""
        return [one for one in SqlEditors(self).all() if one.active]

    def readers(self, list_name: str, segment: str | None, configured: Any) -> int:
        """Return how many active readers a list has, of a segment where one is named.

        Raises
        ------
        NotFound
            If there is no such segment.
        """
        wanted = [SubscriberRow.list == list_name, SubscriberRow.status == str(Status.ACTIVE)]
        if segment:
            wanted.append(condition(SqlSegments(self, configured).get(segment).tree))
        query = sa.select(sa.func.count()).select_from(SubscriberRow).where(*wanted)
        with self.begin() as session:
            return session.scalar(query) or 0


def seen(url: str) -> Seen | None:
    """Open a database to look at it; None where there is no SQLite file yet."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return None
    try:
        return Seen(url)
    except (sa.exc.SQLAlchemyError, ValueError, ImportError) as error:
        raise StoreError(postgresql.reason(error)) from error


def _only_reading(connection: Any, _: Any) -> None:
    connection.read_only = True
