"""Slips: words of number, order and share in a proved sentence that no claim has taken in.

"Some sectors did better" where none did, "up from" a figure that was higher, "less than the
0.5%" of a figure that is larger, "third only to", "fees included". What is asked here needs no
fact that the sentence has not shown: the counted group must lie in a claim, and two figures
set side by side must stand in the order that the words between them say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged
from newsletter.preflight.figures.figure import Figure
from newsletter.preflight.nets.trial import Refusal
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_CASE = re.IGNORECASE
_ORDER = r"(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh)"
_COSTS = r"(?:fees|costs|taxes|tax|commissions|charges|expenses)"
_PHRASES = (
    (
        "only to",
        compiled(rf"\b(?:{_ORDER}|last|first) only to\b", _CASE),
        "only the second place is second only to somebody; say behind whom it came",
    ),
    (
        "worse than",
        compiled(
            r"\b(?:gained|rose|risen|climbed|added|returned|advanced|jumped|put on|tacked on|made"
            r"|up|higher|and) worse than (?=(?:an? |one |two |three |\w+(?:-\w+)? )(?:\w+ ){0,3}"
            r"(?:per ?cent|points?|third|quarter|fifth|tenth|half)|\d)",
            _CASE,
        ),
        "a gain is more or less than a figure; say which",
    ),
    (
        "day",
        compiled(
            r"\b(?P<days>\d{2,3}|fifty|two[- ]hundred|twenty|hundred)[- ]day(?: moving)?(?: average"
            r"| line)?(?: (?!but\b)[\w'’-]+){0,4}? (?:through|above|below|under|over|beneath|and"
            r"|nor|or|from|to) (?:its |the |their )?(?P=days)[- ]day\b",
            _CASE,
        ),
        "these are one and the same average; name the other",
    ),
    (
        "first ",
        compiled(
            r"\bfirst (?:rate )?(?:move|step|change|cut|hike|increase|record(?: close)?"
            r"|breadth thrust|thrust)\b(?! (?:since|in|of (?:the|this) (?:year|cycle)|this year))"
            r"|\bfirst (?:set|made|posted|notched) (?:an?|its|the) (?:[\w-]+ )?(?:record|high)\b"
            r"|\bfirst (?:stood|quoted|seen) at\b"
            r"|\bover the first \w+ (?:sessions|days|weeks)\b",
            _CASE,
        ),
        "the ledger knows the last of these, not the first; say last, or take it out",
    ),
    (
        " separate ",
        compiled(
            rf"\b(?:second|{_ORDER}|\d{{1,2}}(?:st|nd|rd|th)) separate"
            r" (?:session|day|week|month)\b",
            _CASE,
        ),
        "the run is known as one in a row; say straight or in a row",
    ),
    (
        "ot only",
        compiled(r"\bnot only\b(?![^.;]*\b(?:but|also|too)\b)", _CASE),
        "who else is not said; name them with but also, or say only",
    ),
    (
        " ahead",
        compiled(
            r"\b(?:first|top|best|led|heads?|headed)\b[^.;]{0,60}, with [^.;,]{3,40} (?:close|right"
            r"|just|hard|next|narrowly|not far) ahead\b",
            _CASE,
        ),
        "nobody is ahead of the first; say behind",
    ),
    (
        "average",
        compiled(
            r"\baverage\b(?: (?:of \w+|today|tonight|itself|now))? (?:lies?|is|stands?|sits?|runs?"
            r"|hangs?|was|stood|lay|sat) (?:[\w.,%-]+ ){0,5}?(?:above|below|over|under|beneath"
            r"|higher than|lower than) (?:the |its |that )?(?:\w+ ){0,2}?(?:clos(?:e|ing)|price"
            r"|level|fund|shares?|stock|index|last)\b",
            _CASE,
        ),
        "say where the close stands of its average, not where the average stands of the close",
    ),
    (
        "agnificent",
        compiled(r"\bMagnificent (?:Two|Three|Four|Five|Six|Eight|Nine|Ten|[234568])\b", _CASE),
        "the giants are seven; say Magnificent Seven",
    ),
)
"""What a phrase must hold to be looked for, what is read, and what to do."""
_COSTED = quick(
    rf"\b{_COSTS} (?:included|in\b(?=[,.;)]|$)|counted|and all)"
    rf"|\b(?:with|after|net of|including|counting|counts) (?:the )?{_COSTS}\b",
    _CASE,
)
_TAXED = "no return of the ledger counts these; say dividends, or take it out"
_ALWAYS = quick(
    r"\bha(?:s|ve) (?:always|often|seldom|rarely|usually|frequently|sometimes) (?:closed|ended"
    r"|finished|stood|been|traded|settled) (?:this |so |as )?(?:higher|lower|above|below|high|low)",
    _CASE,
)
_OFTEN = "no fact tells how often; say never, or since when"
_GROUP = (
    r"(?:sectors?|giants?|mega[- ]caps|members?|stocks|shares|companies|styles|industries"
    r"|commodities)\b(?!['’-])"
)
_MANY = quick(
    rf"(?<!of )\b(?:some|most|all|every|few|many|several|any|half)(?: of)?(?: the| our)?(?: other)?"
    rf"(?: S&P 500| S&P| index| big| \d+| eleven| seven)? {_GROUP}",
    _CASE,
)
_UNCOUNTED = "nobody has proved of how many this holds; say it of the named ones, or count them"
_ROSE = compiled(
    r"\b(?P<way>up|higher|risen|down|lower|fallen) from (?:an? |the |about |nearly |some |almost"
    r" |just (?:over|under) |roughly |around |more than |less than )*$",
    _CASE,
)
_THAN = compiled(
    r"\b(?P<way>more|better|higher|larger|bigger|less|fewer|lower|smaller|worse) than (?:the"
    r"|its|their) $",
    _CASE,
)
_END = quick(
    r"\b(?:(?P<low>bottom|floor|lower (?:end|bound|limit))|(?P<high>top|ceiling|upper (?:end|bound"
    r"|limit))) of (?:its|the|the Fed's) (?:target )?range\b"
    r"|\b(?:range|band|corridor|rate)\b[^.;,]{0,16}? (?P<up>runs? up to|tops? out at|reaches"
    r"|goes up to|is capped at|peaks at)|\b(?:range|band|corridor|rate)\b[^.;,]{0,16}?"
    r" (?P<from>starts? at|begins? at)",
    _CASE,
)
_EXTREMES = compiled(r"(?:S&P 500|[^.;:\d]){0,60}?\b(?:(?P<high>highs?)|(?P<low>lows?))\b", _CASE)
_END_OF_YEAR = compiled(r"\b(?:highs?|lows?)\b", _CASE)
_OTHERS = "that is how many made the other extreme"
_EVENT = compiled(
    r"(?P<who>[^.]+)\.(?P<event>record_close|record_low|year_high|year_low)\.(?P<what>date|level)$"
)
"""Facts that tell how far somebody came, and when."""
_LESS = frozenset({"down", "lower", "fallen", "less", "fewer", "smaller"})
_UNSURE = frozenset({"worse", "better"})
_DISORDER = "the two figures stand the other way round"
_FAR = 90
_Found = Iterator[Refusal]


def slips(sentence: Sentence, claims: Sequence[Judged]) -> Iterator[Refusal]:
    """Yield words of number and order that none of a sentence's claims has read.

    Parameters
    ----------
    sentence : Sentence
        A sentence in which nothing is wrong so far.
    claims : sequence of Judged
        Its claims.
    """
    proved = any(one.verdict is Verdict.PROVED for one in claims)
    found = [*_phrases(sentence), *_ordered(sentence), *_ends(sentence, claims)]
    found += _parted(claims)
    found += _extremes(sentence, claims)
    found += _counted(sentence, claims)
    for start, end, advice in found if proved else _counted(sentence, claims):
        if not clause.supposed(sentence, start):
            yield start, end, advice
    for match in sentence.find(_ALWAYS) if sentence.named else ():
        yield *match.span(), _OFTEN


def _phrases(sentence: Sentence) -> _Found:
    text = sentence.text
    for needle, pattern, advice in _PHRASES:
        if text.find(needle, sentence.start, sentence.end) >= 0:
            for match in sentence.find(pattern):
                yield *match.span(), advice
    for match in sentence.find(_COSTED):
        yield *match.span(), _TAXED


def _ends(sentence: Sentence, claims: Iterable[Judged]) -> _Found:
    """Yield ends of the Fed's target range that are called the other end."""
    for match in sentence.find(_END):
        low = match["low"] or match["from"]
        other = ".target_high." if low else ".target_low."
        right = ".target_low." if low else ".target_high."
        facts = [one.fact for one in claims if one.verdict is Verdict.PROVED]
        if any(other in f for f in facts) and not any(right in f for f in facts):
            yield *match.span(), "the figure is that of the other end of the range"


