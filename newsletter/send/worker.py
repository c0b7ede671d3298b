"""Workers: each takes rows of the ledger to their end, one after the other.

What a worker has to write it gives to the clerk, who writes for all workers at once. A copy
costs one wait for the disk, just before its final dot: how the copy before it ended, and the
claim of the one after it, are written with it.
"""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from newsletter.clock import Clock
from newsletter.errors import SendError
from newsletter.send import outcomes, retries
from newsletter.send.book import DeliveryBook
from newsletter.send.clerk import Clerk, Given
from newsletter.send.delivery import LEFT, Delivery, DeliveryState
from newsletter.send.feed import Feed, domain_of
from newsletter.send.message import FrozenMessage
from newsletter.send.stops import Stops, too_many_bounces
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Envelope, Refused, Transport, Unavailable


class _Superseded(Exception):
    """Another worker took the row over, or its reader left: the message must not be completed."""


class _Stopped(Exception):
    """A person has stopped or paused the edition while its message was being handed over."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A row that this worker has, once its claim is written."""

    row: Delivery
    claim: Given


@dataclass
class Run:
    """What the workers of one batch share.

    Parameters
    ----------
    frozen, signer, transport, book, clock, stopped
        As for `newsletter.send.deliver.deliver_batch`.
    feed : Feed
        The rows.
    clerk : Clerk
        Writes.
    stops : Stops
        What the run has met with.
    halt : callable
        Told why nothing more must be sent; it pauses the edition.
    """

    frozen: FrozenMessage
    signer: LinkSigner
    transport: Transport
    book: DeliveryBook
    clock: Clock
    feed: Feed
    clerk: Clerk
    stops: Stops
    stopped: Callable[[], bool]
    halt: Callable[[str], None]
    capped: bool = True
    handled: int = 0
    unavailable: list[Unavailable] = field(default_factory=list)
    workers: int = 1
    _tally: Counter[DeliveryState] | None = None
    _without_connection: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> None:
        """Take rows to their end until there are none; the body of a thread.

        A worker who cannot reach the other side leaves the rows to the others; when none of
        them can, `unavailable` has one reason for each.
        """
        try:
            claimed = self._claim(self.feed.take())
            while claimed is not None:
                ahead = self._one(claimed)
                if ahead is None:  # nothing more just now: leave no end unwritten while waiting
                    self.clerk.flush()
                    ahead = None if self._retired() else self._claim(self.feed.take())
                claimed = ahead
        except Exception:
            self.clerk.flush()  # what was accepted before must not be in doubt
            raise
        self.clerk.flush()

    # -- one row -------------------------------------------------------------------------

    def _claim(self, row: Delivery | None, *, now: bool = True) -> _Claimed | None:
        """Claim a row, at once or with what is written next."""
        if row is None:
            return None
        at = self.clock.now()
        claim = Given(lambda: self.book.claim(row, at))
        if now:
            self.clerk.write(claim)
        else:
            self.clerk.later(claim)
        state = DeliveryState.SENDING
        return _Claimed(replace(row, state=state, attempts=row.attempts + 1, at=at), claim)

    def _one(self, claimed: _Claimed) -> _Claimed | None:
        """Take one claimed row to its end; return the one that was claimed meanwhile."""
        row, ahead = claimed.row, _Ahead(self)
        if not claimed.claim.done:
            self.clerk.flush(claimed.claim)
        error: SendError | None = None
        try:
            if claimed.claim.answer():
                error = self._send(row, ahead)
            else:  # the row tells why: its reader has left, or another worker has it
                self._count()
        finally:
            after = ahead.claimed.row if ahead.claimed else None
            self.feed.done(row, after, too_fast=error is not None and outcomes.too_fast(error))
        return ahead.claimed

    def _send(self, row: Delivery, ahead: "_Ahead") -> SendError | None:
        """Send a claimed row's message and write down how it ended; return what went wrong."""
        if self.feed.closed:
            self._release(row, "held back: stopped or paused")
            return None
        self._count()
        envelope = self._envelope(row)
        if envelope is None:
            return None
        try:
            receipt = self.transport.send(envelope, ahead.before_dot(row))
        except _Superseded:
            if not self.book.is_active(row.subscriber.id):  # left while it was handed over
                self._settle(row, DeliveryState.SUPPRESSED, LEFT)
            return None
        except _Stopped:
            self._release(row, "held back: stopped or paused")
            return None
        except Unavailable as error:
            self._release(row, str(error))
            self._retire(error)
            return error
        except SendError as error:
            self._failed(row, error, crossed=ahead.crossed)
            return error
        self._settle(row, DeliveryState.ACCEPTED, receipt.reply)
        self._note(row, None)
        return None

    def _envelope(self, row: Delivery) -> Envelope | None:
        """Return a row's message; None where it is not sent, which is then written down."""
        if self.capped and row.attempts > retries.MAX_ATTEMPTS:  # a crash each time
            reply = f"given up after {row.attempts - 1} attempts"
            self._settle(row, DeliveryState.FAILED, reply)
        else:
            try:
                return self.frozen.for_reader(row.subscriber, self.signer, row.message_id)
            except SendError as error:
                self._settle(row, DeliveryState.FAILED, str(error))
        return None

    # -- how it ended ----------------------------------------------------------------------

    def _settle(
        self, row: Delivery, state: DeliveryState, reply: str, due: dt.datetime | None = None
    ) -> None:
        at, more = self.clock.now(), {} if due is None else {"due": due}
        self.clerk.later(Given(lambda: self.book.settle(row, state, reply, at, **more)))
        with self._lock:
            if self._tally is not None:
                self._tally[state] += 1
                self._tally[DeliveryState.QUEUED] -= 1  # all of them stay as many

    def _release(self, row: Delivery, reply: str) -> None:
        at = self.clock.now()
        self.clerk.later(Given(lambda: self.book.release(row, reply, at)))

    def _failed(self, row: Delivery, error: SendError, *, crossed: bool) -> None:
        if self.feed.closed and not isinstance(error, Refused) and not crossed:
            self._release(row, "held back: stopped or paused")  # cut off by `interrupt`
            return
        state, now = outcomes.outcome(error, crossed=crossed), self.clock.now()
        due = retries.due_after(row, now) if state is DeliveryState.DEFERRED else None
        reply = error.reply if isinstance(error, Refused) else str(error)
        self._settle(row, state, reply, due)
        self._note(row, error)
        if state is DeliveryState.BOUNCED:
            self._look_at_bounces(row.edition)

    def _look_at_bounces(self, edition: str) -> None:
        """Pause the edition where too many of its copies are for nobody.

        What the ledger holds is counted once in a batch, not for each of a million readers.
        """
        if self._tally is None:
            self.clerk.flush()
            counted = Counter(self.book.counts(edition))
            with self._lock:
                self._tally = counted
        reason = too_many_bounces(self._tally)
        if reason:
            self.halt(reason)
            if self.stopped():
                self.feed.close()

    def _count(self) -> None:
        with self._lock:
            self.handled += 1

    def _note(self, row: Delivery, error: SendError | None) -> None:
        with self._lock:
            self.stops.note(domain_of(row), error)
            broken = self.stops.broken
        if broken:
            self.feed.close()

    def _retired(self) -> bool:
        return threading.get_ident() in self._without_connection

    def _retire(self, error: Unavailable) -> None:
        """Leave the work to the others, who still have connections; the last one gives up."""
        with self._lock:
            self.unavailable.append(error)
            self._without_connection.add(threading.get_ident())
            last = len(self.unavailable) >= self.workers
        if error.permanent or last:
            self.feed.close()


class _Ahead:
    """What a worker does just before a message's final dot; claims its next row with it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.claimed: _Claimed | None = None
        self.crossed = False

    def before_dot(self, row: Delivery) -> Callable[[], None]:
        """Return what the transport calls before the final dot of a row's message."""
        run = self._run

        def before_dot() -> None:
            at = run.clock.now()
            dot = Given(lambda: run.book.dot_sent(row, at), unless=run.stopped)
            if self.claimed is None:
                self.claimed = run._claim(run.feed.take(row), now=False)
            run.clerk.write(dot)
            if dot.refused:
                run.feed.close()
                raise _Stopped
            if not dot.answer():
                raise _Superseded
            self.crossed = True

        return before_dot
