"""Reader: goes through a block sentence by sentence and keeps in mind who was named."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import Figure
from newsletter.preflight.sentences.sentence import NEAR, Reading, Sentence
from newsletter.preflight.text.block import Block
from newsletter.preflight.who.subjects import Mention, Subjects

__all__ = ["Reader", "Reading"]

_LARGE_STYLES = frozenset({"IWD", "IWF"})
_AMONG = compiled(r"\b(?:among|amongst|within|inside)(?: the)? $", re.IGNORECASE)
_CARRIED = 12
"""Mentions that a reader still has in mind in the next sentence."""


class Reader:
    """Reads blocks one after another.

    Parameters
    ----------
    subjects : Subjects
        Who can be spoken of.
    """

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects

    def sentences(self, block: Block, figures: list[Figure]) -> Iterator[Sentence]:
        """Yield the sentences of a block, each with whom it may speak of.

        Parameters
        ----------
        block : Block
            The text.
        figures : list of Figure
            What `newsletter.preflight.figures.numbers.find` found in it.
        """
        above = self._above(block)
        mentions = self.subjects.mentions(block.text)
        starts = [figure.start for figure in figures]
        places = [mention.start for mention in mentions]
        earlier: list[Mention] = []
        inherited: frozenset[str] = frozenset()
        last = len(block.text)
        for start, end in block.sentences():
            own = figures[bisect_left(starts, start) : bisect_left(starts, end)]
            named = mentions[bisect_left(places, start) : bisect_left(places, end)]
            named = _unframed(block.text, named)
            sentence = Sentence(block, (start, end), own, named, earlier, above, inherited)
            yield sentence
            if end >= last:
                return
            if sentence.figures or sentence.named:
                inherited = sentence.last_period() or inherited
            if named:
                earlier = named[-_CARRIED:]

    def read(self, block: Block, figures: list[Figure]) -> Iterator[Reading]:
        """Yield a reading for each figure of a block."""
        for sentence in self.sentences(block, figures):
            for figure in sentence.own:
                yield sentence.reading(figure)

    def _above(self, block: Block) -> list[list[Mention]]:
        """Return mentions of headers, nearest first."""
        context = block.context
        texts = (context.row, context.column, context.caption, context.heading)
        return [self.subjects.mentions(text[:NEAR])[:_CARRIED] for text in texts if text]


def _unframed(text: str, named: list[Mention]) -> list[Mention]:
    """Leave out who only tells among whom: ``among large caps, value trailed growth``."""
    styles = {subject for mention in named for subject in mention.subjects} & _LARGE_STYLES
    if not styles:
        return named
    return [
        m
        for m in named
        if not ("SPY" in m.subjects and _AMONG.search(text, max(0, m.start - 16), m.start))
    ]
