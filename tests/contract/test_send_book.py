"""Every delivery ledger keeps the promises that exactly-once delivery rests on."""

import datetime as dt
from dataclasses import replace

import pytest
from send_support import APPROVED_AT, BOOKS, EDITION, frozen, reader, signer, sql_book
from sqlalchemy import event

from newsletter.send.delivery import LEFT, OPEN, DeliveryState
from newsletter.store.models import SubscriberRow

LATER = APPROVED_AT + dt.timedelta(minutes=1)
ENDED = set(DeliveryState) - OPEN - {DeliveryState.DOT_SENT, DeliveryState.IN_DOUBT}


@pytest.fixture(params=[*sorted(BOOKS), "postgresql"])
def book(request, tmp_path):
    readers = [reader(n) for n in range(1, 6)]
    place, kind = tmp_path / "books.db", request.param
    if kind == "postgresql":
        place, kind = request.getfixturevalue("postgres").fresh(), "sqlite"
    with BOOKS[kind](place, readers) as book:
        yield book


@pytest.fixture
def rows(book):
    rows = [frozen().delivery(reader(n), signer(), APPROVED_AT) for n in range(1, 6)]
    assert book.freeze(EDITION, rows) == 5
    return rows


def claimed(book, row):
    assert book.claim(row, LATER)
    return replace(row, state=DeliveryState.SENDING, attempts=row.attempts + 1, at=LATER)


def test_freezing_again_adds_only_what_is_missing(book, rows):
    book.settle(claimed(book, rows[0]), DeliveryState.ACCEPTED, "250", LATER)
    assert book.freeze(EDITION, rows) == 0
    assert book.counts(EDITION)[DeliveryState.ACCEPTED] == 1


def test_open_rows_come_back_as_they_were_written(book, rows):
    assert book.open(EDITION, 100) == rows
    assert len(book.open(EDITION, 2)) == 2
    assert book.open("2026-07-03.XNYS.evening", 100) == []


def test_deferred_rows_come_last(book, rows):
    book.settle(claimed(book, rows[0]), DeliveryState.DEFERRED, "450", LATER)
    order = [row.subscriber.id for row in book.open(EDITION, 100)]
    assert order == ["sub-2", "sub-3", "sub-4", "sub-5", "sub-1"]


def test_a_row_is_claimed_once(book, rows):
    claimed(book, rows[0])
    assert not book.claim(rows[0], LATER)
    (held,) = [row for row in book.open(EDITION, 9) if row.state is DeliveryState.SENDING]
    assert (held.attempts, held.at) == (1, LATER)
    assert book.claim(held, LATER)  # what a crash left may be taken over


def test_only_the_latest_claim_may_send_the_dot(book, rows):
    slow = claimed(book, rows[0])
    quick = claimed(book, slow)
    assert not book.dot_sent(slow, LATER)
    assert book.dot_sent(quick, LATER)
    assert not book.dot_sent(quick, LATER)
    assert not book.settle(slow, DeliveryState.BOUNCED, "550", LATER)
    assert book.settle(quick, DeliveryState.ACCEPTED, "250", LATER)


def test_no_dot_without_a_claim(book, rows):
    assert not book.dot_sent(rows[0], LATER)


@pytest.mark.parametrize("end", sorted(ENDED))
def test_what_has_ended_stays_ended(book, rows, end):
    row = claimed(book, rows[0])
    assert book.settle(row, end, "done", LATER)
    assert not book.settle(row, DeliveryState.DEFERRED, "again", LATER)
    assert not book.claim(replace(row, state=end), LATER)
    assert not book.release(row, "again", LATER)
    assert len(book.open(EDITION, 9)) == 4


def leave(book, subscriber):
    if hasattr(book, "active"):
        book.active[subscriber] = False
        return
    with book._database.begin() as session:
        session.get(SubscriberRow, subscriber).status = "unsubscribed"


def test_who_has_left_is_not_claimed_and_his_row_says_so(book, rows):
    leave(book, "sub-1")
    assert not book.claim(rows[0], LATER)
    assert book.counts(EDITION)[DeliveryState.SUPPRESSED] == 1
    assert "sub-1" not in {row.subscriber.id for row in book.open(EDITION, 9)}
    assert not book.claim(replace(rows[0], state=DeliveryState.SUPPRESSED), LATER)
    assert not book.settle(rows[0], DeliveryState.ACCEPTED, "250", LATER), "it has ended"


def test_who_leaves_after_the_claim_gets_no_dot(book, rows):
    row, other = claimed(book, rows[0]), claimed(book, rows[1])
    leave(book, "sub-1")
    assert not book.dot_sent(row, LATER)
    assert book.dot_sent(other, LATER)
    assert book.settle(row, DeliveryState.SUPPRESSED, LEFT, LATER), "still the worker's own"


