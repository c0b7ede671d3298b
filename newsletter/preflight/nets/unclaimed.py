"""Unclaimed: words of place, record, order, state and denial that no claim has taken in.

A figure speaks for itself, not for what is said around it: ``Amazon's $228.01 was its poorest
close in more than a year`` has a level that is proved, and a record that nobody has looked at.
Such a word must lie in a claim of words, or stand beside a figure that is itself one of places,
records or states; and a denial must be one without which the sentence would be refused.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.nets import trial
from newsletter.preflight.nets import unclaimed_words as words
from newsletter.preflight.nets.leftover_words import HARMLESS, VIEW
from newsletter.preflight.nets.trial import Proof, Proved, Refusal
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.strangers import known

ADVICE = "no claim of this sentence has read this word; say it another way, or take it out"
_FIGURES = frozenset(kind.value for kind in FigureKind)
_OWN_SENSE = frozenset(
    {FigureKind.FRACTION, FigureKind.SHARE, FigureKind.DATE, FigureKind.PERCENTILE}
)
"""Figures whose words are no places: ``a third of them``, ``the third of May``."""
_PRONOUN = compiled(r"\b(?:it|they)\b", re.IGNORECASE)
"""What stands for whom the sentence before has named."""
_ANYWHERE = (
    words.ORDER,
    words.COUNTED,
    words.SIGNAL,
    words.SCORES,
    words.UNSEEN,
    words.LINES,
    words.VAGUE,
)
"""Families whose words are of a table, a group or a signal whoever is named."""
_DAYS = compiled(r" (?:straight|consecutive|running|day|week|month|session)s?\b", re.IGNORECASE)
"""What is counted behind ``second``, which is then a place in a run."""
_NEAR = len(" its all-time ")
_MARKS = compiled(r"record|distance|drawdown|year_(?:high|low)|gap")
"""Facts of what a close is above or below."""
_FEW = 11
"""Words of a sentence that goes on speaking of whom the one before has named."""
_MOST = 3
"""Denials of one sentence that are looked at."""


def unclaimed(
    sentence: Sentence, claims: Sequence[tuple[str, Judged]], proof: Proof
) -> Iterator[Refusal]:
    """Yield words of place, record, order, state and denial that no claim has taken in.

    Parameters
    ----------
    sentence : Sentence
        A sentence in which nothing is wrong so far.
    claims : sequence of tuple of (str, Judged)
        Its claims by kind.
    proof : callable
        Proves the sentence with other words.
    """
    proved = [(kind, one) for kind, one in claims if one.verdict is Verdict.PROVED]
    fragment = not sentence.named and _short(sentence)
    carried = fragment or sentence.search(_PRONOUN)
    named = (*sentence.named, *(sentence.earlier if carried else ()))
    if not proved and not any(known(m.subjects) for m in named):
        yield from _loose(sentence)
        return
    told = [one for kind, one in proved if kind not in _FIGURES]
    figures = [one for kind, one in proved if kind in _FIGURES - {"window", "time"}]
    for family in words.FAMILIES:
        for match in sentence.find(family.words):
            taken = _lies_in(match, told) or _beside(sentence, match, family, told, figures)
            taken = taken or (family is words.COMPARED and _view(sentence, match))
            taken = taken or (family is words.STATE and _leads(match, told))
            placed = family in _ANYWHERE and not _common(sentence, match)
            spoken = placed or fragment or _of_somebody(sentence, match, proved)
            if spoken and not taken and not _idle(sentence, match, family.idle):
                yield *match.span(), ADVICE
    read = (*told, *figures)
    if proved:
        yield from _sublists(sentence, read)
    yield from _denials(sentence, proved, read, proof)


def _sublists(sentence: Sentence, read: Sequence[Judged]) -> Iterator[Refusal]:
    """Yield how many of those just counted are something else, where no claim begins there."""
    for match in sentence.find(words.SUBLIST)[:_MOST]:
        low, high = trial.part(sentence, match)
        begins = any(low <= one.start < high for one in read)
        if not begins and not _view(sentence, match) and not clause.supposed(sentence, low):
            yield *match.span(), ADVICE


def _denials(
    sentence: Sentence, proved: Sequence[Proved], read: Sequence[Judged], proof: Proof
) -> Iterator[Refusal]:
    """Yield denials beside no claim, without which the sentence would pass as well."""
    for match in sentence.find(words.DENIAL)[:_MOST]:
        low, high = trial.part(sentence, match)
        if any(low <= one.start < high for one in read):
            continue  # `unread` asks there
        aside = any(0 <= m.start - match.end() <= len(" the ") for m in sentence.named)
        idle = aside or _lies_in(match, read) or _view(sentence, match)
        spoken = not idle and _of_somebody(sentence, match, proved)
        if spoken and not _idle(sentence, match, words.IDLE_DENIAL):
            put = words.UNDENIED.get(match[0].lower(), "")
            if not any(one.blocks for one in proof(sentence, trial.replaced(sentence, match, put))):
                yield *match.span(), ADVICE


def _common(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a place is a word of everyday; ``a second day`` is one in a run."""
    said = match[0].lower()
    return said == "first" or (said == "second" and _DAYS.match(sentence.text, match.end()) is None)


