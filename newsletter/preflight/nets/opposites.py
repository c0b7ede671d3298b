"""Opposites: words of size that a proved sentence holds and no claim has read.

``Eighty-five percent sit above the line, the smallest share since mid-December`` has a figure
that is proved and a word nobody has looked at. Whether a word was read is found out by putting
its opposite in its place: where the same facts prove both, one of the two sentences is false.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.nets import trial
from newsletter.preflight.nets.trial import Proof, Refusal, Stated
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

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
        " higher/lower lower/higher positive/negative negative/positive"
    ).split()
)
_BARE = frozenset("better worse more less fewer".split())
_READ = frozenset("higher lower positive negative".split())
"""Words that most claims take in: they are looked at where no claim does."""
_WORD = quick(
    r"(?<![\w-])(?:(?P<bare>no (?:better|worse)(?! than)|a (?:little|bit|touch|shade|whisker|tad)"
    r" (?:more|less|better|worse)(?=[.;!]|$))"
    rf"|{'|'.join(sorted(sorted(set(_TURNED) - _BARE), key=len, reverse=True))})(?![\w-])",
    re.IGNORECASE,
)
_MOST = 3
"""Words of one sentence that are looked at."""
_GROUPS = compiled(
    r"(?:small|larg|bigg)(?:er|est) (?:caps?|companies|stocks|half|shares)\b", re.IGNORECASE
)
"""Names of groups, which others read."""


def opposites(sentence: Sentence, stated: Sequence[Stated], proof: Proof) -> Iterator[Refusal]:
    """Yield each word of size with which a sentence is proved as with its opposite.

    Parameters
    ----------
    sentence : Sentence
        A sentence.
    stated : sequence of Stated
        Its claims; none of them blocks.
    proof : callable
        Proves the sentence with other words.
    """
    found = sentence.find(_WORD)
    proved = trial.proved(stated) if found else []
    for match in found[:_MOST] if proved else ():
        if any(m.start <= match.start() < m.end for m in sentence.named):
            continue
        if _GROUPS.match(sentence.text, match.start()) or clause.supposed(sentence, match.start()):
            continue
        said = match[0].lower() in _READ
        if said and any(one.start <= match.start() < one.end for one in proved):
            continue
        low, high = clause.bounds(sentence, match.start())
        if not match["bare"] and not any(low <= one.start < high for one in proved):
            continue
        if trial.borne_out(proof(sentence, _opposed(sentence, match)), trial.facts(proved)):
            yield *match.span(), ADVICE


def _opposed(sentence: Sentence, match: re.Match[str]) -> str:
    """Return the words of a sentence with one of them turned into its opposite."""
    start = match.end() - len(match[0].split()[-1])
    word = sentence.text[start : match.end()]
    put = _TURNED[word.lower()]
    put = put.capitalize() if word[0].isupper() else put
    return trial.turned(sentence, start, match.end(), put)
