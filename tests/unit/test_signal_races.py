"""The races: states and base rates against plain loops, and the ratios behind them."""

import datetime as dt
import math
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from compute_support import (
    DATES,
    by_id,
    market,
    panel,
    real_market,
    sessions,
    universe,
    walk,
    with_closes,
)

from newsletter.compute.facts import Fact, Signal
from newsletter.compute.race import STATES, Recipe, pair_of, renamed, states_of
from newsletter.compute.signal import Absent, Trace
from newsletter.compute.signals import concentration, credit, cyclicals, style_race, weighting
from newsletter.compute.signals.ratios import ratios
from newsletter.compute.signals.size import NAME, RECIPE, size
from newsletter.units import Unit

RACES = {
    NAME: (size, RECIPE, ("IWM",), ("SPY",)),
    style_race.NAME: (style_race.style_race, style_race.RECIPE, ("IWD",), ("IWF",)),
    weighting.NAME: (weighting.weighting, weighting.RECIPE, ("RSP",), ("SPY",)),
    cyclicals.NAME: (
        cyclicals.cyclicals,
        cyclicals.RECIPE,
        ("XLB", "XLF", "XLI", "XLY"),
        ("XLP", "XLU", "XLV"),
    ),
    credit.JUNK: (credit.junk_grade, credit.JUNK_RECIPE, ("HYG",), ("LQD",)),
    credit.COPPER: (credit.copper_gold, credit.COPPER_RECIPE, ("HG=F",), ("GC=F",)),
    concentration.NAME: (
        concentration.concentration,
        concentration.RECIPE,
        ("RSP",),
        universe().mega_caps,
    ),
}
WORDS = {concentration.NAME: concentration.WORDS}
each = pytest.mark.parametrize("name", RACES)


def naive_index(closes: list[list[float]]) -> list[float]:
    """Compound the plain mean of returns between sessions on which all parts are known."""
    out, last, level = [], None, 100.0
    for row in closes:
        if not all(one > 0 for one in row):
            out.append(math.nan)
            continue
        if last is not None:
            level *= sum(a / b for a, b in zip(row, last, strict=True)) / len(row)
        out.append(level)
        last = row
    return out


def naive_leads(ratio: list[float], days: int) -> list[float]:
    return [
        100 * (ratio[i] / ratio[i - days] - 1) if i >= days else math.nan for i in range(len(ratio))
    ]


def naive_states(lead: list[float], recent: list[float], recipe: Recipe) -> list[str]:
    """Switch state day by day."""
    side, turn, out = "", "", []
    for quarter, month in zip(lead, recent, strict=True):
        if math.isnan(quarter) or math.isnan(month):
            side, turn = "", ""
            out.append("")
            continue
        if (side == "first" and quarter < recipe.leave) or (
            side == "second" and quarter > -recipe.leave
        ):
            side = ""
        if quarter >= recipe.enter:
            side = "first"
        if quarter <= -recipe.enter:
            side = "second"
        turn = "down" if month <= -recipe.turn else "up" if month >= recipe.turn else turn
        state = {"first": "leading", "second": "lagging", "": "neutral"}[side]
        if (side, turn) == ("first", "down"):
            state = "fading"
        if (side, turn) == ("second", "up"):
            state = "recovering"
        out.append(state)
    return out


@pytest.mark.parametrize("seed", range(4))
def test_states_equal_a_day_by_day_switch(seed):
    draw = np.random.default_rng(seed)
    recipe = Recipe(enter=5.0, leave=2.0, turn=1.0, full=10.0)
    lead, recent = draw.normal(0, 0.7, (2, 3_000)).cumsum(axis=1)
    lead -= 0.9 * lead.mean()
    lead[draw.integers(0, 3_000, 30)] = np.nan
    made = states_of(lead, recent, recipe).tolist()
    assert made == naive_states(lead.tolist(), recent.tolist(), recipe)
    assert set(made) >= {"", "neutral"}


def test_other_words_keep_what_is_unknown_empty():
    states = np.array(["", *STATES])
    assert renamed(states, concentration.WORDS).tolist() == ["", *concentration.WORDS.values()]


@lru_cache(maxsize=2)
def real(folder, date):
    return real_market(folder).cut(date)


