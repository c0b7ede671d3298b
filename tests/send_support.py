"""What the tests of delivery share: mail, readers, ledgers and transports with their ends."""

import base64
import contextlib
import datetime as dt
import email
import email.policy
import json
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

from send_servers import Inbox, ServiceInbox, http_service, smtp_server

from newsletter.clock import FixedClock
from newsletter.config import Publication, Sender
from newsletter.render.rendered import UNSUBSCRIBE_URL, Image, Rendered
from newsletter.send.delivery import LEFT, OPEN, DeliveryState, Subscriber
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Envelope
from newsletter.send.transports import open_transport
from newsletter.send.transports.maildir import MaildirTransport
from newsletter.send.transports.smtp import SmtpTransport
from newsletter.store.database import Database
from newsletter.store.deliveries import SqlDeliveryBook
from newsletter.store.models import EditionRow, SubscriberRow

KEY = bytes(range(32))
EDITION = "2026-07-02.XNYS.evening"
APPROVED_AT = dt.datetime(2026, 7, 2, 21, 45, tzinfo=dt.UTC)
PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 3
SENDER = Sender(transport="maildir", from_name="The Rotation", from_address="n@news.example.com")
PUBLICATION = Publication(
    name="The Rotation",
    publisher="Example Press",
    postal_address="1 Example Street, Example",
    contact="desk@example.com",
    base_url="https://news.example.com",
    time_zone="America/New_York",
    exchange="XNYS",
)


def signer(key=KEY, base="https://news.example.com", retired=()):
    return LinkSigner(key, base, retired)


def reader(number=1, **changes):
    plain = Subscriber(
        f"sub-{number}", f"reader{number}@example.com", f"Reader {number}", "evening"
    )
    return replace(plain, **changes)


def rendered(subject="Small caps lead", text=None, html=None, images=True, sample=False):
    text = text if text is not None else f"Up 1.2 % — a ₹ and a 🙂.\n\nLeave: {UNSUBSCRIBE_URL}\n"
    html = (
        html
        if html is not None
        else (
            f'<p>Up 1.2&nbsp;% — ₹ 🙂</p><img src="cid:sectors" alt="x">'
            f'<a href="{UNSUBSCRIBE_URL}">Leave</a> <a href="{UNSUBSCRIBE_URL}">now</a>'
            + "é"
            * 20_000
        )
    )
    pictures = (Image("sectors", "Sectors", PNG, 600, 300),) if images else ()
    return Rendered(subject, "Preheader", html, text, pictures, sample)


def frozen(mail=None, *, test=False, sender=SENDER, date=APPROVED_AT, edition=EDITION):
    mail = mail if mail is not None else rendered()
    return FrozenMessage.of(mail, sender, PUBLICATION, edition, "evening", date, test=test)


def envelope(number=1, data=b"Subject: x\r\n\r\nbody\r\n"):
    name = f"edition.{number:016x}@news.example.com"
    return Envelope("n@news.example.com", f"reader{number}@example.com", name, data)


class MemoryBook:
    """`DeliveryBook` in memory, with the rules of its docstrings."""

    def __init__(self, readers=()):
        self.rows = {}
        self.active = {each.id: each.active for each in readers}
        self.journal = []
        self.lock = threading.RLock()

    def together(self):
        return self.lock

    def freeze(self, edition, deliveries):
        missing = [row for row in deliveries if (edition, row.subscriber.id) not in self.rows]
        self.rows |= {(edition, row.subscriber.id): row for row in missing}
        return len(missing)

    def open(self, edition, limit, now=None):
        rows = [row for row in self._of(edition) if row.state in OPEN]
        rows = [row for row in rows if not (now and row.due_at and row.due_at > now)]
        rows.sort(key=lambda row: (row.state is DeliveryState.DEFERRED, row.at))
        return rows[:limit]

    def next_due(self, edition):
        rows = [row for row in self._of(edition) if row.state is DeliveryState.DEFERRED]
        return min((row.due_at or row.at for row in rows), default=None)

    def claim(self, delivery, now):
        row = self._row(delivery)
        if (row.state, row.attempts) != (
            delivery.state,
            delivery.attempts,
        ) or row.state not in OPEN:
            return False
        if not self.is_active(row.subscriber.id):
            self._put(row, DeliveryState.SUPPRESSED, LEFT, now)
            return False
        return self._put(row, DeliveryState.SENDING, row.reply, now, row.attempts + 1)

    def dot_sent(self, delivery, now):
        row = self._row(delivery)
        if row.state is not DeliveryState.SENDING or row.attempts != delivery.attempts:
            return False
        if not self.is_active(row.subscriber.id):
            return False
        return self._put(row, DeliveryState.DOT_SENT, row.reply, now)

    def settle(self, delivery, state, reply, now, due=None):
        row = self._row(delivery)
        unsettled = OPEN | {DeliveryState.DOT_SENT, DeliveryState.IN_DOUBT}
        if row.attempts != delivery.attempts or row.state not in unsettled:
            return False
        return self._put(row, state, reply, now, due=due)

    def release(self, delivery, reply, now):
        row = self._row(delivery)
        if row.state is not DeliveryState.SENDING or row.attempts != delivery.attempts:
            return False
        return self._put(row, DeliveryState.DEFERRED, reply, now, row.attempts - 1)

    def doubtful(self, edition, since, now):
        left = [r for r in self._of(edition) if r.state is DeliveryState.DOT_SENT and r.at <= since]
        for row in left:
            self._put(row, DeliveryState.IN_DOUBT, row.reply, now)
        return len(left)

    def in_doubt(self, edition):
        return [row for row in self._of(edition) if row.state is DeliveryState.IN_DOUBT]

    def reopen(self, delivery, reason, now):
        row = self._row(delivery)
        if row.state is not DeliveryState.IN_DOUBT or row.attempts != delivery.attempts:
            return False
        return self._put(row, DeliveryState.QUEUED, reason, now)

    def is_active(self, subscriber_id):
        return self.active.get(subscriber_id, False)

    def counts(self, edition):
        return dict(Counter(row.state for row in self._of(edition)))

    def _of(self, edition):
        return [row for (key, _), row in sorted(self.rows.items()) if key == edition]

    def _row(self, delivery):
        return self.rows[delivery.edition, delivery.subscriber.id]

    def _put(self, row, state, reply, now, attempts=None, due=None):
        attempts = row.attempts if attempts is None else attempts
        after = replace(row, state=state, reply=reply, at=now, attempts=attempts, due_at=due)
        self.rows[row.edition, row.subscriber.id] = after
        self.journal.append((row.subscriber.id, state))
        return True


