"""Delivery status notifications (RFC 3464): one report for each recipient they name."""

import re
from email.message import Message

from newsletter.send.addresses import redact
from newsletter.send.events import Event, What
from newsletter.send.reports.parts import Mail, header, original_id

_ACTIONS = {"failed": What.BOUNCED, "delayed": What.DEFERRED, "delivered": What.DELIVERED}
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CODE = re.compile(r"(?<![\d.])([245]\d\d)(?=[ -]|$)")
_ADDRESS = re.compile(r"[^\s<>;\"]{1,64}@[^\s<>;\"]{1,190}")


def events(mail: Mail) -> list[Event] | None:
    """Return what a notification reports; None where the mail is none."""
    for part in mail.parts:
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            blocks = part.get_payload()
            if not isinstance(blocks, list):
                continue
            about = original_id(mail)
            found = [
                _event(block, mail, about)
                for block in blocks
                if isinstance(block, Message) and _names_somebody(block)
            ]
            if found:
                return [each for each in found if each is not None]
    return None


def _names_somebody(block: Message) -> bool:
    return any(name in block for name in ("Final-Recipient", "Original-Recipient", "Action"))


def _event(block: Message, mail: Mail, about: str) -> Event | None:
    what = _ACTIONS.get(header(block, "Action").lower().split(" ")[0] or "failed")
    if what is None:  # relayed or expanded: nothing is known yet
        return None
    said = header(block, "Diagnostic-Code", 3000)
    kind, separator, words = said.partition(";")
    said = words.strip() if separator and re.fullmatch(r"[\w-]{1,20}", kind.strip()) else said
    status = _STATUS.search(header(block, "Status"))
    code = _CODE.search(said)
    return Event(
        id="",
        source="dsn",
        what=what,
        at=mail.at,
        recipient=_recipient(block),
        message_id=about,
        status=status[0] if status else "",
        code=int(code[1]) if code else None,
        text=redact(said)[:500],
    )


def _recipient(block: Message) -> str:
    for name in ("Original-Recipient", "Final-Recipient"):
        match = _ADDRESS.search(header(block, name))
        if match:
            return match[0]
    return ""
