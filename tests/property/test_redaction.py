"""The log: whatever is put into it, no address, token, secret or place comes out."""

import base64
import hashlib
import io
import json
import logging
import secrets
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from lengths import length

from newsletter.send.delivery import Subscriber
from newsletter.send.tokens import LinkSigner, Purpose
from newsletter.telemetry.logs import logging_to
from newsletter.telemetry.redaction import Redactor

FEW = settings(max_examples=length(12, 1_000))
SIGNER = LinkSigner(b"k" * 32, "https://news.example.com")
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
LOCAL = st.one_of(
    st.from_regex(
        r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}(\.[A-Za-z0-9'+_-]{1,9}){0,2}", fullmatch=True
    ),
    st.from_regex(r'"[A-Za-z0-9 .!#]{1,12}"', fullmatch=True),
    st.from_regex(r"[а-яäöü]{2,12}", fullmatch=True),
)
DOMAIN = st.from_regex(r"([a-zäöü0-9]{1,9}\.){1,3}[a-zж]{2,6}", fullmatch=True)
PLAIN = st.builds("{}@{}".format, LOCAL, DOMAIN)
CODED = st.builds(lambda a: quote(a, safe=""), st.builds("{}@{}".format, st.just("ann.b"), DOMAIN))
READER = st.builds(
    Subscriber, st.binary(min_size=16, max_size=16).map(bytes.hex), st.just(""), st.just(""),
    st.sampled_from(["evening", "weekly"]),
)  # fmt: skip
LINK = st.builds(SIGNER.url, READER, st.sampled_from(sorted(Purpose)))
OPAQUE = st.binary(min_size=8, max_size=8).map(
    lambda some: base64.urlsafe_b64encode(hashlib.sha256(some).digest()).decode().rstrip("=")
)
PLACE = st.ip_addresses().filter(lambda a: not (a.is_loopback or a.is_unspecified)).map(str)
SECRET = st.text(st.characters(codec="utf-8"), min_size=12, max_size=40).filter(
    lambda s: s == s.strip() and len(set(s)) > 5
)


def written(tell, known=(), *, as_json=True):
    """Return what a log holds after something was told to it."""
    stream = io.StringIO()
    with logging_to(stream, Redactor(known), "test", json=as_json):
        tell(logging.getLogger("newsletter.test"))
    return stream.getvalue()


def everywhere(bad, before, after):
    """Return what tells of a text in every way there is."""

    def tell(log):
        inside = f"{before} {bad} {after}"
        log.error("told %s", inside, extra={"fields": {
            "plain": bad, "deep": [{"x": (inside, {bad: [bad]})}], bad: 1, "bytes": inside.encode(),
            "object": ValueError(bad),
        }})  # fmt: skip
        try:
            try:
                raise KeyError(bad)
            except KeyError as error:
                error.add_note(f"about {bad}")
                raise RuntimeError(inside) from error
        except RuntimeError:
            log.exception("raised")
        import structlog

        structlog.get_logger("newsletter.test").warning(inside, who=[bad])
        logging.getLogger("uvicorn.error").error("in ASGI %r", {"path": bad})

    return tell


def told(bad, text):
    """Return in how many lines something can be read, as it stands or as JSON says it."""
    lines = text.splitlines()
    return [line for line in lines if bad in line or bad in str(json.loads(line))]


@pytest.mark.parametrize("as_json", [True, False])
@FEW
@given(bad=st.one_of(PLAIN, CODED), before=WORDS, after=WORDS)
@example(bad="ann@example.com", before="x" * 400, after="")
@example(bad="o'brien@example.com", before="('", after="',)")
@example(bad='"john doe"@example.com', before="<", after=">")
def test_no_address_is_ever_written(as_json, bad, before, after):
    text = written(everywhere(bad, before, after), as_json=as_json)
    assert "[address]" in text
    assert bad not in text
    if as_json:
        assert told(bad, text) == []
        assert len(text.splitlines()) == 4


@FEW
@given(bad=st.one_of(LINK, OPAQUE, OPAQUE.map("nlk_{}".format)), before=WORDS, after=WORDS)
def test_no_token_is_ever_written(bad, before, after):
    text = written(everywhere(bad, before, after))
    token = bad.rsplit("/", 1)[-1]
    assert told(token, text) == []
    assert told(token.partition(".")[2] or token, text) == []  # nor the half that proves it


@FEW
@given(bad=PLACE, after=WORDS)
@example(bad="2001:db8::1", after="")
def test_no_place_is_ever_written(bad, after):
    text = written(everywhere(f"client={bad}: ", "from", after))
    assert told(bad, text) == []


@FEW
@given(bad=SECRET, before=WORDS, after=WORDS)
@example(bad="p\"a\\s's word\né", before='"', after="'")
@example(bad="https://0123456789abcdef@errors.example.com/1", before="", after="")
def test_no_known_secret_is_ever_written(bad, before, after):
    assume(bad not in written(everywhere("nothing at all", "", "")))
    text = written(everywhere(bad, before, after), known=[bad])
    assert told(bad, text) == []
    assert told(quote(bad, safe=""), text) == []


HEADERS = ["Authorization", "cookie", "Set-Cookie", "X-API-Key", "proxy-authorization"]


@FEW
@given(
    name=st.sampled_from(HEADERS),
    value=st.from_regex(r"[a-z]{3,8} [a-z0-9;= ]{6,30}", fullmatch=True),
)
def test_no_header_that_opens_a_door_is_ever_written(name, value):
    value = value.strip()
    assume(len(value) > 8)

    def tell(log):
        log.error("sent %s: %s", name, value)
        log.error("sent %r", {name: value, "x": [(name.encode(), value.encode())]})
        log.error("sent", extra={"fields": {"headers": {name: value}, name.lower(): [value]}})

    text = written(tell)
    assert told(value, text) == []
    assert (
        told(value.split(" ", 1)[1].strip(), text) == [] or len(value.split(" ", 1)[1].strip()) < 5
    )


@FEW
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_line_is_one_line_of_json_whatever_is_in_it(text):
    lines = written(lambda log: log.error("%s", text, extra={"fields": {text: text}}))
    assert len(lines.splitlines()) == 1
    assert json.loads(lines)["level"] == "error"


def test_what_names_nobody_stays():
    kept = (
        "2026-07-02.XNYS.evening at 127.0.0.1:8800 and ::1, "
        + "0123456789abcdef" * 4
        + " in newsletter/store/database.py line 12 at 12:34:56 for GET /e/{key}, see docs/data.md"
    )
    assert json.loads(written(lambda log: log.error("%s", kept)))["event"] == kept


def test_what_cannot_be_shown_is_no_hole():
    class Hostile:
        def __str__(self):
            raise ValueError("ann@example.com")

        __repr__ = __str__

    def tell(log):
        log.error("%s", Hostile())
        log.error("%d", "ann@example.com")
        log.error("fine", extra={"fields": {"x": Hostile()}})

    text = written(tell)
    assert len([json.loads(line) for line in text.splitlines()]) == 3
    assert "ann@" not in text


def test_work_on_a_long_text_grows_no_faster_than_the_text():
    text = ("a" * 50_000 + "@") * 4 + "%40" * 20_000 + ":" * 20_000 + "/u/" * 20_000
    assert len(Redactor([secrets.token_hex(16)]).text(text)) > 0  # the suite's time limit holds
