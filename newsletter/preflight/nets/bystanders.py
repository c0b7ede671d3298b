"""Bystanders: somebody named beside a proved claim of whom nothing has been proved.

``Real estate shares the leading quadrant with financials`` is proved of real estate. Whether
the claim has looked at the second name is found out by putting others of its kind in its
place: where the sentence is proved whoever stands there, nobody has read the name.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets import trial
from newsletter.preflight.nets.trial import Proof, Refusal, Stated
from newsletter.preflight.phrases.groups import Group, group_of
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.strangers import is_stranger
from newsletter.preflight.who.subjects import Mention

ADVICE = "nothing is proved of it here; say what is true of it by itself, or leave it out"
_MOST = 2
"""Names of one sentence that are looked at."""
_OTHERS = 10
"""Names that are put in the place of one."""
_PARTS = compiled(r"[-/._]")
_FEW = 3
"""Inputs of a fact that is about each of them, as a ratio is."""
_ASIDE = quick(
    r"\b(?:not(?: in)?|rather than|instead of|unlike|let alone|never mind|for) (?:the )?$"
)
"""Before a name that a sentence only sets itself off against."""
_COMPANY = compiled(r", (?:and )?with ?$", re.IGNORECASE)
"""What opens a clause that has no verb of its own."""


def bystanders(
    sentence: Sentence, stated: Sequence[Stated], world: World, proof: Proof
) -> Iterator[Refusal]:
    """Yield each name that could be another's without a proved sentence noticing.

    Parameters
    ----------
    sentence : Sentence
        A sentence.
    stated : sequence of Stated
        Its claims; none of them blocks.
    world : World
        The facts.
    proof : callable
        Proves the sentence with other words.
    """
    proved = trial.proved(stated)
    if not proved or len(sentence.named) < 2:
        return
    spoken = _spoken(proved, world)
    left = [m for m in sentence.named if not m.subjects & spoken and _counts(sentence, m, proved)]
    for mention in left[:_MOST]:
        group = group_of(world, mention.subjects)
        if group is not None and _unread(sentence, mention, group, stated, proof):
            yield mention.start, mention.end, ADVICE


def _spoken(proved: Sequence[Stated], world: World) -> set[str]:
    """Return the subjects of the facts that claims stand on, both of a pair or a ratio."""
    found: set[str] = set()
    for one in proved:
        for id in one.fact.split(","):
            fact = world.ledger.get(id)
            if fact is not None:
                found.update({fact.subject, *_PARTS.split(id)})
                found.update({"SPY"} if fact.metric == "contribution" else ())
                found.update(fact.inputs if len(fact.inputs) <= _FEW else ())
    return found


def _counts(sentence: Sentence, mention: Mention, proved: Sequence[Stated]) -> bool:
    """Tell whether a mention is one of somebody, in a clause where something is proved."""
    if any(is_stranger(s) for s in mention.subjects):
        return False
    before = sentence.text[max(sentence.start, mention.start - 24) : mention.start]
    if _ASIDE.search(before) or clause.supposed(sentence, mention.start):
        return False
    low, high = clause.bounds(sentence, mention.start)
    if _COMPANY.search(sentence.text, sentence.start, low):
        low = clause.bounds(sentence, low - 2)[0]  # "rose, with Apple and Tesla for company"
    inside = [one.fact for one in proved if low <= one.start < high]
    # What was counted or worked out stands on no fact of its own and cannot be told apart.
    return bool(inside) and all("." in fact for fact in inside)


def _unread(
    sentence: Sentence, mention: Mention, group: Group, stated: Sequence[Stated], proof: Proof
) -> bool:
    """Tell whether a sentence is proved alike whoever of the group stands in a place."""
    named = {s for m in sentence.named for s in m.subjects}
    others = [n for c, n in zip(group.cells, group.names, strict=False) if c not in named]
    facts = trial.facts(stated)
    for name in others[:_OTHERS]:
        again = proof(sentence, trial.turned(sentence, mention.start, mention.end, name))
        if any(one.blocks for one in again) or trial.facts(again) != facts:
            return False
    return bool(others)
