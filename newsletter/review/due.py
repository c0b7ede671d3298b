"""What came of an edition that was due: once recorded, whoever looks knows it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from newsletter.review.desk import AuditEntry

CALENDAR: Final = "schedule"
"""Whose a firing is that no person asked for."""


class Turn(StrEnum):
    """How far an edition is that was due, or is to be made besides."""

    PLANNED = "planned"
    BEGUN = "begun"
    STARTED = "started"
    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"
    SKIPPED = "skipped"


OPEN: Final = (Turn.PLANNED, Turn.BEGUN, Turn.STARTED, Turn.WAITING)
"""What something is still to come of."""


@dataclass(frozen=True, slots=True)
class Due:
    """An edition that was due, or is to be made besides.

    Parameters
    ----------
    key : str
        The edition; there is one of these for each.
    due_at : datetime.datetime
        Aware UTC instant.
    turn : Turn
        How far it is.
    by : str
        `CALENDAR`, or who asked for it.
    at : datetime.datetime
        When it came to that.
    reason : str
        Why it was skipped, failed or waits, in one sentence.
    next_at : datetime.datetime or None
        Not before that is it looked at again.
    tries : int
        How often its run was begun again because data were missing.
    """

    key: str
    due_at: dt.datetime
    turn: Turn
    by: str
    at: dt.datetime
    reason: str = ""
    next_at: dt.datetime | None = None
    tries: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {
            "at": self.due_at.isoformat(),
            "key": self.key,
            "state": str(self.turn),
            "by": self.by,
            "since": self.at.isoformat(),
            "reason": self.reason,
            "next_at": self.next_at and self.next_at.isoformat(),
            "tries": self.tries,
        }


class DueBook(Protocol):
    """Where what was due is kept, one row for each edition; the store implements it."""

    def find(self, key: str) -> Due | None:
        """Return what is known of an edition, or None."""
        ...

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return those of some editions of which something is known."""
        ...

    def open(self) -> list[Due]:
        """Return all of which something is still to come, the earliest first."""
        ...

    def planned(self) -> list[Due]:
        """Return those that are to be made besides, the earliest first."""
        ...

    def past(self, count: int) -> list[Due]:
        """Return the last of those that came due, the latest first."""
        ...

    def ahead(self, of: dt.datetime) -> Sequence[Due]:
        """Return those due after an instant of which more is known than that they are planned."""
        ...

    def record(self, due: Due, entry: AuditEntry | None = None) -> bool:
        """Keep what was not known; False where something of its edition is."""
        ...

    def move(self, before: Due, after: Due, entry: AuditEntry | None = None) -> bool:
        """Change what is as it was read; False where somebody else changed it."""
        ...

    def drop(self, due: Due, entry: AuditEntry | None = None) -> bool:
        """Take away what is as it was read; False where somebody else changed it."""
        ...

    def looks(self, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return the first and the last look at the schedule; the first is now where none was."""
        ...

    def looked(self, now: dt.datetime) -> None:
        """Keep that the schedule was looked at."""
        ...
