"""Courtesy: a worker that could not reach the other side lets the others try first.

It may be the only one whose network is cut; if none of them takes the work, it tries again
itself.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

import sqlalchemy as sa

from newsletter.engine.worklist import QUEUES, Worklist

SECONDS: Final = 5.0
"""How long the others have to take it: they look into their queues several times a second."""
MOST: Final = 100
"""Orders that are remembered."""
_log = logging.getLogger(__name__)


class Courtesy:
    """What a worker could not do for want of a connection, and is asked to do once more.

    Parameters
    ----------
    worklist : Worklist
        What is to be done.
    executor : str
        This worker.
    ticks : callable
        Seconds of a clock that never goes back.
    """

    def __init__(
        self, worklist: Worklist, executor: str, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._worklist, self._executor, self._ticks = worklist, executor, ticks
        self._failed: dict[str, float | None] = {}
        self._lock = threading.Lock()

    def failed(self, id: str) -> None:
        """Remember that a run could not reach the other side."""
        with self._lock:
            for old in list(self._failed)[: 1 - MOST]:
                del self._failed[old]
            self._failed[_order(id)] = None

    def gives_way(self, id: str) -> bool:
        """Put a run back where it follows one that failed here; tell whether it was."""
        order, now = _order(id), self._ticks()
        with self._lock:
            if order not in self._failed:
                return False
            since = self._failed[order]
            if since is None:
                since = self._failed[order] = now
        try:
            if now - since < SECONDS and self._put_back(id):
                return True
        except sa.exc.SQLAlchemyError:
            pass  # then it is ours
        with self._lock:
            self._failed.pop(order, None)
        return False

    def _put_back(self, id: str) -> bool:
        if not set(self._worklist.life.workers()) - {self._executor}:
            return False
        one = self._worklist.rows.find(id)
        if one is None or one.queue not in QUEUES or one.executor != self._executor:
            return False
        _log.info("%s is left to other workers: it could not be done from here.", id)
        return self._worklist.rows.let_go(one)


def _order(id: str) -> str:
    return id.rpartition(":")[0]
