"""Dispersion and correlation of the sectors against numpy, pandas and plain loops."""

import datetime as dt
from itertools import combinations

import numpy as np
import pytest
from compute_support import by_id, market, real_market, universe, walk, with_closes

from newsletter.compute.facts import Fact
from newsletter.compute.signal import Absent, Trace
from newsletter.compute.signals.dispersion import (
    NAME,
    cross_section,
    dispersion,
    mean_correlation,
    states_of,
)

SECTORS = universe().sectors


def naive_spread(closes: np.ndarray, row: int) -> float:
    moved = 100 * (closes[row] / closes[row - 21] - 1)
    moved = moved[np.isfinite(moved)]
    return float(np.std(moved, ddof=1)) if len(moved) >= 8 else float("nan")


def naive_correlation(closes: np.ndarray, row: int) -> float:
    recent = closes[row - 63 : row + 1]
    columns = [i for i in range(closes.shape[1]) if np.isfinite(recent[:, i]).all()]
    if len(columns) < 8:
        return float("nan")
    moves = recent[1:] / recent[:-1] - 1
    together = np.corrcoef(moves[:, columns], rowvar=False)
    return float(np.mean([together[pair] for pair in combinations(range(len(columns)), 2)]))


def naive_states(percentile: list[float]) -> list[str]:
    side, out = "", []
    for now in percentile:
        if now != now:
            side = ""
            out.append("")
            continue
        if (side == "macro-driven" and now < 50) or (side == "stock-picker" and now > 50):
            side = ""
        side = "macro-driven" if now >= 80 else "stock-picker" if now <= 20 else side
        out.append(side or "mixed")
    return out


@pytest.fixture(scope="module")
def walked():
    return walk(universe().symbols, 1_500)


def test_each_session_equals_numpy(walked):
    closes = market(walked).matrix(SECTORS, "total").copy()
    closes[200:900, :2] = np.nan  # nine sectors for a while
    closes[400:600, 2:4] = np.nan  # seven: too few
    spread, together = cross_section(closes), mean_correlation(closes)
    assert np.isnan(spread[:21]).all()
    assert np.isnan(together[:63]).all()
    for row in range(63, 1_500, 7):
        expected = naive_spread(closes, row), naive_correlation(closes, row)
        np.testing.assert_allclose([spread[row], together[row]], expected, atol=1e-9, rtol=0)
    assert np.isnan(spread[450])
    assert np.isfinite(spread[300])


def test_facts_tell_the_last_row_and_its_place(walked):
    of = market(walked)
    made = by_id(list(dispersion.compute(of)))
    closes = of.matrix(SECTORS, "total")
    spread = [naive_spread(closes, row) for row in range(1_500 - 1_260, 1_500)]
    fact = made["sectors.cross_section.21d"]
    assert float(fact.number) == pytest.approx(spread[-1], abs=1e-9)
    assert fact.period.start == of.sessions[-22].date()
    assert not fact.is_change
    share = 100 * sum(one <= spread[-1] for one in spread) / 1_260
    place = made["sectors.cross_section.percentile_5y"]
    assert float(place.number) == pytest.approx(share, abs=1e-9)
    assert (place.sample.of, place.period.start) == (1_260, of.sessions[-1_260].date())
    together = float(made["sectors.correlation.63d"].number)
    assert together == pytest.approx(naive_correlation(closes, 1_499), abs=1e-9)


def test_sectors_in_step_correlate_fully_and_lie_together(walked):
    wave = np.exp(np.random.default_rng(3).normal(0, 0.01, 300).cumsum())
    closes = np.tile(wave[:, None], (1, 11)) * np.arange(1, 12)
    assert mean_correlation(closes)[-1] == pytest.approx(1.0)
    assert cross_section(closes)[-1] == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(mean_correlation(np.full((300, 11), 0.1))).all()


@pytest.mark.parametrize("seed", range(3))
def test_states_equal_a_day_by_day_switch(seed):
    draw = np.random.default_rng(seed)
    percentile = 50 + 45 * np.sin(draw.normal(0, 0.2, 2_000).cumsum())
    percentile[draw.integers(0, 2_000, 20)] = np.nan
    made = states_of(percentile).tolist()
    assert made == naive_states(percentile.tolist())
    assert set(made) == {"", "mixed", "macro-driven", "stock-picker"}


@pytest.mark.parametrize("symbols", [SECTORS[:4], ("SPY",)])
def test_what_is_missing_is_absent(walked, symbols):
    gone = walked.bars["symbol"].isin(symbols).to_numpy()
    closes = {c: walked.bars[c].where(~gone) for c in ("close", "adj_close")}
    made = by_id(list(dispersion.compute(market(with_closes(walked, **closes)))))
    sectors_there = symbols == ("SPY",)
    assert isinstance(made["sectors.correlation.63d"], Fact) == sectors_there
    assert isinstance(made["sectors.cross_section.21d"], Fact) == sectors_there
    for output in made.values():
        if isinstance(output, Absent):
            assert output.reason.endswith(".")


def test_percentiles_and_states_need_five_years():
    made = by_id(list(dispersion.compute(market(walk(universe().symbols, 1_259)))))
    assert isinstance(made["sectors.correlation.63d"], Fact)
    assert isinstance(made["sectors.correlation.percentile_5y"], Absent)
    assert isinstance(made[f"{NAME}.signal.state"], Absent)


@pytest.mark.market
def test_the_real_signal_equals_plain_loops(market_bars):
    of = real_market(market_bars).cut(dt.date(2026, 7, 2))
    outputs = list(dispersion.compute(of))
    made = by_id(outputs)
    closes = of.matrix(SECTORS, "total")
    count = len(closes)
    together = [naive_correlation(closes, row) for row in range(count - 1_300, count)]
    shares = [
        100 * sum(one <= together[row] for one in together[row - 1_259 : row + 1]) / 1_260
        for row in range(1_259, 1_300)
    ]
    trace = next(o for o in outputs if isinstance(o, Trace))
    expected = [(50 - share) / 50 for share in shares]
    np.testing.assert_allclose(trace.strength[-41:], expected, atol=1e-9)
    assert made[f"signal {NAME}"].state == "stock-picker"
    said = {
        "sectors.cross_section.21d": "6.5%", "sectors.cross_section.percentile_5y": "94th",
        "sectors.correlation.63d": "0.19", f"{NAME}.signal.since": "25 July 2025",
        f"{NAME}.base_rate.63d.known": "37", f"{NAME}.base_rate.63d.hit_rate": "76%",
    }  # fmt: skip
    assert {fact_id: made[fact_id].forms["plain"] for fact_id in said} == said
