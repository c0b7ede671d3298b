"""Standing: whether a figure is where something stands, its record, or by how much it moved."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences.reading import Reading

_VERBS = (
    r"(?:rose|rise[sn]?|rising|gained|gains?|climb\w*|advanc\w*|add(?:s|ed|ing)|jump\w*|surg\w*"
    r"|fell|falls?|fallen|falling|los[te]|loses|losing|dropp?\w*|declin\w*|slid\w*|slip\w*|shed\w*|sank"
    r"|tumbl\w*|plung\w*|eas(?:ed|es)|dipp?\w*|returned|put on|tacked on|gave up|up|down|cut|shaved"
    r"|increase[sd]?|decrease[sd]?|moved|changed|widened|narrowed)"
)
_LITTLE = (
    r"(?:(?:more|less|better|fewer) than|over|under|nearly|almost|about|roughly|some|just|only|a"
    r"|another|further|around|barely|little|above|below|mere|shade|full|at least|short of|shy of)"
)
MOVED_BY = quick(
    rf"\b{_VERBS}(?: by)?(?: {_LITTLE}){{0,4}} $|\b(?:by|rise of|fall of|gain of|loss of|drop of"
    rf"|decline of|increase of|advance of)(?: {_LITTLE}){{0,4}} $",
    re.IGNORECASE,
)
"""Words right before a figure that make it a change, not where something stands."""
GAINED = compiled(
    rf"\b(?:gained|rose|risen|added|put on|climbed|advanced|lost|fell|fallen|dropped|declined|shed"
    rf"|slid|returned)(?: {_LITTLE}){{0,4}} $",
    re.IGNORECASE,
)
"""Words right before a figure that make it a return, and no distance."""
REACHED = compiled(
    r"\b(?:to|at|reads?|reading of|stands? at|stood at|reach(?:ed|es)|hit|hits|is now)"
    rf"(?: {_LITTLE}){{0,3}} $",
    re.IGNORECASE,
)
"""Words right before a figure that make it where something stands, not a change."""
_RECORD = compiled(r"\b(?:record|peak|all-time|high|highest)\b", re.IGNORECASE)
_CLOSED = quick(
    r"\b(?:clos(?:ed|es)(?! of)|went out|ended|ends|finished|finishes|settled|settles|stands|stood"
    r"|sits|trades|is now|now at|tonight|today)\b|[$€]\d",
    re.IGNORECASE,
)
_RECORD_BEHIND = compiled(
    r",? ?\(?(?:a |its |the |all-time |new )*(?:record|peak|high)\b", re.IGNORECASE
)
SET_TODAY = compiled(
    r"\b(?:a|another|new|fresh|first|its) (?:\w+ )?(?:record|peak|all-time high)\b", re.IGNORECASE
)
NO_NOUN = compiled(
    r"\s*(?:$|[.,;:!?)—–|]|(?:and|but|while|over|in|on|for|this|since|today|tonight|yet|after"
    r"|against|from|at|as|or|whereas|though|up|down|now|by|with|is|was|which|dollars|points|mark"
    r"|level|line|to|apiece|a (?:share|barrel|pound|ounce|year|week|month)|before|above|below"
    r"|its|the|handle|reading|when|where|per)\b)",
    re.IGNORECASE,
)
"""What follows a figure that counts nothing."""
_RATIO_SAID = compiled(
    r"(?:the )?ratio of (?:[\w&'’-]+ ){1,5}to (?:[\w&'’-]+ ){1,6}?(?:closed|stands|stood|is"
    r"|was|ended|finished|sits)\b",
    re.IGNORECASE,
)
"""The head of a clause about a ratio, with its verb."""
RATIO_OF = compiled(r"\bratio of (?:[\w&'’-]+ ){1,5}to (?:[\w&'’-]+ ){1,6}(?:by )?$", re.IGNORECASE)
"""Before what is said of a ratio: ``the ratio of small caps to large stands …``."""


_MIDDLE = compiled(r"\b(?:median|typical|middle)\b", re.IGNORECASE)
_CLAUSE = compiled(r"[;:]|\.\s|, (?:and|while|but|whereas)\b", re.IGNORECASE)


def of_ratio(reading: Reading) -> bool:
    """Tell whether a figure is said of a ratio of two, whose figure may stand before it."""
    if RATIO_OF.search(reading.before):
        return True
    at = reading.sentence.find(reading.before) + len(reading.before) if reading.before else 0
    own = reading.sentence[
        max((m.end() for m in _CLAUSE.finditer(reading.sentence, 0, at)), default=0) : at
    ]
    return _RATIO_SAID.match(own.lstrip()) is not None


def right_middle(metric: str, reading: Reading) -> bool:
    """Tell whether a valuation is that of the median where the words say so, and only there."""
    if "median" in metric:
        return _MIDDLE.search(reading.sentence) is not None
    return _MIDDLE.search(reading.before) is None


def is_record(before: str, tail: str) -> bool:
    """Tell whether words make a figure a record: ``a record of``, not ``closed at``."""
    last = None
    for last in _RECORD.finditer(before):  # noqa: B007
        pass
    if last is not None and _CLOSED.search(before[last.end() :]) is None:
        return True
    return _RECORD_BEHIND.match(tail) is not None


BENEATH = compiled(r"\b(?:below|under|beneath) (?:their|its|the)\b[^.;,]{0,60}$", re.IGNORECASE)
"""A share below an average, which goes the other way than that above."""
OVER = compiled(
    r" (?:(?:of (?:its|their) (?:value|worth)|of the way) )?(?:above|over|clear of|beyond|past"
    r"|higher than) (?:its|their|that|the (?:old |previous )?(?:record|peak|high))\b",
    re.IGNORECASE,
)
"""Behind a distance that the words put above what nobody is above."""
LEAD = compiled(
    r"'s? (?:\w+ )?(?:lead|edge|advantage|margin|outperformance)\b(?! over)", re.IGNORECASE
)
"""A lead over nobody in particular, which is one over the market."""


def led(named: set[str], sentence: str) -> tuple[str, ...]:
    """Return whom the only one named leads where a lead over nobody is spoken of: the market."""
    return ("SPY",) if len(named) == 1 and LEAD.search(sentence) else ()
