"""Two simulated years of evenings with faults, through the whole product.

    python tests/two_years.py [--sessions N] [--seed N] [--houses N] [--first DATE] [--follow N]

Each session of New York in 2024 and 2025: the timekeeper has the edition made, an editor
decides, and it is delivered to a mailbox. At random a source has no data, for a while or for
good; the scheduler is killed before or after a run; nobody is there for days; nobody approves; an
editor rejects. Each session must come to exactly one end, the one that was drawn for it.

What is shortened: the market is the sample one with a history of two years, of which the house
follows one fund and the volatility (`--follow 3`: three funds), three readers, no model, and the
clock is set, not waited for; memory is given back once a month of sessions and not after each
run. The years may be shared out between several houses that live at the same time (`--houses 2`:
a year each, on a core each). The timekeeper, the engine, every stage, the desk and the delivery
are the product's own.
"""

import argparse
import contextlib
import datetime as dt
import gc
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from timekeeper_support import DAY, evening, new_york, utc, weekdays

from newsletter import assets
from newsletter.app import House
from newsletter.cli.main import YOUNG
from newsletter.clock import FixedClock
from newsletter.errors import DataUnavailable
from newsletter.operating import lasting
from newsletter.operating.timekeeper import Timekeeper
from newsletter.preflight.report import Severity
from newsletter.review.edition import EditionKey, State

FAULTS = {"none": 70, "late": 6, "never": 3, "killed": 5, "begun": 4, "away": 4, "nobody": 4,
          "rejects": 4}  # fmt: skip
"""What befalls an evening, and how often in a hundred."""
READERS = 3
FRESH = dt.timedelta(hours=6)
MONTH = 20
FIRST_FEW = 3
"""Editions after which all that a process lasts with is loaded."""
FIRST = dt.date(2024, 1, 2)
CURVE = (20, 60, 120, 240, 360, 480)
"""Evenings after which memory is told."""
MEMBERS = "symbol\nAAPL\nMSFT\n"


class Killed(BaseException):
    """The scheduler's process is gone."""


class Faulty(House):
    """A workspace whose source has no data as often as it is told to."""

    failing = 0

    def collect(self, order):
        """Fetch, unless the source has nothing this time."""
        if self.failing > 0:
            self.failing -= 1
            raise DataUnavailable("The source has no bars of the session yet; try again later.")
        return super().collect(order)


FUNDS = ("SPY", "IWM", "QQQ")
ALL = len(FUNDS)


def configuration(follow=ALL, history="2023-01-01"):
    """Return a small configuration that makes an edition; of one fund is the smallest."""
    plain = yaml.safe_load(assets.find("config.yaml").read_text(encoding="utf-8"))
    universe, few = plain["universe"], FUNDS[:follow]
    universe |= {
        "instruments": {name: universe["instruments"][name] for name in (*few, "^VIX")},
        "indices": list(few), "sectors": [], "baskets": {},
        "pairs": [p for p in universe["pairs"] if {p["first"], p["second"]} <= {*few}],
        "mega_caps": [], "style": {}, "macro": [], "breadth": {"members": "members.csv"},
    }  # fmt: skip
    del universe["volatility_3m"]
    if universe["small_caps"] not in few:
        del universe["small_caps"]
    plain["providers"] |= {"bars": "sample", "history_start": history}
    plain["schedule"] = {"retry_minutes": 45, "retry_hours": 1.5}
    return plain


def dues(first, count):
    """Return the sessions of New York and when their evenings are due, by the exchange's rules."""
    years = range(first.year, first.year + 4)
    closed, early = (set().union(*(new_york(year)[n] for year in years)) for n in (0, 1))
    # 9 January 2025: the day of mourning for a president, which no rule foresees.
    days = weekdays(first, dt.date(years[-1], 12, 31), closed | {dt.date(2025, 1, 9)})
    zone, found = ZoneInfo("America/New_York"), {}
    for day in days[: count + 1]:
        closes = dt.datetime.combine(day, dt.time(13 if day in early else 16), tzinfo=zone)
        found[evening(day)] = closes.astimezone(dt.UTC) + dt.timedelta(minutes=90)
    return found


