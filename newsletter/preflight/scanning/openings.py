r"""Openings: with which letters the matches of a pattern begin, so that few places are tried.

``\b(?:rose|fell|…)`` without regard to case tries each of its alternatives at every word.
Told that its matches begin a word with ``ros`` or ``fel``, a search goes only to such
words of a sentence, and what it finds stays the same.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from newsletter.patterns import compiled

SIZE = 3
"""Letters of an opening at most."""
_MANY, _MOST = 12, 1_000
_SILENT = frozenset({"AT", "ASSERT", "ASSERT_NOT"})
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_WORD = compiled(r"\b\w")
Front = tuple[str, bool]
"""How a match may begin, in lower case, and whether anything may follow."""
_ANYTHING = {("", True)}


def begun(text: str, start: int, end: int) -> list[int]:
    """Return the places of a stretch of a text where words begin, in order."""
    return [match.start() for match in _WORD.finditer(text, start, end)]


def openings(parts: Sequence[tuple[Any, Any]]) -> frozenset[str]:
    """Return the first letters of a pattern's matches, if each begins with a word.

    Parameters
    ----------
    parts : sequence of (code, argument)
        A pattern as the parser of `re` takes it apart.

    Returns
    -------
    frozenset of str
        Empty where a match may begin elsewhere or with anything.
    """
    fronts = _told(parts)
    lettered = all(front[0].isalnum() or front[0] == "_" for front in fronts)
    return fronts if lettered and _at_word(parts) else frozenset()


def by_letters(parts: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether it pays to go by the letters at a place before a pattern is tried there.

    It does where the first letters of its matches are known, and each begins with a word or
    there are many alternatives; and where there are many of them at the beginning of a word.
    """
    many, words = _alternatives(parts) >= _MANY, at_word(parts)
    return (many and words) or ((many or words) and bool(_told(parts)))


def opener(parts: Sequence[tuple[Any, Any]]) -> str:
    """Return what finds, in a text in lower case, the first letter of whatever may be a match.

    Each of its alternatives begins with one plain letter, so that the engine passes over all
    other letters at once; the rest of an opening is only looked ahead at, for openings overlap.

    Parameters
    ----------
    parts : sequence of (code, argument)
        A pattern as the parser of `re` takes it apart; its first letters must be known.
    """
    ends: dict[str, set[str]] = {}
    for front in _told(parts):
        ends.setdefault(front[:1], set()).add(re.escape(front[1:]))
    ways = (
        re.escape(first) if "" in rest else f"{re.escape(first)}(?={'|'.join(sorted(rest))})"
        for first, rest in sorted(ends.items())
    )
    return "|".join(ways)


def _alternatives(parts: Iterable[tuple[Any, Any]]) -> int:
    for name, told in parts:
        if str(name) == "BRANCH":
            return sum(map(_alternatives, told[1]))
        if str(name) == "SUBPATTERN":
            return _alternatives(told[3])
        if str(name) not in _SILENT:
            break
    return 1


def _told(parts: Sequence[tuple[Any, Any]]) -> frozenset[str]:
    """Return the first letters of a pattern's matches, none where they may be anything."""
    fronts = frozenset(front for front, _ in fronts_of(parts))
    return frozenset() if "" in fronts or len(fronts) > _MOST else fronts


def fronts_of(parts: Iterable[tuple[Any, Any]]) -> set[Front]:
    """Return how the matches of parts that follow one another may begin."""
    fronts: set[Front] = {("", False)}
    for name, told in parts:
        if str(name) in _SILENT:
            continue
        growing = [front for front, more in fronts if not more and len(front) < SIZE]
        if not growing:
            break
        settled = {front for front in fronts if front[1] or len(front[0]) >= SIZE}
        longer = {(f"{one}{two}"[:SIZE], more) for two, more in _of(str(name), told)
                  for one in growing}  # fmt: skip
        fronts = settled | longer
        if len(fronts) > _MOST:
            return _ANYTHING
    return fronts


