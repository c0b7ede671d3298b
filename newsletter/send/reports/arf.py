"""Complaints (ARF, RFC 5965): a reader has called the mail junk."""

from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from email.utils import parseaddr

from newsletter.send.events import Event, What
from newsletter.send.reports.parts import Mail, decoded, first, header, original_id

_KINDS = {
    "abuse": What.COMPLAINED,
    "fraud": What.COMPLAINED,
    "virus": What.COMPLAINED,
    "other": What.COMPLAINED,
    "": What.COMPLAINED,
    "opt-out": What.UNSUBSCRIBED,
    "opt-out-list": What.UNSUBSCRIBED,
}


def events(mail: Mail) -> list[Event] | None:
    """Return what a complaint reports; None where the mail is none."""
    fields = _fields(mail)
    if fields is None:
        return None
    kind = header(fields, "Feedback-Type").lower()
    what = _KINDS.get(kind)
    if what is None:  # not-spam, auth-failure: nobody complains
        return []
    return [
        Event(
            id="",
            source="arf",
            what=what,
            at=mail.at,
            recipient=_address(header(fields, "Original-Rcpt-To")),
            message_id=original_id(mail),
            text=kind[:40],
        )
    ]


def senders(mail: Mail) -> Iterator[str]:
    """Yield the envelope senders that a complaint names: one of ours says whose copy it was."""
    fields = _fields(mail)
    if fields is not None:
        yield _address(header(fields, "Original-Mail-From"))
    for part in mail.parts[1:]:
        if part.get_content_type() == "message/rfc822":
            inner = first(part)
            if inner is not None:
                yield _address(header(inner, "Return-Path"))


def _fields(mail: Mail) -> Message | None:
    for part in mail.parts:
        if part.get_content_type() == "message/feedback-report":
            return first(part) or message_from_string(decoded(part))
    return None


def _address(text: str) -> str:
    return parseaddr(text)[1][:254]
