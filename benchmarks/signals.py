"""Time the signal engine against the obvious ways, the real ledger, growth and the floor.

Usage: python benchmarks/signals.py [--quick] [--market DIR] [--out FILE] [--docs FILE]

Results go to benchmarks/results/signals.json and, unless quick, as tables between the
markers in docs/performance.md. Every way of counting must give the same counts, otherwise
nothing is timed.
"""

import argparse
import datetime as dt
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from signals_tables import tables, write_docs

from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import PRICE_COLUMNS, Members, Snapshot, Source
from newsletter.compute.arrays import YEAR, change, rolling_mean, wilder_rsi_columns
from newsletter.compute.crowd import Crowd, count_crowd
from newsletter.compute.ledger import compute_ledger, run, run_digests
from newsletter.compute.market import Market
from newsletter.compute.signal import digests, measures
from newsletter.compute.windows import CELLS
from newsletter.config import load

ROOT = Path(__file__).resolve().parents[1]
SESSION = dt.date(2026, 7, 2)
AVERAGES = (20, 50, 200)
BACK = (1, 5, 21, 63, 252)
PASSES = 45
"""Passes over a block of floats in `count_crowd`: 12 for sums, 16 for extremes, 17 others."""

Array = npt.NDArray[np.float64]
Counts = dict[str, npt.NDArray[np.int64]]
Section = dict[str, Array]


