"""Macro series: what each is called, and since which day each of its figures is public.

Files and services give an observation the first day of the month it speaks of; it is
published weeks later. `known` says when, by the publisher's rule and, where publication
is known not to have followed it, by a table of days. Wherever that is not sure it is late
rather than early: a figure may then be used a few days after its day, never before.

Sources of the rules
--------------------
* Employment Situation: BLS, "the third Friday after the week that holds the 12th".
* CPI, JOLTS: BLS release schedules; claims: Department of Labor, Thursdays.
* Personal income, GDP: BEA release schedules.
* Treasury yields: Federal Reserve H.15, the next business day; industrial production: G.17.
* After the shutdown of October and November 2025: the revised schedules of BLS and BEA.

Limits
------
Values are of the latest vintage, not of the first print: whoever replays an old edition
sees revised figures on the right days. Facts of a series with `revised` therefore say
``estimated``. A source that keeps vintages gives its own `known`, and that wins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.collect.tables import KNOWN, latest
from newsletter.errors import DataUnavailable
from newsletter.units import Unit

Days = npt.NDArray[np.datetime64]
Rule = Callable[[Days], Days]
Frequency = Literal["daily", "weekly", "monthly", "quarterly"]

_FIRST_HOLIDAY_YEAR, _LAST_HOLIDAY_YEAR = 1950, 2100
_CPI_EARLIER = np.datetime64("2016-12")  # months from here on come by the 18th


@dataclass(frozen=True, slots=True)
class MacroSeries:
    """One published series.

    Parameters
    ----------
    id : str
        FRED id.
    subject : str
        Subject of its facts, lower case.
    name : str
        Noun phrase for prose.
    alias : str
        What local files may call it instead of its id.
    unit : Unit
        Of a level after `scale`; ``INDEX`` levels are compared, not printed.
    frequency : str
        How often there is an observation.
    release : str
        Which publication it comes in: a key of `RULES`.
    revised : bool
        Whether a printed value is later changed.
    scale : float
        What a value is multiplied by: payrolls are given in thousands.
    """

    id: str
    subject: str
    name: str
    alias: str
    unit: Unit
    frequency: Frequency
    release: str
    revised: bool = False
    scale: float = 1.0


def _rate(id: str, subject: str, name: str, release: str = "h15", alias: str = "") -> MacroSeries:
    return MacroSeries(id, subject, name, alias or id, Unit.PERCENT, "daily", release)


def _monthly(
    id: str, subject: str, name: str, alias: str, unit: Unit, release: str, scale: float = 1.0
) -> MacroSeries:
    return MacroSeries(id, subject, name, alias, unit, "monthly", release, True, scale)


SERIES: Mapping[str, MacroSeries] = {
    one.id: one
    for one in (
        _monthly("CPIAUCSL", "cpi", "the consumer price index", "CPI", Unit.INDEX, "cpi"),
        _monthly("CPILFESL", "core_cpi", "core consumer prices", "CORE_CPI", Unit.INDEX, "cpi"),
        _monthly("PCEPILFE", "core_pce", "the core PCE price index", "CORE_PCE", Unit.INDEX, "pce"),
        _monthly("PAYEMS", "payrolls", "nonfarm payrolls", "PAYEMS", Unit.COUNT, "jobs", 1000.0),
        _monthly("UNRATE", "unemployment", "the unemployment rate", "UNRATE", Unit.PERCENT, "jobs"),
        _monthly("JTSJOL", "job_openings", "job openings", "JOLTS_OPEN", Unit.COUNT, "jolts",
                 1000.0),
        _monthly("INDPRO", "industrial_production", "industrial production", "INDPRO", Unit.INDEX,
                 "g17"),
        _monthly("UMCSENT", "consumer_sentiment", "consumer sentiment", "UMCSENT", Unit.NUMBER,
                 "michigan"),
        MacroSeries("GDP", "gdp", "nominal gross domestic product", "GDP", Unit.INDEX, "quarterly",
                    "gdp", True),
        MacroSeries("ICSA", "jobless_claims", "initial jobless claims", "ICSA", Unit.COUNT,
                    "weekly", "claims", True),
        MacroSeries("NFCI", "financial_conditions", "the Chicago Fed's financial conditions index",
                    "NFCI", Unit.NUMBER, "weekly", "nfci", True),
        MacroSeries("MORTGAGE30US", "mortgage_30y", "the thirty-year mortgage rate",
                    "MORTGAGE30US", Unit.PERCENT, "weekly", "same_day"),
        _rate("DGS3MO", "us3m", "the three-month Treasury yield"),
        _rate("DGS2", "us2y", "the two-year Treasury yield"),
        _rate("DGS5", "us5y", "the five-year Treasury yield"),
        _rate("DGS10", "us10y", "the ten-year Treasury yield"),
        _rate("DGS30", "us30y", "the thirty-year Treasury yield"),
        _rate("DFII10", "real_10y", "the ten-year real yield"),
        _rate("T5YIE", "breakeven_5y", "the five-year breakeven inflation rate"),
        _rate("T10YIE", "breakeven_10y", "the ten-year breakeven inflation rate"),
        _rate("BAMLH0A0HYM2", "high_yield_spread", "the high-yield credit spread", alias="HY_OAS"),
        _rate("BAMLC0A0CM", "credit_spread", "the investment-grade credit spread", alias="IG_OAS"),
        _rate("SOFR", "sofr", "the secured overnight financing rate"),
        _rate("DFF", "fed_funds_effective", "the effective federal funds rate"),
        _rate("DFEDTARU", "fed_funds_upper", "the upper end of the Fed's target range", "same_day"),
        _rate("DFEDTARL", "fed_funds_lower", "the lower end of the Fed's target range", "same_day"),
    )
}  # fmt: skip
"""What is known here, by FRED id; other series are left out."""

_IDS: Mapping[str, str] = {
    **{one.alias: one.id for one in SERIES.values()},
    **{one.id: one.id for one in SERIES.values()},
}


def canonical_id(name: str) -> str | None:
    """Return the FRED id of a series or of its alias in local files, None where unknown."""
    return _IDS.get(name)


def known(series: str, dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return for each observation the first day by whose evening it was surely public.

    Parameters
    ----------
    series : str
        FRED id in `SERIES`.
    dates : pandas.DatetimeIndex
        Dates of observations as FRED gives them: the day itself, the last day of a week,
        the first day of a month or quarter.

    Examples
    --------
    >>> [str(d.date()) for d in known("UNRATE", pd.DatetimeIndex(["2026-05-01", "2026-06-01"]))]
    ['2026-06-05', '2026-07-02']
    """
    release = SERIES[series].release
    days = dates.to_numpy("datetime64[D]")
    out = RULES[release](days)
    for day, published in SCHEDULE.get(release, {}).items():
        out[days == np.datetime64(day, "D")] = np.datetime64(published)
    return pd.DatetimeIndex(out.astype("datetime64[ns]"))


