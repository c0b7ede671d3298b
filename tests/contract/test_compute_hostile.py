"""Bad input for the whole ledger: facts or stated absences, never a wrong number or a crash."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from compute_support import SOURCE, sessions, universe
from ledger_support import FIELDS, SYMBOLS, influences, rich, universe_of_one

from newsletter.clock import Session
from newsletter.collect.normalise import freeze
from newsletter.collect.provider import Fetched
from newsletter.compute.facts import Ledger
from newsletter.compute.ledger import compute_ledger
from newsletter.config import plain
from newsletter.errors import DataUnavailable

PRICES = ("open", "high", "low", "close", "adj_close")
COUNT = 700
MIDDLE = COUNT // 2


@lru_cache(maxsize=1)
def given() -> Fetched:
    """Return 700 sessions of the shipped universe with tables of every kind, as fetched."""
    whole = rich(COUNT)
    covers = tuple(source for source in whole.sources if source.covers != "bars")
    return Fetched(whole.bars, whole.members, SOURCE, (), whole.tables, covers)


def ledger(fetched: Fetched, of=None) -> Ledger:
    """Freeze and compute, and check what holds for any ledger whatsoever."""
    frozen = freeze(Session(dt.date(2026, 7, 2)), fetched)
    made = compute_ledger(frozen, of or universe(), sessions())
    for fact in made:
        if isinstance(fact.value, Decimal):
            assert math.isfinite(float(fact.value)), fact.id
            assert all(form and "nan" not in form.lower() for form in fact.forms.values())
    assert all(reason.endswith(".") for reason in made.absent.values())
    returns_are_right(made, frozen.bars)
    return made


def returns_are_right(made: Ledger, bars: pd.DataFrame) -> None:
    """Check every price and total return against two closes looked up one by one."""
    closes = {
        (symbol, date.date()): pair
        for symbol, date, *pair in bars[["symbol", "date", "close", "adj_close"]].itertuples(
            index=False
        )
    }
    for fact in made:
        if fact.formula.split("@")[0] != "returns" or fact.metric != "return":
            continue
        which = 1 if fact.kind == "total" else 0
        last, base = (
            closes[fact.inputs[0], day][which] for day in (fact.period.end, fact.period.start)
        )
        assert float(fact.number) == pytest.approx(100 * (last / base - 1), rel=1e-9, abs=1e-9)


@lru_cache(maxsize=1)
def clean() -> Ledger:
    return ledger(given())


def with_prices(cases: Mapping[str, str]) -> Fetched:
    """Return what was fetched with some symbols' prices, shape (n_sessions,), changed."""
    bars = given().bars.copy()
    for symbol, case in cases.items():
        its = (bars["symbol"] == symbol).to_numpy()
        assert its.sum() == COUNT
        for column in ("close", "adj_close"):
            bars.loc[its, column] = HOSTILE[case](bars.loc[its, column].to_numpy(copy=True))
    return replace(given(), bars=bars)


def at(rows, value: float):
    def change(prices: np.ndarray) -> np.ndarray:
        prices[rows] = value
        return prices

    return change


def jumps(prices: np.ndarray) -> np.ndarray:
    prices[MIDDLE:] *= 1e4
    prices[-100:] /= 1e7
    return prices


HOSTILE = {
    "gaps": at(np.random.default_rng(1).choice(COUNT, 70, replace=False), np.nan),
    "every other session": at(slice(None, None, 2), np.nan),
    "last session missing": at(-1, np.nan),
    "one session of history": at(slice(None, -1), np.nan),
    "all unknown": at(slice(None), np.nan),
    "constant": at(slice(None), 0.1),
    "fell by 100 %": at(MIDDLE, 0.0),
    "ended at zero": at(slice(-5, None), 0.0),
    "negative": at(MIDDLE, -3.0),
    "fell to next to nothing": at(MIDDLE, 1e-9),
    "next to nothing today": at(-1, 1e-9),
    "absurdly high": at(MIDDLE, 1e300),
    "absurdly high today": at(-1, 1e300),
    "subnormal": at(MIDDLE, 5e-324),
    "subnormal today": at(-1, 5e-324),
    "both at once": at([-2, -1], [5e-324, 1e300]),
    "infinite": at([MIDDLE, -1], np.inf),
    "jumps": jumps,
}


def spoilt(cases: Mapping[str, str]) -> None:
    """Spoil some symbols, each in its way; what rests on none of them stays as it was."""
    made, before = ledger(with_prices(cases)), clean()
    assert Ledger.from_bytes(made.to_bytes()).sha256 == made.sha256
    facts = before.facts
    wrong = {
        fact_id: fact.inputs
        for fact_id, fact in facts.items()
        if made.get(fact_id) != fact and not influences(facts, fact, given().members) & cases.keys()
    }
    assert not wrong
    silent = facts.keys() - made.facts.keys() - made.absent.keys()
    assert not {fact_id for fact_id in silent if "since:" not in fact_id}  # a start that moves


VICTIMS = ("IWM", "NVDA", "XLK", "KRE", "IWD", "TLT")


@pytest.mark.parametrize("turn", range(3))
def test_bad_symbols_spoil_only_what_rests_on_them(turn):
    cases = list(HOSTILE)[turn::3]
    spoilt(dict(zip(VICTIMS, cases, strict=True)))


@pytest.mark.drill
@pytest.mark.parametrize("symbol", ["IWM", "NVDA"])
@pytest.mark.parametrize("case", HOSTILE)
def test_a_bad_symbol_spoils_only_what_rests_on_it(symbol, case):
    spoilt({symbol: case})


