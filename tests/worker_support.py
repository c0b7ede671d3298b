"""A worker of toy flows as a process of its own, of any version, and what starts it.

``worker_support.py URL LOG VERSION`` takes queued work until it is told to stop.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import sqlalchemy as sa
from engine_support import Effects, flows

from newsletter.engine import DurableEngine, Worklist
from newsletter.engine.worklist import APPLICATION_VERSION

TESTS = Path(__file__).resolve().parent
OLD = "old"


def toys(effects, version=APPLICATION_VERSION):
    """Return the drills' flows; those of the old version have other steps."""
    made = flows(effects)
    if version == OLD:
        later = made["gated"]

        def gated(step, gate):
            step(effects.note, "as of old")
            return later(step, gate)

        made["gated"] = gated

    def failing(step, gate):
        one = step(effects.note, "made")
        if not Path(gate).exists():
            step(_fail)
        return step(effects.note, f"{one} again")

    def deadly(step):
        step(lambda: os.kill(os.getpid(), signal.SIGKILL))

    return made | {"failing": failing, "deadly": deadly}


def _fail():
    from newsletter.errors import DataUnavailable

    raise DataUnavailable("No bars for 2026-07-02.")


@contextlib.contextmanager
def worklist(url):
    """Open what only asks for work."""
    database = sa.create_engine(url)
    made = Worklist(url, database)
    try:
        yield made
    finally:
        made.close()
        database.dispose()


def start(url, effects, version=APPLICATION_VERSION):
    """Start a worker; it is ready when this returns."""
    paths = [str(TESTS), str(TESTS.parent), *filter(None, sys.path)]
    worker = subprocess.Popen(
        [sys.executable, __file__, url, str(effects.file), version],
        stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )  # fmt: skip
    assert worker.stdout.readline() == "ready\n"
    return worker


def main(url, log, version):
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    made = toys(Effects(log), version)
    with DurableEngine(url, made, concurrency=2, version=version):
        print("ready", flush=True)
        stop.wait()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
