"""Leaving: a process that is told to stop is gone soon, whatever keeps its threads."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

GRACE: Final = 5.0
"""Seconds that the threads of a run have to end by themselves when it is interrupted."""
LAST: Final = 9.0
"""Seconds after which a serving process is gone, whatever it waits for."""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGINT and SIGTERM interrupt while the block lasts, whatever this process inherited.

    A process started in the background inherits an ignored SIGINT, and service managers
    stop with SIGTERM.
    """
    with interrupting(signal.SIGINT, signal.SIGTERM):
        yield


@contextlib.contextmanager
def interrupting(*numbers: signal.Signals) -> Iterator[None]:
    """Let signals interrupt while the block lasts; only a main thread can have it so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def leave(code: int) -> None:
    """End the process, after its threads or after `GRACE`.

    A flow goes on from its last finished step, so it may be cut off anywhere.
    """
    last = time.monotonic() + GRACE
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, last - time.monotonic()))
    _gone(code)


def leave_by_then(code: int, seconds: float = LAST) -> None:
    """End the process after some seconds, should it still be there."""
    watchdog = threading.Timer(seconds, _gone, (code,))
    watchdog.daemon = True
    watchdog.start()


def afterwards(begin: Callable[[], None]) -> None:
    """Do something at the very end instead of ending: begin the program anew."""
    _instead.append(begin)


_instead: Final[list[Callable[[], None]]] = []


def _gone(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    if _instead:
        _instead[-1]()
    os._exit(code)
