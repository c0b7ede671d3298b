"""Superlatives: where prose calls a level a record, the highest since, or a first.

What is read here says nothing of the ledger: only which way, over which time, and whether
the words put the subject at the extreme, short of it, or beyond it.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsletter.preflight.moments import Length, Moment, length, moment
from newsletter.preflight.sentence import Sentence
from newsletter.preflight.wording import SPELLED


class Sort(StrEnum):
    """What is said of an extreme."""

    AT = "at"
    """The subject stands at it today."""
    MADE = "made"
    """The subject made it on a day."""
    BELOW = "below"
    NEAR = "near"
    SINCE = "since"
    """Nothing as far out since a day."""
    WITHIN = "within"
    """Nothing as far out over a stretch of time."""
    FIRST = "first"
    """Something happened as it had not since a day or over a stretch of time."""
    OTHER = "other"
    """A record of something that is no level."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """One claim about an extreme.

    Parameters
    ----------
    sort : Sort
        What is said.
    sign : int
        1 for the highest, -1 for the lowest.
    start, end : int
        Where the words stand, its date or stretch of time included.
    moments : tuple of Moment
        Days it names; all must agree.
    length : Length or None
        The stretch of time it names.
    what : str
        What happened, for a first.
    denied : bool
        Whether its own words deny it (``no longer below``).
    """

    sort: Sort
    sign: int
    start: int
    end: int
    moments: tuple[Moment, ...] = ()
    length: Length | None = None
    what: str = ""
    denied: bool = False


_I = re.IGNORECASE
_LEVEL = (
    r"close|closes|closing (?:level|price|high|low)s?|finish|highs?|lows?|peaks?|levels?|tops?|best"
    r"|worst|territory|ground|mark|print|heights?"
)
_OTHER = (
    r"number|run|streak|string|sequence|stretch|inflows?|outflows?|flows?|volumes?|turnover|profits?"
    r"|earnings|revenues?|sales|lead|margin|pace|share|year|quarter|month|week|day|gain|loss|fall|rise"
)
_RECORD = re.compile(
    rf"\b(?P<core>record|all-time|lifetime|historic)(?P<many>s)?(?![\w'])(?:[- ](?:(?P<other>{_OTHER})"
    rf"|(?P<level>{_LEVEL})))?\b",
    _I,
)
_NO_RECORD = re.compile(
    r"\b(?:track|on|off the|for the|broken|public|paper|world|attendance|criminal|the wrong|to) $",
    _I,
)
_GENERAL = re.compile(
    r"\b(?:after|before|of|like|any|every|such a thing as|chasing|than|about|until|following|whether"
    r"|between|without) (?:a |an )?(?:new |fresh )?$",
    _I,
)
"""What makes a record any record."""
_LAST_SET = re.compile(r"\bsince\b(?! \d)[^,;.]{0,70}$", _I)
_PLAIN_OF = re.compile(
    r"^(?:\s+(?:a|an|another|its|their|the|our)\b(?! (?:month|year|week|day)))", _I
)
"""What follows ``records`` as a verb."""
_LEAD = r"(?:(?:a|an|any|its|their|the|that|this|old|former|previous|last|own|all-time|\w+(?:'s)?|fund's) ){0,5}"
_SHORT = re.compile(
    rf"\b(?:below|beneath|under|short of|shy of|away from|off|from|adrift of|far from|nowhere near"
    rf"|miss(?:ed|es|ing)|lower than|south of|outside|less than|down on|lags?|trails?) {_LEAD}$",
    _I,
)
_NEAR = re.compile(
    rf"\b(?:near|close to|nearly at|almost at|approaching|just under|just below|just short of|just shy"
    rf" of|within (?:reach|sight|touching distance|a whisker|a hair|striking distance|range) of"
    rf"|within (?P<within>[\w.-]+(?: and a half)? ?(?:%|per ?cent|points?)) of|on the brink of) {_LEAD}$",
    _I,
)
_BEYOND = re.compile(
    rf"\b(?:regain(?:ed|s|ing)?|recover(?:ed|s)?|reclaim(?:ed|s)?|retak(?:e|en|es)|retook|surpass(?:ed|es)?"
    rf"|exceed(?:ed|s)?|eclips(?:ed|es)|better(?:ed|s)?|br(?:oke|oken|eaks|eak)|topp?(?:ed|s)?|beat|beaten"
    rf"|above|over|past|through|beyond|higher than|match(?:ed|es)?|equall?(?:ed|s)|return(?:ed|s)? to"
    rf"|back (?:at|to)) {_LEAD}$",
    _I,
)
_YET = re.compile(r"\byet to (?:\w+ ){0,2}$|\bno longer\b[^,;]{0,30}$", _I)
_DEFINITE = re.compile(
    r"(?:\b(?:the|its|their|that|this|old|former|previous|last|current|existing|standing|own)|'s|s')"
    r" (?:\w+ )?$",
    _I,
)
_MADE = re.compile(
    r"\b(?:set|sets|setting|made|makes|make|making|hit|hits|hitting|reach(?:ed|es)?|post(?:ed|s)"
    r"|notch(?:ed|es)|scor(?:ed|es)|record(?:ed|s)|log(?:ged|s)|at|to) (?:\w+(?:'s)? ){0,3}$",
    _I,
)
_CUED = re.compile(
    r"\b(?:on|in|of|from|set|made|back|dates?|dating|came|reached|hit|to|was|on the) (?:the )?$", _I
)
_NOT_WHEN = re.compile(r"\b(?:since|until|than|before|after|by|against|ago) (?:the )?$", _I)
_NOT_SINCE = re.compile(
    r"\b(?P<not>not) since (?:back in )?|\b(?:go|going|went|look|reach(?:ing)?) (?:all the way )?back (?:to|as far as) ", _I
)
_THIS_HIGH = re.compile(
    r"\b(?:this|so|as|that) (?:high|(?P<low>low))\b|\ba(?:ny)? (?:high(?:er)?|(?P<low2>low(?:er)?)) (?:close|level|finish)", _I
)
_NEW_HIGH = re.compile(
    r"\b(?:new|fresh|another)(?: new)?(?: closing)? (?:highs?|peaks?|(?P<low>lows?))(?! (?:for|of|in) the\b| (?:for|of) \d|-)\b", _I
)
_CROWD = re.compile(r"\b(?:members|stocks|names|issues|companies|more often|usually|net)\b", _I)
_DENIAL = re.compile(r"\b(?:not|never|no|nor)\b|n't\b", _I)
_BOUND = re.compile(r"[;!?]|\b(?:and|while|but|whereas|though|although)\b|\s[–—]\s", _I)
_PEAK = re.compile(
    r"\b(?:at (?:its|their|the|a|an all-time) (?:very |all-time |closing )?(?:peak|summit|zenith|apex)"
    r"|(?P<on>peaked)(?= (?:on|in|back|at|last)\b)|(?P<high>highest(?:-ever)? close)(?= (?:was|came|is) ))",
    _I,
)
_IDIOM = re.compile(
    r"\b(?:on top of the world|in(?:to)? uncharted (?:territory|waters|ground)|in(?:to)? blue[- ]sky"
    r" territory|(?:higher|(?P<l1>lower)) than ever(?: before)?"
    r"|(?:never|not ever)(?: before)? (?:closed|been|finished|ended|stood|settled|traded|gone out)"
    r"(?: at)? (?:any |so |this |as |a |quite so )*(?:high(?:er)?|(?P<l2>low(?:er)?))(?: close| level)?"
    r"|as (?:high|(?P<l3>low)) as (?:it has|they have) ever (?:been|closed|stood)"
    r"|nothing (?:now )?stands between [\w&' -]{2,40} and (?:its|their|a) record|unsurpassed"
    r"|ha(?:s|ve) (?:never|not) fallen short of (?:its|their|the) record(?: close)?)\b",
    _I,
)
_TAIL_NOUN = (
    r"(?:(?: (?:closing|weekly|daily|monthly|end-of-day))? (?:close|closes|level|levels|finish|price"
    r"|mark|reading|point|value|print|settlement|standing|tally|figure|perch))?"
)
_SUPER = re.compile(
    rf"\b(?:(?P<high>highest|loftiest|dearest)|(?P<low>lowest|cheapest)|(?P<best>best|strongest)"
    rf"(?= (?:closing |closing-)?(?:close|level|finish|price|since)\b)|(?P<worst>worst|weakest|poorest)"
    rf"(?= (?:closing )?(?:close|level|finish|price|since)\b))(?P<ever>-ever)?(?P<noun>{_TAIL_NOUN})"
    rf"(?: (?:it|they|the \w+) ha(?:s|ve|d) (?:been|closed|stood|seen|finished|traded|had))?",
    _I,
)
_EVER = re.compile(
    r"[ ,]*(?:ever\b|on record\b|of all time\b|to date\b|in (?:its|their|our|the|all) (?:\w+ ){0,3}?"
    r"(?:history|data|records?|sample|life|series|existence)\b|since (?:our |the |its )?(?:data|records?"
    r"|sample|history|series) (?:begins?|began|starts?|started)|we (?:have|hold)\b|of our data\b)",
    _I,
)
_SO = re.compile(
    r"(?:\bnot|n't)(?: \w+){0,3}? (?:been|closed|stood|finished|traded|settled|ended|seen|gone out)"
    r"(?: at)? (?:this|so|as|that|such|quite so|a|any)(?: a)? (?:high(?:er)?|lofty|elevated"
    r"|(?P<low>low(?:er)?))(?: (?:a )?(?:close|level))?",
    _I,
)
_N_HIGH = re.compile(
    rf"\b(?:(?P<n>(?:\d{{1,3}}|{SPELLED})[- ](?:day|session|week|month|year))|(?P<multi>multi)-?"
    r"(?P<unit>week|month|year)|(?P<year>year(?:'s|-to-date)|12m|1y)) (?:closing )?(?:highs?|peaks?"
    r"|(?P<low>lows?))\b|\b(?P<of>highs?|peaks?|(?P<low2>lows?)) (?:for|of) (?:the |this )?"
    r"(?:past |current |calendar )?(?P<span>year|quarter|month|week)\b",
    _I,
)
_SINCE = re.compile(
    r"[ ,]*(?:\w+,? ){0,4}?(?:at any (?:time|point) )?since (?:back in |around |about |the dark days of )?",
    _I,
)
_FOR = re.compile(r"[ ,]*(?:\w+ ){0,2}?(?:in|for|of|over|across) (?:as much as )?", _I)
_FIRST = re.compile(
    r"\b(?:for the first time|(?:the |its |their |a )?first(?: (?P<what>[\w%&'-]+(?: [\w%&'.-]+){0,8}?))?"
    r"|(?:the |its |their |a )?(?P<big>biggest|largest|steepest|sharpest|worst|best|deepest|heaviest"
    r"|strongest|widest|longest|greatest|poorest)(?: (?P<kind>(?:[\w'-]+ ){0,3}?(?:gain|rise|fall|drop|loss|decline"
    r"|advance|jump|slide|day|session|move|week|month|quarter|rally|margin|lead|run|streak|string|sell-off|selloff|plunge"
    r"|outperformance|underperformance)s?))?)(?= (?:since|in|for|ever|on record|this year|of the year)\b)",
    _I,
)


def extremes(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    """Yield every claim about an extreme in a sentence, none within another."""
    taken: list[tuple[int, int]] = []
    for reader in (_firsts, _idioms, _supers, _spans, _peaks, _records):
        for one in reader(sentence, session):
            if all(one.end <= low or one.start >= high for low, high in taken):
                taken.append((one.start, one.end))
                yield one


def _idioms(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    for match in _IDIOM.finditer(sentence.text, sentence.start, sentence.end):
        low = match["l1"] or match["l2"] or match["l3"]
        since = _when(sentence, match.end(), session) if "never" not in match[0].lower() else None
        sign = -1 if low else 1
        if since is not None:
            yield _timed(since, sign, match.start())
        else:
            yield Extreme(Sort.AT, sign, match.start(), match.end())


def _when(sentence: Sentence, at: int, session: dt.date) -> Moment | Length | None:
    """Read ``since April`` or ``in more than a year`` behind a superlative."""
    text, high = sentence.text, sentence.end
    since = _SINCE.match(text, at, high)
    if since is not None and since.end() - at <= 60:
        found: Moment | Length | None = moment(text, since.end(), session)
        if found is not None:
            return found
    stretch = _FOR.match(text, at, high)
    if stretch is not None:
        named = moment(text, stretch.end(), session)
        if named is not None and re.search(r"this year|\d{4}", text[named.start : named.end], _I):
            return named
        found = length(text, stretch.end())
        if found is not None and found.end <= high:
            return found
    return None


def _timed(
    when: Moment | Length, sign: int, start: int, sort: Sort = Sort.SINCE, what: str = ""
) -> Extreme:
    if isinstance(when, Moment):
        return Extreme(sort, sign, start, when.end, (when,), None, what)
    wanted = Sort.WITHIN if sort is Sort.SINCE else sort
    return Extreme(wanted, sign, start, when.end, (), when, what)


def _supers(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    text = sentence.text
    for match in _SUPER.finditer(text, sentence.start, sentence.end):
        sign = 1 if match["high"] or match["best"] else -1
        if re.match(r"-(?:yielding|paid|quality|rated)", text[match.end() :]):
            continue
        ever = _EVER.match(text, match.end(), sentence.end)
        if ever is not None or match["ever"]:
            yield Extreme(Sort.AT, sign, match.start(), ever.end() if ever else match.end())
            continue
        when = _when(sentence, match.end(), session)
        if when is not None:
            yield _timed(when, sign, match.start())
    yield from _turned(sentence, session)
    for match in _NEW_HIGH.finditer(text, sentence.start, sentence.end):
        if not _CROWD.search(text, sentence.start, sentence.end):
            yield Extreme(Sort.AT, -1 if match["low"] else 1, match.start(), match.end())
    for match in _SO.finditer(text, sentence.start, sentence.end):
        when = _when(sentence, match.end(), session)
        if when is not None:
            yield _timed(when, -1 if match["low"] else 1, match.start())


def _turned(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    """Read ``not since May has it closed this high``, ``go back to May for a higher close``."""
    text = sentence.text
    for match in _NOT_SINCE.finditer(text, sentence.start, sentence.end):
        when = moment(text, match.end(), session)
        high = when and _THIS_HIGH.search(text, when.end, min(sentence.end, when.end + 80))
        if when and high:
            sign = -1 if high["low"] or high["low2"] else 1
            yield Extreme(Sort.SINCE, sign, match.start(), high.end(), (when,), what="turned")


def _spans(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    """Read ``a three-month high``, ``the year's low``, ``a high for the year``."""
    text = sentence.text
    for match in _N_HIGH.finditer(text, sentence.start, sentence.end):
        before = text[max(sentence.start, match.start() - 48) : match.start()]
        if (
            re.search(r"\b(?:net|new|stocks?|members|names|at) $", before, _I)
            and "s" == match[0][-1]
        ):
            if not re.search(r"\bat $", before, _I):
                continue
        sign = -1 if match["low"] or match["low2"] else 1
        said = match["n"] or match["unit"] or match["span"] or "year"
        span = length(said.replace("-", " ") + ("s" if match["multi"] else ""), 0)
        if span is None:
            continue
        shift = Length(
            match.start(),
            match.end(),
            span.shortest,
            float("inf") if match["multi"] or match["span"] or match["year"] else span.longest,
        )
        if (
            re.search(r"\b(?:the|its|their|of|'s) $", before)
            and match["span"] is None
            and not _MADE.search(before)
            and not _SHORT.search(before)
        ):
            continue
        yield Extreme(
            Sort.BELOW if _SHORT.search(before) or _NEAR.search(before) else Sort.WITHIN, sign,
            match.start(), match.end(), (), shift,
        )  # fmt: skip


