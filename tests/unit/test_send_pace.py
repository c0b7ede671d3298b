"""The pace of a delivery, its rests, its stops, and the clerk who writes for several workers."""

import datetime as dt
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from send_support import APPROVED_AT, EDITION, MemoryBook, clock, frozen, reader, signer, sql_book

from newsletter.errors import StoreError
from newsletter.pacing import Pace
from newsletter.send import clerk as clerks
from newsletter.send.clerk import Clerk, Given
from newsletter.send.crew import Course
from newsletter.send.deliver import deliver_batch, freeze_audience
from newsletter.send.delivery import DeliveryState
from newsletter.send.feed import Feed, domain_of
from newsletter.send.retries import EXPIRY, RESTS, due_after, expired, next_look
from newsletter.send.stops import BLOCKS, Stops, too_many_bounces
from newsletter.send.throttle import LEAST, RECOVERY_SECONDS, Throttle
from newsletter.send.transport import Phase, Receipt, Refused, Unavailable

S = DeliveryState
NOT_SO_FAST = Refused("", code=421, reply="421 4.7.0 slow down", phase=Phase.MAIL)
BLOCKED = Refused("", code=550, reply="550 5.7.1 blocked", phase=Phase.DOT)
NOBODY = Refused("", code=550, reply="550 5.1.1 unknown", phase=Phase.RECIPIENT)
LOST = Unavailable("gone", permanent=False)

MESSAGE = frozen()


def row(number=1, domain="example.com", **changes):
    fresh = MESSAGE.delivery(reader(number, email=f"r{number}@{domain}"), signer(), APPROVED_AT)
    return replace(fresh, queued_at=APPROVED_AT, **changes)


ROWS = [row(n, f"{'abc'[n % 3]}.example.com") for n in range(1, 31)]


# Rests --------------------------------------------------------------------------------


@given(st.integers(1, 40), st.sampled_from(ROWS))
def test_rests_are_the_schedules_within_a_fifth_and_the_same_for_ever(attempts, one):
    one = replace(one, attempts=attempts)
    rest = due_after(one, APPROVED_AT) - APPROVED_AT
    nominal = RESTS[min(attempts, len(RESTS)) - 1]
    assert 0.8 * nominal <= rest <= 1.2 * nominal
    assert due_after(one, APPROVED_AT) - APPROVED_AT == rest


def test_copies_deferred_together_part():
    assert len({due_after(replace(one, attempts=1), APPROVED_AT) for one in ROWS}) > 25


def test_a_copy_expires_twelve_hours_after_it_was_queued_and_no_rest_goes_beyond():
    deferred = replace(row(), state=S.DEFERRED, attempts=9)
    last = APPROVED_AT + EXPIRY
    assert due_after(deferred, last - dt.timedelta(minutes=1)) == last
    assert not expired(deferred, last - dt.timedelta(seconds=1))
    assert expired(deferred, last)
    assert not expired(replace(deferred, state=S.QUEUED), last)  # a person may resume it late


def test_a_run_is_looked_at_some_seventy_times_at_most_however_much_is_due():
    looks = [APPROVED_AT]
    while looks[-1] < APPROVED_AT + EXPIRY:
        looks.append(next_look(APPROVED_AT, looks[-1], looks[-1]))
    assert len(looks) <= 75
    assert all(b - a >= dt.timedelta(minutes=1) for a, b in pairwise(looks))
    due = APPROVED_AT + dt.timedelta(hours=3)
    assert next_look(APPROVED_AT, due, APPROVED_AT) == due


# Pace ---------------------------------------------------------------------------------

ACTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["take", "done", "slow"]), st.floats(0, 3)),
    max_size=60,
)


@given(st.integers(1, 5), st.floats(0.5, 20), ACTS)
def test_no_domain_ever_gets_more_than_its_pace(hands, rate, acts):
    throttle, now = Throttle(Pace(domain_connections=hands, domain_per_second=rate)), 0.0
    under_way, begun = Counter(), Counter()
    for domain, act, seconds in acts:
        now += seconds
        if act == "take":
            if throttle.take(domain, now) == 0:
                under_way[domain] += 1
                begun[domain] += 1
            assert under_way[domain] <= hands
            assert begun[domain] <= max(1, rate) + rate * now + 1e-6
        elif under_way[domain]:
            under_way[domain] -= 1
            throttle.done(domain, now, too_fast=act == "slow")


def test_a_domain_that_asks_for_patience_gets_half_and_its_pace_comes_back_slowly():
    throttle = Throttle(Pace(domain_connections=4, domain_per_second=8))
    for _ in range(4):
        assert throttle.take("a", 0) == 0
    assert throttle.take("a", 0) == float("inf")
    assert throttle.take("b", 0) == 0  # the others go on
    for _ in range(4):
        throttle.done("a", 0, too_fast=True)
    assert throttle.share("a", 0) == 1 / 16
    assert throttle.take("a", 0) == pytest.approx(2)  # a sixteenth of eight a second
    assert throttle.take("a", 2) == 0
    assert throttle.take("a", 2) == float("inf")  # and one at a time
    throttle.done("a", 2)
    assert throttle.share("a", 3 * RECOVERY_SECONDS) == pytest.approx(1 / 16 + 3 / 10)
    assert throttle.share("a", 20 * RECOVERY_SECONDS) == 1
    for _ in range(50):
        throttle.done("a", 2000, too_fast=True)
    assert throttle.share("a", 2000) == LEAST


