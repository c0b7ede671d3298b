"""Small pure functions against naive definitions, on any panel."""

import math

import numpy as np
import pandas as pd
import pytest
import talib
from compute_support import facts, market, panel, sessions
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from lengths import length

from newsletter.compute import arrays
from newsletter.compute.base_rates import separate_events

prices = st.floats(0.01, 1e5, allow_nan=False)
holed = st.one_of(prices, st.just(float("nan")))
columns = hnp.arrays(np.float64, st.integers(1, 60), elements=holed)
whole = hnp.arrays(np.float64, st.integers(2, 60), elements=prices)
masks = hnp.arrays(np.bool_, st.integers(1, 80))
windows = st.integers(1, 40)
panels = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 50), st.integers(1, 4)), elements=holed, fill=st.nothing()
)
NUMPY = {
    "rolling_sum": np.sum,
    "rolling_mean": np.mean,
    "rolling_max": np.max,
    "rolling_min": np.min,
}


@given(columns, st.integers(1, 20))
def test_a_rolling_mean_needs_its_whole_window(values, window):
    got = arrays.rolling_mean(values, window)
    for row in range(len(values)):
        part = values[max(0, row - window + 1) : row + 1]
        if len(part) < window or np.isnan(part).any():
            assert np.isnan(got[row])
        else:
            assert got[row] == pytest.approx(part.mean(), rel=1e-9)


@given(prices, st.integers(1, 60), st.integers(1, 40))
def test_the_mean_of_a_flat_line_is_that_line_exactly(price, count, window):
    got = arrays.rolling_mean(np.full(count, price), window)
    assert np.array_equal(got[window - 1 :], np.full(max(0, count - window + 1), price))


@given(prices, prices, st.integers(1, 60), st.integers(2, 40))
def test_a_line_that_went_flat_has_no_deviation_left(before, price, count, window):
    values = np.concatenate([[before], np.full(count, price)])
    got = arrays.rolling_std(values, window)
    assert np.array_equal(got[window:], np.zeros(max(0, count + 1 - window)))


@pytest.mark.parametrize("name", NUMPY)
@given(panels, windows)
def test_a_rolling_statistic_equals_a_window_by_window_one(name, values, window):
    got = getattr(arrays, name)(values, window)
    for row in range(len(values)):
        part = values[max(0, row - window + 1) : row + 1]
        expected = (
            NUMPY[name](part, axis=0) if len(part) == window else np.full(got[row].shape, np.nan)
        )
        assert got[row] == pytest.approx(expected, rel=1e-12, abs=1e-300, nan_ok=True)


@given(panels, st.integers(2, 40))
def test_a_rolling_deviation_equals_a_window_by_window_one(values, window):
    got = arrays.rolling_std(values, window)
    for row, column in np.ndindex(values.shape):
        part = values[max(0, row - window + 1) : row + 1, column]
        if len(part) < window or np.isnan(part).any():
            assert math.isnan(got[row, column])
        else:
            scale = np.abs(part - part[0]).max()
            expected = part.std(ddof=1)
            assert got[row, column] == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale)


@given(panels, windows)
def test_the_layout_of_memory_changes_no_statistic(values, window):
    other = np.asfortranarray(values)
    for name in (*NUMPY, "rolling_std"):
        function = getattr(arrays, name)
        assert np.array_equal(function(values, window), function(other, window), equal_nan=True)
        for column in range(values.shape[1]):
            alone = function(values[:, column].copy(), window)
            assert np.array_equal(function(values, window)[:, column], alone, equal_nan=True)


def test_columns_beyond_one_block_are_not_lost():
    values = np.random.default_rng(3).normal(100.0, 1.0, (400, 700))
    got = arrays.rolling_mean(values, 50)
    assert got == pytest.approx(pd.DataFrame(values).rolling(50).mean().to_numpy(), nan_ok=True)


@given(columns, st.floats(0.01, 1.0))
def test_an_exponential_mean_equals_its_recursion(values, alpha):
    got, again = arrays.exponential_mean(values, alpha), arrays.restarting_mean(values, alpha)
    mean, ended, restarted = math.nan, False, math.nan
    for row, value in enumerate(values.tolist()):
        ended = ended or (math.isnan(value) and not math.isnan(mean))
        mean = value if math.isnan(mean) else mean + alpha * (value - mean)
        restarted = (
            value
            if math.isnan(value) or math.isnan(restarted)
            else restarted + alpha * (value - restarted)
        )
        assert got[row] == pytest.approx(math.nan if ended else mean, rel=1e-9, nan_ok=True)
        assert again[row] == pytest.approx(restarted, rel=1e-9, nan_ok=True)


