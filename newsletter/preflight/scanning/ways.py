r"""Ways: of a pattern's alternatives only those that can begin with the letters at a place.

``\b(?:rose|fell|…)`` without regard to case tries some hundred alternatives at a word, for
the engine cannot tell by a word's first letter which of them may match. The same pattern
with only the alternatives in ``ros…`` finds at a place with these letters the same match, in
the same groups, and leaves every other place alone.
"""

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from newsletter.patterns import KEPT, Pieces, pieces, whole
from newsletter.preflight.scanning.openings import SIZE, fronts_of

_parser: Any = import_module("re._parser")
_SILENT = frozenset({"AT", "ASSERT", "ASSERT_NOT"})
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_MANY = 12
"""Alternatives from which on it pays to leave them out."""
_KEPT = 12_000
"""Beginnings that are remembered of a pattern; the texts of a year have some six thousand."""
_MADE_AT_MOST = 1500
"""Patterns that are made in a process, for all patterns together: those met often come first.

Each year of texts would else add its rare words to a process that lasts.
"""
_OFTEN = 6
"""Times a beginning is met before a pattern is made for it: most are met once or twice."""
_NOTED_AT_MOST = 4_000
"""Beginnings for which what was made is known to the next process, of all patterns together."""


_Way = Pieces | bool
"""A pattern; or True for the whole one, False where no match begins so."""


class Ways(dict[str, re.Pattern[str] | None]):
    """What to look for at a place, by the letters that stand there.

    Parameters
    ----------
    pattern : re.Pattern
        A pattern each of whose matches begins with a word.
    fronts : frozenset of str
        How its matches may begin, as `newsletter.preflight.scanning.openings.fronts_of` tells.

    Notes
    -----
    Asked by the first `SIZE` letters at the place in lower case: None where no match begins
    so, else a pattern that matches there what the whole one matches.
    """

    made = 0
    """How many patterns were made for any beginning, in this process."""
    noted = 0
    """How many beginnings the next process is told of."""

    def __init__(self, pattern: re.Pattern[str], fronts: frozenset[str]) -> None:
        self._pattern, self._whole = pattern, fronts
        self._taken: Any = None
        self._fronts: dict[int, frozenset[str]] = {}  # by the alternative, which `_taken` keeps
        self._sizes: dict[int, int] = {}  # the same: how many alternatives there are in it
        self._letters = {front[:1] for front in fronts}
        self._told: dict[tuple[int, ...], Pieces] = {}  # by the alternatives that are left out
        self._made: dict[int, re.Pattern[str]] = {}  # by its pieces, which are kept
        self._met: dict[str, int] = {}  # beginnings for which nothing is made yet
        self._own = KEPT.owns(pattern)
        self._noted: dict[str, _Way] = {}
        if self._own:
            self._noted |= KEPT.known("ways", pattern.pattern, pattern.flags) or {}
            Ways.noted += len(self._noted)

    def __missing__(self, head: str) -> re.Pattern[str] | None:
        way = None
        if self._begins(head):
            met = self._met.get(head, 0) + 1
            if met < _OFTEN and head not in self._noted:  # the whole one finds the same, later
                if len(self._met) >= _KEPT:
                    self._met.clear()
                self._met[head] = met
                return self._pattern
            self._met.pop(head, None)
            way = self._way(head)
        if len(self) >= _KEPT:
            self.clear()
        self[head] = way
        return way

    def _begins(self, head: str) -> bool:
        letters = self._letters
        if head and head[0] not in letters and "" not in letters:
            return False
        return _may(self._whole, head)

    def _way(self, head: str) -> re.Pattern[str] | None:
        way = self._noted.get(head)
        if way is None:
            way = self._found(head)
            if self._own and Ways.noted < _NOTED_AT_MOST and Ways.made < _MADE_AT_MOST:
                Ways.noted += 1
                self._noted[head] = way
                KEPT.note("ways", self._pattern.pattern, self._pattern.flags, self._noted)
        if isinstance(way, bool):
            return self._pattern if way else None
        made = self._made.get(id(way))
        if made is None:
            if Ways.made >= _MADE_AT_MOST:  # the whole pattern finds the same there
                return self._pattern
            Ways.made += 1
            made = self._made[id(way)] = whole(None, way)
        return made

    def _found(self, head: str) -> "_Way":
        """Return the pattern that is left of the whole one where a text so begins."""
        if self._taken is None:  # apart, which few processes need
            self._taken = _parser.parse(self._pattern.pattern, self._pattern.flags)
        left: list[int] = []
        parts = self._pruned(self._taken, head, left)
        if parts is None or sum(map(self._sizes.__getitem__, left)) < _MANY:
            return parts is not None
        told = self._told.get(key := tuple(left))
        if told is None:
            if Ways.made >= _MADE_AT_MOST:
                return True
            told = self._told[key] = pieces(parts, self._pattern.flags)
        return told

    def _pruned(self, parts: Any, head: str, left: list[int]) -> Any:
        """Return parts without the alternatives that cannot begin so, None where none can.

        What is left out is noted in `left`.
        """
        for place, (name, told) in enumerate(parts):
            if str(name) in _SILENT:
                continue
            if str(name) == "BRANCH":
                kept = list(self._kept(told[1], head, left))
                if not kept:
                    return None
                now = (told[0], kept)
            elif str(name) == "SUBPATTERN":
                inner = self._pruned(told[3], head, left)
                if inner is None:
                    return None
                now = (*told[:3], inner)
            else:
                break
            data = [*parts[:place], (name, now), *parts[place + 1 :]]
            return _parser.SubPattern(parts.state, data)
        return parts

    def _kept(self, options: Iterable[Any], head: str, left: list[int]) -> Iterable[Any]:
        for option in options:
            kept = self._pruned(option, head, left) if _may(self._begin(option), head) else None
            if kept is None:
                left.append(id(option))
                if id(option) not in self._sizes:
                    self._sizes[id(option)] = _size(option)
            else:
                yield kept

    def _begin(self, option: Any) -> frozenset[str]:
        """Return how the matches of an alternative may begin."""
        fronts = self._fronts.get(id(option))
        if fronts is None:
            fronts = self._fronts[id(option)] = frozenset(front for front, _ in fronts_of(option))
        return fronts


def _may(fronts: frozenset[str], head: str) -> bool:
    """Tell whether what begins in one of some ways may begin with the letters at a place.

    What may match nothing at all has the empty string among its fronts.
    """
    if head in fronts or head[:1] in fronts or head[:2] in fronts or "" in fronts:
        return True
    return len(head) < SIZE and any(front.startswith(head) for front in fronts)


def _size(parts: Iterable[tuple[Any, Any]]) -> int:
    """Return how many alternatives there are in parts, at any depth; one where there are none."""
    found = 0
    for name, told in parts:
        if str(name) == "BRANCH":
            found += sum(map(_size, told[1]))
        elif str(name) == "SUBPATTERN":
            found += _size(told[3]) - 1
        elif str(name) in _REPEATS:
            found += _size(told[2]) - 1
    return max(found, 1)
