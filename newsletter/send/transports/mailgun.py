"""Mailgun: mail by its ``messages.mime``, and what its webhooks report."""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.config import Sender
from newsletter.errors import ConfigError
from newsletter.send import hooked
from newsletter.send.events import Event, Forged, What
from newsletter.send.transport import Envelope, Transport
from newsletter.send.web import Answer, Asked, Service, WebTransport

OLDEST = dt.timedelta(hours=12)
"""It tries again for eight hours; each call's token is good once, however young."""
_REASONS = {
    "suppress-complaint": What.COMPLAINED,
    "suppress-unsubscribe": What.UNSUBSCRIBED,
}


@dataclass(frozen=True, slots=True)
class _Hook:
    id: str = "mailgun"

    def read(
        self, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: dt.datetime
    ) -> list[Event]:
        """Verify login and signature, and return what is reported.

        The signature covers a time and a token, not the report: hence the login as well.
        """
        hooked.require_small(body)
        hooked.require_login(headers, secrets.get("login", ""))
        call = hooked.fields(hooked.document(body))
        signed = hooked.fields(call.get("signature"))
        stamp, token = hooked.word(str(signed.get("timestamp", ""))), self.token(body)
        key = secrets.get("key", "").encode()
        wanted = hmac.new(key, f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
        given = hooked.word(signed.get("signature"))
        if not key or not token or not hooked.same(given.encode(), wanted.encode()):
            raise Forged("the signature does not hold")
        try:
            hooked.require_fresh(hooked.epoch(stamp), now, OLDEST)
        except ValueError as error:
            raise Forged("the call has no time") from error
        found = _event(hooked.fields(call.get("event-data")), now)
        return [found] if found else []

    def token(self, body: bytes) -> str:
        """Return what makes a call valid only once."""
        signed = hooked.fields(hooked.fields(hooked.document(body)).get("signature"))
        return hooked.word(signed.get("token"), 100)


HOOK = _Hook()


def _event(told: dict[str, Any], now: dt.datetime) -> Event | None:
    name, permanent = hooked.word(told.get("event")), None
    what = {"delivered": What.DELIVERED, "complained": What.COMPLAINED,
            "unsubscribed": What.UNSUBSCRIBED, "failed": What.BOUNCED}.get(name)  # fmt: skip
    if what is None:  # opened, clicked, accepted
        return None
    status = hooked.fields(told.get("delivery-status"))
    reason = hooked.word(told.get("reason"), 60)
    words = [hooked.told(status.get(each)) for each in ("message", "description")]
    if name == "failed":
        what = _REASONS.get(reason, what)
        if told.get("severity") == "temporary":  # it goes on trying
            what = What.DEFERRED
        if reason in {"suppress-bounce", "espblock"}:
            words.append({"espblock": "blocked"}.get(reason, "unknown user, bounced before"))
        permanent = told.get("severity") == "permanent"
    message = hooked.fields(hooked.fields(told.get("message")).get("headers"))
    recipient, at = hooked.word(told.get("recipient")), _at(told, now)
    about = hooked.message_id(message.get("message-id"))
    return Event(
        id=hooked.word(told.get("id"), 200) or hooked.digest(name, recipient, about, str(at)),
        source="mailgun",
        what=what,
        at=at,
        recipient=recipient,
        message_id=about,
        status=hooked.word(status.get("enhanced-code"), 12),
        code=hooked.code(status.get("code")),
        text=" ".join(filter(None, words))[:500],
        permanent=permanent,
    )


def _at(told: dict[str, Any], now: dt.datetime) -> dt.datetime:
    return hooked.epoch(told["timestamp"]) if "timestamp" in told else now


@dataclass(frozen=True, slots=True)
class _Service(Service):
    name: str = "mailgun"
    default_address: str = "https://api.mailgun.net"

    def asked(self, envelope: Envelope, now: dt.datetime) -> Asked:
        """Make the request: the whole mail, as it is."""
        del now
        edge = hashlib.sha256(envelope.data).hexdigest()
        fields = {"to": envelope.recipient, "o:tracking": "no"}
        plain = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        file = (
            f'--{edge}\r\nContent-Disposition: form-data; name="message"; filename="m.eml"\r\n'
            "Content-Type: message/rfc822\r\n\r\n"
        )
        body = "".join([*plain, file]).encode() + envelope.data + f"\r\n--{edge}--\r\n".encode()
        login = base64.b64encode(f"api:{self.key}".encode()).decode()
        headers = {
            "authorization": f"Basic {login}",
            "content-type": f"multipart/form-data; boundary={edge}",
        }
        return Asked(f"{self.address}/v3/{self.domain}/messages.mime", headers, body)

    def looked(self, now: dt.datetime) -> Asked:
        """Ask for the domain."""
        del now
        login = base64.b64encode(f"api:{self.key}".encode()).decode()
        headers = {"authorization": f"Basic {login}"}
        return Asked(f"{self.address}/v3/domains/{self.domain}", headers, b"")

    def receipt(self, answer: Answer) -> str:
        """Return the id under which the service has taken the mail."""
        return hooked.message_id(hooked.fields(answer.document()).get("id"))


@dataclass(frozen=True, slots=True)
class _Plugin:
    id: str = "mailgun"

    def open(self, sender: Sender, base: Path, password: str | None) -> Transport:
        """Make the transport; the key comes from NEWSLETTER_MAILGUN_KEY."""
        del base
        if not sender.service_domain:
            raise ConfigError(
                "A sender by mailgun needs senders.*.service_domain, the domain as it stands in "
                "the service's account."
            )
        return WebTransport(_Service.of(sender, password), sender.timeout_seconds)


TRANSPORT = _Plugin()
