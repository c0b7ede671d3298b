"""The audit log: what was done stays as it was told."""

import datetime as dt
import hashlib
import json
import sqlite3
import threading
from contextlib import closing

import pytest
from engine_support import KEY, LIFETIME, NOW, desk, revision

from newsletter.errors import StoreError
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import State
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database


@pytest.fixture
def file(tmp_path):
    """Make a log of ten acts of a real desk."""
    file = tmp_path / "news.db"
    database = Database(f"sqlite:///{file}")
    at = desk(database)
    for content in "abcd":
        at.submit(KEY, revision(content), LIFETIME)
        at.clock.advance(dt.timedelta(minutes=7, microseconds=3))
        at.approve(KEY, "ann")
    at.decide(KEY, State.HELD, "bob", "Zahlen prüfen: “VIX” – ₹")
    at.decide(KEY, State.CANCELLED, "bob", "no")
    database.close()
    return file


def change(file, *statements):
    with closing(sqlite3.connect(file)) as raw:
        for statement in statements:
            assert raw.execute(statement).rowcount >= 1, statement
        raw.commit()


def first_broken(file):
    database = Database(f"sqlite:///{file}")
    try:
        return AuditLog(database).first_broken()
    finally:
        database.close()


def test_the_chain_is_intact_after_many_acts(file):
    assert first_broken(file) is None


def test_the_chain_is_the_documented_one(file):
    with closing(sqlite3.connect(file)) as raw:
        rows = raw.execute(
            "select seq, at, actor, action, subject, detail, hash from audit order by seq"
        ).fetchall()
    assert [row[0] for row in rows] == list(range(1, 11))
    previous = "0" * 64
    for seq, at, actor, action, subject, detail, found in rows:
        instant = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC).isoformat()
        parts = [previous, seq, instant, actor, action, subject, detail]
        text = json.dumps(parts, ensure_ascii=False)
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert previous == found


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("update audit set actor = 'eve' where seq = 4", 4),
        ("update audit set action = 'rejected' where seq = 2", 2),
        ("update audit set subject = '2026-07-03.XNYS.evening' where seq = 1", 1),
        ("update audit set at = replace(at, '21:', '20:') where seq = 1", 1),
        ("update audit set detail = replace(detail, 'a', 'b') where seq = 6", 6),
        ("update audit set hash = substr(hash, 2) || substr(hash, 1, 1) where seq = 5", 5),
        ("update audit set detail = '{' where seq = 7", 7),
        ("update audit set detail = substr(detail, 2) where seq = 10", 10),
        ("update audit set at = 'yesterday' where seq = 3", 3),
        ("delete from audit where seq = 1", 2),
        ("delete from audit where seq = 5", 6),
        ("delete from audit where seq in (2, 3, 4)", 5),
    ],
)
def test_an_altered_or_removed_entry_is_found(file, statement, place):
    change(file, statement)
    assert first_broken(file) == place


def test_reordered_entries_are_found(file):
    change(
        file,
        "update audit set seq = 99 where seq = 3",
        "update audit set seq = 3 where seq = 4",
        "update audit set seq = 4 where seq = 99",
    )
    assert first_broken(file) == 3


def test_an_entry_put_in_between_is_found(file):
    change(
        file,
        "update audit set seq = seq + 100 where seq > 4",
        "update audit set seq = seq - 99 where seq > 100",
        "insert into audit select 5, at, 'eve', action, subject, detail, hash from audit"
        " where seq = 4",
    )
    assert first_broken(file) == 5


def test_a_log_that_cannot_be_read_says_where(file):
    change(file, "update audit set detail = '{' where seq = 7")
    database = Database(f"sqlite:///{file}")
    with pytest.raises(StoreError, match="entry 7 was altered"):
        AuditLog(database).entries()
    database.close()


def test_entries_come_back_as_they_were_recorded_by_subject(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'news.db'}")
    log = AuditLog(database)
    entries = [
        AuditEntry(NOW, "ann", "did", f"subject-{number % 2}", {"reason": "– ₹ “x”"})
        for number in range(4)
    ]
    for entry in entries:
        log.record(entry)
    assert log.entries() == entries
    assert log.entries("subject-1") == [entries[1], entries[3]]
    assert log.entries("subject-2") == []
    database.close()


def test_entries_appended_by_threads_at_once_keep_the_chain(tmp_path):
    url = f"sqlite:///{tmp_path / 'news.db'}"
    databases = [Database(url), Database(url)]
    failed = []

    def record(database, actor):
        for number in range(40):
            try:
                AuditLog(database).record(AuditEntry(NOW, actor, str(number), "x"))
            except Exception as error:  # noqa: BLE001 - the point of the test
                failed.append(error)

    threads = [
        threading.Thread(target=record, args=pair)
        for pair in ((databases[0], "ann"), (databases[1], "bob"), (databases[1], "cy"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    log = AuditLog(databases[0])
    assert failed == []
    assert log.first_broken() is None
    for actor in ("ann", "bob", "cy"):
        own = [entry.action for entry in log.entries() if entry.actor == actor]
        assert own == [str(number) for number in range(40)]
    for database in databases:
        database.close()
