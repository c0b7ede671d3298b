"""Freezing: what is cut, cleaned, merged and refused."""

import datetime as dt
import time

import numpy as np
import pandas as pd
import pytest
from collect_support import DAYS, SESSION, bars, fetched

from newsletter.collect.normalise import freeze
from newsletter.collect.snapshot import BAR_COLUMNS, Members, Snapshot
from newsletter.errors import DataUnavailable


def test_nothing_after_the_session_is_kept() -> None:
    snapshot = freeze(SESSION, fetched(bars("SPY")))
    assert snapshot.bars["date"].max() == pd.Timestamp(SESSION.date)
    assert snapshot.sources[0].as_of == "2026-07-02"


def test_types_and_columns_are_canonical() -> None:
    snapshot = freeze(SESSION, fetched(bars("SPY")[["close", "symbol", "date"]]))
    assert tuple(snapshot.bars.columns) == BAR_COLUMNS
    assert snapshot.bars["date"].dtype == "datetime64[ns]"
    assert snapshot.bars["symbol"].dtype == object
    assert all(type(name) is str for name in snapshot.bars["symbol"])
    assert all(snapshot.bars[column].dtype == np.float64 for column in BAR_COLUMNS[2:])
    assert snapshot.bars["adj_close"].isna().all()


def test_impossible_prices_become_nothing_and_empty_rows_go() -> None:
    frame = bars("SPY", days=DAYS[:3])
    frame.loc[0, ["open", "high", "low", "close", "adj_close"]] = [0.0, -1.0, np.inf, np.nan, 0.0]
    frame.loc[1, "volume"] = -5.0
    snapshot = freeze(SESSION, fetched(frame))
    assert len(snapshot.bars) == 2
    assert np.isnan(snapshot.bars["volume"].iloc[0])


def test_a_row_of_a_volume_alone_is_dropped() -> None:
    frame = bars("SPY", days=DAYS[:2])
    frame.loc[1, ["open", "high", "low", "close", "adj_close"]] = np.nan
    assert len(freeze(SESSION, fetched(frame)).bars) == 1


def test_rows_that_agree_become_one_and_fill_each_other() -> None:
    frame = bars("SPY", days=DAYS[:2])
    twin = frame.copy()
    twin.loc[0, "open"] = np.nan
    twin["volume"] = [1500.0, 10.0]
    frame.loc[0, "close"] = np.nan
    snapshot = freeze(SESSION, fetched(pd.concat([frame, twin])))
    assert len(snapshot.bars) == 2
    first = snapshot.bars.iloc[0]
    assert (first["open"], first["close"], first["volume"]) == (99.5, 100.0, 1500.0)


def test_rows_that_disagree_on_a_price_are_refused() -> None:
    twin = bars("SPY", days=DAYS[:2])
    twin["close"] += 0.01
    both = pd.concat([bars("SPY", days=DAYS[:2]), twin])
    with pytest.raises(DataUnavailable, match=r"Two bars of SPY on 2026-06-29 .*1 more such bars"):
        freeze(SESSION, fetched(both))


def test_zoned_times_of_day_become_the_wall_date() -> None:
    frame = bars("SPY", days=DAYS[:4])
    local = pd.DatetimeIndex(frame["date"]).tz_localize("America/New_York")
    frame["date"] = local + pd.Timedelta(hours=20)
    assert freeze(SESSION, fetched(frame)).id == freeze(SESSION, fetched(bars("SPY"))).id


def test_python_dates_are_read() -> None:
    frame = bars("SPY")
    frame["date"] = [stamp.date() for stamp in frame["date"]]
    assert freeze(SESSION, fetched(frame)).id == freeze(SESSION, fetched(bars("SPY"))).id


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"date": None}, "gave a bar without a date"),
        ({"date": "soon"}, "gave a date that cannot be read"),
        ({"symbol": None}, "gave a bar without a symbol"),
    ],
)
def test_rows_without_a_label_are_refused(change: dict[str, object], sentence: str) -> None:
    frame = bars("SPY").astype({"date": object, "symbol": object})
    for column, value in change.items():
        frame.loc[1, column] = value
    with pytest.raises(DataUnavailable, match=sentence):
        freeze(SESSION, fetched(frame))


@pytest.mark.parametrize("column", ["date", "symbol"])
def test_a_missing_label_column_is_refused(column: str) -> None:
    with pytest.raises(DataUnavailable, match=f"without a '{column}' column"):
        freeze(SESSION, fetched(bars("SPY").drop(columns=column)))


def test_nothing_up_to_the_session_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="no price on or before 2026-07-02"):
        freeze(SESSION, fetched(bars("SPY", days=DAYS[4:])))


def test_members_are_sorted_and_unique() -> None:
    members = Members("sp500", "x", ("B", "A", "B"))
    assert freeze(SESSION, fetched(bars("A"), members)).members.symbols == ("A", "B")


def test_bytes_keep_the_name_and_the_values() -> None:
    frame = bars("SPY", "^VIX")
    frame.loc[2, "adj_close"] = np.nan
    snapshot = freeze(SESSION, fetched(frame))
    again = Snapshot.from_bytes(snapshot.to_bytes())
    assert again.id == snapshot.id
    pd.testing.assert_frame_equal(again.bars, snapshot.bars)
    assert again.bars["symbol"].dtype == object


@pytest.mark.slow
def test_a_million_rows_freeze_within_two_seconds() -> None:
    days = pd.bdate_range("1996-01-01", periods=7600)
    codes = np.repeat(np.arange(250), len(days))
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "date": np.tile(days.to_numpy(), 250),
            "symbol": pd.Series([f"S{i:03d}" for i in range(250)])[codes].to_numpy(),
            "close": rng.random(len(codes)) + 1,
        }
    ).sample(frac=1, random_state=1)
    began = time.process_time()
    snapshot = freeze(SESSION, fetched(frame))
    assert time.process_time() - began < 4  # measured 1.1 s; shared runners are slower
    assert snapshot.bars["date"].max().date() <= dt.date(2026, 7, 2)
