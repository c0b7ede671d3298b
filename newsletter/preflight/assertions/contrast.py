"""Contrast: two subjects set side by side by a day that was kinder to one of them."""

import re
from collections.abc import Iterator
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, agrees, assertion, judge
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.races import apart
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_HINT = compiled(r"\bthan\b|\bweigh|\bby its\b", re.IGNORECASE)
_KIND = compiled(
    r"\b(?:(?P<up>kinder|better|gentler|more generous|friendlier|easier|happier|sunnier|less harsh"
    r"|less cruel|less painful)"
    r"|(?P<down>worse|harder|harsher|crueller|crueler|rougher|tougher|unkinder|less kind|less"
    r" generous|meaner"
    r"|more painful|nastier)) (?:a )?(?:\w+ )?(?:to|for|on) (?:the |both )?$",
    re.IGNORECASE,
)
_THAN = compiled(
    r"(?:'s?)?(?: \w+){0,2}?,? than (?:it was |they were )?(?:to|for|on|with)? ?(?:the |its )?",
    re.IGNORECASE,
)
_AFTER_FIGURE = compiled(
    r"(?P<more>more|better|further|faster)|(?P<less>less|worse)", re.IGNORECASE
)
_MORE = compiled(
    r",? (?:and )?(?:(?:far|rather|a (?:little|shade|touch|bit)|much|slightly|well) )?"
    r"(?:(?P<more>more|better|further|faster|ahead of)|(?P<less>less|worse|behind))(?: than)?"
    r" (?:the |its )?",
    re.IGNORECASE,
)
_TYPICAL = compiled(
    r"\bmost (?:of the )?(?:large |big )?(?:companies|stocks|members|names) had a (?:(?P<up>better"
    r"|kinder)"
    r"|(?P<down>worse|harder)) (?:day|session|time of it) than the (?:headline|index|average"
    r"|market)\b",
    re.IGNORECASE,
)
_ALIKE = compiled(
    r"\bweigh(?:t(?:ed|ing)?|ed|ing)? (?:every|each|all)(?: \w+){1,3} (?:alike|equally|the same"
    r"|evenly)\b(?:[^.;:]|\.\d){0,40}?"
    r"\b(?:(?P<up>better|happier|brighter|kinder)|(?P<down>worse|sadder|darker|harsher))\b",
    re.IGNORECASE,
)
_MANY = compiled(
    r"\b(?:(?:kinder|better) to the (?:(?P<many>many)|few) than to the (?:many|few)|the"
    r" (?:(?P<many2>many)|few) (?:did|fared)"
    r" better than the (?:many|few)|(?:carried|held up|flattered|propped up|saved|rescued|lifted)"
    r" by its (?:largest|biggest|heaviest)"
    r" (?:names|members|stocks|companies))\b",
    re.IGNORECASE,
)


@assertion("contrast")
def contrast(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge days that were kinder to one than to another, and moves larger than another's."""
    if not sentence.search(_HINT):
        return
    yield from _kinder(sentence, world)
    yield from _larger(sentence, world)
    yield from _typical(sentence, world)


def _kinder(sentence: Sentence, world: World) -> Iterator[Judged]:
    text = sentence.text
    for first, second in zip(sentence.named, sentence.named[1:], strict=False):
        lead = _KIND.search(text, max(sentence.start, first.start - 48), first.start)
        if lead is None or not _THAN.fullmatch(text, first.end, second.start):
            continue
        if clause.supposed(sentence, lead.start()):
            continue
        sign = 1 if lead["up"] else -1
        yield from _judged(sentence, world, (first, second), (lead.start(), second.end), sign)


def _larger(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Read ``rose 2%, more than the S&P 500 fund did``."""
    text = sentence.text
    for figure in sentence.figures:
        match = _MORE.match(text, figure.end)
        second = match and next(
            (m for m in sentence.named if 0 <= m.start - match.end() <= 1), None
        )
        before = [m for m in sentence.named if m.end <= figure.start]
        if match is None or second is None or not before:
            continue
        verb = None
        for verb in lexicon.MOVE.finditer(text, before[-1].end, figure.end):  # noqa: B007
            pass
        if verb is None or not (match["more"] or match["less"]):
            continue
        who = clause.actors(sentence, verb.start())
        first = next((m for m in before if m.subjects == who.first), None)
        if first is None:
            continue
        ahead = (match["more"] or "").lower() in {"better", "ahead of"} or (
            match["less"] or ""
        ).lower() in {"worse", "behind"}
        down = verb.lastgroup in {"down", "minus"} and not ahead
        sign = (1 if match["more"] else -1) * (-1 if down else 1)
        yield from _judged(sentence, world, (first, second), (match.start(), second.end), sign)


def _typical(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Read what the many did against the few: the equal-weight fund against the index."""
    for form in (_TYPICAL, _MANY, _ALIKE):
        for match in sentence.find(form):
            found = match.groupdict()
            sign = 1 if found.get("up") or found.get("many") or found.get("many2") else -1
            known = list(world.gaps("RSP", "SPY", {"1d"}))
            if known and not clause.supposed(sentence, match.start()):
                yield judge(*match.span(), known, partial(agrees, sign, False))


def _judged(
    sentence: Sentence,
    world: World,
    pair: tuple[Mention, Mention],
    span: tuple[int, int],
    sign: int,
) -> Iterator[Judged]:
    first, second = pair
    known = apart(sentence, world, first.subjects, second.subjects, span)
    yield judge(*span, known, partial(agrees, sign, clause.negated(sentence, span[0])))
