"""Hooks of delivery services: genuine calls are read, all others are refused."""

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.send.events import Forged
from newsletter.send.hooked import LARGEST
from newsletter.send.transports import hooks
from newsletter.send.transports.ses import SesHook, signed_headers
from newsletter.send.verdicts import classify
from newsletter.send.web import Service

NOW = dt.datetime(2026, 7, 2, 22, 10, tzinfo=dt.UTC)
STAMP = str(int(NOW.timestamp()))
OURS = "2026-07-02.XNYS.evening.0123456789abcdef@news.example.com"
TOPIC = "arn:aws:sns:us-east-1:123456789012:bounces"
URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
LOGIN = "hook:a long password"
BASIC = {"authorization": "Basic " + base64.b64encode(LOGIN.encode()).decode()}
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(NOW).not_valid_after(NOW + dt.timedelta(days=90))
    )  # fmt: skip
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


CERTIFICATE = certificate(RSA_KEY)


def public_key():
    der = EC_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


SECRETS = {
    "ses": {"topics": f"{TOPIC} {TOPIC}-2"},
    "sendgrid": {"key": public_key()},
    "mailgun": {"key": "key-of-mailgun", "login": LOGIN},
    "postmark": {"login": LOGIN},
    "brevo": {"login": "token-without-colon"},
}


def ses(told=None, key=RSA_KEY, **changes):
    told = told or {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "0100-f",
            "timestamp": "2026-07-02T22:01:00.000Z",
            "bouncedRecipients": [
                {"emailAddress": "ada@readers.example", "action": "failed", "status": "5.1.1",
                 "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
            ],
        },
        "mail": {"messageId": "0100-m", "tags": {"newsletter-message-id": [OURS]}},
    }  # fmt: skip
    call = {
        "Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC, "Message": json.dumps(told), "SignatureVersion": "2",
        "Timestamp": "2026-07-02T22:09:00.000Z", "SigningCertURL": URL, **changes,
    }  # fmt: skip
    names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    if call["Type"] != "Notification":
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{call[name]}\n" for name in names if name in call)
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return json.dumps({**call, "Signature": base64.b64encode(signature).decode()}).encode(), {}


def sendgrid(events=None, stamp=STAMP, key=EC_KEY):
    events = events or [
        {"event": "bounce", "type": "bounce", "email": "ada@readers.example", "status": "5.1.1",
         "reason": "550 5.1.1 <ada@readers.example> unknown", "timestamp": int(STAMP) - 60,
         "sg_event_id": "event-1", "newsletter-message-id": OURS}
    ]  # fmt: skip
    body = json.dumps(events, indent=2).encode() + b"\r\n"
    signature = key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return body, {
        "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": stamp,
    }


def mailgun(told=None, stamp=STAMP, key="key-of-mailgun"):
    token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    told = told or {
        "event": "failed", "severity": "permanent", "reason": "bounce", "id": "event-1",
        "timestamp": float(STAMP), "recipient": "ada@readers.example",
        "delivery-status": {"code": 550, "message": "5.1.1 user unknown"},
        "message": {"headers": {"message-id": OURS}},
    }  # fmt: skip
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    signed = {"timestamp": stamp, "token": token, "signature": signature}
    return json.dumps({"signature": signed, "event-data": told}).encode(), BASIC


def postmark(told=None):
    told = told or {
        "RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "ID": 4323372036854775807,
        "Email": "ada@readers.example", "BouncedAt": "2026-07-02T22:01:00Z", "Inactive": True,
        "Details": "smtp;550 5.1.1 user unknown", "Metadata": {"newsletter-message-id": OURS},
    }  # fmt: skip
    return json.dumps(told).encode(), BASIC


def brevo(told=None):
    told = told or {
        "event": "hard_bounce", "email": "ada@readers.example", "message-id": f"<{OURS}>",
        "ts_epoch": (int(STAMP) - 60) * 1000, "reason": "550 5.1.1 user unknown",
    }  # fmt: skip
    return json.dumps(told).encode(), {"authorization": "Bearer token-without-colon"}


CALLS = {"ses": ses, "sendgrid": sendgrid, "mailgun": mailgun, "postmark": postmark, "brevo": brevo}


def read(service, call, now=NOW, secrets=None):
    hook = SesHook(lambda url: CERTIFICATE) if service == "ses" else hooks()[service]
    return hook.read(*call, SECRETS[service] if secrets is None else secrets, now)


def test_every_hook_has_a_call_here():
    assert set(hooks()) == set(CALLS)


