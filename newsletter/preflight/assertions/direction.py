"""Direction: who rose, who fell and who stood still."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion, judge
from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.strangers import is_stranger

_COMPARES = quick(
    r"(?: \w+){0,2}? (?:more|less|further|faster|harder|better|worse|fewer|as (?:much|far)|so much)"
    r"(?: \w+)? (?:than|as)\b"
    r"| (?:out |ground )?to (?=(?:the|its|their|his) (?!tune))"
    r"|(?: \w+)? than\b| by (?:more|less|fewer|twice|half|double|three times)",
    re.IGNORECASE,
)
"""What follows a verb that sets two subjects against each other."""
_PROXIES = {"giants": "MAGS", "mega_caps": "MAGS"}
"""Groups without a price of their own, and the fund that holds them."""
_UNITS = {
    unit: frozenset(labels.split())
    for unit, labels in (
        ("day", "1d"),
        ("session", "1d"),
        ("week", "5d"),
        ("month", "1m"),
        ("quarter", "3m"),
    )
}
"""Periods that a phrase names itself: ``had a good week``."""
_OR_STILL = compiled(
    r"(?: too| also)? or (?:held|stood|stayed|ended|was|were|went|at least held) ", re.IGNORECASE
)
_CLOSING = compiled(
    r" (?:on the (?:day|week|month|year)|again|from (?:the|its|their)|for (?:the"
    r"|a) \w+)\b",
    re.IGNORECASE,
)
_NOTHING = compiled(r" (?:no|nothing|not)\b(?! (?:more|less|fewer|only|just)\b)", re.IGNORECASE)
"""``lost no money``: a denial behind the verb."""
_TO_A_PLACE = compiled(
    r"(?: back)?(?: up| down)?(?: into| to| in| from) (?:the |its )?(?:lagging|leading|improving"
    r"|weakening)\b|(?: back)?(?: up| down)? (?:beneath|below|under|underneath|above|over|through"
    r"|past) (?:its|their|the|both)(?: own)? [\w -]{0,24}(?:averages?|lines?)\b",
    re.IGNORECASE,
)
"""What makes a verb tell of a place: ``dropped into the lagging quadrant``."""
_AGAINST = compiled(r"(?: \w+)? (?:against|versus) (?:both )?(?:the )?", re.IGNORECASE)
_WAYS = {"up": 1, "plus": 1, "down": -1, "minus": -1, "flat": 0, "still": 0}
_STILL = Decimal("0.25")
"""Percent or points within which a day may be called flat."""
_UNPRINTED = Decimal("0.05")
"""Percent or points that nobody prints."""
_UNMOVED = compiled(
    r"unchanged|(?:not|n't|never|failed to|fails to) (?:move|budge|stir|change)", re.IGNORECASE
)
"""What says that there was no move at all."""
_LANDED = compiled(r" (?:back )?to (?:just |about |nearly |almost |some )?[$€£¥]?\d", re.IGNORECASE)
"""Behind a verb: where it went, which proves nothing of the way it came."""
_ALMOST = compiled(
    r"\b(?:almost|nearly|virtually|practically|essentially|broadly|basically|effectively|barely"
    r"|hardly|more or less|as good as|pretty much)\b",
    re.IGNORECASE,
)


@assertion("inversion")
def inversion(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge directions put before their subject: ``Up went the banks``."""
    for match in sentence.find(lexicon.INVERTED):
        who = clause.objects(sentence, match.end())
        if who.groups and not clause.supposed(sentence, match.start()):
            wanted = 1 if (match["way"] or match["way2"]).lower() in {"up", "higher"} else -1
            denied = clause.negated(sentence, match.start())
            labels, total = clause.periods(sentence, match.span(), world), None
            yield from _joined(
                judge(*match.span(), known, partial(_agrees, wanted, denied, False))
                for group in who.groups
                if (known := _known(group, world, labels, total))
            )


@assertion("direction")
def direction(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge verbs that say a subject went up, down or nowhere."""
    for match in sentence.find(lexicon.MOVE):
        start, end = match.span()
        landed = _LANDED.match(sentence.text, end) is not None
        if (
            (sentence.figured(end) and not landed)
            or clause.is_noun(sentence, start)
            or _COMPARES.match(sentence.text, end)
            or _TO_A_PLACE.match(sentence.text, end)
            or clause.running(sentence, end)
        ):
            continue
        who = clause.actors(sentence, start)
        if not who.groups or sentence.counted(who.start):
            continue
        if clause.supposed(sentence, start):
            yield Judged(start, end, Verdict.OPINION)
            continue
        if match.lastgroup in {"plus", "minus", "still"} and not (
            who.near or _apposed(sentence, match)
        ):
            continue
        wanted = _WAYS[match.lastgroup or "flat"]
        denied = _denied(sentence, match)
        labels, total = clause.periods(sentence, (start, end), world), sentence.at(start, end).total
        labels = _UNITS.get(match[0].rpartition(" ")[2].lower(), labels)
        if _against_a_stranger(sentence, end):
            yield Judged(start, end, Verdict.UNSUPPORTED)
            continue
        still = _OR_STILL.match(sentence.text, end) is not None
        said = sentence.text[max(sentence.start, start - 14) : end]
        within = _UNPRINTED if _UNMOVED.search(match[0]) and not _ALMOST.search(said) else _STILL
        yield from _joined(
            judge(start, end, known, partial(_agrees, wanted, denied, still, within=within))
            for one in clause.chained(sentence, (start, end), labels)
            for group in who.groups
            if (known := _known(group, world, one, total))
            or (who.near and _single(group) and not landed)
        )


def _against_a_stranger(sentence: Sentence, end: int) -> bool:
    """Tell whether a move is one against somebody whom no fact knows."""
    other = next((m for m in sentence.named if m.start >= end), None)
    return (
        other is not None
        and all(is_stranger(subject) for subject in other.subjects)
        and _AGAINST.fullmatch(sentence.text, end, other.start) is not None
    )


def _apposed(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a word without a verb closes what was said: ``at 24.55, down on the day``."""
    return (
        _CLOSING.match(sentence.text, match.end()) is not None
        and sentence.text[max(sentence.start, match.start() - 2) : match.start()] == ", "
    )


def _denied(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a direction is denied before, within or behind its verb."""
    marks = (
        clause.negated(sentence, match.start()),
        " not " in match[0] and match.lastgroup != "flat",
        _NOTHING.match(sentence.text, match.end()) is not None,
    )
    return sum(marks) % 2 == 1


def _single(group: frozenset[str]) -> bool:
    """Tell a ticker from a group of which others speak."""
    return any(is_stranger(subject) or not subject.islower() for subject in group)


def _agrees(wanted: int, denied: bool, still: bool, known: Known, within: Decimal = _STILL) -> bool:
    return (_holds(known, wanted, within) or (still and known.value == 0)) != denied


def _known(
    group: frozenset[str], world: World, labels: frozenset[str], total: bool | None
) -> list[Known]:
    return [
        one
        for subject in sorted(group)
        for one in world.moves(_PROXIES.get(subject, subject), labels, total)
    ]


def _holds(known: Known, wanted: int, within: Decimal = _STILL) -> bool:
    if wanted == 0:
        return abs(known.value) <= within
    return known.value * wanted > 0


def _joined(verdicts: Iterable[Judged]) -> Iterator[Judged]:
    """Yield the worst of what is said of several subjects at once."""
    order = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.PROVED)
    ranked = sorted(verdicts, key=lambda one: order.index(one.verdict))
    yield from ranked[:1]
