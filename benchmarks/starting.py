"""Time what people wait for: `--help`, `serve` until it is ready, a whole evening; print JSON.

Usage: python benchmarks/starting.py [--path DIR --session DATE] [--runs N] [--no-evening]

Each is a process of its own, started as a user starts it, bytecode written before. *Ready* is
the first 200 of ``/readyz``; beside it stands the processor time that the process took to be
that, which depends less on who else uses the machine. The evening is `newsletter run` without
a model, with its real engine; the time of collecting is told by the run itself and taken off,
for it depends on the source: what is left is from collected data to an edition in review, the
start of the process and of the engine included.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEWSLETTER = [sys.executable, "-m", "newsletter"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NEWSLETTER_LINK_KEY": "k" * 64}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's start finds what the last one wrote
PATIENCE = 60.0


def help_seconds(_folder: Path) -> float:
    """Return how long `newsletter --help` takes."""
    start = time.perf_counter()
    subprocess.run([*NEWSLETTER, "--help"], check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def ready_seconds(folder: Path) -> tuple[float, float]:
    """Return how long `newsletter serve` takes until it says that it is ready, and its work."""
    command = [*NEWSLETTER, "serve", "--port", "0", "--public-port", "0", "--health-port", "0"]
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    ) as served:
        try:
            address = _health_address(served)
            while not _answers(address):
                if time.perf_counter() - start > PATIENCE:
                    raise SystemExit(f"{address} was not ready within {PATIENCE:.0f} s")
                time.sleep(0.01)
            return time.perf_counter() - start, _processor_seconds(served.pid)
        finally:
            served.terminate()
            served.wait(20)


def _health_address(served: "subprocess.Popen[str]") -> str:
    """Return the address that a serving process tells, and go on reading what it says."""
    for line in served.stderr:
        found = re.search(r"health and metrics: (http://[\d.]+:\d+)", line)
        if found:
            threading.Thread(target=served.stderr.read, daemon=True).start()
            return f"{found[1]}/readyz"
    raise SystemExit("serve ended without telling where its health is asked")


def _processor_seconds(process: int) -> float:
    """Return the processor time, user and system, that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _answers(address: str) -> bool:
    with contextlib.suppress(OSError, urllib.error.URLError):
        return urllib.request.urlopen(address, timeout=5).status == 200
    return False


def evening(folder: Path, path: str | None, session: str) -> tuple[float, float]:
    """Return the seconds of a whole run, and those that collecting took of it."""
    command = [*NEWSLETTER, "run", "--again", "--session", session, "--json"]
    command += ["--provider", "files", "--path", path] if path else ["--provider", "sample"]
    stages: dict[str, float] = {}
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        reader = threading.Thread(target=run.stdout.read, daemon=True)
        reader.start()
        while run.poll() is None:
            stage = _stage(folder)
            if stage:
                stages.setdefault(stage, time.perf_counter())
            time.sleep(0.02)
    whole = time.perf_counter() - start
    if run.returncode not in (0, 1):
        raise SystemExit(f"the run ended with {run.returncode}")
    return whole, stages.get("compute", start) - stages.get("collect", start)


def _stage(folder: Path) -> str:
    import sqlite3

    file = folder / "data" / "newsletter.db"
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as raw,
    ):
        row = raw.execute("select stage from progress where state = 'running'").fetchone()
        return row[0] if row else ""
    return ""


def told(seconds: list[float]) -> dict[str, float]:
    """Return the median and the worst, in seconds."""
    return {"median_s": round(statistics.median(seconds), 3), "worst_s": round(max(seconds), 3)}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--path")
    parser.add_argument("--session", default="2026-07-02")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--no-evening", action="store_true")
    wanted = parser.parse_args()
    path = str(Path(wanted.path).resolve()) if wanted.path else None
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        shutil.copy(ROOT / "config.yaml", folder)
        help_seconds(folder), ready_seconds(folder)  # bytecode and database are there then
        readies = [ready_seconds(folder) for _ in range(wanted.runs)]
        found = {
            "help": told([help_seconds(folder) for _ in range(wanted.runs)]),
            "serve_ready": told([seconds for seconds, _ in readies]),
            "serve_processor": told([work for _, work in readies]),
        }
        if not wanted.no_evening:
            evening(folder, path, wanted.session)
            runs = [evening(folder, path, wanted.session) for _ in range(wanted.runs)]
            found["evening_from_collected"] = told([whole - collect for whole, collect in runs])
            found["evening_whole"] = told([whole for whole, _ in runs])
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
