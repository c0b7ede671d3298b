"""Lone: places told by who alone is ahead or behind (``beat all but one``, ``trailed only``).

Such a sentence is more than a comparison: ``utilities trailed only real estate`` is true of
the second alone, though whoever came third has trailed real estate too.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.phrases.placing import Standing
from newsletter.preflight.phrases.quantifiers import NUMBER, value
from newsletter.preflight.phrases.whom import Whom, run, singles
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_BEATEN = r"beaten|outdone|outpaced|outrun|outperformed|outshone|bettered|topped|eclipsed"
_BUT_FOR = r"(?:only|just|(?:nobody|no one|none|nothing)(?: else)? (?:but|except|save))"
_ONLY_OTHER = compiled(
    rf"\b(?:(?P<worse>trail(?:s|ed|ing)?|lag(?:s|ged|ging)?|underperform(?:s|ed|ing)?|behind|below"
    rf"|worse than"
    rf"|(?:lost|los(?:es|ing)(?: out)?|gave way|bowed|yielded|deferred)(?= {_BUT_FOR} to)"
    rf"|(?:{_BEATEN})(?= {_BUT_FOR} by))"
    rf"|(?P<better>beat(?:s|ing)?|outdid|outdoes|outran|outpac(?:es|ed|ing)|outperform(?:s|ed|ing)"
    rf"|outshone|better(?:ed|s)|topped|ahead of|better than))"
    rf" {_BUT_FOR}(?: to| by)?(?: the)? $",
    re.IGNORECASE,
)
_EXCEPT = compiled(
    r"(?:,? (?:but|bar|save|except(?: for)?|other than|apart from|excepting)) (?:the )?"
    rf"(?:(?P<n>{NUMBER})\b(?! of\b))?",
    re.IGNORECASE,
)
_ALL_BUT = compiled(
    rf"(?:'s?)?,? (?P<span>all (?:but|bar|save|except) (?P<n>{NUMBER}))"
    r"(?=(?: of (?:them|the (?:others|rest)))?\s*(?:[.,;:)!]|$))",
    re.IGNORECASE,
)


def lone(sentence: Sentence) -> Iterator[Standing]:
    """Yield the places of both sides of ``beat only``, and of ``all but one`` left without a verb.

    Parameters
    ----------
    sentence : Sentence
        What is read.
    """
    text = sentence.text
    said = text[sentence.start : sentence.end]
    for one, other in pairwise(singles(sentence)):
        verb = _ONLY_OTHER.search(text, one.end, other.start)
        if verb is None:
            continue
        sign = 1 if verb["worse"] else -1
        mine = run(sentence, one, -1)
        yield Standing(verb.start(), verb.end(), 2 * sign, False, mine, said)
        yield Standing(other.start, other.end, sign, False, _whom([other]), said)
    for mention in singles(sentence):
        match = _ALL_BUT.match(text, mention.end, sentence.end)
        if match is not None:
            place = value(match["n"]) + 1
            yield Standing(match.start("span"), match.end(), place, False, _whom([mention]), said)


def excepted(sentence: Sentence, one: Standing) -> Iterator[Standing]:
    """Yield a claim to have beaten all, and the places of those whom its words except.

    Parameters
    ----------
    sentence : Sentence
        What is read.
    one : Standing
        ``beat all the sectors``, first or last as it stands.
    """
    match = _EXCEPT.match(sentence.text, one.end, sentence.end)
    if match is None:
        yield one
        return
    sign = 1 if one.place > 0 else -1
    if match["n"]:
        place = sign * (value(match["n"]) + 1)
        yield Standing(one.start, match.end(), place, False, one.whom, one.text)
        return
    index = next((i for i, m in enumerate(sentence.named) if m.start == match.end()), None)
    if index is None:
        return  # whom it excepts is not known: nothing is read, and the words block
    others = sentence.run(index, +1)
    place = sign * (len(others) + 1)
    yield Standing(one.start, match.end(), place, False, one.whom, one.text)
    yield Standing(others[0].start, others[-1].end, sign, False, _whom(others), one.text)


def _whom(mentions: list[Mention]) -> Whom:
    groups = tuple(mention.subjects for mention in mentions)
    return Whom(groups, mentions[0].start, mentions[-1].end)
