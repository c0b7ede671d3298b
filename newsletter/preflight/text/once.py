"""Once: what several rules read out of a document is read out of it once."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from newsletter.preflight.text.document import Document

T = TypeVar("T")
_KEPT = 8


class _Same:
    """A document as a key: equal only to itself."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document


def once(read: Callable[[Document], T]) -> Callable[[Document], T]:
    """Remember a pure function's answer for the last few documents.

    Parameters
    ----------
    read : callable
        From document to an immutable value; a generator would be used up.
    """

    @lru_cache(maxsize=_KEPT)
    def remembered(key: _Same) -> T:
        return read(key.document)

    @wraps(read)
    def answer(document: Document) -> T:
        return remembered(_Same(document))

    return answer
