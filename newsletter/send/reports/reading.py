"""What a mail to the bounce address is: a report, an automatic answer, or for a person to see.

Anybody can write such a mail. A report is believed only about a copy it proves to have seen: by
the signed address it came to (VERP), or by the Message-ID of the copy, which nobody can guess.
"""

import datetime as dt
import email
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from newsletter.send.events import Event
from newsletter.send.reports import arf, dsn, plain
from newsletter.send.reports.parts import Mail, header, text_of

LARGEST = 2_000_000
"""Bytes of a mail that are read at all."""
MOST_PARTS = 60
MOST_EVENTS = 50

Verp = Callable[[str], tuple[str, str] | None]
"""Returns (edition, subscriber) of a genuine bounce address, else None."""

_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_AWAY = re.compile(
    r"^\W*(?:(?:re|aw|antw|sv)\s*:\s*)?(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)"
    r"|auto ?:|out of (?:the )?office|away from|vacation|on (?:annual )?leave|abwesen"
    r"|automatische antwort|r[ée]ponse automatique|absen[ct]e?|respuesta autom|risposta autom"
    r"|resposta autom|automatisch antwoord|autosvar|自動|自动|не в офисе|автоответ)",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a mail turned out to be."""

    REPORT = "report"
    ANSWER = "answer"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a mail.

    Parameters
    ----------
    kind : Kind
        What it is.
    events : tuple of Event
        What it reports, where it is a report.
    reason : str
        Why nobody could read it, or why it was dropped.
    id : str
        SHA-256 of the mail.
    subject, text : str
        Its beginning, for a person to look at.
    """

    kind: Kind
    events: tuple[Event, ...] = ()
    reason: str = ""
    id: str = ""
    subject: str = ""
    text: str = ""


def read(data: bytes, arrived: dt.datetime, verp: Verp = lambda _: None) -> Found:
    """Return what a mail to the bounce address is; never raise, whatever its bytes.

    Parameters
    ----------
    data : bytes
        The mail as it came.
    arrived : datetime.datetime
        Aware instant; no report is of later.
    verp : callable
        Reads our own bounce addresses.
    """
    id = hashlib.sha256(data).hexdigest()
    if len(data) > LARGEST:
        return Found(Kind.UNREAD, reason=f"it is larger than {LARGEST:,} bytes", id=id)
    try:
        message = email.message_from_bytes(data, policy=compat32)
        return replace(_read(message, id, arrived, verp), id=id)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        # The standard library's parser has its own surprises for what no mail program wrote.
        return Found(Kind.UNREAD, reason="its parts cannot be taken apart", id=id)


def _read(message: Message, id: str, arrived: dt.datetime, verp: Verp) -> Found:
    subject = header(message, "Subject")
    mail = Mail(message, tuple(_parts(message)), _time(message, arrived))
    shown = text_of(mail)[:4000]
    told = _told(mail)
    if told is None and _automatic(message, subject):
        return Found(Kind.ANSWER, reason="an automatic answer", subject=subject, text=shown)
    if told is None:
        return Found(Kind.UNREAD, reason="it is no report", subject=subject, text=shown)
    if not told:
        return Found(Kind.ANSWER, reason="a report of no failure", subject=subject, text=shown)
    proved = [_proved(each, mail, id, verp) for each in told[:MOST_EVENTS]]
    events = tuple(each for each in proved if each is not None)
    if not events:
        reason = "it does not prove that it has seen a mail of ours"
        return Found(Kind.UNREAD, reason=reason, subject=subject, text=shown)
    return Found(Kind.REPORT, events, subject=subject, text=shown)


def _told(mail: Mail) -> list[Event] | None:
    for events in (arf.events, dsn.events, plain.events):
        found = events(mail)
        if found is not None:
            return found
    return None


def _proved(event: Event, mail: Mail, id: str, verp: Verp) -> Event | None:
    """Return a report with whom it is about; None where nothing proves it."""
    owner = next(filter(None, map(verp, _came_to(mail, event))), None)
    edition, subscriber = owner or ("", "")
    if not owner and not event.message_id:
        return None
    # A report fetched twice has other Received lines, but the same Message-ID.
    name = header(mail.message, "Message-ID") or id
    about = "\0".join((name, event.recipient.lower(), str(event.what), event.message_id))
    digest = hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()
    return replace(event, id=digest, edition=edition, subscriber=subscriber)


def _came_to(mail: Mail, event: Event) -> Iterator[str]:
    if event.source == "arf":
        yield from arf.senders(mail)
    for name in _ENVELOPE:
        values = [str(each)[:1000] for each in mail.message.get_all(name, [])[:5]]
        for _, address in getaddresses(values)[:10]:
            if "@" in address:
                yield address


def _automatic(message: Message, subject: str) -> bool:
    """Tell whether a mail is an answer that nobody wrote: it says nothing of its mailbox."""
    submitted = header(message, "Auto-Submitted").lower()
    return (
        submitted.startswith("auto-replied")
        or bool(header(message, "X-Autoreply") or header(message, "X-Autorespond"))
        or header(message, "Precedence").lower() in {"auto_reply", "auto-reply"}
        or _AWAY.match(subject) is not None
    )


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        yield part


def _time(message: Message, arrived: dt.datetime) -> dt.datetime:
    try:
        found = parsedate_to_datetime(header(message, "Date"))
        found = found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return arrived
    # Bounces are late by days, not by years; a clock that says so is wrong.
    return found if arrived - dt.timedelta(days=30) <= found <= arrived else arrived
