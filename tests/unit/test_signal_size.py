"""The small-against-large signal: its states, their run, its base rate."""

import numpy as np
import pandas as pd
import pytest
from compute_support import absent, by_id, market, panel, sessions

from newsletter.compute.base_rates import ahead, base_rate, separate_events
from newsletter.compute.facts import Fact
from newsletter.compute.readings import HORIZON, TOO_FEW
from newsletter.compute.signals.size import size

NAME = "small_vs_large"


def snapshot(drift: np.ndarray):
    """Make a snapshot in which small caps gain `drift` percent a day on large ones."""
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-len(drift) :]
    ratio = np.cumprod(1 + drift / 100)
    closes = np.column_stack([50 * ratio, np.full(len(drift), 100.0)])
    return panel(index, ("IWM", "SPY"), closes, closes)


def told(drift: np.ndarray):
    return by_id(list(size.compute(market(snapshot(drift)))))


def signal(drift: np.ndarray):
    return told(drift)[f"signal {NAME}"]


def path(*parts: tuple[int, float]) -> np.ndarray:
    return np.concatenate([np.full(days, daily) for days, daily in parts])


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        (((200, 0.0),), "neutral"),
        (((200, 0.0), (63, 0.1)), "leading"),
        (((200, 0.0), (50, 0.2), (16, -0.2)), "fading"),
        (((200, 0.0), (63, -0.1)), "lagging"),
        (((200, 0.0), (50, -0.2), (16, 0.2)), "recovering"),
        (((200, 0.0), (63, 0.1), (40, 0.0)), "leading"),  # between the two thresholds
        (((200, 0.0), (63, 0.1), (63, 0.0)), "neutral"),
    ],
)
def test_states_follow_the_recipe(parts, state):
    assert signal(path(*parts)).state == state


def test_strength_has_the_sign_of_the_lead_and_stays_within_one():
    assert signal(path((100, 0.0), (63, 0.05))).strength > 0
    assert signal(path((100, 0.0), (63, 1.0))).strength == 1
    assert signal(path((100, 0.0), (63, -1.0))).strength == -1


def test_since_is_the_first_session_of_the_unbroken_state():
    drift = path((200, 0.0), (63, 0.1))
    made = told(drift)
    found = made[f"signal {NAME}"]
    days = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-len(drift) :]
    assert found.since == made[f"{NAME}.signal.since"].value
    first = int(np.argmax((1.001 ** np.arange(64) - 1) * 100 >= 5))
    assert found.since == days[200 + first - 1].date()
    assert all(isinstance(made[fact_id], Fact) for fact_id in found.evidence)
    assert f"{NAME}.lead.63d" in found.evidence


def test_too_few_events_state_no_base_rate():
    drift = path((200, 0.0), (63, 0.1))
    found = signal(drift)
    assert found.base_rate is None
    assert {rate.verdict for rate in found.base_rates} == {TOO_FEW}
    missing = absent(market(snapshot(drift)))
    assert "Too few" in missing[f"{NAME}.base_rate.{HORIZON}d.hit_rate"]


@pytest.mark.parametrize(("last", "condition"), [(0.1, "leading"), (-0.1, "lagging")])
def test_the_condition_mirrors_the_present(last, condition):
    waves = np.tile(path((70, 0.15), (70, -0.15)), 14)
    made = told(np.concatenate([waves, path((70, last))]))
    assert made[f"{NAME}.base_rate.condition"].value == condition
    rate = made[f"signal {NAME}"].base_rate
    assert rate.known >= 10
    assert rate.hits < rate.known / 2  # each wave turns back


def test_a_missing_close_ends_the_run():
    drift = path((200, 0.0), (80, 0.1))
    frozen = snapshot(drift)
    hole = frozen.bars.index[frozen.bars["symbol"] == "IWM"][-5]
    for column in ("close", "adj_close"):
        frozen.bars.loc[hole, column] = np.nan
    made = by_id(list(size.compute(market(frozen))))
    days = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-4:]
    assert made[f"signal {NAME}"].since == days[0].date()


def test_events_do_not_overlap():
    condition = np.zeros(300, bool)
    condition[10:100] = condition[200] = True
    assert separate_events(condition, 63).tolist() == [10, 73, 200]
    later = ahead(np.arange(1.0, 301.0), 63)
    assert later[[0, 236]].tolist() == [6300.0, pytest.approx(100 * 63 / 237)]
    assert np.isnan(later[237:]).all()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("horizon", [5, 21, 63])
def test_a_base_rate_equals_a_day_by_day_count(horizon, sign):
    draw = np.random.default_rng(horizon)
    level = np.exp(draw.normal(0, 0.02, 2_000).cumsum())
    level[draw.integers(0, 2_000, 20)] = np.nan
    holds = draw.random(2_000) < 0.1
    events, sequels, everything, free = 0, [], [], 0
    for row in range(2_000):
        later = level[row + horizon] / level[row] - 1 if row + horizon < 2_000 else np.nan
        if later == later:
            everything.append(100 * later)
        if holds[row] and row >= free and level[row] == level[row]:
            events, free = events + 1, row + horizon
            if later == later:
                sequels.append(100 * later)
    since = sessions()[0].date()
    rate = base_rate(holds, level, sign=sign, horizon=horizon, since=since)
    assert (rate.events, rate.known) == (events, len(sequels))
    assert rate.hits == sum(sign * one > 0 for one in sequels)
    assert float(rate.median) == pytest.approx(np.median(sequels), abs=1e-9)
    usual = 100 * np.mean([sign * one > 0 for one in everything])
    assert float(rate.unconditional_hit_rate) == pytest.approx(usual, abs=1e-9)
    assert float(rate.unconditional_median) == pytest.approx(np.median(everything), abs=1e-9)
    assert rate.low <= rate.median <= rate.high
