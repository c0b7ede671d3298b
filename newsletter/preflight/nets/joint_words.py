"""Joint words: phrases whose small word makes another claim of a proved one; word lists only.

Each entry of `PHRASES` says what a phrase must hold to be looked for (plain words, which cost
nothing to test), what is read, and what a reader is told to do.
"""

import re

from newsletter.patterns import compiled
from newsletter.preflight.figures.wording import MONTHS
from newsletter.preflight.scanning.quick import quick

_CASE = re.IGNORECASE
_MONTH = MONTHS.replace(" ", "|")
_SPAN = r"(?:day|session|week|month|quarter|year)"
_DAYS = r"(?:\d{2,3}|fifty|(?:one|two)[- ]hundred|short(?:er)?|long(?:er)?|moving)"

PHRASES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (
        ("under ",),
        quick(
            r"(?<!\bin )(?<!\bjust )(?<!\blittle )(?<!\bbit )(?<!\bshade )"
            r"(?<!\bwell )(?<!\bfor )(?<!\bafter )(?<!\bwithin )(?<!\bevery )(?<!\btake )"
            r"(?<!\btook )(?<!\bnot )"
            rf"\bunder (?:(?:the|this|these) (?:past |last |latest )?(?:\w+ )?{_SPAN}s?"
            rf"|(?:a|one) (?:(?!mere|full)\w+ )?{_SPAN}(?! (?:ago|old))"
            rf"|(?:two|three|four|five|six|twelve|\d\d?) {_SPAN}s)\b(?!-)(?!['’])",
            _CASE,
        ),
        "no move is measured under a stretch of time; say over it",
    ),
    (
        (" under ",),
        compiled(
            r"\b(?:lead|advantage|edge|premium|victory|win|outperformance) under (?!pressure"
            r"|review|threat|a\b|one\b|two\b|\d)(?=\w)",
            _CASE,
        ),
        "nobody leads under another; say over",
    ),
    (
        (" median", " record"),
        compiled(
            rf"\b{_DAYS}(?:[- ](?:day|session)s?|d)? (?:moving )?(?:median|record)s?\b(?! (?:high"
            r"|low|close|run|streak))",
            _CASE,
        ),
        "the ledger knows averages, no medians or records over a window; say average",
    ),
    (
        ("median ", "record stock"),
        compiled(r"\b(?:median|record) (?:stock|share|member|company|name|constituent)\b", _CASE),
        "the ledger knows the average stock (the equal-weight fund), not the median one",
    ),
    (
        ("open", "intraday", "intra-day"),
        quick(
            r"\b(?:record|all-time|highest|lowest|best|worst|strongest|weakest|higher"
            r"|lower)(?:-ever)?"
            r" (?:(?:closing )?open(?:ing)?(?: price| level| print)?\b(?! (?:to|question|in|at)\b)"
            r"|intra-?day)|(?:['’]s|\b(?:its|their|the)) (?:open|intra-?day \w+) (?:is|was|of"
            r"|at|came|has been)\b"
            r"|\bopened (?:at|this|that|so|above|below|higher|lower|on|up|down|as|within|just"
            r"|less|more|some|nearly)\b"
            r"|\bintra-?day (?:highs?|lows?|peaks?|records?|basis)\b",
            _CASE,
        ),
        "the ledger knows closes, no opening or intraday prices; speak of the close",
    ),
    (
        (" near ", " at ", " around ", " close to ", " on "),
        compiled(
            r"\b(?:stocks|members|names|companies|shares|constituents|issues|funds)(?: \w+){0,2}"
            r" (?:near|at|around|close to|on) (?:(?:its|their|the) )?(?:own )?"
            r"(?:\d{2,3}|fifty|two[- ]hundred)[- ]?(?:day|dma|d\b)",
            _CASE,
        ),
        "the ledger counts who is above an average, not who is near it",
    ),
    (
        (" near ", " at ", " level with ", " close to "),
        compiled(
            r"\b(?:near|at|level with|close to) (?:its|the|their) (?:two|three|ten|five"
            r"|thirty)-(?:month|year)\b",
            _CASE,
        ),
        "how near it is has not been proved; say above or below",
    ),
    (
        (" of the day", " of the session", "day's ", "day’s ", "session's ", "session "),
        compiled(
            r"\b(?:high|low|peak|trough|top|bottom|average|range) of the (?:day|session)\b"
            r"|\b(?:day|session)['’]s (?:high|low|peak|trough|range|average)\b"
            r"|\bsession (?:high|low)s?\b",
            _CASE,
        ),
        "the ledger knows closes only; speak of the close",
    ),
    (
        ("averaged ",),
        compiled(
            r"\baverag(?:ed|ing)(?: at)?(?: (?:about|around|nearly|some|over))? (?=[$\d])", _CASE
        ),
        "this is a close, not an average",
    ),
    (
        ("yearly ",),
        compiled(r"\byearly (?:close|high|low|peak|record|finish)\b", _CASE),
        "the ledger knows records and the highest since a day; name which",
    ),
    (
        ("decade", "century"),
        compiled(
            r"\b(?:this|the|last|past|current|previous|per|of the"
            r"|decade[- ]to[- ]date) (?:past |last )?"
            r"(?:decade|century)(?:['’]s)?\b(?! (?:ago|before|earlier))"
            r"|\ban? (?:foul|rotten|bad|good|great|fine|lost|golden|bruising|poor|lovely|brutal)"
            r" (?:decade|century)\b",
            _CASE,
        ),
        "no claim is proved over a decade; name the period that was computed",
    ),
    (
        ("since the ", "so far this ", "-to-date", " to date"),
        compiled(
            r"\bsince (?:the )?(?:(?:start|beginning|turn) of (?:the|this) (?:week|month|quarter)"
            r"|(?:week|month|quarter) (?:began|started|opened)|new quarter)\b"
            r"|\b(?:week|quarter)[- ]to[- ]date\b",
            _CASE,
        ),
        "the ledger counts weeks, months and quarters in sessions, not from the calendar",
    ),
    (
        (" last ", " this ", "previous ", "prior "),
        compiled(
            rf"\b(?:{_MONTH})(?: (?:the )?[\w-]+)?,?(?: of)? (?:last|this|the (?:previous|prior))"
            r" (?:day|session|week|month|quarter|decade|century)\b",
            _CASE,
        ),
        "a month belongs to a year, not to another span",
    ),
)
"""What must stand in the text, the phrase, and what is wrong with it."""

