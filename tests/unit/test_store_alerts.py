"""What stands, written by many at once: each change told once, a flood as one letter."""

import datetime as dt
import json
from collections import Counter

import pytest
import sqlalchemy as sa
from desk_support import at_once
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lengths import length

from newsletter.review.alert import LEASE, Level, Raised, Unsure
from newsletter.review.desk import AuditEntry
from newsletter.review.events import Event, Webhook
from newsletter.review.notice import Fate
from newsletter.store.alert_letters import SqlAlertLetters
from newsletter.store.alerts import SqlAlerts
from newsletter.store.database import Database
from newsletter.store.models_alerts import AlarmRow, AlertLetterRow, AlertPostRow, AlertRow
from newsletter.store.models_desk import WebhookLogRow
from newsletter.store.webhooks import SqlWebhooks

NOW = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
ENTRY = AuditEntry(NOW, "Ada", "webhook added", "w1")


def raised(subject="a", step=1, **more):
    level = Level.URGENT if step > 1 else Level.WARN
    return Raised("disk", subject, "A disk is nearly full", f"Step {step}.", "Make room.", level,
                  step, **more)  # fmt: skip


def to(*names):
    return lambda one: list(names)


@pytest.fixture
def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path / 'alerts.db'}")
    every = Webhook("w1", "https://hooks.example.com/", frozenset(Event), "Ada", NOW)
    SqlWebhooks(opened).add(every, ENTRY)
    yield opened
    opened.close()


def empty(database):
    with database.begin(writing=True) as session:
        for table in (AlertLetterRow, AlertPostRow, AlertRow, AlarmRow, WebhookLogRow):
            session.execute(sa.delete(table))


def changes(database):
    """Return how often other systems were told of which change."""
    with database.begin() as session:
        bodies = [json.loads(row.body)["data"] for row in session.scalars(sa.select(WebhookLogRow))]
    return Counter((one["subject"], one["change"]) for one in bodies)


class Model:
    """What should be told, as the documents say it: by hand, minute by minute."""

    def __init__(self):
        self.stands, self.quiet, self.worst, self.told = set(), {}, {}, Counter()

    def look(self, minute, steps, unsure):
        for name, step in steps.items():
            if name not in self.stands:
                self.stands.add(name)
                self.told[name, "began"] += 1
                self.worst[name] = step
            elif step > self.worst[name]:
                self.told[name, "worse"] += 1
                self.worst[name] = step
            self.quiet.pop(name, None)
        for name in list(self.stands - steps.keys() - unsure):
            if minute - self.quiet.setdefault(name, minute) >= 10:
                self.stands.discard(name)
                self.told[name, "over"] += 1
                del self.quiet[name]


LOOKS = st.lists(
    st.tuples(
        st.integers(1, 14),
        st.dictionaries(st.sampled_from("abc"), st.integers(1, 3)),
        st.sets(st.sampled_from("abc")),
    ),
    max_size=14,
)


@settings(
    max_examples=length(30, 1000), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(looks=LOOKS)
def test_each_change_is_told_once_and_what_stands_is_what_was_seen(database, looks):
    empty(database)
    book, other, model, minute = SqlAlerts(database), SqlAlerts(database), Model(), 0
    for wait, steps, unsure in looks:
        minute += wait
        model.look(minute, steps, unsure)
        seen = [raised(name, step) for name, step in steps.items()]
        seen += [Unsure("disk", name) for name in unsure - steps.keys()]
        for each in (book, other):  # a second process finds the same and tells nothing more
            each.note("disk", seen, NOW + minute * MINUTE, to("Ada"))
    assert {one.subject for one in book.standing()} == model.stands
    assert changes(database) == model.told
    with database.begin() as session:
        letters = Counter((r.subject, r.change) for r in session.scalars(sa.select(AlertLetterRow)))
    assert letters == model.told


@pytest.mark.databases
def test_many_processes_that_see_the_same_tell_it_once(database):
    books = [SqlAlerts(database) for _ in range(6)]
    seen = [raised("a", 2), raised("b")]
    for at in (NOW, NOW + MINUTE):
        at_once(6, lambda n, at=at: books[n].note("disk", seen, at, to("Ada", "Bo")))
    assert changes(database) == {("a", "began"): 1, ("b", "began"): 1}
    assert SqlAlertLetters(database).counts() == {Fate.WAITING: 4}
    assert [one.subject for one in books[0].standing()] == ["a", "b"]  # the urgent first
    taken = at_once(6, lambda n: SqlAlertLetters(database).take(NOW + MINUTE, 6))
    assert Counter(p.recipient for each in taken for p in each) == {"Ada": 2, "Bo": 2}
    turns = at_once(6, lambda n: books[n].turn("disk", NOW))
    assert turns.count(None) == 5


def test_a_look_that_dies_is_made_by_another_and_one_that_is_done_is_not_due(database):
    book = SqlAlerts(database)
    assert book.turn("disk", NOW) == NOW
    assert book.turn("disk", NOW + MINUTE, now_all=True) is None  # somebody is at it
    assert book.turn("disk", NOW + 2 * MINUTE) == NOW  # who died; it is looked at since then
    book.looked("disk", NOW + 2 * MINUTE, NOW + 60 * MINUTE)
    assert book.turn("disk", NOW + 59 * MINUTE) is None
    assert book.turn("disk", NOW + 59 * MINUTE, now_all=True) == NOW
    assert book.looked_at() == NOW + 2 * MINUTE


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 25), st.integers(1, 9), st.booleans(), st.booleans()), max_size=16
)


