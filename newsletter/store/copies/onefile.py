"""Copies of SQLite: one file, made by its online backup in the snapshot of one transaction."""

import datetime as dt
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from newsletter.errors import StoreError
from newsletter.store.copies.about import About, Copied
from newsletter.store.copies.leaving import Departed
from newsletter.store.copies.settling import Settled, settle
from newsletter.store.database import Database, lock

FILE = "newsletter.db"
PAGES = 4096
"""How many pages are copied between two looks for an interruption."""


def place(url: str) -> Path:
    """Return the file of a database."""
    return Path(url.removeprefix("sqlite:///"))


def size(url: str) -> int:
    """Return how large the database is."""
    found = place(url)
    return sum(
        each.stat().st_size
        for each in (found, found.with_name(f"{found.name}-wal"))
        if each.is_file()
    )


def make(url: str, folder: Path) -> About:
    """Copy the database as one reading transaction sees it; writers go on meanwhile."""
    source = place(url)
    if not source.is_file():
        raise StoreError(f"There is no database at {source} yet; nothing is there to back up.")
    copy = folder / FILE
    try:
        with closing(sqlite3.connect(source, isolation_level=None, timeout=30)) as reading:
            # The open transaction is what the backup reads from: nobody's writing restarts it.
            reading.execute("PRAGMA query_only=ON")
            reading.execute("BEGIN")
            about = describe(reading)
            with closing(sqlite3.connect(copy, isolation_level=None)) as writing:
                reading.backup(writing, pages=PAGES)
                writing.execute("PRAGMA journal_mode=DELETE")  # one file, complete in itself
    except sqlite3.Error as error:
        raise StoreError(f"The database {source} cannot be copied: {error}.") from error
    return about


def describe(reading: sqlite3.Connection) -> About:
    """Say what a database holds, as a transaction sees it."""
    names = [
        str(name)
        for (name,) in reading.execute(
            "select name from sqlite_master where type = 'table' "
            "and name not like 'sqlite~_%' escape '~' order by name"
        )
    ]
    if "alembic_version" not in names:
        raise StoreError("The database holds none of the newsletter's tables; name its own file.")
    counts = {
        name: reading.execute(f'select count(*) from "{name}"').fetchone()[0]  # noqa: S608
        for name in names
    }
    schema = reading.execute("select version_num from alembic_version").fetchone()[0]
    last = reading.execute("select seq, hash from audit order by seq desc limit 1").fetchone()
    tables = tuple(Copied(name, rows) for name, rows in counts.items())
    return About("sqlite", schema, tables, (last[0], last[1]) if last else None)


def require_empty(url: str) -> None:
    """Refuse a file that is there."""
    if place(url).exists():
        raise StoreError(
            f"{place(url)} is there already, and a backup is restored into an empty place only; "
            "move it away, or name another directory with --to."
        )


def put_back(
    url: str,
    folder: Path,
    about: About,  # noqa: ARG001 - the file itself tells
    now: dt.datetime,
    taken_at: dt.datetime,
    departed: Departed,
) -> Settled:
    """Prepare the copy beside its place, then let it appear there at once."""
    require_empty(url)
    target = place(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.with_name(f"{target.name}.restoring")
    for left in (waiting, *(waiting.with_name(f"{waiting.name}-{end}") for end in ("wal", "shm"))):
        left.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{(folder / FILE).absolute().as_uri()}?mode=ro&immutable=1",
                                    uri=True)) as reading,
            closing(sqlite3.connect(waiting, isolation_level=None)) as writing,
        ):  # fmt: skip
            waiting.chmod(0o600)
            reading.backup(writing, pages=PAGES)
        with closing(Database(f"sqlite:///{waiting}")) as database:
            with database.engine.begin() as connection:
                lock(connection)
                settled = settle(connection, now, taken_at, _own, departed)
            with database.engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                raw.isolation_level = None
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with waiting.open("rb") as file:
            os.fsync(file.fileno())
        waiting.rename(target)
    except (sqlite3.Error, sa.exc.SQLAlchemyError) as error:
        raise StoreError(f"The backup's database cannot be put back: {error}.") from error
    return settled


def _own(table: str) -> str:
    """Return how a table of the engine is called here: it shares the file."""
    return table
