"""DKIM signatures (RFC 6376): what proves to a receiver that a mail is the house's own.

A signature is a function of message and key alone: its time is that of the Date field and
nothing is random, so that a retry sends the very bytes of the first try. Header fields are
canonicalised *relaxed* (relays fold them anew), the body *simple* (ours is quoted-printable
in short lines, which nothing on the way needs to touch). The fields that mail programs show
or act on are signed once more than they occur, so that none can be added in front; there is
no ``l=``, so that nothing can be added behind.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from newsletter.errors import SendError

PrivateKey = RSAPrivateKey | Ed25519PrivateKey

SIGNED: Final = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
    "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID",
    "Cc", "Content-Transfer-Encoding", "Auto-Submitted",
)  # fmt: skip
"""Fields signed once more than they stand in a message: added ones break the signature.

The last three are ours beside RFC 8058's: a second reader, another way to decode the body, and
what keeps machines from answering must not be put in either.
"""
NEEDED: Final = ("From", "Date")

_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_WHITE = re.compile(rb"[ \t]+")
_WIDTH: Final = 76
_PADDING: Final = PKCS1v15()
_SHA256: Final = SHA256()


@dataclass(frozen=True, slots=True, repr=False)
class DkimKey:
    """A private key and the selector under which the DNS shows its other half.

    Parameters
    ----------
    selector : str
        The name before ``._domainkey``.
    private : RSAPrivateKey or Ed25519PrivateKey
        See `newsletter.send.keyring`.
    """

    selector: str
    private: PrivateKey

    @property
    def algorithm(self) -> str:
        """The name of what it does, as ``a=`` writes it."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """Return the signature of canonical header bytes."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, _PADDING, _SHA256)
        return self.private.sign(hashlib.sha256(data).digest())  # RFC 8463 §3


class Stamp:
    """Signs the messages of one domain.

    Parameters
    ----------
    domain : str
        ``d=``, in lower-case A-labels.
    keys : sequence of DkimKey
        One signature by each, the first on top.
    """

    def __init__(self, domain: str, keys: Sequence[DkimKey]) -> None:
        if not keys:
            raise ValueError("a stamp needs a key")
        self.domain = domain
        self.keys = tuple(keys)

    def __repr__(self) -> str:
        """Return a form without keys."""
        return f"Stamp({self.domain!r}, {[key.selector for key in self.keys]})"

    def signed(self, data: bytes) -> bytes:
        """Return a message with its signatures in front.

        Parameters
        ----------
        data : bytes
            Complete, CRLF line ends.

        Raises
        ------
        newsletter.errors.SendError
            If it has no From or Date field, or one of `SIGNED` twice.
        """
        head, _, body = data.partition(b"\r\n\r\n")
        fields = _fields(head)
        canonical, names = _canonical(fields)
        # The body first: its hash is part of what is signed.
        body_hash = hashlib.sha256(simple(body)).digest()
        when = _instant(fields["date"])
        made = [self._signature(key, canonical, names, body_hash, when) for key in self.keys]
        return b"".join([*made, data])

    def _signature(
        self, key: DkimKey, canonical: bytes, names: Sequence[str], body_hash: bytes, when: int
    ) -> bytes:
        """Return one signature field, with its line end."""
        tags = [
            f"v=1; a={key.algorithm}; c=relaxed/simple; d={self.domain};",
            f" s={key.selector}; t={when};",
            f" h={_folded(names)};",
            f" bh={_base64(body_hash)};",
            " b=",
        ]
        field = ("DKIM-Signature: " + "\r\n".join(tags)).encode("ascii")
        value = _base64(key.sign(canonical + relaxed(field)))
        lines = [value[at : at + 72] for at in range(0, len(value), 72)]
        return field + "\r\n ".join(lines).encode("ascii") + b"\r\n"


@lru_cache(maxsize=128)  # most of a message's fields are those of every reader
def relaxed(field: bytes) -> bytes:
    r"""Return a header field in relaxed form (RFC 6376 §3.4.2), without its line end.

    Parameters
    ----------
    field : bytes
        ``Name: value``, folded or not, without its line end.

    Examples
    --------
    >>> relaxed(b"Subject : Small\r\n caps \t lead ")
    b'subject:Small caps lead'
    """
    name, _, value = field.partition(b":")
    value = _WHITE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.rstrip(b" \t").lower() + b":" + value


def simple(body: bytes) -> bytes:
    r"""Return a body in simple form (§3.4.3): it ends in exactly one line end.

    Examples
    --------
    >>> simple(b"a\r\n\r\n"), simple(b"a"), simple(b"")
    (b'a\r\n', b'a\r\n', b'\r\n')
    """
    if body.endswith(b"\r\n") and not body.endswith(b"\r\n\r\n"):
        return body  # without a copy of it
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n"


def _fields(head: bytes) -> dict[str, bytes]:
    """Return a header's fields by lower-case name; those of `SIGNED` stand there once."""
    found: dict[str, bytes] = {}
    for field in _FIELD_END.split(head):
        name = field.partition(b":")[0].rstrip(b" \t").lower().decode("ascii", "replace")
        if name in found and name in _WANTED:
            raise SendError(
                f"The message would hold the header {_WANTED[name]} twice; nothing is sent. "
                "Report this: the message was built wrongly.",
                permanent=True,
            )
        found[name] = field
    for name in NEEDED:
        if name.lower() not in found:
            raise SendError(
                f"The message has no {name} header, which a signature needs; nothing is sent. "
                "Report this: the message was built wrongly.",
                permanent=True,
            )
    return found


_WANTED: Final = {name.lower(): name for name in SIGNED}


def _canonical(fields: dict[str, bytes]) -> tuple[bytes, tuple[str, ...]]:
    """Return the signed fields in relaxed form, and the names of ``h=`` in their order.

    A name that stands there once more than its field adds nothing to what is signed (§5.4.2).
    """
    present = [name for name in _WANTED if name in fields]
    lines = [relaxed(fields[name]) + b"\r\n" for name in present]
    return b"".join(lines), (*present, *_WANTED)


@lru_cache(maxsize=16)
def _instant(field: bytes) -> int:
    """Return the Date field as ``t=`` writes it: seconds since 1970."""
    try:
        return max(0, int(parsedate_to_datetime(field.partition(b":")[2].decode()).timestamp()))
    except (ValueError, TypeError) as error:
        raise SendError(
            "The message's Date header is no date; nothing is sent. Report this: the message was "
            "built wrongly.",
            permanent=True,
        ) from error


@lru_cache(maxsize=16)
def _names(names: tuple[str, ...]) -> str:
    lines, line = [], "h="
    for name in names:
        if len(line) + len(name) + 1 > _WIDTH:
            lines.append(line)
            line = ""
        line += f"{name}:"
    return "\r\n ".join([*lines, line.removesuffix(":")])[2:]


def _folded(names: Sequence[str]) -> str:
    """Return names joined by colons, in lines of at most 78 characters."""
    return _names(tuple(names))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
