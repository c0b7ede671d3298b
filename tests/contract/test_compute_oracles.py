"""Facts against independent one-liners straight from the Parquet files, at 1e-9."""

import datetime as dt
import importlib
import warnings

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import talib
from compute_support import (
    DATES,
    absent,
    by_id,
    real_market,
    real_members,
    real_outputs,
    sessions,
)

from newsletter.compute.facts import Fact, Series
from newsletter.compute.signal import measures

pytestmark = pytest.mark.market
on_each_date = pytest.mark.parametrize("date", DATES, ids=str)
FUNDS = ("SPY", "IWM", "QQQ", "XLK", "RSP", "SMH", "IWD", "NVDA", "KRE")
WINDOWS = ("1d", "5d", "1m", "3m", "6m", "ytd", "1y")
MARCH_2026 = dt.date(2026, 3, 19)


@pytest.fixture(scope="module")
def wide(market_bars):
    """Read closes by kind straight from the files, sessions as rows."""
    bars = pd.concat(
        [pq.read_table(market_bars / f).to_pandas() for f in ("etf_index.parquet", "sp500.parquet")]
    )
    bars["symbol"] = bars["symbol"].astype(str)
    rows = sessions()[sessions() <= "2026-08-20"]
    return {
        kind: bars.pivot(index="date", columns="symbol", values=column)
        .astype("float64")
        .reindex(rows)
        for kind, column in (("price", "close"), ("total", "adj_close"))
    }


def base(closes: pd.DataFrame, date: dt.date, window: str) -> pd.Series:
    """Find the closes at a base another way than the code under test does."""
    day = pd.Timestamp(date)
    if window == "ytd":
        return closes[closes.index.year < day.year].iloc[-1]
    if window.endswith("d"):
        return closes.loc[:day].iloc[-1 - int(window[:-1])]
    months = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}[window]
    return closes.loc[: day - pd.DateOffset(months=months)].iloc[-1]


def value(outputs, fact_id: str) -> float:
    fact = outputs[fact_id]
    assert isinstance(fact, Fact), fact
    return float(fact.number)


def agrees(outputs, fact_id: str, expected: float) -> None:
    if np.isnan(expected):
        assert not isinstance(outputs[fact_id], Fact), fact_id
    else:
        assert value(outputs, fact_id) == pytest.approx(expected, abs=1e-9, rel=1e-9), fact_id


@on_each_date
@pytest.mark.parametrize("kind", ["price", "total"])
def test_returns_and_spreads_equal_pandas(market_bars, wide, date, kind):
    made, suffix = real_outputs(market_bars, date), {"price": "", "total": ".total"}[kind]
    closes = wide[kind]
    for window in WINDOWS:
        moved = (closes.loc[pd.Timestamp(date)] / base(closes, date, window) - 1) * 100
        for fund in FUNDS:
            agrees(made, f"{fund}.return.{window}{suffix}", moved[fund])
        for first, second in (("IWM", "SPY"), ("IWM", "QQQ"), ("RSP", "SPY"), ("IWD", "IWF")):
            spread = moved[first] - moved[second]
            agrees(made, f"{first}-{second}.spread.{window}{suffix}", spread)


@on_each_date
def test_sector_ranks_equal_pandas(market_bars, wide, date):
    made, closes = real_outputs(market_bars, date), wide["total"]
    names = ["XLB", "XLC", "XLE", "XLF", "XLI", "XLK", "XLP", "XLRE", "XLU", "XLV", "XLY"]
    for window in ("1d", "5d", "1m", "3m", "ytd"):
        moved = (closes.loc[pd.Timestamp(date)] / base(closes, date, window) - 1)[names] * 100
        for name, rank in moved.rank(ascending=False).items():
            agrees(made, f"{name}.rank.{window}", rank)
        agrees(made, f"sectors.dispersion.{window}", moved.max() - moved.min())
        agrees(made, f"sectors.advancing.{window}", (moved > 0).sum())
        assert made[f"sectors.best.{window}"].inputs[0] == moved.idxmax()
        assert made[f"sectors.worst.{window}"].inputs[0] == moved.idxmin()


