"""Tables beside local bar files: what is read from them, and how it is refused."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from collect_support import SESSION, bars, request

from newsletter.collect.normalise import freeze
from newsletter.collect.provider import Fetched
from newsletter.collect.providers.files import Files
from newsletter.errors import ConfigError, DataUnavailable

MACRO = ("CPIAUCSL", "UNRATE")


def _folder(tmp_path: Path, **files: str | pd.DataFrame) -> Path:
    """Write bars of SPY, and files beside them in the sibling directory."""
    folder, beside = tmp_path / "bars", tmp_path / "reference"
    folder.mkdir()
    beside.mkdir()
    bars("SPY").to_parquet(folder / "x.parquet")
    for name, content in files.items():
        path = beside / f"{name}.csv"
        if isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False)
        else:
            path.write_text(content, encoding="utf-8")
    return folder


def _fetch(folder: Path, symbols: tuple[str, ...] = ("SPY",)) -> Fetched:
    return Files(folder).fetch(request(symbols, macro=MACRO))


def test_macro_series_are_read_by_id_or_alias_and_only_if_asked(tmp_path: Path) -> None:
    text = (
        "date,series,value,unit\n2026-05-01,CPI,333.979,x\n2026-06-01,CPI,332.568,x\n"
        "2026-06-01,UNRATE,4.2,x\n2026-06-01,DGS10,4.4,x\n2026-04-01,UNRATE,,x\n"
    )
    fetched = _fetch(_folder(tmp_path, macro_fred=text, macro_fred_series="series,min\nCPI,1\n"))
    rows = freeze(SESSION, fetched).tables["macro"].astype(str).to_numpy().tolist()
    assert rows == [
        ["CPIAUCSL", "2026-05-01", "333.979", "2026-06-10"],
        ["UNRATE", "2026-06-01", "4.2", "2026-07-02"],
    ]
    assert [(s.covers, s.label, s.name) for s in fetched.table_sources] == [
        ("macro", "FRED series (local files)", "files")
    ]


@pytest.mark.parametrize("kind", ["category", "object"])
def test_macro_parquet_equals_csv(tmp_path: Path, kind: str) -> None:
    frame = pd.DataFrame(
        {"date": pd.to_datetime(["2026-05-01"]), "series": ["CPI"], "value": [333.979]}
    ).astype({"series": kind})
    folder = _folder(tmp_path, macro=frame)
    from_csv = freeze(SESSION, _fetch(folder)).id
    (folder.parent / "reference" / "macro.csv").unlink()
    frame.to_parquet(folder / "macro.parquet")
    assert freeze(SESSION, _fetch(folder)).id == from_csv


def test_yahoo_fundamentals_are_in_percent_and_give_classes(tmp_path: Path) -> None:
    text = (
        "ticker,sector,industry,marketCap,trailingPE,profitMargins,dividendYield,snapshot_date\n"
        "BRK.B,Financials,Insurance,1e12,Infinity,0.19552,,2026-06-29\n"
        "NA,Energy,Oil,2e9,27.3,-0.05,0.75,2026-06-29\n"
    )
    tables = freeze(SESSION, _fetch(_folder(tmp_path, fundamentals_x=text))).tables
    told = {(s, f): v for s, f, v, _ in tables["fundamentals"].itertuples(index=False)}
    assert told == {
        ("BRK-B", "market_cap"): 1e12,
        ("BRK-B", "profit_margin"): pytest.approx(19.552),
        ("NA", "dividend_yield"): 0.75,
        ("NA", "market_cap"): 2e9,
        ("NA", "profit_margin"): -5.0,
        ("NA", "trailing_pe"): 27.3,
    }
    assert tables["classes"].iloc[:, :4].to_numpy().tolist() == [
        ["BRK-B", "yahoo", "Financials", "Insurance"],
        ["NA", "yahoo", "Energy", "Oil"],
    ]


def test_public_financials_have_their_own_columns_and_fractions(tmp_path: Path) -> None:
    text = (
        "Symbol,Sector,Price,Price/Earnings,Dividend Yield,Earnings/Share,Market Cap,"
        "Price/Book,snapshot_date\nMMM,Conglomerates,178.96,31.8,0.0175,5.63,9.2e10,31.2,2026-07-01\n"
    )
    fetched = _fetch(_folder(tmp_path, fundamentals_pddl=text))
    told = fetched.tables["fundamentals"].set_index("field")["value"].to_dict()
    assert told == {
        "price": 178.96, "trailing_pe": 31.8, "dividend_yield": pytest.approx(1.75),
        "eps_trailing": 5.63, "market_cap": 9.2e10, "price_to_book": 31.2,
    }  # fmt: skip
    assert "classes" not in fetched.tables  # its Sector is an industry by another name
    assert fetched.table_sources[0].label == "S&P 500 financials (local files)"


def test_classes_weights_and_share_counts_are_read(tmp_path: Path) -> None:
    fetched = _fetch(
        _folder(
            tmp_path,
            sp500_constituents_x="ticker,sector,industry,snapshot_date\nA.B,Energy,Oil,2026-06-30\n",
            x_holdings="ticker,ticker_yf,index,weight_pct,as_of\n"
            "AB,A-B,S&P 500,7.9,2026-06-19\nC,C,S&P SmallCap 600,0.5,2026-06-19\n"
            "D,D,Russell 2000,0.1,2026-06-19\nE,E,S&P 500,,2026-06-19\n",
            iwm_shares_outstanding="date,symbol,shares_outstanding\n2026-07-01,IWM,281800000\n"
            "2026-07-02,IWM,281850000\n",
        )
    )
    tables = freeze(SESSION, fetched).tables
    assert tables["classes"].iloc[:, :4].to_numpy().tolist() == [["A-B", "gics", "Energy", "Oil"]]
    assert tables["holdings"][["fund", "symbol", "weight"]].to_numpy().tolist() == [
        ["russell_2000", "D", 0.1],
        ["sp500", "A-B", 7.9],
        ["sp600", "C", 0.5],
    ]
    # The count of 2 July is told on the 6th, after the holiday.
    assert tables["shares"].astype(str).to_numpy().tolist() == [
        ["IWM", "2026-07-01", "281800000.0", "2026-07-02"]
    ]


def test_tables_known_later_leave_neither_rows_nor_sources(tmp_path: Path) -> None:
    text = "ticker,marketCap,snapshot_date\nA,1e9,2026-07-30\n"
    fetched = _fetch(_folder(tmp_path, fundamentals_later=text))
    assert fetched.tables == {}
    assert fetched.table_sources == ()


def test_volatility_closes_fill_in_for_symbols_no_bar_file_holds(tmp_path: Path) -> None:
    text = "date,VIX,VIX3M\n2026-07-01,1,19.5\n2026-07-02,1,\n2026-07-06,1,20\n2025-12-31,1,9\n"
    folder = _folder(tmp_path, cboe_volatility=text)
    bars("^VIX").to_parquet(folder / "vix.parquet")
    fetched = _fetch(folder, ("SPY", "^VIX", "^VIX3M"))
    found = freeze(SESSION, fetched).bars.set_index("symbol")["close"]
    assert found["^VIX3M"] == 19.5  # no later day, none before the request's start
    assert found["^VIX"].max() == 103.0
    assert fetched.missing == ()


def test_files_of_tables_are_no_bars(tmp_path: Path) -> None:
    (tmp_path / "macro.csv").write_text("date,series,value\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"holds no \.parquet or \.csv file of bars"):
        _fetch(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("macro", "", r"macro\.csv cannot be read as csv \(.+\); replace the file"),
        ("macro", "date,value\n", r"macro\.csv has no column series; a file of that name has"),
        ("macro", "date,series,value\nMay,CPI,1\n", r"macro\.csv, row 1: 'May' is no date"),
        ("macro", "date,series,value\n2026-05-01,CPI,x\n", "column value holds something that"),
        ("fundamentals", "ticker,marketCap\nA,1\n", "has no column snapshot_date;"),
        ("fundamentals", "ticker,snapshot_date\nA,2026-01-01\n", "none of the columns of fund"),
        ("fundamentals", "marketCap,snapshot_date\n1,2026-01-01\n", "has no column ticker;"),
        ("fundamentals", "ticker,beta,snapshot_date\nA,high,2026-01-01\n", "column beta holds"),
        ("x_holdings", "ticker,index,as_of\n", "has no column weight_pct;"),
        ("iwm_shares_outstanding", "date,symbol\n", "has no column shares_outstanding;"),
        ("cboe_volatility", "VIX3M\n1\n", "has no column date;"),
    ],
)
def test_a_broken_table_is_one_sentence(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    folder = _folder(tmp_path, **{name: text})
    with pytest.raises(DataUnavailable, match=sentence) as caught:
        _fetch(folder, ("SPY", "^VIX3M"))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("content", [b"", b"PAR1 not really"])
def test_a_damaged_macro_parquet_is_named(tmp_path: Path, content: bytes) -> None:
    folder = _folder(tmp_path)
    (folder / "macro.parquet").write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"macro\.parquet cannot be read as parquet \(.+\)"):
        _fetch(folder)


def test_two_figures_of_one_month_are_refused_by_freezing(tmp_path: Path) -> None:
    text = "date,series,value\n2026-05-01,CPI,1\n2026-05-01,CPIAUCSL,2\n"
    with pytest.raises(DataUnavailable, match="Two rows of the table macro for CPIAUCSL"):
        freeze(SESSION, _fetch(_folder(tmp_path, macro=text)))


@pytest.mark.market
def test_real_tables_hold_what_the_files_say(market_bars: Path) -> None:
    folder = market_bars.parent / "reference"
    asked = request(("SPY", "^VIX3M"), macro=("CPIAUCSL", "DGS10"), start=dt.date(1993, 1, 1))
    snapshot = freeze(SESSION, Files(market_bars).fetch(asked))
    yahoo = pd.read_csv(folder / "fundamentals_yf_2026-06-29.csv").set_index("ticker")
    told = snapshot.tables["fundamentals"].pivot(index="symbol", columns="field", values="value")
    assert told.loc["A", "profit_margin"] == pytest.approx(19.552)
    assert told.loc["A", "dividend_yield"] == 0.75
    assert told.loc["NVDA", "market_cap"] == yahoo.loc["NVDA", "marketCap"]
    assert told.loc["NVDA", "earnings_growth"] == pytest.approx(
        100 * yahoo.loc["NVDA", "earningsGrowth"]
    )
    weights = snapshot.tables["holdings"].groupby("fund")["weight"].agg(["sum", "size"])
    assert weights["size"].to_dict() == {"sp400": 400, "sp500": 502, "sp600": 601}
    assert weights["sum"].between(97.5, 100.5).all()
    raw = pd.read_csv(folder / "cboe_volatility.csv", index_col="date")["VIX3M"].dropna()
    bars = snapshot.bars[snapshot.bars["symbol"] == "^VIX3M"].set_index("date")
    assert bars["close"].iloc[-1] == raw["2026-07-02"]
    assert len(bars) == len(raw[:"2026-07-02"])
    assert bars[["open", "high", "low", "adj_close", "volume"]].isna().all().all()
    ten = snapshot.tables["macro"].query("series == 'DGS10'")
    long = pd.read_parquet(folder / "macro_fred.parquet").query("series == 'DGS10'")
    expected = long[long["date"] <= "2026-07-01"].set_index("date")["value"]
    assert ten["value"].tolist() == expected.tolist()
