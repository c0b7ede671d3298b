"""Reach: a rise or fall of the market that took somebody in, or left somebody out."""

import re
from collections.abc import Iterator
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, agrees, assertion, judge
from newsletter.preflight.ledger.world import World
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence

_RISE = (
    r"rally|advance|gains?|rise|upswing|bounce|rebound|recovery|upturn|climb|buying|buyers|bulls"
    r"|bids?"
    r"|green ink|strength|good cheer|cheer|good news|tide|upward move"
)
_FALL = (
    r"sell-?off|selling|decline|falls?|losses|retreat|rout|slide|drop|slump|downturn|setback"
    r"|sellers"
    r"|bears|red ink|weakness|gloom|pain|damage|rot|carnage|storm|downward move"
)
_NOUN = quick(
    r"\b(?:(?:the|today's|tonight's|this|that|its|a|week's|month's|day's|year's|evening's|market's"
    r"|broad|general|wider) ){1,3}(?:(?P<up>" + _RISE + r")|(?P<down>" + _FALL + r"))\b",
    re.IGNORECASE,
)
_IN = (
    r"reach(?:ed|es)?|extend(?:ed|s)? to|spread(?:s)? to|includ(?:ed?|es)|touch(?:ed|es)?|took in"
    r"|t(?:ake|akes|aken) in|lift(?:ed|s)?|carr(?:y|ied|ies)|caught|catch|swept up|embrac(?:ed?|es)"
    r"|hit|hits|got to|get to|came for|come for|arrived? (?:at|in)|came to|found its way to|hurt"
    r"|helped?|cover(?:ed)?|swallow(?:ed)?|favou?r(?:ed|s)?|visit(?:ed|s)?|engulf(?:ed|s)?"
    r"|call(?:ed)? (?:on|at)|find|found|stretch(?:ed|es)? to|apply to|applied to"
)
_OUT = (
    r"spared?|spares|left out|leave out|leaves out|miss(?:ed|es)?|bypass(?:ed|es)?|skipp?(?:ed)?"
    r"|skips|passed by|passed over|pass over|pass by|overlook(?:ed|s)?|exclud(?:ed?|es)"
    r"|stopp?(?:ed)? short of|stops short of|forgot|forget|ignor(?:ed?|es)|elud(?:ed?|es)"
    r"|escap(?:ed|es)|left behind|shunn?(?:ed)?|failed to (?:reach|touch|lift|include)|never"
    r" reached|did without"
)
_VERB = compiled(
    rf"(?:,[^,;:.]{{3,40}},)?(?: (?:has|have|had|did|does|do|could|was|also|even|still|again|well"
    rf"|today|tonight|this \w+|on the day))*(?P<not>(?: not|n't| never| barely))?(?: (?:even|quite"
    rf"|also|again|manage to))* (?:(?P<out>{_OUT})|(?P<in>{_IN}))(?: all| both| even| only)? "
    r"(?:the |its |our )?",
    re.IGNORECASE,
)
_ESCAPED = quick(
    r"\b(?P<out>escap(?:ed|es|ing)|dodg(?:ed|es|ing)|avoid(?:ed|s|ing)|duck(?:ed|s|ing)|resist(?:ed"
    r"|s|ing)|def(?:ied|ies|ying)|buck(?:ed|s|ing)|shrugg(?:ed|ing) off|sidestepp(?:ed|ing)"
    r"|withstood|stood apart from|stood aside from|stayed out of|kept out of|sat out|swam against"
    r"|went against|was immune to|were immune to|was no part of|were no part of|was not part of"
    r"|had no part in|took no part in|missed|missed out on|was spared|were spared) "
    r"(?:(?:the|today's|tonight's|this|that|its|a|week's|month's|day's|year's|evening's|market's"
    r"|broad|general|wider|day of|all of) ){0,3}(?:(?P<up>"
    + _RISE
    + r")|(?P<down>"
    + _FALL
    + r"|trend))\b",
    re.IGNORECASE,
)
_LOST_BY = quick(
    r"\b(?:(?P<up>ground|money|progress|headway|gains?|profits?|an? (?:\w+ )?(?:gain|advance|rise"
    r"|profit))|(?P<down>losses|setbacks?|an? (?:\w+ )?(?:loss|fall|decline|drop)))"
    r" (?:was|were|has been|have been|came|is)(?: also| again| not)? (?P<verb>lost|given up|ceded"
    r"|surrendered|conceded|gained|made|won|booked|posted|recorded|suffered|taken|registered"
    r"|notched(?: up)?|logged|sustained|borne|managed|enjoyed|seen|recovered|regained|had)"
    r"(?: (?:on the (?:day|week|month|year|quarter)|today|tonight|this \w+|over the \w+|by|for"
    r"|in|at"
    r"|also|both))* (?:the |both )?",
    re.IGNORECASE,
)
_GIVEN = compiled(r"lost|given up|ceded|surrendered|conceded", re.IGNORECASE)


@assertion("reach")
def reach(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``the rise did not reach the Dow``, ``the selling spared gold``."""
    text = sentence.text
    for noun in sentence.find(_NOUN):
        verb = _VERB.match(text, noun.end(), sentence.end)
        if verb is None:
            continue
        sign = (1 if noun["up"] else -1) * (1 if verb["in"] else -1)
        denied = verb["not"] is not None
        yield from _judged(sentence, world, (noun.start(), verb.end()), sign, denied=denied)
    for match in sentence.find(_LOST_BY):
        given = _GIVEN.match(match["verb"]) is not None
        sign = -1 if (match["down"] is not None) != (given and match["down"] is None) else 1
        denied = lexicon.NEGATION.search(match[0]) is not None
        yield from _judged(sentence, world, match.span(), sign, denied=denied)
    for match in sentence.find(_ESCAPED):
        yield from _escaped(sentence, world, match)


def _escaped(sentence: Sentence, world: World, match: re.Match[str]) -> Iterator[Judged]:
    who = clause.actors(sentence, match.start())
    if match["down"] == "trend" or not who.groups or clause.supposed(sentence, match.start()):
        return
    sign = -1 if match["up"] else 1
    denied = clause.negated(sentence, match.start())
    labels = clause.periods(sentence, match.span(), world)
    for group in who.groups:
        known = [k for s in sorted(group) for k in world.moves(s, labels)]
        if known:
            yield judge(*match.span(), known, partial(agrees, sign, denied))


def _judged(
    sentence: Sentence, world: World, span: tuple[int, int], sign: int, *, denied: bool
) -> Iterator[Judged]:
    index = next((i for i, m in enumerate(sentence.named) if 0 <= m.start - span[1] <= 1), None)
    if index is None or clause.supposed(sentence, span[0]):
        return
    labels, total = clause.periods(sentence, span, world), sentence.at(*span).total
    for mention in sentence.run(index, +1):
        known = [k for s in sorted(mention.subjects) for k in world.moves(s, labels, total)]
        if known:
            yield judge(span[0], mention.end, known, partial(agrees, sign, denied))
