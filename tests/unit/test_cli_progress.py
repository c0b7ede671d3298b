"""The command that shows runs, with a board in whatever state."""

import datetime as dt
import shutil
from dataclasses import replace

import pytest
from engine_support import KEY, CommandLine
from progress_support import making

from newsletter import assets
from newsletter.app import House
from newsletter.cli.progress import lasting
from newsletter.underway import CAP, Course


@pytest.fixture
def call(monkeypatch, capfd):
    return CommandLine(monkeypatch, capfd)


@pytest.fixture
def board(tmp_path, monkeypatch):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    monkeypatch.chdir(tmp_path)
    house = House(tmp_path / "config.yaml")
    yield house.runs
    house.close()


def going(**changes):
    at = dt.datetime.now(dt.UTC)
    plain = {"edition": str(KEY), "started_at": at - dt.timedelta(seconds=65), "updated_at": at}
    return making(**{**plain, "stage": "draft", "hand": "model:fake", **changes})


OLD = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def test_nothing_yet_is_said_and_no_error(call, board):
    code, out, err = call("progress")
    assert (code, out) == (0, "")
    assert err.startswith("No edition is being made, and none was")
    assert call.json("progress") == {"schema": "progress-list/1", "runs": []}


def test_the_latest_runs_are_listed_whatever_became_of_them(call, board):
    board.begin(going())
    board.begin(going(edition="2026-07-01.XNYS.evening", updated_at=OLD, started_at=OLD))
    board.begin(going(edition="2026-06-30.XNYS.evening", state=Course.DONE, stage="review"))
    code, out, _ = call("progress")
    assert code == 0
    rows = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert "running" in rows[str(KEY)]
    assert "1 min" in rows[str(KEY)]
    assert "broken off" in rows["2026-07-01.XNYS.evening"]
    assert "done" in rows["2026-06-30.XNYS.evening"]
    states = {one["edition"]: one["state"] for one in call.json("progress")["runs"]}
    assert states["2026-07-01.XNYS.evening"] == "stale"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"message": "prices", "done": 3, "total": 9}, 0, "draft: prices 3/9"),
        ({"state": Course.DONE}, 0, "It is done."),
        ({"state": Course.FAILED, "reason": "No bars."}, 1, "It failed at draft. No bars."),
        ({"updated_at": OLD}, 1, "No sign of life since 2026-01-05 12:00:00 UTC"),
    ],
)
def test_one_run_is_told_with_its_code(call, board, changes, code, words):
    board.begin(going(text="words", sent=5, **changes))
    found, out, err = call("progress", KEY)
    assert (found, err) == (code, "")
    assert words in out
    assert "written by model:fake, 5 characters" in out
    document = call.json("progress", KEY, code=code)
    assert (document["schema"], document["edition"]) == ("progress/1", str(KEY))
    if code or changes.get("state"):  # it has ended: a follower tells so and ends too
        found, out, err = call("progress", KEY, "--follow")
        assert (found, out) == (code, "words\n")
        assert words in err
        assert call.json("progress", KEY, "--follow", code=code) == document


def test_a_follower_prints_each_piece_once_and_marks_what_it_missed(
    call, board, monkeypatch, capfd
):
    """The pauses of the follower are when the run goes on."""
    run = going(stage="collect")
    board.begin(run)
    steps = iter(
        [
            {"stage": "draft", "text": "one ", "sent": 4},
            {"text": "one two", "sent": 7},
            {"text": "one two\nthree", "sent": 13, "stage": "render"},
            {"text": "x" * CAP, "sent": 3 * CAP},
            {"state": Course.DONE},
        ]
    )

    def pause(_):
        nonlocal run
        run = replace(run, updated_at=dt.datetime.now(dt.UTC), **next(steps))
        assert board.tell(run)

    monkeypatch.setattr("newsletter.cli.progress.sleep", pause)
    code, out, err = call("progress", "--follow")  # the only one under way
    assert code == 0
    assert out == "one two\n\nthree…" + "x" * CAP + "\n"
    assert [line.strip() for line in err.splitlines()] == [
        "collect",
        "draft",
        "render",
        f"{KEY}: It is done.",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "'nonsense' is no edition key"),
        ([KEY], f"No run of {KEY} is on record"),
        ([KEY, "--follow"], f"No run of {KEY} is on record"),
        (["--follow"], "No edition is being made; name the one to follow with KEY."),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_sentence(call, board, arguments, words):
    code, out, err = call("progress", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (65, "1 min 05 s"), (3660, "1 h 01 min")]
)
def test_lengths_of_time(seconds, words):
    assert lasting(seconds) == words
