"""The shapes of what leaves the desk: plans and copies, readers, webhooks."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AwareDatetime, Field, field_validator

from newsletter.desk.acts import LONGEST_REASON
from newsletter.desk.api.models import Shape
from newsletter.review.events import Course, Event
from newsletter.review.events import Webhook as Kept
from newsletter.send.delivery import DeliveryState

Id = Annotated[str, Path(pattern=r"^[0-9a-z]{1,64}$", description="As a list names it.")]


# -- sending ---------------------------------------------------------------------------------


class When(Shape):
    """When an edition is to go out."""

    at: AwareDatetime = Field(description="With its offset: 2026-07-03T06:30:00+02:00.")

    @field_validator("at")
    @classmethod
    def _near(cls, at: dt.datetime) -> dt.datetime:
        if not 2000 <= at.year < 9000:  # the calendar's ends have no instant in UTC
            raise ValueError("the year is none in which anything goes out")
        return at


class Plan(Shape):
    """An approved edition that goes out at an instant: this content and no other."""

    edition: str
    content: str
    send_at: dt.datetime
    by: str = Field(description="Whose plan it is.")
    at: dt.datetime = Field(description="When it was made.")


class Why(Shape):
    """Why a delivery is to rest."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON, description="A sentence.")


class Rest(Shape):
    """A delivery that is paused, or was."""

    edition: str
    by: str = Field(description="Who paused it.")
    at: dt.datetime
    reason: str


class To(Shape):
    """Where a test copy goes."""

    address: str = Field(min_length=3, max_length=254)


class Sent(Shape):
    """A test copy has gone."""

    key: str
    sent: bool


class Deliveries(Shape):
    """How the copies of an edition fare."""

    key: str
    counts: dict[str, int] = Field(description="By state; a test copy is not among them.")

    @classmethod
    def of(cls, key: str, counts: Mapping[DeliveryState, int]) -> "Deliveries":
        """Return counts in this shape."""
        return cls(key=key, counts={str(state): count for state, count in counts.items()})


class FollowedLink(Shape):
    """How often one link of an edition was followed."""

    address: str
    readers: int
    times: int
    by_machines: int = Field(description="Readers for whom a program did.")


class Counts(Shape):
    """Opens and clicks, of readers who agreed to be counted."""

    agreed: int = Field(description="Readers who got it and agree at this moment.")
    opened: int
    opened_by_machines: int
    clicked: int
    clicked_by_machines: int
    links: list[FollowedLink] = Field(description="In the mail's order.")


class Numbers(Shape):
    """What became of an edition, in readers."""

    key: str
    copies: int
    delivered: int = Field(description="Taken by the next server and not returned.")
    confirmed: int = Field(description="Of those, what a delivery service vouches for.")
    deferred: int = Field(description="Put off, and tried again.")
    delayed: int = Field(description="Reported as late.")
    bounced: int
    failed: int
    blocked: int
    complained: int
    unsubscribed: int = Field(description="By this edition's own link, or a service's.")
    in_doubt: int
    suppressed: int
    waiting: int
    counts: Counts | None = Field(None, description="Null where nothing is counted.")


class DeliveriesPage(Shape):
    """A page of the editions that have gone out, latest session first."""

    items: list[Deliveries]
    total: int
    next: int | None = Field(description="What to give as `offset` for the next page.")


class Copy(Shape):
    """One reader's copy."""

    reader: str = Field(description="The subscription's id.")
    address: str = Field(description="Blotted out for keys without the scope readers.")
    state: DeliveryState
    attempts: int
    at: dt.datetime = Field(description="When it came into this state.")
    reply: str | None = Field(description="What the server answered; null without that scope.")


class Copies(Shape):
    """A page of an edition's copies."""

    items: list[Copy]
    total: int = Field(description="How many match.")
    next: int | None = Field(description="What to give as `offset` for the next page.")


class Doubt(Shape):
    """What becomes of a copy in doubt."""

    decision: Literal["again", "delivered"]


# -- readers ---------------------------------------------------------------------------------


class Month(Shape):
    """How many subscriptions began and ended within a month."""

    month: str
    came: int
    went: int


class Audience(Shape):
    """How many readers there are."""

    lists: dict[str, dict[str, int]] = Field(description="By list and status.")
    months: list[Month] = Field(description="Whoever was erased is counted nowhere.")
    segments: dict[str, int] = Field(description="Readers of each segment who get mail now.")


class Beginning(Shape):
    """What an address begins with."""

    text: str = Field(min_length=1, max_length=254)


class Subscription(Shape):
    """An address on a list."""

    id: str
    address: str
    name: str
    list: str
    status: str
    added_at: dt.datetime
    changed_at: dt.datetime

    @classmethod
    def of(cls, reader: Any) -> "Subscription":
        """Return what the store keeps in this shape."""
        who = reader.subscriber
        return cls(
            id=who.id, address=who.email, name=who.name, list=who.list, status=reader.status,
            added_at=reader.added_at, changed_at=reader.changed_at,
        )  # fmt: skip


class Found(Shape):
    """Subscriptions by address."""

    items: list[Subscription]
    more: bool = Field(description="Whether there are more; give more of the address.")


class Got(Shape):
    """What a reader was sent."""

    edition: str
    state: DeliveryState
    at: dt.datetime


class Reader(Subscription):
    """Everything that is kept about a subscription."""

    consent: dict[str, str] = Field(description="How and when it was given.")
    called: str = Field(description="What the audit log calls the reader.")
    deliveries: list[Got] = Field(description="The latest ones first.")


class Joining(Shape):
    """Somebody who wants to be on a list."""

    address: str = Field(min_length=3, max_length=254)
    name: str = Field(default="", max_length=120)
    list: str = Field(max_length=80)
    consent: str = Field(min_length=3, max_length=400, description="How they gave it.")


class Joined(Shape):
    """A subscription, without what names its reader."""

    id: str
    list: str
    active: bool
    new: bool = Field(description="Whether it was made just now.")


class Short(Shape):
    """Why something is done, in a sentence without addresses."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class Typed(Shape):
    """The reader's address, given once more as a proof that it is this reader who is meant."""

    address: str = Field(max_length=254)


class Erased(Shape):
    """A reader who is gone."""

    called: str = Field(description="What the audit log calls the reader.")
    subscriptions: int = Field(description="How many went.")


# -- webhooks --------------------------------------------------------------------------------


class Hooking(Shape):
    """An address that wants to be told of events."""

    url: str = Field(max_length=2000, description="https, on the public Internet.")
    events: list[Event] = Field(min_length=1, max_length=20)


class Webhook(Shape):
    """An address that is told of events."""

    id: str
    url: str
    events: list[Event]
    made_by: str
    made_at: dt.datetime
    disabled_at: dt.datetime | None = Field(description="Since when it is told nothing.")

    @classmethod
    def of(cls, webhook: Kept) -> "Webhook":
        """Return one in this shape."""
        return cls(
            id=webhook.id, url=webhook.url, events=sorted(webhook.events), made_by=webhook.made_by,
            made_at=webhook.made_at, disabled_at=webhook.disabled_at,
        )  # fmt: skip


class Secret(Shape):
    """With what an address checks the signatures."""

    id: str
    secret: str = Field(description="As Standard Webhooks has it: whsec_…")


class Telling(Shape):
    """One event on its way to one address."""

    id: str
    event: str
    subject: str
    state: Course
    attempts: int
    status: int | None = Field(description="The last answer's.")
    reply: str
    made_at: dt.datetime
    next_at: dt.datetime | None