def _of(name: str, told: Any) -> set[Front]:
    """Return how one part may begin."""
    if name == "LITERAL":
        return {(chr(told).lower(), False)}
    if name == "IN":
        return {(letter, False) for letter in letters(told)} or _ANYTHING
    if name == "BRANCH":
        return {front for option in told[1] for front in fronts_of(option)}
    if name == "SUBPATTERN":
        return fronts_of(told[3])
    if name in _REPEATS:
        least, most, repeated = told
        fronts = fronts_of(repeated)
        if most > 1:
            fronts = {(front, True) for front, _ in fronts}
        return fronts if least else fronts | {("", False)}
    return _ANYTHING


def letters(members: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    r"""Return the characters of a class in lower case; none where they are too many.

    Parameters
    ----------
    members : iterable of (code, argument)
        As the parser of `re` has them. ``\d`` counts as the ten plain digits.
    """
    found: set[str] = set()
    for kind, told in members:
        name = str(kind)
        if name == "LITERAL":
            found.add(chr(told).lower())
        elif name == "RANGE" and told[1] - told[0] < 10:
            found.update(chr(code).lower() for code in range(told[0], told[1] + 1))
        elif name == "CATEGORY" and str(told) == "CATEGORY_DIGIT":
            found.update("0123456789")
        else:
            return frozenset()
    return frozenset(found)


def at_word(parts: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether each match of a pattern begins with a word, whichever it is."""
    return _at_word(parts) and _of_letters(parts)


def _of_letters(parts: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether parts match nothing that does not begin with a letter, digit or ``_``."""
    for place, (name, told) in enumerate(parts):
        what, rest = str(name), parts[place + 1 :]
        if what in _SILENT:
            continue
        if what == "LITERAL":
            return _lettered(told, told)
        if what == "IN":
            return all(_member(str(kind), one) for kind, one in told)
        if what == "BRANCH":
            return all(_of_letters([*option, *rest]) for option in told[1])
        if what == "SUBPATTERN":
            return _of_letters([*told[3], *rest])
        if what in _REPEATS:
            return _of_letters([*told[2], *rest]) and (told[0] > 0 or _of_letters(rest))
        return False
    return False


def _member(kind: str, told: Any) -> bool:
    """Tell whether a member of a class holds nothing but letters, digits and ``_``."""
    if kind == "LITERAL":
        return _lettered(told, told)
    if kind == "RANGE":
        return _lettered(*told)
    return kind == "CATEGORY" and str(told) in {"CATEGORY_WORD", "CATEGORY_DIGIT"}


def _lettered(first: int, last: int) -> bool:
    return all(chr(one).isalnum() or one == ord("_") for one in range(first, min(last, 255) + 1))


def _at_word(parts: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether parts match only where no word goes on."""
    for place, (name, told) in enumerate(parts):
        what = str(name)
        if what == "AT" and str(told) == "AT_BOUNDARY":
            return True
        if what == "ASSERT_NOT" and told[0] < 0 and _is_word(list(told[1])):
            return True
        if what == "ASSERT" and told[0] < 0 and _ends_a_word(list(told[1])):
            return True
        if what in _SILENT:
            continue
        if what == "SUBPATTERN":
            return _at_word(list(told[3]))
        if what == "BRANCH":
            return all(_at_word(list(option)) for option in told[1])
        if what in _REPEATS:
            first = _at_word(list(told[2]))
            return first and (told[0] > 0 or _at_word(parts[place + 1 :]))
        return False
    return False


def _ends_a_word(parts: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether parts end with a space."""
    return bool(parts) and (str(parts[-1][0]), parts[-1][1]) == ("LITERAL", ord(" "))


def _is_word(parts: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether parts are one character, and every letter of a word among them."""
    if len(parts) != 1 or str(parts[0][0]) != "IN":
        return False
    members = [(str(kind), str(told)) for kind, told in parts[0][1]]
    return ("CATEGORY", "CATEGORY_WORD") in members and members[0][0] != "NEGATE"
