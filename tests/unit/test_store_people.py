"""Editors and readers in the store."""

import datetime as dt
import sqlite3
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from engine_support import KEY, LIFETIME, NOW, desk, revision

from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import AuditEntry
from newsletter.send.delivery import Delivery, DeliveryState
from newsletter.store.audience import Audience
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.deliveries import SqlDeliveryBook
from newsletter.store.models import SubscriberRow
from newsletter.store.people import SqlEditors

LATER = NOW + dt.timedelta(days=1)
CONSENT = {"how": "form", "at": "2026-07-02"}
ERASED = AuditEntry(LATER, "ann", "erased", "reader 0123456789ab")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "news.db"


@pytest.fixture
def database(file):
    opened = Database(f"sqlite:///{file}")
    yield opened
    opened.close()


def ended(at):
    return AuditEntry(at, "ann", "unsubscribed", "reader 0123456789ab", {"list": "evening"})


def add(database, email="ada@example.com", list_name="evening", name="Ada"):
    return Audience(database).add(email, name, list_name, CONSENT, NOW)


def test_a_new_reader_is_active_and_known_the_second_time(database):
    reader, new = add(database)
    assert (reader.email, reader.name, reader.list, reader.active, new) == (
        "ada@example.com",
        "Ada",
        "evening",
        True,
        True,
    )
    assert add(database) == (reader, False)
    other, new = add(database, list_name="weekly")
    assert new
    assert other.id != reader.id


def test_consent_is_kept_as_it_was_given(database):
    reader, _ = add(database)
    Audience(database).add("ada@example.com", "Eve", "evening", {"how": "bought list"}, LATER)
    ((found, consent),) = Audience(database).find("ada@example.com")
    assert found == reader
    assert consent == '{"at": "2026-07-02", "how": "form"}'


def test_a_reader_added_by_two_at_once_is_added_once(database):
    results, gate = [], threading.Barrier(3)

    def work():
        gate.wait()
        results.extend(add(database, f"reader{number}@example.com") for number in range(15))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 45
    assert sum(new for _, new in results) == 15
    assert len(list(Audience(database).active("evening"))) == 15


def test_every_active_reader_of_a_list_is_found_once_over_several_pages(database):
    values = [
        {
            "id": f"{number * 7919 % 2500:05}",
            "email": f"reader{number}@example.com",
            "name": "",
            "list": "evening" if number < 2500 else "weekly",
            "status": "active" if number % 100 else "unsubscribed",
            "consent": "",
            "added_at": NOW,
            "changed_at": NOW,
        }
        for number in range(2500)
    ]
    values += [{**values[1], "id": "other", "list": "weekly"}]
    with database.begin() as session:
        session.execute(sa.insert(SubscriberRow), values)
    readers = list(Audience(database).active("evening"))
    expected = {f"reader{number}@example.com" for number in range(2500) if number % 100}
    assert len(readers) == 2475
    assert {reader.email for reader in readers} == expected
    assert len(list(Audience(database).all())) == 2501
    assert Audience(database).stats() == {
        "evening": {"active": 2475, "unsubscribed": 25},
        "weekly": {"active": 1},
    }


def test_readers_who_come_while_pages_are_read_do_no_harm(database):
    for number in range(5):
        add(database, f"reader{number}@example.com")
    found = []
    for reader in Audience(database).active("evening"):
        found.append(reader.email)
        add(database, "late@example.com")
    assert len(found) == len(set(found))
    assert {f"reader{number}@example.com" for number in range(5)} <= set(found)


def test_who_unsubscribed_stays_so_when_added_again(database):
    audience = Audience(database)
    reader, _ = add(database)
    assert audience.unsubscribe(reader.id, ended(LATER))
    assert not audience.unsubscribe(reader.id, ended(LATER))
    again, new = add(database)
    assert not new
    assert not again.active
    assert list(audience.active("evening")) == []
    assert not SqlDeliveryBook(database).is_active(reader.id)
    assert audience.stats() == {"evening": {"unsubscribed": 1}}


def test_unsubscribing_from_one_list_leaves_the_other(database):
    reader, _ = add(database)
    add(database, list_name="weekly")
    Audience(database).unsubscribe(reader.id, ended(LATER))
    assert [each.list for each in Audience(database).active("weekly")] == ["weekly"]


def test_an_unknown_reader_cannot_unsubscribe(database):
    assert not Audience(database).unsubscribe("nobody", ended(NOW))


