"""The message: built once for an edition, then spliced for each reader.

Everything costly or risky (MIME, encoding, pictures) happens once and gives a
`FrozenMessage`. A reader's copy differs in four places only: To, Message-ID,
List-Unsubscribe and the link in the text; the same reader gets the same bytes each time.
"""

import base64
import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from typing import Any

from newsletter.config import Publication, Sender
from newsletter.errors import SendError, SendRefused
from newsletter.render.rendered import UNSUBSCRIBE_URL, Image, Rendered
from newsletter.send import addresses, headers, verp
from newsletter.send.delivery import Delivery, DeliveryState, Subscriber
from newsletter.send.dkim import Stamp
from newsletter.send.quoted import HARD_BREAK, pieces, quoted
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Envelope
from newsletter.signatures import aligned

TEST_PREFIX = "[TEST] "
TEST_HEADER = "X-Newsletter-Test"
_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_REFERENCE = re.compile(r"""\bcid:([^"'\s)>]+)""")


@dataclass(frozen=True, slots=True)
class FrozenMessage:
    """One edition's message with the readers' places left open.

    Parameters
    ----------
    edition : str
        Edition key.
    list : str
        The list it goes to.
    sender : str
        From address, and MAIL FROM where there is no `bounces`.
    head : bytes
        Header fields that all readers share.
    body : tuple of bytes
        Encoded body, cut where each reader's link goes.
    sample : bool
        True when made from simulated data: it must not leave the machine.
    test : bool
        True for test copies, which have no place in the delivery ledger.
    bounces : str
        Domain of the MAIL FROM addresses that tell whose copy came back; may be empty.
    stamp : Stamp or None
        Signs every copy, see `signed_by`; never stored.
    """

    edition: str
    list: str
    sender: str
    head: bytes
    body: tuple[bytes, ...]
    sample: bool
    test: bool = False
    bounces: str = ""
    stamp: Stamp | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        rendered: Rendered,
        sender: Sender,
        publication: Publication,
        edition_key: object,
        list_name: str,
        date: dt.datetime,
        *,
        test: bool = False,
    ) -> "FrozenMessage":
        """Build the message of an edition.

        Parameters
        ----------
        rendered : Rendered
            The approved mail.
        sender : Sender
            From, Reply-To and MAIL FROM.
        publication : Publication
            Its name goes into List-Id.
        edition_key : EditionKey or str
            Goes into Message-ID and Feedback-ID.
        list_name : str
            The list, e.g. ``"evening"``.
        date : datetime.datetime
            Aware instant of the approval; the Date header of every copy.
        test : bool
            Mark every copy as a test.

        Raises
        ------
        SendRefused
            If a part has no unsubscribe link or the HTML shows a missing picture, or the
            edition's key is too long for the sender's `bounce_domain`.
        SendError
            If a header value cannot be mailed.
        """
        _require_whole(rendered)
        edition = str(edition_key)
        address = addresses.normalise(sender.from_address)
        domain = address.rpartition("@")[2]
        reply_to = addresses.normalise(sender.reply_to) if sender.reply_to else address
        stream = "test-copy" if test else "reader-mail"  # hyphens: never the name of a list
        fields = [
            headers.mailbox("From", sender.from_name, address),
            headers.exact("Reply-To", f"<{reply_to}>"),
            headers.text("Subject", (TEST_PREFIX if test else "") + rendered.subject),
            headers.exact("Date", rfc5322(date)),
            headers.mailbox("List-Id", publication.name, f"{list_name}.{domain}"),
            headers.exact("Feedback-ID", f"{edition}:{list_name}:{stream}:{_sender_id(domain)}"),
            headers.exact("Precedence", "bulk"),
        ]
        if test:
            fields.append(headers.exact(TEST_HEADER, "yes"))
        content_type, body = mime_body(rendered)
        fields += [headers.exact("MIME-Version", "1.0"), content_type]
        bounces = sender.bounce_domain or ""
        if bounces:
            verp.short(edition)  # told now, not of every reader
        head = b"".join(fields)
        return cls(edition, list_name, address, head, body, rendered.sample, test, bounces)

    def signed_by(self, stamp: Stamp | None) -> "FrozenMessage":
        """Return the message whose every copy carries the signatures of a stamp, if any.

        Raises
        ------
        SendRefused
            If the stamp signs for another organisation than the From address is of.
        """
        if stamp is not None and not aligned(stamp.domain, self._domain):
            raise SendRefused(
                f"The message of {self.edition} was frozen with a From address outside "
                f"{stamp.domain}, for which mail is signed now (DMARC); nothing is sent. Put the "
                "sender's from_address or dkim.domain back."
            )
        return replace(self, stamp=stamp)

    def delivery(self, subscriber: Subscriber, signer: LinkSigner, now: dt.datetime) -> Delivery:
        """Return a reader's fresh row of the ledger, with the Message-ID it will keep."""
        message_id = self.message_id(subscriber, signer)
        return Delivery(self.edition, subscriber, message_id, DeliveryState.QUEUED, 0, "", now)

    def message_id(self, subscriber: Subscriber, signer: LinkSigner) -> str:
        """Return ``edition.hmac16(subscriber)@domain``, without angle brackets."""
        mark = signer.mark("message", self.edition, subscriber.id)
        return f"{self.edition}.{mark}@{self._domain}"

    def for_reader(
        self, subscriber: Subscriber, signer: LinkSigner, message_id: str | None = None
    ) -> Envelope:
        """Return a reader's copy.

        Parameters
        ----------
        subscriber : Subscriber
            Name and address are checked again here.
        signer : LinkSigner
            Makes the unsubscribe link.
        message_id : str, optional
            From the reader's row, so that a retry keeps it though a key or the sender's
            domain has changed since.

        Raises
        ------
        SendError
            If the reader's name or address cannot be mailed.
        SendRefused
            If this is a test message: readers never get those.
        """
        if self.test:
            raise SendRefused(
                f"The message of {self.edition} is marked as a test; readers do not get tests. "
                "Send it with `newsletter send KEY --to ADDRESS`."
            )
        return self._copy(
            subscriber,
            signer,
            message_id or self.message_id(subscriber, signer),
        )

    def test_copy(self, address: str, signer: LinkSigner) -> Envelope:
        """Return a test copy; its link is genuine in form but names no subscriber.

        Parameters
        ----------
        address : str
            An editor's address.
        signer : LinkSigner
            Makes the link.

        Raises
        ------
        SendRefused
            If the message was not built with ``test=True``.
        """
        if not self.test:
            raise SendRefused(
                f"The message of {self.edition} is the readers' own; a test copy must be marked as "
                "a test. Build it with test=True."
            )
        recipient = addresses.normalise(address)
        nobody = Subscriber("test-copy", recipient, "", self.list)
        # The date sets two tests of one edition apart: the second must arrive too.
        content = hashlib.sha256(self.head + b"".join(self.body)).hexdigest()
        mark = signer.mark("test", self.edition, recipient, content)
        message_id = f"{self.edition}.test.{mark}@{self._domain}"
        return self._copy(nobody, signer, message_id)

    def to_bytes(self) -> bytes:
        """Return canonical JSON bytes, for keeping the frozen message through a crash."""
        data = {
            "schema": "frozen/1",
            "edition": self.edition,
            "list": self.list,
            "sender": self.sender,
            "head": self.head.decode("ascii"),
            "body": [piece.decode("ascii") for piece in self.body],
            "sample": self.sample,
            "test": self.test,
        }
        if self.bounces:  # what was kept before there were any reads the same
            data["bounces"] = self.bounces
        return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "FrozenMessage":
        """Read back what `to_bytes` wrote."""
        given: dict[str, Any] = json.loads(data)
        return cls(
            edition=given["edition"],
            list=given["list"],
            sender=given["sender"],
            head=given["head"].encode("ascii"),
            body=tuple(piece.encode("ascii") for piece in given["body"]),
            sample=given["sample"],
            test=given["test"],
            bounces=given.get("bounces", ""),
        )

    def says_the_same_as(self, other: "FrozenMessage") -> bool:
        """Tell whether readers would get the same subject and the same body."""
        return self._subject == other._subject and self.body == other.body

    @property
    def _subject(self) -> bytes:
        """The Subject field with its folded lines."""
        match = re.search(rb"^Subject:.*?\r\n(?![ \t])", self.head, re.MULTILINE | re.DOTALL)
        return match[0] if match else b""

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2]

    def _copy(self, subscriber: Subscriber, signer: LinkSigner, message_id: str) -> Envelope:
        recipient, link = addresses.normalise(subscriber.email), signer.unsubscribe_url(subscriber)
        own = [
            headers.mailbox("To", subscriber.name, recipient),
            headers.exact("Message-ID", f"<{message_id}>"),
            headers.exact("List-Unsubscribe", f"<{link}>"),
        ]
        if link.startswith("https://"):  # RFC 8058 allows one-click over https only
            own.append(headers.exact("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        # The body starts with the empty line that ends the header.
        data = b"".join([*own, self.head, quoted(link).join(self.body)])
        if self.stamp is not None:
            data = self.stamp.signed(data)
        mail_from = self.sender
        if self.bounces:
            mail_from = verp.address(self.edition, subscriber.id, self.bounces, signer)
        return Envelope(mail_from, recipient, message_id, data)


def _require_whole(rendered: Rendered) -> None:
    for part, content in (("text", rendered.text), ("HTML", rendered.html)):
        if UNSUBSCRIBE_URL not in content:
            raise SendRefused(
                f"The {part} part has no unsubscribe link; nothing is sent. Put the link back "
                "into the template and render the edition again."
            )
        if "reader.invalid" in content.replace(UNSUBSCRIBE_URL, "").lower():
            raise SendRefused(
                f"The {part} part holds a damaged unsubscribe link, which no reader's link would "
                "replace; nothing is sent. Write the link in the template unchanged."
            )
    require_pictures(rendered)


def require_pictures(rendered: Rendered) -> None:
    """Refuse a mail whose HTML shows a picture that it does not carry.

    Raises
    ------
    SendRefused
        Naming the picture, or that two share a name or one cannot be a Content-ID.
    """
    names = [image.name for image in rendered.images]
    missing = sorted(set(_REFERENCE.findall(rendered.html)) - set(names))
    if missing:
        raise SendRefused(
            f"The HTML part shows the picture {missing[0]!r}, which is not in the mail; nothing is "
            "sent. Render the edition again."
        )
    if len(set(names)) != len(names) or not all(map(_STEM.fullmatch, names)):
        raise SendRefused(
            "Two pictures share a name, or a name has letters other than a-z, 0-9, dot, hyphen "
            "and underscore; nothing is sent. Rename the pictures."
        )


def mime_body(rendered: Rendered) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the Content-Type field and the encoded body, cut where readers' links go.

    A mail without such a link is one piece.

    Raises
    ------
    SendError
        If a part holds half a character.
    """
    try:
        digest = rendered.sha256[:32]
        text = pieces(rendered.text, UNSUBSCRIBE_URL)
        html = pieces(rendered.html, UNSUBSCRIBE_URL)
    except UnicodeEncodeError as error:
        raise SendError(
            "The mail holds half a character (a lone surrogate); nothing is sent. Write the text "
            "again and render the edition again.",
            permanent=True,
        ) from error
    # "=_" occurs neither in quoted-printable nor in base64, so no line can be a boundary.
    outer, inner = f"=_alternative_{digest}", f"=_related_{digest}"
    html_head, html_tail = _part("text/html"), b""
    if rendered.images:
        html_head = _multipart("related", inner) + _between(inner) + html_head
        pictures = [_between(inner) + _picture(image) for image in rendered.images]
        html_tail = b"".join([*pictures, _between(inner, last=True)])
    before = _between(outer) + _part("text/plain")
    middle = _between(outer) + html_head
    after = html_tail + _between(outer, last=True)
    body = [b""]
    for run in ((before,), text, (middle,), html, (after,)):  # what meets is one piece
        body[-1] += run[0]
        body += run[1:]
    return _multipart("alternative", outer), tuple(body)


def _multipart(kind: str, boundary: str) -> bytes:
    more = ' type="text/html";' if kind == "related" else ""
    field = f'Content-Type: multipart/{kind};{more}\r\n boundary="{boundary}"\r\n'
    return field.encode("ascii")


def _between(boundary: str, *, last: bool = False) -> bytes:
    return f"\r\n--{boundary}{'--' if last else ''}\r\n".encode("ascii")


def _part(kind: str) -> bytes:
    return (
        headers.exact("Content-Type", f'{kind}; charset="utf-8"')
        + headers.exact("Content-Transfer-Encoding", "quoted-printable")
        + HARD_BREAK
    )


def _picture(image: Image) -> bytes:
    return b"".join(
        [
            headers.exact("Content-Type", f'image/png; name="{image.name}.png"'),
            headers.exact("Content-Transfer-Encoding", "base64"),
            headers.exact("Content-ID", f"<{image.name}>"),
            headers.exact("Content-Disposition", f'inline; filename="{image.name}.png"'),
            HARD_BREAK,
            base64.encodebytes(image.png).rstrip(b"\n").replace(b"\n", HARD_BREAK),
        ]
    )


def rfc5322(date: dt.datetime) -> str:
    """Return an aware instant as the Date header writes it, to the second, in UTC."""
    if date.tzinfo is None:
        raise ValueError("the date of a message must be aware")
    return format_datetime(date.astimezone(dt.UTC).replace(microsecond=0))


def _sender_id(domain: str) -> str:
    """Return Feedback-ID's SenderID: 5 to 15 characters, the same for ever."""
    return "nl" + hashlib.sha256(domain.encode("ascii")).hexdigest()[:10]
