"""Singled out: the only one of a group, the others of it, and neither of two."""

import re
from collections.abc import Iterator
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import predicates
from newsletter.preflight.phrases.groups import NOUN, Group, group_of, groups, named
from newsletter.preflight.phrases.predicates import Predicate, tallies
from newsletter.preflight.phrases.quantifiers import NUMBER, value
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences.sentence import Sentence

_ROLES = {
    "up": r"gainers?|winners?|advancers?|risers?|climbers?|bright spots?|advances?",
    "down": r"decliners?|losers?|fallers?|laggards?|casualt(?:y|ies)|drags?",
}
_SOLE = compiled(
    rf"(?:\b(?:the|its|their|our|(?:the |to)?day's|(?:the |this )?(?:week|month|quarter|year)'s"
    rf"|to(?:day|night)'s) |^|(?<=[.:;,] ))(?:only|sole|lone|single|solitary)(?:"
    rf" (?P<n>{NUMBER}))?"
    rf" (?:(?P<up>{_ROLES['up']})|(?P<down>{_ROLES['down']})"
    rf"|(?:{NOUN}|one|ones|fund|funds|groups?|member|area|part|corner)(?![\w-]))"
    rf"(?: (?:of|among|amongst|in) (?:the |all )?(?:{NUMBER} )?"
    rf"(?:sectors?|giants?|funds?|group|{NUMBER}|index funds|Magnificent Seven)\b)?"
    r"(?:,? (?:to(?: have)?|that|which|who)\b)?",
    re.IGNORECASE,
)
_ONLY = compiled(r"(?:^|[,;:—–-]\s?|\b(?:and|but|while|where|with)\s)(?:only|just) (?:the )?$",
                   re.IGNORECASE)  # fmt: skip
_ALONE = compiled(
    r"^(?:,? (?:alone|and (?:no(?:body| other(?: sector| giant| one)?)|nothing else))(?: among"
    r" (?:the |all )?[\w ]{3,24}| of the \w+)?,?) ",
    re.IGNORECASE,
)
_ALL_BUT = compiled(
    r"\b(?:all|everyone|everybody|everything|every one|each) (?:but|except(?: for)?|bar"
    r"|save(?: for)?|other than|apart from) (?:the )?$",
    re.IGNORECASE,
)
_OF_THEM = compiled(r"(?: (?:among|of|in) (?:the |all )?[\w -]{3,26}?(?= \w+))?", re.IGNORECASE)
_AMONG = compiled(
    rf" (?:of|among|amongst|in|from) (?:all )?(?:the )?(?:{NUMBER} )?(?:sectors?|giants?|funds?"
    rf"|group|index funds"
    r"|Magnificent Seven|seven|eleven|lot|pack)\b",
    re.IGNORECASE,
)
_REST = compiled(
    rf"\b(?:the (?:other|remaining)(?: (?P<n>{NUMBER}))?(?: (?:{NOUN})(?![\w-]))?"
    r"|the rest(?: of (?:the |them)(?:sectors|giants|group|seven|eleven|pack)?)?"
    r"|(?:all )?the others"
    r"|every other (?:one|sector|giant|fund)|everyone else|all other (?:sectors|giants))",
    re.IGNORECASE,
)
_NOBODY = compiled(
    r"(?:,|;| –| —)? (?:and |but )?(?:no other(?: \w+)?|no one else|nobody else|none of the"
    r" (?:others|rest|other \w+)|nothing else"
    r"|not one of the (?:others|rest)) (?:did|has|was|were|have|is|are|could)\b(?: so)?(?=[.,;:!]"
    r"|$)",
    re.IGNORECASE,
)
_ONE = compiled(
    rf"\b(?:(?:just|only|exactly) (?:one|a single)|a single|one)(?: (?:\w+ )?(?:{NOUN}|fund|giant"
    r"|stock)(?![\w-])(?: fund)?)?(?: of (?:the|them)(?: \w+){0,2})?",
    re.IGNORECASE,
)
_IT_WAS = compiled(
    r"(?:[,;:—–-] ?|\b)(?:and )?(?:it|that|that one|the one) (?:was|is) (?:the )?$", re.IGNORECASE
)
"""Between a count of one and its name."""
_NEITHER = compiled(r"\bneither (?:the )?$", re.IGNORECASE)
_NOR = compiled(r"^(?:'s)?(?: \w+){0,2},? nor (?:the |its )?$", re.IGNORECASE)
_LINK = compiled(
    r"^(?:'s?)?(?: (?:stocks?|shares?|funds?))?,? (?:today |tonight )?(?:is|was|are|were"
    r"|remained?|remains"
    r"|stays?|stood|finished as|ended as|proved)(?: today| tonight| now| once again)? $",
    re.IGNORECASE,
)


