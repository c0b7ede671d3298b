"""A writer that is killed at each of its steps in turn; run as a program by the tests."""

import datetime as dt
import os
import shutil
import signal
import sys
from pathlib import Path

import pandas as pd

from newsletter.collect.shelf import Batch
from newsletter.store.bars import BarShelf

DAY = dt.date(2026, 7, 2)
STEPS = frozenset({"open", "os.rename", "os.remove"})


def write(shelf: BarShelf, hour: int, value: float) -> None:
    """Add one bar of two symbols and one dividend."""
    batch = Batch(dt.datetime(2026, 7, 2, hour, tzinfo=dt.UTC), DAY, DAY, "yahoo", DAY)
    bars = pd.DataFrame({"symbol": ["A", "B"], "date": pd.Timestamp(DAY), "close": value})
    row = ("A", pd.Timestamp(DAY), "dividend", value / 100, "")
    events = pd.DataFrame([row], columns=["symbol", "date", "kind", "value", "note"])
    with shelf.writing() as pen:
        pen.add(batch, bars, events)


def main(folder: Path) -> None:
    """Kill an addition and a merge before their first step, their second, and so on."""
    base = folder / "base"
    for hour in (1, 2, 3):
        write(BarShelf(base), hour, float(hour))
    for act in ("add", "merge"):
        for step in range(1, 60):
            own = folder / f"{act}-{step:02d}"
            shutil.copytree(base, own)
            child = os.fork()
            if not child:
                _work(own, act, step)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):  # it needed fewer steps than that
                assert os.WEXITSTATUS(status) == 0, (act, step)
                break
        print(act, step)


def _work(own: Path, act: str, step: int) -> None:
    left = [step]

    def watch(event: str, details: tuple[object, ...]) -> None:
        if event in STEPS and str(own) in str(details[0]):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    try:
        shelf = BarShelf(own)
        if act == "add":
            write(shelf, 4, 4.0)
        else:
            shelf.merge()
    finally:
        os._exit(0)


if __name__ == "__main__":
    import pyarrow as pa

    pa.set_cpu_count(1)  # a forked child inherits no threads
    pa.set_io_thread_count(1)
    main(Path(sys.argv[1]))
