"""What a check found, and what a check is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsletter.app import House


class Health(StrEnum):
    """How something stands."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    check : str
        The check's id.
    subject : str
        What was looked at, e.g. a sender's name or a directory; no secret, no reader.
    health : Health
        How it stands.
    words : str
        One sentence: what was found; where it is not `Health.OK`, also what to do.
    """

    check: str
    subject: str
    health: Health
    words: str


class Check(Protocol):
    """What a file in ``doctor/checks`` offers as ``CHECK``."""

    @property
    def id(self) -> str:
        """The name of its file."""
        ...

    @property
    def title(self) -> str:
        """What it looks at, in a word or two, for the first column."""
        ...

    def look(self, house: "House") -> "Iterable[Finding]":
        """Look; whatever cannot be found out is `Health.UNKNOWN`, never an exception.

        It changes nothing, sends nothing, and waits no longer than some ten seconds.
        """
        ...