@pytest.mark.parametrize(
    ("symbol", "case"),
    [
        ("^VIX", "gaps"), ("SPY", "constant"), ("^VIX", "all unknown"), ("SPY", "all unknown"),
        pytest.param("SPY", "gaps", marks=pytest.mark.drill),
        pytest.param("^VIX", "constant", marks=pytest.mark.drill),
    ],
)  # fmt: skip
def test_a_bad_index_or_benchmark_makes_no_crash(symbol, case):
    made = ledger(with_prices({symbol: case}))
    assert len(made.facts) > 100
    named = plain(symbol)
    if case == "all unknown":
        assert not [f for f in made if f.subject == named and f.metric != "weight"]


def test_unsorted_and_repeated_rows_make_the_same_ledger():
    bars, random = given().bars, np.random.default_rng(5)
    rows = random.permutation(np.concatenate([np.arange(len(bars)), np.arange(0, len(bars), 3)]))
    assert ledger(replace(given(), bars=bars.iloc[rows])).sha256 == clean().sha256


def test_two_different_prices_of_one_day_make_no_ledger_at_all():
    bars = given().bars
    other = bars.iloc[[100]].assign(close=1.0)
    with pytest.raises(DataUnavailable, match="different prices"):
        ledger(replace(given(), bars=pd.concat([bars, other])))


def test_without_any_price_there_is_no_ledger():
    blank = given().bars.assign(**dict.fromkeys(PRICES, np.nan))
    with pytest.raises(DataUnavailable, match="no price"):
        ledger(replace(given(), bars=blank))


def test_one_session_of_everything_states_levels_and_reasons():
    last = given().bars[given().bars["date"] == given().bars["date"].max()]
    made = ledger(replace(given(), bars=last))
    assert float(made["SPY.level"].number) == pytest.approx(
        float(last.loc[last["symbol"] == "SPY", "close"].iloc[0])
    )
    assert not [f for f in made if f.metric in {"return", "spread", "gap", "rsi", "rank", "lead"}]
    assert "SPY.return.1d" in made.absent


def test_only_the_benchmark_is_known():
    bars = given().bars
    made = ledger(replace(given(), bars=bars[bars["symbol"] == "SPY"], tables={}))
    facts = clean().facts
    for fact in made:
        if fact.inputs == ("SPY",) and fact.subject == "SPY":
            assert fact == facts[fact.id]
    assert made.signal("small_vs_large") is None
    assert "IWM.return.1d" in made.absent


def test_a_universe_of_one_fund():
    made = ledger(given(), universe_of_one())
    assert made["SPY.return.ytd"] == clean()["SPY.return.ytd"]
    # Single members stand against the fund itself; nothing else is left to race or to rank.
    raced = [f for f in made if f.metric in {"spread", "rank", "best", "worst"}]
    assert not [f for f in raced if not f.formula.startswith("unusual_stocks@")]


@pytest.mark.parametrize("members", [(), ("NOBODY",), ("NVDA",)])
def test_few_members_or_none(members):
    made = ledger(replace(given(), members=replace(given().members, symbols=members)))
    assert made["IWM.return.ytd"] == clean()["IWM.return.ytd"]


TABLES = ("classes", "fundamentals", "holdings", "macro", "shares")
STATES = ("absent", "empty", "known later", "one row")


def in_state(name: str, how: str) -> pd.DataFrame | None:
    frame = given().tables[name]
    return {
        "absent": None,
        "empty": frame.iloc[:0],
        "known later": frame.assign(known=frame["known"] + pd.DateOffset(years=20)),
        "one row": frame.iloc[[0]],
    }[how]


def odd_tables(cases: Mapping[str, str]) -> None:
    """Bring some tables into odd states; what is computed from prices alone stays."""
    changed = {name: in_state(name, how) for name, how in cases.items()}
    tables = {**given().tables, **changed}
    made = ledger(replace(given(), tables={k: v for k, v in tables.items() if v is not None}))
    for formula in ("returns", "spreads", "rsi", "size", "volatility_regime", "ratios"):
        for fact in clean():
            if fact.formula.startswith(f"{formula}@"):
                assert made[fact.id] == fact


@pytest.mark.parametrize("turn", range(4))
def test_tables_may_be_anything_and_spoil_only_their_own(turn):
    odd_tables({name: STATES[(turn + at) % 4] for at, name in enumerate(TABLES)})


@pytest.mark.drill
@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("how", STATES)
def test_a_table_may_be_anything_and_spoils_only_its_own(name, how):
    odd_tables({name: how})


@pytest.mark.parametrize(
    "value",
    [-5.0, 1e300, 5e-324, *(pytest.param(one, marks=pytest.mark.drill) for one in (0.0, 1e-9))],
)
def test_absurd_figures_in_tables_are_absent_or_finite(value):
    tables = {
        name: frame.assign(
            **{c: np.where(np.arange(len(frame)) % 3 == 0, value, frame[c])
               for c in frame.columns if frame[c].dtype == np.float64}
        )
        for name, frame in given().tables.items()
    }  # fmt: skip
    made = ledger(replace(given(), tables=tables))
    assert made["IWM.return.ytd"] == clean()["IWM.return.ytd"]


def test_the_made_up_tables_feed_the_measures():
    formulas = {fact.formula.split("@")[0] for fact in clean()}
    assert {"valuation", "earnings", "composition", "flows", "macro"} <= formulas
    assert len(FIELDS) > 5
    assert len(SYMBOLS) >= 40
