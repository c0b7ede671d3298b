"""Every schema that was ever released is carried forward with its rows; a newer one is left alone.

The released schemas lie in ``corpus/schemas``, each written by the program of then
(``tools/freeze_schema.py``): nothing that the migrations say today stands behind them.
"""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from engine_support import KEY, CommandLine
from lengths import some

from newsletter import assets
from newsletter.store.database import HEAD, Database, lock, upgrade
from newsletter.store.models import Base

SCHEMAS = sorted((Path(__file__).resolve().parents[1] / "corpus" / "schemas").glob("*.sql"))
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from freeze_schema import fill  # noqa: E402

pytestmark = pytest.mark.usefixtures("migrating")


def built(schema, folder):
    """Build a released database from its frozen file."""
    file = folder / "news.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.executescript(schema.read_text(encoding="utf-8"))
    return file


def held(connection):
    """Return the rows of every table, as dictionaries of its own columns."""
    found = {}
    for table in sa.inspect(connection).get_table_names():
        if table != "alembic_version":
            rows = connection.exec_driver_sql(f'select * from "{table}"').mappings()
            found[table] = sorted((dict(row) for row in rows), key=repr)
    return found


def kept(before, after):
    """Check that every row is there with all it had; columns that were added aside."""
    for table, rows in before.items():
        assert len(after[table]) == len(rows) == 2, table
        for old in rows:
            assert any(old.items() <= new.items() for new in after[table]), (table, old)


def opened(url):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = held(connection)
    engine.dispose()
    return found


def test_what_was_released_is_at_hand():
    assert [schema.stem for schema in SCHEMAS][:15] == [
        f"{number:04}"
        for number in range(1, 17)
        if number != 3  # never released by itself
    ]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.stem)
def test_a_released_schema_is_carried_forward_with_its_rows(tmp_path, schema):
    url = f"sqlite:///{built(schema, tmp_path)}"
    before = opened(url)
    with closing(Database(url)) as database, database.engine.connect() as connection:
        assert database.schema() == HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
        kept(before, held(connection))


@pytest.mark.parametrize("schema", some(1, "0014", "0015", "0016", "0013", "0012"))
def test_so_it_is_on_postgresql(postgres, schema):
    url = postgres.empty()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        lock(connection)
        upgrade(connection, schema)
        fill(connection)
        before = held(connection)
    engine.dispose()
    with closing(Database(url)) as database, database.engine.connect() as connection:
        assert database.schema() == HEAD
        kept(before, held(connection))
    postgres.drop(url)


def test_what_was_kept_for_good_is_still_kept_for_good(tmp_path):
    """The house's memory refuses changes after every migration, as it did before."""
    released = next(schema for schema in SCHEMAS if schema.stem == "0004")
    url = f"sqlite:///{built(released, tmp_path)}"
    with closing(Database(url)) as database:
        for act in ("update views set dek = ''", "delete from calls"):
            with (
                pytest.raises(sa.exc.IntegrityError),
                database.engine.begin() as connection,
            ):
                connection.exec_driver_sql(act)


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from newsletter.store.database import Database
left = int(sys.argv[2])
def counted(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(sa.Engine, "after_cursor_execute", counted)
Database(sys.argv[1]).close()
"""


@pytest.mark.parametrize("statement", some(2, 40, 120, 10, 20, 60, 80, 100))
def test_a_migration_that_is_killed_has_done_nothing_and_the_next_start_does_it(
    tmp_path, statement
):
    url = f"sqlite:///{built(SCHEMAS[0], tmp_path)}"
    before = opened(url)
    died = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(statement)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        check=False, capture_output=True,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert opened(url) == before, "all or nothing"
    with closing(Database(url)) as database, database.engine.connect() as connection:
        kept(before, held(connection))


COMMANDS = (
    ("editions", "list"), ("editions", "show", str(KEY)), ("approve", str(KEY), "--as", "ann"),
    ("send", str(KEY)), ("hold", str(KEY), "--reason", "x"), ("audience", "stats"),
    ("audience", "add", "a@example.com"), ("editors", "list"), ("progress",), ("scorecard",),
    ("run", "--provider", "sample", "--session", "2026-07-02"), ("replay", str(KEY)),
    ("serve", "--role", "web", "--port", "0", "--public-port", "0"), ("backup", "b"),
)  # fmt: skip


def test_a_newer_schema_is_refused_by_every_command_and_left_alone(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yaml").write_bytes(assets.find("config.yaml").read_bytes())
    file = tmp_path / "data" / "newsletter.db"
    Database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("update alembic_version set version_num = '9999'")
        raw.commit()
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    line = CommandLine(monkeypatch, capfd)
    for command in COMMANDS:
        code, out, err = line(*command)
        assert code == 2, (command, out, err)
        assert f"schema 9999, newer than {HEAD}" in err, command
        assert "upgrade the program" in err
        assert hashlib.sha256(file.read_bytes()).hexdigest() == before, command
    assert not list(tmp_path.glob("b/newsletter-*"))