@pytest.mark.market
@pytest.mark.parametrize("date", [DATES[0], DATES[3]], ids=str)
@each
def test_a_race_equals_plain_loops(market_bars, name, date):
    of, (plugin, recipe, first, second) = real(market_bars, date), RACES[name]
    made = by_id(list(plugin.compute(of)))
    kind = "price" if name == credit.COPPER else "total"
    above, below = (
        naive_index(of.matrix(parts, kind).tolist())
        if len(parts) > 1
        else of.matrix(parts, kind)[:, 0].tolist()
        for parts in (first, second)
    )
    ratio = [a / b for a, b in zip(above, below, strict=True)]
    lead, recent = naive_leads(ratio, 63), naive_leads(ratio, 21)
    states = naive_states(lead, recent, recipe)
    if not states[-1]:
        assert isinstance(made[f"{name}.signal.state"], Absent)
        assert f"signal {name}" not in made
        return
    words = WORDS.get(name, {state: state for state in STATES})
    found = made[f"signal {name}"]
    assert isinstance(found, Signal)
    assert found.state == words[states[-1]]
    run = next(i for i in range(len(states), 0, -1) if states[i - 1] != states[-1])
    assert found.since == of.sessions[run].date()
    assert float(found.strength) == pytest.approx(
        max(-1.0, min(1.0, lead[-1] / recipe.full)), abs=1e-9
    )
    sign = -1 if states[-1] in {"lagging", "recovering"} else 1
    like_tonight = (
        [state == "neutral" for state in states]
        if states[-1] == "neutral"
        else [sign * one >= recipe.enter for one in lead]
    )
    for rate in found.base_rates:
        events, sequels, everything = naive_sequels(above, below, like_tonight, rate.horizon)
        assert (rate.events, rate.known) == (events, len(sequels))
        assert rate.hits == sum(sign * one > 0 for one in sequels)
        if rate.median is not None:
            assert float(rate.median) == pytest.approx(np.median(sequels), abs=1e-9)
            usual = 100 * np.mean([sign * one > 0 for one in everything])
            assert float(rate.unconditional_hit_rate) == pytest.approx(usual, abs=1e-9)


def naive_sequels(
    above: list[float], below: list[float], like_tonight: list[bool], horizon: int
) -> tuple[int, list[float], list[float]]:
    events, sequels, everything, free = 0, [], [], 0
    for row in range(len(above)):
        end = row + horizon
        later = (
            100 * (above[end] / above[row] - below[end] / below[row]) if end < len(above) else None
        )
        known = later is not None and not math.isnan(later)
        if known:
            everything.append(later)
        if row >= free and like_tonight[row]:
            events, free = events + 1, row + horizon
            if known:
                sequels.append(later)
    return events, sequels, everything


@pytest.mark.market
@pytest.mark.parametrize("name", [name for name in RACES if name != credit.JUNK])  # too short
def test_a_threshold_is_near_one_standard_deviation(market_bars, name):
    plugin, recipe, _, _ = RACES[name]
    traces = [o for o in plugin.compute(real(market_bars, DATES[0])) if isinstance(o, Trace)]
    lead = traces[0].strength
    assert 0.3 < recipe.leave / recipe.enter < 0.5
    # Strength is the lead over twice the threshold, cut at one: most of it lies inside.
    assert 0.3 < np.nanstd(np.clip(lead, -1, 1)) < 0.65


@each
def test_a_pair_that_is_not_configured_makes_nothing(name):
    bare = universe().model_copy(update={"pairs": ()})
    of = market(walk(("SPY", "IWM"), 300), bare)
    made = list(RACES[name][0].compute(of))
    assert bool(made) == (name == NAME)


@pytest.mark.parametrize("name", [name for name in RACES if name != NAME])
def test_a_pair_without_data_is_absent_with_a_reason(name):
    made = list(RACES[name][0].compute(market(walk(("SPY", "IWM"), 300))))
    assert made
    assert all(isinstance(one, Absent) and one.reason.endswith(".") for one in made)


def test_a_pair_is_found_by_id_or_theme():
    of = universe()
    assert pair_of(of, id="junk_grade").first == "HYG"
    assert pair_of(of, theme="style").first == "IWD"
    assert pair_of(of, id="nothing") is None
    assert pair_of(of) is None


def test_without_an_equal_weight_fund_the_benchmark_stands_for_the_average():
    pairs = tuple(pair for pair in universe().pairs if pair.theme != "weighting")
    of = market(walk(universe().symbols, 300), universe().model_copy(update={"pairs": pairs}))
    lead = by_id(list(concentration.concentration.compute(of)))["leadership.lead.63d"]
    assert lead.inputs[0] == "SPY"


@pytest.fixture(scope="module")
def walked():
    return walk(universe().symbols, 1_500)


def test_ratios_of_baskets_start_at_one_and_scale_away(walked):
    made = by_id(list(ratios.compute(market(walked))))
    total = market(walked).matrix(("IWM", *universe().mega_caps), "price")
    index = naive_index(total[:, 1:].tolist())
    expected = (total[-1, 0] / index[-1]) / (total[0, 0] / index[0])
    assert "IWM/giants.ratio.close" not in made, "a level of our own making is not stated"
    assert float(made["series IWM/giants.ratio"].values[-1]) == pytest.approx(expected, rel=1e-9)
    assert made["IWM/giants.ratio.50d_gap"].inputs == ("IWM", *universe().mega_caps)
    assert "the seven giants" in made["IWM/giants.ratio.50d_gap"].name


