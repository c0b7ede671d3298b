"""Outnumbered: more rose than fell, new highs outnumbered new lows, two to one."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.groups import MEMBERS, NOUN, Group, groups, named
from newsletter.preflight.phrases.predicates import Predicate, tallies
from newsletter.preflight.phrases.quantifiers import NUMBER, value
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_UP = (
    r"advancers?|advancing (?:stocks|issues|shares|names|sectors)|advancing ones|rising ones"
    r"|advances|gainers|winners|risers"
    r"|rising (?:stocks|issues|shares|names|sectors)|gains|buyers' stocks"
)
_DOWN = (
    r"decliners?|declining (?:stocks|issues|shares|names|sectors)|declining ones|falling ones"
    r"|declines|losers|fallers"
    r"|falling (?:stocks|issues|shares|names|sectors)|losses"
)
_HIGHS = r"(?:new )?(?:one-year |52-week |12-month |yearly )?highs"
_LOWS = r"(?:new )?(?:one-year |52-week |12-month |yearly )?lows"
_BEAT = (
    r"(?:(?P<more>outnumber(?:ed|s|ing)?|outpaced|outweigh(?:ed|s)?|swamp(?:ed|s)?|exceed(?:ed|s)?"
    r"|led|beat|topped|dwarf(?:ed|s)?|overwhelm(?:ed|s)?|were ahead of|ahead of|surpassed"
    r"|(?:far |easily )?outnumber(?:ed|s)?)"
    r"|(?P<more2>had the (?:upper hand|better|edge|measure) (?:over|of|on)|had it over)"
    r"|(?P<fewer>trail(?:ed|s)?|lagged|were outnumbered by|(?:was|are) outnumbered by"
    r"|fell short of|outnumbered by))"
)
_RATIO = rf"(?:,? (?:by )?(?P<about>[a-z ]{{0,16}}?)(?P<ratio>{NUMBER})[- ]to[- ]one)?"
_LINES = (
    ("move", compiled(rf"\b(?P<first>{_UP}|{_DOWN}) (?:\w+ly |\w+ )?{_BEAT} (?:the )?"
                        rf"(?P<second>{_UP}|{_DOWN})\b{_RATIO}", re.IGNORECASE)),
    ("extreme", compiled(rf"\b(?P<first>{_HIGHS}|{_LOWS}) (?:\w+ly |\w+ )?{_BEAT} (?:the )?"
                           rf"(?P<second>{_HIGHS}|{_LOWS})\b{_RATIO}", re.IGNORECASE)),
)  # fmt: skip
_MARGIN = compiled(
    rf",? (?:(?:if|though|but|albeit) )?(?:only |just |merely )?by (?:only |just |a mere )?"
    rf"(?P<n>{NUMBER})\b(?!\.\d|%|[- ](?:to|per|point|and)\b)",
    re.IGNORECASE,
)
"""``if only by one``: the difference of the two counts."""
_BY = compiled(
    r"(?:,? (?:among|across|in|of) (?:the |all )?[\w&]+(?: [\w&]+){0,2}?)?,? (?:by )?"
    r"(?:only |just )?"
    rf"(?P<n>{NUMBER})(?: |-)to(?: |-)(?P<m>{NUMBER})\b(?! (?:percent|points?)\b|\.\d|%)",
    re.IGNORECASE,
)
"""``by nine to two``: both counts."""
_SPLIT = compiled(
    rf"\b(?:{NOUN}) (?:(?:were|are|was|is|have|had) )?(?:split|divided|parted|broke) "
    rf"(?P<n>{NUMBER})(?: |-)to(?: |-)(?P<m>{NUMBER})\b(?! (?:percent|points?)\b|\.\d|%)"
    r"(?: in favou?r of (?P<for>gain|loss|advanc|declin|ris|fall)\w*)?",
    re.IGNORECASE,
)
"""``The sectors split nine to two``: those that rose and those that fell, in either order."""
_THAN = compiled(
    rf"\b(?P<side>more|fewer) (?:of the )?(?:{NOUN}) (?:(?:have|had|were|are|made|set|hit|closed"
    r"|finished|ended) )?(?P<first>rose|risen|gained|advanced|climbed|up|higher|rising|fell|fallen"
    r"|lost|declined|dropped|down|lower|falling|new highs|new lows)(?: (?:today"
    r"|tonight))? than (?:(?:were|made|set|hit|closed) )?(?P<second>rose|risen|gained|advanced"
    r"|climbed|up|higher|rising|fell|fallen|lost|declined|dropped|down|lower|falling|new lows"
    r"|new highs|lows|highs)\b",
    re.IGNORECASE,
)
_THERE = compiled(
    rf"\b(?P<side>more|fewer) (?P<first>{_UP}|{_DOWN}) than (?P<second>{_UP}|{_DOWN})\b"
    rf"|\b(?P<side2>more|fewer) (?P<first2>{_HIGHS}|{_LOWS}) than (?P<second2>{_HIGHS}|{_LOWS})\b",
    re.IGNORECASE,
)
_SECTORS = compiled(r"\bsectors?\b|\bthe eleven\b", re.IGNORECASE)
_POSITIVE = quick(
    r"adv|gain|win|ris(?:er|ing|en)|rose|climb|\bup\b|higher|highs|buyers", re.IGNORECASE
)
_DUAL = quick(
    rf"\b(?P<about>nearly |almost |about |roughly |more than |over |well over "
    rf"|some )?(?P<n>{NUMBER})"
    r" (?:(?P<dir>advancing|rising|declining|falling) (?:stocks?|shares?|issues?|names?|compan\w+"
    r"|ones)|(?P<dir2>advancers"
    r"|gainers|winners|decliners|fallers|losers)|(?:stocks?|shares?|issues?|names?|compan\w+"
    r"|members) (?P<dir3>rose|gained"
    r"|advanced|climbed|fell|lost|declined|dropped)) (?:for|to|against) (?:each|every|one|a"
    r" single)(?: (?:one|decliner|loser|faller|that"
    r"|which|stock|advancer|gainer|winner|one that|declin\w+|fall\w+|advanc\w+|ris\w+))*(?:"
    r" (?:fell|lost|declined|dropped|rose"
    r"|gained|advanced))?",
    re.IGNORECASE,
)


def outnumbered(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Yield the judgements on claims that one count is larger than another."""
    text = sentence.text
    for kind, pattern in _LINES:
        for match in sentence.find(pattern):
            low, high = clause.bounds(sentence, match.start())
            whom = "sectors" if _SECTORS.search(text, low, high) else MEMBERS
            yield from _one(sentence, world, match, groups(world)[whom], kind,
                            more=bool(match["more"] or match["more2"]))  # fmt: skip
    for match in sentence.find(_SPLIT):
        yield from _split(sentence, world, match)
    for match in sentence.find(_THAN):
        kind = "extreme" if "new" in match["first"].lower() else "move"
        group = groups(world)[named(match)]
        yield from _one(sentence, world, match, group, kind, more=match["side"].lower() == "more")
    for match in sentence.find(_THERE):
        kind = "extreme" if match["side2"] else "move"
        more = (match["side"] or match["side2"]).lower() == "more"
        yield from _one(sentence, world, match, groups(world)[MEMBERS], kind, more=more)
    for match in sentence.find(_DUAL):
        group = groups(world)[MEMBERS]
        said = match["dir"] or match["dir2"] or match["dir3"]
        sign = 1 if _POSITIVE.search(said) else -1
        pair = _pair(sentence, world, match, group, "move", (sign, -sign))
        if pair is not None:
            right = _near(pair[0] / max(1, pair[1]), value(match["n"]), match["about"] or "")
            yield _verdict(match, pair, right=right)


