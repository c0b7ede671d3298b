"""The next runs, against what the exchanges published for 2026."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
import yaml

from newsletter import assets
from newsletter.config import Config
from newsletter.errors import ConfigError
from newsletter.schedule import firings

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

# Holidays and early closes as the exchanges announced them.
NYSE_CLOSED = {
    dt.date(2026, month, day)
    for month, day in [
        (1, 1), (1, 19), (2, 16), (4, 3), (5, 25), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25),
    ]
}  # fmt: skip
NYSE_EARLY = {dt.date(2026, 11, 27), dt.date(2026, 12, 24)}
LSE_CLOSED = {
    dt.date(2026, month, day)
    for month, day in [(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)]
}
LSE_EARLY = {dt.date(2026, 12, 24), dt.date(2026, 12, 31)}


def weekdays(closed):
    days = (dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365))
    return [day for day in days if day.weekday() < 5 and day not in closed]


def config(exchange="XNYS", **editions):
    plain = yaml.safe_load(assets.find("config.yaml").read_text(encoding="utf-8"))
    plain["publication"]["exchange"] = exchange
    plain["editions"] = editions or {"evening": {}}
    return Config.model_validate(plain)


def year(made):
    return [firing for firing in firings(made, NEW_YEAR) if firing.key < "2027"]


def local(firing, zone):
    return firing.at.astimezone(zone).replace(tzinfo=None)


def test_every_session_of_the_new_york_year_has_its_edition_ninety_minutes_after_the_close():
    due = year(config())
    sessions = weekdays(NYSE_CLOSED)
    assert len(sessions) == 251
    expected = []
    for day in sessions:
        closes = dt.time(13) if day in NYSE_EARLY else dt.time(16)
        at = dt.datetime.combine(day, closes) + dt.timedelta(minutes=90)
        expected.append((at, f"{day}.XNYS.evening"))
    assert [(local(firing, NEW_YORK), firing.key) for firing in due] == expected


def test_every_session_of_the_london_year_has_its_edition_ninety_minutes_after_the_close():
    due = year(config("XLON"))
    sessions = weekdays(LSE_CLOSED)
    assert len(sessions) == 253
    expected = []
    for day in sessions:
        closes = dt.time(12, 30) if day in LSE_EARLY else dt.time(16, 30)
        at = dt.datetime.combine(day, closes) + dt.timedelta(minutes=90)
        expected.append((at, f"{day}.XLON.evening"))
    assert [(local(firing, LONDON), firing.key) for firing in due] == expected


@pytest.mark.parametrize(
    ("key", "at"),
    [
        ("2026-03-06.XNYS.evening", "2026-03-06T22:30:00+00:00"),  # the last in winter time
        ("2026-03-09.XNYS.evening", "2026-03-09T21:30:00+00:00"),
        ("2026-10-30.XNYS.evening", "2026-10-30T21:30:00+00:00"),  # the last in summer time
        ("2026-11-02.XNYS.evening", "2026-11-02T22:30:00+00:00"),
        ("2026-11-27.XNYS.evening", "2026-11-27T19:30:00+00:00"),  # 13:00 in New York
        ("2026-12-24.XNYS.evening", "2026-12-24T19:30:00+00:00"),
    ],
)
def test_the_instant_follows_summer_time_and_early_closes(key, at):
    assert {firing.key: firing.at.isoformat() for firing in year(config())}[key] == at


def test_thanksgiving_has_no_edition():
    keys = [firing.key for firing in year(config())]
    place = keys.index("2026-11-25.XNYS.evening")
    assert keys[place + 1] == "2026-11-27.XNYS.evening"


def test_the_weekly_edition_follows_the_last_session_of_each_week():
    due = year(config(weekly={"list": "weekly", "days": "week_end"}))
    by_week = {}
    for day in weekdays(NYSE_CLOSED):
        by_week[day.isocalendar()[:2]] = day
    assert [firing.key[:10] for firing in due] == [str(day) for day in by_week.values()]
    assert len(due) == 53
    keys = {firing.key for firing in due}
    assert "2026-04-02.XNYS.weekly" in keys  # Good Friday is closed
    assert "2026-04-03.XNYS.weekly" not in keys
    assert "2026-07-02.XNYS.weekly" in keys  # Independence Day is kept on the Friday
    assert "2026-12-24.XNYS.weekly" in keys


def test_several_editions_come_strictly_in_order_and_once_each():
    made = config(
        evening={},
        late={"minutes_after_close": 720},
        early={"minutes_after_close": 0},
        weekly={"days": "week_end", "minutes_after_close": 91},
        resting={"enabled": False},
    )
    due = list(firings(made, NEW_YEAR))
    assert all(one < other for one, other in itertools.pairwise(due))
    assert all(one.at <= other.at for one, other in itertools.pairwise(due))
    assert len({firing.key for firing in due}) == len(due)
    assert {firing.key.split(".")[2] for firing in due} == {"evening", "late", "early", "weekly"}
    assert len(due) > 3 * 250 + 52


def test_the_schedule_reaches_a_year_ahead():
    after = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)
    due = list(firings(config(), after))
    assert due[0].key == "2026-11-23.XNYS.evening"
    assert due[-1].key == "2027-11-19.XNYS.evening"


@pytest.mark.parametrize(
    ("after", "first"),
    [
        ("2026-07-02T21:29:59+00:00", "2026-07-02"),
        ("2026-07-02T21:30:00+00:00", "2026-07-06"),
        ("2026-07-03T23:00:00+00:00", "2026-07-06"),
        ("2026-07-03T01:00:00+09:00", "2026-07-02"),
        ("2026-07-01T23:30:00-10:00", "2026-07-02"),
    ],
)
def test_what_is_due_exactly_now_is_past_and_what_is_due_later_is_next(after, first):
    assert next(firings(config(), dt.datetime.fromisoformat(after))).key[:10] == first


def test_an_edition_due_after_midnight_in_utc_is_not_lost():
    made = config(late={"minutes_after_close": 720})
    # Wednesday's close is 20:00 UTC; twelve hours later it is Thursday, a session too.
    after = dt.datetime(2026, 7, 2, 7, 59, tzinfo=dt.UTC)
    assert next(firings(made, after)).key == "2026-07-01.XNYS.late"


def test_without_an_enabled_edition_nothing_is_due():
    assert list(firings(config(evening={"enabled": False}), NEW_YEAR)) == []


def test_an_unknown_exchange_is_a_mistake_of_the_configuration():
    with pytest.raises(ConfigError, match=r"publication\.exchange is 'XXXX'"):
        next(firings(config("XXXX"), NEW_YEAR))
