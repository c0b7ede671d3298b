"""What the tests of the engine, the desk, the store and the command line share.

Run as a program, this file is one worker process of the kill drill:
``engine_support.py URL LOG FLOW ID [ARGS…]`` prints the flow's result as JSON.
"""

import contextlib
import datetime as dt
import json
import os
import sqlite3
import sys
import time
import warnings
from functools import cache
from pathlib import Path

import typer

from newsletter.cli import main
from newsletter.clock import FixedClock
from newsletter.engine import DurableEngine
from newsletter.review.desk import Desk
from newsletter.review.edition import EditionKey, Revision, content_hash
from newsletter.store.database import Database
from newsletter.store.editions import SqlEditionBook
from newsletter.store.people import SqlEditors

NOW = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
KEY = EditionKey.parse("2026-07-02.XNYS.evening")
LIFETIME = dt.timedelta(hours=14)
EDITORS = ("ann", "bob")


def revision(content="a", *, author="house-writer@2", blocked=False, number=1):
    """Make a revision whose content is named by a word."""
    return Revision(
        number=number,
        author=author,
        made_at=NOW,
        snapshot="sha256:" + "5" * 64,
        ledger="1" * 64,
        draft="2" * 64,
        rendered=f"{content:0>64}",
        report="4" * 64,
        content=content_hash(f"{content:0>64}", "1" * 64),
        blocked=blocked,
    )


def desk(database, *, four_eyes=False, editors=EDITORS):
    """Make a desk on a real database with its people and a clock that stands still."""
    people = SqlEditors(database)
    for name in editors:
        if not people.is_active(name):
            people.add(name, f"{name}@example.com", NOW)
    return Desk(SqlEditionBook(database), people, FixedClock(NOW), four_eyes)


def sqlite_url(folder):
    """Make a migrated database in a folder; return its URL."""
    url = f"sqlite:///{folder / 'news.db'}"
    Database(url).close()
    return url


class Effects:
    """A log of effects that processes append to and that survives them.

    Parameters
    ----------
    file : pathlib.Path
        One line for each effect: the process's number and the effect's name.
    """

    def __init__(self, file):
        self.file = Path(file)
        self.file.touch()

    def note(self, name):
        """Append an effect in one write; the kernel keeps it when the process is killed."""
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(handle, f"{os.getpid()} {name}\n".encode())
        finally:
            os.close(handle)
        return name

    def lines(self):
        """Return the effects in order, as (process, name)."""
        return [tuple(line.split(" ", 1)) for line in self.file.read_text().splitlines()]

    def names(self):
        """Return the names of the effects in order."""
        return [name for _, name in self.lines()]

    def wait_for(self, count, seconds=120):
        """Wait until there are so many effects."""
        until = time.monotonic() + seconds
        while len(self.lines()) < count:
            assert time.monotonic() < until, f"{self.lines()} after {seconds} s"
            time.sleep(0.005)


def flows(effects):
    """Return the flows of the drills, with their effects in a log."""

    def counting(step, steps, pause):
        def count(number):
            effects.note(str(number))
            time.sleep(pause)
            return number

        return sum(step(count, number) for number in range(steps))

    def gated(step, gate):
        def before():
            return effects.note("before")

        def wait():
            effects.note("at the gate")
            until = time.monotonic() + 60
            while not Path(gate).exists() and time.monotonic() < until:
                time.sleep(0.01)
            return "through"

        return [step(before), step(wait), step(lambda: effects.note("after"))]

    return {"counting": counting, "gated": gated}


SESSION = "2026-07-02"
SAMPLE = ("--session", SESSION, "--provider", "sample")


command = cache(typer.main.get_command)
"""The program's commands, read once: in a process of its own a program reads them once too."""


class CommandLine:
    """Calls the program in this process as the console script does.

    Parameters
    ----------
    monkeypatch, capfd
        Pytest's own.
    """

    def __init__(self, monkeypatch, capfd):
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def __call__(self, *arguments):
        """Run one command; return exit code, stdout and stderr."""
        self._capfd.readouterr()
        with self._monkeypatch.context() as patch, warnings.catch_warnings():
            patch.setattr(sys, "argv", ["newsletter", *map(str, arguments)])
            patch.setattr(typer.main, "get_command", command)
            try:
                main()
            except SystemExit as done:
                code = int(done.code or 0)
        out, err = self._capfd.readouterr()
        return code, out, err

    def json(self, *arguments, code=0):
        """Run one command with --json; it must succeed and print one document only."""
        found, out, err = self(*arguments, "--json")
        assert found == code, err or out
        assert err == ""
        return json.loads(out)


def unblocked(folder):
    """Lift preflight's block from the latest revision: its verdict is another suite's matter."""
    with contextlib.closing(sqlite3.connect(folder / "data" / "newsletter.db")) as raw:
        assert raw.execute("update revisions set blocked = false").rowcount == 1
        raw.commit()


if __name__ == "__main__":
    url, log, flow, id, *rest = sys.argv[1:]
    with DurableEngine(url, flows(Effects(log))) as engine:
        print(json.dumps(engine.run(flow, id, *(json.loads(each) for each in rest))))
