"""Erratum: what a correction says, as words with slots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_LINE = 2000
"""Characters of any line of a letter."""
MOST_POINTS = 12
"""Points of one correction."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that was wrong.

    Parameters
    ----------
    said : str
        As it was sent, word for word: whole sentences.
    right : str
        What is right, with slots.
    """

    said: str
    right: str


@dataclass(frozen=True, slots=True)
class Erratum:
    """What a correction says about the edition that its key names.

    Parameters
    ----------
    headline : str
        Under which that edition was sent.
    points : tuple of Wrong
        What was wrong in it, and what is right.
    cause, changed : str
        How it came about; what was changed. Both with slots.
    """

    headline: str
    points: tuple[Wrong, ...]
    cause: str
    changed: str

    def passages(self) -> Iterator[str]:
        """Yield the texts that hold slots, in reading order."""
        yield from (point.right for point in self.points)
        yield from (self.cause, self.changed)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Erratum":
        """Read back what `dataclasses.asdict` made.

        Raises
        ------
        KeyError, TypeError
            If it is malformed.
        """
        points = tuple(Wrong(str(one["said"]), str(one["right"])) for one in data["points"])
        return cls(str(data["headline"]), points, str(data["cause"]), str(data["changed"]))
