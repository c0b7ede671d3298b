"""What the tests of delivery share: a ledger in memory, mail servers on loopback, mail."""

import contextlib
import datetime as dt
import socket
import ssl
import subprocess
import threading
import warnings
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as ServerProtocol
from aiosmtpd.smtp import AuthResult

from newsletter.clock import FixedClock
from newsletter.config import Publication, Sender
from newsletter.render.rendered import UNSUBSCRIBE_URL, Image, Rendered
from newsletter.send.delivery import OPEN, Delivery, DeliveryState, Subscriber
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Envelope
from newsletter.send.transports.maildir import MaildirTransport
from newsletter.send.transports.smtp import SmtpTransport

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

    def freeze(self, edition, deliveries):
        missing = [row for row in deliveries if (edition, row.subscriber.id) not in self.rows]
        self.rows |= {(edition, row.subscriber.id): row for row in missing}
        return len(missing)

    def open(self, edition, limit):
        rows = [row for row in self._of(edition) if row.state in OPEN]
        rows.sort(key=lambda row: (row.state is DeliveryState.DEFERRED, row.at))
        return rows[:limit]

    def claim(self, delivery, now):
        row = self._row(delivery)
        if (row.state, row.attempts) != (
            delivery.state,
            delivery.attempts,
        ) or row.state not in OPEN:
            return False
        return self._put(row, DeliveryState.SENDING, row.reply, now, row.attempts + 1)

    def dot_sent(self, delivery, now):
        row = self._row(delivery)
        if row.state is not DeliveryState.SENDING or row.attempts != delivery.attempts:
            return False
        return self._put(row, DeliveryState.DOT_SENT, row.reply, now)

    def settle(self, delivery, state, reply, now):
        row = self._row(delivery)
        unsettled = OPEN | {DeliveryState.DOT_SENT, DeliveryState.IN_DOUBT}
        if row.attempts != delivery.attempts or row.state not in unsettled:
            return False
        return self._put(row, state, reply, now)

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
        return self.active[subscriber_id]

    def counts(self, edition):
        return dict(Counter(row.state for row in self._of(edition)))

    def _of(self, edition):
        return [row for (key, _), row in sorted(self.rows.items()) if key == edition]

    def _row(self, delivery):
        return self.rows[delivery.edition, delivery.subscriber.id]

    def _put(self, row, state, reply, now, attempts=None):
        attempts = row.attempts if attempts is None else attempts
        after = replace(row, state=state, reply=reply, at=now, attempts=attempts)
        self.rows[row.edition, row.subscriber.id] = after
        self.journal.append((row.subscriber.id, state))
        return True


def clock():
    return FixedClock(APPROVED_AT)


@dataclass
class Inbox:
    """What a loopback server has taken responsibility for."""

    envelopes: list = field(default_factory=list)
    greetings: int = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.greetings += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 taken"

    @property
    def contents(self):
        return [content for _, _, content in self.envelopes]

    @property
    def recipients(self):
        return [recipient for _, recipients, _ in self.envelopes for recipient in recipients]


@contextlib.contextmanager
def smtp_server(inbox, *, tls=None, implicit=None, users=None):
    """Run a real aiosmtpd on loopback; yields its port."""

    def authenticate(server, session, envelope, mechanism, data):
        known = users or {}
        return AuthResult(success=known.get(data.login) == data.password, handled=False)

    class Protocol(ServerProtocol):
        pass

    class Server(Controller):
        def factory(self):
            return Protocol(
                self.handler,
                hostname="mail.test",
                tls_context=tls,
                authenticator=authenticate if users else None,
                auth_require_tls=implicit is None,
                auth_required=bool(users),
            )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = Server(inbox, hostname="127.0.0.1", port=free_port(), ssl_context=implicit)
        server.start()
    try:
        yield server.port
    finally:
        server.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


DROP = "drop"


