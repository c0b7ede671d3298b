"""Telling a service manager how this process stands: systemd's notification protocol."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from newsletter.config import environment

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"


def tell(state: str) -> bool:
    """Send lines like ``READY=1``; False where nobody listens.

    A manager that is gone is no reason to stop working: nothing is raised.
    """
    place = environment(SOCKET)
    if not place:
        return False
    address = f"\0{place[1:]}" if place.startswith("@") else place
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as talk:
            talk.settimeout(1)
            talk.sendto(state.encode(), address)
    except OSError:
        return False
    return True


_ANEW: Final = threading.Event()


def reloading(*, anew: bool) -> None:
    """Tell that the configuration is read anew; the next ``READY=1`` ends it.

    Parameters
    ----------
    anew : bool
        Whether this process stops to begin anew: that is no stopping to its manager.
    """
    if anew:
        _ANEW.set()
    tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")


@contextlib.contextmanager
def running(alive: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Tell that this process is ready, and show signs of life while the block lasts.

    Parameters
    ----------
    alive : callable
        Whether it works; while it does not, no sign is given, and the manager ends it.
    """
    tell("READY=1")
    ended = threading.Event()
    wanted = environment(WATCHDOG) or ""
    seconds = int(wanted) / 2e6 if wanted.isdigit() and int(wanted) else 0.0
    if seconds:
        given = (ended, seconds, alive)
        threading.Thread(target=_pulse, args=given, name="watchdog", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        if not _ANEW.is_set():
            tell("STOPPING=1")


def _pulse(ended: threading.Event, seconds: float, alive: Callable[[], bool]) -> None:
    while not ended.wait(seconds):
        if alive():
            tell("WATCHDOG=1")
