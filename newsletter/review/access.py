"""How people get to the desk: what is known of them, and where it is kept."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from newsletter.review.desk import AuditEntry

DESK = "desk"
"""Who acts in the audit log where nobody has proved yet who they are."""


class Stage(StrEnum):
    """How far a login has come."""

    PASSWORD = "password"  # noqa: S105 - a stage's name
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Credential:
    """How an editor proves who they are.

    Parameters
    ----------
    editor : str
        Whose.
    password : str
        The argon2 hash in PHC form; empty where none was set.
    totp_generation : int
        Which of the editor's authenticator secrets holds; each reset takes the next.
    totp_on : bool
        Whether an authenticator was set up.
    totp_last : int
        The last time step whose code was accepted.
    zone : str
        The time zone in which the editor reads times; may be empty.
    changed_at : datetime.datetime
        When the password or the authenticator was last changed.
    """

    editor: str
    password: str = field(repr=False)
    totp_generation: int
    totp_on: bool
    totp_last: int
    zone: str
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One session at the desk.

    Parameters
    ----------
    id : str
        SHA-256 of the token in the browser's cookie.
    editor : str
        Whose.
    made_at, seen_at, ends_at : datetime.datetime
        First and last sign of life, and when it ends whatever happens.
    agent : str
        What the browser calls itself, at most 120 characters.
    stage : Stage
        Only a whole one may do anything but finish the login.
    """

    id: str
    editor: str
    made_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime
    agent: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link with which an editor sets a password; `id` is its token's SHA-256."""

    id: str
    editor: str
    made_by: str
    made_at: dt.datetime
    ends_at: dt.datetime
    used_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ApproveLink:
    """A link to approve one content of an edition, for one editor and one use."""

    id: str
    edition: str
    content: str
    editor: str
    made_at: dt.datetime
    ends_at: dt.datetime
    used_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often somebody may do something: `count` times within `window`."""

    what: str
    who: str
    count: int
    window: dt.timedelta


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether an attempt was let through.

    Parameters
    ----------
    ids : tuple of int
        Its records, to be withdrawn where it shall not count.
    free_at : datetime.datetime or None
        Where it was not let through: when the next one will be.
    """

    ids: tuple[int, ...] = ()
    free_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who a provider of identities says somebody is.

    Parameters
    ----------
    issuer, subject : str
        The provider, and its own name for the person; it never gives one away twice.
    email : str
        Their address; empty where the provider has not made sure that it is theirs.
    """

    issuer: str
    subject: str
    email: str


@dataclass(frozen=True, slots=True)
class Known:
    """Whose identity it is: `editor` may be empty; where it is not `good`, `why` says so."""

    editor: str
    good: bool
    why: str = ""


class Identities(Protocol):
    """Which identity of a provider is which editor; the store implements it."""

    def known(self, claimed: Claimed, now: dt.datetime) -> Known:
        """Return the active editor of an identity, binding it where it is new."""
        ...

    def bound(self, issuer: str) -> dict[str, dt.datetime]:
        """Return since when which editors' identities are bound."""
        ...

    def release(self, editor: str, entry: AuditEntry) -> bool:
        """Unbind an editor and end their sessions; False where nothing was bound."""
        ...


class People(Protocol):
    """The editors; the store implements it."""

    def called(self, typed: str) -> str | None:
        """Return the one active editor of a name or address, or None."""
        ...

    def about(self, name: str) -> tuple[str, ...]:
        """Return what is known of an editor and hence no password: name and address."""
        ...


class Access(Protocol):
    """Where credentials, sessions, attempts and links are kept; the store implements it.

    Every method is one transaction; one that takes an audit entry writes it in the same.
    """

    identities: Identities

    def credential(self, editor: str) -> Credential | None:
        """Return an editor's credential, or None."""
        ...

    def set_password(self, editor: str, password: str, entry: AuditEntry) -> None:
        """Set a password's hash and end every session of the editor."""
        ...

    def rehash(self, editor: str, old: str, new: str) -> None:
        """Put a password's new hash in the place of the old one, if that still stands."""
        ...

    def set_zone(self, editor: str, zone: str) -> None:
        """Set the time zone in which an editor reads times."""
        ...

    def enrol(
        self,
        editor: str,
        generation: int,
        step: int,
        codes: Iterable[str],
        entry: AuditEntry,
    ) -> bool:
        """Turn an authenticator on, with hashes of recovery codes; False if it is on already."""
        ...

    def use_step(self, editor: str, generation: int, step: int) -> bool:
        """Take a time step as used; False where it, or a later one, was used before."""
        ...

    def reset_totp(self, editor: str, entry: AuditEntry) -> bool:
        """Void authenticator, recovery codes and sessions; False without a credential."""
        ...

    def use_recovery(self, editor: str, code: str, now: dt.datetime) -> bool:
        """Take a recovery code (its hash) as used; False where it is none or was used."""
        ...

    def recovery_left(self, editor: str) -> int:
        """Return how many recovery codes an editor has not used."""
        ...

    def add_visit(self, visit: Visit, replacing: str | None = None) -> bool:
        """Begin a session and end another; False where the editor is not active."""
        ...

    def renew_visit(self, old: str, visit: Visit) -> bool:
        """Put a session in the place of another; False where that one is no more."""
        ...

    def visit(self, id: str, now: dt.datetime, idle: dt.timedelta) -> Visit | None:
        """Return a living session and mark it seen; None for every other."""
        ...

    def visits(self, editor: str, now: dt.datetime) -> list[Visit]:
        """Return an editor's sessions that have not reached their end, newest first."""
        ...

    def end_visit(self, id: str) -> Visit | None:
        """End a session; return it, or None where there was none."""
        ...

    def end_visits(self, editor: str) -> int:
        """End every session of an editor; return how many there were."""
        ...

    def attempt(self, wanted: Sequence[Allowance], now: dt.datetime) -> Admission:
        """Record an attempt if every allowance lets it through; else record nothing."""
        ...

    def withdraw(self, ids: Sequence[int]) -> None:
        """Take attempts back that shall not count."""
        ...

    def attempts(self, what: str, who: str, since: dt.datetime) -> int:
        """Return how many attempts were recorded after an instant."""
        ...

    def forget_attempts(self, what: str, who: str) -> None:
        """Forget somebody's attempts at something."""
        ...

    def forget_before(self, instant: dt.datetime) -> int:
        """Forget attempts made, and sessions ended, before an instant; return how many."""
        ...

    def add_invitation(self, invitation: Invitation, entry: AuditEntry) -> bool:
        """Add an invitation in the place of earlier ones; False where the editor is not active."""
        ...

    def invitation(self, id: str, now: dt.datetime) -> Invitation | None:
        """Return an invitation that still holds, or None."""
        ...

    def use_invitation(self, id: str, password: str, entry: AuditEntry) -> str | None:
        """Take an invitation as used and set the password's hash; None where it does not hold."""
        ...

    def add_link(self, link: ApproveLink) -> None:
        """Add a link to approve."""
        ...

    def link(self, id: str) -> ApproveLink | None:
        """Return a link to approve, or None."""
        ...

    def use_link(self, id: str, now: dt.datetime) -> bool:
        """Take a link as used; False where it was used or has ended."""
        ...
