"""Comparison: who did better than whom, without saying by how much."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import product

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, agrees, assertion, judge
from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.clause import Actors
from newsletter.preflight.sentences.sentence import Sentence

_BY = compiled(r"(?: \w+){0,4}? by (?!\d)", re.IGNORECASE)
_INSIDE = compiled(r" (?:no|not) ", re.IGNORECASE)
_IDIOM = compiled(
    r"(?:could|can|did|do|does|would|has|have|had)(?: not|n't) |(?:\w+ )?(?:no|not a) match for",
    re.IGNORECASE,
)
"""Idioms of which the denial is a part: who could not keep up with somebody is behind him."""
_ALONE = compiled(
    r"$| (?:it|the day|the session|the week|things|matters|the exchanges)\b|[.,;:!]|'s\b|\s[–—]"
    r"| the (?:bounce|rally|advance|rebound|fall|decline|sell-?off|retreat|pack|way up)\b"
    r"| (?:on|over|this|today|tonight|again|as|while|in|for|since|so|at|too|and)\b",
    re.IGNORECASE,
)
"""What follows a verb without an object."""
_WITHOUT_OBJECT = compiled(
    r"(?:could|did|do|does|has|have|had|can)(?: not|n't|not) (?:keep|kept) (?:up|pace) with|(?:out"
    r"|under)perform\w*|lag(?:ged|s|ging)?|trail(?:ed|s|ing)?|did better|did the leading"
    r"|(?:had|has|have|getting|got) the (?:better|best|upper hand|edge|measure) (?:of|on|over)"
    r"|(?:was|were|is|are|been|got|gets) left (?:far |well )?(?:behind|trailing|standing)"
    r"|le(?:ad|ads|d|ading)",
    re.IGNORECASE,
)


_LEFT = compiled(
    r"\b(?:leaves?|left|leaving|puts?|putting|keeps?|kept|keeping) (?P<who>.{3,60}?) "
    r"(?P<side>ahead|in front|behind|trailing|in the lead)\b",
    re.IGNORECASE,
)
_OUTDONE = compiled(
    r"\b(?:left|leaves?|been left|were left|was left) (?:trailing|standing|behind|floundering"
    r"|for dead)(?: in the (?:wake|dust|shade|slipstream))? (?:by|of|in the (?:wake|dust) of) ",
    re.IGNORECASE,
)
_HELD = compiled(
    r"\b(?:lead|edge|advantage|supremacy|leadership) (?:of|held by|enjoyed by) (?P<of>.{3,40}?)"
    r"(?: over| is| was| has|[.,;]|$)"
    r"|(?:'s?|(?<=small-cap)|(?<=cap)) (?P<own>lead|edge|advantage) (?:over|is|was|has"
    r"|stands?|of)\b"
    r"|\b(?:keeps?|kept|h[eo]lds?|retains?|retained) (?:the|their|its) lead\b",
    re.IGNORECASE,
)
_ARTICLE = compiled(r" (?:the |that of (?:the )?)?", re.IGNORECASE)
_WHILE_AHEAD = ("5d", "1m", "3m", "ytd", "1y")
"""Periods any of which a lead without a period may mean."""


@assertion("standing")
def standing(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge what says that somebody is left ahead or behind, or holds a lead."""
    for match in sentence.find(_LEFT):
        who = [m for m in sentence.named if match.start("who") <= m.start < match.end("who")]
        if len(who) == 1 and not clause.supposed(sentence, match.start()):
            sign = 1 if match["side"].lower() in {"ahead", "in front", "in the lead"} else -1
            first = Actors((who[0].subjects,), who[0].start)
            doer = clause.actors(sentence, match.start())  # "junk left high-grade paper behind"
            others = sorted(doer.first - who[0].subjects) if doer.near else []
            yield from _stand(sentence, world, match.span(), first, others, sign)
    for match in sentence.find(_OUTDONE):
        first, second = (
            clause.actors(sentence, match.start()),
            clause.objects(sentence, match.end()),
        )
        others = [subject for group in second.groups for subject in sorted(group)]
        if first.groups and not clause.supposed(sentence, match.start()):
            yield from _stand(sentence, world, match.span(), first, others, -1)
    for match in sentence.find(_HELD):
        near = [
            m for m in sentence.named if abs(m.end - match.start()) < 3 or _begins(match, m.start)
        ]
        if near and not clause.supposed(sentence, match.start()):
            first = Actors((near[0].subjects,), near[0].start)
            others, dated = _over(sentence, match)
            labels = () if dated else _WHILE_AHEAD
            yield from _stand(sentence, world, match.span(), first, others, 1, labels)


