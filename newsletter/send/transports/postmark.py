"""Postmark: mail by its API, and what its webhooks report."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formataddr
from pathlib import Path
from typing import Any

from newsletter.config import Sender
from newsletter.send import hooked
from newsletter.send.events import Event, What
from newsletter.send.transport import Envelope, Transport
from newsletter.send.unpacked import unpacked
from newsletter.send.web import Answer, Asked, Service, WebTransport

MARK = "newsletter-message-id"
_BOUNCES: dict[str, bool | None] = {
    "HardBounce": True, "BadEmailAddress": True, "ManuallyDeactivated": None, "SoftBounce": False,
    "Transient": False, "DnsError": False, "SpamNotification": None, "Blocked": None,
    "DMARCPolicy": None, "Unknown": None, "SMTPApiError": False, "TemplateRenderingFailed": False,
}  # fmt: skip
_BLOCKS = frozenset({"SpamNotification", "Blocked", "DMARCPolicy", "ManuallyDeactivated"})
_ABOUT_US = frozenset({10, 400, 401, 405, 412, 413})


@dataclass(frozen=True, slots=True)
class _Hook:
    id: str = "postmark"

    def read(
        self, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: dt.datetime
    ) -> list[Event]:
        """Verify the login (this service signs nothing), and return what is reported."""
        hooked.require_small(body)
        hooked.require_login(headers, secrets.get("login", ""))
        found = _event(hooked.fields(hooked.document(body)), now)
        return [found] if found else []


HOOK = _Hook()


def _event(told: dict[str, Any], now: dt.datetime) -> Event | None:
    record, kind = hooked.word(told.get("RecordType")), hooked.word(told.get("Type"), 40)
    what, words = _what(record, kind, told), hooked.told(told.get("Details"))
    if what is None:
        return None
    recipient = hooked.word(told.get("Email") or told.get("Recipient"))
    times = (told.get(name) for name in ("BouncedAt", "DeliveredAt", "ChangedAt"))
    at = hooked.instant(next(filter(None, times), ""), now)
    about = hooked.message_id(hooked.fields(told.get("Metadata")).get(MARK))
    own = str(told.get("ID") or hooked.word(told.get("MessageID")))
    return Event(
        id=hooked.digest(record, own, recipient, kind),
        source="postmark",
        what=what,
        at=at,
        recipient=recipient,
        message_id=about,
        text=f"blocked: {words}" if kind in _BLOCKS else words,
        permanent=_BOUNCES.get(kind),
    )


def _what(record: str, kind: str, told: dict[str, Any]) -> What | None:
    match record:
        case "Delivery":
            return What.DELIVERED
        case "SpamComplaint":
            return What.COMPLAINED
        case "SubscriptionChange":
            manual = told.get("SuppressionReason") == "ManualSuppression"
            return What.UNSUBSCRIBED if told.get("SuppressSending") is True and manual else None
        case "Bounce":
            if kind in {"SpamComplaint", "Unsubscribe"}:
                return What.COMPLAINED if kind == "SpamComplaint" else What.UNSUBSCRIBED
            return What.BOUNCED if kind in _BOUNCES else None
    return None  # opens, clicks, automatic answers


@dataclass(frozen=True, slots=True)
class _Service(Service):
    name: str = "postmark"
    default_address: str = "https://api.postmarkapp.com"

    def asked(self, envelope: Envelope, now: dt.datetime) -> Asked:
        """Make the request: the mail in parts, for this service takes no other."""
        del now
        mail = unpacked(envelope.data)
        headers = [("Message-ID", f"<{envelope.message_id}>"), ("X-PM-KeepID", "true")]
        headers += [one for one in mail.headers if one[0].lower() != "message-id"]
        body: dict[str, Any] = {
            "From": formataddr(mail.sender),
            "To": formataddr(mail.recipient),
            "Subject": mail.subject,
            "TextBody": mail.text,
            "HtmlBody": mail.html,
            "MessageStream": self.domain or "broadcast",
            "TrackOpens": False,
            "TrackLinks": "None",
            "Metadata": {MARK: envelope.message_id},
            "Headers": [{"Name": name, "Value": value} for name, value in headers],
            "Attachments": [
                {"Name": cid, "Content": data, "ContentType": kind, "ContentID": f"cid:{cid}"}
                for cid, kind, data in mail.pictures
            ],
        }
        if mail.reply_to:
            body["ReplyTo"] = mail.reply_to
        plain = {"content-type": "application/json", "x-postmark-server-token": self.key}
        return Asked(f"{self.address}/email", plain, json.dumps(body).encode())

    def looked(self, now: dt.datetime) -> Asked:
        """Ask for the server that the token is of."""
        del now
        headers = {"accept": "application/json", "x-postmark-server-token": self.key}
        return Asked(f"{self.address}/server", headers, b"")

    def receipt(self, answer: Answer) -> str:
        """Return the id under which the service has taken the mail."""
        return hooked.word(hooked.fields(answer.document()).get("MessageID"))

    def about_us(self, answer: Answer) -> bool:
        """Tell whether a refusal is of the account and not of one mail."""
        return hooked.fields(answer.document()).get("ErrorCode") in _ABOUT_US


@dataclass(frozen=True, slots=True)
class _Plugin:
    id: str = "postmark"

    def open(self, sender: Sender, base: Path, password: str | None) -> Transport:
        """Make the transport; the server's token comes from NEWSLETTER_POSTMARK_KEY."""
        del base
        return WebTransport(_Service.of(sender, password), sender.timeout_seconds)


TRANSPORT = _Plugin()
