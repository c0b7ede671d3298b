"""States: overbought, a correction, a quadrant of the rotation map, a trend line."""

import re
from collections.abc import Iterator
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import bearers, predicates
from newsletter.preflight.phrases.bearers import Answer
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_RSI = compiled(
    r"\b(?:(?P<up>over-?bought|overheated(?= (?:on|by) (?:the |its )?(?:RSI|relative strength)))"
    r"|(?P<down>over-?sold))\b",
    re.IGNORECASE,
)
_NEUTRAL = compiled(
    r"\b(?:in|inside|within|into) (?:the |its )?neutral (?:zone|territory|range|ground|band"
    r"|area)\b",
    re.IGNORECASE,
)
_BY_RSI = compiled(r"\bRSI\b|relative[- ]strength index", re.IGNORECASE)
_NEITHER = compiled(r"\bneither over-?(?:bought|sold) nor over-?(?:bought|sold)\b", re.IGNORECASE)
_SHORT = compiled(
    r"\b(?:clear|short|shy|out|outside|nowhere near|some way|far|a long way|away)(?: of| from)?"
    r" (?:being |the |an? )?$",
    re.IGNORECASE,
)
"""Right before a state that has not been reached, or has been left."""
_LABEL = compiled(r"(?:call|name|term|label|word)\w*(?: it| that)?[ :“\"']*$", re.IGNORECASE)
_DEEP = quick(
    r"\b(?:in|into|within|inside|entered|enters|entering|suffer\w+|left|leaving|out of"
    r"|exited) (?:a |an |its |their |official |technical |outright |full |full-blown "
    r"|fresh )*(?:(?P<correction>correction)(?: territory)?"
    r"|(?P<bear>bear(?:[- ]market)?)(?: market| territory)*)\b|\bmeets? the (?:usual "
    r"|common )?definition of a (?:(?P<correction2>correction)|(?P<bear2>bear market))",
    re.IGNORECASE,
)
_OUT = compiled(r"^(?:left|leaving|out of|exited)", re.IGNORECASE)
_CORRECTION, _BEAR = -10, -20
_MAP = compiled(r"rotation map|quadrant|relative[- ]rotation|\bRRG\b", re.IGNORECASE)
_QUADRANT = compiled(
    r"\b(?P<quadrant>leading|weakening|lagging|improving)"
    r"(?P<noun> (?:quadrant|corner|box|one|group|square|camp|quarter))?\b",
    re.IGNORECASE,
)
_HOLDS = compiled(
    r"^(?:,? (?:holds?|contains?|houses?|(?:is|are) (?:home to|occupied by)|belongs? to|has|hosts?"
    r"|(?:sits?|lies?|stands?|comes?|finds?|we find|now sits)|:)|:)",
    re.IGNORECASE,
)
_LINE = quick(
    r"\b(?:(?P<broke>(?:broken|broke|breaks|breaking|burst|bursts|pushed|climbed|risen|rose"
    r"|cleared) (?:out )?(?:above|through|over|out of|past|from)?)|(?P<fell>(?:fallen|fell|broken"
    r"|broke|broken down|slipped|dropped|sunk|sank) (?:down )?(?:below|through|beneath|out of"
    r"|under))|(?P<over>above|over)|(?P<under>below|under|beneath|capped by|held down by)"
    r"|(?P<test>testing|tests|tested|at|on|touching|pressing against|up against)) (?:its|the|a"
    r"|that)(?: own| long-term| falling| rising| descending| ascending"
    r"| trend)* (?:line of )?(?P<line>resistance|support)(?: line| trend ?line)?\b",
    re.IGNORECASE,
)
_SIDES = {
    ("broke", "resistance"): {"broken out"},
    ("over", "resistance"): {"broken out"},
    ("under", "resistance"): {"below"},
    ("test", "resistance"): {"testing"},
    ("fell", "support"): {"broken down"},
    ("broke", "support"): {"broken down"},
    ("under", "support"): {"broken down"},
    ("over", "support"): {"above"},
    ("test", "support"): {"testing"},
}
"""What a state of a trend line is called, by its words and the line."""


