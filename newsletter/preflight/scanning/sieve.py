r"""Sieve: the few letters of which a text must hold some, or a pattern finds nothing in it.

A briefing's sentence is asked for hundreds of patterns and holds what three of them look
for. From ``(?:overbought|oversold)`` it can be told without looking that a match holds
``overbo`` or ``versol``; what runs of letters a sentence holds is found out once, and the
patterns that cannot match are not tried.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from importlib import import_module
from itertools import chain, compress, product, repeat
from operator import add, or_
from threading import Lock
from typing import Any, NamedTuple

from newsletter.patterns import KEPT, compiled
from newsletter.preflight.scanning.openings import (
    SIZE,
    at_word,
    begun,
    by_letters,
    fronts_of,
    letters,
    opener,
    openings,
)
from newsletter.preflight.scanning.ways import Ways

_parser: Any = import_module("re._parser")
_RUN = 6
"""Letters of a run at most."""
OFTEN = 200
"""Searches that take about as long as finding out what a pattern needs."""
_LONG = 4_000
"""Letters of a text that will hold nearly every run."""
_UNTOLD = frozenset({""})
_MOST = 160
"""Strings that a part of a pattern is written out in at most."""
_ODD = compiled(r"[\u0130\u0131\u017f]|(?![0-9])\d")
"""Letters and digits that a pattern without regard to case takes for plain ones."""
_SILENT = frozenset({"AT", "ASSERT", "ASSERT_NOT"})
_OFTEN = {
    **dict(zip(" etaoinsrhldcum", (17, 10, 7, 7, 6, 6, 6, 5, 5, 5, 3, 3, 2, 2, 2), strict=True)),
    ".": 5,  # in nearly every sentence with a figure
    **dict.fromkeys("kxqjz×", 0.4),
}
"""How often a letter comes, in a hundred; any other once."""


class _Part(NamedTuple):
    """What is known of a part of a pattern.

    `exact` holds every string that it matches, in lower case, or is None where these are
    too many; of the runs in `runs` each text that it matches in holds one, or it is None.
    """

    exact: frozenset[str] | None
    runs: frozenset[str] | None


_Found = tuple[frozenset[str], frozenset[str], frozenset[str] | None, str | None]
"""Runs and openings, and of `Sieve.ways` and `Sieve.opener` what they are made of."""
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
        Of these runs of letters each match holds one, or what it looks ahead at; the
        empty string alone, which every text holds, where nothing can be told.
    openings : frozenset of str
        As `newsletter.preflight.scanning.openings.openings` returns it.
    ways : Ways or None
        What to look for at a place; None where a match may begin with nearly anything.
    opener : re.Pattern or None
        What finds where a match may begin, as
        `newsletter.preflight.scanning.openings.opener` makes it; None where `ways` is, or where
        each match begins with a word.
    """

    number: int
    bit: int
    pattern: re.Pattern[str]
    runs: frozenset[str]
    openings: frozenset[str]
    ways: Ways | None
    opener: re.Pattern[str] | None


def sieve(pattern: re.Pattern[str]) -> Sieve | None:
    r"""Return what can be told of the matches of a pattern that is often asked for.

    Parameters
    ----------
    pattern : re.Pattern
        Any pattern; what it looks back for does not count.

    Returns
    -------
    Sieve or None
        None for the first `OFTEN` times: to read a pattern takes as long as that many
        searches, which a process that checks a single text never makes up for. What an
        earlier process has read is known at once.
    """
    return KNOWN.get(id(pattern)) or _asked(pattern)


def _asked(pattern: re.Pattern[str]) -> Sieve | None:
    _, times = _ASKED.get(id(pattern), (pattern, 0))
    _ASKED[id(pattern)] = pattern, times + 1
    if times >= OFTEN or (times == 0 and _known(pattern)):
        return _learnt(pattern)
    return None


def _learnt(pattern: re.Pattern[str]) -> Sieve:
    with _LEARNING:
        return KNOWN.get(id(pattern)) or _read(pattern)


