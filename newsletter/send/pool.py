"""A pool: several ways out under one identity, and which of them a reader's copy takes."""

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, TypeVar

from newsletter.pacing import Pace
from newsletter.pooling import POOL
from newsletter.send.book import DeliveryBook
from newsletter.send.delivery import Delivery
from newsletter.send.transport import Envelope, Receipt, Transport, Unavailable

T = TypeVar("T")


class WayBook(DeliveryBook, Protocol):
    """The delivery book as one way writes into it: it counts what the way is handed.

    `DeliveryBook.dot_sent` gives the row back and returns False where the way may be handed
    no more today.
    """

    released: dict[str, Delivery]

    def room(self, now: dt.datetime) -> int | None:
        """Return how many copies the way may still be handed today; None for any number."""
        ...


@dataclass(frozen=True)
class Way:
    """One way of a pool.

    Parameters
    ----------
    name : str
        The sender's.
    weight : int
        Its part of the readers, beside the others' weights.
    transport : Transport
        Not entered.
    pace : Pace or None
        To each domain; None for no limit.
    book : WayBook
        Its own.
    warms_up : bool
        Whether it has a limit for the day.
    """

    name: str
    weight: int
    transport: Transport
    pace: Pace | None
    book: WayBook
    warms_up: bool = False


class Pool:
    """Several ways out. Editions go by all of them (`newsletter.send.ways`).

    As a transport it takes single mails (tests, letters): each goes by the first way of its
    recipient that takes mail, never by one that warms up, whose day is for readers.

    Parameters
    ----------
    ways : sequence of Way
        At least one that does not warm up.
    """

    name = POOL

    def __init__(self, ways: Sequence[Way]) -> None:
        self.ways = tuple(ways)
        self.local = all(way.transport.local for way in self.ways)
        self._stack = ExitStack()
        self._entered: set[str] = set()
        self._away: dict[str, Unavailable] = {}

    def __enter__(self) -> Self:
        """Open the first way that can be; the others are opened when they are needed."""
        self._stack, self._entered, self._away = ExitStack(), set(), {}
        self._first(self._for_letters(""), self._open)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every way that was opened."""
        self._stack.__exit__(kind, error, trace)

    def send(self, envelope: Envelope, before_dot: Callable[[], None]) -> Receipt:
        """Hand over one mail by the first way that takes any.

        Raises
        ------
        Unavailable
            If none of them does.
        """

        def by(way: Way) -> Receipt:
            self._open(way)
            return way.transport.send(envelope, before_dot)

        return self._first(self._for_letters(envelope.recipient), by)

    def _for_letters(self, recipient: str) -> list[Way]:
        ways = {way.name: way for way in self.ways if not way.warms_up}
        return [ways[name] for name in order(recipient, {n: w.weight for n, w in ways.items()})]

    def _first(self, ways: Iterable[Way], act: Callable[[Way], T]) -> T:
        """Return what the first way answers; only `Unavailable` lets the next one try."""
        for way in ways:
            if way.name not in self._away:
                try:
                    return act(way)
                except Unavailable as error:  # raised before the dot only: nobody has the mail
                    self._away[way.name] = error
        raise nowhere(self._away)

    def _open(self, way: Way) -> None:
        if way.name not in self._entered:
            self._stack.enter_context(way.transport)
            self._entered.add(way.name)


def nowhere(troubles: Mapping[str, Unavailable]) -> Unavailable:
    """Return that no way of a pool takes mail, and why each does not."""
    told = " ".join(f"{name}: {error}" for name, error in sorted(troubles.items()))
    permanent = bool(troubles) and all(error.permanent for error in troubles.values())
    return Unavailable(
        f"No way of the pool takes mail now. {told or 'All have had their share of the day.'}",
        permanent=permanent,
    )


def order(reader: str, weights: Mapping[str, int]) -> list[str]:
    """Return the ways of a reader, the first to be taken, the others where it cannot be.

    A rendezvous by weight (Thaler and Ravishankar 1998; Schindelhauer and Schomaker 2005): a
    way is first for its part of the readers, and its readers part among the others by their
    weights. Nothing is remembered: each process finds the same, and a way that comes or goes
    moves its own readers only.

    Parameters
    ----------
    reader : str
        Subscriber id.
    weights : mapping of str to int
        By way.
    """
    return sorted(weights, key=lambda way: (_distance(reader, way) / weights[way], way))


def _distance(reader: str, way: str) -> float:
    """Return an exponentially distributed number, the same for ever."""
    digest = hashlib.sha256(f"{way}:{reader}".encode()).digest()
    return -math.log((int.from_bytes(digest[:8], "big") + 1) / 2**64)


def shared_out(
    rows: Iterable[Delivery], weights: Mapping[str, int], room: Mapping[str, int | None]
) -> tuple[dict[str, list[Delivery]], list[Delivery]]:
    """Divide rows among ways.

    Parameters
    ----------
    rows : iterable of Delivery
        A copy that was tried before goes the way it went, if it may.
    weights : mapping of str to int
        Of the ways that take mail now.
    room : mapping of str to int or None
        How many copies each may have; what is over goes by the reader's next way.

    Returns
    -------
    tuple of dict and list
        Rows by way, and those that no way has room for.
    """
    parts: dict[str, list[Delivery]] = {name: [] for name in weights}
    over = []
    for row in rows:
        names = order(row.subscriber.id, weights)
        if row.way in weights:
            names.insert(0, row.way)
        for name in names:
            most = room[name]
            if most is None or len(parts[name]) < most:
                parts[name].append(row)
                break
        else:
            over.append(row)
    return parts, over