def generate(symbols: int, sessions: int, seed: int = 11) -> Array:
    """Return closes of shape (sessions, symbols), every third listed late, some ended early.

    Made a few symbols at a time and in the order of memory that `Market.of` makes, so that
    making them needs hardly more memory than they do.
    """
    random, out = np.random.default_rng(seed), np.empty((symbols, sessions))
    market = random.normal(0.0002, 0.008, sessions)
    for start in range(0, symbols, 100):
        part = out[start : start + 100]
        random.standard_normal(out=part)
        part *= 0.016
        part += market
        np.cumsum(part, axis=1, out=part)
        np.exp(part, out=part)
        part *= 40.0
    for number in range(0, symbols, 3):
        out[number, : random.integers(0, sessions // 2)] = np.nan
    for number in range(1, symbols, 50):
        out[number, sessions - random.integers(1, 40) :] = np.nan
    return out.T


# --- The same questions, asked four ways -----------------------------------------------


def vectorised(closes: Array) -> tuple[Counts, Section]:
    """Ask the engine."""
    crowd = count_crowd(closes, np.arange(closes.shape[1]))
    last, year = closes[-1], closes[-YEAR:]
    section = {f"change_{n}": change(last, closes[-1 - n]) for n in BACK}
    section |= {f"gap_{n}": change(last, rolling_mean(closes[-n:], n)[-1]) for n in (50, 200)}
    section["from_high"] = change(last, year.max(axis=0))
    section["rsi"] = wilder_rsi_columns(closes, 14, 15)
    return {one.name: getattr(crowd, one.name) for one in fields(Crowd)}, section


def pandas_loop(frame: pd.DataFrame) -> tuple[Counts, Section]:
    """Ask pandas symbol by symbol, the relative strength index from TA-Lib."""

    def ask(s: pd.Series) -> dict[str, Any]:
        year = s.rolling(YEAR)
        found: dict[str, Any] = {f"mean_{n}": s.rolling(n).mean() for n in AVERAGES}
        return found | {"high": year.max(), "low": year.min(), "move": s.diff()}

    return _loop(frame, ask)


def talib_loop(frame: pd.DataFrame) -> tuple[Counts, Section]:
    """Ask TA-Lib symbol by symbol, in C."""
    import talib

    def ask(s: pd.Series) -> dict[str, Any]:
        x = s.to_numpy()
        found: dict[str, Any] = {f"mean_{n}": talib.SMA(x, n) for n in AVERAGES}
        move = np.diff(x, prepend=np.nan)
        return found | {"high": talib.MAX(x, YEAR), "low": talib.MIN(x, YEAR), "move": move}

    return _loop(frame, ask)


def _loop(
    frame: pd.DataFrame, ask: Callable[[pd.Series], dict[str, Any]]
) -> tuple[Counts, Section]:
    import talib

    counts = {one.name: np.zeros(len(frame), np.int64) for one in fields(Crowd)}
    names = (*(f"change_{n}" for n in BACK), "gap_50", "gap_200", "from_high", "rsi")
    section: Section = {name: np.full(frame.shape[1], np.nan) for name in names}
    for position, symbol in enumerate(frame):
        s = frame[symbol].dropna()
        start = frame.index.get_loc(s.index[0])
        found, rsi = ask(s), talib.RSI(s.to_numpy(), 14)
        for name, mask in _masks(s, found).items():
            counts[name][start : start + len(s)] += np.asarray(mask)
        if s.index[-1] == frame.index[-1]:
            last = s.iloc[-1]
            for n in BACK:
                if len(s) > n:
                    section[f"change_{n}"][position] = 100.0 * (last / s.iloc[-1 - n] - 1.0)
            for n in (50, 200):
                mean = np.asarray(found[f"mean_{n}"])[-1]
                section[f"gap_{n}"][position] = 100.0 * (last / mean - 1.0)
            high = np.asarray(found["high"])[-1]
            section["from_high"][position] = 100.0 * (last / high - 1.0)
            section["rsi"][position] = rsi[-1]
    return counts, section


def _masks(s: Any, found: dict[str, Any]) -> dict[str, Any]:
    """Turn indicators into the thirteen yes-or-no questions; for a series or a frame."""
    high, low, move = found["high"], found["low"], found["move"]
    out = {"priced": s == s, "compared": move == move, "yearlings": high == high}
    for n in AVERAGES:
        mean = found[f"mean_{n}"]
        out |= {f"above_{n}": s > mean, f"covered_{n}": mean == mean}
    out |= {"advancers": move > 0, "decliners": move < 0}
    return out | {"new_highs": (s >= high) & (high > low), "new_lows": (s <= low) & (high > low)}


def pandas_frame(frame: pd.DataFrame) -> tuple[Counts, Section]:
    """Ask pandas for the whole frame at once; counts only."""
    year = frame.rolling(YEAR)
    found: dict[str, Any] = {f"mean_{n}": frame.rolling(n).mean() for n in AVERAGES}
    found |= {"high": year.max(), "low": year.min(), "move": frame.diff()}
    masks = _masks(frame, found)
    return {name: mask.to_numpy().sum(axis=1) for name, mask in masks.items()}, {}


def assert_equal(ours: tuple[Counts, Section], others: tuple[Counts, Section]) -> None:
    """Refuse to compare times of different answers."""
    for name, count in others[0].items():
        if not np.array_equal(count, ours[0][name]):
            raise AssertionError(f"{name} differs.")
    for name, values in others[1].items():
        np.testing.assert_allclose(values, ours[1][name], rtol=1e-7, atol=1e-7, err_msg=name)


def clocked(
    function: Callable[[], Any],
    runs: int,
    pick: Callable[[list[float]], float] = statistics.median,
) -> tuple[float, Any]:
    """Return the median (or the fastest) seconds of some runs and what the last one gave."""
    seconds, result = [], None
    for _ in range(runs):
        start = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - start)
    return pick(seconds), result


def raced(function: Callable[[], Any], runs: int) -> tuple[dict[str, float], Any]:
    """Return the fastest wall and processor seconds of some runs, and the last result.

    The fastest run is the one that other work on the machine disturbed least; processor
    seconds add up all threads, so they are what one core would need.
    """
    wall, core, result = [], [], None
    for _ in range(runs):
        starts = time.perf_counter(), time.process_time()
        result = function()
        wall.append(time.perf_counter() - starts[0])
        core.append(time.process_time() - starts[1])
    return {"seconds": min(wall), "cpu_seconds": min(core)}, result


def against(symbols: int, sessions: int, runs: int) -> dict[str, Any]:
    """Time the engine and the obvious ways on one universe."""
    closes = generate(symbols, sessions)
    dates = pd.bdate_range(end=SESSION.isoformat(), periods=sessions)
    frame = pd.DataFrame(closes, index=dates, columns=[f"S{n}" for n in range(symbols)])
    vectorised(closes)
    ours, answer = raced(lambda: vectorised(closes), 3 * runs)
    out: dict[str, Any] = {"symbols": symbols, "sessions": sessions, "runs": runs, "engine": ours}
    ways = {"pandas_loop": pandas_loop, "talib_loop": talib_loop, "pandas_frame": pandas_frame}
    for name, way in ways.items():
        took, other = raced(lambda way=way: way(frame), runs)
        assert_equal(answer, other)
        ratios = {"ratio": "seconds", "cpu_ratio": "cpu_seconds"}
        out[name] = took | {ratio: took[of] / ours[of] for ratio, of in ratios.items()}
    return out | {"equal": True}


# --- The real ledger --------------------------------------------------------------------


def real(market: Path, runs: int) -> dict[str, Any]:
    """Time `compute_ledger` on the real market, every symbol there is."""
    names = ("etf_index", "sp500", "midsmall")
    bars = pd.concat([pd.read_parquet(market / "bars" / f"{n}.parquet") for n in names])
    bars["date"] = bars["date"].astype("datetime64[ns]")
    bars["symbol"] = bars["symbol"].astype(object)
    bars[list(PRICE_COLUMNS)] = bars[list(PRICE_COLUMNS)].astype(np.float64)
    bars = bars[bars["date"] <= pd.Timestamp(SESSION)].drop_duplicates(["symbol", "date"])
    bars = bars.sort_values(["symbol", "date"], ignore_index=True, kind="stable")
    table = next((market / "reference").glob("sp500_constituents*.csv"))
    tickers = sorted(pd.read_csv(table)["ticker"].astype(str).str.replace(".", "-"))
    members = Members("sp500", "S&P 500 members", tuple(tickers), table.stem[-10:])
    snapshot = Snapshot(Session(SESSION), bars, members, (Source("files", "", "", ""),))
    snapshot.id  # noqa: B018  # hashed once and kept; hashing is not computing
    universe = load(ROOT / "config.yaml").universe
    sessions = TradingDays("XNYS", dt.date(2026, 12, 31)).index
    compute_ledger(snapshot, universe, sessions)
    seconds, ledger = clocked(lambda: compute_ledger(snapshot, universe, sessions), runs)
    return {
        "session": SESSION.isoformat(),
        "bars": len(bars),
        "symbols": int(bars["symbol"].nunique()),
        "facts": len(ledger.facts),
        "signals": len(ledger.signals),
        "seconds": seconds,
    }


# --- Growth, each size in a process of its own ------------------------------------------


def child(symbols: int, sessions: int) -> dict[str, Any]:
    """Count and compute the whole ledger over one generated universe."""
    measures(), digests()
    universe = load(ROOT / "config.yaml").universe
    days = TradingDays("XNYS", dt.date(2026, 12, 31)).index
    days = days[days <= pd.Timestamp(SESSION)][-sessions:]
    before = _resident()
    adjusted = generate(symbols, len(days))
    close = adjusted.copy(order="K")
    names = [*universe.symbols, *(f"X{n:05}" for n in range(symbols))][:symbols]
    members = Members("sp500", "S&P 500 members", tuple(sorted(names)), SESSION.isoformat())
    frames = [pd.DataFrame(a, index=days, columns=names, copy=False) for a in (close, adjusted)]
    market = Market(Session(SESSION), universe, members, "generated", days, *frames)
    made = _peak()
    seconds, _ = clocked(lambda: count_crowd(adjusted, np.arange(symbols)), 3)
    counted = _peak()
    start = time.perf_counter()
    outputs = run(market, measures().values())
    outputs += run_digests(market, outputs, digests().values())
    whole, cells = time.perf_counter() - start, adjusted.size
    inputs = close.nbytes + adjusted.nbytes
    return {
        "symbols": symbols,
        "sessions": len(days),
        "cells": cells,
        "input_mb": inputs / 1e6,
        "generating_peak_over_inputs": (made - before) / inputs,
        "counts_seconds": seconds,
        "counts_ns_per_cell": 1e9 * seconds / cells,
        "counts_peak_over_inputs": (counted - before) / inputs,
        "ledger_seconds": whole,
        "ledger_ns_per_cell": 1e9 * whole / cells,
        "ledger_peak_over_inputs": (_peak() - before) / inputs,
        "outputs": len(outputs),
    }


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _peak() -> int:
    # Not ru_maxrss: a started process inherits that from the one that started it.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("The system does not tell the peak of the process.")


def growth(sizes: tuple[int, ...], sessions: int) -> list[dict[str, Any]]:
    """Run `child` once for each size."""
    out = []
    for symbols in sizes:
        order = [sys.executable, __file__, "--child", f"{symbols}x{sessions}"]
        done = subprocess.run(order, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        out.append(json.loads(done.stdout))
    return out


# --- The floor --------------------------------------------------------------------------


def floor(symbols: int, sessions: int, runs: int) -> dict[str, Any]:
    """Measure what memory and cache allow, and how far from both the counts are (fastest runs)."""
    closes = generate(symbols, sessions)
    base, every = closes.T, np.arange(symbols)
    read, _ = clocked(base.sum, runs, min)
    target = np.empty_like(base)
    copied, _ = clocked(lambda: np.copyto(target, base), runs, min)
    added, _ = clocked(lambda: np.add(base, base, out=target), runs, min)
    small, out = base.ravel()[:CELLS].copy(), np.empty(min(CELLS, base.size))
    repeats = max(1, base.size // CELLS)
    cached, _ = clocked(lambda: [np.add(small, small, out=out) for _ in range(repeats)], runs, min)
    count_crowd(closes, every)
    ours, _ = clocked(lambda: count_crowd(closes, every), runs, min)
    size, workers = base.nbytes, min(2, os.cpu_count() or 1)
    in_cache = PASSES * cached * base.size / (repeats * len(small)) / workers
    return {
        "mb": size / 1e6,
        "read_gb_per_second": size / read / 1e9,
        "copy_gb_per_second": 2 * size / copied / 1e9,
        "add_gb_per_second": 2 * size / added / 1e9,
        "counts_seconds": ours,
        "memory_floor_seconds": read,
        "times_memory_floor": ours / read,
        "passes": PASSES,
        "cache_floor_seconds": in_cache,
        "times_cache_floor": ours / in_cache,
    }


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="tiny sizes, for tests")
    parser.add_argument("--market", type=Path, help="directory of real bars and reference data")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/signals.json")
    parser.add_argument("--docs", type=Path, help="Markdown file to write the tables into")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(*map(int, options.child.split("x")))))
        return
    quick = options.quick
    found = options.market and (options.market / "bars").is_dir()
    result = {
        "against": against(*(30, 320, 1) if quick else (3000, 2520, 5)),
        "real": real(options.market, 1 if quick else 5) if found else None,
        "growth": growth((80,), 320) if quick else growth((1000, 2500, 5000, 10_000), 6300),
        "floor": floor(*(40, 320, 1) if quick else (3000, 6300, 9)),
        "machine": {"cores": os.cpu_count(), "python": sys.version.split()[0]},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    text = tables(result)
    if options.docs:
        write_docs(options.docs, text)
    print(text)


if __name__ == "__main__":
    main()
