"""Addresses and names are put into one form or refused in a sentence that hides them."""

import pytest

from newsletter.errors import ExitCode
from newsletter.send.addresses import AddressError, clean_name, normalise, redact


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada.B+news@Example.COM ", "Ada.B+news@example.com"),
        ("x@münchen.de", "x@xn--mnchen-3ya.de"),
        ("x@XN--MNCHEN-3YA.de", "x@xn--mnchen-3ya.de"),
        ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
        ("x@例え.テスト", "x@xn--r8jz45g.xn--zckzah"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_good_addresses_are_normalised(given, kept):
    assert normalise(given) == kept
    assert normalise(kept) == kept


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "one @"),
        ("ada", "one @"),
        ("@example.org", "one @"),
        ("ada@", "one @"),
        ("jürgen@example.com", "outside ASCII"),
        ("a..b@example.com", "before the @"),
        (".a@example.com", "before the @"),
        ('"a b"@example.com', "before the @"),
        ("a@b@example.com", "before the @"),
        ("a\r\nBcc: x@example.com", "before the @"),
        ("Ada <ada@example.com>", "before the @"),
        ("a" * 65 + "@example.com", "65 characters"),
        ("a" * 64 + "@" + ".".join(["b" * 63] * 3), "256 characters; 254"),
        ("a@localhost", "no domain"),
        ("a@example.com.", "no domain"),
        ("a@-example.com", "no domain"),
        ("a@exa_mple.com", "no domain"),
        ("a@127.0.0.1", "no domain"),
        ("a@[127.0.0.1]", "no domain"),
        ("a@exam\x00ple.com", "no domain"),
        ("a@exam\u2028ple.com", "no domain"),
        ("a@exa＠mple.com", "no domain"),
        ("a@" + "b" * 64 + ".com", "no domain"),
        ("a@" + "ü" * 300 + ".com", "no domain"),
        ("a@straße.de", "xn--"),
        ("a@\ud800.de", "no domain"),
    ],
)
def test_bad_addresses_are_refused_with_the_reason(given, told):
    with pytest.raises(AddressError, match=told) as failure:
        normalise(given)
    assert failure.value.permanent
    assert failure.value.exit_code is ExitCode.USAGE
    local, _, domain = given.rpartition("@")
    for part in (local, domain):
        assert len(part) < 4 or part not in str(failure.value)


def test_names_become_one_line():
    assert clean_name("  Ada \u00a0 Lovelace ") == "Ada Lovelace"
    assert clean_name("") == ""


@pytest.mark.parametrize(
    "hostile", ["a\r\nBcc: x", "a\x00", "a\x85b", "a\u2028b", "a\x7f", "x" * 121]
)
def test_hostile_names_are_refused(hostile):
    with pytest.raises(AddressError, match="name"):
        clean_name(hostile)


def test_redaction_takes_every_address():
    told = redact("550 <a.b+c@x.com>: no, really; ask Jürgen@münchen.de (or d@e).")
    assert told == "550 <[address]>: no, really; ask [address] (or [address])."
