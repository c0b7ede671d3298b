"""Reports taken in, and addresses that get no mail."""

import itertools
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reported_support import DAY, KEY, NOW, OLD, SENT, event, name, world

from newsletter.review.desk import AuditEntry
from newsletter.send.delivery import DeliveryState
from newsletter.send.events import Forged, What
from newsletter.send.intake import Unread
from newsletter.send.suppression import LIFTED_BY_CONSENT, AddressSuppressed, Cause, mark_of
from newsletter.store.models import SubscriberRow
from newsletter.store.models_reports import EventRow

pytestmark = pytest.mark.databases

ADA = "ada@readers.example"
COUNT = itertools.count()


@pytest.fixture
def house(tmp_path):
    with world(tmp_path) as made:
        yield made


@pytest.fixture
def ada(house):
    return house.reader()


def erasing():
    return AuditEntry(NOW, "operator", "erased", "reader 0123456789ab")


# Reports ------------------------------------------------------------------------------


def test_a_hard_bounce_ends_the_subscription_at_once(house, ada):
    edition = house.sent(ada)
    taken = house.reports.take([event(message_id=name(edition, ada), status="5.1.1")], NOW)
    assert (taken.new, taken.suppressed, taken.unmatched) == (1, 1, 0)
    assert house.state(edition, ada) == "bounced"
    assert not house.book.is_active(ada.id)
    assert house.audience.reader(ada.id).status == "bounced"
    assert house.suppressions.of(ADA).cause is Cause.BOUNCED
    assert house.actions() == ["suppressed"]


def test_a_report_counts_once(house, ada):
    edition = house.sent(ada)
    report = event(What.COMPLAINED, message_id=name(edition, ada))
    house.reports.take([report, report], NOW)
    taken = house.reports.take([report], NOW)
    assert (taken.new, taken.known) == (0, 1)
    assert house.reports.numbers(edition).complained == 1
    assert house.actions() == ["suppressed"]


def test_a_block_never_suppresses_however_often(house, ada):
    for number in range(1, 16):
        edition = house.sent(ada, number)
        about = {"message_id": name(edition, ada), "status": "5.7.1", "permanent": True}
        house.reports.take([event(id=str(number), **about)], NOW)
    assert house.suppressions.of(ADA) is None
    assert house.book.is_active(ada.id)
    assert house.reports.numbers(edition).blocked == 1


def soft(house, ada, numbers, order=None):
    editions = [house.sent(ada, number) for number in numbers]
    reports = [
        event(id=each, message_id=name(each, ada), status="5.2.2", at=SENT) for each in editions
    ]
    for report in order(reports) if order else reports:
        house.reports.take([report], NOW)


@pytest.mark.parametrize("order", [None, reversed])
def test_five_soft_failures_over_ten_days_suppress_in_whatever_order_they_come(house, ada, order):
    soft(house, ada, (1, 3, 5, 8), order)
    assert house.book.is_active(ada.id)
    soft(house, ada, (11,))
    assert house.suppressions.of(ADA).cause is Cause.BOUNCED


def test_a_delivery_between_begins_anew(house, ada):
    house.sent(ada, 6)
    soft(house, ada, (1, 3, 5, 8, 11))
    assert house.book.is_active(ada.id)


def test_a_refusal_in_the_conversation_counts_like_a_report(house, ada):
    for number in (1, 3, 5, 8):
        house.sent(ada, number, "failed", "452 4.2.2 mailbox full")
    edition = house.sent(ada, 12, "sending", "")
    row = house.book.row(edition, ada.id)
    assert house.book.settle(row, DeliveryState.FAILED, "452 4.2.2 mailbox full", SENT + 11 * DAY)
    assert house.suppressions.of(ADA).cause is Cause.BOUNCED


def test_our_own_failures_are_nobodys_strikes(house, ada):
    for number in (1, 3, 5, 8):
        house.sent(ada, number, "failed", "relay.example closed the connection")
    edition = house.sent(ada, 12, "sending", "")
    row = house.book.row(edition, ada.id)
    house.book.settle(row, DeliveryState.FAILED, "relay.example closed", SENT + 11 * DAY)
    assert house.book.is_active(ada.id)


def test_a_refused_recipient_is_suppressed_with_the_row(house, ada):
    edition = house.sent(ada, 1, "sending", "")
    row = house.book.row(edition, ada.id)
    assert house.book.settle(row, DeliveryState.BOUNCED, "550 5.1.1 unknown", NOW)
    assert not house.book.settle(row, DeliveryState.BOUNCED, "550 5.1.1 unknown", NOW)
    assert house.suppressions.of(ADA).detail == "550 5.1.1 unknown"
    assert house.actions() == ["suppressed"]


