"""The files provider: what it reads, what it prefers, and how it refuses."""

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from collect_support import DAYS, REPO, SESSION, bars, request, trading_days

from newsletter.collect.normalise import freeze
from newsletter.collect.providers.files import Files
from newsletter.collect.stage import gather
from newsletter.config import load
from newsletter.errors import ConfigError, DataUnavailable


def _write_list(folder: Path, name: str, tickers: list[str], **columns: str) -> None:
    folder.mkdir(exist_ok=True)
    pd.DataFrame({"ticker": tickers, **columns}).to_csv(folder / name, index=False)


def test_csv_and_parquet_give_the_same_snapshot(tmp_path: Path) -> None:
    for name in ("csv", "parquet"):
        (tmp_path / name).mkdir()
    bars("SPY", "IWM").to_csv(tmp_path / "csv" / "x.csv", index=False)
    bars("SPY", "IWM").to_parquet(tmp_path / "parquet" / "x.parquet")
    asked = request(("SPY", "IWM"), explicit_members=())
    ids = {freeze(SESSION, Files(tmp_path / n).fetch(asked)).id for n in ("csv", "parquet")}
    assert len(ids) == 1


def test_single_floats_widen_exactly_and_codes_are_read(tmp_path: Path) -> None:
    frame = bars("SPY", price=100.1)
    frame["close"] = frame["close"].astype("float32")
    frame["symbol"] = frame["symbol"].astype("category")
    frame.to_parquet(tmp_path / "x.parquet")
    found = Files(tmp_path).fetch(request(("SPY",))).bars
    assert found["close"].dtype == np.float64
    assert found["close"].iloc[0] == float(np.float32(100.1))


@pytest.mark.parametrize("kind", ["string", "date32", "zoned"])
def test_dates_of_any_usual_kind_are_read(tmp_path: Path, kind: str) -> None:
    frame = bars("SPY")
    stamps = frame["date"]
    frame["date"] = {
        "string": stamps.dt.strftime("%Y-%m-%d"),
        "date32": stamps.dt.date,
        "zoned": stamps.dt.tz_localize("America/New_York"),
    }[kind]
    frame.to_parquet(tmp_path / "x.parquet")
    found = Files(tmp_path).fetch(request(("SPY",))).bars
    assert [stamp.date() for stamp in found["date"]] == list(DAYS[:4])


def test_tickers_that_look_like_nothing_are_tickers(tmp_path: Path) -> None:
    bars("NA", "TRUE", "NAN").to_csv(tmp_path / "x.csv", index=False)
    fetched = Files(tmp_path).fetch(request(("NA", "TRUE", "NAN")))
    assert fetched.missing == ()


def test_history_starts_where_it_is_asked_to(tmp_path: Path) -> None:
    bars("SPY").to_parquet(tmp_path / "x.parquet")
    found = Files(tmp_path).fetch(request(("SPY",), start=dt.date(2026, 7, 1))).bars
    assert len(found) == 2


def test_unasked_symbols_are_not_read(tmp_path: Path) -> None:
    bars("SPY", "OTHER").to_parquet(tmp_path / "x.parquet")
    found = Files(tmp_path).fetch(request(("SPY",), explicit_members=())).bars
    assert set(found["symbol"]) == {"SPY"}


def test_a_single_file_will_do(tmp_path: Path) -> None:
    bars("SPY").to_parquet(tmp_path / "x.parquet")
    assert len(Files(tmp_path / "x.parquet").fetch(request(("SPY",))).bars) == 4


def test_of_two_files_the_fuller_row_wins(tmp_path: Path) -> None:
    thin = bars("SPY", "IWM")[["date", "symbol", "adj_close"]].assign(adj_close=1.0)
    thin.to_parquet(tmp_path / "a.parquet")
    bars("SPY").to_parquet(tmp_path / "b.parquet")
    snapshot = freeze(SESSION, Files(tmp_path).fetch(request(("SPY", "IWM"))))
    adjusted = snapshot.bars.groupby("symbol")["adj_close"].max()
    assert adjusted.to_dict() == {"SPY": 102.5, "IWM": 1.0}


