"""Rank: who is best, worst, first, last or second of a league."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.figures import cues
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import standing_words as words
from newsletter.preflight.phrases.leagues import Leagues, Place, leagues
from newsletter.preflight.phrases.placing import Standing
from newsletter.preflight.phrases.standings import standings
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence

_HINT = quick(
    r"best|worst|only\b|but\b|just\b|strongest|weakest|poorest|finest|hottest|firmest|softest|feeblest|top|bottom|lead"
    r"|led\b|first|last\b|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|\dth"
    r"|\dst|\dnd|\drd|medal|gold|silver|bronze|rear\b|prop|podium|crown|table|worse|better|laggard"
    r"|least\b|winner|loser|pick\b|standout|star"
    r"|straggler|gainer|faller|riser|decliner|than\b|head|wooden|runner|most\b|\ball\b|every\b"
    r"|any\b|win|won\b|pace|shone"
    r"|est\b|dunce|duffer|dud\b|duds\b|hero|darling|toast|victor|runt|villain|turkey|flop|sweep|swept"
    r"|roost|bill\b|show\b|rooted|no other|foot\b|tail\b|match\b|front\b|touch",
    re.IGNORECASE,
)
_JOINS = compiled(r"[ ,]*\b(?:as|and|both|as well as)\b[^,;:.]{0,14}", re.IGNORECASE)
_BEHIND = compiled(
    r"(?:[^.;:]|\.\d){0,40}?\b(?P<behind>behind|after|trailing)(?: only| just)?(?: the)? ?",
    re.IGNORECASE,
)
_COMMA = compiled(r",(?: \w+){0,2} ?", re.IGNORECASE)
_PLACED = compiled(
    r"\b(?:best|worst|first|last|top|bottom|second|third|strongest|weakest)\b", re.IGNORECASE
)
_OVER_AGAIN = compiled(
    r"(?:[;,–—] ?|\b(?:and|but|while) )(?:and |but |while )?(?P<whole>(?:the (?P<unit>day|week"
    r"|month|quarter|year)['’]s(?: (?:was|were|is|are|being|went to|goes to|belonged to))?"
    r"|(?:over|for|on|in) the (?P<span>day|week|month|quarter|year),? ?(?:it (?:is|was))?),?"
    r" (?:the )?)$",
    re.IGNORECASE,
)
_ENDS = compiled(r"(?:'s)?(?=\s*(?:[.;!,)]|$))")
_LISTED = compiled(
    r"(?=\s*(?:[.;!,)]|$)|,? and\b|,? then\b)"
    r"| (?:next|in that order|(?:close|right|just|hard|not far) behind|following|in tow)\b"
)
"""Behind one of those who follow: the end of the clause, the next of them, or how they came."""
_MAP = compiled(r"\b(?:rotation map|quadrants?)\b", re.IGNORECASE)
_OF_TWO = compiled(r"second to\b", re.IGNORECASE)
_TABLES = frozenset({"sectors", "giants", "industries"})
_EVER = compiled(r" (?:ever|on record|of all time|in (?:its|our|their) history)\b", re.IGNORECASE)
"""Behind what is an extreme of a history and no place in a table."""
_UNITS = {
    "day": frozenset({"1d"}), "week": frozenset({"5d"}), "month": frozenset({"1m"}),
    "quarter": frozenset({"3m"}), "year": frozenset({"ytd"}),
}  # fmt: skip
_ORDER = ("1d", "5d", "1m", "3m", "6m", "ytd", "1y", "21d", "63d", "named")
"""Which of the periods that words allow is meant first."""


@assertion("rank")
def rank(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge places among sectors, styles, industries, the giants and the index funds."""
    if not sentence.search(_HINT):
        return
    known = leagues(world)
    for one in standings(sentence):
        if clause.supposed(sentence, one.start) or _supposed_behind(sentence, one):
            continue
        if _EVER.match(sentence.text, one.end, sentence.end):
            continue
        if one.loose and sentence.search(_MAP):
            continue  # "among the leading sectors" of a map is no place in a table
        judged = _judged(sentence, known, one)
        if judged is not None:
            yield judged
            yield from _behind(sentence, known, one)
            yield from _then(sentence, known, one)
            yield from _again(sentence, known, one)


