"""Size: whose move was the milder, the steeper, the larger of two of the same direction."""

import re
from collections.abc import Iterator
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion, judge
from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_MORE = (
    r"steeper|sharper|deeper|bigger|larger|heavier|harsher|greater|fatter|brisker|livelier"
    r"|sterner|stiffer|nastier|graver|handsomer|rougher|fiercer|harder|crueller|graver|longer"
    r"|more (?:severe|painful|pronounced|brutal|dramatic|generous|handsome|substantial|violent)"
)
_LESS = (
    r"milder|gentler|smaller|shallower|softer|lighter|slighter|lesser|tamer|slimmer|thinner"
    r"|feebler|paltrier|meaner|punier|kinder|shorter|more (?:modest|moderate|muted|meagre)"
    r"|less (?:severe|painful|pronounced|brutal|dramatic|generous|violent)"
)
_UP = (
    r"gains?|rises?|advances?|rall(?:y|ies)|climbs?|jumps?|rebounds?|bounces?|upticks?|increases?"
    r"|profits?|recover(?:y|ies)|surges?|leaps?"
)
_DOWN = (
    r"loss(?:es)?|falls?|drops?|declines?|retreats?|slides?|slips?|slumps?|setbacks?|tumbles?"
    r"|dips?|pullbacks?|sell-?offs?|routs?|plunges?|reverses?|bruis(?:e|ing)s?|beatings?"
    r"|drubbings?|knocks?|hits?|punishment|damage|decreases?|descents?|skids?"
)
_SIZE = quick(
    r"\b(?:the|a|an|by far the|much the|much|far|rather|slightly|even|and) (?:(?:much|far|rather"
    r"|slightly|distinctly|somewhat|even|marginally|considerably) )?"
    rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))(?: of (?:the|these|those) (?:two|pair|both))?"
    rf" (?:(?:one-day|daily|weekly|monthly|percentage|of the|two) ){{0,3}}"
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?! in\b)",
    re.IGNORECASE,
)
_OWN = compiled(
    r"(?:'s?|s')(?: (?:was|were|is|being|had been|has been|proved|came as|looks))?(?: \w+ly)? $"
    r"|(?:'s?)?(?: (?:fund|shares?|stock|funds|index|sector))?,? (?:(?:has|have|had|having|still"
    r"|also|again|only|today|tonight|once more) )*(?:suffer(?:ed|s|ing)|had|has|having|saw|took"
    r"|takes|taken|taking|post(?:ed|s|ing)|endured?|enduring|made|makes|making|managed|booked|logged"
    r"|recorded|registered|notched|enjoyed|chalked up|put in|turned in|with|bore|showed|nursed"
    r"|nurses|nursing|saw|eked out|scored|delivered|sustained|claimed|takes) $",
    re.IGNORECASE,
)
_BEHIND = compiled(
    r",? (?:(?:today|tonight|this evening|on the day|of the (?:two|pair|day)|came|fell|went"
    r"|belonged|belongs|was|is|goes|being|that|to|from|for|by|of|in) )+(?:the |our )?$",
    re.IGNORECASE,
)
_ASIDE = compiled(r"(?:,|[–—]) $")
_THAN = compiled(r" than ", re.IGNORECASE)
_BARELY = quick(
    r"\b(?:(?P<up>rose|gained|added|put on|climbed|made|tacked on|returned)|(?P<down>fell|lost"
    r"|shed|dropped|slipped|gave up|declined)) (?:just )?(?:a (?:little|bit|touch|shade|whisker"
    r"|tad)|slightly|rather|much|far|even) (?:(?P<more>more)|(?P<less>less))(?=\s*(?:[.;!]|$))",
    re.IGNORECASE,
)
"""``gold put on a little less``: than whoever was named before."""
_MARGIN = compiled(
    r"(?: fund| funds| shares| stocks)?(?: (?:today|this (?:week|month|quarter|year)|on the (?:day"
    r"|week|month|year)|over (?:the|a) (?:week|month|quarter|year)))?,? (?:by|with)"
    r" (?:(?:far|rather|much|slightly|a (?:little|bit|shade|touch)) )?(?:a )?(?:(?P<more>more"
    r"|wider (?:margin|lead|gap)|bigger (?:margin|lead|gap)|larger (?:margin|lead|gap))"
    r"|(?P<less>less|narrower (?:margin|lead|gap)|smaller (?:margin|lead|gap)|thinner (?:margin"
    r"|lead|gap))) than (?:the )?",
    re.IGNORECASE,
)
"""Between two pairs: ``value leads growth by more than small caps lead large``."""
_NO_BETTER = quick(
    r"\b(?:fared|did|does|fares|has done|have done|has fared|have fared|was|were) (?:no|little)"
    r" (?:(?P<better>better)|(?P<worse>worse))(?=\s*(?:[.;!:]|$))",
    re.IGNORECASE,
)


