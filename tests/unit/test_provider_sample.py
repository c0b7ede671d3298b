"""The simulated market: causal, repeatable and plausible."""

import datetime as dt
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from collect_support import REPO, request, trading_days

from newsletter.clock import Session
from newsletter.collect.gates import check
from newsletter.collect.normalise import freeze
from newsletter.collect.providers.sample import Sample
from newsletter.collect.snapshot import Snapshot
from newsletter.config import load
from newsletter.errors import DataUnavailable

EVENING = dt.date(2026, 11, 20)
UNIVERSE = load(REPO / "config.yaml").universe


@lru_cache(maxsize=4)
def _snapshot(day: dt.date, seed: int | None = None) -> Snapshot:
    provider = Sample() if seed is None else Sample(seed=seed)
    asked = request(UNIVERSE.symbols, session=Session(day), start=dt.date(1993, 1, 1))
    return freeze(asked.session, provider.fetch(asked))


def _closes(column: str = "close") -> pd.DataFrame:
    return _snapshot(EVENING).bars.pivot(index="date", columns="symbol", values=column)


@pytest.mark.parametrize("day", [dt.date(2020, 3, 16), dt.date(2025, 12, 30), EVENING])
def test_the_next_session_repeats_every_earlier_bar(day: dt.date) -> None:
    following = trading_days(day).next(day)
    before, after = _snapshot(day).bars, _snapshot(following).bars
    common = after[after["date"] <= pd.Timestamp(day)].reset_index(drop=True)
    pd.testing.assert_frame_equal(common, before, check_exact=True)
    assert after["date"].max() == pd.Timestamp(following)


def test_every_instrument_of_the_shipped_configuration_is_there() -> None:
    assert check(_snapshot(EVENING), UNIVERSE, trading_days(EVENING)) == ()


def test_breadth_has_hundreds_of_stocks_and_an_honest_name() -> None:
    members = _snapshot(EVENING).members
    assert len(members.symbols) >= 300
    assert members.label == "stocks in the sample market"
    assert _snapshot(EVENING).simulated


def test_there_is_a_bar_for_every_session_and_six_years_of_them() -> None:
    closes = _closes()
    days = trading_days(EVENING).index
    expected = days[(days >= "2019-01-02") & (days <= pd.Timestamp(EVENING))]
    assert closes.index.equals(expected.rename("date"))
    assert closes.notna().all().all()


def test_bars_are_ordered_and_in_cents() -> None:
    bars = _snapshot(EVENING).bars
    top, bottom = bars[["open", "close"]].max(axis=1), bars[["open", "close"]].min(axis=1)
    assert (bars["high"] >= top).all()
    assert (bars["low"] <= bottom).all()
    assert (bars["low"] > 0).all()
    cents = bars["close"] * 100
    assert np.allclose(cents, cents.round(), atol=1e-6, rtol=0)


def test_volatility_is_that_of_real_funds() -> None:
    annual = np.log(_closes()).diff().std() * np.sqrt(252)
    assert 0.12 < annual["SPY"] < 0.18
    assert annual["SPY"] < annual["IWM"] < 0.25
    assert annual["SPY"] < annual["QQQ"] < 0.25
    assert annual["XLU"] < annual["XLK"] < annual["SMH"]
    assert 0.20 < annual["NVDA"] < 0.60


def test_prices_stay_where_prices_are() -> None:
    closes = _closes()
    assert 500 < closes["SPY"].iloc[-1] < 1000
    assert closes.drop(columns="^VIX").iloc[-1].between(3, 12_000).all()
    fall = (closes["SPY"] / closes["SPY"].cummax() - 1).min()
    assert -0.40 < fall < -0.15
    yearly = closes["SPY"].groupby(closes.index.year).last().pct_change().dropna()
    assert yearly.between(-0.30, 0.45).all()


def test_fear_rises_as_the_market_falls() -> None:
    closes = _closes()
    moves = np.log(closes[["SPY", "^VIX"]]).diff()
    assert moves["SPY"].corr(moves["^VIX"]) < -0.5
    assert 8 < closes["^VIX"].min() < closes["^VIX"].median() < 20
    assert 30 < closes["^VIX"].max() < 80
    realised = moves["SPY"].rolling(21).std() * np.sqrt(252) * 100
    assert closes["^VIX"].corr(realised) > 0.6


def test_funds_are_made_of_the_stocks() -> None:
    moves = np.log(_closes()).diff().dropna()
    members = list(_snapshot(EVENING).members.symbols)
    assert moves["RSP"].corr(moves[members].mean(axis=1)) > 0.99
    mega = ["AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA"]
    assert moves["MAGS"].corr(moves[mega].mean(axis=1)) > 0.95
    assert moves["SPY"].corr(moves["QQQ"]) > 0.9
    assert 0.8 < moves["SPY"].corr(moves["IWM"]) < 0.97


def test_leadership_changes() -> None:
    closes = _closes()
    quarter = closes[["SPY", "IWM", "IWD", "IWF", "RSP"]].pct_change(63).dropna()
    for other, base in (("IWM", "SPY"), ("IWD", "IWF"), ("RSP", "SPY")):
        ahead = (quarter[other] > quarter[base]).mean()
        assert 0.2 < ahead < 0.8


def test_dividends_make_total_return_the_larger() -> None:
    price, total = _closes(), _closes("adj_close")
    years = (price.index[-1] - price.index[0]).days / 365.25
    gap = np.log(total["SPY"] / price["SPY"])
    yearly_pct = 100 * (gap.iloc[-1] - gap.iloc[0]) / years
    assert 0.8 < yearly_pct < 1.4
    assert (total["^VIX"] == price["^VIX"]).all()
    assert (total["AMZN"] / price["AMZN"]).std() < 1e-6


def test_another_seed_is_another_market() -> None:
    day = dt.date(2020, 3, 16)
    assert _snapshot(day, 1).id == _snapshot(day, 1).id
    assert _snapshot(day, 1).id != _snapshot(day).id


def test_a_session_before_the_first_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="sample market starts on 2019-01-02"):
        _snapshot(dt.date(2018, 12, 31))
