"""Contest: who was ahead of whom, said without a verb or with the order turned round."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, agrees, assertion, judge
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.predicates import TWINS
from newsletter.preflight.phrases.races import apart
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.strangers import is_stranger
from newsletter.preflight.who.subjects import Mention

_FUND = r"(?:'s?)?(?: (?:shares?|stocks?|funds?|index|sector))?"
_VERBLESS = compiled(
    rf"{_FUND},? (?:(?:well |far |just |narrowly |comfortably |clearly |a (?:bit|shade|touch|little"
    r"|whisker) |still |again |once more |even |now |easily )*)(?:(?P<up>over|ahead of|in front of"
    r"|above|better than|stronger than|clear of|on top of|a (?:winner|victor) over|one up on)"
    r"|(?P<down>behind|below|beneath|worse than|weaker than|under|adrift of|in the (?:shade|wake"
    r"|dust|slipstream) of|second to|(?:f[ae]ll|falls|fallen|come|came) (?:well |just )?short of"
    r"|no match for|a loser to|the loser to|trailing|lagging))"
    r" (?:the |its |both |an? )?|(?: ?(?:(?P<up2>>)|(?P<down2><)) ?)(?:the )?",
    re.IGNORECASE,
)
_OPENS = compiled(
    r"(?:^|[.:;,(–—!?<>-] ?|\b(?:and|while|but|with|where|again|yes|put|so|it (?:was|is)"
    r"|it's) )(?:the )?$",
    re.IGNORECASE,
)
_NO_VERB = compiled(r"(?:^|[\s,;:(–—-])(?:rose|fell|gained|lost|up|down|by|\d)", re.IGNORECASE)
_FACED = compiled(
    r"\b(?:(?P<down>beaten|outdone|outpaced|outrun|outperformed|outstripped|outshone|eclipsed"
    r"|bested"
    r"|pipped|trounced|thrashed|topped|overtaken|surpassed|outgained|left behind) by"
    r"|(?P<down2>behind"
    r"|trailing|lagging|in the wake of|a step behind|hard on the heels of)|(?P<up>ahead of|in front"
    r" of|beating|outpacing|outrunning|clear of|outperforming|outdoing|out in front of)) "
    r"(?:the |its |both )?$",
    re.IGNORECASE,
)
_CAME = compiled(
    rf"{_FUND}(?:,? (?:on|over|for|in|this|today|tonight|so far)\b[^,;:.]{{0,30}})?,? (?:were"
    rf"|was|is"
    r"|are|came|comes|come|ran|sat|sits|stood|stands|finished|trudged|limped|trailed|lay|lies|went"
    r"|ended|closed) (?:the |its |both )?",
    re.IGNORECASE,
)
_BY_MORE = compiled(
    r"(?:[,;–—-] ?|\b(?:and|but|though|although|with) )+(?:the )?(?P<who>former|latter|first"
    r"|second)?"
    r"(?: (?:did so|doing so|falling|rising|losing|gaining|did|fund|slipping|climbing|dropping"
    r"|sliding))*,? ?(?:(?:rather|much|a (?:bit|little|shade|touch|lot)|far|slightly"
    r"|considerably|by"
    r" far|only|by|even|somewhat|distinctly|markedly) )*(?P<how>the more|the most|the less|the"
    r" least"
    r"|more|less|further|harder|faster|the further|the harder|the faster|the farther|farther|most"
    r"|least)(?: so| of the two| heavily| sharply| steeply| strongly)?(?=\s*(?:[.,;:!)–—]|$))",
    re.IGNORECASE,
)
_WON = quick(
    r"\b(?:(?P<up>(?P<day>took the day)|won|wins?|prevail(?:ed|s)|triumph(?:ed|s)|came out (?:on"
    r" top|ahead|best|in front)"
    r"|comes out (?:on top|ahead)|carried the day|had (?:the (?:better|best|upper hand) of it|it"
    r"|the edge|the last laugh)|came off best|took the (?:honours|spoils|laurels|points|round"
    r"|verdict|bout)|(?:was|were|is|are|proved|made) the (?:one|ones|side|fund|style|place"
    r"|corner) to (?:have|own|hold"
    r"|be(?: in)?|back)|(?:was|were|is|are|proved|made) the (?:better|right|winning|wiser"
    r"|happier) (?:bet|choice|buy|side|half"
    r"|horse|pick|holding|place)|(?:had|has had|have had|turned in|put in|enjoyed) the (?:better"
    r"|best|happier|brighter|kinder"
    r"|stronger|finer|sunnier) (?:day|session|week|month|quarter|year|time|run|showing)(?: of"
    r" (?:it|the two))?)|(?P<down>(?:had"
    r"|has had|have had|turned in|put in|endured|suffered) the (?:worse|worst|poorer|weaker"
    r"|rougher|harder|sorrier|unhappier"
    r"|feebler) (?:day|session|week|month|quarter|year|time|run|showing)(?: of (?:it|the two))?"
    r"|came off (?:worse|second best|worst)|came second|lost out|came up"
    r" short|had the worst of it|was the loser|were the losers|took the wooden spoon))\b"
    r"(?= (?:by|on|over|hands down|handsomely|easily|comfortably|narrowly|today|tonight|this|the"
    r" (?:day|week|month|year|two|contest|duel|battle|bout|race|round|match)|when|with|again|in"
    r"|for|and|the"
    r" other)\b|\s*[.,;:!)–—]|$)",
    re.IGNORECASE,
)
_CHOSE = compiled(
    r"\b(?:prefer(?:red|ring|s)?|cho(?:se|ose|sing|osing|sen)|pick(?:ed|ing|s)?|favou?r(?:ed|ing"
    r"|s)?|own(?:ed|ing|s)?"
    r"|h[eo]ld(?:ing|s)?|back(?:ed|ing|s)?|bought|buying|plump(?:ed|ing) for|opt(?:ed|ing) for"
    r"|stuck with"
    r"|sticking with) (?:the |its )?$",
    re.IGNORECASE,
)
_TO = compiled(
    r"(?: (?:funds?|shares|stocks))?,? (?:to|over|rather than|instead of|and not|not|ahead of|in"
    r" place of) (?:the )?",
    re.IGNORECASE,
)
_PAID = quick(
    r"\b(?:(?P<up>(?:had|has had|enjoyed) the (?:better|best|happier|last laugh)|c[ao]me out"
    r" (?:ahead|on top|best)"
    r"|did (?:better|well|best|fine)|(?:was|were|is|are) (?:right|rewarded|ahead|better off|the"
    r" winners?|vindicated"
    r"|paid|smiling|glad)|paid(?: off)?|pays|won|earned more|made more)|(?P<down>(?:had|has had)"
    r" the (?:worse|worst)"
    r"|came off (?:worse|worst|second best)|did (?:worse|badly|poorly)|(?:was|were|is|are)"
    r" (?:wrong|punished|behind"
    r"|worse off|the losers?|sorry|poorer)|cost|costs|lost(?: out)?|backfired|earned less|made"
    r" less))\b",
    re.IGNORECASE,
)
_INSTEAD = compiled(
    rf"{_FUND},? (?:and )?(?:not|rather than|instead of) (?:the |in the |in )?", re.IGNORECASE
)
_OF_WHOM = compiled(
    rf"{_FUND},?(?: (?:that|which|who))?(?: (?:has|have|had))? (?:(?P<up>(?:did|done|fared|was|were"
    r"|performed) (?:(?:the|much|far) )?better|led|ahead|won|was ahead|came out ahead)"
    r"|(?P<down>(?:did|done|fared|was|were|performed) (?:(?:the|much|far) )?worse|lagged|trailed"
    r"|was behind|lost out))\b(?! than)",
    re.IGNORECASE,
)
"""Behind ``the S&P 500 fund, not the small-cap fund,``: which of the two is meant."""
_THAN_IN = compiled(rf"{_FUND},? than (?:in|on|with|from) (?:the )?", re.IGNORECASE)
_DID_IN = compiled(
    r"\b(?:(?P<up>more|better)|(?P<down>less|worse)) (?:money )?(?:in|on|with|from) (?:the )?$",
    re.IGNORECASE,
)
_PAIR = 2


@assertion("contest")
def contest(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``growth over value``, ``beaten by property were materials``, ``the former won``."""
    for first, second in pairwise(sentence.named):
        yield from _verbless(sentence, world, first, second)
        yield from _turned(sentence, world, first, second)
        yield from _preferred(sentence, world, first, second)
        yield from _instead(sentence, world, first, second)
    yield from _won(sentence, world)
    yield from _by_more(sentence, world)


