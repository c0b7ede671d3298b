"""Header fields of a message: as they are sent, as clients show them, and what each is for."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.header import decode_header, make_header

MEANING = {
    "from": "Who it is from; its domain is what DMARC looks at.",
    "to": "One reader a copy: nobody sees another.",
    "reply-to": "Where an answer goes.",
    "subject": "What the inbox shows first.",
    "message-id": "The same on every retry, so that two arrivals are seen to be one.",
    "date": "When it was made; here the close of the session, so that a preview repeats.",
    "list-unsubscribe": "One click leaves the list (RFC 2369 and 8058).",
    "list-unsubscribe-post": "Tells clients that a POST is enough (RFC 8058).",
    "list-id": "The list, for readers' filters (RFC 2919).",
    "feedback-id": "How Gmail groups complaints in its postmaster tools.",
    "precedence": "Keeps out-of-office answers away.",
    "x-newsletter-test": "A test copy, which has no place in the ledger of deliveries.",
    "auto-submitted": "A machine wrote it: no holiday notice answers (RFC 3834).",
    "x-auto-response-suppress": "The same for Exchange.",
    "content-type": "How the parts are put together.",
    "mime-version": "",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One header field.

    Parameters
    ----------
    name, value : str
        As it is sent, unfolded.
    read : str
        What clients show, where that is something else.
    meaning : str
        What it is for.
    """

    name: str
    value: str
    read: str
    meaning: str


def fields(data: bytes) -> list[Field]:
    """Return the header fields of a message, in order."""
    parsed = email.message_from_bytes(data, policy=email.policy.compat32)
    out = []
    for name, raw in parsed.items():
        value = re.sub(r"\r?\n[ \t]+", " ", str(raw))
        try:
            read = str(make_header(decode_header(value)))
        except (UnicodeError, LookupError, ValueError):
            read = value
        meaning = MEANING.get(name.lower(), "")
        out.append(Field(name, value, read if read != value else "", meaning))
    return out
