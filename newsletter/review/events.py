"""Events that other systems are told of, and the addresses that are told."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What happens to an edition, or is wrong, that others want to hear of."""

    IN_REVIEW = "edition.in_review"
    APPROVED = "edition.approved"
    SENT = "edition.sent"
    FAILED = "edition.failed"
    ALERT = "alert.raised"
    ALERT_OVER = "alert.over"


TOLD: dict[str, Event] = {
    "submitted": Event.IN_REVIEW,
    "revised": Event.IN_REVIEW,
    "reopened": Event.IN_REVIEW,
    "approved": Event.APPROVED,
    "sent": Event.SENT,
}
"""Which action of the audit log is which event."""


class Course(StrEnum):
    """How the telling of an event fares."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events.

    Parameters
    ----------
    id : str
        Names it, and is what its secret is derived from.
    url : str
        Where it is.
    events : frozenset of Event
        What it is told of.
    made_by : str
        Who registered it.
    made_at : datetime.datetime
        When.
    disabled_at : datetime.datetime or None
        Since when it is told nothing.
    """

    id: str
    url: str
    events: frozenset[Event]
    made_by: str
    made_at: dt.datetime
    disabled_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One event on its way to one address.

    Parameters
    ----------
    id : str
        The same at every attempt: whoever gets it twice knows it.
    webhook, event, subject, body : str
        Where to, what, about what, and the exact bytes of the request.
    state : Course
        How it fares.
    attempts : int
        How often it was tried.
    status : int or None
        The last answer's.
    reply : str
        What was answered, or why there was no answer.
    made_at : datetime.datetime
        When it happened.
    next_at : datetime.datetime or None
        When it is tried next.
    """

    id: str
    webhook: str
    event: str
    subject: str
    body: str
    state: Course
    attempts: int
    status: int | None
    reply: str
    made_at: dt.datetime
    next_at: dt.datetime | None
