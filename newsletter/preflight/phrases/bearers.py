"""Bearers: who is said to be in a state, including a ratio of two subjects."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.whom import whom
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence

Answer = tuple[bool, str, str]
"""Whether a state holds, the fact that says so, and what may be printed as the truth."""
Asked = Callable[[str], Answer | None]

_RATIO = compiled(
    r"\bratio (?:of|between) (?:the )?$|\bratio of \w+ (?:of )?(?:the )?$", re.IGNORECASE
)
_TO = compiled(r"^(?:'s)? (?:to|and|against|over|divided by) (?:the )?$", re.IGNORECASE)
_USUAL = compiled(
    r"\bratio of small(?:er)?(?: caps| companies| stocks)? to (?:large|big)(?:r|er|ger)?\b"
    r"|\bsmall-to-large ratio\b",
    re.IGNORECASE,
)
_SLASH = compiled(r"(?<![A-Za-z/])(?P<pair>[A-Z]{1,5} ?[/÷] ?[A-Z]{1,5})(?: ratio)?\b")
_CARRIED = compiled(
    r"^\W*(?:it|the ratio|that ratio|the line|this|and it)\b|\bthe ratio\b", re.IGNORECASE
)
_LOT = quick(
    r"\b(?:share|proportion|percentage|number|percent|per cent|fraction|half|third|thirds|quarter"
    r"|quarters|most|all|every|each|none|no|few|fewer|majority|bulk|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|many|more|other) (?:\w+ ){0,4}?(?:stocks?|members?|companies|names"
    r"|shares|sectors?|giants?|funds?|constituents|issues)\b|%|\bof (?:the )?(?:stocks|members"
    r"|companies|constituents)|\b(?:stocks|members|companies|constituents) (?:stand|sit|trade|close"
    r"|are|were|stood|closed|in the)\b|\bbreadth\b",
    re.IGNORECASE,
)
_NOT_YET = compiled(
    r"(?:\b(?:not|never|neither)|n't)(?: \w+){0,2},? yet (?:\w+ ){0,3}$", re.IGNORECASE
)
_THEN = compiled(
    r"\b(?:ago|earlier|until|used to|had been|back then|at the time|in (?:19|20)\d\d|last (?:week"
    r"|month|year|quarter)|yesterday|since|before (?:that|then|today))\b",
    re.IGNORECASE,
)


def groups_of(sentence: Sentence, world: World, start: int, end: int) -> list[frozenset[str]]:
    """Return who a state is said of: ratios by their fact's subject, groups joined by ``and``."""
    ratio = _ratio(sentence, world, start)
    if ratio:
        return [frozenset({ratio})]
    found = clause.actors(sentence, start)
    if found.groups and found.near:
        return list(found.groups)
    other = whom(sentence, start, end)
    right = [m.subjects for m in sentence.named if 0 <= start - m.end <= 4]
    everybody = list(dict.fromkeys(m.subjects for m in sentence.named))
    only = everybody if len(everybody) == 1 else []
    return list(other.groups) or list(found.groups) or right[-1:] or only


def _ratio(sentence: Sentence, world: World, start: int) -> str:
    """Return the subject of a ratio named before a place, empty where there is none."""
    text = sentence.text
    low = max(0, sentence.start - 160)
    slash = list(_SLASH.finditer(text, sentence.start, start))
    if slash:
        return _known(world, *re.split(r" ?[/÷] ?", slash[-1]["pair"])[:2])
    named = sentence.named
    for first, second in reversed(list(pairwise(named))):
        if second.end > start or start - second.end > 110:
            continue
        before = text[max(sentence.start, first.start - 24) : first.start]
        if _RATIO.search(before) and _TO.match(text[first.end : second.start]):
            return _known(world, *(_ordinary(m.subjects) for m in (first, second)))
    if _USUAL.search(text, max(sentence.start, start - 110), start):
        return _known(world, "IWM", "SPY")
    own = [m for m in named if m.end <= start]
    if not own and _CARRIED.search(text, sentence.start, start) and "ratio" in text[low:start]:
        for first, second in pairwise(sentence.earlier):
            if found := _known(world, *(_ordinary(m.subjects) for m in (first, second))):
                return found
    return ""


