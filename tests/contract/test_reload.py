"""A served workspace reads config.yaml anew while people call, under a real service manager's eyes.

The manager is a socket such as systemd opens; the process is the real command.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from send_servers import free_port

from newsletter import assets
from newsletter.errors import ConfigError
from newsletter.listening import Listening, bound, keep_open, let_go, take_over
from newsletter.operating import notifying

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120


@contextlib.contextmanager
def manager(folder):
    """Listen as a service manager does; yields the socket and what its services are told."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        place = str(folder / "notify")
        heard.bind(place)
        heard.settimeout(PATIENCE)
        yield heard, {"NOTIFY_SOCKET": place, "WATCHDOG_USEC": "200000"}


def told(heard, wanted):
    """Wait for a line; return what came before it, signs of life aside."""
    before, last = [], time.monotonic() + PATIENCE
    while (line := heard.recv(500).decode()) != wanted:
        before += [line.splitlines()[0]] if line != "WATCHDOG=1" else []
        assert time.monotonic() < last, f"{wanted} was not told, only {before}"
    return before


class Callers:
    """People who call a page again and again, each time anew."""

    def __init__(self, address, count=3):
        self._address, self._ended = address, threading.Event()
        self.answers = Counter()
        self._threads = [threading.Thread(target=self._call) for _ in range(count)]

    def _call(self):
        while not self._ended.is_set():
            try:
                with urllib.request.urlopen(self._address, timeout=PATIENCE) as answer:
                    self.answers[answer.status] += 1
            except urllib.error.HTTPError as error:
                self.answers[error.code] += 1
            except OSError as error:
                self.answers[repr(error)] += 1

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.slow
def test_a_valid_file_is_taken_over_and_no_caller_is_refused(tmp_path):
    config, text = tmp_path / "config.yaml", assets.find("config.yaml").read_text()
    config.write_text(text)
    port, paths = free_port(), [str(ROOT), *filter(None, sys.path)]
    command = [
        sys.executable, "-m", "newsletter", "--config", str(config), "serve",
        "--role", "web", "--port", "0", "--public-port", str(port),
    ]  # fmt: skip
    with manager(tmp_path) as (heard, own):
        process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True,
            env=os.environ | own | {"PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        told(heard, "READY=1")
        with Callers(f"http://127.0.0.1:{port}/") as callers:
            config.write_text("nonsense: 1\n")
            process.send_signal(signal.SIGHUP)
            assert told(heard, "READY=1") == ["RELOADING=1"]
            config.write_text(text.replace("name: The Rotation", "name: The Anew", 1))
            process.send_signal(signal.SIGHUP)
            assert told(heard, "READY=1") == ["RELOADING=1"], "stopping is not told"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
            assert "The Anew" in answer.read().decode()
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "nonsense is not a known key" in err
    assert "Traceback" not in err
    assert set(callers.answers) == {200}, callers.answers
    assert told_twice(err)


def told_twice(err):
    """Tell whether the desk kept its free port although any would have done."""
    desks = re.findall(r"the desk: http://\S+/", err)
    return len(desks) == 2 and len(set(desks)) == 1


async def _nothing(scope, receive, send):
    """Answer nothing: only the port matters."""


def test_a_port_that_is_kept_open_is_taken_over_by_its_own_part_alone(monkeypatch):
    import newsletter.listening as module

    monkeypatch.setattr(module, "_KEEPING", threading.Event())
    given = {"part": "desk", "what": "The desk", "proxies": "127.0.0.1"}
    first = Listening(_nothing, "127.0.0.1", 0, **given)
    handle = os.dup(keep_open()["desk"])
    first._socket.listen()
    first.close()
    with pytest.raises(ConfigError, match="cannot listen"):
        bound("desk", "127.0.0.1", first.port, "The desk")
    take_over({"desk": handle})
    other = Listening(_nothing, "127.0.0.1", 0, **(given | {"part": "public"}))
    second = Listening(_nothing, "127.0.0.1", first.port, **given)
    assert second.port == first.port != other.port
    monkeypatch.setattr(module, "_KEEPING", threading.Event())
    for each in (first, second, other):
        each.close()
    let_go()
    bound("desk", "127.0.0.1", first.port, "The desk").close()


def test_a_manager_that_is_away_is_no_reason_to_stop(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    with notifying.running():
        assert notifying.tell("READY=1") is False
    monkeypatch.delenv("NOTIFY_SOCKET")
    assert notifying.tell("READY=1") is False


def test_who_does_not_work_gives_no_sign_of_life(tmp_path, monkeypatch):
    works = threading.Event()
    with manager(tmp_path) as (heard, own):
        for name, value in own.items():
            monkeypatch.setenv(name, value)
        asked = threading.Event()

        def alive():
            asked.set()
            return works.is_set()

        with notifying.running(alive):
            assert heard.recv(500) == b"READY=1"
            assert asked.wait(PATIENCE)
            works.set()
            assert heard.recv(500) == b"WATCHDOG=1"
        assert told(heard, "STOPPING=1") == []
