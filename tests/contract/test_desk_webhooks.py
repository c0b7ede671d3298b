"""Webhooks: what is told, to whom, signed how, and what happens to those who do not listen."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from desk_support import desk, own_desk

from newsletter.clock import FixedClock
from newsletter.desk import hooks
from newsletter.desk.hooks import OFF_AFTER, PAUSES, deliver, delivering, secret
from newsletter.desk.outgoing import Outgoing, Unfit
from newsletter.review.edition import EditionKey, State
from newsletter.review.events import Course, Event
from newsletter.underway import Course as RunCourse
from newsletter.underway import Making

__all__ = ["desk", "own_desk"]
HOME = Outgoing(home=True, seconds=1.0)


class Listener:
    """A server on this machine that answers as it is told."""

    def __init__(self):
        self.got, self.status, self.pause = [], 200, 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append((self.path, dict(self.headers.items()), body))
                if outer.status is None:
                    self.connection.close()
                    return
                for _ in range(int(outer.pause * 10)):  # drop by drop: no single wait is long
                    time.sleep(0.1)
                    self.send_response_only(100)
                    self.flush_headers()
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(b"<b>taken</b>\x00" + b"x" * 5000)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?from=desk"

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def hook(own_desk, listener):
    """Return a desk, an address registered at it, and who listens there."""
    own_desk.app.state.outgoing = HOME
    made = hooks.register(own_desk.house, HOME, listener.url, list(Event), "Ada")
    return own_desk, made, listener


def log(desk, made):
    return desk.house.webhooks.log(made.id)


def later(desk, by):
    """Let the house's clock stand still, some time from now."""
    desk.house.clock = FixedClock(desk.house.clock.now() + by)


def test_an_approval_is_told_once_signed_and_in_the_same_transaction(hook):
    desk, made, listener = hook
    key = EditionKey.parse(desk.key)
    edition = desk.house.desk.approve(key, "Bo")
    assert deliver(desk.house, HOME) == 1
    assert deliver(desk.house, HOME) == 0
    ((path, headers, body),) = listener.got
    assert path == "/hook?from=desk"
    told = json.loads(body)
    assert told["type"] == "edition.approved"
    assert told["data"] == {
        "edition": desk.key, "state": "approved", "revision": "1", "actor": "Bo",
        "content": edition.revision.content,
    }  # fmt: skip
    # Checked as the receiver does, from the header's own words and the secret it was given.
    sent = {name.lower(): value for name, value in headers.items()}
    word = secret(desk.house.desk_key, made.id).removeprefix("whsec_")
    content = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    proof = hmac.new(base64.b64decode(word), content, hashlib.sha256).digest()
    assert sent["webhook-signature"] == "v1," + base64.b64encode(proof).decode()
    assert abs(int(sent["webhook-timestamp"]) - time.time()) < 120
    (row,) = log(desk, made)
    assert (row.state, row.status, row.attempts) == (Course.DELIVERED, 200, 1)
    assert row.reply.startswith("<b>taken</b> xx")
    assert len(row.reply) <= 500
    # What is refused is not told: the outbox is written with the change or not at all.
    with pytest.raises(Exception, match="approved"):
        desk.house.desk.approve(key, "Bo")
    desk.house.desk.decide(key, State.HELD, "Bo", "A doubt.")
    assert len(log(desk, made)) == 1


def test_a_failed_run_is_told_once(hook):
    desk, made, _ = hook
    now = desk.house.clock.now()
    failed = Making(desk.key, "run-1", "run", now, now, RunCourse.RUNNING, stage="collect")
    desk.house.runs.begin(failed)
    broken = Making(
        desk.key, "run-1", "run", now, now, RunCourse.FAILED, stage="collect", reason="No data."
    )
    assert desk.house.runs.tell(broken)
    assert desk.house.runs.tell(broken)
    (row,) = log(desk, made)
    told = json.loads(row.body)
    assert (row.event, told["data"]["reason"]) == ("edition.failed", "No data.")


def test_whoever_does_not_listen_is_asked_again_and_then_no_more(hook):
    desk, made, listener = hook
    key = EditionKey.parse(desk.key)
    desk.house.desk.approve(key, "Bo")
    faults = (500, 302, None, 404, 429, 503, 400)
    for place, pause in enumerate(PAUSES):
        listener.status = faults[place % len(faults)]
        later(desk, dt.timedelta())  # the clock stands still from here
        assert deliver(desk.house, HOME) == 1
        assert deliver(desk.house, HOME) == 0
        (row,) = log(desk, made)
        assert (row.state, row.status) == (Course.WAITING, listener.status)
        assert row.next_at - desk.house.clock.now() == pause
        later(desk, pause)
    assert deliver(desk.house, HOME) == 1
    (row,) = log(desk, made)
    assert (row.state, row.next_at, row.attempts) == (Course.GIVEN_UP, None, len(PAUSES) + 1)
    assert {path for path, _, _ in listener.got} == {"/hook?from=desk"}  # no redirection followed
    assert len({headers["webhook-id"] for _, headers, _ in listener.got}) == 1
    assert desk.house.webhooks.get(made.id).disabled_at is None
    for _ in range(OFF_AFTER - 1):
        desk.client("admin").act("/webhooks/test", id=made.id)
        for pause in (*PAUSES, dt.timedelta()):
            deliver(desk.house, HOME)
            later(desk, pause)
    assert desk.house.webhooks.get(made.id).disabled_at is not None
    assert ("desk", "webhook off") in desk.actions(made.id)


