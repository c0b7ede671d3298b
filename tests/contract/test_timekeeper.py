"""What is due is made once: after downtime, by several, through deaths and clocks that jump."""

import datetime as dt
import threading

import pytest
from timekeeper_support import Nights, evening, utc

from newsletter.desk.matters import Matters
from newsletter.errors import DataUnavailable, RenderError
from newsletter.operating import timekeeper as timekeepers
from newsletter.operating.timekeeper import Timekeeper, ticking, upcoming
from newsletter.review.due import Due, Turn
from newsletter.review.notice import About
from newsletter.underway import Course, Making

THURSDAY, MONDAY, TUESDAY = evening("2026-07-02"), evening("2026-07-06"), evening("2026-07-07")
BEFORE = "2026-07-02T21:00:00"
"""Thursday 2 July 2026 closes at 20:00 UTC; the 3rd is a holiday."""


@pytest.fixture
def nights(tmp_path):
    made = Nights(tmp_path / "w", BEFORE)
    made.look()
    yield made
    made.close()


def with_schedule(**given):
    return lambda plain: plain.update(schedule=given)


def test_an_edition_is_begun_when_it_is_due_and_not_again(nights):
    assert nights.look("2026-07-02T21:29:59") == []
    assert nights.look("2026-07-02T21:30:00") == [THURSDAY]
    assert nights.turn(THURSDAY) == ("made", "")
    assert nights.look("2026-07-02T21:30:10") == []
    assert nights.look("2026-07-04T12:00:00") == []
    assert nights.look("2026-07-06T21:30:04") == [MONDAY]


