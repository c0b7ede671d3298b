"""Comments: what editors say to each other about an edition, and where it is kept."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from newsletter.errors import ReviewError

LONGEST: Final = 2_000
"""Characters of a comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One thing said.

    Parameters
    ----------
    id : int
        Its number in the store.
    edition : str
        Key of the edition it is about.
    revision : int
        Which revision its author looked at.
    part : str
        The part it is about; empty for the whole.
    author : str
        Who said it.
    at : datetime.datetime
        When, aware, UTC.
    words : str
        What. It is text, whatever it looks like.
    answers : int or None
        The comment it answers.
    resolved_by : str or None
        Who called the matter settled.
    resolved_at : datetime.datetime or None
        When.
    """

    id: int
    edition: str
    revision: int
    part: str
    author: str
    at: dt.datetime
    words: str
    answers: int | None = None
    resolved_by: str | None = None
    resolved_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its answers, first to last."""

    opening: Comment
    answers: tuple[Comment, ...]

    @property
    def open(self) -> bool:
        """Whether nobody has called it settled."""
        return self.opening.resolved_at is None


class Comments(Protocol):
    """Where comments are kept; the store implements it."""

    def of(self, edition: str) -> list[Comment]:
        """Return an edition's comments, first to last."""
        ...

    def add(self, comment: Comment) -> int:
        """Keep a comment, whose `id` is given here; return it.

        Raises
        ------
        NotFound
            If it answers a comment that the edition has not, or that is itself an answer.
        """
        ...

    def resolve(self, edition: str, id: int, editor: str, at: dt.datetime) -> bool:
        """Settle a comment of an edition; False where somebody has, or there is none."""
        ...

    def reopen(self, edition: str, id: int) -> bool:
        """Take up a settled comment again; False where there is none."""
        ...


def worded(text: str) -> str:
    """Return the words of a comment as they are kept.

    Raises
    ------
    ReviewError
        If there are none, or too many.
    """
    words = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not words:
        raise ReviewError("The comment is empty; write what you mean.")
    if len(words) > LONGEST:
        raise ReviewError(f"The comment has {len(words):,} characters; {LONGEST:,} are the most.")
    return words


def threads(comments: Iterable[Comment]) -> list[Thread]:
    """Return comments with their answers: open ones first, each in the order they were said."""
    said = sorted(comments, key=lambda one: (one.at, one.id))
    found = [
        Thread(one, tuple(other for other in said if other.answers == one.id))
        for one in said
        if one.answers is None
    ]
    return sorted(found, key=lambda one: not one.open)
