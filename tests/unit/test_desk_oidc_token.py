"""What an id_token must be: every claim, every signature, and what a thief may change of one."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import warnings

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwk, jwt
from joserfc.errors import SecurityWarning

from newsletter.desk.security.oidc_token import Expected, Untrusted, read

NOW = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
CLIENT, ISSUER, NONCE = "newsletter", "https://login.example.com/realms/house", "n" * 43
EXPECTED = Expected(ISSUER, CLIENT, NONCE, NOW)
AT = int(NOW.timestamp())
HONEST = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "someone",
    "nonce": NONCE,
    "iat": AT,
    "exp": AT + 300,
}
EC = jwk.ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
RSA = jwk.RSAKey.generate_key(2048, {"kid": "two"})
THIEF = jwk.ECKey.generate_key("P-256", {"kid": "one"})


def public(*keys):
    listed = [key.as_dict(private=False) for key in keys]
    return lambda again: listed


def signed(claims=HONEST, key=EC, alg="ES256", **header):
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key.kid} | header, told, key, [alg])


def b64(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_an_honest_token_is_read():
    assert read(signed(), "", public(RSA, EC), EXPECTED) == HONEST
    assert read(signed(key=RSA, alg="PS256"), "", public(EC, RSA), EXPECTED) == HONEST
    two = HONEST | {"aud": ["elsewhere", CLIENT], "azp": CLIENT}
    assert read(signed(two), "", public(EC), EXPECTED) == two


def test_a_hash_of_the_access_token_is_that_of_this_one():
    # RFC: the left half of the hash of the signature's own size.
    for alg, key, size in (("ES256", EC, "sha256"), ("RS512", RSA, "sha512")):
        raw = hashlib.new(size, b"an access token").digest()
        token = signed(HONEST | {"at_hash": b64(raw[: len(raw) // 2])}, key, alg)
        assert read(token, "an access token", public(EC, RSA), EXPECTED)["sub"] == "someone"
        with pytest.raises(Untrusted, match="another access token"):
            read(token, "another", public(EC, RSA), EXPECTED)


@pytest.mark.parametrize(("claims", "why"), [
    ({"nonce": "another"}, "nonce"), ({"nonce": None}, "nonce"), ({"nonce": [NONCE]}, "nonce"),
    ({"aud": "elsewhere"}, "another application"), ({"aud": ["elsewhere"]}, "another application"),
    ({"aud": None}, "another application"), ({"aud": {CLIENT: 1}}, "another application"),
    ({"aud": CLIENT + "x"}, "another application"),
    ({"aud": [CLIENT, "elsewhere"]}, "issued to another"),
    ({"aud": [CLIENT, "elsewhere"], "azp": "elsewhere"}, "issued to another"),
    ({"azp": "elsewhere"}, "issued to another"), ({"azp": 1}, "issued to another"),
    ({"iss": "https://evil.example"}, "another provider"), ({"iss": None}, "another provider"),
    ({"iss": ISSUER + "/"}, "another provider"), ({"iss": [ISSUER]}, "another provider"),
    ({"exp": AT - 60}, "expired"), ({"exp": None}, "expired"), ({"exp": True}, "no time"),
    ({"exp": "2999-01-01"}, "no time"), ({"exp": 1e300}, "no time"),
    ({"exp": float("nan")}, "no time"), ({"exp": float("inf")}, "no time"),
    ({"iat": AT + 61}, "to come"), ({"iat": None}, "to come"), ({"nbf": AT + 61}, "to come"),
    ({"iat": AT - 601}, "too long ago"), ({"iat": [AT]}, "no time"),
    ({"sub": ""}, "nobody"), ({"sub": None}, "nobody"), ({"sub": 7}, "nobody"),
    ({"sub": "s" * 256}, "nobody"), ({"sub": "a\nb"}, "nobody"), ({"at_hash": 1}, "access token"),
])  # fmt: skip
def test_a_token_that_says_something_else_proves_nothing(claims, why):
    with pytest.raises(Untrusted, match=why):
        read(signed(HONEST | claims), "", public(EC), EXPECTED)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", None, 5, "HS256", "RSA-OAEP"])
def test_only_signatures_count_that_take_a_key_pair(alg):
    head = b64({"alg": alg, "kid": "one"})
    for end in ("", b64(b"x" * 64), signed().split(".")[2]):
        with pytest.raises(Untrusted, match="it is signed with"):
            read(f"{head}.{b64(HONEST)}.{end}", "", public(EC), EXPECTED)


@pytest.mark.parametrize("form", ["pem", "der", "jwk"])
@pytest.mark.parametrize("alg", ["HS256", "RS256"])
def test_a_public_key_is_no_shared_secret(form, alg):
    secret = {
        "pem": RSA.as_pem(private=False), "der": RSA.as_der(private=False),
        "jwk": json.dumps(RSA.as_dict(private=False)).encode(),
    }[form]  # fmt: skip
    mine = f"{b64({'alg': alg, 'kid': 'two'})}.{b64(HONEST)}"
    token = f"{mine}.{b64(hmac.new(secret, mine.encode(), hashlib.sha256).digest())}"
    shared = {"kty": "oct", "kid": "two", "k": b64(secret)}
    for keys in (public(RSA), lambda again: [shared, RSA.as_dict(private=False)]):
        with pytest.raises(Untrusted):
            read(token, "", keys, EXPECTED)


def test_a_key_that_comes_with_the_token_is_nobodys():
    mine = THIEF.as_dict(private=False)
    for header in ({}, {"jwk": mine}, {"jku": "https://evil.example/keys"}, {"kid": "thief"}):
        with pytest.raises(Untrusted, match="no key"):
            read(signed(key=THIEF, **header), "", public(EC), EXPECTED)


def test_what_must_be_understood_and_is_not_is_refused():
    def by_hand(header):
        mine = f"{b64({'alg': 'ES256', 'kid': 'one'} | header)}.{b64(HONEST)}"
        der = EC.get_op_key("sign").sign(mine.encode(), ECDSA(SHA256()))
        raw = b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))
        return f"{mine}.{b64(raw)}"

    assert read(by_hand({}), "", public(EC), EXPECTED) == HONEST
    for header in ({"crit": ["wonder"], "wonder": 1}, {"crit": ["b64"], "b64": False}):
        with pytest.raises(Untrusted, match="asks for more"):
            read(by_hand(header), "", public(EC), EXPECTED)


def test_keys_that_are_weak_foreign_or_unreadable_sign_nothing():
    weak = {"kty": "RSA", "kid": "two", "n": b64(b"\xff" * 64), "e": "AQAB"}
    junk = [{}, {"kty": "EC"}, {"kty": "EC", "crv": "P-256", "x": "!", "y": 5}, {"kty": 7}]
    sealing = EC.as_dict(private=False) | {"use": "enc"}
    other = EC.as_dict(private=False) | {"alg": "ES384"}
    for keys in ([weak, *junk], [sealing], [other], []):
        with pytest.raises(Untrusted, match="no key"):
            read(signed(), "", lambda again, keys=keys: keys, EXPECTED)
    assert read(signed(), "", lambda again: [*junk, *public(EC)(again)], EXPECTED) == HONEST
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        short = jwk.RSAKey.generate_key(1024, {"kid": "short"})
        token = signed(key=short, alg="RS256")
    with pytest.raises(Untrusted, match="no key"):
        read(token, "", public(short), EXPECTED)


def test_keys_are_asked_for_anew_only_where_none_fits():
    asked = []

    def keys(again):
        asked.append(again)
        return [(EC if again else THIEF).as_dict(private=False)]

    assert read(signed(), "", keys, EXPECTED) == HONEST
    assert asked == [False, True]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.b.c.d.e", "é.é.é", 7, None, ["x"], "..",
                                   "x" * 40_000, "e30.e30.e30", b64(b"[" * 9000) + ".e30.e30"],
                         ids=repr)  # fmt: skip
def test_what_is_no_token_proves_nothing(token):
    with pytest.raises(Untrusted):
        read(token, "", public(EC), EXPECTED)


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_changed_of_a_token_no_other_claims_are_read(data):
    token = HONEST_TOKEN
    place = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz09-_.="))
    try:
        found = read(token[:place] + sign + token[place + 1 :], "", public(EC), EXPECTED)
    except Untrusted:
        return
    assert found == HONEST


HONEST_TOKEN = signed()
