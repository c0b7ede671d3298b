"""One process makes an edition; others watch it through the database alone.

A real `newsletter run` asks a model service on loopback whose stream stops at a gate: so the
watchers see its text grow while the edition cannot be finished yet, on however slow a machine.
"""

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
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from engine_support import KEY, SAMPLE
from llm_support import FakeService, well

ROOT = Path(__file__).resolve().parents[2]
SECRET = "sk-test-0123456789abcdefghijklmnop"
WORDS = (
    "Alpha is first",
    f"Beta is <script>alert({SECRET!r})</script>",
    "\x1b[2J\u202eOmega is last",
)
TEXT = json.dumps({"sentences": [*WORDS, "and an end"]}, ensure_ascii=False)
PATIENCE = 120

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

    def __init__(self, folder, service):
        self.folder, self._started = folder, []
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

    def told(self):
        """Return what a fourth process is told."""
        code, out, _ = self.ended(self.start("progress", KEY, "--json"))
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
def workspace(tmp_path, gate):
    with FakeService([well(TEXT, pieces=len(TEXT), before=gate.before)]) as service:
        made = Workspace(tmp_path, service)
        yield made
        gate.open(10**9)
        made.close()


def has(workspace, words):
    code, told = workspace.told()
    assert code in {0, 2}, told
    return told if words in told.get("text", "") else None


def get(address, path):
    with urllib.request.urlopen(address + path, timeout=PATIENCE) as answer:
        return answer.headers, answer.read().decode()


def check_followed(workspace, follower, seen):
    code, out, err = workspace.ended(follower)
    assert (code, err.splitlines()[-1]) == (0, f"{KEY}: It is done.")
    assert "Omega is last" in out
    assert not [hostile for hostile in (SECRET, "\x1b", "\u202e") if hostile in seen + out]


def test_a_run_is_followed_and_previewed_while_it_goes_on(workspace, gate):
    run = workspace.start("run", *SAMPLE)
    gate.open(TEXT.index("Alpha") + 7)
    told = until(has, workspace, "Alpha")
    assert (told["state"], told["stage"]) == ("running", "draft")
    assert told["message"] == "the model answers “plan”"
    assert told["hand"] == "model:fake"

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
    code, told = workspace.told()
    assert (code, told["state"], told["stage"]) == (0, "done", "review")
    assert told["hand"].startswith("house-writer")  # no such reply is a plan: he stood in
    assert json.loads(get(address, "/state")[1])["mail"] is True
    headers, mail = get(address, "/mail.html")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "</html>" in mail
    preview.send_signal(signal.SIGINT)
    assert workspace.ended(preview)[0] == 0


def test_a_killed_run_is_told_as_running_until_another_takes_it_over(workspace, gate):
    run = workspace.start("run", *SAMPLE)
    gate.open(TEXT.index("Alpha") + 7)
    first = until(has, workspace, "Alpha")
    run.kill()
    run.communicate()
    database = workspace.folder / "data" / "newsletter.db"
    _silent_for(database, seconds=31)
    code, told = workspace.told()
    assert (code, told["state"], told["run"]) == (1, "stale", first["run"])
    code, _, err = workspace.ended(workspace.start("preview", KEY, "--port", "0"))
    assert code == 2
    assert "nobody is making one. Its last run: No sign of life since" in err

    gate.open(10**9)
    code, _, err = workspace.ended(workspace.start("run", *SAMPLE))
    assert code in {0, 1}, err
    code, told = workspace.told()
    assert (code, told["state"]) == (0, "done")
    assert told["run"] != first["run"]


def test_an_interrupted_run_ends_while_its_model_is_silent_and_goes_on_later(workspace, gate):
    run = workspace.start("run", *SAMPLE)
    gate.open(TEXT.index("Alpha") + 7)
    until(has, workspace, "Alpha")
    run.send_signal(signal.SIGINT)
    code, out, err = workspace.ended(run)  # the gate is closed: nothing more will ever come
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "newsletter: interrupted; nothing half-done is kept."
    code, told = workspace.told()
    assert (code, told["state"], told["stage"]) == (1, "failed", "draft")
    assert told["reason"].startswith("It was interrupted; start it again")

    gate.open(10**9)
    code, _, err = workspace.ended(workspace.start("run", *SAMPLE))
    assert code in {0, 1}, err
    assert workspace.told()[1]["state"] == "done"


def _silent_for(file, seconds):
    """Set the last sign of life back: a test does not wait half a minute."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
    with closing(sqlite3.connect(file, timeout=30)) as raw:
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
    code, _, err = workspace.ended(workspace.start("progress", KEY, "--follow"))
    assert code == 1
    assert reason[:60] in err
    code, _, err = workspace.ended(workspace.start("preview", KEY, "--port", "0"))
    assert code == 2
    assert "It failed at collect." in err
