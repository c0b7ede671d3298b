"""Waiting in a main thread without missing a signal.

Python notes a signal at once and acts on it when the main thread runs again. One that comes in
the moment before a main thread falls asleep on a lock does not wake it: without a limit it
sleeps on, and a call to stop, or to read the configuration anew, is lost until something else
happens. So nobody here sleeps longer than `LOOK`.
"""

import threading
from typing import Final

LOOK: Final = 0.5
"""Seconds after which a signal that came just before the wait is acted on."""


def until(ended: threading.Event) -> None:
    """Wait for an event, or until a signal's handler raises.

    Parameters
    ----------
    ended : threading.Event
        What is waited for; one that nobody sets waits for signals alone.
    """
    while not ended.wait(LOOK):
        pass


def joined(thread: threading.Thread) -> None:
    """Wait until a thread has ended, or until a signal's handler raises.

    Parameters
    ----------
    thread : threading.Thread
        A thread that was started.
    """
    while thread.is_alive():
        thread.join(LOOK)