def _supposed_behind(sentence: Sentence, one: Standing) -> bool:
    """Tell whether a place is only supposed of somebody named behind it."""
    return lexicon.HEDGE.search(sentence.text, one.end, max(one.end, one.whom.start)) is not None


def _judged(sentence: Sentence, known: Leagues, one: Standing) -> Judged | None:
    groups = one.whom.groups
    if not groups:
        return None
    league = known.named(one.text)
    if not league and _OF_TWO.match(one.text) and not _many(known, groups):
        return None  # "small caps came second to large caps" compares the two
    denied = clause.negated(sentence, one.start) != one.denied
    reading = sentence.at(one.start, one.end)
    worst: Judged | None = None
    for labels in _periods(sentence, one, reading.periods):
        for group in groups:
            found = _places(known, league, group, labels, reading.total)
            if not found:
                if not _plays(known, league, group):
                    return None
                if league == "giants" and any(known.world.gaps(s, "giants", labels) for s in group):
                    return None  # "small caps led the giants" compares with them all
                verdict = Judged(one.start, one.end, Verdict.UNSUPPORTED)
            else:
                verdict = _verdict(one, found, len(groups), denied)
            if worst is None or worst.verdict is Verdict.PROVED:
                worst = verdict
    return worst


def _behind(sentence: Sentence, known: Leagues, one: Standing) -> Iterator[Judged]:
    """Judge who is named as ahead: ``third, behind real estate and materials``."""
    match = _BEHIND.match(sentence.text, one.end, sentence.end)
    if match is None or one.place < 2 or not one.whom.groups:
        return
    index = next((i for i, m in enumerate(sentence.named) if 0 <= m.start - match.end() <= 4), None)
    if index is None:
        return
    run = sentence.run(index, +1)
    labels = sentence.at(one.start, one.end).periods
    league = known.named(one.text)
    found = [_places(known, league, m.subjects, labels, None) for m in run]
    if not all(found):
        return
    wrong = next((p[0] for p in found if p[0].rank >= one.place), None)
    span = (match.start("behind"), run[-1].end)
    if wrong is None:
        yield Judged(*span, Verdict.PROVED, found[0][0].fact)
    else:
        yield Judged(*span, Verdict.CONTRADICTED, wrong.fact, wrong.said)


def _then(sentence: Sentence, known: Leagues, one: Standing) -> Iterator[Judged]:
    """Judge who comes next: ``energy came first, then staples, then utilities``."""
    if one.loose or abs(one.place) != 1 or len(one.whom.groups) != 1:
        return
    place, end = one.place, max(one.end, one.whom.end)
    labels, league = sentence.at(one.start, one.end).periods, known.named(one.text)
    begun = False
    for mention in [m for m in sentence.named if m.start >= end]:
        gap = sentence.text[end : mention.start]
        listed = _LISTED.match(sentence.text, mention.end)
        if not (words.THEN.fullmatch(gap) or (begun and listed and words.AND_THEN.fullmatch(gap))):
            continue
        begun = True
        place += 1 if place > 0 else -1
        found = _places(known, league, mention.subjects, labels, None)
        span = (mention.start - len(gap.lstrip(" ,")), listed.end() if listed else mention.end)
        if found:
            next_one = replace(one, place=place, start=span[0], end=span[1])
            yield _verdict(next_one, found, 1, denied=False)
        end = mention.end


