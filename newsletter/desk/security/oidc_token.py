"""What an id_token must be before anybody is let in on its word."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from newsletter.errors import NewsletterError

KINDS: Final = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA",
    "PS512": "RSA", "ES256": "EC", "ES384": "EC", "ES512": "EC", "EdDSA": "OKP",
    "Ed25519": "OKP",
}  # fmt: skip
"""The signatures that count, with the kind of key each takes.

Neither ``none`` is among them nor any with a shared secret: what is public anyway would then
be enough to sign with.
"""
SKEW: Final = dt.timedelta(seconds=60)
OLDEST: Final = dt.timedelta(minutes=10)
"""How long ago a token may have been issued: it comes straight from the provider."""
LONGEST: Final = 32 * 1024
SHORTEST_RSA: Final = 2048
MOST_KEYS: Final = 50
_HALVES: Final = {"256": "sha256", "384": "sha384", "512": "sha512"}

Keys = Callable[[bool], Sequence[Mapping[str, Any]]]
"""Returns the provider's keys; told True, as they are at this moment."""


class Untrusted(NewsletterError):
    """A token does not prove anything; the text says in some words why."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say.

    Parameters
    ----------
    issuer, client_id, nonce : str
        From whom, for whom, in answer to which question.
    now : datetime.datetime
        The present instant.
    """

    issuer: str
    client_id: str
    nonce: str
    now: dt.datetime


def read(token: object, access_token: str, keys: Keys, expected: Expected) -> dict[str, Any]:
    """Return the claims of an id_token that holds.

    Parameters
    ----------
    token : object
        As the provider sent it.
    access_token : str
        That came with it; where the token has a hash of one, it is this one's.
    keys : callable
        The provider's keys.
    expected : Expected
        What it must say.

    Raises
    ------
    Untrusted
        If anything about it is not as it must be.
    """
    if not isinstance(token, str) or not token.isascii() or len(token) > LONGEST:
        raise Untrusted("there is no id_token")
    header = _header(token)
    if "crit" in header:  # what must be understood for the token to mean anything; nothing is
        raise Untrusted("it asks for more than can be done here")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KINDS:
        raise Untrusted(f"it is signed with {str(algorithm)[:20]!r}")
    claims = _signed(token, algorithm, header.get("kid"), keys)
    _require_parties(claims, expected)
    _require_times(claims, expected.now)
    if not _same(claims.get("nonce"), expected.nonce):
        raise Untrusted("its nonce is another one's")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise Untrusted("it names nobody")
    half = claims.get("at_hash")
    if half is not None and not _same(half, _half(access_token, algorithm)):
        raise Untrusted("it belongs to another access token")
    return claims


def _header(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        raise Untrusted("it is no signed token")
    return _loaded(parts[0])


def _loaded(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Untrusted("it cannot be read")
    return found


def _signed(token: str, algorithm: str, kid: object, keys: Keys) -> dict[str, Any]:
    """Return the claims if one of the provider's keys signed them.

    Providers change their keys: where none fits, they are asked for once more.
    """
    for again in (False, True):
        for key in _fitting(keys(again), algorithm, kid):
            if _verifies(token, algorithm, key):
                return _loaded(token.split(".")[1])
    raise Untrusted("no key of the provider's has signed it")


def _fitting(
    keys: Sequence[Mapping[str, Any]], algorithm: str, kid: object
) -> list[Mapping[str, Any]]:
    return [
        key for key in keys[:MOST_KEYS]
        if key.get("kty") == KINDS[algorithm] and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm and (kid is None or key.get("kid") == kid)
    ]  # fmt: skip


def _verifies(token: str, algorithm: str, key: Mapping[str, Any]) -> bool:
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key
    from joserfc.jws import deserialize_compact

    public = {name: value for name, value in key.items() if name not in {"x5c", "key_ops"}}
    try:
        if public["kty"] == "RSA" and _bits(public["n"]) < SHORTEST_RSA:
            return False
        deserialize_compact(token, import_key(public), [algorithm])
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        return False  # a key that cannot be read has signed nothing
    return True


def _bits(number: str) -> int:
    raw = base64.urlsafe_b64decode(number + "=" * (-len(number) % 4))
    return int.from_bytes(raw, "big").bit_length()


def _require_parties(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Untrusted("another provider issued it")
    named = claims.get("aud")
    audience = named if isinstance(named, list) else [named]
    if expected.client_id not in audience:
        raise Untrusted("it is for another application")
    party = claims.get("azp")
    if (party is not None or len(audience) > 1) and party != expected.client_id:
        raise Untrusted("it was issued to another application")


def _require_times(claims: Mapping[str, Any], now: dt.datetime) -> None:
    ends, begins, made = (_instant(claims, name) for name in ("exp", "nbf", "iat"))
    if ends is None or ends <= now.timestamp() - SKEW.total_seconds():
        raise Untrusted("it has expired")
    latest = now.timestamp() + SKEW.total_seconds()
    if made is None or made > latest or (begins is not None and begins > latest):
        raise Untrusted("it is of a time to come; look at this machine's clock")
    if made < (now - OLDEST).timestamp():
        raise Untrusted("it was issued too long ago; look at this machine's clock")


def _instant(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise Untrusted(f"its {name} is no time")
    return float(value)


def _half(access_token: str, algorithm: str) -> str:
    size = algorithm[2:] if algorithm[2:] in _HALVES else "512"
    hashed = hashlib.new(_HALVES[size], access_token.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(hashed[: len(hashed) // 2]).rstrip(b"=").decode()


def _same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())
