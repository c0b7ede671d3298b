"""A case told: its facts, its absences, and that it never knows what comes later."""

import datetime as dt

import numpy as np
import pytest
from compute_support import market, walk

from newsletter.compute.base_rates import HORIZONS, separate_events
from newsletter.compute.case import RATES, Case, fuller_line, tell
from newsletter.compute.facts import Fact, Signal
from newsletter.compute.make import Maker, Subject
from newsletter.compute.readings import TOO_FEW
from newsletter.compute.signal import Absent, Trace
from newsletter.units import Unit

COUNT = 900
WHOLE = market(walk(("IWM", "SPY"), COUNT))


def history() -> tuple[np.ndarray, np.ndarray]:
    """Return states and strengths by session, in short runs with holes."""
    random = np.random.default_rng(8)
    strength = np.clip(random.normal(0, 0.2, COUNT).cumsum() / 3, -1, 1)
    states = np.where(strength > 0, "up", "down")
    holes = random.choice(COUNT - 40, 30, replace=False)
    states[holes], strength[holes] = "", np.nan
    return states, strength


def case(rows: int = COUNT, **changes) -> tuple[Maker, Case]:
    states, strength = (values[:rows] for values in history())
    of = WHOLE.cut(WHOLE.sessions[rows - 1].date())
    given = {
        "name": "test", "subject": Subject("test", "the test", ("SPY",)), "states": states,
        "strength": strength, "outcome": of.prices("SPY", "total").to_numpy(),
        "unit": Unit.PERCENT, "kind": "total", "sign": 1, "condition": "up",
    }  # fmt: skip
    return Maker(of, "test@1"), Case(**(given | changes))


def told(*args, **changes) -> list:
    return list(tell(*case(*args, **changes)))


def one(made: list, kind: type):
    return next(o for o in made if isinstance(o, kind))


def test_a_case_yields_its_signal_its_trace_and_facts_for_every_horizon():
    made = told(threshold=3.0)
    facts = {o.id: o for o in made if isinstance(o, Fact)}
    gone = {o.id for o in made if isinstance(o, Absent)}
    signal, trace = one(made, Signal), one(made, Trace)
    assert {f"test.signal.{what}" for what in ("state", "since", "sessions", "strength")} <= set(
        facts
    )
    assert {f"test.base_rate.{w}" for w in ("condition", "since", "threshold")} <= set(facts)
    for horizon in HORIZONS:
        assert f"test.base_rate.{horizon}d.verdict" in facts
        for what in RATES:
            assert f"test.base_rate.{horizon}d.{what}" in facts.keys() | gone
    assert set(signal.evidence) == set(facts)
    assert trace == Trace("test", history()[1])
    assert Signal.from_json(signal.to_json()) == signal
    assert [rate.horizon for rate in signal.base_rates] == list(HORIZONS)
    assert signal.base_rate == signal.base_rates[HORIZONS.index(63)]


def test_its_facts_agree_with_its_base_rates():
    made = told()
    facts = {o.id: o for o in made if isinstance(o, Fact)}
    for rate in one(made, Signal).base_rates:
        stem = f"test.base_rate.{rate.horizon}d"
        assert facts[f"{stem}.verdict"].value == rate.verdict
        if rate.verdict == TOO_FEW:
            assert f"{stem}.median" not in facts
            continue
        assert facts[f"{stem}.median"].value == rate.median
        assert facts[f"{stem}.median_low"].value == rate.low
        assert facts[f"{stem}.median_high"].value == rate.high
        assert facts[f"{stem}.all_days_median"].value == rate.unconditional_median
        share = facts[f"{stem}.hit_rate"]
        assert float(share.number) == pytest.approx(100 * rate.hits / rate.known)
        assert (share.sample.n, share.sample.of) == (rate.hits, rate.known)
        assert facts[f"{stem}.hit_rate_low"].number <= share.number
        assert share.number <= facts[f"{stem}.hit_rate_high"].number
        assert facts[f"{stem}.known"].number == rate.known
        assert share.lookback == rate.horizon


