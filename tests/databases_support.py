"""Tests that are written for SQLite, run on PostgreSQL: each file is a database of the server."""

import functools
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
import sqlalchemy as sa
from postgres_support import Server

from newsletter.books import LINK_KEY
from newsletter.engine import DurableEngine
from newsletter.store.database import Database
from newsletter.store.models import Base

MARK = "databases"
KINDS = ("sqlite", "postgresql")
EVERYWHERE = os.environ.get("NEWSLETTER_TESTS_ON", "")
"""A database on which every test runs, marked or not."""


def kinds(mark: pytest.Mark | None) -> tuple[str, ...]:
    """Return the databases that a test runs on: those its mark names, or both."""
    if EVERYWHERE:
        return (EVERYWHERE,)
    if mark is None:
        return ()
    return mark.args or KINDS


class Instead:
    """Stands in for the addresses of SQLite's files.

    Parameters
    ----------
    server : Server
        Where the databases are.
    migrated : bool
        Whether a new one has its tables already.
    """

    def __init__(self, server: Server, *, migrated: bool) -> None:
        self._server, self._migrated = server, migrated
        self._known: dict[str, str] = {}
        self._made: list[str] = []
        self._opened: list[Database] = []

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let the store and the engine open the server's databases for the rest of a test."""
        opening, starting = Database.__init__, DurableEngine.__init__

        def opened(database: Database, url: str) -> None:
            self._opened.append(database)
            opening(database, self.url(url))

        def started(engine: DurableEngine, url: str, flows: object, **given: object) -> None:
            starting(engine, self.url(url), flows, **given)

        connecting = sqlite3.connect

        def connected(file: object, **given: object) -> object:
            known = self._known.get(str(file))
            return connecting(file, **given) if known is None else Raw(known)

        patch.setattr(sqlite3, "connect", connected)
        patch.setattr(Database, "__init__", opened)
        patch.setattr(DurableEngine, "__init__", started)

    def url(self, url: str) -> str:
        """Return the address of the database that stands in for a file's."""
        if not url.startswith("sqlite:"):
            return url
        file = url.removeprefix("sqlite:///") if url != "sqlite://" else ""
        if file and file in self._known:
            return self._known[file]
        made = self._server.fresh() if self._migrated else self._server.empty()
        self._made.append(made)
        if file:
            self._known[file] = made
            if Path(file).exists():
                copy(Path(file), made)
        return made

    def close(self) -> None:
        """Remove the databases."""
        for database in self._opened:
            if hasattr(database, "engine"):
                database.close()
        for url in self._made:
            self._server.drop(url)


@functools.cache
def server(shelf: Path) -> Server:
    """Return the server of this run, which workspaces name in their settings."""
    return Server(shelf)


class Moved:
    """A workspace's database, which its settings name: every process that opens it is there.

    Where tests run on PostgreSQL it is one of the server's, else the file that it was.

    Parameters
    ----------
    folder : pathlib.Path
        The workspace; its database is to be made, or still the one of which it was copied.
    """

    shelf: ClassVar[Path]
    """A folder that the run's workers share; whoever makes the first workspace sets it."""
    _files: ClassVar[dict[str, str]] = {}

    def __init__(self, folder: Path) -> None:
        self.url = ""
        if KINDS[1] != EVERYWHERE:
            return
        os.environ.setdefault(LINK_KEY, "a server's houses have it in common" * 2)
        file = folder / "config.yaml"
        text = file.read_text()
        was = re.search(r"(?m)^  url: (\S+)", text[text.index("\nstorage:") :])[1]
        new = was.startswith("sqlite:")
        self.url = server(self.shelf).fresh() if new else server(self.shelf).copied(was)
        file.write_text(text.replace(f"  url: {was}", f"  url: {self.url}"))
        self._files[str(folder / "data" / "newsletter.db")] = self.url

    @classmethod
    def connected(cls, file: object, **given: object) -> object:
        """Stand in for `sqlite3.connect`: a workspace's file is its database."""
        known = cls._files.get(str(file))
        return _connect(file, **given) if known is None else Raw(known)

    def close(self) -> None:
        """Remove the database, unless it is a file."""
        if self.url:
            server(self.shelf).drop(self.url)


_connect = sqlite3.connect
if KINDS[1] == EVERYWHERE:
    sqlite3.connect = Moved.connected


def copy(file: Path, url: str) -> None:
    """Copy the house's rows out of an SQLite file into an empty database of its tables."""
    source, target = sa.create_engine(f"sqlite:///{file}"), sa.create_engine(url)
    with source.connect() as read, target.begin() as write:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in read.execute(sa.select(table)).mappings()]
            if rows:
                write.execute(sa.insert(table), rows)
            serial = table.autoincrement_column
            if rows and serial is not None:
                write.exec_driver_sql(
                    f"select setval(pg_get_serial_sequence('{table.name}', '{serial.name}'), "
                    f"(select max({serial.name}) from {table.name}))"
                )
    source.dispose()
    target.dispose()


class Raw:
    """What `sqlite3.connect` gives, of a database of the server: past the store, as a stranger."""

    def __init__(self, url: str) -> None:
        address = sa.make_url(url).set(drivername="postgresql")
        self._connection = psycopg.connect(address.render_as_string(hide_password=False))

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> psycopg.Cursor:
        """Run a statement with question marks for its values."""
        try:
            return self._connection.execute(_said_here(statement), values or None)
        except psycopg.Error as error:
            raise sqlite3.DatabaseError(str(error)) from error

    def iterdump(self) -> Iterator[str]:
        """Yield every row of every table of the house in words, bytes by their digits."""
        for (name,) in self.execute("select name from sqlite_master").fetchall():
            for row in self.execute(f'select * from "{name}"'):
                yield f"{name} {[one.hex() if isinstance(one, bytes) else one for one in row]}"

    def commit(self) -> None:
        """Keep what was done."""
        self._connection.commit()

    def close(self) -> None:
        """Drop what was not kept."""
        self._connection.close()

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.commit()


_COLUMNS = re.compile(r"pragma table_info\('?(\w+)'?\)")


def _said_here(statement: str) -> str:
    """Return a statement for SQLite as PostgreSQL takes it."""
    if asked := _COLUMNS.fullmatch(statement):
        return (
            "select ordinal_position, column_name from information_schema.columns "
            f"where table_schema = 'public' and table_name = '{asked[1]}' order by 1"
        )
    names = "select tablename as name, 'table' as type from pg_tables where schemaname = 'public'"
    return statement.replace("?", "%s").replace("sqlite_master", f"({names}) as tables")
