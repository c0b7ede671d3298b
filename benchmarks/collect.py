"""What collecting costs: 600 and 3,000 symbols over ten years, from a Yahoo on loopback.

    python benchmarks/collect.py [--quick] [--symbols N ...] [--out FILE.json]

The server is a process of its own and speaks Yahoo's protocols; the real yfinance asks it. Measured
are the first evening, with an empty store, and the median of three evenings after it: seconds,
processor seconds of the collecting process, requests and bytes of answers (as they were before
any packing). The pauses that are made out of politeness are left out. Then the store is opened as
of now, in one session's units, and the same bars are read from one Parquet file by pandas.
"""

import argparse
import datetime as dt
import json
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from yahoo_loopback import FakeYahoo, Loopback, Reply, Row  # noqa: E402

from newsletter.clock import Session  # noqa: E402
from newsletter.collect.adjusting import as_of, frame  # noqa: E402
from newsletter.collect.kept import Keeping, fetch_kept  # noqa: E402
from newsletter.collect.progress import silent  # noqa: E402
from newsletter.collect.provider import BarRequest  # noqa: E402
from newsletter.collect.providers.yahoo import Yahoo  # noqa: E402
from newsletter.collect.sessions import TradingDays  # noqa: E402
from newsletter.store.bars import BarShelf  # noqa: E402

YEARS, EVENINGS = 10, 3
LAST = dt.date(2026, 7, 2)


class Walks(dict[str, list[Row]]):
    """Random walks by symbol, up to today; made when they are asked for."""

    def __init__(self, sessions: list[dt.date]) -> None:
        super().__init__()
        self.sessions, self.today = sessions, sessions[-1]

    def get(self, symbol: str, default: Any = None) -> list[Row]:
        """Return the rows of any symbol."""
        del default
        return self[symbol]

    def __missing__(self, symbol: str) -> list[Row]:
        rng = np.random.default_rng(list(symbol.encode()))
        count = len(self.sessions)
        close = 50 + np.round(50 * np.exp(np.cumsum(rng.normal(0, 0.012, count))), 2)
        volume = rng.lognormal(13, 1, count).astype(int)
        made = zip(self.sessions, close.tolist(), volume.tolist(), strict=True)
        return [(day, price, price, traded) for day, price, traded in made if day <= self.today]


@dataclass
class Counting(FakeYahoo):
    """Counts what it is asked and how much it says."""

    requests: int = 0
    said: int = 0

    def answer(self, host: str, path: str, query: dict[str, str]) -> Reply:
        """Answer, and count."""
        code, body, kind = super().answer(host, path, query)
        text = body if isinstance(body, str) else json.dumps(body)
        with self.lock:
            self.requests, self.said = self.requests + 1, self.said + len(text)
            self.ranges.clear()
            self.spans.clear()
        return code, text, kind


def serve(sessions: list[dt.date], pipe: Connection) -> None:
    """Serve until None comes; a day sets today and begins to count anew."""
    walks = Walks(sessions)
    with Counting(walks) as server:
        pipe.send(server.port)
        while (today := pipe.recv()) is not None:
            pipe.send((server.requests, server.said))
            walks.today, server.requests, server.said = today, 0, 0


@dataclass
class House:
    """Who collects, and what he collects into."""

    symbols: tuple[str, ...]
    sessions: list[dt.date]
    calendar: TradingDays
    shelf: BarShelf
    pipe: Connection
    port: int = 0
    costs: list[dict[str, float]] = field(default_factory=list)

    def evening(self, day: dt.date) -> None:
        """Collect one session and note what it cost."""
        self.told(day)
        session = Loopback(impersonate="chrome")
        session.port = self.port
        yahoo = Yahoo(session=session, sleep=lambda _: None)
        label = Session(day, "XNYS")
        instant = self.calendar.close(label) + dt.timedelta(hours=2)
        request = BarRequest(label, self.symbols, "all", self.sessions[0], explicit_members=())
        keeping = Keeping(self.shelf, "yahoo", lambda: instant)
        begun, used = time.perf_counter(), time.process_time()
        found, warnings = fetch_kept(yahoo, request, keeping, self.calendar, silent)
        cost = {"seconds": time.perf_counter() - begun, "processor": time.process_time() - used}
        if found.missing or warnings:
            raise SystemExit(f"{len(found.missing)} symbols are missing: {warnings[:3]}")
        asked, said = self.told(day)
        self.costs.append(cost | {"requests": asked, "megabytes": said / 1e6})

    def told(self, day: dt.date) -> tuple[int, int]:
        """Set the server's day; return what it had counted."""
        self.pipe.send(day)
        asked, said = self.pipe.recv()
        return asked, said


def best(work: Callable[[], object], runs: int = 5) -> float:
    """Return the fewest seconds of some runs."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def measure(symbols: int, years: int, folder: Path) -> dict[str, object]:
    """Measure one size."""
    calendar = TradingDays("XNYS", LAST)
    sessions = calendar.between(LAST.replace(year=LAST.year - years), LAST)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(sessions, there), daemon=True)
    server.start()
    names = tuple(f"S{number:05d}" for number in range(symbols))
    house = House(names, sessions, calendar, BarShelf(folder / "kept"), here, here.recv())
    try:
        for day in sessions[-EVENINGS - 1 :]:
            house.evening(day)
    finally:
        here.send(None)
        server.join()
    cold, *warm = house.costs
    result: dict[str, object] = {"symbols": symbols, "sessions": len(sessions)}
    result |= {f"cold_{key}": round(value, 2) for key, value in cold.items()}
    for key in cold:
        result[f"evening_{key}"] = round(statistics.median(one[key] for one in warm), 2)
    return result | opened(house.shelf, folder)


def opened(shelf: BarShelf, folder: Path) -> dict[str, object]:
    """Measure opening, and the same bars from one file."""
    kept, one = folder / "kept", folder / "one.parquet"
    whole = frame(as_of(shelf.versions(), LAST))
    whole.to_parquet(one)
    ours = best(lambda: frame(as_of(shelf.versions(), LAST)))
    theirs = best(lambda: pd.read_parquet(one))
    return {
        "rows": len(whole),
        "store_megabytes": round(sum(f.stat().st_size for f in kept.iterdir()) / 1e6, 1),
        "open_seconds": round(ours, 3),
        "one_file_seconds": round(theirs, 3),
        "ratio": round(ours / theirs, 2),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="12 symbols over one year")
    parser.add_argument("--symbols", type=int, nargs="+", default=[600, 3000])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = []
    for symbols in (12,) if options.quick else options.symbols:
        folder = Path(tempfile.mkdtemp(prefix="collect-"))
        try:
            found.append(measure(symbols, 1 if options.quick else YEARS, folder))
        finally:
            shutil.rmtree(folder)
        print(json.dumps(found[-1]), flush=True)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
