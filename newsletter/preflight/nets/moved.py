"""Moved: figures by which a verb says that something moved, proved by what is no move.

``It has gained a quarter over the past twelve months`` may be proved by a volatility of a
quarter, and ``best sector technology, plus almost half`` by a share of the stocks. Behind a
verb of moving, or a sign in words, only a change can stand.
"""

import re
from collections.abc import Iterable, Iterator

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.figures import cues
from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets.trial import Proved, Refusal
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_SIZES = {FigureKind.PERCENT, FigureKind.FRACTION, FigureKind.POINTS, FigureKind.BPS}
_VERB = compiled(
    r"\b(?:gained|lost|shed|risen|fallen|rose|fell|dropped|climbed|added|put on|given up|gave up"
    r"|tacked on|declined|advanced|slipped|slid|sunk|plus|minus) (?:by )?(?:(?:an?|about|almost"
    r"|nearly|over|under|around|roughly|some|more than|less than|just|well|close to) )*$",
    re.IGNORECASE,
)
_GONE = compiled(
    r"(?: of (?:its|their) (?:value|price|worth))? (?:has|have|had|is|was|were) (?:since )?"
    r"(?:gone|vanished|evaporated|been (?:lost|wiped|shaved|knocked|erased)|melted|disappeared)\b",
    re.IGNORECASE,
)
_UPWARD = compiled(
    r"\b(?:gained|risen|rose|climbed|added|put on|tacked on|advanced|plus)\b", re.IGNORECASE
)
_STRETCHES = frozenset({"5d", "1m", "3m", "6m", "ytd"})
_PEAK = compiled(r"\b(?:records?|peaks?|highs?|top|summit)\b", re.IGNORECASE)
_FROM_TOP = frozenset({"distance_from_record", "drawdown"})
_FREE = ("base_rate", "earnings", "threshold", "cut", "hike", "since")
_NO_MOVE = "this is no move of it; print the change over that time"
_WAY = "it went the other way"


def moved(sentence: Sentence, proved: Iterable[Proved], world: World) -> Iterator[Refusal]:
    """Yield figures behind a verb of moving that are proved by no move, with advice.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    proved : iterable of tuple of (str, Judged)
        What has been proved in it.
    world : World
        The facts.
    """
    text = sentence.text
    for kind, one in proved:
        if kind not in _SIZES:
            continue
        fact = world.ledger.get(one.fact)
        if fact is None or isinstance(fact.value, str) or any(w in fact.metric for w in _FREE):
            continue
        gone = _GONE.match(text, one.end, sentence.end)
        if gone is not None and fact.is_change and fact.number > 0:
            yield one.start, gone.end(), _WAY
        verb = _VERB.search(text, max(sentence.start, one.start - 40), one.start)
        if verb is None and gone is None:
            continue
        up = verb is not None and _UPWARD.match(verb[0]) is not None
        if (
            not fact.is_change
            or fact.metric in {"gap", "dispersion"}
            or (fact.metric == "lead" and _others(sentence, fact.inputs))
            or (fact.metric in _FROM_TOP and (up or _timed(sentence, one)))
        ):
            yield (verb.start() if verb else one.start), one.end, _NO_MOVE


def _others(sentence: Sentence, inputs: tuple[str, ...]) -> bool:
    """Tell whether a sentence names somebody, and none of those a fact is computed from."""
    named = {subject for mention in sentence.named for subject in mention.subjects}
    return bool(named) and named.isdisjoint(inputs)


def _timed(sentence: Sentence, one: Judged) -> bool:
    """Tell whether a fall from the top is said of a stretch of time instead."""
    low, high = clause.bounds(sentence, one.start)
    if _PEAK.search(sentence.text, low, high):
        return False
    named = (cues.LABELS[m.lastgroup or ""] for m in sentence.phrases(low, high))
    return any(labels & _STRETCHES for labels in named)
