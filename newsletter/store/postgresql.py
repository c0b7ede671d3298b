"""What lets PostgreSQL keep the promises that SQLite keeps: order, durability, patience."""

from collections.abc import Collection
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from newsletter.errors import StoreError

LOCK_MS = 30_000
"""How long a writer waits for another; as long as on SQLite."""
IDLE_MS, IDLE_WRITING_MS = 60_000, 20_000
"""How long a transaction may do nothing, and one that has the lock of all writers: a machine that
is cut off must have lost it by the time at which others take over its work."""
SILENT_S, PROBE_S, PROBES = 30, 10, 3
"""Seconds of silence after which either side asks whether the other is there, seconds between two
such questions, and how many may stay unanswered."""
UNHEARD_MS = 30_000
"""How long what was sent may go without the other side's receipt: a cut cable closes nothing."""
PROGRAM = "newsletter"
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": SILENT_S,
    "keepalives_interval": PROBE_S,
    "keepalives_count": PROBES,
    "tcp_user_timeout": UNHEARD_MS,
}
# What begins with tcp is the server's own watch over a client that is gone without a word; on a
# socket of the same machine it means nothing.
_SETTINGS = f"""
select set_config('timezone', 'UTC', false),
  set_config('lock_timeout', '{LOCK_MS}', false),
  set_config('idle_in_transaction_session_timeout', '{IDLE_MS}', false),
  set_config('tcp_keepalives_idle', '{SILENT_S}', false),
  set_config('tcp_keepalives_interval', '{PROBE_S}', false),
  set_config('tcp_keepalives_count', '{PROBES}', false),
  set_config('tcp_user_timeout', '{UNHEARD_MS}', false),
  set_config('synchronous_commit', case current_setting('synchronous_commit')
    when 'off' then 'on' else current_setting('synchronous_commit') end, false)
"""


def options(url: str) -> dict[str, Any]:
    """Return what an engine is opened with; what the address itself says stands."""
    given = sa.make_url(url).query
    patience: dict[str, Any] = _PATIENCE | {"application_name": PROGRAM}
    patience = {name: value for name, value in patience.items() if name not in given}
    # A server that was started anew has closed the connections that the pool still holds.
    return {"pool_pre_ping": True, "connect_args": patience}


def patient(url: str) -> str:
    """Return an address that says how long a silent server is waited for, unless it does already.

    For libraries that open connections of their own: without it they would wait for a machine
    that is cut off for a quarter of an hour, and for a silent one for ever.
    """
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        return url  # whoever opens it says what is wrong
    if address.get_backend_name() != "postgresql":
        return url
    more = {name: str(value) for name, value in _PATIENCE.items() if name not in address.query}
    return address.update_query_dict(more).render_as_string(hide_password=False)


def prepare(engine: sa.Engine) -> None:
    """Give each connection of an engine its settings."""
    sa.event.listen(engine, "connect", _connected)


def _connected(connection: Any, _: Any) -> None:
    # A commit is on disk before it returns, which the ledger of deliveries relies on.
    connection.autocommit = True
    connection.execute(_SETTINGS)
    connection.autocommit = False
    connection.adapters.register_dumper(str, _dumper())


@cache
def _dumper() -> type[Any]:
    from psycopg.types.string import StrDumper

    class Whole(StrDumper):
        """Text without NUL, which PostgreSQL does not keep: a server's answer may hold one."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    return Whole


def require_unicode(connection: sa.Connection) -> None:
    """Refuse a database that cannot hold every text.

    Raises
    ------
    StoreError
        If its encoding is another than UTF-8.
    """
    found = connection.exec_driver_sql("select getdatabaseencoding()").scalar()
    if found != "UTF8":
        raise StoreError(
            f"The database keeps text as {found}, which cannot hold every name and headline; "
            "create one with `createdb --template=template0 --encoding=UTF8 NAME`."
        )


def settle_text(connection: sa.Connection, tables: Collection[str]) -> None:
    """Let text be compared by its code points and be as long as it is, as on SQLite.

    A language's order puts ``2026-07-02.XNYS`` and ``2026-07-02/`` elsewhere than the program
    does, and keys are found by it. It is done after each migration, for what that added.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In the migration's transaction.
    tables : collection of str
        Names of our tables; others in the same database are left alone.
    """
    found = connection.execute(
        sa.text(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = current_schema() and table_name = any(:tables) "
            "and data_type in ('character varying', 'text') "
            "and (data_type <> 'text' or collation_name is distinct from 'C') "
            "order by table_name, ordinal_position"
        ),
        {"tables": sorted(tables)},
    )
    columns: dict[str, list[str]] = {}
    for table, column in found:
        columns.setdefault(table, []).append(column)
    for table, names in columns.items():
        changes = ", ".join(f'alter column "{name}" type text collate "C"' for name in names)
        connection.exec_driver_sql(f'alter table "{table}" {changes}')


def reason(error: BaseException) -> str:
    """Return in a line why a server did not answer as it should.

    Where several addresses were tried, the library tells them in lines of their own, and the
    last one stands for all.
    """
    lines = [line.strip(" -\t") for line in str(error).splitlines() if line.strip()]
    if lines and lines[0].startswith("Multiple connection attempts failed"):
        lines = lines[-1:]
    return lines[0].rstrip(".") if lines else type(error).__name__


def mend(reason: str) -> str:
    """Return what to do about a database that cannot be opened, by the reason given."""
    for said, todo in _MENDS.items():
        if said in reason:
            return todo
    return _MEND


_MEND: Final = "Check storage.url in config.yaml, or the variable that storage.url_variable names"
_MENDS: Final = {
    "password authentication failed": "Check user and password in the address of the database",
    "no password supplied": "Give the password in the address of the database",
    "does not match host name": "Name the server in its address as its certificate does",
    "root certificate file": "Name the file of whoever signed the server's certificate as "
    "sslrootcert in the address of the database",
    "SSL error": "Name the file of whoever signed the server's certificate as sslrootcert in the "
    "address of the database, and see that the certificate has not ended",
    "does not support SSL": "Switch TLS on at the server, or check its address",
    "does not exist": "Make it with `createdb --encoding=UTF8 --template=template0 NAME`, or "
    "check its address",
    "Connection refused": "Start the server, or check the address of the database",
    "No such file or directory": "Start the server, or check the address of the database",
    "permission denied": "Let the user own the database, for instance by `alter database NAME "
    "owner to USER`",
}
