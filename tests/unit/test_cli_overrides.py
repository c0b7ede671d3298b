"""Overrides and sourced facts on the command line, with the sample market."""

import json
import shutil

import pytest
from engine_support import KEY, CommandLine

from newsletter.app import House
from newsletter.review.roles import Role

REASON = "The sentence quotes the fund's own letter."
ADVICE = "The letter of the fund says that investors should buy it and wait."
ID = "cited.unemployment_expectations.value"
FACT = {
    "--name": "unemployment expectations",
    "--value": "41.7",
    "--unit": "percent",
    "--source": "Federal Reserve Bank of New York, Survey of Consumer Expectations",
    "--link": "https://www.newyorkfed.org/microeconomics/sce",
    "--date": "2026-06-08",
    "--as": "will",
}


@pytest.fixture
def call(monkeypatch, capfd):
    return CommandLine(monkeypatch, capfd)


@pytest.fixture(scope="module")
def made(kept, tmp_path_factory):
    """One edition in a workspace, with its people; tests get copies."""
    folder = kept.evening(tmp_path_factory.mktemp("made") / "desk")
    house = House(folder / "config.yaml")
    now = house.clock.now()
    for name, role in (("dana", Role.EDITOR), ("cora", Role.COMPLIANCE), ("will", Role.WRITER)):
        house.editors.add(name, f"{name}@example.com", now, role)
    house.close()
    return folder


@pytest.fixture
def desk(made, tmp_path, monkeypatch):
    folder = tmp_path / "desk"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def options(**changes):
    given = {**FACT, **{f"--{name}": value for name, value in changes.items()}}
    return [word for pair in given.items() for word in pair]


def revised(call, desk, sentence):
    """Put a sentence into the body as an editor does: export, edit, revise."""
    assert call("editions", "export", KEY, "out")[0] == 0
    draft = json.loads((desk / "out" / "draft.json").read_text())
    draft["sections"][0]["paragraphs"].append(sentence)
    (desk / "edited.json").write_text(json.dumps(draft))
    return call("editions", "revise", KEY, "edited.json", "--as", "will", "--json")


def blocking(call):
    findings = call.json("editions", "show", KEY)["report"]["findings"]
    return {each["key"]: each for each in findings if each["severity"] == "block"}


def test_a_blocked_edition_is_shown_answered_for_and_approved(call, desk):
    assert revised(call, desk, ADVICE)[0] == 1
    found = blocking(call)
    assert all(each["overridden_by"] is None for each in found.values())
    assert all(each["never"] is None for each in found.values())
    code, out, err = call("approve", KEY, "--as", "dana")
    assert (code, out) == (1, "")
    assert any(f"newsletter override {KEY} {key} --as EDITOR --reason TEXT" in err for key in found)
    for left, key in zip(reversed(range(len(found))), found, strict=True):
        code, out, err = call("override", KEY, key, "--as", "cora", "--reason", REASON, "--json")
        assert (code, err) == (1 if left else 0, "")
    document = json.loads(out)
    assert document["blocked"] is False
    assert [one["finding"] for one in document["overrides"]] == list(found)
    assert document["overrides"][0]["reason"] == REASON
    shown = call("editions", "show", KEY)[1]
    for key in found:
        assert f"[{key}] Overridden by cora." in shown
        assert f"override: {key} " in shown
    assert call.json("editions", "list")[0]["blocked"] is False
    approved = call.json("approve", KEY, "--as", "dana")
    assert approved["state"] == "approved"
    log = call("audit", KEY)[1]
    (line, *_) = [line for line in log.splitlines() if "  overridden  " in line]
    for part in ("cora", "rule L", "words ", f"reason {REASON}", "role compliance", "revision 2"):
        assert part in line
    assert log.endswith("chain intact\n")
    assert call.json("replay", KEY)["identical"] is True