WRONG_SIDE = r"(?:before|until|till|by|after|prior to|ahead of|up to|as of|under|over)"
BEFORE_DATE = compiled(
    rf"\b(?P<word>{WRONG_SIDE})(?: (?:around|about|early|late|mid-?))? (?:the )?$", _CASE
)
"""Right before a date that is the first or last day of what is said."""
WAS_SO = compiled(
    r"(?<!\bhave )(?<!\bhas )\b(?:was|were|had (?:been|held|stood)|stayed|remained|spent|sat"
    r"|stood|traded|lay|ran|lasted|used to)\b",
    _CASE,
)
"""What has ended by then, which a date may close: ``was below it until 5 June``."""
ABOVE = compiled(r"\b(?:above|over|atop|clear of|north of|on top of)\b", _CASE)
BELOW = compiled(r"\b(?:below|under|beneath|underneath|adrift of|south of|short of)\b", _CASE)
YEAR_START = compiled(
    r"\b(?P<word>before|until|till|by|after|prior to|ahead of"
    r"|up to) (?P<what>(?:the )?(?:turn of (?:the|this) year"
    r"|(?:start|beginning) of (?:the|this) year|(?:old |last )?year (?:began|started|opened|turned)"
    r"|(?:last|prior|previous) year['’]s close)|new year(?!['’])(?:['’]s (?:day|eve))?)\b",
    _CASE,
)
"""The start of the year behind a word that does not count from it."""
OF_MONTH = compiled(
    rf"\b(?P<month>{_MONTH})['’]s (?:\w+ )?(?P<what>golden cross|death cross|cross(?:over)?|record"
    r"|all-time high|peak|high-water mark|breadth thrust|thrust|cut|hike|rate cut|rate rise|low"
    r"|trough)\b",
    _CASE,
)
"""A month that owns an event: ``July's death cross``."""
EVENTS = (
    ("cross", ("cross",)),
    ("thrust", ("thrust",)),
    ("low", ("low", "trough")),
    ("trough", ("low", "trough")),
    ("cut", ("in_force", "policy")),
    ("hike", ("in_force", "policy")),
    ("rise", ("in_force", "policy")),
    ("", ("record",)),
)
"""Words of events, and what the metrics of their days hold."""
EXTREME = quick(
    r"\b(?:highest|lowest|best|worst|strongest|weakest|dearest|cheapest|(?:this|so|as|that"
    r"|any) (?:high|low)"
    r"(?:er)?|higher|lower)\b(?P<gap>(?: (?!and\b|or\b|but\b|than\b|as\b|while\b"
    r"|day\b)[\w’'-]+){0,4}?)"
    r" (?P<word>before|until|till|by|after|prior to|up to) ",
    _CASE,
)
"""An extreme and a word that does not say since when."""
TO_FROM = compiled(
    r"\b(?P<word>to|from) (?:(?:just|about|around|some|roughly|nearly|almost|over|under|only"
    r"|exactly"
    r"|a|an|the|more than|less than|better than|well over|close to|little|shade|fair|good|well"
    r"|something like|as much as|at least|at most|than|more|less|fewer|over|a mere) )*$",
    _CASE,
)
"""What makes a change a level: ``rose to 2%``."""
SIZED = compiled(
    r"\b(?:lead|gap|margin|advantage|edge|deficit|shortfall|gains?|loss(?:es)?|decline|returns?"
    r"|(?:the|its|their|a|this|that|year's|day's|week's|month's) (?:rise|fall|advance|rally|drop"
    r"|slide|move|swing|run|climb|retreat|rebound|bounce|jump)|total|tally|surplus|spread"
    r"|difference|premium|discount|improvement|damage|toll|haul|slump|outperformance"
    r"|underperformance|curve|between|compar\w+|ranged?)\b"
    r"|\b(?:next|close|closer|tune|according|thanks|second|equal|anything|everything|near|nearer"
    r"|amount(?:s|ed|ing)?|com(?:es?|ing)|came|adds? up|added up) $",
    _CASE,
)
"""What itself has the size of a change, so that it may go to it or from it."""
SIDELESS = compiled(
    r" (?P<word>near|close to|around|beside|alongside|at) (?:its|their|the|a|that|it)\b"
    r"(?! (?:close|open|end|bell|time|same|moment|start|turn|most|least|latest|worst|best"
    r"|level of)\b)",
    _CASE,
)
"""Behind a distance: a word that says no side."""
YESTERDAY = compiled(
    r"(?<!\bsince )(?<!\bfrom )(?<!\bthan )(?<!\bthan on )(?<!\bagainst )(?<!\bversus )"
    r"(?<!\bon )(?<!\bwith )(?<!\bto )(?<!\bof )"
    r"(?<!\bwas )(?<!\bwere )(?<!\bbefore )\byesterday(?!['’]s close)(?:['’]s)?\b",
    _CASE,
)
OTHER_DAY = compiled(
    r"\b(?:since|from|until|till|than|before|after|next|by|against|last|every|come|to|previous"
    r"|each|with) (?:the )?$",
    _CASE,
)
"""Before a weekday that is looked back or forward to."""
_QUALIFIED = (
    r"(?:(?:just|about|around|some|roughly|nearly|almost|over|only|exactly|a|an|the|more than"
    r"|less than|better than|well over|close to|little|shade|fair|good|as much as|at least) )*$"
)
BY = compiled(rf"\bby {_QUALIFIED}", _CASE)
MOVED = compiled(
    r"\b(?:rose|fell|gained|lost|added|adds|shed|sheds|climbed|dropped|slid|sank|jumped|put on"
    rf"|advanced|declined|slipped|tumbled|up|down) {_QUALIFIED}",
    _CASE,
)
"""What somebody does on their own, right before a figure."""
THAN = compiled(r" (?:more|less|better|worse) than\b| (?:ahead|in front|clear) of\b", _CASE)
"""Behind a figure that is a distance after all: ``gained 1.7 points more than energy``."""
SEPARATE = compiled(
    r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|two|three|four|five|six"
    r"|seven|eight|nine"
    r"|ten|\d+(?:st|nd|rd|th)?) separate (?:days?|sessions?|weeks?|months?)\b",
    _CASE,
)
"""What a run in a row is not called."""
POINTS = compiled(r"\b(?:percentage|basis) points?\b", _CASE)
A_POINT = quick(
    r"\b(?P<word>to|from) (?:(?:just|about|around|roughly|nearly|almost|over|more than|less than"
    r"|close to|only) )*(?:half )?an? (?:full )?(?:percentage )?point\b(?! (?:of|in|at|where"
    r"|when)\b)",
    _CASE,
)
"""A size that is no figure where it stands behind these words."""