class Years:
    """The evenings, one after another.

    Parameters
    ----------
    folder : pathlib.Path
        Where the workspace is made.
    chance : random.Random
        Draws what befalls.
    first : datetime.date
        The day on which it begins.
    follow : int
        How many funds the house follows.
    """

    def __init__(self, folder, chance, first=FIRST, follow=ALL):
        plain = configuration(follow, f"{first.year - 2}{first:-%m-%d}")
        (folder / "config.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")
        (folder / "members.csv").write_text(MEMBERS, encoding="utf-8")
        self.folder, self.chance, self.clock = folder, chance, FixedClock(utc(first.isoformat()))
        self.house = Faulty(folder / "config.yaml", clock=self.clock)
        self.house.editors.add("dana", "dana@example.com", self.clock.now())
        for n in range(READERS):
            self.house.audience.add(f"r{n}@example.org", "R", "evening", {}, self.clock.now())
        self.runs, self.ends, self.dies, self.blocked = Counter(), {}, "", 0
        self.timekeepers = [self.timekeeper(), self.timekeeper()]

    def timekeeper(self):
        """Return a scheduler that knows nothing of the ones before it."""
        return Timekeeper(self.house, self._start, lambda text: None)

    def _start(self, key):
        dies, self.dies = self.dies, ""
        if dies == "killed":
            raise Killed
        before = self.house.failing
        self.house.run({"key": key})
        self.runs[key] += before == self.house.failing
        if dies == "begun":
            raise Killed

    def look(self, at):
        """Let one of the schedulers look; one that is killed is followed by a new one."""
        self.clock.instant = at
        number = self.chance.randrange(2)
        try:
            self.timekeepers[number].look()
        except Killed:
            self.timekeepers[number] = self.timekeeper()

    def live(self, expected, faults):
        """Live through the evenings; note the end that each is to come to."""
        left = list(expected.items())[:-1]
        self.look(left[0][1] - dt.timedelta(hours=3))
        while left:
            (key, due), fault = left.pop(0), next(faults)
            if fault == "away":
                back = due + self.chance.random() * 4 * DAY
                missed = [(key, due)]
                while left and left[0][1] <= back:
                    missed.append(left.pop(0))
                closes = left[0][1] - dt.timedelta(minutes=90) if left else back + DAY
                self.ends |= {key: "skipped" for key, _ in missed}
                key, due = missed[-1]
                self.look(back)
                if back - due > FRESH or back >= closes:
                    continue
            elif fault in {"late", "never"}:
                self.house.failing = 9 if fault == "never" else self.chance.randrange(1, 3)
                for minutes in (0, 45, 90, 140):
                    self.look(due + dt.timedelta(minutes=minutes))
                self.house.failing = 0
            else:
                self.dies = fault if fault in {"killed", "begun"} else ""
                self.look(due + dt.timedelta(seconds=self.chance.randrange(10)))
                self.look(due + dt.timedelta(seconds=75))
            self.ends[key] = "failed" if fault == "never" else self.decide(key, fault)
            self.look(self.clock.now() + dt.timedelta(minutes=1))

    def decide(self, key, fault):
        """Let the desk do with an edition what was drawn; return the end it is to come to."""
        house, parsed = self.house, EditionKey.parse(key)
        edition = house.editions.get(parsed)
        assert edition.state is State.IN_REVIEW, (key, fault, edition.state)
        self.clock.advance(dt.timedelta(minutes=20))
        if fault == "nobody":
            self.clock.instant = edition.expires_at
            house.desk.refreshed(parsed)
            return "expired"
        if edition.revision.blocked:
            self.blocked += 1
            for one in house.pipeline.report(edition.revision.report).findings:
                if one.severity is Severity.BLOCK:
                    print(f"{key} is held up: {one.rule}: {one.message}", flush=True)
        if fault == "rejects" or edition.revision.blocked:
            house.desk.decide(parsed, State.REJECTED, "dana", "Not tonight.")
            return "rejected"
        house.desk.approve(parsed, "dana")
        house.deliver(parsed)
        return "sent"

    def hold_to(self, expected):
        """Hold every session against the one end that was drawn for it."""
        assert set(self.ends) == set(list(expected)[:-1])
        for key, end in self.ends.items():
            found, due = self.house.editions.find(EditionKey.parse(key)), self.house.due.find(key)
            if end in {"skipped", "failed"}:
                assert (found, str(due.turn)) == (None, end), (key, end, found, due)
                assert self.runs[key] == 0
            else:
                assert (str(found.state), str(due.turn)) == (end, "made"), (key, end, found, due)
                assert found.revision.number == 1
                assert self.runs[key] <= 1, key
        copies = sum(1 for file in (self.folder / "data" / "mailbox").rglob("*") if file.is_file())
        assert copies == READERS * Counter(self.ends.values())["sent"]


