"""Intervals against statsmodels, arch and scipy."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compute import statistics
from newsletter.compute.statistics import (
    median_interval,
    sign_interval,
    stationary_draws,
    wilson_interval,
)

SEED = 20260702


@pytest.fixture(scope="module")
def stationary_bootstrap():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from arch.bootstrap import StationaryBootstrap
    return StationaryBootstrap


@pytest.fixture(scope="module")
def proportion_confint():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.stats.proportion import proportion_confint
    return proportion_confint


@pytest.mark.parametrize("of", [1, 2, 3, 4, 7, 10, 35, 250, 10_000])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_equals_statsmodels(proportion_confint, of, level):
    for hits in sorted({0, 1, of // 3, of // 2, of - 1, of}):
        expected = proportion_confint(hits, of, alpha=1 - level, method="wilson")
        low, high = wilson_interval(hits, of, level)
        assert low == pytest.approx(100 * max(expected[0], 0), abs=1e-9)
        assert high == pytest.approx(100 * min(expected[1], 1), abs=1e-9)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 1, 0, 79), (1, 1, 21, 100), (3, 4, 30, 95), (0, 4, 0, 49)]
)
def test_wilson_says_how_little_few_cases_tell(hits, of, low, high):
    assert [round(bound) for bound in wilson_interval(hits, of)] == [low, high]


def test_no_cases_have_no_interval():
    assert all(map(math.isnan, wilson_interval(0, 0)))
    assert all(map(math.isnan, median_interval(np.array([]), block=1)))
    assert all(map(math.isnan, sign_interval(np.array([]))))


@pytest.mark.parametrize(("of", "block"), [(1, 1.0), (10, 2.2), (35, 35 ** (1 / 3)), (120, 21.0)])
def test_draws_are_those_of_arch(stationary_bootstrap, of, block):
    rows = np.arange(of)
    theirs = stationary_bootstrap(block, rows, seed=np.random.default_rng(SEED))
    expected = [data[0][0] for data in theirs.bootstrap(200)]
    assert np.array_equal(stationary_draws(of, block, 200, SEED), expected)


@given(of=st.integers(2, 200), times=st.integers(1, 30), seed=st.integers(0, 2**32))
def test_draws_made_at_once_are_those_made_one_by_one(of, times, seed):
    at_once, in_turn = statistics._at_once(of, times, seed), statistics._one_by_one(of, times, seed)
    assert all(map(np.array_equal, at_once, in_turn))


def test_a_number_that_is_drawn_again_moves_all_that_follow():
    """Of rows so many that a number in some ten thousand would favour one of them."""
    of, seeds = 400_009, range(5)
    assert None in [statistics._at_once(of, 1, seed) for seed in seeds]
    for seed in seeds:
        rows, stay = statistics._one_by_one(of, 1, seed)
        jumps = np.flatnonzero(stay[0] <= 0.5)
        found = statistics.stationary_draws(of, 2.0, 1, seed)[0]
        assert np.array_equal(found[jumps[1:]], rows[0][jumps[1:]])


@pytest.mark.parametrize("of", [10, 11, 36, 157])
def test_the_interval_of_a_median_is_that_of_arch(stationary_bootstrap, of):
    values, block = np.random.default_rng(of).standard_t(3, of), of ** (1 / 3)
    theirs = stationary_bootstrap(block, values, seed=np.random.default_rng(SEED))
    medians = theirs.apply(np.median, 999)
    low, high = median_interval(values, block=block, times=999, seed=SEED)
    assert [low, high] == pytest.approx(np.percentile(medians, [2.5, 97.5]), abs=1e-9)


def test_draws_walk_forward_and_jump_as_often_as_asked():
    draws = stationary_draws(500, 10.0, 400, 3)
    stays = (np.diff(draws, axis=1) % 500 == 1).mean()
    assert stays == pytest.approx(0.9 + 0.1 / 500, abs=4 * math.sqrt(0.09 / draws.size))
    assert draws.min() == 0
    assert draws.max() == 499


def test_the_sign_interval_is_that_of_scipy():
    from scipy.stats import quantile_test

    for count in (*range(6, 60), 301, 1700):
        values = np.random.default_rng(count).normal(size=count)
        expected = quantile_test(values, q=0, p=0.5).confidence_interval(0.95)
        assert sign_interval(values) == (expected.low, expected.high)


def test_five_values_bound_no_median_at_all():
    assert sign_interval(np.arange(5.0)) == (-math.inf, math.inf)
    assert sign_interval(np.arange(6.0)) == (0.0, 5.0)


@pytest.mark.parametrize("count", [10, 15, 40])
def test_the_sign_interval_covers_at_least_what_it_says(count):
    random, times = np.random.default_rng(count), 4000
    samples = random.exponential(size=(times, count)) - math.log(2)  # median zero, skewed
    held = sum(low <= 0 <= high for low, high in map(sign_interval, samples))
    assert held / times >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / times)