def _loose(sentence: Sentence) -> Iterator[Refusal]:
    """Yield what is said of a signal, a group or two sides in a sentence that names nobody."""
    for family in (words.SIGNAL, words.SCORES, words.COUNTED):
        for match in sentence.find(family.words):
            if not clause.supposed(sentence, match.start()):
                yield *match.span(), ADVICE


def _short(sentence: Sentence) -> bool:
    """Tell whether a sentence is a few words, such as ``Just shy of a record``."""
    return sentence.text.count(" ", sentence.start, sentence.end) < _FEW


def _view(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a word is said as a view, or of what no price can bear out."""
    low, high = clause.bounds(sentence, match.start())
    said = VIEW.search(sentence.text, sentence.start, match.start())
    held = said or VIEW.search(sentence.text, low, high)
    return bool(held or HARMLESS.search(sentence.text, low, high))


def _of_somebody(
    sentence: Sentence, match: re.Match[str], proved: Sequence[tuple[str, Judged]]
) -> bool:
    """Tell whether the words between commas around a word name somebody or hold a claim.

    What hangs behind a comma (``an argument, not a proof``) is said of no price.
    """
    low, high = trial.part(sentence, match)
    named = any(known(m.subjects) for m in sentence.named if low <= m.start < high)
    return named or any(low <= one.start < high for _, one in proved)


def _lies_in(match: re.Match[str], told: Sequence[Judged]) -> bool:
    """Tell whether a claim of words holds a word, or ends right before it."""
    start, end = match.span()
    return any(one.start < end and start <= one.end + 1 for one in told)


def _leads(match: re.Match[str], told: Sequence[Judged]) -> bool:
    """Tell whether a word stands right before the record or average it is said of."""
    return any(0 < one.start - match.end() <= _NEAR and _MARKS.search(one.fact) for one in told)


def _beside(
    sentence: Sentence,
    match: re.Match[str],
    family: words.Family,
    told: Sequence[Judged],
    figures: Sequence[Judged],
) -> bool:
    """Tell whether a word is taken in by a claim that it does not lie in."""
    if any(family.apart.search(one.fact) for one in (*told, *figures)):
        return True
    low, high = clause.bounds(sentence, match.start())
    return any(low <= one.start < high and family.beside.search(one.fact) for one in figures)


def _idle(sentence: Sentence, match: re.Match[str], idle: re.Pattern[str]) -> bool:
    """Tell whether a word states nothing: in a name, an idiom, a figure, a supposition."""
    start = match.start()
    return (
        any(m.start <= start < m.end for m in sentence.named)
        or any(f.start <= start < f.end and f.kind in _OWN_SENSE for f in sentence.own)
        or any(one.start() <= start < one.end() for one in sentence.find(idle))
        or clause.supposed(sentence, start)
    )
