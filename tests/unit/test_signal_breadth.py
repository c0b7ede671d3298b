"""Breadth and what is made of it, against plain loops over dictionaries."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from compute_support import by_id, market, panel, sessions, universe, walk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from newsletter.compute.crowd import Crowd, count_crowd
from newsletter.compute.facts import Fact, Signal
from newsletter.compute.roster import Roster
from newsletter.compute.signal import Absent, Trace
from newsletter.compute.signals.breadth import breadth
from newsletter.compute.signals.breadth_regime import breadth_regime, states_of
from newsletter.compute.signals.breadth_thrust import breadth_thrust, completed
from newsletter.compute.signals.breadth_thrust import states_of as thrust_states
from newsletter.compute.signals.mcclellan import mcclellan

NAMES = tuple(f"M{number:02}" for number in range(14))


def holed_panel(count: int = 620, seed: int = 5) -> np.ndarray:
    """Make member histories with late listings, gaps, an early end and flat lines."""
    random = np.random.default_rng(seed)
    common = random.normal(0.0, 0.012, (count, 1))
    closes = 50.0 * np.exp((common + random.normal(0.0003, 0.01, (count, len(NAMES)))).cumsum(0))
    closes[:200, 0] = np.nan
    closes[340, 1] = np.nan
    closes[100:130, 2] = np.nan
    closes[-5:, 3] = np.nan
    closes[:, 4] = 17.1
    closes[300:, 5] = closes[300, 5]
    closes[:, 6] = np.round(closes[:, 6])  # many equal closes
    return closes


@pytest.fixture(scope="module")
def closes():
    return holed_panel()


@pytest.fixture(scope="module")
def crowd(closes):
    return count_crowd(closes, np.arange(len(NAMES)))


@pytest.fixture(scope="module")
def tallies(closes):
    return naive_counts(closes)


@pytest.fixture(scope="module")
def built(closes):
    """A market whose members are the panel's names; SPY is the benchmark."""
    rows = sessions()[sessions() <= "2026-07-02"][-len(closes) :]
    spy = np.exp(np.nanmean(np.log(closes), axis=1))
    both = np.column_stack([closes, spy])
    made = panel(rows, (*NAMES, "SPY"), both, both)
    members = replace(made.members, symbols=NAMES)
    of = universe()
    gate = of.breadth.model_copy(update={"minimum_coverage": 0.7})
    return market(replace(made, members=members), of.model_copy(update={"breadth": gate}))


def naive_counts(closes: np.ndarray) -> list[dict[str, int]]:
    """Count session by session and member by member."""
    out = []
    for today in range(len(closes)):
        counts = dict.fromkeys(Crowd.__dataclass_fields__, 0)
        for member in range(closes.shape[1]):
            line = closes[: today + 1, member].tolist()
            now = line[-1]
            counts["priced"] += not math.isnan(now)
            if len(line) > 1 and not math.isnan(now) and not math.isnan(line[-2]):
                counts["compared"] += 1
                counts["advancers"] += now > line[-2]
                counts["decliners"] += now < line[-2]
            for days in (20, 50, 200):
                window = line[-days:]
                if len(window) == days and not any(map(math.isnan, window)):
                    counts[f"covered_{days}"] += 1
                    counts[f"above_{days}"] += now - math.fsum(window) / days > 1e-9
            year = line[-252:]
            if len(year) == 252 and not any(map(math.isnan, year)):
                counts["yearlings"] += 1
                counts["new_highs"] += now == max(year) != min(year)
                counts["new_lows"] += now == min(year) != max(year)
        out.append(counts)
    return out


@pytest.mark.parametrize("name", Crowd.__dataclass_fields__)
def test_every_count_equals_the_loop(crowd, tallies, name):
    assert getattr(crowd, name).tolist() == [counts[name] for counts in tallies]


@pytest.mark.parametrize("name", Crowd.__dataclass_fields__)
def test_counts_do_not_depend_on_layout_order_or_blocks(closes, crowd, name):
    fortran = np.asfortranarray(closes)
    backwards = count_crowd(fortran, np.arange(len(NAMES))[::-1])
    assert np.array_equal(getattr(backwards, name), getattr(crowd, name))
    many = count_crowd(np.tile(closes[-260:], (1, 60)), np.arange(60 * len(NAMES)))
    once = count_crowd(closes[-260:], np.arange(len(NAMES)))
    assert np.array_equal(getattr(many, name), 60 * getattr(once, name))


def test_counts_do_not_look_ahead(closes, crowd):
    for end in (1, 2, 19, 20, 251, 252, 400):
        past = count_crowd(closes[:end], np.arange(len(NAMES)))
        for name in Crowd.__dataclass_fields__:
            assert np.array_equal(getattr(past, name), getattr(crowd, name)[:end])


def test_no_members_are_counted_as_none(closes):
    nobody = count_crowd(closes, np.arange(0))
    assert not nobody.priced.any()
    assert np.isnan(nobody.share(50, 0.0)).all()
    assert np.isnan(nobody.net_advances(0.0)).all()


