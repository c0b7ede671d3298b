"""Needs: the words without which a text does not speak of a measure."""

import re
from functools import lru_cache

from newsletter.preflight.figures import cues
from newsletter.preflight.scanning.scan import Stretch, whole
from newsletter.preflight.scanning.sieve import BITS


class Needed:
    """What a text must hold to state a metric; metrics that need the same share one.

    Parameters
    ----------
    cues : tuple of re.Pattern
        Each of which must match.
    words : tuple of str
        One of which must fall; none where there are none.
    """

    __slots__ = ("_bits", "cues", "words")

    def __init__(self, cues: tuple[re.Pattern[str], ...], words: tuple[str, ...]) -> None:
        self.cues, self.words = cues, words
        self._bits: int | None = None  # of all cues, once a sieve knows them

    def told(self, stretch: Stretch) -> bool:
        """Tell whether a text holds it."""
        bits = self._bits
        if bits is None:
            bits = self._learnt()
        if stretch.sifted.left & bits != bits:
            return False
        for cue in self.cues:
            if stretch.search(cue) is None:
                return False
        return not self.words or any(word in stretch.low for word in self.words)

    def _learnt(self) -> int:
        """Return the bits of the cues that are known; they are kept once all are."""
        known = [BITS.get(id(cue)) for cue in self.cues]
        bits = sum(bit for bit in set(known) if bit is not None)
        if None not in known:
            self._bits = bits
        return bits


class Said(dict[Needed, bool]):
    """Which words a text holds, each looked for when it is first asked for.

    Parameters
    ----------
    text : str
        Any text.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._stretch = whole(text)

    def __missing__(self, words: Needed) -> bool:
        told = self[words] = words.told(self._stretch)
        return told


said = lru_cache(maxsize=256)(Said)
"""The same of a text, kept for its other figures, which ask for the same words."""


def measured(metric: str, text: str) -> bool:
    """Tell whether a text holds the words that a metric needs."""
    return needed(metric).told(whole(text))


def needed(metric: str) -> Needed:
    """Return the words that a metric needs.

    A plain return needs none; a metric nobody has given words to needs one of its own.
    """
    return _asked(metric)


@lru_cache(maxsize=4096)
def _asked(metric: str) -> Needed:
    conditions, measures = cues.CONDITIONS, cues.MEASURES
    numbers = [n for n, (pattern, _) in enumerate(conditions) if re.search(pattern, metric)]
    measure = next((n for n, (one, _) in enumerate(measures) if re.search(one, metric)), None)
    if measure is not None:
        return _needed((*numbers, len(conditions) + measure), ())
    unsaid = metric in cues.UNSAID
    words = () if unsaid else tuple(word for word in metric.split("_") if len(word) > 2)
    return _needed(tuple(numbers), words)


@lru_cache(maxsize=4096)
def _needed(numbers: tuple[int, ...], words: tuple[str, ...]) -> Needed:
    """Return what is needed, by the places of its cues among those for conditions and measures."""
    every = (*cues.CONDITIONS, *cues.MEASURES)
    return Needed(tuple(every[number][1] for number in numbers), words)
