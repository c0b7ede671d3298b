"""The evening drill: editions are made, approved and sent while their processes are killed.

Usage: python tests/evening_drill.py [--on sqlite|postgresql] [--kills N] [--readers N] [--seed N]

On SQLite one process schedules and works; on PostgreSQL three work and two schedule. A driver,
which stands for the editors and the operator and is never killed, approves what is in review
and has it sent, by plan or at once, kills a process with SIGKILL at random instants, and starts
another in its place. The stages give what a real evening of the sample market gave, each after
a moment; engine, queues, desk, plans, ledger and SMTP are the real ones. The sink (sink.py)
counts. Prints the figures as JSON, its seed among them; ends with 1 if one is wrong.

``evening_drill.py --zygote FOLDER EVENING`` is the process the others are forked from, so that
none of them takes seconds to import the product.
"""

import argparse
import contextlib
import dataclasses
import datetime as dt
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import yaml  # noqa: E402

from newsletter.app import House  # noqa: E402
from newsletter.review.edition import EditionKey, State  # noqa: E402

SESSION = "2026-07-02.XNYS"
EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
FLEETS = {"sqlite": ("all",), "postgresql": ("worker",) * 3 + ("scheduler",) * 2}
AT_ONCE = 3
"""Editions that are under way at a time."""
AIMED = 10
"""Kills besides, aimed at who is at work, where chance has hit nobody: few kills may not."""
PATIENT = 3.0
"""Seconds for which a kill waits for the work that it was to hit."""
WITHIN = 60.0
"""Seconds within which a killed process's work must have been taken over."""


class Clock:
    """The evening's clock, which goes on from half past nine."""

    def __init__(self, began):
        self._began = began

    def now(self):
        return EVENING + dt.timedelta(seconds=time.time() - self._began)


# -- the processes that are killed ---------------------------------------------------------


def stages(evening, moment):
    """Let the stages give what an evening gave; return the house's methods by name."""
    with contextlib.closing(House(evening / "config.yaml")) as house:
        revision = house.editions.get(EditionKey.parse(f"{SESSION}.evening")).revision
        pipeline = house.pipeline
        made = {
            "collect": pipeline.snapshot(revision.snapshot),
            "compute": pipeline.ledger(revision.ledger),
            "render": pipeline.mail(revision.rendered),
            "preflight": dataclasses.replace(pipeline.report(revision.report), findings=()),
        }
        draft = pipeline.written(revision.draft)

    def giving(what):
        def give(*_, **__):
            time.sleep(moment)
            return what

        return give

    from newsletter.draft.columnist import Written
    from newsletter.draft.transcript import Transcript

    methods = {name: giving(what) for name, what in made.items()}
    return methods | {"write": giving(Written(draft, Transcript()))}


def zygote(folder, evening):
    """Fork a process for each role that is asked for on standard input; print its number."""
    import dbos  # noqa: F401

    import newsletter.collect.snapshot
    import newsletter.desk.planned
    import newsletter.operating.workers
    import newsletter.proofing
    import newsletter.send.transports.smtp
    import newsletter.store.database

    for name, method in stages(evening, 0.03).items():
        setattr(House, name, method)
    newsletter.desk.planned.EVERY = 0.1
    # The sample market's mail leaves in this drill alone, to a sink on loopback.
    import newsletter.pipeline
    import newsletter.send.deliver

    newsletter.pipeline.require_may_leave = newsletter.send.deliver.require_may_leave = lambda *_: (
        None
    )
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is killed is gone at once
    began = float((folder / "began").read_text())
    print("ready", flush=True)
    for line in sys.stdin:
        role, *environment = line.split()
        child = os.fork()
        if child == 0:
            with (folder / f"{role}.log").open("a") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            os.environ.update(one.split("=", 1) for one in environment)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if "DRILL_DEAD" in os.environ:
                from newsletter.engine import life

                life.BEAT_SECONDS, life.DEAD_AFTER_SECONDS = 0.5, float(os.environ["DRILL_DEAD"])
            with contextlib.suppress(KeyboardInterrupt):
                serve(folder, role, began)
            os._exit(0)
        print(child, flush=True)