@assertion("size")
def size(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``gold's was the milder retreat``, ``a steeper loss than the S&P 500 fund's``."""
    for match in sentence.find(_SIZE):
        if clause.supposed(sentence, match.start()):
            continue
        first = _whose(sentence, match)
        second = _other(sentence, first) if first is not None else None
        if first is None or second is None:
            continue
        way = 1 if match["up"] else -1
        more = (match["more"] is not None) != clause.negated(sentence, match.start())
        known = list(_gaps(sentence, world, match.span(), (first, second), way))
        if known:
            yield judge(*match.span(), known, partial(_agrees, more))
    yield from _bare(sentence, world)
    if sentence.search(_THAN):
        yield from _margins(sentence, world)


def _margins(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``value leads growth by more than small value leads small growth``."""
    named = sentence.named
    for one, two, three, four in zip(named, named[1:], named[2:], named[3:], strict=False):
        match = _MARGIN.fullmatch(sentence.text, two.end, three.start)
        if match is None or clause.supposed(sentence, match.start()):
            continue
        span = match.start(), four.end
        labels = clause.periods(sentence, span, world)
        total = sentence.at(*span).total
        gaps = [
            next((g for a in x.subjects for b in y.subjects for g in world.gaps(a, b, labels, total)
                  ), None)
            for x, y in ((one, two), (three, four))
        ]  # fmt: skip
        if gaps[0] is None or gaps[1] is None:
            yield Judged(*span, Verdict.UNSUPPORTED)
            continue
        apart = abs(gaps[0].value) - abs(gaps[1].value)
        told = Known(apart, f"{gaps[0].fact},{gaps[1].fact}", f"{gaps[0].said}; {gaps[1].said}")
        yield judge(*span, [told], partial(_agrees, match["more"] is not None))


def _agrees(more: bool, apart: Known) -> bool:
    return apart.value * (1 if more else -1) > 0


def _bare(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``gold put on a little less`` and ``fared no better`` by whom was named before."""
    for form in (_BARELY, _NO_BETTER):
        for match in sentence.find(form):
            before = [m for m in sentence.named if m.end <= match.start()]
            own = clause.actors(sentence, match.start())
            first = next((m for m in reversed(before) if m.subjects == own.first), None)
            second = _last(sentence, first) if first is not None else None
            if first is None or second is None or clause.supposed(sentence, match.start()):
                continue
            span, pair = match.span(), (first, second)
            if form is _BARELY:
                known = list(_gaps(sentence, world, span, pair, 1 if match["up"] else -1))
                verdict = judge(*span, known, partial(_agrees, match["more"] is not None))
            else:
                known = list(_gaps(sentence, world, span, pair, 0))
                verdict = judge(*span, known, partial(_at_most, match["better"] is not None))
            if known:
                yield verdict


def _at_most(better: bool, apart: Known) -> bool:
    return apart.value * (1 if better else -1) <= 0


def _last(sentence: Sentence, first: Mention) -> Mention | None:
    """Return whoever was named last before somebody, in the sentence or the one before."""
    own = [m for m in sentence.named if m.end <= first.start and m.subjects != first.subjects]
    earlier = [m for m in sentence.earlier if m.subjects != first.subjects]
    if own:
        return own[-1]
    return earlier[0] if len({m.subjects for m in earlier}) == 1 else None


def _whose(sentence: Sentence, match: re.Match[str]) -> Mention | None:
    """Return whose move it is: right before the words, or behind ``was that of``."""
    text = sentence.text
    before = [m for m in sentence.named if m.end <= match.start()]
    if before and _OWN.fullmatch(text, before[-1].end, match.start()):
        return before[-1]
    aside = _ASIDE.search(text, max(sentence.start, match.start() - 2), match.start())
    firm = [m for m in before if not sentence.oblique(m)]
    if aside and firm and _THAN.match(text, match.end()):
        return firm[0] if len({m.subjects for m in firm}) == 1 else None
    after = next((m for m in sentence.named if m.start >= match.end()), None)
    if after is not None and _BEHIND.fullmatch(text, match.end(), after.start):
        return after
    return None


def _other(sentence: Sentence, first: Mention) -> Mention | None:
    """Return the one it is set against: the only other that is named here or was before."""
    for lot in (sentence.named, sentence.earlier):
        others = {m.subjects: m for m in lot if m.subjects != first.subjects}
        if len(others) == 1:
            return next(iter(others.values()))
        if others:
            return None
    return None


def _gaps(
    sentence: Sentence,
    world: World,
    span: tuple[int, int],
    pair: tuple[Mention, Mention],
    way: int,
) -> Iterator[Known]:
    """Yield by how much the first moved further than the other, both in the direction said.

    Nothing where they did not both move in it; a way of 0 is none.
    """
    labels, total = clause.periods(sentence, span, world), sentence.at(*span).total
    for one in sorted(pair[0].subjects):
        for two in sorted(pair[1].subjects):
            for mine in world.moves(one, labels, total):
                for other in world.moves(two, labels, total):
                    if mine.kind != other.kind:
                        continue
                    apart = (mine.value - other.value) * (way or 1)
                    both = not way or (mine.value * way > 0 and other.value * way > 0)
                    said = f"{mine.said} against {other.said}"
                    yield Known(
                        apart if both else apart * 0, f"{mine.fact},{other.fact}", said, mine.kind
                    )
