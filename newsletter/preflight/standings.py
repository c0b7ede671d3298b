"""Standings: where prose gives somebody a place in a league, and who that is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.preflight import clause
from newsletter.preflight.sentence import Sentence
from newsletter.preflight.whom import Whom, run, singles, whom

_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Standing:
    """One claim about a place.

    Parameters
    ----------
    start, end : int
        Where its words stand.
    place : int
        Counted from the top, or from the bottom where below zero.
    loose : bool
        Whether any place up to that one will do (``among the top three``).
    whom : Whom
        Of whom it is said.
    text : str
        Its words with what they are said among.
    denied : bool
        Whether its own words deny it.
    """

    start: int
    end: int
    place: int
    loose: bool
    whom: Whom
    text: str
    denied: bool = False


_ORDERS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
).split()
_ORDER = rf"(?:{'|'.join(_ORDERS)}|\d{{1,2}}(?:st|nd|rd|th)|next|runner-up)"
_GROUP = (
    r"(?:(?:[\w&'-]+ ){0,2}?(?:sectors?|industr(?:y|ies)|groups?|funds?|styles?(?: box(?:es)?)?|boxes|box|cells?"
    r"|corners?|ind(?:ex|ices|exes)|giants?|mega[- ]?caps?|magnificent seven|seven|eleven|commodit(?:y|ies)"
    r"|metals?|pack|field|bunch|lot|league|table|board|class|rest|group|market|four|six|index funds?|averages))"
)
_OF = (
    rf"(?: (?:of|among|amongst|in|from)(?: all)?(?: (?:the|our|its|these|those|this))?(?: (?:past|whole))?"
    rf"(?: (?:\d{{1,2}}|two|three|four|five|six|seven|eleven|ten|day's|evening's|week's|month's|year's))?(?: other| S&P 500| rising| falling)?"
    rf" {_GROUP}\b)"
)
_HEAD = (
    rf"(?:[- ](?:performing|placed))?(?: (?:performers?|one|showing|return|performance|of them))?(?: {_GROUP}\b)?{_OF}?"
    rf"(?: performers?| member)?"
)
_TOP = r"best|strongest|finest|hottest|firmest|sturdiest|brightest"
_BOTTOM = r"worst|weakest|poorest|softest|feeblest|sorriest"
_SPAN_OF = r"(?: of (?:the|a) (?:day|session|evening|week|month|quarter|year|lot|bunch|pack|field|class|night))?"
_BEST = re.compile(
    rf"\b(?:(?P<order>{_ORDER})[- ])?(?:(?P<top>{_TOP})|(?P<bottom>{_BOTTOM}))(?P<head>{_HEAD})(?P<span>{_SPAN_OF})"
    r"(?= (?:of|on|over|in|so|today|tonight|this|at|with|was|is|were|are|has|have|had|by|since|for|among|again|and|by far"
    r"|technology|energy|financials|materials|industrials|utilities|health|real|communication|consumer|staples|discretionary)\b"
    r"|[,.;:)!?]|\s[–—-]|$|\s\()",
    _I,
)
_BIGGEST = re.compile(
    rf"\b(?:(?P<order>{_ORDER})[- ])?(?:biggest|largest|best|worst|top|steepest|heaviest) (?:single )?"
    rf"(?:(?P<top>gainers?|risers?|winners?|climbers?|advancers?|performers?)|(?P<bottom>fallers?|losers?|decliners?"
    rf"|laggards?|casualt(?:y|ies)|drags?))\b(?P<head>{_OF}?)(?P<span>{_SPAN_OF})",
    _I,
)
_HAD = re.compile(
    rf"\b(?:(?P<top>{_TOP})|(?P<bottom>{_BOTTOM})) (?:day|session|week|month|quarter|year|run|time|showing)"
    rf"(?P<head> (?:of|among) (?:any|all|the)(?: of)?(?: the)?(?: other)?(?: (?:eleven|seven|four|six))? {_GROUP}\b)",
    _I,
)
_NOUN = re.compile(
    rf"\b(?P<lead>(?:the |(?:day|week|month|year|evening|session|quarter)'s |clear |sector |outright ){{0,4}})(?:(?P<top>leader|winner|champion|pick|stars?(?= of)|standout|stand-out"
    rf"|pacesetter|pace-setter|front-?runner|top dog|best of)|(?P<bottom>laggard|loser|straggler|tail-?ender|backmarker"
    rf"|back-marker|wooden spoon|weak(?:est)? link))\b(?P<head>{_OF}?)(?P<span>{_SPAN_OF})",
    _I,
)
_TABLE = r"(?:(?:sector|league|performance|industry|day's|week's|month's|year's|eleven-sector)(?:'s)? )*(?:table|list|board|leader ?board|rankings?|standings|league|pile|pack|field|class|pecking order|scoreboard)"
_VERB = re.compile(
    rf"\b(?:(?P<top>(?:led|leads?|leading|topp(?:ed|ing)|tops|head(?:ed|s|ing)) (?:every (?:other )?(?:sector|giant|one)|all (?:the )?(?:other )?sectors|the (?:(?:eleven|seven|other) )?(?:{_TABLE}"
    rf"|sectors|giants|magnificent seven|gainers|risers|winners|advance(?:rs)?|way(?! (?:down|lower))|charge|rally|climb)\b)"
    rf"(?! (?:down|lower))"
    rf"|(?:took|takes|won|wins|claimed|earned|bagged) (?:the )?(?:gold(?: medal)?|laurels|crown|day(?= (?:among|in|of))|top (?:spot|place|honours)|palm)|(?:came|comes|coming|come|finished|ended) (?:out )?(?:on )?top(?= (?:of|among|in|on|over|this|today)\b|[.,;]|$)|(?:out )?in front of (?:the|all)(?: the)?(?: other)? {_GROUP}|w[io]ns? the (?:day|week|session|month)"
    rf"|set the pace|did best|fared best|shone brightest|(?:rose|gained|climbed|advanced|returned|earned) (?:the )?most\b|stole the show)"
    rf"|(?P<next>second|third|next) (?:from (?:the )?(?:bottom|last)|to last|bottom)\b|(?P<next2>last but one|next-to-last|second-to-last|penultimate)\b"
    rf"|(?P<bottom>propp?(?:ed|ing|s) up (?:the )?(?:{_TABLE}|rest|others|sectors|eleven|bottom)"
    rf"|br(?:ought|ings?|inging) up the rear|(?:led|leads?|leading|head(?:ed|s)|topp(?:ed|ing)) (?:the )?(?:way |sectors |list of |giants |pack )?(?:down|lower|decliners|losers|fallers|laggards|retreat|decline|fall|losers' list)\b"
    rf"|(?:took|takes|collected|earned) (?:home )?the wooden spoon|did worst|fared worst|came off worst|suffered (?:the )?most|(?:fell|lost|dropped|slid|declined) (?:the )?most\b"
    rf"|(?:finished|came|ended|closed|ranked|placed|was|were|is|are|sits?|stood|stands|languish\w*) (?:dead |plumb |stone |down )?(?:in )?last(?! (?:week|month|year|night|quarter)\b)|rooted to the (?:bottom|foot)))"
    rf"(?P<head>{_OF}?)",
    _I,
)
_PLACE = re.compile(
    rf"(?:\b(?:came|comes|finished|finishes|ended(?: up)?|ranked|ranks?|placed|closed|landed|stood|stands|sits|was|is|were|are|took|takes|taking|in|claimed|holds?|held|occup(?:ied|ies)|for)"
    rf" (?:only |just |a |the |a distant |a close |in )?(?:(?P<o1>{_ORDER}|top|bottom|last)(?: (?P<pl>place|spot|slot|position|rank))|(?P<o2>{_ORDER}|top(?= (?:of|among|in)\b)|bottom(?= (?:of|among|in)\b))"
    rf"(?= (?:of|among|amongst|in|on the|over|this|today|out|from)\b|[.,;:]|$))"
    rf"|\b(?P<medal>gold|silver|bronze)(?: medals?\b|(?= (?:for|to|went|goes)\b))|\b(?P<o3>{_ORDER}|top|bottom|last) (?:place|spot|slot|position)\b"
    rf"|\b(?P<o4>runners?-up)\b|\b(?P<only>second only to)"
    rf"|\b(?:a |dead |stone |plumb )?(?P<o5>{_ORDER}|last|bottom)(?= (?:of|among|in) (?:the |all )?(?:sectors?\b|{_GROUP}))"
    rf"|\b(?P<lead>at the (?:very )?)?(?:(?P<top>top|head|front|summit)|(?P<bottom>bottom|foot|back|tail|rear|tail end)) of (?:the |today's |its )?(?:{_TABLE}|sectors|eleven|giants|seven|sector|(?:day's |today's )?advance)\b"
    rf"|\b(?:among|in|made|into|inside) the (?:(?P<tops>top|best|leading)|(?P<bottoms>bottom|worst|weakest)) (?P<many>two|three|four|five|\d)\b"
    rf"|\b(?:among|one of) the (?:(?P<several>best|strongest|leaders|leading)|(?P<weak>worst|weakest|laggards|poorest))\b)(?P<head>(?: {_GROUP}\b)?{_OF}?)",
    _I,
)
_NONE = re.compile(
    rf"\b(?:no(?: other|ne(?: of (?:the|them)(?: (?:eleven|seven|four))?)?|body|t (?:one|a single)|thing| one)?|nowhere|neither)(?P<group>(?: (?:other )?{_GROUP}\b)?{_OF}?)"
    rf"(?P<mid>[^.;:]{{0,60}}?) (?:(?P<better>better|higher|further ahead|more ground|stronger|(?:rose|gained|climbed|advanced|returned|earned|rise|gain) (?:by )?more)"
    rf"|(?P<worse>worse|lower|weaker|harder|(?:fell|lost|dropped|slid|declined|fall|lose|drop) (?:by )?(?:more|further)))(?P<mid2>[^.;:,]{{0,40}}?) than(?: in| for| at)? (?:the )?",
    _I,
)
_NONE_BEAT = re.compile(
    rf"\b(?:no(?: other|ne|body|thing)?|not one)(?P<group>(?: (?:other )?{_GROUP}\b)?{_OF}?) (?:(?:could|can|did|has|managed to) )?(?P<beat>beat|beaten|touch|keep up with|bested|outdid|outpaced|topped|matched|match|outperformed) (?:the )?",
    _I,
)
_ALL = re.compile(
    rf"\b(?:(?P<better>beat|beats|outpaced|outperformed|did better than|better than|outdid|outran|ahead of|outstripped|(?:rose|gained|climbed|advanced|returned|earned|up|made) (?:by )?(?:more|further) than)|(?P<worse>trailed|lagged|did worse than|worse than|behind|underperformed|(?:fell|lost|dropped|slid|declined|down|shed) (?:by )?(?:more|further|harder) than))"
    rf" (?:every(?: single)?(?: other| one of the others)?|all(?: of)?(?: the)?(?: ten| six| three)?(?: other)?|any (?:of the )?(?:other|rest)|each of the other|the other) (?P<group>(?:ten |six |eleven |seven |three )?(?:other )?{_GROUP})\b",
    _I,
)
_COPULA = re.compile(
    r"(?:[ ,]+(?:was|were|is|are|has|have|had|been|be|also|again|still|once more|easily|clearly|by far|comfortably|the|its|their|a|an|(?:day|week|month|year|quarter|session|evening|night)'s"
    r"|so far|as|today|tonight|ended(?: up)?|finished|came|proved|remains?|remained|became|turned out|to be|out|up|not|no|far from|only|just|anything but"
    r"|by no means|this (?:year|week|month|quarter)|on the day|over the (?:past )?(?:week|month|quarter|year)|both|too|even|now|then|probably|arguably|among|well|'s|all))*[ ,(–—-]*",
    _I,
)
_TO = re.compile(
    r"(?:[ ,]*\b(?:of|among|in|on|over|for|by|so far|today|tonight|this|the|these|all|last|past|previous|year-to-date|to date|and|as|day|week|month|year|session|sessions|quarter|months|since"
    r"|began|start|five|three|one|twelve|sector|sectors|eleven|seven|giants?|table|board|pack|evening|time|again|once more|at least|far|with dividends|dividends included|among them)\b)*"
    r"[ ,:(–—-]*(?:\b(?:was|were|is|are|has been|have been|had been|belong(?:s|ed|ing)? to|went to|goes to|go to|falls? to|fell to|came|turned out to be|remains?"
    r"|being|proved|to|for|from|by)\b[ ,:]*)*(?:once again |again |once more |instead )?(?:the |both )?",
    _I,
)
_BESIDE = re.compile(r", (?:behind|after|ahead of|just behind|right behind|second only to)\b[^,;]*,", _I)
_NO_RANK = re.compile(r"\bat (?:its |their )?$|\b(?:we|I|you|they) (?:like|prefer|love|know)[^,;]*$", _I)
_OPENS = re.compile(r"(?:^|[.:;,(–—-] ?)$")
"""What stands before a place that opens a clause of its own."""
_TO_WHOM = re.compile(r" (?:to|for|goes to|went to) ", _I)
_NOT = re.compile(r"\b(?:not|unlike|rather than|instead of) (?:the )?$", _I)
_THROUGH = re.compile(r"\b(?:behind|after|ahead of|below) $", _I)


def standings(sentence: Sentence) -> Iterator[Standing]:
    """Yield every claim to a place in a sentence, none within another."""
    taken: list[tuple[int, int]] = []
    for reader in (_nones, _alls, _lasts, _places, _bests, _verbs):
        for one in reader(sentence):
            if all(one.end <= low or one.start >= high for low, high in taken):
                taken.append((one.start, one.end))
                yield one


def _bests(sentence: Sentence) -> Iterator[Standing]:
    for form in (_HAD, _BIGGEST, _BEST, _NOUN):
        for match in form.finditer(sentence.text, sentence.start, sentence.end):
            lead = sentence.text[max(sentence.start, match.start() - 24) : match.start()]
            if _NO_RANK.search(lead):
                continue
            if "lead" in match.groupdict() and not match["lead"]:
                if match.start() > sentence.start and not _OPENS.search(lead):
                    continue
            order = (match.groupdict().get("order") or "").lower()
            place = _order(order) if order else 1
            if order == "next":
                place = 2
            sign = 1 if match["top"] else -1
            yield Standing(
                match.start(), match.end(), sign * place, False,
                placed(sentence, match.start(), match.end()), match[0],
            )  # fmt: skip


def _verbs(sentence: Sentence) -> Iterator[Standing]:
    for match in _VERB.finditer(sentence.text, sentence.start, sentence.end):
        near = match["next"] or match["next2"]
        low = {"third": -3}.get((match["next"] or "").lower(), -2)
        yield Standing(
            match.start(), match.end(), low if near else 1 if match["top"] else -1, False,
            placed(sentence, match.start(), match.end()), match[0],
        )  # fmt: skip


def _lasts(sentence: Sentence) -> Iterator[Standing]:
    """Read places counted from the last before ``second`` can be taken for one from the first."""
    return (one for one in _verbs(sentence) if one.place < -1)


def _places(sentence: Sentence) -> Iterator[Standing]:
    for match in _PLACE.finditer(sentence.text, sentence.start, sentence.end):
        bare = match["o5"] or ((match["top"] or match["bottom"]) and not match["lead"])
        if bare and not _OPENS.search(sentence.text, sentence.start, match.start()):
            continue
        said = (match["o1"] or match["o2"] or match["o3"] or match["o4"] or match["o5"] or "").lower()
        medals = {"gold": 1, "silver": 2, "bronze": 3}
        loose = bool(match["tops"] or match["bottoms"] or match["several"] or match["weak"])
        if match["medal"]:
            place = medals[match["medal"].lower()]
        elif match["only"] or said.startswith("runner"):
            place = 2
        elif said in {"top", ""} and not loose:
            place = -1 if match["bottom"] else 1
        elif said in {"bottom", "last"}:
            place = -1
        elif loose:
            many = {"two": 2, "three": 3, "four": 4, "five": 5}.get((match["many"] or "three").lower())
            place = many or int(match["many"])
            place = -place if match["bottoms"] or match["weak"] else place
        else:
            place = _order(said)
        said_of = whom if match["only"] or _TO_WHOM.match(sentence.text, match.end()) else placed
        who = said_of(sentence, match.start(), match.start() + 6 if match["only"] else match.end())
        yield Standing(match.start(), match.end(), place, loose, who, match[0])
        if match["only"]:
            yield from _ahead(sentence, match)


def _ahead(sentence: Sentence, match: re.Match[str]) -> Iterator[Standing]:
    """Read who is first where somebody is second only to them."""
    behind = next((m for m in singles(sentence) if m.start >= match.end()), None)
    if behind is not None and behind.start - match.end() <= 6:
        who = Whom((behind.subjects,), behind.start, behind.end)
        yield Standing(behind.start, behind.end, 1, False, who, match[0])


def _nones(sentence: Sentence) -> Iterator[Standing]:
    for form in (_NONE, _NONE_BEAT):
        for match in form.finditer(sentence.text, sentence.start, sentence.end):
            after = next((m for m in singles(sentence) if m.start >= match.end()), None)
            if after is None or after.start - match.end() > 4:
                continue
            if any(match.start() < m.start < match.end() for m in singles(sentence)):
                continue
            sign = -1 if match.groupdict().get("worse") else 1
            who = Whom((after.subjects,), after.start, after.end)
            yield Standing(match.start(), match.end(), sign, False, who, match[0])


def _alls(sentence: Sentence) -> Iterator[Standing]:
    for match in _ALL.finditer(sentence.text, sentence.start, sentence.end):
        who = placed(sentence, match.start(), match.end())
        sign = 1 if match["better"] else -1
        yield Standing(match.start(), match.end(), sign, False, who, match[0])


def _order(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits[0]) if digits else _ORDERS.index(said) + 1


def placed(sentence: Sentence, start: int, end: int) -> Whom:
    """Return who is given the place that the words from `start` to `end` name."""
    before = [m for m in singles(sentence) if sentence.start <= m.start and m.end <= start]
    last = before[-1] if before else None
    low, _ = clause.bounds(sentence, start)
    if last is not None and _NOT.search(sentence.text, max(sentence.start, last.start - 12), last.start):
        before = before[:-1]
        if before and sentence.text[last.end : start].strip(" ,") in {"", "was", "is", "were", "are"}:
            return run(sentence, before[-1], -1)
    beside = next((m for m in singles(sentence) if 0 <= m.start - end <= 1), None)
    if beside is not None and last is not None and sentence.text[last.end] == ",":
        return run(sentence, beside, +1)
    if last is not None and _COPULA.fullmatch(sentence.text, last.end, start) and last.start >= low - 40:
        return run(sentence, last, -1)
    behind = _following(sentence, end)
    if behind is not None:
        return behind
    return whom(sentence, start, end)


def _following(sentence: Sentence, end: int) -> Whom | None:
    for mention in singles(sentence):
        if mention.start < end:
            continue
        if mention.start - end > 120:
            return None
        gap = sentence.text[end : mention.start]
        if _TO.fullmatch(_BESIDE.sub(" ", gap)):
            return run(sentence, mention, +1)
        if not _THROUGH.search(sentence.text, end, mention.start) and "," not in gap:
            return None
    return None