def _extremes(sentence: Sentence, claims: Iterable[Judged]) -> _Found:
    """Yield how many made new highs where that is how many made new lows, or the other way."""
    for one in claims:
        # The balance of both prints as either of them where the other is nought: it tells nothing.
        high, low = ".new_highs." in one.fact, ".new_lows." in one.fact
        if one.verdict is not Verdict.PROVED or high == low:
            continue
        if sentence.text[: one.start].endswith(": "):
            continue  # "new highs: 12, new lows: 13"
        if _END_OF_YEAR.search(sentence.text, one.start, one.end):
            continue  # the claim has read the word itself
        said = _EXTREMES.match(sentence.text, one.end, sentence.end)
        if said is not None and bool(said["high"]) != high:
            yield one.start, said.end(), _OTHERS


def _parted(claims: Sequence[Judged]) -> _Found:
    """Yield days that are those of another event than the level beside them."""
    events = [(one, _EVENT.match(one.fact)) for one in claims if one.verdict is Verdict.PROVED]
    days = [(one, m) for one, m in events if m and m["what"] == "date"]
    for one, day in days:
        own = [m for _, m in events if m and m["who"] == day["who"] and m["what"] == "level"]
        if own and all(m["event"] != day["event"] for m in own):
            yield (
                one.start,
                one.end,
                "this is the day of another close; print that of the one named",
            )


