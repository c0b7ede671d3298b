"""Unusual stocks and key levels against plain loops and pandas."""

import datetime as dt
import math
import statistics

import numpy as np
import pandas as pd
import pytest
from compute_support import by_id, market, panel, real_market, sessions

from newsletter.collect.snapshot import Snapshot
from newsletter.compute.facts import Fact
from newsletter.compute.signal import Absent
from newsletter.compute.signals.key_levels import key_levels
from newsletter.compute.signals.unusual_stocks import unusual_stocks

STOCKS = ("ALL", "BRK-B", "F", "LOW", "NVDA", "TROW", "ZZZ")
COUNT = 700


def history(jump: float = 1.25) -> Snapshot:
    """Return quiet walks; one stock leaps in its last five sessions."""
    symbols = (*STOCKS, "IWM", "SPY")
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-COUNT:]
    moves = np.random.default_rng(5).normal(0.0, 0.01, (COUNT, len(symbols)))
    closes = 100.0 * np.exp(moves.cumsum(axis=0))
    closes[-3:, symbols.index("LOW")] *= jump
    closes[-3:, symbols.index("BRK-B")] *= 4.0
    return panel(index, symbols, closes, closes * 0.99)


def facts(snapshot: Snapshot) -> dict:
    return by_id(list(unusual_stocks.compute(market(snapshot))))


def naive(closes: pd.Series, benchmark: pd.Series) -> float:
    """Return the last lead over five sessions in times of its usual size, by plain loops."""

    def lead(row: int) -> float:
        own, other = (s.iloc[row] / s.iloc[row - 5] - 1.0 for s in (closes, benchmark))
        return 100.0 * (own - other)

    last = len(closes) - 1
    past = [lead(row) for row in range(last - 5 - 251, last - 4)]
    assert len(past) == 252
    return lead(last) / math.sqrt(statistics.fmean(value**2 for value in past))


def test_the_size_of_a_move_is_that_of_a_plain_loop():
    whole = market(history())
    made = facts(history())
    sizes = {
        stock: naive(whole.prices(stock, "total"), whole.prices("SPY", "total"))
        for stock in STOCKS
        if len(stock) > 1 and "-" not in stock
    }
    first = sorted(sizes, key=lambda stock: -abs(sizes[stock]))[:3]
    chosen = {id.split(".")[0] for id, one in made.items() if id.endswith("unusual_move.5d")
              and isinstance(one, Fact)}  # fmt: skip
    assert chosen == set(first)
    assert first[0] == "LOW"
    for stock in first:
        assert float(made[f"{stock}.unusual_move.5d"].number) == pytest.approx(
            abs(sizes[stock]), abs=1e-6
        )
    assert made["stocks.compared.5d"].number == len(sizes)


def test_funds_letters_and_dashes_are_no_stocks():
    made = facts(history())
    assert not [id for id in made if id.startswith(("IWM.", "SPY.", "F.", "BRK-B"))]


def test_a_ticker_that_is_a_word_has_a_name_that_is_none():
    made = facts(history())
    assert made["LOW.return.5d"].name == "shares of LOW"
    assert "NVDA.return.5d" not in made  # other measures make it: it is an instrument


def test_a_stock_is_set_beside_the_benchmark():
    whole, made = market(history()), facts(history())
    own, other = (whole.prices(s).pct_change(5).iloc[-1] for s in ("LOW", "SPY"))
    assert float(made["LOW-SPY.spread.5d"].number) == pytest.approx(100 * (own - other), abs=1e-6)
    high = whole.prices("LOW").iloc[-252:].max()
    fall = 100 * (whole.prices("LOW").iloc[-1] / high - 1)
    assert float(made["LOW.drawdown.now"].number) == pytest.approx(fall, abs=1e-6)


def test_what_cannot_be_compared_says_why():
    snapshot = history()
    at = snapshot.bars.index[snapshot.bars["symbol"] == "LOW"][-100]
    snapshot.bars.loc[at, ["close", "adj_close"]] = np.nan
    made = facts(snapshot)
    assert isinstance(made["LOW.unusual_move.5d"], Absent)
    assert isinstance(made["LOW-SPY.spread.5d"], Absent)


def test_an_ordinary_move_has_no_base_rate_and_a_large_one_may():
    made = facts(history(jump=1.0))
    known = {id: one for id, one in made.items() if id.endswith("base_rate.21d.known")}
    assert known
    for id, one in known.items():
        size = made[f"{id.split('.')[0]}.unusual_move.5d"]
        if float(size.number) < 2:
            assert isinstance(one, Absent)


@pytest.mark.market
def test_the_documented_example(market_bars):
    day = dt.date(2026, 7, 2)
    made = by_id(list(unusual_stocks.compute(real_market(market_bars).cut(day))))
    told = {id: float(made[f"SPGI.{id}"].number) for id in (
        "unusual_move.5d", "base_rate.21d.known", "base_rate.21d.hit_rate")}  # fmt: skip
    assert told["unusual_move.5d"] == pytest.approx(4.1, abs=0.05)
    assert told["base_rate.21d.known"] == 24
    assert told["base_rate.21d.hit_rate"] == pytest.approx(100 * 15 / 24)
    assert float(made["SPGI-SPY.spread.5d.total"].number) == pytest.approx(16.24, abs=0.005)


@pytest.mark.market
def test_key_levels_are_those_of_pandas(market_bars):
    day = dt.date(2026, 7, 2)
    whole = real_market(market_bars).cut(day)
    made = by_id(list(key_levels.compute(whole)))
    for symbol in ("SPY", "IWM"):
        closes = whole.prices(symbol)
        for days in (50, 200):
            mean = closes.rolling(days).mean().iloc[-1]
            assert float(made[f"{symbol}.average_level.{days}d"].number) == pytest.approx(mean)
        year = closes.iloc[-252:]
        assert float(made[f"{symbol}.year_high.level"].number) == pytest.approx(year.max())
        assert made[f"{symbol}.year_high.date"].value == year.idxmax().date()
        assert float(made[f"{symbol}.year_low.level"].number) == pytest.approx(year.min())
        assert made[f"{symbol}.year_low.date"].value == year.idxmin().date()


def test_one_missing_close_leaves_no_level():
    snapshot = history()
    at = snapshot.bars.index[snapshot.bars["symbol"] == "IWM"][-10]
    snapshot.bars.loc[at, ["close", "adj_close"]] = np.nan
    made = by_id(list(key_levels.compute(market(snapshot))))
    assert all(isinstance(one, Absent) for id, one in made.items() if id.startswith("IWM."))
    assert isinstance(made["SPY.year_low.level"], Fact)
