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
from newsletter.collect.simulated_assets import ASSETS
from newsletter.collect.snapshot import Snapshot
from newsletter.config import load
from newsletter.errors import DataUnavailable

EVENING = dt.date(2026, 11, 20)
UNIVERSE = load(REPO / "config.yaml").universe


@lru_cache(maxsize=4)
def _snapshot(day: dt.date, seed: int | None = None) -> Snapshot:
    provider = Sample() if seed is None else Sample(seed=seed)
    asked = request(
        UNIVERSE.symbols, session=Session(day), start=dt.date(1993, 1, 1), macro=UNIVERSE.macro
    )
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
    fine = bars["symbol"] == "HG=F"  # copper is quoted in hundredths of a cent
    steps = bars["close"] * np.where(fine, 10_000, 100)
    assert np.allclose(steps, steps.round(), atol=1e-6, rtol=0)


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


def _table(name: str, day: dt.date = EVENING) -> pd.DataFrame:
    return _snapshot(day).tables[name]


def _series(id: str) -> pd.Series:
    rows = _table("macro").query("series == @id")
    return rows.set_index("date")["value"]


@pytest.mark.parametrize(
    ("seed", "sums"),
    [
        (
            185,
            [
                470951621.58,
                475193239.83000004,
                466884361.03,
                471103686.84,
                428296235.913715,
                120271586341000.0,
            ],
        ),
        (
            1,
            [
                762859312.3900001,
                769095183.3399999,
                756713744.63,
                762935514.85,
                689482220.440896,
                88255552866800.0,
            ],
        ),
    ],
)
def test_the_stocks_and_funds_of_the_first_release_are_as_they_were(
    seed: int, sums: list[float]
) -> None:
    """Later instruments draw from streams of their own and move no earlier price."""
    bars = _snapshot(dt.date(2020, 3, 16), seed).bars
    bars = bars[~bars["symbol"].isin(set(ASSETS))].reset_index(drop=True)
    weights = 1 + np.arange(len(bars)) % 97  # so that no two rows can change places
    columns = ["open", "high", "low", "close", "adj_close", "volume"]
    assert len(bars) == 133_017
    assert [(bars[column] * weights).sum() for column in columns] == pytest.approx(sums, rel=1e-9)


def test_bonds_goods_and_styles_move_as_they_should() -> None:
    closes = _closes()
    moves = np.log(closes).diff().dropna()
    annual = moves.std() * np.sqrt(252)
    assert 0.04 < annual["HYG"] < 0.10
    assert annual["LQD"] < annual["TLT"] < 0.20
    assert annual["GC=F"] < annual["HG=F"] < annual["CL=F"] < 0.45
    assert annual["DX-Y.NYB"] < 0.10
    assert annual["^VIX3M"] < annual["^VIX"]
    assert moves["^VIX3M"].corr(moves["^VIX"]) > 0.8
    assert 0.6 < (closes["^VIX3M"] > closes["^VIX"]).mean() < 0.98
    assert moves["IWB"].corr(moves["SPY"]) > 0.99
    assert min(moves["IWN"].corr(moves["IWM"]), moves["IWO"].corr(moves["IWM"])) > 0.85
    assert moves["IWN"].corr(moves["IWO"]) < 0.9
    assert moves["HYG"].corr(moves["SPY"]) > 0.4
    assert moves["LQD"].corr(moves["TLT"]) > 0.7
    fall = -16.5 * _series("DGS10").diff() / 100
    assert moves["TLT"].corr(fall.reindex(moves.index)) > 0.9
    total = _closes("adj_close")
    gap = np.log(total["HYG"] / closes["HYG"])
    assert 4.5 < 100 * (gap.iloc[-1] - gap.iloc[0]) / 7.9 < 7
    assert (total["GC=F"] == closes["GC=F"]).all()


