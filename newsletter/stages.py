"""The work of each stage as the flows call it, its doors opened by `app`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft
from newsletter.preflight.report import Report
from newsletter.preflight.rule import Past
from newsletter.render.rendered import Rendered
from newsletter.review.edition import EditionKey
from newsletter.send.delivery import Subscriber
from newsletter.send.segments import Segment

if TYPE_CHECKING:
    from newsletter.collect.sessions import TradingDays
    from newsletter.collect.snapshot import Snapshot
    from newsletter.draft.columnist import Written

Order = Mapping[str, str]
"""What a run is asked for: ``key``, and optionally ``provider``, ``path`` and ``accept``, symbols
whose kept history a person lets the source replace."""


UNREPEATED = 60
"""Last editions of a list whose sentences the house writer does not use again."""


class Readers(Protocol):
    """The audience; the store implements it."""

    def active(
        self, list_name: str, segment: Segment | None = None, on: dt.date | None = None
    ) -> Iterable[Subscriber]:
        """Yield the active readers of a list by mailbox.

        With a segment those it holds of, with a day those who want mail on it.
        """
        ...

    def reached(self, edition: str) -> Iterable[Subscriber]:
        """Yield the active readers who got an edition, or may have, by mailbox."""
        ...


class Prove(Protocol):
    """Proves a finished mail."""

    def __call__(
        self,
        rendered: Rendered,
        ledger: Ledger,
        key: str = "",
        *,
        by_model: bool = False,
        past: Iterable[Past] | None = None,
    ) -> Report:
        """Return what is proved and what is found.

        Parameters
        ----------
        rendered : Rendered
            The mail.
        ledger : Ledger
            Its facts.
        key : str
            Of its edition, which is then held against earlier ones of its list.
        by_model : bool
            Whether it must say that a model wrote it.
        past : iterable of Past, optional
            Earlier editions, newest first; by default those in the store.
        """
        ...


class Write(Protocol):
    """Writes tonight's briefing with the configured hand."""

    def __call__(
        self,
        key: EditionKey,
        ledger: Ledger,
        snapshot: Snapshot | None,
        memory: str,
        past: Iterable[Past] | None = None,
        mails: Mapping[str, str] | None = None,
    ) -> Written:
        """Return a draft and how it came about.

        Parameters
        ----------
        key : EditionKey
            The edition.
        ledger : Ledger
            Its facts, remembered ones among them.
        snapshot : Snapshot or None
            Names the sources in the mail that is proved while it is written.
        memory : str
            What a model is told of earlier editions.
        past : iterable of Past, optional
            As for `Prove`.
        mails : mapping of str to str, optional
            Text by hash of the mails whose sentences are not to be repeated; by default
            those of the list's last editions in the store.
        """
        ...


@dataclass(frozen=True)
class Stages:
    """The work of each stage.

    Parameters
    ----------
    collect : callable
        Order to Snapshot.
    compute : callable
        Snapshot to Ledger.
    house : callable
        Key, Ledger and the texts it was written after to the house writer's Draft, whatever
        hand is configured: for replays.
    write : Write
        The configured hand.
    render : callable
        Key, Draft, Ledger and Snapshot to Rendered.
    preflight : Prove
        The proof.
    calendar : callable
        A date to a calendar of sessions that reaches a year beyond it.
    """

    collect: Callable[[Order], Snapshot]
    compute: Callable[[Snapshot], Ledger]
    house: Callable[[EditionKey, Ledger, Iterable[str]], Draft]
    write: Write
    render: Callable[[EditionKey, Draft, Ledger, Snapshot | None], Rendered]
    preflight: Prove
    calendar: Callable[[dt.date], TradingDays]