@given(panels)
def test_an_equal_weight_index_holds_equal_money_in_each_part(closes):
    got, level, last = arrays.equal_weight_index(closes), 100.0, None
    for row, now in enumerate(closes):
        if np.isnan(now).any():
            assert math.isnan(got[row])
            continue
        if last is not None:
            level *= np.mean([new / old for new, old in zip(now, last, strict=True)])
        last = now
        assert got[row] == pytest.approx(level, rel=1e-9)


@given(masks)
def test_run_lengths_equal_a_loop(condition):
    run, expected = 0, []
    for holds in condition:
        run = run + 1 if holds else 0
        expected.append(run)
    assert arrays.run_lengths(condition).tolist() == expected


@given(hnp.arrays(np.float64, (700, 3), elements=prices, fill=prices), st.data())
@settings(max_examples=40, deadline=None)
def test_the_rsi_of_columns_equals_talib_since_the_last_gap(closes, data):
    moving = closes * np.exp(np.random.default_rng(0).normal(0, 0.01, closes.shape))
    gaps = [data.draw(st.integers(-1, 699)) for _ in range(3)]
    for column, gap in enumerate(gaps):
        moving[: gap + 1, column] = np.nan
    got = arrays.wilder_rsi_columns(moving, 14, 100)
    for column, gap in enumerate(gaps):
        run = moving[gap + 1 :, column]
        expected = talib.RSI(run, 14)[-1] if len(run) >= 100 else math.nan
        assert got[column] == pytest.approx(expected, abs=1e-7, nan_ok=True)


@given(whole)
def test_the_rsi_equals_talib(values):
    assume(len(values) > 14)
    assume(np.abs(np.diff(values)).sum() > 1e-6)
    assert arrays.wilder_rsi(values) == pytest.approx(talib.RSI(values, 14)[-1], abs=1e-7)


@given(whole)
def test_a_drawdown_is_the_worst_of_all_pairs(values):
    worst = min(later / before - 1 for i, before in enumerate(values) for later in values[i:])
    assert arrays.max_drawdown(values) == pytest.approx(worst * 100, abs=1e-9)


@given(columns)
def test_a_percentile_counts_itself_and_no_gap(values):
    n, of = arrays.percentile_rank(values)
    assert (n, of) == (0, 0) if np.isnan(values).any() else 1 <= n <= of == len(values)


@given(masks, st.data())
def test_a_latch_equals_a_loop(on, data):
    off = data.draw(hnp.arrays(np.bool_, len(on)))
    closed, expected = False, []
    for turn_on, turn_off in zip(on, off, strict=True):
        closed = not turn_off and (turn_on or closed)
        expected.append(closed)
    assert arrays.latch(on, off).tolist() == expected


@given(masks, st.integers(1, 30))
def test_separate_events_are_a_horizon_apart_and_leave_none_out(condition, horizon):
    rows = separate_events(condition, horizon)
    assert (np.diff(rows) >= horizon).all()
    assert condition[rows].all()
    covered = np.zeros(len(condition), bool)
    for row in rows:
        covered[row : row + horizon] = True
    assert not (condition & ~covered).any()


@given(columns)
def test_unbroken_counts_back_to_the_last_gap(values):
    count = arrays.unbroken(values)
    assert np.isfinite(values[len(values) - count :]).all()
    assert count == len(values) or np.isnan(values[len(values) - count - 1])


@settings(max_examples=length(3, 40))  # each computes every measure twice
@given(hnp.arrays(np.float64, (30, 3), elements=holed))
def test_any_small_panel_gives_finite_facts_that_scale(closes):
    index = sessions()[-30:]
    symbols = ("IWM", "SPY", "^VIX")
    once = facts(market(panel(index, symbols, closes, closes)))
    twice = facts(market(panel(index, symbols, closes * 2, closes * 2)))
    assert once.keys() == twice.keys()
    for fact_id, fact in once.items():
        if fact.unit.value in {"percent", "ratio", "percentile", "count"}:
            assert twice[fact_id].value == fact.value
        if fact.metric == "return" and fact.kind == "price":
            base = closes[list(index.date).index(fact.period.start), symbols.index(fact.inputs[0])]
            last = closes[-1, symbols.index(fact.inputs[0])]
            assert float(fact.number) == pytest.approx((last / base - 1) * 100, abs=1e-9)
