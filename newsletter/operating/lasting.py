"""What a process that lasts gives back: memory that a run has freed goes to the system.

Each run works in threads of its own, and the C library keeps what a thread frees for that
thread's arena. A process of months would come to hold a dozen half-empty arenas, each as large
as the largest run that was ever made in it.
"""

import contextlib
import ctypes
import gc
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

ARENAS: Final = 2
"""Arenas for all threads together; the work is one thread's, and the rest wait."""
MAPPED: Final = 1 << 20
"""Bytes from which on a block is the system's own and goes back when it is freed."""
KEPT: Final = 4 << 20
"""Free bytes that stay at the end of the heap."""

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1  # of mallopt, as malloc.h has them


def settle() -> bool:
    """Tell the C library, before threads are begun, to keep little; False where it cannot.

    That is so where the library is not glibc: others hold on to less by themselves.
    """
    tell = _library("mallopt")
    wanted = ((_ARENA_MAX, ARENAS), (_MMAP_THRESHOLD, MAPPED), (_TRIM_THRESHOLD, KEPT))
    return tell is not None and {tell(name, value) for name, value in wanted} == {1}


@contextlib.contextmanager
def loading() -> Iterator[Callable[[], None]]:
    """Look for no unreachable objects while a process loads what it lasts with.

    All that is made then stays: looking through it again and again, as it grows, is an
    eighth of a start. Call what is given when everything is loaded: from then on new objects
    are looked at, and those that were there never more.
    """
    gc.disable()

    def loaded() -> None:
        gc.freeze()
        gc.enable()

    try:
        yield loaded
    finally:
        gc.enable()


def give_back() -> bool:
    """Give back to the system what a run has freed; False where there was nothing to give."""
    gc.collect()
    trim = _library("malloc_trim")
    return trim is not None and trim(0) == 1


@cache
def _library(name: str) -> Callable[..., Any] | None:
    """Return a function of the C library this process runs on, None where it has none such."""
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except OSError:
        return None