@pytest.mark.parametrize("service", sorted(CALLS))
def test_a_genuine_bounce_is_read(service):
    (event,) = read(service, CALLS[service]())
    assert (event.source, event.message_id) == (service, OURS)
    assert event.recipient == "ada@readers.example"
    assert classify(event) == "hard"
    assert NOW - dt.timedelta(minutes=10) <= event.at <= NOW
    assert event.id
    assert "@" not in event.text
    assert read(service, CALLS[service]())[0].id == event.id


@pytest.mark.parametrize("service", sorted(CALLS))
def test_without_a_secret_nobody_is_let_in(service):
    with pytest.raises(Forged):
        read(service, CALLS[service](), secrets={})


@pytest.mark.parametrize("service", ["ses", "sendgrid"])
@pytest.mark.parametrize("place", [0.3, 0.5, 0.7])
def test_one_changed_byte_of_a_signed_body_is_noticed(service, place):
    body, headers = CALLS[service]()
    at = body.index(b"5.1.1") + int(place * 3)
    changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    with pytest.raises((Forged, ValueError)):
        read(service, (changed, headers))


def test_json_written_anew_is_not_what_was_signed():
    body, headers = sendgrid()
    with pytest.raises(Forged):
        read("sendgrid", (json.dumps(json.loads(body)).encode(), headers))


@pytest.mark.parametrize(
    "call",
    [
        lambda: sendgrid(key=ec.generate_private_key(ec.SECP256R1())),
        lambda: sendgrid(stamp=str(int(STAMP) - 301)),
        lambda: sendgrid(stamp=str(int(STAMP) + 900)),
        lambda: sendgrid(stamp="soon"),
        lambda: (sendgrid()[0], {}),
    ],
)
def test_sendgrids_signature_and_age_are_asked(call):
    with pytest.raises(Forged):
        read("sendgrid", call())


@pytest.mark.parametrize(
    "changes",
    [
        {"TopicArn": "arn:aws:sns:us-east-1:999999999999:bounces"},
        {"TopicArn": ["x"]},
        {"SignatureVersion": "1"},
        {"Timestamp": "2026-06-30T22:09:00.000Z"},
        {"Timestamp": "later"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com.evil.example/"
         "SimpleNotificationService-1.pem"},
        {"SigningCertURL": "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://evil.example/sns.us-east-1.amazonaws.com/"
         "SimpleNotificationService-1.pem"},
        {"SigningCertURL": URL + "?x=.pem"},
        {"SigningCertURL": URL + "\n"},
        {"SigningCertURL": None},
        {"key": rsa.generate_private_key(65537, 2048)},
    ],
)  # fmt: skip
def test_a_call_of_sns_must_be_of_our_topic_fresh_and_signed_by_amazon(changes):
    with pytest.raises(Forged):
        read("ses", ses(**changes))


def test_a_topic_is_never_confirmed_by_itself():
    asked = []
    hook = SesHook(lambda url: asked.append(url) or CERTIFICATE)
    call = ses(Type="SubscriptionConfirmation", Token="t", SubscribeURL="https://evil.example/")
    with pytest.raises(ValueError, match="person"):
        hook.read(*call, SECRETS["ses"], NOW)
    assert asked == [URL]


def test_a_certificate_is_fetched_only_for_our_topics_and_once():
    asked = []
    hook = SesHook(lambda url: asked.append(url) or CERTIFICATE)
    with pytest.raises(Forged):
        hook.read(*ses(TopicArn=f"{TOPIC}-other"), SECRETS["ses"], NOW)
    assert asked == []
    for _ in range(2):
        hook.read(*ses(), SECRETS["ses"], NOW)
    assert asked == [URL]


@pytest.mark.parametrize(
    "call",
    [
        lambda: mailgun(key="another"),
        lambda: mailgun(stamp=str(int(STAMP) - 13 * 3600)),
        lambda: (mailgun()[0], {}),
        lambda: (mailgun()[0], {"authorization": "Basic aG9vazp3cm9uZw=="}),
        lambda: (b'{"signature": {}}', BASIC),
    ],
)
def test_mailgun_must_log_in_and_sign(call):
    with pytest.raises(Forged):
        read("mailgun", call())


@pytest.mark.parametrize("service", ["postmark", "brevo"])
@pytest.mark.parametrize(
    "given", ["", "Basic", "Basic !!!", "Basic aG9vazo=", "Bearer x", "Bearer", "Digest x"]
)
def test_services_that_sign_nothing_must_log_in(service, given):
    body, _ = CALLS[service]()
    with pytest.raises(Forged):
        read(service, (body, {"authorization": given}))


