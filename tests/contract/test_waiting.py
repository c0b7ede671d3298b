"""A main thread that waits misses no signal, whichever moment it comes in."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from newsletter import waiting

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60

# A signal that another thread receives is noted and does not wake the main thread: so ends,
# too, one that comes in the moment before that thread falls asleep.
CHILD = """
import signal, threading, time
from newsletter import waiting

class Heard(Exception):
    pass

def heard(*_):
    raise Heard

def beside():
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), signal.SIGHUP)
    time.sleep(600)

signal.signal(signal.SIGHUP, heard)
thread = threading.Thread(target=beside, daemon=True)
thread.start()
try:
    WAIT
except Heard:
    print("heard", flush=True)
"""


def _said(wait: str, seconds: float) -> str:
    given = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    command = [sys.executable, "-c", CHILD.replace("WAIT", wait)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=given) as child:
        try:
            return child.communicate(timeout=seconds)[0].strip()
        except subprocess.TimeoutExpired:
            child.kill()
            return ""


@pytest.mark.parametrize(
    "wait", ["waiting.until(threading.Event())", "waiting.joined(thread)"], ids=["event", "thread"]
)
def test_a_signal_that_does_not_wake_the_thread_is_acted_on(wait):
    assert _said(wait, PATIENCE) == "heard"


def test_a_wait_without_a_limit_would_miss_it():
    # Else the test above shows nothing.
    assert _said("threading.Event().wait()", 4) == ""


def test_what_a_handler_raises_ends_the_wait():
    class Raised(Exception):
        pass

    def raised(*_):
        raise Raised

    before = signal.signal(signal.SIGUSR1, raised)
    try:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        with pytest.raises(Raised):
            waiting.until(threading.Event())
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_it_ends_with_what_it_waits_for():
    ended = threading.Event()
    thread = threading.Thread(target=lambda: time.sleep(0.05) or ended.set())
    thread.start()
    waiting.until(ended)
    waiting.joined(thread)
    assert ended.is_set()
    assert not thread.is_alive()