def known(tallies, needed: float) -> list[dict[str, int] | None]:
    return [
        c if c["compared"] >= needed and c["advancers"] + c["decliners"] > 0 else None
        for c in tallies
    ]


def test_mcclellan_equals_the_recursion(built, tallies):
    made = by_id(list(mcclellan.compute(built)))
    fast = slow = None
    total, sides = 0.0, []
    for counts in known(tallies, 0.7 * len(NAMES)):
        if counts is None:
            fast = slow = None
            total, sides = 0.0, []
            continue
        up, down = counts["advancers"], counts["decliners"]
        rana = 1000 * (up - down) / (up + down)
        fast = rana if fast is None else 0.9 * fast + 0.1 * rana
        slow = rana if slow is None else 0.95 * slow + 0.05 * rana
        if not sides:
            total = 19 * slow - 9 * fast
        else:
            total += fast - slow
        sides.append(fast - slow > 0)
    assert float(made["sp500.mcclellan.oscillator"].number) == pytest.approx(fast - slow)
    assert float(made["sp500.mcclellan.summation"].number) == pytest.approx(total)
    word = "above zero" if sides[-1] else "below zero"
    assert made["sp500.mcclellan.side"].value == word
    run = next((i for i, side in enumerate(reversed(sides)) if side != sides[-1]), len(sides))
    assert made["sp500.mcclellan.crossed"].value == built.sessions[-run].date()


def naive_thrusts(gauge: list[float]) -> tuple[list[int], list[str]]:
    """Find thrusts and states with a loop that remembers what it saw."""
    found, states, washed, used, live = [], [], None, True, -99
    for row, value in enumerate(gauge):
        if value > 0.615:
            if washed is not None and not used and row - washed <= 10:
                found.append(row)
                live = row
            used = True
        if value < 0.40:
            washed, used = row, False
        if math.isnan(value):
            states.append("")
        elif value < 0.40:
            states.append("washed out")
        else:
            states.append("thrust" if row - live < 21 and live >= 0 else "neutral")
    return found, states


shares = st.one_of(st.floats(0.2, 0.8), st.sampled_from([0.39, 0.4, 0.5, 0.615, 0.62]))


@given(hnp.arrays(np.float64, st.integers(1, 90), elements=shares, fill=st.nothing()))
def test_thrusts_equal_a_loop(gauge):
    rows, states = naive_thrusts(gauge.tolist())
    done = completed(gauge)
    assert np.flatnonzero(done).tolist() == rows
    assert thrust_states(gauge, done).tolist() == states


def test_a_thrust_counts_once_and_only_within_ten_sessions():
    quick = np.array([0.5, 0.39, *[0.5] * 9, 0.62, 0.5, 0.62])
    assert np.flatnonzero(completed(quick)).tolist() == [11]
    late = np.array([0.5, 0.39, *[0.5] * 10, 0.62])
    assert not completed(late).any()


def test_the_thrust_signal_equals_the_recursion(built, tallies):
    made = list(breadth_thrust.compute(built))
    gauge, run, mean = [], 0, math.nan
    for counts in known(tallies, 0.7 * len(NAMES)):
        run = 0 if counts is None else run + 1
        if counts is None:
            mean = math.nan
        else:
            share = counts["advancers"] / (counts["advancers"] + counts["decliners"])
            mean = share if run == 1 else mean + 2 / 11 * (share - mean)
        gauge.append(mean if run >= 20 else math.nan)
    rows, states = naive_thrusts(gauge)
    signal = next(o for o in made if isinstance(o, Signal))
    trace = next(o for o in made if isinstance(o, Trace))
    facts = by_id([o for o in made if isinstance(o, Fact)])
    strength = np.clip((np.array(gauge) - 0.5) / 0.115, -1, 1)
    assert trace.strength == pytest.approx(strength, nan_ok=True)
    assert signal.state == states[-1]
    assert rows, "the panel should hold a thrust, otherwise this proves little"
    assert facts["breadth_thrust.count"].number == len(rows)
    assert facts["breadth_thrust.last"].value == built.sessions[rows[-1]].date()
    dates = ", ".join(str(built.sessions[row].date()) for row in rows)
    assert facts["breadth_thrust.dates"].value == dates
    assert float(facts["breadth_thrust.gauge"].number) == pytest.approx(100 * gauge[-1])


@given(
    hnp.arrays(
        np.float64,
        st.integers(1, 60),
        elements=st.one_of(st.floats(0, 100), st.sampled_from([40.0, 50.0, 60.0, math.nan])),
        fill=st.nothing(),
    )
)
def test_the_regime_equals_a_loop(share):
    expected, state = [], ""
    for value in share.tolist():
        if math.isnan(value):
            state = ""
        elif value >= 60 or (state == "strong" and value >= 50):
            state = "strong"
        elif value <= 40 or (state == "weak" and value <= 50):
            state = "weak"
        else:
            state = "mixed"
        expected.append(state)
    assert states_of(share).tolist() == expected