def _begins(match: re.Match[str], at: int) -> bool:
    """Tell whether somebody is named where it is said whose a lead is, behind an article or not."""
    return match["of"] is not None and 0 <= at - match.start("of") <= len("the ")


def _over(sentence: Sentence, match: re.Match[str]) -> tuple[list[str], bool]:
    """Return over whom a lead is held, where it is said, and whether over which time is too."""
    article = _ARTICLE.match(sentence.text, match.end())
    if article is None or not match[0].endswith("over"):
        return [], False
    them = [m for m in sentence.named if 0 <= m.start - match.end() <= len(article[0])]
    others = [subject for mention in them[:1] for subject in sorted(mention.subjects)]
    whole = clause.bounds(sentence, match.start())
    return others, bool(others) and any(True for _ in sentence.phrases(*whole))


def _stand(
    sentence: Sentence,
    world: World,
    span: tuple[int, int],
    first: Actors,
    others: list[str],
    sign: int,
    labels: tuple[str, ...] = (),
) -> Iterator[Judged]:
    reading, periods = sentence.at(*span), clause.periods(sentence, span, world)
    asked = others or [world.partner(min(first.first))]
    denied = clause.negated(sentence, span[0])
    known = [
        gap
        for group, other in product(first.groups, asked)
        for subject in sorted(group)
        if subject != other and not subject.islower()
        for gap in world.gaps(subject, other, labels or periods, reading.total)
    ]
    if known:
        yield judge(*span, known, partial(agrees, sign, denied))


@assertion("comparison")
def comparison(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge verbs that put one subject before or behind another."""
    for match in sentence.find(lexicon.COMPARED):
        start, end = match.span()
        if clause.running(sentence, end):
            continue
        if clause.is_noun(sentence, start) or clause.supposed(sentence, start):
            continue
        first, second = clause.actors(sentence, start), clause.objects(sentence, end)
        sign = 1 if match.lastgroup == "ahead" else -1
        low = max(sentence.start, start - 24)
        passive = lexicon.PASSIVE.search(sentence.text, low, start) and not lexicon.PLACED.search(
            match[0]
        )
        if passive and _BY.match(sentence.text, end):
            sign = -sign
        others = [subject for group in second.groups for subject in sorted(group)]
        if not others and first.groups and _alone(sentence, match):
            others = [world.partner(min(first.first))]
        inside = _INSIDE.search(match[0]) is not None and not _IDIOM.match(match[0])
        denied = clause.negated(sentence, start) != inside
        labels = clause.periods(sentence, (start, end), world)
        yield from _worst(
            judge(start, end, known, partial(agrees, sign, denied))
            for known in _pairs(first, others, labels, sentence.at(start, end).total, world)
        )


def _alone(sentence: Sentence, match: re.Match[str]) -> bool:
    wanting = _WITHOUT_OBJECT.fullmatch(match[0]) is not None
    return wanting and _ALONE.match(sentence.text, match.end()) is not None


def _pairs(
    first: Actors, others: list[str], labels: Iterable[str], total: bool | None, world: World
) -> Iterator[list[Known]]:
    """Yield what is known of each pair that is compared; groups are for others to judge."""
    for group, other in product(first.groups, others):
        subjects = [subject for subject in sorted(group) if subject != other]
        known = [gap for subject in subjects for gap in world.gaps(subject, other, labels, total)]
        if known or (subjects and not any(one.islower() for one in (*subjects, other))):
            yield known


def _worst(judged: Iterable[Judged]) -> Iterator[Judged]:
    order = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.PROVED)
    yield from sorted(judged, key=lambda one: order.index(one.verdict))[:1]
