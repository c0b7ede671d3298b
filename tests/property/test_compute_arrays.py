"""Small pure functions against naive definitions, on any panel."""

import numpy as np
import pytest
import talib
from compute_support import facts, market, panel, sessions
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from newsletter.compute import arrays
from newsletter.compute.base_rates import separate_events

prices = st.floats(0.01, 1e5, allow_nan=False)
holed = st.one_of(prices, st.just(float("nan")))
columns = hnp.arrays(np.float64, st.integers(1, 60), elements=holed)
whole = hnp.arrays(np.float64, st.integers(2, 60), elements=prices)
masks = hnp.arrays(np.bool_, st.integers(1, 80))


@given(columns, st.integers(1, 20))
def test_a_rolling_mean_needs_its_whole_window(values, window):
    got = arrays.rolling_mean(values, window)
    for row in range(len(values)):
        part = values[max(0, row - window + 1) : row + 1]
        if len(part) < window or np.isnan(part).any():
            assert np.isnan(got[row])
        else:
            assert got[row] == pytest.approx(part.mean(), rel=1e-9)


@given(prices, st.integers(1, 60), st.integers(1, 20))
def test_the_mean_of_a_flat_line_is_that_line_exactly(price, count, window):
    got = arrays.rolling_mean(np.full(count, price), window)
    assert np.array_equal(got[window - 1 :], np.full(max(0, count - window + 1), price))


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


@settings(max_examples=25, deadline=None)
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
