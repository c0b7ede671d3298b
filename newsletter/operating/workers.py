"""A worker: a process whose engine stays open and takes what waits."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

from newsletter.app import House

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
    began = time.monotonic()
    with house.engine(concurrency):
        note(f"a worker is ready after {time.monotonic() - began:.1f} s")
        try:
            yield
        finally:
            house.stopping.set()  # whatever goes on here stops at the next place it can
