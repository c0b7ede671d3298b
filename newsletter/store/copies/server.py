"""Copies of PostgreSQL: every table in PostgreSQL's own text form, from one snapshot.

No client programs are needed, which would have to fit the server's version. The durable engine's
tables, in a schema of their own, are copied with the house's.
"""

import datetime as dt
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from newsletter.errors import StoreError
from newsletter.store import postgresql
from newsletter.store.copies.about import About, Copied
from newsletter.store.copies.leaving import Departed
from newsletter.store.copies.settling import Settled, settle
from newsletter.store.database import HEAD, lock, refuse_newer, upgrade, version
from newsletter.store.models import Base

ENGINE: Final = "dbos"
"""The schema of the durable engine."""
MIGRATIONS: Final = f"{ENGINE}.dbos_migrations"
CHUNK: Final = 1 << 20
LEVEL: Final = 1
"""Of the compression: the least; the text form of pictures shrinks to a half by it already."""
_TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and (n.nspname = :engine
  or (n.nspname = current_schema() and c.relname = any(:ours)))
order by 1, 2
"""
_COLUMNS = """
select a.attname, format_type(a.atttypid, null),
  pg_get_serial_sequence(quote_ident(:schema) || '.' || quote_ident(:table), a.attname)
from pg_attribute a join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = :table and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = '' order by a.attnum
"""


@contextmanager
def _open(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url, hide_parameters=True, **postgresql.options(url))
    postgresql.prepare(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def file_of(name: str) -> str:
    """Return the name of a table's file."""
    return f"{name}.copy.gz"


def make(url: str, folder: Path) -> About:
    """Copy all tables as one snapshot sees them; writers go on meanwhile."""
    with _open(url) as engine, engine.connect() as opened:
        connection = opened.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            connection.exec_driver_sql("set transaction read only")
            schema = version(connection)
            if schema is None:
                raise StoreError("The database holds none of the newsletter's tables.")
            tables, numbers = [], dict[str, int]()
            for place, table in _tables(connection):
                tables.append(_copy_out(connection, place, table, folder, numbers))
            query = "select seq, hash from audit order by seq desc limit 1"
            last = connection.exec_driver_sql(query).first()
    audit = (last.seq, last.hash) if last else None
    return About("postgresql", schema, tuple(tables), audit, numbers)


def _tables(connection: sa.Connection) -> list[tuple[str, str]]:
    """Return schema and table, those first that others refer to."""
    ours = ["alembic_version", *Base.metadata.tables]
    given = {"engine": ENGINE, "ours": ours}
    found = {(row[0], row[1]) for row in connection.execute(sa.text(_TABLES), given)}
    ordered: list[tuple[str, str]] = []
    for schema in sorted({place for place, _ in found}):
        listed = sa.inspect(connection).get_sorted_table_and_fkc_names(schema=schema)
        ordered += [(schema, name) for name, _ in listed if name and (schema, name) in found]
    return ordered