def feed_of(rows, pace, stops=None):
    now = [0.0]

    def wait(condition, seconds):
        assert seconds is not None, "a worker would wait for nobody"
        now[0] += seconds

    return Feed(rows, Throttle(pace), stops or Stops(), lambda: now[0], wait), now


@given(st.lists(st.sampled_from(ROWS), unique_by=lambda one: one.message_id), st.integers(1, 4))
def test_a_feed_hands_out_every_row_once(rows, hands):
    feed, _ = feed_of(rows, Pace(domain_connections=hands, domain_per_second=5))
    taken = []
    while (one := feed.take()) is not None:
        while one is not None:
            taken.append(one)
            ahead = feed.take(one)
            feed.done(one, ahead)
            one = ahead
    assert sorted(each.message_id for each in taken) == sorted(each.message_id for each in rows)


def test_a_feed_keeps_the_pace_and_lets_others_pass():
    rows = [row(n) for n in range(1, 21)] + [row(99, "other.org")]
    feed, now = feed_of(rows, Pace(domain_connections=1, domain_per_second=2))
    order = []
    while (one := feed.take()) is not None:
        order.append((domain_of(one), now[0]))
        feed.done(one)
    assert order[1][0] == "other.org"
    assert now[0] == pytest.approx((20 - 2) / 2)  # two at once, then two a second


def test_a_closed_feed_hands_out_nothing():
    feed, _ = feed_of(ROWS, None)
    assert feed.take() is not None
    feed.close()
    assert feed.take() is None


# Stops --------------------------------------------------------------------------------


def test_a_domain_that_refuses_us_is_shut_at_twenty_or_a_twentieth():
    stops = Stops()
    for _ in range(BLOCKS - 1):
        stops.note("a", BLOCKED)
    assert not stops.shut("a")
    stops.note("a", BLOCKED)
    assert stops.shut("a")
    assert not stops.shut("b")
    for number in range(1, 101):
        stops.note("b", BLOCKED if number <= 6 else None)
    assert stops.shut("b")
    for _ in range(100):
        stops.note("c", NOBODY)
    assert stops.shut_domains() == {"a", "b"}


def test_the_way_out_is_broken_after_twenty_failures_of_its_own_in_a_row():
    stops = Stops()
    for error in [LOST, NOT_SO_FAST] * 9 + [None] + [LOST] * 19 + [NOBODY] + [LOST] * 19:
        stops.note("a", error)
        assert not stops.broken
    stops.note("a", LOST)
    assert stops.broken


@pytest.mark.parametrize(
    ("bounced", "accepted", "waiting", "paused"),
    [
        (25, 475, 9500, False),
        (26, 474, 9500, True),
        (26, 0, 9974, True),  # before five hundred are done
        (60, 9940, 0, False),
        (600, 9400, 0, True),
        (5, 15, 0, False),
        (6, 14, 0, True),
    ],
)
def test_more_than_a_twentieth_of_the_first_five_hundred_stops_everybody(
    bounced, accepted, waiting, paused
):
    counts = {S.BOUNCED: bounced, S.ACCEPTED: accepted, S.QUEUED: waiting}
    assert bool(too_many_bounces(counts)) is paused


class Script:
    """A way out with several connections that does what a function of the address says."""

    name, local = "script", True

    def __init__(self, behave=lambda recipient: None, connections=4):
        self.behave, self.connections, self.taken = behave, connections, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def send(self, envelope, before_dot):
        error = self.behave(envelope.recipient)
        if error is not None:
            raise error
        before_dot()
        self.taken.append(envelope.recipient)
        return Receipt("250 ok")


def deliver(readers, way, book, **options):
    freeze_audience(frozen(), readers, signer(), book, clock())
    return deliver_batch(frozen(), signer(), way, book, clock(), **options)


def many(count, domain="example.com"):
    return [reader(n, email=f"r{n}@{domain}") for n in range(1, count + 1)]


def test_several_workers_deliver_to_everybody_once_and_seldom_wait_for_the_disk(tmp_path):
    readers, way = many(60), Script()
    with sql_book(tmp_path / "books.db", readers) as book:
        commits, together = [], book.together
        book.together = lambda: commits.append(1) or together()
        progress = deliver(readers, way, book)
    assert Counter(way.taken) == Counter(each.email for each in readers)
    assert progress.counts == {S.ACCEPTED: 60}
    assert len(commits) <= 60 + 2 * way.connections  # one for a copy at most


