"""A mail of ours taken apart, for delivery services that put mails together themselves."""

import base64
import email
import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr

_THEIRS = re.compile(
    r"from|to|subject|reply-to|mime-version|content-.*|dkim-signature|return-path|received|cc|bcc",
    re.IGNORECASE,
)
"""Headers that a service writes itself, or refuses."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The parts of a mail.

    Parameters
    ----------
    subject, text, html : str
        Decoded.
    sender, recipient : tuple of str
        Name and address.
    reply_to : str
        May be empty.
    headers : tuple of (str, str)
        All others, unfolded.
    pictures : tuple of (str, str, str)
        Content-ID, media type and base64 of each.
    """

    subject: str
    text: str
    html: str
    sender: tuple[str, str]
    recipient: tuple[str, str]
    reply_to: str
    headers: tuple[tuple[str, str], ...]
    pictures: tuple[tuple[str, str, str], ...]

    def from_json(self, address: str) -> dict[str, str]:
        """Return the sender as an object whose address has this name."""
        return _person(self.sender, address)

    def to_json(self, address: str) -> dict[str, str]:
        """Return the reader as an object whose address has this name."""
        return _person(self.recipient, address)


def unpacked(data: bytes) -> Unpacked:
    """Return the parts of a mail that this house has made."""
    message = email.message_from_bytes(data, policy=compat32)
    texts = {"text/plain": "", "text/html": ""}
    pictures = []
    for part in message.walk():
        kind = part.get_content_type()
        if kind in texts and not texts[kind]:
            texts[kind] = _bytes(part).decode(part.get_content_charset() or "utf-8", "replace")
        elif kind.startswith("image/"):
            cid = str(part.get("Content-ID", "")).strip("<> ")
            pictures.append((cid, kind, base64.b64encode(_bytes(part)).decode()))
    return Unpacked(
        _words(message, "Subject"),
        texts["text/plain"],
        texts["text/html"],
        _name_and_address(message, "From"),
        _name_and_address(message, "To"),
        parseaddr(str(message.get("Reply-To", "")))[1],
        tuple(
            (name, " ".join(str(value).split()))
            for name, value in message.items()
            if not _THEIRS.fullmatch(name)
        ),
        tuple(pictures),
    )


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _words(message: Message, name: str) -> str:
    return str(make_header(decode_header(" ".join(str(message.get(name, "")).split()))))


def _name_and_address(message: Message, name: str) -> tuple[str, str]:
    shown, address = parseaddr(" ".join(str(message.get(name, "")).split()))
    return str(make_header(decode_header(shown))) if shown else "", address


def _person(whom: tuple[str, str], key: str) -> dict[str, str]:
    name, address = whom
    return {key: address, "name": name} if name else {key: address}
