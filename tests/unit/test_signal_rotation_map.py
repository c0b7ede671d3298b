"""The relative-rotation map against plain loops, its hysteresis and its counts."""

import datetime as dt
import math
import statistics

import numpy as np
import pytest
from compute_support import by_id, market, real_market, universe, walk, with_closes

from newsletter.compute.facts import Fact
from newsletter.compute.rotation import QUADRANTS, rotate
from newsletter.compute.signal import Absent
from newsletter.compute.signals.rotation_map import rotation_map


def naive_map(sector: list[float], benchmark: list[float]):
    """Compute strength, momentum and quadrant session by session."""
    relative = [math.log(a / b) for a, b in zip(sector, benchmark, strict=True)]
    strength: list[float] = []
    for row in range(len(relative)):
        year = relative[row - 251 : row + 1] if row >= 251 else []
        if not year or any(map(math.isnan, year)):
            strength.append(math.nan)
            continue
        strength.append(100 + (year[-1] - statistics.fmean(year)) / statistics.stdev(year))
    change = [strength[i] - strength[i - 21] if i >= 21 else math.nan for i in range(len(strength))]
    momentum = []
    for row in range(len(change)):
        year = change[row - 251 : row + 1] if row >= 251 else [math.nan]
        squares = statistics.fmean([one * one for one in year])
        momentum.append(100 + change[row] / math.sqrt(squares))
    quadrants, axes = [], {}
    for across, up in zip(strength, momentum, strict=True):
        if math.isnan(across) or math.isnan(up):
            axes = {}
            quadrants.append("")
            continue
        high = [naive_axis(axes, name, value) for name, value in (("x", across), ("y", up))]
        names = {(1, 1): "leading", (1, 0): "weakening", (0, 0): "lagging", (0, 1): "improving"}
        quadrants.append(names[high[0], high[1]])
    return strength, momentum, quadrants


def naive_axis(axes: dict[str, int], name: str, value: float) -> int:
    if value >= 100.25:
        axes[name] = 1
    elif value <= 99.75:
        axes[name] = 0
    return axes.get(name, int(value >= 100))


@pytest.fixture(scope="module")
def walked():
    return walk(universe().symbols, 900)


def test_the_map_equals_plain_loops(walked):
    of = market(walked)
    symbols = universe().sectors[:4]
    closes, benchmark = of.matrix(symbols, "total"), of.prices("SPY", "total").to_numpy()
    closes = closes.copy()
    closes[100, 0] = np.nan  # a gap asks for a new year
    found = rotate(closes, benchmark)
    for column in range(len(symbols)):
        strength, momentum, quadrants = naive_map(closes[:, column].tolist(), benchmark.tolist())
        np.testing.assert_allclose(found.strength[:, column], strength, atol=1e-9, rtol=0)
        np.testing.assert_allclose(found.momentum[:, column], momentum, atol=1e-9, rtol=0)
        assert found.quadrant[:, column].tolist() == quadrants
    assert set(found.quadrant.ravel()) == {"", *QUADRANTS}


def test_a_small_swing_about_the_centre_changes_no_quadrant(walked):
    of = market(walked)
    found = rotate(of.matrix(universe().sectors, "total"), of.prices("SPY", "total").to_numpy())
    for column in range(11):
        words, strength = found.quadrant[:, column], found.strength[:, column]
        right = np.isin(words, ["leading", "weakening"])
        out = (words != "") & (np.abs(strength - 100) >= 0.25)
        decided = np.arange(len(words)) > np.argmax(out)  # the sign decides until then
        turns = np.flatnonzero((right[1:] != right[:-1]) & decided[:-1]) + 1
        assert (np.abs(strength[turns] - 100) >= 0.25).all()


