"""Tests that are written for SQLite, run on PostgreSQL: each file is a database of the server."""

import os
import sqlite3
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from postgres_support import Server

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
            return self._connection.execute(statement.replace("?", "%s"), values or None)
        except psycopg.Error as error:
            raise sqlite3.DatabaseError(str(error)) from error

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
