"""Elided: what is said of one subject and taken over for another (``and so did energy``)."""

from collections.abc import Iterator

from newsletter.preflight.assertion import Judged, assertion, assertions
from newsletter.preflight.ledger.world import World
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences.elisions import Elision, elisions
from newsletter.preflight.sentences.sentence import Sentence

_GENERAL = {"direction", "inversion", "comparison", "standing"}
_ORDER = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.PROVED)
_OPPOSITE = {Verdict.PROVED: Verdict.CONTRADICTED, Verdict.CONTRADICTED: Verdict.PROVED}


@assertion("elided")
def elided(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge what borrows its words from another statement."""
    for one in elisions(sentence):
        judged = _judged(one, world)
        if judged is not None:
            yield judged


def _judged(one: Elision, world: World) -> Judged | None:
    found = [
        (kind.id in _GENERAL, said)
        for kind in assertions()
        if kind.id != "elided"
        for said in kind.read(one.sentence, world)
        if said.verdict in _ORDER
    ]
    if not found:
        return None
    general = all(loose for loose, _ in found)
    kept = [said for loose, said in found if general or not loose]
    worst = min(kept, key=lambda said: _ORDER.index(said.verdict))
    verdict = _OPPOSITE.get(worst.verdict, worst.verdict) if one.turned else worst.verdict
    return Judged(one.start, one.end, verdict, worst.fact, worst.expected)
