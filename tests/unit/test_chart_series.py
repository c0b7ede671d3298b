"""Series for charts: fans, usual ranges and weekly lines against plain counts."""

import datetime as dt
import itertools
import math
import statistics
from dataclasses import replace

import numpy as np
import pytest
from chart_support import ledger
from compute_support import by_id, facts, market, universe, walk

from newsletter.compute.bands import usual_range
from newsletter.compute.base_rates import base_rate, separate_events
from newsletter.compute.facts import Series
from newsletter.compute.fans import STEP
from newsletter.compute.readings import BaseRate
from newsletter.compute.signals.trend_lines import trend_lines
from newsletter.compute.signals.vix import vix
from newsletter.draft import pictures
from newsletter.draft.theme import themes
from newsletter.render.chart import charts
from newsletter.units import Unit

SINCE = dt.date(2000, 1, 3)
LINES = ("low_tenth", "low_quarter", "median", "high_quarter", "high_tenth")
SHARES = (0.10, 0.25, 0.50, 0.75, 0.90)


def level(seed: int, count: int = 2500) -> np.ndarray:
    return 100 * np.exp(np.random.default_rng(seed).normal(0, 0.01, count).cumsum())


def quantile(values: list[float], share: float) -> float:
    """Interpolate between neighbours, by hand."""
    ranked, place = sorted(values), share * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(values) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def rate_of(prices: np.ndarray, against: np.ndarray | None = None, seed: int = 9) -> BaseRate:
    condition = np.random.default_rng(seed).random(len(prices)) < 0.3
    return base_rate(condition, prices, sign=1, horizon=63, since=SINCE, against=against)


