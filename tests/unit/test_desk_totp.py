"""The second factor against the numbers of RFC 6238, and what it gives away."""

import base64
import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest
from security_support import KEY

from newsletter.desk.security.totp import STEP, Totp

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_VECTORS = [  # appendix B, SHA-1; the last six of its eight digits
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]
TOTP = Totp(KEY, "The Evening Letter")


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS)
def test_the_codes_are_those_of_the_standard_one_step_off_and_no_more(seconds, code):
    present = seconds // STEP

    def found(steps, after=0, typed=code):
        now = dt.datetime.fromtimestamp(seconds + steps * STEP, dt.UTC)
        return TOTP.step(RFC_SECRET, typed, now, after)

    accepted = {steps: found(steps) for steps in (-2, -1, 0, 1, 2) if steps + present >= 2}
    expected = {-2: None, -1: present, 0: present, 1: present, 2: None}
    assert accepted == {steps: expected[steps] for steps in accepted}
    assert found(0, after=present - 1) == present
    assert found(0, after=present) is None
    assert found(0, typed=f"{code[:3]} {code[3:]}") == present


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "٢٨٧٠٨٢", "abcdef", "28708\n2x"])
def test_what_is_no_code_is_none(typed):
    assert TOTP.step(RFC_SECRET, typed, dt.datetime.fromtimestamp(59, dt.UTC), 0) is None


def test_each_editor_generation_and_key_has_a_secret_of_its_own():
    others = [TOTP.secret("ann", 2), TOTP.secret("bob", 1), Totp(b"x" * 32, "").secret("ann", 1)]
    secret = TOTP.secret("ann", 1)
    assert secret == TOTP.secret("ann", 1)
    assert len({secret, *others}) == 4
    assert len(base64.b32decode(secret)) == 20


def test_an_authenticator_is_set_up_without_asking_anybody():
    enrolment = TOTP.enrolment("Ann O'Neill & Co", 1)
    assert enrolment.uri.startswith("otpauth://totp/The%20Evening%20Letter:Ann%20O%27Neill%20%26")
    assert f"secret={enrolment.secret}" in enrolment.uri
    picture = ET.fromstring(enrolment.svg)
    assert {key for each in picture.iter() for key in each.attrib}.isdisjoint({"style", "href"})
    assert not re.search(r"https?:|<script|<style|url\(", enrolment.svg)
    assert enrolment.secret not in repr(enrolment)


def test_recovery_codes_differ_and_are_kept_only_by_whom_they_belong_to():
    codes = TOTP.recovery_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", code) for code in codes)
    first = TOTP.recovery_hash("ann", codes[0])
    assert first == TOTP.recovery_hash("ann", f" {codes[0].upper().replace('-', ' ')}")
    assert first != TOTP.recovery_hash("bob", codes[0])
    assert first != Totp(b"x" * 32, "").recovery_hash("ann", codes[0])
