"""Leftover: statements about the market that no kind of claim has understood.

The last net, and the reason why preflight fails closed. A stretch of words that is not
decided blocks where it uses a word of ranks, records, moves or comparisons of the market,
or where a subject of the ledger does anything at all; what supposes, asks, defines or
gives a view is left alone.
"""

import re
from collections.abc import Iterable, Iterator

from newsletter.preflight.assertion import Judged
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets import leftover_words as words
from newsletter.preflight.nets.second_look import look
from newsletter.preflight.nets.trial import SILENT
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind
from newsletter.preflight.who.strangers import is_stranger

_Span = tuple[int, int]


def leftovers(
    sentence: Sentence, decided: Iterable[_Span], world: World | None = None
) -> Iterator[Judged]:
    """Yield each stretch of a sentence that states something nobody has judged.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    decided : iterable of tuple of int
        Start and end of every claim that was found in it.
    world : World, optional
        The facts, for a second look at what would be left over.
    """
    if sentence.block.furniture or sentence.block.kind in SILENT:
        return
    taken = sorted(decided)
    for low, high in _clauses(sentence):
        found, stated = None, False
        for start, end in _stretches(sentence, low, high):
            if any(first < end and last > start for first, last in taken):
                continue
            if _labels(sentence, (start, end), taken):
                continue
            found = _stated(sentence, (low, high), (start, end))
            if found is None and not _leads(sentence, high, taken):
                found = _done(sentence, (low, high), (start, end))
            if found is None:
                continue
            stated = True
            seen = look(sentence, world, (start, end), found, taken) if world else None
            yield seen or Judged(*found, Verdict.UNSUPPORTED)
            if seen is None or seen.verdict is not Verdict.PROVED:
                break
        if not stated and world is not None:
            yield from _bare(sentence, world, (low, high), taken)


def _bare(sentence: Sentence, world: World, whole: _Span, taken: list[_Span]) -> Iterator[Judged]:
    """Yield a clause that names somebody and says what no list of words knows.

    ``Energy the year's whipping boy``, ``whales out-swim minnows``: a heading or an aside may
    name somebody and state nothing, a whole sentence of prose does not.
    """
    low, high = whole
    inside = [m for m in sentence.named if low <= m.start and m.end <= high]
    named = [m for m in inside if not sentence.oblique(m)]
    if not named or all(is_stranger(s) or s.islower() for m in named for s in m.subjects):
        return
    if any(first < high and last > low for first, last in taken):
        return
    found = named[0].start, named[0].end
    if words.VERB.search(sentence.text, low, found[0]):
        return  # "Money went to hospitals": said of somebody else
    if _free(sentence, high - 1, whole, whole) or words.HARMLESS.search(sentence.text, low, high):
        return
    seen = look(sentence, world, whole, found, taken)
    alone = low <= sentence.start and sentence.end - high <= 1
    if sentence.text[: sentence.start].rstrip().endswith("?") and low <= sentence.start:
        yield seen or Judged(*found, Verdict.UNSUPPORTED)  # an answer is a statement
        return
    prose = sentence.block.kind in {Kind.PARAGRAPH, Kind.PREHEADER}  # a subject is a heading
    if seen is not None:
        yield seen
    elif any(low <= f.start < high for f in sentence.own):
        return
    elif alone and prose and words.TELLS.search(sentence.text, low, high):
        yield Judged(*found, Verdict.UNSUPPORTED)


def _clauses(sentence: Sentence) -> Iterator[_Span]:
    """Yield start and end of every clause of a sentence."""
    at = sentence.start
    while at < sentence.end:
        low, high = clause.bounds(sentence, at)
        yield max(low, at), high
        at = max(high, at) + 1


def _stretches(sentence: Sentence, low: int, high: int) -> Iterator[_Span]:
    """Yield the parts of a clause that state one thing each.

    A claim speaks for its own part only: ``rose 1.2% and were the pick of the bunch``.
    """
    start = low
    if sentence.may(words.PART):
        for mark in words.PART.finditer(sentence.text, low, high):
            yield start, mark.start()
            start = mark.end()
    yield start, high


def _stated(sentence: Sentence, whole: _Span, part: _Span) -> _Span | None:
    """Return the first word of a part that states something of the market."""
    for match in sentence.within(words.STATED, *part):
        free = _free(sentence, match.start(), whole, part) or _idiom(sentence, match, part)
        if not free and _spoken_of(sentence, whole):
            return match.span()
    return None


