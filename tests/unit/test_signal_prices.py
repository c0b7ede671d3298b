"""Price measures against naive loops and markets made by hand."""

import datetime as dt
from itertools import product

import numpy as np
import pandas as pd
import pytest
from compute_support import by_id, market, panel, sessions, universe, walk, with_closes

from newsletter.compute.facts import Fact
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, measures
from newsletter.units import Unit

INDICES = ("DIA", "IWM", "QQQ", "SPY")
GIANTS = ("AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA")
STYLE = ("IWB", "IWD", "IWF", "IWM", "IWN", "IWO")
LAST = dt.date(2026, 7, 2)


def made(measure: str, of: Market) -> dict:
    return by_id(list(measures()[measure].compute(of)))


def number(outputs: dict, fact_id: str) -> float:
    fact = outputs[fact_id]
    assert isinstance(fact, Fact), fact
    return float(fact.number)


@pytest.fixture(scope="module")
def long():
    """Nine years of the indices and the giants."""
    return market(walk((*INDICES, *GIANTS), 2300))


@pytest.fixture(scope="module")
def everything():
    return market(walk(universe().symbols, 900))


def ends_with(moves: dict[str, float], symbols: tuple[str, ...]) -> Market:
    """Make a market that stands still and moves on its last session, in percent."""
    index = sessions()[sessions() <= pd.Timestamp(LAST)][-300:]
    closes = np.full((len(index), len(symbols)), 50.0)
    for column, symbol in enumerate(symbols):
        closes[-1, column] *= 1 + moves.get(symbol, 0.0) / 100
    return market(panel(index, symbols, closes, closes))


# Windows


def test_calendar_years_and_anchors_have_their_bases(long):
    assert long.base("cal:2025") == dt.date(2024, 12, 31)
    assert long.calendar_year(2025) == (dt.date(2024, 12, 31), dt.date(2025, 12, 31))
    assert long.calendar_year(2021) == (dt.date(2020, 12, 31), dt.date(2021, 12, 31))
    assert long.base("since:2020-05-25") == dt.date(2020, 5, 22)  # Memorial Day
    assert long.base("since:2026-07-02") == LAST


def test_windows_that_are_not_over_or_not_known_have_no_base(long):
    assert long.calendar_year(2026) is None
    assert long.cut(dt.date(2025, 12, 31)).calendar_year(2025) is None
    assert long.cut(dt.date(2026, 1, 2)).calendar_year(2025) is not None
    assert long.calendar_year(2010) is None
    assert long.base("since:2026-07-03") is None
    assert long.base("since:1999-01-04") is None


# Returns and spreads


def test_calendar_returns_equal_a_loop(long):
    outputs = made("calendar_returns", long)
    for symbol, kind in product(INDICES, ("price", "total")):
        closes = long.prices(symbol, kind)
        last = {}
        for date, close in closes.items():
            last[date.year] = close
        suffix = ".total" if kind == "total" else ""
        for year in range(2021, 2026):
            expected = 100 * (last[year] / last[year - 1] - 1)
            fact = outputs[f"{symbol}.return.cal:{year}{suffix}"]
            assert float(fact.number) == pytest.approx(expected, abs=1e-9)
            assert fact.period.end.year == year
    assert "SPY.return.cal:2020" not in outputs
    assert "NVDA.return.cal:2025" in outputs
    assert "NVDA.return.cal:2024" not in outputs


def test_a_calendar_year_before_the_data_is_absent():
    outputs = made("calendar_returns", market(walk(("SPY",), 300)))
    assert isinstance(outputs["SPY.return.cal:2025"], Absent)
    assert outputs["SPY.return.cal:2024"].reason == "History does not reach back that far."


def test_calendar_spreads_are_differences_of_calendar_returns(long):
    returns, spreads = made("calendar_returns", long), made("calendar_spreads", long)
    for year, suffix in product(range(2021, 2026), ("", ".total")):
        first, second = (number(returns, f"{s}.return.cal:{year}{suffix}") for s in ("IWM", "SPY"))
        spread = number(spreads, f"IWM-SPY.spread.cal:{year}{suffix}")
        assert spread == pytest.approx(first - second, abs=1e-9)


