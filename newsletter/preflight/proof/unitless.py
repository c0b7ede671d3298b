"""Unitless: figures printed without the unit that their words imply (``IWM up 1.1``).

A desk's note leaves the percent sign out, a columnist writes ``thirty times earnings``; the
number is then proved in each unit it can mean, with the same subject, measure and period.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from newsletter.patterns import compiled
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.proof import standing
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences.sentence import Sentence

_BARE = {FigureKind.COUNT, FigureKind.NUMBER}
_MOVED = quick(
    r"\b(?:up|down|off|plus|minus|higher|lower|firmer|softer|gained|lost|added|shed|rose|fell"
    r"|climbed"
    r"|dropped|slipped|eased|returned|ahead|behind|by|against|versus|vs|put on|gave up|made|plays"
    r"|beat|beats|from|was|and|to|is|of)(?: (?:by|just|only|nearly|almost|over|about|some|around"
    r"|more"
    r" than|less than|an?|mere|roughly|barely|well over|just over|just under))*[ :]*$",
    re.IGNORECASE,
)
_LABEL = compiled(r"[\w&)]+:? $|[(,;:] ?$")
"""A name right before a number: ``SPY 0.3``."""
_BEHIND = compiled(
    r" (?:up|down|higher|lower|ahead|behind|better|worse|to the good|to the bad|plays|against"
    r"|versus"
    r"|vs|firmer|softer|in the (?:red|black))\b",
    re.IGNORECASE,
)
_MULTIPLE = compiled(
    r"\b(?:earnings|profits|P/E|multiples?|price-earnings|valuations?)\b", re.IGNORECASE
)
_SCALED = compiled(r"(?:thousand|million|[kKmM])$")
_PEOPLE = compiled(r"\b(?:claims|payrolls?|jobs|employment)\b", re.IGNORECASE)
_YIELDS = frozenset({"us10y", "us2y", "us3m", "breakeven_10y"})


def meanings(sentence: Sentence, figure: Figure) -> Iterator[Figure]:
    """Yield a bare number in each unit that its words may mean, likeliest first.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    figure : Figure
        One of its figures.
    """
    if figure.kind not in _BARE:
        return
    text = sentence.text
    said = text[figure.start : figure.end]
    if _SCALED.search(said) or sentence.search(_PEOPLE):
        other = FigureKind.COUNT if figure.kind is FigureKind.NUMBER else FigureKind.NUMBER
        yield replace(figure, kind=other)
        return
    times = said.lower().endswith("times") or text[figure.end :].startswith(" times")
    if sentence.search(_MULTIPLE) and (times or _ends(text, figure.end)):
        yield replace(figure, kind=FigureKind.NUMBER)
        return
    if times or not _ends(text, figure.end):
        return
    before = text[max(sentence.start, figure.start - 40) : figure.start]
    moved = _MOVED.search(before) or figure.sign or _BEHIND.match(text, figure.end)
    if moved or (figure.places > 0 and _LABEL.search(before)):
        rates = any(not m.subjects.isdisjoint(_YIELDS) for m in sentence.named)
        for kind in (FigureKind.PERCENT, FigureKind.POINTS, *((FigureKind.BPS,) if rates else ())):
            yield replace(figure, kind=kind)


def _ends(text: str, end: int) -> bool:
    return standing.NO_NOUN.match(text, end) is not None or _BEHIND.match(text, end) is not None
