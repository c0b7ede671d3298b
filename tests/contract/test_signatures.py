"""Our signatures before three verifiers that are not ours: dkimpy, OpenDKIM and mailauth.

Each of them takes every mail of ours and refuses it with any header of RFC 8058's list changed,
taken away or added in front, or with any byte of the body changed, or anything put behind.
"""

import base64
import datetime as dt
import json
import re
import subprocess
from pathlib import Path

import dkim
import pytest
from conftest import missing, program
from hypothesis import given, settings
from hypothesis import strategies as st
from send_support import APPROVED_AT, KEY, frozen, reader, rendered, signer
from signing_support import DOMAIN, SECOND, SELECTOR, SIGNING, copy, stamp, zone

from newsletter.errors import SendError, SendRefused
from newsletter.preview import spam
from newsletter.render.letters import Letter
from newsletter.render.rendered import UNSUBSCRIBE_URL
from newsletter.send.addresses import UNPRINTABLE
from newsletter.send.dkim import SIGNED
from newsletter.send.letters import letter_message

MAILAUTH = Path(__file__).resolve().parents[2] / "tools" / "mailauth"
A2 = (
    "From To Subject Date Message-ID Reply-To MIME-Version Content-Type List-Id "
    "List-Unsubscribe List-Unsubscribe-Post Feedback-ID"
).split()
PASS = [("rsa-sha256", "pass"), ("ed25519-sha256", "pass")]
FAIL = [("rsa-sha256", "fail"), ("ed25519-sha256", "fail")]
SENT = dt.datetime(2026, 7, 2, 22, 0, tzinfo=dt.UTC)


def small():
    """A mail without the long picture part, so that verifying many is quick."""
    return rendered(images=False, html=f"<p>é</p><a href='{UNSUBSCRIBE_URL}'>x</a>")


def dkimpy(raw):
    """Return what dkimpy says of each signature."""
    table = {f"{name}.".encode(): text.encode() for name, text in zone().items()}
    said = []
    for index in range(raw.partition(b"\r\n\r\n")[0].count(b"DKIM-Signature:")):
        checked = dkim.DKIM(raw)
        try:
            good = checked.verify(idx=index, dnsfunc=lambda name, timeout=5: table[name])
        except dkim.ValidationError:
            good = False
        algorithm = checked.signature_fields[b"a"].decode()
        said.append((algorithm, "pass" if good else "fail"))
    return said


def opendkim(folder, messages):
    """Return what OpenDKIM says of each signature of each message, in one run of the program."""
    found = program("opendkim")
    rows = (f"{name} {text}\n" for name, text in zone().items())
    (folder / "zone").write_text("".join(rows))
    (folder / "conf").write_text(f"TestDNSData {folder}/zone\nMode v\nAlwaysAddARHeader yes\n")
    for number, raw in enumerate(messages):
        (folder / f"{number}.eml").write_bytes(raw)
    names = ",".join(str(folder / f"{number}.eml") for number in range(len(messages)))
    order = [found, "-x", folder / "conf", "-t", names, "-vvv"]
    done = subprocess.run(order, capture_output=True, text=True, timeout=60, check=True)
    said = re.split(r"hname='Authentication-Results'", done.stdout)[1:]  # it always exits with 0
    return [
        [(m[2], m[1]) for m in re.finditer(r"dkim=(\w+)[^;]*?header\.a=([\w-]+)", one)]
        for one in said
    ]


