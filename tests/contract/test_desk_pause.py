"""A delivery that is paused: who may, what leaves after that, and where it goes on."""

import datetime as dt
import mailbox
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from desk_support import EDITORS, at_once, axe, desk, own_desk  # noqa: F401 - fixtures
from engine_support import KEY, CommandLine
from hypothesis import given, settings
from hypothesis import strategies as st
from send_support import MemoryBook, clock, frozen, reader, signer

from newsletter.app import House
from newsletter.desk.runs import Runs
from newsletter.errors import ReviewError
from newsletter.review.edition import State
from newsletter.review.roles import MAY, Act, Role
from newsletter.send.deliver import deliver_batch, freeze_audience
from newsletter.send.transport import Receipt
from newsletter.store.models import ArtefactRow, DeliveryRow

REASON = "The figure of small caps is not the one of the close."
WITHIN = 5.0
"""Seconds within which a pause takes effect, in whatever process sends."""


def got(folder):
    """Return how many letters each reader has in the mailbox."""
    box = mailbox.Maildir(folder / "data" / "mailbox", create=False)
    return Counter(message["To"].split("<")[-1].strip(">") for message in box)


def out(desk):
    """Let the edition go out, nothing of it having left yet."""
    house = desk.house
    house.desk.approve(KEY, "Ada")
    house.pipeline.freeze(desk.key)
    return house


class Script:
    """A way out that keeps what it took, and calls something at each final dot."""

    name, local = "script", True

    def __init__(self, at_dot):
        self.at_dot, self.taken = at_dot, Counter()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def send(self, envelope, before_dot):
        self.at_dot()
        before_dot()
        self.taken[envelope.recipient] += 1
        return Receipt("250 ok")


@settings(max_examples=25)
@given(st.lists(st.booleans(), max_size=40))
def test_however_often_it_is_paused_every_reader_gets_one_copy(course):
    """Each element says whether it is paused when it is next asked for."""
    readers, asked = [reader(number) for number in range(1, 9)], iter(course)
    book, now, paused = MemoryBook(readers), clock(), [False]

    def looked():
        paused[0] = next(asked, False)
        return paused[0]

    freeze_audience(frozen(), readers, signer(), book, now)
    post = Script(lambda: None)
    for _ in range(len(course) + 2):  # whoever resumes it begins it again
        while deliver_batch(frozen(), signer(), post, book, now, stopped=looked).handled:
            assert max(post.taken.values(), default=1) == 1
        now.advance(dt.timedelta(minutes=6))
    assert post.taken == Counter(each.email for each in readers)
    assert book.counts(frozen().edition) == {"accepted": 8}


def test_an_audience_is_frozen_once_and_one_that_broke_off_is_made_whole(own_desk):
    house = out(own_desk)
    whole = house.deliveries.counts(own_desk.key)
    house.audience.add("late@example.com", "Late", "evening", {}, house.clock.now())
    assert house.pipeline.freeze(own_desk.key) == 0, "nobody who joined since is added"
    with house.database.begin() as session:  # as a crash in the midst of it leaves it
        lost = session.scalars(sa.select(DeliveryRow).limit(1)).one()
        session.delete(lost)
        session.execute(sa.delete(ArtefactRow).where(ArtefactRow.kind == "audience"))
    assert house.pipeline.freeze(own_desk.key) == 2, "the lost one, and who joined meanwhile"
    assert house.deliveries.counts(own_desk.key) == {"queued": whole["queued"] + 1}
    assert house.pipeline.freeze(own_desk.key) == 0