@assertion("momentum")
def momentum(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge overbought and oversold by the RSI."""
    text = sentence.text
    both = sentence.search(_NEITHER)
    if both is not None:
        yield from bearers.state(
            sentence, world, *both.span(), partial(_between, world), denied=False
        )
    for match in sentence.find(_NEUTRAL) if sentence.search(_BY_RSI) else ():
        yield from bearers.state(sentence, world, *match.span(), partial(_between, world))
    for match in sentence.find(_RSI):
        if both is not None and both.start() <= match.start() < both.end():
            continue
        sign = 1 if match["up"] else -1
        named = _LABEL.search(text, sentence.start, match.start()) is not None
        denied = False if named else None
        if _SHORT.search(text, sentence.start, match.start()):
            denied = not bearers.is_denied(sentence, match.start())
        asked = partial(_rsi, world, sign)
        yield from bearers.state(
            sentence, world, *match.span(), asked, denied=denied, unknown=not named
        )


def _rsi(world: World, sign: int, subject: str) -> Answer | None:
    found = predicates.rsi(world, subject, sign)
    if found is None:
        return None
    return found[0], found[1], f"RSI {world.facts(subject, 'rsi')[0].display}"


def _between(world: World, subject: str) -> Answer | None:
    high, low = _rsi(world, 1, subject), _rsi(world, -1, subject)
    if high is None or low is None:
        return None
    return not (high[0] or low[0]), high[1], high[2]


@assertion("drawdown")
def drawdown(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge corrections (ten percent below a high) and bear markets (twenty)."""
    for match in sentence.find(_DEEP):
        bear = match["bear"] or match["bear2"]
        denied = bearers.is_denied(sentence, match.start()) != bool(_OUT.match(match[0]))
        asked = partial(_fallen, world, _BEAR if bear else _CORRECTION, lenient=not denied)
        low, _ = clause.bounds(sentence, match.start())
        if not sentence.text[low : match.start()].strip(" ,"):
            continue  # "In a bear market, …" is a general remark.
        yield from bearers.state(
            sentence, world, *match.span(), asked, denied=denied, general=False
        )


def _fallen(world: World, limit: int, subject: str, *, lenient: bool) -> Answer | None:
    """Tell whether a subject is so far below its high of a year, or where lenient its record."""
    now = [f for f in world.facts(subject, "drawdown") if f.id.endswith(".now")]
    far = world.facts(subject, "distance_from_record") if lenient or not now else []
    facts = [*now, *far]
    if not facts:
        return None
    lowest = min(facts, key=lambda f: f.number)
    return lowest.number <= limit, lowest.id, f"{lowest.display} from its high"


@assertion("rotation")
def rotation(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge where sectors lie on the rotation map."""
    text = sentence.text
    spoken = sentence.search(_MAP)
    if spoken is None and not _MAP.search(f"{sentence.block.context.heading}"):
        return
    yield from _empty(sentence, world)
    for match in sentence.find(_QUADRANT):
        asked = partial(_quadrant, world, match["quadrant"].lower())
        holds = _HOLDS.match(text[match.end() : match.end() + 24])
        following = [i for i, m in enumerate(sentence.named) if m.start >= match.end()]
        before = [m for m in sentence.named if m.end <= match.start() and not m.subjects & _LOTS]
        if following and (holds or not before):
            run = sentence.run(following[0], +1)
            if run[0].start - match.end() > 40:
                continue
            no = bearers.is_denied(sentence, match.start())
            answers = [bearers.one_of(m.subjects, asked, no) for m in run]
            yield from bearers.worst(*match.span(), answers)
        elif before:
            yield from bearers.state(sentence, world, *match.span(), asked)
            if following and _WITH.fullmatch(text, match.end(), sentence.named[following[0]].start):
                run = sentence.run(following[0], +1)
                no = bearers.is_denied(sentence, match.start())
                answers = [bearers.one_of(m.subjects, asked, no) for m in run]
                yield from bearers.worst(run[0].start, run[-1].end, answers)


_WITH = compiled(r" (?:(?:together |along)?with|alongside|beside) (?:the )?", re.IGNORECASE)
"""Between a quadrant and those who share it."""
_EMPTY = compiled(
    r"\b(?P<quadrant>leading|weakening|lagging|improving) (?:quadrant|corner|box|one|square"
    r"|quarter)(?: (?:is|was|stands?|lies|remains?|sits?))?"
    r"(?: (?:quite|completely|still))? (?:empty|vacant|deserted|bare|unoccupied)\b",
    re.IGNORECASE,
)


def _empty(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge a quadrant that is said to hold nobody."""
    for match in sentence.find(_EMPTY):
        held = [
            fact
            for fact in world.ledger
            if fact.metric == "rotation_quadrant" and str(fact.value) == match["quadrant"].lower()
        ]
        if held:
            names = ", ".join(fact.name for fact in held)
            yield Judged(*match.span(), Verdict.CONTRADICTED, held[0].id, names)
        else:
            yield Judged(*match.span(), Verdict.PROVED, "rotation_quadrant")


_LOTS = frozenset({"sectors"})


def _quadrant(world: World, name: str, subject: str) -> Answer | None:
    for fact in world.facts(subject, "rotation_quadrant"):
        return str(fact.value) == name, fact.id, str(fact.value)
    return None


@assertion("trend_line")
def trend_line(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge on which side of its support or resistance line a ratio stands."""
    for match in sentence.find(_LINE):
        line = match["line"].lower()
        said = next(n for n in ("broke", "fell", "over", "under", "test") if match[n])
        wanted = _SIDES.get((said, line))
        if wanted is None:
            continue
        asked = partial(_trend, world, line, frozenset(wanted))
        yield from bearers.state(sentence, world, *match.span(), asked)


def _trend(world: World, line: str, wanted: frozenset[str], subject: str) -> Answer | None:
    for fact in world.facts(subject, "trend_state"):
        if line in fact.id:
            return str(fact.value) in wanted, fact.id, str(fact.value)
    return None
