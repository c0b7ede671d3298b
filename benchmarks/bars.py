"""How fast kept bars are written and read: 600 and 3,000 symbols over ten years.

    python benchmarks/bars.py [--quick] [--out FILE.json]

Prices are random walks rounded to cents, with a dividend a quarter and a split each five
years. Measured are the first ingest, one evening's increment (judged and added as in a run),
and reading everything as of an instant: from a first segment with three evenings laid over it,
to long bars in one session's units with adjusted closes.
"""

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from newsletter.clock import Session
from newsletter.collect.adjusting import as_of, frame
from newsletter.collect.kept import Keeping, fetch_kept
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Members, Source
from newsletter.store.bars import BarShelf

YEARS, EVENINGS = 10, 3
LAST = dt.date(2026, 7, 2)


class Market:
    """A provider of random walks that answers as Yahoo would."""

    name = "yahoo"

    def __init__(self, symbols: int, sessions: list[dt.date]) -> None:
        rng = np.random.default_rng(7)
        self.names = [f"S{number:05d}" for number in range(symbols)]
        shape = (symbols, len(sessions))
        close = np.round(50 * np.exp(np.cumsum(rng.normal(0, 0.015, shape), axis=1)), 2) + 1
        self.sessions = pd.DatetimeIndex(sessions).as_unit("ns")
        start = np.round(close * (1 + rng.normal(0, 0.005, shape)), 2)
        self.values = {
            "open": start,
            "high": np.maximum(start, close) + 0.05,
            "low": np.minimum(start, close) - 0.05,
            "close": close,
            "volume": np.round(rng.lognormal(13, 1, shape)),
        }
        self.today = 0

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        """Return what is missing up to today."""
        progress(1, 1, self.name)
        first = 0
        if request.have:
            kept = self.sessions.searchsorted(pd.Timestamp(min(request.have.values())))
            first = int(kept) - request.overlap + 1
        span, count = slice(first, self.today + 1), len(self.names)
        days = self.sessions[span]
        bars = pd.DataFrame(
            {
                "date": np.tile(days.to_numpy(), count),
                "symbol": np.repeat(np.array(self.names, dtype=object), len(days)),
                **{name: column[:, span].ravel() for name, column in self.values.items()},
            }
        )
        told = [
            (name, self.sessions[day], "dividend", 0.1)
            for number, name in enumerate(self.names)
            for day in range(first + (number - first) % 63, self.today + 1, 63)
        ]
        actions = pd.DataFrame(told, columns=["symbol", "date", "kind", "value"])
        members = Members("all", "all", tuple(self.names))
        return Fetched(bars, members, Source("yahoo", "Yahoo", "", ""), actions=actions)


def timed(work: Callable[[], object], runs: int = 1) -> float:
    """Return the fewest seconds of some runs."""
    best = float("inf")
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return round(best, 3)


def measure(symbols: int, years: int, folder: Path) -> dict[str, object]:
    """Measure one size."""
    calendar = TradingDays("XNYS", LAST)
    sessions = calendar.between(LAST.replace(year=LAST.year - years), LAST)
    market, shelf = Market(symbols, sessions), BarShelf(folder)

    def evening() -> None:
        session = Session(sessions[market.today], "XNYS")
        instant = calendar.close(session) + dt.timedelta(hours=2)
        request = BarRequest(session, (), "all", sessions[0])
        fetch_kept(market, request, Keeping(shelf, "yahoo", lambda: instant), calendar, silent)

    market.today = len(sessions) - EVENINGS - 1
    result: dict[str, object] = {"symbols": symbols, "sessions": len(sessions)}
    result["cold_seconds"] = timed(evening)
    steps = []
    for _ in range(EVENINGS):
        market.today += 1
        steps.append(timed(evening))
    result["evening_seconds"] = sorted(steps)[len(steps) // 2]
    result["bytes"] = sum(file.stat().st_size for file in folder.iterdir())
    result["rows"] = len(shelf.versions().day)
    result["open_seconds"] = timed(lambda: frame(as_of(shelf.versions(), LAST)), 5)
    past = calendar.close(Session(sessions[-6], "XNYS")) + dt.timedelta(hours=2)
    result["open_past_seconds"] = timed(lambda: frame(as_of(shelf.versions(past), sessions[-6])), 3)
    result["one_symbol_seconds"] = timed(lambda: shelf.versions(symbols=["S00007"]), 5)
    result["merge_seconds"] = timed(shelf.merge)
    result["open_merged_seconds"] = timed(lambda: frame(as_of(shelf.versions(), LAST)), 5)
    return result


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="30 symbols over one year")
    parser.add_argument("--symbols", type=int, nargs="+", default=[600, 3000])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = []
    for symbols in (30,) if options.quick else options.symbols:
        folder = Path(tempfile.mkdtemp(prefix="bars-"))
        try:
            found.append(measure(symbols, 1 if options.quick else YEARS, folder / "kept"))
        finally:
            shutil.rmtree(folder)
        print(json.dumps(found[-1]), flush=True)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
