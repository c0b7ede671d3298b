"""The crash drill: a sender is killed again and again while it delivers; nobody gets two.

Usage: python tests/drill.py [--kills N] [--messages N] [--connections N] [--seed N] [FAULT=P...]

The sink (tests/sink.py) is a process of its own and counts; the ledger is an SQLite file. A
sender is forked, lives for a random while, and is killed with SIGKILL; the next one goes on.
Besides the sink's faults there are ``full`` (the sender may write only a few more pages: as on
a full disk) and ``locked`` (another process holds the database while a sender lives). When
the kills are over, one more sender works undisturbed. Then the ledger is held against what
the sink took. Prints the figures as JSON, its seed among them; ends with 1 if one is wrong.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from send_support import EDITION, clock, frozen, reader, rendered, signer, sql_book  # noqa: E402

from newsletter.errors import StoreError  # noqa: E402
from newsletter.render.rendered import UNSUBSCRIBE_URL  # noqa: E402
from newsletter.send import clerk, stops  # noqa: E402
from newsletter.send.deliver import deliver_batch, freeze_audience  # noqa: E402
from newsletter.send.delivery import DeliveryState  # noqa: E402
from newsletter.send.transport import Unavailable  # noqa: E402
from newsletter.send.transports.smtp import SmtpTransport  # noqa: E402

SMALL = f"<p>{'Up 1.2 % on the day. ' * 100}</p><a href='{UNSUBSCRIBE_URL}'>Leave</a>"
OURS = ("full", "locked")


def send(file, port, connections, message):
    """Deliver until nothing is left but what a person decides; rests pass in no time."""
    now = clock()
    with sql_book(file) as book:
        # A life's clock goes on from the last one's, which rests may have carried ahead: rows
        # that lie in the future are held by nobody as doubtful, and would add up over kills.
        now.instant = max(now.instant, latest(file) or now.instant)
        while True:
            way = SmtpTransport("127.0.0.1", port, security="none", timeout_seconds=20,
                                connections=connections)  # fmt: skip
            with contextlib.suppress(Unavailable):  # a fault of the sink's: try again
                if deliver_batch(message, signer(), way, book, now, 500).handled:
                    continue
            due, left = book.next_due(EDITION), book.open(EDITION, 500)
            if due is None and not left:
                return
            now.instant = max([now.instant, due or now.instant, *(row.at for row in left)])


def forked(work):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except StoreError:
            code = 3
        finally:
            os._exit(code)
    return child


def full_disk(file):
    """Let this process write hardly more than the files hold; as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    clerk.PATIENCE = ()
    log = file.with_name(f"{file.name}-wal")
    most = (log.stat().st_size if log.exists() else 0) + 60_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def hold(file, seconds):
    """Keep the database locked for a while."""
    database = sqlite3.connect(file, isolation_level=None, timeout=5)
    database.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    database.execute("COMMIT")


def latest(file):
    """Return the latest instant that a row bears, in UTC."""
    database = sqlite3.connect(file, timeout=30)
    try:
        (at,) = database.execute("select max(at) from deliveries").fetchone()
    finally:
        database.close()
    return dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC) if at else None


def under_way(file):
    database = sqlite3.connect(file, timeout=30)
    try:
        query = "select count(*) from deliveries where state = 'dot_sent'"
        return database.execute(query).fetchone()[0]
    finally:
        database.close()


def life(file, port, given, message, chance):
    """Let one sender live and die; return what became of it."""
    trouble = next((name for name in OURS if chance.random() < given.ours.get(name, 0)), "")

    def work():
        if trouble == "full":
            full_disk(file)
        send(file, port, given.connections, message)

    holder = forked(lambda: hold(file, given.hold)) if trouble == "locked" else None
    sender = forked(work)
    deadline = time.monotonic() + (20 if trouble == "full" else chance.uniform(0.0, given.life))
    over, code = 0, 0
    while not over and time.monotonic() < deadline:
        over, code = os.waitpid(sender, os.WNOHANG)
        time.sleep(0.001)
    if not over:
        os.kill(sender, signal.SIGKILL)
        os.waitpid(sender, 0)
    if holder:
        os.waitpid(holder, 0)
    if not over:
        return "killed"
    failed = trouble == "full" and os.waitstatus_to_exitcode(code) != 0
    return "full" if failed else "ended"


def drill(given, folder):
    file, taken = folder / "books.db", folder / "taken"
    chance, message = random.Random(given.seed), frozen(rendered(html=SMALL, images=False))
    readers = [reader(n) for n in range(1, given.messages + 1)]
    with sql_book(file, readers) as book:
        freeze_audience(message, readers, signer(), book, clock())
    faults = [f"{name}={share}" for name, share in given.theirs.items()]
    command = [sys.executable, str(ROOT / "tests" / "sink.py"), str(taken), *faults]
    sink = subprocess.Popen([*command, "--seed", str(given.seed)], stdout=subprocess.PIPE,
                            text=True)  # fmt: skip
    lives, most = Counter(), 0
    try:
        port = int(sink.stdout.readline())
        while lives["killed"] < given.kills and lives["ended"] < 3:
            lives[life(file, port, given, message, chance)] += 1
            most = max(most, under_way(file))  # a life begins by holding the last one's as doubtful
        over = forked(lambda: send(file, port, given.connections, message))
        lives["last"] = os.waitpid(over, 0)[1]
    finally:
        sink.kill()
        sink.wait()
        sink.stdout.close()
    return told(file, taken, given, lives, most)


def told(file, taken, given, lives, most):
    """Hold the ledger against what the sink took."""
    got = Counter(line.split()[0].decode() for line in taken.read_bytes().splitlines())
    database = sqlite3.connect(file)
    query = "select email, state from deliveries join subscribers on id = subscriber"
    states = dict(database.execute(query).fetchall())
    database.close()
    doubt = {email for email, state in states.items() if state == DeliveryState.IN_DOUBT}
    accepted = {email for email, state in states.items() if state == DeliveryState.ACCEPTED}
    refused = {e for e, state in states.items() if state in {"failed", "bounced"}}
    figures = {
        "seed": given.seed,
        "messages": given.messages,
        "kills": lives["killed"],
        "full_disks": lives["full"],
        "accepted": len(accepted),
        "refused": len(refused),
        "in_doubt": len(doubt),
        "in_doubt_and_arrived": len(doubt & set(got)),
        "most_in_doubt_by_one_kill": most,
        "open": given.messages - len(accepted) - len(refused) - len(doubt),
        "twice": sum(count > 1 for count in got.values()),
        "lost": len(accepted - set(got)),
        "unasked": len(set(got) - accepted - doubt),
        "last": lives["last"],
    }
    wrong = [name for name in ("open", "twice", "lost", "unasked", "last") if figures[name]]
    return figures, wrong + ["in_doubt"] * (most > given.connections)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("faults", nargs="*", help="name=probability")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--life", type=float, default=0.1, help="longest, in seconds")
    parser.add_argument("--hold", type=float, default=0.3, help="seconds of a locked database")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    faults = {name: float(share) for name, share in (one.split("=") for one in given.faults)}
    given.ours = {name: share for name, share in faults.items() if name in OURS}
    given.theirs = {name: share for name, share in faults.items() if name not in OURS}
    stops.IN_A_ROW = 10**6  # faults are meant here
    with tempfile.TemporaryDirectory() as folder:
        figures, wrong = drill(given, Path(folder))
    print(json.dumps(figures | {"faults": given.faults, "wrong": wrong}))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
