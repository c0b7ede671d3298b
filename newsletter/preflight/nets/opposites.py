"""Opposites: words of size that a proved sentence holds and no claim has read.

``Eighty-five percent sit above the line, the smallest share since mid-December`` has a figure
that is proved and a word nobody has looked at. Whether a word was read is found out by putting
its opposite in its place: where the same facts prove both, one of the two sentences is false.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.preflight.assertion import Judged
from newsletter.preflight.nets.unread import Proof, Told
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind

ADVICE = "the sentence is proved with this word and with its opposite alike; say it another way"
_TURNED = dict(
    pair.split("/")
    for pair in (
        "milder/harsher gentler/sharper sharper/gentler smaller/larger larger/smaller"
        " bigger/smaller narrower/wider shallower/deeper deeper/shallower steeper/gentler"
        " slighter/heavier heavier/lighter lighter/heavier harsher/milder poorer/richer"
        " lesser/greater slower/faster faster/slower shorter/longer tamer/fiercer fiercer/tamer"
        " kinder/harsher tougher/easier easier/tougher fatter/slimmer slimmer/fatter"
        " largest/smallest smallest/largest biggest/smallest highest/lowest lowest/highest"
        " strongest/weakest weakest/strongest mildest/harshest gentlest/sharpest"
        " sharpest/gentlest steepest/gentlest widest/narrowest narrowest/widest"
        " deepest/shallowest shallowest/deepest heaviest/lightest lightest/heaviest"
        " dearest/cheapest cheapest/dearest quickest/slowest slowest/quickest"
        " better/worse worse/better more/less less/more fewer/more"
    ).split()
)
_BARE = frozenset("better worse more less fewer".split())
_WORD = quick(
    r"(?<![\w-])(?:(?P<bare>no (?:better|worse)(?! than)|a (?:little|bit|touch|shade|whisker|tad)"
    r" (?:more|less|better|worse)(?=[.;!]|$))"
    rf"|{'|'.join(sorted(set(_TURNED) - _BARE, key=len, reverse=True))})(?![\w-])",
    re.IGNORECASE,
)
_MOST = 3
"""Words of one sentence that are looked at."""
_LONGEST = 600
_SILENT = {Kind.CELL, Kind.CAPTION}
_TIMES = {"date", "window", "time"}
_GROUPS = re.compile(
    r"(?:small|larg|bigg)(?:er|est) (?:caps?|companies|stocks|half|shares)\b", re.IGNORECASE
)
"""Names of groups, which others read."""


def opposites(sentence: Sentence, told: Sequence[Told], proof: Proof) -> Iterator[Judged]:
    """Yield each word of size with which a sentence is proved as with its opposite.

    Parameters
    ----------
    sentence : Sentence
        A sentence in which nothing is wrong so far.
    told : sequence of tuple
        Its claims, as `newsletter.preflight.nets.unread.Told`.
    proof : callable
        Proves the sentence with other words.
    """
    if sentence.block.furniture or sentence.block.kind in _SILENT:
        return
    if sentence.end - sentence.start > _LONGEST:
        return
    found = sentence.find(_WORD)
    proved = [one for one in told if one[3] and one[1] not in _TIMES] if found else []
    facts = {(one[1], one[2]) for one in proved}
    for match in found[:_MOST] if proved else ():
        if any(m.start <= match.start() < m.end for m in sentence.named):
            continue
        if _GROUPS.match(sentence.text, match.start()) or clause.supposed(sentence, match.start()):
            continue
        low, high = clause.bounds(sentence, match.start())
        if any(low <= one[0] < high for one in proved) or match["bare"]:
            again = proof(sentence, _turned(sentence, match))
            held = {(one[1], one[2]) for one in again if one[3]}
            if facts <= held and not any(one[4] for one in again):
                yield Judged(*match.span(), Verdict.AMBIGUOUS, "", ADVICE)


def _turned(sentence: Sentence, match: re.Match[str]) -> str:
    """Return the words of a sentence with one of them turned into its opposite."""
    start = match.end() - len(match[0].split()[-1])
    word = sentence.text[start : match.end()]
    put = _TURNED[word.lower()]
    put = put.capitalize() if word[0].isupper() else put
    return sentence.text[sentence.start : start] + put + sentence.text[match.end() : sentence.end]
