"""Trial: a sentence proved again with other words, to find out which of its words were read."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind

SILENT = {Kind.CELL, Kind.CAPTION}
"""Blocks whose words are labels."""
BLOCKS = frozenset(Verdict) - {Verdict.PROVED, Verdict.OPINION}
_LONGEST = 600
"""Letters of a sentence that is proved again."""
TIMES = {"date", "window", "time"}
"""Kinds of figures that tell when, and of whom nothing."""
_MARK = compiled(r"[,;:()!?—–] ?| - ")
Proved = tuple[str, Judged]
"""Kind of a claim that the ledger bears out, and the claim."""
Refusal = tuple[int, int, str]
"""Start and end of words that are refused, and what to do about them."""


class Stated(NamedTuple):
    """A claim as trials compare it.

    Parameters
    ----------
    start : int
        Where it stands.
    kind, fact : str
        Its kind, and the ids of the facts behind it.
    proved, blocks : bool
        What came of it; an opinion neither is proved nor blocks.
    end : int
        Where it ends.
    """

    start: int
    kind: str
    fact: str
    proved: bool
    blocks: bool
    end: int = 0

    @classmethod
    def of(cls, kind: str, judged: Judged) -> "Stated":
        """Return a judged claim as trials compare it."""
        verdict = judged.verdict
        proved, blocks = verdict is Verdict.PROVED, verdict in BLOCKS
        return cls(judged.start, kind, judged.fact, proved, blocks, judged.end)


Proof = Callable[[Sentence, str], Sequence[Stated]]
"""Proves a sentence as if its words were others."""


def tried(sentence: Sentence) -> bool:
    """Tell whether a sentence is prose, and short enough to be proved again."""
    return sentence.block.kind not in SILENT and sentence.end - sentence.start <= _LONGEST


def proved(stated: Sequence[Stated]) -> list[Stated]:
    """Return the proved claims of more than a time."""
    return [one for one in stated if one.proved and one.kind not in TIMES]


def facts(stated: Sequence[Stated]) -> set[tuple[str, str]]:
    """Return kind and fact of the proved claims."""
    return {(one.kind, one.fact) for one in stated if one.proved}


def turned(sentence: Sentence, start: int, end: int, words: str) -> str:
    """Return a sentence's text with other words in one place."""
    return sentence.text[sentence.start : start] + words + sentence.text[end : sentence.end]


def replaced(sentence: Sentence, match: re.Match[str], put: str, after: str | None = None) -> str:
    """Return the words of a sentence with others, or none, in the place of a denial.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    match : re.Match
        The denial.
    put : str
        What stands there instead.
    after : str, optional
        What follows it instead.
    """
    before = sentence.text[sentence.start : match.start()]
    after = sentence.text[match.end() : sentence.end] if after is None else after
    if match[0][:1].isupper():
        put = put.capitalize()
    return " ".join(f"{before}{put}{after}".split()) + " " * after.endswith(" ")


def borne_out(again: Sequence[Stated], wanted: set[tuple[str, str]]) -> bool:
    """Tell whether other words stand unblocked on at least the same facts."""
    return not any(one.blocks for one in again) and wanted <= facts(again)


def part(sentence: Sentence, match: re.Match[str]) -> tuple[int, int]:
    """Return start and end of the words between commas that a denial stands in.

    What opens a sentence (``Over no week, small caps rose``) goes with what follows it.
    """
    low, high = clause.bounds(sentence, match.start())
    opening = low <= sentence.start
    for mark in _MARK.finditer(sentence.text, low, high):
        if mark.end() <= match.start():
            low, opening = mark.end(), False
        elif mark.start() >= match.end():
            if opening and mark[0] == ", ":
                opening = False
                continue
            return low, mark.start()
    return low, high
