"""The small-against-large signal: its states, their run, its base rate."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from compute_support import absent, market, panel, sessions, universe

from newsletter.compute.base_rates import base_rate, following, separate_events
from newsletter.compute.ledger import compute_ledger


def race(drift: np.ndarray):
    """Make a snapshot in which small caps gain `drift` percent a day on large ones."""
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-len(drift) :]
    ratio = np.cumprod(1 + drift / 100)
    closes = np.column_stack([50 * ratio, np.full(len(drift), 100.0)])
    return panel(index, ("IWM", "SPY"), closes, closes)


def signal(drift: np.ndarray):
    return compute_ledger(race(drift), universe(), sessions()).signal("small_vs_large")


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
    ledger = compute_ledger(race(drift), universe(), sessions())
    found = ledger.signal("small_vs_large")
    days = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-len(drift) :]
    assert found.since == ledger["small_vs_large.signal.since"].value
    first = int(np.argmax((1.001 ** np.arange(64) - 1) * 100 >= 5))
    assert found.since == days[200 + first - 1].date()
    assert set(found.evidence) <= set(ledger.facts)


def test_too_few_events_state_no_base_rate():
    snapshot = race(path((200, 0.0), (63, 0.1)))
    ledger = compute_ledger(snapshot, universe(), sessions())
    assert ledger.signal("small_vs_large").base_rate is None
    assert "Too few" in absent(market(snapshot))["small_vs_large.base_rate.hit_rate"]


@pytest.mark.parametrize(("last", "condition"), [(0.1, "leading"), (-0.1, "lagging")])
def test_the_condition_mirrors_the_present(last, condition):
    waves = np.tile(path((70, 0.15), (70, -0.15)), 14)
    ledger = compute_ledger(race(np.concatenate([waves, path((70, last))])), universe(), sessions())
    assert ledger["small_vs_large.base_rate.condition"].value == condition
    rate = ledger.signal("small_vs_large").base_rate
    assert rate.known >= 10
    assert rate.hits < rate.known / 2  # each wave turns back


def test_a_missing_close_ends_the_run():
    drift = path((200, 0.0), (80, 0.1))
    snapshot = race(drift)
    hole = snapshot.bars.index[snapshot.bars["symbol"] == "IWM"][-5]
    for column in ("close", "adj_close"):
        snapshot.bars.loc[hole, column] = np.nan
    ledger = compute_ledger(snapshot, universe(), sessions())
    days = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-4:]
    assert ledger.signal("small_vs_large").since == days[0].date()


def test_events_do_not_overlap():
    condition = np.zeros(300, bool)
    condition[10:100] = condition[200] = True
    assert separate_events(condition, 63).tolist() == [10, 73, 200]
    outcome = np.arange(300.0)
    assert following(outcome, np.array([10, 240]), 63).tolist() == [73.0]


def test_a_base_rate_counts_events_sequels_and_all_days():
    outcome = np.zeros(400)
    outcome[0::20] = 6.0
    outcome[10::20] = np.where(np.arange(20) % 4 == 0, -1.0, 2.0)
    rate = base_rate(outcome, threshold=5, sign=1, horizon=10, since=dt.date(2000, 1, 3))
    assert (rate.events, rate.known, rate.hits, float(rate.median)) == (20, 20, 15, 2.0)
    assert float(rate.unconditional_hit_rate) == pytest.approx(35 / 400 * 100)
    assert base_rate(outcome, threshold=9, sign=1, horizon=10, since=rate.since) is None
