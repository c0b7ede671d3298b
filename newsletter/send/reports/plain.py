"""Bounces in words: of servers older than the standard, or that never heard of it."""

import re

from newsletter.send.addresses import redact
from newsletter.send.events import Event, What
from newsletter.send.reports.parts import Mail, clean, header, original_id, quoted_id, text_of

_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery|microsoft exchange", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|returned mail|delivery (?:status|failure|has failed|problem|notification)"
    r"|failure notice|mail delivery failed|non remis|unzustellbar|could not be delivered"
    r"|delivery delayed|warning: (?:message|could not)|message delayed",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"\bdelayed\b|not yet been delivered|will (?:keep trying|be retried)|still "
                      r"being retried|warning: ", re.IGNORECASE)  # fmt: skip
_COPY = re.compile(
    r"^-{2,}.{0,40}(?:copy of (?:the|your)|original|this is a copy|below this line|headers).*$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[^\s<>;,:\"']{1,64}@[^\s<>;,:\"']{1,190}\.[a-z0-9-]{2,63}", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\.\d|\d)")


def events(mail: Mail) -> list[Event] | None:
    """Return what a bounce in words reports; None where the mail is none."""
    message = mail.message
    failed = header(message, "X-Failed-Recipients")
    from_daemon = _DAEMON.search(header(message, "From")) is not None
    subject = header(message, "Subject")
    if not failed and not (from_daemon and _SUBJECT.search(subject)):
        return None
    text = text_of(mail)
    cut = _COPY.search(text)
    words, rest = (text[: cut.start()], text[cut.end() :]) if cut else (text, text)
    said = _reason(words)
    recipient = _ADDRESS.search(failed or words)
    status = _STATUS.search(said)
    delayed = _DELAYED.search(subject) is not None
    return [
        Event(
            id="",
            source="dsn",
            what=What.DEFERRED if delayed else What.BOUNCED,
            at=mail.at,
            recipient=recipient[0] if recipient else "",
            message_id=original_id(mail) or quoted_id(rest),
            status=status[0] if status else "",
            text=redact(said)[:500],
        )
    ]


def _reason(words: str) -> str:
    """Return what follows the failed address: before it stand greetings, the same in every mail."""
    match = _ADDRESS.search(words)
    after = clean(words[match.end() :]) if match else ""
    return after.lstrip(">: ") or clean(words)
