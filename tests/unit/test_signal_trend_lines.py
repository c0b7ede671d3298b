"""Trend lines: selection, breaks and states against plain loops, and planted lines."""

import datetime as dt
import math
import statistics

import numpy as np
import pandas as pd
import pytest
from compute_support import by_id, market, panel, real_market, sessions, universe, walk

from newsletter.compute.facts import Fact, Series
from newsletter.compute.signal import Absent, Trace
from newsletter.compute.signals.trend_lines import NAME, trend_lines
from newsletter.compute.trend import (
    BELOW,
    BROKEN,
    NO_LINE,
    TESTING,
    calendar_weeks,
    draw,
    follow,
    weekly,
)


def naive_swings(closes: list[float]) -> list[int]:
    """Find weekly closes above the six before and not below the six after."""
    out = []
    for i in range(6, len(closes) - 6):
        before, after = closes[i - 6 : i], closes[i + 1 : i + 7]
        if closes[i] > max(before) + 1e-9 and closes[i] >= max(after) - 1e-9:
            out.append(i)
    return out


def naive_draw(x: list[int], y: list[float], sigma: float):
    """Try every pair of points against every point."""
    best = None
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            slope = (y[j] - y[i]) / (x[j] - x[i])
            miss = {m: y[m] - y[i] - slope * (x[m] - x[i]) for m in range(i, len(x))}
            miss[j] = 0.0
            if any(one > sigma for one in miss.values()):
                continue
            touch = [m for m, one in miss.items() if abs(one) <= sigma]
            span = x[touch[-1]] - x[i]
            if len(touch) < 3 or span < 52 or x[-1] - x[touch[-1]] > 104:
                continue
            squares = sum(miss[m] ** 2 for m in touch)
            rank = (len(touch), span, -squares, i, j)
            if best is None or rank > best[0]:
                best = (rank, (x[i], x[touch[-1]], y[i], slope, sigma, len(touch)))
    return None if best is None else best[1]


class Naive:
    """Walk through the sessions one by one, knowing only what is past."""

    def __init__(self, y: list[float], week: list[int]) -> None:
        self.y, self.week = y, week
        self.states, self.lines = [], []
        self.line, self.broken, self.known = None, None, -1
        for row in range(len(y)):
            self._step(row)

    def _past(self, row: int) -> tuple[list[int], list[float]]:
        """Return weeks that are over, with their last closes."""
        last = {self.week[i]: self.y[i] for i in range(row) if self.week[i] < self.week[row]}
        return list(last), list(last.values())

    def _step(self, row: int) -> None:
        monday = row == 0 or self.week[row] != self.week[row - 1]
        redraw = row == 0
        if monday:
            self.weeks, self.closes = self._past(row)
            self.swings = naive_swings(self.closes)
            redraw = redraw or len(self.swings) != self.known
            self.known = len(self.swings)
        if self.broken is not None:
            fell = self.y[row] < self._at(row)
            redraw = fell or self.week[row] > self.week[self.broken] + 52
            if redraw:
                self.broken = None
        if redraw:
            self.line = self._draw()
        self.states.append(self._state(row))
        self.lines.append(self.line)

    def _at(self, row: int) -> float:
        start, _, level, slope, _, _ = self.line
        return level + slope * (self.week[row] - start)

    def _draw(self):
        moves = [
            self.closes[i] - self.closes[i - 1]
            for i in range(max(1, len(self.closes) - 156), len(self.closes))
        ]
        if len(moves) < 52 or len(self.swings) < 3:
            return None
        newest = self.weeks[self.swings[-1]]
        points = [i for i in self.swings if self.weeks[i] >= newest - 520]
        x, y = [self.weeks[i] for i in points], [self.closes[i] for i in points]
        return naive_draw(x, y, statistics.stdev(moves))

    def _state(self, row: int) -> int:
        if self.line is None:
            return NO_LINE
        sigma = self.line[4]
        above = [self.y[i] - self._at(i) for i in (row - 1, row) if i >= 0]
        if self.broken is None and len(above) == 2 and min(above) > sigma:
            self.broken = row
        if self.broken is not None:
            return BROKEN
        return BELOW if above[-1] < -sigma else TESTING


def random_walk(seed: int, count: int = 2_200) -> tuple[np.ndarray, np.ndarray]:
    y = np.random.default_rng(seed).normal(0, 0.01, count).cumsum()
    y = y - np.linspace(0, y[-1], count)  # comes back, so that lines are met again
    return y, calendar_weeks(sessions()[-count:].to_numpy())


def same_line(found, expected) -> bool:
    if found is None or expected is None:
        return found is expected
    made = (found.week, found.last, found.level, found.slope, found.sigma, found.touches)
    return all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(made, expected, strict=True))


def naive_since(naive: Naive) -> int:
    """Go back while state and line stay what they are."""
    run = len(naive.states) - 1
    while (
        naive.states[run - 1] == naive.states[-1]
        and naive.lines[run - 1] is not None
        and naive.lines[run - 1][2:4] == naive.lines[-1][2:4]
    ):
        run -= 1
    return run