def test_the_run_reaches_back_to_the_last_other_state():
    states, _ = history()
    length = 1
    while states[-1 - length] == states[-1]:
        length += 1
    made = told()
    assert one(made, Signal).since == WHOLE.sessions[COUNT - length].date()
    facts = {o.id: o for o in made if isinstance(o, Fact)}
    assert facts["test.signal.sessions"].number == length


@pytest.mark.parametrize("what", ["states", "strength"])
def test_an_unknown_last_state_makes_absences_and_no_signal(what):
    states, strength = history()
    states[-1] = "" if what == "states" else states[-1]
    strength[-1] = np.nan if what == "strength" else strength[-1]
    evidence = Absent("test.lead.63d", "No closes.")
    made = told(states=states, strength=strength, evidence=(evidence,), threshold=5.0)
    assert all(isinstance(o, Absent) for o in made)
    ids = [o.id for o in made]
    assert len(ids) == len(set(ids)) == 1 + 4 + 3 + 4 * (1 + len(RATES))
    assert all(o.reason.endswith(".") for o in made)
    assert evidence in made


def test_no_state_at_all_is_no_crash():
    nothing = np.full(COUNT, ""), np.full(COUNT, np.nan)
    made = told(states=nothing[0], strength=nothing[1])
    assert not [o for o in made if isinstance(o, Signal | Trace | Fact)]


@pytest.mark.parametrize("rows", [899, 700, 400, 120])
def test_a_case_of_a_past_is_a_prefix_of_the_present_one(rows):
    """Events found by then stay events, and their sequels stay what they were."""
    holds = np.random.default_rng(4).random(COUNT) < 0.2
    then, now = one(told(rows, holds=holds[:rows]), Signal), one(told(holds=holds), Signal)
    outcome = WHOLE.prices("SPY", "total").to_numpy()
    first = int(np.flatnonzero(history()[0] != "")[0])
    held = holds & (np.arange(COUNT) >= first)
    for early, late in zip(then.base_rates, now.base_rates, strict=True):
        events = separate_events(held, early.horizon)
        by_then = events[events < rows]
        known = by_then[by_then + early.horizon < rows]
        assert (early.events, early.known) == (len(by_then), len(known))
        assert early.hits == int((outcome[known + early.horizon] > outcome[known]).sum())
        assert early.events <= late.events
    traces = one(told(COUNT), Trace).strength[:rows], one(told(rows), Trace).strength
    assert np.array_equal(*traces, equal_nan=True)


def test_the_sample_starts_where_it_is_told_to():
    row = 500
    signal = one(told(since=row), Signal)
    whole = one(told(), Signal)
    for late, early in zip(signal.base_rates, whole.base_rates, strict=True):
        assert late.since == WHOLE.sessions[row].date() > early.since
        assert late.events <= early.events
    states, strength = history()
    states[:row], strength[:row] = "", np.nan
    alike = one(told(states=states, strength=strength), Signal)
    first = WHOLE.sessions[np.flatnonzero(states != "")[0]].date()
    assert all(rate.since == first for rate in alike.base_rates)


def test_a_condition_of_its_own_replaces_the_present_state():
    never = one(told(holds=np.zeros(COUNT, bool)), Signal)
    assert all((r.events, r.verdict) == (0, TOO_FEW) for r in never.base_rates)
    always = one(told(holds=np.ones(COUNT, bool)), Signal)
    assert always.base_rates[0].events == -(-COUNT // 5)


def test_the_fuller_closes_are_taken_total_where_equal():
    assert fuller_line(WHOLE, "SPY")[0] == "total"
    close, adjusted = WHOLE.close.copy(), WHOLE.adjusted.copy()
    adjusted.iloc[5, 1] = np.nan
    assert fuller_line(_with(close, adjusted), "SPY")[0] == "price"
    kind, closes = fuller_line(WHOLE, "NOBODY")
    assert kind == "total"
    assert np.isnan(closes).all()


def _with(close, adjusted):
    from dataclasses import replace

    return replace(WHOLE, close=close, adjusted=adjusted)


def test_its_dates_are_sessions():
    signal = one(told(), Signal)
    days = {stamp.date() for stamp in WHOLE.sessions}
    assert signal.since in days
    assert isinstance(signal.since, dt.date)
