"""How quickly the review page answers many editors at once, over years of editions.

A workspace of the sample market gets its history: as many editions as five years of evenings
have, each with rows of its own; their contents are those of one real run. The desk runs as its
users run it (``newsletter serve --role web``), and as many clients as asked, in a process of
their own, open the review page of one edition after another with a pause between, as somebody
who reads does, and without any pause, as nobody does. Printed are the percentiles of the page,
JSON with ``--out``.
"""

import argparse
import concurrent.futures
import datetime as dt
import http.client
import json
import multiprocessing
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

SAMPLE = "2026-08-10"
EDITIONS = 1_290
"""Five years of trading evenings."""
TARGET = 100
"""Milliseconds for ninety-five of a hundred pages."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config, keys, cookies = workspace(Path(folder), asked.editors)
        with served(config) as port:
            found = {
                f"pause {pause} s": measured(port, keys, cookies, pause, asked.seconds)
                for pause in (1.0, 0.0)
            }
    found |= {"editors": asked.editors, "editions": EDITIONS, "target_ms": TARGET,
              "python": platform.python_version(), "machine": platform.machine()}  # fmt: skip
    text = json.dumps(found, indent=1)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n")


def workspace(folder: Path, editors: int) -> tuple[Path, list[str], list[str]]:
    """Make a workspace with a history; return its configuration, keys, and signed-in cookies."""
    command = [sys.executable, "-m", "newsletter"]
    subprocess.run([*command, "demo", "--out", folder / "demo"], check=True, capture_output=True)
    config = folder / "demo" / "config.yaml"
    from newsletter.app import House
    from newsletter.desk.security.sessions import COOKIE, Sessions
    from newsletter.review.access import Stage
    from newsletter.review.desk import AuditEntry
    from newsletter.review.edition import EditionKey
    from newsletter.review.roles import Role

    house = House(config)
    made = house.editions.get(EditionKey.parse(f"{SAMPLE}.XNYS.evening"))
    days = house.trading_days(made.key.session.date)
    keys, day, now = [str(made.key)], made.key.session.date, house.clock.now()
    while len(keys) < EDITIONS:
        day = days.on_or_before(day - dt.timedelta(days=1))
        session = replace(made.key.session, date=day)
        key = replace(made.key, session=session)
        edition = replace(made, key=key)
        house.editions.create(edition, AuditEntry(now, "pipeline", "submitted", str(key)))
        keys.append(str(key))
    sessions, cookies = Sessions(house.access, house.clock), []
    for number in range(editors):
        name = f"editor {number}"
        house.editors.add(name, f"e{number}@example.com", now, Role.EDITOR)
        cookies.append(f"{COOKIE}={sessions.begin(name, Stage.WHOLE)}")
    house.close()
    return config, keys, cookies


class served:  # noqa: N801 - used as a statement
    """The desk as a process of its own while the block lasts; its port."""

    def __init__(self, config: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._command = [sys.executable, "-m", "newsletter", "--config", str(config), "serve",
                         "--role", "web", "--port", str(self.port)]  # fmt: skip

    def __enter__(self) -> int:
        """Start it; return when it answers."""
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        for _ in range(300):
            time.sleep(0.1)
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self.port
            except OSError:
                continue
        raise SystemExit("The desk did not answer within 30 s.")

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(20)


def measured(
    port: int, keys: list[str], cookies: list[str], pause: float, seconds: float
) -> dict[str, float]:
    """Return the percentiles of the page over a stretch of time, in milliseconds."""
    first = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    first.request("GET", f"/editions/{keys[0]}", headers={"Cookie": cookies[0]})
    first.getresponse().read()  # a desk that was just started reads and compiles; once
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, context) as apart:
        took = apart.submit(_clients, port, keys, cookies, pause, seconds).result()
    cuts = statistics.quantiles(took, n=100)
    return {"pages": len(took), "median_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1),
            "p99_ms": round(cuts[98], 1), "a_second": round(len(took) / seconds, 1)}  # fmt: skip


def _clients(
    port: int, keys: list[str], cookies: list[str], pause: float, seconds: float
) -> list[float]:
    end = time.monotonic() + seconds
    with concurrent.futures.ThreadPoolExecutor(len(cookies)) as threads:
        found = threads.map(lambda cookie: _editor(port, keys, cookie, pause, end), cookies)
        return [one for each in found for one in each]


def _editor(port: int, keys: list[str], cookie: str, pause: float, end: float) -> list[float]:
    drawn, took = random.Random(cookie), []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    time.sleep(drawn.random() * pause)
    while time.monotonic() < end:
        # Tonight's edition mostly, and now and then one of the archive's.
        key = keys[0] if drawn.random() < 0.8 else drawn.choice(keys)
        started = time.perf_counter()
        connection.request("GET", f"/editions/{key}", headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        took.append(1000 * (time.perf_counter() - started))
        if answer.status != 200 or b"claims" not in body:
            raise SystemExit(f"{key} answered {answer.status}.")
        time.sleep(pause * (0.5 + drawn.random()))
    return took


if __name__ == "__main__":
    main()