@pytest.mark.parametrize("role", EDITORS)
def test_only_who_sends_may_pause_and_only_what_goes_out_is_paused(own_desk, role):
    may, client = Act.SEND in MAY[Role(role)], own_desk.client(role)
    path = f"/editions/{own_desk.key}"
    refused = client.act(f"{path}/pause", reason=REASON)
    assert refused.status_code == (409 if may else 403)
    house = out(own_desk)
    assert client.act(f"{path}/pause", reason=REASON).status_code == (303 if may else 403)
    assert house.pauses.stands(own_desk.key) is may
    if not may:
        with pytest.raises(ReviewError, match="may not send"):
            house.pausing.pause(KEY, EDITORS[role], REASON)
        house.pausing.pause(KEY, "Ada", REASON)
        assert '<button class="main">Resume' not in client.get(f"/deliveries/{own_desk.key}").text
        assert client.act(f"{path}/resume").status_code == 403
        assert house.pauses.stands(own_desk.key)
        return
    assert "is already paused by" in client.act(f"{path}/pause", reason=REASON).text
    house.desk.decide(KEY, State.CANCELLED, "Ada", REASON)  # a paused delivery can be stopped
    assert not house.pauses.stands(own_desk.key)
    assert client.act(f"{path}/resume").status_code == 409


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_a_pause_takes_a_reason(own_desk, reason):
    house = out(own_desk)
    with pytest.raises(ReviewError, match="reason"):
        house.pausing.pause(KEY, "Ada", reason)
    answer = own_desk.client("admin").act(f"/editions/{own_desk.key}/pause", reason=reason)
    assert answer.status_code in {409, 422}
    assert not house.pauses.stands(own_desk.key)


def test_of_several_who_pause_or_resume_at_once_one_does(own_desk):
    house = out(own_desk)
    done = at_once(4, lambda n: house.pausing.pause(KEY, "Ada", f"reason {n}"))
    assert sum(isinstance(one, ReviewError) for one in done) == 3
    done = at_once(4, lambda _: house.pausing.resume(KEY, "Bo"))
    assert sum(isinstance(one, ReviewError) for one in done) == 3
    assert [a for _, a in own_desk.actions(own_desk.key)][-2:] == ["paused", "resumed"]
    assert house.audit.first_broken() is None


def test_a_paused_delivery_stays_so_and_goes_on_where_it_stood(own_desk, monkeypatch):
    house = out(own_desk)
    way, sent = house.transport("mailbox"), []
    really = type(way).send

    def send(self, envelope, before_dot):
        def dot():
            if len(sent) == 1:  # at the second copy's last moment
                house.pausing.pause(KEY, "Ada", REASON)
            before_dot()
            sent.append(envelope.recipient)

        return really(self, envelope, dot)

    with monkeypatch.context() as patch:
        patch.setattr(type(way), "send", send)
        assert house.pipeline.send(own_desk.key) == 2
    assert len(sent) == sum(got(own_desk.folder).values()) == 1
    assert own_desk.edition().state == "sending"

    other = House(house.config_path)  # whoever comes after a crash finds it paused
    with pytest.raises(ReviewError, match=r"paused by Ada at \d\d:\d\d UTC.*newsletter resume"):
        other.deliver(KEY)
    assert other.pipeline.send(own_desk.key) == 0
    begun = []
    house.planning.carry_out(begun.append, lambda *_: None, dt.timedelta(0),
                             resting=house.pauses.stands)  # fmt: skip
    client = own_desk.client("editor")
    monkeypatch.setattr(own_desk.newsroom.runs, "begin", lambda *c: begun.append(c) or True)
    answer = client.act(f"/editions/{own_desk.key}/send",
                        content=own_desk.edition().revision.content)  # fmt: skip
    assert answer.status_code == 409
    assert begun == []
    for path in (f"/deliveries/{own_desk.key}", "/deliveries", f"/editions/{own_desk.key}"):
        page = client.get(path).text
        assert "Paused by Ada at" in page, path
        assert REASON in page, path
    going = client.get(f"/editions/{own_desk.key}/going?shown=sending")
    assert going.headers["hx-refresh"] == "true"

    answer = client.act(f"/editions/{own_desk.key}/resume", back="delivery")
    assert answer.headers["location"] == f"/deliveries/{own_desk.key}"
    assert begun == [("deliver", own_desk.key)]
    assert [plan.by for plan in house.plans.all()] == ["Bo"]  # should that process die
    assert at_once(1, lambda _: other.deliver(KEY)) == [{"accepted": 3}]
    other.close()
    assert got(own_desk.folder) == {f"{n}@example.com": 1 for n in ("ann", "bob", "cleo")}
    assert own_desk.edition().state == "sent"


