"""The message: built once for an edition, then spliced for each reader.

Everything costly or risky (MIME, encoding, pictures) happens once and gives a
`FrozenMessage`. A reader's copy differs in few places only: To, Message-ID,
List-Unsubscribe and the links that are the reader's own (`newsletter.send.places`); the same
reader gets the same bytes each time.
"""

import datetime as dt
import hashlib
import itertools
import json
import re
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from typing import Any

from newsletter.config import Publication, Sender
from newsletter.errors import SendRefused
from newsletter.render.personal import UNLINKED
from newsletter.render.rendered import (
    PREFERENCES_URL,
    UNSUBSCRIBE_URL,
    WATCHED_HTML,
    WATCHED_TEXT,
    Rendered,
)
from newsletter.send import addresses, headers, verp
from newsletter.send.counted import PIXEL, counted_places, marked
from newsletter.send.delivery import Delivery, DeliveryState, Subscriber
from newsletter.send.dkim import Stamp
from newsletter.send.mime import mime_body, require_pictures
from newsletter.send.places import PREFERENCES, TICKERS_HTML, TICKERS_TEXT, UNSUBSCRIBE, fill
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Envelope
from newsletter.send.watched import WatchedRows
from newsletter.signatures import aligned

_PLACES = {
    UNSUBSCRIBE_URL: UNSUBSCRIBE,
    PREFERENCES_URL: PREFERENCES,
    WATCHED_TEXT: TICKERS_TEXT,
    WATCHED_HTML: TICKERS_HTML,
}
TEST_PREFIX = "[TEST] "
TEST_HEADER = "X-Newsletter-Test"


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
        Encoded body, cut where something is each reader's own.
    places : tuple of str
        What goes between the pieces of the body, as `newsletter.send.places` names it.
    sample : bool
        True when made from simulated data: it must not leave the machine.
    test : bool
        True for test copies, which have no place in the delivery ledger.
    bounces : str
        Domain of the MAIL FROM addresses that tell whose copy came back; may be empty.
    watched : WatchedRows or None
        What comes where readers' tickers go.
    links : tuple of str
        Where the counted links lead, as the HTML part has it; see `newsletter.send.counted`.
    stamp : Stamp or None
        Signs every copy, see `signed_by`; never stored.
    """

    edition: str
    list: str
    sender: str
    head: bytes
    body: tuple[bytes, ...]
    places: tuple[str, ...]
    sample: bool
    test: bool = False
    bounces: str = ""
    watched: WatchedRows | None = None
    links: tuple[str, ...] = ()
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
        counted: bool = False,
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
        counted : bool
            Leave places for the links and the picture of readers who agreed to be counted.

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
        opened, marks, links = rendered.opened(), dict(_PLACES), tuple[str, ...]()
        if counted:
            html, more, links = marked(opened.html)
            opened, marks = replace(opened, html=html), {**marks, **more}
        content_type, body, places = mime_body(opened, marks)
        fields += [headers.exact("MIME-Version", "1.0"), content_type]
        bounces = sender.bounce_domain or ""
        if bounces:
            verp.short(edition)  # told now, not of every reader
        head = b"".join(fields)
        sample = rendered.sample
        own = WatchedRows.of(rendered.watched) if rendered.watched else None
        return cls(
            edition, list_name, address, head, body, places, sample, test, bounces, own, links
        )

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
            An editor's address. The copy shows the first of the tickers that can be watched.
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
        shown = self.watched.sample if self.watched else ()
        nobody = Subscriber("test-copy", recipient, "", self.list, tickers=shown)
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
        if set(self.places) != {UNSUBSCRIBE}:  # likewise
            data["places"] = self.places
        if self.watched is not None:
            data["watched"] = self.watched.to_json()
        if self.links:
            data["links"] = self.links
        return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "FrozenMessage":
        """Read back what `to_bytes` wrote."""
        given: dict[str, Any] = json.loads(data)
        body = tuple(piece.encode("ascii") for piece in given["body"])
        return cls(
            edition=given["edition"],
            list=given["list"],
            sender=given["sender"],
            head=given["head"].encode("ascii"),
            body=body,
            places=tuple(given.get("places", (UNSUBSCRIBE,) * (len(body) - 1))),
            sample=given["sample"],
            test=given["test"],
            bounces=given.get("bounces", ""),
            watched=WatchedRows.from_json(given["watched"]) if "watched" in given else None,
            links=tuple(given.get("links", ())),
        )

    def says_the_same_as(self, other: "FrozenMessage") -> bool:
        """Tell whether readers would get the same subject and the same body."""
        mine, its = (
            (self._subject, self.body, self.places, self.watched, self.links),
            (other._subject, other.body, other.places, other.watched, other.links),
        )
        return mine == its

    @property
    def counted(self) -> bool:
        """Whether it has places for readers who agreed to be counted."""
        return PIXEL in self.places

    @property
    def _subject(self) -> bytes:
        """The Subject field with its folded lines."""
        match = re.search(rb"^Subject:.*?\r\n(?![ \t])", self.head, re.MULTILINE | re.DOTALL)
        return match[0] if match else b""

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2]

    def _copy(self, subscriber: Subscriber, signer: LinkSigner, message_id: str) -> Envelope:
        recipient = addresses.normalise(subscriber.email)
        link = signer.unsubscribe_url(subscriber, self.edition)
        own_links = {
            UNSUBSCRIBE: link, **counted_places(self.links, subscriber, signer, self.edition)
        }  # fmt: skip
        # Pieces and what comes between them, in turn; nothing comes after the last one.
        own = fill(self.places, subscriber, signer, self.edition, self.watched, own_links)
        filled = [*own, b""]
        body = itertools.chain.from_iterable(zip(self.body, filled, strict=True))
        own = [
            headers.mailbox("To", subscriber.name, recipient),
            headers.exact("Message-ID", f"<{message_id}>"),
            headers.exact("List-Unsubscribe", f"<{link}>"),
        ]
        if link.startswith("https://"):  # RFC 8058 allows one-click over https only
            own.append(headers.exact("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        # The body starts with the empty line that ends the header.
        data = b"".join([*own, self.head, *body])
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
        known = UNLINKED.linked(content)
        if "reader.invalid" in known.lower():
            raise SendRefused(
                f"The {part} part holds a damaged link of readers, which no reader's link would "
                "replace; nothing is sent. Write the link in the template unchanged."
            )
    require_pictures(rendered)


def rfc5322(date: dt.datetime) -> str:
    """Return an aware instant as the Date header writes it, to the second, in UTC."""
    if date.tzinfo is None:
        raise ValueError("the date of a message must be aware")
    return format_datetime(date.astimezone(dt.UTC).replace(microsecond=0))


def _sender_id(domain: str) -> str:
    """Return Feedback-ID's SenderID: 5 to 15 characters, the same for ever."""
    return "nl" + hashlib.sha256(domain.encode("ascii")).hexdigest()[:10]
