r"""Quick: patterns that look at a place's first character before they try their alternatives.

``\b(?:rose|fell|…)`` without regard to case tries every alternative at every word, for the
engine knows no first letter of such a pattern. Told in a look-ahead what a match can begin
with, it leaves most words at once; what is found stays the same.
"""

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from newsletter.patterns import KEPT, compiled

_parser: Any = import_module("re._parser")
_names: Any = import_module("re._constants")
_SPECIAL = frozenset("^-]\\[&~|")
_CLASSES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w"}
_Begin = tuple[set[str] | None, bool]
"""Members of a character class (None where anything may stand), and whether it may be empty."""


def quick(pattern: str, flags: int = 0) -> re.Pattern[str]:
    r"""Compile a pattern so that it fails early.

    Parameters
    ----------
    pattern : str
        As for `re.compile`, without inline flags for the whole.
    flags : int
        As for `re.compile`.

    Returns
    -------
    re.Pattern
        Finds what ``re.compile(pattern, flags)`` finds.

    Examples
    --------
    >>> quick(r"\b(?:rose|fell)\b").pattern
    '\\b(?=[fr])(?:\\b(?:rose|fell)\\b)'
    """
    found: str | None = KEPT.known("quick", pattern, flags)
    if found is None:
        found = _looking_ahead(pattern, flags)
        KEPT.note("quick", pattern, flags, found)
    return compiled(found, flags)


def _looking_ahead(pattern: str, flags: int) -> str:
    """Return a pattern that tells in front of itself what a match can begin with."""
    tree = list(_parser.parse(pattern, flags))
    begin, empty = _first(tree)
    if begin is None or empty or not begin:
        return pattern
    word = r"\b" if tree[0] == (_names.AT, _names.AT_BOUNDARY) else ""
    return f"{word}(?=[{''.join(sorted(begin))}])(?:{pattern})"


def _first(parts: Iterable[tuple[Any, Any]]) -> _Begin:
    """Return what a sequence can begin with."""
    begin: set[str] = set()
    for part, told in parts:
        name = str(part)
        if name in {"AT", "ASSERT", "ASSERT_NOT"}:
            continue
        found, empty = _of(name, told)
        if found is None:
            return None, False
        begin |= found
        if not empty:
            return begin, False
    return begin, True


def _of(name: str, told: Any) -> _Begin:
    """Return what one part of a pattern can begin with."""
    if name == "LITERAL":
        return {_member(told)}, False
    if name == "IN":
        return _in(told)
    if name == "BRANCH":
        options = [_first(option) for option in told[1]]
        if any(found is None for found, _ in options):
            return None, False
        joined = set[str]().union(*(found for found, _ in options if found is not None))
        return joined, any(empty for _, empty in options)
    if name == "SUBPATTERN" and not (told[1] or told[2]):  # no flags of its own
        return _first(told[3])
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        found, empty = _first(told[2])
        return found, empty or told[0] == 0
    return None, False


def _in(members: Iterable[tuple[Any, Any]]) -> _Begin:
    found: set[str] = set()
    for kind, told in members:
        name = str(kind)
        if name == "LITERAL":
            found.add(_member(told))
        elif name == "RANGE":
            found.add(f"{_member(told[0])}-{_member(told[1])}")
        elif name == "CATEGORY" and str(told) in _CLASSES:
            found.add(_CLASSES[str(told)])
        else:
            return None, False
    return found, False


def _member(code: int) -> str:
    character = chr(code)
    return f"\\{character}" if character in _SPECIAL else character
