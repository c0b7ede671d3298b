"""Small markets for the tests of the collect stage."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from newsletter.clock import Session
from newsletter.collect.provider import BarRequest, Fetched
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Members, Source
from newsletter.config import Universe

REPO = Path(__file__).resolve().parents[1]
SESSION = Session(dt.date(2026, 7, 2))
DAYS = tuple(dt.date(2026, *md) for md in ((6, 29), (6, 30), (7, 1), (7, 2), (7, 6)))
"""Four sessions up to `SESSION` and the one after; 3 July 2026 is a holiday."""

SOURCE = Source("test", "Test data", "none", "")
MEMBERS = Members("sp500", "S&P 500 members", ("AAA", "BBB"))


def trading_days(until: dt.date = SESSION.date) -> TradingDays:
    return TradingDays("XNYS", until)


def universe(**roles: str) -> Universe:
    """Return SPY and ^VIX (core), IWM and XLK (optional), or as told."""
    chosen = {"SPY": "core", "^VIX": "core", "IWM": "optional", "XLK": "optional"} | roles
    return Universe.model_validate(
        {
            "instruments": {
                symbol: {"name": f"the {symbol} fund", "label": symbol, "role": role}
                for symbol, role in chosen.items()
            },
            "benchmark": "SPY",
            "small_caps": "IWM",
            "indices": ["SPY", "IWM"],
            "pairs": [{"id": "small_large", "first": "IWM", "second": "SPY", "theme": "size"}],
            "sectors": ["XLK"],
        }
    )


def request(symbols: tuple[str, ...] = ("SPY", "IWM", "^VIX"), **changes: Any) -> BarRequest:
    values: dict[str, Any] = {
        "session": SESSION,
        "symbols": symbols,
        "members": "sp500",
        "start": dt.date(2026, 1, 1),
        "members_label": "S&P 500 members",
    }
    return BarRequest(**(values | changes))


def bars(*symbols: str, days: tuple[dt.date, ...] = DAYS, price: float = 100.0) -> pd.DataFrame:
    """Plain bars: each symbol rises by one a day, the adjusted close stands a half below."""
    rows = [
        {
            "date": pd.Timestamp(day),
            "symbol": symbol,
            "open": price + step - 0.5,
            "high": price + step + 1,
            "low": price + step - 1,
            "close": price + step,
            "adj_close": price + step - 0.5,
            "volume": 1000.0 + step,
        }
        for symbol in symbols
        for step, day in enumerate(days)
    ]
    return pd.DataFrame(rows)


def fetched(frame: pd.DataFrame, members: Members = MEMBERS) -> Fetched:
    return Fetched(frame, members, SOURCE)
