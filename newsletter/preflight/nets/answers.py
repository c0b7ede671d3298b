"""Answers: a few words behind a question about the market, in which nothing is proved.

``And new one-year lows? There weren't any.`` A question states nothing and is not judged; its
answer states what the question names, and holds no word that a claim could be read from.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.nets import trial
from newsletter.preflight.nets.leftover_words import STATED
from newsletter.preflight.nets.trial import Refusal, Stated
from newsletter.preflight.sentences.sentence import Sentence

ADVICE = "it answers a question that no fact decides here; say it in one sentence, with a figure"
_CASE = re.IGNORECASE
_AS_VIEW = compiled(
    r"\b(?:we|I|our|us|my|you|your|doubt|guess|reckon|perhaps|maybe|wait|(?:who|nobody"
    r"|no one) knows|time will"
    r"|(?:too|hard|easy|early|difficult) to|depends|anyone|matters?)\b",
    _CASE,
)
"""What makes an answer a view, or none."""
_ASKED = compiled(
    r"\b(?:highs?|lows?|risers?|fallers?|gainers?|decliners?|advancers?|survivors?|exceptions?"
    r"|holdouts?|breadth|volatility|inver\w+|inside|within reach|streaks?|runs?|averages?|line"
    r"|overbought|oversold|band|yields?|rates?|which|how (?:many|much|far)|unemployment|jobless"
    r"|inflation|the Fed|signals?|regime|quadrant|correlat\w+)\b",
    _CASE,
)
"""Words beside those that state something of a market, in a question."""
_COLON = compiled(
    r"(?<=: )(?:not (?:a single )?one|none|nil|zero|nought|no one|nobody|plenty|dozens|scores"
    r"|hundreds|lots|loads)[.!]?$",
    _CASE,
)
"""A question and its answer in one: ``One-year lows in the sample market: not one.``"""
_FEW = 12
"""Words of an answer at most."""


def answers(sentence: Sentence, stated: Sequence[Stated]) -> Iterator[Refusal]:
    """Yield an answer of which nothing is proved, if what is asked can be told of a market.

    Parameters
    ----------
    sentence : Sentence
        A sentence.
    stated : sequence of Stated
        Its claims; none of them blocks.
    """
    before = sentence.text[: sentence.start].rstrip(" ”\"'’)")
    own = _COLON.search(sentence.text, sentence.start, sentence.end)
    if own and not stated and _ASKED.search(sentence.text, sentence.start, own.start()):
        yield *own.span(), ADVICE
    if trial.proved(stated) or not before.endswith("?"):
        return
    said = sentence.text[sentence.start : sentence.end].strip()
    if said.count(" ") >= _FEW or said.endswith("?") or _AS_VIEW.search(said):
        return
    start = max(before.rfind(mark, 0, len(before) - 1) for mark in ".?!:")
    if STATED.search(before, start + 1) or _ASKED.search(before, start + 1):
        yield sentence.start, sentence.end, ADVICE
