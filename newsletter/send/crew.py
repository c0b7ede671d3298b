"""The crew: as many workers as a transport serves, for one batch."""

import contextlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from newsletter import waiting
from newsletter.clock import Clock
from newsletter.errors import StoreError
from newsletter.send.book import DeliveryBook
from newsletter.send.clerk import Clerk
from newsletter.send.feed import Feed
from newsletter.send.message import FrozenMessage
from newsletter.send.stops import Stops
from newsletter.send.throttle import Throttle
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Interruptible, Transport, Unavailable, connections_of
from newsletter.send.worker import Run

LOOK_SECONDS: Final = 1.0
"""Between two questions, while servers are slow, whether a person has stopped the edition."""


@dataclass
class Course:
    """What a run remembers from batch to batch; a later run begins anew.

    Parameters
    ----------
    throttle : Throttle
        The pace to each domain.
    stops : Stops
        What was met with.
    halt : callable
        Told why an edition must be paused.
    ticks : callable
        Seconds of a clock that never goes back.
    ways : dict of str to Course
        For a pool: what each of its ways has met with.
    rests_until : float
        Of a way: the instant of `ticks` until which it is left alone.
    trouble : Unavailable or None
        Of a way: why.
    told : set of str
        What editors were told already.
    """

    throttle: Throttle = field(default_factory=lambda: Throttle(None))
    stops: Stops = field(default_factory=Stops)
    halt: Callable[[str], None] = lambda _: None
    ticks: Callable[[], float] = time.monotonic
    ways: dict[str, "Course"] = field(default_factory=dict)
    rests_until: float = -math.inf
    trouble: Unavailable | None = None
    told: set[str] = field(default_factory=set)

    @property
    def away(self) -> bool:
        """Whether a way is left alone for now."""
        return self.ticks() < self.rests_until


def work(
    feed: Feed,
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
    """Send what a feed has, by as many workers as the transport serves; return how many."""
    ended = threading.Event()
    clerk = Clerk(book, lambda seconds: not ended.wait(seconds))
    run = Run(
        frozen, signer, transport, book, clock, feed, clerk, course.stops, stopped, course.halt,
        capped=capped, workers=connections_of(transport),
    )  # fmt: skip
    with transport:
        watched = isinstance(transport, Interruptible)
        if watched:
            threading.Thread(target=_watch, args=(run, ended), daemon=True).start()
        try:
            _employ(run)
        finally:
            ended.set()
    if run.unavailable and (len(run.unavailable) >= run.workers or run.unavailable[-1].permanent):
        raise run.unavailable[-1]
    if course.stops.broken:
        course.stops.in_a_row = 0
        raise Unavailable(
            f"{transport.name} failed for many copies in a row; the others wait. Look at the "
            "answers of the server, then send again.",
            permanent=False,
        )
    return run.handled


def _employ(run: Run) -> None:
    """Let the workers work; the first error of any of them ends the work of all."""
    errors: list[BaseException] = []

    def body() -> None:
        try:
            run.work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)
            _let_go(run)

    threads = [threading.Thread(target=body, daemon=True) for _ in range(run.workers - 1)]
    for thread in threads:
        thread.start()
    body()
    try:
        for thread in threads:
            waiting.joined(thread)
    except BaseException:  # the process is told to end while others wait for answers
        _let_go(run)
        raise
    if errors:
        raise errors[0]


def _watch(run: Run, ended: threading.Event) -> None:
    """Ask every second whether to stop, for a server may keep every worker waiting."""
    while not ended.wait(LOOK_SECONDS):
        with contextlib.suppress(StoreError):  # the database may be back at the next look
            if run.feed.closed or run.stopped():
                _let_go(run)
                return


def _let_go(run: Run) -> None:
    """Begin nothing more, and complete no message that is not complete."""
    run.feed.close()
    if isinstance(run.transport, Interruptible):
        run.transport.interrupt()