def _ordinary(subjects: frozenset[str]) -> str:
    return min(subjects, key=lambda one: (one.startswith("?"), len(one), one), default="")


def _known(world: World, first: str, second: str) -> str:
    pair = f"{first}/{second}"
    return pair if world.facts(pair, "gap") or world.facts(pair, "ratio") else ""


def lot(sentence: Sentence, start: int) -> bool:
    """Tell whether the words before a place count a group, which is another kind of claim."""
    low, _ = clause.bounds(sentence, start)
    low = max(low, start - 110)
    found = _LOT.search(sentence.text, low, start)
    if found is None or found[0] != "%":
        return found is not None
    # "Utilities rose 2.5% and sit above it" counts nobody, "37% sit above it" does.
    told = any(low <= m.start < start and not sentence.oblique(m) for m in sentence.named)
    return not told or sentence.text.startswith(" of", found.end())


def bygone(sentence: Sentence, start: int, end: int) -> bool:
    """Tell whether the words around a place speak of another day."""
    low, high = clause.bounds(sentence, start)
    return _THEN.search(sentence.text, low, min(high, end + 40)) is not None


def state(
    sentence: Sentence,
    world: World,
    start: int,
    end: int,
    asked: Asked,
    *,
    unknown: bool = True,
    denied: bool | None = None,
    general: bool = True,
    dated: bool = False,
) -> Iterator[Judged]:
    """Judge that whoever is spoken of is in a state.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    world : World
        The facts.
    start, end : int
        Where the state is named.
    asked : callable
        Subject to answer; None where the ledger does not know.
    unknown : bool
        Whether a subject without a fact is unsupported, else left alone.
    denied : bool, optional
        Whether the state is denied; read from the clause where not given.
    general : bool
        Whether words of general remarks free it; not where the state is such a word.
    dated : bool
        Whether `asked` knows since when it holds, so that "since" does not free it.
    """
    low, _ = clause.bounds(sentence, start)
    hedged = lexicon.HEDGE.search(sentence.text, low, start) is not None
    if clause.supposed(sentence, start) if general else hedged:
        yield Judged(start, end, Verdict.OPINION)
        return
    if (bygone(sentence, start, end) and not dated) or lot(sentence, start):
        return
    groups = groups_of(sentence, world, start, end)
    no = is_denied(sentence, start) if denied is None else denied
    yield from worst(start, end, (one_of(group, asked, no) for group in groups), unknown=unknown)


def is_denied(sentence: Sentence, start: int) -> bool:
    """Tell whether the words right before a state deny it (``is not``, ``no longer``)."""
    low, _ = clause.bounds(sentence, start)
    low = max([low, *(m.end for m in sentence.named if m.end <= start)])
    count = len(lexicon.NEGATION.findall(sentence.text[low:start]))
    # "yet" ends a clause for other purposes; in "not yet" it does not.
    count += _NOT_YET.search(sentence.text, sentence.start, start) is not None
    return count % 2 == 1


def one_of(group: Iterable[str], asked: Asked, denied: bool) -> Answer | None:
    """Return the answer for the first alternative of a group that is known."""
    answers = [a for a in map(asked, sorted(group)) if a is not None]
    right = [a for a in answers if a[0] != denied]
    chosen = (right or answers)[:1]
    return next(((a[0] != denied, a[1], a[2]) for a in chosen), None)


def worst(
    start: int, end: int, answers: Iterable[Answer | None], *, unknown: bool = True
) -> Iterator[Judged]:
    """Yield one judgement on several answers: the worst of them."""
    seen = list(answers)
    wrong = next((a for a in seen if a is not None and not a[0]), None)
    if wrong is not None:
        yield Judged(start, end, Verdict.CONTRADICTED, wrong[1], wrong[2])
    elif seen and None in seen:
        if unknown:
            yield Judged(start, end, Verdict.UNSUPPORTED)
    elif seen:
        facts = ",".join(a[1] for a in seen if a is not None)
        yield Judged(start, end, Verdict.PROVED, facts)
