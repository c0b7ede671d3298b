"""Comparison: who did better than whom, without saying by how much."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import product

from newsletter.preflight import clause, lexicon
from newsletter.preflight.assertion import Judged, assertion, judge
from newsletter.preflight.clause import Actors
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentence import Reading, Sentence
from newsletter.preflight.world import Known, World

_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|got|get)(?: \w+ly)? $", re.IGNORECASE)
_BY = re.compile(r"(?: \w+){0,4}? by ", re.IGNORECASE)
_ALONE = re.compile(
    r"$|[.,;:!]|\s[–—]| (?:on|over|this|today|tonight|again|as|while|in|for|since|so|at|too|and)\b",
    re.IGNORECASE,
)
"""What follows a verb without an object."""
_WITHOUT_OBJECT = re.compile(
    r"(?:out|under)perform\w*|lagg?(?:ed|s|ing)|trail(?:ed|s|ing)|did better", re.IGNORECASE
)


@assertion("comparison")
def comparison(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge verbs that put one subject before or behind another."""
    for match in lexicon.COMPARED.finditer(sentence.text, sentence.start, sentence.end):
        start, end = match.span()
        if clause.is_noun(sentence, start) or clause.supposed(sentence, start):
            continue
        first, second = clause.actors(sentence, start), clause.objects(sentence, end)
        sign = 1 if match.lastgroup == "ahead" else -1
        low = max(sentence.start, start - 24)
        if _PASSIVE.search(sentence.text, low, start) and _BY.match(sentence.text, end):
            sign = -sign
        others = [subject for group in second.groups for subject in sorted(group)]
        if not others and first.groups and _alone(sentence, match):
            others = [world.partner(min(first.first))]
        yield from _worst(
            judge(start, end, known, partial(_agrees, sign, clause.negated(sentence, start)))
            for known in _pairs(first, others, sentence.at(start, end), world)
        )


def _alone(sentence: Sentence, match: re.Match[str]) -> bool:
    wanting = _WITHOUT_OBJECT.fullmatch(match[0]) is not None
    return wanting and _ALONE.match(sentence.text, match.end()) is not None


def _pairs(
    first: Actors, others: list[str], reading: Reading, world: World
) -> Iterator[list[Known]]:
    """Yield what is known of each pair that is compared; groups are for others to judge."""
    for group, other in product(first.groups, others):
        subjects = [subject for subject in sorted(group) if subject != other]
        if not subjects or any(one.islower() for one in (*subjects, other)):
            continue
        yield [
            gap
            for subject in subjects
            for gap in world.gaps(subject, other, reading.periods, reading.total)
        ]


def _agrees(sign: int, denied: bool, gap: Known) -> bool:
    return (gap.value * sign > 0) != denied


def _worst(judged: Iterable[Judged]) -> Iterator[Judged]:
    order = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.PROVED)
    yield from sorted(judged, key=lambda one: order.index(one.verdict))[:1]
