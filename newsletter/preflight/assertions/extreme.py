"""Extreme: records, the highest or lowest since a day, and firsts."""

import datetime as dt
import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.firsts import first
from newsletter.preflight.phrases.heights import Heights, Since, Told, agree, heights
from newsletter.preflight.phrases.superlatives import Extreme, Sort, extremes
from newsletter.preflight.phrases.whom import Whom, singles, whom
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence

_HINT = quick(
    r"record|high|low|peak|never|since|first|best|worst|ever\b|all-time|lifetime|summit|zenith|apex"
    r"|uncharted|blue|unsurpassed|top of|biggest|largest|steepest|sharpest|deepest|longest"
    r"|strongest|weakest|widest|heaviest|cheapest|historic",
    re.IGNORECASE,
)
_RATIO = compiled(r"\bratio\b|÷", re.IGNORECASE)
_SET = compiled(
    r"\b(?:(?:set|measured|judged|weighed|held up|priced|taken|stacked up|put|marked) (?:up"
    r" )?against|relative to|in terms of|as measured against"
    r"|compared (?:with|to)|next to|beside) (?:the |its |all |those of )*(?:\w+ )?$",
    re.IGNORECASE,
)
_LINE = compiled(r"\badvance[-–/ ]+decline|\bA/?D line", re.IGNORECASE)
_BREADTH = compiled(
    r"\b(?:share|proportion|percentage|fraction|number) of (?:[\w&'-]+ ){0,4}?(?:stocks|members"
    r"|companies|names|constituents)|\bbreadth\b|\bparticipation\b",
    re.IGNORECASE,
)
_AVERAGE = compiled(r"\b(\d{2,3})-day", re.IGNORECASE)
_OTHER = compiled(
    r"\b(?:RSI|correlations?|(?<!-)yields?|multiples?|P/E|volumes?|turnover|leads?|spreads?|earnings"
    r"|inflows?|outflows?|gauge of|dispersion|beta|percentile)\b(?! fund)",
    re.IGNORECASE,
)
"""Measures whose extremes the ledger does not know."""
_SHORT = compiled(
    r"\b(?:short|shy) of (?:being )?(?:its |their |the |an? )?$"
    r"|\b(?:some way|far|a long way) (?:off|from) (?:its |their |the |an? )?$",
    re.IGNORECASE,
)
"""Right before an extreme that has not been reached."""
_APPENDED = compiled(
    r",(?: (?:a|an|the|its|their|another|yet another|at))?(?: new| fresh)? $", re.IGNORECASE
)
"""Right before an extreme that is tacked on behind a comma."""
_OF_YEAR = compiled(r"\b(?:of|in|for) (?P<year>20\d\d)$")
"""At the end of an extreme of a whole year."""
_VAGUE, _FAR = 3.0, 5.0
"""Percent from a record that may, and that must not, be called close to it."""