def serve(folder, role, began):
    """Do what a process of a role does, until it is killed."""
    from newsletter.desk.planned import watching
    from newsletter.operating.workers import working

    house = House(folder / "config.yaml", clock=Clock(began))
    with contextlib.ExitStack() as doors:
        if role != "worker":
            doors.enter_context(watching(house, print))
        if role != "scheduler":
            doors.enter_context(working(house, print))
        while True:
            if role != "worker":
                for key in (folder / "due").read_text().split():
                    if not house.worklist.rows.of("produce", key):
                        house.submit("produce", key)
            time.sleep(0.1)


# -- the workspace ---------------------------------------------------------------------------


def prepare(folder, evening, port, editions, readers, **sender):
    """Make a workspace of many small editions, each with readers of its own."""
    config = yaml.safe_load((evening / "config.yaml").read_text())
    config["senders"] = {
        "relay": {
            "transport": "smtp", "from_name": "Drill", "from_address": "drill@news.example.com",
            "host": "127.0.0.1", "port": port, "security": "none", "connections": 2, **sender,
        }
    }  # fmt: skip
    usual = config["editions"]["evening"]
    config["editions"] = {
        f"d{number}": usual | {"list": f"d{number}", "sender": "relay", "enabled": False}
        for number in range(editions)
    }
    config["storage"] = {"url_variable": "NEWSLETTER_DATABASE_URL"}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    (folder / "due").write_text("")
    began = time.time()
    (folder / "began").write_text(str(began))
    house = House(folder / "config.yaml", clock=Clock(began))
    house.editors.add("ann", "ann@example.com", house.clock.now())
    for edition in range(editions):
        for number in range(readers):
            address = f"r{number}.d{edition}@example.com"
            house.audience.add(address, "", f"d{edition}", {}, house.clock.now())
    return house


class Fleet:
    """The processes, forked from a zygote."""

    def __init__(self, folder, evening, roles):
        command = [sys.executable, __file__, "--zygote", str(folder), str(evening)]
        self._zygote = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._zygote.stdout.readline() == "ready\n"
        self.own = {}
        for place, role in enumerate(roles):
            self.begin(place, role)

    def begin(self, place, role, **environment):
        given = " ".join(f"{name}={value}" for name, value in environment.items())
        self._zygote.stdin.write(f"{role} {given}\n")
        self._zygote.stdin.flush()
        self.own[place] = int(self._zygote.stdout.readline()), role

    def kill(self, place):
        pid, role = self.own[place]
        os.kill(pid, signal.SIGKILL)
        self.begin(place, role)
        return pid

    def close(self):
        self._zygote.stdin.close()
        self._zygote.wait()
        self._zygote.stdout.close()
        for pid, _ in self.own.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


# -- the driver ------------------------------------------------------------------------------


