"""Firsts: what happened for the first time since a day, by the ledger's precedents."""

import datetime as dt
import re
from collections.abc import Iterator

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.heights import Heights, Told
from newsletter.preflight.phrases.superlatives import Extreme
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_I = re.IGNORECASE
_EVENTS = tuple(
    (name, compiled(said, _I))
    for name, said in (
        ("longest_streak", r"streak|\brun\b|in a row|straight|string"),
        ("first_record", r"record|all-time"),
        ("_above_200d", (
            r"(?:above|regain|reclaim|recaptur|retook|over|back)\b.*(?:200|average)|average.*above"
        )),
        ("_below_200d", (
            r"(?:below|beneath|under|lost|broke|through)\b.*(?:200|average)|average.*below"
        )),
        ("_above_", r"above|over|past|north"),
        ("_below_", r"below|under|beneath|south"),
        ("_ahead_", r"beat|ahead|led|lead|outp|outr|margin|outstrip|better"),
        ("_behind_", r"trail|behind|lag|underp|worse"),
        ("first_rise", r"gain|rise|advance|jump|rally|rose|climb|best|up day|upward"),
        ("first_fall", r"loss|fall|drop|decline|slide|fell|worst|sell|plunge|lost|tumble|down day"),
    )
)  # fmt: skip
"""Which precedents tell of what, the plainest words first."""
_LONG = compiled(r"\b(?:week|month|quarter|year)(?:ly|s)?\b", _I)
_UP = compiled(r"\b(?:gains?|rises?|advances?|win|up day|rally|increase|best|climb)\b", _I)
_DOWN = compiled(r"\b(?:loss|losses|falls?|drops?|declines?|down day|setback|worst)\b", _I)


def first(
    sentence: Sentence, world: World, known: Heights, one: Extreme, subject: str
) -> Iterator[Told]:
    """Yield whether a precedent bears out ``the first close above … since``.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    world : World
        All facts, for the direction of the day.
    known : Heights
        The ledger's precedents.
    one : Extreme
        What is said.
    subject : str
        Of whom.
    """
    low, high = clause.bounds(sentence, one.start)
    said = f"{one.what} {sentence.text[low:high]}"
    wanted = next((name for name, words in _EVENTS if words.search(said)), "")
    yield from _wrong_way(world, one, subject)
    if not wanted or (_LONG.search(one.what) and wanted.startswith("first_")):
        return
    for fact in known.firsts:
        if _of(fact, subject) and (wanted in fact.metric or wanted in f"_{fact.id}"):
            yield Told(_agrees(known, one, fact), fact.id, f"the first since {fact.display}")


def _wrong_way(world: World, one: Extreme, subject: str) -> Iterator[Told]:
    """Yield that a first gain which was a loss is none, whatever came before."""
    sign = 1 if _UP.search(one.what) else -1 if _DOWN.search(one.what) else 0
    if not sign or _LONG.search(one.what):
        return
    for move in world.moves(subject, {"1d"}):
        if move.value * sign < 0:
            yield Told(False, move.fact, move.said)


def _of(fact: Fact, subject: str) -> bool:
    return subject == fact.subject or subject in fact.subject.split("-")


def _agrees(known: Heights, one: Extreme, fact: Fact) -> bool:
    if not isinstance(fact.value, dt.date):
        return False
    ever = not fact.metric.endswith("in_sample")
    if one.moments:
        return ever and all(when.holds(fact.value) for when in one.moments)
    if one.length is None:
        return not ever
    days = (known.session - fact.value).days
    return one.length.shortest <= days and (days <= one.length.longest or not ever)
