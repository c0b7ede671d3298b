"""Real and synthetic markets for the tests of the compute stage."""

import datetime as dt
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import PRICE_COLUMNS, Members, Snapshot, Source
from newsletter.compute.market import Market
from newsletter.config import Universe, load

REPO = Path(__file__).resolve().parents[1]
DATES = tuple(
    dt.date.fromisoformat(d) for d in ("2026-07-02", "2025-12-23", "2026-01-02", "2020-03-16")
)


@lru_cache(maxsize=1)
def universe() -> Universe:
    """The universe of the shipped config.yaml."""
    return load(REPO / "config.yaml").universe


@lru_cache(maxsize=1)
def sessions() -> pd.DatetimeIndex:
    """Sessions of the New York Stock Exchange."""
    return TradingDays("XNYS", dt.date(2026, 12, 31)).index


@lru_cache(maxsize=1)
def real_bars(folder: Path) -> pd.DataFrame:
    """All ETF, index and S&P 500 bars in the order and types of a snapshot."""
    files = [folder / "etf_index.parquet", folder / "sp500.parquet"]
    bars = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    bars["date"] = bars["date"].astype("datetime64[ns]")
    bars["symbol"] = bars["symbol"].astype(str).astype(object)
    bars[list(PRICE_COLUMNS)] = bars[list(PRICE_COLUMNS)].astype(np.float64)
    return bars.sort_values(["symbol", "date"], ignore_index=True, kind="stable")


@lru_cache(maxsize=1)
def real_members(folder: Path) -> Members:
    """The S&P 500 members of 2026-07-30."""
    table = pd.read_csv(folder.parent / "reference" / "sp500_constituents_gics_2026-07-30.csv")
    column = next(c for c in table.columns if c.lower() in {"symbol", "ticker"})
    symbols = tuple(sorted(table[column].astype(str).str.replace(".", "-")))
    return Members("sp500", "S&P 500 members", symbols, "2026-07-30")


SOURCE = Source("files", "local files", "test data", "2026-08-21")


def real_snapshot(folder: Path, date: dt.date, *, without_etf: tuple[str, ...] = ()) -> Snapshot:
    """The real market as it stood at a session."""
    bars = real_bars(folder)
    keep = bars["date"] <= pd.Timestamp(date)
    return Snapshot(
        Session(date), bars[keep].reset_index(drop=True), real_members(folder), (SOURCE,)
    )


@lru_cache(maxsize=1)
def real_market(folder: Path) -> Market:
    """The whole real market up to 2026-08-20; cut it to the session wanted."""
    date = dt.date(2026, 8, 20)
    return Market.of(real_snapshot(folder, date), universe(), sessions())