class Driver:
    """The editors and the operator, and the hand that kills.

    Parameters
    ----------
    house : House
        The workspace, to which this process only adds work.
    folder : pathlib.Path
        Where it is.
    keys : list of str
        The editions there can be.
    chance : random.Random
        What is killed and when.
    """

    def __init__(self, house, folder, keys, chance):
        self.house, self._folder, self._keys, self._chance = house, folder, keys, chance
        self.due, self.retried, self.taken = [], 0, []
        self._lost, self._let_go = {}, set()

    def look(self, *, more):
        """Look once, as an editor does; return whether anything is still under way."""
        states = {str(one.key): one.state for one in self.house.editions.all(10_000)}
        open_ = [key for key in self.due if states.get(key) is not State.SENT]
        while more and len(open_) < AT_ONCE and len(self.due) < len(self._keys):
            self.due.append(self._keys[len(self.due)])
            open_.append(self.due[-1])
            partial = self._folder / "due.partial"
            partial.write_text("\n".join(self.due))
            partial.rename(self._folder / "due")
        for key in open_:
            if states.get(key) is State.IN_REVIEW:
                self.house.desk.approve(EditionKey.parse(key), "ann")
            if states.get(key) is State.APPROVED and key not in self._let_go:
                self._send(key)
        self._follow()
        return bool(open_)

    def _send(self, key):
        self._let_go.add(key)
        if self._chance.random() < 0.5:
            self.house.submit("deliver", key)
        else:
            at = self.house.clock.now() + dt.timedelta(seconds=0.2)
            self.house.planning.plan(EditionKey.parse(key), "ann", at)

    def _follow(self):
        """See what became of work whose process was killed; try again what was parked by it."""
        from newsletter.engine import State as Standing

        works = self.house.worklist
        for id, (executor, at) in list(self._lost.items()):
            found = works.rows.find(id)
            if found.executor != executor or found.state not in {"running", "waiting"}:
                self.taken.append(time.monotonic() - at)
                del self._lost[id]
        for one in works.rows.latest({Standing.PARKED}, 1000):
            works.retry(one)
            self.retried += 1

    def wait_for_work(self, fleet):
        """Wait until a living process has something that a kill can hit, now this, now that.

        Return the places of the processes that have it.
        """
        begun, wish = time.monotonic(), self._chance.choice(("produce", "deliver"))
        alive = {place: f"-{pid}-" for place, (pid, _) in fleet.own.items()}
        while True:
            hit = {
                one.flow: place for one in self.house.worklist.rows.open()
                for place, pid in alive.items() if one.state == "running" and pid in one.executor
            }  # fmt: skip
            if wish in hit or (hit and time.monotonic() > begun + PATIENT):
                return list(hit.values())
            assert time.monotonic() < begun + 4 * WITHIN, told(self)
            self.look(more=True)
            time.sleep(0.02)

    def killed(self, pid, *, alone):
        """Note what a process had that was killed just now."""
        if alone:  # what waits for the only process that there is waits anew
            now = time.monotonic()
            self._lost = {id: (executor, now) for id, (executor, _) in self._lost.items()}
        for one in self.house.worklist.rows.open():
            if f"-{pid}-" in one.executor and one.state == "running":
                self._lost.setdefault(one.id, (one.executor, time.monotonic()))

    @property
    def has_hit(self):
        """Whether a kill has hit a process that was at work."""
        return bool(self.taken or self._lost)

    @property
    def waits(self):
        """Whether work of a killed process has not been taken over yet."""
        return bool(self._lost)


def idle(driver, seconds):
    done = time.monotonic() + seconds
    while time.monotonic() < done:
        driver.look(more=True)
        time.sleep(0.02)


def patiently(driver, seconds):
    until = time.monotonic() + seconds
    while driver.look(more=False) or driver.waits or driver.house.worklist.rows.open():
        assert time.monotonic() < until, told(driver)
        time.sleep(0.05)


def told(driver):
    works = [(one.id, str(one.state), one.executor, one.error, one.attempts)
             for one in driver.house.worklist.rows.latest(limit=1000)
             if one.state != "done"]  # fmt: skip
    states = {str(one.key): str(one.state) for one in driver.house.editions.all(10_000)}
    return f"{works} {[(k, states.get(k)) for k in driver.due if states.get(k) != 'sent']}"


