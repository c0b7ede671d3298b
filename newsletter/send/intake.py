"""Intake: what a report changes. Pure; the store does it in one transaction.

Reports come late, twice and in any order. So nothing here counts up: a copy's state moves only
towards what is known of it, and a reader's strikes are counted anew from the whole history.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from newsletter.send.delivery import DeliveryState
from newsletter.send.events import Event
from newsletter.send.suppression import Cause
from newsletter.send.verdicts import Verdict

_ARRIVED = frozenset({Verdict.DELIVERED, Verdict.COMPLAINT, Verdict.UNSUBSCRIBE})
_MAY_FAIL = frozenset({DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT})


def moved(state: DeliveryState, verdict: Verdict) -> DeliveryState | None:
    """Return the state a copy is in after a report; None where it stays.

    A copy that a worker still has is left to that worker. What bounced stays bounced, even
    if an older report of its acceptance arrives afterwards.

    Examples
    --------
    >>> str(moved(DeliveryState.ACCEPTED, Verdict.HARD))
    'bounced'
    >>> moved(DeliveryState.BOUNCED, Verdict.DELIVERED) is None
    True
    """
    if verdict in _ARRIVED:
        return DeliveryState.ACCEPTED if state is DeliveryState.IN_DOUBT else None
    if verdict is Verdict.HARD and state in _MAY_FAIL | {DeliveryState.FAILED}:
        return DeliveryState.BOUNCED
    if verdict in {Verdict.SOFT, Verdict.BLOCK} and state in _MAY_FAIL:
        return DeliveryState.FAILED
    return None


def cause_of(verdict: Verdict, *, struck_out: bool) -> Cause | None:
    """Return why a report suppresses an address; None where it does not."""
    if verdict is Verdict.COMPLAINT:
        return Cause.COMPLAINED
    if verdict is Verdict.HARD or (verdict is Verdict.SOFT and struck_out):
        return Cause.BOUNCED
    return None


def said(event: Event) -> str:
    """Return what a report's server said, in the form of a reply: codes first, then words."""
    text = " ".join(event.text.split())
    parts = [str(event.code)] if event.code and not text.startswith(str(event.code)) else []
    if event.status and event.status not in text:
        parts.append(event.status)
    return " ".join([*parts, text]).strip()[:500]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some reports.

    Parameters
    ----------
    new, known : int
        How many were taken in, and how many had been before.
    unmatched : int
        Those of the new that belong to no copy and no reader here.
    verdicts : mapping of Verdict to int
        What the new ones meant.
    suppressed : int
        How many addresses get no more mail by them.
    """

    new: int = 0
    known: int = 0
    unmatched: int = 0
    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    suppressed: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        told = {str(verdict): count for verdict, count in sorted(self.verdicts.items())}
        return {
            "new": self.new,
            "known": self.known,
            "unmatched": self.unmatched,
            "suppressed": self.suppressed,
            "verdicts": told,
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail to the bounce address of which no report could be made.

    Parameters
    ----------
    id : str
        SHA-256 of the mail.
    reason : str
        Why not.
    subject, text : str
        The beginning of it, addresses redacted.
    at : datetime.datetime
        Aware instant of its arrival here.
    """

    id: str
    reason: str
    subject: str
    text: str
    at: dt.datetime


class Reports(Protocol):
    """Where reports are taken in; the store keeps them (`newsletter.store.reports`)."""

    def take(self, events: Sequence[Event], now: dt.datetime, token: str = "") -> Taken:
        """Take reports in, each once, and do what they mean, all in one transaction.

        Parameters
        ----------
        events : sequence of Event
            From one source.
        now : datetime.datetime
            Aware instant.
        token : str
            What makes the call itself valid only once, where the source has such a thing.

        Raises
        ------
        newsletter.send.events.Forged
            If the token was used before.
        """
        ...

    def queue(self, unread: Unread) -> bool:
        """Keep a mail for a person to look at; False where it is known."""
        ...
