"""What every measure and every digest must keep to, whatever it computes."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from compute_support import (
    DATES,
    SOURCE,
    by_id,
    facts,
    market,
    panel,
    real_market,
    real_outputs,
    real_snapshot,
    sessions,
    truncated,
    universe,
    walk,
    with_closes,
)
from ledger_support import (
    PLUGINS,
    SYMBOLS,
    VOLATILITY,
    afresh,
    everything,
    influences,
    outputs,
    reasons,
    rich,
    stated,
    universe_of_one,
)
from lengths import some

from newsletter.clock import Session
from newsletter.collect.normalise import freeze
from newsletter.collect.provider import Fetched
from newsletter.collect.snapshot import Snapshot
from newsletter.compute.facts import Fact, Ledger, Series, Signal
from newsletter.compute.ledger import compute_ledger, run
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Digest, Trace, digests, measures
from newsletter.units import Unit

SCALED = {Unit.PERCENT, Unit.POINTS, Unit.RATIO, Unit.RANK, Unit.PERCENTILE, Unit.COUNT}
WORDED = {Unit.STATE, Unit.DATE}
PRICES = ("close", "adj_close")
AFTERWARDS = dt.date(2026, 5, 29)
GROUPS = {"sectors", "mega_caps"}
PUBLISHED = {"composition", "earnings", "flows", "valuation"}
"""What rests on tables, which hold no closes."""

every = pytest.mark.parametrize("plugin", PLUGINS.values(), ids=list(PLUGINS))


@lru_cache(maxsize=1)
def snapshot() -> Snapshot:
    return rich(900)


@lru_cache(maxsize=1)
def clean() -> Market:
    return market(snapshot())


@lru_cache(maxsize=8)
def past(date: dt.date) -> tuple[Market, Market]:
    """Return history cut at a date, and the same from a snapshot that never held more."""
    return clean().cut(date), market(truncated(snapshot(), date))


@lru_cache(maxsize=1)
def another_future() -> tuple[Market, Market]:
    """Return a past, and the same past of a history that went on quite differently."""
    end = pd.Timestamp(AFTERWARDS)
    later = (snapshot().bars["date"] > end).to_numpy()
    wild = {c: snapshot().bars[c].where(~later, 1e6) for c in PRICES}
    tables = {
        name: frame.assign(
            **{c: frame[c].where(frame["known"] <= end, 1e6) for c in frame.columns
               if frame[c].dtype == np.float64}
        )
        for name, frame in snapshot().tables.items()
    }  # fmt: skip
    changed = market(replace(with_closes(snapshot(), **wild), tables=tables))
    return clean().cut(AFTERWARDS), changed.cut(AFTERWARDS)


@lru_cache(maxsize=8)
def times(factor: float, *symbols: str) -> Market:
    """Return the clean market with the whole history of some symbols in another measure."""
    its = snapshot().bars["symbol"].isin(symbols)
    return market(
        with_closes(
            snapshot(),
            **{c: snapshot().bars[c].where(~its, snapshot().bars[c] * factor) for c in PRICES},
        )
    )


@lru_cache(maxsize=8)
def without(symbol: str) -> tuple[Market, Market]:
    """Return the clean market with a symbol's closes all unknown, and without its rows."""
    there = (snapshot().bars["symbol"] != symbol).to_numpy()
    empty = {c: snapshot().bars[c].where(there) for c in PRICES}
    dropped = replace(snapshot(), bars=snapshot().bars[there].reset_index(drop=True))
    return market(with_closes(snapshot(), **empty)), market(dropped)


@lru_cache(maxsize=16)
def short(count: int) -> Market:
    return market(walk(SYMBOLS, count))


@lru_cache(maxsize=1)
def constant() -> Market:
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-900:]
    flat = np.full((len(index), len(SYMBOLS)), 0.1) * np.arange(1, len(SYMBOLS) + 1)
    return market(panel(index, SYMBOLS, flat, flat))


