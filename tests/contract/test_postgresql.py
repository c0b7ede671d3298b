"""What the house keeps on PostgreSQL, it keeps as on SQLite; a real server answers for it."""

import datetime as dt
import os
import select
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from engine_support import KEY, LIFETIME, desk, revision
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lengths import length
from postgres_support import speaking_tls, together
from send_support import APPROVED_AT, EDITION, frozen, reader, signer, sql_book
from tls_support import Authority

from newsletter.errors import StoreError
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import State
from newsletter.send.delivery import DeliveryState
from newsletter.store.audit import AuditLog
from newsletter.store.database import HEAD, Database
from newsletter.store.migrations.versions.v0003_memory import KEPT
from newsletter.store.models import Base, EditionRow, EditorRow
from newsletter.store.postgresql import patient

NOON = dt.datetime(2026, 7, 2, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def url(postgres):
    made = postgres.fresh()
    yield made
    postgres.drop(made)


@pytest.fixture(scope="module")
def database(url):
    with closing(Database(url)) as opened:
        yield opened


def same_type(context, column, model_column, found, model):
    """Text of any length stands for text of some: the program itself keeps lengths."""
    if isinstance(found, sa.String) and isinstance(model, sa.String):
        return False
    return None


# -- the schema --------------------------------------------------------------------------


def test_the_migrated_schema_is_the_schema_of_the_models(database):
    assert database.schema() == HEAD
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        assert compare_metadata(context, Base.metadata) == []


def test_text_is_compared_by_its_code_points_and_as_long_as_it_is(database):
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "select distinct data_type, collation_name from information_schema.columns "
            "where table_schema = 'public' and table_name <> 'alembic_version' "
            "and collation_name is not null or data_type like 'character%%' "
            "and table_schema = 'public' and table_name <> 'alembic_version'"
        ).all()
    assert found == [("text", "C")]


def test_programs_that_open_an_empty_database_at_once_migrate_it_once(postgres):
    made = postgres.empty()
    program = (
        "import sys; from newsletter.store.database import Database; import alembic.command;"
        "print('ready', flush=True); sys.stdin.readline(); d = Database(sys.argv[1]);"
        "print(d.schema()); d.close()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, made],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in started:
        process.stdout.readline()
    answers = [process.communicate("go\n", timeout=60) for process in started]
    postgres.drop(made)
    assert [out for out, _ in answers] == [f"{HEAD}\n"] * 2, answers


def test_a_migration_that_fails_half_way_leaves_nothing_behind(postgres, migrating):
    made = postgres.empty()
    with psycopg.connect(plain(made)) as raw:
        raw.execute("create table deliveries (other text)")  # in the way of the sixth table
    with pytest.raises(StoreError, match='"deliveries" already exists'):
        Database(made)
    with psycopg.connect(plain(made)) as raw:
        asked = "select table_name from information_schema.tables where table_schema = 'public'"
        assert raw.execute(asked).fetchall() == [("deliveries",)]
    postgres.drop(made)


def test_a_database_that_cannot_hold_every_text_is_refused(postgres, migrating):
    postgres.run("create database latin template template0 encoding 'LATIN1' locale 'C'")
    with pytest.raises(StoreError, match=r"text as LATIN1.*createdb"):
        Database(postgres.url("latin"))
    postgres.drop(postgres.url("latin"))


def test_a_newer_schema_is_refused_and_left_alone(postgres):
    made = postgres.fresh()
    with psycopg.connect(plain(made)) as raw:
        raw.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreError, match=f"schema 9999, newer than {HEAD}"):
        Database(made)
    postgres.drop(made)


# -- connections -------------------------------------------------------------------------


def plain(url):
    return url.replace("+psycopg", "")


def test_a_connection_is_durable_patient_and_in_utc_whatever_the_server_is(postgres, url):
    name = sa.make_url(url).database
    postgres.run(
        f"alter database {name} set synchronous_commit = off",
        f"alter database {name} set timezone = 'Asia/Kolkata'",
    )
    with closing(Database(url)) as database, database.engine.connect() as connection:
        found = {
            setting: connection.exec_driver_sql(f"show {setting}").scalar()
            for setting in (
                "synchronous_commit", "timezone", "lock_timeout",
                "idle_in_transaction_session_timeout",
            )
        }  # fmt: skip
    postgres.run(f"alter database {name} reset all")
    assert found == {
        "synchronous_commit": "on",
        "timezone": "UTC",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "1min",
    }


def test_who_has_the_lock_of_all_writers_may_do_nothing_for_less_long(database):
    """A machine cut off in a batch must have lost it when others take over, after 30 s."""
    found = []
    for writing in (True, False):
        with database.begin(writing=writing) as session:
            asked = sa.text("show idle_in_transaction_session_timeout")
            found.append(session.scalar(asked))
    assert found == ["20s", "1min"]


