"""Parts of a mail, as hostile as they come."""

import contextlib
import datetime as dt
import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message

from newsletter.send.addresses import UNPRINTABLE

_MESSAGE_ID = re.compile(r"^\s*message-id:\s*<([^<>\s]{3,200})>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, taken apart once.

    Parameters
    ----------
    message : email.message.Message
        The whole.
    parts : tuple of email.message.Message
        It and all its parts, in order.
    at : datetime.datetime
        Aware UTC instant of its sending, as far as that can be true.
    """

    message: Message
    parts: tuple[Message, ...]
    at: dt.datetime


def header(message: Message, name: str, longest: int = 1000) -> str:
    """Return a header in one clean line, decoded; empty where there is none."""
    wanted = name.lower()
    raw = next((str(each) for key, each in message.raw_items() if key.lower() == wanted), "")
    # Headers with bare UTF-8 are against the old rules and everywhere.
    text = raw[:longest].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    with contextlib.suppress(ValueError, LookupError):  # an encoding that is none: as it stands
        text = str(make_header(decode_header(text)))
    return clean(text)


def clean(text: str) -> str:
    """Return a text in one line, without what cannot be printed."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def decoded(part: Message, longest: int = 64_000) -> str:
    """Return the text of a part, whatever its charset says it is."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    data = payload[:longest]
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")


def text_of(mail: Mail) -> str:
    """Return the plain text that a mail shows first, line breaks kept."""
    for part in mail.parts:
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            return UNPRINTABLE.sub(lambda m: "\n" if m[0] == "\n" else " ", decoded(part))
    return ""


def first(part: Message) -> Message | None:
    """Return the first mail inside of a part, or None."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    return inner if isinstance(inner, Message) else None


def original_id(mail: Mail) -> str:
    """Return the Message-ID of the mail that a report is about; empty where it is not shown."""
    for part in mail.parts[1:]:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = first(part)
            found = header(inner, "Message-ID") if inner is not None else ""
        elif kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
            # One parser of the standard library makes a mail of it, another a text.
            inner = first(part)
            whole = str(inner) if inner is not None else decoded(part)
            match = _MESSAGE_ID.search(whole)
            found = match[1] if match else ""
        else:
            continue
        if found:
            return found.strip().strip("<>")[:200]
    return ""


def quoted_id(text: str) -> str:
    """Return the Message-ID that stands in a text which quotes a mail, or empty."""
    match = _MESSAGE_ID.search(text)
    return match[1] if match else ""
