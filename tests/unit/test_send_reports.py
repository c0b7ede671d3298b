"""Reading bounces and complaints: what servers write, and what enemies do."""

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reports_support import BOUNCE, EXCHANGE, HOLIDAY, LETTER, OURS, POSTFIX, QMAIL, WORD, raw

from newsletter.send.reports import LARGEST, Kind, read
from newsletter.send.verdicts import classify

NOW = dt.datetime(2026, 7, 3, tzinfo=dt.UTC)
GENUINE = {BOUNCE: ("2026-07-02.XNYS.evening", "sub-1")}


@pytest.mark.parametrize("server", sorted(WORD))
def test_every_servers_report_is_read(server):
    text, verdict = WORD[server]
    found = read(raw(text), NOW)
    assert found.kind is Kind.REPORT, found.reason
    (event,) = found.events
    assert event.message_id == OURS
    assert event.recipient.startswith("ada@")
    assert classify(event) == verdict
    assert dt.datetime(2026, 7, 2, 22, tzinfo=dt.UTC) <= event.at <= NOW
    assert "@" not in event.text


@pytest.mark.parametrize("server", sorted(WORD))
def test_a_signed_bounce_address_says_whose_it_is(server):
    text, _ = WORD[server]
    (event,) = read(raw(text), NOW, GENUINE.get).events
    assert (event.edition, event.subscriber) == GENUINE[BOUNCE]


def test_the_same_report_has_the_same_id_whatever_way_it_came():
    (one,) = read(raw(POSTFIX), NOW).events
    (two,) = read(raw("Received: by another way\n" + POSTFIX), NOW).events
    assert one.id == two.id
    assert one.id != read(raw(EXCHANGE), NOW).events[0].id


def test_a_report_that_proves_nothing_is_for_a_person():
    forged = POSTFIX.replace(f"Message-ID: <{OURS}>\n", "")
    found = read(raw(forged), NOW)
    assert (found.kind, found.events) == (Kind.UNREAD, ())
    assert "prove" in found.reason


def test_an_answer_from_a_holiday_is_dropped_and_a_letter_is_kept():
    assert read(raw(HOLIDAY), NOW, GENUINE.get).kind is Kind.ANSWER
    letter = read(raw(LETTER), NOW, GENUINE.get)
    assert (letter.kind, letter.subject) == (Kind.UNREAD, "Why so bearish?")
    assert "anyway" in letter.text


@pytest.mark.parametrize(
    "subject",
    ["Out of Office: x", "Abwesenheitsnotiz: x", "Réponse automatique : x", "RE: Auto: x"],
)
def test_holidays_are_known_by_their_subject_too(subject):
    text = LETTER.replace("Why so bearish?", subject)
    assert read(text.encode(), NOW).kind is Kind.ANSWER


def test_a_subject_does_not_hide_a_bounce():
    text = POSTFIX.replace("Undelivered Mail Returned to Sender", "Automatic reply: x")
    assert read(raw(text), NOW).kind is Kind.REPORT


def test_the_reporters_clock_is_not_believed():
    for date in ("Thu, 2 Jul 2099 22:01:07 +0000", "Thu, 2 Jul 1970 22:01:07 +0000", "soon"):
        text = POSTFIX.replace("Thu,  2 Jul 2026 22:01:07 +0000 (UTC)\nFrom", f"{date}\nFrom")
        (event,) = read(raw(text), NOW).events
        assert event.at == NOW


def test_a_wrong_charset_and_an_unknown_encoding_are_read_all_the_same():
    text = QMAIL.replace(
        "Subject: failure notice\n",
        "Subject: failure notice\nContent-Type: text/plain; charset=x-nonsense\n",
    )
    assert read(raw(text).replace(b"Sorry, no", b"Sorry\xff\xfe, no"), NOW).kind is Kind.REPORT


def test_several_recipients_are_several_reports():
    block = "\nFinal-Recipient: rfc822; eve@readers.example\nAction: delayed\nStatus: 4.4.1\n"
    marker = "\n--4ZqQ8S5Zb1z9rw.1783029667/mx.relay.example\nContent-Description: Undelivered"
    found = read(raw(POSTFIX.replace(marker, block + marker)), NOW)
    assert [str(classify(each)) for each in found.events] == ["hard", "delayed"]
    assert len({each.id for each in found.events}) == 2


def test_what_is_too_large_or_too_deep_is_for_a_person():
    assert read(b"x" * (LARGEST + 1), NOW).kind is Kind.UNREAD
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    )
    assert read(deep, NOW).kind is Kind.UNREAD
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 5000
    assert read(nested, NOW).kind is Kind.UNREAD


PIECES = [raw(text) for text, _ in WORD.values()]


@settings(max_examples=150)
@given(st.sampled_from(PIECES), st.integers(0, 5000), st.integers(0, 5000), st.binary(max_size=40))
def test_no_damage_makes_it_stumble_or_believe(data, start, length, junk):
    broken = data[:start] + junk + data[start + length :]
    found = read(broken, NOW)
    assert found.kind in Kind
    for event in found.events:
        assert event.message_id
        assert event.at <= NOW


@settings(max_examples=100)
@given(st.binary(max_size=600))
@example(b"")
@example(b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n")
@example(b"Content-Type: message/delivery-status\r\n\r\nStatus")
@example(
    b"Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n"
)
@example(b'Subject: =?x?b?////?=\r\nContent-Type: text/plain; charset="\xff"\r\n\r\nx')
def test_any_bytes_are_something(data):
    assert read(data, NOW).kind in Kind