class ScriptedServer:
    """A mail server that answers each verb from a list, or hangs up.

    The verbs are greeting, EHLO, MAIL, RCPT, DATA, RSET, BODY (met with `DROP` only, after
    the first line of the message) and ``.`` (the whole message). When a list is used up
    the usual answer is given. Messages answered with 2xx, or taken before a drop with
    `taken_on_drop`, are in `taken`.
    """

    USUAL = {"greeting": "220 scripted", "EHLO": "250 scripted", "DATA": "354 go on"}

    def __init__(self, script=None, *, context=None, taken_on_drop=False):
        self.script = {verb: list(answers) for verb, answers in (script or {}).items()}
        self.context, self.taken_on_drop = context, taken_on_drop
        self.taken, self.verbs, self.connections = [], [], 0

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(10)
            with contextlib.suppress(OSError):
                self._talk(connection)

    def _talk(self, connection):
        with contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            lines = stack.enter_context(connection.makefile("rb"))
            if not self._answer(connection, "greeting"):
                return
            while line := lines.readline():
                verb = line.decode("latin-1").partition(" ")[0].strip().upper()
                if verb == "QUIT":
                    connection.sendall(b"221 bye\r\n")
                    return
                if not self._answer(connection, verb):
                    return
                if verb == "STARTTLS" and self.context is not None:
                    # Bytes sent in clear after the 220 must be ignored by the client.
                    connection = self.context.wrap_socket(connection, server_side=True)
                    stack.enter_context(connection)
                    lines = stack.enter_context(connection.makefile("rb"))
                if self.verbs[-1] == "DATA" and self._last.startswith("354"):
                    if not self._body(connection, lines):
                        return

    def _body(self, connection, lines):
        if self.script.get("BODY"):
            lines.readline()
            self.script["BODY"].pop(0)
            return False
        body = []
        while (line := lines.readline()) not in (b".\r\n", b""):
            body.append(line[1:] if line.startswith(b".") else line)
        if not line:
            self.verbs.append("cut off")
            return False
        going_on = self._answer(connection, ".")
        if self._last.startswith("2") or (self._last == DROP and self.taken_on_drop):
            self.taken.append(b"".join(body))
        return going_on

    def _answer(self, connection, verb):
        self.verbs.append(verb)
        answers = self.script.get(verb)
        self._last = answers.pop(0) if answers else self.USUAL.get(verb, "250 fine")
        if self._last == DROP:
            return False
        connection.sendall(self._last.encode() + b"\r\n")
        return not self._last.startswith("421")


@dataclass(frozen=True)
class Authority:
    """A private certificate authority and a certificate it gave to ``localhost``."""

    cafile: Path
    certificate: Path
    key: Path

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_authority(folder, host="localhost"):
    """Make an authority with the openssl command; `cryptography` is no dependency."""
    folder.mkdir(parents=True, exist_ok=True)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    certificate, key = folder / "server.pem", folder / "server.key"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    _openssl("-x509", *curve, "-subj", "/CN=ca", *usage, "-keyout", ca_key, "-out", ca)
    wanted = folder / "server.csr"
    _openssl(*curve[:-2], "-subj", f"/CN={host}", "-keyout", key, "-out", wanted)
    names = folder / "names"
    names.write_text(f"subjectAltName=DNS:{host}\nauthorityKeyIdentifier=keyid\n")
    subprocess.run(
        ["openssl", "x509", "-req", "-in", wanted, "-CA", ca, "-CAkey", ca_key, "-days", "2"]
        + ["-set_serial", "2", "-extfile", names, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return Authority(ca, certificate, key)


def _openssl(*arguments):
    subprocess.run(["openssl", "req", *arguments], check=True, capture_output=True)


class SmtpHarness:
    """For the contract suite: an SMTP transport and the place where its mail arrives."""

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


HARNESSES = {"maildir": MaildirHarness, "smtp": SmtpHarness}