def test_a_report_decides_a_doubt(house, ada):
    edition = house.sent(ada, 1, "in_doubt")
    house.reports.take([event(What.DELIVERED, message_id=name(edition, ada))], NOW)
    assert house.state(edition, ada) == "accepted"


def test_a_copy_that_a_worker_has_is_left_to_it(house, ada):
    for number, state in enumerate(("queued", "sending", "dot_sent", "deferred"), 1):
        edition = house.sent(ada, number, state)
        house.reports.take([event(id=state, message_id=name(edition, ada), status="5.2.2")], NOW)
        assert house.state(edition, ada) == state


def test_reports_in_any_order_end_in_the_same_state(tmp_path):
    ends = set()
    for number, order in enumerate(itertools.permutations(range(3))):
        folder = tmp_path / str(number)
        folder.mkdir()
        with world(folder) as house:
            ada = house.reader()
            edition = house.sent(ada)
            about = {"message_id": name(edition, ada)}
            reports = [
                event(What.DELIVERED, "a", **about),
                event(What.DEFERRED, "b", **about),
                event(What.BOUNCED, "c", status="5.1.1", **about),
            ]
            for each in order:
                house.reports.take([reports[each]], NOW)
            ends.add((house.state(edition, ada), house.book.is_active(ada.id)))
    assert ends == {("bounced", False)}


def test_a_services_report_finds_the_reader_by_address_and_a_mails_does_not(house, ada):
    edition = house.sent(ada)
    about = {"recipient": "ADA@readers.example", "status": "5.1.1"}
    assert house.reports.take([event(source="dsn", **about)], NOW).unmatched == 1
    assert house.book.is_active(ada.id)
    assert house.reports.take([event(source="brevo", **about)], NOW).unmatched == 0
    assert house.state(edition, ada) == "bounced"


def test_an_unsubscription_ends_the_list_and_leaves_the_address_free(house, ada):
    weekly = house.reader(list_name="weekly")
    edition = house.sent(ada)
    house.reports.take([event(What.UNSUBSCRIBED, message_id=name(edition, ada))], NOW)
    assert house.audience.reader(ada.id).status == "unsubscribed"
    assert house.book.is_active(weekly.id)
    assert house.suppressions.of(ADA) is None
    assert house.actions() == ["unsubscribed"]


def test_a_token_opens_once_and_a_refused_call_changes_nothing(house, ada):
    edition = house.sent(ada)
    one = event(What.DELIVERED, "a", "mailgun", message_id=name(edition, ada))
    house.reports.take([one], NOW, "token")
    forged = replace(one, id="b", what=What.COMPLAINED)
    with pytest.raises(Forged):
        house.reports.take([forged], NOW, "token")
    assert house.suppressions.of(ADA) is None


def test_a_report_of_tomorrow_is_of_now(house, ada):
    house.reports.take([event(at=NOW + 400 * DAY, recipient=ADA)], NOW)
    with house.database.begin() as session:
        assert session.scalars(sa.select(EventRow.at)).all() == [NOW]


def test_numbers_count_readers_and_not_reports(house, ada):
    eve = house.reader("eve@readers.example")
    edition = house.sent(ada)
    house.sent(eve)
    for reader, id in ((ada, "1"), (ada, "2"), (eve, "3")):
        about = {"message_id": name(edition, reader)}
        house.reports.take([event(What.DELIVERED, id, **about)], NOW)
    found = house.reports.numbers(edition)
    assert (found.copies, found.confirmed, found.bounced) == (2, 2, 0)


@pytest.mark.databases("sqlite")
def test_no_address_stands_in_what_is_kept_of_reports(house, ada, tmp_path):
    edition = house.sent(ada)
    said = f"550 5.1.1 <{ADA}>: unknown"
    house.reports.take([event(message_id=name(edition, ada), recipient=ADA, text=said)], NOW)
    house.reports.queue(Unread("f" * 64, "why", f"about {ADA}", f"I am {ADA}", NOW))
    house.audience.erase(ADA, erasing())
    house.database.close()
    with closing(sqlite3.connect(tmp_path / "news.db")) as connection:
        dump = "\n".join(connection.iterdump())
    assert "ada@" not in dump.casefold()
    assert "readers.example" not in dump.casefold()


def test_the_queue_for_a_person_holds_each_mail_once_until_it_is_done(house):
    unread = Unread("a" * 64, "it is no report", "Hello", "text", NOW)
    assert house.reports.queue(unread)
    assert not house.reports.queue(unread)
    assert house.reports.waiting() == [unread]
    assert house.reports.done("a" * 12, NOW) == 1
    assert (house.reports.waiting(), house.reports.waiting_count()) == ([], 0)
    assert not house.reports.queue(unread)