def _read(pattern: re.Pattern[str]) -> Sieve:
    found = _known(pattern)
    if found is None:
        found = _found(pattern)
        if KEPT.owns(pattern):
            KEPT.note("sieve", pattern.pattern, pattern.flags, found)
    runs, opened, fronts, begins = found
    ways = None if fronts is None else Ways(pattern, fronts)
    finds = None if begins is None else (compiled if KEPT.owns(pattern) else re.compile)(begins)
    number = len(KNOWN)
    known = Sieve(number, 1 << number, pattern, runs, opened, ways, finds)
    for run in known.runs:
        _BY_RUN[run] |= known.bit
    for front in known.openings or ("",):
        word, space, _ = front.partition(" ")
        _BY_FRONT[f"{word}{space}"] |= known.bit
    KNOWN[id(pattern)] = known  # from now on a text is sifted for it
    BITS[id(pattern)] = known.bit
    return known


def _known(pattern: re.Pattern[str]) -> _Found | None:
    """Return what an earlier process found out about a pattern of the program."""
    found: _Found | None = KEPT.known("sieve", pattern.pattern, pattern.flags)
    return found


def _found(pattern: re.Pattern[str]) -> _Found:
    tree = _parser.parse(pattern.pattern, pattern.flags)
    parts = list(tree)
    runs = _needed(_sequence(parts))
    fronts = frozenset(front for front, _ in fronts_of(tree)) if by_letters(parts) else None
    begins = None if fronts is None or at_word(parts) else opener(parts)
    return _UNTOLD if runs is None else runs, openings(parts), fronts, begins


class Sifted:
    """Which of the patterns known so far may match in a stretch of a text, and where.

    Parameters
    ----------
    text : str
        Any text.
    start, end : int
        The stretch.

    Notes
    -----
    `among` says how many patterns were known, `left` is the sum of the bits of those that
    may match, `held` of those whose runs it holds; a pattern learnt later may match. `plain`
    is False for a stretch with letters that stand for plain ones, and for one so long that it
    holds nearly every run: nothing is told of it.
    """

    __slots__ = ("_low", "_start", "_words", "among", "held", "left", "plain")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.among = among = len(KNOWN)
        self._start = start
        part = text[start:end]
        self.plain = len(part) <= _LONG and (part.isascii() or _ODD.search(part) is None)
        if not self.plain:
            self.left = self.held = -1
            return
        self._low = low = part.lower()
        self._words: _Places | None = None
        always = _BY_RUN.get("", 0) | _BY_RUN.get(" ", 0) | _BY_FRONT.get("", 0) << among
        words = map(_word, filter(None, low.split(" ")), repeat(among))
        told, later = reduce(or_, words, always), -1 << among
        self.held = told | later
        self.left = told & (told >> among) | later

    def places(self, known: Sieve) -> Iterable[tuple[int, re.Pattern[str]]] | None:
        """Return where a match of a pattern may begin, and what to look for there.

        None where the pattern must be looked for everywhere.
        """
        ways = known.ways
        if ways is None or not self.plain or known.number >= self.among:
            return None
        places, heads = self._begun(known.opener) if known.opener else self._at_words()
        found = [*map(ways.__getitem__, heads)]
        return zip(compress(places, found), filter(None, found))  # noqa: B905 # equally long

    def _at_words(self) -> "_Places":
        """Return where words begin, and with which letters."""
        if self._words is None:
            places = begun(self._low, 0, len(self._low))
            heads = tuple([self._low[at : at + SIZE] for at in places])
            self._words = tuple([at + self._start for at in places]), heads
        return self._words

    def _begun(self, opener: re.Pattern[str]) -> "_Places":
        """Return where a match may begin in the middle of words too, and with which letters."""
        low, start = self._low, self._start
        found = [match.start() for match in opener.finditer(low)]
        return [at + start for at in found], [low[at : at + SIZE] for at in found]

    def admits(self, known: Sieve) -> bool:
        """Tell whether a pattern may match; where it may not, it does not."""
        return bool(self.left & known.bit)


_Places = tuple[Sequence[int], Sequence[str]]