@on_each_date
@pytest.mark.parametrize("fund", ["SPY", "IWM", "QQQ", "XLK", "NVDA", "RSP"])
def test_indicators_equal_talib(market_bars, wide, date, fund):
    made, day = real_outputs(market_bars, date), pd.Timestamp(date)
    kind = made[f"{fund}.rsi.14d"].kind
    closes = wide[kind][fund].loc[:day]
    closes = closes[closes.last_valid_index() == day and closes.index > _last_gap(closes)]
    rsi = talib.RSI(closes.to_numpy(), 14)[-1]
    agrees(made, f"{fund}.rsi.14d", rsi)
    for days in (50, 200):
        kind = made[f"{fund}.gap.{days}d"].kind
        closes = wide[kind][fund].loc[:day].to_numpy()[-days:]
        agrees(made, f"{fund}.gap.{days}d", (closes[-1] / talib.SMA(closes, days)[-1] - 1) * 100)


def _last_gap(closes: pd.Series) -> pd.Timestamp:
    missing = closes.index[closes.isna()]
    return missing[-1] if len(missing) else pd.Timestamp("1900-01-01")


@on_each_date
@pytest.mark.parametrize("fund", ["SPY", "IWM", "QQQ", "XLV"])
def test_drawdown_and_volatility_equal_pandas(market_bars, wide, date, fund):
    made, day = real_outputs(market_bars, date), pd.Timestamp(date)
    year = wide[made[f"{fund}.drawdown.1y"].kind][fund].loc[:day].iloc[-252:]
    fallen = year / year.cummax() - 1
    agrees(made, f"{fund}.drawdown.1y", fallen.min() * 100)
    agrees(made, f"{fund}.drawdown.now", fallen.iloc[-1] * 100)
    recent = wide[made[f"{fund}.volatility.21d"].kind][fund].loc[:day].iloc[-22:]
    deviation = np.log(recent).diff().std()
    agrees(made, f"{fund}.volatility.21d", deviation * np.sqrt(252) * 100)


@on_each_date
@pytest.mark.parametrize("fund", ["SPY", "IWM", "QQQ", "DIA"])
def test_records_equal_pandas(market_bars, wide, date, fund):
    made, closes = real_outputs(market_bars, date), wide["price"][fund].loc[: str(date)].dropna()
    record = made[f"{fund}.record_close.date"]
    assert record.value == closes.idxmax().date()
    assert record.sample.start == closes.index[0].date()
    agrees(made, f"{fund}.record_close.level", closes.max())
    distance = (closes.iloc[-1] / closes.max() - 1) * 100
    agrees(made, f"{fund}.distance_from_record.close", distance)


@on_each_date
@pytest.mark.parametrize("symbol", ["SPY", "IWM", "QQQ", "^VIX"])
def test_highest_and_lowest_since_equal_a_backward_scan(market_bars, wide, date, symbol):
    made, name = real_outputs(market_bars, date), symbol.lstrip("^")
    closes = wide["price"][symbol].loc[: str(date)]
    for which, passes in (("highest", np.greater_equal), ("lowest", np.less_equal)):
        found, back = None, 0
        for back, (stamp, close) in enumerate(reversed(list(closes.items()))):
            if back and passes(close, closes.iloc[-1]):
                found = stamp.date()
                break
        output = made[f"{name}.{which}_close_since.date"]
        if found is None or back < 21:
            assert not isinstance(output, Fact)
        else:
            assert output.value == found


@on_each_date
def test_breadth_equals_pandas(market_bars, wide, date):
    made, day = real_outputs(market_bars, date), pd.Timestamp(date)
    members = list(real_members(market_bars).symbols)
    closes = wide["total"][members].loc[:day]
    for days in (50, 200):
        recent = closes.iloc[-days - 60 :]
        average = recent.rolling(days).mean()
        share = (recent > average).sum(axis=1) / average.notna().sum(axis=1) * 100
        agrees(made, f"sp500.breadth.above_{days}d", share.iloc[-1])
        for ago in (5, 21):
            agrees(made, f"sp500.breadth.above_{days}d.{ago}d_ago", share.iloc[-1 - ago])
            change = share.iloc[-1] - share.iloc[-1 - ago]
            agrees(made, f"sp500.breadth.above_{days}d_change.{ago}d", change)
        series = made[f"series sp500.breadth.above_{days}d"]
        assert isinstance(series, Series)
        assert [float(v) for v in series.values[-50:]] == pytest.approx(share[-50:].tolist())
    moves = closes.iloc[-2:].pct_change(fill_method=None).iloc[-1]
    agrees(made, "sp500.breadth.advancers.1d", (moves > 0).sum())
    agrees(made, "sp500.breadth.decliners.1d", (moves < 0).sum())
    year = closes.iloc[-252:].dropna(axis=1)
    agrees(made, "sp500.breadth.new_highs.1y", (year.iloc[-1] == year.max()).sum())
    agrees(made, "sp500.breadth.new_lows.1y", (year.iloc[-1] == year.min()).sum())