def _counted(sentence: Sentence, claims: Iterable[Judged]) -> _Found:
    """Yield groups of whom something is said that lies in no claim."""
    for match in sentence.find(_MANY):
        if not any(one.start < match.end() and match.start() < one.end for one in claims):
            yield *match.span(), _UNCOUNTED


def _ordered(sentence: Sentence) -> _Found:
    """Yield figures that are not above, or below, the one they are set against."""
    if not (sentence.may(_ROSE) or sentence.may(_THAN)):
        return
    text = sentence.text
    for other in sentence.figures[1:]:
        lead = text[max(sentence.start, other.start - 40) : other.start]
        match = _ROSE.search(lead) or _THAN.search(lead)
        if match is None or match["way"].lower() in _UNSURE:
            continue
        start = other.start - len(lead) + match.start()
        one = _before(sentence, other, start, near=match.re is _THAN)
        if one is None or one.value is None or other.value is None:
            continue
        apart = abs(one.value) - abs(other.value)
        if apart and (apart < 0) != (match["way"].lower() in _LESS):
            yield start, other.end, _DISORDER


def _before(sentence: Sentence, other: Figure, start: int, *, near: bool) -> Figure | None:
    """Return the figure of the same kind that another is set against."""
    reach = 24 if near else _FAR
    for one in reversed(sentence.figures):
        if one.end > start or one.kind is not other.kind:
            continue
        between = sentence.text[one.end : start]
        return one if len(between) <= reach and ";" not in between else None
    return None
