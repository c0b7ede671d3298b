"""Tables beside the bars for tests: the real reference files, and made-up ones."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from newsletter.collect.reference import read_tables
from newsletter.collect.tables import canonical, known_by
from newsletter.compute.market import Market

USED = ("fundamentals", "classes", "holdings")


@lru_cache(maxsize=1)
def real_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read fundamentals, classes and holdings beside the real bars."""
    beside = read_tables(folder, (), pd.Timestamp("2026-12-31"), "reference")
    return {name: canonical(name, beside.tables[name]) for name in USED}


def classes_frame(scheme: str, symbol, sector, industry, known) -> pd.DataFrame:
    """Make rows of the table ``classes``."""
    return pd.DataFrame({"symbol": symbol, "scheme": scheme, "sector": sector,
                         "industry": industry, "known": known})  # fmt: skip


def with_tables(market: Market, tables: dict[str, pd.DataFrame]) -> Market:
    """Put tables on a market, rows known by its session only."""
    end = pd.Timestamp(market.session.date)
    known = {name: known_by(canonical(name, frame), end) for name, frame in tables.items()}
    return replace(market, tables=known, table_sources=dict.fromkeys(known, "reference"))


def plain_classes(folder: Path, date: str, what: str, symbols: list[str]) -> dict[str, str]:
    """Find sectors or industries by plain loops: GICS where it covers nine in ten, else Yahoo."""
    rows = real_tables(folder)["classes"]
    for scheme in ("gics", "yahoo"):
        found: dict[str, str] = {}
        for row in rows[rows["scheme"] == scheme].sort_values("known").itertuples():
            if row.known <= pd.Timestamp(date) and getattr(row, what):
                found[row.symbol] = getattr(row, what)
        if sum(symbol in found for symbol in symbols) >= 0.9 * len(symbols):
            return found
    return {}