@on_each_date
def test_ratio_and_vix_equal_pandas(market_bars, wide, date):
    made, day = real_outputs(market_bars, date), pd.Timestamp(date)
    closes = wide["price"].loc[:day]
    ratio, vix = closes["IWM"] / closes["SPY"], closes["^VIX"]
    average = ratio.rolling(50).mean()
    agrees(made, "IWM/SPY.ratio.close", ratio.iloc[-1])
    agrees(made, "IWM/SPY.ratio.50d_gap", (ratio / average - 1).iloc[-1] * 100)
    ahead = ratio / ratio.rolling(200).mean() - 1
    agrees(made, "IWM/SPY.ratio.200d_gap", ahead.iloc[-1] * 100)
    agrees(made, "IWM/SPY.ratio.50d_slope", (average.iloc[-1] / average.iloc[-22] - 1) * 100)
    for fact_id, series in (("IWM/SPY.ratio.percentile_1y", ratio), ("VIX.percentile_1y", vix)):
        agrees(made, fact_id, series.rolling(252).rank(method="max").iloc[-1] / 252 * 100)
    agrees(made, "VIX.level", vix.iloc[-1])
    agrees(made, "VIX.change.1d", vix.diff().iloc[-1])
    agrees(made, "VIX.change.5d", vix.diff(5).iloc[-1])


def sides(lead: list[float]) -> list[int]:
    """Walk through a lead: 1 from five points down to two, -1 the mirror image, else 0."""
    found, side = [], 0
    for now in lead:
        if np.isnan(now) or side * now < 2:
            side = 0
        if abs(now) >= 5:
            side = 1 if now > 0 else -1
        found.append(side)
    return found


@on_each_date
def test_base_rate_equals_a_day_by_day_count(market_bars, wide, date):
    made = real_outputs(market_bars, date)
    closes = wide["total"].loc[: str(date), ["IWM", "SPY"]].dropna()
    ratio = closes["IWM"] / closes["SPY"]
    lead = ((ratio / ratio.shift(63) - 1) * 100).tolist()
    moved = (closes / closes.shift(63) - 1) * 100
    points = (moved["IWM"] - moved["SPY"]).tolist()  # what followed is a plain difference
    side = sides(lead)
    tonight, sign = side[-1], -1 if side[-1] < 0 else 1
    events, sequels, free = 0, [], 63
    for row, now in enumerate(lead):
        alike = tonight * now >= 5 if tonight else side[row] == 0
        if row >= free and alike:
            events, free = events + 1, row + 63
            if row + 63 < len(lead):
                sequels.append(points[row + 63])
    everything = np.array(points[63:])
    agrees(made, "small_vs_large.lead.63d", points[-1])
    agrees(made, "small_vs_large.relative_return.63d", lead[-1])
    stem = "small_vs_large.base_rate.63d"
    agrees(made, f"{stem}.events", events)
    agrees(made, f"{stem}.known", len(sequels))
    agrees(made, f"{stem}.hit_rate", np.mean(sign * np.array(sequels) > 0) * 100)
    agrees(made, f"{stem}.median", np.median(sequels))
    agrees(made, f"{stem}.all_days_hit_rate", np.mean(sign * everything > 0) * 100)
    agrees(made, f"{stem}.all_days_median", np.median(everything))
    condition = {1: "leading", -1: "lagging", 0: "neutral"}[tonight]
    assert made["small_vs_large.base_rate.condition"].value == condition


