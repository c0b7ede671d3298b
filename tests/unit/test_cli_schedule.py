"""What `newsletter schedule` shows, adds and removes, and what it refuses."""

import datetime as dt
import json

import pytest
from engine_support import CommandLine
from timekeeper_support import DAY, Nights, evening, utc

from newsletter.review.due import Due, Turn

SESSION = "2027-03-12"
"""A Friday; clocks go forward on the Sunday after it, so nothing of it is past for a while."""
KEY = evening(SESSION)


@pytest.fixture
def call(tmp_path, monkeypatch, capfd):
    """The command line in a workspace whose program believes that it is 10 March 2027."""
    nights = Nights(tmp_path / "w", "2027-03-10T12:00:00")
    monkeypatch.chdir(nights.folder)
    monkeypatch.setattr("newsletter.clock.SystemClock.now", lambda self: nights.clock.now())
    command = CommandLine(monkeypatch, capfd)
    command.nights = nights
    yield command
    nights.close()


def failed(found, code, words):
    assert found[0] == code, found
    assert words in found[2]
    assert found[2].count("\n") == 1


def quiet(call, *arguments):
    """Run a command with --json and return what it printed."""
    code, out, err = call("schedule", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_the_next_runs_in_both_times_on_both_sides_of_daylight_saving(call):
    rows = quiet(call, "--count", "4")
    assert [(row["at"], row["local"], row["key"]) for row in rows] == [
        (f"2027-03-{day}T{utc_hour}:30:00+00:00", f"2027-03-{day}T17:30:00-0{offset}:00",
         evening(f"2027-03-{day}"))
        for day, utc_hour, offset in [(10, 22, 5), (11, 22, 5), (12, 22, 5), (15, 21, 4)]
    ]  # fmt: skip
    assert {row["zone"] for row in rows} == {"America/New_York"}
    _, out, _ = call("schedule", "--count", "4")
    assert "Mon 2027-03-15 17:30 EDT  2027-03-15 21:30  2027-03-15.XNYS.evening" in out


def test_what_is_added_is_shown_once_and_taken_back(call):
    assert quiet(call, "add", "evening", f"{SESSION}T20:15") == {
        "at": "2027-03-13T01:15:00+00:00", "key": KEY,
    }  # fmt: skip
    rows = {row["key"]: row for row in quiet(call, "--count", "5")}
    assert len(rows) == 5
    assert (rows[KEY]["at"], rows[KEY]["by"]) == ("2027-03-13T01:15:00+00:00", "operator")
    failed(call("schedule", "add", "evening", f"{SESSION}T21:00"), 1, "is to be made at 2027-03-13")
    assert quiet(call, "remove", KEY) == {"key": KEY, "removed": True}
    rows = {row["key"]: row["at"] for row in quiet(call)}
    assert rows[KEY] == "2027-03-12T22:30:00+00:00"
    failed(call("schedule", "remove", KEY), 2, "was not added to the schedule")
    actions = [one.action for one in call.nights.house.audit.entries()]
    assert actions == ["scheduled", "unscheduled"]


def test_an_edition_that_is_not_enabled_can_be_added_of_an_earlier_session(call):
    added = quiet(call, "add", "weekly", "2027-03-10T18:00", "--session", "2027-03-08")
    assert added["key"] == "2027-03-08.XNYS.weekly"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nightly", "2027-03-12T20:00"), 2, "There is no edition 'nightly'; config.yaml has"),
        (("evening", "tomorrow"), 2, "'tomorrow' is no instant"),
        (("evening", "2027-03-14T02:30"), 2, "does not exist in America/New_York"),
        (("evening", "2300-01-02T20:00"), 3, "outside the calendars"),
        (("evening", "9999-12-31T23:59"), 2, "is no instant"),
        (("evening", "0001-01-01T00:00+14:00"), 2, "is no instant"),
        (("evening", "2027-03-09T20:00"), 1, "is past; name a later instant"),
        (("evening", "2027-03-12T12:00", "--session", SESSION), 1, "has not closed at"),
        (("evening", "2027-03-12T20:00", "--session", "2027-03-07"), 3, "is not a trading day"),
        (("evening", "2027-03-12T20:00", "--as", "Nobody"), 1, "no active editor"),
    ],
)
def test_what_cannot_be_added_is_refused_in_one_sentence(call, arguments, code, words):
    failed(call("schedule", "add", *arguments), code, words)


def test_what_became_of_those_past_is_told_with_its_reason(call):
    house, at = call.nights.house, utc("2027-03-09T22:30:00")
    house.due.record(Due(evening("2027-03-08"), at - DAY, Turn.MADE, "schedule", at - DAY))
    reason = "Nobody looked at the schedule."
    house.due.record(Due(evening("2027-03-09"), at, Turn.SKIPPED, "schedule", at, reason))
    house.due.record(Due(KEY, at + 9 * DAY, Turn.PLANNED, "ada", at))
    rows = quiet(call, "--past")
    assert [(row["key"][:10], row["state"], row["reason"]) for row in rows] == [
        ("2027-03-09", "skipped", reason), ("2027-03-08", "made", ""),
    ]  # fmt: skip
    assert dt.datetime.fromisoformat(rows[0]["at"]) == at
    _, out, _ = call("schedule", "--past")
    assert f"Tue 2027-03-09 17:30 EST  2027-03-09.XNYS.evening  skipped  {reason}" in out