def _verbless(
    sentence: Sentence, world: World, first: Mention, second: Mention
) -> Iterator[Judged]:
    text = sentence.text
    match = _VERBLESS.fullmatch(text, first.end, second.start)
    lead = text[max(sentence.start, first.start - 12) : first.start]
    if match is None or not _OPENS.search(lead):
        return
    if clause.supposed(sentence, first.end):
        return
    yield from _judged(
        sentence,
        world,
        (first, second),
        (first.end, second.start),
        1 if match["up"] or match["up2"] else -1,
    )


def _turned(sentence: Sentence, world: World, first: Mention, second: Mention) -> Iterator[Judged]:
    """Read ``Beaten by property over the quarter were materials``: of the second, turned."""
    if not sentence.may(_FACED):
        return
    text = sentence.text
    lead = _FACED.search(text, max(sentence.start, first.start - 40), first.start)
    if lead is None or not _CAME.fullmatch(text, first.end, second.start):
        return
    sign = 1 if lead["up"] else -1
    span = (lead.start(), second.end)
    if not clause.supposed(sentence, second.start):
        yield from _judged(sentence, world, (second, first), span, sign)


def _preferred(
    sentence: Sentence, world: World, first: Mention, second: Mention
) -> Iterator[Judged]:
    """Read ``whoever preferred growth to value had the better evening``."""
    if not sentence.may(_CHOSE):
        return
    text = sentence.text
    chose = _CHOSE.search(text, max(sentence.start, first.start - 40), first.start)
    if chose is None or not _TO.fullmatch(text, first.end, second.start):
        return
    told = _PAID.search(text, second.end, min(sentence.end, second.end + 90))
    if told is not None:
        span = (chose.start(), told.end())
        yield from _judged(sentence, world, (first, second), span, _sign(told))


