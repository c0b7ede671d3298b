"""The way out of an edition: batches of its delivery, and what holds from one to the next."""

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from newsletter.clock import Clock
from newsletter.config import EditionKind, Sender
from newsletter.errors import NotFound
from newsletter.review.edition import Edition, EditionKey
from newsletter.send.book import DeliveryBook
from newsletter.send.crew import Course
from newsletter.send.deliver import deliver_batch
from newsletter.send.delivery import Subscriber
from newsletter.send.dkim import Stamp
from newsletter.send.message import FrozenMessage
from newsletter.send.retries import next_look
from newsletter.send.segments import Segment
from newsletter.send.throttle import Throttle
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Transport, Unavailable
from newsletter.stages import Readers

BATCH: Final = 2000
"""Readers in one durable step of a delivery."""
MOST: Final = 8
"""Editions whose runs are remembered; fewer go out at once in one process."""
REFUSED: Final = (
    "{domain} refuses our mail again and again (5.7.x); nothing more goes there for an hour. Look "
    "at its answers: nobody is taken off the list for this."
)
AWAY: Final = "The way {way} takes no mail; its readers go by the others meanwhile. {reason}"


def _no_segment(name: str) -> Segment:
    raise NotFound(f"There is no segment {name!r} here.")


@dataclass(frozen=True)
class Post:
    """The way out: what `deliver` needs besides the edition.

    Parameters
    ----------
    readers : Readers
        The audience.
    book : DeliveryBook
        The ledger of deliveries.
    signer : LinkSigner
        Makes each reader's links.
    open_transport : callable
        Sender name to Transport.
    paused : callable
        Edition key to whether its delivery rests.
    stamp : callable
        Sender name to what signs its mail, or None.
    segment : callable
        Name to saved segment.
    halt : callable
        Edition key and a reason: lets its delivery rest until a person has looked.
    go_on : callable
        Edition and an instant: sees to it that its delivery is gone on with then.
    alert : callable
        Edition key and a sentence that editors should read.
    leaving : callable
        Whether this process is told to stop.
    courses : dict of str to Course
        What runs of this process remember from batch to batch, by edition.
    """

    readers: Readers
    book: DeliveryBook
    signer: LinkSigner
    open_transport: Callable[[str], Transport]
    paused: Callable[[str], bool] = lambda _: False
    stamp: Callable[[str], Stamp | None] = lambda _: None
    segment: Callable[[str], Segment] = _no_segment
    halt: Callable[[str, str], None] = lambda *_: None
    go_on: Callable[[Edition, dt.datetime], None] = lambda *_: None
    alert: Callable[[str, str], None] = lambda *_: None
    leaving: Callable[[], bool] = lambda: False
    courses: dict[str, Course] = field(default_factory=dict)

    def audience(self, key: EditionKey, kind: EditionKind) -> Iterable[Subscriber]:
        """Return who an edition goes to.

        Those of its list and segment who want mail on the session's day; a correction's are
        those who got what was wrong.

        Raises
        ------
        NotFound
            If the segment that config.yaml names is none: nothing is sent.
        """
        if key.corrects:
            return self.readers.reached(str(key.corrects))
        segment = self.segment(kind.segment) if kind.segment else None
        return self.readers.active(kind.list, segment, key.session.date)

    def send(
        self,
        edition: Edition,
        frozen: FrozenMessage,
        sender: Sender,
        transport: Transport,
        clock: Clock,
        cancelled: Callable[[], bool],
    ) -> int:
        """Send one batch of an edition; return how many rows it worked on.

        Raises
        ------
        Unavailable
            If the other side cannot be reached; the run is gone on with in a minute.
        """
        key = str(edition.key)
        course = self._course(key, sender)
        known = _met_with(course)
        try:
            handled = deliver_batch(
                frozen,
                self.signer,
                transport,
                self.book,
                clock,
                BATCH,
                stopped=lambda: self.leaving() or cancelled() or self.paused(key),
                course=course,
            ).handled
        except Unavailable as error:
            if not error.permanent:  # whoever is there by then tries again
                self.rest(edition, clock.now())
            raise
        finally:
            for words in sorted(_met_with(course) - known - course.told):
                course.told.add(words)
                self.alert(key, words)
        if self.leaving():  # what is left is no finished step: whoever is there next goes on
            raise KeyboardInterrupt
        return handled

    def _course(self, key: str, sender: Sender) -> Course:
        if key not in self.courses:
            for old in list(self.courses)[: 1 - MOST]:  # those that go out now are the last ones
                del self.courses[old]
            pace = None if sender.transport == "maildir" else sender.pace
            halt = functools.partial(self.halt, key)
            self.courses[key] = Course(Throttle(pace), halt=halt)
        return self.courses[key]

    def rest(self, edition: Edition, now: dt.datetime) -> None:
        """See to it that what is left of an edition is sent when it is due."""
        due = self.book.next_due(str(edition.key))
        began = edition.approval.at if edition.approval else now
        self.go_on(edition, next_look(began, due or now, now))


def _met_with(course: Course) -> set[str]:
    """Return what editors should read of a run, of every way where it goes by a pool."""
    found = {REFUSED.format(domain=domain) for domain in course.stops.shut_domains()}
    for name, way in course.ways.items():
        found |= {f"By {name}: {words}" for words in _met_with(way)}
        if way.trouble is not None and way.away:
            found.add(AWAY.format(way=name, reason=way.trouble))
    return found
