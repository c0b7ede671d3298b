"""The drill of collecting: random faults of every source, and a process killed at random.

Usage: python tests/collect_drill.py [--combinations N] [--seed N] [--only NUMBER]

Each combination is a market of fifteen symbols that is drawn anew, two or three evenings in a
row, one store. Every evening Yahoo and the other publishers (on loopback) have faults, and a real
process collects; in half of them it is killed with SIGKILL, at a random instant or at the sight
of a file half-written, and started again. After each process: there is a snapshot, or one
sentence why not; each figure in it is the one the servers were made from, or is not there; the
store reads whole, and as of each earlier evening what it did. Prints the figures as JSON, its
seed among them; ends with 1 if one is wrong.
"""

import argparse
import datetime as dt
import hashlib
import json
import math
import multiprocessing
import os
import random
import socketserver
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATHS = [str(ROOT), str(ROOT / "tests")]
sys.path[:0] = [path for path in PATHS if path not in sys.path]

import pandas as pd  # noqa: E402
from collect_faults import (  # noqa: E402
    FEEDS,
    INSTRUMENTS,
    OF_ALL,
    SYMBOLS,
    WEIGHTS,
    YAHOO,
    bar,
    headline,
    macro,
    pages,
    scaled,
    truth,
    yahoo,
)
from collect_process import ENDED, REFUSED, Order, collect  # noqa: E402
from feed_servers import feed_server  # noqa: E402
from shelf_support import World, evening  # noqa: E402

from newsletter.collect.adjusting import as_of  # noqa: E402
from newsletter.collect.snapshot import Snapshot  # noqa: E402
from newsletter.errors import StoreError  # noqa: E402
from newsletter.store.bars import BarShelf  # noqa: E402

EXACT = 1e-9
"""Relative: a price divided by a split and multiplied again differs in the last digits."""

PLAUSIBLE = ("fund-off", "index-off", "second-off", "jump", "past-off")
"""Figures that could be true, each with the witness that tells."""

EACH = 20
"""After so many combinations the figures so far are told."""

_METHOD = "forkserver"
_TURN = threading.Lock()
"""Held around every word with multiprocessing: whoever begins a process there looks at all
others', and two threads at once read one's end twice, or from a handle that is another's by then.
"""


@dataclass
class Tally:
    """What was done, and what was wrong."""

    counts: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Tally") -> "Tally":
        self.counts += other.counts
        self.wrong += other.wrong
        return self


# -- the oracle: the world itself ----------------------------------------------------------


def untrue(world: World, snapshot: Snapshot) -> list[str]:
    """Name what a snapshot says that the world does not."""
    found = []
    for symbol, rows in snapshot.bars.groupby("symbol", sort=True):
        days = [day.date() for day in rows["date"]]
        strange = [day for day in days if day not in world.raw.get(symbol, {})]
        if strange or max(days) > snapshot.session.date:
            found.append(f"{symbol} has a bar on {strange or max(days)}")
            continue
        # A split or dividend is told with the session's answer; without one, up to the last bar.
        views = {snapshot.session.date, days[-1]}
        wrongs = [_differs(world, str(symbol), rows, days, until) for until in sorted(views)]
        if all(wrongs):
            found.append(wrongs[0])
    return found + _beside(snapshot)


def _differs(
    world: World, symbol: str, rows: pd.DataFrame, days: list[dt.date], until: dt.date
) -> str:
    seen = World(
        {symbol: {day: world.raw[symbol][day] for day in days}}, world.splits, world.dividends
    )
    for row in rows.itertuples(index=False):
        day = row.date.date()
        true = bar(world, symbol, day, until) | {"adj_close": seen.adjusted(symbol, day, until)}
        for name, value in true.items():
            given = getattr(row, name)
            if not math.isnan(given) and abs(given / value - 1) > EXACT:
                return f"{symbol} {name} on {day} is {given!r}, and was {value!r}"
    return ""


def _beside(snapshot: Snapshot) -> list[str]:
    """Name figures and words of other publishers that they never gave."""
    tables, last, found = snapshot.tables, snapshot.session.date, []
    for row in tables["macro"].itertuples() if "macro" in tables else ():
        day = row.date.date()
        if row.value != macro(day) or not day <= row.known.date() <= last:
            found.append(f"macro {row.series} on {day} is {row.value}, known {row.known}")
    held = tables["holdings"].itertuples() if "holdings" in tables else ()
    found += [f"the weight of {row.symbol} is {row.weight}" for row in held
              if WEIGHTS.get(row.symbol) != row.weight]  # fmt: skip
    said = tables["headlines"].itertuples() if "headlines" in tables else ()
    found += [f"a headline of {row.known} says {row.text}" for row in said
              if row.text != headline(row.known.date()) or row.known.date() > last]  # fmt: skip
    return found


