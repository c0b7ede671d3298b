"""An edition by the ways of a pool: a crew for each, and what one cannot take goes by the others.

A copy changes its way only before its final dot: what a way was handed is never handed to
another one without its answer.
"""

import datetime as dt
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from newsletter import waiting
from newsletter.clock import Clock
from newsletter.send.book import DeliveryBook
from newsletter.send.crew import Course, work
from newsletter.send.delivery import Delivery, DeliveryState
from newsletter.send.feed import Feed
from newsletter.send.message import FrozenMessage
from newsletter.send.pool import Pool, Way, nowhere, shared_out
from newsletter.send.throttle import Throttle
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Interruptible, Transport, Unavailable

SHUT: Final = dt.timedelta(hours=1)
"""How long copies rest for a domain that refuses us."""
REST_SECONDS: Final = 60.0
"""How long a way is left alone that failed, before it is tried again."""
_ROUNDS: Final = 3
"""Times the number of ways; each round but the last closes a way or fills it."""


def send_rows(
    rows: Sequence[Delivery],
    frozen: FrozenMessage,
    signer: LinkSigner,
    transport: Transport,
    book: DeliveryBook,
    clock: Clock,
    course: Course,
    stopped: Callable[[], bool],
    *,
    capped: bool = True,
) -> int:
    """Send rows by a way out, or by those of a pool; return how many were worked on.

    Raises
    ------
    Unavailable
        If the other side, or every way of the pool, cannot be reached.
    """

    def crew(
        feed: Feed, way: Transport, own: DeliveryBook, met: Course, stop: Callable[[], bool]
    ) -> int:
        return work(feed, frozen, signer, way, own, clock, met, stop, capped=capped)

    if isinstance(transport, Pool):
        return _Pooled(transport, course, clock, stopped, crew).send(list(rows))
    feed = Feed(rows, course.throttle, course.stops, course.ticks)
    handled = crew(feed, transport, book, course, stopped)
    _hold_back(feed.shut, book, clock.now())
    return handled


def _hold_back(rows: list[Delivery], book: DeliveryBook, now: dt.datetime) -> None:
    """Let copies rest for a domain that refuses us; it may have changed its mind by then."""
    if rows:
        with book.together():
            for row in rows:
                reply = "held back: the domain refuses our mail (5.7.x)"
                book.settle(row, DeliveryState.DEFERRED, reply, now, due=now + SHUT)


@dataclass(frozen=True)
class _Part:
    """What one way has in one round."""

    way: Way
    course: Course
    feed: Feed
    rows: list[Delivery]

    def left(self) -> list[Delivery]:
        """Return the rows that the way has not had, in order."""
        again, untouched = self.way.book.released, {row.subscriber.id for row in self.feed.left()}
        found = [(row.subscriber.id, row) for row in self.rows]
        return [again.get(id, row) for id, row in found if id in again or id in untouched]

    def let_go(self) -> None:
        self.feed.close()
        if isinstance(self.way.transport, Interruptible):
            self.way.transport.interrupt()


@dataclass(frozen=True)
class _Pooled:
    """One batch by the ways of a pool."""

    pool: Pool
    course: Course
    clock: Clock
    stopped: Callable[[], bool]
    crew: Callable[[Feed, Transport, DeliveryBook, Course, Callable[[], bool]], int]

    def send(self, rows: list[Delivery]) -> int:
        left = rows
        for _ in range(_ROUNDS * len(self.pool.ways)):
            if not left or self.stopped():
                break
            ways = [way for way in self.pool.ways if not self._met(way).away]
            now = self.clock.now()
            room = {way.name: way.book.room(now) for way in ways}
            parts, over = shared_out(left, {way.name: way.weight for way in ways}, room)
            if len(over) == len(left):
                raise nowhere(self._troubles())
            left = self._round([self._part(way, parts[way.name]) for way in ways]) + over
        return len(rows) - len(left)

    def _part(self, way: Way, rows: list[Delivery]) -> _Part:
        met = self._met(way)
        way.book.released.clear()
        return _Part(way, met, Feed(rows, met.throttle, met.stops, met.ticks), rows)

    def _met(self, way: Way) -> Course:
        ways = self.course.ways
        if way.name not in ways:
            ways[way.name] = Course(
                Throttle(way.pace), halt=self.course.halt, ticks=self.course.ticks
            )
        return ways[way.name]

    def _troubles(self) -> dict[str, Unavailable]:
        met = {way.name: self._met(way) for way in self.pool.ways}
        return {name: one.trouble for name, one in met.items() if one.trouble and one.away}

    def _round(self, parts: Iterable[_Part]) -> list[Delivery]:
        """Let every way send its part at the same time; return what none of them has had."""
        busy, ended = [part for part in parts if part.rows], threading.Event()
        errors: list[BaseException] = []

        def body(part: _Part) -> None:
            try:
                self._one(part, ended)
            except BaseException as error:  # noqa: BLE001 - raised again below
                errors.append(error)
                let_go()

        def let_go() -> None:
            ended.set()
            for part in busy:
                part.let_go()

        threads = [threading.Thread(target=body, args=(part,), daemon=True) for part in busy]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                waiting.joined(thread)
        except BaseException:  # the process is told to end while ways wait for answers
            let_go()
            raise
        if errors:
            raise errors[0]
        return [row for part in busy for row in part.left()]

    def _one(self, part: _Part, ended: threading.Event) -> None:
        way, met = part.way, part.course

        def halted() -> bool:
            return ended.is_set() or self.stopped()

        try:
            self.crew(part.feed, way.transport, way.book, met, halted)
        except Unavailable as error:
            if not halted():  # else it was told to let go, and nothing is wrong with it
                met.trouble = error
                met.rests_until = math.inf if error.permanent else met.ticks() + REST_SECONDS
        else:
            met.trouble = None
        _hold_back(part.feed.shut, way.book, self.clock.now())