@lru_cache(maxsize=16_384)
def _word(word: str, among: int) -> int:
    """Return which patterns a text that holds a word may match, and which may begin there.

    The latter stand in the bits from the one numbered `among` on.

    Parameters
    ----------
    word : str
        In lower case, with whatever marks stand at it, between two spaces.
    among : int
        How many patterns are known; with more of them other answers hold.
    """
    low = f" {word} "
    twos = list(map(add, low, low[1:]))
    fours = list(map(add, twos, twos[2:]))
    runs = _BY_RUN.keys() & chain(
        low, twos, map(add, twos, low[2:]), fours,
        map(add, fours, low[4:]), map(add, fours, twos[4:]),
    )  # fmt: skip
    held = reduce(or_, map(_BY_RUN.__getitem__, runs), 0)
    told, opening = _BY_FRONT.get, 0
    for place in (1,) if word.isalnum() else begun(low, 0, len(low)):
        begins = low[place : place + SIZE]
        opening |= told(begins, 0) | told(begins[:2], 0) | told(begins[:1], 0)
    return held & ((1 << among) - 1) | opening << among


def sift(text: str) -> Sifted:
    """Return which patterns may match in a text, or in any part of it."""
    return Sifted(text, 0, len(text))


def _sequence(parts: Iterable[tuple[Any, Any]]) -> _Part:
    """Return what is known of parts that follow one another."""
    together, found = frozenset({""}), list[frozenset[str] | None]()
    whole = True
    ahead: list[frozenset[str] | None] = []
    for name, told in parts:
        if str(name) in _SILENT:
            if str(name) == "ASSERT" and told[0] > 0:
                ahead.append(_needed(_sequence(told[1])))
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
    if whole and (together != frozenset({""}) or _rarest(ahead) is None):
        return _Part(together, None)
    return _Part(None, _rarest([*ahead, *found, _cut(together)]))


def _needed(part: _Part) -> frozenset[str] | None:
    """Return the runs of which a text holds one wherever a part matches."""
    return part.runs if part.exact is None else _cut(part.exact)


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
        return _Part(None, _needed(part))
    return _ANYTHING


def _branch(options: Sequence[_Part]) -> _Part:
    exact = [option.exact for option in options]
    if None not in exact:
        joined = frozenset[str]().union(*(one for one in exact if one is not None))
        if len(joined) <= _MOST:
            return _Part(joined, None)
    needed = [_needed(one) for one in options]
    if None in needed:
        return _ANYTHING
    return _Part(None, frozenset[str]().union(*(one for one in needed if one is not None)))


def _cut(strings: Iterable[str]) -> frozenset[str] | None:
    """Return a run of each string; None where one of them is empty."""
    cut: set[str] = set()
    for string in strings:
        if not string:
            return None
        cut.add(min(_pieces(string), key=_chance))
    return frozenset(one for one in cut if not any(o in one for o in cut if o != one))


def _pieces(string: str) -> Iterator[str]:
    """Yield the runs of a string; none reaches over a space, for texts are read by the word."""
    words = string.split(" ")
    for place, word in enumerate(words):
        piece = f"{' ' * (place > 0)}{word}{' ' * (place < len(words) - 1)}"
        if word:
            yield from (piece[at : at + _RUN] for at in range(max(1, len(piece) - _RUN + 1)))
    if not string.strip(" "):
        yield " "


def _rarest(found: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    told = [one for one in found if one is not None]
    return min(told, key=lambda one: sum(map(_chance, one)), default=None)


@lru_cache(maxsize=65_536)
def _chance(run: str) -> float:
    """Return about how often a run comes at a place of a text."""
    return math.prod(_OFTEN.get(letter, 1) / 100 for letter in run)


KNOWN: dict[int, Sieve] = {}
"""What has been learnt, by the pattern's identity, for its own hash reads all of its code.

It is kept alive here.
"""
BITS: dict[int, int] = {}
"""The bit of each pattern that has been learnt, by its identity: asked for most of all."""
_ASKED: dict[int, tuple[re.Pattern[str], int]] = {}
"""How often a pattern was asked for."""
_LEARNING = Lock()
_BY_RUN: defaultdict[str, int] = defaultdict(int)
"""The sum of the bits of the patterns that may match where a run is held."""
_BY_FRONT: defaultdict[str, int] = defaultdict(int)
"""The same of those that may match at a word which so begins; of the others under ``""``."""
