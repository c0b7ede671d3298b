"""Attribution: a statement put into somebody's mouth needs that somebody on record."""

from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences.sentence import Sentence

_NAME = r"(?:the )?(?P<{}>[A-Z][\w&.’'-]*(?: (?:of|and|for|the|[A-Z0-9][\w&.’'-]*)){{0,8}})"
_SAYS = (
    r"(?:said|says|say|reported|reports|noted|notes|wrote|writes|warned|warns|estimates?|estimated"
    r"|expects?|expected|forecasts?|predicts?|predicted|calculates?|calculated|argued|told"
    r"|believes?"
    r"|recommends?|downgraded|upgraded|announced|flagged|flags|put out|published|commented)"
)
_ATTRIBUTED = compiled(
    r"\b(?i:according to|in the words of|citing|cited by|as reported by|data (?:from|by)"
    r"|figures (?:from|by)|(?:a |the )?(?:report|note|survey|study|poll|analysis|research"
    r"|estimate)s?"
    rf" (?:by|from|at)) {_NAME.format('by')}"
    rf"|{_NAME.format('who')}(?:'s? (?:\w+ ){{0,2}}\w+)? {_SAYS}\b",
)
_OURS = compiled(
    r"^(?:We|Our|It|They|He|She|I|You|That|This|These|Those|Nobody|Anyone|Bulls|Bears|Some|One"
    r"|History|The|A|An|No|None|Everyone|Prices|Nothing|What|Who|Tonight|Markets?|Investors"
    r"|Analysts|Economists|Strategists|Traders)\b"
)
"""Sentence openings that are no name; crowds without a name are for rules to judge."""


@assertion("attribution")
def attribution(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge who is named as the source of a statement: the ledger must know that source."""
    for match in sentence.find(_ATTRIBUTED):
        group = "by" if match["by"] else "who"
        name = match[group]
        if group == "who" and (_OURS.match(name) or _known_subject(sentence, match.start(group))):
            continue
        fact = world.source(name)
        verdict = Verdict.PROVED if fact else Verdict.UNSUPPORTED
        yield Judged(match.start(group), match.end(group), verdict, fact)


def _known_subject(sentence: Sentence, start: int) -> bool:
    """Tell whether a market is spoken of as if it spoke: ``The Dow noted …``."""
    return any(
        m.start == start and not any(s.startswith("?") for s in m.subjects) for m in sentence.named
    )
