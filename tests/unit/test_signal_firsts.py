"""Firsts since: against plain backward scans, and where nothing may be said."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from compute_support import by_id, market, panel, sessions, walk, with_closes
from lengths import length

from newsletter.compute.facts import Fact
from newsletter.compute.market import Market
from newsletter.compute.precedents import Precedent, precedent
from newsletter.compute.signal import Absent, measures

LAST = dt.date(2026, 7, 2)
HISTORY = 1100
VIX = "^VIX"


def made(of: Market, measure: str = "firsts") -> dict:
    return by_id(list(measures()[measure].compute(of)))


def days(count: int) -> pd.DatetimeIndex:
    return sessions()[sessions() <= pd.Timestamp(LAST)][-count:]


def line(closes: np.ndarray, symbol: str = "SPY") -> Market:
    """Make a market of one line that ends with the last session."""
    column = np.asarray(closes, float)[:, None]
    return market(panel(days(len(column)), (symbol,), column, column))


def bool_rows(text: str) -> np.ndarray:
    return np.array([mark == "x" for mark in text])


# Precedents


@pytest.mark.parametrize(
    ("held", "gap", "expected"),
    [
        ("x...x", 4, Precedent(0, True, 4, 4)),
        ("x...x", 5, None),
        ("xx..x", 3, Precedent(1, True, 3, 3)),
        ("x....", 1, None),
        ("....x", 1, Precedent(0, False, 5, 5)),
        ("", 1, None),
    ],
)
def test_a_precedent_is_the_last_time_before(held, gap, expected):
    assert precedent(bool_rows(held), np.ones(len(held), bool), gap) == expected


def test_a_precedent_counts_what_is_known_in_between():
    known = bool_rows("..xx.xx")
    assert precedent(bool_rows("..x...x"), known, 1) == Precedent(2, True, 3, 4)
    assert precedent(bool_rows("......x"), known, 1) == Precedent(2, False, 4, 5)


@pytest.mark.parametrize("seed", range(50))
def test_a_precedent_equals_a_backward_walk(seed):
    random = np.random.default_rng(seed)
    held = random.random(random.integers(1, 60)) < 0.1
    held[-1] = True
    gap = int(random.integers(1, 30))
    back = 1
    while back < len(held) and not held[-1 - back]:
        back += 1
    found = precedent(held, np.ones(len(held), bool), gap)
    if back == len(held):
        assert found == Precedent(0, False, len(held), len(held))
    elif back < gap:
        assert found is None
    else:
        assert found == Precedent(len(held) - 1 - back, True, back, back)


# Against scans


@pytest.fixture(scope="module", params=range(length(1, 3)))
def walked(request):
    """One seeded market; its volatility index wanders around twenty."""
    snapshot = walk(("IWM", "QQQ", "SPY", VIX), HISTORY, seed=request.param)
    index = (snapshot.bars["symbol"] == VIX).to_numpy()
    shape = np.random.default_rng(request.param).normal(0, 1.5, int(index.sum())).cumsum()
    levels = snapshot.bars["close"].to_numpy(copy=True)
    levels[index] = 21.0 + 9.0 * np.sin(shape / 8.0)
    return market(with_closes(snapshot, close=levels))


def scan(holds, last: int, first: int, gap: int) -> tuple[str, int] | None:
    """Walk back from a session to the last one on which something held."""
    if not holds(last):
        return None
    for row in range(last - 1, first - 1, -1):
        if holds(row):
            return ("since", row) if last - row >= gap else None
    return ("in_sample", first)


def expected_of(of: Market, last: int) -> dict[str, dt.date]:
    """Work out every first of a session by plain loops."""
    out = {}

    def enter(subject, event, found):
        if found is not None:
            out[f"{subject}.first.{event}.{found[0]}"] = of.sessions[found[1]].date()

    lists = {symbol: of.prices(symbol).tolist() for symbol in ("IWM", "QQQ", "SPY", VIX)}
    for symbol in ("IWM", "QQQ", "SPY"):
        closes = lists[symbol]

        def gap200(row, closes=closes):
            return closes[row] - sum(closes[row - 199 : row + 1]) / 200

        def move(row, closes=closes):
            return closes[row] / closes[row - 1] - 1

        enter(symbol, "above_200d", scan(lambda r: gap200(r) > 0, last, 199, 22))
        enter(symbol, "below_200d", scan(lambda r: gap200(r) < 0, last, 199, 22))
        now = move(last)
        if now > 0:
            enter(symbol, "rise_1d", scan(lambda r, n=now: move(r) >= n, last, 1, 63))
        else:
            enter(symbol, "fall_1d", scan(lambda r, n=now: move(r) <= n, last, 1, 63))
        enter(symbol, "record_close",
              scan(lambda r, c=closes: r > 0 and c[r] > max(c[:r]), last, 0, 21))  # fmt: skip
    for first, second in (("IWM", "SPY"), ("IWM", "QQQ")):
        above, below = lists[first], lists[second]

        def lead(row, above=above, below=below):
            return 100 * (above[row] / above[row - 5] - below[row] / below[row - 5])

        subject = f"{first}-{second}"
        enter(subject, "ahead_5d", scan(lambda r: lead(r) >= 2, last, 5, 21))
        enter(subject, "behind_5d", scan(lambda r: lead(r) <= -2, last, 5, 21))
    index = lists[VIX]
    for level in (20, 30):
        enter("VIX", f"above_{level}", scan(lambda r, v=level: index[r] > v, last, 0, 21))
        enter("VIX", f"below_{level}", scan(lambda r, v=level: index[r] < v, last, 0, 21))
    return out


def test_firsts_equal_backward_scans(walked):
    events = 0
    for last in range(HISTORY - 120, HISTORY):
        outputs = made(walked.cut(walked.sessions[last].date()))
        expected = expected_of(walked, last)
        assert {i: o.value for i, o in outputs.items() if isinstance(o, Fact)} == expected
        events += len(expected)
    assert events > 10


def signed_runs(closes: list[float]) -> list[int]:
    """Count rises in a row as positive and falls as negative numbers."""
    runs = [0]
    for before, close in pairwise(closes):
        way = 1 if close > before else -1
        runs.append(runs[-1] + way if runs[-1] * way > 0 else way)
    return runs


def test_the_longest_streak_since_equals_a_backward_scan(walked):
    runs, events = signed_runs(walked.prices("SPY").tolist()), 0
    for last in range(HISTORY - 200, HISTORY):
        outputs = made(walked.cut(walked.sessions[last].date()), "streaks")
        facts = {i: o.value for i, o in outputs.items() if "SPY.streak" in i and "longest" in i}
        length, way = abs(runs[last]), "up" if runs[last] > 0 else "down"
        same_way = [run if way == "up" else -run for run in runs]
        expected = {}
        if length >= 3:
            found = scan(lambda r, w=same_way, n=length: w[r] >= n, last, 1, 21)
            if found:
                date = walked.sessions[found[1]].date()
                expected = {f"SPY.streak.{way}.longest.{found[0]}": date}
        assert facts == expected
        events += len(expected)
    assert events > 3


# Made by hand


def test_the_first_close_below_the_average_names_the_last_one_before():
    rising = 100.0 * 1.001 ** np.arange(1000)
    closes = rising.copy()
    closes[500] *= 0.7  # one day below, then above to the end
    closes[-1] *= 0.7
    fact = made(line(closes))["SPY.first.below_200d.since"]
    assert fact.value == days(1000)[500].date()
    assert (fact.metric, fact.kind) == ("first_below_200d_since", "date")
    assert (fact.sample.n, fact.sample.of) == (499, 499)
    assert fact.inputs == ("SPY",)


def test_without_precedent_the_sample_start_is_told_as_such():
    closes = 100.0 * 1.001 ** np.arange(1000)
    closes[-1] *= 0.7
    fact = made(line(closes))["SPY.first.below_200d.in_sample"]
    assert fact.metric == "first_in_sample"
    assert fact.value == fact.period.start == fact.sample.start == days(1000)[199].date()


def test_a_short_sample_makes_no_first():
    closes = 100.0 * 1.001 ** np.arange(700)
    closes[-1] *= 0.7
    output = made(line(closes))["SPY.first.below_200d.in_sample"]
    assert output == Absent(
        "SPY.first.below_200d.in_sample", "501 sessions are known; a first of the sample needs 756."
    )


@pytest.mark.parametrize(("ago", "told"), [(21, False), (22, True)])
def test_the_other_side_must_have_lasted_a_month(ago, told):
    closes = 100.0 * 1.001 ** np.arange(1000)
    closes[-1 - ago] *= 0.7
    closes[-1] *= 0.7
    assert ("SPY.first.below_200d.since" in made(line(closes))) is told


def test_an_equal_move_is_a_precedent():
    closes = 100.0 + np.arange(1000) % 2
    closes[701] = 105.0
    closes[-1] = 105.0  # from 100 up by five percent, as then
    fact = made(line(closes))["SPY.first.rise_1d.since"]
    assert fact.value == days(1000)[701].date()


def test_nothing_is_said_on_a_quiet_or_missing_day():
    closes = 100.0 + np.arange(1000) % 2
    assert made(line(closes)) == {}
    closes[-1] = np.nan
    assert made(line(closes)) == {}
    assert made(market(walk(("QQQ",), 1))) == {}


@pytest.mark.parametrize(("missing", "quality"), [(4, "estimated"), (6, None)])
def test_unknown_sessions_in_between_weaken_a_first(missing, quality):
    levels = np.full(1000, 15.0)
    levels[[499, 999]] = 25.0
    levels[600 : 600 + missing] = np.nan
    output = made(line(levels, VIX))["VIX.first.above_20.since"]
    assert getattr(output, "quality", None) == quality
    if quality is None:
        assert output.reason == f"6 of 500 sessions since {days(1000)[499].date()} are unknown."


@pytest.mark.parametrize("level", [20.0, 30.0])
def test_exactly_on_the_level_is_neither_above_nor_below(level):
    levels = np.full(1000, level)
    assert not any("first" in i for i in made(line(levels, VIX)))


def test_a_first_is_told_on_its_day_only():
    closes = 100.0 * 1.001 ** np.arange(1000)
    closes[-2:] *= 0.7
    of = line(closes)
    stem = "SPY.first.below_200d.in_sample"
    assert stem not in made(of)
    assert stem in made(of.cut(of.sessions[-2].date()))


@pytest.mark.parametrize(("lead", "told"), [(2.0, True), (1.99, False)])
def test_two_points_in_a_week_are_enough(lead, told):
    closes = np.full((1000, 2), 100.0)
    closes[500:] *= 1.05
    closes[400:, 0] *= 1.03
    closes[-1, 0] *= 1 + lead / 100
    outputs = made(market(panel(days(1000), ("IWM", "SPY"), closes, closes)))
    fact = outputs.get("IWM-SPY.first.ahead_5d.since")
    assert (fact is not None) is told
    if told:
        assert fact.value == days(1000)[404].date()  # the last week that held the jump
        assert fact.name == "the small-cap fund against the S&P 500 fund"