@pytest.mark.databases
def test_of_several_schedulers_one_begins_each_edition(tmp_path):
    nights = Nights(tmp_path / "w", BEFORE)
    nights.look()
    others = [nights.another() for _ in range(4)]
    nights.clock.instant = utc("2026-07-02T21:30:02")
    gate, failed = threading.Barrier(len(others)), []

    def look(one):
        try:
            gate.wait(120)
            for _ in range(5):
                one.look()
        except Exception as error:  # noqa: BLE001 - of a thread
            failed.append(error)

    threads = [threading.Thread(target=look, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [key for _, key in nights.began] == [THURSDAY]
    assert nights.turn(THURSDAY)[0] == "made"
    nights.close()


@pytest.mark.parametrize("when", ["recorded", "begun"])
def test_whoever_dies_between_two_steps_is_followed_by_another(nights, when):
    class Killed(BaseException):
        pass

    def dies(key):
        if when == "begun":
            nights.began.append((nights.clock.now(), key))
        raise Killed

    nights.clock.instant = utc("2026-07-02T21:30:00")
    with pytest.raises(Killed):
        Timekeeper(nights.house, dies, nights.said.append).look()
    assert nights.turn(THURSDAY) == ("begun", "")
    other = nights.another()
    assert nights.look("2026-07-02T21:30:30", other) == []  # it may still be at it
    assert nights.look("2026-07-02T21:31:00", other) == [THURSDAY]
    assert nights.turn(THURSDAY)[0] == "made"


def test_a_run_that_shows_no_sign_of_life_is_begun_once_more(nights):
    nights.timekeeper = elsewhere(nights)
    assert nights.look("2026-07-02T21:30:00") == [THURSDAY]
    at = nights.clock.now()
    board(nights, THURSDAY, at + dt.timedelta(seconds=1))
    assert nights.look("2026-07-02T21:30:29") == []
    assert nights.look("2026-07-02T21:31:02") == [THURSDAY]  # silent for longer than half a minute
    nights.make(THURSDAY)
    assert nights.look("2026-07-02T21:33:00") == []
    assert nights.turn(THURSDAY)[0] == "made"


def elsewhere(nights):
    """Return an timekeeper whose runs are made by other processes, which tell the board."""
    return Timekeeper(
        nights.house, lambda key: nights.began.append((nights.clock.now(), key)), nights.said.append
    )


def board(nights, key, at, state=Course.RUNNING, stage="collect", reason=""):
    nights.house.runs.begin(Making(key, f"r{at}", "run", at, at, state, stage, reason=reason))


def test_what_an_asynchronous_run_finds_missing_is_fetched_again(nights):
    nights.timekeeper = elsewhere(nights)
    nights.look("2026-07-02T21:30:00")
    board(nights, THURSDAY, nights.clock.now(), Course.FAILED, reason="There are no bars yet.")
    assert nights.look("2026-07-02T21:30:10") == []
    turn, reason = nights.turn(THURSDAY)
    assert (turn, reason) == ("waiting", "It failed at collect. There are no bars yet.")
    assert nights.look("2026-07-02T21:40:10") == [THURSDAY]
    assert nights.look("2026-07-02T21:40:20") == []
    assert nights.turn(THURSDAY)[0] == "started"  # the board still shows the run before
    board(nights, THURSDAY, nights.clock.now(), Course.FAILED, "render", "A template is broken.")
    nights.look("2026-07-02T21:40:30")
    assert nights.turn(THURSDAY) == ("failed", "It failed at render. A template is broken.")


def test_missing_data_are_asked_for_again_until_the_policy_ends(tmp_path):
    nights = Nights(tmp_path / "w", BEFORE, with_schedule(retry_minutes=30, retry_hours=2))
    nights.look()
    nights.fails[THURSDAY] = DataUnavailable("The source has no bars of the session yet.")
    at = utc("2026-07-02T21:30:00")
    for minute in range(0, 240, 10):
        nights.look(at + dt.timedelta(minutes=minute))
    begun = [(when - at) / dt.timedelta(minutes=1) for when, _ in nights.began]
    assert begun == [0, 30, 60, 90, 120]
    assert nights.turn(THURSDAY) == ("failed", "The source has no bars of the session yet.")
    nights.close()


def test_data_that_come_at_last_make_the_edition(nights):
    nights.fails[THURSDAY] = DataUnavailable("The source has no bars of the session yet.")
    nights.look("2026-07-02T21:30:00")
    del nights.fails[THURSDAY]
    assert nights.look("2026-07-02T21:39:59") == []
    assert nights.look("2026-07-02T21:40:00") == [THURSDAY]
    assert nights.turn(THURSDAY) == ("made", "")


def test_editors_are_told_of_a_run_without_data_once_it_is_given_up(tmp_path):
    def change(plain):
        plain["review"]["tell"] = True
        plain["schedule"] = {"retry_minutes": 10, "retry_hours": 0.2}

    nights = Nights(tmp_path / "w", BEFORE, change)
    nights.timekeeper = elsewhere(nights)
    nights.look()
    nights.look("2026-07-02T21:30:00")

    def told():
        return [one.about for one in Matters(nights.house).all()]

    for at in ("2026-07-02T21:30:05", "2026-07-02T21:40:15"):
        board(nights, THURSDAY, utc(at), Course.FAILED, reason="There are no bars yet.")
        nights.clock.instant = utc(at) + dt.timedelta(seconds=1)
        assert told() == []  # the schedule has yet to look
        nights.look(utc(at) + dt.timedelta(seconds=5))
        nights.look(utc(at) + dt.timedelta(minutes=10, seconds=5))
    assert nights.turn(THURSDAY)[0] == "failed"
    assert told() == [About.FAILED]
    nights.close()


def test_editors_are_told_at_once_where_nobody_looks_at_the_schedule_any_more(tmp_path):
    nights = Nights(tmp_path / "w", BEFORE, lambda plain: plain["review"].update(tell=True))
    at = nights.clock.now()
    nights.house.due.record(Due(THURSDAY, at, Turn.STARTED, "schedule", at))
    board(nights, THURSDAY, at, Course.FAILED, reason="There are no bars yet.")
    nights.clock.advance(dt.timedelta(minutes=2))
    assert [one.about for one in Matters(nights.house).all()] == [About.FAILED]
    nights.close()


def test_any_other_failure_waits_for_a_person(nights):
    nights.fails[THURSDAY] = RenderError("A template is broken.")
    nights.look("2026-07-02T21:30:00")
    assert nights.turn(THURSDAY) == ("failed", "A template is broken.")
    assert nights.look("2026-07-02T23:30:00") == []


def test_a_firing_missed_while_nobody_was_there_is_made_if_it_is_fresh(nights):
    assert nights.look("2026-07-03T03:30:00") == [THURSDAY]


def test_one_that_is_not_fresh_any_more_is_recorded_with_its_reason(nights):
    assert nights.look("2026-07-03T03:30:01") == []
    turn, reason = nights.turn(THURSDAY)
    assert turn == "skipped"
    assert "from 2026-07-02 21:00 UTC to 2026-07-03 03:30 UTC" in reason
    assert "stays fresh for 6 h" in reason
    said = nights.house.audit.page(timekeepers_of(THURSDAY), 5)
    assert [one.entry.detail for one in said] == [{"reason": reason}]


def timekeepers_of(key):
    from newsletter.review.listing import Sought

    return Sought(action="not made", subject=key)


def test_after_days_only_the_newest_of_a_kind_is_made_and_only_while_its_session_is_the_last(
    tmp_path,
):
    nights = Nights(tmp_path / "w", BEFORE, with_schedule(fresh_hours=96, look_back_days=14))
    nights.look()
    # Tuesday evening, back after five days: Monday's session is over, Thursday's long past.
    assert nights.look("2026-07-07T22:00:00") == [TUESDAY]
    assert nights.turn(THURSDAY)[0] == nights.turn(MONDAY)[0] == "skipped"
    assert "its time was over 2026-07-07 20:00 UTC" in nights.turn(MONDAY)[1]
    nights.close()


def test_a_new_installation_makes_up_for_nothing_before_it_was_there(tmp_path):
    nights = Nights(tmp_path / "w", "2026-07-02T21:45:00")
    assert nights.look() == []
    assert nights.look("2026-07-02T22:00:00") == []
    assert nights.turn(THURSDAY) is None
    nights.close()


def test_what_was_made_by_hand_before_is_not_made_again(nights):
    nights.clock.instant = utc("2026-07-02T21:10:00")
    nights.make(THURSDAY)
    assert nights.look("2026-07-02T21:30:00") == []
    assert nights.turn(THURSDAY)[0] == "made"


def test_a_clock_put_back_doubles_nothing(nights):
    assert nights.look("2026-07-02T21:30:05") == [THURSDAY]
    assert nights.look("2026-07-02T20:30:00") == []
    assert nights.look("2026-07-02T21:30:00") == []
    assert nights.look("2026-07-06T21:30:00") == [MONDAY]


def test_a_clock_that_ran_months_ahead_loses_nothing(nights):
    nights.fails |= {evening("2026-12-31"): DataUnavailable("That session is not over.")}
    nights.look("2027-01-01T00:00:00")
    assert nights.turn(evening("2026-12-31"))[0] == "waiting"
    assert nights.turn(evening("2026-12-30"))[0] == "skipped"
    assert nights.look("2026-07-02T21:30:00") == [THURSDAY]
    assert nights.turn(evening("2026-12-31")) is nights.turn(evening("2026-12-30")) is None
    nights.fails.clear()
    nights.look("2026-12-30T22:29:00")
    assert nights.look("2026-12-30T22:30:00") == [evening("2026-12-30")]


def test_a_first_look_by_a_clock_that_ran_ahead_does_not_silence_the_schedule(tmp_path):
    nights = Nights(tmp_path / "w", "2028-01-01T00:00:00")
    nights.look()
    assert nights.look("2026-07-02T21:00:00") == []
    assert nights.look("2026-07-02T21:30:00") == [THURSDAY]
    nights.close()


def test_what_is_added_is_made_at_its_instant_instead_of_the_calendars(nights):
    at = utc("2026-07-02T23:15:00")
    added = Due(THURSDAY, at, Turn.PLANNED, "ada", nights.clock.now())
    assert nights.house.due.record(added)
    assert not nights.house.due.record(added)
    due = upcoming(nights.house, nights.clock.now(), 2)
    assert [(one.key, one.at) for one in due] == [(THURSDAY, at), (MONDAY, due[1].at)]
    assert nights.look("2026-07-02T23:14:59") == []
    assert nights.look("2026-07-02T23:15:00") == [THURSDAY]


def test_what_was_added_and_missed_is_recorded(nights):
    key = "2026-07-01.XNYS.weekly"
    at = utc("2026-07-02T22:00:00")
    nights.house.due.record(Due(key, at, Turn.PLANNED, "ada", nights.clock.now()))
    nights.look("2026-07-03T12:00:00")
    assert nights.turn(key)[0] == "skipped"


def test_a_fault_of_a_look_is_told_and_the_next_look_goes_on(nights, monkeypatch):
    looking = timekeepers._Looking(nights.timekeeper, nights.said.append)
    monkeypatch.setattr(nights.house.due, "open", lambda: 1 / 0)
    nights.clock.instant = utc("2026-07-02T21:30:00")
    nights.said.clear()
    looking()
    looking()
    assert nights.said == ["the schedule: ZeroDivisionError in a look"]
    monkeypatch.undo()
    looking()
    assert nights.turn(THURSDAY)[0] == "made"


def test_one_editions_trouble_keeps_no_other_from_being_made(nights):
    now, at = nights.clock.now(), utc("2026-07-02T21:20:00")
    broken, never = "2026-07-02.XNYS.weekly", "2026-07-04.XNYS.weekly"  # a Saturday
    for key in (broken, never):
        nights.house.due.record(Due(key, at, Turn.PLANNED, "ada", now))
    nights.fails[broken] = ZeroDivisionError()
    nights.clock.instant = utc("2026-07-02T21:30:00")
    with pytest.raises(ZeroDivisionError):
        nights.timekeeper.look()
    assert [key for _, key in nights.began] == [broken, THURSDAY]
    turn, reason = nights.turn(never)
    assert (turn, reason[:42]) == ("failed", "2026-07-04 is not a trading day on XNYS; t")
    assert nights.turn(broken)[0] == "begun"  # it is begun anew, until it is too late for it


def test_the_real_clock_looks_by_itself(nights, monkeypatch):
    monkeypatch.setattr(timekeepers, "EVERY", 0.05)
    made = threading.Event()

    def start(key):
        nights.make(key)
        made.set()

    with ticking(nights.house, start, nights.said.append):
        nights.clock.instant = utc("2026-07-02T21:30:00")
        assert made.wait(60)
    assert nights.said[-1].startswith(f"next: {MONDAY}") or f"{THURSDAY} begins" in nights.said


def test_a_clock_that_is_put_back_is_noticed(monkeypatch):
    moved, wall, ended = [], iter([1000.0, 1000.1, 400.2, 400.3]), threading.Event()

    class Clock:
        def modify_job(self, id, **given):
            moved.append(id)

    def waits(_):
        waits.left -= 1
        return waits.left < 0

    waits.left = 3
    steps = iter([0.0, 0.1, 0.2, 0.3])
    monkeypatch.setattr(timekeepers.time, "time", lambda: next(wall))
    monkeypatch.setattr(timekeepers.time, "monotonic", lambda: next(steps))
    monkeypatch.setattr(ended, "wait", waits)
    timekeepers._steady(Clock(), ended)
    assert moved == ["look"]
