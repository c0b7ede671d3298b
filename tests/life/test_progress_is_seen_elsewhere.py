"""One process makes an edition; others watch it through the database alone.

A real `newsletter run` asks a model service on loopback whose stream stops at a gate: so the
watchers see its text grow while the edition cannot be finished yet, on however slow a machine.
Whoever only looks once does so from the process of the test, which is none of the run's.
"""

import contextlib
import datetime as dt
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from engine_support import KEY, SAMPLE, CommandLine
from lengths import DRILLS
from llm_support import FakeService, well

ROOT = Path(__file__).resolve().parents[2]
SECRET = "sk-test-0123456789abcdefghijklmnop"
WORDS = (
    "Alpha is first",
    f"Beta is <script>alert({SECRET!r})</script>",
    "\x1b[2J\u202eOmega is last",
)
TEXT = json.dumps({"sentences": [*WORDS, "and an end"]}, ensure_ascii=False)
PATIENCE = 300

pytestmark = pytest.mark.slow


class Gate:
    """Lets the pieces of a stream through up to a number."""

    def __init__(self):
        self._open, self._through = 0, threading.Condition()

    def before(self, number):
        with self._through:
            self._through.wait_for(lambda: number <= self._open, PATIENCE)

    def open(self, number):
        with self._through:
            self._open = number
            self._through.notify_all()


def until(what, *given):
    """Return what becomes true; how soon does not matter."""
    end = time.monotonic() + PATIENCE
    while not (found := what(*given)):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return found


class Workspace:
    """A workspace whose model waits at a gate, and the processes in it."""

    def __init__(self, folder, service, call):
        self.folder, self._started, self._call = folder, [], call
        settings = yaml.safe_load((ROOT / "config.yaml").read_text())
        settings["model"] = {
            "writer": "model",
            "name": "fake",
            "base_url": service.base_url,
            "timeout_seconds": 900,  # what waits at the gate is not late
            "budget": {"run": {"seconds": 3600}},
        }
        (folder / "config.yaml").write_text(yaml.safe_dump(settings))
        self._environment = {
            **os.environ,
            "NEWSLETTER_MODEL_KEY": SECRET,
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        }

    def start(self, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "newsletter", *map(str, arguments)],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._started.append(process)
        return process

    def ended(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def look(self, *arguments):
        """Do something short in the process of the test; return code, stdout, stderr."""
        with contextlib.chdir(self.folder):
            return self._call(*arguments)

    def told(self):
        """Return what a fourth process is told."""
        code, out, _ = self.look("progress", KEY, "--json")
        return code, json.loads(out)

    def close(self):
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def workspace(tmp_path, gate, monkeypatch, capfd):
    call = CommandLine(monkeypatch, capfd)
    with FakeService([well(TEXT, pieces=len(TEXT), before=gate.before)]) as service:
        made = Workspace(tmp_path, service, call)
        yield made
        gate.open(10**9)
        made.close()


def streamed(workspace, words, after=""):
    """Wait until a run has words of its model on record; return what a process is then told.

    Parameters
    ----------
    after : str
        The run before it, whose words do not count.
    """
    file = workspace.folder / "data" / "newsletter.db"

    def there():
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as raw,
        ):
            run, text = raw.execute("select run, text from progress").fetchone() or ("", "")
            return run != after and words in text

    until(there)
    code, told = workspace.told()
    assert (code, words in told["text"]) == (0, True), told
    return told


def get(address, path):
    with urllib.request.urlopen(address + path, timeout=PATIENCE) as answer:
        return answer.headers, answer.read().decode()


@pytest.mark.timeout(900)  # ten processes, one after the other
def test_a_run_that_is_killed_and_then_interrupted_is_seen_by_others_until_it_is_done(
    workspace, gate
):
    gate.open(TEXT.index("Alpha") + 7)
    first = check_killed(workspace)
    # Taken over and interrupted once more only in the drills: it is ten seconds for a sentence.
    second = check_interrupted(workspace, after=first["run"]) if DRILLS else first
    check_watched(workspace, gate, after=second["run"])