@pytest.mark.parametrize("service", sorted(CALLS))
def test_a_call_that_is_too_large_is_not_even_parsed(service):
    _, headers = CALLS[service]()
    with pytest.raises(Forged, match="larger"):
        read(service, (b"[" * (LARGEST + 1), headers))


@settings(max_examples=60, deadline=None)
@given(
    service=st.sampled_from(sorted(CALLS)),
    value=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["event", "bounce", "mail", "tags", "eventType", "RecordType", "Type",
                             "delivery-status", "message", "timestamp", "ts_epoch", "severity"]),
            inner, max_size=4),
        max_leaves=12,
    ),
)  # fmt: skip
def test_a_genuine_call_with_nonsense_in_it_is_a_value_error_at_worst(service, value):
    told = [value] if service == "sendgrid" else value if isinstance(value, dict) else {"x": value}
    with contextlib.suppress(ValueError):
        read(service, CALLS[service](told))


VERDICTS = [
    (ses({"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bounceSubType":
          "ContentRejected", "bouncedRecipients": [{"emailAddress": "a@b.example"}]}}), "block"),
    (ses({"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bounceSubType":
          "MailboxFull", "bouncedRecipients": [{"emailAddress": "a@b.example"}]}}), "soft"),
    (ses({"notificationType": "Complaint", "complaint": {"complainedRecipients":
          [{"emailAddress": "a@b.example"}]}}), "complaint"),
    (ses({"eventType": "Delivery", "delivery": {"recipients": ["a@b.example"]}}), "delivered"),
    (ses({"eventType": "DeliveryDelay", "deliveryDelay": {"delayedRecipients":
          [{"emailAddress": "a@b.example"}]}}), "delayed"),
    (sendgrid([{"event": "bounce", "type": "blocked", "reason": "550 blocked, spam"}]), "block"),
    (sendgrid([{"event": "dropped", "reason": "Spam Reporting Address"}]), "complaint"),
    (sendgrid([{"event": "dropped", "reason": "Unsubscribed Address"}]), "unsubscribe"),
    (sendgrid([{"event": "spamreport"}]), "complaint"),
    (sendgrid([{"event": "deferred"}]), "delayed"),
    (mailgun({"event": "failed", "severity": "temporary"}), "delayed"),
    (mailgun({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}), "hard"),
    (mailgun({"event": "failed", "severity": "permanent", "reason": "espblock"}), "block"),
    (mailgun({"event": "complained"}), "complaint"),
    (mailgun({"event": "unsubscribed"}), "unsubscribe"),
    (postmark({"RecordType": "Bounce", "Type": "SoftBounce", "Details": "full"}), "soft"),
    (postmark({"RecordType": "Bounce", "Type": "SpamNotification"}), "block"),
    (postmark({"RecordType": "SpamComplaint"}), "complaint"),
    (postmark({"RecordType": "SubscriptionChange", "SuppressSending": True,
               "SuppressionReason": "ManualSuppression"}), "unsubscribe"),
    (brevo({"event": "soft_bounce", "reason": "mailbox full"}), "soft"),
    (brevo({"event": "blocked"}), "block"),
    (brevo({"event": "invalid_email"}), "hard"),
    (brevo({"event": "spam"}), "complaint"),
    (brevo({"event": "unsubscribed"}), "unsubscribe"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(VERDICTS)))
def test_the_services_own_words_get_the_policys_class(number):
    call, wanted = VERDICTS[number]
    body = call[0]
    service = next(
        name for name, one in (("ses", b"TopicArn"), ("mailgun", b"event-data"),
                               ("postmark", b"RecordType")) if one in body
    ) if any(one in body for one in (b"TopicArn", b"event-data", b"RecordType")) else (
        "sendgrid" if body.lstrip().startswith(b"[") else "brevo"
    )  # fmt: skip
    (event,) = read(service, call)
    assert classify(event) == wanted


class Deaf(Service):
    """A service to which nothing is ever sent."""

    def asked(self, envelope, now):
        raise AssertionError(envelope, now)

    def receipt(self, answer):
        raise AssertionError(answer)


# Amazon's published test vectors of Signature Version 4 (aws-sig-v4-test-suite) ---------


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
def test_requests_are_signed_as_amazon_publishes(method, signature):
    who = Deaf(
        user="AKIDEXAMPLE", key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region="us-east-1"
    )
    at = dt.datetime(2015, 8, 30, 12, 36, tzinfo=dt.UTC)
    found = signed_headers(method, "https://example.amazonaws.com/", {}, b"", at, who, "service")
    assert found["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


def test_a_services_key_shows_nowhere():
    assert "wJalr" not in repr(Deaf(key="wJalr"))
