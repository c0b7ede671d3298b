"""A workspace for the checks of `newsletter doctor`, and a DNS on the loopback."""

import contextlib
import datetime as dt
import http.server
import socketserver
import threading
from email.utils import format_datetime

import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import yaml

from newsletter import assets
from newsletter.app import House
from newsletter.doctor.examination import checks


def workspace(folder, change=None, **house):
    """Make a workspace whose config.yaml a function has changed as data; open it."""
    path = folder / "config.yaml"
    data = yaml.safe_load(assets.find("config.yaml").read_text(encoding="utf-8"))
    data["providers"]["bars"] = "sample"
    if change is not None:
        change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return House(path, **house)


def real(data):
    """Names that are no examples."""
    data["publication"] |= {
        "publisher": "Dana", "postal_address": "12 Main Street, Springfield",
        "contact": "dana@gazette.net", "base_url": "https://news.gazette.net",
    }  # fmt: skip


def by_smtp(port, **more):
    """Let the evening's edition go by a mail server on this machine."""

    def change(data):
        real(data)
        data["senders"]["out"] = {
            "transport": "smtp", "from_name": "Notes", "from_address": "notes@gazette.net",
            "host": "localhost", "port": port, "security": "none", **more,
        }  # fmt: skip
        data["editions"]["evening"]["sender"] = "out"

    return change


def found(house, check):
    """Return a check's findings as {subject: (health, words)}."""
    return {one.subject: (str(one.health), one.words) for one in checks([check])[check].look(house)}


def files(folder):
    """Return every file of a folder with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextlib.contextmanager
def zone(records):
    """Answer for a table of (name, type) to records, by a real resolver over UDP."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            data, back = self.request
            query = dns.message.from_wire(data)
            asked = query.question[0]
            kind, name = dns.rdatatype.to_text(asked.rdtype), asked.name.to_text().rstrip(".")
            reply = dns.message.make_response(query)
            told = records.get((name, kind))
            if told is None and name not in {known for known, _ in records}:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            if told:
                reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *told))
            back.sendto(reply.to_wire(), self.client_address)

    server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    before = dns.resolver.default_resolver
    dns.resolver.default_resolver = resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
    try:
        yield
    finally:
        dns.resolver.default_resolver = before
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def models(answers, at=None):
    """Run a service that lists models; yields its address and what it was asked.

    `answers` are (status, body), given in turn, the last one repeated; `at` is its clock.
    """
    asked, left = [], list(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.command, self.path, self.headers.get("authorization")))
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response_only(status)
            self.send_header("date", format_datetime(at or dt.datetime.now(dt.UTC), usegmt=True))
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - a name of http.server

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
        server.shutdown()
        thread.join()