@assertion("extreme")
def extreme(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge what is called a record, the highest since a day, or a first."""
    if not sentence.search(_HINT):
        return
    known = heights(world)
    for one in extremes(sentence, known.session):
        aside = _tacked(sentence, one)
        if one.what != "turned" and not aside and clause.supposed(sentence, one.start):
            continue
        judged = _judged(sentence, world, known, one, aside=aside)
        if judged is not None:
            yield judged


def _tacked(sentence: Sentence, one: Extreme) -> bool:
    """Tell whether an extreme is tacked on to a whole sentence, as in ``…, an all-time low``.

    What the words between suppose or deny is then not said of it, unless the sentence opens so.
    """
    text = sentence.text
    if text[one.end : sentence.end].strip(" \"'”’.!)") or clause.watched(sentence):
        return False
    lead = _APPENDED.search(text, sentence.start, one.start)
    _, first = clause.bounds(sentence, sentence.start)
    comma = text.find(", ", sentence.start, first)
    first = first if comma < 0 else comma
    opens = lexicon.HEDGE.search(text, sentence.start, first)
    return lead is not None and opens is None and first < lead.start()


def _judged(
    sentence: Sentence, world: World, known: Heights, one: Extreme, *, aside: bool = False
) -> Judged | None:
    who = _whom(sentence, one)
    if not (who.groups or who.stranger):
        return None
    told_not = not aside and one.what != "turned" and clause.negated(sentence, one.start)
    denied = told_not != one.denied
    if one.sort not in {Sort.BELOW, Sort.NEAR} and _SHORT.search(
        sentence.text, sentence.start, one.start
    ):
        denied = not denied
    worst: Judged | None = None
    for group in who.groups or (frozenset[str](),):
        told = [t for subject in sorted(group) for t in _told(sentence, world, known, one, subject)]
        if one.sort is Sort.NEAR and not told and group:
            return None
        best = agree(told, lambda t: t.holds != denied)
        if best is None:
            verdict = Judged(one.start, one.end, Verdict.UNSUPPORTED)
        elif best.holds != denied:
            verdict = Judged(one.start, one.end, Verdict.PROVED, best.fact)
        else:
            verdict = Judged(one.start, one.end, Verdict.CONTRADICTED, best.fact, best.said)
        if worst is None or worst.verdict is Verdict.PROVED:
            worst = verdict
    return worst


def _whom(sentence: Sentence, one: Extreme) -> Whom:
    """Return whom it is said of, ratios and breadth included."""
    inside = [m for m in singles(sentence) if one.start <= m.start and m.end <= one.end]
    low, high = clause.bounds(sentence, one.start)
    text = sentence.text[low : max(high, one.end)]
    if _LINE.search(text):
        return Whom((frozenset({"#line"}),))
    before = sentence.text[sentence.start : one.start]
    breadth = list(_BREADTH.finditer(before))
    if breadth and not any(
        m.end > sentence.start + breadth[-1].end() + 60
        for m in sentence.named
        if m.end <= one.start
    ):
        days = _AVERAGE.search(before, breadth[-1].start())
        return Whom((frozenset({f"#breadth{days[1] if days else ''}"}),))
    against = _against(sentence, one)
    if against is not None:
        return against
    if _RATIO.search(text):
        pair = [m for m in singles(sentence) if low <= m.start < max(high, one.end)][:2]
        if len(pair) == 2:
            return Whom(
                (frozenset(f"{a}/{b}" for a in pair[0].subjects for b in pair[1].subjects),)
            )
    if inside:
        return Whom((inside[0].subjects,))
    return whom(sentence, one.start, one.end)


def _against(sentence: Sentence, one: Extreme) -> Whom | None:
    """Return the ratio meant by ``set against the giants, small caps are at their strongest``."""
    text = sentence.text
    for set_against, who in zip(sentence.named, sentence.named[1:], strict=False):
        lead = text[max(sentence.start, set_against.start - 44) : set_against.start]
        between = text[set_against.end : who.start]
        if who.end > one.start:
            break
        if _SET.search(lead) and len(between) < 30:
            return Whom(
                (frozenset(f"{b}/{a}" for a in set_against.subjects for b in who.subjects),)
            )
    behind = [m for m in sentence.named if m.start >= one.start]
    before = [m for m in sentence.named if m.end <= one.start]
    if (
        behind
        and before
        and _SET.search(text, one.start, behind[0].start)
        and not text[behind[0].start - 1 : behind[0].start].strip()
    ):
        gap = text[max(one.start, behind[0].start - 30) : behind[0].start]
        if _SET.search(gap):
            return Whom(
                (frozenset(f"{a}/{b}" for a in before[-1].subjects for b in behind[0].subjects),)
            )
    return None


def _told(
    sentence: Sentence, world: World, known: Heights, one: Extreme, subject: str
) -> Iterator[Told]:
    """Yield what the ledger says of a claim about one subject."""
    if one.sort is Sort.FIRST:
        yield from first(sentence, world, known, one, subject)
        return
    low, _ = clause.bounds(sentence, one.start)
    if one.sort is Sort.OTHER or _OTHER.search(sentence.text, low, one.start):
        return
    if one.sort is Sort.MADE:
        yield from _made(known, one, subject)
    elif one.sort is Sort.NEAR and one.length is not None:
        yield from _near_year(known, one, subject)
    elif one.sort is Sort.NEAR:
        dated = list(_made(known, one, subject)) if one.moments else []
        for told in _near(known, one, subject):
            yield next((wrong for wrong in dated if not wrong.holds), told)
    elif one.sort is Sort.BELOW and one.length is not None:
        fact = known.year(subject)
        if fact is not None and one.sign > 0:
            yield Told(fact.number < 0, fact.id, fact.display)
    elif one.sort in {Sort.AT, Sort.BELOW}:
        yield from _at(known, one, subject)
    else:
        of_year = _OF_YEAR.search(sentence.text, one.start, one.end)
        found = list(_since(known, one, subject))
        if of_year is not None and int(of_year["year"]) == known.session.year:
            found = list(_of_this_year(known, one, subject))
        yield from found


def _at(known: Heights, one: Extreme, subject: str) -> Iterator[Told]:
    if subject == "#line":
        found = [Told(f.value == known.session, f.id, f"made on {f.display}") for f in known.line]
    elif subject.startswith("#"):
        since = known.breadth_since(one.sign, subject.removeprefix("#breadth"))
        found = [Told(False, since.fact, since.said)] if since is not None else []
    else:
        found = list(known.at(subject, one.sign))
    dated = list(_made(known, one, subject)) if one.moments else []
    for told in found:
        right = told.holds == (one.sort is Sort.AT) and all(one.holds for one in dated)
        yield Told(right, told.fact, told.said)


def _made(known: Heights, one: Extreme, subject: str) -> Iterator[Told]:
    facts = known.line if subject == "#line" else [known.record(subject, one.sign)]
    for fact in facts:
        if fact is None or not isinstance(fact.value, dt.date):
            continue
        holds = all(when.holds(fact.value) for when in one.moments)
        if one.length is not None:
            days = (known.session - fact.value).days
            holds = one.length.shortest <= days <= one.length.longest
        yield Told(holds, fact.id, fact.display)


def _near(known: Heights, one: Extreme, subject: str) -> Iterator[Told]:
    fact = known.distance(subject)
    if fact is None:
        return
    far = abs(float(fact.number))
    if one.what:
        yield Told(far <= float(one.what), fact.id, fact.display)
    elif far <= _VAGUE or far > _FAR:
        yield Told(far <= _VAGUE, fact.id, fact.display)


def _near_year(known: Heights, one: Extreme, subject: str) -> Iterator[Told]:
    """Yield whether a subject is near the high of the past year; of its low nothing is known."""
    fact = known.year(subject)
    far = abs(float(fact.number)) if fact is not None else 0.0
    if fact is not None and one.sign > 0 and (far <= _VAGUE or far > _FAR):
        yield Told(far <= _VAGUE, fact.id, fact.display)


def _since(known: Heights, one: Extreme, subject: str) -> Iterator[Told]:
    """Yield whether the highest (or lowest) since agrees with the day or stretch named."""
    if subject.startswith("#"):
        found = known.breadth_since(one.sign, subject.removeprefix("#breadth"))
    else:
        found = known.since(subject, one.sign)
    year = known.year(subject)
    long = one.length is not None and one.length.shortest > 340
    if one.sign > 0 and year is not None and (long or found is None):
        if year.number < 0 and long:
            yield Told(False, year.id, f"{year.display} from the high of the past year")
            return
        if year.number == 0 and one.length is not None and one.length.shortest < 366:
            yield Told(True, year.id, "the highest of the past year")
            return
    if found is not None:
        yield Told(_reaches(known, one, found), found.fact, found.said)


def _of_this_year(known: Heights, one: Extreme, subject: str) -> Iterator[Told]:
    """Yield whether nothing since the turn of the year was as far out as today."""
    found = None if subject.startswith("#") else known.since(subject, one.sign)
    if found is not None:
        before = not found.ever or found.date.year < known.session.year
        yield Told(before, found.fact, found.said)


def _reaches(known: Heights, one: Extreme, found: Since) -> bool:
    if one.length is None:
        return not found.ever or all(when.holds(found.date) for when in one.moments)
    days = (known.session - found.date).days
    if not found.ever:
        return days >= one.length.shortest
    return one.length.shortest <= days <= one.length.longest
