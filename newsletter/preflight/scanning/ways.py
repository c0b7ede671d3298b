r"""Ways: of a pattern's alternatives only those that can begin with the letters at a place.

``\b(?:rose|fell|…)`` without regard to case tries some hundred alternatives at a word, for
the engine cannot tell by a word's first letter which of them may match. The same pattern
with only the alternatives in ``ros…`` finds at a place with these letters the same match, in
the same groups, and leaves every other place alone.
"""

import re
from collections.abc import Hashable, Iterable
from importlib import import_module
from typing import Any

from newsletter.preflight.scanning.openings import SIZE, fronts_of

_parser: Any = import_module("re._parser")
_compiler: Any = import_module("re._compiler")
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


class Ways(dict[str, re.Pattern[str] | None]):
    """What to look for at a place, by the letters that stand there.

    Parameters
    ----------
    pattern : re.Pattern
        A pattern each of whose matches begins with a word.
    parts : re._parser.SubPattern
        The same, taken apart.

    Notes
    -----
    Asked by the first `SIZE` letters at the place in lower case: None where no match begins
    so, else a pattern that matches there what the whole one matches.
    """

    made = 0
    """How many patterns were made for any beginning, in this process."""

    def __init__(self, pattern: re.Pattern[str], parts: Any) -> None:
        self._pattern, self._parts = pattern, parts
        self._fronts: dict[int, frozenset[str]] = {}  # by the alternative, which `_parts` keeps
        self._sizes: dict[int, int] = {}  # the same: how many alternatives there are in it
        self._letters = {front[:1] for front, _ in fronts_of(parts)}
        self._made: dict[Hashable, re.Pattern[str]] = {}
        self._met: dict[str, int] = {}  # beginnings for which nothing is made yet

    def __missing__(self, head: str) -> re.Pattern[str] | None:
        way = None
        if self._begins(head):
            met = self._met.get(head, 0) + 1
            if met < _OFTEN:  # the whole pattern finds the same there, only later
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
        return self._may(self._parts, head)

    def _way(self, head: str) -> re.Pattern[str] | None:
        left: list[int] = []
        parts = self._pruned(self._parts, head, left)
        if parts is None:
            return None
        if sum(map(self._sizes.__getitem__, left)) < _MANY:
            return self._pattern
        made = self._made.get(key := tuple(left))
        if made is None:
            if Ways.made >= _MADE_AT_MOST:  # the whole pattern finds the same there
                return self._pattern
            Ways.made += 1
            made = self._made[key] = _compiler.compile(parts, self._pattern.flags)
        return made

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
            kept = self._pruned(option, head, left) if self._may(option, head) else None
            if kept is None:
                left.append(id(option))
                if id(option) not in self._sizes:
                    self._sizes[id(option)] = _size(option)
            else:
                yield kept

    def _may(self, parts: Any, head: str) -> bool:
        """Tell whether parts can begin with the letters at a place, or match none at all."""
        fronts = self._fronts.get(id(parts))
        if fronts is None:
            fronts = self._fronts[id(parts)] = frozenset(front for front, _ in fronts_of(parts))
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
