"""Outside: words for people, bodies and events of the world that no price bears out.

``EXPE: fifteen per cent in five sessions, and talk of a Gulf sovereign fund building a stake``:
the move is proved, and what hangs on it stands in no clause that another net would read. In a
sentence that states a proved figure such a word, or a name that nothing in the ledger has, is
refused; who is said to say so another rule asks.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World, once_of
from newsletter.preflight.nets import outside_words as words
from newsletter.preflight.nets import trial
from newsletter.preflight.nets.trial import Refusal, Stated
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.passages import sourced
from newsletter.preflight.who.strangers import known

ADVICE = "no fact tells of this; add one with its source, or take it out"
NAME = "no fact knows this name; add one with its source, or take it out"
_PROSE = {Kind.PARAGRAPH, Kind.ITEM, Kind.PREHEADER}
_WORD = compiled(r"[A-Za-z]{3,}")
_CAPITAL = compiled(r"(?<=[a-z0-9,] )[A-Z][a-z]+(?![A-Z])")
"""A word with a capital letter which does not begin a sentence."""
_TO_WHOM = compiled(r"to the \w+ of$", re.IGNORECASE)
"""``to the chagrin of``, which supposes nothing whatever follows."""
_TITLED = 4
"""Of so many words with a capital letter a line is a title."""


def outside(sentence: Sentence, stated: Sequence[Stated], world: World) -> Iterator[Refusal]:
    """Yield words and names of the world outside, with advice.

    Parameters
    ----------
    sentence : Sentence
        A sentence.
    stated : sequence of Stated
        Its claims; none of them blocks.
    world : World
        The facts.
    """
    told = any(one.proved and (one.kind not in trial.TIMES or _dated(one)) for one in stated)
    if not told or sentence.block.kind not in _PROSE:
        return
    said = sentence.text[sentence.start : sentence.end]
    if sourced(said):
        return
    for start, end, advice in (*_words(sentence), *_names(sentence, world)):
        word = sentence.text[start:end]
        read = any(one.start < end and start < one.end for one in stated)
        named = any(known(m.subjects) for m in sentence.named if m.start < end and start < m.end)
        if read or named or (clause.supposed(sentence, start) and not _TO_WHOM.match(word)):
            continue
        if not world.cites(sentence.text, said, word):
            yield start, end, advice


def _dated(one: Stated) -> bool:
    """Tell whether a claim is the day of something, not only a day."""
    return one.kind == "date" and "." in one.fact


def _words(sentence: Sentence) -> Iterator[Refusal]:
    """Yield words that are of the world outside wherever they stand."""
    for match in sentence.find(_WORD):
        low = match[0].lower()
        if low in words.OUTSIDE or (low[-1] == "s" and low[:-1] in words.OUTSIDE):
            yield *match.span(), ADVICE
    for match in sentence.find(words.PHRASES):
        yield *match.span(), ADVICE


def _names(sentence: Sentence, world: World) -> Iterator[Refusal]:
    """Yield names that nothing in the ledger has."""
    found = sentence.find(_CAPITAL)
    if len(found) < _TITLED:
        of_facts = _of_facts(world)
        for match in found:
            if match[0] not in words.NAMED and match[0] not in of_facts:
                yield *match.span(), NAME


@once_of
def _of_facts(world: World) -> frozenset[str]:
    """Return the words with a capital letter in the names of facts."""
    names = {fact.name for fact in world.ledger}
    return frozenset(word for name in names for word in re.findall(r"[A-Z][a-z]+", name))
