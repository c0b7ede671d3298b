"""Macro facts: the newest figure that was public, and nothing of what came later."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from compute_support import SOURCE, market, sessions, truncated, universe, walk

from newsletter.collect.macro import SERIES, published
from newsletter.collect.tables import KNOWN, canonical, known_by
from newsletter.compute.facts import Fact
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output
from newsletter.compute.signals.levels import levels
from newsletter.compute.signals.macro import macro
from newsletter.compute.signals.yield_curve import yield_curve
from newsletter.units import Unit

END = dt.date(2026, 7, 2)
MEASURES = (macro, yield_curve)


@lru_cache(maxsize=1)
def plain_market() -> Market:
    return market(walk(("SPY", "IWM"), 900))


def with_macro(table: pd.DataFrame, date: dt.date = END) -> Market:
    """Return a market at a session with a macro table and its source."""
    made = replace(plain_market(), tables={"macro": table}, table_sources={"macro": "fred"})
    return made.cut(date)


def told(of: Market) -> dict[str, Output]:
    return {output.id: output for measure in MEASURES for output in measure.compute(of)}


def rows(series: str, figures: dict[str, float]) -> pd.DataFrame:
    dates = pd.to_datetime(list(figures))
    return pd.DataFrame({"series": series, "date": dates, "value": list(figures.values())})


def table(*parts: pd.DataFrame) -> pd.DataFrame:
    return canonical("macro", published(pd.concat(parts)))


def monthly(series: str, start: str, values: list[float]) -> pd.DataFrame:
    dates = pd.date_range(start, periods=len(values), freq="MS").astype(str)
    return rows(series, dict(zip(dates, values, strict=True)))


CPI = [300.0 + i for i in range(17)]  # January 2025 to May 2026, the last is 316


def test_a_change_is_of_the_newest_public_month_and_names_it() -> None:
    made = told(with_macro(table(monthly("CPIAUCSL", "2025-01-01", [*CPI, 900.0]))))
    year, month = made["cpi.change.12m"], made["cpi.change.1m"]
    assert float(year.number) == pytest.approx(100 * (316 / 304 - 1))
    assert float(month.number) == pytest.approx(100 * (316 / 315 - 1))
    assert (year.period.start, year.as_of) == (dt.date(2025, 5, 31), dt.date(2026, 5, 31))
    assert (month.period.label, month.period.start) == ("1m", dt.date(2026, 4, 30))
    assert year.source == "fred"
    assert year.quality == "estimated"
    assert year.inputs == ("CPIAUCSL",)
    assert year.name == "the consumer price index"
    assert year.formula == macro.formula
    assert year.is_change


def test_the_figure_of_june_is_there_on_the_day_of_its_release_and_not_before() -> None:
    of = table(monthly("CPIAUCSL", "2025-01-01", [*CPI, 317.0]))
    later = replace(with_macro(of, dt.date(2026, 7, 2)), session=plain_market().session)
    assert told(later)["cpi.change.1m"].as_of == dt.date(2026, 5, 31)
    july = market(walk(("SPY",), 60, end=dt.date(2026, 7, 14)))
    july = replace(july, tables={"macro": of}, table_sources={"macro": "fred"})
    assert told(july)["cpi.change.1m"].as_of == dt.date(2026, 6, 30)
    assert told(july.cut(dt.date(2026, 7, 13)))["cpi.change.1m"].as_of == dt.date(2026, 5, 31)


def test_no_month_is_filled() -> None:
    months = pd.date_range("2024-11-01", "2025-11-01", freq="MS").astype(str)
    figures = {month: 100.0 + i for i, month in enumerate(months) if month != "2025-10-01"}
    made = told(with_macro(table(rows("CPIAUCSL", figures)), dt.date(2025, 12, 18)))
    gone = made["cpi.change.1m"]
    assert isinstance(gone, Absent)
    assert gone.reason == (
        "The figure of the consumer price index that stands 1m before 2025-11-30 is missing."
    )
    assert float(made["cpi.change.12m"].number) == pytest.approx(12.0)


def test_jobs_are_counted_in_persons_and_unemployment_in_points() -> None:
    made = told(
        with_macro(
            table(
                monthly("PAYEMS", "2026-03-01", [158_650.0, 158_798.0, 158_861.0, 158_838.0]),
                monthly("UNRATE", "2025-06-01", [4.1, *[4.3] * 11, 4.2]),
            )
        )
    )
    assert made["payrolls.change.1m"].number == Decimal(-23_000)
    assert made["payrolls.change.1m"].unit is Unit.COUNT
    assert made["payrolls.change.1m"].display == "−23,000"
    assert made["payrolls.average.3m"].number == Decimal(62_667)
    assert made["unemployment.level"].number == Decimal("4.2")
    assert made["unemployment.level"].forms["plain"] == "4.2%"
    assert not made["unemployment.level"].is_change
    assert made["unemployment.level"].period.start == dt.date(2026, 6, 1)
    assert made["unemployment.level"].as_of == dt.date(2026, 6, 30)
    assert made["unemployment.change.1m"].number == Decimal("-0.1")
    assert made["unemployment.change.12m"].unit is Unit.POINTS


def test_claims_are_of_a_week_that_ends_on_saturday() -> None:
    weeks = pd.date_range("2026-05-30", "2026-07-04", freq="7D").astype(str)
    values = [230e3, 228e3, 226e3, 216e3, 217e3, 999e3]  # the last is public on 9 July
    made = told(with_macro(table(rows("ICSA", dict(zip(weeks, values, strict=True))))))
    level = made["jobless_claims.level"]
    assert level.number == 217_000
    assert (level.period.start, level.as_of) == (dt.date(2026, 6, 21), dt.date(2026, 6, 27))
    assert made["jobless_claims.change.1w"].number == 1_000
    assert made["jobless_claims.average.4w"].number == (228 + 226 + 216 + 217) * 250


def yields(ten: list[float], two: list[float], end: str = "2026-07-01") -> pd.DataFrame:
    dates = pd.bdate_range(end=end, periods=len(ten)).astype(str)
    return table(
        rows("DGS10", dict(zip(dates, ten, strict=True))),
        rows("DGS2", dict(zip(dates, two, strict=True))),
    )


def test_yields_are_in_percent_and_move_in_basis_points() -> None:
    ten = [4.0 + 0.01 * i for i in range(30)]
    made = told(with_macro(yields(ten, [4.1] * 30)))
    level = made["us10y.level"]
    assert level.number == Decimal("4.29")
    assert level.display == "4.29%"
    assert level.as_of == dt.date(2026, 7, 1)
    assert level.quality == "ok"
    for days in (1, 5, 21):
        fact = made[f"us10y.change.{days}d"]
        assert fact.number == days
        assert fact.unit is Unit.BPS
        assert fact.period.start == pd.bdate_range(end="2026-07-01", periods=days + 1)[0].date()
    assert made["us2y.change.21d"].number == 0


def test_a_hole_in_the_source_is_no_short_change() -> None:
    dates = [*pd.bdate_range("2026-04-01", periods=30), pd.Timestamp("2026-07-01")]
    made = told(with_macro(table(rows("DGS10", dict.fromkeys(map(str, dates), 4.0)))))
    assert isinstance(made["us10y.level"], Fact)
    assert isinstance(made["us10y.change.1d"], Absent)
    assert isinstance(made["us10y.change.21d"], Absent)
    figures = dict.fromkeys(map(str, dates), 4.0)
    both = told(with_macro(table(rows("DGS10", figures), rows("DGS2", figures))))
    assert isinstance(both["us10y-us2y.curve.21d"], Absent)
    assert isinstance(both["us10y-us2y.curve.close"], Fact)


def test_the_curve_is_inverted_flat_or_upward_since_a_day() -> None:
    ten = [4.0] * 30
    two = [4.1] * 10 + [3.9] * 5 + [4.0] * 5 + [4.25] * 10
    made = told(with_macro(yields(ten, two)))
    stem = "us10y-us2y.curve"
    assert made[f"{stem}.close"].number == -25
    assert made[f"{stem}.close"].forms["signed"] == "−25 bps"
    assert made[f"{stem}.state"].value == "inverted"
    assert made[f"{stem}.days"].number == 10
    since = pd.bdate_range(end="2026-07-01", periods=10)[0].date()
    assert made[f"{stem}.since"].value == since
    assert made[f"{stem}.21d"].number == -15
    assert made[f"{stem}.close"].source == "fred"
    for cut, state in ((20, "flat"), (15, "upward")):
        shorter = told(with_macro(yields(ten[:cut], two[:cut])))
        assert shorter[f"{stem}.state"].value == state
    gone = made["us10y-us3m.curve.close"]
    assert isinstance(gone, Absent)
    assert gone.reason == "No figure of the three-month Treasury yield was public on 2026-07-02."


def test_the_curve_is_read_on_days_with_both_yields() -> None:
    of = yields([4.0] * 30, [3.9] * 30)
    last = (of["series"] == "DGS2") & (of["date"] == "2026-07-01")
    made = told(with_macro(of[~last]))
    assert made["us10y-us2y.curve.close"].as_of == dt.date(2026, 6, 30)
    assert made["us10y.level"].as_of == dt.date(2026, 7, 1)


def target(*steps: tuple[str, float], end: str = "2026-07-06") -> pd.DataFrame:
    upper = pd.Series(dict(steps))
    upper.index = pd.to_datetime(upper.index)
    daily = upper.reindex(pd.date_range(upper.index[0], end)).ffill()
    figures = {str(day.date()): value for day, value in daily.items()}
    lower = {day: value - 0.25 for day, value in figures.items()}
    return table(rows("DFEDTARU", figures), rows("DFEDTARL", lower))


def test_the_target_range_with_its_last_move_and_the_moves_of_the_year() -> None:
    steps = (("2025-01-01", 4.5), ("2025-12-11", 3.75), ("2026-01-29", 3.5),
             ("2026-03-19", 3.25), ("2026-06-18", 3.75), ("2026-07-03", 5.0))  # fmt: skip
    made = told(with_macro(target(*steps)))
    assert made["fed_funds.target_high.close"].display == "3.75%"
    assert made["fed_funds.target_low.close"].display == "3.50%"
    assert made["fed_funds.change.last"].number == 50
    assert made["fed_funds.in_force.last"].value == dt.date(2026, 6, 18)
    assert made["fed_funds.cuts.ytd"].forms["word"] == "two"
    assert made["fed_funds.hikes.ytd"].number == 1
    assert made["fed_funds.cuts.ytd"].period.start == dt.date(2025, 12, 31)
    assert made["fed_funds.target_high.close"].as_of == END


def test_a_short_history_of_the_target_counts_nothing() -> None:
    made = told(with_macro(target(("2026-02-01", 3.75))))
    for what in ("change.last", "in_force.last", "cuts.ytd", "hikes.ytd"):
        assert isinstance(made[f"fed_funds.{what}"], Absent)
    assert made["fed_funds.target_high.close"].number == Decimal("3.75")


def test_without_a_table_every_fact_is_stated_absent() -> None:
    none = told(plain_market())
    assert len(none) > 40
    assert all(isinstance(output, Absent) for output in none.values())
    assert none["cpi.change.12m"].reason == (
        "No figure of the consumer price index was public on 2026-07-02."
    )
    assert {"fed_funds.cuts.ytd", "us10y-us2y.curve.state", "payrolls.change.1m"} <= none.keys()


def test_a_series_that_ended_is_absent_and_not_stale() -> None:
    made = told(with_macro(yields([4.0] * 30, [3.9] * 30, end="2026-06-15")))
    for id in ("us10y.level", "us10y-us2y.curve.close"):
        assert made[id].reason == (
            "The newest figure of the ten-year Treasury yield is of 2026-06-15: its source ended."
        )


def test_an_unknown_series_is_stated() -> None:
    asked = replace(plain_market(), universe=universe().model_copy(update={"macro": ("XYZ",)}))
    assert told(asked)["XYZ.level"].reason == "XYZ is no series that is known here."


@pytest.mark.parametrize("id", SERIES)
def test_every_series_of_the_catalogue_can_be_told(id: str) -> None:
    series = SERIES[id]
    step = {"daily": "B", "weekly": "7D", "monthly": "MS", "quarterly": "QS"}[series.frequency]
    start = "2024-01-06" if series.frequency == "weekly" else "2024-01-01"
    dates = pd.date_range(start, END, freq=step).astype(str)
    values = dict(zip(dates, np.linspace(3.0, 4.0, len(dates)), strict=True))
    asked = universe().model_copy(update={"macro": (id, "DFEDTARU")})
    of = with_macro(table(rows(id, values), *(rows(i, values) for i in ("DFEDTARU", "DFEDTARL"))
                          if id.startswith("DFEDTAR") else [rows(id, values)]))  # fmt: skip
    made = [x for x in macro.compute(replace(of, universe=asked)) if isinstance(x, Fact)]
    assert len(made) >= 2
    for fact in made:
        assert fact.display
        assert fact.period.start <= fact.period.end == fact.as_of <= END


# Real figures.


@lru_cache(maxsize=1)
def real_table(folder: Path) -> pd.DataFrame:
    path = folder.parent / "reference" / "macro_fred.parquet"
    made = canonical("macro", published(pd.read_parquet(path)))
    return made[made["series"].isin(universe().macro)]


@lru_cache(maxsize=1)
def real_wide(folder: Path) -> dict[str, pd.Series]:
    long = pd.read_parquet(folder.parent / "reference" / "macro_fred.parquet")
    return {str(name): rows.set_index("date")["value"] for name, rows in long.groupby("series")}


def number(made: dict[str, Output], id: str) -> float:
    fact = made[id]
    assert isinstance(fact, Fact), fact
    return float(fact.number)


@pytest.mark.market
def test_real_figures_on_the_second_of_july(market_bars) -> None:
    made, wide = told(with_macro(real_table(market_bars))), real_wide(market_bars)
    cpi, jobs, ten = wide["CPI"], wide["PAYEMS"], wide["DGS10"]
    assert made["cpi.change.12m"].as_of == dt.date(2026, 5, 31)
    assert made["unemployment.level"].as_of == dt.date(2026, 6, 30)
    assert number(made, "cpi.change.12m") == pytest.approx(
        100 * (cpi["2026-05-01"] / cpi["2025-05-01"] - 1)
    )
    assert number(made, "unemployment.level") == wide["UNRATE"]["2026-06-01"] == 4.2
    assert number(made, "payrolls.change.1m") == 1000 * jobs.diff()["2026-06-01"]
    recent = ten[: pd.Timestamp("2026-07-01")]
    assert number(made, "us10y.level") == recent.iloc[-1]
    for days in (1, 5, 21):
        moved = 100 * (recent.iloc[-1] - recent.iloc[-1 - days])
        assert number(made, f"us10y.change.{days}d") == pytest.approx(moved, abs=1e-9)
    gap = (100 * (recent - wide["DGS2"])).dropna()
    assert number(made, "us10y-us2y.curve.close") == pytest.approx(gap.iloc[-1], abs=1e-9)
    days = 0
    for value in gap[::-1]:
        if value <= 1e-9:
            break
        days += 1
    assert number(made, "us10y-us2y.curve.days") == days
    assert made["fed_funds.in_force.last"].value == dt.date(2025, 12, 11)
    assert number(made, "fed_funds.change.last") == -25
    assert number(made, "fed_funds.cuts.ytd") == 0
    assert number(made, "jobless_claims.level") == wide["ICSA"]["2026-06-27"]


@pytest.mark.market
@pytest.mark.parametrize(
    ("date", "facts"),
    [
        (dt.date(2025, 11, 19), {"unemployment.level": "2025-08-31"}),
        (dt.date(2025, 11, 19), {"cpi.change.12m": "2025-09-30"}),
        (dt.date(2025, 11, 20), {"unemployment.level": "2025-09-30"}),
        (dt.date(2025, 12, 15), {"payrolls.change.1m": "2025-09-30"}),
        (dt.date(2025, 12, 16), {"payrolls.change.1m": "2025-11-30"}),
        (dt.date(2025, 12, 17), {"cpi.change.12m": "2025-09-30"}),
        (dt.date(2025, 12, 18), {"cpi.change.12m": "2025-11-30"}),
        (dt.date(2026, 7, 1), {"unemployment.level": "2026-05-31"}),
    ],
)  # fmt: skip
def test_the_shutdown_delayed_what_an_edition_may_know(market_bars, date, facts) -> None:
    made = told(with_macro(real_table(market_bars), date))
    assert {id: str(made[id].as_of) for id in facts} == facts


@pytest.mark.market
def test_cuts_of_2024_are_counted_at_its_end(market_bars) -> None:
    made = told(with_macro(real_table(market_bars), dt.date(2024, 12, 31)))
    assert number(made, "fed_funds.cuts.ytd") == 3
    assert number(made, "fed_funds.hikes.ytd") == 0
    assert made["us10y-us2y.curve.state"].value == "upward"
    spring = told(with_macro(real_table(market_bars), dt.date(2024, 3, 28)))
    assert spring["us10y-us2y.curve.state"].value == "inverted"
    assert spring["us10y-us2y.curve.since"].value == dt.date(2022, 7, 6)


@pytest.mark.market
def test_no_fact_rests_on_a_figure_that_was_not_public(market_bars) -> None:
    """Twenty random sessions: wild figures of the future change no fact."""
    real = real_table(market_bars)
    chosen = np.random.default_rng(11).choice(np.arange(len(plain_market().sessions)), 20, False)
    for row in sorted(chosen):
        date = plain_market().sessions[row].date()
        end = pd.Timestamp(date)
        wild = real.assign(value=real["value"].where(real[KNOWN] <= end, 1e6))
        made = told(with_macro(wild, date))
        assert made == told(with_macro(known_by(real, end), date))
        public = known_by(real, end).groupby("series")["date"].max()
        for output in made.values():
            if isinstance(output, Fact):
                assert output.as_of <= date
                for id in output.inputs:
                    first = public[id]
                    assert output.period.start <= output.as_of
                    assert pd.Timestamp(output.as_of) <= first + pd.DateOffset(months=3)


def test_levels_are_in_points_where_the_configuration_says_so() -> None:
    made = {x.id: x for x in levels.compute(market(walk(universe().symbols, 3)))}
    assert made["VIX3M.level"].unit is made["DX-Y.NYB.level"].unit is Unit.INDEX
    assert made["IWM.level"].unit is Unit.USD
    assert "VIX.level" not in made


def test_a_truncated_snapshot_gives_the_same_facts() -> None:
    snapshot = replace(walk(("SPY",), 300), tables={"macro": yields([4.0] * 30, [3.9] * 30)})
    snapshot = replace(snapshot, sources=(SOURCE, replace(SOURCE, name="fred", covers="macro")))
    date = sessions()[sessions() < pd.Timestamp("2026-06-26")][-1].date()
    assert told(market(snapshot).cut(date)) == told(market(truncated(snapshot, date)))
    assert told(market(snapshot))["us10y.level"].source == "fred"
