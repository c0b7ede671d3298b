"""The tutorial as a test reads it, and a terminal in which it is typed."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field

PATIENCE = 240
_SEATED = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp("sh", ["sh", "-c", sys.argv[1]])
"""
"""Makes its terminal the one whose keys interrupt it, then becomes the shell."""
_QUESTION = re.compile(r"(.+\[[^]]*\]:) ?(.*)")
KEY = re.compile(r"\d{4}-\d{2}-\d{2}\.XNYS\.evening")


@dataclass
class Step:
    """A command of the page, what is typed into it, and what it has to say.

    `typed` are (prompt, answer) in order; `said` are lines in which ``…`` stands for anything
    and every number for any number.
    """

    command: str
    typed: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    interrupted: bool = False


def steps(page: str) -> list[Step]:
    """Read the commands of a page in their order."""
    found: list[Step] = []
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Step(line[2:]))
            elif line == "^C":
                found[-1].interrupted = True
            elif asked := _QUESTION.fullmatch(line):
                found[-1].typed.append((asked[1], asked[2]))
            elif line.strip():
                found[-1].said.append(line)
    return found


def missing(said: list[str], out: str) -> list[str]:
    """Return the lines of a page that an output lacks."""
    flat = " ".join(out.split())
    return [line for line in said if not re.search(pattern(line), flat)]


def pattern(line: str) -> str:
    """Return what a line of the page stands for."""
    parts = re.split(r"(…|\d+)", " ".join(line.split()))
    return "".join(
        ".*" if part == "…" else r"\d+" if part.isdigit() else re.escape(part) for part in parts
    )


class Terminal:
    """A program at a terminal of its own.

    Parameters
    ----------
    command : str
        For the shell.
    env : dict of str to str
        Its environment.
    cwd : pathlib.Path
        Where.
    """

    def __init__(self, command, env, cwd):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SEATED, f"exec {command}"],
            stdin=slave, stdout=slave, stderr=slave, env=env, cwd=cwd, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.text, self._read = "", 0

    def until(self, words):
        """Read until words come that were not read before."""
        last = time.monotonic() + PATIENCE
        while words not in self.text[self._read :]:
            assert self._more(last), f"no {words!r} in:\n{self.text}"
        self._read = self.text.index(words, self._read) + len(words)

    def type(self, text):
        """Press keys."""
        os.write(self._master, text.encode())

    def end(self):
        """Read to the end; return the exit code."""
        last = time.monotonic() + PATIENCE
        while self._more(last):
            pass
        return self._process.wait(PATIENCE)

    def _more(self, last):
        ready, _, _ = select.select([self._master], [], [], max(0.0, last - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when nobody holds the other side
            return False
        self.text += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)

    def close(self):
        """End whatever is left."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)
        os.close(self._master)
