"""Alerts: what is wrong at this moment, told when it begins, when it gets worse and when it ends.

An alert is a state, not an event: it is named by its kind and its subject, stands once however
many processes see it, and is told of again only on getting worse.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CALM: Final = dt.timedelta(minutes=10)
"""What was not seen for so long is over; what comes back before that was never gone."""
PAUSES: Final = tuple(dt.timedelta(seconds=seconds) for seconds in (30, 60, 300, 900, 1800))
"""Between attempts at a letter; after the last one it is tried again at the same distance."""
LEASE: Final = dt.timedelta(minutes=10)
"""How long a letter belongs to the process that sends it."""
HOUR: Final = dt.timedelta(hours=1)
KEPT_FOR_URGENT: Final = 2
"""Of an hour's letters so many are for what is urgent."""
APART: Final = 3
"""What comes at once goes as letters of their own up to so many, else as one."""


class Level(StrEnum):
    """How soon somebody has to look."""

    WARN = "warn"
    URGENT = "urgent"


class Change(StrEnum):
    """What became of an alert."""

    BEGAN = "began"
    WORSE = "worse"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Raised:
    """Something that is wrong, as one look finds it.

    Parameters
    ----------
    kind, subject : str
        Name it: what it is about, and of what, e.g. ``disk`` and a directory.
    title, words, mend : str
        A few words; one sentence of what was found; one of what to do. No reader, no secret.
    level : Level
        How soon somebody has to look.
    step : int
        How bad it is, from 1; with a higher one it is told again.
    edition : str
        The edition it is about; empty where it is about none.
    mark : str
        With another mark the same kind and subject are another alert.
    noticed : bool
        True where editors hear of it by a notice of its own; only addresses of duty get a letter.
    ends_told : bool
        Whether a letter says that it is over.
    """

    kind: str
    subject: str
    title: str
    words: str
    mend: str
    level: Level = Level.WARN
    step: int = 1
    edition: str = ""
    mark: str = ""
    noticed: bool = False
    ends_told: bool = True


@dataclass(frozen=True, slots=True)
class Unsure:
    """Something that could not be looked at: what stood of it stands on."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert that stands.

    Parameters
    ----------
    kind, subject, title, words, mend, level, edition
        As in `Raised`.
    since : datetime.datetime
        When it began; aware UTC.
    """

    kind: str
    subject: str
    title: str
    words: str
    mend: str
    level: Level
    edition: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a letter: the alert as it was told, and what became of it.

    Parameters
    ----------
    id : int
        In the store.
    change : Change
        What became of it.
    standing : Standing
        What is told.
    """

    id: int
    change: Change
    standing: Standing


@dataclass(frozen=True, slots=True)
class Parcel:
    """One letter about alerts on its way to one recipient.

    Parameters
    ----------
    letter : str
        Names it.
    recipient : str
        A name at the desk, or an address of duty.
    lines : sequence of Line
        What it tells, the urgent first.
    attempts : int
        How often it was tried, this time included.
    made_at : datetime.datetime
        Since when the oldest of it waits.
    """

    letter: str
    recipient: str
    lines: Sequence[Line]
    attempts: int
    made_at: dt.datetime

    def next_at(self, now: dt.datetime) -> dt.datetime:
        """Return when it is tried again after an attempt that failed."""
        return now + PAUSES[min(self.attempts, len(PAUSES)) - 1]
