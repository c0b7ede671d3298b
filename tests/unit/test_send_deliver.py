"""Delivery: once to each reader, through refusals, lost connections and crashes."""

import datetime as dt
import itertools
import pickle
from collections import Counter
from dataclasses import replace

import pytest
from send_servers import DROP, Inbox, ScriptedServer, smtp_server
from send_support import (
    APPROVED_AT,
    EDITION,
    PUBLICATION,
    SENDER,
    MemoryBook,
    clock,
    frozen,
    reader,
    rendered,
    signer,
)

from newsletter.clock import Session
from newsletter.errors import NewsletterError, SendError, SendRefused
from newsletter.review.edition import Approval, Edition, EditionKey, Revision, State, content_hash
from newsletter.send.addresses import AddressError
from newsletter.send.deliver import (
    deliver_batch,
    freeze_audience,
    freeze_message,
    resend_doubtful,
    send_test,
)
from newsletter.send.delivery import DeliveryState
from newsletter.send.retries import EXPIRED, EXPIRY, MAX_ATTEMPTS, RESTS
from newsletter.send.transport import Phase, Receipt, Refused, Unavailable
from newsletter.send.transports.maildir import MaildirTransport
from newsletter.send.transports.smtp import SmtpTransport

S = DeliveryState
HOUR = dt.timedelta(hours=1)


class Crash(BaseException):
    """Stands for the machine losing power."""


class FakeTransport:
    """Answers each message by a function of its number; keeps what it took."""

    name, local = "fake", False

    def __init__(self, behave=lambda number: None, *, before=None):
        self.behave, self.before = behave, before
        self.taken, self.asked, self.entered = [], 0, 0

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, *_):
        pass

    def send(self, envelope, before_dot):
        self.asked += 1
        if self.before:
            self.before(self.asked)
        before_dot()
        after = self.behave(self.asked)
        self.taken.append(envelope)
        if after:
            after()
        return Receipt("250 ok")


def prepared(count=5, **changes):
    readers = [reader(n, **changes) for n in range(1, count + 1)]
    book = MemoryBook(readers)
    freeze_audience(frozen(), readers, signer(), book, clock())
    return book


def deliver(book, transport, at=None, **options):
    return deliver_batch(frozen(), signer(), transport, book, at or clock(), **options)


def smtp(port):
    return SmtpTransport("127.0.0.1", port, security="none", timeout_seconds=10)


def states(book):
    return dict(Counter(row.state for row in book.rows.values()))


def state_of(book, number):
    return book.rows[EDITION, f"sub-{number}"].state


# The straight way ---------------------------------------------------------------------


def test_every_reader_gets_one_copy_over_real_smtp():
    book, inbox = prepared(20), Inbox()
    with smtp_server(inbox) as port:
        progress = deliver(book, smtp(port))
    assert sorted(inbox.recipients) == sorted(f"reader{n}@example.com" for n in range(1, 21))
    assert all(len(recipients) == 1 for _, recipients, _ in inbox.envelopes)
    assert progress.counts == {S.ACCEPTED: 20}
    assert (progress.handled, progress.waiting, progress.finished) == (20, 0, True)
    assert {row.reply for row in book.rows.values()} == {"250 2.0.0 taken"}


def test_delivering_again_sends_nothing_again():
    book, inbox = prepared(5), Inbox()
    with smtp_server(inbox) as port:
        deliver(book, smtp(port))
        assert deliver(book, smtp(port)).handled == 0
        assert freeze_audience(frozen(), [reader(1)], signer(), book, clock()) == 0
        deliver(book, smtp(port))
    assert len(inbox.envelopes) == 5


def test_batches_go_on_where_the_last_one_ended():
    book, transport = prepared(5), FakeTransport()
    assert [deliver(book, transport, limit=2).handled for _ in range(4)] == [2, 2, 1, 0]
    assert len(transport.taken) == 5
    assert transport.entered == 3


def test_states_are_written_ahead_of_each_step():
    book = prepared(1)
    seen = []
    transport = FakeTransport(
        lambda _: seen.append(("after dot", state_of(book, 1))),
        before=lambda _: seen.append(("before dot", state_of(book, 1))),
    )
    deliver(book, transport)
    assert seen == [("before dot", S.SENDING), ("after dot", S.DOT_SENT)]
    assert [state for _, state in book.journal] == [S.SENDING, S.DOT_SENT, S.ACCEPTED]