def test_long_returns_start_where_both_size_funds_trade():
    snapshot = walk(INDICES, 1000)
    late = (snapshot.bars["symbol"] == "IWM") & (snapshot.bars["date"] < "2024-01-02")
    later = (snapshot.bars["symbol"] == "DIA") & (snapshot.bars["date"] < "2025-01-02")
    held = snapshot.bars["close"].where(~(late | later))
    of = market(with_closes(snapshot, close=held))
    outputs = made("long_returns", of)
    first, last = (of.at("SPY", date) for date in (dt.date(2024, 1, 2), LAST))
    assert number(outputs, "SPY.return.since:2024-01-02") == pytest.approx(100 * (last / first - 1))
    years = (LAST - dt.date(2024, 1, 2)).days / 365.25
    rate = number(outputs, "SPY.annualised_return.since:2024-01-02")
    assert (1 + rate / 100) ** years == pytest.approx(last / first, rel=1e-12)
    assert isinstance(outputs["DIA.return.since:2024-01-02"], Absent)
    assert of.sessions[0].date().isoformat() in "".join(i for i in outputs if "total" in i)


def test_less_than_a_year_has_no_annual_rate_and_no_fund_no_start():
    outputs = made("long_returns", market(walk(INDICES, 200)))
    rates = [o for i, o in outputs.items() if "annualised" in i]
    assert len(rates) == 8
    assert all(isinstance(o, Absent) for o in rates)
    alone = made("long_returns", market(walk(("SPY",), 200)))
    assert isinstance(alone["SPY.return.since"], Absent)


def test_a_basket_is_held_in_equal_weights_every_session(long):
    outputs = made("spreads", long)
    for window, kind in product(("5d", "ytd"), ("price", "total")):
        base = long.row(long.base(window))
        worth, parts = 1.0, [long.prices(s, kind).to_numpy() for s in GIANTS]
        for row in range(base + 1, len(long.sessions)):
            worth *= sum(p[row] / p[row - 1] for p in parts) / len(parts)
        small = long.prices("IWM", kind).to_numpy()
        expected = 100 * (small[-1] / small[base] - worth)
        suffix = ".total" if kind == "total" else ""
        fact = outputs[f"IWM-giants.spread.{window}{suffix}"]
        assert float(fact.number) == pytest.approx(expected, abs=1e-9)
        assert fact.inputs == ("IWM", *GIANTS)
        assert fact.name == "the small-cap fund's lead over the seven giants"


def test_a_basket_without_one_of_its_parts_has_no_spread():
    outputs = made("spreads", market(walk((*INDICES, *GIANTS[1:]), 300)))
    assert "AAPL" in outputs["IWM-giants.spread.5d"].reason
    assert isinstance(outputs["IWM-SPY.spread.5d"], Fact)


def test_volatility_indices_have_no_returns(everything):
    for measure in ("returns", "calendar_returns", "drawdowns", "volatility", "rsi", "co_movement"):
        assert not any(i.startswith(("VIX.", "VIX3M.")) for i in made(measure, everything))


# The style grid

GRID = {"IWD": 3.0, "IWB": 2.0, "IWF": 1.0, "IWN": 2.5, "IWM": 2.2, "IWO": 2.4}


def test_the_grid_counts_rows_and_columns():
    outputs = made("style", ends_with(GRID, STYLE))
    assert outputs["style.value_ahead.5d"].number == 2
    assert outputs["style.small_ahead.5d"].number == 2
    assert (
        outputs["style.small_ahead.5d"].sample.n,
        outputs["style.small_ahead.5d"].sample.of,
    ) == (2, 3)
    assert outputs["style.best.5d"].value == "large value"
    assert outputs["style.worst.5d"].inputs[0] == "IWF"
    assert number(outputs, "style_large.lead.5d") == pytest.approx(2.0)
    assert number(outputs, "style_small.lead.5d") == pytest.approx(0.1)


def test_a_blend_outside_its_row_is_of_another_family():
    outputs = made("style", ends_with({**GRID, "IWN": 5.94, "IWO": 6.02, "IWM": 5.57}, STYLE))
    assert outputs["style_small.lead.ytd"].reason == (
        "IWM lies 0.37 points outside IWN and IWO: mixed index families."
    )
    assert isinstance(outputs["style_large.lead.ytd"], Fact)
    for what in ("value_ahead", "small_ahead", "best", "worst"):
        assert "mixed index families" in outputs[f"style.{what}.ytd"].reason


@pytest.mark.parametrize(
    ("blend", "known"), [(2.8, True), (2.81, False), (2.1, True), (2.09, False)]
)
def test_a_blend_may_lie_three_tenths_outside(blend, known):
    outputs = made("style", ends_with({**GRID, "IWM": blend}, STYLE))
    assert isinstance(outputs["style_small.lead.1m"], Fact) is known