def _done(sentence: Sentence, whole: _Span, part: _Span) -> _Span | None:
    """Return where a subject of the ledger does something, whatever it is."""
    at = _doer(sentence, whole, part)
    if at is None:
        return None
    verb = words.VERB.search(sentence.text, at, part[1])
    unknown = words.ANY_VERB.match(sentence.text, at, part[1]) if verb is None else None
    if unknown is not None and not words.HARMLESS.search(sentence.text, *part):
        free = _free(sentence, unknown.start("verb"), whole, part)
        return None if free else unknown.span("verb")
    if verb is None or words.HARMLESS.search(sentence.text, *part):
        return None
    if _free(sentence, verb.start(), whole, part):
        return None
    return verb.span()


def _doer(sentence: Sentence, whole: _Span, part: _Span) -> int | None:
    """Return where whoever acts in a part ends: named, a crowd, or carried over by ``and``."""
    who = next((m for m in sentence.named if part[0] <= m.start < part[1]), None)
    if who is not None:
        owned = words.OWNERS.search(sentence.text, max(part[0], who.start - 40), who.start)
        return None if sentence.oblique(who) and owned is None else who.end
    crowd = words.ACTOR.match(sentence.text, *part) if sentence.may(words.ACTOR) else None
    if crowd is not None:
        return crowd.end()
    aside = part[0] > whole[0] and sentence.text[part[0] - 1] == ","
    verb = words.VERB.match(sentence.text, part[0] + 1) if aside else None
    said = verb[0].lower() if verb is not None else "is"
    before = any(whole[0] <= m.start < part[0] for m in sentence.named)
    if before and said not in {"is", "are", "was", "were"}:
        return part[0]
    lead = sentence.text[whole[0] : part[0]].strip(" ,")
    opens = whole[0] > sentence.start and lead in {"", "but", "yet"}
    if opens and any(m.end <= whole[0] for m in sentence.named):
        at = part[0] + (sentence.text[part[0]] == " ")
        verb = words.VERB.match(sentence.text, at, part[1])
        if verb is not None and sentence.text[: part[0]].rstrip().endswith(("but", "yet")):
            return part[0]  # "went nowhere but has been a great help"
    again = words.AGAIN.match(sentence.text, *part)
    if again is not None and (sentence.named or sentence.earlier):
        return again.end()
    if part[0] > whole[0] and words.JOINED.search(sentence.text, whole[0], part[0]):
        named = any(whole[0] <= m.start < part[0] for m in sentence.named)
        return part[0] if named and words.VERB.match(sentence.text, part[0]) else None
    return None


def _leads(sentence: Sentence, high: int, taken: list[_Span]) -> bool:
    """Tell whether a clause only leads up to what its colon announces and somebody has judged."""
    if sentence.text[high : high + 1] != ":":
        return False
    _, stop = clause.bounds(sentence, min(high + 2, sentence.end - 1))
    return any(high < first < stop for first, _ in taken)


def _labels(sentence: Sentence, part: _Span, taken: list[_Span]) -> bool:
    """Tell whether a part is the label or the sign of the figure right beside it.

    ``Sectors up on the day, six``, ``by a quarter of a point, upwards``: the figure has been
    proved with these words.
    """
    values = [f for f in sentence.figures if (f.start, f.end) in taken]
    if words.ONLY_WAY.fullmatch(sentence.text, *part):
        return any(0 <= part[0] - f.end <= 2 for f in values)
    return any(
        part[1] <= f.start <= part[1] + 12
        and words.LABELLED.fullmatch(sentence.text, part[1], f.start)
        for f in values
    )


def _spoken_of(sentence: Sentence, whole: _Span) -> bool:
    if sentence.named or sentence.within(words.MARKET, *whole):
        return True
    return sentence.search(words.MARKET) is not None


def _free(sentence: Sentence, at: int, whole: _Span, part: _Span) -> bool:
    """Tell whether a part supposes, or gives a view."""
    if sentence.search(words.HAD_YOU):
        return False
    return bool(
        clause.supposed(sentence, at)
        or words.VIEW.search(sentence.text, *part)
        or words.VIEW.search(sentence.text, whole[0], at)
    )


def _idiom(sentence: Sentence, match: re.Match[str], part: _Span) -> bool:
    low = max(sentence.start, part[0] - 20)
    return any(
        i.start() <= match.start() < i.end()
        for i in words.IDIOMS.finditer(sentence.text, low, part[1])
    )
