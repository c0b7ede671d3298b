"""Amazon SES: mail by its API v2, and what it reports through SNS."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from newsletter.config import Sender
from newsletter.errors import ConfigError
from newsletter.send import hooked
from newsletter.send.events import Event, Forged, What
from newsletter.send.transport import Envelope, Transport
from newsletter.send.web import Answer, Asked, Service, WebTransport, fetched

OLDEST = dt.timedelta(days=1)
"""SNS tries again for an hour or so, with the time of the first attempt."""
MARK = "newsletter-message-id"
_CERTIFICATE = re.compile(
    r"https://sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?/SimpleNotificationService-[A-Za-z0-9]{1,80}\.pem"
)
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_PERMANENT = {"Permanent": True, "Transient": False}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ABOUT_US = (
    "AccountSuspended", "SendingPaused", "MailFromDomainNotVerified", "NotFound", "LimitExceeded",
)  # fmt: skip


@dataclass(slots=True)
class SesHook:
    """What SES reports through SNS.

    Parameters
    ----------
    certificate : callable
        Fetches a signing certificate (PEM) from Amazon.
    """

    certificate: Callable[[str], bytes] = fetched
    id: str = "ses"
    _known: dict[str, bytes] = field(default_factory=dict)

    def read(
        self, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: dt.datetime
    ) -> list[Event]:
        """Verify topic and signature, and return what is reported."""
        del headers
        hooked.require_small(body)
        call = hooked.fields(hooked.document(body))
        # A valid signature proves Amazon, not us: every account's topics are signed alike.
        if call.get("TopicArn") not in secrets.get("topics", "").split():
            raise Forged("the topic is none of ours")
        self._verify(call)
        hooked.require_fresh(hooked.instant(call.get("Timestamp"), _NEVER), now, OLDEST)
        if call["Type"] != "Notification":
            raise ValueError(
                "the topic asks whether it may report here; a person confirms that in the console "
                "of the service"
            )
        return _events(hooked.fields(hooked.document(hooked.word(call["Message"], 1 << 20))),
                       hooked.word(call["MessageId"], 80), now)  # fmt: skip

    def _verify(self, call: dict[str, Any]) -> None:
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
        from cryptography.hazmat.primitives.hashes import SHA256

        url = call.get("SigningCertURL")
        if call.get("SignatureVersion") != "2":
            raise Forged("the topic signs with version 1; set its SignatureVersion to 2")
        if not isinstance(url, str) or not _CERTIFICATE.fullmatch(url):
            raise Forged("the certificate is not Amazon's")
        signed = canonical(call)
        try:
            given = base64.b64decode(str(call.get("Signature", "")), validate=True)
            if url not in self._known:
                self._known = {**dict(list(self._known.items())[-3:]), url: self.certificate(url)}
            public = x509.load_pem_x509_certificate(self._known[url]).public_key()
        except (ValueError, binascii.Error) as error:
            self._known.pop(url, None)
            raise Forged("the signature or its certificate cannot be read") from error
        if not isinstance(public, rsa.RSAPublicKey):
            raise Forged("the certificate is of another kind")
        try:
            public.verify(given, signed, padding.PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise Forged("the signature does not hold") from error


_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOOK = SesHook()


def canonical(call: dict[str, Any]) -> bytes:
    """Return what SNS signs of a message.

    Raises
    ------
    Forged
        If a field that must be signed is missing.
    """
    names = _SIGNED.get(str(call.get("Type")), ())
    if not names or any(not isinstance(call.get(name), str) for name in names if name != "Subject"):
        raise Forged("the call is no message of SNS")
    present = [name for name in names if isinstance(call.get(name), str)]
    return "".join(f"{name}\n{call[name]}\n" for name in present).encode()


def _events(told: dict[str, Any], id: str, now: dt.datetime) -> list[Event]:
    kind = hooked.word(told.get("eventType") or told.get("notificationType"))
    mail, found = hooked.fields(told.get("mail")), []
    name = {"Bounce": "bounce", "Complaint": "complaint", "Delivery": "delivery",
            "DeliveryDelay": "deliveryDelay", "Subscription": "subscription"}.get(kind)  # fmt: skip
    if name is None:  # Send, Open, Click, Reject: nothing that is a reader's
        return []
    about = hooked.fields(told.get(name))
    what = _what(kind, about)
    if what is None:
        return []
    at = hooked.instant(about.get("timestamp"), now)
    feedback = hooked.word(about.get("feedbackId"), 100) or id
    for number, one in enumerate(_recipients(name, about, mail)):
        said = hooked.told(one.get("diagnosticCode") or about.get("smtpResponse"))
        found.append(
            Event(
                id=f"{feedback}:{kind}:{number}"[:200],
                source="ses",
                what=what,
                at=at,
                recipient=hooked.word(one.get("emailAddress")),
                message_id=_message_id(mail),
                status=hooked.word(one.get("status"), 12),
                text=" ".join(filter(None, (said, _words(about)))),
                permanent=_PERMANENT.get(hooked.word(about.get("bounceType"))),
            )
        )
    return found


def _what(kind: str, about: dict[str, Any]) -> What | None:
    if kind == "Complaint" and about.get("complaintFeedbackType") == "not-spam":
        return None
    return {
        "Bounce": What.BOUNCED,
        "Complaint": What.COMPLAINED,
        "Delivery": What.DELIVERED,
        "DeliveryDelay": What.DEFERRED,
        "Subscription": What.UNSUBSCRIBED,
    }[kind]


def _words(about: dict[str, Any]) -> str:
    """Return the service's own name of a bounce, in words: ``ContentRejected`` is a block."""
    name = hooked.word(about.get("bounceSubType"), 40)
    if name in {"Suppressed", "OnAccountSuppressionList"}:
        return "unknown user, on the service's suppression list"
    return _CAMEL.sub(" ", name) if name not in {"", "General", "NoEmail"} else ""


