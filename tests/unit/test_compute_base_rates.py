"""Base rates: events, sequels, and how often they find something where nothing is."""

import datetime as dt
import math

import numpy as np
import pytest
from lengths import some

from newsletter.compute import base_rates
from newsletter.compute.arrays import lagged
from newsletter.compute.base_rates import ENOUGH, HORIZONS, ahead, base_rate, separate_events
from newsletter.compute.readings import NOISE, SIGNAL, TOO_FEW, BaseRate

SINCE = dt.date(2000, 1, 3)


def walk(seed: int, count: int = 3000, scale: float = 0.01) -> np.ndarray:
    return 100 * np.exp(np.random.default_rng(seed).normal(0, scale, count).cumsum())


def lead(level: np.ndarray, days: int) -> np.ndarray:
    return 100 * (level / lagged(level, days) - 1)


def day_by_day(condition, level, sign, horizon):
    """Count as a person would, one day after the other."""
    events, sequels, everything, free = 0, [], [], 0
    for row in range(len(level)):
        now = level[row]
        there = level[row + horizon] if row + horizon < len(level) else math.nan
        change = 100 * (there / now - 1) if now > 0 and there > 0 else math.nan
        if not math.isnan(change):
            everything.append(change)
        if row >= free and condition[row] and not math.isnan(now):
            events, free = events + 1, row + horizon
            if not math.isnan(change):
                sequels.append(change)
    hits = sum(sign * change > 1e-9 for change in sequels)
    share = 100 * sum(sign * change > 1e-9 for change in everything) / max(1, len(everything))
    return events, sequels, hits, share, everything


@pytest.mark.parametrize("horizon", [5, 21, 63])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("seed", range(4))
def test_a_base_rate_equals_a_day_by_day_count(seed, sign, horizon):
    level = walk(seed)
    level[np.random.default_rng(seed).choice(3000, 150, replace=False)] = np.nan
    condition = np.nan_to_num(lead(walk(seed), 21)) * sign > 2
    rate = base_rate(condition, level, sign=sign, horizon=horizon, since=SINCE)
    events, sequels, hits, share, everything = day_by_day(condition, level, sign, horizon)
    assert (rate.events, rate.known, rate.hits) == (events, len(sequels), hits)
    assert float(rate.median) == pytest.approx(np.median(sequels), abs=1e-9)
    assert float(rate.unconditional_hit_rate) == pytest.approx(share, abs=1e-9)
    assert float(rate.unconditional_median) == pytest.approx(np.median(everything), abs=1e-9)
    assert rate.low <= rate.median <= rate.high
    outside = not rate.low <= rate.unconditional_median <= rate.high
    assert rate.verdict == (SIGNAL if outside else NOISE)


def test_events_do_not_overlap():
    condition = np.zeros(300, bool)
    condition[10:100] = condition[200] = True
    assert separate_events(condition, 63).tolist() == [10, 73, 200]
    assert separate_events(np.zeros(9, bool), 5).tolist() == []
    rows = separate_events(np.random.default_rng(1).random(5000) < 0.3, 21)
    assert np.diff(rows).min() >= 21


def test_what_is_still_to_come_is_unknown():
    later = ahead(np.array([100.0, 110.0, 121.0]), 2)
    assert later[0] == pytest.approx(21)
    assert np.isnan(later[1:]).all()
    assert np.isnan(ahead(np.array([100.0, 110.0]), 5)).all()


def test_nothing_but_too_few_is_said_below_ten_known_events():
    level = walk(1, 400)
    condition = np.zeros(400, bool)
    condition[: 20 * ENOUGH : 20] = True
    nine = condition & (np.arange(400) < 180)
    few = base_rate(nine, level, sign=1, horizon=20, since=SINCE)
    assert (few.known, few.verdict) == (9, TOO_FEW)
    assert few.median is few.low is few.high is few.unconditional_median is None
    enough = base_rate(condition, level, sign=1, horizon=20, since=SINCE)
    assert (enough.known, enough.verdict != TOO_FEW) == (10, True)


def test_a_real_effect_is_found():
    """Every tenth day sends the level up over the next five: no interval may miss that."""
    moves = np.random.default_rng(2).normal(0, 0.01, 3000)
    condition = np.arange(3000) % 30 == 0
    for row in np.flatnonzero(condition):
        moves[row + 1 : row + 6] += 0.006
    level = 100 * np.exp(moves.cumsum())
    rate = base_rate(condition, level, sign=1, horizon=5, since=SINCE)
    assert rate.verdict == SIGNAL
    assert rate.low > rate.unconditional_median


def test_a_level_that_never_moves_hits_nothing_and_signals_nothing():
    for level in (np.full(900, 0.1), np.full(900, 0.1) * 3.7 / 3.7):
        for sign in (1, -1):
            rate = base_rate(np.ones(900, bool), level, sign=sign, horizon=5, since=SINCE)
            assert (rate.hits, rate.verdict) == (0, NOISE)


@pytest.mark.parametrize("horizon", HORIZONS)
def test_the_same_history_gives_the_same_rate_in_any_unit(horizon):
    level = walk(3)
    condition = np.nan_to_num(lead(level, 63)) > 5
    one, other = (
        base_rate(condition, factor * level, sign=1, horizon=horizon, since=SINCE)
        for factor in (1.0, 1e-3)
    )
    assert (one.events, one.hits, one.verdict) == (other.events, other.hits, other.verdict)


def test_json_gives_back_what_it_was_given():
    level = walk(4)
    condition = np.nan_to_num(lead(level, 63)) > 5
    for horizon in HORIZONS:
        rate = base_rate(condition, level, sign=1, horizon=horizon, since=SINCE)
        assert BaseRate.from_json(rate.to_json()) == rate


def signals_in_noise(horizon: int, enter: float, walks: int, own: bool) -> tuple[int, int]:
    """Count verdicts "signal", of how many, where nothing follows from anything."""
    verdicts = []
    for seed in range(walks):
        level = walk(seed, 6500, 0.006)
        asked = level if own else walk(10_000 + seed, 6500, 0.006)
        condition = np.nan_to_num(lead(asked, 63)) >= enter
        verdicts.append(base_rate(condition, level, sign=1, horizon=horizon, since=SINCE).verdict)
    return verdicts.count(SIGNAL), walks - verdicts.count(TOO_FEW)


@pytest.mark.parametrize(
    ("horizon", "enter", "own"),
    some(1, (63, 5.0, False), (63, 5.0, True), (63, 8.0, True), (21, 10.0, False)),
)
def test_pure_noise_is_called_a_signal_no_oftener_than_stated(monkeypatch, horizon, enter, own):
    """At 5 % each, so many or more would come once in a hundred times."""
    monkeypatch.setattr(base_rates, "fan", lambda *_: None)  # drawn beside a verdict, no part of it
    found, of = signals_in_noise(horizon, enter, 400, own)
    at_least = sum(
        math.comb(of, k) * 0.05**k * 0.95 ** (of - k) for k in range(found, of + 1)
    )  # fmt: skip
    assert of > 100
    assert at_least > 0.01, f"{found} of {of}"