@lru_cache(maxsize=1)
def alone() -> Market:
    """Return a market whose universe is one fund."""
    return market(walk(("SPY",), 300), universe_of_one())


@lru_cache(maxsize=1)
def beside() -> Market:
    """Return the shipped universe with that one fund's closes, among two others."""
    among = walk(("IWM", "SPY", "XLK"), 300)
    spy = (among.bars["symbol"] == "SPY").to_numpy()
    among.bars.loc[spy, "close"] = alone().close["SPY"].to_numpy()
    among.bars.loc[spy, "adj_close"] = alone().adjusted["SPY"].to_numpy()
    return market(among)


@every
def test_a_plugin_documents_formula_source_example_and_limits(plugin):
    for heading in ("Formula", "Source", "Example", "Limits"):
        assert re.search(rf"^\s*{heading}\n\s*-+$", plugin.doc, re.MULTILINE), heading
    assert "EXAMPLE" not in plugin.doc


def test_no_id_serves_a_measure_and_a_digest():
    assert not measures().keys() & digests().keys()
    assert {"gauge", "evidence"} <= digests().keys()


@every
def test_a_plugin_gives_the_same_twice(plugin):
    assert afresh(plugin, clean()) == outputs(plugin, clean())


@every
@pytest.mark.parametrize(
    "date", some(1, dt.date(2026, 1, 2), dt.date(2026, 6, 30), dt.date(2025, 3, 7))
)
def test_a_plugin_does_not_look_ahead(plugin, date):
    cut, never_longer = past(date)
    assert outputs(plugin, cut) == outputs(plugin, never_longer)


@every
def test_the_future_may_say_anything(plugin):
    so, otherwise = another_future()
    assert outputs(plugin, otherwise) == outputs(plugin, so)


@every
def test_a_plugin_needs_no_more_history_than_it_says(plugin):
    lookback = 0 if isinstance(plugin, Digest) else plugin.lookback
    tail, whole = slice(-lookback or None, None), clean()
    recent = replace(
        whole,
        sessions=whole.sessions[tail],
        close=whole.close.iloc[tail],
        adjusted=whole.adjusted.iloc[tail],
    )
    assert outputs(plugin, recent) == outputs(plugin, whole)


@every
def test_the_order_of_columns_changes_nothing(plugin):
    order = list(clean().close.columns)[::-1]
    other = replace(clean(), close=clean().close[order], adjusted=clean().adjusted[order])
    assert outputs(plugin, other) == outputs(plugin, clean())


@every
@pytest.mark.parametrize("scale", some(1, 3.7, 1e-3))
def test_scaling_all_prices_changes_no_percentage(plugin, scale):
    scaled = times(scale, *(s for s in SYMBOLS if s not in VOLATILITY))
    same_measures(by_id(outputs(plugin, clean())), by_id(outputs(plugin, scaled)))


@every
@pytest.mark.parametrize("symbol", some(2, "IWM", "NVDA", "XLK"))
def test_a_split_restated_changes_nothing_but_levels(plugin, symbol):
    same_measures(
        by_id(outputs(plugin, clean())),
        by_id(outputs(plugin, times(0.5, symbol))),
        levels=("ratio", "level", "record_close"),
    )


def same_measures(before: dict, after: dict, levels: tuple[str, ...] = ()) -> None:
    """Check that no percentage, rank, count, date or state differs between two runs."""
    assert before.keys() == after.keys()
    for fact_id, fact in before.items():
        if not isinstance(fact, Fact) or fact.metric in levels:
            continue
        if fact.unit in SCALED:
            there = float(after[fact_id].number)
            assert there == pytest.approx(float(fact.number), abs=1e-8), fact_id
        elif fact.unit in WORDED:
            assert after[fact_id].value == fact.value, fact_id