def _instead(sentence: Sentence, world: World, first: Mention, second: Mention) -> Iterator[Judged]:
    """Read ``value, not growth, did better`` and ``made more in value than in growth``."""
    text = sentence.text
    if _INSTEAD.fullmatch(text, first.end, second.start):
        told = _OF_WHOM.match(text, second.end, sentence.end)
        span = (first.end, told.end()) if told else (0, 0)
    elif _THAN_IN.fullmatch(text, first.end, second.start):
        told = _DID_IN.search(text, max(sentence.start, first.start - 24), first.start)
        span = (told.start(), second.start) if told else (0, 0)
    else:
        return
    if told is not None and not clause.supposed(sentence, told.start()):
        yield from _judged(sentence, world, (first, second), span, _sign(told))


def _won(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Read ``the former won by a mile`` of the two that were named."""
    both = list(dict.fromkeys(m.subjects for m in (*sentence.earlier, *sentence.named)))
    for match in sentence.find(_WON):
        who = clause.actors(sentence, match.start())
        comma = sentence.text.rfind(",", sentence.start, match.start())
        low = max(comma, clause.bounds(sentence, match.start())[0])
        if not who.groups or lexicon.HEDGE.search(sentence.text, low, match.start()):
            continue
        others = [one for one in both if one != who.first]
        twin = TWINS.get(min(who.first))
        if match["day"] and twin is not None:  # "growth took the day" from value
            both, others = [who.first, frozenset({twin})], [frozenset({twin})]
        if len(both) != _PAIR or len(who.groups) != 1 or len(others) != 1:
            continue
        known = apart(sentence, world, who.first, others[0], match.span())
        denied = clause.negated(sentence, match.start())
        if known:
            yield judge(*match.span(), known, partial(agrees, _sign(match), denied))


def _by_more(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Read ``both fell, the latter by more``."""
    text = sentence.text
    for match in sentence.find(_BY_MORE):
        before = list(
            dict.fromkeys(m.subjects for m in sentence.named if m.end <= match.start() + 1)
        )
        verb = None
        for verb in lexicon.MOVE.finditer(text, sentence.start, match.start()):  # noqa: B007
            pass
        own = next((m for m in sentence.named if match.start() < m.start < match.end()), None)
        if verb is None or len(before) != _PAIR or (match["who"] is None and own is None):
            continue
        latter = (match["who"] or "").lower() in {"latter", "second"}
        first, second = before if not latter else before[::-1]
        sign = -1 if re.search(r"less|least", match["how"], re.IGNORECASE) else 1
        sign *= -1 if verb.lastgroup in {"down", "minus"} else 1
        known = apart(sentence, world, first, second, verb.span())
        if known:
            yield judge(*match.span(), known, partial(agrees, sign, False))


def _judged(
    sentence: Sentence,
    world: World,
    pair: tuple[Mention, Mention],
    span: tuple[int, int],
    sign: int,
) -> Iterator[Judged]:
    first, second = pair
    if first.subjects & second.subjects:
        return
    known = apart(sentence, world, first.subjects, second.subjects, span)
    strange = any(is_stranger(s) for m in pair for s in m.subjects)
    if known or strange:
        denied = clause.negated(sentence, span[0])
        yield judge(*span, known, partial(agrees, sign, denied))


def _sign(match: re.Match[str]) -> int:
    return 1 if match["up"] else -1
