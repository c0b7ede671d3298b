"""Alerts arrive: by a real mail server, by a signed call, on Tonight, on the command line."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections import Counter

import pytest
from desk_support import at_once, axe, desk, own_desk  # noqa: F401 - fixtures
from engine_support import CommandLine
from send_servers import Inbox, ServiceInbox, free_port, http_service, smtp_server

from newsletter.alerting import Alerts
from newsletter.clock import FixedClock
from newsletter.config import Sender
from newsletter.desk import hooks
from newsletter.desk.outgoing import Outgoing
from newsletter.desk.planned import telling
from newsletter.errors import DataUnavailable
from newsletter.review.alert import LEASE, Level, Raised
from newsletter.review.edition import State
from newsletter.review.events import Event
from newsletter.send.delivery import Delivery, DeliveryState, Subscriber
from newsletter.send.events import Event as Reported
from newsletter.send.events import What
from newsletter.underway import Course, Making

HOME = Outgoing(home=True, seconds=5.0)
MINUTE = dt.timedelta(minutes=1)
FULL, ROOMY = {"disk_free_megabytes": 10**8}, {"disk_free_megabytes": 0, "disk_free_percent": 0}
OPS = "ops@example.com"
NEXT = "2026-07-06.XNYS.evening"


def set_up(house, port, other=None, **alerts):
    ways = {
        name: Sender(
            transport="smtp", from_name="The Rotation", from_address="desk@news.example.com",
            host="127.0.0.1", port=at, security="none", timeout_seconds=5,
        )
        for name, at in {"mailbox": port, "other": other or port}.items()
    }  # fmt: skip
    given = Alerts.model_validate({"to": ["editor", OPS], **({"sender": "other"} if other else {}),
                                   **alerts})  # fmt: skip
    house.config = house.config.model_copy(update={"senders": ways, "alerts": given})


@pytest.fixture
def told(own_desk):
    """A desk, its inbox, a receiver of calls, and how to look."""
    inbox, calls, house = Inbox(), ServiceInbox(), own_desk.house
    house.clock = FixedClock(own_desk.edition().revision.made_at)
    for name in ("desk", "pipeline", "planning"):
        house.__dict__.pop(name, None)
    with smtp_server(inbox) as port, http_service(calls) as http:
        set_up(house, port, **ROOMY)
        url = f"http://127.0.0.1:{http}/hook"
        made = hooks.register(house, HOME, url, [Event.ALERT, Event.ALERT_OVER], "Ada")
        house.desk.approve(own_desk.edition().key, "Bo")  # nothing else is to be told
        yield Told(own_desk, inbox, calls, made, port)


class Told:
    def __init__(self, desk, inbox, calls, made, port):
        self.desk, self.house, self.inbox, self.calls = desk, desk.house, inbox, calls
        self.made, self.port = made, port
        self.teller = telling(desk.house)

    def look(self, minutes=0):
        """Let time pass, look at disks, send what there is; return recipients and events."""
        self.house.clock.advance(minutes * MINUTE)
        self.teller.alerts.look(slow=True, now_all=True)
        self.teller.tell_all()
        hooks.deliver(self.house, HOME)
        return self.letters(), self.events()

    def letters(self):
        found = Counter(self.inbox.recipients)
        self.contents = b"\n".join(self.inbox.contents).decode()
        self.inbox.envelopes.clear()
        return dict(found)

    def events(self):
        found = [json.loads(body) for _, _, body in self.calls.asked]
        self.signed = list(self.calls.asked)
        self.calls.asked.clear()
        return [(one["type"], one["data"]["alert"], one["data"]["change"]) for one in found]


BO = {"bo@example.com": 1, OPS: 1}
BEGAN, OVER = ("alert.raised", "disk", "began"), ("alert.over", "disk", "over")


def test_a_full_disk_is_told_once_by_both_ways_and_once_more_when_it_is_over(told):
    assert told.look() == ({}, [])
    set_up(told.house, told.port, **FULL)
    assert told.look(1) == (BO, [BEGAN])
    assert "Subject: Urgent: A disk is nearly full" in told.contents
    ((_, headers, body),) = told.signed
    sent = {name.lower(): value for name, value in headers.items()}
    word = hooks.secret(told.house.desk_key, told.made.id).removeprefix("whsec_")
    content = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    proof = hmac.new(base64.b64decode(word), content, hashlib.sha256).digest()
    assert sent["webhook-signature"] == "v1," + base64.b64encode(proof).decode()
    assert b"@" not in body
    assert told.look(1) == told.look(30) == ({}, [])
    set_up(told.house, told.port, **ROOMY)
    assert told.look(1) == told.look(9) == ({}, [])  # nobody believes it at once
    assert told.look(1) == (BO, [OVER])
    assert "Subject: Over: A disk is nearly full" in told.contents
    assert told.house.alerts.standing() == []


def test_a_process_that_dies_after_its_look_leaves_the_letters_to_another(told):
    set_up(told.house, told.port, **FULL)
    told.teller.alerts.look(slow=True)  # and dies
    assert len(told.house.alert_letters.take(told.house.clock.now(), 6)) == 2  # and another
    assert told.look() == ({}, [BEGAN])
    assert told.look(LEASE / MINUTE) == (BO, [])


def test_with_the_mail_server_away_others_are_told_and_it_waits_or_goes_another_way(told):
    set_up(told.house, free_port(), **FULL)
    assert told.look() == ({}, [BEGAN])
    events = [event for _ in range(4) for event in told.look(6)[1]]
    assert events == [("alert.raised", "letters", "began")]
    standing = {one.kind for one in told.house.alerts.standing()}
    assert standing == {"disk", "letters"}
    failed = [one for one in told.house.audit.entries("alerts") if one.action == "notice failed"]
    assert failed
    assert not any("@" in one.detail["why"] for one in failed)
    set_up(told.house, free_port(), told.port, **FULL)  # a second way out
    letters, _ = told.look(31)
    assert set(letters) == set(BO)


def test_with_the_receiver_away_letters_go(told):
    told.calls.answers = [(500, b"no")] * 50
    set_up(told.house, told.port, **FULL)
    assert told.look() == (BO, [])
    told.calls.answers.clear()
    assert told.look(2) == ({}, [BEGAN])


@pytest.mark.parametrize(
    ("error", "kind", "subject"),
    [
        (DataUnavailable("The session has no bar of SPY; try later."), "gate", "Data gate closed"),
        (ZeroDivisionError(), "failed", "Run failed"),
    ],
)
def test_a_closed_gate_is_no_crash(told, error, kind, subject):
    house = told.house
    house.reporter._now = house.clock.now

    def run():
        with house.reporter.making(NEXT, "run"):
            house.reporter.stage("collect")
            raise error

    with pytest.raises(type(error)):
        run()
    letters, events = told.look()
    assert letters == dict.fromkeys(
        [f"{name}@example.com" for name in ("ada", "bo", "cy", "di", "ops")], 1
    )  # editors by a notice, whoever is on duty by a letter of alerts
    assert events == [("alert.raised", kind, "began")]
    assert f"Subject: {subject}: {NEXT}" in told.contents
    assert ("no bar of SPY" in told.contents) is (kind == "gate")
    assert told.look(1) == ({}, [])


def test_a_run_that_is_broken_off_is_told_to_other_systems_too(told):
    now = told.house.clock.now()
    told.house.runs.begin(Making(NEXT, "r1", "run", now, now, Course.RUNNING, "collect"))
    _, events = told.look(2)
    assert events == [("alert.raised", "failed", "began")]


def test_nothing_approved_before_the_end_is_told_to_other_systems(told):
    house, edition = told.house, told.desk.edition()
    new = edition.revision
    house.desk.submit(edition.key, type(new)(**{
        name: getattr(new, name) for name in new.__dataclass_fields__
    } | {"content": "c" * 64}), dt.timedelta(hours=14))  # fmt: skip
    told.look()
    letters, events = told.look(14 * 60 - 29)
    assert events == [("alert.raised", "reminder", "began")]
    assert letters[OPS] == 1


def test_a_flood_is_one_letter_that_counts(told):
    many = [Raised("certificate", f"mx{n}.example:465", "A certificate ends soon",
                   f"That of mx{n} ends.", "Renew it.") for n in range(40)]  # fmt: skip
    book, alerts = told.house.alerts, told.teller.alerts
    at_once(2, lambda n: book.note("x", many, told.house.clock.now(), alerts.recipients))
    letters, events = told.look()
    assert letters == BO
    assert len(events) == 40
    assert "A certificate ends soon (40)" in told.contents
    assert "And 32 more at the desk." in told.contents


def test_tonight_and_the_command_line_show_what_stands(told, monkeypatch, capfd):
    desk, house = told.desk, told.house
    call = CommandLine(monkeypatch, capfd)
    monkeypatch.chdir(desk.folder)
    assert "alert stands" not in desk.client("editor").get("/").text
    one = Raised("budget", "", "The <b>budget</b>", "Spent.", "Wait.")
    house.alerts.note("x", [one], house.clock.now(), lambda one: [])
    page = desk.client("writer").get("/").text
    assert "1 alert stands" in page
    assert "The &lt;b&gt;budget" in page
    assert call.json("alerts")["urgent"] is False
    worse = Raised("budget", "", "The budget", "Spent.", "Wait.", Level.URGENT, 2)
    house.alerts.note("x", [worse], house.clock.now(), lambda one: [])
    document = call.json("alerts", code=1)
    assert document["urgent"] is True
    assert document["alerts"][0]["level"] == "urgent"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_the_strip_is_accessible_and_fits(desk, width, scheme):
    one = Raised("disk", "the database", "A disk is nearly full",
                 "Only 80 MB (0.4%) and 61% of the inodes are free on the disk of the database.",
                 "Make room.", Level.URGENT, 2)  # fmt: skip
    other = Raised("certificate", "a" * 90, "A certificate ends soon", "a" * 90, "Renew it.")
    desk.house.alerts.note("y", [one, other], desk.house.clock.now(), lambda one: [])
    page = desk.page("editor", "/", width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".alerts li").count() == 2
    assert axe(page) == []
    assert page.told == []
    page.context.close()


def test_complaints_and_bounces_are_counted_from_the_ledger_and_the_reports(told):
    house, key, now = told.house, told.desk.key, told.house.clock.now()
    house.desk.mark(told.desk.edition(), State.SENDING, "pipeline")
    people = []
    for n in range(400):
        reader, _ = house.audience.add(f"r{n}@example.com", "", "evening", {}, now)
        people.append(Subscriber(reader.id, reader.email, "", "evening"))
    states = [DeliveryState.BOUNCED] * 20 + [DeliveryState.ACCEPTED] * 380
    rows = [
        Delivery(key, who, f"{who.id}@x", state, 1, "", now)
        for who, state in zip(people, states, strict=True)
    ]
    house.deliveries.freeze(key, rows)
    house.reports.take(
        [
            Reported(f"c{n}", "sendgrid", What.COMPLAINED, now, edition=key, subscriber=who.id)
            for n, who in enumerate(people[-3:])
        ],
        now,
    )
    told.look()
    found = {(one.kind, one.subject): one for one in house.alerts.standing()}
    whose = (key, "the last 7 days")
    assert set(found) == {(kind, each) for kind in ("bounces", "complaints") for each in whose}
    assert "20 of 400 copies came back for good, 5.00%" in found["bounces", key].words
    assert "3 of 380 readers called it junk, 0.79%" in found["complaints", key].words
    assert {one.level for one in found.values()} == {Level.URGENT}
