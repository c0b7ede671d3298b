"""The macro catalogue: what a series is called and since when a figure is public."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from pandas.tseries.holiday import USFederalHolidayCalendar

from newsletter.collect.macro import (
    RULES,
    SCHEDULE,
    SERIES,
    canonical_id,
    known,
    next_business_day,
    observations,
    period,
    published,
)
from newsletter.collect.tables import KNOWN, canonical
from newsletter.config import load
from newsletter.errors import DataUnavailable

HOLIDAYS = {
    stamp.date() for stamp in USFederalHolidayCalendar().holidays("1990-01-01", "2035-12-31")
}


def day(series: str, date: str) -> str:
    return str(known(series, pd.DatetimeIndex([date]))[0].date())


def works(date: dt.date) -> bool:
    return date.weekday() < 5 and date not in HOLIDAYS


@pytest.mark.parametrize(
    ("series", "date", "public"),
    [
        # As published: the day itself, checked against the agencies' calendars.
        ("UNRATE", "2026-06-01", "2026-07-02"),  # 3 July was a holiday
        ("PAYEMS", "2025-09-01", "2025-11-20"),  # delayed by the shutdown
        ("PAYEMS", "2025-10-01", "2025-12-16"),
        ("UNRATE", "2025-11-01", "2025-12-16"),
        ("UNRATE", "2026-01-01", "2026-02-11"),
        ("UNRATE", "2025-01-01", "2025-02-07"),
        ("UNRATE", "2024-12-01", "2025-01-10"),
        ("UNRATE", "2022-06-01", "2022-07-08"),
        ("UNRATE", "2013-09-01", "2013-10-22"),
        ("CPIAUCSL", "2025-09-01", "2025-10-24"),
        ("CPIAUCSL", "2025-11-01", "2025-12-18"),
        ("CPILFESL", "2026-05-01", "2026-06-10"),
        ("CPILFESL", "2026-06-01", "2026-07-14"),
        ("PCEPILFE", "2025-09-01", "2025-12-05"),
        ("PCEPILFE", "2026-05-01", "2026-06-25"),
        ("PCEPILFE", "2019-01-01", "2019-03-29"),
        ("INDPRO", "2025-09-01", "2025-12-03"),
        ("GDP", "2025-07-01", "2025-12-23"),
        ("ICSA", "2026-06-27", "2026-07-02"),
        ("ICSA", "2025-09-20", "2025-09-25"),
        ("ICSA", "2025-09-27", "2025-11-20"),
        ("ICSA", "2025-11-15", "2025-11-20"),
        ("ICSA", "2025-11-22", "2025-11-28"),  # Thanksgiving: late rather than early
        ("DGS10", "2026-07-02", "2026-07-06"),
        ("DGS10", "2026-07-01", "2026-07-02"),
        ("DFEDTARU", "2025-12-11", "2025-12-11"),
        ("NFCI", "2026-06-26", "2026-07-02"),
        # By rule, later than the day itself.
        ("CPIAUCSL", "2024-05-01", "2024-06-18"),
        ("CPIAUCSL", "2015-01-01", "2015-02-27"),  # 26 February
        ("PCEPILFE", "2024-05-01", "2024-07-05"),
        ("UMCSENT", "2026-06-01", "2026-07-02"),
        ("GDP", "2026-01-01", "2026-05-05"),
        ("JTSJOL", "2026-05-01", "2026-07-14"),
    ],
)
def test_a_figure_is_public_from_this_day_on(series: str, date: str, public: str) -> None:
    assert day(series, date) == public


@pytest.mark.parametrize("date", pd.date_range("2000-01-01", "2030-12-01", freq="MS").date)
def test_the_jobs_report_follows_the_bureaus_rule(date: dt.date) -> None:
    """Count Fridays one by one: the third after the week that holds the 12th."""
    now, fridays = date.replace(day=12), 0
    while now.weekday() != 5:  # the week ends on Saturday
        now += dt.timedelta(days=1)
    while fridays < 3:
        now += dt.timedelta(days=1)
        fridays += now.weekday() == 4
    if date.month == 12:
        now += dt.timedelta(days=7)
    while not works(now):
        now += dt.timedelta(days=1)
    expected = SCHEDULE["jobs"].get(f"{date:%Y-%m}", now.isoformat())
    assert day("UNRATE", date.isoformat()) == expected


@pytest.mark.parametrize("series", SERIES.values(), ids=list(SERIES))
def test_no_figure_is_public_before_its_period_ends(series: object) -> None:
    steps = {"daily": "B", "weekly": "W-SAT", "monthly": "MS", "quarterly": "QS"}
    dates = pd.date_range("1990-01-01", "2030-12-31", freq=steps[series.frequency])
    days = known(series.id, dates)
    ends = pd.DatetimeIndex([period(series, date)[1] for date in dates])
    slack = pd.Timedelta(0 if series.release == "same_day" else 1, "D")
    assert (days >= ends + slack).all()
    assert (days - ends <= pd.Timedelta(95, "D")).all()
    assert days.is_monotonic_increasing
    if series.release != "same_day":
        assert all(works(stamp.date()) for stamp in days[::7])


def test_daily_rates_come_on_the_next_working_day() -> None:
    dates = pd.date_range("2024-01-01", "2026-12-31", freq="D")
    found = next_business_day(dates.to_numpy("datetime64[D]")).astype(object)
    for date, after in zip(dates.date, found, strict=True):
        start = date
        while not works(start):  # a Sunday's rate is Friday's, told on Monday
            start -= dt.timedelta(days=1)
        expected = start + dt.timedelta(days=1)
        while not works(expected):
            expected += dt.timedelta(days=1)
        assert after == expected


def test_every_series_has_a_rule_a_name_of_its_own_and_an_alias() -> None:
    assert {one.release for one in SERIES.values()} <= RULES.keys()
    assert SCHEDULE.keys() <= RULES.keys()
    for what in ("subject", "name", "alias"):
        assert len({getattr(one, what) for one in SERIES.values()}) == len(SERIES)
    for id, one in SERIES.items():
        assert canonical_id(id) == canonical_id(one.alias) == id
        assert one.subject == one.subject.lower()
    assert canonical_id("NOTHING") is None


def test_the_shipped_configuration_asks_for_known_series_only(pytestconfig) -> None:
    universe = load(pytestconfig.rootpath / "config.yaml").universe
    assert set(universe.macro) <= SERIES.keys()


def frame(**columns: object) -> pd.DataFrame:
    given = {"date": ["2026-05-01", "2026-06-01"], "series": "CPI", "value": [1.0, 2.0]}
    made = pd.DataFrame(given | columns)
    return made.assign(date=pd.to_datetime(made["date"]))


def test_aliases_become_ids_and_unknown_series_are_left_out() -> None:
    both = pd.concat([frame(), frame(series="JP10Y"), frame(series="DGS10")])
    made = canonical("macro", published(both))
    assert made["series"].tolist() == ["CPIAUCSL", "CPIAUCSL", "DGS10", "DGS10"]
    assert made[KNOWN].astype(str).tolist() == [
        "2026-06-10", "2026-07-14", "2026-05-04", "2026-06-02",
    ]  # fmt: skip


@pytest.mark.parametrize("column", [KNOWN, "released"])
def test_a_day_that_the_source_states_wins(column: str) -> None:
    made = published(frame(**{column: ["2026-06-09", None]}))
    assert made[KNOWN].astype(str).tolist() == ["2026-06-09", "2026-07-14"]
    zoned = pd.to_datetime(pd.Series(["2026-06-09", None])).dt.tz_localize("America/New_York")
    assert published(frame(**{column: zoned}))[KNOWN].astype(str)[0] == "2026-06-09"


def test_a_stated_day_that_is_none_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="have a known day that cannot be read: "):
        published(frame(known=["soon", ""]))


def test_observations_are_the_newest_vintage_and_nothing_of_tomorrow() -> None:
    rows = [
        ("DFEDTARU", "2026-07-02", 3.75, "2026-07-02"),
        ("DFEDTARU", "2026-07-06", 3.5, "2026-07-02"),  # announced, not in force yet
        ("PAYEMS", "2026-05-01", 2.0, "2026-07-02"),
        ("PAYEMS", "2026-05-01", 1.0, "2026-06-05"),
    ]
    table = canonical("macro", pd.DataFrame(rows, columns=["series", "date", "value", KNOWN]))
    end = pd.Timestamp("2026-07-02")
    assert observations(table, "DFEDTARU", end).tolist() == [3.75]
    assert observations(table, "PAYEMS", end).tolist() == [2.0]
    assert observations(table, "CPIAUCSL", end).empty
    assert observations(table.iloc[:0], "PAYEMS", end).empty


def test_rules_do_not_change_what_they_are_given() -> None:
    dates = pd.DatetimeIndex(["2025-10-01", "2026-05-01"])
    before = dates.to_numpy().copy()
    for series in SERIES:
        known(series, dates)
    assert np.array_equal(dates.to_numpy(), before)


@pytest.mark.market
def test_every_configured_series_of_the_real_file_is_found(market_bars, pytestconfig) -> None:
    wanted = set(load(pytestconfig.rootpath / "config.yaml").universe.macro)
    real = pd.read_parquet(market_bars.parent / "reference" / "macro_fred.parquet")
    made = canonical("macro", published(real))
    assert wanted <= set(made["series"])
    latest = made[made[KNOWN] <= pd.Timestamp("2026-07-02")].groupby("series")["date"].max()
    assert latest["CPIAUCSL"] == pd.Timestamp("2026-05-01")
    assert latest["UNRATE"] == latest["PAYEMS"] == pd.Timestamp("2026-06-01")
    assert latest["DGS10"] == pd.Timestamp("2026-07-01")
    assert latest["ICSA"] == pd.Timestamp("2026-06-27")
    assert latest["PCEPILFE"] == pd.Timestamp("2026-05-01")
