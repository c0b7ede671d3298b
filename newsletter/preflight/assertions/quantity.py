"""Quantity: of how many of a group something is true."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.counted import Counted, counted
from newsletter.preflight.phrases.outnumbered import outnumbered
from newsletter.preflight.phrases.predicates import Tally, supposed, tallies
from newsletter.preflight.phrases.quantifiers import NUMBER
from newsletter.preflight.phrases.singled import singled
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences.sentence import Sentence

_NOT_QUITE = compiled(r"\bnot (?:quite|even|nearly|as (?:many|much) as) (?:an? )?$", re.IGNORECASE)
"""Right before a number that was not reached: less than that, which denies nothing."""
_SECOND = compiled(rf", (?:only |just |and )?{NUMBER} (?!of\b)", re.IGNORECASE)
"""``Eleven sectors, eight risers``: of which of the two numbers it is said is not read."""


@assertion("quantity")
def quantity(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``every sector rose``, ``only two``, ``not one of the seven``, ``most stocks``."""
    if sentence.block.kind.value == "cell":
        return
    for claim in counted(sentence, world):
        if supposed(sentence, claim.start, claim.predicate):
            yield Judged(claim.start, claim.end, Verdict.OPINION)
        else:
            yield _judged(sentence, world, claim)
    yield from singled(sentence, world)
    yield from outnumbered(sentence, world)


def _judged(sentence: Sentence, world: World, claim: Counted) -> Judged:
    before = sentence.text[max(sentence.start, claim.start - 24) : claim.start]
    if _NOT_QUITE.search(before) or _SECOND.search(sentence.text, claim.start, claim.end):
        return Judged(claim.start, claim.end, Verdict.UNSUPPORTED)
    seen = list(tallies(sentence, world, claim.group, claim.predicate))
    right = next((one for one in seen if _true(claim, one)), None)
    if right is not None:
        return Judged(claim.start, claim.end, Verdict.PROVED, right.fact)
    if not seen:
        return Judged(claim.start, claim.end, Verdict.UNSUPPORTED)
    said = _said(claim, seen[0])
    return Judged(claim.start, claim.end, Verdict.CONTRADICTED, seen[0].fact, said)


def _true(claim: Counted, tally: Tally) -> bool:
    return _counts(claim, tally) != claim.flipped


def _counts(claim: Counted, tally: Tally) -> bool:
    quantity, k, n, held = claim.quantity, tally.k, tally.n, tally.held
    if quantity.of and not quantity.per and claim.group.cells and quantity.of != n:
        return False
    if claim.size and claim.group.cells and claim.size not in {n, len(claim.group.cells)}:
        return False  # "all eleven sectors" where there are nine
    if claim.within and not claim.within <= held:
        return False
    everybody = frozenset(claim.group.cells)
    if quantity.kind in {"most", "half", "few", "several"} and claim.less:
        return False  # "most sectors but one"
    if quantity.kind == "all" and (claim.out or claim.less):
        named = not claim.out or held == everybody - claim.out
        return named and (not claim.less or k == n - claim.less)
    if quantity.kind == "none" and (claim.out or claim.less):
        named = not claim.out or held == claim.out
        return named and (not claim.less or k == claim.less)
    if quantity.kind == "allbut" and claim.out:
        return quantity.holds(k, n) and not claim.out & held
    if claim.out & held:
        return False
    if claim.listed and quantity.kind in {"count", "several", "few", "minority"}:
        whole = quantity.kind != "count" or len(claim.listed) == quantity.number
        if not (claim.listed == held if whole else claim.listed <= held):
            return False
    return quantity.holds(k, n)


def _said(claim: Counted, tally: Tally) -> str:
    names = [
        name
        for cell, name in zip(claim.group.cells, claim.group.names, strict=True)
        if cell in tally.held
    ]
    listed = f" ({', '.join(names)})" if names and len(names) < len(claim.group.cells) else ""
    return f"{tally.k} of {tally.n}{listed}"
