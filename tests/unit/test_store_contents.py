"""Artefacts and editions in the store."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa
from engine_support import KEY, LIFETIME, NOW, desk, revision

from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.store.artefacts import Artefacts
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.editions import SqlEditionBook
from newsletter.store.models import ArtefactRow, RevisionRow

ENTRY = AuditEntry(NOW, "ann", "tried", str(KEY))


@pytest.fixture
def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path / 'news.db'}")
    yield opened
    opened.close()


def rows(database, model):
    with database.begin() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model))


def at_once(*works):
    """Do several things in threads of their own, started together; return their results."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        gate.wait()
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - the results are compared
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_contents_come_back_byte_for_byte(database):
    artefacts, data = Artefacts(database), bytes(range(256)) * 1000
    assert artefacts.put("draft", "abc", data, NOW) == "abc"
    assert artefacts.get("draft", "abc") == data


def test_contents_written_twice_are_kept_once(database):
    artefacts = Artefacts(database)
    artefacts.put("draft", "abc", b"one", NOW)
    artefacts.put("draft", "abc", b"one", NOW + dt.timedelta(hours=1))
    artefacts.put("ledger", "abc", b"other", NOW)
    assert rows(database, ArtefactRow) == 2
    assert artefacts.get("draft", "abc") == b"one"
    assert artefacts.get("ledger", "abc") == b"other"


def test_contents_written_by_two_at_once_are_kept_once(database):
    artefacts = Artefacts(database)
    ids = [f"{number:064}" for number in range(20)]
    write = lambda: [artefacts.put("draft", id, b"same", NOW) for id in ids]  # noqa: E731
    assert at_once(write, write, write) == [ids] * 3
    assert rows(database, ArtefactRow) == 20


def test_missing_contents_are_named(database):
    with pytest.raises(NotFound, match="holds no draft abc"):
        Artefacts(database).get("draft", "abc")


def test_an_edition_comes_back_as_it_was_saved(database):
    book = SqlEditionBook(database)
    made = Edition(KEY, State.IN_REVIEW, NOW, NOW + LIFETIME, revision(blocked=True))
    assert book.find(KEY) is None
    assert book.create(made, ENTRY) == made
    assert book.get(KEY) == made
    unblocked = made.revise(revision("b", number=2))
    book.save(unblocked, made, ENTRY)
    signed = unblocked.approve("ann", NOW, four_eyes=True)
    book.save(signed, unblocked, ENTRY)
    assert book.get(KEY) == signed
    assert book.revisions(KEY) == [made.revision, unblocked.revision]


def test_an_edition_created_twice_stands_as_first_created(database):
    book = SqlEditionBook(database)
    first = Edition(KEY, State.IN_REVIEW, NOW, NOW + LIFETIME, revision("a"))
    book.create(first, ENTRY)
    assert book.create(replace(first, revision=revision("b")), ENTRY) == first
    assert book.revisions(KEY) == [revision("a")]
    assert len(AuditLog(database).entries()) == 1


def test_editions_are_listed_latest_session_first(database):
    book = SqlEditionBook(database)
    for day in ("2026-07-01", "2026-07-06", "2026-07-02"):
        key = EditionKey.parse(f"{day}.XNYS.evening")
        book.create(Edition(key, State.IN_REVIEW, NOW, NOW + LIFETIME, revision()), ENTRY)
    assert [str(each.key)[:10] for each in book.all()] == ["2026-07-06", "2026-07-02", "2026-07-01"]
    assert [str(each.key)[:10] for each in book.all(limit=1)] == ["2026-07-06"]


def test_an_unknown_edition_is_no_edition(database):
    with pytest.raises(NotFound, match="There is no edition"):
        SqlEditionBook(database).get(KEY)


