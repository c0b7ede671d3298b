"""Real and synthetic markets for the tests of the compute stage."""

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import BAR_COLUMNS, PRICE_COLUMNS, Members, Snapshot, Source
from newsletter.compute.facts import Fact, Series, Signal
from newsletter.compute.ledger import run
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measures
from newsletter.config import Universe, load

REPO = Path(__file__).resolve().parents[1]
DATES = tuple(
    dt.date.fromisoformat(d) for d in ("2026-07-02", "2025-12-23", "2026-01-02", "2020-03-16")
)
SOURCE = Source("files", "local files", "test data", "2026-08-20")


@lru_cache(maxsize=1)
def universe() -> Universe:
    """Read the universe of the shipped config.yaml."""
    return load(REPO / "config.yaml").universe


@lru_cache(maxsize=1)
def sessions() -> pd.DatetimeIndex:
    """Return the sessions of the New York Stock Exchange."""
    return TradingDays("XNYS", dt.date(2026, 12, 31)).index


@lru_cache(maxsize=1)
def real_bars(folder: Path) -> pd.DataFrame:
    """Read all ETF, index and S&P 500 bars in the order and types of a snapshot."""
    files = [folder / "etf_index.parquet", folder / "sp500.parquet"]
    bars = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    bars["date"] = bars["date"].astype("datetime64[ns]")
    bars["symbol"] = bars["symbol"].astype(object)
    bars[list(PRICE_COLUMNS)] = bars[list(PRICE_COLUMNS)].astype(np.float64)
    return bars.sort_values(["symbol", "date"], ignore_index=True, kind="stable")


@lru_cache(maxsize=1)
def real_members(folder: Path) -> Members:
    """Read the S&P 500 members of 2026-07-30."""
    table = pd.read_csv(folder.parent / "reference" / "sp500_constituents_gics_2026-07-30.csv")
    symbols = tuple(sorted(table["ticker"].astype(str).str.replace(".", "-")))
    return Members("sp500", "S&P 500 members", symbols, "2026-07-30")


def real_snapshot(folder: Path, date: dt.date) -> Snapshot:
    """Freeze the real market as it stood at a session."""
    bars = real_bars(folder)
    bars = bars[bars["date"] <= pd.Timestamp(date)].reset_index(drop=True)
    return Snapshot(Session(date), bars, real_members(folder), (SOURCE,))


@lru_cache(maxsize=1)
def real_market(folder: Path) -> Market:
    """Align the whole real market up to 2026-08-20; cut it to the session wanted."""
    return Market.of(real_snapshot(folder, dt.date(2026, 8, 20)), universe(), sessions())


@lru_cache(maxsize=8)
def real_outputs(folder: Path, date: dt.date) -> dict[str, Output]:
    """Compute every output of a real session, by id."""
    return by_id(run(real_market(folder).cut(date), measures().values()))


def by_id(outputs: list[Output]) -> dict[str, Output]:
    """Index outputs by id; signals and series, which may share one, are marked so."""
    named = {Signal: "signal ", Series: "series "}
    return {named.get(type(o), "") + getattr(o, "id", getattr(o, "name", "")): o for o in outputs}


def facts(market: Market) -> dict[str, Fact]:
    """Compute all facts of a market by id."""
    made = run(market, measures().values())
    return {o.id: o for o in made if isinstance(o, Fact)}


def absent(market: Market) -> dict[str, str]:
    """Compute all absences of a market with their reasons."""
    made = run(market, measures().values())
    return {o.id: o.reason for o in made if isinstance(o, Absent)}


def walk(
    symbols: tuple[str, ...], count: int, seed: int = 7, end: dt.date = dt.date(2026, 7, 2)
) -> Snapshot:
    """Make a snapshot of seeded random walks that ends with a session."""
    index = sessions()[sessions() <= pd.Timestamp(end)][-count:]
    moves = np.random.default_rng(seed).normal(0.0003, 0.012, (count, len(symbols)))
    closes = 100.0 * np.exp(moves.cumsum(axis=0))
    payout = np.linspace(0.97, 1.0, count)[:, None]
    return panel(index, symbols, closes, closes * payout)


def panel(
    index: pd.DatetimeIndex, symbols: tuple[str, ...], closes: np.ndarray, adjusted: np.ndarray
) -> Snapshot:
    """Make a snapshot from arrays of shape (n_sessions, n_symbols)."""
    count, width = closes.shape
    bars = pd.DataFrame(
        {
            "date": np.tile(index.to_numpy("datetime64[ns]"), width),
            "symbol": np.repeat(np.array(symbols, dtype=object), count),
            "close": closes.T.ravel(),
            "adj_close": adjusted.T.ravel(),
        }
    ).reindex(columns=list(BAR_COLUMNS))
    bars[list(PRICE_COLUMNS)] = bars[list(PRICE_COLUMNS)].astype(np.float64)
    session = Session(index[-1].date())
    members = Members("sp500", "S&P 500 members", tuple(sorted(symbols)), session.date.isoformat())
    return Snapshot(session, bars, members, (SOURCE,))


def market(snapshot: Snapshot, of: Universe | None = None) -> Market:
    """Align a snapshot with the shipped universe or another."""
    return Market.of(snapshot, of or universe(), sessions())


def truncated(snapshot: Snapshot, date: dt.date) -> Snapshot:
    """Cut a snapshot's bars before anything is built from them."""
    bars = snapshot.bars[snapshot.bars["date"] <= pd.Timestamp(date)].reset_index(drop=True)
    return replace(snapshot, session=Session(date), bars=bars)


def with_closes(snapshot: Snapshot, **columns: np.ndarray) -> Snapshot:
    """Return a snapshot with other ``close`` or ``adj_close`` columns."""
    return replace(snapshot, bars=snapshot.bars.assign(**columns))