@every
@pytest.mark.parametrize("gone", some(2, "IWM", "SPY", "^VIX", "XLK", "NVDA"))
def test_a_symbol_without_closes_is_absent_and_harms_no_other(plugin, gone):
    blank, dropped = (outputs(plugin, of) for of in without(gone))
    assert blank == dropped
    for output in blank:
        if isinstance(output, Fact) and plugin.id not in PUBLISHED:
            assert gone.lstrip("^") not in re.split(r"[-/]", output.subject), output.id


@every
def test_one_session_of_history_makes_no_exception_and_no_change(plugin):
    for output in outputs(plugin, short(1)):
        if isinstance(output, Signal):
            assert all(rate.events <= 1 and rate.known == 0 for rate in output.base_rates)
        if isinstance(output, Fact):
            assert output.period.start == output.period.end
            assert not output.is_change, output.id
            assert output.unit not in {Unit.RANK, Unit.PERCENTILE}, output.id


@every
@pytest.mark.parametrize("count", some(3, 2, 15, 64, 253, 14, 22, 49, 50, 251))
def test_short_histories_give_facts_or_reasons(plugin, count):
    first = short(count).sessions[0].date()
    for output in outputs(plugin, short(count)):
        assert isinstance(output, Fact | Absent | Series | Signal | Trace)
        if isinstance(output, Fact):
            assert first <= output.period.start <= output.period.end == output.as_of, output.id
        if isinstance(output, Absent):
            assert output.reason.endswith("."), output.id


@every
def test_constant_prices_neither_rise_nor_fall(plugin):
    for output in outputs(plugin, constant()):
        if isinstance(output, Signal):
            assert all(rate.hits == 0 for rate in output.base_rates), output.name
            assert all(rate.verdict != "signal" for rate in output.base_rates), output.name
        if not isinstance(output, Fact):
            continue
        if output.is_change or output.metric in {"volatility", "dispersion", "cross_section"}:
            assert output.metric == "base_rate_threshold" or output.number == 0, output.id
        if output.metric in {"breadth", "advancers", "decliners", "new_highs", "new_lows",
                             "advancing", "distinct"}:  # fmt: skip
            assert output.number == 0, output.id
        assert output.metric not in {"rsi", "best", "worst"}, output.id


@every
def test_a_universe_of_one_compares_nothing(plugin):
    for output in outputs(plugin, alone()):
        if not isinstance(output, Fact):
            continue
        assert output.metric not in {"rank", "best", "worst", "spread", "dispersion"}, output.id
        if isinstance(output.value, Decimal):
            assert output.value.is_finite(), output.id
        symbols = {i for i in output.inputs if "." not in i}
        assert symbols <= {"SPY", "sp500"}, output.id
        if "_vs_" in output.subject and output.metric in {"lead", "signal_strength"}:
            assert output.number == 0, output.id


@every
def test_a_universe_of_one_knows_of_it_what_a_larger_one_does(plugin):
    larger = stated(outputs(plugin, beside()))
    for fact_id, fact in stated(outputs(plugin, alone())).items():
        same = larger.get(fact_id)
        if fact.inputs == ("SPY",) and same is not None and same.inputs == ("SPY",):
            assert fact == same


@pytest.mark.parametrize(
    ("symbol", "row"),
    some(
        4,
        ("NVDA", -1),
        ("^VIX", -1),
        ("SPY", -2),
        ("IWM", -22),
        ("RSP", -300),
        ("XLK", -1),
        ("IWM", -1),
        ("GC=F", -1),
        ("HYG", -1),
        ("IWD", -1),
        ("XLK", -2),
        ("AAPL", -64),
        ("^VIX", -30),
    ),
)
def test_a_hole_touches_only_facts_that_name_it_as_an_input(symbol, row):
    bars, members = snapshot().bars, snapshot().members
    at = bars.index[bars["symbol"] == symbol][row]
    holed = {c: bars[c].where(bars.index != at) for c in PRICES}
    before = stated(everything(clean()))
    made = everything(market(with_closes(snapshot(), **holed)))
    after, gone = stated(made), reasons(made)
    wrong = {
        fact_id: (fact.inputs, gone.get(fact_id))
        for fact_id, fact in before.items()
        if after.get(fact_id) != fact and symbol not in influences(before, fact, members)
    }
    assert not wrong
    silent = before.keys() - after.keys() - gone.keys()
    assert not {fact_id for fact_id in silent if "since:" not in fact_id}  # a start that moves