def drawn(chance):
    """Yield what befalls one evening after another."""
    while True:
        yield from chance.choices(list(FAULTS), weights=list(FAULTS.values()), k=100)


def resident():
    """Return the memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def measured(years, expected, faults, loaded):
    """Live through the evenings, all loaded after the first; return memory in MB by edition."""
    memory, live = [], years.look

    def look(at):
        live(at)
        made = sum(years.runs.values())
        if made > len(memory):
            if made == FIRST_FEW:
                loaded()
            if made % MONTH == 0:
                lasting.give_back()
            memory.append(resident())
            if made in CURVE:
                print(f"{made} editions, {memory[-1]:.0f} MB", flush=True)

    years.look = look
    years.live(expected, faults)
    return memory


def grown(folder):
    """Return the size of the database in bytes, and of what it is made by table and kind."""
    path, sizes = folder / "data" / "newsletter.db", Counter()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        kinds = "select kind, sum(length(data)) from artefacts group by kind"
        sizes.update({f"artefact {kind}": size for kind, size in database.execute(kinds)})
        tables = "select name, sum(pgsize) from dbstat group by name"
        with contextlib.suppress(sqlite3.OperationalError):  # not in every build of SQLite
            sizes.update(dict(database.execute(tables)))
    return path.stat().st_size, sizes


def flat(memory):
    """Return the mean of memory by quarter, and whether the last is no more than the second."""
    quarter = max(1, len(memory) // 4)
    parts = [memory[n * quarter : (n + 1) * quarter] or memory[-1:] for n in range(4)]
    means = [sum(part) / len(part) for part in parts]
    return means, means[3] <= means[1] * 1.1 + 10


def shared_out(given):
    """Let several houses live at the same time, each its part of the sessions; return the code."""
    keys = list(dues(given.first, given.sessions))
    part, began, houses = -(-given.sessions // given.houses), time.monotonic(), []
    for number, start in enumerate(range(0, given.sessions, part)):
        own = {
            "--first": keys[start][:10], "--sessions": min(part, given.sessions - start),
            "--seed": given.seed + number, "--follow": given.follow,
        }  # fmt: skip
        words = [str(word) for pair in own.items() for word in pair]
        houses.append(subprocess.Popen([sys.executable, __file__, *words]))
    codes = [house.wait() for house in houses]
    print(f"{len(houses)} houses at the same time: {time.monotonic() - began:.0f} s in all")
    return max(codes)


def main():
    """Run, report, and fail where a session has not come to its end."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=502)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--houses", type=int, default=1)
    parser.add_argument("--first", type=dt.date.fromisoformat, default=FIRST)
    parser.add_argument("--follow", type=int, default=1, choices=range(1, ALL + 1))
    given = parser.parse_args()
    if given.houses > 1:
        sys.exit(shared_out(given))
    lasting.settle()
    gc.set_threshold(YOUNG)  # as every command does
    chance, expected = random.Random(given.seed), dues(given.first, given.sessions)
    print(f"seed {given.seed}, {given.sessions} sessions from {given.first}", flush=True)
    with tempfile.TemporaryDirectory(prefix="two-years-") as folder, contextlib.ExitStack() as last:
        years = Years(Path(folder), chance, given.first, given.follow)
        last.callback(years.house.close)
        # As in a process that serves: one engine, and what is loaded once is not looked at again.
        loaded = last.enter_context(lasting.loading())
        last.enter_context(years.house.engine())
        began, worked = time.monotonic(), time.process_time()
        memory = measured(years, expected, drawn(chance), loaded)
        took, worked = time.monotonic() - began, time.process_time() - worked
        years.hold_to(expected)
        size, made_of = grown(Path(folder))
    made = max(1, sum(years.runs.values()))
    print(f"ends: {dict(sorted(Counter(years.ends.values()).items()))}; {made} editions made; "
          f"{years.blocked} of the rejected were not proved")  # fmt: skip
    print(f"time: {took:.0f} s, {worked:.0f} s of processor, {worked / made:.2f} s an edition")
    means, well = flat(memory)
    print("memory by quarter:", ", ".join(f"{mean:.0f}" for mean in means), "MB")
    print(f"database: {size / 2**20:.1f} MB, {size / made / 2**10:.0f} kB an edition, of it:")
    for name, part in made_of.most_common(14):
        print(f"  {name}: {part / made / 2**10:.0f} kB")
    if given.sessions >= 200 and not well:
        sys.exit("memory grows")


if __name__ == "__main__":
    main()
