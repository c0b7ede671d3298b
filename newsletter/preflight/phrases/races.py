"""Races: how far two who are named lie apart, over the time that is spoken of."""

from collections.abc import Iterable

from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence


def apart(
    sentence: Sentence,
    world: World,
    first: Iterable[str],
    second: Iterable[str],
    span: tuple[int, int],
) -> list[Known]:
    """Return every known lead of one of the first over one of the second.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    world : World
        The facts.
    first, second : iterable of str
        Ledger subjects that a name may stand for.
    span : tuple of int
        Where they are set against each other: what stands there says over which time, and
        whether dividends count.
    """
    labels, total = clause.periods(sentence, span, world), sentence.at(*span).total
    return [
        gap
        for one in sorted(first)
        for other in sorted(second)
        if one != other
        for gap in world.gaps(one, other, labels, total)
    ]