def test_a_domain_that_refuses_us_rests_and_the_others_go():
    readers = [*many(60, "strict.example.com"), *(reader(n) for n in range(101, 111))]
    book = MemoryBook(readers)

    def behave(recipient):
        return BLOCKED if "strict" in recipient else None

    done = deliver(readers, Script(behave, 1), book)
    assert done.counts == {S.FAILED: BLOCKS, S.DEFERRED: 60 - BLOCKS, S.ACCEPTED: 10}
    assert book.next_due(EDITION) == APPROVED_AT + dt.timedelta(hours=1)
    assert book.open(EDITION, 99, APPROVED_AT) == []


def test_bounces_halt_the_edition_once_for_a_reason():
    readers, said = many(200), []
    course = Course(halt=said.append)
    done = deliver(
        readers, Script(lambda _: NOBODY), MemoryBook(readers), course=course,
        stopped=lambda: bool(said),
    )  # fmt: skip
    assert "mailboxes that do not exist" in said[0]
    assert "@" not in said[0]
    assert 11 <= done.counts[S.BOUNCED] <= 11 + 2 * 4


def test_a_way_out_that_fails_again_and_again_ends_the_batch():
    readers = many(200)
    book = MemoryBook(readers)
    with pytest.raises(Unavailable, match="in a row"):
        deliver(readers, Script(lambda _: NOT_SO_FAST), book)
    counts = book.counts(EDITION)
    assert counts[S.DEFERRED] <= 20 + 2 * 4
    assert S.SENDING not in counts


def test_a_worker_without_a_connection_leaves_the_work_to_the_others():
    readers, refused = many(40), []

    def behave(recipient):  # the server takes three connections only
        if not refused:
            refused.append(recipient)
            return LOST
        return None

    book = MemoryBook(readers)
    done = deliver(readers, Script(behave), book)
    assert done.counts == {S.ACCEPTED: 39, S.DEFERRED: 1}
    assert deliver(readers, Script(), book).counts == {S.ACCEPTED: 40}
    assert max(row.attempts for row in book.rows.values()) == 1


# The clerk ----------------------------------------------------------------------------


class Ledger(MemoryBook):
    """Counts what is written together, and cannot be written now and then."""

    def __init__(self, failures=0):
        super().__init__()
        self.written, self.failures = [], failures

    def together(self):
        if self.failures:
            self.failures -= 1
            raise StoreError("The ledger cannot be written.")
        self.written.append(0)
        return super().together()

    def change(self):
        self.written[-1] += 1
        return True


def test_changes_are_made_in_order_and_with_the_next_that_waits():
    book, order = Ledger(), []
    clerk = Clerk(book, lambda _: True)
    for number in range(3):
        clerk.later(Given(lambda number=number: order.append(number) or book.change()))
    assert book.written == []
    assert clerk.write(Given(lambda: order.append(3) or book.change()))
    assert (order, book.written) == ([0, 1, 2, 3], [4])


def test_who_comes_while_another_writes_is_written_with_all_who_wait():
    book, first = Ledger(), threading.Event()
    clerk, waiting = Clerk(book, lambda _: True), []

    def slow():
        first.set()
        while len(clerk._waiting) < 5:
            threading.Event().wait(0.001)
        return book.change()

    with ThreadPoolExecutor(6) as pool:
        waiting.append(pool.submit(clerk.write, Given(slow)))
        assert first.wait(60)
        waiting += [pool.submit(clerk.write, Given(book.change)) for _ in range(5)]
        assert all(each.result(60) for each in waiting)
    assert book.written == [1, 5]


def test_a_ledger_that_is_away_for_a_while_is_waited_for_and_then_given_up():
    waited = []
    clerk = Clerk(Ledger(failures=3), lambda seconds: waited.append(seconds) or True)
    assert clerk.write(Given(lambda: True))
    assert waited == list(clerks.PATIENCE[:3])
    gone = Clerk(Ledger(failures=99), lambda seconds: True)
    with pytest.raises(StoreError):
        gone.write(Given(lambda: True))
    told = Clerk(Ledger(failures=99), lambda seconds: False)  # the process ends: no waiting
    with pytest.raises(StoreError):
        told.write(Given(lambda: True))


def test_a_ledger_that_cannot_be_written_completes_nothing():
    readers, way = many(5), Script()
    book = Ledger()
    freeze_audience(frozen(), readers, signer(), book, clock())
    book.active = {each.id: True for each in readers}
    real, seen = book.dot_sent, []

    def dot_sent(delivery, now):
        seen.append(delivery)
        raise RuntimeError("the disk is gone")

    book.dot_sent = dot_sent
    with pytest.raises(RuntimeError, match="the disk is gone"):
        deliver_batch(frozen(), signer(), way, book, clock())
    assert seen
    assert way.taken == []
    book.dot_sent = real
    assert deliver_batch(frozen(), signer(), way, book, clock()).counts == {S.ACCEPTED: 5}