@pytest.mark.slow
def test_another_process_stops_within_seconds_and_the_rest_goes_once(own_desk, monkeypatch, capfd):
    house, many = own_desk.house, 80
    for number in range(many - 3):
        house.audience.add(f"r{number}@example.com", "", "evening", {}, house.clock.now())
    house.desk.approve(KEY, "Ada")
    command = [sys.executable, "-m", "newsletter", "--config", str(house.config_path)]
    here = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    sender = subprocess.Popen(
        [*command, "send", own_desk.key], env=os.environ | here, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    until = time.monotonic() + 120
    while house.deliveries.counts(own_desk.key).get("accepted", 0) < 3:
        assert time.monotonic() < until
        assert sender.poll() is None, sender.communicate()
        time.sleep(0.01)
    house.pausing.pause(KEY, "Ada", REASON)
    at, then = time.monotonic(), sum(got(own_desk.folder).values())
    said, told = sender.communicate(timeout=60)
    assert time.monotonic() - at < WITHIN * 4  # the process itself, on a machine that is busy
    assert sender.returncode == 1
    assert f"newsletter resume {own_desk.key}" in told
    assert "is sending" in said
    left = sum(got(own_desk.folder).values())
    assert left <= then + 1 < many
    monkeypatch.chdir(own_desk.folder)
    call = CommandLine(monkeypatch, capfd)
    code, _, err = call("send", own_desk.key)
    assert (code, "paused by Ada" in err) == (1, True)
    shown = at_once(1, lambda _: call.json("resume", own_desk.key))[0]
    assert shown["deliveries"] == {"accepted": many}, shown
    assert set(got(own_desk.folder).values()) == {1}
    assert len(got(own_desk.folder)) == many
    assert call("resume", own_desk.key)[0] != 0


def test_the_command_line_pauses_for_a_reason_and_shows_it(own_desk, monkeypatch, capfd):
    out(own_desk)
    monkeypatch.chdir(own_desk.folder)
    call = CommandLine(monkeypatch, capfd)
    code, _, err = call("pause", own_desk.key, "--reason", " ")
    assert (code, "Say why" in err) == (1, True)
    code, _, err = call("pause", own_desk.key, "--reason", REASON, "--as", "Di")
    assert (code, "Di is a writer and may not send" in err) == (1, True)
    told = call.json("pause", own_desk.key, "--reason", REASON, "--as", "Bo")
    assert (told["paused"]["by"], told["paused"]["reason"], told["waiting"]) == ("Bo", REASON, 3)
    shown = call.json("editions", "show", own_desk.key)
    assert (shown["state"], shown["paused"]) == ("sending", told["paused"])
    code, _, err = call("resume", own_desk.key, "--as", "Cy")
    assert (code, "Cy is compliance and may not send" in err) == (1, True)


def test_a_copy_in_doubt_is_not_sent_again_while_it_is_paused(own_desk):
    house = out(own_desk)
    with house.database.engine.begin() as connection:
        connection.exec_driver_sql("update deliveries set state = 'in_doubt'")
    row = house.deliveries.in_doubt(own_desk.key)[0]
    house.pausing.pause(KEY, "Ada", REASON)
    answer = own_desk.client("editor").act(
        f"/deliveries/{own_desk.key}/doubt", reader=row.subscriber.id, decision="again"
    )
    assert answer.status_code == 409
    assert house.deliveries.row(own_desk.key, row.subscriber.id).state == "in_doubt"


def test_it_is_paused_by_the_keyboard_and_told_on_a_phone(own_desk, browser, monkeypatch):
    monkeypatch.setattr(Runs, "begin", lambda *_: True)
    house, key = out(own_desk), own_desk.key
    own_desk._browser = lambda: browser
    page = own_desk.page("editor", f"/editions/{key}")
    page.keyboard.press("b")
    page.keyboard.type("Wrong figure.")
    page.locator("#act-pause button.main").click()
    page.locator("#going .paused").wait_for()
    assert "Paused by Bo at" in page.locator("#going .paused").inner_text()
    page.set_viewport_size({"width": 390, "height": 812})
    page.emulate_media(color_scheme="dark")
    page.goto(f"/deliveries/{key}")
    assert page.locator(".state.paused").first.is_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Resume").click()
    page.locator(".state.sending, .state.sent").first.wait_for()
    assert not house.pauses.stands(key)
    assert page.told == []
    page.context.close()
