"""The frozen message: its form, what differs between readers, what is refused."""

import datetime as dt
import email
import email.policy
import re

import pytest
from send_support import APPROVED_AT, EDITION, PNG, SENDER, frozen, reader, rendered, signer

from newsletter.errors import SendError, SendRefused
from newsletter.render.rendered import UNSUBSCRIBE_URL, Image
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import Purpose

ONCE = (
    "From To Date Message-ID Subject Reply-To MIME-Version Content-Type List-Id "
    "List-Unsubscribe List-Unsubscribe-Post Feedback-ID Precedence"
).split()
OWN = re.compile(rb"^(To|Message-ID|List-Unsubscribe): .*\r\n( .*\r\n)*", re.MULTILINE)


def data(**changes):
    return frozen().for_reader(reader(**changes), signer()).data


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def raw_header(raw):
    return raw.partition(b"\r\n\r\n")[0].decode("ascii")


def test_each_header_stands_exactly_once():
    message = parsed(data())
    assert {name: len(message.get_all(name, [])) for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert sorted(message.keys()) == sorted(ONCE)


def test_headers_say_what_they_should():
    message = parsed(data())
    assert message["From"] == "The Rotation <n@news.example.com>"
    assert message["To"] == "Reader 1 <reader1@example.com>"
    assert message["Subject"] == "Small caps lead"
    assert message["Date"] == "Thu, 02 Jul 2026 21:45:00 +0000"
    assert message["List-Id"] == "The Rotation <evening.news.example.com>"
    assert message["Precedence"] == "bulk"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Auto-Submitted" not in message
    fields = message["Feedback-ID"].split(":")
    assert fields[:2] == [EDITION, "evening"]
    assert len(set(fields)) == 4
    assert 5 <= len(fields[3]) <= 15


def test_the_structure_is_text_first_then_html_with_its_pictures():
    message = parsed(data())
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    picture = list(message.walk())[-1]
    assert picture["Content-ID"] == "<sectors>"
    assert picture.get_content() == PNG
    assert not [defect for part in message.walk() for defect in part.defects]


def test_without_pictures_the_html_stands_alone():
    mail = rendered(images=False, html=f'<a href="{UNSUBSCRIBE_URL}">x</a>')
    kinds = [p.get_content_type() for p in parsed(_raw(mail)).walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def _raw(mail, **options):
    return frozen(mail, **options).for_reader(reader(), signer()).data


def test_the_parts_decode_to_the_mail_with_the_readers_link():
    mail, link = rendered(), signer().unsubscribe_url(reader(), EDITION)
    message = parsed(data())
    text, html = (
        message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")
    )
    assert text == mail.text.replace(UNSUBSCRIBE_URL, link)
    assert html == mail.html.replace(UNSUBSCRIBE_URL, link) + "\n"


def test_one_click_stands_in_the_raw_header_on_one_line():
    link = signer().unsubscribe_url(reader(id="s" * 150), EDITION)
    raw = raw_header(data(id="s" * 150))
    assert len(link) > 250
    assert f"\r\nList-Unsubscribe: <{link}>\r\n" in raw
    assert "=?" not in raw
    owner = signer().read(link.rpartition("/")[2], Purpose.UNSUBSCRIBE)
    assert (owner.subscriber, owner.list) == ("s" * 150, "evening")


def test_no_address_stands_in_a_link():
    raw = data(email="ada.lovelace@example.org")
    assert raw.count(b"lovelace") == 1  # in To


def test_every_line_is_short_ascii_and_ends_in_crlf():
    mail = rendered("Ü" * 300, html="é<b>" * 5000 + f'<a href="{UNSUBSCRIBE_URL}">x</a>')
    raw = _raw(mail)
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert b"\x00" not in raw
    long = [line for line in raw.split(b"\r\n") if len(line) > 78]
    assert [line.split(b":")[0] for line in long] == [b"List-Unsubscribe"]
    assert not [line for line in raw.split(b"\r\n") if line.startswith((b".", b"From "))]


def test_copies_differ_in_their_own_places_only():
    first, second = data(), frozen().for_reader(reader(2), signer()).data
    assert first != second
    links = [signer().unsubscribe_url(reader(n), EDITION) for n in (1, 2)]
    bare = [OWN.sub(b"", raw).replace(b"=\r\n", b"") for raw in (first, second)]
    assert bare[0].replace(links[0].encode(), b"") == bare[1].replace(links[1].encode(), b"")


def test_the_same_reader_gets_identical_bytes():
    assert data() == data()


def test_the_message_id_is_the_readers_and_the_editions_alone():
    ids = {
        frozen(edition=edition).for_reader(reader(n), signer()).message_id
        for edition in (EDITION, "2026-07-03.XNYS.evening")
        for n in (1, 2)
    }
    assert len(ids) == 4
    other = frozen(rendered("Another subject"), date=APPROVED_AT + dt.timedelta(1))
    renamed = reader(name="Other", email="other@example.org")
    same = other.for_reader(renamed, signer()).message_id
    assert same in ids
    assert re.fullmatch(rf"{re.escape(EDITION)}\.[0-9a-f]{{16}}@news\.example\.com", same)


def test_a_kept_message_id_wins_over_a_new_key():
    kept = frozen().for_reader(reader(), signer()).message_id
    later = frozen().for_reader(reader(), signer(b"another key of 16+"), kept)
    assert later.message_id == kept
    assert f"Message-ID: <{kept}>".encode() in later.data


def test_the_envelope_names_sender_and_reader():
    message = frozen().for_reader(reader(email="x@MÜNCHEN.de"), signer())
    assert message.sender == "n@news.example.com"
    assert message.recipient == "x@xn--mnchen-3ya.de"
    assert parsed(message.data)["To"].addresses[0].addr_spec == message.recipient


def test_reply_to_is_the_senders_choice():
    sender = SENDER.model_copy(update={"reply_to": "desk@example.com"})
    assert parsed(_raw(rendered(), sender=sender))["Reply-To"] == "desk@example.com"


def test_dates_are_written_in_utc_whatever_the_zone():
    new_york = APPROVED_AT.astimezone(dt.timezone(dt.timedelta(hours=-4)))
    assert _raw(rendered(), date=new_york) == _raw(rendered(), date=APPROVED_AT)
    with pytest.raises(ValueError, match="aware"):
        frozen(date=dt.datetime(2026, 7, 2))  # noqa: DTZ001


def test_a_frozen_message_survives_storing():
    before = frozen(rendered(sample=True))
    after = FrozenMessage.from_bytes(before.to_bytes())
    assert after == before
    assert after.for_reader(reader(), signer()) == before.for_reader(reader(), signer())


# Tests for editors --------------------------------------------------------------------


def test_a_test_copy_is_marked_and_its_link_names_no_subscriber():
    copy = frozen(test=True).test_copy("desk@example.com", signer())
    message = parsed(copy.data)
    assert message["Subject"] == "[TEST] Small caps lead"
    assert message["X-Newsletter-Test"] == "yes"
    assert ".test." in copy.message_id
    link = message["List-Unsubscribe"].strip("<>")
    owner = signer().read(link.rpartition("/")[2], Purpose.UNSUBSCRIBE)
    assert owner.subscriber == "test-copy"


def test_a_second_test_has_a_new_message_id():
    later = APPROVED_AT + dt.timedelta(minutes=1)
    copies = [
        frozen(test=True, date=at).test_copy("d@e.com", signer()) for at in (APPROVED_AT, later)
    ]
    assert copies[0].message_id != copies[1].message_id


def test_readers_never_get_tests_and_tests_are_never_unmarked():
    with pytest.raises(SendRefused, match="test"):
        frozen(test=True).for_reader(reader(), signer())
    with pytest.raises(SendRefused, match="test"):
        frozen().test_copy("desk@example.com", signer())


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        (rendered(text="no link"), "text part has no unsubscribe"),
        (rendered(html="no link"), "HTML part has no unsubscribe"),
        (rendered(text=UNSUBSCRIBE_URL + " " + UNSUBSCRIBE_URL[:-3]), "damaged"),
        (rendered(html=UNSUBSCRIBE_URL + ' <img src="cid:other">'), "'other'"),
    ],
)
def test_an_incomplete_mail_is_refused(mail, told):
    with pytest.raises(SendRefused, match=told):
        frozen(mail)