def published(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn a long frame of observations into the table ``macro``.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``date``, ``series`` (an id or an alias) and ``value``; ``known`` or
        ``released`` where the source tells the day itself, which then wins.

    Returns
    -------
    pandas.DataFrame
        Columns ``series``, ``date``, ``value`` and ``known``; unknown series left out.

    Raises
    ------
    DataUnavailable
        If a day that the source states cannot be read.
    """
    names = pd.Index(frame["series"].unique())
    ids = frame["series"].astype(object).map({name: canonical_id(str(name)) for name in names})
    out = frame.assign(series=ids)[ids.notna()].reset_index(drop=True)
    own = next((column for column in (KNOWN, "released") if column in frame.columns), None)
    days = pd.Series(pd.NaT, index=out.index, dtype="datetime64[ns]")
    for series, rows in out.groupby("series", sort=False)["date"]:
        days[rows.index] = known(str(series), pd.DatetimeIndex(rows)).to_numpy()
    if own is not None:
        given = _given(out[own])
        days = given.where(given.notna(), days)
    return out[["series", "date", "value"]].assign(**{KNOWN: days})


def _given(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the days a source states itself, NaT where it states none."""
    try:
        days: pd.Series[Any] = pd.to_datetime(column.replace("", None), format="ISO8601")
    except (ValueError, TypeError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise DataUnavailable(
            f"The macro series have a {column.name} day that cannot be read: {reason}."
        ) from error
    days = days.dt.tz_localize(None) if days.dt.tz is not None else days
    return days.astype("datetime64[ns]")


def observations(table: pd.DataFrame, series: str, end: pd.Timestamp) -> "pd.Series[float]":
    """Return one series of the table ``macro``, newest vintage, by date.

    Parameters
    ----------
    table : pandas.DataFrame
        Canonical and cut to what was known by `end`.
    series : str
        FRED id.
    end : pandas.Timestamp
        Observations dated later (a rate that takes effect tomorrow) are left out.

    Returns
    -------
    pandas.Series
        Values in the publisher's unit, ascending dates; empty where there are none.
    """
    # The table is sorted by series: bisection instead of a hundred thousand comparisons.
    names = table["series"].to_numpy(object)
    start, stop = (int(np.searchsorted(names, series, side)) for side in ("left", "right"))
    rows = table.iloc[start:stop]
    rows = latest("macro", rows[rows["date"] <= end])
    return pd.Series(
        rows["value"].to_numpy(np.float64), index=pd.DatetimeIndex(rows["date"]), name=series
    )


def period(series: MacroSeries, date: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day that an observation speaks of.

    Examples
    --------
    >>> [str(d.date()) for d in period(SERIES["CPIAUCSL"], pd.Timestamp("2026-05-01"))]
    ['2026-05-01', '2026-05-31']
    """
    if series.frequency == "weekly":
        return date - pd.Timedelta(days=6), date
    months = {"monthly": 1, "quarterly": 3}.get(series.frequency)
    if months is None:
        return date, date
    return date, date + pd.DateOffset(months=months) - pd.Timedelta(days=1)


def next_business_day(days: Days) -> Days:
    """Return the next day on which U.S. federal offices work."""
    return np.busday_offset(days, 1, roll="backward", busdaycal=_calendar())


@lru_cache(maxsize=1)
def _calendar() -> np.busdaycalendar:
    from pandas.tseries.holiday import USFederalHolidayCalendar

    holidays = USFederalHolidayCalendar().holidays(
        f"{_FIRST_HOLIDAY_YEAR}-01-01", f"{_LAST_HOLIDAY_YEAR}-12-31"
    )
    return np.busdaycalendar(holidays=holidays.to_numpy("datetime64[D]"))


def _rolled(days: Days) -> Days:
    return np.busday_offset(days, 0, roll="forward", busdaycal=_calendar())


def _same_day(days: Days) -> Days:
    return days.copy()


def _after_days(count: int) -> Rule:
    return lambda days: _rolled(np.add(days, count))


def _after_months(months: int, day: int) -> Rule:
    """Publish by a day of the month that lies so many months after the first one."""

    def rule(days: Days) -> Days:
        month = np.add(days.astype("datetime64[M]"), months)
        return _rolled(np.add(month.astype("datetime64[D]"), day - 1))

    return rule


def _jobs(days: Days) -> Days:
    """Third Friday after the week (Sunday to Saturday) that holds the 12th.

    On a holiday the report comes the day before; here the day after, unless scheduled.
    December's often comes a week later because of the holidays: always a week here.
    """
    months = days.astype("datetime64[M]")
    twelfth = np.add(months.astype("datetime64[D]"), 11)
    weekday = (twelfth.astype(np.int64) + 3) % 7  # Monday is 0; 1970-01-01 was a Thursday
    december = months.astype(np.int64) % 12 == 11
    return _rolled(np.add(twelfth, (5 - weekday) % 7 + 20 + np.where(december, 7, 0)))


def _cpi(days: Days) -> Days:
    recent = days >= _CPI_EARLIER
    return np.where(recent, _after_months(1, 18)(days), _after_months(1, 27)(days))


RULES: Mapping[str, Rule] = {
    "same_day": _same_day,
    "h15": next_business_day,
    "claims": _after_days(5),  # the Saturday's figure on Thursday, on a holiday the day after
    "nfci": _after_days(6),  # Wednesday, or Thursday after a holiday
    "jobs": _jobs,
    "cpi": _cpi,
    "pce": _after_months(2, 5),  # the last days of the next month, at times the first after it
    "jolts": _after_months(2, 14),
    "g17": _after_months(1, 20),
    "michigan": _after_months(1, 2),  # the final figure, on the month's last Fridays
    "gdp": _after_months(4, 5),  # the advance estimate at the end of the month after
}
"""Usual publication, by release."""

_CLAIMS_2025 = pd.date_range("2025-09-27", "2025-11-08", freq="7D").strftime("%Y-%m-%d")

SCHEDULE: Mapping[str, Mapping[str, str]] = {
    "jobs": {
        "2013-09": "2013-10-22", "2013-10": "2013-11-08", "2025-06": "2025-07-03",
        "2025-09": "2025-11-20", "2025-10": "2025-12-16", "2025-11": "2025-12-16",
        "2025-12": "2026-01-09", "2026-01": "2026-02-11", "2026-02": "2026-03-06",
        "2026-03": "2026-04-03", "2026-04": "2026-05-08", "2026-05": "2026-06-05",
        "2026-06": "2026-07-02", "2026-07": "2026-08-07", "2026-08": "2026-09-04",
        "2026-09": "2026-10-02", "2026-10": "2026-11-06", "2026-11": "2026-12-04",
    },
    "cpi": {
        "2013-09": "2013-10-30", "2025-09": "2025-10-24", "2025-10": "2025-12-18",
        "2025-11": "2025-12-18", "2025-12": "2026-01-13", "2026-01": "2026-02-13",
        "2026-02": "2026-03-11", "2026-03": "2026-04-10", "2026-04": "2026-05-12",
        "2026-05": "2026-06-10", "2026-06": "2026-07-14", "2026-07": "2026-08-12",
        "2026-08": "2026-09-11", "2026-09": "2026-10-14", "2026-10": "2026-11-10",
        "2026-11": "2026-12-10",
    },
    "pce": {
        "2013-09": "2013-11-08", "2013-10": "2013-12-06", "2018-12": "2019-03-01",
        "2019-01": "2019-03-29", "2019-02": "2019-04-29", "2025-09": "2025-12-05",
        "2025-10": "2026-01-22", "2025-11": "2026-01-22", "2025-12": "2026-02-20",
        "2026-01": "2026-03-13", "2026-02": "2026-04-09", "2026-03": "2026-04-30",
        "2026-04": "2026-05-28", "2026-05": "2026-06-25", "2026-06": "2026-07-30",
        "2026-07": "2026-08-26",
    },
    "jolts": {"2013-09": "2013-11-22", "2025-09": "2025-12-09"},
    "g17": {
        "2013-09": "2013-10-28", "2025-09": "2025-12-03", "2025-10": "2025-12-23",
        "2025-11": "2025-12-23",
    },
    # The advance estimate of the third quarter of 2025 was dropped; of the fourth the second
    # estimate's day stands here.
    "gdp": {
        "2013-07": "2013-11-07", "2018-10": "2019-02-28", "2025-07": "2025-12-23",
        "2025-10": "2026-03-13",
    },
    "claims": dict.fromkeys(_CLAIMS_2025, "2025-11-20"),
}  # fmt: skip
"""Days of publication by release and observation, where the rule does not hold or more is known.

Federal shutdowns delayed releases in 2013, 2019, 2025 and, for a week, in February 2026; the
schedules of the employment report, the CPI and personal income run on through what is announced.
"""
