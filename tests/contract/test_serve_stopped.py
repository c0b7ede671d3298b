"""A serving process that is told to stop while a run goes on in it: gone soon, and honest.

Run as a program, this file serves a workspace whose next edition is due at once, from a source
of bars that takes for ever.
"""

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engine_support import KEY

from newsletter import assets

WITHIN = 10.0
"""Seconds within which a process that is told to stop is gone."""


def serve(config):
    """Serve as the command does; only the source and the calendar stand in for slow ones."""
    from newsletter.app import House
    from newsletter.cli import main
    from newsletter.operating import timekeeper
    from newsletter.review.due import Due, Turn

    now = dt.datetime.now(dt.UTC)
    timekeeper.latest_start = lambda *_: now + dt.timedelta(hours=1)  # the session is long past
    with contextlib.closing(House(Path(config))) as house:
        house.due.record(Due(str(KEY), now, Turn.PLANNED, "ada", now))
    House.collect = lambda *_: time.sleep(600)
    sys.argv = [
        "newsletter",
        "--config",
        config,
        "serve",
        "--role",
        "scheduler,worker",
        "--health-port",
        "0",
    ]
    main()


def told(file):
    """Return how the board says that the run stands."""
    with contextlib.closing(sqlite3.connect(file, timeout=30)) as raw:
        try:
            return raw.execute("select state, stage, reason from progress").fetchone()
        except sqlite3.OperationalError:  # not migrated yet
            return None


@pytest.mark.slow
def test_a_run_is_told_as_interrupted_and_the_process_is_gone_soon(tmp_path):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    file, root = tmp_path / "data" / "newsletter.db", Path(__file__).resolve().parents[1]
    process = subprocess.Popen(
        [sys.executable, __file__, str(tmp_path / "config.yaml")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(root.parent)])},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 120
    while not (file.exists() and (told(file) or ("",) * 3)[1] == "collect"):
        assert time.monotonic() < until
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    assert told(file)[0] == "running"
    at = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - at < WITHIN
    assert (process.returncode, out) == (0, ""), err
    assert json.loads(err.splitlines()[-1])["event"] == "stopped"
    state, stage, reason = told(file)
    assert (state, stage) == ("failed", "collect")
    assert reason.startswith("It was interrupted; start it again")


if __name__ == "__main__":
    serve(sys.argv[1])
