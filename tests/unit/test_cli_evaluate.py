"""evaluate: the days of an edition, and what it says of wrong ones."""

import json
import shutil

import pytest
from engine_support import CommandLine

from newsletter import assets

CLOSINGS = ["2026-06-18", "2026-06-26"]
"""Last sessions of their weeks; Friday 19 June is a holiday."""


@pytest.fixture
def call(monkeypatch, capfd):
    return CommandLine(monkeypatch, capfd)


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
def test_a_weekly_is_rehearsed_on_the_days_it_appears_only(call, tmp_path):
    order = ("--sessions", "2026-06-15:2026-06-26", "--provider", "sample", "--out", "samples")
    code, out, err = call("evaluate", "--edition", "weekly", *order, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["sessions"], found["clean"]) == (2, 2)
    names = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert [day for day in CLOSINGS if any(day in name for name in names)] == CLOSINGS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--sessions", "2026-06-15"), "give two days, such as"),
        (("--sessions", "2026-06-16:2026-06-15"), "swap the days"),
        (("--sessions", "2026-06-20:2026-06-21"), "the exchange was closed on all those days"),
        (
            ("--sessions", "2026-06-15:2026-06-16", "--edition", "weekly"),
            "no weekly edition appears after any of those days",
        ),
        (("--sessions", "2026-06-15:2026-06-15", "--edition", "daily"), "--edition is 'daily'"),
    ],
)
def test_wrong_days_and_editions_are_told_in_a_sentence(call, arguments, words):
    code, out, err = call("evaluate", *arguments, "--provider", "sample")
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1
