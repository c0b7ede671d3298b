"""A pool over real mail servers: each reader once, caps held, whatever dies.

Run as a program, this file is a sender by two ways that kills itself at a commit of its ledger.
"""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from lengths import some
from pool_support import NEXT, SMALL, by_smtp, handed_over, ledger, pool, servers, warming
from scipy import stats
from send_servers import DROP, Inbox, ScriptedServer, free_port, smtp_server
from send_support import EDITION, clock, envelope, frozen, reader, signer, sql_book
from test_send_killed import kill_at

from newsletter.posting import Post
from newsletter.send.crew import Course
from newsletter.send.deliver import deliver_batch, resend_doubtful
from newsletter.send.delivery import DeliveryState
from newsletter.send.pool import Pool
from newsletter.send.transport import Refused, Unavailable

S = DeliveryState
TESTS = Path(__file__).resolve().parents[1]


def readers(count):
    return [reader(n) for n in range(1, count + 1)]


def send(book, ways, *, limit=2000, edition=EDITION, at=None, course=None):
    message = frozen(SMALL, edition=edition)
    return deliver_batch(message, signer(), ways, book, at or clock(), limit, course=course)


def everybody(people, *inboxes):
    """Assert that each got one copy, and return how many each inbox has."""
    got = Counter(one for inbox in inboxes for one in inbox.recipients)
    assert got == Counter(each.email for each in people)
    return [len(inbox.recipients) for inbox in inboxes]


def test_readers_part_by_weight_and_get_the_same_bytes_whatever_the_way(tmp_path):
    people, file = readers(400), tmp_path / "books.db"
    with ledger(file, people, clock()) as book, servers(2) as (inboxes, ports):
        with pool(file, ("a", 3, by_smtp(ports[0])), ("b", 1, by_smtp(ports[1]))) as ways:
            progress = send(book, ways)
        rows = {row.subscriber.email: row for row in book.page(EDITION, None, 500)}
    counts = everybody(people, *inboxes)
    low, high = stats.binom.interval(0.9999, 400, 0.25)
    assert low <= counts[1] <= high
    assert (progress.handled, progress.counts) == (400, {S.ACCEPTED: 400})
    assert handed_over(file) == {"a": counts[0], "b": counts[1]}
    assert Counter(row.way for row in rows.values()) == handed_over(file)
    message = frozen(SMALL)
    for inbox, way in zip(inboxes, "ab", strict=True):
        for mail_from, (address,), content in inbox.envelopes:
            row = rows[address]
            due = message.for_reader(row.subscriber, signer(), row.message_id)
            assert (row.way, mail_from, content) == (way, due.sender, due.data)