def test_one_that_is_gone_is_told_nothing_more(hook):
    desk, made, listener = hook
    listener.status = 410
    desk.house.desk.approve(EditionKey.parse(desk.key), "Bo")
    deliver(desk.house, HOME)
    assert desk.house.webhooks.get(made.id).disabled_at is not None
    assert log(desk, made)[0].state is Course.GIVEN_UP


def test_nobody_is_waited_for_longer_than_the_deadline(listener):
    listener.pause = 5.0
    begun = time.monotonic()
    answer = Outgoing(home=True, seconds=0.5).post(listener.url, b"{}", {})
    assert time.monotonic() - begun < 3
    assert (answer.status, answer.reply) == (None, "No answer: no answer in time.")
    assert Outgoing(home=True).post("http://127.0.0.1:9/", b"{}", {}).status is None


def test_the_worker_delivers_by_itself(hook, monkeypatch):
    desk, made, listener = hook
    monkeypatch.setattr(hooks, "EVERY", 0.05)
    with delivering(desk.house, HOME):
        desk.house.desk.approve(EditionKey.parse(desk.key), "Bo")
        until = time.monotonic() + 60
        while log(desk, made)[0].state is Course.WAITING and time.monotonic() < until:
            time.sleep(0.02)
    assert len(listener.got) == 1


@pytest.mark.parametrize("url", [
    "http://example.com/", "ftp://example.com/", "https://", "https://ada:pw@example.com/",
    "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://10.1.2.3/",
    "https://192.168.0.1:8443/", "https://169.254.169.254/latest/meta-data", "https://0.0.0.0/",
    "https://[fe80::1]/", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://100.64.0.1/",
    "https://[64:ff9b::a00:1]/", "https://[2002:7f00:1::]/", "https://2130706433/",
    "https://0x7f.1/", "https://224.0.0.1/", "https://example.com:0/", "https://example.com/#x",
    "https://exa mple.com/", "https://example.com/\n", "https://example.com:99999/", "nonsense",
])  # fmt: skip
def test_only_public_addresses_are_told(url):
    with pytest.raises(Unfit):
        Outgoing().resolve(url)


def test_a_name_that_turns_private_later_is_not_connected_to(monkeypatch):
    found = []

    def resolved(host, port, **more):
        found.append(host)
        ip = "93.184.216.34" if len(found) == 1 else "10.0.0.7"
        return [(2, 1, 6, "", (ip, port))]

    monkeypatch.setattr("newsletter.desk.outgoing.socket.getaddrinfo", resolved)
    assert Outgoing().resolve("https://rebind.example/")[1] == "93.184.216.34"
    answer = Outgoing().post("https://rebind.example/", b"{}", {})
    assert answer.status is None
    assert "private network" in answer.reply


def test_an_admin_registers_tests_and_removes_an_address(hook):
    desk, _, listener = hook
    admin = desk.client("admin")
    url = listener.url + "&second"
    answer = admin.act("/webhooks/add", url=url, event=["edition.sent"])
    assert "whsec_" in answer.text
    assert "whsec_" not in admin.get("/webhooks").text
    second = next(one for one in desk.house.webhooks.all() if one.url == url)
    assert second.events == {Event.SENT}
    word = secret(desk.house.desk_key, second.id)
    assert word in answer.text.replace("&#43;", "+")
    assert admin.act("/webhooks/secret", id=second.id).status_code == 200
    assert admin.act("/webhooks/test", id=second.id).status_code == 303
    assert deliver(desk.house, HOME) == 1
    assert json.loads(listener.got[-1][2])["type"] == "test"
    for path in ("off", "on", "remove"):
        assert admin.act(f"/webhooks/{path}", id=second.id).status_code == 303
    assert admin.act("/webhooks/test", id=second.id).status_code == 404
    for url, events in (("https://10.0.0.1/", ["edition.sent"]), (listener.url, [])):
        refused = admin.act("/webhooks/add", url=url, event=events)
        assert refused.status_code == 422
    actions = [action for _, action in desk.actions(second.id)]
    assert actions == ["webhook added", "webhook secret shown", "webhook tested", "webhook off",
                       "webhook on", "webhook removed"]  # fmt: skip


@pytest.mark.timeout(120)
def test_the_room_is_accessible_and_fits_a_telephone(desk):
    made = hooks.register(
        desk.house, HOME, "http://127.0.0.1:9/a/long/address/of/a/system/elsewhere?with=more",
        list(Event), "Ada",
    )  # fmt: skip
    desk.client("admin").act("/webhooks/test", id=made.id)
    deliver(desk.house, HOME)
    page = desk.page("admin", "/webhooks", 390, "dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.told == []
