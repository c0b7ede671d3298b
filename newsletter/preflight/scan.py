"""Scan: every match of a pattern in a stretch of text, looked for once, and only if any can be.

The two parts of a mail share most of their blocks, an edition's next revision nearly all,
and the verbs of one sentence ask for the same marks around them.
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from newsletter.preflight.openings import opened, places
from newsletter.preflight.sieve import Sieve, Sifted, sieve, sift

_SHORT, _LONG = 400, 4_000
_Matches = tuple[re.Match[str], ...]


class Scanned:
    """One text and what was found in it.

    Parameters
    ----------
    text : str
        Any text.
    """

    __slots__ = ("_parts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts: dict[tuple[int, int], Stretch] = {}

    def part(self, start: int, end: int) -> "Stretch":
        """Return what was found in a stretch of the text."""
        known = self._parts.get((start, end))
        if known is None:
            known = self._parts[start, end] = Stretch(self.text, start, end)
        return known


class Stretch:
    """A stretch of a text and what was found in it.

    Parameters
    ----------
    text : str
        Any text.
    start, end : int
        The stretch.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self._found: dict[int, _Matches] = {}  # by pattern, which its sieve keeps alive

    @cached_property
    def opened(self) -> dict[str, list[int]]:
        """Where its words begin, as `newsletter.preflight.openings` has them."""
        return opened(self.text, self.start, self.end)

    @cached_property
    def low(self) -> str:
        """Its text in lower case."""
        return self.text[self.start : self.end].lower()

    @cached_property
    def sifted(self) -> Sifted:
        """Which of the patterns known when it was first asked for may match in it."""
        return sift(self.text[self.start : self.end])

    def matches(self, pattern: re.Pattern[str]) -> _Matches:
        """Return what ``pattern.finditer(text, start, end)`` yields."""
        known = sieve(pattern)
        if known is not None and not self.sifted.admits(known):
            return ()
        found = self._found.get(id(pattern))
        if found is None:
            found = self._found[id(pattern)] = tuple(self._look(pattern, known))
        return found

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what ``pattern.search(text, start, end)`` returns."""
        known = sieve(pattern)
        if known is None:
            return pattern.search(self.text, self.start, self.end)
        return next(self._look(pattern, known), None) if self.sifted.admits(known) else None

    def _look(self, pattern: re.Pattern[str], known: Sieve | None) -> Iterator[re.Match[str]]:
        if known is None or not known.openings or not self.sifted.plain:
            yield from pattern.finditer(self.text, self.start, self.end)
            return
        behind = self.start
        for place in places(self.opened, known.openings):
            if place >= behind:
                match = pattern.match(self.text, place, self.end)
                if match is not None:
                    yield match
                    behind = match.end()


def scanned(text: str) -> Scanned:
    """Return what was found in a text; the last ones are kept, long ones apart."""
    return (_short if len(text) < _SHORT else _middling if len(text) < _LONG else _long)(text)


def whole(text: str) -> Stretch:
    """Return what was found in a text as a whole."""
    return scanned(text).part(0, len(text))


def scan(pattern: re.Pattern[str], text: str, start: int = 0, end: int | None = None) -> _Matches:
    """Return what ``pattern.finditer(text, start, end)`` yields; all of it by default."""
    return scanned(text).part(start, len(text) if end is None else end).matches(pattern)


_short = lru_cache(maxsize=512)(Scanned)
_middling = lru_cache(maxsize=32)(Scanned)
_long = lru_cache(maxsize=8)(Scanned)
