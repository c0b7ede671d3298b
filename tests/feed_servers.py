"""A server on loopback that stands for every publisher of data, and misbehaves as it is told."""

import contextlib
import datetime as dt
import gzip
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from newsletter.collect.web import Web
from newsletter.feeding import WebLimits


@dataclass(frozen=True)
class Answer:
    """What is sent for one request; `stated` is a length that is claimed instead of the true one.

    With `stalls` only the head is sent, and nothing more until the server is closed.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "text/csv"
    headers: tuple[tuple[str, str], ...] = ()
    stated: int | None = None
    framed: bool = True
    stalls: bool = False

    def changed(self, **changes) -> "Answer":
        return replace(self, **changes)

    def packed(self) -> "Answer":
        body = gzip.compress(self.body)
        return replace(self, body=body, headers=(*self.headers, ("Content-Encoding", "gzip")))


@dataclass
class FeedServer:
    """Answers by host and path; a list gives one answer a request, its last for ever."""

    pages: dict[str, list[Answer]] = field(default_factory=dict)
    asked: Counter = field(default_factory=Counter)
    heads: list[dict[str, str]] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)
    origin: str = ""

    def web(self, **changes) -> Web:
        """A way out on which every publisher's host stands here; nothing waits."""
        settings = {"timeout_seconds": 5, "retries": 1, "most_megabytes": 1}
        given = {name: changes.pop(name) for name in settings if name in changes}
        hosts = {url.split("/")[0] for url in self.pages}
        home = dict.fromkeys(hosts, self.origin)
        return Web(
            WebLimits(**(settings | given)), home=home, chance=lambda: 0.0,
            **({"sleep": lambda _: None} | changes),
        )  # fmt: skip

    def answer(self, url: str) -> Answer:
        found = self.pages.get(url)
        if found is None:
            return Answer(b"not here", 404, "text/plain")
        place = self.asked[url]
        self.asked[url] += 1
        return found[min(place, len(found) - 1)]


def _handler(server: FeedServer):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            server.heads.append({name.lower(): value for name, value in self.headers.items()})
            one = server.answer(self.headers["Host"] + self.path.split("?")[0])
            self.send_response(one.status)
            for name, value in one.headers:
                self.send_header(name, value)
            self.send_header("Content-Type", one.kind)
            if one.framed:
                length = len(one.body) if one.stated is None else one.stated
                self.send_header("Content-Length", str(length))
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            if one.stalls:
                server.closed.wait(60)
                return
            with contextlib.suppress(OSError):  # whoever has read enough has gone
                self.wfile.write(one.body)

        def log_message(self, *_):
            pass

    return Handler


@contextlib.contextmanager
def feed_server(
    pages: dict[str, Answer | list[Answer]], tls: ssl.SSLContext | None = None
) -> Iterator[FeedServer]:
    """Serve pages, by ``host/path``."""
    server = FeedServer(
        {url: one if isinstance(one, list) else [one] for url, one in pages.items()}
    )
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    if tls is not None:
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    server.origin = f"{'https' if tls else 'http'}://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closed.set()
        http.shutdown()
        http.server_close()
        thread.join()


def certified(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context for a host, and a client's that trusts it and nobody else."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))