def test_the_audience_is_the_lists_active_readers_one_copy_for_each_address():
    readers = [
        reader(1),
        reader(2, active=False),
        reader(3, list="weekly"),
        reader(4, email="Reader1@EXAMPLE.com"),
        reader(5, email="not an address"),
    ]
    book = MemoryBook(readers)
    by_mailbox = [readers[n] for n in (4, 0, 3, 1, 2)]
    assert freeze_audience(frozen(), iter(by_mailbox), signer(), book, clock()) == 2
    assert {subscriber for _, subscriber in book.rows} == {"sub-1", "sub-5"}


# Readers who left and readers who cannot be written to ---------------------------------


def test_who_leaves_in_the_middle_of_the_run_gets_nothing():
    book = prepared(3)
    transport = FakeTransport(lambda number: book.active.update({"sub-2": False}))
    deliver(book, transport)
    assert [each.recipient for each in transport.taken] == [
        "reader1@example.com",
        "reader3@example.com",
    ]
    assert state_of(book, 2) is S.SUPPRESSED


def test_who_was_erased_is_suppressed_and_not_failed():
    book = prepared(1)
    row = book.rows[EDITION, "sub-1"]
    nobody = replace(row.subscriber, email="", name="", list="", active=False)
    book.rows[EDITION, "sub-1"] = replace(row, subscriber=nobody)
    book.active.clear()
    deliver(book, FakeTransport())
    assert states(book) == {S.SUPPRESSED: 1}


@pytest.mark.parametrize("changes", [{"email": "jürgen@example.com"}, {"name": "a\r\nBcc: b@c.de"}])
def test_a_reader_who_cannot_be_written_to_fails_alone(changes):
    book = prepared(3)
    bad = book.rows[EDITION, "sub-2"]
    book.rows[EDITION, "sub-2"] = replace(bad, subscriber=replace(bad.subscriber, **changes))
    transport = FakeTransport()
    deliver(book, transport)
    assert states(book) == {S.ACCEPTED: 2, S.FAILED: 1}


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [
        ("RCPT", "550 5.1.1 unknown user", S.BOUNCED),
        ("RCPT", "550 no such user", S.BOUNCED),
        ("RCPT", "553 5.1.3 bad address", S.BOUNCED),
        ("RCPT", "550 5.7.1 blocked", S.FAILED),
        ("RCPT", "552 mailbox full", S.FAILED),
        ("RCPT", "450 4.2.1 greylisted", S.DEFERRED),
        ("RCPT", "421 4.7.0 slow down", S.DEFERRED),
        ("MAIL", "550 no", S.FAILED),
        ("MAIL", "451 4.3.0 later", S.DEFERRED),
        (".", "554 5.7.1 spam", S.FAILED),
        (".", "550 5.1.1 unknown user", S.BOUNCED),
        (".", "550 message refused", S.FAILED),
        (".", "451 4.7.1 later", S.DEFERRED),
    ],
)
def test_a_refusal_settles_one_row_and_the_others_go(verb, answer, state):
    book = prepared(3)
    with ScriptedServer({verb: [answer]}) as server:
        deliver(book, smtp(server.port))
    assert states(book) == {state: 1, S.ACCEPTED: 2}
    assert book.rows[EDITION, "sub-1"].reply == answer
    assert len(server.taken) == 2


def test_a_deferred_copy_rests_longer_each_time_and_expires_after_twelve_hours():
    book, now, tried = prepared(1), clock(), []
    with ScriptedServer({"RCPT": ["450 4.2.1 later"] * 30}) as server:
        while book.open(EDITION, 9):
            assert deliver(book, smtp(server.port), now).handled == 1
            tried.append(now.now())
            if due := book.next_due(EDITION):
                now.instant = due - dt.timedelta(seconds=1)
                assert deliver(book, smtp(server.port), now).handled == 0  # rests
                now.instant = due
    row = book.rows[EDITION, "sub-1"]
    assert (row.state, row.reply) == (S.FAILED, EXPIRED)
    assert server.verbs.count("RCPT") == len(tried) - 1 == row.attempts < MAX_ATTEMPTS
    *gaps, last = [after - before for before, after in itertools.pairwise(tried)]
    for gap, rest in zip(gaps, (*RESTS, RESTS[-1]), strict=False):
        assert 0.8 * rest <= gap <= 1.2 * rest
    assert last <= 1.2 * RESTS[-1]
    assert tried[-1] - tried[0] == EXPIRY