# Suppression --------------------------------------------------------------------------


@pytest.mark.parametrize("cause", list(Cause))
def test_a_suppressed_address_is_added_to_no_list(house, cause):
    house.suppressions.add(ADA, cause, "", NOW)
    for email in (ADA, "Ada@readers.example"):
        with pytest.raises(AddressSuppressed) as caught:
            house.reader(email)
        assert "@" not in str(caught.value)


def test_whoever_was_erased_is_not_imported_again(house, ada):
    house.audience.erase(ADA, erasing())
    assert house.suppressions.of(ADA).cause is Cause.ERASED
    with pytest.raises(AddressSuppressed):
        house.reader()


@pytest.mark.parametrize(
    ("first", "kept"),
    [(Cause.COMPLAINED, Cause.COMPLAINED), (Cause.BOUNCED, Cause.ERASED),
     (Cause.MANUAL, Cause.MANUAL)],
)  # fmt: skip
def test_erasing_keeps_the_weightier_cause_and_no_words(house, ada, first, kept):
    house.suppressions.add(ADA, first, "said something", NOW)
    house.audience.erase(ADA, erasing())
    found = house.suppressions.of(ADA)
    assert (found.cause, found.detail) == (kept, "")


def test_only_a_new_consent_lifts_a_complaint_and_only_a_person_lifts_a_persons(house, ada):
    entry = AuditEntry(NOW, "operator", "unsuppressed", "reader 0123456789ab")
    house.suppressions.add(ADA, Cause.COMPLAINED, "", NOW)
    with pytest.raises(AddressSuppressed):
        house.suppressions.release(ADA, entry)
    assert house.suppressions.lift(ADA, LIFTED_BY_CONSENT)
    assert not house.suppressions.lift(ADA, LIFTED_BY_CONSENT)
    house.suppressions.add(ADA, Cause.MANUAL, "wrong person", NOW)
    assert not house.suppressions.lift(ADA, LIFTED_BY_CONSENT)
    assert house.suppressions.release(ADA, entry) == 0  # the complaint's end was not his to undo
    assert house.suppressions.release(ADA, entry) is None


def test_a_bounce_taken_back_begins_the_subscription_again(house, ada):
    house.suppressions.add(ADA, Cause.BOUNCED, "550 5.1.1", NOW)
    entry = AuditEntry(NOW, "operator", "unsuppressed", "reader 0123456789ab")
    assert house.suppressions.release(ADA, entry) == 1
    assert house.book.is_active(ada.id)
    assert house.actions() == ["suppressed", "unsuppressed"]


def test_entries_outlive_the_key_they_were_made_with(tmp_path):
    with world(tmp_path, (OLD,)) as before:
        before.suppressions.add(ADA, Cause.ERASED, "", NOW)
    with world(tmp_path, (KEY, OLD)) as after:
        assert after.suppressions.of(ADA).cause is Cause.ERASED
        assert not after.suppressions.add(ADA, Cause.BOUNCED, "", NOW)
        assert after.suppressions.add(ADA, Cause.MANUAL, "", NOW) is False
        assert [one.mark for one in after.suppressions.all()] == [mark_of(ADA, KEY)]
    with world(tmp_path, (OLD,)) as lost:
        assert lost.suppressions.of(ADA) is None


def test_is_active_asks_the_list_and_not_only_the_status(house, ada):
    house.suppressions.add(ADA, Cause.MANUAL, "", NOW)
    with house.database.begin() as session:
        session.get(SubscriberRow, ada.id).status = "active"  # as another program might
    assert not house.book.is_active(ada.id)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from([*Cause, "consent"]), max_size=8))
def test_the_list_is_what_its_rules_say(house, steps):
    """A model of one address: the weightiest cause since the last consent."""
    order = [Cause.BOUNCED, Cause.ERASED, Cause.COMPLAINED, Cause.MANUAL]
    email, held = f"r{next(COUNT)}@readers.example", None
    for step in steps:
        if step == "consent":
            lifted = house.suppressions.lift(email, LIFTED_BY_CONSENT)
            assert lifted is (held is not None and held is not Cause.MANUAL)
            held = None if lifted else held
        else:
            assert house.suppressions.add(email, step, "", NOW) is (held is None)
            held = max(filter(None, (held, step)), key=order.index)
        found = house.suppressions.of(email)
        assert (found.cause if found else None) is held