def drill(folder, evening, roles, kills, *, readers=8, seed=1, pause=2.0, editions=None):
    """Run the drill in a folder; return its figures, and the names of those that are wrong."""
    taken, chance, editions = folder / "taken", random.Random(seed), editions or 10 + AIMED + kills
    sink = subprocess.Popen([sys.executable, str(ROOT / "tests" / "sink.py"), str(taken)],
                            stdout=subprocess.PIPE, text=True)  # fmt: skip
    at = time.monotonic()
    with contextlib.ExitStack() as doors:
        doors.callback(sink.wait)
        doors.callback(sink.kill)
        doors.callback(sink.stdout.close)
        house = prepare(folder, evening, int(sink.stdout.readline()), editions, readers)
        doors.callback(house.close)
        fleet = Fleet(folder, evening, roles)
        doors.callback(fleet.close)
        driver = Driver(house, folder, [f"{SESSION}.d{n}" for n in range(editions)], chance)
        hits = 0
        while hits < kills or (not driver.has_hit and hits < kills + AIMED):
            at_work = driver.wait_for_work(fleet)
            place = chance.randrange(len(roles))
            if hits < kills:
                idle(driver, chance.uniform(0.0, pause))
            else:
                place = at_work[0]
            driver.killed(fleet.kill(place), alone=len(roles) == 1)
            hits += 1
        patiently(driver, 4 * WITHIN)
        found = figures(house, driver, taken, readers)
    found |= {"seed": seed, "kills": hits, "seconds": round(time.monotonic() - at, 1)}
    wrong = [name for name in WRONG if found[name]]
    return found, wrong + ["late"] * (found["takeover_max"] > WITHIN)


WRONG = ("not_sent", "revised", "twice", "lost", "open", "unfinished", "broken")


def figures(house, driver, taken, readers):
    """Hold editions and ledger against what the sink took."""
    got = Counter(line.split()[0].decode() for line in taken.read_bytes().splitlines())
    got.pop("ann@example.com", None)  # who is told of what waits for her
    states, lost, open_ = Counter(), 0, 0
    for key in driver.due:
        for row in house.deliveries.page(key, None, readers + 1):
            states[str(row.state)] += 1
            lost += row.state == "accepted" and not got[row.subscriber.email]
            open_ += row.state not in {"accepted", "in_doubt"}
    every = [house.editions.get(EditionKey.parse(key)) for key in driver.due]
    return {
        "editions": len(every),
        "not_sent": sum(one.state is not State.SENT for one in every),
        "revised": sum(one.revision.number != 1 for one in every),
        "copies": sum(states.values()),
        "in_doubt": states["in_doubt"],
        "twice": sum(count > 1 for count in got.values()),
        "lost": lost,
        "open": open_ + readers * len(every) - sum(states.values()),
        "unfinished": len(house.worklist.rows.open()),
        "broken": house.audit.first_broken() is not None,
        "hit_work": len(driver.taken),
        "takeover_median": round(statistics.median(driver.taken or [0.0]), 2),
        "takeover_max": round(max(driver.taken, default=0.0), 2),
        "parked_and_retried": driver.retried,
    }


def make(evening):
    """Make the evening whose contents the stages give, where it is not there yet."""
    if not evening.exists():
        evening.mkdir()
        shutil.copy(ROOT / "config.yaml", evening)
        with contextlib.closing(House(evening / "config.yaml")) as house:
            house.run({"key": f"{SESSION}.evening", "provider": "sample"})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zygote", nargs=2)
    parser.add_argument("--on", choices=FLEETS, default="sqlite")
    parser.add_argument("--evening", type=Path, help="a folder to keep the evening's contents in")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    if given.zygote:
        return zygote(*map(Path, given.zygote))
    os.environ["NEWSLETTER_LINK_KEY"] = "k" * 64
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a kill loses nothing there
    with tempfile.TemporaryDirectory(dir=memory) as name:
        folder, evening = Path(name) / "drill", Path(name) / "evening"
        folder.mkdir()
        make(given.evening or evening)
        evening = given.evening or evening
        url = f"sqlite:///{folder / 'news.db'}"
        if given.on == "postgresql":
            from postgres_support import Server

            url = Server(Path(name)).fresh()
        os.environ["NEWSLETTER_DATABASE_URL"] = url.replace("+psycopg", "")
        found, wrong = drill(
            folder, evening, FLEETS[given.on], given.kills, readers=given.readers, seed=given.seed
        )
        if wrong:
            kept = Path(tempfile.mkdtemp(prefix="evening-drill-"))
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            print(f"kept in {kept}", file=sys.stderr)
    print(json.dumps({"on": given.on} | found | {"wrong": wrong}))
    return sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
