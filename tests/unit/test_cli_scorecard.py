"""`newsletter scorecard` as somebody sees it who has never used it."""

import contextlib
import datetime as dt
import shutil
from decimal import Decimal

import pytest
from engine_support import LIFETIME, CommandLine, revision
from memory_support import DAYS, call, key, said

from newsletter import assets
from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.draft.memory import Findings, Mark
from newsletter.review.edition import EditionKey

NOW = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
SESSIONS = DAYS.between(dt.date(2026, 1, 5), dt.date(2026, 6, 30))[::6]


@pytest.fixture
def program(monkeypatch, capfd):
    return CommandLine(monkeypatch, capfd)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record(folder, made, *, simulated=False):
    """Put sent calls on record: session, direction, outcome (None open, "" unsettled)."""
    with contextlib.closing(House(folder / "config.yaml", clock=FixedClock(NOW))) as house:
        memory = house.pipeline.memory
        for session, direction, outcome in made:
            house.desk.submit(EditionKey.parse(key(session)), revision(), LIFETIME)
            one = call(session, direction, trailing="1.5")
            memory.record(said(session, calls=[one], simulated=simulated), NOW)
            if outcome is not None:
                value = Decimal(outcome) if outcome else None
                reason = "" if outcome else "No session gave its figure."
                mark = Mark(one.edition, 1, one.due, value, value and session, reason)
                memory.add(Findings((mark,)), NOW)


def test_before_anything_was_sent_it_says_so_in_one_sentence(program, workspace):
    code, out, err = program("scorecard")
    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert err.startswith("No call has been sent yet:")
    assert program("scorecard", "--sample") == (code, out, err)


def test_before_anything_was_sent_its_json_is_whole(program, workspace):
    document = program.json("scorecard")
    assert (document["schema"], document["made"], document["calls"]) == ("scorecard/1", 0, [])


def test_who_has_only_sent_the_sample_market_is_shown_the_way(program, workspace):
    record(workspace, [(SESSIONS[0], "up", "1.00")], simulated=True)
    code, out, err = program("scorecard")
    assert (code, out, err.count("\n")) == (0, "", 1)
    assert "newsletter scorecard --sample" in err
    assert "IWM-SPY up" in program("scorecard", "--sample")[1]


def test_every_call_is_shown_the_lost_ones_too(program, workspace):
    record(workspace, [
        (SESSIONS[0], "up", "1.00"), (SESSIONS[1], "up", "-2.50"), (SESSIONS[2], "down", ""),
        (SESSIONS[3], "down", None),
    ])  # fmt: skip
    code, out, err = program("scorecard")
    assert code == 0
    head, right, wrong, unsettled, still_open, _, _, score = out.splitlines()
    assert head.split() == [
        "edition", "call", "over", "due", "outcome", "right", "trailing", "always", "up",
    ]  # fmt: skip
    assert right.split()[-5:] == ["+1.00", "points", "yes", "yes", "yes"]
    assert wrong.split()[-5:] == ["-2.50", "points", "no", "no", "no"]
    assert unsettled.split()[-1] == "unsettled"
    assert still_open.split()[-1] == "open"
    assert score.split()[:5] == ["5d", "1", "of", "2", "2"]
    assert "too few" in score
    assert "unsettled. No session gave its figure." in err


def test_a_long_record_shows_rates_intervals_and_a_verdict(program, workspace):
    record(workspace, [(s, "up", ("2.00", "-1.00")[n % 3 == 0]) for n, s in enumerate(SESSIONS)])
    code, out, err = program("scorecard")
    score = out.splitlines()[-1]
    assert code == 0
    count = len(SESSIONS)
    hits = sum(n % 3 != 0 for n in range(count))
    assert score.split()[:6] == ["5d", str(hits), "of", str(count), str(count),
                                 f"{100 * hits / count:.0f}%"]  # fmt: skip
    assert score.endswith("no better")
    for word in ("Wilson", "overlap", "bootstrap", "Trailing", "Always up"):
        assert word in err
    document = program.json("scorecard")
    (told,) = document["scores"]
    assert (told["hits"], told["settled"], told["verdict"]) == (hits, count, "no better")
    assert told["interval"][0] < told["hit_rate"] < told["interval"][1]
    assert told["naive"]["always_up"]["difference"] == 0


@pytest.mark.parametrize("wrong", [("extra",), ("--sampel",), ("--sample", "yes")])
def test_wrong_input_is_told_in_one_sentence(program, workspace, wrong):
    code, out, err = program("scorecard", *wrong)
    assert (code, out) == (2, "")
    assert err.startswith("newsletter: ")
    assert "newsletter scorecard --help" in err
    assert err.count("\n") == 1


def test_outside_a_workspace_it_says_how_to_make_one(program, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = program("scorecard")
    assert code == 2
    assert "newsletter init" in err


def test_looking_changes_nothing(program, workspace):
    record(workspace, [(SESSIONS[0], "up", "1.00")])
    assert program("scorecard") == program("scorecard")
