"""Consent: what somebody asked for, in which words, and what they want of it."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

CONFIRM_WITHIN: Final = dt.timedelta(hours=48)
"""How long the link of a confirming mail works, and how long a wish is kept."""
ANY_DAY: Final = frozenset(range(7))
COUNTING: Final = "counting opens and clicks"
"""The purpose of the consent to be counted, which is asked for by itself."""
COUNTING_ENDED: Final = "counting opens and clicks: taken back"
"""The purpose of the row that ends it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words beside the box that somebody ticks.

    Parameters
    ----------
    version : str
        Their name, e.g. ``"2026-11"``.
    text : str
        The words themselves.
    """

    version: str
    text: str

    @property
    def sha256(self) -> str:
        """Their hash: a version whose words were changed in silence is told by it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asked for mail to an address; whether it is theirs is not known yet.

    Parameters
    ----------
    id : str
        Random, in the confirming link.
    email : str
        Normalised address.
    name : str
        May be empty; hostile.
    lists : tuple of str
        Lists of the configuration, each a purpose of its own.
    tickers : tuple of str
        Instruments they watch; may be empty.
    country : str
        ISO 3166 code, or ``"XX"``.
    wording, wording_hash : str
        Version and SHA-256 of the words consented to.
    page : str
        Path of the page it was asked on.
    ip : str
        From where; kept for a short time.
    asked_at : datetime.datetime
        Aware UTC instant.
    attempts : int
        Times a mail about it was tried.
    counting, counting_hash : str
        Version and SHA-256 of the words under which opens and clicks may be counted; empty
        where nobody agreed to that.
    """

    id: str
    email: str
    name: str
    lists: tuple[str, ...]
    tickers: tuple[str, ...]
    country: str
    wording: str
    wording_hash: str
    page: str
    ip: str
    asked_at: dt.datetime
    attempts: int = 0
    counting: str = ""
    counting_hash: str = ""

    def holds(self, now: dt.datetime) -> bool:
        """Tell whether its link still works."""
        return now < self.asked_at + CONFIRM_WITHIN


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a reader wants of the lists they are on.

    Parameters
    ----------
    days : frozenset of int
        Weekdays of sessions, Monday is 0; all seven: every edition.
    tickers : tuple of str
        Instruments they watch.
    paused_until : datetime.date or None
        The first day on which mail comes again.
    counted : bool
        Whether opens and clicks may be counted, on every list.
    """

    days: frozenset[int] = ANY_DAY
    tickers: tuple[str, ...] = ()
    paused_until: dt.date | None = None
    counted: bool = False
