"""Making, approving and sending an edition on the command line, with the sample market."""

import datetime as dt
import json
import mailbox
import shutil
import sqlite3
from contextlib import closing

import pytest
from engine_support import KEY, SAMPLE, CommandLine, unblocked

from newsletter.app import House


@pytest.fixture
def call(monkeypatch, capfd):
    return CommandLine(monkeypatch, capfd)


@pytest.fixture(scope="module")
def made(kept, tmp_path_factory):
    """One edition in a workspace, with its people; tests get copies."""
    folder = kept.evening(tmp_path_factory.mktemp("made") / "desk")
    house = House(folder / "config.yaml")
    house.editors.add("ann", "ann@example.com", house.clock.now())
    for name in ("ada", "bob", "cy"):
        house.audience.add(f"{name}@example.com", name, "evening", {}, house.clock.now())
    house.close()
    unblocked(folder)
    return folder


@pytest.fixture
def desk(made, tmp_path, monkeypatch):
    folder = tmp_path / "desk"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def known():
    return {}


@pytest.fixture
def computed_once(monkeypatch, known):
    """Compute the facts of an order for the first command that asks, and not again."""
    really = House.ledger

    def ledger(house, order):
        key = tuple(sorted(order.items()))
        if key not in known:
            known[key] = really(house, order)
        return known[key]

    monkeypatch.setattr(House, "ledger", ledger)


def letters(folder):
    box = mailbox.Maildir(folder / "data" / "mailbox", create=False)
    return [message["To"] for message in box]


