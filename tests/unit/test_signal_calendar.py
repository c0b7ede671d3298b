"""Seasonality and calendar-year history against pandas and plain loops."""

import datetime as dt
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from compute_support import by_id, market, panel, real_market, sessions, universe

from newsletter.compute.facts import Fact, Series
from newsletter.compute.signal import Absent
from newsletter.compute.signals.calendar_history import calendar_history
from newsletter.compute.signals.seasonality import seasonality

DATES = tuple(
    dt.date.fromisoformat(d)
    for d in ("2026-07-02", "2025-12-23", "2026-01-02", "2026-01-09", "2020-03-16", "2024-02-29")
)
on_each_date = pytest.mark.parametrize("date", DATES, ids=str)


@lru_cache(maxsize=12)
def made(folder: Path, date: dt.date, which: str) -> dict:
    measure = {"seasonality": seasonality, "calendar": calendar_history}[which]
    return by_id(list(measure.compute(real_market(folder).cut(date))))


@pytest.fixture(scope="module")
def spy(market_bars):
    return read(market_bars, "SPY")["close"]


def read(folder: Path, symbol: str) -> pd.DataFrame:
    bars = pd.read_parquet(folder / "etf_index.parquet", columns=["date", "symbol", "close",
                                                                  "adj_close"])  # fmt: skip
    return (
        bars[bars["symbol"] == symbol]
        .set_index("date")
        .sort_index()
        .astype({"close": float, "adj_close": float})[["close", "adj_close"]]
    )


def agrees(outputs: dict, stem: str, values: dict[int, float], *, median: float | None = None):
    """Compare hit rate, sample, bounds and median with the sequels by year."""
    import statsmodels.stats.proportion as oracle

    hits = sum(value > 0 for value in values.values())
    rate = outputs[f"{stem}.hit_rate"]
    assert isinstance(rate, Fact), rate
    assert (rate.sample.n, rate.sample.of) == (hits, len(values))
    assert float(rate.number) == pytest.approx(100 * hits / len(values), abs=1e-9)
    low, high = oracle.proportion_confint(hits, len(values), 0.05, "wilson")
    for what, bound in (("low", low), ("high", high)):
        fact = outputs[f"{stem}.hit_rate_{what}"]
        assert float(fact.number) == pytest.approx(100 * bound, abs=1e-9)
    middle = np.median(list(values.values())) if median is None else median
    assert float(outputs[f"{stem}.median"].number) == pytest.approx(middle, abs=1e-9)


def year_ends(closes: pd.Series) -> dict[int, float]:
    return {year: of.iloc[-1] for year, of in closes.groupby(closes.index.year)}


def whole_years(closes: pd.Series, date: dt.date) -> dict[int, float]:
    ends = year_ends(closes)
    return {y: (ends[y] / ends[y - 1] - 1) * 100 for y in ends if y - 1 in ends and y < date.year}


def rests(closes: pd.Series, count: int, before: int) -> dict[int, float]:
    """Percent from each year's n-th session (of the exchange) to its last close."""
    found = {}
    for year in range(closes.index[0].year, before):
        days = sessions()[sessions().year == year]
        if count < len(days) and days[count - 1] in closes.index:
            found[year] = (closes[days[-1]] / closes[days[count - 1]] - 1) * 100
    return found


def so_far(closes: pd.Series, count: int) -> dict[int, float]:
    ends, found = year_ends(closes), {}
    for year in ends:
        days = sessions()[sessions().year == year]
        if year - 1 in ends and count <= len(days) and days[count - 1] in closes.index:
            found[year] = (closes[days[count - 1]] / ends[year - 1] - 1) * 100
    return found


def elapsed(date: dt.date) -> int:
    days = sessions()
    return int(((days.year == date.year) & (days <= pd.Timestamp(date))).sum())


@pytest.mark.market
@on_each_date
def test_the_month_equals_pandas(market_bars, spy, date):
    outputs, closes = made(market_bars, date, "seasonality"), spy[: str(date)]
    monthly = (closes.resample("ME").last().pct_change() * 100).dropna()
    past = monthly[monthly.index.year < date.year]
    name = f"{date:%B}".lower()
    mine = past[past.index.month == date.month]
    agrees(outputs, f"SPY.{name}", dict(zip(mine.index.year, mine, strict=True)))
    medians = past.groupby(past.index.month).median()
    rank = medians.rank(ascending=False)[date.month]
    assert float(outputs[f"SPY.{name}.rank"].number) == rank
    series = outputs[f"series SPY.{name}"]
    assert isinstance(series, Series)
    assert [day.year for day in series.dates] == list(mine.index.year)
    assert [float(v) for v in series.values] == pytest.approx(mine.tolist())


