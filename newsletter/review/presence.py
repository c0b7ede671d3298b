"""Presence: who works on an edition just now, and on which part."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Protocol

GONE: Final = dt.timedelta(seconds=30)
"""Who has not been heard of for so long is not there; a page tells every ten seconds."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has an edition open.

    Parameters
    ----------
    editor : str
        Who.
    part : str
        What they are editing; empty where they only look.
    seen_at : datetime.datetime
        When their page was last heard of.
    """

    editor: str
    part: str
    seen_at: dt.datetime


class Presence(Protocol):
    """Where it is kept; the store implements it."""

    def here(self, edition: str, editor: str, part: str, now: dt.datetime) -> None:
        """Say that somebody is there."""
        ...

    def left(self, edition: str, editor: str) -> None:
        """Say that somebody is there no longer."""
        ...

    def others(self, edition: str, editor: str, now: dt.datetime) -> list[Present]:
        """Return who else is there, by name."""
        ...
