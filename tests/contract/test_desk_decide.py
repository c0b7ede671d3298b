"""What is decided at the desk: by whom, about which content, and what becomes of it."""

import contextlib
import datetime as dt
import email
import email.policy
import sqlite3
from dataclasses import replace

import pytest
from desk_support import EDITORS, axe, desk, own_desk  # noqa: F401 - fixtures
from engine_support import KEY

from newsletter.desk import acts
from newsletter.desk.rooms import decide
from newsletter.errors import SendRefused
from newsletter.preflight.report import Finding, Report, Severity, Span
from newsletter.review.edition import State
from newsletter.review.roles import MAY, Act, Role

REASON = "The figure of small caps is not the one of the close."
NEEDS = {**acts.NEEDS, "override": Act.OVERRIDE}
GUARANTEE = "It cannot fall."


def content(desk):
    return desk.edition().revision.content


def act(desk, role, name, **form):
    """Do something at the desk; return the answer."""
    return desk.client(role).act(f"/editions/{desk.key}/{name}", **form)


def blocked(desk):
    """Put a report with one finding that blocks behind the edition's revision."""
    house, revision = desk.house, desk.edition().revision
    found = Finding("C02", Severity.BLOCK, Span(0, 3), "No promise.", "html", GUARANTEE)
    report = Report(house.pipeline.report(revision.report).claims, (found,))
    house.pipeline.artefacts.put("report", report.sha256, report.to_bytes(), house.clock.now())
    with contextlib.closing(sqlite3.connect(desk.folder / "data" / "newsletter.db")) as raw:
        raw.execute("update revisions set blocked = true, report = ?", (report.sha256,))
        raw.commit()
    return found


def with_four_eyes(house):
    """Let nobody approve a revision of their own in a house that is open already."""
    review = house.config.review.model_copy(update={"four_eyes": True})
    house.config = house.config.model_copy(update={"review": review})
    for name in ("desk", "pipeline", "planning"):
        house.__dict__.pop(name, None)


@pytest.fixture
def begun(own_desk, monkeypatch):
    """What was put before the workers."""
    given = []
    monkeypatch.setattr(own_desk.newsroom.runs, "begin", lambda *asked: given.append(asked) or True)
    return given


@pytest.mark.parametrize("role", EDITORS)
def test_each_act_is_open_to_those_appointed_to_it(desk, role):
    client = desk.client(role)
    page = client.get(f"/editions/{desk.key}").text
    for name, needed in NEEDS.items():
        may = needed in MAY[Role(role)]
        answer = client.act(f"/editions/{desk.key}/{name}")  # no form: nothing is done by it
        assert (answer.status_code == 403) is not may, (name, answer.status_code)
        if name in {"approve", "reject", "hold", "cancel", "test"}:
            assert (f'id="act-{name}"' in page) is may
    assert desk.edition().state == "in_review"


