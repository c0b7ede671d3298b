"""Twilio SendGrid: what it reports (Event Webhook), and mail by its Web API v3."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.config import Sender
from newsletter.send import hooked
from newsletter.send.events import Event, Forged, What
from newsletter.send.transport import Envelope, Transport
from newsletter.send.unpacked import unpacked
from newsletter.send.web import Answer, Asked, Service, WebTransport

OLDEST = dt.timedelta(seconds=300)
MARK = "newsletter-message-id"
_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_WHAT = {
    "delivered": What.DELIVERED,
    "deferred": What.DEFERRED,
    "bounce": What.BOUNCED,
    "dropped": What.BOUNCED,
    "spamreport": What.COMPLAINED,
    "unsubscribe": What.UNSUBSCRIBED,
    "group_unsubscribe": What.UNSUBSCRIBED,
}
_DROPPED = {
    "bounced address": (What.BOUNCED, True),
    "invalid": (What.BOUNCED, True),
    "spam reporting address": (What.COMPLAINED, None),
    "unsubscribed address": (What.UNSUBSCRIBED, None),
}


@dataclass(frozen=True, slots=True)
class _Hook:
    id: str = "sendgrid"

    def read(
        self, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: dt.datetime
    ) -> list[Event]:
        """Verify the signature over timestamp and raw body, and return what is reported."""
        hooked.require_small(body)
        stamp = headers.get(_TIMESTAMP, "")
        _verify(stamp.encode() + body, headers.get(_SIGNATURE, ""), secrets.get("key", ""))
        try:
            hooked.require_fresh(hooked.epoch(stamp), now, OLDEST)
        except ValueError as error:
            raise Forged("the call has no time") from error
        calls = hooked.document(body)
        if not isinstance(calls, list):
            raise ValueError("the call is no list of events")  # noqa: TRY004 - the port's word
        return [each for each in (_event(one, now) for one in hooked.rows(calls)) if each]


HOOK = _Hook()


def _verify(signed: bytes, signature: str, key: str) -> None:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
        given = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise Forged("the call's signature or our key cannot be read") from error
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise Forged("our key is of another kind")
    try:
        public.verify(given, signed, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise Forged("the call's signature does not hold") from error


def _event(one: dict[str, Any], now: dt.datetime) -> Event | None:
    name = hooked.word(one.get("event"))
    what, permanent = _WHAT.get(name), None
    if what is None:  # processed, open, click: nothing that we ask about
        return None
    reason = hooked.told(one.get("reason") or one.get("response"))
    if name == "dropped":
        what, permanent = _DROPPED.get(reason.lower(), (what, None))
        reason = f"dropped: {reason}"
    elif name == "bounce":
        permanent = one.get("type") != "blocked"
    recipient = hooked.word(one.get("email"))
    at = hooked.epoch(one.get("timestamp", now.timestamp()))
    id = hooked.word(one.get("sg_event_id"), 200)
    about = hooked.message_id(one.get(MARK)) or hooked.message_id(one.get("smtp-id"))
    return Event(
        id=id or hooked.digest(name, recipient, about, at.isoformat()),
        source="sendgrid",
        what=what,
        at=at,
        recipient=recipient,
        message_id=about,
        status=hooked.word(one.get("status"), 12),
        text=reason,
        permanent=permanent,
    )


@dataclass(frozen=True, slots=True)
class _Service(Service):
    name: str = "sendgrid"
    default_address: str = "https://api.sendgrid.com"

    def asked(self, envelope: Envelope, now: dt.datetime) -> Asked:
        """Make the request: the mail in parts, for this service takes no other."""
        del now
        mail = unpacked(envelope.data)
        parts = [("text/plain", mail.text), ("text/html", mail.html)]
        body: dict[str, Any] = {
            "personalizations": [
                {"to": [mail.to_json("email")], "custom_args": {MARK: envelope.message_id}}
            ],
            "from": mail.from_json("email"),
            "subject": mail.subject,
            "content": [{"type": kind, "value": text} for kind, text in parts if text],
            "headers": dict(mail.headers),
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
            },
        }
        if mail.reply_to:
            body["reply_to"] = {"email": mail.reply_to}
        if mail.pictures:
            body["attachments"] = [
                {"content": data, "type": kind, "filename": f"{cid}.{kind.rpartition('/')[2]}",
                 "disposition": "inline", "content_id": cid}
                for cid, kind, data in mail.pictures
            ]  # fmt: skip
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        return Asked(f"{self.address}/v3/mail/send", headers, json.dumps(body).encode())

    def looked(self, now: dt.datetime) -> Asked:
        """Ask what the key may do."""
        del now
        return Asked(f"{self.address}/v3/scopes", {"authorization": f"Bearer {self.key}"}, b"")

    def receipt(self, answer: Answer) -> str:
        """Return the id under which the service has taken the mail."""
        return answer.headers.get("x-message-id", "")


@dataclass(frozen=True, slots=True)
class _Plugin:
    id: str = "sendgrid"

    def open(self, sender: Sender, base: Path, password: str | None) -> Transport:
        """Make the transport; the key comes from NEWSLETTER_SENDGRID_KEY."""
        del base
        return WebTransport(_Service.of(sender, password), sender.timeout_seconds)


TRANSPORT = _Plugin()