@pytest.fixture(scope="module")
def stats():
    """Import quantstats, whose own imports warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("quantstats.stats")


@on_each_date
@pytest.mark.parametrize("kind", ["price", "total"])
def test_calendar_and_long_returns_equal_compounded_days(market_bars, wide, stats, date, kind):
    made, suffix = real_outputs(market_bars, date), {"price": "", "total": ".total"}[kind]
    closes = wide[kind].loc[: str(date)]
    last = closes.groupby(closes.index.year).last().pct_change(fill_method=None) * 100
    for fund in ("SPY", "QQQ", "DIA", "IWM"):
        for year in range(date.year - 5, date.year):
            agrees(made, f"{fund}.return.cal:{year}{suffix}", last.loc[year, fund])
        days = closes[fund].loc["2000-05-26":].pct_change(fill_method=None).dropna()
        grown = stats.comp(days) * 100
        agrees(made, f"{fund}.return.since:2000-05-26{suffix}", grown)
        years = (date - dt.date(2000, 5, 26)).days / 365.25
        rate = ((1 + grown / 100) ** (1 / years) - 1) * 100
        agrees(made, f"{fund}.annualised_return.since:2000-05-26{suffix}", rate)
    for fund in ("XLK", "NVDA", "TLT", "SMH", "RSP"):
        agrees(made, f"{fund}.return.cal:{date.year - 1}{suffix}", last.loc[date.year - 1, fund])
    spread = last["IWM"] - last["QQQ"]
    agrees(made, f"IWM-QQQ.spread.cal:{date.year - 2}{suffix}", spread[date.year - 2])


@on_each_date
@pytest.mark.parametrize("fund", ["SPY", "QQQ", "DIA", "IWM"])
def test_worst_drawdown_and_volatility_equal_quantstats(market_bars, wide, stats, date, fund):
    made = real_outputs(market_bars, date)
    closes = wide["price"][fund].loc[: str(date)].dropna()
    agrees(made, f"{fund}.drawdown.max", stats.max_drawdown(closes) * 100)
    trough = stats.to_drawdown_series(closes).idxmin()
    assert made[f"{fund}.drawdown.max_trough"].value == trough.date()
    assert made[f"{fund}.drawdown.max_peak"].value == closes.loc[:trough].idxmax().date()
    moves = np.log(closes).diff()
    for label, count in (("21d", 21), ("63d", 63), ("1y", 252)):
        expected = stats.volatility(moves.iloc[-count:], periods=252) * 100
        agrees(made, f"{fund}.volatility.{label}", expected)


@on_each_date
@pytest.mark.parametrize("fund", ["IWM", "QQQ", "DIA", "XLE", "XLK", "XLU", "SMH", "TLT", "RSP"])
def test_beta_and_correlation_equal_quantstats_and_numpy(market_bars, wide, stats, date, fund):
    made = real_outputs(market_bars, date)
    moves = wide["total"].loc[: str(date), [fund, "SPY"]].pct_change(fill_method=None)
    for label, count in (("63d", 63), ("1y", 252)):
        recent = moves.iloc[-count:]
        beta = stats.greeks(recent[fund], recent["SPY"])["beta"]
        agrees(made, f"{fund}.beta.{label}", beta)
        correlation = np.corrcoef(recent[fund], recent["SPY"])[0, 1]
        agrees(made, f"{fund}.correlation.{label}", correlation)


@on_each_date
@pytest.mark.parametrize("fund", ["SPY", "IWM", "QQQ", "DIA", "XLE"])
def test_crosses_equal_talib(market_bars, wide, date, fund):
    made, day = real_outputs(market_bars, date), pd.Timestamp(date)
    closes = wide["price"][fund].loc[:day].dropna()
    fast, slow = (pd.Series(talib.SMA(closes.to_numpy(), n), closes.index) for n in (50, 200))
    lines = {"50d_200d": (fast, slow), "close_50d": (closes, fast), "close_200d": (closes, slow)}
    for cross, (first, second) in lines.items():
        above = (first > second)[second.notna()]
        run = (above != above.shift()).cumsum()
        since = run.index[run == run.iloc[-1]]
        stem = f"{fund}.cross.{cross}"
        assert made[f"{stem}.state"].value == ("above" if above.iloc[-1] else "below")
        assert made[f"{stem}.date"].value == since[0].date()
        agrees(made, f"{stem}.sessions", len(since))


@on_each_date
def test_momentum_equals_pandas(market_bars, wide, date):
    made, closes = real_outputs(market_bars, date), wide["total"].loc[: str(date)]
    moved = (closes.shift(21) / closes.shift(252) - 1).iloc[-1] * 100
    sectors = ["XLB", "XLC", "XLE", "XLF", "XLI", "XLK", "XLP", "XLRE", "XLU", "XLV", "XLY"]
    for name in (*sectors, "SPY", "IWM", "QQQ", "DIA", "HYG"):
        agrees(made, f"{name}.momentum.12_1", moved[name])
    for name, rank in moved[sectors].rank(ascending=False).items():
        agrees(made, f"{name}.momentum_rank.12_1", rank)


def test_the_worked_examples_of_the_price_measures_hold(market_bars):
    made = real_outputs(market_bars, dt.date(2026, 7, 2))
    printed = {
        "SPY.return.cal:2025": "+16.35%", "SPY.return.cal:2025.total": "+17.72%",
        "IWM.return.cal:2025": "+11.40%", "IWM-SPY.spread.cal:2025": "−4.95 points",
        "SPY.return.since:2000-05-26": "+439.70%",
        "SPY.annualised_return.since:2000-05-26": "+6.67%",
        "SPY.return.since:2000-05-26.total": "+759.11%",
        "SPY.annualised_return.since:2000-05-26.total": "+8.59%",
        "SPY.drawdown.max": "−56.47%", "SPY.drawdown.max_peak": "9 October 2007",
        "SPY.drawdown.max_trough": "9 March 2009", "IWM.beta.1y": "1.27",
        "IWM.correlation.1y": "0.82", "SPY.cross.50d_200d.date": "1 July 2025",
        "SPY.cross.50d_200d.sessions": "253", "IWM.record_close.sessions": "2",
        "XLK.momentum.12_1": "+58.59%", "XLK.momentum_rank.12_1": "1st",
        "IWM-SPY.streak.behind": "4", "SPY.streak.down": "2", "DIA.streak.months_up": "3",
        "SPY.volatility.63d": "13.65%", "SPY.volatility.1y": "12.55%",
        "SPY.volatility.percentile_1y": "92nd",
    }  # fmt: skip
    assert {k: made[k].display for k in printed} == printed
    march = by_id(list(measures()["firsts"].compute(real_market(market_bars).cut(MARCH_2026))))
    assert march["SPY.first.below_200d.since"].value == dt.date(2025, 5, 9)
    fall = real_outputs(market_bars, dt.date(2020, 3, 16))["SPY.first.fall_1d.in_sample"]
    assert (fall.metric, fall.value) == ("first_in_sample", dt.date(1993, 2, 1))


def test_the_hand_written_briefing_holds(market_bars):
    made = real_outputs(market_bars, dt.date(2026, 7, 2))
    printed = {
        "SMH.return.1d": "−4.5%", "QQQ.return.1d": "−1.7%", "SPY.return.1d": "−0.1%",
        "XLV.return.1d": "+2.6%", "XLU.return.1d": "+2.2%", "XLP.return.1d": "+2.0%",
        "IWM.return.1d": "−0.6%", "RSP.return.1d.total": "+0.7%", "XLF.return.1d": "+1.5%",
        "KRE.return.1d": "−1.5%", "SPY.return.5d": "+1.4%", "IWM.return.5d": "−0.4%",
        "IWM.return.ytd": "+20.9%", "SPY.return.ytd": "+9.2%", "QQQ.return.ytd": "+16.0%",
        "IWD.return.ytd.total": "+18.2%", "IWF.return.ytd.total": "+2.6%",
        "MAGS.return.ytd": "−1.3%", "XLK.return.1m.total": "−8.8%",
        "IWM/SPY.ratio.50d_gap": "+2.8%",
        "IWM.distance_from_record.close": "−1.0%",
        "small_vs_large.base_rate.63d.all_days_median": "−0.1 points",
        "small_vs_large.base_rate.63d.median": "+0.1 points",
    }  # fmt: skip
    plain = {
        "IWM/SPY.ratio.percentile_1y": "97th", "VIX.level": "16.15", "XLK.rank.1d": "11th",
        "XLK.rank.1m": "11th", "sectors.worst.1d": "technology", "sectors.worst.1m": "technology",
        "IWM.record_close.level": "$300.45", "small_vs_large.base_rate.63d.events": "36",
        "small_vs_large.base_rate.63d.known": "35", "small_vs_large.base_rate.63d.hit_rate": "54%",
        "small_vs_large.base_rate.63d.all_days_hit_rate": "49%", "sectors.count.1d": "11",
    }  # fmt: skip
    assert {k: made[k].forms["signed"] for k in printed} == printed
    assert {k: made[k].forms["plain"] for k in plain} == plain
    assert made["IWM.record_close.date"].forms["weekday"] == "Tuesday"
    assert round(value(made, "sp500.breadth.above_50d")) == 67
    assert round(value(made, "sp500.breadth.above_200d")) == 68
    assert value(made, "VIX.percentile_1y") < 50
    assert round(value(made, "IWM.return.ytd"), 2) == 20.89
    assert round(value(made, "QQQ.return.ytd"), 2) == 16.00


def test_what_the_data_lack_is_absent_with_its_reason(market_bars):
    missing = absent(real_market(market_bars).cut(dt.date(2026, 7, 2)))
    assert "GOOGL" in missing["mega_caps.trailing_IWM.ytd"]
    assert "RSP" in missing["RSP-SPY.spread.ytd"]
    assert missing["KRE.return.1y"].startswith("No usable price closes of KRE")
    later = absent(real_market(market_bars).cut(dt.date(2026, 8, 20)))
    assert "IWD" in later["IWD-IWF.spread.ytd.total"]