@pytest.mark.market
@on_each_date
def test_rest_of_year_and_cycle_equal_plain_loops(market_bars, spy, date):
    outputs, closes = made(market_bars, date, "seasonality"), spy[: str(date)]
    rest = rests(closes, elapsed(date), date.year)
    agrees(outputs, "SPY.rest_of_year", rest)
    first = sessions()[sessions().year == min(rest)][elapsed(date) - 1].date()
    assert outputs["SPY.rest_of_year.hit_rate"].sample.start == first
    place = ("election", "post_election", "midterm", "pre_election")[date.year % 4]
    cycle = {y: v for y, v in whole_years(closes, date).items() if y % 4 == date.year % 4}
    agrees(outputs, f"SPY.{place}_year", cycle)


@pytest.mark.market
@on_each_date
def test_january_equals_plain_loops(market_bars, spy, date):
    outputs, closes = made(market_bars, date, "seasonality"), spy[: str(date)]
    ends = year_ends(closes)
    counts = {y: int(((sessions().year == y) & (sessions().month == 1)).sum()) for y in ends}
    for stem, stated in (
        ("january_barometer", date.month > 1),
        ("first_five_days", date.month == 1 and elapsed(date) >= 5),
    ):
        if not stated:
            assert isinstance(outputs[f"SPY.{stem}.hit_rate"], Absent)
            continue
        opening, after = {}, {}
        for year in ends:
            count = counts[year] if stem == "january_barometer" else 5
            if year in so_far(closes, count):
                opening[year] = so_far(closes, count)[year]
                after[year] = rests(closes, count, date.year).get(year)
        own = opening[date.year]
        assert float(outputs[f"SPY.{stem}.return"].number) == pytest.approx(own, abs=1e-9)
        same = {y: after[y] for y in opening if y < date.year and opening[y] * own > 0}
        sign = 1 if own > 0 else -1
        onward = {y: sign * same[y] for y in same}
        agrees(outputs, f"SPY.{stem}", onward, median=float(np.median(list(same.values()))))
        assert outputs[f"SPY.{stem}.years"].value == ", ".join(map(str, same))
        missed = ", ".join(str(y) for y in onward if onward[y] <= 0)
        assert outputs[f"SPY.{stem}.exceptions"].value == (missed or "none")


@pytest.mark.market
@on_each_date
def test_the_year_so_far_equals_plain_loops(market_bars, spy, date):
    outputs, closes = made(market_bars, date, "calendar"), spy[: str(date)]
    if elapsed(date) < 21:
        assert "21 sessions" in outputs["SPY.year_so_far.hit_rate"].reason
        return
    moved, rest = so_far(closes, elapsed(date)), rests(closes, elapsed(date), date.year)

    def band(value: float) -> int:
        return int(np.sign(value)) * (2 if abs(value) >= 10 else 1)

    same = {y: rest[y] for y in rest if y in moved and band(moved[y]) == band(moved[date.year])}
    sign = 1 if moved[date.year] > 0 else -1
    middle = float(np.median(list(same.values()))) if same else float("nan")
    agrees(outputs, "SPY.year_so_far", {y: sign * same[y] for y in same}, median=middle)
    assert outputs["SPY.year_so_far.years"].value == ", ".join(map(str, same))
    words = {2: "up 10% or more", 1: "up less than 10%", -1: "down less than 10%",
             -2: "down 10% or more"}  # fmt: skip
    assert outputs["SPY.year_so_far.condition"].value == words[band(moved[date.year])]


@pytest.mark.market
@on_each_date
def test_the_race_of_the_year_equals_plain_loops(market_bars, date):
    outputs = made(market_bars, date, "calendar")
    if elapsed(date) < 21:
        assert "21 sessions" in outputs["IWM-SPY.year_so_far.hit_rate"].reason
        return
    both = pd.DataFrame({s: read(market_bars, s)["adj_close"] for s in ("IWM", "SPY")}).dropna()
    both = both[: str(date)]
    moved = so_far(both["IWM"] / both["SPY"], elapsed(date))
    small, large = (whole_years(both[s], date) for s in ("IWM", "SPY"))
    whole = {year: small[year] - large[year] for year in small}
    sign = 1 if moved[date.year] > 0 else -1
    same = {y: sign * whole[y] for y in whole if y in moved and sign * moved[y] > 0}
    lead = sign * float(np.median(list(same.values())))
    agrees(outputs, "IWM-SPY.year_so_far", same, median=lead)
    assert outputs["IWM-SPY.year_so_far.condition"].value == ("ahead" if sign > 0 else "behind")
    assert outputs["IWM-SPY.year_so_far.median"].kind == "total"


@pytest.mark.market
@on_each_date
def test_streaks_and_falls_equal_plain_loops(market_bars, spy, date):
    outputs, closes = made(market_bars, date, "calendar"), spy[: str(date)]
    whole = whole_years(closes, date)
    for length, stem in ((2, "two_up_years"), (3, "three_up_years")):

        def after_streak(year: int, length=length) -> bool:
            return all(whole.get(year - back, -1) > 0 for back in range(1, length + 1))

        if after_streak(date.year):
            agrees(outputs, f"SPY.{stem}", {y: whole[y] for y in whole if after_streak(y)})
        else:
            assert "not all up" in outputs[f"SPY.{stem}.hit_rate"].reason
    fallen = {}
    for year, move in whole.items():
        peak, deepest = 0.0, 0.0
        before = closes[closes.index.year == year - 1].iloc[-1:]
        for close in [*before, *closes[closes.index.year == year]]:
            peak = max(peak, close)
            deepest = min(deepest, close / peak - 1)
        if deepest <= -0.10:
            fallen[year] = move
    agrees(outputs, "SPY.fall_in_year", fallen)


