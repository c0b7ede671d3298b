"""Suppression: addresses that get no mail, whatever list they stand on.

An entry outlives the reader: after an erasure only a keyed hash of the address is left, which
tells nobody who it was and still refuses a new import of the same address.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from newsletter.errors import ExitCode, SendError


class Cause(StrEnum):
    """Why an address gets no mail."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    MANUAL = "manual"
    ERASED = "erased"


LIFTED_BY_CONSENT = frozenset({Cause.COMPLAINED, Cause.ERASED, Cause.BOUNCED})
"""Causes that a new double opt-in of the reader's takes away; ``manual`` only a person lifts."""


LIFTED_BY_HAND = frozenset({Cause.MANUAL, Cause.BOUNCED})
"""Causes that a person may take away: their own, and what a server said by mistake."""

_WEIGHT = {Cause.BOUNCED: 1, Cause.ERASED: 2, Cause.COMPLAINED: 3, Cause.MANUAL: 4}


class AddressSuppressed(SendError):
    """An address gets no mail, whoever would add it to a list.

    Parameters
    ----------
    cause : Cause
        Why; the sentence does not repeat the address.
    """

    exit_code = ExitCode.CHECK_FAILED

    def __init__(self, cause: Cause) -> None:
        self.cause = cause
        way = (
            "take that back with `newsletter audience unsuppress`"
            if cause is Cause.MANUAL
            else "only the reader can change that, by subscribing and confirming anew"
        )
        super().__init__(f"The address gets no mail ({cause}); {way}.", permanent=True)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One entry.

    Parameters
    ----------
    mark : str
        `mark_of` the address.
    cause : Cause
        Why.
    detail : str
        What was said, addresses redacted.
    at : datetime.datetime
        Aware UTC instant since when.
    """

    mark: str
    cause: Cause
    detail: str
    at: dt.datetime


def outweighs(new: Cause, old: Cause) -> bool:
    """Tell whether a cause takes the place of an earlier one."""
    return _WEIGHT[new] > _WEIGHT[old]


def mark_of(email: str, key: bytes) -> str:
    """Return the keyed hash under which an address is suppressed.

    Parameters
    ----------
    email : str
        Normalised address; case is ignored.
    key : bytes
        The key of readers' links.
    """
    text = b"suppressed:" + email.casefold().encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()


class Suppressions(Protocol):
    """The list of suppressed addresses; the store keeps it (`newsletter.store.suppressions`)."""

    def add(self, email: str, cause: Cause, detail: str, now: dt.datetime) -> bool:
        """Suppress an address; False where it was already (a weightier cause replaces)."""
        ...

    def lift(self, email: str, causes: frozenset[Cause]) -> bool:
        """Take an entry away whose cause is one of these; tell whether there was one."""
        ...

    def of(self, email: str) -> Suppressed | None:
        """Return the entry of an address, or None."""
        ...