def test_greylisting_is_passed_with_the_same_bytes():
    book, now = prepared(1), clock()
    with ScriptedServer({".": ["451 4.7.1 greylisted"]}) as server:
        assert deliver(book, smtp(server.port), now).waiting == 1
        now.advance(HOUR)
        assert deliver(book, smtp(server.port), now).finished
    message_id = book.rows[EDITION, "sub-1"].message_id
    assert server.taken == [frozen().for_reader(reader(1), signer(), message_id).data]


# Lost connections ---------------------------------------------------------------------


def test_a_drop_before_the_dot_costs_nobody_anything():
    book = prepared(3)
    with ScriptedServer({"DATA": ["354 go", DROP]}) as server:
        deliver(book, smtp(server.port))
    assert states(book) == {S.ACCEPTED: 3}
    assert len(server.taken) == 3


def test_two_drops_before_the_dot_leave_no_doubt():
    book = prepared(2)
    with ScriptedServer({"DATA": [DROP, DROP]}) as server:
        deliver(book, smtp(server.port))
    assert states(book) == {S.DEFERRED: 1, S.ACCEPTED: 1}


@pytest.mark.parametrize("taken", [True, False])
def test_a_drop_after_the_dot_is_held_in_doubt_and_never_resent(taken):
    book, now = prepared(3), clock()
    with ScriptedServer({".": ["250 ok", DROP]}, taken_on_drop=taken) as server:
        deliver(book, smtp(server.port), now)
        for _ in range(3):
            now.advance(HOUR)
            progress = deliver(book, smtp(server.port), now)
        assert len(server.taken) == 2 + taken
    assert states(book) == {S.ACCEPTED: 2, S.IN_DOUBT: 1}
    assert progress.finished


def test_an_outage_stops_the_batch_and_costs_no_attempt():
    book = prepared(3)

    def down(number):
        if number == 2:
            raise Unavailable("mail.test:25 cannot be reached.", permanent=False)

    transport = FakeTransport(before=down)
    with pytest.raises(Unavailable):
        deliver(book, transport)
    assert states(book) == {S.ACCEPTED: 1, S.DEFERRED: 1, S.QUEUED: 1}
    assert book.rows[EDITION, "sub-2"].attempts == 0
    deliver(book, transport)
    assert states(book) == {S.ACCEPTED: 3}


def test_a_server_that_is_not_there_touches_no_row():
    book = prepared(2)
    with ScriptedServer() as server:
        pass
    with pytest.raises(Unavailable):
        deliver(book, smtp(server.port))
    assert book.journal == []


# Crashes ------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["claim", "before_dot", "dot_sent", "after_dot", "settle"])
def test_a_crash_at_any_moment_loses_nobody_and_doubles_nobody(moment):
    book = prepared(3)
    crashes = iter([moment])

    def power_fails(at):
        if at == moment and next(crashes, None):
            raise Crash

    class Book(MemoryBook):
        def claim(self, delivery, now):
            done = super().claim(delivery, now)
            power_fails("claim")
            return done

        def dot_sent(self, delivery, now):
            done = super().dot_sent(delivery, now)
            power_fails("dot_sent")
            return done

        def settle(self, delivery, state, reply, now):
            power_fails("settle")
            return super().settle(delivery, state, reply, now)

    book.__class__ = Book
    transport = FakeTransport(
        lambda number: lambda: power_fails("after_dot"),
        before=lambda number: power_fails("before_dot"),
    )
    with pytest.raises(Crash):
        deliver(book, transport)
    progress = deliver(book, transport)
    assert progress.finished
    got = Counter(each.recipient for each in transport.taken)
    assert max(got.values()) == 1
    in_doubt = book.in_doubt(EDITION)
    lost = 3 - len(got)
    assert lost <= len(in_doubt)
    assert len(in_doubt) == (moment in {"dot_sent", "after_dot", "settle"})
    assert progress.counts[S.ACCEPTED] == 3 - len(in_doubt)