@pytest.mark.parametrize("day", [dt.date(2020, 3, 16), dt.date(2026, 10, 29)])
def test_the_next_session_repeats_every_earlier_row_of_published_tables(day: dt.date) -> None:
    following = trading_days(day).next(day)
    for name in ("macro", "shares", "fundamentals", "holdings", "classes"):
        before, after = _table(name, day), _table(name, following)
        common = after[after["known"] <= pd.Timestamp(day)].reset_index(drop=True)
        pd.testing.assert_frame_equal(common, before, check_exact=True)


def test_the_economy_is_one_that_could_be() -> None:
    assert set(_table("macro")["series"]) == set(UNIVERSE.macro)
    for id, low, high in (("CPIAUCSL", 0, 6), ("CPILFESL", 1, 5), ("PCEPILFE", 1, 5)):
        yearly = 100 * (_series(id) / _series(id).shift(12) - 1)
        assert yearly.dropna().between(low, high).all()
    assert _series("UNRATE").between(2.5, 9).all()
    assert _series("PAYEMS").diff().dropna().between(-400, 600).all()
    assert _series("ICSA").between(150_000, 350_000).all()
    assert (_series("ICSA").index.weekday == 5).all()
    for id in ("DGS3MO", "DGS2", "DGS10", "T10YIE"):
        assert _series(id).between(0, 9).all()
        assert 0.005 < _series(id).diff().std() < 0.1
    moves = _series("DFEDTARU").diff().dropna()
    assert set(moves.round(6)) <= {-0.25, 0.0, 0.25}
    assert 5 < (moves != 0).sum() < 60
    assert (_series("DFEDTARU") - _series("DFEDTARL") == 0.25).all()


def test_companies_weights_and_share_counts_hang_together() -> None:
    told = _table("fundamentals").pivot(index="symbol", columns="field", values="value")
    assert len(told) == len(_snapshot(EVENING).members.symbols)
    assert told.notna().all().all()
    assert np.allclose(told["trailing_pe"], told["price"] / told["eps_trailing"], rtol=1e-3)
    assert told["trailing_pe"].between(3, 100).all()
    assert told["profit_margin"].between(0, 50).all()
    close = _closes().loc[pd.Timestamp("2026-10-30")]
    assert (told["price"] == close[told.index]).all()
    weights = _table("holdings").set_index("symbol")
    assert set(weights["fund"]) == {"sp500"}
    assert weights["weight"].sum() == pytest.approx(100, abs=0.02)
    shares = told["market_cap"] / told["market_cap"].sum() * 100
    assert np.allclose(weights["weight"], shares[weights.index], atol=1e-3)
    counts = _table("shares")
    assert set(counts["symbol"]) == {"IWM"}
    assert (counts["shares"].diff().dropna() != 0).mean() > 0.9
    assert (counts["shares"] % 50_000 == 0).all()
    assert set(_table("classes")["scheme"]) == {"gics"}
    assert set(_table("fundamentals")["known"].astype(str)) == {"2026-10-30"}


def test_every_table_says_that_it_is_simulated() -> None:
    sources = _snapshot(EVENING).sources
    assert {source.covers for source in sources} == {"bars", *_snapshot(EVENING).tables}
    assert all(source.simulated and "SAMPLE" in source.label for source in sources)


def test_series_nobody_asked_for_are_left_out() -> None:
    asked = request(("SPY",), session=Session(EVENING), macro=("UNRATE", "GDP", "NOTHING"))
    assert set(Sample().fetch(asked).tables["macro"]["series"]) == {"UNRATE"}
    asked = request(("SPY",), session=Session(EVENING))
    assert "macro" not in Sample().fetch(asked).tables


def test_another_seed_is_another_market() -> None:
    day = dt.date(2020, 3, 16)
    assert _snapshot(day, 1).id == _snapshot(day, 1).id
    assert _snapshot(day, 1).id != _snapshot(day).id


def test_a_session_before_the_first_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="sample market starts on 2019-01-02"):
        _snapshot(dt.date(2018, 12, 31))
