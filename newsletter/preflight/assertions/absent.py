"""Absent: flows, surveys, estimates, events and whatever else no fact of the ledger knows."""

import re
from collections.abc import Iterator
from itertools import islice

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import bearers
from newsletter.preflight.phrases.topics import covering, stated
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.strangers import MARK

_FREE = quick(
    r"\b(?:we|I|one)(?:'d|'ll| would| will| could| should| do not| don't| have no| cannot| can't"
    r"| lack| know (?:nothing|little)| claim no\w*| watch| shall| want| wish| ask| look| need)\b"
    r"|\bwhat we (?:watch|want|would)\b|\bnobody (?:knows|can|has|needs|asked)\b|\bno (?:data"
    r"|figures?|fact"
    r"|way)\b|\bnot (?:our|a) (?:business|matter)\b|\bsays? (?:nothing|little)\b|\bworth (?:asking"
    r"|watching)\b|\bsuch as\b|\bfor example\b|\bsay,",
    re.IGNORECASE,
)
"""Words that make a clause a view, a wish or a confession of not knowing."""
_MOST = 20
"""Statements of one sentence that are judged: more is no prose but an attack."""
_FARED = compiled(
    r"\b(?:did|fared|performed|done|doing|held up)(?: \w+){0,2}? (?:better|worse|best|worst|well"
    r"|badly)\b",
    re.IGNORECASE,
)
_IF = compiled(r"\b(?:if|whether|unless|could|might|may|perhaps|should)\b", re.IGNORECASE)
_IN = compiled(
    r"inflow|poured in|took in|drew in|subscription|net buying|piled into", re.IGNORECASE
)
_OUT = quick(
    r"outflow|redemption|pulled|withdr|yanked|fled|dumped|net selling|redeemed|poured out",
    re.IGNORECASE,
)


@assertion("absent")
def absent(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Find statements of fact on topics that no fact of the ledger covers."""
    text = sentence.text
    if text[sentence.end - 1 : sentence.end] == "?":
        return
    yield from _strange(sentence)
    for topic, match in islice(stated(text, sentence.start, sentence.end), _MOST):
        start, end = match.span()
        if world.cites(text, text[sentence.start : sentence.end], match[0]):
            continue
        low, high = clause.bounds(sentence, start)
        if topic.name == "calendar" and _dates(sentence, start):
            yield Judged(start, end, Verdict.UNSUPPORTED)
            continue
        if (
            clause.supposed(sentence, start)
            or _FREE.search(text, low, high)
            or lexicon.HEDGE.search(text, low, start)
        ):
            yield Judged(start, end, Verdict.OPINION)
            continue
        facts = _near(covering(world, topic, match[0]), sentence)
        if topic.name == "flows" and facts:
            yield from _flow(sentence, match, facts)
        elif not facts:
            yield Judged(start, end, Verdict.UNSUPPORTED)


def _dates(sentence: Sentence, start: int) -> bool:
    """Tell whether a coming event is stated; "next week" supposes nothing, "if" does."""
    low, high = clause.bounds(sentence, start)
    if clause.watched(sentence) or _FREE.search(sentence.text, low, high):
        return False
    return _IF.search(sentence.text, low, start) is None


def _strange(sentence: Sentence) -> Iterator[Judged]:
    """Find what is said to have done better or worse though no fact knows it."""
    for match in sentence.find(_FARED):
        before = [m for m in sentence.named if m.end <= match.start()]
        firm = [m for m in before if not sentence.oblique(m)]
        unknown = firm and all(s.startswith(MARK) for s in firm[-1].subjects)
        if unknown and not clause.supposed(sentence, match.start()):
            yield Judged(*match.span(), Verdict.UNSUPPORTED)


def _near(facts: list[Fact], sentence: Sentence) -> list[Fact]:
    """Keep the facts of whoever is named; of nobody's where a fact is of no ticker."""
    named = {s for m in (*sentence.named, *sentence.earlier[:1]) for s in m.subjects}
    return [f for f in facts if f.subject in named or f.kind == "cited" or f.subject.islower()]


def _flow(sentence: Sentence, match: re.Match[str], facts: list[Fact]) -> Iterator[Judged]:
    """Judge the sign of a fund's flow; a figure in the sentence is proved by itself."""
    start, end = match.span()
    money = any(f.kind.value in {"usd", "percent"} for f in sentence.figures)
    sign = 1 if _IN.search(match[0]) else -1 if _OUT.search(match[0]) else 0
    periods = sentence.at(start, end).periods
    known = [f for f in facts if f.metric == "flow" and f.period.label in periods]
    if money or not sign or any(f.kind == "cited" for f in facts):
        return
    if not known:
        yield Judged(start, end, Verdict.UNSUPPORTED)
        return
    denied = bearers.is_denied(sentence, start)
    answers = [((f.number * sign > 0) != denied, f.id, f.display) for f in known]
    yield from bearers.worst(start, end, answers)