def _split(sentence: Sentence, world: World, match: re.Match[str]) -> Iterator[Judged]:
    """Judge by how many to how many a group parted into those that rose and those that fell."""
    if clause.supposed(sentence, match.start()):
        return
    pair = _pair(sentence, world, match, groups(world)[named(match)], "move", (1, -1))
    if pair is None:
        yield Judged(match.start(), match.end(), Verdict.UNSUPPORTED)
        return
    said = value(match["n"]), value(match["m"])
    if match["for"]:
        wanted = pair[:2] if _POSITIVE.match(match["for"]) else (pair[1], pair[0])
        right = said == wanted and wanted[0] > wanted[1]
    else:
        right = sorted(said) == sorted(pair[:2])
    right = right != clause.negated(sentence, match.start())
    yield _verdict(match, pair, right=right)


def _one(
    sentence: Sentence,
    world: World,
    match: re.Match[str],
    group: Group,
    kind: str,
    *,
    more: bool,
) -> Iterator[Judged]:
    if clause.supposed(sentence, match.start()):
        return
    found = match.groupdict()
    words = (found["first"] or found["first2"], found["second"] or found["second2"])
    signs = tuple(1 if _POSITIVE.search(word) else -1 for word in words)
    if signs[0] == signs[1]:
        return
    pair = _pair(sentence, world, match, group, kind, (signs[0], signs[1]))
    if pair is None:
        yield Judged(match.start(), match.end(), Verdict.UNSUPPORTED)
        return
    first, second = pair[:2]
    right = first > second if more else first < second
    if clause.negated(sentence, match.start()):
        right = not right
    asked = found.get("ratio")
    end, both = match.end(), _BY.match(sentence.text, match.end(), sentence.end)
    margin = _MARGIN.match(sentence.text, match.end(), sentence.end)
    if both is not None and not asked:
        end = both.end()
        said = value(both["n"]), value(both["m"])
        rounded = said[1] == 1 and second > 0 and _near(first / second, said[0], "")
        right = right and (said == (first, second) or rounded)
    elif margin is not None and right:
        right = abs(first - second) == value(margin["n"])
    if asked and right:
        right = _near(
            max(first, second) / max(1, min(first, second)), value(asked), match["about"] or ""
        )
    yield _verdict(match, pair, right=right, end=end)


def _verdict(
    match: re.Match[str], pair: tuple[int, int, str], *, right: bool, end: int = 0
) -> Judged:
    span = match.start(), max(end, match.end())
    if right:
        return Judged(*span, Verdict.PROVED, pair[2])
    return Judged(*span, Verdict.CONTRADICTED, pair[2], f"{pair[0]} against {pair[1]}")


def _pair(
    sentence: Sentence,
    world: World,
    match: re.Match[str],
    group: Group,
    kind: str,
    signs: tuple[int, int],
) -> tuple[int, int, str] | None:
    """Return both counts and the facts behind them."""
    found = []
    for sign in signs:
        predicate = Predicate(kind, match.start(), match.end(), sign, False, match)
        tally = next(tallies(sentence, world, group, predicate), None)
        if tally is None:
            return None
        found.append(tally)
    return found[0].k, found[1].k, f"{found[0].fact},{found[1].fact}"


def _near(ratio: float, said: int, about: str) -> bool:
    words = about.lower()
    if "nearly" in words or "almost" in words:
        return said - 0.5 <= ratio < said
    if "more than" in words or "over" in words:
        return said < ratio < said + 1
    return abs(ratio - said) <= 0.5
