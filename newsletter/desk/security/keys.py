"""One key, many purposes: what is made for one of them is void for every other."""

import hashlib
import hmac
import json


def derive(key: bytes, purpose: str, *about: str) -> bytes:
    """Return 32 bytes that only the holder of the key can make.

    Parameters
    ----------
    key : bytes
        Secret.
    purpose : str
        What they are for.
    *about : str
        What they are bound to. No two different lists run together: they are joined as JSON.
    """
    text = json.dumps([purpose, *about]).encode()
    return hmac.new(key, text, hashlib.sha256).digest()


def digest(token: str) -> str:
    """Return the form in which a random token of 256 bits is kept: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()