@pytest.mark.parametrize(
    ("seed", "count"), [(0, 2_200), (1, 2_200), (2, 2_200), (5, 4_000), (21, 4_000)]
)
def test_states_and_lines_equal_a_day_by_day_walk(seed, count):
    y, week = random_walk(seed, count)
    found, naive = follow(y, week), Naive(y.tolist(), week.tolist())
    assert found.state.tolist() == naive.states
    assert same_line(found.line, naive.line)
    assert found.line is not None
    assert found.since == naive_since(naive)
    assert len(set(naive.states)) >= 3  # the walk exercises the recipe


@pytest.mark.parametrize("seed", [5, 6])
def test_the_past_stays_as_it_was_told(seed):
    y, week = random_walk(seed)
    whole = follow(y, week)
    for row in range(300, len(y), 61):
        part = follow(y[: row + 1], week[: row + 1])
        assert part.state.tolist() == whole.state[: row + 1].tolist()
        np.testing.assert_array_equal(part.distance, whole.distance[: row + 1])


@pytest.mark.parametrize("seed", range(20))
def test_the_best_line_equals_a_search_over_all_pairs(seed):
    draws = np.random.default_rng(seed)
    x = np.cumsum(draws.integers(7, 30, 30))
    y = draws.normal(0, 0.05, 30).cumsum()
    for sigma in (0.01, 0.03, 0.1):
        assert same_line(draw(x, y, sigma), naive_draw(x.tolist(), y.tolist(), sigma))


@pytest.mark.parametrize(("older", "found"), [(104, True), (105, False)])
def test_a_line_last_touched_long_ago_is_stale(older, found):
    x = np.array([0, 30, 60, 60 + older])
    y = np.array([0.0, 0.0, 0.0, -1.0])
    assert (draw(x, y, 0.01) is not None) == found


@pytest.mark.parametrize(("span", "found"), [(52, True), (51, False)])
def test_a_line_needs_a_year_and_three_touches(span, found):
    x = np.array([0, 20, span])
    assert (draw(x, np.zeros(3), 0.01) is not None) == found
    assert draw(x[:2], np.zeros(2), 0.01) is None


def test_swings_are_known_six_full_weeks_later():
    closes = np.concatenate([np.arange(10.0), np.arange(8.0, -10.0, -1)])
    week = np.repeat(np.arange(len(closes)), 5)
    found = weekly(np.repeat(closes, 5), week)
    assert found.swings.tolist() == [9]
    assert found.known.tolist() == [(9 + 7) * 5]
    cut = (9 + 7) * 5
    assert weekly(np.repeat(closes, 5)[:cut], week[:cut]).known.tolist() == [cut]


def test_the_present_week_is_neither_swing_nor_touch():
    y, week = random_walk(3)
    end = len(y) - 3
    spiked = y[: end + 1].copy()
    spiked[-1] += 5.0
    one, other = follow(y[: end + 1], week[: end + 1]), follow(spiked, week[: end + 1])
    assert one.state[:-1].tolist() == other.state[:-1].tolist()
    assert one.line is not None
    assert one.line == other.line


@pytest.mark.parametrize("count", [0, 1, 2, 5, 60, 200])
def test_short_histories_have_no_line(count):
    y, week = random_walk(0, 400)
    found = follow(y[:count], week[:count])
    assert found.line is None
    assert found.state.tolist() == [NO_LINE] * count


def test_a_line_that_never_moves_has_no_trend():
    week = calendar_weeks(sessions()[-2_000:].to_numpy())
    assert follow(np.full(2_000, 0.1), week).line is None


def sawtooth(weeks: int, fall: float, after: float) -> np.ndarray:
    """Make daily log ratios whose tops, every 26 weeks, lie on a falling line."""
    out = []
    for day in range(weeks * 5):
        at = day // 5
        phase = at % 26
        dip = 0.15 * min(phase, 26 - phase) / 13
        out.append(-fall * at / 52 - dip)
    return np.array([*out, *(out[-1] + after * np.arange(1, 41) / 40)])


def planted(after: float):
    y = sawtooth(5 * 52 + 14, 0.05, after)
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")]
    # Full weeks only, so that the tops fall where they were planted.
    index = index[-len(y) :]
    closes = np.column_stack([np.exp(y) * 50, np.full(len(y), 50.0)])
    return by_id(list(trend_lines.compute(market(panel(index, ("IWM", "SPY"), closes, closes)))))


def test_a_planted_downtrend_is_found_and_its_break_told():
    made = planted(0.4)
    stem = "IWM/SPY.trend.resistance"
    assert made[f"{stem}.state"].value == "broken out"
    assert int(made[f"{stem}.touches"].number) >= 8
    assert float(made[f"{stem}.slope"].number) == pytest.approx(100 * math.expm1(-0.05), abs=1)
    assert float(made[f"{stem}.span"].number) > 3.5
    assert float(made[f"{stem}.distance"].number) > 10
    assert made[f"{stem}.since"].value > dt.date(2026, 5, 1)
    signal = made[f"signal {NAME}"]
    assert (signal.state, signal.strength) == ("broken out", 1)
    assert signal.since == made[f"{stem}.since"].value
    assert set(signal.evidence) >= {f"{stem}.state", f"{stem}.touches"}
    line = made["series IWM/SPY.trend.resistance"]
    assert isinstance(line, Series)
    assert line.dates[0] == made[f"{stem}.start"].value
    assert all((a - b).days < 0 for a, b in zip(line.dates, line.dates[1:], strict=False))