def untold(snapshot: Snapshot, told: list[list[str]]) -> list[str]:
    """Name instruments without a close on the session of which editors hear nothing."""
    bars = snapshot.bars[snapshot.bars["date"] == pd.Timestamp(snapshot.session.date)]
    priced = set(bars[bars["close"].notna()]["symbol"])
    return [
        f"{s} is silently missing" for s in sorted({*INSTRUMENTS} - priced - {t[0] for t in told})
    ]


def unfit(sentences: list[str]) -> list[str]:
    """Name what is no sentence for people."""
    bad = ("127.0.0.1", "Traceback", "localhost", "\n")
    return [f"not a sentence: {one!r}" for one in sentences
            if not one.endswith(".") or any(word in one for word in bad)]  # fmt: skip


# -- one combination -----------------------------------------------------------------------


class Combination:
    """One market, one store, two or three evenings."""

    def __init__(self, seed: int, number: int, folder: Path) -> None:
        self.chance = random.Random(f"{seed}/{number}")
        self.world, self.folder, self.tally = truth(self.chance), folder, Tally()
        self.days = list(self.world.raw["SPY"])[-self.chance.choice((2, 2, 3)) :]
        self.shelf = BarShelf(folder / "kept")
        self.merge_at = self.chance.choice((2, 3, 48))
        self.known: dict[tuple[dt.datetime, dt.date], str] = {}
        self.took = 1.2
        self.harms: list[str] = []

    def run(self) -> Tally:
        """Live through the evenings."""
        for day in self.days:
            self._evening(day)
        self.tally.counts["combinations"] += 1
        return self.tally

    def _wrong(self, day: dt.date, found: list[str]) -> None:
        self.tally.wrong += [f"{day}: {one} [{', '.join(self.harms)}]" for one in found]

    def _evening(self, day: dt.date) -> None:
        server = yahoo(self.world, day)
        held = self._harm(server, day)
        given = pages(self.world, day)
        if "second-off" in self.harms:
            given = self._second_off(given)
        elif not held:
            for at in self.chance.sample(sorted(given), self.chance.randint(0, 3)):
                name = self.chance.choice(sorted(FEEDS))
                self.harms.append(f"{at.split('/')[0]} {name}")
                given[at] = FEEDS[name](given[at])
        slow = any(h.endswith(("slow", "silent")) for h in self.harms)
        self.tally.counts["faults"] += len(self.harms)
        with server, feed_server(given) as others:
            order = Order(day, evening(day), server.port, others.origin, str(self.folder),
                          0.5 if slow else 20.0, self.merge_at)  # fmt: skip
            for lives in range(self.chance.choice((0, 0, 1, 2))):
                again = replace(order, now=order.now + dt.timedelta(minutes=lives))
                self._life(again, kill=self.chance.choice(("instant", "write")))
            self._life(replace(order, now=order.now + dt.timedelta(minutes=9)), kill="")

    def _harm(self, server, day: dt.date) -> bool:
        """Do something to Yahoo; true where it must stay the only harm of the evening."""
        self.harms = []
        days = [d for d in self.world.raw["SPY"] if d <= day]
        if self.chance.random() < 0.3:
            name = self.chance.choice(PLAUSIBLE)
            kept = self.shelf.versions()
            mine = [s for s in SYMBOLS if not s.startswith("^") and len(kept.day[kept.slice(s)])]
            if name == "past-off" and not mine:
                name = "jump"  # an old close that nobody has kept cannot be known to be wrong
            self.harms.append(name)
            if name == "past-off":
                symbol = self.chance.choice(mine)
                last = dt.date(1970, 1, 1) + dt.timedelta(int(kept.day[kept.slice(symbol)][-1]))
                scaled(self.chance.choice((0.97, 1.03)))(server, symbol, last)
            elif name == "jump":
                one = self.chance.choice([s for s in SYMBOLS if not s.startswith("^")])
                scaled(self.chance.choice((0.5, 1.6)))(server, one, day)
            elif name != "second-off":
                symbol = "SPY" if name == "fund-off" else "^VIX"
                scaled(self.chance.choice((0.95, 1.05)))(server, symbol, day)
            return True
        near = [day, *days[-6:]]
        for symbol in self.chance.sample(SYMBOLS, self.chance.randint(1, 5)):
            name = self.chance.choice(sorted(YAHOO))
            YAHOO[name](server, symbol, self.chance.choice(near))
            self.harms.append(f"{symbol} {name}")
        if self.chance.random() < 0.2:
            name = self.chance.choice(sorted(OF_ALL))
            OF_ALL[name](server, self.chance.choice(near))
            self.harms.append(name)
        return False

    def _second_off(self, given):
        """Let the second source give another close of the session's volatility."""
        at = next(at for at in given if "VIX" in at)
        head, _, tail = given[at].body.rstrip(b"\n").rpartition(b",")
        # Open and the others stay: the range of a day is wide enough for it.
        body = head + b"," + repr(float(tail) * 1.01).encode() + b"\n"
        return given | {at: given[at].changed(body=body)}

    def _life(self, order: Order, kill: str) -> None:
        """Let one process collect, and perhaps kill it; look at what it left."""
        for name in ("said.json", "snapshot", "broken"):
            (self.folder / name).unlink(missing_ok=True)
        before = self.shelf.generation
        process = multiprocessing.get_context(_METHOD).Process(target=collect, args=(order,))
        begun = time.monotonic()
        with _TURN:
            process.start()
        if kill:
            self._strike(process, kill)
        while _alive(process):
            time.sleep(0.002)
        with _TURN:
            code = process.exitcode
            process.close()
        if code == -9:
            self.tally.counts["killed"] += 1
            self.tally.counts["killed_after_a_part"] += self.shelf.generation > before
            self.tally.counts["killed_in_a_write"] += any(
                file.suffix == ".part" for file in (self.folder / "kept").glob("*")
            )
        else:
            self.took = time.monotonic() - begun
            self._ended(order, code)
        self._store(order, finished=code != -9)

    def _strike(self, process, kill: str) -> None:
        """Kill at a random instant of a life, or when a file is being written."""
        until = time.monotonic() + self.chance.uniform(0.05, 1.0) * self.took
        ends = time.monotonic() + 60 * (kill == "write")
        sights = self.chance.randint(1, 40)
        while _alive(process) and time.monotonic() < max(until, ends):
            time.sleep(0.0005)
            if kill == "write" and any((self.folder / "kept").glob("*.part")):
                sights -= 1
                if not sights:
                    break
        with _TURN:
            process.kill()

    def _ended(self, order: Order, code: int) -> None:
        """Hold what a process gave against the world."""
        day, counts = order.session, self.tally.counts
        if code not in (ENDED, REFUSED):
            broken = self.folder / "broken"
            why = broken.read_text().strip()[-300:] if broken.exists() else ""
            self._wrong(day, [f"it ended with {code}: {why}"])
            return
        said = json.loads((self.folder / "said.json").read_text())
        counts["editions" if code == ENDED else "refusals"] += 1
        if code == REFUSED:
            self._wrong(day, unfit(said))
            return
        snapshot = Snapshot.from_bytes((self.folder / "snapshot").read_bytes())
        counts["values"] += int(snapshot.bars.notna().to_numpy().sum()) - 2 * len(snapshot.bars)
        counts["warnings"] += len(said)
        found = untrue(self.world, snapshot)
        found += untold(snapshot, said)
        self._wrong(day, found + unfit([message for _, message in said]))
        if {"fund-off", "index-off", "second-off"} & set(self.harms):
            counts["plausible_and_printed"] += 1

    def _store(self, order: Order, *, finished: bool) -> None:
        """Read the store whole, and as of every earlier evening."""
        try:
            for (instant, day), digest in self.known.items():
                self.tally.counts["earlier_instants_read"] += 1
                if self._digest(instant, day) != digest:
                    self._wrong(order.session, [f"as of {instant} it reads otherwise"])
            self.shelf.versions()
            if finished:
                key = order.now, order.session
                self.known[key] = self._digest(*key)
        except StoreError as error:
            self._wrong(order.session, [f"the store: {error}"])

    def _digest(self, instant: dt.datetime, day: dt.date) -> str:
        rows, found = as_of(self.shelf.versions(instant), day), hashlib.sha256()
        found.update("\n".join(rows.names[rows.code]).encode() if len(rows.code) else b"")
        for column in (rows.day, *rows.values):
            found.update(column.tobytes())
        return found.hexdigest()


