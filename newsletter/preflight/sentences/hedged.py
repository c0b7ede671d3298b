"""Hedged: whether a word of doubt governs a verb, or only stands in an aside before it.

``Small caps might lead`` states nothing. ``As one would expect, small caps led`` does, and so
does ``it must be said that small caps led``: there the doubt has a clause of its own.
"""

import re
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import lexicon
from newsletter.preflight.sentences.sentence import Sentence

_FACTIVE = quick(
    r"\b(?:it (?:must|should|has to|can|may|might|will|need only) (?:also |only )?be (?:said|noted"
    r"|added|admitted|remembered|recorded|pointed out|conceded|seen|told|observed|stressed)"
    r"|it (?:will|may|might|should|would|can|could) (?:(?:not|hardly|scarcely) )?(?:surprise"
    r"|come as|please|cheer|escape|interest|comfort|amuse)(?: \w+){0,2}"
    r"|(?:you|readers|some|one|few) (?:may|might|will|would|could|can|should) (?:have |well |not"
    r" |hardly )*(?:noticed?|seen?|heard?|remembered|remember|recall|note|observed?|spotted|guess"
    r"(?:ed)?)"
    r"|(?:one|we|you|it) (?:has to|have to|must|should|may|can|might|ought to) (?:also |only )?"
    r"(?:be )?(?:admit(?:ted)?|say|said|add(?:ed)?|noted?|concede|remember|grant(?:ed)?|report"
    r"|record|own|confess|stress)"
    r"|we (?:would|should|might) (?:also |only )?(?:note|add|point out|stress|observe|remark"
    r"|remind \w+)"
    r"|(?:will|cannot|can['’]t|won['’]t) (?:not |hardly )?have (?:missed|failed to notice"
    r"|overlooked"
    r"|noticed|seen|spotted)|will (?:have )?(?:know|note|notice|see|remember|recall)n?"
    r"|it (?:seems|appears|would seem|would appear|turns out)) (?:\w+ ){0,3}?that\b",
    re.IGNORECASE,
)
"""What a statement follows that is made all the same."""
_KEPT = compiled(
    r"\b(?:if|unless|whenever|suppose|imagine|argue[sd]?|believes?|bets?|hopes?|wants?|fears?"
    r"|questions?|asks?|wonders?|provided|assuming|in case|were to)\b"
    r"|^\W*(?:should|were|had|could|would|might|may|let)\b",
    re.IGNORECASE,
)
"""What goes on governing behind a comma: ``if small caps fall, large caps rose``."""
_NO_IF = compiled(
    r"\bas (?:one|you|we|anybody|anyone) (?:would|might|may|could|should) (?:have )?(?:expect|guess"
    r"|imagine|suppose|think|predict)(?:ed)?\b|"
    r"\b(?:you|one|we)(?:['’]ll| will| would| shall) (?:not |hardly |only |also )?(?:find|see"
    r"|notice"
    r"|spot|count|search|look|meet)\b|"
    r"\b(?:only|one|first|second|last|lone|sole|two|three|few|handful)\b(?: [\w-]+){0,4} to"
    r" (?:rise|fall|lead|beat|gain|lose|climb|drop)\b|"
    r"\bif (?:anything|only|not|nothing|you (?:like|will|please)|at all|slightly|barely|just"
    r"|a (?:little|bit|shade|touch))\b|\b(?:no|little) question\b",
    re.IGNORECASE,
)
_AHEAD = 12
"""Letters behind a stretch that are looked ahead at."""
_INFINITIVE = compiled(r"\bto (?:\w+ly )?$", re.IGNORECASE)
_TODAY = compiled(r"\b(?:today|tonight|this evening|on the day)\b", re.IGNORECASE)


def hedged(sentence: Sentence, low: int, start: int) -> bool:
    """Tell whether a word of doubt before a verb governs it.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    low, start : int
        Where the clause and the verb begin.
    """
    text = sentence.text
    if lexicon.HEDGE.search(text, low, start) is None:
        return False
    stated = _FACTIVE.search(text, low, start)
    while stated is not None:
        low = stated.end()
        stated = _FACTIVE.search(text, low, start)
    own, asides = parted(sentence, low, start)
    if any(_hedge(text, a, b) for a, b in own):
        return True
    return any(_KEPT.search(_NO_IF.sub(" ", text[a:b])) for a, b in asides)


def parted(
    sentence: Sentence, low: int, start: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the stretches between commas that a verb belongs to, and the asides before it.

    Its own are the one it stands in and the one that names who does it.
    """
    text = sentence.text
    marks = [low, *(m.end() for m in re.finditer(r", ", text[low:start]))]
    marks = [low, *(low + mark for mark in marks[1:]), start]
    parts = list(pairwise(marks))
    named = [i for i, (a, b) in enumerate(parts) if any(a <= m.start < b for m in sentence.named)]
    if len(parts) < 2 or not named or _INFINITIVE.search(text, low, start):
        return parts, []
    own = {named[-1], len(parts) - 1}
    return (
        [part for i, part in enumerate(parts) if i in own],
        [part for i, part in enumerate(parts) if i not in own],
    )


def general(sentence: Sentence, low: int, start: int, high: int) -> bool:
    """Tell whether a verb is said in general: ``usually``, ``whoever``; not of today.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    low, start, high : int
        Where the clause begins, where the verb does, and how far is looked behind it.
    """
    text = sentence.text
    if lexicon.GENERAL.search(text[low:high]) is None:
        return False
    if _TODAY.search(text, low, high):
        return False
    own, _ = parted(sentence, low, start)
    said = [text[a:b] for a, b in own[:-1]] + [text[own[-1][0] : high]]
    return any(lexicon.GENERAL.search(one) for one in said)


def _hedge(text: str, low: int, high: int) -> bool:
    part = _NO_IF.sub(" ", text[low:high])
    found = lexicon.HEDGE.search(part + text[high : high + _AHEAD])  # "can" is none before "show"
    return found is not None and found.start() < len(part)
