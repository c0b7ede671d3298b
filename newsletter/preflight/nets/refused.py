"""Refused: every net thrown over a sentence in which all is proved so far.

What each net catches is in its own file. Trials (`unread`, `opposites`, `bystanders`) prove the
sentence again with other words; the rest read the words themselves.
"""

from collections.abc import Iterator, Sequence

from newsletter.preflight.assertion import Judged
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets.answers import answers
from newsletter.preflight.nets.bare import bare
from newsletter.preflight.nets.bystanders import bystanders
from newsletter.preflight.nets.cohorts import cohorts
from newsletter.preflight.nets.happenings import happenings
from newsletter.preflight.nets.joints import joints
from newsletter.preflight.nets.moved import moved
from newsletter.preflight.nets.opposites import opposites
from newsletter.preflight.nets.outside import outside
from newsletter.preflight.nets.signal_days import signal_days
from newsletter.preflight.nets.slips import slips
from newsletter.preflight.nets.spans import spans
from newsletter.preflight.nets.trial import SILENT, TIMES, Proof, Refusal, Stated, tried
from newsletter.preflight.nets.unclaimed import unclaimed
from newsletter.preflight.nets.unread import unread
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind

WORDING = "wording"
"""Kind of the claim that stands for words which no claim has read."""


def refused(
    sentence: Sentence, claims: Sequence[tuple[str, Judged]], world: World, proof: Proof
) -> Iterator[Judged]:
    """Yield the words of a sentence that none of its claims has read, with advice.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    claims : sequence of tuple of (str, Judged)
        Its claims by kind; where one of them blocks, nothing more is asked.
    world : World
        The facts.
    proof : callable
        Proves the sentence with other words.

    Yields
    ------
    Judged
        Ambiguous; what is expected is a clause that says what to write.
    """
    stated = [Stated.of(kind, judged) for kind, judged in claims]
    if sentence.block.furniture or any(one.blocks for one in stated):
        return
    found: list[Refusal] = []
    if sentence.block.kind is not Kind.CELL:
        found += _read(sentence, claims, world, proof)
    if sentence.block.kind not in SILENT:
        found += slips(sentence, [judged for _, judged in claims])
    if tried(sentence):
        found += happenings(sentence, stated)
        found += outside(sentence, stated, world)
        found += bare(sentence, claims)
        found += answers(sentence, stated)
        found += unread(sentence, stated, proof)
        found += opposites(sentence, stated, proof)
        found += bystanders(sentence, stated, world, proof)
        found += unclaimed(sentence, claims, proof)
    for start, end, advice in found:
        yield Judged(start, end, Verdict.AMBIGUOUS, "", advice)


def _read(
    sentence: Sentence, claims: Sequence[tuple[str, Judged]], world: World, proof: Proof
) -> Iterator[Refusal]:
    """Yield what the words between proved claims say otherwise than these do."""
    proved = [(kind, judged) for kind, judged in claims if judged.verdict is Verdict.PROVED]
    found = list(joints(sentence, proved, world))
    if proved:
        of_whom = [(kind, judged) for kind, judged in proved if kind not in TIMES]
        found += spans(sentence, of_whom or proved, world, proof)
        found += cohorts(sentence, proved, world)
        found += moved(sentence, proved, world)
        found += signal_days(sentence, proved, world)
    for start, end, advice in found:
        low, high = clause.bounds(sentence, start)
        told = any(low <= judged.start < high for _, judged in proved)
        if told or not clause.supposed(sentence, start):
            yield start, end, advice
