"""The audience: pauses, days, segments at the hour of sending, and what is told of a reader."""

import datetime as dt

import pytest
from audience_support import NOW, audience
from send_support import EDITION, clock, frozen, signer

from newsletter.errors import ConfigError, NotFound, ReviewError
from newsletter.review.desk import AuditEntry
from newsletter.send.deliver import freeze_audience
from newsletter.send.readers import DAYS, Profile, Status
from newsletter.send.segments import Segment
from newsletter.store.audit import AuditLog
from newsletter.store.deliveries import SqlDeliveryBook
from newsletter.store.models import EditionRow
from newsletter.store.segments import SqlSegments

pytestmark = pytest.mark.databases

THURSDAY = dt.date(2026, 7, 2)
DAY = dt.timedelta(days=1)


@pytest.fixture
def book(tmp_path):
    with audience(tmp_path) as (found, _):
        yield found


def entry(action="paused a reader"):
    return AuditEntry(NOW, "ann", action, "reader 0123456789ab", {"list": "evening"})


def add(book, local, status=Status.ACTIVE, **known):
    email = f"{local}@example.com"
    reader, _ = book.add(email, "", "evening", {}, NOW, status=status, profile=Profile(**known))
    return reader.id


def locals_of(readers):
    return [reader.email.partition("@")[0] for reader in readers]


@pytest.mark.parametrize("status", list(Status))
def test_only_active_readers_get_mail_and_only_active_ones_rest(book, status):
    id = add(book, "a", status)
    gets = status is Status.ACTIVE
    assert locals_of(book.active("evening", None, THURSDAY)) == (["a"] if gets else [])
    assert book.resume(id, entry()) is (status is Status.PAUSED)
    assert book.pause(id, None, entry()) is (status in {Status.ACTIVE, Status.PAUSED})
    logged = len(AuditLog(book._database).entries())
    said = status in {Status.UNSUBSCRIBED, Status.COMPLAINED}
    assert book.unsubscribe(id, entry("unsubscribed")) is not said
    assert len(AuditLog(book._database).entries()) == logged + (not said)
    assert book.reader(id).status == (status if said else "unsubscribed")
    assert not book.resume(id, entry())


def test_a_pause_ends_on_its_day_and_not_before(book):
    id = add(book, "a")
    assert book.pause(id, THURSDAY, entry())
    assert locals_of(book.active("evening")) == []
    assert locals_of(book.active("evening", None, THURSDAY - DAY)) == []
    assert book.reader(id).paused_until == THURSDAY
    assert locals_of(book.active("evening", None, THURSDAY)) == ["a"]
    assert (book.reader(id).status, book.reader(id).paused_until) == ("active", None)
    book.pause(id, None, entry())  # without a day: until somebody resumes it
    assert locals_of(book.active("evening", None, dt.date(2200, 1, 1))) == []


def test_readers_get_mail_on_the_days_they_want(book):
    add(book, "all")
    for day in DAYS:
        add(book, day, days=(day,))
    for number in range(7):
        on = THURSDAY + number * DAY
        assert locals_of(book.active("evening", None, on)) == ["all", f"{on:%a}".lower()]


def test_one_mailbox_in_two_spellings_is_one_reader(book):
    book.add("Ada@example.com", "", "evening", {}, NOW, status=Status.UNSUBSCRIBED)
    reader, new = book.add("ada@EXAMPLE.com", "", "evening", {}, NOW)
    assert not new
    assert not reader.active
    assert len(book.readers("ADA@example.com")) == 1
    assert book.erase("aDa@example.com", entry("erased")) == 1
    assert book.readers("ada@example.com") == []


def test_an_edition_goes_to_its_segment_as_it_stands_when_it_is_sent(book):
    add(book, "in", country="IN")
    add(book, "us", country="US")
    add(book, "rests", Status.PAUSED, country="IN")
    late = add(book, "late")
    segment = Segment.of("india", 'jurisdiction == "IN"')
    book.change(late, Profile(country="IN"), entry("changed a reader"))
    database = book._database
    with database.begin() as session:
        times = {"created_at": NOW, "expires_at": NOW}
        session.add(EditionRow(key=EDITION, state="sending", revision=1, **times))
    deliveries = SqlDeliveryBook(database)
    readers = book.active("evening", segment, THURSDAY)
    assert freeze_audience(frozen(), readers, signer(), deliveries, clock()) == 2
    assert locals_of(row.subscriber for row in deliveries.open(EDITION, 10)) in (
        ["in", "late"], ["late", "in"],
    )  # fmt: skip
    again = book.active("evening", segment, THURSDAY)
    assert freeze_audience(frozen(), again, signer(), deliveries, clock()) == 0