def mailauth(messages):
    """Return what npm's mailauth says of each signature of each message."""
    node = program("node")
    if not (MAILAUTH / "node_modules").is_dir():
        missing("mailauth is missing; run tools/install-mailauth.sh")
    given = {"zone": zone(), "messages": [base64.b64encode(raw).decode() for raw in messages]}
    done = subprocess.run(
        [node, MAILAUTH / "verify.mjs"], input=json.dumps(given), capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    # Its word for a body that is not the signed one is neutral.
    said = json.loads(done.stdout.replace('"neutral"', '"fail"'))
    return [[tuple(each) for each in one] for one in said]


def field(raw, name):
    return re.search(
        rb"^%s:(?:.*\r\n)(?:[ \t].*\r\n)*" % name.encode(), raw, re.MULTILINE | re.IGNORECASE
    )[0]


def wrecks(raw):
    """Return messages that nobody may take for ours, by what was done to them."""
    head, _, body = raw.partition(b"\r\n\r\n")
    out = {}
    for name in A2:
        own = field(raw, name)
        out[f"changed {name}"] = raw.replace(own, own[:-2] + b"x\r\n", 1)
        out[f"removed {name}"] = raw.replace(own, b"", 1)
        out[f"added {name}"] = b"%s: x@example.org\r\n" % name.encode() + raw
        out[f"added {name} below"] = head + b"\r\n%s: x\r\n\r\n" % name.encode() + body
    for name in ("Cc", "Content-Transfer-Encoding", "Auto-Submitted"):
        out[f"added {name}"] = b"%s: x\r\n" % name.encode() + raw
    for place in (0, len(body) // 2, len(body) - 3):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        out[f"body byte {place}"] = head + b"\r\n\r\n" + changed
    out["added behind"] = raw + b"<p>more</p>\r\n"
    return out


def letter_copy():
    made = Letter("confirm", "Please confirm", "pre", "<p>Yes?</p>", "Yes?\n", (), False, False)
    return letter_message(made, SIGNING, "ada@example.com", signer(), SENT, stamp=stamp()).data


def every_mail():
    """A mail of every kind that leaves the house."""
    test = frozen(small(), test=True).signed_by(stamp())
    http = frozen(small()).signed_by(stamp()).for_reader(reader(), signer(base="http://localhost"))
    return {
        "reader": copy(),
        "test copy": test.test_copy("ed@example.com", signer()).data,
        "letter": letter_copy(),
        "name and subject": copy(rendered("Ünï " * 60), name='"Ada" =?x?= 🙂, (L)' * 3),
        "without one-click": http.data,
    }


def test_three_verifiers_take_every_mail_and_refuse_every_wreck(tmp_path):
    good, bad = every_mail(), wrecks(copy(small()))
    messages = [*good.values(), *bad.values()]
    said = {
        "dkimpy": [dkimpy(raw) for raw in messages],
        "opendkim": opendkim(tmp_path, messages),
        "mailauth": mailauth(messages),
    }
    for verifier, verdicts in said.items():
        told = dict(zip([*good, *bad], verdicts, strict=True))
        assert {name: told[name] for name in good} == dict.fromkeys(good, PASS), verifier
        if verifier == "opendkim":  # which has no words for a mail without From
            assert told.pop("removed From") == []
        refused = {name: told[name] for name in bad if name in told}
        assert refused == dict.fromkeys(refused, FAIL), verifier


def test_a_relay_may_fold_headers_and_case_their_names_anew(tmp_path):
    raw = copy(small())
    folded = raw.replace(b"Subject: Small caps", b"SUBJECT:  Small \r\n\tcaps ")
    assert folded != raw
    assert [dkimpy(folded), *opendkim(tmp_path, [folded])] == [PASS, PASS]


TEXTS = st.text(max_size=120).filter(lambda text: not UNPRINTABLE.search(text))


@settings(max_examples=25, deadline=None)
@given(name=TEXTS, subject=TEXTS.filter(str.strip), text=st.text(max_size=200), local=st.text(
    "abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=60))  # fmt: skip
def test_whatever_names_subjects_and_texts_hold_the_signature_holds(name, subject, text, local):
    link = UNSUBSCRIBE_URL
    try:
        mail = rendered(subject, text=f"{text}\n{link}\n", html=f"{text} {link}", images=False)
        raw = copy(mail, name=name, email=f"{local}@example.com")
    except SendError:
        return
    assert dkimpy(raw) == PASS
    assert dkimpy(raw.replace(b"\r\n\r\n", b"\r\n\r\n ", 1)) == FAIL


def tags(raw):
    """Return the tags of the first signature, white space taken out."""
    value = field(raw, "DKIM-Signature").partition(b":")[2].decode()
    pairs = (part.partition("=") for part in re.sub(r"\s", "", value).split(";"))
    return {name: value for name, _, value in pairs}


def test_what_is_signed_is_over_signed_and_nothing_is_left_open():
    raw = copy()
    found = tags(raw)
    listed = found["h"].split(":")
    assert {name: listed.count(name.lower()) for name in A2} == dict.fromkeys(A2, 2)
    assert {name.lower() for name in SIGNED} == set(listed)
    assert [listed.count(name) for name in ("cc", "auto-submitted")] == [1, 1]
    assert set(found) == {"v", "a", "c", "d", "s", "t", "h", "bh", "b"}, "no l=, no x=, no i="
    assert (found["a"], found["d"], found["s"]) == ("rsa-sha256", DOMAIN, SELECTOR)
    signed_at = dt.datetime.fromtimestamp(int(found["t"]), dt.UTC)
    assert signed_at == APPROVED_AT, "not the clock's time"
    assert f"s={SECOND};".encode() in raw
    assert max(map(len, raw.partition(b"\r\nTo:")[0].split(b"\r\n"))) <= 78


def test_each_build_of_a_copy_gives_the_same_bytes_and_a_key_is_never_stored():
    message = frozen().signed_by(stamp())
    again = type(message).from_bytes(message.to_bytes())
    assert (again.stamp, again) == (None, message)
    assert again.signed_by(stamp()).for_reader(reader(), signer()) == message.for_reader(
        reader(), signer()
    )
    assert b"DKIM-Signature" not in again.for_reader(reader(), signer()).data
    assert letter_copy() == letter_copy()
    assert tags(letter_copy())["h"].split(":").count("auto-submitted") == 2


def test_nothing_is_signed_twice_over_or_for_another_organisation():
    raw = frozen(small()).for_reader(reader(), signer()).data
    for name in ("From", "Subject", "List-Unsubscribe"):
        with pytest.raises(SendError, match=f"{name} twice"):
            stamp().signed(name.upper().encode() + b" : x\r\n" + raw)
    for gone in ("From", "Date"):
        with pytest.raises(SendError, match=f"no {gone} header"):
            stamp().signed(raw.replace(field(raw, gone), b""))
    with pytest.raises(SendError, match="no date"):
        stamp().signed(raw.replace(field(raw, "Date"), b"Date: soon\r\n"))
    strange = SIGNING.model_copy(update={"from_address": "n@example.org"})
    with pytest.raises(SendRefused, match="outside"):
        frozen(sender=strange).signed_by(stamp())
    made = Letter("confirm", "Please confirm", "pre", "<p>Yes?</p>", "Yes?\n", (), False, False)
    with pytest.raises(SendRefused, match="without the signature"):
        letter_message(made, SIGNING, "ada@example.com", signer(KEY), SENT)


def test_a_spam_filter_finds_nothing_against_a_signed_mail():
    program("spamassassin")
    found = spam.score(copy())
    assert found.problem == ""
    assert found.points <= 1.0, found.hits
    assert "MAILING_LIST_MULTI" in {hit.rule for hit in found.hits}, "it read the header"