@settings(
    max_examples=length(12, 500), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(arrivals=ARRIVALS, most=st.integers(3, 8))
def test_nobody_gets_more_letters_in_an_hour_and_nothing_is_lost(database, arrivals, most):
    empty(database)
    book, post, minute, number = SqlAlerts(database), SqlAlertLetters(database), 0, 0
    sent, lines = [], 0
    for wait, count, urgent, dies in [*arrivals, *[(61, 0, False, False)] * 6]:
        minute += wait
        now = NOW + minute * MINUTE
        new = [raised(f"{number + n}", 2 if urgent else 1) for n in range(count)]
        number += count
        if new:  # each by a look of its own, so that all of it stands
            book.note(f"source {number}", new, now, to("Ada"))
        for parcel in post.take(now, most):
            sent.append(minute)
            if not dies:  # else the server took it and nobody noted that: it comes again
                post.delivered(parcel)
                lines += len(parcel.lines)
    assert lines == number
    assert post.counts() in ({Fate.DELIVERED: number}, {})
    for at in sent:
        assert sum(at - 60 < each <= at for each in sent) <= most


def test_more_than_three_at_once_are_one_letter_with_the_urgent_first(database):
    book, post = SqlAlerts(database), SqlAlertLetters(database)
    book.note("one", [raised(name) for name in "abc"], NOW, to("Ada"))
    assert [len(one.lines) for one in post.take(NOW, 6)] == [1, 1, 1]
    book.note("two", [*map(raised, "defg"), raised("h", 2)], NOW, to("Ada"))
    (letter,) = post.take(NOW, 6)
    assert [line.standing.subject for line in letter.lines] == ["h", "d", "e", "f", "g"]
    # What is left of the hour is for what is urgent.
    book.note("three", [raised("i")], NOW, to("Ada"))
    assert post.take(NOW + MINUTE, 6) == []
    book.note("four", [raised("j", 2)], NOW + MINUTE, to("Ada"))
    again = post.take(NOW + 2 * MINUTE, 6)
    assert [line.standing.subject for one in again for line in one.lines] == ["j"]


def test_what_is_over_or_worse_before_its_letter_went_is_not_told_as_it_was(database):
    book, post = SqlAlerts(database), SqlAlertLetters(database)
    book.note("disk", [raised("a"), raised("b")], NOW, to("Ada"))
    book.note("disk", [raised("a", 2)], NOW + MINUTE, to("Ada"))
    book.note("disk", [raised("a", 2)], NOW + 11 * MINUTE, to("Ada"))
    (parcel,) = post.take(NOW + 12 * MINUTE, 6)
    ((line,),) = [parcel.lines]
    assert (line.standing.subject, line.change, line.standing.words) == ("a", "worse", "Step 2.")
    assert post.counts() == {Fate.WAITING: 1, Fate.DROPPED: 3}
    # Who dies with it in hand leaves it to another; then it is over, and who heard of it hears.
    (again,) = post.take(NOW + 12 * MINUTE + LEASE, 6)
    post.delivered(again)
    for minutes in (30, 41):
        book.note("disk", [], NOW + minutes * MINUTE, to("Ada"))
    ((line,),) = [one.lines for one in post.take(NOW + 41 * MINUTE, 6)]
    assert line.change == "over"


def test_another_mark_is_another_alert_and_what_ends_in_silence_says_nothing(database):
    book = SqlAlerts(database)
    book.note("m", [raised("a", mark="1", ends_told=False)], NOW, to("Ada"))
    book.note("m", [raised("a", mark="2", ends_told=False)], NOW + MINUTE, to("Ada"))
    assert changes(database) == {("a", "began"): 2}
    for minutes in (2, 12):
        book.note("m", [], NOW + minutes * MINUTE, to("Ada"))
    assert changes(database) == {("a", "began"): 2, ("a", "over"): 1}
    assert SqlAlertLetters(database).counts() == {Fate.WAITING: 2}
    assert book.standing() == []


def test_other_systems_are_told_without_addresses(database):
    said = Raised("stopped", "k", "A delivery stands still",
                  "450 <zoe@example.com>: busy", "Ask ops@example.com.")  # fmt: skip
    SqlAlerts(database).note("m", [said], NOW, to())
    (row,) = SqlWebhooks(database).log("w1")
    told = json.loads(row.body)
    assert "@" not in row.body
    assert told["type"] == "alert.raised"
    assert set(told["data"]) == {"edition", "alert", "subject", "change", "level", "title",
                                 "words", "mend", "since"}  # fmt: skip


def test_what_is_over_for_long_is_forgotten(database):
    book = SqlAlerts(database)
    book.turn("disk", NOW)
    book.note("disk", [raised("a")], NOW, to("Ada"))
    for days in (1, 2):
        book.note("disk", [], NOW + dt.timedelta(days=days), to("Ada"))
    for days, left in ((60, 1), (63, 0)):
        now = NOW + dt.timedelta(days=days)
        book.looked("disk", now, now)
        with database.begin() as session:
            assert len(session.scalars(sa.select(AlertRow)).all()) == left


def test_sources_do_not_end_each_others_alerts(database):
    book = SqlAlerts(database)
    book.note("one", [raised("a")], NOW, to())
    for minutes in (1, 12, 30):
        book.note("two", [], NOW + minutes * MINUTE, to())
    assert [one.subject for one in book.standing()] == ["a"]
