"""Unread: a denial that no claim of its sentence has taken into account.

Each kind of claim reads the denials that it expects. Whether one was read is found out by
taking it away: where a sentence is proved with ``no longer`` and without it alike, nobody has
looked at these words, and one of the two sentences is false.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.nets import trial
from newsletter.preflight.nets.trial import Proof, Refusal, Stated
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

ADVICE = "the sentence is proved with it and without it alike; say it another way"
_MOST = 4
"""Denials of one sentence that are looked at."""
_WORD = quick(
    r"\b(?:(?P<longer>no longer|no more(?=[.;,]|$))|(?P<butnot>,? (?:but|though|although) not)"
    r"|(?P<anything>anything but)|(?P<neither>neither)|(?P<never>never)|(?P<without>without)"
    r"|(?P<fails>(?:fail(?:s|ed)?|refus(?:es|ed)|yet) to)|(?P<nor>(?<!\w )nor)|(?P<no>no)"
    r"|(?P<every>every)"
    r"|(?P<not>not))\b|(?P<nt>n't)\b",
    re.IGNORECASE,
)
_IDLE = compiled(
    r"(?<=believe it or )not\b|(?<=whether or )not\b|no (?:doubt|wonder|matter|friend|help)\b"
    r"|yet to (?:better|beat|improve|exceed|surpass|top|match|equal|set|make|reclaim"
    r"|regain|recover)\b"
    r"|not far from\b|not to be\b|neither side\b|without (?:a |any )?(?:break|pause|let-?up"
    r"|interruption|(?:helping )?hands?|help|fuss|ado|drama|murmur|ceremony|complaint|argument"
    r"|warning|apology)\b|(?:not|n't) do a thing\b",
    re.IGNORECASE,
)
"""Denials that deny nothing, or whose opposite nobody would print."""
_NOR = compiled(r"\bnor\b", re.IGNORECASE)


def unread(sentence: Sentence, stated: Sequence[Stated], proof: Proof) -> Iterator[Refusal]:
    """Yield each denial that the proved claims around it hold with and without.

    Parameters
    ----------
    sentence : Sentence
        A sentence.
    stated : sequence of Stated
        Its claims; none of them blocks.
    proof : callable
        Proves the sentence with other words.
    """
    for match in sentence.find(_WORD)[:_MOST]:
        if _IDLE.match(sentence.text, match.start()):
            continue
        near = _near(sentence, match, stated)
        loose = match.lastgroup == "butnot"
        if near and _same(near, proof(sentence, _without(sentence, match)), loose=loose):
            yield *match.span(), ADVICE


def _near(
    sentence: Sentence, match: re.Match[str], stated: Sequence[Stated]
) -> set[tuple[str, str]]:
    """Return kind and fact of the proved claims that a denial is said of."""
    low, high = sentence.start, sentence.end
    if match.lastgroup == "longer":
        low, high = clause.bounds(sentence, match.start())
    elif match.lastgroup != "butnot":
        low, high = trial.part(sentence, match)
    inside = [one for one in trial.proved(stated) if low <= one.start < high]
    return trial.facts([one for one in inside if not one.fact.startswith("group:")])


def _same(near: set[tuple[str, str]], again: Sequence[Stated], *, loose: bool) -> bool:
    """Tell whether other words are proved by the same facts, or by some of the same kind.

    ``leads for the month but not for the year``: what follows ``and`` has a fact of its own.
    """
    if not loose:
        return trial.borne_out(again, near)
    kinds = {kind for kind, _ in trial.facts(again)}
    return not any(one.blocks for one in again) and {kind for kind, _ in near} <= kinds


def _without(sentence: Sentence, match: re.Match[str]) -> str:
    """Return the words of a sentence without a denial."""
    after = sentence.text[match.end() : sentence.end]
    name = match.lastgroup or ""
    put = {"butnot": " and", "without": "with", "no": "a", "every": "a"}.get(name, "")
    if name == "neither":
        put = "both" if _NOR.search(after) else "the"
        after = _NOR.sub("and", after, count=1)
    return trial.replaced(sentence, match, put, after)