def test_of_two_equally_full_rows_the_first_file_wins(tmp_path: Path) -> None:
    bars("SPY", price=200.0).to_parquet(tmp_path / "b.parquet")
    bars("SPY", price=100.0).to_parquet(tmp_path / "a.parquet")
    snapshot = freeze(SESSION, Files(tmp_path).fetch(request(("SPY",))))
    assert snapshot.bars["close"].tolist() == [100.0, 101.0, 102.0, 103.0]


def test_one_file_for_each_evening_makes_a_history(tmp_path: Path) -> None:
    for day in DAYS:
        frame = bars("SPY")
        frame[frame["date"] == pd.Timestamp(day)].to_csv(tmp_path / f"{day}.csv", index=False)
    assert len(freeze(SESSION, Files(tmp_path).fetch(request(("SPY",)))).bars) == 4


def test_two_prices_in_one_file_are_refused_by_freezing(tmp_path: Path) -> None:
    twice = pd.concat([bars("SPY"), bars("SPY", price=200.0)])
    twice.to_parquet(tmp_path / "x.parquet")
    with pytest.raises(DataUnavailable, match="Two bars of SPY on 2026-06-29"):
        freeze(SESSION, Files(tmp_path).fetch(request(("SPY",))))


def test_without_a_list_the_members_are_the_stocks_of_the_named_file(tmp_path: Path) -> None:
    bars("SPY").to_parquet(tmp_path / "funds.parquet")
    bars("AAA", "BBB").to_parquet(tmp_path / "sp500.parquet")
    fetched = Files(tmp_path).fetch(request(("SPY",)))
    assert fetched.members.symbols == ("AAA", "BBB")
    assert fetched.members.label == "the 2 stocks in sp500.parquet"
    assert set(fetched.bars["symbol"]) == {"SPY", "AAA", "BBB"}


@pytest.mark.parametrize("where", [".", "../reference"])
def test_a_constituents_list_beside_or_in_the_directory_is_used(tmp_path: Path, where: str) -> None:
    folder = tmp_path / "bars"
    folder.mkdir()
    bars("SPY", "AAA", "BRK-B", "OTHER").to_parquet(folder / "sp500.parquet")
    _write_list(
        folder / where,
        "sp500_constituents_x.csv",
        ["BRK.B", "AAA", "GONE"],
        snapshot_date="2026-06-30",
    )
    fetched = Files(folder).fetch(request(("SPY",)))
    assert fetched.members.symbols == ("AAA", "BRK-B", "GONE")
    assert fetched.members.label == "S&P 500 members"
    assert fetched.members.as_of == "2026-06-30"
    assert fetched.missing == ("GONE",)
    assert "OTHER" not in set(fetched.bars["symbol"])


@pytest.mark.parametrize(
    ("dates", "chosen"),
    [
        (("2026-01-31", "2026-06-30", "2026-07-31"), "2026-06-30"),
        (("2026-07-31", "2026-08-31"), "2026-07-31"),
    ],
)
def test_the_list_in_force_on_the_session_is_chosen(
    tmp_path: Path, dates: tuple[str, ...], chosen: str
) -> None:
    bars("SPY").to_parquet(tmp_path / "x.parquet")
    for date in dates:
        _write_list(tmp_path, f"sp500_constituents_{date}.csv", ["AAA"], snapshot_date=date)
    assert Files(tmp_path).fetch(request(("SPY",))).members.as_of == chosen


def test_a_list_without_members_is_refused(tmp_path: Path) -> None:
    bars("SPY").to_parquet(tmp_path / "x.parquet")
    (tmp_path / "sp500_constituents.csv").write_text("company\nAcme\n", encoding="utf-8")
    with pytest.raises(DataUnavailable, match="lists no members; it needs a column ticker"):
        Files(tmp_path).fetch(request(("SPY",)))


def test_a_path_that_is_not_there_is_a_mistake_of_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no .*nowhere; let providers.path"):
        Files(tmp_path / "nowhere").fetch(request())


def test_a_directory_without_bars_is_a_mistake_of_configuration(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"holds no \.parquet or \.csv file of bars"):
        Files(tmp_path).fetch(request())