def _again(sentence: Sentence, known: Leagues, one: Standing) -> Iterator[Judged]:
    """Judge who had the same place over another time: ``…; the week's was Microsoft``."""
    text, league = sentence.text, known.named(one.text)
    for mention in sentence.named:
        if mention.start < one.end or mention.subjects in one.whom.groups:
            continue
        lead = _OVER_AGAIN.search(text, max(one.end - 1, mention.start - 60), mention.start)
        if lead is None or not _ENDS.match(text, mention.end):
            continue
        labels = _UNITS[(lead["unit"] or lead["span"]).lower()]
        found = _places(known, league, mention.subjects, labels, None)
        span = (lead.start("whole"), mention.end)
        if found:
            next_one = replace(one, start=span[0], end=span[1])
            yield _verdict(next_one, found, 1, denied=one.denied)
        else:
            yield Judged(*span, Verdict.UNSUPPORTED)


def _verdict(one: Standing, found: list[Place], many: int, denied: bool) -> Judged:
    right = next((p for p in found if _holds(one, p, many) != denied), None)
    if right is not None:
        return Judged(one.start, one.end, Verdict.PROVED, right.fact)
    return Judged(one.start, one.end, Verdict.CONTRADICTED, found[0].fact, found[0].said)


def _holds(one: Standing, place: Place, many: int) -> bool:
    """Tell whether a place agrees: several named together share the places at the end."""
    wanted = abs(one.place)
    if one.place > 0:
        mine, better = place.rank, place.rank
        equal = place.worst
    else:
        mine = better = place.of + 1 - place.worst
        equal = place.of + 1 - place.rank
    if one.loose:
        return mine <= wanted
    if many > 1 and wanted == 1:
        return mine <= many
    return better <= wanted <= equal


def _many(known: Leagues, groups: Sequence[frozenset[str]]) -> bool:
    """Tell whether all who are named belong to a league of which one thinks as of a table."""
    return all(any(_TABLES & {*known.of(subject)} for subject in group) for group in groups)


def _plays(known: Leagues, league: str, group: frozenset[str]) -> bool:
    """Tell whether somebody belongs to the league that is named at all."""
    return bool(league) or any(known.of(subject) for subject in group)


def _order(label: str) -> tuple[int, str]:
    """Sort periods by length, calendar years and unknown ones behind."""
    return (_ORDER.index(label) if label in _ORDER else len(_ORDER), label)


def _places(
    known: Leagues, league: str, group: frozenset[str], labels: frozenset[str], total: bool | None
) -> list[Place]:
    """Return the places over the first of the periods that is known."""
    found = []
    for subject in sorted(group):
        own = known.of(subject)
        wanted = [league] if league in own else [] if league else own[:1]
        for name in wanted:
            bases = (total,) if total is not None or name == "sectors" else (None, True)
            for label in sorted(labels, key=_order):
                places = [known.place(name, subject, label, basis) for basis in bases]
                kept = [place for place in places if place is not None]
                found.extend(kept)
                if kept:
                    break
    return found


def _periods(sentence: Sentence, one: Standing, usual: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield the periods a place is claimed for: ``on the day and over the month`` is two."""
    low, high = clause.bounds(sentence, one.start)
    said = [
        match
        for match in cues.PERIOD.finditer(sentence.text, low, high)
        if match[0].lower().startswith("the ")
        or not cues.NOT_PERIOD.search(sentence.text[max(low, match.start() - 12) : match.start()])
    ]
    inside = list(cues.PERIOD.finditer(sentence.text, one.start, one.end))
    chained: list[re.Match[str]] = []
    for first, second in pairwise(said):
        between = sentence.text[first.end() : second.start()]
        named = any(first.end() <= m.start < second.start() for m in sentence.named)
        if (_JOINS.fullmatch(between) or _COMMA.fullmatch(between)) and not (
            named or _PLACED.search(between)
        ):
            chained += [second] if chained and chained[-1] is first else [first, second]
    if len(chained) > 1 and _JOINS.search(sentence.text, chained[0].end(), chained[-1].start()):
        yield from (cues.LABELS[m.lastgroup or ""] for m in chained)
        return
    yield cues.LABELS[inside[-1].lastgroup or ""] if inside else usual
