"""Whatever names, subjects, texts and links hold, the mail stays well-formed and whole."""

import email
import email.policy
import quopri
import re
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from send_support import EDITION, frozen, reader, rendered, signer

from newsletter.errors import SendError
from newsletter.render.rendered import PREFERENCES_URL, UNSUBSCRIBE_URL
from newsletter.send.addresses import UNPRINTABLE, AddressError, normalise
from newsletter.send.quoted import canonical, cut, quoted
from newsletter.send.tokens import Purpose
from newsletter.send.transport import Envelope
from newsletter.send.transports.smtp.talk import wire_form

MAIL = frozen()
ANYTHING = st.text(st.characters(), max_size=200)
PRINTABLE = ANYTHING.filter(lambda value: not UNPRINTABLE.search(value))
NO_HALVES = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
BODIES = st.lists(
    st.one_of(
        NO_HALVES,
        st.sampled_from(
            [
                UNSUBSCRIBE_URL,
                PREFERENCES_URL,
                "\n",
                "\r\n",
                " ",
                "\t",
                "=",
                ".",
                "\nFrom ",
                "x" * 200,
            ]
        ),
    ),
    max_size=12,
).map("".join)
PLACES = {UNSUBSCRIBE_URL: "a", PREFERENCES_URL: "b"}
OWN = st.one_of(NO_HALVES, st.sampled_from(["", "\n", ".\n", "From ", "=\n ", "x\n" * 40]))
LINKS = st.from_regex(r"https://[a-z.]{1,40}/u/[A-Za-z0-9_\-.=&?%~]{0,400}", fullmatch=True)
LOCAL_PARTS = st.one_of(ANYTHING, st.text("abZ09.!#'+=?_-", min_size=1, max_size=70))
DOMAINS = st.one_of(ANYTHING, st.text("abZ09.-üé例", min_size=1, max_size=70))
ONCE = ("From", "To", "Date", "Message-ID", "Subject", "Reply-To", "MIME-Version", "List-Id")


def decoded(part):
    return quopri.decodestring(part).replace(b"\r\n", b"\n").decode()


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def shown(to, raw):
    """Return the display name as RFC 2047 reads it.

    Python's own address parser puts a space between two encoded words, which the standard
    says to drop.
    """
    phrase = raw[len(b"To: ") : raw.index(b"<reader1@")].decode()
    if "=?" in phrase:
        return str(make_header(decode_header(phrase))).rstrip(" ")
    return to.addresses[0].display_name


def assert_clean(raw):
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not {byte for byte in raw if byte < 32} - {9, 10, 13}
    message = parsed(raw)
    assert {name: len(message.get_all(name)) for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert set(message.keys()) == set(parsed(MAIL.for_reader(reader(), signer()).data).keys())
    return message


@given(BODIES, OWN, LINKS)
@example(UNSUBSCRIBE_URL, "", "https://a/u/=")
@example(f"{UNSUBSCRIBE_URL}{PREFERENCES_URL} \n {UNSUBSCRIBE_URL}", ".", "https://a/" + "=" * 300)
@settings(max_examples=400)
def test_splicing_equals_replacing_in_the_decoded_text(body, own, link):
    pieces, names = cut(body, PLACES)
    assert len(pieces) == len(names) + 1
    filled = [quoted({"a": own.replace("\r", ""), "b": link}[name]) for name in names]
    spliced = b"".join(part for pair in zip(pieces, [*filled, b""], strict=True) for part in pair)
    wanted = canonical(body).replace(UNSUBSCRIBE_URL, own.replace("\r", ""))
    assert decoded(spliced) == wanted.replace(PREFERENCES_URL, link)
    lines = spliced.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not [line for line in lines if line.startswith((b".", b"From "))]
    assert not [line for line in lines if line.endswith((b" ", b"\t"))]
    assert b"=_" not in spliced  # what boundaries start with


@given(BODIES, BODIES, st.text("abcXYZ019-_", min_size=1, max_size=300))
@settings(max_examples=100, deadline=None)
def test_a_readers_parts_equal_the_mail_with_the_link_replaced(text, html, subscriber):
    text, html = text + UNSUBSCRIBE_URL, html + UNSUBSCRIBE_URL + PREFERENCES_URL
    someone = reader(id=subscriber)
    mail = frozen(rendered(text=text, html=html, images=False))
    link, choices = (
        signer().url(someone, way, EDITION) for way in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES)
    )
    message = assert_clean(mail.for_reader(someone, signer()).data)
    for kind, content in (("plain", text), ("html", html)):
        got = message.get_body((kind,)).get_payload(decode=True).replace(b"\r\n", b"\n").decode()
        own = canonical(content).replace(UNSUBSCRIBE_URL, link)
        assert got == own.replace(PREFERENCES_URL, choices)


