"""A worker: a process whose engine stays open and takes what waits."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from newsletter.app import House
from newsletter.operating.lasting import give_back

TIDIES_SECONDS: Final = 300.0
CONCURRENCY: Final = 2
"""Deliveries that a worker has at once; it makes one edition beside them."""


@contextlib.contextmanager
def working(
    house: House, note: Callable[[str], None], concurrency: int = CONCURRENCY
) -> Iterator[None]:
    """Take queued work while the block lasts; at its end let go of what has not ended.

    A worker also puts back what dead workers had, so that it goes on without anybody asking.

    Parameters
    ----------
    house : House
        The workspace; whatever else of this process needs its engine shares this one.
    note : callable
        Told what a person at the terminal should read.
    concurrency : int
        How many deliveries it takes at once.
    """
    began, ended = time.monotonic(), threading.Event()
    tidying = threading.Thread(target=_tidy, args=(ended,), name="tidying", daemon=True)
    with house.engine(concurrency):
        tidying.start()
        note(f"a worker is ready after {time.monotonic() - began:.1f} s")
        try:
            yield
        finally:
            ended.set()
            house.stopping.set()  # whatever goes on here stops at the next place it can


def _tidy(ended: threading.Event) -> None:
    """Give memory that runs have freed back to the system, now and then."""
    while not ended.wait(TIDIES_SECONDS):
        give_back()