def test_an_audience_that_breaks_off_is_frozen_again_and_lets_others_write(book, monkeypatch):
    monkeypatch.setattr("newsletter.store.deliveries._CHUNK", 2)
    monkeypatch.setattr("newsletter.store.deliveries._AT_ONCE", 2)
    for number in range(11):
        add(book, f"r{number:02}")
    database = book._database
    with database.begin() as session:
        times = {"created_at": NOW, "expires_at": NOW}
        session.add(EditionRow(key=EDITION, state="sending", revision=1, **times))
    deliveries = SqlDeliveryBook(database)

    def breaking():
        for number, reader in enumerate(book.active("evening")):
            if number == 6:  # in the midst of it somebody joins: nobody keeps the database
                add(book, "late")
            if number == 9:
                raise KeyboardInterrupt
            yield reader

    with pytest.raises(KeyboardInterrupt):
        freeze_audience(frozen(), breaking(), signer(), deliveries, clock())
    assert deliveries.counts(EDITION) == {"queued": 8}
    assert freeze_audience(frozen(), book.active("evening"), signer(), deliveries, clock()) == 4
    assert deliveries.counts(EDITION) == {"queued": 12}
    assert len({row.subscriber.email for row in deliveries.open(EDITION, 99)}) == 12


def test_segments_are_saved_said_anew_and_removed_with_a_word_in_the_log(book):
    kept = SqlSegments(book._database, {"mine": 'country == "US"'})
    one, other = Segment.of("s", "tickers"), Segment.of("s", "not tickers")
    assert kept.save(one, entry("saved a segment"))
    assert not kept.save(one, entry("saved a segment"))
    assert kept.save(other, entry("saved a segment"))
    assert kept.get("s") == other
    assert [(saved.name, saved.by) for saved in kept.all()] == [
        ("mine", "config.yaml"),
        ("s", "ann"),
    ]
    with pytest.raises(ReviewError, match=r"stands in config\.yaml"):
        kept.save(Segment.of("mine", "tickers"), entry("saved a segment"))
    kept.remove("s", entry("removed a segment"))
    for act in (kept.get, lambda name: kept.remove(name, entry())):
        with pytest.raises(NotFound, match="no segment 's'"):
            act("s")
    actions = [one.action for one in AuditLog(book._database).entries()]
    assert actions == ["saved a segment"] * 2 + ["removed a segment"]


def test_a_segment_of_the_configuration_is_read_before_anything_else(tmp_path):
    from newsletter import assets
    from newsletter.app import House

    text = (
        assets.find("config.yaml")
        .read_text()
        .replace("segments: {}", "segments: {india: contry == 'IN'}")
    )
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"segments.india: .*character 1.*'country'\?"):
        House(tmp_path / "config.yaml")


@pytest.mark.databases("sqlite")
def test_no_page_of_a_list_sorts_the_whole_list(book, monkeypatch):
    """Else freezing takes time by the square of the readers; the database itself is asked."""
    for number in range(5):
        add(book, f"r{number}")
    asked = []

    def planned(query):
        with book._database.begin() as session:
            text = str(query.compile(session.connection(), compile_kwargs={"literal_binds": True}))
            plan = session.connection().exec_driver_sql("explain query plan " + text).all()
            asked.append(" ".join(str(row[-1]) for row in plan))
            return list(session.execute(query))

    monkeypatch.setattr("newsletter.store.audience.PAGE", 2)
    monkeypatch.setattr(book, "_rows", planned)
    assert len(list(book.active("evening", None, THURSDAY))) == 5
    assert len(asked) == 4
    assert all("TEMP B-TREE" not in plan for plan in asked), asked
    assert all("list=? AND (mailbox,id)>" in plan for plan in asked[1:]), asked
