"""docs/tutorial.md is typed into a terminal as it stands there, with Yahoo on the loopback.

The suite types what no other test runs, the drills the whole page; what is left out is at least
a command of the program, as it is written.
"""

import contextlib
import datetime as dt
import json
import math
import os
import re
import shlex
import sys
import urllib.request
from pathlib import Path

import pytest
import typer
import yaml
from lengths import DRILLS
from tutorial_support import KEY, Terminal, missing, steps
from yahoo_loopback import FakeYahoo
from yahoo_pages import QUOTE, quotes

from newsletter.cli.main import app
from newsletter.collect.sessions import TradingDays

TESTS = Path(__file__).resolve().parents[1]
PAGE = (TESTS.parent / "docs" / "tutorial.md").read_text()
FIRST = ("newsletter init ", "cd ", "newsletter send ")
"""What is typed in the suite; a second `send` needs what only the whole page does."""
MEMBERS = "AAA BBB CCC DDD EEE FFF"
ADDED = "Read it with a cup of tea."
EDITOR = f"""#!{sys.executable}
import json, sys
from pathlib import Path
path = Path(sys.argv[1])
draft = json.loads(path.read_text())
draft["dek"] += " {ADDED}"
path.write_text(json.dumps(draft))
"""


class Market(dict):
    """Two years of made-up prices of whatever symbol is asked for."""

    def __init__(self, days):
        super().__init__()
        self.days = days

    def get(self, symbol, *_):
        return self[symbol]

    def __missing__(self, symbol):
        seed = sum(map(ord, symbol))
        level = 20 if symbol.startswith("^") else 100 + seed % 90
        closes = [level * (1 + 0.05 * math.sin(i / 9 + seed)) for i in range(len(self.days))]
        self[symbol] = [
            (day, round(close, 2), round(close, 2), 1_000_000 + seed)
            for day, close in zip(self.days, closes, strict=True)
        ]
        return self[symbol]


@pytest.fixture
def last():
    """The last session that has closed, on this machine's own clock: the program asks it too."""
    now = dt.datetime.now(dt.UTC)
    return TradingDays("XNYS", now.date()).latest_closed(now).date


@pytest.fixture
def yahoo(last):
    days = TradingDays("XNYS", last).between(last - dt.timedelta(days=730), last)
    with FakeYahoo(Market(days), pages={QUOTE: quotes()}) as server:
        yield server


def environment(folder, port):
    programs = folder / "bin"
    programs.mkdir()
    for name, text in {
        "newsletter": f'#!/bin/sh\nexec {sys.executable} {TESTS / "first_hour_driver.py"} "$@"\n',
        "editor": EDITOR,
    }.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return kept | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)]),
        "TERM": "xterm", "TZ": "America/New_York", "LOGNAME": "dana", "EDITOR": "editor",
        "FIRST_HOUR_PORT": str(port), "FIRST_HOUR_MEMBERS": MEMBERS, "PYTHONUTF8": "1",
    }  # fmt: skip


def answer(terminal, step):
    """Type what the page types; where it presses Ctrl-C, do so when its last line is there."""
    for prompt, typed in step.typed:
        terminal.until(prompt)
        terminal.type(f"{typed}\n")
    if step.interrupted:
        terminal.until(re.sub(r"\d.*", "", step.said[-1]))
        terminal.until("\n")
        shown = terminal.text.splitlines()[-1]
        if "shows" in shown:
            address = re.search(r"http://\S+", shown)[0]
            with urllib.request.urlopen(address, timeout=60) as page:
                assert page.status == 200
        terminal.type("\x03")
    return terminal.end()


def typed(key):
    """Return the steps that are typed: the first of each kind, in the drills all."""
    every = steps(KEY.sub(key, PAGE))
    found = [next(one for one in every if one.command.startswith(kind)) for kind in FIRST]
    return every if DRILLS else found


@pytest.mark.timeout(900)  # a terminal's programs, one after the other
def test_the_tutorial_is_true(tmp_path, yahoo, last):
    env, cwd, key = environment(tmp_path, yahoo.port), tmp_path, f"{last}.XNYS.evening"
    done = {}
    for step in typed(key):
        if step.command.startswith("cd "):
            cwd /= step.command[3:]
            continue
        if step.command == "newsletter serve":  # whatever else listens on this machine
            config = cwd / "config.yaml"
            config.write_text(re.sub(r"\n  port: 880[01]", "\n  port: 0", config.read_text()))
        with contextlib.closing(Terminal(step.command, env, cwd)) as terminal:
            code = answer(terminal, step)
            done[step.command] = terminal.text
        assert "Traceback" not in terminal.text
        assert (code, missing(step.said, terminal.text)) == (0, []), terminal.text
    _as_promised(cwd, key, done)


def _as_promised(workspace, key, done):
    """What the page says beside its commands."""
    config = yaml.safe_load((workspace / "config.yaml").read_text())
    assert config["publication"]["name"] == "Evening Notes"
    assert config["publication"]["postal_address"] == "12 Main Street, Springfield, IL 62701"
    assert config["publication"]["publisher"] == "Dana"
    assert config["senders"]["mailbox"]["from_address"] == "dana@gazette.net"
    mails = [path.read_text() for path in (workspace / "data" / "mailbox" / "new").iterdir()]
    assert sum("[TEST]" in mail for mail in mails) == 1
    assert "bad" not in done["newsletter init mine"].replace("0 bad", "")
    if DRILLS:
        _as_promised_to_the_end(workspace, mails, done)
    else:
        assert len(mails) == 1, "the test copy"


def _as_promised_to_the_end(workspace, mails, done):
    """What it says beside those that only the drills type."""
    assert ADDED in json.loads((workspace / "out" / "draft.json").read_text())["dek"]
    assert len(mails) == 2, "the test copy and the edition"
    assert all("cup of=20\ntea" in mail or "cup of tea" in mail for mail in mails)
    assert "bad" not in done["newsletter doctor"]
    assert done["newsletter schedule --count 2"].count(".XNYS.evening") == 2


def test_every_command_of_the_page_is_one_of_the_programs():
    """A page without a command could not be false."""
    commands = [step.command.split()[:2] for step in steps(PAGE)]
    assert len(commands) >= 10
    assert ["newsletter", "init"] in commands
    assert ["newsletter", "doctor"] in commands


def parsed(words):
    """Let the program read a command without doing it; return the command it found."""
    command = typer.main.get_command(app)
    context = command.make_context("newsletter", [], resilient_parsing=True)
    while words and words[0] in getattr(command, "commands", ()):
        name, *words = words
        command = command.commands[name]
        context = type(context)(command, info_name=name, parent=context)
    if hasattr(command, "commands"):
        assert all(word.startswith("-") for word in words[:1]), f"no command {words[0]}"
    command.parse_args(context, words)
    return context.command_path


def test_every_command_of_the_page_is_read_by_the_program():
    every = [shlex.split(step.command) for step in steps(PAGE)]
    ours = [words[1:] for words in every if words[0] == "newsletter"]
    assert len(ours) >= 10
    for words in ours:
        path = parsed(words).split()[1:]
        assert words[: len(path)] == path
    with pytest.raises(Exception, match="--counts"):
        parsed(["schedule", "--counts", "2"])
    with pytest.raises(AssertionError, match="shedule"):
        parsed(["shedule"])
