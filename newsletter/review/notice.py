"""Notices: what editors are told by e-mail, kept until it has gone or is not worth telling."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class About(StrEnum):
    """What editors are told of; each is a variant of the letter ``notice``."""

    REVIEW = "review"
    BLOCKED = "blocked"
    REMINDER = "reminder"
    UNSENT = "unsent"
    EXPIRED = "expired"
    HELD = "held"
    PLAN = "plan"
    FAILED = "failed"
    GATE = "gate"
    STOPPED = "stopped"
    DOUBT = "doubt"
    PAUSED = "paused"


class Fate(StrEnum):
    """How the telling of one editor fares."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"


PAUSES: Final = tuple(dt.timedelta(seconds=seconds) for seconds in (30, 60, 300, 900, 1800))
"""Between attempts; after the last one it is tried again at the same distance."""
LEASE: Final = dt.timedelta(minutes=10)
"""How long an attempt belongs to the process that makes it; longer than a server may take."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that editors are told of, each once.

    Parameters
    ----------
    edition : str
        The key it is about; of a failed run there need be no edition yet.
    about : About
        What about it.
    mark : str
        Two tellings of one edition, matter and mark are the same.
    reason : str
        One sentence in the letter; may be empty.
    ends_at : datetime.datetime
        Aware UTC; after it nobody need be told any more.
    revision : str
        Which revision it is about, for the audit log; empty where that is another's matter.
    """

    edition: str
    about: About
    mark: str
    reason: str
    ends_at: dt.datetime
    revision: str = ""

    @property
    def detail(self) -> dict[str, str]:
        """What the audit log says of it; the same words are the same matter."""
        found = {"about": str(self.about), "mark": self.mark}
        return found | {"revision": self.revision} if self.revision else found


@dataclass(frozen=True, slots=True)
class Notice:
    """One editor's telling of a matter.

    Parameters
    ----------
    id : int
        In the store.
    edition, about, mark, reason, ends_at
        As in `Matter`.
    editor : str
        Who is told.
    attempts : int
        How often it was tried, this time included.
    made_at : datetime.datetime
        Since when it waits.
    """

    id: int
    edition: str
    about: About
    mark: str
    reason: str
    editor: str
    attempts: int
    made_at: dt.datetime
    ends_at: dt.datetime

    def next_at(self, now: dt.datetime) -> dt.datetime:
        """Return when it is tried again after an attempt that failed."""
        return now + PAUSES[min(self.attempts, len(PAUSES)) - 1]