def test_a_directory_that_may_not_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ConfigError, match="cannot be listed: Permission denied"):
        Files(tmp_path).fetch(request())


@pytest.mark.parametrize("content", [b"", b"PAR1 not really", b"PAR1" + bytes(40) + b"PAR1"])
def test_a_damaged_parquet_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"x\.parquet cannot be read as parquet \(.+\)"):
        Files(tmp_path).fetch(request())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00bad", b'date,symbol,close\n"open quote'])
def test_a_damaged_csv_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"x\.csv (cannot be read as csv|has no column)"):
        Files(tmp_path).fetch(request())


@pytest.mark.parametrize(
    ("dropped", "sentence"),
    [
        (["date"], "has no column date;"),
        (["date", "symbol"], "has no column date and no column symbol;"),
        (["close", "adj_close"], "has no column close or adj_close;"),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_missing_columns_are_named(
    tmp_path: Path, dropped: list[str], sentence: str, suffix: str
) -> None:
    frame = bars("SPY").drop(columns=dropped)
    path = tmp_path / f"x.{suffix}"
    frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    with pytest.raises(DataUnavailable, match=sentence):
        Files(tmp_path).fetch(request())


@pytest.mark.parametrize("written", ["02/07/2026", "2026-02-30", "", "2026-7-2", "20260702"])
def test_a_date_that_is_none_is_named_with_its_row(tmp_path: Path, written: str) -> None:
    (tmp_path / "x.csv").write_text(
        f"date,symbol,close\n2026-07-01,SPY,1\n{written},SPY,2\n", encoding="utf-8"
    )
    with pytest.raises(DataUnavailable, match=r"x\.csv, row 2: .* is no date; write dates as"):
        Files(tmp_path).fetch(request())


def test_a_price_that_is_no_number_is_named_with_its_column(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("date,symbol,close\n2026-07-01,SPY,n.a.\n", encoding="utf-8")
    with pytest.raises(DataUnavailable, match=r"x\.csv: column close holds something that is no"):
        Files(tmp_path).fetch(request(("SPY",)))


def test_a_row_without_a_symbol_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("date,symbol,close\n2026-07-01,,1\n", encoding="utf-8")
    with pytest.raises(DataUnavailable, match="has a row without a symbol"):
        Files(tmp_path).fetch(request())


@pytest.mark.market
def test_the_real_market_passes_the_gates(market_bars: Path) -> None:
    gathered = gather(
        Files(market_bars),
        SESSION.date,
        load(REPO / "config.yaml").universe,
        trading_days(),
        start=dt.date(1993, 1, 1),
    )
    snapshot = gathered.snapshot
    spy = snapshot.bars[snapshot.bars["symbol"] == "SPY"]
    assert round(spy["close"].iloc[-1], 2) == 744.78
    assert spy["date"].iloc[0].year == 1993
    assert len(snapshot.members.symbols) == 503
    assert snapshot.members.label == "S&P 500 members"
    assert snapshot.members.as_of == "2026-07-30"
    messages = [warning.message for warning in gathered.warnings]
    assert messages[-1] == "1 of 503 S&P 500 members have no price on 2026-07-02: EA."
    assert gathered.missing == ("IWB", "IWN", "IWO")
    assert len(messages) == 1 + len(gathered.missing)
    assert set(snapshot.tables) == {"classes", "fundamentals", "holdings", "macro", "shares"}
    assert {source.covers for source in snapshot.sources} == {"bars", *snapshot.tables}
    for frame in snapshot.tables.values():
        assert (frame["known"] <= pd.Timestamp(SESSION.date)).all()


@pytest.mark.market
def test_a_fund_that_ends_early_is_told(market_bars: Path) -> None:
    day = dt.date(2026, 8, 21)
    gathered = gather(
        Files(market_bars),
        day,
        load(REPO / "config.yaml").universe,
        trading_days(day),
        start=dt.date(2025, 1, 1),
    )
    late = [warning.message for warning in gathered.warnings]
    assert any(
        re.search(r"ends on 2026-08-20 in Market data files, 1 session before", message)
        for message in late
    )
