"""Whether a copy is what was copied: it is restored into a temporary database and looked through.

A copy of PostgreSQL is restored into SQLite for it, by the same migrations: that takes no right to
make databases on the server, and every key, reference and constraint is checked on the way.
"""

import gzip
import hashlib
import itertools
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.errors import StoreError
from newsletter.store.audit import AuditLog
from newsletter.store.copies import onefile, server
from newsletter.store.copies.about import About, Copied
from newsletter.store.database import Database, upgrade

NAMED: Final = ("ledger", "draft", "rendered", "report")
"""Kinds of artefacts whose name is the SHA-256 of their bytes."""
BATCH: Final = 500
KEEP: Final = "; it is not kept. Give --no-verify to keep a copy as it is"


def prove(kind: str, folder: Path, about: About) -> None:
    """Check a copy.

    Raises
    ------
    StoreError
        Naming the first thing that does not hold.
    """
    try:
        if kind == "sqlite":
            _look_through(folder / onefile.FILE, about)
            return
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".proving-") as temporary:
            file = Path(temporary) / onefile.FILE
            _rebuild(folder, about, file)
            _look_through(file, about)
    except (sqlite3.Error, sa.exc.SQLAlchemyError, OSError, EOFError, ValueError) as error:
        raise StoreError(f"The backup cannot be restored: {str(error)[:200]}{KEEP}.") from error


def _look_through(file: Path, about: About) -> None:
    engine = sa.create_engine(f"sqlite:///{file}", hide_parameters=True)
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
            if found != "ok":
                raise StoreError(f"The backup's database is damaged: {found}{KEEP}.")
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if lost:
                raise StoreError(f"The backup's table {lost[0]} refers to rows it lacks{KEEP}.")
            _count(connection, about)
            _artefacts(connection)
        _audit(engine, about)
    finally:
        engine.dispose()


def _count(connection: sa.Connection, about: About) -> None:
    for one in about.tables:
        if one.columns and one.name.startswith(f"{server.ENGINE}."):
            continue  # counted when they were read
        query = f'select count(*) from "{one.name}"'  # noqa: S608 - names of our own tables
        found = connection.exec_driver_sql(query).scalar()
        if found != one.rows:
            raise StoreError(
                f"The backup has {found} rows of {one.name} where the database had "
                f"{one.rows}{KEEP}."
            )


def _artefacts(connection: sa.Connection) -> None:
    query = sa.text("select kind, id, data from artefacts where kind in :kinds")
    found = connection.execution_options(yield_per=1).execute(
        query.bindparams(sa.bindparam("kinds", NAMED, expanding=True))
    )
    for kind, id, data in found:
        if hashlib.sha256(data).hexdigest() != id:
            raise StoreError(f"The {kind} {id} is not what its name says{KEEP}.")


class _Reading:
    """Stands in for the database where the audit log reads: nothing is migrated."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with Session(self._engine) as session:
            yield session


def _audit(engine: sa.Engine, about: About) -> None:
    log = AuditLog(cast("Database", _Reading(engine)))
    broken = log.first_broken()
    if broken is not None:
        raise StoreError(
            f"The audit log does not hold: entry {broken} was altered, in the database or in its "
            f"copy{KEEP}."
        )
    if log.head() != about.audit:
        raise StoreError(f"The backup's audit log ends elsewhere than the database's{KEEP}.")


# -- what the text form of PostgreSQL says ---------------------------------------------------


def _rebuild(folder: Path, about: About, file: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{file}")
    try:
        with engine.begin() as connection:
            upgrade(connection, about.schema)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA synchronous=OFF")
        made.execute("delete from alembic_version")
        for one in about.tables:
            rows = _rows(folder / server.file_of(one.name), one)
            if one.name.startswith(f"{server.ENGINE}."):
                found = sum(1 for _ in rows)
                if found != one.rows:
                    raise StoreError(
                        f"The backup has {found} rows of {one.name} where the database had "
                        f"{one.rows}{KEEP}."
                    )
                continue
            names = ", ".join(f'"{name}"' for name, _ in one.columns)
            marks = ", ".join("?" * len(one.columns))
            into = f'insert into "{one.name}" ({names}) values ({marks})'  # noqa: S608
            while batch := list(itertools.islice(rows, BATCH)):
                made.executemany(into, batch)
        made.commit()


def _rows(file: Path, about: Copied) -> Iterator[tuple[Any, ...]]:
    readers = [_READERS.get(kind, _text) for _, kind in about.columns]
    with gzip.open(file, "rb") as lines:
        for line in lines:
            cells = line.rstrip(b"\n").split(b"\t")
            if len(cells) != len(readers):
                raise StoreError(f"The backup's table {about.name} has a broken row{KEEP}.")
            yield tuple(
                None if cell == rb"\N" else read(cell)
                for cell, read in zip(cells, readers, strict=True)
            )


_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def _plain(cell: bytes) -> bytes:
    if b"\\" not in cell:
        return cell
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), cell)


def _text(cell: bytes) -> Any:
    return _plain(cell).decode()


def _bytes(cell: bytes) -> Any:
    return bytes.fromhex(_plain(cell)[2:].decode("ascii"))


def _instant(cell: bytes) -> Any:
    """Return an instant as SQLite keeps it; the copying connection told it in UTC."""
    text = cell.decode("ascii").removesuffix("+00")
    return text if "." not in text else f"{text.partition('.')[0]}.{text.partition('.')[2]:0<6}"


def _truth(cell: bytes) -> Any:
    return int(cell == b"t")


_READERS: Final[dict[str, Callable[[bytes], Any]]] = {
    "bytea": _bytes,
    "timestamp with time zone": _instant,
    "boolean": _truth,
    "integer": int,
    "bigint": int,
}