@given(PRINTABLE)
@example('"\\" <x@y.com>')
@example("=?utf-8?q?=0D=0ABcc:_x?=")
@example("a, b: c; <d>")
@example("é " * 90)
def test_a_name_comes_back_as_it_was_and_makes_no_other_header(name):
    raw = MAIL.for_reader(reader(name=name), signer()).data
    message = assert_clean(raw)
    (address,) = message["To"].addresses
    assert address.addr_spec == "reader1@example.com"
    assert shown(message["To"], raw) == name.strip()


@given(PRINTABLE.filter(str.strip))
@example("=?utf-8?q?=0D=0ABcc:_x?=")
@example("word " * 40)
@example("x" * 1200)
@example("🙂" * 200)
@settings(deadline=None)
def test_a_subject_comes_back_as_it_was(subject):
    raw = frozen(rendered(subject)).for_reader(reader(), signer()).data
    message = assert_clean(raw)
    assert message["Subject"] == subject.strip()
    field = raw[raw.index(b"Subject:") :].partition(b"\r\nDate:")[0]
    assert max(map(len, field.split(b"\r\n"))) <= 78


@given(ANYTHING, st.sampled_from("\x00\t\n\r\x0b\x1b\x7f\x85\u2028\u2029\ud800"), ANYTHING)
@settings(deadline=None)
def test_control_characters_are_refused_wherever_they_come_from(before, control, after):
    hostile = before + control + after
    with pytest.raises(SendError):
        MAIL.for_reader(reader(name=hostile), signer())
    with pytest.raises(SendError):
        frozen(rendered(hostile))


@given(st.one_of(ANYTHING, st.builds("{}@{}.com".format, LOCAL_PARTS, DOMAINS)))
@settings(max_examples=300)
def test_an_address_is_mailed_in_one_safe_form_or_refused(text):
    try:
        address = normalise(text)
    except AddressError:
        return
    assert normalise(address) == address
    assert len(address) <= 254
    message = assert_clean(MAIL.for_reader(reader(email=text), signer()).data)
    assert [each.addr_spec for each in message["To"].addresses] == [address]


@given(st.text("abcXYZ019-_", min_size=1, max_size=40), st.text("abcXYZ", min_size=1, max_size=40))
def test_message_ids_are_the_readers_own_and_stable(first, second):
    one, two = (MAIL.message_id(reader(id=each), signer()) for each in (first, second))
    assert (one == two) == (first == second)
    assert MAIL.message_id(reader(id=first, name="New Name"), signer()) == one


@given(data=st.text("ab.\r\n\x80", max_size=12).map(lambda text: text.encode("latin-1")))
@example(data=b"")
@example(data=b"\r")
@example(data=b"\na")
def test_what_goes_over_the_wire_is_read_back_as_it_was_or_is_refused(data):
    """Beside RFC 5321 §4.5.2 read byte by byte: no second reading of a line's end is left."""
    envelope = Envelope("n@example.com", "r@example.com", "m@example.com", data)
    lines = re.sub(rb"\r\n", b"", data)
    if re.search(rb"[\r\n\x80]", lines):
        with pytest.raises(SendError, match="bare line break"):
            wire_form(envelope)
        return
    wire = wire_form(envelope)
    assert wire.endswith(b"\r\n")
    received = [line.removeprefix(b".") for line in wire.split(b"\r\n")]
    assert all(line[:1] != b"." or line.startswith(b"..") for line in wire.split(b"\r\n"))
    assert b"\r\n".join(received) == (data if data.endswith(b"\r\n") else data + b"\r\n")
