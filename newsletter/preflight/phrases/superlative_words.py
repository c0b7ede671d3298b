"""Superlative words: the phrases by which prose calls a level extreme; word lists only."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.figures.wording import SPELLED
from newsletter.preflight.scanning.quick import quick

CASE = re.IGNORECASE
LEVEL = (
    r"close|closes|closing (?:level|price|high|low)s?|finish|highs?|lows?|peaks?|levels?|tops?|best"
    r"|worst|territory|ground|mark|print|heights?"
)
OTHER = (
    r"number|run|streak|string|sequence|stretch|inflows?|outflows?|flows?|volumes?|turnover"
    r"|profits?"
    r"|earnings|revenues?|sales|lead|margin|pace|share|year|quarter|month|week|day|gain|loss|fall"
    r"|rise"
)
RECORD = compiled(
    rf"\b(?P<core>record|all-time|lifetime|historic)(?P<many>s)?(?![\w'])(?:[- ](?:"
    rf"(?P<other>{OTHER})"
    rf"|(?P<level>{LEVEL})))?\b",
    CASE,
)
NO_RECORD = compiled(
    r"\b(?:track|on|off the|for the|broken|public|paper|world|attendance|criminal|the wrong|to) $",
    CASE,
)
GENERAL = compiled(
    r"\b(?:after|before|of|like|any|every|such a thing as|chasing|than|about|until|following"
    r"|whether"
    r"|between|without) (?:a |an )?(?:new |fresh )?$",
    CASE,
)
"""What makes a record any record."""
LAST_SET = compiled(r"\bsince\b(?! \d)[^,;.]{0,70}$", CASE)
PLAIN_OF = compiled(
    r"^(?:\s+(?:a|an|another|its|their|the|our)\b(?! (?:month|year|week|day)))", CASE
)
"""What follows ``records`` as a verb."""
LEAD = (
    r"(?:(?:a|an|any|its|their|the|that|this|old|former|previous|last|own|all-time|\w+(?:'s)?"
    r"|fund's) ){0,5}"
)
SHORT = quick(
    rf"\b(?:below|beneath|under|short of|shy of|away from|(?<!signed )(?<!rounded )(?<!topped"
    rf" )off|from|adrift of|far from|nowhere near"
    rf"|miss(?:ed|es|ing)|lower than|south of|outside|less than|down on|lags?|trails?) {LEAD}$",
    CASE,
)
NEAR = compiled(
    rf"\b(?:near|close to|nearly at|almost at|approaching|just under|just below|just short of"
    rf"|just shy"
    rf" of|within (?:reach|sight|touching distance|a whisker|a hair|striking distance|range) of"
    rf"|within (?P<within>[\w.-]+(?: and a half)? ?(?:%|per ?cent|points?)) of"
    rf"|on the brink of) {LEAD}$",
    CASE,
)
BEYOND = quick(
    rf"\b(?:regain(?:ed|s|ing)?|recover(?:ed|s)?|reclaim(?:ed|s)?|retak(?:e|en|es)|retook"
    rf"|surpass(?:ed|es)?"
    rf"|exceed(?:ed|s)?|eclips(?:ed|es)|better(?:ed|s)?|br(?:oke|oken|eaks|eak)|topp?(?:ed|s)?"
    rf"|beat|beaten"
    rf"|above|over|past|through|beyond|higher than|match(?:ed|es)?|equall?(?:ed|s)|return(?:ed"
    rf"|s)? to"
    rf"|back (?:at|to)) {LEAD}$",
    CASE,
)
YET = compiled(r"\byet to (?:\w+ ){0,2}$|\bno longer\b[^,;]{0,30}$", CASE)
DEFINITE = quick(
    r"(?:\b(?:the|its|their|that|this|old|former|previous|last|current|existing|standing|own)|'s"
    r"|s')"
    r" (?:\w+ )?$",
    CASE,
)
MADE = quick(
    r"\b(?:set|sets|setting|made|makes|make|making|hit|hits|hitting|reach(?:ed|es)?|post(?:ed|s)"
    r"|notch(?:ed|es)|scor(?:ed|es)|record(?:ed|s)|log(?:ged|s)|at|to) (?:\w+(?:'s)? ){0,3}$",
    CASE,
)
CUED = compiled(
    r"\b(?:on|in|of|from|set|made|back|dates?|dating|came|reached|hit|to|was|on the) (?:the )?$",
    CASE,
)
NOT_WHEN = compiled(r"\b(?:since|until|than|before|after|by|against|ago) (?:the )?$", CASE)
NO_LOWER = quick(
    r"\b(?:has|have|had)(?:n['’]t| not| never) (?:once )?(?:finished|closed|ended|settled|been)"
    r" (?:any )?(?:(?P<low>lower|cheaper|weaker|poorer)|higher|dearer|stronger|richer)"
    r"(?: at any (?:time|point)| once)?\b",
    CASE,
)
"""``It hasn't finished lower at any time in the past year``."""
NOT_SINCE = compiled(
    r"\b(?P<not>not) since (?:back in )?|\b(?:go|going|went|look"
    r"|reach(?:ing)?) (?:all the way )?back (?:to|as far as) ",
    CASE,
)
THIS_HIGH = compiled(
    r"\b(?:this|so|as|that) (?:high|(?P<low>low))\b|\ba(?:ny)? (?:high(?:er)?"
    r"|(?P<low2>low(?:er)?)) (?:close|level|finish)",
    CASE,
)
NEW_HIGH = compiled(
    r"\b(?:new|fresh|another)(?: new)?(?: closing)? (?:highs?|peaks?|(?P<low>lows?))(?! (?:for|of"
    r"|in) the\b| (?:for|of) \d|-)\b",
    CASE,
)
CROWD = compiled(r"\b(?:members|stocks|names|issues|companies|more often|usually|net)\b", CASE)
DENIAL = compiled(r"\b(?:not|never|no|nor)\b|n't\b", CASE)
BOUND = compiled(
    r"[;!?]|\b(?:and|while|but|whereas|though|although|above|below|past|beyond|topping|beating)\b"
    r"|\s[–—]\s",
    CASE,
)
PEAK = compiled(
    r"\b(?:at (?:its|their|the|a|an all-time) (?:very |all-time |closing )?(?:peak|summit|zenith"
    r"|apex)"
    r"|(?P<on>peaked)(?= (?:on|in|back|at|last)\b)|(?P<high>(?:highest|best|top"
    r"|record)(?:-ever)? (?:close|finish))(?= (?:was"
    r"|came|is|remains|dates?|still) ))",
    CASE,
)
STRENGTH = compiled(
    r"\bat (?:its|their|his) (?:very )?(?:(?P<high>strongest|highest|best|dearest|firmest)"
    r"|(?P<low>weakest|lowest|worst|cheapest|softest|feeblest))\b"
    r"|\b(?:have|has|had) (?:never|not)(?: before)? (?:looked|been|seemed|stood) (?:so|this|as"
    r"|quite so|quite this|that) (?:(?P<high2>strong|high|dear"
    r"|expensive|lofty)|(?P<low2>weak|low|cheap|feeble|poor))\b",
    CASE,
)
"""Of ratios and prices: ``at their strongest since June``, ``have never looked this weak``."""
IDIOM = compiled(
    r"\b(?:on top of the world|in(?:to)? uncharted (?:territory|waters|ground)"
    r"|in(?:to)? blue[- ]sky"
    r" territory|(?:higher|(?P<l1>lower)) than ever(?: before)?"
    r"|(?:never|not ever)(?: before)? (?:closed|been|finished|ended|stood|settled|traded|gone out)"
    r"(?: at)? (?:any |so |this |as |a |quite so )*(?:high(?:er)?|(?P<l2>low(?:er)?))(?: close"
    r"| level)?"
    r"|as (?:high|(?P<l3>low)) as (?:it has|they have) ever (?:been|closed|stood)"
    r"|nothing (?:now )?stands between [\w&' -]{2,40} and (?:its|their|a) record|unsurpassed"
    r"|ha(?:s|ve) (?:never|not) fallen short of (?:its|their|the) record(?: close)?)\b",
    CASE,
)
TAIL_NOUN = (
    r"(?:(?: (?:closing|weekly|daily|monthly|end-of-day))? (?:close|closes|level|levels|finish"
    r"|price"
    r"|mark|reading|point|value|print|settlement|standing|tally|figure|perch))?"
)
_UNSEEN = r" (?:not |un|last )(?:seen|visited|reached|matched|scaled|touched|equalled) since"
SUPER = compiled(
    rf"\b(?:(?P<high>highest|loftiest|dearest|(?:heights?|peaks?|highs?)(?={_UNSEEN}))"
    rf"|(?P<low>lowest|cheapest|(?:depths?|troughs?|lows?)(?={_UNSEEN}))|(?P<best>best|strongest)"
    rf"(?= (?:closing |closing-)?(?:close|level|finish|price|since)\b)|(?P<worst>worst|weakest"
    rf"|poorest)"
    rf"(?= (?:closing )?(?:close|level|finish|price|since)\b))(?P<ever>-ever)?(?P<noun>{TAIL_NOUN})"
    rf"(?: (?:it|they|the \w+) ha(?:s|ve|d) (?:been|closed|stood|seen|finished|traded|had))?",
    CASE,
)
EVER = compiled(
    r"[ ,]*(?:ever\b|on record\b|of all time\b|to date\b|in (?:its|their|our|the"
    r"|all) (?:\w+ ){0,3}?"
    r"(?:history|data|records?|sample|life|series|existence)\b|since (?:our |the |its )?(?:data"
    r"|records?"
    r"|sample|history|series) (?:begins?|began|starts?|started)|we (?:have|hold)\b|of our data\b)",
    CASE,
)
SO = compiled(
    r"(?:\bnot|n't)(?: \w+){0,3}? (?:been|closed|stood|finished|traded|settled|ended|seen|gone out)"
    r"(?: at)? (?:(?:this|so|as|that|such|quite so|a|any)(?: a)? (?:high(?:er)?|lofty|elevated"
    r"|(?P<low>low(?:er)?))|higher|(?P<lower>lower))(?: (?:a )?(?:close|level))?",
    CASE,
)
N_HIGH = quick(
    rf"\b(?:(?P<n>(?:\d{{1,3}}|{SPELLED})[- ](?:day|session|week|month|year))|(?P<multi>multi)-?"
    r"(?P<unit>week|month|year)|(?P<year>year(?:'s|-to-date)|12m|1y)) (?:closing )?(?:highs?|peaks?"
    r"|(?P<low>lows?))\b(?!-)|\b(?P<of>highs?|peaks?|(?P<low2>lows?)) (?:for|of) (?:the |this )?"
    r"(?:past |current |calendar )?(?P<span>year|quarter|month|week)\b",
    CASE,
)
SINCE = compiled(
    r"[ ,]*(?:\w+,? ){0,4}?(?:at any (?:time|point) )?since (?:back in |around |about "
    r"|(?:the|its|their) (?:(?:dark|bad|record|glory|heady) days|(?:all-time |old )?(?:record|peak)"
    r"(?: (?:days?|close|high))?)(?:,? set)? (?:of|in|on) )?",
    CASE,
)
FOR = compiled(r"[ ,]*(?:\w+ ){0,2}?(?:in|for|of|over|across) (?:as much as )?", CASE)
FIRST = quick(
    r"\b(?:for the first time|(?:the |its |their |a )?first(?: (?P<what>[\w%&'-]+(?: "
    r"[\w%&'.-]+){0,8}?))?"
    r"|(?:the |its |their |a )?(?P<big>biggest|largest|steepest|sharpest|worst|best|deepest"
    r"|heaviest"
    r"|strongest|widest|longest|greatest|poorest)(?: (?P<kind>(?:[\w'-]+ ){0,3}?(?:gain|rise|fall"
    r"|drop|loss|decline"
    r"|advance|jump|slide|day|session|move|week|month|quarter|rally|margin|lead|run|streak|string"
    r"|sell-off|selloff|plunge"
    r"|outperformance|underperformance)s?))?)(?= (?:since|in|for|ever|on record|this year"
    r"|of the year)\b)",
    CASE,
)
PLACE = compiled(
    r"(?:the )?first (?:among|amongst|of|in) (?:all )?(?:the |our )?(?:\w+ )?(?:sectors?|giants?"
    r"|styles?|industries|index funds|boxes|group|league|table|pack|field)\b",
    CASE,
)
"""A first that is the place in a league."""
MANY = compiled(r"\b(?:net|new|stocks?|members|names) $", CASE)
"""What stands before the new highs of many, which are counted."""
OWNED = compiled(r"(?:\b(?:the|its|their|of)|'s) $", CASE)
STANDS = compiled(r"\b(?:is|are|stands?|sits?|remains?|now|back) at (?:an? |its |their )?$", CASE)
"""What puts a subject at a record today, whenever it was made."""