def test_percentiles_records_and_dates_equal_plain_loops(walked):
    of = market(walked)
    made = by_id(list(ratios.compute(of)))
    for pair in ("IWM/SPY", "XLY/XLP", "HG=F/GC=F"):
        first, second = (of.prices(one).tolist() for one in pair.split("/"))
        ratio = [a / b for a, b in zip(first, second, strict=True)]
        days = [day.date() for day in of.sessions]
        for label, count in (("1y", 252), ("5y", 1260)):
            share = 100 * sum(one <= ratio[-1] for one in ratio[-count:]) / count
            fact = made[f"{pair}.ratio.percentile_{label}"]
            assert float(fact.number) == pytest.approx(share, abs=1e-9)
            assert fact.period.start == days[-count]
        assert made[f"{pair}.ratio.record_high"].value == days[ratio.index(max(ratio))]
        assert made[f"{pair}.ratio.record_low"].value == days[ratio.index(min(ratio))]
        below = 100 * (ratio[-1] / max(ratio) - 1)
        distance = made[f"{pair}.ratio.distance_from_record"]
        assert float(distance.number) == pytest.approx(below, abs=1e-9)
        for which, sign in (("highest", 1), ("lowest", -1)):
            back = 1
            while back < len(ratio) and sign * ratio[-1 - back] < sign * ratio[-1]:
                back += 1
            output = made[f"{pair}.ratio.{which}_since"]
            if back < 21 or back == len(ratio):
                assert isinstance(output, Absent)
            else:
                assert output.value == days[-1 - back]


def test_a_ratio_at_its_highest_of_a_year_says_since_when():
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-900:]
    wave = 1 + 0.1 * np.sin(np.arange(900) / 60)
    wave[-1] = 1.2
    wave[300] = 1.3
    closes = np.column_stack([wave * 50, np.full(900, 50.0)])
    made = by_id(list(ratios.compute(market(panel(index, ("IWM", "SPY"), closes, closes)))))
    highest = made["IWM/SPY.ratio.highest_since"]
    assert highest.value == index[300].date()
    assert (highest.sample.n, highest.sample.of) == (599, 599)
    assert made["IWM/SPY.ratio.record_high"].value == index[300].date()
    assert float(made["IWM/SPY.ratio.distance_from_record"].number) == pytest.approx(-100 / 13)
    assert isinstance(made["IWM/SPY.ratio.lowest_since"], Absent)


def test_many_missing_sessions_make_no_record(walked):
    bars = walked.bars
    symbol = (bars["symbol"] == "IWM").to_numpy()
    gone = symbol & (np.arange(len(bars)) % 40 == 0)
    closes = {c: bars[c].where(~gone) for c in ("close", "adj_close")}
    made = by_id(list(ratios.compute(market(with_closes(walked, **closes)))))
    for what in ("record_high", "record_low", "distance_from_record"):
        output = made[f"IWM/SPY.ratio.{what}"]
        assert isinstance(output, Absent)
        assert output.reason.endswith(".")


def test_a_small_ratio_is_printed_to_five_decimals():
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-5:]
    closes = np.tile([[5.6, 4_100.0, 200.0, 500.0]], (5, 1))
    of = market(panel(index, ("HG=F", "GC=F", "IWM", "SPY"), closes, closes))
    made = by_id(list(ratios.compute(of)))
    assert made["HG=F/GC=F.ratio.close"].display == "0.00137"
    assert made["IWM/SPY.ratio.close"].display == "0.400"


@pytest.mark.market
def test_worked_examples_hold(market_bars):
    of = real(market_bars, dt.date(2026, 7, 2))
    made: dict[str, object] = {}
    for plugin in {id(race[0]): race[0] for race in RACES.values()}.values():
        made |= by_id(list(plugin.compute(of)))
    made |= by_id(list(ratios.compute(of)))
    said = {
        "leadership.relative_return.63d": "−0.1%", "leadership.relative_return.21d": "+8.8%",
        "cyclical_vs_defensive.relative_return.63d": "+3.3%",
        "cyclical_vs_defensive.base_rate.63d.median": "+0.2 points",
        "equal_vs_cap.relative_return.63d": "−1.7%", "equal_vs_cap.lead.63d": "−1.9 points",
        "value_vs_growth.relative_return.21d": "+9.4%",
        "junk_vs_grade.relative_return.63d": "+0.3%",
        "copper_vs_gold.relative_return.63d": "+26.4%",
        "IWM/SPY.ratio.percentile_5y": "48th",
        "IWM/SPY.ratio.distance_from_record": "−37.5%",
    }  # fmt: skip
    assert {k: made[k].forms["signed"] for k in said} == said
    states = {name: made[f"signal {name}"].state for name in RACES}
    assert states == {
        "small_vs_large": "leading",
        "value_vs_growth": "neutral",
        "equal_vs_cap": "recovering",
        "cyclical_vs_defensive": "neutral",
        "junk_vs_grade": "neutral",
        "copper_vs_gold": "leading",
        "leadership": "mixed",
    }
    assert all(
        output.unit in {Unit.COUNT, Unit.STATE, Unit.DATE} or output.number.is_finite()
        for output in made.values()
        if isinstance(output, Fact)
    )
