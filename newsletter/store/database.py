"""Opening the database: engine, pragmas, schema version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from newsletter.errors import StoreError

HEAD = "0001"
"""Newest schema this version knows; equal to the newest file in ``migrations/versions``."""


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
    """

    def __init__(self, url: str) -> None:
        self.url = url
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        try:
            self.engine = sa.create_engine(url)
            if self.engine.dialect.name == "sqlite":
                sa.event.listen(self.engine, "connect", _pragmas)
            self._migrate()
        except (sa.exc.SQLAlchemyError, OSError, ImportError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            shown = sa.engine.make_url(url).render_as_string(hide_password=True)
            raise StoreError(
                f"The database {shown} cannot be opened: {reason}. "
                "Check storage.url in config.yaml."
            ) from error
        self._session = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a session in one transaction: committed at the end, rolled back on error."""
        with self._session.begin() as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self.engine.connect() as connection:
            found = _version(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise StoreError(
                f"The database has schema {found}, newer than {HEAD} which this version of the "
                "newsletter knows; upgrade the program, or restore an older backup."
            )
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("select version_num from alembic_version")).scalar()


def _pragmas(connection: Any, _: Any) -> None:
    # Writers queue instead of failing; FULL makes a commit durable before it returns,
    # which the delivery ledger's write-ahead of the final dot relies on.
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