def singled(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Yield the judgements on all such claims of a sentence."""
    yield from _sole(sentence, world)
    yield from _all_but(sentence, world)
    yield from _alone(sentence, world)
    yield from _rest(sentence, world)
    yield from _neither(sentence, world)
    yield from _nobody_else(sentence, world)
    yield from _just_one(sentence, world)


def _just_one(sentence: Sentence, world: World) -> Iterator[Judged]:
    """``Just one sector rose, and it was energy``: whom a count of one is said to be."""
    one = sentence.search(_ONE)
    if one is None:
        return
    for mention in sentence.named:
        named = _IT_WAS.search(sentence.text, one.end(), mention.start)
        group = group_of(world, mention.subjects)
        if named is None or group is None:
            continue
        predicate = predicates.find(sentence, one.end(), named.start())
        if predicate is not None:
            who, start = frozenset(mention.subjects), one.start()
            found = _decide(sentence, world, group, predicate, who, start)
            if found is not None:
                told = found.verdict, found.fact, found.expected
                yield Judged(named.start(), mention.end, *told)


def _nobody_else(sentence: Sentence, world: World) -> Iterator[Judged]:
    """``Energy and utilities rose, and no other sector did``: exactly those named before."""
    for match in sentence.find(_NOBODY):
        index = next((i for i, m in enumerate(sentence.named) if not sentence.oblique(m)), None)
        if index is None or sentence.named[index].end > match.start():
            continue
        run = sentence.run(index, +1)
        who = frozenset(s for m in run for s in m.subjects)
        group = group_of(world, who)
        predicate = predicates.find(sentence, run[-1].end, match.start())
        if group is None or predicate is None or len(who) != len(run):
            continue
        found = _decide(sentence, world, group, predicate, who, run[0].start)
        if found is not None:
            yield Judged(match.start(), match.end(), found.verdict, found.fact, found.expected)


def _decide(
    sentence: Sentence,
    world: World,
    group: Group,
    predicate: Predicate,
    wanted: frozenset[str],
    start: int,
    *,
    denied: bool = False,
) -> Judged | None:
    """Judge that a predicate holds of exactly these cells of a group."""
    if predicates.supposed(sentence, start, predicate):
        return None
    seen = list(tallies(sentence, world, group, predicate))
    end = predicate.end
    start = min(start, predicate.start)
    if not seen:
        return Judged(start, end, Verdict.UNSUPPORTED)
    right = next((one for one in seen if (one.held == wanted) != denied), None)
    if right is not None:
        return Judged(start, end, Verdict.PROVED, right.fact)
    names = [n for c, n in zip(group.cells, group.names, strict=True) if c in seen[0].held]
    said = ", ".join(names) or "none"
    return Judged(start, end, Verdict.CONTRADICTED, seen[0].fact, said)


def _sole(sentence: Sentence, world: World) -> Iterator[Judged]:
    text = sentence.text
    for match in sentence.find(_SOLE):
        who, start = _named_around(sentence, match)
        if not who:
            continue
        group = groups(world).get(named(match)) if named(match) else group_of(world, who)
        if group is None or not who <= set(group.cells):
            group = group_of(world, who)
        predicate = _role_or_verb(sentence, match)
        if group is None or predicate is None:
            continue
        denied = re.search(r"(?:\bnot|n't)\s*$", text[start : match.start()]) is not None
        found = _decide(sentence, world, group, predicate, who, start, denied=denied)
        if found is not None:
            yield Judged(found.start, max(found.end, match.end()), found.verdict, found.fact,
                         found.expected)  # fmt: skip


def _role_or_verb(sentence: Sentence, match: re.Match[str]) -> Predicate | None:
    if match["up"] or match["down"]:
        sign = 1 if match["up"] else -1
        return Predicate("move", match.start(), match.end(), sign, False, match)
    stop = min(sentence.end, match.end() + 60)
    return predicates.find(sentence, match.end(), stop)


def _named_around(sentence: Sentence, match: re.Match[str]) -> tuple[frozenset[str], int]:
    """Return who is said to be the only one: named right before, or behind ``was``."""
    text = sentence.text
    for index in range(len(sentence.named) - 1, -1, -1):
        mention = sentence.named[index]
        if mention.end <= match.start():
            between = text[mention.end : match.start()]
            apposed = re.fullmatch(r"(?:'s)?,? ?(?:\(|— ?|– ?)?", between)
            denied = re.fullmatch(r" (?:was|is|were|are)(?: not|n't) ", between)
            if _LINK.match(between) or apposed or denied:
                run = sentence.run(index, -1)
                return _only(run[0].start, [m.subjects for m in run])
            break
    for index, mention in enumerate(sentence.named):
        if mention.start < match.end():
            continue
        between = text[match.end() : mention.start]
        ends = re.search(r"(?:\b(?:was|were|is|are|being)|[:,(–—-])\s?(?:the )?$", between)
        if ends and len(between) < 70 and not re.search(r"[;.!?]", between):
            run = sentence.run(index, +1)
            return _only(match.start(), [m.subjects for m in run])
    return frozenset(), 0


def _only(start: int, parts: list[frozenset[str]]) -> tuple[frozenset[str], int]:
    return frozenset(subject for part in parts for subject in part), start


def _alone(sentence: Sentence, world: World) -> Iterator[Judged]:
    """``Only energy rose``, ``energy alone rose``, ``energy, and no other sector, rose``."""
    text, index = sentence.text, 0
    while index < len(sentence.named):
        run = sentence.run(index, +1)
        index += len(run)
        before = text[max(sentence.start, run[0].start - 12) : run[0].start]
        behind = _ALONE.match(text[run[-1].end : run[-1].end + 60])
        only = _ONLY.search(before)
        if not (only or behind):
            continue
        who = frozenset(s for m in run for s in m.subjects)
        group = group_of(world, who)
        at = run[-1].end + (behind.end() - 1 if behind else 0)
        among = _AMONG.match(text, at)
        at = among.end() if among else at
        if group is None or len(who) != len(run):
            continue
        predicate = predicates.find(sentence, at, min(sentence.end, at + 50))
        if predicate is None or predicate.kind in {"compared", "bare"}:
            continue
        between = text[at : predicate.start]
        if len(between.split()) > 3 or re.search(r"[,;:]", between):
            continue
        start = run[0].start - len(only[0].lstrip(" ,;:—–-")) if only else run[0].start
        found = _decide(sentence, world, group, predicate, who, start)
        if found is not None:
            yield found


def _all_but(sentence: Sentence, world: World) -> Iterator[Judged]:
    """``All but Apple rose``, ``everyone except energy``: the others of the group."""
    text, index = sentence.text, 0
    while index < len(sentence.named) and sentence.may(_ALL_BUT):
        run = sentence.run(index, +1)
        index += len(run)
        before = _ALL_BUT.search(text[max(sentence.start, run[0].start - 40) : run[0].start])
        who = {s for m in run for s in m.subjects}
        group = group_of(world, who) if before is not None else None
        if before is None or group is None or len(who) != len(run):
            continue
        end = run[-1].end
        tail = _OF_THEM.match(text, end)
        end = tail.end() if tail else end
        predicate = predicates.find(sentence, end, min(sentence.end, end + 50))
        if predicate is None or re.search(r"[,;:]", text[end : predicate.start]):
            continue
        others = frozenset(group.cells) - who - frozenset(predicates.others(sentence, predicate))
        start = run[0].start - len(before[0])
        found = _decide(sentence, world, group, predicate, others, start)
        if found is not None:
            yield found


def _rest(sentence: Sentence, world: World) -> Iterator[Judged]:
    """``… while the other eight fell``: everybody who was not named before."""
    text = sentence.text
    for match in sentence.find(_REST):
        before = [m for m in sentence.named if m.end <= match.start()]
        name = named(match)
        size = value(match["n"] or "0")
        mentioned = {s for m in before for s in m.subjects}
        group = groups(world)[name] if name else None
        if group is None:
            cells = [g for g in ("sectors", "giants") if mentioned & set(groups(world)[g].cells)]
            group = groups(world)[cells[0]] if len(cells) == 1 else None
        if group is None or not group.cells:
            continue
        inside = mentioned & set(group.cells)
        predicate = predicates.find(sentence, match.end(), min(sentence.end, match.end() + 50))
        if (
            predicate is None
            or not inside
            or predicates.supposed(sentence, match.start(), predicate)
        ):
            continue
        if len(text[match.end() : predicate.start].split()) > 4:
            continue
        yield _others(sentence, world, group, predicate, inside, size, match.start())


def _others(
    sentence: Sentence,
    world: World,
    group: Group,
    predicate: Predicate,
    inside: set[str],
    size: int,
    start: int,
) -> Judged:
    others = frozenset(group.cells) - inside
    seen = list(tallies(sentence, world, group, predicate))
    if not seen:
        return Judged(start, predicate.end, Verdict.UNSUPPORTED)
    whole = not size or size == len(others)
    right = next((t for t in seen if whole and others <= t.held), None)
    if right is not None:
        return Judged(start, predicate.end, Verdict.PROVED, right.fact)
    wrong = others - seen[0].held
    names = [n for c, n in zip(group.cells, group.names, strict=True) if c in wrong]
    said = f"not {', '.join(names)}" if names else f"{len(others)} others"
    return Judged(start, predicate.end, Verdict.CONTRADICTED, seen[0].fact, said)


def _neither(sentence: Sentence, world: World) -> Iterator[Judged]:
    """``Neither small caps nor large caps rose``."""
    text, pairs = sentence.text, pairwise(sentence.named)
    for first, second in pairs if sentence.may(_NEITHER) else ():
        before = text[max(sentence.start, first.start - 14) : first.start]
        if not _NEITHER.search(before) or not _NOR.match(text[first.end : second.start]):
            continue
        predicate = predicates.find(sentence, second.end, min(sentence.end, second.end + 60))
        if predicate is None or len(text[second.end : predicate.start].split()) > 5:
            continue
        cells = tuple(sorted(first.subjects)[:1] + sorted(second.subjects)[:1])
        group = Group("pair", cells, cells)
        found = _decide(sentence, world, group, predicate, frozenset(), first.start - 8)
        if found is not None:
            yield found
