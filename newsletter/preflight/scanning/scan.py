"""Scan: every match of a pattern in a stretch of text, looked for once, and only if any can be.

The two parts of a mail share most of their blocks, an edition's next revision nearly all,
and the verbs of one sentence ask for the same marks around them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache

from newsletter.preflight.scanning.sieve import BITS, KNOWN, Sieve, Sifted, sieve

_SHORT, _LONG = 400, 4_000
_Matches = tuple[re.Match[str], ...]
_Place = tuple[int, re.Pattern[str]]
"""Where a match may begin, and what to look for there."""


class Scanned:
    """One text and what was found in it.

    Parameters
    ----------
    text : str
        Any text.
    """

    __slots__ = ("_parts", "text", "whole")

    def __init__(self, text: str) -> None:
        self.text = text
        self.whole = Stretch(text, 0, len(text))
        self._parts = {(0, len(text)): self.whole}

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

    __slots__ = (
        "_first", "_found", "_left", "_low", "_places", "_sifted", "end", "start", "text",
    )  # fmt: skip

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self._found: dict[int, _Matches] = {}  # by pattern, which its sieve keeps alive
        self._first: dict[int, re.Match[str] | None] | None = None  # by the pattern's number
        self._places: dict[int, list[_Place] | None] | None = None  # the same
        self._sifted: Sifted | None = None
        self._left = -1  # as `Sifted.left`, once it is sifted
        self._low: str | None = None

    @property
    def low(self) -> str:
        """Its text in lower case."""
        if self._low is None:
            self._low = self.text[self.start : self.end].lower()
        return self._low

    @property
    def sifted(self) -> Sifted:
        """Which of the patterns known when it was first asked for may match in it."""
        if self._sifted is None:
            self._sifted = Sifted(self.text, self.start, self.end)
            self._left = self._sifted.left
        return self._sifted

    def matches(self, pattern: re.Pattern[str]) -> _Matches:
        """Return what ``pattern.finditer(text, start, end)`` yields."""
        key = id(pattern)
        if not self._left & BITS.get(key, -1):  # most patterns are done with here
            return ()
        found = self._found.get(key)
        return self._looked(pattern) if found is None else found

    def _looked(self, pattern: re.Pattern[str]) -> _Matches:
        """Look for a pattern for the first time."""
        known = KNOWN.get(id(pattern)) or sieve(pattern)
        if known is not None and not self.sifted.left & known.bit:
            return ()
        found = self._found[id(pattern)] = self._all(pattern, known)
        return found

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what ``pattern.search(text, start, end)`` returns."""
        key = id(pattern)
        if not self._left & BITS.get(key, -1):
            return None
        known = KNOWN.get(key) or sieve(pattern)
        if known is None:
            return pattern.search(self.text, self.start, self.end)
        if not self.sifted.left & known.bit:
            return None
        if self._first is None:
            self._first = {}
        elif known.number in self._first:  # what both parts of a mail say is asked for twice
            return self._first[known.number]
        match = self._first[known.number] = self._earliest(known)
        return match

    def _earliest(self, known: Sieve) -> re.Match[str] | None:
        """Return the first match of a pattern."""
        places = self.sifted.places(known)
        if places is None:
            return known.pattern.search(self.text, self.start, self.end)
        text, end = self.text, self.end
        for place, way in places:
            match = way.match(text, place, end)
            if match is not None:
                return match
        return None

    def may(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether a pattern may match in any piece of the stretch, however it is cut."""
        known = KNOWN.get(id(pattern)) or sieve(pattern)
        return known is None or bool((self._sifted or self.sifted).held & known.bit)

    def within(self, pattern: re.Pattern[str], start: int, end: int) -> _Matches:
        """Return what ``pattern.finditer(text, start, end)`` yields, for any part of the stretch.

        Where matches may begin is found out once for all parts, of which a sentence has many:
        what is looked for in front of a figure ends at the figure.
        """
        key = id(pattern)
        if not self._left & BITS.get(key, -1):
            return ()
        known = KNOWN.get(key) or sieve(pattern)
        if known is not None and not self.sifted.left & known.bit:
            return ()
        places = self._placed(known) if known is not None else None
        if places is None or start < self.start or end > self.end:
            return tuple(pattern.finditer(self.text, start, end))
        text, found = self.text, []
        for place, way in places[bisect_left(places, (start,)) : bisect_left(places, (end,))]:
            if place >= start:
                match = way.match(text, place, end)
                if match is not None:
                    found.append(match)
                    start = match.end()
        return tuple(found)

    def _placed(self, known: Sieve) -> list[_Place] | None:
        """Return where matches of a pattern may begin; None where that cannot be told."""
        if self._places is None:
            self._places = {}
        if known.number not in self._places:
            places = self.sifted.places(known)
            self._places[known.number] = None if places is None else list(places)
        return self._places[known.number]

    def _all(self, pattern: re.Pattern[str], known: Sieve | None) -> _Matches:
        """Look for a pattern: at the words that may begin a match, where that can be told."""
        places = None if known is None else self.sifted.places(known)
        if places is None:
            return tuple(pattern.finditer(self.text, self.start, self.end))
        text, end, behind, found = self.text, self.end, self.start, []
        for place, way in places:
            if place >= behind:
                match = way.match(text, place, end)
                if match is not None:
                    found.append(match)
                    behind = match.end()
        return tuple(found)


class Several:
    """Patterns that are asked for together, of most of which most texts hold nothing.

    Parameters
    ----------
    patterns : iterable of re.Pattern
        Each of which is looked for by itself wherever `of` tells that it may match.
    """

    __slots__ = ("_bits", "_every", "patterns")

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self.patterns = tuple(patterns)
        self._every = range(len(self.patterns))
        self._bits: tuple[int, ...] = ()  # of each, once all are known to a sieve

    def of(self, stretch: Stretch) -> Sequence[int]:
        """Return the places, among the patterns, of those that may match in a stretch."""
        if not self._bits:
            known = tuple(BITS.get(id(pattern), 0) for pattern in self.patterns)
            if not all(known):
                return self._every
            self._bits = known
        left = stretch.sifted.left
        return [place for place, bit in enumerate(self._bits) if left & bit]


def scanned(text: str) -> Scanned:
    """Return what was found in a text; the last ones are kept, long ones apart."""
    latest = _LATEST[0]
    if latest.text is text:
        return latest
    kept = _short if len(text) < _SHORT else _middling if len(text) < _LONG else _long
    found = _LATEST[0] = kept(text)
    return found


def whole(text: str) -> Stretch:
    """Return what was found in a text as a whole."""
    return scanned(text).whole


def scan(pattern: re.Pattern[str], text: str, start: int = 0, end: int | None = None) -> _Matches:
    """Return what ``pattern.finditer(text, start, end)`` yields; all of it by default."""
    found = scanned(text)
    if end is None and not start:
        return found.whole.matches(pattern)
    return found.part(start, len(text) if end is None else end).matches(pattern)


_short = lru_cache(maxsize=512)(Scanned)
_middling = lru_cache(maxsize=32)(Scanned)
_long = lru_cache(maxsize=8)(Scanned)
_LATEST = [Scanned("")]
"""The text asked for last, which is mostly asked for again."""
