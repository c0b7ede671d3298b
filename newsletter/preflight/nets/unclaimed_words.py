"""Unclaimed words: families of words of which each must lie in a claim; word lists only."""

import re
from typing import NamedTuple

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

_CASE = re.IGNORECASE
_NOTHING = compiled(r"(?!)")
_SIZED = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|double"
    r"|[$€£−+-]?\d[\d.,]*%?)"
)


class Family(NamedTuple):
    """Words that state one kind of thing.

    Parameters
    ----------
    words : re.Pattern
        The words.
    idle : re.Pattern
        Phrases in which such a word states nothing.
    beside : re.Pattern
        The facts on which a figure of the same clause may rest that takes such a word in.
    apart : re.Pattern
        The facts on which a claim anywhere in the sentence may rest that takes it in.
    """

    words: re.Pattern[str]
    idle: re.Pattern[str]
    beside: re.Pattern[str]
    apart: re.Pattern[str]


PLACE = Family(
    quick(
        r"(?<![\w-])(?:best|worst|most|least|tops?|topped|bottom|laggards?|leaders?|lowest"
        r"|highest|poorest|richest|dearest|cheapest|strongest|weakest|biggest|largest|smallest"
        r"|steepest|sharpest|deepest|longest|shortest|narrowest|widest|toughest|roughest|finest"
        r"|grimmest|calmest|quietest|wildest|slowest|fastest|heaviest|lightest"
        r")(?![\w-])",
        _CASE,
    ),
    quick(
        r"\bat (?:best|worst|most|least)\b|\bmost (?:recent(?:ly)?|notably|likely|of)\b"
        r"|\b(?:top|bottom)(?: end)? of (?:its|the|the Fed['’]s) (?:target )?range\b",
        _CASE,
    ),
    compiled(r"lead\b|rank|record|year_(?:high|low)|highest|lowest|drawdown"),
    compiled(r"dispersion"),
)
"""Places at either end of a table, or of a history."""
RECORD = Family(
    quick(r"(?<![\w-])(?:records?|peaks?|all-time|new (?:highs?|lows?))(?![\w-])", _CASE),
    quick(
        r"\b(?:on|for the|matter of|(?:long|short|track|good|poor|patchy)) record\b"
        r"|\bthe record (?:is|shows|says)\b(?! (?:set|from"
        r"|of)\b)",
        _CASE,
    ),
    compiled(r"record|year_(?:high|low)|highest|lowest|drawdown|highs|lows|first"),
    compiled(r"record_(?:close|high|low)|distance_from_record|drawdown"),
)
ORDER = Family(
    quick(
        r"(?<![\w-])(?:first|second|third|fourth|fifth|sixth"
        r"|seventh|eighth|ninth|tenth|eleventh|1st|2nd|3rd|4th|5th|6th|7th|8th|9th|10th|11th"
        r"|(?:a|an|one) (?:(?:thir|four|fif|six|seven|eigh|nine)teenth|twelfth"
        r"|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ieth|hundredth|thousandth))"
        r"(?![\w-])",
        _CASE,
    ),
    quick(
        r"\b(?:first|second) (?:half|quarter|glance|look|thought|time)\b|\bat first\b"
        r"|\bfirst and\b|\bfirst(?=, )"
        r"|\bsecond only to\b"
        r"|\b(?:an?|one) (?:third|fifth|sixth|seventh|eighth|ninth|tenth|eleventh)\b(?= (?:of|lower"
        r"|higher|less|more|below|above|better|worse|lighter|dearer|cheaper|poorer|richer|since|in"
        r"|this|over|point|per\w*)\b|[.,;:!)]|$)"
        r"|\bthe (?:first|second)(?=[,;.:)]|$| (?:is|was|has|of (?:these|them|the two))\b)",
        _CASE,
    ),
    compiled(r"rank|streak|percentile|weeks|sessions|months|\.last|\.times"),
    _NOTHING,
)
STATE = Family(
    quick(
        r"(?<![\w-])(?:overbought|oversold|neutral|inverted|positive|negative|zone|territory"
        r"|above|below|beneath|in the (?:red|black|green))(?![\w-])",
        _CASE,
    ),
    quick(
        r"\b(?:above|below|beneath) where\b|\b(?:above|below|beneath)"
        r" (?:(?:just|about|roughly|nearly|almost) )?(?:zero|the surface"
        rf"|all\b|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|{_SIZED})\b",
        _CASE,
    ),
    compiled(
        r"overbought|oversold|gap|above|below|curve|average|drawdown|distance|return|spread|change"
        r"|breadth|hit_rate|support|resist|trend|record_close|year_high|year_low"
    ),
    compiled(r"breadth\.(?:above|over)|\.cross\.|curve\.since|vix_slope|\.streak"),
)
COMPARED = Family(
    quick(
        r"(?<![\w-])(?:(?:higher|lower|better|worse|more|less|fewer|(?!(?:rath"
        r"|oth)er)[a-z]{3,6}er)(?: of (?:it|them|that))?"
        rf" than\b(?! (?:just )?{_SIZED}\b)|ahead|behind|rather than|beat|beaten|beating"
        r"|outpaced|outperformed|pipp(?:ed|ing|s)|(?!rath|oth|ov|aft|und|clos|near|high|low|furth|ev|nev)"
        r"[a-z]{3,7}er (?:to|on)(?= [a-z])"
        r"|(?:double|twice|thrice|treble|triple)(?= (?:that|those|what|[A-Z][\w]*['’]s))"
        r"|half as (?:much|many) again|[a-z]+ over (?:value|growth|large|small|big"
        r"|little))(?![\w-])",
        _CASE,
    ),
    quick(
        r"\b(?:ahead of|behind) us\b|\bahead of (?:the|a|next|this|tomorrow['’]s"
        r"|Friday['’]s) [^.,;]{0,40}(?:break|holiday"
        r"|weekend|meeting|report|print|data|decision|release|close|opening|bell|expiry|earnings)\b"
        r"|\b(?:lies?|days?|weeks?|months?|the road) ahead\b"
        r"|\b(?:power|forg|rac|surg|push|press|pull|plough|march|storm|charg)(?:e?s|ed|ing|e)?"
        r" ahead\b(?! of)"
        r"|\bd(?:id|o|oes) (?:more|less) than [a-z]+(?=[.;,]|$)",
        _CASE,
    ),
    compiled(
        r"curve|weeks|streak|spread|lead|relative|gap|distance|drawdown|change|ratio|earnings|vix"
        r"|base_rate|behind|year_|volatility|rank|return"
    ),
    compiled(r"streak|weeks|dispersion"),
)
COUNTED = Family(
    quick(
        r"(?<![\w-])there (?:was|were)(?:n['’]t| not)? (?:no|a single|any) (?:\w+ )?(?:stocks?"
        r"|shares?|sectors?|members?|names?|giants?|styles?|new highs?|new lows?)(?![\w-])|"
        r"(?<![\w-])(?:not (?:a single|one)|none of the|no|every|neither)(?: single| one)?"
        r"(?: of the(?: \w+)?)? (?:sectors?|giants?|styles?|industry|industries|member)(?![\w-])",
        _CASE,
    ),
    _NOTHING,
    compiled(r"sectors|giants|styles|group|breadth|count"),
    _NOTHING,
)
"""How many of a group, which no count has taken in."""
UNSEEN = Family(
    quick(
        r"(?<![\w-])(?:unprecedented|uncharted|never (?:[\w-]+ ){0,3}before|unmatched|unrivalled"
        r"|unequalled|unseen|at no (?:time|point) in (?:its|their)|not (?:been )?(?:bettered|beaten"
        r"|matched|equalled|exceeded|surpassed|topped) (?:at any|in (?:its|the)|since)"
        r"|(?:no|one|any|a single) (?:lower|higher|better|worse|cheaper|dearer) (?:close|finish"
        r"|reading|level|print|day))(?![\w-])",
        _CASE,
    ),
    compiled(r"\bnever mind\b", _CASE),
    compiled(r"record|highest|lowest|first"),
    _NOTHING,
)
"""What is said never to have been."""
LINES = Family(
    quick(
        r"(?<!-day )(?<![\w-])(?:and|or|nor|with) (?:\w+ )?(?:its|the|their)"
        r" (?:\d{1,3}|[a-z]+(?:-[a-z]+)?)-day(?= (?:line |average )?(?:already|now|also|still|with"
        r"|too|as well|besides|under\w*|over\w*|behind|ahead|in|re\w+|lost|loom\w*)\b|[.,;:!]|$)",
        _CASE,
    ),
    _NOTHING,
    compiled(r"gap|cross|average"),
    _NOTHING,
)
"""A second average, of which only the first has been read."""
VAGUE = Family(
    quick(
        r"(?<![\w-])what (?:remains|is left)(?= (?:is|are|was|were|has|have))(?![\w-])|"
        r"(?<![\w-])an? (?:score|brace|trio|quartet|clutch|smattering|sprinkling|raft|host) of"
        r" (?:new )?(?:highs|lows|stocks|sectors|members|names|giants|styles)(?![\w-])",
        _CASE,
    ),
    _NOTHING,
    _NOTHING,
    _NOTHING,
)
"""How many, in words that are no number."""
SCORES = Family(
    quick(
        r"(?<![\w-])silver,? (?:and )?bronze(?![\w-])|"
        r"(?<![\w-])(?:cancel(?:led|s|ling)? (?:(?:each |one an)other )?out|evened out"
        r"|neck and neck"
        r"|level pegging|matched (?:each |one an)other|shared the spoils|honours even)(?![\w-])",
        _CASE,
    ),
    _NOTHING,
    _NOTHING,
    _NOTHING,
)
"""Medals, and two sides said to be even."""
SIGNAL = Family(
    quick(
        r"(?<![\w-])(?:nobody|no one|none|nothing|everybody|everyone) in the (?:leading|lagging"
        r"|weakening|improving|fading|recovering) (?:corner|quadrant|quarter|box)(?![\w-])|"
        r"(?<![\w-])(?:regime|model|signal|gauge)\b[^.;:]{0,50}? (?:calls?|called|calling|says?"
        r"|saying"
        r"|labels?|labell?ed|labelling|deems?|deemed|dubs?) (?:the market|it|things|this"
        r"|us) (?:still )?"
        r"(?:calm|turbulent|strong|weak|nervous|quiet)(?![\w-])|"
        r"(?<![\w-])(?:nobody|no one|no sector|none|everybody|everyone|all|most) (?:is|are|was"
        r"|were)"
        r" (?:now |still |even )?(?:leading|lagging|improving|weakening|fading"
        r"|recovering)(?![\w-])|"
        r"(?<![\w-])signals?:? (?:(?:still|now|again|has|have) )*(?:says?|reads?|is|are|shows?"
        r"|stands? at|remains?|stays?|been|flash(?:es)?|turned)?(?: at| still| now)? ?[“\"']?"
        r"(?:neutral|leading|lagging|fading|recovering|mixed|broadening|narrowing|rotation on"
        r"|rotation off|capped|broken out"
        r"|macro-driven|stock-picker|calm|turbulent|strong|weak|normal|inverted)(?![\w-])",
        _CASE,
    ),
    _NOTHING,
    compiled(r"signal"),
    compiled(r"signal"),
)
"""The state that a signal of the house is said to be in."""
ENDED = Family(
    quick(
        r"(?<![\w-])(?:put(?:s|ting)? (?:a stop|an end|paid|the brakes) (?:to|on)"
        r"|broke (?:the|its|their|that) (?:run|streak|spell|sequence|string|duck)|call(?:ed"
        r"|s) time on"
        r"|brought (?:[^.,;]{1,30}) to an end|snapp(?:ed|s)|halted)(?![\w-])",
        _CASE,
    ),
    _NOTHING,
    compiled(r"streak|weeks|months|sessions"),
    compiled(r"streak|weeks|months"),
)
"""The end of a run."""
FAMILIES = (
    PLACE,
    RECORD,
    ORDER,
    STATE,
    COMPARED,
    COUNTED,
    SIGNAL,
    SCORES,
    ENDED,
    UNSEEN,
    LINES,
    VAGUE,
)
DENIAL = quick(
    r"(?<![\w-])(?:not|no longer|no more(?=[.;,]|$)|never|nobody|cannot"
    r"|(?:fail(?:s|ed)?|refus(?:es|ed)|yet|unable|struggl(?:es|ed)) to)(?![\w-])|n['’]t\b",
    _CASE,
)
"""Denials of a verb; ``no``, ``none`` and ``without`` are mostly an opinion's."""
IDLE_DENIAL = quick(
    r"\bnot (?:the only|least|only|to mention|to be|far from|much else|a lot else)\b"
    r"|\b(?:believe it or|whether or) not\b|(?:\bnot|n['’]t) do a thing\b"
    r"|(?:though|but|,) not (?:of|over|on|in|for) the\b",
    _CASE,
)
"""Denials that deny nothing, or whose opposite nobody would print."""
UNDENIED = {"nobody": "everybody", "cannot": "can"}
"""What stands in a denial's place once it is taken away; of others nothing does."""
SUBLIST = quick(
    r"(?<=[,(—–] )(?:no fewer than |at least |as many as |about |nearly |almost |but |and )?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|most|many|few|some|half"
    r"|several|dozens|scores|plenty) (?:of|among) (?:them|which|whom)(?= [a-z])",
    _CASE,
)
"""Some of those who have just been counted."""
