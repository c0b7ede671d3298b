"""The archive's own column: filled for what was kept before there was one, and from then on."""

import json
import sqlite3

import pytest
from engine_support import KEY, LIFETIME, NOW, revision

from newsletter.clock import FixedClock
from newsletter.review.desk import Desk
from newsletter.review.listing import Sought, Wanted
from newsletter.store import database
from newsletter.store.artefacts import Artefacts
from newsletter.store.audit import AuditLog
from newsletter.store.editions import SqlEditionBook
from newsletter.store.people import SqlEditors


def kept(opened, id, subject):
    data = json.dumps({"schema": "rendered/1", "subject": subject}).encode()
    Artefacts(opened).put("rendered", id, data, NOW)


@pytest.mark.usefixtures("migrating")
def test_a_migration_reads_the_subjects_of_kept_mails(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    with monkeypatch.context() as before:
        before.setattr(database, "HEAD", "0006")
        old = database.Database(url)
        kept(old, "mail", "Small caps, at last")
        old.close()
    with sqlite3.connect(tmp_path / "kept.db") as raw:
        raw.execute(
            "insert into editions (key, state, created_at, expires_at, revision, reason) "
            "values (?, 'sent', ?, ?, 2, '')",
            (str(KEY), "2026-07-02 21:30:00", "2026-07-03 11:30:00"),
        )
        for number, mail in ((1, "gone"), (2, "mail")):
            raw.execute(
                "insert into revisions values (?, ?, 'a', ?, 's', 'l', 'd', ?, 'r', 'c', 0)",
                (str(KEY), number, "2026-07-02 21:30:00", mail),
            )
    opened = database.Database(url)
    book = SqlEditionBook(opened)
    (row,), total = book.listed(Wanted(text="AT LAST"), 10)
    assert (row.key, row.subject, row.revision, total) == (KEY, "Small caps, at last", 2, 1)
    assert opened.schema() == database.HEAD
    opened.close()


def test_a_new_revision_is_listed_under_its_own_mails_subject(tmp_path):
    opened = database.Database(f"sqlite:///{tmp_path / 'new.db'}")
    book, made = SqlEditionBook(opened), revision("a")
    kept(opened, made.rendered, "A quiet close " + "x" * 500)
    desk = Desk(book, SqlEditors(opened), FixedClock(NOW), four_eyes=False)
    desk.submit(KEY, made, LIFETIME)
    (row,), _ = book.listed(Wanted(), 10)
    assert row.subject == ("A quiet close " + "x" * 500)[:400]
    assert book.sessions_beside(KEY.session.date) == (None, None)
    assert [each.key for each in book.of_session(KEY.session.date)] == [KEY]
    log = AuditLog(opened)
    assert log.count(Sought(subject="2026-07", actor=made.author)) == 1
    assert log.count(Sought(subject="%")) == 0
    opened.close()
