"""Opening the database: engine, pragmas, schema version."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from newsletter.errors import ExitCode, StoreError
from newsletter.store import (  # noqa: F401 - all tables
    models_alerts,
    models_desk,
    models_public,
    models_reports,
    models_schedule,
    postgresql,
)
from newsletter.store.left import Gone, told
from newsletter.store.models import Base

HEAD = "0020"
"""Newest schema this version knows; equal to the newest file in ``migrations/versions``."""

_WRITERS = 7301
"""Number of PostgreSQL's advisory lock for writers."""
_IDLE = "idle_in_transaction_session_timeout"


class NewerSchema(StoreError):
    """A later version of the product wrote the database; this one must not touch it."""

    exit_code = ExitCode.USAGE


class Database:
    """One database, migrated to `HEAD`.

    Parameters
    ----------
    url : str
        SQLAlchemy URL: ``sqlite:///path`` or ``postgresql+psycopg://…``.

    Raises
    ------
    StoreError
        If it cannot be opened, or was written by a newer version of the product.

    Attributes
    ----------
    departures : callable or None
        Given those who left, after the commit with which they did.
    """

    departures: Callable[[Sequence[Gone]], object] | None = None

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            if url.startswith("sqlite:///"):
                Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
            shared = sa.make_url(url).get_backend_name() == "postgresql"
            # What an error tells of a statement must not name whom it was about.
            given = postgresql.options(url) if shared else {}
            self.engine = sa.create_engine(url, hide_parameters=True, **given)
            if shared:
                postgresql.prepare(self.engine)
            elif self.engine.dialect.name == "sqlite":
                sa.event.listen(self.engine, "connect", _pragmas)
            self._migrate()
        except StoreError:
            self.close()
            raise
        except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError, ImportError, ValueError) as error:
            if hasattr(self, "engine"):  # its address was one
                self.close()
            reason = postgresql.reason(getattr(error, "orig", None) or error)
            raise StoreError(
                f"The database {_shown(url)} cannot be opened: {reason}. {_mend(url, reason)}."
            ) from error
        self._session = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self, *, writing: bool = False) -> Iterator[Session]:
        """Open a session in one transaction: committed at the end, rolled back on error.

        Parameters
        ----------
        writing : bool
            Take the writers' lock first. A transaction that reads before it writes needs
            it: two of them would otherwise decide on the same old state.

        Raises
        ------
        StoreError
            If the database is locked, full or gone; trying again may help.
        """
        try:
            with self._session.begin() as session:
                if writing:
                    lock(session.connection())
                yield session
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            said = postgresql.reason(error.orig or error)
            raise StoreError(
                f"The database does not answer as it should: {said}. Free the disk or the "
                "database, then try again."
            ) from error
        gone = told(session)
        if gone and self.departures is not None:
            self.departures(gone)

    def schema(self) -> str:
        """Return the schema's version, asking the database itself."""
        with self.engine.connect() as connection:
            return version(connection) or ""

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self.engine.connect() as connection:
            if _is_current(connection):
                return
        with self.engine.begin() as connection:
            # All or nothing, and once: whoever waited for the lock finds the work done.
            lock(connection)
            if not _is_current(connection):
                upgrade(connection, HEAD)


def upgrade(connection: sa.Connection, schema: str) -> None:
    """Carry a database forward to a schema, in the transaction of whoever asks.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that holds the writers' lock.
    schema : str
        Number of a migration, at most `HEAD`.

    Raises
    ------
    StoreError
        If the database cannot hold every text.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    # The option knows interpolation: a percent sign in the path is doubled.
    folder = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", folder)
    shared = connection.dialect.name == "postgresql"
    if shared:
        postgresql.require_unicode(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, schema)
    if shared:
        postgresql.settle_text(connection, Base.metadata.tables)


def _is_current(connection: sa.Connection) -> bool:
    found = version(connection)
    refuse_newer(found, "The database")
    return found == HEAD


def refuse_newer(found: str | None, what: str) -> None:
    """Refuse a schema that this version of the product does not know.

    Raises
    ------
    NewerSchema
        Naming both schemas.
    """
    if found is not None and found > HEAD:
        raise NewerSchema(
            f"{what} has schema {found}, newer than {HEAD} which this version of the "
            "newsletter knows; upgrade the program, or restore an older backup."
        )


def version(connection: sa.Connection) -> str | None:
    """Return the schema's number, None where there is none."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("select version_num from alembic_version")).scalar()


def lock(connection: sa.Connection) -> None:
    """Take the writers' lock in a transaction that has not read or written yet."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        lock_writers(connection)


def lock_writers(connection: sa.Connection) -> None:
    """Take the writers' lock in a transaction that has written already.

    On SQLite whoever writes has it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"select pg_advisory_xact_lock({_WRITERS}), "
            f"set_config('{_IDLE}', '{postgresql.IDLE_WRITING_MS}', true)"
        )


def _shown(url: str) -> str:
    try:
        # A query may hold a secret of its own.
        return sa.make_url(url).set(query={}).render_as_string(hide_password=True)
    except (sa.exc.ArgumentError, ValueError):
        return "named by storage.url"


def _mend(url: str, reason: str) -> str:
    if url.startswith("postgresql"):
        return postgresql.mend(reason)
    return "Check storage.url in config.yaml"


def _pragmas(connection: Any, _: Any) -> None:
    # Writers queue instead of failing; FULL makes a commit durable before it returns,
    # which the delivery ledger's write-ahead of the final dot relies on.
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "cache_size=-65536",  # kB; with 2 MB an import of a million rereads its indexes all along
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
