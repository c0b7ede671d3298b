"""Cohorts: the figures of one base rate, which must all be those of the same cases.

``16 separate times; of the 15 with a known sequel they led in 56%, by a median of +1.4 points``:
each of these figures is some fact's, and the sentence is false all the same where the cases
are not those of which the sequel is known, or the median is another measure's.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets.trial import Proved, Refusal
from newsletter.preflight.sentences.sentence import Sentence

_RATE = ".base_rate."
_OUTCOMES = ("hit_rate", "median")
_CASES = r"(?:times|occasions|cases|instances|episodes|events|spells|stretches)"
_EVENTS = compiled(
    rf" (?:separate|different|distinct|independent|such) {_CASES}\b(?! with)", re.IGNORECASE
)
_KNOWN = compiled(
    rf" (?:(?:separate|such) )?(?:{_CASES} )?(?:with a|whose|for which the|where the) (?:known )?"
    rf"(?:sequel|outcome|result|ending|aftermath)\b|(?: separate)? (?:known|completed) {_CASES}\b",
    re.IGNORECASE,
)
_OF = compiled(r"\b(?:of|out of|in) (?:the |these |those |all )?$", re.IGNORECASE)
_SUCH = compiled(
    rf" (?:such |past |earlier |separate |different )?{_CASES}\b(?! where\b)", re.IGNORECASE
)
"""Around the number that a share is of: the cases whose sequel is known."""
_MEDIAN = compiled(r"\bmedian(?: \w+){0,2} (?:of|was|is|at|:) (?:a |an )?$", re.IGNORECASE)
_SINCE = compiled(r"\bsince $", re.IGNORECASE)
_SHARE = compiled(
    r"\b(?:led|leads?|trailed|trails?|rose|fell|won|lost|gained)\b[^.;,]{0,50}? in (?P<part>an? (?:"
    r"quarter|third|half|fifth|tenth)|half|two thirds|three quarters)(?= of|[,.;])",
    re.IGNORECASE,
)
_ROLE = "the count of another kind of case; say which cases these are"
_OTHER = "this figure is not one of the cases told of; say it in a sentence of its own"
_WORDS = "nobody has proved this share; print it in percent"
_DAY = "the cases are not counted since then"
_NUMBERS = frozenset(FigureKind) - {FigureKind.DATE, FigureKind.WINDOW, FigureKind.TIME}
_Found = Iterator[Refusal]


def cohorts(sentence: Sentence, proved: Sequence[Proved], world: World) -> _Found:
    """Yield figures of a base rate that belong to other cases than the rest, with advice.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    proved : sequence of tuple of (str, Judged)
        What has been proved in it.
    world : World
        The facts.
    """
    rates = [one for _, one in proved if _RATE in one.fact]
    told = [one for one in rates if one.fact.endswith(_OUTCOMES)]
    if not told:
        return
    stems = {one.fact.rpartition(".")[0] for one in told}
    figures = {figure.start: figure for figure in sentence.own}
    first = min(one.start for one in rates)
    for _, one in proved:
        figure = figures.get(one.start)
        if figure is None:
            continue
        if figure.kind is FigureKind.DATE:
            yield from _since(sentence, figure, stems, world)
        elif figure.kind in _NUMBERS and figure.start >= first:
            yield from _own(sentence, figure, one, stems, world)
    for match in sentence.find(_SHARE):
        start, end = match.span("part")
        if not any(one.start < end and start < one.end for _, one in proved):
            yield start, end, _WORDS


def _own(sentence: Sentence, figure: Figure, one: Judged, stems: set[str], world: World) -> _Found:
    """Yield a count that is not of the cases its words name, and a figure of another measure."""
    text, high = sentence.text, min(sentence.end, figure.end + 60)
    of = _OF.search(text, max(sentence.start, figure.start - 24), figure.start)
    role = (
        "known"
        if _KNOWN.match(text, figure.end, high) or (of and _SUCH.match(text, figure.end, high))
        else "events"
        if _EVENTS.match(text, figure.end, high)
        else ""
    )
    if role:
        right = [world.ledger.get(f"{stem}.{role}") for stem in stems]
        if any(right) and figure.value not in {fact.number for fact in right if fact}:
            yield figure.start, figure.end, _ROLE
        return
    median = _MEDIAN.search(text, max(sentence.start, figure.start - 30), figure.start)
    if median is not None and "median" not in one.fact:
        yield figure.start, figure.end, _OTHER


def _since(sentence: Sentence, figure: Figure, stems: set[str], world: World) -> _Found:
    """Yield a day since which the cases are said to be counted, and are not."""
    low = max(sentence.start, figure.start - 10)
    if figure.when is None or _SINCE.search(sentence.text, low, figure.start) is None:
        return
    facts = [world.ledger.get(f"{stem.partition(_RATE)[0]}{_RATE}since") for stem in stems]
    days = [f.value for f in facts if f is not None and isinstance(f.value, dt.date)]
    if days and not any(figure.when.matches(day) for day in days):
        yield figure.start, figure.end, _DAY
