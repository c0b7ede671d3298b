"""Levels: which of two yields or volatility indices stands higher."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, agrees, assertion, judge
from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_SET = compiled(
    r"(?:,|\b(?:is|are|was|stands?|stood|sits?|yields?|pays?|remains?|closed|trades?|lies|ended))"
    r"(?P<not> not|n't| no longer)?(?: (?:still|well|far|just|again|a little|slightly|now|\w+ly))?"
    r" (?:(?P<up>above|over|higher than|more than|in excess of)"
    r"|(?P<down>below|under|beneath|lower than|less than)) (?:the |that of the |that on the )?$",
    re.IGNORECASE,
)

_APART = 80
"""Letters between two whose levels are compared."""


@assertion("levels")
def levels(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``the ten-year yield is above the two-year``."""
    for first, second in pairwise(sentence.named):
        gap = sentence.text[first.end : second.start]
        match = _SET.search(gap) if len(gap) < _APART else None
        if match is None or clause.supposed(sentence, first.end + match.start()):
            continue
        known = [
            known
            for one in sorted(first.subjects)
            for other in sorted(second.subjects)
            for known in _between(one, other, world)
        ]
        if known:
            sign = 1 if match["up"] else -1
            denied = match["not"] is not None or clause.negated(sentence, first.end)
            yield judge(first.start, second.end, known, partial(agrees, sign, denied))


def _between(one: str, other: str, world: World) -> Iterator[Known]:
    """Yield by how much one stands above the other, where both are levels of one unit."""
    for first in world.facts(one, "level"):
        for second in world.facts(other, "level"):
            if first.unit is second.unit and first.unit.value in {"percent", "index"}:
                said = f"{first.display} against {second.display}"
                yield Known(first.number - second.number, f"{first.id},{second.id}", said)


_USUAL = compiled(
    r"\b(?:is|are|stands?|sits?|closed|ended|remains?)(?P<not> not|n't)? (?:still )?"
    r"(?P<way>higher|lower) than (?:on|at|in) most (?:days|sessions|closes|evenings)"
    r" (?:of|in|over) the (?:past|last) year",
    re.IGNORECASE,
)
_RATIO = compiled(r"\b(?:ratio|relative strength)\b", re.IGNORECASE)
_HALF = 50


@assertion("usual")
def usual(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``higher than on most days of the past year`` by the percentile of that year."""
    for match in sentence.find(_USUAL):
        before = [m for m in sentence.named if m.end <= match.start()]
        if not before or clause.supposed(sentence, match.start()):
            continue
        said = sentence.text[sentence.start : match.start()]
        if len(before) > 1 and _RATIO.search(said):
            pairs = ((a, b) for a in before[-2].subjects for b in before[-1].subjects)
            names = {f"{a}/{b}" for a, b in pairs}
        else:
            names = set(before[-1].subjects)
        known = [
            Known(fact.number - _HALF, fact.id, f"{fact.display} percentile")
            for name in sorted(names)
            for fact in world.facts(name, "percentile", "1y")
        ]
        sign = 1 if match["way"].lower() == "higher" else -1
        denied = match["not"] is not None or clause.negated(sentence, match.start())
        yield judge(*match.span(), known, partial(agrees, sign, denied))