def test_order_and_repetition_of_rows_change_nothing():
    random, whole = np.random.default_rng(3), snapshot()
    bars = whole.bars
    twice = np.concatenate([np.arange(len(bars)), random.integers(len(bars), size=500)])
    mixed = bars.iloc[random.permutation(twice)]
    tables = {
        name: frame.iloc[random.permutation(np.tile(np.arange(len(frame)), 2))]
        for name, frame in whole.tables.items()
    }
    given = Fetched(bars, whole.members, SOURCE, tables=whole.tables)
    frozen, again = (
        freeze(whole.session, fetched)
        for fetched in (given, replace(given, bars=mixed, tables=tables))
    )
    assert frozen.id == again.id
    ledgers = [compute_ledger(one, universe(), sessions()).to_bytes() for one in (frozen, again)]
    assert ledgers[0] == ledgers[1]


@pytest.mark.parametrize("seed", some(1, *range(3)))
def test_every_history_makes_a_ledger_that_reads_back_byte_for_byte(seed):
    date = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-1 - 40 * seed].date()
    then = replace(truncated(rich(700 + 300 * seed, seed), date), session=Session(date))
    ledger = compute_ledger(then, universe(), sessions())
    again = Ledger.from_bytes(ledger.to_bytes())
    assert again.to_bytes() == ledger.to_bytes()
    assert list(ledger.facts) == sorted(ledger.facts)
    assert list(ledger.absent) == sorted(ledger.absent)
    assert not ledger.facts.keys() & ledger.absent.keys()
    assert ledger.snapshot == then.id


def test_every_fact_names_subject_formula_and_source():
    ledger = compute_ledger(snapshot(), universe(), sessions())
    for fact in ledger:
        assert fact.id.startswith(f"{fact.subject}.") or fact.subject in GROUPS, fact.id
        assert fact.name, fact.id
        assert fact.name == fact.name.strip()
        assert re.fullmatch(r"[a-z_]+@\d+", fact.formula), fact.formula
        assert fact.formula.split("@")[0] in PLUGINS
        assert set(fact.source.split(",")) == {"files"}, fact.id
        assert fact.inputs, fact.id
        assert all(fact.inputs), fact.id
        assert fact.display
        assert fact.metric == fact.metric.strip() != ""


def test_counts_and_ranks_are_whole():
    for fact in stated(everything(clean())).values():
        if fact.unit in {Unit.COUNT, Unit.RANK}:
            assert fact.number == int(fact.number), fact.id


def test_every_absence_says_why_in_one_sentence():
    ledger = compute_ledger(snapshot(), universe(), sessions())
    for fact_id, reason in ledger.absent.items():
        assert re.fullmatch(r"[A-Z0-9].*\.", reason), (fact_id, reason)
        assert "nan" not in reason.lower().split(), (fact_id, reason)


@pytest.mark.market
@pytest.mark.parametrize("date", some(1, *DATES))
def test_real_history_cut_early_equals_history_truncated(market_bars, date):
    then = market(real_snapshot(market_bars, date))
    made = by_id(run(then, measures().values()))
    assert made == real_outputs(market_bars, date)


@pytest.mark.market
def test_real_ledger_holds_its_evidence(market_bars):
    ledger = compute_ledger(real_snapshot(market_bars, DATES[0]), universe(), sessions())
    assert ledger.signal("small_vs_large") is not None
    assert ledger.signal("rotation_gauge") is not None
    assert len(ledger.facts) > 700
    measured = facts(real_market(market_bars).cut(DATES[0])).keys()
    digested = {f.id for f in ledger if f.formula.split("@")[0] in digests()}
    assert ledger.facts.keys() == measured | digested