def test_a_crash_before_the_dot_over_real_smtp_leaves_nothing_at_the_server():
    book, inbox = prepared(3), Inbox()

    def crash(delivery, now):
        raise Crash

    with smtp_server(inbox) as port:
        book.dot_sent = crash
        with pytest.raises(Crash):
            deliver(book, smtp(port))
        del book.dot_sent
        assert inbox.envelopes == []
        deliver(book, smtp(port))
    assert len(inbox.envelopes) == 3
    assert states(book) == {S.ACCEPTED: 3}


def test_a_message_that_crashes_every_time_is_given_up():
    book, now = prepared(2), clock()

    def crash(number):
        raise Crash

    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Crash):
            deliver(book, FakeTransport(before=crash), now)
    deliver(book, FakeTransport(), now)
    assert state_of(book, 1) is S.FAILED
    assert state_of(book, 2) is S.ACCEPTED


def test_a_worker_thought_dead_cannot_complete_what_another_took_over():
    book, inbox = prepared(1), Inbox()
    with smtp_server(inbox) as port:
        claim = MemoryBook.claim

        def pause_after_claim(delivery, now):
            done = claim(book, delivery, now)
            del book.claim
            deliver(book, smtp(port))  # another worker, while this one sleeps
            return done

        book.claim = pause_after_claim
        deliver(book, smtp(port))
    assert len(inbox.envelopes) == 1
    assert states(book) == {S.ACCEPTED: 1}
    assert book.rows[EDITION, "sub-1"].attempts == 2


def test_a_lease_leaves_fresh_rows_to_their_worker():
    book, now = prepared(2), clock()
    rows = book.open(EDITION, 9)
    book.claim(rows[0], now.now())
    book.claim(rows[1], now.now())
    book.dot_sent(replace(rows[1], attempts=1), now.now())
    assert deliver(book, FakeTransport(), now, lease=HOUR).handled == 0
    assert states(book) == {S.SENDING: 1, S.DOT_SENT: 1}
    now.advance(HOUR)
    deliver(book, FakeTransport(), now, lease=HOUR)
    assert states(book) == {S.ACCEPTED: 1, S.IN_DOUBT: 1}


# Decisions ----------------------------------------------------------------------------


def doubtful_book():
    book = prepared(3)

    def lost(number):
        if number in {1, 2}:
            raise SendError("no answer", permanent=False)

    deliver(book, FakeTransport(lost))
    assert states(book) == {S.IN_DOUBT: 2, S.ACCEPTED: 1}
    return book


def resend(book, transport, readers):
    return resend_doubtful(
        frozen(), signer(), transport, book, clock(), readers=readers, decided_by="ada"
    )


def test_a_resend_by_decision_keeps_the_message_id():
    book, transport = doubtful_book(), FakeTransport()
    message_id = book.rows[EDITION, "sub-1"].message_id
    progress = resend(book, transport, ["sub-1"])
    assert [each.message_id for each in transport.taken] == [message_id]
    assert progress.counts == {S.IN_DOUBT: 1, S.ACCEPTED: 2}
    assert ("sub-1", S.QUEUED) in book.journal


@pytest.mark.parametrize("readers", [["sub-3"], ["sub-1", "nobody"]])
def test_only_copies_in_doubt_are_resent(readers):
    book, transport = doubtful_book(), FakeTransport()
    with pytest.raises(SendRefused, match="in doubt"):
        resend(book, transport, readers)
    assert transport.taken == []


def test_who_left_meanwhile_is_not_resent_to():
    book, transport = doubtful_book(), FakeTransport()
    book.active["sub-1"] = False
    resend(book, transport, ["sub-1"])
    assert transport.taken == []
    assert state_of(book, 1) is S.SUPPRESSED


def test_a_resend_after_the_last_attempt_still_goes():
    book, transport = doubtful_book(), FakeTransport()
    book.rows[EDITION, "sub-1"] = replace(book.rows[EDITION, "sub-1"], attempts=MAX_ATTEMPTS)
    resend(book, transport, ["sub-1"])
    assert len(transport.taken) == 1


# What may leave -----------------------------------------------------------------------


