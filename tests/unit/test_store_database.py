"""Opening the database: migration, versions, instants."""

import datetime as dt
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from newsletter.errors import ExitCode, StoreError
from newsletter.store.database import HEAD, Database
from newsletter.store.models import ArtefactRow, Base, EditorRow

TABLES = {"alembic_version", *Base.metadata.tables}
NOON = dt.datetime(2026, 7, 2, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.usefixtures("migrating")


def tables(file):
    with closing(sqlite3.connect(file)) as raw:
        rows = raw.execute("select name from sqlite_master where type = 'table'").fetchall()
    return {name for (name,) in rows}


def test_opening_a_fresh_file_makes_folder_and_tables(tmp_path):
    file = tmp_path / "new" / "folder" / "news.db"
    Database(f"sqlite:///{file}").close()
    assert tables(file) == TABLES
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("select version_num from alembic_version").fetchall() == [(HEAD,)]


def test_the_migrated_schema_is_the_schema_of_the_models(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'news.db'}")
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_opening_again_keeps_what_is_there(tmp_path):
    url = f"sqlite:///{tmp_path / 'news.db'}"
    first = Database(url)
    with first.begin() as session:
        session.add(EditorRow(name="ann", email="ann@example.com", added_at=NOON))
    first.close()
    second = Database(url)
    with second.begin() as session:
        assert session.get(EditorRow, "ann").added_at == NOON
    second.close()


def test_a_commit_is_on_disk_before_it_returns(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'news.db'}")
    with database.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
    }


def test_a_newer_schema_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "news.db"
    Database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("update alembic_version set version_num = '9999'")
        raw.commit()
    with pytest.raises(StoreError) as caught:
        Database(f"sqlite:///{file}")
    assert f"schema 9999, newer than {HEAD}" in str(caught.value)
    assert "upgrade the program" in str(caught.value)
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("select version_num from alembic_version").fetchall() == [("9999",)]


def test_a_database_of_the_first_schema_is_carried_over_with_its_people(tmp_path, monkeypatch):
    file = tmp_path / "news.db"
    with monkeypatch.context() as patch:
        patch.setattr("newsletter.store.database.HEAD", "0001")
        Database(f"sqlite:///{file}").close()
    assert tables(file) < TABLES
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(
            "insert into editors (name, email, added_at) values ('ann', 'a@example.com', ?)",
            ("2026-07-02 12:00:00.000000",),
        )
        raw.commit()
    again = Database(f"sqlite:///{file}")
    with again.begin() as session:
        assert session.get(EditorRow, "ann").role == "editor"
    again.close()
    assert tables(file) == TABLES


def test_a_migration_that_fails_half_way_leaves_nothing_behind(tmp_path):
    file = tmp_path / "news.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("create table deliveries (other text)")  # in the way of the sixth table
    with pytest.raises(StoreError, match="deliveries already exists"):
        Database(f"sqlite:///{file}")
    assert tables(file) == {"deliveries"}
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("drop table deliveries")
    Database(f"sqlite:///{file}").close()
    assert tables(file) == TABLES


def test_programs_that_open_a_fresh_file_at_once_migrate_it_once(tmp_path):
    program = (
        "import sys; from newsletter.store.database import Database; import alembic.command;"
        "print('ready', flush=True); sys.stdin.readline(); Database(sys.argv[1]).close()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, f"sqlite:///{tmp_path / 'news.db'}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        process.stdout.readline()
    answers = [process.communicate("go\n", timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], answers
    assert tables(tmp_path / "news.db") == TABLES


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "named by storage.url cannot be opened"),
        ("sqlite:///{tmp}", "unable to open database file"),
        ("sqlite:///{tmp}/text.db", "file is not a database"),
        ("sqlite:///{tmp}/text.db/news.db", "cannot be opened"),
        ("nosuch://host/news", "nosuch://host/news cannot be opened"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_sentence_with_the_mend(tmp_path, url, reason):
    (tmp_path / "text.db").write_text("This is a text, and longer than a page header. " * 40)
    with pytest.raises(StoreError) as caught:
        Database(url.format(tmp=tmp_path))
    assert reason in str(caught.value)
    assert str(caught.value).endswith("Check storage.url in config.yaml.")
    assert caught.value.exit_code == ExitCode.OUTSIDE_FAILED


def test_a_password_in_the_url_is_never_shown():
    with pytest.raises(StoreError) as caught:
        Database("nosuch://user:topsecret@host/news")
    assert "topsecret" not in str(caught.value)


def test_instants_come_back_aware_in_utc_to_the_microsecond(tmp_path):
    url = f"sqlite:///{tmp_path / 'news.db'}"
    eastern = dt.timezone(dt.timedelta(hours=-4))
    given = dt.datetime(2026, 7, 2, 17, 30, 0, 123456, tzinfo=eastern)
    first = Database(url)
    with first.begin() as session:
        session.add(EditorRow(name="ann", email="a@example.com", added_at=given))
    first.close()
    second = Database(url)
    with second.begin() as session:
        found = session.get(EditorRow, "ann")
    second.close()
    assert found.added_at.isoformat() == "2026-07-02T21:30:00.123456+00:00"
    assert found.disabled_at is None


def test_a_naive_instant_is_refused_and_nothing_is_written():
    database = Database("sqlite://")
    naive = dt.datetime(2026, 7, 2, 12)  # noqa: DTZ001 - the very thing refused
    with (
        pytest.raises(sa.exc.StatementError, match="has no time zone"),
        database.begin() as session,
    ):
        session.add(ArtefactRow(kind="draft", id="1", data=b"", made_at=naive))
    with database.begin() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ArtefactRow)) == 0
    database.close()


def test_an_error_inside_a_transaction_undoes_all_of_it():
    database = Database("sqlite://")

    def fail_after_writing():
        with database.begin() as session:
            session.add(EditorRow(name="ann", email="a@example.com", added_at=NOON))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_writing()
    with database.begin() as session:
        assert session.get(EditorRow, "ann") is None
    database.close()


def test_a_writing_transaction_keeps_other_writers_out_until_it_ends(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'news.db'}")
    order, inside = [], threading.Event()

    def other():
        inside.wait()
        with database.begin(writing=True) as session:
            order.append(session.get(EditorRow, "ann") is not None)

    thread = threading.Thread(target=other)
    thread.start()
    with database.begin(writing=True) as session:
        inside.set()
        thread.join(0.2)
        order.append("first")
        session.add(EditorRow(name="ann", email="a@example.com", added_at=NOON))
    thread.join(60)
    database.close()
    assert order == ["first", True]