def test_a_workspace_is_made_and_its_first_edition_waits_for_review(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("init", "desk")
    assert (code, err) == (0, "")
    assert "newsletter run --provider sample" in out
    names = {path.name for path in (tmp_path / "desk").iterdir()}
    assert names >= {"config.yaml", "templates"}
    monkeypatch.chdir(tmp_path / "desk")
    code, out, err = call("run", *SAMPLE, "--json")
    document = json.loads(out)
    assert err == ""
    assert code == (1 if document["blocked"] else 0)
    assert (document["key"], document["state"], document["revision"]) == (
        "2026-07-02.XNYS.evening",
        "in_review",
        1,
    )
    again = json.loads(call("run", *SAMPLE, "--json")[1])
    assert (again["revision"], again["content"]) == (1, document["content"])


def test_the_single_stages_make_what_the_run_made(call, desk):
    shown = call.json("editions", "show", KEY)
    snapshot = call.json("collect", *SAMPLE)
    assert snapshot == {"kind": "snapshot", "id": shown["snapshot"]}
    ledger = call.json("compute", shown["snapshot"])
    assert ledger == {"kind": "ledger", "id": shown["ledger"]}
    told = call.json("progress", KEY)
    assert (told["work"], told["state"], told["stage"]) == ("run", "done", "review")
    draft = call.json("draft", shown["ledger"])
    assert draft == {"kind": "draft", "id": shown["draft"]}
    told = call.json("progress", KEY)
    assert (told["work"], told["state"], told["stage"]) == ("draft", "done", "draft")
    mail = call.json("render", shown["draft"], shown["ledger"], shown["snapshot"])
    assert mail == {"kind": "rendered", "id": shown["rendered"]}
    code, out, err = call("preflight", shown["rendered"], shown["ledger"], "--json")
    report = json.loads(out)
    assert err == ""
    assert code == (1 if report["blocked"] else 0)
    assert len(report["claims"]) == len(shown["report"]["claims"]) > 0
    assert call.json("replay", KEY) == {"key": str(KEY), "identical": True, "differences": []}


def test_an_edition_is_approved_sent_once_to_each_reader_and_never_again(call, desk):
    assert call.json("approve", KEY, "--as", "ann")["approval"]["editor"] == "ann"
    sent = call.json("send", KEY)
    assert sent == {
        "key": str(KEY),
        "state": "sent",
        "deliveries": {"accepted": 3},
        "repeated": False,
    }
    assert sorted(to.split("<")[-1].strip(">") for to in letters(desk)) == [
        "ada@example.com",
        "bob@example.com",
        "cy@example.com",
    ]
    assert call.json("send", KEY) == {**sent, "repeated": True}
    assert len(letters(desk)) == 3
    code, out, _ = call("send", KEY)
    assert (code, "nothing was sent again" in out) == (0, True)
    actions = [entry["action"] for entry in call.json("audit", KEY)["entries"]]
    assert actions == ["submitted", "approved", "sending", "sent"]


def test_only_an_editor_approves_and_only_an_edition_there_is(call, desk):
    code, out, err = call("approve", KEY, "--as", "nobody", "--json")
    assert (code, json.loads(out)["exit"]) == (1, 1)
    assert "'nobody' is no active editor" in err
    code, _, err = call("approve", "2026-07-01.XNYS.evening", "--as", "ann")
    assert (code, "There is no edition 2026-07-01.XNYS.evening" in err) == (2, True)
    assert call.json("editions", "list")[0]["state"] == "in_review"


def test_an_edition_that_is_not_approved_is_not_sent(call, desk):
    code, out, err = call("send", KEY, "--json")
    assert (code, json.loads(out)["exit"]) == (1, 1)
    assert "is in_review, not approved; nothing is sent" in err
    assert not (desk / "data" / "mailbox").exists()
    # After the approval the same command works: the refusal is not remembered.
    call.json("approve", KEY, "--as", "ann")
    assert call.json("send", KEY)["state"] == "sent"


def test_a_blocked_edition_is_not_approved(call, desk):
    with closing(sqlite3.connect(desk / "data" / "newsletter.db")) as raw:
        raw.execute("update revisions set blocked = 1")
        raw.commit()
    code, out, err = call("approve", KEY, "--as", "ann", "--json")
    assert (code, json.loads(out)["exit"]) == (1, 1)
    assert "is blocked by preflight" in err


def test_a_test_copy_goes_out_unapproved_and_changes_nothing(call, desk):
    assert call.json("send", KEY, "--to", "me@example.com") == {
        "key": str(KEY),
        "test": "me@example.com",
    }
    assert [to.split("<")[-1].strip(">") for to in letters(desk)] == ["me@example.com"]
    assert call.json("editions", "list")[0]["state"] == "in_review"


@pytest.mark.parametrize(
    ("command", "state"), [("reject", "rejected"), ("hold", "held"), ("cancel", "cancelled")]
)
def test_a_decision_stops_an_edition_with_its_reason(call, desk, command, state):
    document = call.json(command, KEY, "--reason", "The VIX looks odd.")
    assert (document["state"], document["reason"]) == (state, "The VIX looks odd.")
    assert call("approve", KEY, "--as", "ann")[0] == 1
    assert call("send", KEY)[0] == 1
    last = call.json("audit", KEY)["entries"][-1]
    assert (last["actor"], last["action"]) == ("operator", state)
    assert last["detail"]["reason"] == "The VIX looks odd."


def test_an_edited_draft_becomes_a_revision_that_must_be_approved_anew(call, desk):
    call.json("approve", KEY, "--as", "ann")
    assert call("editions", "export", KEY, "out")[0] == 0
    draft = json.loads((desk / "out" / "draft.json").read_text())
    draft["headline"] = "A quieter headline"
    (desk / "edited.json").write_text(json.dumps(draft))
    answer = call("editions", "revise", KEY, "edited.json", "--as", "ann", "--json")
    document = json.loads(answer[1])
    assert answer[0] == (1 if document["blocked"] else 0)
    assert (document["revision"], document["author"], document["state"]) == (2, "ann", "in_review")
    assert (document["approval"], document["headline"]) == (None, "A quieter headline")
    assert call("send", KEY)[0] == 1
    code, out, _ = call("editions", "diff", KEY, "1", "2")
    assert code == 0
    assert "A quieter headline" in out
    assert {line[0] for line in out.splitlines()} >= {"+", "-"}
    assert call("editions", "revise", KEY, "edited.json", "--as", "nobody")[0] == 1


def test_an_export_holds_the_mail_and_everything_behind_it(call, desk):
    assert call("editions", "export", KEY, "deep/out")[0] == 0
    names = {path.name for path in (desk / "deep" / "out").iterdir()}
    assert names >= {
        "mail.html",
        "mail.txt",
        "web.html",
        "narration.txt",
        "draft.json",
        "ledger.json",
        "report.json",
        "edition.json",
    }
    page = (desk / "deep" / "out" / "web.html").read_text()
    assert 'src="data:image/png' in page  # one file, its pictures inside
    assert "reader.invalid" not in page
    code, _, err = call("editions", "export", KEY, "config.yaml")
    assert (code, "config.yaml cannot be written" in err) == (2, True)


def test_what_is_shown_is_what_is_kept(call, desk):
    document = call.json("editions", "show", KEY)
    assert document["schema"] == "edition/1"
    code, out, err = call("editions", "show", KEY)
    assert (code, err) == (0, "")
    assert out.startswith(f"{KEY}  in_review  revision 1\ncontent {document['content']}\n")
    assert document["headline"] in out
    assert call("editions", "list")[1].splitlines()[1].split() == [str(KEY), "in_review", "1"]


def test_facts_are_one_document_and_can_be_checked_against(call, desk, computed_once):
    ledger = call.json("facts", *SAMPLE)
    assert (ledger["schema"], len(ledger["facts"]) > 500) == ("ledger/1", True)
    (desk / "facts.json").write_text(json.dumps(ledger))
    true = {fact["id"]: fact for fact in ledger["facts"]}["VIX.level"]["display"]
    (desk / "fine.md").write_text(f"The VIX closed at {true}.\n")
    (desk / "false.md").write_text("The VIX closed at 91.23.\n")
    assert call("check", "fine.md", "--facts", "facts.json", "--json")[0] == 0
    code, out, err = call("check", "false.md", "--facts", "facts.json", "--json")
    assert (code, err) == (1, "")
    assert json.loads(out)["blocked"] is True


def test_signals_are_told_with_their_past(call, desk, computed_once):
    told = {one["name"]: one for one in call.json("signals", *SAMPLE)}
    size = told["small_vs_large"]
    assert [rate["horizon"] for rate in size["base_rates"]] == [5, 21, 63, 252]
    code, out, err = call("signals", *SAMPLE)
    assert code == 0
    assert "95 %" in err
    line = next(row.split() for row in out.splitlines() if row.startswith("small_vs_large"))
    assert line[1:3] == [size["state"], size["since"]]
    assert all(row.split()[-1] in {"signal", "noise", "few"} for row in out.splitlines()[1:])


def test_what_could_not_be_computed_is_told_with_its_reason(call, desk, computed_once):
    reasons = call.json("facts", *SAMPLE)["absent"]
    code, out, _ = call("facts", *SAMPLE, "--absent", "--only", "VIX.highest_close_since")
    assert code == 0
    assert all(f"{row.split()[0]}" in reasons for row in out.splitlines()[1:])
    shown = call("facts", *SAMPLE, "--absent")[1].splitlines()
    assert len(shown) == len(reasons) + 1


def test_an_altered_audit_log_is_an_exit_of_one(call, desk):
    assert call("audit")[1].endswith("chain intact\n")
    with closing(sqlite3.connect(desk / "data" / "newsletter.db")) as raw:
        raw.execute("update audit set actor = 'eve' where seq = 1")
        raw.commit()
    code, out, _ = call("audit")
    assert (code, out.splitlines()[-1]) == (1, "chain broken at entry 1")
    assert call.json("audit", code=1)["first_broken"] == 1


def test_the_schedule_lists_the_next_sessions(call, desk):
    listed = call.json("schedule", "--count", "3")
    assert len(listed) == 3
    assert all({"at", "key"} <= set(each) for each in listed)
    assert listed == sorted(listed, key=lambda each: each["at"])
    assert len(call("schedule", "--count", "3")[1].splitlines()) == 4


def test_the_plug_ins_and_the_version_are_listed(call, desk):
    listed = call.json("list")
    kinds = {"providers", "feeds", "signals", "themes", "rules", "charts", "transports"}
    assert kinds == set(listed)
    assert all(listed.values())
    code, out, _ = call("version")
    assert call("--version") == (code, out, "")
    assert (code, out.strip().count(".")) == (0, 2)


def test_the_demonstration_walks_the_whole_way_and_twice_sends_nothing_twice(
    call, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    first = call.json("demo", "--out", "show")
    assert (first["key"].endswith(".XNYS.evening"), first["state"]) == (True, "sent")
    assert first["accepted"] == 3
    assert first["proved"] + first["opinions"] == first["claims"] > 50
    assert first["proved"] > 0.95 * first["claims"]
    assert len(letters(tmp_path / "show")) == 3
    for name in ("html", "text", "web", "narration", "ledger", "mailbox"):
        assert (tmp_path / first[name]).exists()
    assert call.json("demo", "--out", "show") == first
    assert len(letters(tmp_path / "show")) == 3
    code, out, _ = call("demo", "--out", "show")
    assert (code, "3 readers served" in out) == (0, True)
    assert {first["web"], first["narration"]} <= set(out.split())


def test_an_edition_is_held_released_approved_and_planned(call, desk):
    assert call("hold", KEY, "--reason", "wait")[0] == 0
    assert "is in_review" in call("release", KEY, "--as", "ann")[1]
    code, _, err = call("release", KEY)
    assert (code, "only an edition on hold is released" in err) == (1, True)
    assert call("approve", KEY, "--as", "ann")[0] == 0
    for at, said in (("soon", "is no instant"), ("2026-01-01T10:00", "which is past")):
        code, out, err = call("plan", KEY, "--as", "ann", "--at", at)
        assert (code != 0, out) == (True, "")
        assert said in err
    with closing(House(desk / "config.yaml")) as house:
        ends = house.editions.get(KEY).expires_at
    at = (ends - dt.timedelta(hours=1)).isoformat(timespec="seconds")
    planned = call.json("plan", KEY, "--as", "ann", "--at", at)
    assert dt.datetime.fromisoformat(planned["send_at"]).isoformat(timespec="seconds") == at
    assert "has no plan any more" in call("plan", KEY, "--as", "ann", "--drop")[1]
    code, _, err = call("plan", KEY, "--as", "ann")
    assert "Give either --at" in err