def test_a_claim_that_came_too_late_suppresses_nobody(book, rows):
    row = claimed(book, rows[0])
    assert not book.claim(rows[0], LATER)
    assert book.dot_sent(row, LATER)


def test_a_released_row_has_its_attempt_back(book, rows):
    row = claimed(book, rows[0])
    assert book.release(row, "down", LATER)
    (back,) = [each for each in book.open(EDITION, 9) if each.state is DeliveryState.DEFERRED]
    assert (back.attempts, back.reply) == (0, "down")
    assert not book.release(row, "down", LATER)
    assert not book.dot_sent(row, LATER)


def test_a_dot_without_answer_becomes_doubt_and_the_answer_may_still_come(book, rows):
    row = claimed(book, rows[0])
    book.dot_sent(row, LATER)
    assert book.doubtful(EDITION, APPROVED_AT, LATER) == 0  # too fresh
    assert book.doubtful(EDITION, LATER, LATER) == 1
    assert book.doubtful(EDITION, LATER, LATER) == 0
    (held,) = book.in_doubt(EDITION)
    assert held.message_id == rows[0].message_id
    assert not book.claim(held, LATER)
    assert book.settle(row, DeliveryState.ACCEPTED, "250", LATER)
    assert book.in_doubt(EDITION) == []


def test_only_a_row_in_doubt_is_reopened_and_then_the_old_answer_is_too_late(book, rows):
    row = claimed(book, rows[0])
    assert not book.reopen(row, "why", LATER)
    book.dot_sent(row, LATER)
    book.doubtful(EDITION, LATER, LATER)
    (held,) = book.in_doubt(EDITION)
    assert book.reopen(held, "resent by decision of ada", LATER)
    (again,) = [each for each in book.open(EDITION, 9) if each.attempts == 1]
    assert (again.state, again.message_id) == (DeliveryState.QUEUED, rows[0].message_id)
    claimed(book, again)
    assert not book.settle(row, DeliveryState.ACCEPTED, "250", LATER)


def test_counts_are_of_this_edition(book, rows):
    assert {k: v for k, v in book.counts(EDITION).items() if v} == {DeliveryState.QUEUED: 5}
    assert not any(book.counts("2026-07-03.XNYS.evening").values())


def test_readers_are_active_until_they_leave(book, rows):
    assert book.is_active("sub-1")
    assert not book.is_active("erased")


def test_no_batch_sorts_the_whole_queue(tmp_path):
    """Else a delivery takes time by the square of its readers; the database itself is asked."""
    plans = []

    def planned(connection, _cursor, statement, parameters, *_):
        asked = connection.connection.cursor().execute(
            "explain query plan " + statement, parameters
        )
        plans.append(" ".join(str(row[-1]) for row in asked))

    with sql_book(tmp_path / "books.db") as book:
        event.listen(book._database.engine, "before_cursor_execute", planned)
        book.open(EDITION, 100, LATER)
        event.remove(book._database.engine, "before_cursor_execute", planned)
    assert len(plans) == 6
    assert not [plan for plan in plans if "TEMP B-TREE" in plan], plans
    assert all("deliveries_edition_state_due_at (edition=? AND state=?" in p for p in plans), plans


def test_nor_does_postgresql_sort_it(postgres):
    with sql_book(postgres.fresh()) as book, book._database.engine.connect() as connection:
        plans = []

        def planned(_connection, cursor, statement, parameters, *_):
            asked = connection.connection.cursor()
            plans.append(
                "\n".join(row[0] for row in asked.execute("explain " + statement, parameters))
            )

        # Of an empty table it would rather read the whole; of a full one it does not.
        connection.exec_driver_sql("set enable_seqscan = off")
        connection.exec_driver_sql("set enable_bitmapscan = off")
        event.listen(book._database.engine, "before_cursor_execute", planned)
        book.open(EDITION, 100, LATER)
        event.remove(book._database.engine, "before_cursor_execute", planned)
    assert len(plans) == 6
    assert not [plan for plan in plans if "Sort" in plan], plans
    assert all("ix_deliveries_edition_state_due_at" in plan for plan in plans), plans


@pytest.mark.databases
def test_rows_that_are_due_at_once_come_before_those_put_off(tmp_path):
    """A database that puts what has no instant last would let them wait behind the others."""
    readers = [reader(n) for n in range(1, 5)]
    rows = [frozen().delivery(each, signer(), APPROVED_AT) for each in readers]
    with sql_book(tmp_path / "books.db", readers) as book:
        book.freeze(EDITION, rows)
        for row in rows[:3]:
            book.settle(claimed(book, row), DeliveryState.DEFERRED, "450", LATER, LATER)
        book.release(claimed(book, rows[3]), "stopped", LATER)
        found = book.open(EDITION, 100, LATER + dt.timedelta(hours=1))
    order = [row.subscriber.id for row in found]
    assert order[0] == "sub-4"
    assert sorted(order[1:]) == ["sub-1", "sub-2", "sub-3"]
