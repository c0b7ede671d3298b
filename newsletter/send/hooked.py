"""What the hooks of delivery services share: nothing is believed before it is verified."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from newsletter.send.addresses import UNPRINTABLE, redact
from newsletter.send.events import Forged

LARGEST = 1_000_000
"""Bytes of one call."""
MOST = 2000
"""Reports in one call."""


def require_small(body: bytes) -> None:
    """Refuse a body above `LARGEST` before anything of it is read.

    Raises
    ------
    Forged
        No service sends that much at once.
    """
    if len(body) > LARGEST:
        raise Forged(f"the call is larger than {LARGEST:,} bytes")


def document(body: bytes | str) -> Any:
    """Return a JSON document.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("the call is no JSON document") from error


def require_login(headers: Mapping[str, str], secret: str) -> None:
    """Refuse a call without the user and password, or the bearer token, that was agreed.

    Parameters
    ----------
    headers : mapping of str to str
        By lower-case name.
    secret : str
        ``user:password``, or a token without a colon.

    Raises
    ------
    Forged
        If it has not; an empty secret lets nobody in.
    """
    kind, _, given = headers.get("authorization", "").partition(" ")
    if not secret:
        raise Forged("no login is set for this hook")
    if ":" in secret:
        try:
            plain = base64.b64decode(given.strip(), validate=True)
        except (binascii.Error, ValueError):
            plain = b""
        good = kind.lower() == "basic" and same(plain, secret.encode())
    else:
        good = kind.lower() == "bearer" and same(given.strip().encode(), secret.encode())
    if not good:
        raise Forged("the call does not log in as agreed")


def same(one: bytes, other: bytes) -> bool:
    """Compare in a time that tells nothing of the secret, nor of its length."""
    return hmac.compare_digest(hashlib.sha256(one).digest(), hashlib.sha256(other).digest())


def require_fresh(at: dt.datetime, now: dt.datetime, oldest: dt.timedelta) -> None:
    """Refuse a call that is too old, or of the future.

    Raises
    ------
    Forged
        If it is.
    """
    if not -dt.timedelta(minutes=5) <= now - at <= oldest:
        raise Forged("the call is too old")


def epoch(value: Any, *, milli: bool = False) -> dt.datetime:
    """Return the instant of a count of seconds.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return dt.datetime.fromtimestamp(float(value) / (1000 if milli else 1), dt.UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise ValueError("a time in the call is none") from error


def instant(value: Any, otherwise: dt.datetime) -> dt.datetime:
    """Return an ISO 8601 instant in UTC; another where it cannot be read."""
    try:
        found = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return otherwise
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


def told(value: Any, longest: int = 500) -> str:
    """Return words of a call in one line, addresses redacted."""
    text = value if isinstance(value, str) else ""
    return redact(" ".join(UNPRINTABLE.sub(" ", text[: 4 * longest]).split()))[:longest]


def word(value: Any, longest: int = 254) -> str:
    """Return a name, an address or an id of a call as it is; empty where it is no text."""
    text = value if isinstance(value, str) else ""
    return "" if UNPRINTABLE.search(text) else text.strip()[:longest]


def message_id(value: Any) -> str:
    """Return a Message-ID without its angle brackets."""
    return word(value, 300).strip("<> ")[:200]


def fields(value: Any) -> dict[str, Any]:
    """Return an object of a call; empty where it is none."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, at most `MOST`."""
    return [each for each in value[:MOST] if isinstance(each, dict)] if isinstance(
        value, list
    ) else []  # fmt: skip


def code(value: Any) -> int | None:
    """Return an SMTP reply code, or None."""
    try:
        found = int(value)
    except (TypeError, ValueError):
        return None
    return found if 200 <= found <= 599 else None


def digest(*parts: str) -> str:
    """Return a name of a report for a service that gives it none."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