def check_killed(workspace):
    """A killed run is told as running, then as silent; return what was told of it."""
    run = workspace.start("run", *SAMPLE)
    told = streamed(workspace, "Alpha")
    assert (told["state"], told["stage"]) == ("running", "draft")
    assert told["message"] == "the model answers “plan”"
    assert told["hand"] == "model:fake"
    run.kill()
    run.communicate()
    _silent_for(workspace.folder / "data" / "newsletter.db", seconds=31)
    code, found = workspace.told()
    assert (code, found["state"], found["run"]) == (1, "stale", told["run"])
    code, _, err = workspace.look("preview", KEY, "--port", "0")
    assert code == 2
    assert "nobody is making one. Its last run: No sign of life since" in err
    return told


def check_interrupted(workspace, after):
    """Another run takes it over, and ends when it is interrupted while its model is silent."""
    run = workspace.start("run", *SAMPLE)
    told = streamed(workspace, "Alpha", after)
    assert (told["state"], told["stage"]) == ("running", "draft")
    run.send_signal(signal.SIGINT)
    code, out, err = workspace.ended(run)  # the gate is closed: nothing more will ever come
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "newsletter: interrupted; nothing half-done is kept."
    code, found = workspace.told()
    assert (code, found["state"], found["stage"]) == (1, "failed", "draft")
    assert found["reason"].startswith("It was interrupted; start it again")
    assert found["run"] == told["run"]
    return told


def check_watched(workspace, gate, after):
    """A run that goes on where the last one ended is followed and previewed until it is done."""
    run = workspace.start("run", *SAMPLE)
    told = streamed(workspace, "Alpha", after)
    assert (told["state"], told["stage"]) == ("running", "draft")
    follower = workspace.start("progress", KEY, "--follow")
    seen = follower.stdout.read(len('{"sentences": ["Alpha'))
    assert seen.endswith("Alpha")
    preview = workspace.start("preview", KEY, "--port", "0")
    address = preview.stderr.readline().split()[0].rstrip("/")
    first = json.loads(get(address, "/state")[1])
    assert (first["mail"], first["run"]["state"]) == (False, "running")
    assert run.poll() is None

    gate.open(TEXT.index("Omega") + 8)

    def grown():
        found = json.loads(get(address, "/state")[1])["run"]
        return found if "Omega" in found["prose"] else None

    later = until(grown)
    assert run.poll() is None  # the text grew before the edition was finished
    assert later["sent"] > first["run"]["sent"]
    assert "<script>alert('[secret]')</script>" in later["prose"]

    gate.open(10**9)
    code, _, err = workspace.ended(run)
    assert code in {0, 1}, err
    check_followed(workspace, follower, seen)
    code, found = workspace.told()
    assert (code, found["state"], found["stage"]) == (0, "done", "review")
    assert found["hand"].startswith("house-writer")  # no such reply is a plan: he stood in
    assert found["run"] == told["run"] != after
    assert json.loads(get(address, "/state")[1])["mail"] is True
    headers, mail = get(address, "/mail.html")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "</html>" in mail
    preview.send_signal(signal.SIGINT)
    assert workspace.ended(preview)[0] == 0


def check_followed(workspace, follower, seen):
    code, out, err = workspace.ended(follower)
    assert (code, err.splitlines()[-1]) == (0, f"{KEY}: It is done.")
    assert "Omega is last" in out
    assert not [hostile for hostile in (SECRET, "\x1b", "\u202e") if hostile in seen + out]


def _silent_for(file, seconds):
    """Set the last sign of life back: a test does not wait half a minute."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
    with contextlib.closing(sqlite3.connect(file, timeout=30)) as raw:
        raw.execute("update progress set updated_at = ?", (f"{at:%Y-%m-%d %H:%M:%S.%f}",))
        raw.commit()


def test_a_run_that_cannot_be_made_is_told_with_its_reason(workspace, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    order = ("--session", KEY.session.date, "--provider", "files", "--path", empty)
    code, _, err = workspace.ended(workspace.start("run", *order))
    assert code == 2
    reason = err.strip().splitlines()[-1].removeprefix("newsletter: ")
    code, told = workspace.told()
    assert (code, told["state"], told["stage"]) == (1, "failed", "collect")
    assert told["reason"][:100] == reason[:100]
    code, _, err = workspace.look("progress", KEY, "--follow")
    assert code == 1
    assert reason[:60] in err
    code, _, err = workspace.look("preview", KEY, "--port", "0")
    assert code == 2
    assert "It failed at collect." in err