def test_a_library_that_opens_connections_of_its_own_gives_a_silent_server_up(postgres, tmp_path):
    """It is given the address alone: the socket itself must know how long to wait."""
    authority = Authority(tmp_path)
    safe = authority.server(dt.datetime.now(dt.UTC) + dt.timedelta(days=9))
    with speaking_tls(postgres, safe) as port:
        url = f"postgresql+psycopg://postgres:p%40ss@127.0.0.1:{port}/postgres?sslmode=require"
        asked = patient(f"{url}&keepalives_count=5")
        with psycopg.connect(plain(asked)) as connection:
            held = socket.socket(fileno=os.dup(connection.fileno()))
    with closing(held):
        found = [
            held.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
            *(held.getsockopt(socket.IPPROTO_TCP, option) for option in (
                socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT,
                socket.TCP_USER_TIMEOUT,
            )),
        ]  # fmt: skip
    assert found == [1, 30, 10, 5, 30_000]  # five: what the address says stands
    assert sa.make_url(asked).query["connect_timeout"] == "10"
    assert patient(asked) == asked
    for other in ("sqlite:////tmp/a.db", "no address"):
        assert patient(other) == other


def test_connections_that_the_server_has_closed_are_opened_anew(postgres, url, database):
    with database.begin() as session:
        assert session.scalar(sa.select(sa.literal(1))) == 1
    name = sa.make_url(url).database
    postgres.run(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    with database.begin() as session:
        assert session.scalar(sa.select(sa.literal(1))) == 1


def test_a_connection_lost_in_a_transaction_is_told_in_a_sentence(postgres, url, database):
    name = sa.make_url(url).database
    end = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"

    def cut_off():
        with database.begin() as session:
            session.scalar(sa.select(sa.literal(1)))
            postgres.run(end)
            session.scalar(sa.select(sa.literal("canary@example.com")))

    with pytest.raises(StoreError, match="does not answer") as caught:
        cut_off()
    assert "canary" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "reason", "mend"),
    [
        ("127.0.0.1:1/news", "Connection refused", "Start the server"),
        ("/news?host={folder}/nowhere", "No such file or directory", "Start the server"),
        ("/nosuch?host={folder}", 'database "nosuch" does not exist', "createdb"),
        ("/postgres?host={folder}&user=nobody", 'role "nobody" does not exist', "address"),
        ("/postgres?host={folder}&nonsense=1", "invalid connection option", "storage.url"),
        ("127.0.0.1:x/news", "named by storage.url cannot be opened", "Check storage.url"),
        ("127.0.0.1:1/news?sslpassword=topsecret", "Connection refused", "Start the server"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_sentence_without_its_password(
    postgres, address, reason, mend
):
    at = "" if address.startswith("/") else "@"
    who = "" if "user=" in address else f"postgres:topsecret{at or '@'}"
    given = f"postgresql+psycopg://{who}{address.format(folder=postgres.folder)}"
    with pytest.raises(StoreError) as caught:
        Database(given)
    told = str(caught.value)
    assert reason in told
    assert mend in told
    assert "topsecret" not in told
    assert "\n" not in told


def test_a_wrong_password_is_told_and_not_shown(postgres):
    rules = postgres.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    postgres.run("create role careful login password 'right'", "create database guarded")
    rules.write_text("local guarded careful scram-sha-256\n" + before)
    postgres.run("select pg_reload_conf()")
    try:
        with pytest.raises(StoreError, match="password authentication failed") as caught:
            Database(f"postgresql+psycopg://careful:topsecret@/guarded?host={postgres.folder}")
    finally:
        rules.write_text(before)
        postgres.run("select pg_reload_conf()", "drop database guarded", "drop role careful")
    assert "Check user and password" in str(caught.value)
    assert "topsecret" not in str(caught.value)


# -- what is written ---------------------------------------------------------------------


@settings(
    max_examples=length(30, 1000), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    at=st.datetimes(
        dt.datetime(1970, 1, 1), dt.datetime(2200, 1, 1),  # noqa: DTZ001 - aware by `timezones`
        timezones=st.timezones(),
    ),
)  # fmt: skip
def test_any_text_and_instant_come_back_as_they_were_given(database, text, at):
    """But for NUL, which PostgreSQL does not keep: it becomes the sign of what is unreadable."""
    with database.begin() as session:
        session.merge(EditorRow(name="any", email=text, added_at=at))
    with database.begin() as session:
        found = session.get(EditorRow, "any")
    assert found.email == text.replace("\0", "�")
    assert found.added_at == at.astimezone(dt.UTC)  # by whichever side of a change of clocks
    assert found.added_at.tzinfo is dt.UTC


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize(
    "statement",
    [
        "update {table} set edition = edition",
        "delete from {table}",
        "truncate {table} cascade",
        "insert into {table} select * from {table} on conflict ({key}) do update set edition = 'x'",
    ],
)
def test_what_is_on_record_cannot_be_changed_by_a_stranger(remembering, table, statement):
    asked = statement.format(table=table, key=KEPT[table].replace(" ", ", "))
    with (
        psycopg.connect(plain(remembering)) as raw,
        pytest.raises(psycopg.errors.RaiseException, match=r"rows of \w+ are only added"),
    ):
        raw.execute(asked)


@pytest.fixture(scope="module")
def remembering(postgres):
    """Make a database with a row in each table of the memory."""
    made = postgres.fresh()
    with closing(Database(made)) as database, database.begin() as session:
        session.add(EditionRow(key="k", state="sent", created_at=NOON, expires_at=NOON, revision=1))
        session.flush()
        told = {"at": NOON, "day": NOON.date()}
        for statement in (
            "insert into views values ('k', :day, 't', 's', 'h', 'd', false, :at)",
            "insert into calls values ('k', 1, :day, 's', 'up', '5d', :day, 'k', null)",
            "insert into triggers values ('k', 1, :day, 'w', 'c', :day)",
            "insert into marks values ('k', 1, :day, null, null, '', :at)",
            "insert into firings values ('k', 1, :day, :at)",
        ):
            names = {name: value for name, value in told.items() if f":{name}" in statement}
            session.execute(sa.text(statement), names)
    yield made
    postgres.drop(made)


# -- several at once ---------------------------------------------------------------------


def test_of_editors_who_approve_at_once_one_does_and_the_chain_holds(postgres):
    made = postgres.fresh()
    with closing(Database(made)) as first, closing(Database(made)) as second:
        one, two = desk(first), desk(second)
        one.submit(KEY, revision(), LIFETIME)
        together(
            lambda: one.approve(KEY, "ann"),
            lambda: two.approve(KEY, "bob"),
            lambda: two.decide(KEY, State.REJECTED, "bob", "no"),
        )
        entries = AuditLog(first).entries(str(KEY))
        assert AuditLog(second).first_broken() is None
        states = [entry.action for entry in entries]
    postgres.drop(made)
    assert [states.count("approved") + states.count("rejected"), states.count("submitted")] == [
        1, 1,
    ], states  # fmt: skip


def test_many_writers_make_one_chain(postgres):
    made, each = postgres.fresh(), length(20, 500)
    with closing(Database(made)) as database:
        log = AuditLog(database)

        def write(name):
            for number in range(each):
                log.record(AuditEntry(NOON, name, "act", "subject", {"n": str(number)}))

        together(*(lambda name=name: write(name) for name in "abcd"))
        assert log.first_broken() is None
        assert log.head()[0] == 4 * each
        assert AuditLog(database).names()[0] == list("abcd")
    postgres.drop(made)


def test_workers_that_settle_the_same_copies_in_any_order_do_not_stop_each_other(postgres):
    """Two transactions that wait for each other's rows would both be lost."""
    made, readers = postgres.fresh(), [reader(n) for n in range(1, 9)]
    with sql_book(made, readers) as one, closing(Database(made)) as second:
        book = type(one)(second)
        rows = [frozen().delivery(each, signer(), APPROVED_AT) for each in readers]
        one.freeze(EDITION, rows)

        def work(own, order):
            with own.together():
                taken = [row for row in order if own.claim(row, APPROVED_AT)]
            with own.together():
                for row in reversed(taken):
                    mine = replace(row, state=DeliveryState.SENDING, attempts=1)
                    own.settle(mine, DeliveryState.ACCEPTED, "250", APPROVED_AT)
            return len(taken)

        gave = together(lambda: work(one, rows), lambda: work(book, rows[::-1]))
        assert sum(gave) == len(readers)
        assert one.counts(EDITION) == {DeliveryState.ACCEPTED: len(readers)}
    postgres.drop(made)


def test_the_server_ends_with_its_run(tmp_path):
    program = (
        "import sys, pathlib, postgres_support as p;"
        "s = p.Server(pathlib.Path(sys.argv[1])); print(s.folder, flush=True); sys.stdin.read()"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)])
    run = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": paths, "PYTEST_XDIST_WORKER": ""},
    )  # fmt: skip
    folder = run.stdout.readline().strip()
    server = int((Path(folder) / "data" / "postmaster.pid").read_text().split()[0])
    over = os.pidfd_open(server)
    run.kill()
    run.communicate()
    assert select.select([over], [], [], 60)[0], "the server outlives a killed run"
    os.close(over)
