"""When an edition is due and until when it may go: local times, days, both changes of the clock."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from timekeeper_support import DAY, Nights, evening, new_york, utc, weekdays

from newsletter import assets
from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.config import Config, load
from newsletter.errors import ConfigError, DataUnavailable
from newsletter.review.edition import EditionKey
from newsletter.schedule import expires, firings, latest_start
from newsletter.timing import first_at, on_day

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
ZONES = ("America/New_York", "Europe/London", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe",
         "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "UTC")  # fmt: skip
MINUTE = dt.timedelta(minutes=1)
CALENDAR = TradingDays("XNYS", dt.date(2027, 12, 31))


def config(exchange="XNYS", zone="America/New_York", review=None, **editions):
    plain = yaml.safe_load(assets.find("config.yaml").read_text(encoding="utf-8"))
    plain["publication"] |= {"exchange": exchange, "time_zone": zone}
    plain["editions"] = editions
    plain["review"] |= review or {}
    return Config.model_validate(plain)


def due(made, first, last, zone=NEW_YORK):
    """Return what is due between two days, as local time and key."""
    begins, ends = (dt.datetime.fromisoformat(day).replace(tzinfo=zone) for day in (first, last))
    found = []
    for one in firings(made, begins):
        if one.at >= ends:
            break
        found.append((f"{one.at.astimezone(zone):%a %m-%d %H:%M}", one.key[:10]))
    return found


def test_a_time_of_day_is_the_first_after_the_close():
    made = config(late={"at": "18:15"}, night={"at": "00:05"})
    assert due(made, "2026-07-02", "2026-07-08") == [
        ("Thu 07-02 00:05", "2026-07-01"), ("Thu 07-02 18:15", "2026-07-02"),
        ("Fri 07-03 00:05", "2026-07-02"), ("Mon 07-06 18:15", "2026-07-06"),
        ("Tue 07-07 00:05", "2026-07-06"), ("Tue 07-07 18:15", "2026-07-07"),
    ]  # fmt: skip


def test_closed_days_are_passed_over_where_that_is_asked_for():
    made = config(morning={"at": "07:30", "skip_closed_days": True})
    assert due(made, "2026-07-02", "2026-07-08") == [
        ("Thu 07-02 07:30", "2026-07-01"), ("Mon 07-06 07:30", "2026-07-02"),
        ("Tue 07-07 07:30", "2026-07-06"),
    ]  # fmt: skip


def test_an_early_close_brings_a_time_of_day_in_the_afternoon_forward():
    """One that would come only after the next close is not made: that session has its own."""
    made = config(afternoon={"at": "14:00"})
    assert due(made, "2026-11-24", "2026-11-29") == [
        ("Tue 11-24 14:00", "2026-11-23"), ("Wed 11-25 14:00", "2026-11-24"),
        ("Thu 11-26 14:00", "2026-11-25"), ("Fri 11-27 14:00", "2026-11-27"),
    ]  # fmt: skip
    assert ("Thu 12-24 14:00", "2026-12-24") in due(made, "2026-12-22", "2026-12-27")
    assert "2026-12-23" not in [key for _, key in due(made, "2026-12-22", "2026-12-27")]


def test_days_of_the_week_with_a_time_are_days_of_the_zone():
    made = config(sunday={"at": "18:00", "days": ["sun"]}, twice={"at": "09:00",
                  "days": ["wed", "sat", "sun"], "enabled": False})  # fmt: skip
    assert due(made, "2026-07-01", "2026-07-14") == [
        ("Sun 07-05 18:00", "2026-07-02"), ("Sun 07-12 18:00", "2026-07-10"),
    ]  # fmt: skip
    made = config(twice={"at": "09:00", "days": ["wed", "sat", "sun"]})
    assert due(made, "2026-07-01", "2026-07-09") == [  # one edition a session: the first day counts
        ("Wed 07-01 09:00", "2026-06-30"), ("Sat 07-04 09:00", "2026-07-02"),
        ("Wed 07-08 09:00", "2026-07-07"),
    ]  # fmt: skip


def test_days_of_the_week_without_a_time_are_sessions():
    made = config(some={"days": ["tue", "fri"]})
    assert [key for _, key in due(made, "2026-06-29", "2026-07-12")] == [
        "2026-06-30", "2026-07-07", "2026-07-10",  # Friday the 3rd is a holiday
    ]  # fmt: skip


def test_the_last_session_of_each_month():
    made = config(monthly={"days": "month_end"})
    last = {}
    for day in weekdays(dt.date(2026, 1, 1), dt.date(2026, 12, 31), new_york(2026)[0]):
        last[day.month] = str(day)
    assert [key for _, key in due(made, "2026-01-01", "2027-01-01")] == list(last.values())


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # 8 March 2026, 02:00: clocks go to 03:00. 1 November, 02:00: they go back to 01:00.
        ("02:30", {"03-08": "2026-03-08T07:30:00+00:00", "11-01": "2026-11-01T07:30:00+00:00"}),
        ("01:30", {"03-08": "2026-03-08T06:30:00+00:00", "11-01": "2026-11-01T05:30:00+00:00"}),
    ],
)
def test_a_time_that_does_not_exist_or_comes_twice_fires_once(at, expected):
    made = config(night={"at": at, "days": ["sun"]})
    year = list(firings(made, utc("2026-01-01")))
    assert len({one.key for one in year}) == len(year)
    for day, instant in expected.items():
        found = [one.at for one in year if one.at.astimezone(NEW_YORK).date()
                 == dt.date.fromisoformat(f"2026-{day}")]  # fmt: skip
        assert [one.isoformat() for one in found] == [instant]


@given(
    time=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    since=st.integers(0, 19 * 366 * 24 * 60).map(lambda n: utc("2011-01-01") + n * MINUTE),
)
def test_the_first_local_time_is_never_before_and_comes_within_two_days(time, zone, since):
    found = first_at(time, zone, since)
    assert since <= found <= since + 2 * DAY
    local = found.astimezone(zone)
    exists = on_day(local.date(), local.time(), zone).astimezone(zone).time() == local.time()
    assert exists
    if local.time() != time:  # it does not exist on that day: later by what the clocks were moved
        before = (found - DAY).astimezone(zone).utcoffset()
        assert local.utcoffset() != before


@given(
    at=st.times().map(lambda t: f"{t:%H:%M}"),
    zone=st.sampled_from(ZONES),
    skip=st.booleans(),
    days=st.sampled_from(["sessions", "week_end", "month_end", ["mon", "sat"], ["fri"]]),
    exchange=st.sampled_from(["XNYS", "XLON", "XTKS"]),
)
def test_whatever_the_timing_firings_are_in_order_once_and_between_two_closes(
    at, zone, skip, days, exchange
):
    kind = {"at": at, "time_zone": zone, "days": days, "skip_closed_days": skip}
    found, calendar = [], TradingDays(exchange, dt.date(2026, 12, 31))
    for one in firings(config(exchange, edition=kind), utc("2026-01-01")):
        if len(found) == 30:
            break
        found.append(one)
    assert len(found) >= 10
    assert all(one < other for one, other in itertools.pairwise(found))
    assert len({one.key for one in found}) == len(found)
    for one in found:
        session = EditionKey.parse(one.key).session
        following = Session(calendar.next(session.date), exchange)
        assert calendar.close(session) <= one.at < calendar.close(following)
        day = one.at.astimezone(ZoneInfo(zone)).date()
        assert not skip or calendar.is_session(day)


def test_what_is_asked_for_after_an_instant_is_what_is_left_of_the_whole():
    made = config(
        morning={"at": "07:30", "skip_closed_days": True}, sunday={"at": "18:00", "days": ["sun"]},
        evening={}, monthly={"days": "month_end", "at": "12:00", "time_zone": "Asia/Tokyo"},
    )  # fmt: skip
    whole = list(firings(made, utc("2026-01-01")))
    for place in range(0, 250, 7):
        rest = firings(made, whole[place].at)
        later = [one for one in whole if one.at > whole[place].at][:5]
        assert [next(rest) for _ in later] == later


def test_a_calendar_that_ends_soon_ends_the_schedule_and_does_not_break_it():
    """Bombay announces its holidays year by year; the library knows them until 2026."""
    days = TradingDays("XBOM", dt.date(2027, 6, 30))
    last = days.index[-1].date()
    found = [one.key[:10] for one in firings(config("XBOM", "Asia/Kolkata", e={}), utc(f"{last}"))]
    assert found == []  # what follows the last known session is not known
    before = days.back(last, 3)
    found = list(firings(config("XBOM", "Asia/Kolkata", e={}), utc(f"{before}")))
    assert [one.key[:10] for one in found] == [str(before), *map(str, days.between(
        before + DAY, last - DAY))]  # fmt: skip
    with pytest.raises(DataUnavailable, match="where the XBOM calendar ends"):
        days.require(last + 400 * DAY)


# -- until when ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("session", "ends"),
    [
        ("2026-03-06", "2026-03-07T01:30:00+00:00"),  # 20:30 in winter
        ("2026-03-09", "2026-03-10T00:30:00+00:00"),  # and in summer
        ("2026-10-30", "2026-10-31T00:30:00+00:00"),
        ("2026-11-02", "2026-11-03T01:30:00+00:00"),
        ("2026-11-27", "2026-11-28T01:30:00+00:00"),  # after an early close as well
    ],
)
def test_an_edition_ends_at_its_local_time_on_both_sides_of_a_change(session, ends):
    made = config(evening={"not_after": "20:30"})
    key = EditionKey.parse(evening(session))
    at = next(one.at for one in firings(made, utc(session)) if one.key == str(key))
    assert expires(made, key, at, CALENDAR).isoformat() == ends
    assert latest_start(made, key, CALENDAR).isoformat() == ends


def test_hours_hold_where_they_end_first_and_where_no_time_is_given():
    key, at = EditionKey.parse(evening("2026-07-02")), utc("2026-07-02T21:40:00")
    hours = {"expires_after_hours": 2}
    assert expires(config(evening={}, review=hours), key, at, CALENDAR) == utc("2026-07-02T23:40")
    made = config(evening={"not_after": "20:30"}, review=hours)
    assert expires(made, key, at, CALENDAR) == utc("2026-07-02T23:40")


def test_what_is_made_too_late_is_stale_at_once_and_what_is_made_days_later_by_hand_is_not():
    made, key = config(evening={"not_after": "20:30"}), EditionKey.parse(evening("2026-07-02"))
    late = utc("2026-07-03T00:31:00")
    assert expires(made, key, late, CALENDAR) < late
    days = utc("2026-07-06T12:00:00")
    assert expires(made, key, days, CALENDAR) == days + dt.timedelta(hours=14)


def test_the_pipeline_gives_an_edition_that_end(tmp_path):
    def change(plain):
        plain["editions"]["evening"]["not_after"] = "18:00"

    nights = Nights(tmp_path / "w", "2026-07-02T21:30:00", change)
    pipeline, key = nights.house.pipeline, EditionKey.parse(evening("2026-07-02"))
    lifetime = pipeline._lifetime(key, nights.clock.now())
    assert lifetime == dt.timedelta(minutes=30)
    nights.close()


# -- what config.yaml may say ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("at: 18:30", "must be a time of day in quotes, such as '07:30'"),
        ("at: '7:30'", "must be a time of day in quotes"),
        ("at: '24:00'", "must be a time of day in quotes"),
        ("at: '０７:３０'", "must be a time of day in quotes"),
        ("not_after: '20:60'", "must be a time of day in quotes"),
        ("days: fridays", "must be sessions, week_end, month_end or a list such as [mon, thu]"),
        ("days: []", "must be sessions"),
        ("days: [fri, funday]", "must be sessions"),
        ("days: {fri: 1}", "must be sessions"),
        ("time_zone: Europe/Londno", "did you mean 'Europe/London'?"),
        ("skip_closed_days: true", "skip_closed_days goes with `at`"),
        ("at: '07:30'\n    minutes_after_close: 5", "give either at or minutes_after_close"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path, given, words):
    text = assets.find("config.yaml").read_text(encoding="utf-8")
    line = "    minutes_after_close: 90                 # early closes and holidays are followed\n"
    assert line in text
    file = tmp_path / "config.yaml"
    file.write_text(text.replace(line, f"    {given}\n"), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert f"{file}: editions.evening" in str(caught.value)
    assert words in str(caught.value)