def test_facts_tell_the_last_row_the_run_and_the_tail(walked):
    of = market(walked)
    made = by_id(list(rotation_map.compute(of)))
    closes, benchmark = of.matrix(["XLK"], "total"), of.prices("SPY", "total").to_numpy()
    strength, momentum, quadrants = naive_map(closes[:, 0].tolist(), benchmark.tolist())
    assert float(made["XLK.rotation.strength"].number) == pytest.approx(strength[-1], abs=1e-9)
    assert float(made["XLK.rotation.momentum"].number) == pytest.approx(momentum[-1], abs=1e-9)
    assert made["XLK.rotation.quadrant"].value == quadrants[-1]
    run = max(i for i, word in enumerate(quadrants) if word != quadrants[-1]) + 1
    assert made["XLK.rotation.since"].value == of.sessions[run].date()
    assert made["XLK.rotation.strength"].formula == rotation_map.formula
    tail = made["series XLK.rotation.strength"]
    assert tail.dates == tuple(of.sessions[-1 - 5 * week].date() for week in range(8, -1, -1))
    expected = [strength[-1 - 5 * week] for week in range(8, -1, -1)]
    assert [float(one) for one in tail.values] == pytest.approx(expected, abs=1e-9)


def test_quadrants_are_counted(walked):
    made = by_id(list(rotation_map.compute(market(walked))))
    now = [made[f"{symbol}.rotation.quadrant"].value for symbol in universe().sectors]
    for quadrant in QUADRANTS:
        fact = made[f"sectors.rotation.{quadrant}"]
        assert int(fact.number) == now.count(quadrant) == fact.sample.n
        assert fact.sample.of == 11


@pytest.mark.parametrize(("count", "there"), [(523, False), (524, True)])
def test_a_sector_needs_two_years_and_a_month(count, there):
    made = by_id(list(rotation_map.compute(market(walk(universe().symbols, count)))))
    assert isinstance(made["XLK.rotation.quadrant"], Fact) == there
    assert isinstance(made["sectors.rotation.leading"], Fact) == there
    if not there:
        assert "524" in made["XLK.rotation.quadrant"].reason


def test_too_few_sectors_are_not_counted(walked):
    gone = walked.bars["symbol"].isin(universe().sectors[:4]).to_numpy()
    closes = {c: walked.bars[c].where(~gone) for c in ("close", "adj_close")}
    made = by_id(list(rotation_map.compute(market(with_closes(walked, **closes)))))
    assert isinstance(made["sectors.rotation.leading"], Absent)
    assert "7 of 11" in made["sectors.rotation.leading"].reason
    assert isinstance(made["XLY.rotation.quadrant"], Fact)


def test_a_sector_that_is_the_benchmark_is_not_on_the_map():
    closes = np.exp(np.random.default_rng(1).normal(0, 0.01, 900).cumsum())
    found = rotate(closes[:, None], closes)
    assert np.isnan(found.strength).all()
    assert set(found.quadrant.ravel()) == {""}


@pytest.mark.market
def test_real_sectors_equal_plain_loops_and_the_worked_example(market_bars):
    of = real_market(market_bars).cut(dt.date(2026, 7, 2))
    made = by_id(list(rotation_map.compute(of)))
    benchmark = of.prices("SPY", "total").to_numpy()
    for symbol in ("XLK", "XLC"):
        closes = of.matrix([symbol], "total")[:, 0]
        rows = slice(int(np.flatnonzero(np.isfinite(closes))[0]), None)
        strength, momentum, quadrants = naive_map(closes[rows].tolist(), benchmark[rows].tolist())
        stem = f"{symbol}.rotation"
        assert float(made[f"{stem}.strength"].number) == pytest.approx(strength[-1], abs=1e-9)
        assert float(made[f"{stem}.momentum"].number) == pytest.approx(momentum[-1], abs=1e-9)
        assert made[f"{stem}.quadrant"].value == quadrants[-1]
    said = {
        "XLK.rotation.strength": "101.8", "XLK.rotation.momentum": "97.5",
        "XLK.rotation.quadrant": "weakening", "XLK.rotation.since": "5 June 2026",
        "sectors.rotation.leading": "2", "sectors.rotation.weakening": "2",
        "sectors.rotation.lagging": "0", "sectors.rotation.improving": "7",
    }  # fmt: skip
    assert {fact_id: made[fact_id].forms["plain"] for fact_id in said} == said
