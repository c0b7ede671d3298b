"""The form of a mail as a server takes it: rows F1-F8, F11-F13 and F17 of docs/delivery.md.

The bytes are those that a real SMTP server received, signed and with a MAIL FROM of each
reader's own; what they hold is read by the standard library, which did not write them.
"""

import email
import email.policy
import quopri
import re

import dkim
import pytest
from render_support import mail
from send_support import APPROVED_AT, EDITION, HARNESSES, SENDER, frozen, reader, signer
from signing_support import DOMAIN, stamp, zone

from newsletter.render.letters import Letter
from newsletter.send.letters import letter_message
from newsletter.send.verp import read
from newsletter.signatures import Signature

BOUNCES = "bounces.example.com"
SIGNS = SENDER.model_copy(
    update={"dkim": Signature(selector="s2026", domain=DOMAIN), "bounce_domain": BOUNCES}
)
READERS = (
    reader(1, id="0123456789abcdef0123", name="Zoë ₹ — 🙂 " * 6),
    reader(2, id="9876543210fedcba9876", email="x@münchen.de", name=""),
)
ONCE = "From Date Message-ID Subject To Reply-To MIME-Version".split()


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """What the server took: MAIL FROM, recipients and bytes of two copies and a letter."""
    harness = HARNESSES["smtp"](tmp_path_factory.mktemp("wire"))
    copies = frozen(mail(), sender=SIGNS).signed_by(stamp())
    note = Letter("confirm", "Please confirm", "pre", "<p>Yes?</p>", "Yes?\n")
    letter = letter_message(
        note, SIGNS, "ada@example.com", signer(), APPROVED_AT, name="Ada", stamp=stamp()
    )
    envelopes = [*(copies.for_reader(one, signer()) for one in READERS), letter]
    with harness.running(), harness.transport() as way:
        for one in envelopes:
            way.send(one, lambda: None)
    return harness.inbox.envelopes


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def head_of(raw):
    return raw.partition(b"\r\n\r\n")[0].decode("ascii")


def test_what_arrives_is_what_was_signed(taken):
    table = {f"{name}.".encode(): text.encode() for name, text in zone().items()}
    for _, _, raw in taken:
        for index in (0, 1):
            good = dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: table[name])
            assert good, index


def test_f1_plain_text_comes_first_and_is_whole(taken):
    for number in (0, 1):
        message = parsed(taken[number][2])
        assert message.get_content_type() == "multipart/alternative"
        first, second = message.iter_parts()
        assert first.get_content_type() == "text/plain"
        assert second.get_content_type() in {"text/html", "multipart/related"}
        link = signer().unsubscribe_url(READERS[number], EDITION)
        html = message.get_body(("html",)).get_content()
        for part in (first.get_content(), html):
            assert link in part
            assert "1 Example Street" in part or "Example" in part


def test_f2_every_line_is_short_and_every_byte_seven_bits(taken):
    for _, _, raw in taken:
        assert raw.isascii()
        assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
        assert b"\x00" not in raw
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        body = raw.partition(b"\r\n\r\n")[2]
        assert max(map(len, body.split(b"\r\n"))) <= 78
        encodings = {p["Content-Transfer-Encoding"] for p in parsed(raw).walk()} - {None}
        assert encodings <= {"quoted-printable", "base64"}


def test_f4_f7_one_of_each_field_and_one_reader(taken):
    for _, recipients, raw in taken:
        message = parsed(raw)
        assert {name: len(message.get_all(name, [])) for name in ONCE} == dict.fromkeys(ONCE, 1)
        (to,) = message["To"].addresses
        assert (to.addr_spec,) == recipients
    assert parsed(taken[0][2])["List-Id"] == "The Rotation <evening.news.example.com>"
    assert parsed(taken[0][2])["To"].addresses[0].display_name.startswith("Zoë ₹")


def test_f5_the_same_copy_is_the_same_bytes_with_boundaries_of_its_own(taken):
    again = frozen(mail(), sender=SIGNS).signed_by(stamp())
    for number, one in enumerate(READERS):
        made = again.for_reader(one, signer())
        assert (made.sender, made.data) == (taken[number][0], taken[number][2])
        expected = rf"{re.escape(EDITION)}\.[0-9a-f]{{16}}@news\.example\.com"
        assert re.fullmatch(rf"<{expected}>", parsed(made.data)["Message-ID"])
    assert parsed(taken[0][2])["Message-ID"] != parsed(taken[1][2])["Message-ID"]


def test_f6_addresses_are_ascii_and_mail_from_tells_the_reader(taken):
    assert taken[1][1] == ("x@xn--mnchen-3ya.de",)
    for number in (0, 1):
        local, _, domain = taken[number][0].rpartition("@")
        assert (len(local) <= 64, domain) == (True, BOUNCES)
        assert read(taken[number][0], signer()) == (EDITION, READERS[number].id)
    assert taken[2][0] == "n@news.example.com", "a letter is of no edition"


def test_f8_one_click_stands_raw_on_one_line_and_names_nobody(taken):
    for number in (0, 1):
        head, link = head_of(taken[number][2]), signer().unsubscribe_url(READERS[number], EDITION)
        assert re.findall(r"(?m)^List-Unsubscribe: <(https://\S+)>\r$", head) == [link]
        assert head.count("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") == 1
        assert "=?" not in re.search(r"(?m)^List-Unsubscribe:.*$", head)[0]
        assert "@" not in link
        assert "reader1" not in link


def test_f11_feedback_id_is_the_same_for_all_and_holds_no_reader(taken):
    first, second = (parsed(taken[number][2])["Feedback-ID"] for number in (0, 1))
    assert first == second
    fields = first.split(":")
    assert len(fields) == len(set(fields)) == 4
    assert 5 <= len(fields[-1]) <= 15


def test_f12_a_list_says_bulk_and_a_letter_that_a_machine_wrote_it(taken):
    copy, letter = parsed(taken[0][2]), parsed(taken[2][2])
    assert (copy["Precedence"], copy["Auto-Submitted"]) == ("bulk", None)
    assert (letter["Precedence"], letter["Auto-Submitted"]) == (None, "auto-generated")
    assert letter["List-Unsubscribe"] is None


def test_f13_the_html_is_small_enough_when_the_readers_link_is_in_it(taken):
    for number in (0, 1):
        html = parsed(taken[number][2]).get_body(("html",)).get_payload(decode=True)
        assert len(html) <= 90_000
        link = signer().unsubscribe_url(READERS[number], EDITION).encode()
        assert 0 <= html.index(link) <= 0.6 * len(html)


def test_f17_pictures_are_in_the_mail_and_the_same_for_all(taken):
    shown, carried = [], []
    for number in (0, 1):
        message = parsed(taken[number][2])
        html = quopri.decodestring(message.get_body(("html",)).get_payload().encode()).decode()
        shown.append(re.findall(r'<img[^>]*\bsrc="([^"]*)"', html))
        images = [part for part in message.walk() if part.get_content_maintype() == "image"]
        carried.append([(part["Content-ID"], part.get_content()) for part in images])
        assert {part.get_content_subtype() for part in images} <= {"png"}
        assert all(source.startswith("cid:") for source in shown[-1])
        assert len(images) <= 3, "as ADR 0007 has it"
        assert all(len(part.get_content()) <= 100_000 for part in images)
    assert shown[0] == shown[1] != []
    assert carried[0] == carried[1]