@pytest.mark.parametrize("gone", STYLE)
def test_a_grid_with_a_hole_counts_nothing(gone):
    outputs = made("style", ends_with(GRID, tuple(s for s in STYLE if s != gone)))
    for what in ("value_ahead", "small_ahead", "best", "worst"):
        assert gone in outputs[f"style.{what}.1y"].reason


def test_tied_styles_name_no_best():
    outputs = made("style", ends_with({**GRID, "IWN": 3.0, "IWM": 2.5, "IWO": 2.0}, STYLE))
    assert outputs["style.best.5d"].reason == "Tied: IWD, IWN."
    still = made("style", ends_with({}, STYLE))
    assert still["style.value_ahead.5d"].number == still["style.small_ahead.5d"].number == 0


# Crosses, streaks, momentum, drawdowns, volatility


@pytest.mark.parametrize("seed", range(4))
def test_crosses_equal_a_backward_loop(seed):
    of = market(walk(("SPY",), 700, seed=seed))
    closes = of.prices("SPY").tolist()

    def mean(row, days):
        return sum(closes[row - days + 1 : row + 1]) / days

    tests = {
        "50d_200d": (200, lambda row: mean(row, 50) > mean(row, 200)),
        "close_50d": (50, lambda row: closes[row] > mean(row, 50)),
        "close_200d": (200, lambda row: closes[row] > mean(row, 200)),
    }
    outputs = made("crosses", of)
    for cross, (days, above) in tests.items():
        row = len(closes) - 1
        side = above(row)
        while row > days - 1 and above(row - 1) == side:
            row -= 1
        stem = f"SPY.cross.{cross}"
        assert outputs[f"{stem}.state"].value == ("above" if side else "below")
        if row == days - 1:
            assert isinstance(outputs[f"{stem}.date"], Absent)
        else:
            assert outputs[f"{stem}.date"].value == of.sessions[row].date()
            assert outputs[f"{stem}.sessions"].number == len(closes) - row


def test_a_line_that_never_moved_is_on_neither_side():
    outputs = made("crosses", ends_with({}, ("SPY",)))
    assert outputs["SPY.cross.close_50d.state"].reason == "Neither above nor below."


@pytest.mark.parametrize("seed", range(4))
def test_streaks_equal_loops(seed):
    of = market(walk(INDICES, 400, seed=seed))
    outputs = made("streaks", of)
    small, large = (of.prices(s).tolist() for s in ("IWM", "SPY"))
    _same(outputs, "SPY.streak", "up", "down", _run(large))
    month_ends = [
        close
        for close, today, later in zip(large, of.sessions, of.sessions[1:], strict=False)
        if today.month != later.month
    ]
    _same(outputs, "SPY.streak", "months_up", "months_down", _run(month_ends))
    for days, ahead, behind in ((1, "ahead", "behind"), (5, "weeks_ahead", "weeks_behind")):
        lead, row = [1.0], len(small) - 1
        gaps = []
        while row - days >= 0:
            gaps.append(small[row] / small[row - days] - large[row] / large[row - days])
            row -= days
        for gap in reversed(gaps):
            lead.append(lead[-1] + gap)
        _same(outputs, "IWM-SPY.streak", ahead, behind, _run(lead))


def _run(levels: list[float]) -> int:
    """Count rises up to the last level, falls as negative numbers."""
    rising, count = levels[-1] > levels[-2], 0
    while count + 1 < len(levels) and (levels[-1 - count] > levels[-2 - count]) == rising:
        count += 1
    return count if rising else -count


def _same(outputs: dict, stem: str, up: str, down: str, run: int) -> None:
    for way, length in ((up, run), (down, -run)):
        output = outputs[f"{stem}.{way}"]
        if length >= 2:
            assert output.number == length, output.id
        else:
            assert isinstance(output, Absent)


def test_the_month_is_finished_when_no_weekday_is_left():
    of = market(walk(INDICES, 400))
    for date, through in (("2026-06-29", "2026-05-29"), ("2026-06-30", "2026-06-30")):
        outputs = made("streaks", of.cut(dt.date.fromisoformat(date)))
        ends = {o.period.end for i, o in outputs.items() if "months" in i and isinstance(o, Fact)}
        assert ends == {dt.date.fromisoformat(through)}