def test_the_regime_signal_reads_the_share_it_cites(built, tallies):
    made = list(breadth_regime.compute(built))
    signal = next(o for o in made if isinstance(o, Signal))
    last = tallies[-1]
    share = 100 * last["above_200"] / last["covered_200"]
    assert float(signal.strength) == pytest.approx((share - 50) / 50)
    assert "sp500.breadth.above_200d" in signal.evidence
    assert "sp500.breadth.above_200d" in by_id(list(breadth.compute(built)))


def test_the_place_of_today_equals_a_scan(built, tallies):
    made = by_id(list(breadth.compute(built)))
    for days in (20, 50, 200):
        needed = 0.7 * len(NAMES)
        past = [
            (row, 100 * c[f"above_{days}"] / c[f"covered_{days}"])
            for row, c in enumerate(tallies)
            if c[f"covered_{days}"] >= needed
        ]
        today = past[-1][1]
        fact = made[f"sp500.breadth.above_{days}d_percentile"]
        n = sum(share <= today for _, share in past)
        assert (fact.sample.n, fact.sample.of) == (n, len(past))
        assert float(fact.number) == pytest.approx(100 * n / len(past))
        for which, sign in (("highest", 1), ("lowest", -1)):
            rows = [row for row, share in past[:-1] if sign * share >= sign * today]
            found = made[f"sp500.breadth.above_{days}d_{which}_since"]
            if rows and len(tallies) - 1 - rows[-1] >= 21:
                assert found.value == built.sessions[rows[-1]].date()
            else:
                assert isinstance(found, Absent)


def test_the_line_and_the_day_equal_running_counts(built, tallies):
    made = by_id(list(breadth.compute(built)))
    needed, level, line = 0.7 * len(NAMES), 0, []
    for counts in tallies:
        if counts["compared"] >= needed:
            level += counts["advancers"] - counts["decliners"]
            line.append(level)
    best = line.index(max(line)) + len(tallies) - len(line)
    assert made["sp500.breadth.ad_line.record"].value == built.sessions[best].date()
    assert made["sp500.breadth.ad_line.place"].value == (
        "at a record" if line[-1] >= max(line) else "below its record"
    )
    rank = 100 * sum(one <= line[-1] for one in line[-252:]) / 252
    assert float(made["sp500.breadth.ad_line.percentile_1y"].number) == pytest.approx(rank)
    last = tallies[-1]
    share = 100 * last["advancers"] / last["compared"]
    assert float(made["sp500.breadth.advancers_share.1d"].number) == pytest.approx(share)
    net = last["new_highs"] - last["new_lows"]
    assert made["sp500.breadth.net_new_highs.1y"].number == net


def test_a_line_with_a_gap_is_not_stated(built):
    holed = built.adjusted.copy()
    holed.iloc[-30] = np.nan
    made = by_id(list(breadth.compute(replace(built, adjusted=holed))))
    assert "too few members" in made["sp500.breadth.ad_line.place"].reason
    assert isinstance(by_id(list(mcclellan.compute(replace(built, adjusted=holed))))
                      ["sp500.mcclellan.oscillator"], Absent)  # fmt: skip


def test_an_empty_list_of_members_is_one_stated_absence():
    made = walk(("SPY", "IWM"), 300)
    empty = market(replace(made, members=replace(made.members, symbols=())))
    assert [type(output) for output in breadth.compute(empty)] == [Absent]
    for plugin in (mcclellan, breadth_thrust, breadth_regime):
        assert not any(isinstance(o, Fact | Signal) for o in plugin.compute(empty))


@pytest.mark.parametrize(
    ("as_of", "date", "expected"),
    [
        ("", None, "estimated"),
        ("2026-07-02", None, "ok"),
        ("2026-07-03", None, "estimated"),
        ("2025-06-01", None, "stale"),
        ("2026-07-30", dt.date(2015, 1, 5), "estimated"),
        ("2014-12-31", dt.date(2015, 1, 5), "ok"),
    ],
)
def test_a_count_is_as_good_as_its_list_was_then(built, as_of, date, expected):
    members = replace(built.members, as_of=as_of)
    assert Roster(replace(built, members=members)).quality(date) == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_counts_keep_within_their_denominators(seed):
    random = np.random.default_rng(seed)
    closes = np.exp(random.normal(0, 0.01, (270, 6)).cumsum(0))
    closes[random.random(closes.shape) < 0.002] = np.nan
    crowd = count_crowd(closes, np.arange(6))
    for days in (20, 50, 200):
        assert (getattr(crowd, f"above_{days}") <= getattr(crowd, f"covered_{days}")).all()
    assert (crowd.advancers + crowd.decliners <= crowd.compared).all()
    assert (crowd.new_highs + crowd.new_lows <= crowd.yearlings).all()
