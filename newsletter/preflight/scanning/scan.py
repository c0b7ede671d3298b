"""Scan: every match of a pattern in a stretch of text, looked for once, and only if any can be.

The two parts of a mail share most of their blocks, an edition's next revision nearly all,
and the verbs of one sentence ask for the same marks around them.
"""

import re
from functools import lru_cache

from newsletter.preflight.scanning.sieve import BITS, KNOWN, Sieve, Sifted, sieve

_SHORT, _LONG = 400, 4_000
_Matches = tuple[re.Match[str], ...]


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

    __slots__ = ("_found", "_left", "_low", "_sifted", "end", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self._found: dict[int, _Matches] = {}  # by pattern, which its sieve keeps alive
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
        sifted = self._sifted or self.sifted
        if not sifted.left & known.bit:
            return None
        places = sifted.places(known)
        if places is None:
            return pattern.search(self.text, self.start, self.end)
        text, end = self.text, self.end
        for place, way in places:
            if way is not None:
                match = way.match(text, place, end)
                if match is not None:
                    return match
        return None

    def may(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether a pattern may match in any piece of the stretch, however it is cut."""
        known = KNOWN.get(id(pattern)) or sieve(pattern)
        return known is None or bool((self._sifted or self.sifted).held & known.bit)

    def _all(self, pattern: re.Pattern[str], known: Sieve | None) -> _Matches:
        """Look for a pattern: at the words that may begin a match, where that can be told."""
        places = None if known is None else self.sifted.places(known)
        if places is None:
            return tuple(pattern.finditer(self.text, self.start, self.end))
        text, end, behind, found = self.text, self.end, self.start, []
        for place, way in places:
            if way is not None and place >= behind:
                match = way.match(text, place, end)
                if match is not None:
                    found.append(match)
                    behind = match.end()
        return tuple(found)


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