def test_an_override_that_may_not_be_is_one_sentence(call, desk):
    revised(call, desk, ADVICE)
    key, *_ = blocking(call)
    for finding, editor, reason, code, words in (
        (key, "dana", REASON, 1, "may not override a finding; that takes compliance or admin"),
        (key, "will", REASON, 1, "will is a writer"),
        (key, "nobody", REASON, 1, "no active editor"),
        (key, "cora", "because", 1, "10 to 500 characters"),
        ("0123456789ab", "cora", REASON, 2, "no blocking finding '0123456789ab'"),
    ):
        found, out, err = call("override", KEY, finding, "--as", editor, "--reason", reason)
        assert (found, out, err.count("\n")) == (code, "", 1), words
        assert words in err
    assert {each["overridden_by"] for each in blocking(call).values()} == {None}


def test_a_finding_that_always_stands_says_so(call, desk):
    assert revised(call, desk, "Unemployment expectations are at [[ this ]] level.")[0] == 1
    key, each = next((k, f) for k, f in blocking(call).items() if f["rule"] == "S01")
    assert each["never"] == "something was left unfilled"
    assert f"[{key}] No override: something was left unfilled." in call("editions", "show", KEY)[1]
    code, _, err = call("override", KEY, key, "--as", "cora", "--reason", REASON)
    assert (code, "cannot be overridden: something was left unfilled" in err) == (1, True)


def test_a_sourced_fact_is_added_listed_used_and_checked_against(call, desk):
    added = call.json("fact", "add", KEY, *options())
    assert (added["revision"], added["fact"]["id"]) == (2, ID)
    assert added["fact"]["link"] == FACT["--link"]
    assert [fact["id"] for fact in call.json("fact", "list", KEY)] == [ID]
    assert FACT["--source"] in call("fact", "list", KEY)[1]
    code, out, err = revised(call, desk, f"Unemployment expectations stood at {{{{{ID}}}}}.")
    assert (code, err) == (0, ""), json.loads(out)["report"]["findings"]
    assert call("editions", "export", KEY, "out")[0] == 0
    mail = (desk / "out" / "mail.txt").read_text()
    assert "Sources\n-------" in mail
    assert FACT["--link"] in mail
    text = "Thursday 2 July 2026\n\nUnemployment expectations stood at 41.7%.\n"
    (desk / "bare.md").write_text(text)
    (desk / "full.md").write_text(f"{text}\n{FACT['--source']}\n")
    facts = ("--facts", "out/ledger.json")
    assert call("check", "full.md", *facts, "--json")[0] == 0
    code, out, _ = call("check", "bare.md", *facts, "--json")
    assert (code, [each["rule"] for each in json.loads(out)["findings"]]) == (1, ["F01"])
    assert call.json("replay", KEY)["identical"] is True


def test_a_sourced_fact_is_told_for_people_with_its_slot(call, desk):
    code, out, err = call("fact", "add", KEY, *options(id="jobs"))
    assert (code, out) == (0, f"{{{{cited.jobs.value}}}} prints 41.7%, from {FACT['--source']}.\n")
    assert "newsletter editions revise" in err
    assert "cited.jobs.value" in call("fact", "add", KEY, *options(id="jobs", value="41.8"))[1]
    assert [fact["value"] for fact in call.json("fact", "list", KEY)] == [41.8]


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("value", "nan", 2),
        ("value", "4.2%", 2),
        ("unit", "ounces", 2),
        ("link", "http://example.com/", 2),
        ("link", "https://me:secret@example.com/", 2),
        ("date", "2026-07-03", 2),
        ("name", "evil\u202ename", 2),
        ("source", "Fed\x1b[2J", 2),
        ("as", "cora", 1),
        ("as", "nobody", 1),
    ],
)
def test_a_fact_that_cannot_be_is_one_sentence_and_no_revision(call, desk, option, value, code):
    found, out, err = call("fact", "add", KEY, *options(**{option: value}))
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert not set(err) & {"\u202e", "\x1b"}
    assert call.json("editions", "list")[0]["revision"] == 1


def test_a_fact_for_an_edition_there_is_not(call, desk):
    code, _, err = call("fact", "add", "2026-07-01.XNYS.evening", *options())
    assert (code, "There is no edition 2026-07-01.XNYS.evening" in err) == (2, True)