@pytest.mark.parametrize("name", [*NEEDS, "decide"])
def test_nothing_is_decided_by_looking_or_from_elsewhere(desk, name):
    client = desk.client("admin")
    form = {"content": content(desk), "reason": REASON, "address": "a@example.com"}
    path = f"/editions/{desk.key}/{name}"
    before = len(desk.house.audit.entries(desk.key))
    looked = client.get(path, params=form)
    assert looked.status_code == (200 if name in {"decide", "correct"} else 405)
    for site in ("cross-site", "same-origin"):
        answer = client.post(path, data=form, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == (405 if name == "decide" else 403)
    stranger = desk.client().act(path, **form)
    assert (stranger.status_code, stranger.headers.get("location")) in {
        (303, "/login"),
        (405, None),
    }
    assert desk.edition().state == "in_review"
    assert len(desk.house.audit.entries(desk.key)) == before


def test_an_approval_binds_what_was_looked_at(own_desk):
    answer = act(own_desk, "editor", "approve", content="b" * 64)
    assert answer.status_code == 409
    assert "was revised while you looked" in answer.text
    assert f'href="/editions/{own_desk.key}?panel=compare"' in answer.text
    assert own_desk.edition().state == "in_review"
    answer = act(own_desk, "editor", "approve", content=content(own_desk))
    assert answer.status_code == 303
    assert own_desk.edition().approval.editor == "Bo"
    page = own_desk.client("editor").get(f"/editions/{own_desk.key}").text
    assert 'id="act-send"' in page
    assert 'id="act-approve"' not in page


def test_an_edition_is_held_released_rejected_and_cancelled_with_reasons(own_desk):
    looked_at = {"content": content(own_desk)}
    assert act(own_desk, "compliance", "hold", **looked_at, reason=" ").status_code == 409
    for role, name, state in (
        ("compliance", "hold", "held"), ("editor", "release", "in_review"),
        ("editor", "hold", "held"), ("admin", "reject", "rejected"),
    ):  # fmt: skip
        answer = act(own_desk, role, name, **looked_at, reason=REASON)
        assert answer.status_code == 303, answer.text
        assert own_desk.edition().state == state
        assert own_desk.actions(own_desk.key)[-1][0] == EDITORS[role]
    assert act(own_desk, "editor", "cancel", **looked_at, reason=REASON).status_code == 409
    assert own_desk.house.audit.first_broken() is None


def test_four_eyes_disable_approval_of_ones_own_and_say_so(own_desk):
    with contextlib.closing(sqlite3.connect(own_desk.folder / "data" / "newsletter.db")) as raw:
        raw.execute("update revisions set author = 'Bo'")
        raw.commit()
    with_four_eyes(own_desk.house)
    page = own_desk.client("editor").get(f"/editions/{own_desk.key}").text
    assert "with four eyes on, somebody else approves it" in page
    assert 'id="act-approve"' not in page
    assert act(own_desk, "editor", "approve", content=content(own_desk)).status_code == 409
    assert act(own_desk, "admin", "approve", content=content(own_desk)).status_code == 303


def test_a_finding_is_overridden_by_whoever_may_and_told_in_the_approval(own_desk):
    found = blocked(own_desk)
    form = {"content": content(own_desk), "finding": found.key}
    page = own_desk.client("compliance").get(f"/editions/{own_desk.key}?panel=findings").text
    assert 'class="override"' in page
    assert 'class="override"' not in (
        own_desk.client("editor").get(f"/editions/{own_desk.key}?panel=findings").text
    )
    assert "1 finding blocks it" in own_desk.client("editor").get(f"/editions/{own_desk.key}").text
    assert act(own_desk, "editor", "approve", content=form["content"]).status_code == 409
    assert act(own_desk, "compliance", "override", **form, reason="no").status_code == 409
    assert act(own_desk, "compliance", "override", **form, reason=REASON).status_code == 303
    page = own_desk.client("editor").get(f"/editions/{own_desk.key}").text
    assert GUARANTEE in page.partition('id="act-approve"')[2].partition("</dialog>")[0]
    assert act(own_desk, "editor", "approve", content=form["content"]).status_code == 303


def test_a_test_copy_goes_to_one_address_and_not_too_often(own_desk, monkeypatch):
    monkeypatch.setattr(decide, "TESTS", 2)
    answer = act(own_desk, "editor", "test", address="nobody")
    assert answer.status_code == 409
    assert "No test copy went to nobody" in answer.text
    assert (
        "went to try@example.com" in act(own_desk, "editor", "test", address="try@example.com").text
    )
    assert act(own_desk, "editor", "test", address="try@example.com").status_code == 409
    (file,) = (own_desk.folder / "data" / "mailbox" / "new").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["To"].addresses[0].addr_spec == "try@example.com"
    assert "test" in message["Subject"].lower()
    assert own_desk.house.deliveries.counts(own_desk.key) == {}
    assert ("Bo", "test sent") in own_desk.actions(own_desk.key)


def test_an_edition_is_sent_by_a_process_of_its_own_only_when_it_could_go(own_desk, begun):
    looked_at = {"content": content(own_desk)}
    answer = act(own_desk, "editor", "send", **looked_at)
    assert answer.status_code == 422
    assert "not approved; nothing is sent" in answer.text
    assert begun == []
    assert act(own_desk, "editor", "approve", **looked_at, when="now").status_code == 303
    assert begun == [("deliver", own_desk.key)]
    assert act(own_desk, "editor", "send", content="b" * 64).status_code == 409
    assert begun == [("deliver", own_desk.key)]
    assert ("Bo", "send begun") in own_desk.actions(own_desk.key)


def test_an_edition_is_approved_for_an_instant_in_the_editors_zone(own_desk, begun):
    house = own_desk.house
    ends = own_desk.edition().expires_at
    zone = own_desk.newsroom.zone_of("Bo")
    looked_at = {"content": content(own_desk), "when": "at"}
    for at, said in (
        ("", "a date and a time"),
        (f"{ends.astimezone(zone):%Y-%m-%dT%H:%M:%S.%f}", "it expires at"),
        ("2026-01-01T10:00", "which is past"),
    ):
        answer = act(own_desk, "editor", "approve", **looked_at, at=at)
        assert answer.status_code == 409
        assert said in answer.text
    assert own_desk.edition().state == "in_review"
    at = (ends - dt.timedelta(hours=1)).astimezone(zone).replace(second=0, microsecond=0)
    answer = act(own_desk, "editor", "approve", **looked_at, at=f"{at:%Y-%m-%dT%H:%M}")
    assert answer.status_code == 303
    assert house.planning.of(own_desk.edition()).send_at == at
    assert begun == []
    page = own_desk.client("editor").get(f"/editions/{own_desk.key}").text
    assert "as Bo planned" in page
    assert act(own_desk, "editor", "unplan").status_code == 303
    assert house.planning.of(own_desk.edition()) is None
    assert own_desk.edition().state == "approved"


def test_an_edition_under_way_stops_before_its_next_copy(own_desk):
    house, client = own_desk.house, own_desk.client("editor")
    act(own_desk, "editor", "approve", content=content(own_desk))
    transport = house.transport("mailbox")
    hand_over = transport.send

    def send(envelope, before_dot):
        receipt = hand_over(envelope, before_dot)
        answer = client.act(f"/editions/{own_desk.key}/stop", reason=REASON)
        assert answer.status_code == 303, answer.text
        return receipt

    transport.send = send
    post = replace(house.pipeline.post, open_transport=lambda _: transport)
    pipeline = replace(house.pipeline, post=post)
    with pytest.raises(SendRefused, match="was cancelled; nothing more of it is sent"):
        pipeline.deliver(lambda function, *arguments: function(*arguments), own_desk.key)
    assert own_desk.edition().state is State.CANCELLED
    counts = {str(state): number for state, number in house.deliveries.counts(own_desk.key).items()}
    assert counts.pop("accepted") == 1
    assert sum(counts.values()) == 2
    assert counts.keys() <= {"queued", "deferred"}
    assert len(list((own_desk.folder / "data" / "mailbox" / "new").iterdir())) == 1
    assert "1 of 3 copies handed over" in client.get(f"/editions/{own_desk.key}").text


def test_an_editor_decides_with_the_keyboard_and_without_scripts(desk):
    page = desk.page("editor", f"/editions/{desk.key}")
    page.keyboard.press("a")
    dialog = page.locator("#act-approve")
    dialog.wait_for()
    said = dialog.inner_text()
    assert desk.edition().revision.content[:12] in said
    assert "3 readers" in said
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.keyboard.press("x")
    page.locator("#act-reject textarea").wait_for()
    page.keyboard.press("Escape")
    assert page.told == []
    page.context.close()
    page = desk.page("compliance", f"/editions/{desk.key}", width=390, java_script_enabled=False)
    page.click("noscript a[href$=decide]")
    assert page.locator("h1").inner_text() == f"Decide {desk.key}"
    page.locator("form[action$=hold] textarea").fill(REASON)
    page.click("text=Hold it")
    page.wait_for_url(f"**/editions/{desk.key}")
    assert desk.edition().state == "held"
    page.context.close()
    desk.house.desk.release(KEY, "Bo", dt.timedelta(hours=14))  # as other tests rely on