@contextlib.contextmanager
def sql_book(file, readers=()):
    """Open the store's ledger in an SQLite file, with an edition and readers in it.

    The address of another database may stand in for the file.
    """
    database = Database(file if isinstance(file, str) else f"sqlite:///{file}")
    try:
        with database.begin() as session:
            if session.get(EditionRow, EDITION) is None:
                times = {"created_at": APPROVED_AT, "expires_at": APPROVED_AT}
                session.add(EditionRow(key=EDITION, state="sending", revision=1, **times))
            for each in readers:
                about = {"id": each.id, "email": each.email, "name": each.name, "list": each.list}
                times = {"added_at": APPROVED_AT, "changed_at": APPROVED_AT}
                session.add(SubscriberRow(**about, **times))
        yield SqlDeliveryBook(database)
    finally:
        database.close()


@contextlib.contextmanager
def memory_book(file, readers=()):
    yield MemoryBook(readers)


BOOKS = {"memory": memory_book, "sqlite": sql_book}
"""Every ledger that must keep the promises of `DeliveryBook`."""


def clock():
    return FixedClock(APPROVED_AT)


class SmtpHarness:
    """For the contract suite: an SMTP transport and the place where its mail arrives."""

    exact, password = True, None

    def __init__(self, folder):
        self.inbox = Inbox()

    @contextlib.contextmanager
    def running(self):
        with smtp_server(self.inbox) as port:
            self._port = port
            yield self

    def transport(self):
        return SmtpTransport("127.0.0.1", self._port, security="none", timeout_seconds=10)

    def arrived(self):
        return self.inbox.contents

    def sender(self):
        return SENDER.model_copy(
            update={
                "transport": "smtp",
                "host": "127.0.0.1",
                "port": self._port,
                "security": "none",
            }
        )


class MaildirHarness:
    """The same for a Maildir."""

    exact, password = True, None

    def __init__(self, folder):
        self.folder = folder

    @contextlib.contextmanager
    def running(self):
        yield self

    def transport(self):
        return MaildirTransport(self.folder / "box")

    def arrived(self):
        files = sorted((self.folder / "box" / "new").glob("*"), key=lambda f: f.stat().st_mtime_ns)
        return [file.read_bytes() for file in files]

    def sender(self):
        return SENDER.model_copy(update={"path": Path("box")})


class ServiceHarness:
    """The same for a delivery service, over HTTP on the loopback.

    `exact` services take the mail as it is; others take its parts, of which `arrived` makes
    one mail again.
    """

    password = "a-key-0123456789"

    def __init__(self, name):
        self.name, self.exact = name, name in {"ses", "mailgun"}
        self.inbox = ServiceInbox()

    def __call__(self, folder):
        return ServiceHarness(self.name)

    @contextlib.contextmanager
    def running(self):
        with http_service(self.inbox) as port:
            self._port = port
            yield self

    def transport(self):
        return open_transport(self.sender(), Path(), self.password)

    def sender(self):
        url = f"http://127.0.0.1:{self._port}"
        about = {"transport": self.name, "api_url": url, "username": "AKIDEXAMPLE"}
        return SENDER.model_copy(update={**about, "service_domain": "news.example.com"})

    def arrived(self):
        return [self._mail(*one) for one in self.inbox.asked]

    def _mail(self, path, headers, body):
        if self.name == "ses":
            return base64.b64decode(json.loads(body)["Content"]["Raw"]["Data"])
        if self.name == "mailgun":
            kind = headers["content-type"].encode()
            form = email.message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
            edge = b"--" + form.get_boundary().encode()
            file = next(part for part in body.split(edge) if b'name="message"' in part)
            return file.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
        told = json.loads(body)
        subject = told.get("subject") or told.get("Subject") or "none"
        return f"Subject: {subject}\r\n\r\nx\r\n".encode()


SERVICES = ("mailgun", "postmark", "sendgrid", "ses")
HARNESSES = {
    "maildir": MaildirHarness,
    "smtp": SmtpHarness,
    **{name: ServiceHarness(name) for name in SERVICES},
}
