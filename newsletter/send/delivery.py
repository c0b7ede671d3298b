"""Delivery: one row for each reader of an edition, and what each state means."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where one reader's copy stands.

    ``sending`` is written before the transport is asked, ``dot_sent`` (durably) before
    the byte that lets the other side accept. A row found in ``dot_sent`` after a crash
    may or may not have been accepted: it becomes ``in_doubt`` and is never resent
    without a person's decision (RFC 1047).
    """

    QUEUED = "queued"
    SENDING = "sending"
    DOT_SENT = "dot_sent"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"


OPEN = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED})
"""States from which a copy may still be sent without asking anybody."""

LEFT = "left before the message went"
"""Reply in the row of a reader who got no mail any more when his turn came."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A reader.

    Parameters
    ----------
    id : str
        Opaque, stable, in links instead of the address.
    email : str
        Address as given, domain in ASCII form.
    name : str
        May be empty. Hostile until encoded.
    list : str
        The list subscribed to, e.g. ``"evening"``.
    active : bool
        False after unsubscribing or suppression.
    tickers : tuple of str
        What the reader watches, as given: they choose rows of the mail and are never printed.
    counted : bool
        Whether the reader agreed to have opens and clicks counted, and they are.
    """

    id: str
    email: str
    name: str
    list: str
    active: bool = True
    tickers: tuple[str, ...] = ()
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the delivery ledger, unique for (edition, subscriber).

    Parameters
    ----------
    edition : str
        Edition key.
    subscriber : Subscriber
        The reader.
    message_id : str
        Deterministic Message-ID, the same on every retry.
    state : DeliveryState
        Where it stands.
    attempts : int
        Times the transport was asked.
    reply : str
        Last answer of the other side.
    at : datetime.datetime
        Aware UTC instant of the last change.
    queued_at : datetime.datetime or None
        Since when the copy waits; None in rows of an earlier version.
    due_at : datetime.datetime or None
        Before this instant a deferred copy is not tried again.
    way : str
        The sender of a pool that last had it; empty where there is no pool.
    """

    edition: str
    subscriber: Subscriber
    message_id: str
    state: DeliveryState
    attempts: int
    reply: str
    at: dt.datetime
    queued_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    way: str = ""