@pytest.mark.parametrize("pair", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_fan_equals_quantiles_counted_day_by_day(seed: int, pair: bool) -> None:
    prices, other = level(seed), level(seed + 50) if pair else None
    fan = rate_of(prices, other).fan
    condition = np.random.default_rng(9).random(len(prices)) < 0.3
    rows = [row for row in separate_events(condition, 63).tolist() if row + 63 < len(prices)]

    def gone(row: int, step: int) -> float:
        moved = 100 * (prices[row + step] / prices[row] - 1)
        return moved if other is None else moved - 100 * (other[row + step] / other[row] - 1)

    assert fan.ahead == (*range(0, 63, STEP), 63)
    for k in (0, 1, 7, len(fan.ahead) - 1):
        later = [gone(row, fan.ahead[k]) for row in rows]
        for name, share in zip(LINES, SHARES, strict=True):
            assert float(getattr(fan, name)[k]) == pytest.approx(quantile(later, share), abs=1e-9)
        everyone = [gone(row, fan.ahead[k]) for row in range(len(prices) - 63)]
        assert float(fan.all_days[k]) == pytest.approx(statistics.median(everyone), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_a_fan_starts_at_nothing_is_ordered_and_ends_at_the_base_rate(seed: int) -> None:
    rate = rate_of(level(seed), level(seed + 20))
    lines = [getattr(rate.fan, name) for name in LINES]
    assert all(line[0] == 0 for line in lines)
    assert all(a <= b for low, high in itertools.pairwise(lines)
               for a, b in zip(low, high, strict=True))  # fmt: skip
    assert rate.fan.median[-1] == rate.median
    assert rate.fan.all_days[-1] == rate.unconditional_median
    assert BaseRate.from_json(rate.to_json()) == rate


def test_a_fan_does_not_know_what_comes_later() -> None:
    prices = level(3)
    condition = np.random.default_rng(9).random(len(prices)) < 0.3
    wild = prices.copy()
    wild[2000:] *= np.linspace(1, 50, 500)
    cut, cut_wild = (
        base_rate(condition[:2000], p[:2000], sign=1, horizon=63, since=SINCE)
        for p in (prices, wild)
    )
    assert cut == cut_wild
    longer = base_rate(condition, wild, sign=1, horizon=63, since=SINCE)
    assert longer.fan != cut.fan


def test_there_is_no_fan_of_few_cases_or_over_holes() -> None:
    prices = level(1, 500)
    assert rate_of(prices).fan is None
    holed = level(1)
    holed[::3] = np.nan
    rate = rate_of(holed)
    assert rate.fan is None or all(len(getattr(rate.fan, n)) == len(rate.fan.ahead) for n in LINES)
    old = {key: value for key, value in rate_of(level(1)).to_json().items() if key != "fan"}
    assert BaseRate.from_json(old).fan is None


@pytest.mark.parametrize("seed", range(5))
def test_a_usual_range_leaves_out_a_tenth_on_either_side(seed: int) -> None:
    values = np.random.default_rng(seed).normal(20, 5, 252)
    span = (dt.date(2025, 7, 2), dt.date(2026, 7, 2))
    low, high = usual_range("X.range", "x", Unit.INDEX, values, span)
    assert (low.id, high.id) == ("X.range.low_tenth", "X.range.high_tenth")
    assert low.dates == high.dates == span
    for series, share in ((low, 0.1), (high, 0.9)):
        edge = float(series.values[-1])
        assert (values <= edge + 1e-9).mean() >= share
        assert (values < edge - 1e-9).mean() < share


def test_the_volatility_range_agrees_with_its_percentile() -> None:
    for seed in range(4):
        then = market(walk(("^VIX", "SPY", "IWM"), 300, seed=seed))
        made = by_id(list(vix.compute(then)))
        closes = then.prices("^VIX").to_numpy()[-252:]
        assert [float(v) for v in made["series VIX.level"].values] == pytest.approx(closes.tolist())
        rank = float(made["VIX.percentile_1y"].number)
        high = float(made["series VIX.range_1y.high_tenth"].values[-1])
        low = float(made["series VIX.range_1y.low_tenth"].values[-1])
        assert (rank > 90) == (closes[-1] > high) or rank == pytest.approx(90, abs=0.5)
        assert low <= np.median(closes) <= high


def test_weekly_lines_hold_the_last_close_of_each_week_and_its_average() -> None:
    for seed in range(8):
        then = market(walk(("IWM", "SPY"), 1500, seed=seed))
        made = by_id(list(trend_lines.compute(then)))
        weekly = made.get("series IWM/SPY.trend.weekly")
        if weekly is None:
            continue
        assert isinstance(weekly, Series)
        average = made["series IWM/SPY.trend.average"]
        assert average.dates == weekly.dates
        kind = "total" if any(f.kind == "total" for f in facts(then).values()
                              if f.id.startswith("IWM/SPY.trend")) else "price"  # fmt: skip
        ratio = then.ratio("IWM", "SPY", kind)
        sessions = [date.date() for date in then.sessions]
        for date, value, mean in list(
            zip(weekly.dates, weekly.values, average.values, strict=True)
        )[::9]:
            row = sessions.index(date)
            assert float(value) == pytest.approx(ratio[row], abs=1e-9)
            if mean is not None:
                assert float(mean) == pytest.approx(statistics.fmean(ratio[row - 49 : row + 1]))
        weeks = [date.isocalendar()[:2] for date in weekly.dates]
        assert len(set(weeks)) == len(weeks)
        return
    pytest.fail("no walk of eight had a trend line")


def test_every_picture_asked_for_is_a_chart_and_none_too_many() -> None:
    known, of = charts().keys(), universe()
    assert themes().keys() == pictures.EVENING.keys()
    for theme in (*themes(), "unheard of"):
        asked = pictures.evening(theme, ledger(), of)
        assert 1 <= len(asked) == len(set(asked)) <= 3
        assert set(asked) <= known
        assert all(charts()[name].draw(ledger()) is not None for name in asked)
    assert 1 <= len(pictures.weekly(ledger(), of)) <= 4
    seen = {*pictures.WEEKLY}.union(*pictures.EVENING.values())
    assert seen == known, "a chart that no edition asks for"


def test_a_picture_without_its_data_makes_room_for_the_next() -> None:
    of, bare = universe(), replace(ledger(), series={}, signals=())
    assert pictures.evening("giants", bare, of) == ("style_grid", "sectors")
    assert pictures.weekly(bare, of) == ("sectors",)
    nothing = replace(bare, facts={})
    assert pictures.evening("rout", nothing, of) == ()
    few = {id: fact for id, fact in ledger().facts.items() if not id.startswith(("IWD", "IWF"))}
    assert "style_grid" not in pictures.evening("giants", replace(ledger(), facts=few), of)
    assert len(pictures.evening("giants", replace(ledger(), facts=few), of)) == 3


def test_a_range_of_one_value_is_that_value() -> None:
    span = (dt.date(2026, 7, 2), dt.date(2026, 7, 2))
    low, high = usual_range("X", "x", Unit.INDEX, np.array([3.0]), span)
    assert low.values == high.values
    assert replace(low, id=high.id, name=high.name) == high
