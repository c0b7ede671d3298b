"""Bare: a sentence that names somebody of the ledger and of whom nothing is proved.

``Of the seven giants Nvidia alone can boast a double-digit gain since January``: that the
giants are seven and that a year has a January are proved, and nothing else has been read. What
supposes, asks, exclaims or gives a view proves nothing and needs not.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.nets.leftover_words import HARMLESS, VERB, VIEW
from newsletter.preflight.nets.trial import TIMES, Refusal
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind
from newsletter.preflight.who.strangers import known
from newsletter.preflight.who.subjects import Mention

ADVICE = "nothing that is said of it here is proved; say it with a figure, or as a view"
_PROSE = {Kind.PARAGRAPH, Kind.ITEM, Kind.PREHEADER}
_VERB = compiled(
    rf"{VERB.pattern}|\b(?:can|boasts?|owns?|counts?|make|makes|have|holdouts?|exceptions?|culprits?"
    r"|stragglers?|absentees?|outliers?)\b",
    re.IGNORECASE,
)
"""Verbs, and nouns that say what a verb would."""
_LINE = compiled(r"-day (?:moving )?(?:average|line|mean)\b", re.IGNORECASE)
"""Lines by which whatever is said of them says where somebody stands."""
_SOUGHT = compiled(
    r"\b(?:one|you|we)(?:['’]ll| will| won['’]t| would| must| have to| has to| need to)(?: not)?"
    r" (?:find|search|look|go (?:all the way )?back|scroll)\b",
    re.IGNORECASE,
)
"""``You will not find it closing this high``: no forecast, whatever the verb."""
_UNKNOWN = compiled(
    r"\b(?:too few|too little|not known|unknown|cannot be (?:told|known))\b", re.IGNORECASE
)
"""Words that say how little is known."""
_RECORD = compiled(r"record|\.cross\.")
"""Facts with days that are no answer to how long ago something was as high."""
_SIZE = compiled(r"^group:|\.count\.")
"""Facts that tell how many a group has."""


def bare(sentence: Sentence, claims: Sequence[tuple[str, Judged]]) -> Iterator[Refusal]:
    """Yield whom a sentence names if nothing but times and sizes of groups is proved in it.

    Parameters
    ----------
    sentence : Sentence
        A sentence in which nothing is wrong so far.
    claims : sequence of tuple of (str, Judged)
        Its claims by kind.
    """
    if sentence.block.kind not in _PROSE:
        return
    sought = sentence.search(_SOUGHT)
    if any(_proves(kind, one, sought=sought is not None) for kind, one in claims):
        return
    if sought and any(known(m.subjects) for m in sentence.named or sentence.earlier):
        yield *sought.span(), ADVICE
        return
    spans = [(m.start, m.end) for m in sentence.named if _acts(sentence, m)]
    if not spans or sentence.text[sentence.end - 1] in "?!":
        return
    if any(one.verdict is Verdict.OPINION for _, one in claims):
        return
    said = sentence.text[sentence.start : sentence.end]
    if VIEW.search(said) or HARMLESS.search(said) or _UNKNOWN.search(said):
        return
    if clause.supposed(sentence, spans[0][0]):
        return
    yield *spans[0], ADVICE


def _acts(sentence: Sentence, mention: Mention) -> bool:
    """Tell whether something is said of somebody of the ledger.

    A caption only names whom it shows (``Closes of the VIX over the past year``), and whoever
    stands behind a verb and a preposition need not be meant (``Money went to hospitals``).
    """
    if not known(mention.subjects):
        return False
    low, high = clause.bounds(sentence, mention.start)
    if not any(sentence.oblique(m) for m in _run(sentence, mention)):
        if sentence.search(_LINE):
            return True
        return _VERB.search(sentence.text, sentence.start, sentence.end) is not None
    before = _VERB.search(sentence.text, low, mention.start)
    if sentence.text[mention.end : mention.end + 2] in {"'s", "’s"}:
        return before is not None  # "put a stop to the fund's run"
    return before is None and _VERB.search(sentence.text, mention.end, high) is not None


def _run(sentence: Sentence, mention: Mention) -> Iterator[Mention]:
    """Yield a mention and those it is joined to in front: ``to hospitals and soap``."""
    start = mention.start
    for one in reversed([m for m in sentence.named if m.start <= mention.start]):
        if start - one.end > len(", and "):
            return
        yield one
        start = one.start


def _proves(kind: str, one: Judged, *, sought: bool) -> bool:
    """Tell whether a claim says more than when, or how many there are.

    The day of a record proves nothing of what is `sought` back to it.
    """
    if one.verdict is not Verdict.PROVED or _SIZE.search(one.fact):
        return False
    return kind not in TIMES or (
        kind == "date" and "." in one.fact and not (sought and _RECORD.search(one.fact))
    )
