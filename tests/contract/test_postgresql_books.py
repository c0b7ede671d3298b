"""Books that several processes write at once: on PostgreSQL each thing is done by one of them."""

import contextlib
import datetime as dt
import threading

import pytest
from pool_support import warming
from postgres_support import together
from send_support import APPROVED_AT, EDITION, frozen, reader, signer, sql_book

from newsletter.review.desk import AuditEntry
from newsletter.review.notice import About, Matter
from newsletter.review.pause import Pause
from newsletter.send.consent import Wish
from newsletter.send.delivery import DeliveryState
from newsletter.send.suppression import Cause
from newsletter.store.api import SqlApi
from newsletter.store.artefacts import Artefacts
from newsletter.store.audience import Audience
from newsletter.store.audit import AuditLog
from newsletter.store.consents import SqlConsents
from newsletter.store.database import Database
from newsletter.store.notices import SqlNotices
from newsletter.store.pauses import SqlPauses
from newsletter.store.plans import Once
from newsletter.store.suppressions import SqlSuppressions
from newsletter.store.ways import HandedOver, SqlWayBook

MANY = 4
KEY = bytes(range(32))
LATER = APPROVED_AT + dt.timedelta(minutes=1)


@pytest.fixture(scope="module")
def databases(postgres):
    """Make a database with an edition on its way out; open it as several processes do."""
    url = postgres.fresh()
    with sql_book(url), contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(Database(url))) for _ in range(MANY)]
    postgres.drop(url)


def entry(action="act"):
    return AuditEntry(APPROVED_AT, "ann", action, EDITION, {})


def wish(id):
    return Wish(
        id, f"{id}@example.com", "", ("evening",), (), "US", "1", "0" * 64, "/subscribe", "",
        APPROVED_AT,
    )  # fmt: skip


def put_notice(database):
    matter = Matter(EDITION, next(iter(About)), "mark", "why", LATER)
    told = AuditEntry(APPROVED_AT, "desk", "notice", EDITION, matter.detail)
    return SqlNotices(database).put(matter, ["ann", "bob"], told)


ONCE = {
    "acts": lambda database: Once(database).begin(entry("once")),
    "answers": lambda database: SqlApi(database).begin("ann", "key", "0" * 64, LATER) is None,
    "pauses": lambda database: SqlPauses(database).put(
        Pause(EDITION, "ann", LATER, "why"), entry("paused")
    ),
    "suppressions": lambda database: SqlSuppressions(
        database, (KEY,), lambda _: "a reader"
    ).add("out@example.com", Cause.MANUAL, "", LATER),
    "readers": lambda database: Audience(database).add(
        "new@example.com", "", "evening", {}, LATER
    )[1],
    "consents": lambda database: SqlConsents(database).confirm("one", entry("confirmed")),
}  # fmt: skip


@pytest.mark.parametrize("what", ONCE)
def test_of_many_at_once_one_does_it_and_the_others_are_told(databases, what):
    if what == "consents":
        SqlConsents(databases[0]).ask(wish("one"))
    gave = together(*(lambda each=each: ONCE[what](each) for each in databases))
    assert sorted(gave, key=str) == [False] * (MANY - 1) + [True]
    assert AuditLog(databases[0]).first_broken() is None


def test_notices_are_taken_by_one_of_those_who_post_them(databases):
    assert put_notice(databases[0])
    assert not put_notice(databases[1])
    gave = together(*(lambda each=each: SqlNotices(each).take(LATER, 9) for each in databases))
    taken = [notice.editor for some in gave for notice in some]
    assert sorted(taken) == ["ann", "bob"]


def test_wishes_are_taken_by_one_of_those_who_answer_them(databases):
    for number in range(3):
        SqlConsents(databases[0]).ask(wish(f"taken{number}"))
    gave = together(*(lambda each=each: SqlConsents(each).take(LATER, 9) for each in databases))
    taken = [one.id for some in gave for one in some if one.id.startswith("taken")]
    assert sorted(taken) == ["taken0", "taken1", "taken2"]


def test_contents_of_one_hash_are_kept_once_whoever_writes_them(databases):
    data = bytes(range(256)) * 10
    gave = together(
        *(lambda each=each: Artefacts(each).put("draft", "id", data, LATER) for each in databases)
    )
    assert gave == ["id"] * MANY
    assert Artefacts(databases[0]).get("draft", "id") == data


def test_a_way_hands_over_no_more_than_its_cap_from_whatever_process(postgres):
    url, most = postgres.fresh(), 7
    readers = [reader(number) for number in range(1, 21)]
    rows = [frozen().delivery(each, signer(), APPROVED_AT) for each in readers]
    with sql_book(url, readers) as book, contextlib.ExitStack() as stack:
        book.freeze(EDITION, rows)
        opened = [stack.enter_context(contextlib.closing(Database(url))) for _ in range(2)]

        def hand_over(database):
            way = SqlWayBook(
                database, None, "fresh", warming(most), dt.datetime.date, threading.Lock()
            )
            return sum(cross(way, row) for row in rows)

        assert sum(together(*(lambda each=each: hand_over(each) for each in opened))) == most
        assert HandedOver(opened[0]).of(EDITION) == {"fresh": most}
        assert book.counts(EDITION)[DeliveryState.DOT_SENT] == most
    postgres.drop(url)


def cross(way, row):
    """Claim a copy and cross its final dot; tell whether the way's cap and the others let it."""
    if not way.claim(row, LATER):
        return False
    (mine,) = [one for one in [way.row(EDITION, row.subscriber.id)] if one is not None]
    return way.dot_sent(mine, LATER)