@pytest.mark.market
def test_the_printed_forms(market_bars):
    season = made(market_bars, DATES[0], "seasonality")
    history = made(market_bars, DATES[0], "calendar")
    assert season["SPY.july.hit_rate"].forms["plain"] == "64%"
    assert season["SPY.july.rank"].forms["plain"] == "3rd"
    assert history["IWM-SPY.year_so_far.exceptions"].value == "2011, 2015, 2018, 2021"
    assert history["IWM-SPY.year_so_far.hit_rate"].sample.start == dt.date(2000, 12, 29)
    assert sum(isinstance(o, Fact) for o in (*season.values(), *history.values())) < 60


# Made-up years: SPY stands at what the function says of each session.


def shaped(shape, start: str = "2018-12-31", end: str = "2023-06-30") -> dict:
    index = sessions()[(sessions() >= start) & (sessions() <= end)]
    level = np.array([shape(day) for day in index], dtype=np.float64)
    one = universe().model_copy(update={"small_caps": "SPY"})
    of = market(panel(index, ("SPY",), level[:, None], level[:, None]), one)
    return by_id([*seasonality.compute(of), *calendar_history.compute(of)])


def test_none_of_one_allows_anything_up_to_79_percent():
    """2019, 2020 and 2021 rise, 2022 falls after its strong start, 2023 starts strongly."""

    def level(day) -> float:
        if day.year == 2022:
            return 400.0 * (1.2 if day.month < 9 else 0.9) if day.month > 1 else 400.0
        if day.year == 2023:
            return 360.0 * 1.15
        return 100.0 + 100.0 * (day.year - 2018)

    outputs = shaped(level)
    rate = outputs["SPY.year_so_far.hit_rate"]
    # 2019 (+100 %), 2020 (+50 %) and 2021 (+33 %) began as strongly and then stood still.
    assert outputs["SPY.year_so_far.years"].value == "2019, 2020, 2021, 2022"
    assert (rate.sample.n, rate.sample.of) == (0, 4)
    assert outputs["SPY.year_so_far.exceptions"].value == "2019, 2020, 2021, 2022"
    assert outputs["SPY.fall_in_year.years"].value == "2022"
    assert outputs["SPY.fall_in_year.hit_rate"].sample.of == 1
    assert outputs["SPY.fall_in_year.hit_rate_high"].forms["plain"] == "79%"
    assert outputs["SPY.fall_in_year.hit_rate_low"].forms["plain"] == "0%"
    assert "not all up" in outputs["SPY.two_up_years.hit_rate"].reason


def test_a_condition_that_never_held_says_so():
    def level(day) -> float:
        return 100.0 * (1.15 if day.year == 2023 and day.month > 1 else 1.0)

    reason = shaped(level)["SPY.year_so_far.median"].reason
    assert reason == "It held in none of 4 complete past years since 2018-12-31."


def test_a_flat_line_has_no_barometer_and_no_rank():
    outputs = shaped(lambda day: 100.0, start="2008-12-31")
    assert outputs["SPY.june.rank"].reason == "All months are alike."
    assert outputs["SPY.june.hit_rate"].number == 0
    assert outputs["SPY.june.median"].number == 0
    assert isinstance(outputs["SPY.january_barometer.hit_rate"], Absent)
    assert isinstance(outputs["SPY.year_so_far.hit_rate"], Absent)


def test_too_few_years_rank_no_month():
    outputs = shaped(lambda day: 100.0 + day.dayofyear)
    assert outputs["SPY.june.rank"].reason == "Not every month has 10 past years."


def test_the_last_session_of_a_year_has_no_rest():
    outputs = shaped(lambda day: 100.0 + day.year, end="2022-12-30")
    # Only 2020 had more sessions than 2022's 251.
    assert outputs["SPY.rest_of_year.hit_rate"].sample.of == 3
    one = shaped(lambda day: 100.0 + day.year, start="2021-12-31", end="2022-12-30")
    assert isinstance(one["SPY.rest_of_year.hit_rate"], Absent)


def test_a_year_with_a_hole_at_its_end_does_not_count():
    hole = pd.Timestamp("2020-12-31")

    def level(day) -> float:
        return float("nan") if day == hole else 100.0 + (day.year - 2018) * 5 + day.dayofyear / 99

    outputs = shaped(level)
    assert outputs["SPY.two_up_years.hit_rate"].reason.endswith("all up, or are not all known.")
    # 2020 has no end and 2021 no base; 2019 and 2022 remain.
    assert outputs["SPY.rest_of_year.hit_rate"].sample.of == 3
    assert "2020" not in outputs["SPY.year_so_far.years"].value