@pytest.mark.parametrize("names", [("a", "a"), ("a b",), ('a"',), ("../a",)])
def test_pictures_need_plain_names_of_their_own(names):
    mail = rendered(html=UNSUBSCRIBE_URL)
    images = tuple(Image(name, "", PNG, 1, 1) for name in names)
    changed = type(mail)(mail.subject, mail.preheader, mail.html, mail.text, images)
    with pytest.raises(SendRefused, match="picture"):
        frozen(changed)


@pytest.mark.parametrize(
    "hostile", ["a\r\nBcc: x@y.com", "a\x00b", "\x85", "a\u2028b", "\ud800", ""]
)
def test_a_hostile_subject_is_refused(hostile):
    with pytest.raises(SendError, match=r"Subject|half a character") as failure:
        frozen(rendered(hostile))
    assert failure.value.permanent


def test_a_hostile_name_or_address_is_refused_for_that_reader():
    for changes in ({"name": "a\r\nBcc: x@y.com"}, {"email": "jürgen@x.com"}, {"id": "x" * 900}):
        with pytest.raises(SendError) as failure:
            frozen().for_reader(reader(**changes), signer())
        assert failure.value.permanent


@pytest.mark.parametrize("bad", ["=?utf-8?q?x?=@y.com", "é@y.com", "x" * 1000 + "@y.com", "a\r\nb"])
def test_a_header_that_must_stand_as_it_is_is_never_encoded_or_folded(bad):
    with pytest.raises(SendError, match="Message-ID"):
        frozen().for_reader(reader(), signer(), message_id=bad)


def test_one_click_is_promised_over_https_only():
    raw = frozen().for_reader(reader(), signer(base="http://127.0.0.1:8000")).data
    message = parsed(raw)
    assert message["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/u/")
    assert "List-Unsubscribe-Post" not in message