DEATHS = {
    "before a mail": {"MAIL": ["250 ok"] * 5 + [DROP] * 2},
    "after the dot, taken": {".": ["250 ok"] * 5 + [DROP]},
    "after the dot, lost": {".": ["250 ok"] * 5 + [DROP]},
    "from the first": {},
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_way_that_dies_in_the_middle_loses_nobody_and_doubles_nobody(tmp_path, death):
    """Its readers go by the other way, but not the one whose copy may have arrived."""
    people, file = readers(40), tmp_path / "books.db"
    greetings = ["421 down"] * 100 if death == "from the first" else ["220 up"] + ["421 down"] * 100
    script = {**DEATHS[death], "greeting": greetings}
    dying = ScriptedServer(script, taken_on_drop="taken" in death)
    with ledger(file, people, clock()) as book, servers(1) as (inboxes, ports), dying as server:
        with pool(file, ("a", 1, by_smtp(ports[0])), ("b", 2, by_smtp(server.port, 1))) as ways:
            progress = send(book, ways)
        doubt = [row.subscriber.email for row in book.in_doubt(EDITION)]
        rows = book.page(EDITION, None, 100)
    taken = [message_from_bytes(one, policy=policy.default)["To"] for one in server.taken]
    got = Counter(inboxes[0].recipients) + Counter(to.addresses[0].addr_spec for to in taken)
    after_dot = "after the dot" in death
    assert len(doubt) == after_dot
    assert max(got.values()) == 1
    missing = {each.email for each in people} - set(got)
    assert missing == (set(doubt) if death == "after the dot, lost" else set())
    assert not set(doubt) & set(inboxes[0].recipients)
    assert progress.counts == {S.ACCEPTED: 40 - after_dot} | ({S.IN_DOUBT: 1} if after_dot else {})
    assert all(row.attempts == 1 for row in rows)  # a way that is down costs nobody an attempt


def test_a_way_that_fails_again_and_again_is_left_to_the_others(tmp_path):
    """Twenty copies are put off, as with a single sender; nobody else has to wait."""
    people, file = readers(60), tmp_path / "books.db"
    failing = ScriptedServer({"MAIL": ["451 4.3.0 out of order"] * 1000})
    with ledger(file, people, clock()) as book, servers(1) as (inboxes, ports), failing as server:
        bad = ("b", 50, by_smtp(server.port, 1))
        with pool(file, ("a", 1, by_smtp(ports[0])), bad) as ways:
            progress = send(book, ways)
    assert progress.counts == {S.ACCEPTED: 40, S.DEFERRED: 20}
    assert len(set(inboxes[0].recipients)) == len(inboxes[0].recipients) == 40


def test_whoever_stops_an_edition_stops_every_way(tmp_path):
    people, file = readers(40), tmp_path / "books.db"
    with ledger(file, people, clock()) as book, servers(2) as (inboxes, ports):

        def enough():
            return sum(len(inbox.envelopes) for inbox in inboxes) >= 6

        def run(stopped):
            with pool(file, ("a", 1, by_smtp(ports[0])), ("b", 1, by_smtp(ports[1]))) as ways:
                message = frozen(SMALL)
                return deliver_batch(message, signer(), ways, book, clock(), stopped=stopped)

        halted = run(enough)
        # At each stop the four connections may have been past the question once.
        assert 6 <= halted.counts[S.ACCEPTED] <= 6 + 4
        assert S.IN_DOUBT not in halted.counts
        assert run(lambda: False).finished
    everybody(people, *inboxes)


def test_with_every_way_down_nothing_goes_and_nothing_is_lost(tmp_path):
    people, file = readers(6), tmp_path / "books.db"
    course = Course(ticks=lambda: now[0])
    now = [0.0]
    with ledger(file, people, clock()) as book, servers(2) as (inboxes, ports):
        dead = [("a", 1, by_smtp(free_port())), ("b", 1, by_smtp(free_port()))]
        with pool(file, *dead) as ways, pytest.raises(Unavailable, match=r"a: .*b: ") as caught:
            send(book, ways, course=course)
        assert not caught.value.permanent
        assert all(row.attempts == 0 for row in book.open(EDITION, 10))
        alive = [("a", 1, by_smtp(ports[0])), ("b", 1, by_smtp(ports[1]))]
        with pool(file, *alive) as ways:
            with pytest.raises(Unavailable):  # they are left alone for a minute
                send(book, ways, course=course)
            now[0] = 61.0
            assert send(book, ways, course=course).finished
    everybody(people, *inboxes)


def test_a_warm_up_is_held_to_the_copy_over_runs_and_grows_with_the_day(tmp_path):
    people, file, at = readers(60), tmp_path / "books.db", clock()
    with ledger(file, people, at, EDITION, NEXT) as book, servers(2) as (inboxes, ports):

        def run(edition, limit):
            fresh = ("fresh", 8, by_smtp(ports[1]), warming(7))
            with pool(file, ("old", 1, by_smtp(ports[0])), fresh) as ways:
                return send(book, ways, limit=limit, edition=edition, at=at)

        run(EDITION, 5)
        assert handed_over(file)["fresh"] <= 5
        run(EDITION, 15)
        assert run(EDITION, 100).finished
        assert handed_over(file) == {"old": 53, "fresh": 7}
        assert everybody(people, *inboxes) == [53, 7]
        run(NEXT, 10)  # the same day: full, whatever the edition
        assert handed_over(file, NEXT) == {"old": 10}
        at.advance(dt.timedelta(days=1))
        assert run(NEXT, 100).finished
        assert handed_over(file, NEXT) == {"old": 50, "fresh": 10}  # 7 x 1.5


def test_two_processes_at_once_hand_over_no_more_than_the_day_allows(tmp_path):
    people, file = readers(30), tmp_path / "books.db"
    with ledger(file, people, clock(), EDITION, NEXT) as book, servers(2) as (inboxes, ports):
        begin = threading.Barrier(2)

        def process(edition):
            fresh = ("fresh", 8, by_smtp(ports[1]), warming(9))
            with pool(file, ("old", 1, by_smtp(ports[0])), fresh) as ways:
                begin.wait(120)
                send(book, ways, edition=edition)

        threads = [threading.Thread(target=process, args=(key,)) for key in (EDITION, NEXT)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts = [book.counts(key) for key in (EDITION, NEXT)]
    assert counts == [{S.ACCEPTED: 30}, {S.ACCEPTED: 30}]
    assert len(inboxes[1].recipients) == 9
    assert set(Counter(inboxes[0].recipients + inboxes[1].recipients).values()) == {2}


def test_whoever_comes_to_a_full_day_at_the_dot_gets_the_row_back_untouched(tmp_path):
    """Another process may fill the day between the question and the dot."""
    people, file = readers(2), tmp_path / "books.db"
    now = clock().now()
    with ledger(file, people, clock()) as book:
        fresh = ("fresh", 1, by_smtp(1), warming(1))
        with pool(file, fresh) as one, pool(file, fresh) as other:
            first, second = book.open(EDITION, 2)
            mine, yours = one.ways[0].book, other.ways[0].book
            assert (mine.room(now), yours.room(now)) == (1, 1)
            claimed = [own.claim(row, now) for own, row in ((mine, first), (yours, second))]
            first, second = (book.row(EDITION, row.subscriber.id) for row in (first, second))
            assert claimed == [True, True]
            assert mine.dot_sent(first, now)
            assert not yours.dot_sent(second, now)
            after = book.row(EDITION, second.subscriber.id)
    assert (after.state, after.attempts) == (S.DEFERRED, 0)
    assert list(yours.released) == [second.subscriber.id]
    assert handed_over(file) == {"fresh": 1}


def test_a_row_that_somebody_took_over_does_not_count(tmp_path):
    people, file, now = readers(1), tmp_path / "books.db", clock().now()
    only = ("fresh", 1, by_smtp(1), warming(5))
    with ledger(file, people, clock()) as book, pool(file, only) as ways:
        own, (row,) = ways.ways[0].book, book.open(EDITION, 1)
        assert not own.dot_sent(row, now)  # never claimed
        assert own.room(now) == 5
    assert handed_over(file) == {}


def test_a_copy_in_doubt_is_sent_again_by_a_person_and_counts_again(tmp_path):
    people, file, now = readers(1), tmp_path / "books.db", clock().now()
    with ledger(file, people, clock()) as book, servers(1) as (inboxes, ports):
        a = ("a", 1, by_smtp(ports[0]))
        with pool(file, a) as ways:
            (row,) = book.open(EDITION, 1)
            assert ways.ways[0].book.claim(row, now)
            assert ways.ways[0].book.dot_sent(book.row(EDITION, row.subscriber.id), now)
            book.doubtful(EDITION, now, now)
            resend_doubtful(
                frozen(SMALL), signer(), ways, book, clock(),
                readers=[row.subscriber.id], decided_by="ann",
            )  # fmt: skip
    assert everybody(people, *inboxes) == [1]
    assert handed_over(file) == {"a": 2}


def test_editors_are_told_once_which_way_is_away(tmp_path):
    people, file, told = readers(20), tmp_path / "books.db", []
    with ledger(file, people, clock()) as book, servers(1) as (inboxes, ports):
        course, dead = Course(), ("b", 1, by_smtp(free_port()))
        with pool(file, ("a", 1, by_smtp(ports[0])), dead) as ways:
            post = Post(
                None, book, signer(), lambda _: ways,
                alert=lambda key, words: told.append((key, words)), courses={EDITION: course},
            )  # fmt: skip
            about = _Edition()
            while post.send(about, frozen(SMALL), None, ways, clock(), lambda: False):
                pass
            course.ways["b"].rests_until = 0
            post.send(about, frozen(SMALL), None, ways, clock(), lambda: False)
    everybody(people, *inboxes)
    assert [key for key, _ in told] == [EDITION]
    assert told[0][1].startswith("The way b takes no mail; its readers go by the others")
    assert "\n" not in told[0][1]


class _Edition:
    key = EDITION


# -- single mails ----------------------------------------------------------------------------


def test_a_letter_goes_by_a_way_that_works_and_never_by_one_that_warms_up(tmp_path):
    file = tmp_path / "books.db"
    with sql_book(file), servers(2) as (inboxes, ports):
        dead = ("dead", 1000, by_smtp(free_port()))
        fresh = ("fresh", 1000, by_smtp(ports[1]), warming(100))
        with pool(file, dead, fresh, ("old", 1, by_smtp(ports[0]))) as ways, ways:
            for number in range(5):
                ways.send(envelope(number), lambda: None)
    assert [len(inbox.envelopes) for inbox in inboxes] == [5, 0]
    assert handed_over(file) == {}


def test_a_letter_that_was_refused_is_not_tried_elsewhere(tmp_path):
    file = tmp_path / "books.db"
    refusing = {"RCPT": ["550 5.1.1 no such user"]}
    with sql_book(file), servers(1) as (inboxes, ports), ScriptedServer(refusing) as server:
        first = ("b", 1000, by_smtp(server.port, 1))
        second = ("a", 1, by_smtp(ports[0]))
        with pool(file, first, second) as ways, ways, pytest.raises(Refused):
            ways.send(envelope(), lambda: None)
    assert inboxes[0].envelopes == []


def test_a_pool_is_local_only_where_all_its_ways_are():
    home, away = by_smtp(1), by_smtp(1)
    home.local = True

    class One:
        def __init__(self, transport):
            self.transport = transport

    assert Pool([One(home), One(home)]).local
    assert not Pool([One(home), One(away)]).local


# -- killed ------------------------------------------------------------------------------------

KILLED = [(when, number) for number in (5, 3, 8, 6, 10, 4) for when in ("after", "before")]
CAP = 4


def by_two(file, ports):
    fresh = ("fresh", 8, by_smtp(ports[1], 1), warming(CAP))
    with sql_book(file) as book, pool(file, ("old", 1, by_smtp(ports[0], 1)), fresh) as ways:
        return send(book, ways)


@pytest.mark.slow
@pytest.mark.parametrize(("when", "number"), some(1, *KILLED))
def test_a_cap_holds_through_kill_9(tmp_path, when, number):
    people, file, inboxes = readers(16), tmp_path / "books.db", [Inbox(), Inbox()]
    with ledger(file, people, clock()):
        pass
    with smtp_server(inboxes[0]) as one, smtp_server(inboxes[1]) as two:
        died = subprocess.run(
            [sys.executable, __file__, str(file), when, str(number), str(one), str(two)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            timeout=60,
            check=False,
        )
        assert died.returncode == -signal.SIGKILL
        assert by_two(file, [one, two]).finished
    with sql_book(file) as book:
        doubt = {row.subscriber.email for row in book.in_doubt(EDITION)}
    got = Counter(inboxes[0].recipients + inboxes[1].recipients)
    assert max(got.values()) == 1
    assert {each.email for each in people} - set(got) <= doubt
    assert len(doubt) <= 2  # one for each connection
    assert handed_over(file)["fresh"] == CAP
    assert CAP - len(doubt) <= len(inboxes[1].recipients) <= CAP


if __name__ == "__main__":
    kill_at(sys.argv[2], int(sys.argv[3]))
    by_two(Path(sys.argv[1]), [int(port) for port in sys.argv[4:]])