def _copy_out(
    connection: sa.Connection, place: str, table: str, folder: Path, numbers: dict[str, int]
) -> Copied:
    name = f"{ENGINE}.{table}" if place == ENGINE else table
    about = {"schema": place, "table": table}
    columns, serials = [], []
    for column, kind, serial in connection.execute(sa.text(_COLUMNS), about):
        columns.append((str(column), str(kind)))
        if serial:
            serials.append((str(column), str(serial)))
    for column, serial in serials:
        reached = connection.exec_driver_sql(
            f"select case when is_called then last_value else last_value - 1 end from {serial}"  # noqa: S608
        ).scalar()
        numbers[f"{name}.{column}"] = int(reached or 0)
    whole = f"{_quoted(place)}.{_quoted(table)}"
    rows = connection.exec_driver_sql(f"select count(*) from {whole}").scalar() or 0  # noqa: S608
    listed = ", ".join(_quoted(column) for column, _ in columns)
    raw: Any = connection.connection.driver_connection
    with (
        gzip.open(folder / file_of(name), "wb", compresslevel=LEVEL) as file,
        raw.cursor() as cursor,
        cursor.copy(f"copy {whole} ({listed}) to stdout") as copy,
    ):
        for chunk in copy:
            file.write(chunk)
    return Copied(name, rows, tuple(columns))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def require_empty(url: str) -> None:
    """Refuse a database that has tables, or work of the engine."""
    try:
        with _open(url) as engine, engine.connect() as connection:
            asked = sa.inspect(connection)
            ours = set(asked.get_table_names()) & {"alembic_version", *Base.metadata.tables}
            work = (
                asked.has_table("workflow_status", schema=ENGINE)
                and connection.exec_driver_sql(
                    f"select 1 from {ENGINE}.workflow_status limit 1"  # noqa: S608
                ).scalar()
            )
    except sa.exc.SQLAlchemyError as error:
        reason = postgresql.reason(getattr(error, "orig", None) or error)
        raise StoreError(
            f"The database cannot be opened: {reason}. {postgresql.mend(reason)}."
        ) from error
    if ours or work:
        raise StoreError(
            "The database that storage names is not empty, and a backup is restored into an empty "
            "one only; make another with `createdb --encoding=UTF8 --template=template0 NAME`."
        )


def put_back(
    url: str,
    folder: Path,
    about: About,
    now: dt.datetime,
    taken_at: dt.datetime,
    departed: Departed,
) -> Settled:
    """Load every table, carry the schema forward and settle it, all in one transaction."""
    refuse_newer(about.schema, "The backup")
    try:
        with _open(url) as engine:
            if any(one.name == MIGRATIONS for one in about.tables):
                _prepare_engine(engine)
            with engine.begin() as connection:
                lock(connection)
                require_empty(url)
                upgrade(connection, about.schema)
                _load(connection, folder, about)
                if about.schema != HEAD:
                    upgrade(connection, HEAD)
                return settle(connection, now, taken_at, _own, departed)
    except sa.exc.SQLAlchemyError as error:
        reason = postgresql.reason(getattr(error, "orig", None) or error)
        raise StoreError(f"The backup's database cannot be put back: {reason}.") from error


def _own(table: str) -> str:
    """Return how a table of the engine is called here: they have a schema of their own."""
    return f"{ENGINE}.{table}"


def _load(connection: sa.Connection, folder: Path, about: About) -> None:
    import psycopg

    raw: Any = connection.connection.driver_connection
    known = sa.inspect(connection).get_table_names(schema=ENGINE)
    for table in known:
        if f"{ENGINE}.{table}" != MIGRATIONS:  # rows that its own migrations have put there
            connection.exec_driver_sql(f"delete from {ENGINE}.{_quoted(table)}")  # noqa: S608
    connection.exec_driver_sql("delete from alembic_version")
    for one in about.tables:
        if one.name == MIGRATIONS:
            continue
        whole = ".".join(_quoted(part) for part in one.name.split("."))
        listed = ", ".join(_quoted(column) for column, _ in one.columns)
        try:
            with (
                gzip.open(folder / file_of(one.name), "rb") as file,
                raw.cursor() as cursor,
                cursor.copy(f"copy {whole} ({listed}) from stdin") as copy,
            ):
                while chunk := file.read(CHUNK):
                    copy.write(chunk)
        except (psycopg.Error, OSError, EOFError) as error:
            raise StoreError(
                f"The backup's table {one.name} cannot be put back: {postgresql.reason(error)}."
            ) from error
    for column, reached in about.numbers.items():
        table, _, name = column.rpartition(".")
        if reached > 0:
            connection.execute(
                sa.text("select setval(pg_get_serial_sequence(:table, :column), :reached)"),
                {"table": table, "column": name, "reached": reached},
            )


def _prepare_engine(engine: sa.Engine) -> None:
    """Make the engine's tables as it makes them itself when it starts."""
    from dbos._migration import ensure_dbos_schema, run_dbos_migrations

    ensure_dbos_schema(engine, ENGINE)
    run_dbos_migrations(engine, ENGINE, use_listen_notify=True)
