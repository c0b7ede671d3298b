"""The memory's tables: rows are added, and neither changed nor removed by anybody."""

import datetime as dt
import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest
import sqlalchemy as sa
from engine_support import LIFETIME, revision
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_support import DAYS, call, key, said, trigger

from newsletter.draft.memory import Findings, Firing, Mark
from newsletter.review.edition import EditionKey
from newsletter.store.database import Database
from newsletter.store.editions import SqlEditionBook
from newsletter.store.memory import SqlMemory
from newsletter.store.migrations.versions.v0003_memory import KEPT
from newsletter.store.models import CallRow, FiringRow, MarkRow, TriggerRow, ViewRow

NOON = dt.datetime(2026, 7, 2, 12, tzinfo=dt.UTC)
ROWS = (ViewRow, CallRow, TriggerRow, MarkRow, FiringRow)
SESSIONS = DAYS.between(dt.date(2026, 3, 2), dt.date(2026, 3, 31))
FIRST = SESSIONS[0]
REFUSED = "are only added"


def _with_editions(database):
    from newsletter.clock import FixedClock
    from newsletter.review.desk import Desk
    from newsletter.store.people import SqlEditors

    desk = Desk(SqlEditionBook(database), SqlEditors(database), FixedClock(NOON), four_eyes=False)
    for session in SESSIONS:
        desk.submit(EditionKey.parse(key(session)), revision(), LIFETIME)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "news.db"


@pytest.fixture
def database(file):
    opened = Database(f"sqlite:///{file}")
    _with_editions(opened)
    yield opened
    opened.close()


@pytest.fixture
def memory(database):
    """One edition with a call and a trigger, both judged."""
    kept = SqlMemory(database)
    kept.record(
        said(FIRST, calls=[call(FIRST, trailing="1.5")], triggers=[trigger(FIRST, "A.b.c > 1")]),
        NOON,
    )
    kept.add(
        Findings(
            (Mark(key(FIRST), 1, SESSIONS[5], Decimal("-0.10"), FIRST),),
            (Firing(key(FIRST), 1, SESSIONS[2]),),
        ),
        NOON,
    )
    return kept


def test_everything_comes_back_as_it_was_put(memory):
    whole = memory.recall()
    assert whole.views == (said(FIRST).view,)
    assert whole.calls == (call(FIRST, trailing="1.5"),)
    assert whole.triggers == (trigger(FIRST, "A.b.c > 1"),)
    assert str(whole.marks[0].value) == "-0.10"
    assert whole.mark(whole.calls[0]) == whole.marks[0]
    assert whole.fired(whole.triggers[0]) == SESSIONS[2]


def test_an_edition_is_recorded_once_whatever_it_says_the_second_time(memory):
    before = memory.recall()
    assert not memory.record(said(FIRST, "against", calls=[call(FIRST, "down")]), NOON)
    assert memory.recall() == before


def test_a_finding_on_record_stays_as_it_is(memory):
    before = memory.recall()
    other = Mark(key(FIRST), 1, SESSIONS[5], Decimal(99), FIRST)
    memory.add(Findings((other,), (Firing(key(FIRST), 1, SESSIONS[2]),)), NOON)
    assert memory.recall() == before


def test_nothing_is_kept_of_an_edition_the_house_never_made(database):
    kept = SqlMemory(database)
    with pytest.raises(sa.exc.IntegrityError):
        kept.record(said(dt.date(2026, 4, 1), calls=[call(dt.date(2026, 4, 1))]), NOON)
    assert kept.recall().views == kept.recall().calls == ()


def _changes(row):
    """Return every way the ORM knows to change or remove a row."""
    word = "reason" if hasattr(row, "reason") else "edition"

    def set_and_flush(session):
        found = session.scalars(sa.select(row)).one()
        if row is FiringRow:
            found.recorded_at = NOON + dt.timedelta(days=1)
        else:
            setattr(found, {ViewRow: "headline", CallRow: "direction", TriggerRow: "words",
                            MarkRow: "value"}[row], "other")  # fmt: skip
        session.flush()

    def merge(session):
        found = session.scalars(sa.select(row)).one()
        columns = {c.name: getattr(found, c.name) for c in row.__table__.columns}
        session.expunge(found)
        session.merge(row(**columns | {"recorded_at": NOON + dt.timedelta(days=1)}
                          if "recorded_at" in columns else columns | _other(row)))  # fmt: skip
        session.flush()

    return {
        "unit of work": set_and_flush,
        "merge": merge,
        "bulk update": lambda s: s.execute(sa.update(row).values({word: "other"})),
        "delete": lambda s: (s.delete(s.scalars(sa.select(row)).one()), s.flush()),
        "bulk delete": lambda s: s.execute(sa.delete(row)),
    }


def _other(row):
    return {CallRow: {"direction": "down"}, TriggerRow: {"words": "other"}}[row]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__tablename__)
@pytest.mark.parametrize("way", ["unit of work", "merge", "bulk update", "delete", "bulk delete"])
def test_no_way_of_the_orm_changes_or_removes_a_row(database, memory, row, way):
    before = memory.recall()
    with (
        pytest.raises(sa.exc.DatabaseError, match=f"rows of {row.__tablename__} {REFUSED}"),
        database.begin() as session,
    ):
        _changes(row)[way](session)
    assert memory.recall() == before


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize(
    "statement",
    [
        "update {table} set edition = edition",
        "delete from {table}",
        "insert or replace into {table} select * from {table}",
        "replace into {table} select * from {table}",
        (
            "insert into {table} select * from {table} where true on conflict do update set "
            "edition = 'x'"
        ),
    ],
)
def test_nor_does_a_stranger_with_the_file(file, database, memory, table, statement):
    """Another program has neither our pragmas nor our models."""
    before = memory.recall()
    with closing(sqlite3.connect(file)) as raw, pytest.raises(sqlite3.Error, match=REFUSED):
        raw.execute(statement.format(table=table))
    assert memory.recall() == before


def test_every_table_of_the_memory_is_guarded():
    assert {row.__tablename__ for row in ROWS} == set(KEPT)
    for row in ROWS:
        assert KEPT[row.__tablename__].split() == [c.name for c in row.__table__.primary_key]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(SESSIONS),
            st.sampled_from(["for", "against", "neither", ""]),
            st.decimals(-99, 99, places=4),
        ),
        max_size=8,
    )
)
def test_what_was_once_recalled_is_recalled_for_ever(editions):
    opened = Database("sqlite://")
    _with_editions(opened)
    kept, seen = SqlMemory(opened), SqlMemory(opened).recall()
    for session, stance, value in editions:
        kept.record(said(session, stance, calls=[call(session, trailing=value)]), NOON)
        kept.add(Findings((Mark(key(session), 1, SESSIONS[-1], value, session),)), NOON)
        now = kept.recall()
        for name in ("views", "calls", "triggers", "marks", "firings"):
            assert set(getattr(seen, name)) <= set(getattr(now, name))
        seen = now
    assert len(seen.calls) == len({session for session, _, _ in editions})
    opened.close()
