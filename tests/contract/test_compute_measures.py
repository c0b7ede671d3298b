"""What every measure must keep to, whatever it computes."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from compute_support import (
    DATES,
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

from newsletter.compute.facts import Fact, Ledger, Series, Signal
from newsletter.compute.ledger import assemble, compute_ledger, run
from newsletter.compute.signal import Absent, Measure, measures
from newsletter.units import Unit

SYMBOLS = universe().symbols
SCALED = {Unit.PERCENT, Unit.POINTS, Unit.RATIO, Unit.RANK, Unit.PERCENTILE, Unit.COUNT}
every = pytest.mark.parametrize("plugin", measures().values(), ids=list(measures()))


@pytest.fixture(scope="module")
def snapshot():
    return walk(SYMBOLS, 900)


def outputs(plugin: Measure, of) -> list:
    return list(plugin.compute(of))


@every
def test_a_measure_documents_formula_source_example_and_limits(plugin):
    for heading in ("Formula", "Source", "Example", "Limits"):
        assert re.search(rf"^\s*{heading}\n\s*-+$", plugin.doc, re.MULTILINE), heading


@every
def test_a_measure_gives_the_same_twice(plugin, snapshot):
    built = market(snapshot)
    assert outputs(plugin, built) == outputs(plugin, built)


@every
@pytest.mark.parametrize("date", [dt.date(2026, 6, 30), dt.date(2026, 1, 2), dt.date(2025, 3, 7)])
def test_a_measure_does_not_look_ahead(plugin, snapshot, date):
    whole, past = market(snapshot).cut(date), market(truncated(snapshot, date))
    assert outputs(plugin, whole) == outputs(plugin, past)


@every
def test_the_future_may_say_anything(plugin, snapshot):
    date = dt.date(2026, 5, 29)
    later = (snapshot.bars["date"] > pd.Timestamp(date)).to_numpy()
    wild = {c: snapshot.bars[c].where(~later, 1e6) for c in ("close", "adj_close")}
    changed = market(with_closes(snapshot, **wild)).cut(date)
    assert outputs(plugin, changed) == outputs(plugin, market(snapshot).cut(date))


@every
def test_a_measure_needs_no_more_history_than_it_says(plugin, snapshot):
    whole = market(snapshot)
    tail = slice(-plugin.lookback or None, None)
    recent = replace(
        whole,
        sessions=whole.sessions[tail],
        close=whole.close.iloc[tail],
        adjusted=whole.adjusted.iloc[tail],
    )
    assert outputs(plugin, recent) == outputs(plugin, whole)


@every
def test_the_order_of_columns_changes_nothing(plugin, snapshot):
    built = market(snapshot)
    order = list(built.close.columns)[::-1]
    other = replace(built, close=built.close[order], adjusted=built.adjusted[order])
    assert outputs(plugin, other) == outputs(plugin, built)


@every
def test_scaling_all_prices_changes_no_percentage(plugin, snapshot):
    index = snapshot.bars["symbol"] == "^VIX"
    scaled = {c: snapshot.bars[c].where(index, snapshot.bars[c] * 3.7) for c in _PRICES}
    before = by_id(outputs(plugin, market(snapshot)))
    after = by_id(outputs(plugin, market(with_closes(snapshot, **scaled))))
    assert before.keys() == after.keys()
    for fact_id, fact in before.items():
        if isinstance(fact, Fact) and fact.unit in SCALED:
            assert float(after[fact_id].number) == pytest.approx(float(fact.number), abs=1e-8)
        elif isinstance(fact, Fact) and fact.unit in {Unit.STATE, Unit.DATE}:
            assert after[fact_id].value == fact.value


_PRICES = ("close", "adj_close")


@every
@pytest.mark.parametrize("gone", ["IWM", "SPY", "^VIX", "XLK", "NVDA"])
def test_a_symbol_without_closes_is_absent_and_harms_no_other(plugin, snapshot, gone):
    there = (snapshot.bars["symbol"] != gone).to_numpy()
    empty = {c: snapshot.bars[c].where(there) for c in _PRICES}
    blank = outputs(plugin, market(with_closes(snapshot, **empty)))
    dropped = replace(snapshot, bars=snapshot.bars[there].reset_index(drop=True))
    assert blank == outputs(plugin, market(dropped))
    named = gone.lstrip("^")
    for output in blank:
        if isinstance(output, Fact) and not output.subject.startswith("sp500"):
            assert named not in re.split(r"[-/]", output.subject)


@every
def test_one_session_of_history_makes_no_exception_and_no_return(plugin):
    of = market(walk(SYMBOLS, 1))
    for output in outputs(plugin, of):
        if isinstance(output, Fact):
            assert output.period.start == output.period.end
            assert output.metric in {"level", "ratio", "coverage", "members"}


@every
@pytest.mark.parametrize("count", [2, 14, 15, 22, 49, 50, 64, 251, 253])
def test_short_histories_give_facts_or_reasons(plugin, count):
    of = market(walk(SYMBOLS, count))
    first = of.sessions[0].date()
    for output in outputs(plugin, of):
        assert isinstance(output, Fact | Absent | Series | Signal)
        if isinstance(output, Fact):
            assert first <= output.period.start <= output.period.end == output.as_of
        if isinstance(output, Absent):
            assert output.reason.endswith(".")


@every
def test_constant_prices_neither_rise_nor_fall(plugin):
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-900:]
    flat = np.full((len(index), len(SYMBOLS)), 0.1) * np.arange(1, len(SYMBOLS) + 1)
    for output in outputs(plugin, market(panel(index, SYMBOLS, flat, flat))):
        if not isinstance(output, Fact):
            continue
        if output.metric in {"return", "spread", "gap", "slope", "drawdown", "volatility", "lead"}:
            assert output.number == 0, output.id
        if output.metric in {"breadth", "advancers", "decliners", "new_highs", "new_lows"}:
            assert output.number == 0, output.id
        if output.metric in {"advancing", "dispersion"}:
            assert output.number == 0, output.id
        assert output.metric not in {"rsi", "best", "worst"}, output.id


@every
def test_a_universe_of_one_is_enough(plugin):
    one = universe().model_copy(
        update={
            "instruments": {"SPY": universe().instruments["SPY"]},
            "small_caps": "SPY",
            "indices": ("SPY",),
            "pairs": (),
            "sectors": ("SPY",),
            "mega_caps": (),
        }
    )
    for output in outputs(plugin, market(walk(("SPY",), 300), one)):
        if isinstance(output, Fact):
            assert output.metric not in {"rank", "best", "worst", "spread"}
            assert not isinstance(output.value, Decimal) or output.value.is_finite()
            assert output.subject in {"SPY", "sp500", "small_vs_large"}


def test_the_whole_ledger_reads_back_byte_for_byte(snapshot):
    ledger = compute_ledger(snapshot, universe(), sessions())
    again = Ledger.from_bytes(ledger.to_bytes())
    assert again.to_bytes() == ledger.to_bytes()
    assert list(ledger.facts) == sorted(ledger.facts)
    assert list(ledger.absent) == sorted(ledger.absent)
    assert not ledger.facts.keys() & ledger.absent.keys()
    assert ledger.snapshot == snapshot.id


def test_every_fact_names_subject_formula_and_source(snapshot):
    ledger = compute_ledger(snapshot, universe(), sessions())
    for fact in ledger:
        assert fact.id.startswith(f"{fact.subject}.") or fact.subject in {"sectors", "mega_caps"}
        assert fact.name
        assert fact.name == fact.name.strip()
        assert re.fullmatch(r"[a-z_]+@\d+", fact.formula)
        assert fact.formula.split("@")[0] in measures()
        assert fact.source == "files"
        assert fact.inputs
        assert fact.display


@pytest.mark.market
@pytest.mark.parametrize("date", DATES)
def test_real_history_cut_early_equals_history_truncated(market_bars, date):
    past = market(real_snapshot(market_bars, date))
    made = by_id(run(past, measures().values()))
    assert made == real_outputs(market_bars, date)


@pytest.mark.market
def test_real_ledger_holds_its_evidence(market_bars):
    ledger = assemble(
        real_snapshot(market_bars, DATES[0]), real_outputs(market_bars, DATES[0]).values()
    )
    assert ledger.signal("small_vs_large") is not None
    assert len(ledger.facts) > 700
    assert facts(real_market(market_bars).cut(DATES[0])).keys() == ledger.facts.keys()