def test_a_save_on_an_old_copy_writes_nothing(database):
    book = SqlEditionBook(database)
    old = Edition(KEY, State.IN_REVIEW, NOW, NOW + LIFETIME, revision("a"))
    book.create(old, ENTRY)
    book.save(old.revise(revision("b", number=2)), old, ENTRY)
    stands, log = book.get(KEY), len(AuditLog(database).entries())
    for change in (
        old.approve("ann", NOW, four_eyes=False),
        old.revise(revision("c", number=2)),
        old.to(State.HELD, reason="wait"),
    ):
        with pytest.raises(ReviewError, match="was changed by somebody else a moment ago"):
            book.save(change, old, ENTRY)
    assert book.get(KEY) == stands
    assert len(book.revisions(KEY)) == 2
    assert len(AuditLog(database).entries()) == log


def test_a_save_on_a_copy_from_before_it_expired_and_was_reopened_writes_nothing(database):
    at = desk(database)
    old = at.submit(KEY, revision(), LIFETIME)
    at.clock.advance(LIFETIME)
    stands = at.submit(KEY, revision(), LIFETIME)
    with pytest.raises(ReviewError, match="changed by somebody else"):
        at.book.save(old.to(State.EXPIRED), old, ENTRY)
    assert at.book.get(KEY) == stands


def test_of_two_desks_that_approve_at_once_one_wins(tmp_path):
    url = f"sqlite:///{tmp_path / 'news.db'}"
    databases = [Database(url), Database(url)]
    desks = [desk(each) for each in databases]
    for day in range(1, 9):
        key = EditionKey.parse(f"2026-07-{day:02}.XNYS.evening")
        desks[0].submit(key, revision(), LIFETIME)
        before = len(AuditLog(databases[0]).entries(str(key)))
        results = at_once(
            lambda: desks[0].approve(key, "ann"),  # noqa: B023 - awaited within the loop
            lambda: desks[1].approve(key, "bob"),  # noqa: B023
        )
        errors = [each for each in results if isinstance(each, Exception)]
        assert [type(error) for error in errors] == [ReviewError], results
        assert "changed by somebody else" in str(errors[0]) or "is approved" in str(errors[0])
        winner = next(each for each in results if isinstance(each, Edition))
        assert desks[0].book.get(key) == winner
        assert len(AuditLog(databases[0]).entries(str(key))) == before + 1
    assert AuditLog(databases[0]).first_broken() is None
    for each in databases:
        each.close()


def test_of_an_approval_and_a_revision_at_once_nothing_stays_half_written(tmp_path):
    url = f"sqlite:///{tmp_path / 'news.db'}"
    databases = [Database(url), Database(url)]
    desks = [desk(each) for each in databases]
    for day in range(1, 9):
        key = EditionKey.parse(f"2026-07-{day:02}.XNYS.evening")
        desks[0].submit(key, revision("a"), LIFETIME)
        at_once(
            lambda: desks[0].approve(key, "ann"),  # noqa: B023
            lambda: desks[1].submit(key, revision("b"), LIFETIME),  # noqa: B023
            lambda: desks[1].submit(key, revision("c"), LIFETIME),  # noqa: B023
        )
        edition = desks[0].book.get(key)
        numbers = [each.number for each in desks[0].book.revisions(key)]
        assert numbers == list(range(1, edition.revision.number + 1))
        assert (edition.state == "approved") == (edition.approval is not None)
        if edition.approval:
            assert edition.approval.content == edition.revision.content
        acts = [entry.action for entry in AuditLog(databases[0]).entries(str(key))]
        assert acts.count("revised") == len(numbers) - 1
    assert AuditLog(databases[0]).first_broken() is None
    for each in databases:
        each.close()


def test_an_audit_entry_that_cannot_be_written_takes_the_change_back_with_it(database):
    book = SqlEditionBook(database)
    old = Edition(KEY, State.IN_REVIEW, NOW, NOW + LIFETIME, revision("a"))
    book.create(old, ENTRY)
    naive = replace(ENTRY, at=NOW.replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError):
        book.save(old.revise(revision("b", number=2)), old, naive)
    assert book.get(KEY) == old
    assert rows(database, RevisionRow) == 1
