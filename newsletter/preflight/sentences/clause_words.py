"""Clause words: what stands around a verb and its subject; word lists only."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

SKIPPED = quick(
    r"(?:\b(?:has|have|had|having|is|are|was|were|be|been|being|also|too|then|still|again|now|both"
    r"|all|each|even|just|only|did|do|does|not|never|merely|further|once more|once again|today"
    r"|tonight|there|quietly|itself|themselves|together|instead|meanwhile|in turn|at least|each"
    r"|alone|keep|keeps|kept|keeping|first|since|all but|at last|on the day"
    r"|this (?:week|month|year|quarter)"
    r"|fail(?:ed|s|ing) to|refus(?:ed|es) to|managed to|continued to|went on to|could"
    r"|a (?:bit|touch|shade|little|hair|tad|whisker|notch|good deal|fraction)|somewhat|rather|well"
    r"|much|all the|ever so|(?:a )?mite|can|helped to|contrived to|unable to|struggled to|able to"
    r"|did well to|\w+ly)|n't|'ve|'s|'re"
    r"|'d)\s*$",
    re.IGNORECASE,
)
"""Words between a subject and its verb that change nothing."""
TAIL = compiled(
    r"(?:'s?)?(?: and large)?(?:(?<=s) (?:day|session|week|month|quarter|year|evening|showing"
    r"|performance)"
    r"| (?:shares?|stocks?|funds?|index|indices|etf|etfs|members?|names?"
    r"|sectors?|group"
    r"|companies|prices?|proxy|benchmark|complex|trade|bloc|camp|cohort|crowd|gauge|reading))?"
    r"(?: \([^()]{1,40}\))?",
    re.IGNORECASE,
)
"""What may follow a name and still belong to it."""
EQUATED = compiled(
    r" (?:is|was|are|were) (?:the|that|those) (?:[a-z]+ )?(?:metals?|sectors?|ones?|funds?"
    r"|giants?|stocks?"
    r"|markets?|assets?|commodit(?:y|ies)|groups?|shares?|styles?|names?|corners?|currency)$",
    re.IGNORECASE,
)
"""``Copper is the metal that has risen``: the verb's subject stands before ``is``."""
OWN = compiled(
    r"\b(?:(?:its|their|the (?:company|firm|group|fund|sector)'s|whose) (?:own )?(?:shares?|stocks?"
    r"|price|value|holders|backers|owners|fund|investors|shareholders)|the (?:sector|fund|stock"
    r"|share|shares|metal|group|company|chipmaker|gauge|trio|duo|pair|two|industry|currency))\s*$",
    re.IGNORECASE,
)
"""What goes on speaking of somebody named before: ``its shares``, ``the sector``."""
IT = compiled(r" ?(?:it|them|the other|its (?:rival|peer))\b(?!s)", re.IGNORECASE)
LIKENED = compiled(
    r"\b(?:unlike|like|as with|apart from|except(?: for)?|despite|with|alongside|after|behind|in"
    r" contrast to"
    r"|besides) (?:the |its |both )?$",
    re.IGNORECASE,
)
INFINITIVE = compiled(
    r"\b(?:fail(?:ed|s|ing)?|manag(?:ed|es)|unable|refus(?:ed|es)|continued?s?|able|began|begun"
    r"|the (?:only|first|last) \w+) to $",
    re.IGNORECASE,
)
HEADS = compiled(
    r"\b(?:shares?|stocks?|prices?|value|funds?|index|rest|members?|level|bulk|group|closes?)"
    r" (?:of|in) (?:the |all |both )?$",
    re.IGNORECASE,
)
PAIRED = compiled(
    r"\b(?:ratio|gap|lead|spread|margin|advantage|difference|distance|edge|deficit)\b[^,;:]{0,40}$",
    re.IGNORECASE,
)
NOUN = quick(
    r"\b(?:a|an|the|this|that|its|their|his|our|any|some|every|no|more|less|of|in|by|with|from|to"
    r"|for|on|at|into|after|despite|without|big|small|sharp|further|another|such|modest|steep"
    r"|brief|day's|week's|month's|year's|quarter's|tonight's|today's|evening's|two|three|four"
    r"|five|recent|great|good|new|old|own)\s+$",
    re.IGNORECASE,
)
"""What stands before a noun, so that ``gains`` or ``fall`` is no verb."""
SEEN = compiled(
    r"\b(?:seen|visited|reached|touched|matched|highest|lowest|best|worst|first|high|low|dear"
    r"|cheap|level"
    r"|height|strong|weak)\b[^.;]{0,12}\bsince\b",
    re.IGNORECASE,
)
"""What makes a day since which the last time, and not the base of a change."""
INDEX = compiled(
    r" ?the (?:index|rally|advance|pack|bounce|rebound|field|(?:wider |broader |broad |overall"
    r" )?market|benchmark|headline index)"
    r"(?!\w|['’ ](?:s|of|for|in)\b)",
    re.IGNORECASE,
)
"""What stands for the S&P 500 as an object, where no name does."""
IF_ANY = compiled(
    r"\W*if(?= [\w ]{1,24} (?:had|has|was|is|were|are) (?:an? |any )(?:\w+ )?(?:losers?|winners?"
    r"|stars?|hero(?:es)?|villains?|laggards?|leaders?|standouts?|casualt|victims?|weak spot"
    r"|bright spot))",
    re.IGNORECASE,
)
"""``if Monday had a loser, it was energy``: no condition, but a statement."""
_STRETCH = r"(?:on |over |for )?(?:the |this |a )?(?:day|session|week|month|quarter|year)"
CHAIN = compiled(
    rf",?(?: both)? (?:on|over|for) (?:the |this |a )?(?:day|session|week|month|quarter|year)"
    rf"(?:, {_STRETCH}\b)*,? (?:and|as well as) {_STRETCH}\b",
    re.IGNORECASE,
)
"""Several periods behind one verb."""
RUNNING = compiled(
    r"[^.;:,]{0,50}? (?:for|in)(?: the| a)? [\w-]{1,14}(?: straight| consecutive| successive)?"
    r"[ -](?:days?|sessions?|weeks?|months?)(?: in a row| running| straight| on the trot"
    r"| in succession)\b",
    re.IGNORECASE,
)
"""``for a sixth day running``: what stands behind a verb that is said of a run."""
WATCHED = quick(
    r"\bwatch|change our mind|prove us wrong|next week|week ahead|look(?:ing)? ahead|to come\b"
    r"|scenario|what if",
    re.IGNORECASE,
)
"""Headings under which sentences speak of what may come."""
TELLS = quick(
    r"\b(?:stands?|sits?|is|are|closed|trades) (?:at|below|above) [^.;:]{0,30}\b(?:tonight|today)\b"
    r"|\b(?<!that )(?<!which )(?<!who )(?:beat (?:\w+ )?(?:earnings|estimates|forecasts"
    r"|expectations)|(?:closed|ended|finished|settled) (?:lower|higher|at|up|down|on)|now expect"
    r"|came in at|(?:jumped|surged|rose|fell|climbed|gained|dropped|cut|raised|lowered|widened"
    r"|tightened|reached|bought|sold|pulled|outpaced|doubled|reported|put the odds)\b)",
    re.IGNORECASE,
)
"""What tells of the session even where a text looks ahead."""
COUNTED_PAST = quick(
    r"\b(?:next|following|coming) (?:\w+ )?(?:day|session|week|month|quarter|year)"
    r"|\bover the next\b|(?:%|percent|per cent) of (?:(?:the|all|its|their) )?"
    r"(?:[a-z\d-]{1,14} ){0,2}(?:time|cases|quarters|days|occasions|episodes)\b"
    r"|\b(?:times|cases|occasions) (?:in|out of)\b|\b(?:separate|different|distinct) times\b",
    re.IGNORECASE,
)
"""What follows a verb that tells what came after in the past, as base rates do."""
STATED_ANYHOW = compiled(
    r"\b(?:in vain|what [^,;:.]{3,60} (?:has|have|had|did) (?:not|never|n't) (?:managed?|done|do"
    r"|achieved?|succeeded in|succeed in))\b",
    re.IGNORECASE,
)
"""``What X has not managed is to climb``, ``you will look in vain``: facts for all their form."""