def _alive(process) -> bool:
    with _TURN:
        return process.is_alive()


def drill(combinations: range, seed: int, workers: int = 2) -> Tally:
    """Go through combinations, some at a time."""
    paths = [*PATHS, os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))  # what is forked from starts so
    multiprocessing.get_context(_METHOD).set_forkserver_preload(["collect_process"])

    # Who is killed while he asks is no fault of the server's.
    socketserver.BaseServer.handle_error = lambda *_: None

    def one(number: int) -> Tally:
        with tempfile.TemporaryDirectory() as folder:
            tally = Combination(seed, number, Path(folder)).run()
        tally.wrong = [f"{seed}/{number} {wrong}" for wrong in tally.wrong]
        return tally

    total = Tally()
    with ThreadPoolExecutor(workers) as pool:
        for tally in pool.map(one, combinations):
            total += tally
            for wrong in tally.wrong:
                print(wrong, file=sys.stderr, flush=True)
            if not total.counts["combinations"] % EACH:
                print(json.dumps(dict(sorted(total.counts.items()))), file=sys.stderr, flush=True)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--combinations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--workers", type=int, default=2, help="combinations at one time")
    parser.add_argument("--only", type=int, help="one combination, to look at it again")
    given = parser.parse_args()
    numbers = range(given.combinations) if given.only is None else range(given.only, given.only + 1)
    begun = time.monotonic()
    total = drill(numbers, given.seed, given.workers)
    figures = {"seed": given.seed, **dict(sorted(total.counts.items()))}
    print(json.dumps(figures | {"seconds": round(time.monotonic() - begun), "wrong": total.wrong}))
    sys.exit(1 if total.wrong else 0)


if __name__ == "__main__":
    main()
