r"""Sieve: the few letters of which a text must hold some, or a pattern finds nothing in it.

A briefing's sentence is asked for hundreds of patterns and holds what three of them look
for. From ``(?:overbought|oversold)`` it can be told without looking that a match holds
``verb`` or ``rsol``; what runs of letters a sentence holds is found out once, and the
patterns that cannot match are not tried.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from importlib import import_module
from itertools import product
from operator import add, or_
from threading import Lock
from typing import Any, NamedTuple

from newsletter.preflight.openings import letters, openings

_parser: Any = import_module("re._parser")
_RUN = 4
"""Letters of a run at most."""
OFTEN = 200
"""Searches that take about as long as finding out what a pattern needs."""
_LONG = 4_000
"""Letters of a text that will hold nearly every run."""
_UNTOLD = frozenset({""})
_MOST = 160
"""Strings that a part of a pattern is written out in at most."""
_ODD = re.compile(r"[\u0130\u0131\u017f]|(?![0-9])\d")
"""Letters and digits that a pattern without regard to case takes for plain ones."""
_SILENT = frozenset({"AT", "ASSERT", "ASSERT_NOT"})
_OFTEN = dict(zip(" etaoinsrhldcum", (17, 10, 7, 7, 6, 6, 6, 5, 5, 5, 3, 3, 2, 2, 2), strict=True))
"""How often a letter comes, in a hundred; any other once."""


class _Part(NamedTuple):
    """What is known of a part of a pattern.

    `exact` holds every string that it matches, in lower case, or is None where these are
    too many; of the runs in `runs` each of its matches holds one, or it is None.
    """

    exact: frozenset[str] | None
    runs: frozenset[str] | None


_ANYTHING = _Part(None, None)
_NOTHING = _Part(frozenset({""}), None)


@dataclass(frozen=True, slots=True)
class Sieve:
    """What can be told of the matches of a pattern without looking for them.

    Parameters
    ----------
    number : int
        Counts the patterns.
    bit : int
        Two to the power of the number.
    pattern : re.Pattern
        The pattern.
    runs : frozenset of str
        Of these runs of letters each match holds one; the empty string alone, which
        every text holds, where nothing can be told.
    openings : frozenset of str
        As `newsletter.preflight.openings.openings` returns it.
    """

    number: int
    bit: int
    pattern: re.Pattern[str]
    runs: frozenset[str]
    openings: frozenset[str]


def sieve(pattern: re.Pattern[str]) -> Sieve | None:
    r"""Return what can be told of the matches of a pattern that is often asked for.

    Parameters
    ----------
    pattern : re.Pattern
        Any pattern; what it looks ahead or back for does not count.

    Returns
    -------
    Sieve or None
        None for the first `OFTEN` times: to read a pattern takes as long as that many
        searches, which a process that checks a single text never makes up for.
    """
    return _SIEVES.get(id(pattern)) or _asked(pattern)


def _asked(pattern: re.Pattern[str]) -> Sieve | None:
    _, times = _ASKED.get(id(pattern), (pattern, 0))
    _ASKED[id(pattern)] = pattern, times + 1
    return None if times < OFTEN else _learnt(pattern)


def _learnt(pattern: re.Pattern[str]) -> Sieve:
    with _LEARNING:
        return _SIEVES.get(id(pattern)) or _read(pattern)


def _read(pattern: re.Pattern[str]) -> Sieve:
    parts = list(_parser.parse(pattern.pattern, pattern.flags))
    told = _sequence(parts)
    found = told.runs if told.exact is None else _cut(told.exact)
    number = len(_SIEVES)
    known = Sieve(
        number, 1 << number, pattern, _UNTOLD if found is None else found, openings(parts)
    )
    for run in known.runs:
        _BY_RUN[run] |= known.bit
    _SIEVES[id(pattern)] = known  # last: from now on a text is sifted for it
    return known


@dataclass(frozen=True, slots=True)
class Sifted:
    """Which of the patterns known so far may match in a text.

    Parameters
    ----------
    among : int
        How many patterns were known.
    left : int
        The sum of the bits of those that may match.
    plain : bool
        False for a text with letters that stand for plain ones, and for one so long that
        it holds nearly every run: nothing is told of it.
    """

    among: int
    left: int
    plain: bool = True

    def admits(self, known: Sieve) -> bool:
        """Tell whether a pattern may match; where it may not, it does not."""
        return bool(self.left & known.bit) or known.number >= self.among


def sift(text: str) -> Sifted:
    """Return which patterns may match in a text, or in any part of it."""
    among = len(_SIEVES)
    if len(text) > _LONG or not (text.isascii() or _ODD.search(text) is None):
        return Sifted(among, (1 << among) - 1, plain=False)
    low = text.lower()
    twos = list(map(add, low, low[1:]))
    held = {"", *low, *twos, *map(add, twos, low[2:]), *map(add, twos, twos[2:])}
    return Sifted(among, reduce(or_, map(_BY_RUN.__getitem__, _BY_RUN.keys() & held), 0))


def _sequence(parts: Iterable[tuple[Any, Any]]) -> _Part:
    """Return what is known of parts that follow one another."""
    together, found = frozenset({""}), list[frozenset[str] | None]()
    whole = True
    for name, told in parts:
        if str(name) in _SILENT:
            continue
        if str(name) == "LITERAL":
            together = frozenset(one + chr(told).lower() for one in together)
            continue
        part = _of(str(name), told)
        if part.exact is not None and len(together) * len(part.exact) <= _MOST:
            together = frozenset(map("".join, product(together, part.exact)))
            continue
        whole = False
        found += (_cut(together), part.runs)
        together = part.exact if part.exact is not None else frozenset({""})
    if whole:
        return _Part(together, None)
    return _Part(None, _rarest([*found, _cut(together)]))


def _of(name: str, told: Any) -> _Part:
    """Return what is known of one part of a pattern."""
    if name == "LITERAL":
        return _Part(frozenset({chr(told).lower()}), None)
    if name == "IN":
        found = letters(told)
        return _Part(found, None) if found else _ANYTHING
    if name == "BRANCH":
        return _branch([_sequence(option) for option in told[1]])
    if name == "SUBPATTERN":
        return _sequence(told[3])
    if name == "ATOMIC_GROUP":
        return _sequence(told)
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, repeated = told
        part = _sequence(repeated)
        if (least, most) == (1, 1):
            return part
        if least == 0:
            return _branch([part, _NOTHING]) if most == 1 else _ANYTHING
        return _Part(None, part.runs if part.exact is None else _cut(part.exact))
    return _ANYTHING


def _branch(options: Sequence[_Part]) -> _Part:
    exact = [option.exact for option in options]
    if None not in exact:
        joined = frozenset[str]().union(*(one for one in exact if one is not None))
        if len(joined) <= _MOST:
            return _Part(joined, None)
    needed = [one.runs if one.exact is None else _cut(one.exact) for one in options]
    if None in needed:
        return _ANYTHING
    return _Part(None, frozenset[str]().union(*(one for one in needed if one is not None)))


def _cut(strings: Iterable[str]) -> frozenset[str] | None:
    """Return a run of each string; None where one of them is empty."""
    cut: set[str] = set()
    for string in strings:
        if not string:
            return None
        pieces = [string[at : at + _RUN] for at in range(max(1, len(string) - _RUN + 1))]
        cut.add(min(pieces, key=_chance))
    return frozenset(one for one in cut if not any(o in one for o in cut if o != one))


def _rarest(found: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    told = [one for one in found if one is not None]
    return min(told, key=lambda one: sum(map(_chance, one)), default=None)


@lru_cache(maxsize=65_536)
def _chance(run: str) -> float:
    """Return about how often a run comes at a place of a text."""
    return math.prod(_OFTEN.get(letter, 1) / 100 for letter in run)


_SIEVES: dict[int, Sieve] = {}
"""By the pattern's identity, as its own hash reads all of its code; it is kept alive."""
_ASKED: dict[int, tuple[re.Pattern[str], int]] = {}
"""How often a pattern was asked for."""
_LEARNING = Lock()
_BY_RUN: defaultdict[str, int] = defaultdict(int)
"""The sum of the bits of the patterns that may match where a run is held."""