def _recipients(name: str, about: dict[str, Any], mail: dict[str, Any]) -> list[dict[str, Any]]:
    lists = {"bounce": "bouncedRecipients", "complaint": "complainedRecipients",
             "deliveryDelay": "delayedRecipients"}  # fmt: skip
    if name in lists:
        return hooked.rows(about.get(lists[name]))
    named = about.get("recipients") or mail.get("destination")
    return [{"emailAddress": each} for each in named[:50]] if isinstance(named, list) else []


def _message_id(mail: dict[str, Any]) -> str:
    """Return our Message-ID: as we tagged it, else as the service keeps the headers."""
    tag = hooked.fields(mail.get("tags")).get(MARK)
    if isinstance(tag, list) and tag:
        return hooked.message_id(tag[0])
    for one in hooked.rows(mail.get("headers")):
        if hooked.word(one.get("name")).lower() == "message-id":
            return hooked.message_id(one.get("value"))
    return ""


# The way out --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Service(Service):
    name: str = "ses"

    def asked(self, envelope: Envelope, now: dt.datetime) -> Asked:
        """Make the request: the whole mail, as it is."""
        body: dict[str, Any] = {
            "Destination": {"ToAddresses": [envelope.recipient]},
            "Content": {"Raw": {"Data": base64.b64encode(envelope.data).decode()}},
            # The service gives mails Message-IDs of its own; by this its reports name ours.
            "EmailTags": [{"Name": MARK, "Value": envelope.message_id}],
        }
        if self.domain:
            body["ConfigurationSetName"] = self.domain
        data = json.dumps(body).encode()
        url = f"{self.address}/v2/email/outbound-emails"
        headers = {"content-type": "application/json"}
        return Asked(url, signed_headers("POST", url, headers, data, now, self, "ses"), data)

    def looked(self, now: dt.datetime) -> Asked:
        """Ask for the account."""
        url = f"{self.address}/v2/email/account"
        return Asked(url, signed_headers("GET", url, {}, b"", now, self, "ses"), b"")

    def receipt(self, answer: Answer) -> str:
        """Return the id under which the service has taken the mail."""
        return hooked.word(hooked.fields(answer.document()).get("MessageId"))

    def about_us(self, answer: Answer) -> bool:
        """Tell whether a refusal is of the account and not of one mail."""
        kind = answer.headers.get("x-amzn-errortype", "")
        return kind.startswith(_ABOUT_US) or "not verified" in answer.text


def signed_headers(
    method: str, url: str, headers: Mapping[str, str], body: bytes, now: dt.datetime,
    who: "Credentials", service: str,
) -> dict[str, str]:  # fmt: skip
    """Return a request's headers, signed with AWS Signature Version 4.

    Parameters
    ----------
    method, url, headers, body
        Of the request.
    now : datetime.datetime
        Aware instant.
    who : Credentials
        User (access key id), key (secret) and region.
    service : str
        As in the credential's scope.
    """
    parts, stamp = urlsplit(url), now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    all_headers = {**headers, "host": parts.netloc, "x-amz-date": stamp}
    lines = {name.lower(): " ".join(value.split()) for name, value in all_headers.items()}
    names = ";".join(sorted(lines))
    request = "\n".join(
        [method, quote(parts.path or "/"), parts.query,
         *(f"{name}:{lines[name]}" for name in sorted(lines)), "", names,
         hashlib.sha256(body).hexdigest()]
    )  # fmt: skip
    scope = f"{stamp[:8]}/{who.region}/{service}/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{who.key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}".encode()
    signature = hmac.new(key, text, hashlib.sha256).hexdigest()
    credential = f"AWS4-HMAC-SHA256 Credential={who.user}/{scope}"
    authorization = f"{credential}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "x-amz-date": stamp, "authorization": authorization}


Credentials = Service
"""Who signs: the service's settings hold user, key and region."""


@dataclass(frozen=True, slots=True)
class _Plugin:
    id: str = "ses"

    def open(self, sender: Sender, base: Path, password: str | None) -> Transport:
        """Make the transport; user is the access key's id, NEWSLETTER_SES_KEY its secret."""
        del base
        if not sender.username:
            raise ConfigError(
                "A sender by ses needs senders.*.username, the id of the access key whose secret "
                "is NEWSLETTER_SES_KEY."
            )
        service = _Service.of(sender, password, f"https://email.{sender.region}.amazonaws.com")
        return WebTransport(service, sender.timeout_seconds)


TRANSPORT = _Plugin()
