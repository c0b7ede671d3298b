"""Uncollected: no garbage is collected while a text is checked.

A check makes some hundred thousand small objects that die with it, nearly none of them in
cycles. Each few thousand of them would set off a look through the younger objects, and now
and then through the whole ledger and all indexes, to find nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_LOCK = Lock()
_CHECKS = [0, False]
"""How many checks are running, and whether the collector was on when the first began."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off the collection of cyclic garbage until the last running check is done.

    Counting of references goes on and frees nearly everything at once; a collector that
    somebody has switched off stays off.
    """
    with _LOCK:
        if not _CHECKS[0]:
            _CHECKS[1] = gc.isenabled()
            gc.disable()
        _CHECKS[0] += 1
    try:
        yield
    finally:
        with _LOCK:
            _CHECKS[0] -= 1
            if not _CHECKS[0] and _CHECKS[1]:
                gc.enable()
