"""MAIL FROM tells edition and reader, to who has the key alone, in 64 characters."""

import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from send_support import EDITION, SENDER, frozen, reader, rendered, signer

from newsletter.errors import SendError, SendRefused
from newsletter.send import verp
from newsletter.send.addresses import normalise
from newsletter.send.message import FrozenMessage

DOMAIN = "bounces.example.com"
BOUNCING = SENDER.model_copy(update={"bounce_domain": DOMAIN})
DATES = st.dates(dt.date(1, 1, 1), dt.date(4500, 1, 1))
WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
KINDS = st.builds(
    lambda word, tail: f"{word}{tail}"[:26],
    WORDS,
    st.sampled_from(["", "_correction", "_correction_2", "_corrections", "_correction_correction"]),
)
EDITIONS = st.builds(
    lambda date, exchange, kind: f"{date.isoformat()}.{exchange}.{kind}",
    DATES, st.from_regex(r"[A-Z]{4}", fullmatch=True), KINDS,
)  # fmt: skip
HEX = st.binary(min_size=10, max_size=10).map(bytes.hex)
IDS = st.one_of(HEX, st.from_regex(r"[A-Za-z0-9_-]{0,9}", fullmatch=True), st.text(max_size=2))
FORM = re.compile(r"b\+[0-9a-z_-]+\.[0-9a-z_-]+\.[a-z2-7]{10}@bounces\.example\.com")


@given(EDITIONS, IDS)
@example("2026-07-02.XNYS.evening_correction_correction_2"[:46], "0" * 20)
@example(EDITION, "test-copy")
@example(EDITION, "")
def test_an_address_reads_back_whatever_servers_do_to_its_case(edition, subscriber):
    made = verp.address(edition, subscriber, DOMAIN, signer())
    assert FORM.fullmatch(made)
    assert len(made.rpartition("@")[0]) <= 64
    assert normalise(made) == made, "an address like any other"
    assert verp.address(edition, subscriber, DOMAIN, signer()) == made
    for arrived in (made, made.upper(), f" {made}\n"):
        assert verp.read(arrived, signer()) == (edition, subscriber)


@given(EDITIONS, HEX, st.data())
def test_any_other_character_makes_it_nobodys(edition, subscriber, data):
    made = verp.address(edition, subscriber, DOMAIN, signer())
    end = made.index("@")
    place = data.draw(st.integers(0, end - 1))
    other = data.draw(st.sampled_from("abcxyz0123456789-_.+").filter(lambda c: c != made[place]))
    assert verp.read(made[:place] + other + made[place + 1 :], signer()) is None
    assert verp.read(made[:place] + made[place + 1 :], signer()) is None
    assert verp.read(made, signer(b"another key of 16+")) is None


@given(st.one_of(st.text(max_size=100), st.from_regex(FORM)))
@example("b+" + "a" * 400)
@example("b+futzxnysevening.h.aaaaaaaaaa@b.c")
@example("b+zzzzxnysevening.haa.aaaaaaaaaa@b.c")
@example("b+0000xnysevening.haa.aaaaaaaaaa@b.c")
def test_whatever_comes_is_nobodys_unless_made_here(text):
    assert verp.read(text, signer()) is None


@given(EDITIONS, EDITIONS)
def test_different_editions_have_different_short_forms(one, two):
    assert (verp.short(one) == verp.short(two)) == (one == two)


def test_a_retired_key_still_reads():
    old, new = b"the key of last year", b"the key of this year"
    made = verp.address(EDITION, "ab" * 10, DOMAIN, signer(old))
    assert verp.read(made, signer(new, retired=[old])) == (EDITION, "ab" * 10)
    assert verp.read(made, signer(new)) is None
    assert verp.address(EDITION, "ab" * 10, DOMAIN, signer(new, retired=[old])) != made


def test_copies_leave_from_the_readers_own_address_and_keep_the_from_header():
    message = frozen(sender=BOUNCING)
    kept = FrozenMessage.from_bytes(message.to_bytes())
    assert kept == message
    first, again, second = (kept.for_reader(reader(n), signer()) for n in (1, 1, 2))
    assert first == again
    assert verp.read(first.sender, signer()) == (EDITION, "sub-1")
    assert verp.read(second.sender, signer()) == (EDITION, "sub-2")
    assert b"From: The Rotation <n@news.example.com>" in first.data
    assert b"bounces" not in first.data, "it is the envelope's alone"
    assert first.message_id == frozen().for_reader(reader(1), signer()).message_id
    test = frozen(test=True, sender=BOUNCING).test_copy("ed@example.com", signer())
    assert verp.read(test.sender, signer()) == (EDITION, "test-copy")
    assert b"bounces" not in frozen().to_bytes(), "stored as before where there is none"


def test_what_does_not_fit_is_refused_before_anything_goes():
    with pytest.raises(SendRefused, match="26 letters"):
        frozen(rendered(), sender=BOUNCING, edition=f"2026-07-02.XNYS.{'a' * 27}")
    frozen(rendered(), sender=BOUNCING, edition=f"2026-07-02.XNYS.{'a' * 26}")
    with pytest.raises(SendRefused, match="no edition key"):
        verp.short("preview")
    with pytest.raises(SendError, match="shorter id"):
        verp.address(EDITION, "x" * 64, DOMAIN, signer())
