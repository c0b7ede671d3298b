"""Scan: every match of a pattern in a stretch of text, looked for once.

The two parts of a mail share most of their blocks, an edition's next revision nearly all,
and the verbs of one sentence ask for the same marks around them.
"""

import re
from functools import lru_cache

_Key = tuple[int, int, int]
_TEXTS = 2048
_LONG = 4_000


class Scanned:
    """One text and what was found in it.

    Parameters
    ----------
    text : str
        Any text.
    """

    __slots__ = ("_found", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[_Key, tuple[re.Pattern[str], tuple[re.Match[str], ...]]] = {}

    def matches(self, pattern: re.Pattern[str], start: int, end: int) -> tuple[re.Match[str], ...]:
        """Return what ``pattern.finditer(text, start, end)`` yields."""
        key = (id(pattern), start, end)
        known = self._found.get(key)
        if known is None:
            # The pattern is kept as well: while it lives no other has its identity.
            known = pattern, tuple(pattern.finditer(self.text, start, end))
            self._found[key] = known
        return known[1]


def scanned(text: str) -> Scanned:
    """Return what was found in a text; the last ones are kept, long ones apart."""
    return _short(text) if len(text) < _LONG else _long(text)


def scan(pattern: re.Pattern[str], text: str, start: int, end: int) -> tuple[re.Match[str], ...]:
    """Return what ``pattern.finditer(text, start, end)`` yields."""
    return scanned(text).matches(pattern, start, end)


_short = lru_cache(maxsize=_TEXTS)(Scanned)
_long = lru_cache(maxsize=8)(Scanned)
