"""The calendar ahead against pandas' own rules and dates that exchanges and clearers published."""

import datetime as dt
from dataclasses import replace
from functools import lru_cache

import pandas as pd
import pytest
from compute_support import by_id, market, sessions, walk

from newsletter.clock import Session
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent
from newsletter.compute.signals.calendar_ahead import calendar_ahead

DAYS = sessions()[(sessions() >= "2001-01-01") & (sessions() <= "2026-06-30")]


@lru_cache(maxsize=1)
def any_market() -> Market:
    return market(walk(("SPY",), 1))


def told(date: str) -> dict:
    """Return what the measure says on a session; closes do not matter to it."""
    seen = replace(any_market(), session=Session(dt.date.fromisoformat(date)))
    made = by_id(list(calendar_ahead.compute(seen)))
    return {id: None if isinstance(one, Absent) else one.value for id, one in made.items()}


@pytest.mark.parametrize(
    ("session", "expiry"),
    [
        ("2026-07-02", "2026-07-17"),
        ("2026-07-16", "2026-07-17"),
        ("2026-07-17", "2026-08-21"),
        ("2019-04-12", "2019-04-18"),  # Good Friday was the third Friday
        ("2022-04-01", "2022-04-14"),  # and again
        ("2026-06-01", "2026-06-18"),  # Juneteenth
        ("2024-12-27", "2025-01-17"),
    ],
)
def test_expiry_is_the_third_friday_or_the_session_before(session, expiry):
    assert told(session)["options_expiry.date"] == dt.date.fromisoformat(expiry)


def test_every_expiry_is_the_one_that_pandas_finds():
    fridays = pd.date_range("2001-01-01", "2027-01-31", freq="WOM-3FRI")
    index = sessions()
    known = [index[index <= friday][-1] for friday in fridays]
    for day in DAYS[::97]:
        wanted = next(one for one in known if one > day)
        assert told(str(day.date()))["options_expiry.date"] == wanted.date()


def test_month_and_quarter_end_with_their_last_session():
    index = sessions()
    for day in DAYS[::61]:
        following = index[index > day][0]
        made = told(str(day.date()))
        for freq, name in (("M", "month_end"), ("Q", "quarter_end")):
            span = following.to_period(freq)
            last = index[(index >= span.start_time) & (index <= span.end_time)][-1]
            assert made[f"{name}.date"] == last.date()
            assert made[f"{name}.sessions"] == int(((index > day) & (index <= last)).sum())


def test_holidays_are_the_weekdays_left_out():
    index = sessions()
    for day in DAYS[::53]:
        fifth = index[index > day][4]
        weekdays = pd.bdate_range(day + pd.Timedelta(days=1), fifth)
        missing = weekdays.difference(index)
        made = told(str(day.date()))
        assert made["calendar.holidays.5d"] == len(missing)
        assert made["calendar.holiday.date"] == (missing[0].date() if len(missing) else None)
        assert made["calendar.fifth_session.date"] == fifth.date()
        assert made["calendar.resumes.date"] == index[index > day][0].date()


@pytest.mark.parametrize(
    ("session", "early", "week"),
    [
        ("2025-06-30", "2025-07-03", 3),  # Tuesday to Thursday; Friday is Independence Day
        ("2025-06-27", "2025-07-03", 4),
        ("2024-11-22", "2024-11-29", 4),  # the day after Thanksgiving
        ("2024-12-20", "2024-12-24", 4),
        ("2026-07-02", None, 5),
    ],
)
def test_early_closes_and_short_weeks(session, early, week):
    made = told(session)
    assert made["calendar.early_close.date"] == (early and dt.date.fromisoformat(early))
    assert made["calendar.week.sessions"] == week


def test_quarterly_expiries_are_named():
    assert told("2026-09-01")["options_expiry.kind"] == "quarterly"
    assert told("2026-10-01")["options_expiry.kind"] == "monthly"
