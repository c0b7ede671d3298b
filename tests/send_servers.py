"""Mail servers on loopback: a real one, one that follows a script, and certificates."""

import contextlib
import http.server
import socket
import ssl
import subprocess
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


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

    class Server(Controller):
        def factory(self):
            return SMTP(
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


USUAL_ANSWERS = {"greeting": "220 scripted", "EHLO": "250 scripted", "DATA": "354 go on"}


class ScriptedServer:
    """A mail server that answers each verb from a list, or hangs up.

    The verbs are greeting, EHLO, MAIL, RCPT, DATA, RSET, BODY (met with `DROP` only, after
    the first line of the message) and ``.`` (the whole message). When a list is used up
    the usual answer is given; a callable is called for its answer.
    Messages answered with 2xx, or taken before a drop with `taken_on_drop`, are in `taken`.
    """

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
                body_follows = verb == "DATA" and self._last.startswith("354")
                if body_follows and not self._body(connection, lines):
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
        answer = answers.pop(0) if answers else USUAL_ANSWERS.get(verb, "250 fine")
        self._last = answer() if callable(answer) else answer
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
    _openssl("req", "-x509", *curve, "-subj", "/CN=ca", *usage, "-keyout", ca_key, "-out", ca)
    wanted = folder / "server.csr"
    _openssl("req", *curve[:-2], "-subj", f"/CN={host}", "-keyout", key, "-out", wanted)
    names = folder / "names"
    names.write_text(f"subjectAltName=DNS:{host}\nauthorityKeyIdentifier=keyid\n")
    given = ["-CA", ca, "-CAkey", ca_key, "-days", "2", "-set_serial", "2", "-extfile", names]
    _openssl("x509", "-req", "-in", wanted, *given, "-out", certificate)
    return Authority(ca, certificate, key)


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class ServiceInbox:
    """What a delivery service was asked, and what it answers: a status, DROP, or the usual."""

    def __init__(self):
        self.asked, self.answers = [], []


@contextlib.contextmanager
def http_service(inbox):
    """Run a delivery service on the loopback, with kept connections; yield its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                self.close_connection = True  # what is not whole was never asked
                return
            answer = inbox.answers.pop(0) if inbox.answers else (200, b'{"id": "<their-id>"}')
            if answer is DROP:
                inbox.asked.append((self.path, dict(self.headers), body))
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, said = answer
            if status < 300:
                inbox.asked.append((self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
