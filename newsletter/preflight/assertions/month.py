"""Month: in which month a record was set or averages crossed, where only the month is said."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.figures.wording import MONTHS
from newsletter.preflight.ledger.world import World
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_NAMES = MONTHS.split()
_MONTH = "|".join(_NAMES)
_SAID = quick(
    rf"\b(?:(?:in|back in|of|from|last) (?P<month>{_MONTH})\b(?! \d| (?:of )?(?:19|20|last|the))"
    rf"|(?:its|their|the|that|a) (?P<own>{_MONTH}) (?:record|peak|all-time high|high-water mark))"
)
_WHAT = (
    ("record_close", compiled(r"\b(?:record|peak|all-time|high-water)", re.IGNORECASE)),
    ("cross", compiled(r"[- ]cross\b|average\b.*\b(?:cross|pass)", re.IGNORECASE)),
)
"""Metrics of dated facts, and the words for what happened on them."""
_HALF = 40


@assertion("month")
def month(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``short of its March record``, ``the averages crossed in December``."""
    for match in sentence.find(_SAID):
        low = max(sentence.start, match.start() - 3 * _HALF)
        near = sentence.text[low : min(sentence.end, match.end() + _HALF)]
        metrics = [metric for metric, words in _WHAT if words.search(near)]
        before = [m for m in sentence.named if m.end <= match.start()] or sentence.named
        if not metrics or not before or clause.supposed(sentence, match.start()):
            continue
        wanted = _NAMES.index(match["month"] or match["own"]) + 1
        known = [
            (fact, date)
            for fact, date in world.book.dates_of(sorted(before[-1].subjects))
            if any(fact.metric.startswith(metric) for metric in metrics)
            and fact.subject in before[-1].subjects
        ]
        if not known:
            continue
        right = next((fact for fact, date in known if date.month == wanted), None)
        fact = right or known[0][0]
        verdict = Verdict.PROVED if right else Verdict.CONTRADICTED
        start, end = match.span("month" if match["month"] else "own")
        yield Judged(start, end, verdict, fact.id, "" if right else fact.display)