def test_sample_data_stay_on_the_machine(tmp_path):
    sample, outside = rendered(sample=True), FakeTransport()
    book = prepared(1)
    with pytest.raises(SendRefused, match="simulated"):
        deliver_batch(frozen(sample), signer(), outside, book, clock())
    with pytest.raises(SendRefused, match="simulated"):
        send_test(frozen(sample, test=True), "desk@example.com", signer(), outside)
    with pytest.raises(SendRefused, match="simulated"):
        resend_doubtful(
            frozen(sample), signer(), outside, book, clock(), readers=[], decided_by="ada"
        )
    assert (outside.entered, book.journal) == (0, [])
    at_home = MaildirTransport(tmp_path / "box")
    send_test(frozen(sample, test=True), "desk@example.com", signer(), at_home)
    deliver_batch(frozen(sample), signer(), at_home, book, clock())
    assert len(list((tmp_path / "box" / "new").iterdir())) == 2


def test_links_without_https_stay_on_the_machine(tmp_path):
    book, in_clear = prepared(1), signer(base="http://127.0.0.1:8000")
    with pytest.raises(SendRefused, match="https"):
        deliver_batch(frozen(), in_clear, FakeTransport(), book, clock())
    deliver_batch(frozen(), in_clear, MaildirTransport(tmp_path / "box"), book, clock())
    assert states(book) == {S.ACCEPTED: 1}


def test_a_test_send_leaves_the_ledger_alone_and_says_that_it_is_one():
    book, inbox = prepared(1), Inbox()
    with smtp_server(inbox) as port:
        receipt = send_test(frozen(test=True), "desk@example.com", signer(), smtp(port))
    assert receipt.reply.startswith("250")
    assert inbox.recipients == ["desk@example.com"]
    assert b"Subject: [TEST] Small caps lead\r\n" in inbox.contents[0]
    assert book.journal == []


def test_a_test_message_never_goes_to_the_audience():
    book = prepared(1)
    with pytest.raises(SendRefused, match="test"):
        deliver_batch(frozen(test=True), signer(), FakeTransport(), book, clock())


def approved(mail, state=State.APPROVED):
    content = content_hash(mail.sha256, "ledger")
    revision = Revision(1, "house", APPROVED_AT, "s", "l", "d", "r", "p", content, blocked=False)
    approval = Approval("ada", APPROVED_AT, content)
    key = EditionKey(Session(dt.date(2026, 7, 2)), "evening")
    return Edition(key, state, APPROVED_AT - HOUR, APPROVED_AT + HOUR, revision, approval)


def freeze(edition, mail, ledger="ledger"):
    return freeze_message(edition, mail, ledger, SENDER, PUBLICATION, "evening", clock())


def test_only_exactly_what_was_approved_is_frozen_and_it_bears_the_approvals_date():
    mail = rendered()
    assert freeze(approved(mail), mail) == frozen(mail)
    with pytest.raises(SendRefused, match="changed"):
        freeze(approved(mail), rendered("Another subject"))
    with pytest.raises(SendRefused, match="changed"):
        freeze(approved(mail), mail, "other ledger")
    with pytest.raises(SendRefused, match="not approved"):
        freeze(approved(mail, State.IN_REVIEW), mail)


# Silence ------------------------------------------------------------------------------


def test_no_address_and_no_link_is_printed_logged_or_told(caplog, capsys):
    caplog.set_level(0, logger="newsletter")
    book = prepared(3)
    answers = ["550 5.1.1 <reader1@example.com> unknown", DROP, DROP, "421 reader3@example.com"]
    with ScriptedServer({"RCPT": answers}) as server:
        deliver(book, smtp(server.port))
    told = caplog.text + "".join(capsys.readouterr())
    told += "".join(row.reply for row in book.rows.values())
    for number in (1, 2, 3):
        link = signer().unsubscribe_url(reader(number), EDITION)
        assert f"reader{number}@" not in told
        assert link.rpartition("/")[2] not in told


def test_errors_of_delivery_belong_to_the_tree_and_survive_the_engine():
    refusal = Refused("no", code=550, reply="550 no", phase=Phase.DOT)
    again = pickle.loads(pickle.dumps(refusal))
    assert isinstance(again, NewsletterError)
    assert (str(again), again.code, again.reply, again.phase) == ("no", 550, "550 no", Phase.DOT)
    for error in (AddressError("bad"), Unavailable("down", permanent=True)):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.permanent) == (type(error), True)
