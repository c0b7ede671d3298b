"""Private keys for signatures: read, made, and shown to the DNS.

A key comes from a variable or a file that its owner alone can read; no sentence of this module
repeats anything of it.
"""

import base64
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from newsletter.config import Sender, environment, secret
from newsletter.errors import ConfigError
from newsletter.send.dkim import DkimKey, PrivateKey, Stamp

SHORTEST_RSA: Final = 2048
LONGEST_RSA: Final = 4096
"""What every receiver must be able to verify (RFC 8301)."""
_STRING: Final = 255  # of a TXT record (RFC 1035)
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_MAKE: Final = "`newsletter dkim make --selector NAME --domain DOMAIN --out FILE`"


def stamp(sender: Sender, base: Path) -> Stamp | None:
    """Return what signs a sender's mail, or None where config.yaml asks for no signature.

    Parameters
    ----------
    sender : Sender
        One of ``senders``.
    base : pathlib.Path
        The folder from which relative names of key files start.

    Raises
    ------
    ConfigError
        If a key is missing, unreadable, readable by others, or of the wrong kind or length:
        nothing is ever sent unsigned instead.
    """
    asked = sender.dkim
    if asked is None:
        return None
    first = private_key(_pem(asked.key, base), asked.key)
    if not isinstance(first, RSAPrivateKey):
        raise ConfigError(
            f"The DKIM key {asked.key} is no RSA key, which every receiver can verify; make one "
            f"with {_MAKE} and name this one under dkim.ed25519."
        )
    keys = [DkimKey(asked.selector, first)]
    if asked.ed25519 is not None:
        second = private_key(_pem(asked.ed25519.key, base), asked.ed25519.key)
        if not isinstance(second, Ed25519PrivateKey):
            raise ConfigError(
                f"The DKIM key {asked.ed25519.key} is no Ed25519 key; make one with "
                f"{_MAKE.removesuffix('`')} --ed25519`."
            )
        keys.append(DkimKey(asked.ed25519.selector, second))
    return Stamp(asked.domain, keys)


def _pem(name: str, base: Path) -> bytes:
    """Return the text of a key that a variable holds, or a file only its owner reads."""
    if not _VARIABLE.fullmatch(name):
        return _private(base / name, f"senders.*.dkim names the key file {base / name}")
    file = environment(f"{name}_FILE")
    if file:
        _private(Path(file), f"{name}_FILE names {file}")
    found = secret(name)
    if not found:
        raise ConfigError(
            f"{name} is not set, so mail cannot be signed and none is sent; set {name}_FILE to "
            f"the key file that {_MAKE} makes."
        )
    return found.encode()


def _private(path: Path, said: str) -> bytes:
    try:
        mode = path.stat().st_mode & 0o777
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{said}, which cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise ConfigError(
            f"{said}, which others than its owner can use (mode {mode:04o}); run "
            f"`chmod 600 {path}`."
        )
    return data


def private_key(pem: bytes, name: str) -> PrivateKey:
    """Read a private key.

    Parameters
    ----------
    pem : bytes
        PEM text, not encrypted.
    name : str
        What sentences call it.

    Raises
    ------
    ConfigError
        If it is no key that signs mail well enough.
    """
    try:
        with warnings.catch_warnings():  # of a short key, which is refused below
            warnings.simplefilter("ignore")
            key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The library's own words may repeat the text; and it is no cause to be shown either.
        raise ConfigError(
            f"The DKIM key {name} is no private key in PEM form without a password; make one "
            f"with {_MAKE}."
        ) from None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(f"The DKIM key {name} is neither RSA nor Ed25519; use one of these.")
    if not SHORTEST_RSA <= key.key_size <= LONGEST_RSA:
        raise ConfigError(
            f"The DKIM key {name} has {key.key_size} bits; receivers ask for {SHORTEST_RSA} to "
            f"{LONGEST_RSA}. Make one with {_MAKE}."
        )
    return key


def made(*, bits: int = SHORTEST_RSA, ed25519: bool = False) -> tuple[PrivateKey, bytes]:
    """Return a new key, and its PEM text (PKCS #8).

    Raises
    ------
    ConfigError
        If receivers would not verify a key of that length.
    """
    if ed25519:
        key: PrivateKey = Ed25519PrivateKey.generate()
    elif SHORTEST_RSA <= bits <= LONGEST_RSA:
        key = generate_private_key(65537, bits)
    else:
        raise ConfigError(
            f"--bits is {bits}; receivers verify RSA keys of {SHORTEST_RSA} to {LONGEST_RSA} bits."
        )
    return key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def record(key: PrivateKey) -> str:
    """Return the text of the DNS record that shows a key's public half (RFC 6376, 8463)."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        kind, data = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, data = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(data).decode('ascii')}"


def zone_line(name: str, text: str) -> str:
    """Return a TXT record as a zone file writes it, in strings of at most 255 characters."""
    strings = [text[at : at + _STRING] for at in range(0, len(text), _STRING)]
    return f"{name}. IN TXT ( {' '.join(f'{chr(34)}{each}{chr(34)}' for each in strings)} )"


def place(selector: str, domain: str) -> str:
    """Return where receivers look a key up."""
    return f"{selector}._domainkey.{domain}"


def published(name: str, key: PrivateKey, texts: Callable[[str], Sequence[str]]) -> str:
    """Tell what is wrong with what the DNS says of a key; empty where all is well.

    Parameters
    ----------
    name : str
        `place` of the key.
    key : PrivateKey
        What mail is signed with.
    texts : callable
        Name to the TXT records there, each with its strings joined; the resolver.

    Returns
    -------
    str
        One sentence: what, where and what to do.
    """
    found = list(texts(name))
    if not found:
        return f"The DNS has no TXT record at {name}; publish the one shown."
    if len(found) > 1:
        return f"The DNS has {len(found)} TXT records at {name}; receivers read one. Remove others."
    said, ours = _tags(found[0]), _tags(record(key))
    if said is None or said.get("v", "DKIM1") != "DKIM1":
        return f"The TXT record at {name} is no DKIM record; publish the one shown."
    if not said.get("p"):
        return f"The TXT record at {name} revokes its key (p= is empty); publish the one shown."
    if said.get("k", "rsa") != ours["k"] or said["p"] != ours["p"]:  # type: ignore[index]
        return f"The TXT record at {name} shows another key; publish the one shown, or use its key."
    if "sha256" not in said.get("h", "sha256").split(":"):
        return f"The TXT record at {name} does not allow sha256 (h=); take h= out of it."
    if not {"*", "email"} & set(said.get("s", "*").split(":")):
        return f"The TXT record at {name} does not allow mail (s=); take s= out of it."
    if "y" in said.get("t", "").split(":"):
        return f"The TXT record at {name} says that it is a test (t=y); take t=y out of it."
    return ""


def _tags(text: str) -> dict[str, str] | None:
    """Return a record's tags without white space in values; None where it is no tag list."""
    tags: dict[str, str] = {}
    for part in text.strip().removesuffix(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name.strip() in tags:
            return None
        tags[name.strip()] = re.sub(r"\s", "", value)
    return tags