def test_momentum_leaves_out_the_last_month(everything):
    outputs = made("momentum", everything)
    values = {}
    for symbol in universe().sectors:
        closes = everything.prices(symbol, "total").tolist()
        values[symbol] = 100 * (closes[-22] / closes[-253] - 1)
        assert number(outputs, f"{symbol}.momentum.12_1") == pytest.approx(values[symbol])
    for place, symbol in enumerate(sorted(values, key=values.get, reverse=True), start=1):
        assert outputs[f"{symbol}.momentum_rank.12_1"].number == place
    assert outputs["giants.momentum.12_1"].inputs == GIANTS


@pytest.mark.parametrize("seed", range(3))
def test_the_worst_drawdown_equals_a_loop(seed):
    of = market(walk(("SPY",), 900, seed=seed))
    top, peak, worst = -1.0, None, (0.0, None, None)
    for date, close in of.prices("SPY").items():
        if close > top:
            top, peak = close, date.date()
        if close / top - 1 < worst[0]:
            worst = (close / top - 1, peak, date.date())
    outputs = made("worst_drawdowns", of)
    assert number(outputs, "SPY.drawdown.max") == pytest.approx(100 * worst[0], abs=1e-9)
    assert outputs["SPY.drawdown.max_peak"].value == worst[1]
    assert outputs["SPY.drawdown.max_trough"].value == worst[2]


def test_a_line_that_never_fell_has_a_drawdown_of_zero_and_no_dates():
    index = sessions()[sessions() <= pd.Timestamp(LAST)][-800:]
    rising = np.arange(100.0, 100.0 + len(index))[:, None]
    outputs = made("worst_drawdowns", market(panel(index, ("SPY",), rising, rising)))
    assert outputs["SPY.drawdown.max"].number == 0
    assert isinstance(outputs["SPY.drawdown.max_trough"], Absent)


@pytest.mark.parametrize(("missing", "quality"), [(0, "ok"), (7, "estimated"), (9, None)])
def test_holes_make_the_worst_drawdown_estimated_and_then_absent(missing, quality):
    snapshot = walk(("SPY",), 800)
    holes = snapshot.bars["close"].where(~snapshot.bars.index.isin(range(300, 300 + missing)))
    blank = {"close": holes, "adj_close": holes}
    output = made("worst_drawdowns", market(with_closes(snapshot, **blank)))["SPY.drawdown.max"]
    assert getattr(output, "quality", None) == quality


def test_the_place_of_volatility_in_its_year_equals_pandas(everything):
    outputs = made("volatility_history", everything)
    for symbol in INDICES:
        moves = np.log(everything.prices(symbol)).diff()
        month = moves.rolling(21).std().iloc[-252:]
        place = 100 * (month <= month.iloc[-1] * (1 + 1e-12)).mean()
        assert number(outputs, f"{symbol}.volatility.percentile_1y") == pytest.approx(place)
        for label, count in (("63d", 63), ("1y", 252)):
            expected = 100 * moves.iloc[-count:].std() * np.sqrt(252)
            assert number(outputs, f"{symbol}.volatility.{label}") == pytest.approx(expected)


def test_beta_and_correlation_of_a_doubled_line():
    of = walk(("SPY",), 300)
    moves = of.bars["adj_close"].pct_change().fillna(0.0).to_numpy()
    closes = np.column_stack([np.cumprod(1 + moves), np.cumprod(1 + 2 * moves), np.ones(300)])
    index = pd.DatetimeIndex(of.bars["date"])
    outputs = made("co_movement", market(panel(index, ("SPY", "IWM", "TLT"), closes, closes)))
    assert number(outputs, "IWM.beta.1y") == pytest.approx(2.0)
    assert number(outputs, "IWM.correlation.63d") == pytest.approx(1.0)
    assert isinstance(outputs["TLT.beta.1y"], Absent)
    assert "SPY.beta.1y" not in outputs


def test_records_count_sessions_and_points_are_no_dollars():
    outputs = made("highs", market(walk(("SPY", "^VIX", "DX-Y.NYB"), 900)))
    record, ago = outputs["SPY.record_close.date"], outputs["SPY.record_close.sessions"]
    days = sessions()[(sessions() > str(record.value)) & (sessions() <= str(LAST))]
    assert ago.number == len(days)
    assert outputs["SPY.record_close.level"].unit is Unit.USD
    for name in ("VIX", "DX-Y.NYB"):
        assert outputs[f"{name}.record_close.level"].unit is Unit.INDEX
    assert "VIX.record_close.sessions" not in outputs
