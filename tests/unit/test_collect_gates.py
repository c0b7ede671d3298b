"""Gates: the core stops the edition, the rest is told to the editor."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from collect_support import DAYS, SESSION, bars, fetched, trading_days, universe

from newsletter.collect.contradictions import Doubts
from newsletter.collect.crosschecks import compare, refuse, stale
from newsletter.collect.gates import check
from newsletter.collect.normalise import freeze
from newsletter.collect.snapshot import Members
from newsletter.errors import DataUnavailable, ExitCode

ALL = ("SPY", "IWM", "XLK", "^VIX", "AAA", "BBB")


def _gate(frame: pd.DataFrame, **roles: str) -> tuple[tuple[str, str], ...]:
    warnings = check(freeze(SESSION, fetched(frame)), universe(**roles), trading_days())
    return tuple((warning.symbol, warning.message) for warning in warnings)


def _last(frame: pd.DataFrame, symbol: str) -> pd.Series:
    return (frame["symbol"] == symbol) & (frame["date"] == pd.Timestamp(SESSION.date))


def test_a_whole_market_passes_without_a_word() -> None:
    assert _gate(bars(*ALL)) == ()


def test_a_missing_core_instrument_stops_the_edition() -> None:
    with pytest.raises(DataUnavailable) as caught:
        _gate(bars("IWM", "XLK", "^VIX"))
    assert caught.value.exit_code == ExitCode.NO_DATA
    assert str(caught.value) == (
        "No edition for 2026-07-02: SPY (the SPY fund) is not in Test data; refresh the source, "
        "choose a session it covers, or make the instrument optional in universe.instruments."
    )


def test_a_stale_core_instrument_says_its_last_date_and_names_the_others() -> None:
    frame = pd.concat([bars("SPY", "^VIX", days=DAYS[:2]), bars("IWM", "XLK")])
    with pytest.raises(
        DataUnavailable,
        match=r"SPY .* ends on 2026-06-30 in Test data, 2 sessions before 2026-07-02 "
        r"\(likewise \^VIX\)",
    ):
        _gate(frame)


def test_a_core_instrument_without_a_close_on_the_session_stops_the_edition() -> None:
    frame = bars(*ALL)
    frame.loc[_last(frame, "SPY"), "close"] = np.nan
    with pytest.raises(DataUnavailable, match="has a bar on 2026-07-02 in Test data but no close"):
        _gate(frame)


@pytest.mark.parametrize(
    "wrong", [{"high": 102.0}, {"low": 103.5}, {"open": 105.0}, {"low": 110.0, "high": 90.0}]
)
def test_an_impossible_core_bar_stops_the_edition(wrong: dict[str, float]) -> None:
    frame = bars(*ALL)
    for column, value in wrong.items():
        frame.loc[_last(frame, "SPY"), column] = value
    with pytest.raises(DataUnavailable, match=r"SPY .* impossible bar on 2026-07-02: open"):
        _gate(frame)


def test_rounding_between_the_four_prices_is_no_disorder() -> None:
    frame = bars(*ALL)
    frame.loc[_last(frame, "SPY"), "high"] = 103.0 * (1 - 1e-6)
    assert _gate(frame) == ()


def test_a_core_instrument_with_a_close_alone_passes() -> None:
    frame = bars(*ALL)
    frame.loc[frame["symbol"] == "^VIX", ["open", "high", "low", "adj_close", "volume"]] = np.nan
    assert _gate(frame) == ()


def test_optional_holes_are_warnings_in_symbol_order() -> None:
    frame = pd.concat([bars("SPY", "^VIX", "AAA", "BBB"), bars("XLK", days=DAYS[:3])])
    assert _gate(frame) == (
        ("IWM", "IWM (the IWM fund) is not in Test data."),
        (
            "XLK",
            "XLK (the XLK fund) ends on 2026-07-01 in Test data, 1 session before 2026-07-02.",
        ),
    )


def test_an_optional_instrument_may_have_the_adjusted_close_alone() -> None:
    frame = bars(*ALL)
    frame.loc[frame["symbol"] == "XLK", ["open", "high", "low", "close"]] = np.nan
    assert _gate(frame) == ()


def test_a_bar_of_an_optional_instrument_without_any_close_is_a_warning() -> None:
    frame = bars(*ALL)
    frame.loc[_last(frame, "XLK"), ["close", "adj_close"]] = np.nan
    assert [symbol for symbol, _ in _gate(frame)] == ["XLK"]


def test_a_jump_is_a_warning_but_not_for_volatility() -> None:
    frame = bars(*ALL)
    for symbol in ("SPY", "^VIX"):
        columns = ["open", "high", "low", "close", "adj_close"]
        frame.loc[_last(frame, symbol), columns] *= 2
    ((symbol, message),) = _gate(frame)
    assert symbol == "SPY"
    assert "moved +102.0% in one session; check for a split" in message


def test_the_three_month_index_may_jump_too() -> None:
    frame = bars(*ALL, "^VIX3M")
    frame.loc[_last(frame, "^VIX3M"), ["open", "high", "low", "close", "adj_close"]] *= 2
    members = Members("sp500", "stocks", ("AAA", "BBB"))
    watched = universe(**{"^VIX3M": "optional"})
    snapshot = freeze(SESSION, fetched(frame, members))
    (jump,) = check(snapshot, watched, trading_days())
    assert "moved" in jump.message
    named = watched.model_copy(update={"volatility_3m": "^VIX3M"})
    assert check(snapshot, named, trading_days()) == ()


def test_members_without_a_price_are_counted_but_never_fatal() -> None:
    ((symbol, message),) = _gate(bars("SPY", "IWM", "XLK", "^VIX", "AAA"))
    assert symbol == "sp500"
    assert message == (
        "1 of 2 S&P 500 members have no price on 2026-07-02: BBB; breadth is left out, "
        "90% are required."
    )


def test_many_absent_members_are_shortened() -> None:
    members = Members("sp500", "stocks", tuple(f"M{i:02d}" for i in range(20)))
    snapshot = freeze(SESSION, fetched(bars("SPY", "IWM", "XLK", "^VIX"), members))
    (warning,) = check(snapshot, universe(), trading_days())
    assert "M06, M07 …; breadth is left out" in warning.message


def _refused(frame: pd.DataFrame) -> None:
    snapshot = freeze(SESSION, fetched(frame))
    pair = ("SPY", "^GSPC")
    refuse(snapshot, *pair, compare(snapshot, *pair), Doubts())


def test_a_fund_and_its_index_must_agree() -> None:
    """The largest true difference of ten years was 1.04 points (2020-03-16)."""
    fund, index = bars("SPY", price=100.0), bars("^GSPC", price=100.0)
    fund["adj_close"], index["adj_close"] = fund["close"], np.nan  # an index pays nothing
    _refused(pd.concat([fund, index]))
    days = sorted(day for day in index["date"] if day.date() <= SESSION.date)
    for day in days[1:]:  # of late, not only tonight
        wrong = index.copy()
        wrong.loc[wrong["date"] >= day, "close"] *= 1.02
        with pytest.raises(DataUnavailable, match=rf"\+[23].* in the session of {day.date()}"):
            _refused(pd.concat([fund, wrong]))
    _refused(fund)  # nothing to compare it with
    _refused(pd.concat([fund, index[index["date"] < days[-1]]]))


def test_an_old_field_is_told() -> None:
    macro = pd.DataFrame(
        {
            "series": ["UNRATE", "DGS10"],
            "date": [pd.Timestamp("2026-05-01"), pd.Timestamp("2026-06-15")],
            "value": [4.0, 4.2],
            "known": [pd.Timestamp("2026-06-05"), pd.Timestamp("2026-06-16")],
        }
    )
    held = pd.DataFrame(
        {"fund": ["SPY"], "symbol": ["A"], "weight": [1.0], "known": [pd.Timestamp("2026-04-01")]}
    )
    tables = {"macro": macro, "holdings": held}
    snapshot = freeze(SESSION, replace(fetched(bars("SPY")), tables=tables))
    told = {one.symbol: one.message for one in stale(snapshot)}
    assert set(told) == {"holdings", "DGS10"}  # UNRATE is monthly
    assert "16 days before 2026-07-02" in told["DGS10"]