def everything(file):
    """Return every value of every row of every table, as one text."""
    with closing(sqlite3.connect(file)) as raw:
        names = raw.execute("select name from sqlite_master where type = 'table'").fetchall()
        return "\n".join(
            str(value)
            for (name,) in names
            for row in raw.execute(f"select * from {name}")
            for value in row
        )


def test_erasing_leaves_the_address_in_no_row_of_any_table(database, file):
    desk(database).submit(KEY, revision(), LIFETIME)
    gone, _ = add(database)
    add(database, list_name="weekly")
    kept, _ = add(database, "ada@example.org", name="Other")
    book = SqlDeliveryBook(database)
    rows = [
        Delivery(str(KEY), reader, f"m{n}", DeliveryState.QUEUED, 0, "", NOW)
        for n, reader in enumerate((gone, kept))
    ]
    assert book.freeze(str(KEY), rows) == 2
    for row in rows:
        address = row.subscriber.email
        assert book.settle(row, DeliveryState.BOUNCED, f"550 <{address}>: unknown", NOW)
    # As typed and as compared, on two lists, and in a reply.
    assert everything(file).count("ada@example.com") == 5
    assert Audience(database).erase("ada@example.com", ERASED) == 2
    left = everything(file)
    assert "ada@example.com" not in left
    assert "Ada" not in left
    assert gone.id in left  # the delivery itself stays counted, without a person
    assert left.count("ada@example.org") == 3
    assert book.counts(str(KEY)) == {DeliveryState.BOUNCED: 2}
    assert Audience(database).find("ada@example.com") == []
    assert Audience(database).erase("ada@example.com", ERASED) == 0


@pytest.mark.parametrize("act", ["unsubscribe", "erase"])
def test_what_cannot_be_logged_is_not_done(database, file, act):
    desk(database).submit(KEY, revision(), LIFETIME)
    reader, _ = add(database)
    book, audience = SqlDeliveryBook(database), Audience(database)
    row = Delivery(str(KEY), reader, "m", DeliveryState.QUEUED, 0, "", NOW)
    book.freeze(str(KEY), [row])
    book.settle(row, DeliveryState.BOUNCED, "550 <ada@example.com>: unknown", NOW)
    acts = {
        "unsubscribe": lambda: audience.unsubscribe(reader.id, ended(LATER)),
        "erase": lambda: audience.erase("ada@example.com", ERASED),
    }
    before = everything(file)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(
            "create trigger full before insert on audit begin select raise(abort, 'disk full'); end"
        )
        raw.commit()
    with pytest.raises(sa.exc.IntegrityError, match="disk full"):
        acts[act]()
    assert everything(file) == before
    assert audience.reader(reader.id).subscriber.active
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("drop trigger full")
        raw.commit()
    assert acts[act]()
    (entry,) = [e for e in AuditLog(database).entries() if e.subject == ERASED.subject]
    assert entry.detail == ({"subscriptions": "1"} if act == "erase" else {"list": "evening"})
    assert not acts[act]()  # nothing is done twice, and nothing logged that was not done
    assert len([e for e in AuditLog(database).entries() if e.subject == ERASED.subject]) == 1
    assert AuditLog(database).first_broken() is None


def test_an_editor_is_added_disabled_and_enabled_again(database):
    editors = SqlEditors(database)
    assert not editors.is_active("ann")
    editors.add("ann", "ann@example.com", NOW)
    assert editors.is_active("ann")
    editors.disable("ann", LATER)
    assert not editors.is_active("ann")
    assert [(each.name, each.active) for each in editors.all()] == [("ann", False)]
    editors.add("ann", "new@example.com", LATER)
    assert editors.is_active("ann")
    assert [each.email for each in editors.all()] == ["new@example.com"]


def test_an_active_editor_is_not_added_twice_under_any_spacing(database):
    editors = SqlEditors(database)
    editors.add("Ann  Lee ", "ann@example.com", NOW)
    for name in ("Ann Lee", " Ann Lee"):
        with pytest.raises(ReviewError, match="already an editor named 'Ann Lee'"):
            editors.add(name, "x@example.com", NOW)
    assert [each.name for each in editors.all()] == ["Ann Lee"]


@pytest.mark.parametrize("name", ["", "  ", "operator", "pipeline"])
def test_a_name_that_means_nobody_or_the_machine_is_refused(database, name):
    with pytest.raises(ReviewError):
        SqlEditors(database).add(name, "x@example.com", NOW)
    assert SqlEditors(database).all() == []


def test_disabling_a_stranger_says_so(database):
    with pytest.raises(NotFound, match="no editor 'nobody'"):
        SqlEditors(database).disable("nobody", NOW)
