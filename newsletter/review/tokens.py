"""Keys with which programs act at the desk, and the answers kept for those that ask twice."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from newsletter.review.roles import Act


class Scope(StrEnum):
    """What a key may be used for, as far as its owner's role allows it."""

    READ = "read"
    WRITE = "write"
    DECIDE = "decide"
    SEND = "send"
    READERS = "readers"
    ADMIN = "admin"
    PEOPLE = "people"


OPENS: dict[Act, Scope] = {
    Act.READ: Scope.READ,
    Act.READERS: Scope.READERS,
    Act.AUDIT: Scope.READ,
    Act.COMMENT: Scope.WRITE,
    Act.WRITE: Scope.WRITE,
    Act.RUN: Scope.WRITE,
    Act.APPROVE: Scope.DECIDE,
    Act.DECIDE: Scope.DECIDE,
    Act.OVERRIDE: Scope.DECIDE,
    Act.SEND: Scope.SEND,
    Act.PEOPLE: Scope.ADMIN,
    Act.APPOINT: Scope.PEOPLE,
}
"""The scope that each act takes."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's key; only its SHA-256 is kept.

    Parameters
    ----------
    id : str
        Names it in lists and in the audit log.
    owner : str
        The editor in whose name it acts, and whose role bounds it.
    name : str
        What it is for, in the owner's words.
    scopes : frozenset of Scope
        What it may be used for.
    made_at : datetime.datetime
        When it was made.
    ends_at : datetime.datetime or None
        When it ends.
    used_at : datetime.datetime or None
        When it was last used, to the minute.
    revoked_at : datetime.datetime or None
        When it was revoked.
    """

    id: str
    owner: str
    name: str
    scopes: frozenset[Scope]
    made_at: dt.datetime
    ends_at: dt.datetime | None
    used_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None

    def holds(self, now: dt.datetime) -> bool:
        """Tell whether it opens anything."""
        return self.revoked_at is None and (self.ends_at is None or self.ends_at > now)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of an idempotency key: the request it came with, and its answer.

    Parameters
    ----------
    request : str
        SHA-256 of method, path and body.
    status : int
        Of the answer; 0 while it is being made.
    body : str
        The answer.
    """

    request: str
    status: int
    body: str