def test_below_a_planted_line_the_ratio_is_capped():
    made = planted(-0.05)
    assert made["IWM/SPY.trend.resistance.state"].value == "below"
    assert float(made["IWM/SPY.trend.resistance.distance"].number) < 0
    assert made[f"signal {NAME}"].state in {"capped", "testing support", "broken down"}


def test_support_mirrors_resistance():
    symbols = ("IWM", "SPY")
    y, _ = random_walk(2)
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-len(y) :]
    flat = np.full(len(y), 50.0)
    up = np.column_stack([flat * np.exp(y), flat])
    down = np.column_stack([flat * np.exp(-y), flat])
    one, other = (
        by_id(list(trend_lines.compute(market(panel(index, symbols, c, c))))) for c in (up, down)
    )
    mirrored = {"below": "above", "testing": "testing", "broken out": "broken down"}
    first, second = one["IWM/SPY.trend.resistance.state"], other["IWM/SPY.trend.support.state"]
    assert isinstance(first, Fact)
    assert second.value == mirrored[first.value]
    for what in ("touches", "span"):
        pair = [made.number for made in (one[f"IWM/SPY.trend.resistance.{what}"],
                                         other[f"IWM/SPY.trend.support.{what}"])]  # fmt: skip
        assert pair[0] == pair[1]


def test_without_todays_closes_a_pair_has_no_trend():
    snapshot = walk(universe().symbols, 900)
    last = (snapshot.bars["date"] == snapshot.bars["date"].max()) & (
        snapshot.bars["symbol"] == "IWM"
    )
    for column in ("close", "adj_close"):
        snapshot.bars.loc[last, column] = np.nan
    made = by_id(list(trend_lines.compute(market(snapshot))))
    assert isinstance(made["IWM/SPY.trend.resistance.state"], Absent)
    assert "IWM" in made["IWM/SPY.trend.resistance.state"].reason
    assert f"signal {NAME}" not in made
    assert isinstance(made[f"{NAME}.signal.state"], Absent)


@pytest.mark.market
def test_real_lines_equal_a_day_by_day_walk(market_bars):
    of = real_market(market_bars).cut(dt.date(2026, 7, 2))
    made = by_id(list(trend_lines.compute(of)))
    ratio = of.ratio("IWM", "giants", "total")
    known = np.flatnonzero(np.isfinite(ratio))
    week = calendar_weeks(of.sessions.to_numpy())[known]
    for side, sign in (("resistance", 1), ("support", -1)):
        naive = Naive((sign * np.log(ratio[known])).tolist(), week.tolist())
        stem = f"IWM/giants.trend.{side}"
        start, last, _, slope, _, touches = naive.line
        assert int(made[f"{stem}.touches"].number) == touches
        assert float(made[f"{stem}.span"].number) == pytest.approx((last - start) * 7 / 365.2425)
        assert made[f"{stem}.start"].value == of.sessions[known[week == start][-1]].date()
        yearly = 100 * math.expm1(sign * slope * 365.2425 / 7)
        assert float(made[f"{stem}.slope"].number) == pytest.approx(yearly, abs=1e-9)
        away = naive.y[-1] - naive._at(len(known) - 1)
        distance = 100 * math.expm1(sign * away)
        assert float(made[f"{stem}.distance"].number) == pytest.approx(distance, abs=1e-9)
        run = naive_since(naive)
        assert made[f"{stem}.since"].value == of.sessions[known[run]].date()


@pytest.mark.market
def test_the_worked_example_holds(market_bars):
    of = real_market(market_bars).cut(dt.date(2026, 7, 2))
    outputs = list(trend_lines.compute(of))
    made = by_id(outputs)
    stem = "IWM/SPY.trend.resistance"
    printed = {
        "state": "broken out", "since": "6 January 2026", "start": "11 June 2021", "touches": "7",
        "span": "4.4", "distance": "15.5%", "slope": "8.6%",
    }  # fmt: skip
    assert {what: made[f"{stem}.{what}"].forms["plain"] for what in printed} == printed
    signal = made[f"signal {NAME}"]
    assert (signal.state, signal.since) == ("broken out", dt.date(2026, 1, 6))
    rate = signal.base_rate
    assert (rate.known, rate.hits, rate.verdict) == (17, 7, "noise")
    trace = next(o for o in outputs if isinstance(o, Trace))
    assert set(trace.strength[np.isfinite(trace.strength)]) == {-1.0, -0.5, 0.0, 0.5, 1.0}
    assert all(made[fact_id].period.end == of.session.date for fact_id in signal.evidence)
    assert all(isinstance(made[fact_id], Fact) for fact_id in signal.evidence)
