"""The feed: hands due rows to workers, in an order that keeps every domain's pace."""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable

from newsletter.send.delivery import Delivery
from newsletter.send.stops import Stops
from newsletter.send.throttle import Throttle

Wait = Callable[[threading.Condition, float | None], None]
"""Waits until it is notified, or for so many seconds."""


def domain_of(row: Delivery) -> str:
    """Return the domain a row's copy goes to; empty for readers who have none any more."""
    return row.subscriber.email.rpartition("@")[2].casefold()


def wait(condition: threading.Condition, seconds: float | None) -> None:
    """Wait as a thread does."""
    condition.wait(seconds)


class Feed:
    """Rows of one batch by domain. Safe for threads.

    Parameters
    ----------
    rows : iterable of Delivery
        What is due, in order.
    throttle : Throttle
        The pace; shared by the batches of a run.
    stops : Stops
        What the run has met with; shared as well.
    ticks : callable
        Seconds of a clock that never goes back.
    wait : callable
        How a worker waits for a domain's turn.
    """

    def __init__(
        self,
        rows: Iterable[Delivery],
        throttle: Throttle,
        stops: Stops,
        ticks: Callable[[], float],
        wait: Wait = wait,
    ) -> None:
        self._throttle, self._stops, self._ticks, self._wait = throttle, stops, ticks, wait
        self._changed = threading.Condition()
        self._rows: dict[str, deque[Delivery]] = {}
        for row in rows:
            self._rows.setdefault(domain_of(row), deque()).append(row)
        self._turns = deque(self._rows)
        self.closed = False
        self.shut: list[Delivery] = []
        self._heirs: set[str] = set()

    def take(self, beside: Delivery | None = None) -> Delivery | None:
        """Return the next row that may go, or None when there is none.

        Parameters
        ----------
        beside : Delivery or None
            A row that the worker still has under way. With it nobody waits, the row that is
            returned may take its place, and `done` has to be told of both.
        """
        with self._changed:
            while not self.closed and self._turns:
                row, seconds = self._next()
                if row is None and beside is not None:
                    row = self._instead(beside)
                if row is not None or beside is not None:
                    return row
                if self._turns:
                    self._wait(self._changed, None if math.isinf(seconds) else seconds)
        return None

    def _instead(self, beside: Delivery) -> Delivery | None:
        """Return a row for the same domain, which will have the other one's place there."""
        domain = domain_of(beside)
        if domain not in self._rows:
            return None
        if self._throttle.take(domain, self._ticks(), instead=True) > 0:
            return None
        while self._turns[0] != domain:
            self._turns.rotate(-1)
        row = self._taken(domain)
        self._heirs.add(row.subscriber.id)
        return row

    def _next(self) -> tuple[Delivery | None, float]:
        """Return a row of the first domain that may go, else how long none of them may."""
        seconds = math.inf
        for _ in range(len(self._turns)):
            domain = self._turns[0]
            if self._stops.shut(domain):
                self.shut += self._rows.pop(domain)
                self._turns.popleft()
                continue
            least = self._throttle.take(domain, self._ticks())
            if least == 0:
                return self._taken(domain), 0.0
            seconds = min(seconds, least)
            self._turns.rotate(-1)
        return None, seconds

    def _taken(self, domain: str) -> Delivery:
        row = self._rows[domain].popleft()
        if self._rows[domain]:
            self._turns.rotate(-1)
        else:
            del self._rows[domain]
            self._turns.popleft()
        return row

    def done(self, row: Delivery, ahead: Delivery | None = None, *, too_fast: bool = False) -> None:
        """Say that a row which was taken has come to its end, and which one comes after it."""
        kept = ahead is not None and ahead.subscriber.id in self._heirs
        with self._changed:
            if ahead is not None:
                self._heirs.discard(ahead.subscriber.id)
            self._throttle.done(domain_of(row), self._ticks(), too_fast=too_fast, kept=kept)
            self._changed.notify_all()

    def left(self) -> list[Delivery]:
        """Return the rows that nobody was handed."""
        with self._changed:
            return [row for rows in self._rows.values() for row in rows]

    def close(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