def _peaks(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    for match in _PEAK.finditer(sentence.text, sentence.start, sentence.end):
        when = _dated(sentence, match.end(), session)
        if when:
            yield Extreme(Sort.MADE, 1, match.start(), when[-1].end, when)
        elif not (match["on"] or match["high"]):
            yield Extreme(Sort.AT, 1, match.start(), match.end())


def _records(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    for match in _RECORD.finditer(sentence.text, sentence.start, sentence.end):
        before = sentence.text[max(sentence.start, match.start() - 60) : match.start()]
        verb = not match["level"] and _PLAIN_OF.match(sentence.text, match.end())
        if _NO_RECORD.search(before) or (verb and not _DEFINITE.search(before)):
            continue
        if match["core"].lower() != "record" and not match["level"]:
            continue
        if match["other"]:
            if not re.search(r"\b(?:the|that|its) $", before):
                yield Extreme(Sort.OTHER, 1, match.start(), match.end())
            continue
        yield from _record(sentence, match, before, session)


def _record(
    sentence: Sentence, match: re.Match[str], before: str, session: dt.date
) -> Iterator[Extreme]:
    sign = -1 if re.match(r"lows?|worst", match["level"] or "", _I) else 1
    start, end = match.span()
    yet = _YET.search(before) is not None
    near, short, beyond = (p.search(before) for p in (_NEAR, _SHORT, _BEYOND))
    if near and not short:
        span = length_of_percent(near["within"]) if near["within"] else None
        low = start - (len(before) - near.start()) if span is not None else start
        yield Extreme(Sort.NEAR, sign, low, end, what="" if span is None else str(span))
        return
    if short:
        when = _dated(sentence, end, session)
        when = when if when and when[0].start - end <= 24 else ()
        end = when[-1].end if when else end
        yield Extreme(Sort.BELOW, sign, start, end, when, denied=yet)
        return
    if _GENERAL.search(before):
        return
    last = _LAST_SET.search(before)
    if last is not None:
        yield from _since_last(sentence, start - len(before) + last.start(), end, sign)
        return
    when = _dated(sentence, end, session)
    since = re.match(r" since ", sentence.text[end:])
    denied = _DENIAL.search(sentence.text, sentence.start, start)
    if since and denied:
        unto = moment(sentence.text, end + since.end(), session)
        if unto is not None:
            yield Extreme(Sort.MADE, sign, start, unto.end, (unto,), denied=True)
            return
    if beyond and not when:
        yield Extreme(Sort.AT, sign, start, end, denied=yet)
        return
    definite = _DEFINITE.search(before)
    if when:
        yield Extreme(Sort.MADE, sign, start, when[-1].end, when)
    elif not definite or _MADE.search(before):
        yield Extreme(Sort.AT, sign, start, end, denied=yet)


def _since_last(sentence: Sentence, at: int, end: int, sign: int) -> Iterator[Extreme]:
    """Read ``it has been more than two years since … last set a record``."""
    low = max(sentence.start, at - 40)
    for word in re.finditer(r"\b\w", sentence.text[low:at]):
        span = length(sentence.text, low + word.start())
        if span is not None and span.end <= at and sentence.text[span.end : at].strip() == "":
            yield Extreme(Sort.MADE, sign, span.start, end, (), span)
            return


def length_of_percent(said: str) -> float | None:
    """Return the number of ``two percent`` or ``1.5%``."""
    from newsletter.preflight.wording import spelled

    digits = re.match(r"\d+(?:\.\d+)?", said)
    if digits:
        return float(digits[0])
    value = spelled(re.split(r" ?(?:%|per ?cent|point)", said)[0])
    return float(value) if value is not None else None


def _dated(sentence: Sentence, at: int, session: dt.date) -> tuple[Moment, ...]:
    """Return the day on which a record is said to have been made."""
    text, stop = sentence.text, min(sentence.end, at + 100)
    bound = _BOUND.search(text, at, stop)
    stop = bound.start() if bound else stop
    cued: list[Moment] = []
    bare: list[Moment] = []
    place = at
    for word in re.finditer(r"(?<![\w.])[\w]", text[at:stop]):
        here = at + word.start()
        lead = text[max(at, here - 14) : here]
        if here < place:
            continue
        found = moment(text, here, session)
        if found is None or found.end > stop:
            continue
        if _NOT_WHEN.search(lead):
            place = found.end
            continue
        near = cued and found.start - cued[-1].end <= 8
        if _CUED.search(lead) or near:
            if not cued or near:
                cued.append(found)
        else:
            bare.append(found)
        place = found.end
    return tuple(cued or bare[:1])


def _firsts(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    text = sentence.text
    for match in _FIRST.finditer(text, sentence.start, sentence.end):
        if re.match(r"best|worst|strongest|poorest", match["big"] or "", _I) and not match["kind"]:
            continue
        what = match["what"] or match["kind"] or text[match.start() : match.end()]
        since = re.match(r" since (?:back in |around |about |the )?(?=)", text[match.end() :], _I)
        when: Moment | Length | None = None
        if since is not None:
            when = moment(text, match.end() + since.end(), session) or moment(
                text, match.end() + 7, session
            )
        else:
            stretch = re.match(r" (?:in|for) ", text[match.end() :], _I)
            when = length(text, match.end() + stretch.end()) if stretch else None
            if stretch and when is None:
                continue
        whole = f"{match['big'] or ''} {what}"
        if when is None:
            tail = re.match(
                r" (?:since (?:the )?\w+|ever|on record|this year|of the year)",
                text[match.end() :],
                _I,
            )
            if tail is not None:
                end = match.end() + tail.end()
                yield Extreme(Sort.FIRST, 0, match.start(), end, what=whole)
            continue
        yield _timed(when, 0, match.start(), Sort.FIRST, whole)
