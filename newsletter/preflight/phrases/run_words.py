"""Run words: the phrases by which prose counts a run, and says which way it went."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.figures.wording import SPELLED
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import move_words as idioms

CASE = re.IGNORECASE
ORDERS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth"
).split()
ORDER = rf"(?:{'|'.join(ORDERS[2:])}|\d{{1,2}}(?:nd|rd|th|st))"
N = rf"(?:\d{{1,3}}|{SPELLED}|both|several|twice|thrice)(?: times)?"
UNIT = (
    r"(?:trading |full |calendar |whole )?(?P<unit>{}day|session|evening|night|close|week|month)s?"
).format("")
PACE = r"(?P<pace>daily|weekly|monthly)"
UPS = (
    r"gains?|rises?|advances?|wins?|increases?|climbs?|winning \w+|up[- ](?:day|week|month"
    r"|session)s?|positive \w+|higher (?:close|finish)(?:es|s)?"
)
DOWNS = (
    r"loss(?:es)?|falls?|drops?|declines?|retreats?|setbacks?|defeats?|losing \w+|down[- ](?:day"
    r"|week|month|session)s?|negative \w+|lower (?:close|finish)(?:es|s)?"
)
THING = rf"(?:{UNIT}|(?P<up>{UPS})|(?P<down>{DOWNS}))"
ROW = (
    r"(?:in a row|running|in succession|on the trot|on the bounce|on the spin|back[- ]to[- ]back"
    r"|in sequence"
    r"|without (?:a |any |so much as a )?(?:break|interruption|pause|let-up|miss|respite)"
    r"|consecutively|one after (?:another|the other)|on end|straight)"
)
STRAIGHT = r"(?:straight|consecutive|successive|unbroken|uninterrupted|back-to-back)"
FORMS = tuple(
    (name, quick(pattern, CASE))
    for name, pattern in (
        ("row", rf"\b(?P<order>{ORDER})(?: {STRAIGHT})(?: {PACE})?(?: {THING})?\b"),
        ("row", (
            rf"\b(?P<order>{ORDER})(?: {PACE})? {THING}(?: of (?:gains|losses|rises|falls|(?:out"
            rf"|under)performance))? {ROW}\b"
        )),
        ("row", rf"\b(?P<n>{N})(?: {STRAIGHT})(?: {PACE})?(?: {THING})?\b"),
        ("row", (
            rf"\b(?P<n>{N})(?: {PACE})?(?: {THING})?(?: of (?:gains|losses|rises|falls|advances"
            rf"|declines))?(?: \w+)? {ROW}\b"
        )),
        ("row", (
            rf"\b(?P<n>{N}) (?:(?P<up>rising|winning|positive|up|higher|green|advancing|profitable)"
            rf"|(?P<down>falling|losing|negative|down|lower|red|declining)) {UNIT}s?\b(?= "
            rf"|[.,;:!)]|$)"
        )),
        ("each", (
            rf"\b(?:each|every(?: single)?(?: one)?|all|both|in each|every one)(?: of)?(?: the"
            rf"| its| their| these)? (?:past|last|previous|latest|most recent) (?P<n>{N}) {UNIT}\b"
        )),
        ("streak", (
            rf"\b(?P<n>{N})[- ]{UNIT}[- ](?:long )?(?:(?:(?P<up>winning|unbeaten)"
            rf"|(?P<down>losing)) )?(?:streak|run|string|sequence|skid|rally|slide|advance"
            rf"|spell)\b"
        )),
        ("streak", (
            rf"\b(?:(?:(?P<up>winning|unbeaten)|(?P<down>losing)) )?(?:streak|run|string|sequence"
            rf"|spell)(?: of (?:gains|losses|wins|rises|falls))? (?:of|to|at|reach(?:es|ed)"
            rf"|stretch(?:es|ed|ing)? to|extend(?:s|ed|ing)? to|now spans|spans|lasted"
            rf"|numbers) (?:a )?(?P<n>{N}|{ORDER})(?: {STRAIGHT})?(?: {UNIT})?\b"
        )),
        ("for", rf"\bfor (?:(?:a|the|its|their) )?(?P<order>{ORDER}) {UNIT}\b"),
        ("for", (
            rf"\bfor (?:the (?:past|last) |a (?:full )?|now |all of "
            rf"|some )?(?P<n>{N}) {UNIT}(?: now)?\b(?!'? average)"
        )),
        ("bare", r"\b(?:(?P<up>winning)|(?P<down>losing)) (?:streak|run)\b"),
        ("hat", (
            r"\b(?P<hat>hat[- ]?trick)(?: of (?:(?:daily|weekly|monthly) )?(?:(?P<up>gains|rises"
            r"|wins|advances)|(?P<down>losses|falls|declines|defeats)))?\b"
        )),
        ("twin", rf"\b(?P<twin>back[- ]to[- ]back) (?:{PACE} )?{THING}\b"),
        ("record", (
            r"\b(?P<most>record number of (?:(?:trading )?(?:session|day|week"
            r"|month)s?)(?: in a row| running)?)"
        )),
    )
)  # fmt: skip
AHEAD = (
    r"beat(?:s|en|ing)?|outpac\w+|outperform\w*|outran|outrun\w*|outstrip\w*|outd(?:id|o|oes|one"
    r"|oing)\b|outsh\w+|outgain\w*"
    r"|best(?:ed|s|ing)\b|better of|better(?:ed|s|ing)\b|surpass\w*|topp(?:ed|ing)|tops(?= \w)"
    r"|ahead|led"
    r"|leads?|leading|upper hand|the edge|in front"
    rf"|{idioms.AHEAD}|overtook|eclips\w+|(?:done|did|fared|doing|do|does) better|better than"
    rf"|stronger than"
    r"|ahead of|come out on top|over(?=\s+the\b)(?!\s+the (?:past|last))"
)
BEHIND = (
    rf"{idioms.BEHIND}|trail\w*|lag(?:s|ged|ging)?\b|underperform\w*|behind|second(?: best)? to"
    rf"|worse than"
    r"|weaker than|lost (?:out |ground )?to"
    r"|los(?:ing|es?) (?:out |ground )?to|short of|failed to (?:keep up|beat|match)|left standing"
    r"|less than|(?:done|did|fared|doing) worse"
)
UP = (
    r"rose|ris(?:e|es|en|ing)|gain(?:s|ed|ing)?|climb(?:s|ed|ing)?|advanc(?:e|es|ed|ing)|higher"
    r"|green|black|won|wins?|winning|positive|increas\w+|rall(?:y|ied|ies)"
    r"|added|put on|improv\w+|upward|up"
)
DOWN = (
    r"fell|fall(?:s|en|ing)?|los(?:t|s|ses|ing|es?)|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)"
    r"|lower|red\b|slid|slip(?:s|ped|ping)?|sank|sunk|retreat\w*|shed|negative|eas(?:ed|ing)"
    r"|decreas\w+"
    r"|downward|down|weaken\w*|slump\w*"
)
WAY = quick(
    rf"\b(?:(?P<behind>{BEHIND})|(?P<ahead>{AHEAD})|(?P<down>{DOWN})|(?P<up>{UP}))(?!\w)", CASE
)
OVER = compiled(r"(?: for [\w'& -]{2,40}?)? (?P<over>over|against|at the expense of) ", CASE)
"""Behind wins and defeats: whom they were against."""
WON = compiled(r"\b(?:wins?|victor\w+|defeats?|loss(?:es)?)\b", CASE)
STRETCH = compiled(
    r"(?:the |a |an |its )?(?:\w+ ){0,2}?(?:day|session|week|month|quarter|year|period|stretch|past"
    r"|last)s?\b",
    CASE,
)
MONTHLY = compiled(
    r"\b(?:end|clos|finish|settl)(?:ed|es|ing) (?:a|the) (?P<unit>week|month) (?:higher|lower|up"
    r"|down|in the)",
    CASE,
)
BY_FIGURE = compiled(r"^(?: by)?,? ?(?:about |nearly |over )?[−+-]?\$?\d", CASE)
PASSIVE = compiled(r"\b(?:been|was|were|being|be|got|is|are) (?:\w+ )?$", CASE)
PERFECT = compiled(r"\b(?:has|have|had|'ve|keeps?|kept)\b|n't", CASE)
SNAPPED = compiled(
    r"\b(?:snapp(?:ed|s|ing)|end(?:ed|s|ing)|br(?:oke|eaks?|oken|eaking)|halt(?:ed|s|ing)"
    r"|stopp(?:ed|ing)|interrupt(?:ed|ing)|ruined|brought .{0,24}to an end)\b[^,;:.]{0,24}$",
    CASE,
)
NOT_RUN = compiled(
    r"\b(?:next|first|over|within|following|in|after) (?:the )?$|\bin (?:the )?(?:past|last) $",
    CASE,
)
STRUNG = compiled(
    r"\b(?:strung|put|stitched|pieced|linked) together (?:now )?$|\b(?:reeled off|racked up"
    r"|notched(?: up)?"
    r"|chalked up|clocked up|run of|string of|sequence of|streak of|made it|series of|through"
    r"|endured"
    r"|suffered|enjoyed) (?:now )?$",
    CASE,
)
"""What makes ``five rising months`` a run."""
LEAST = compiled(
    r"\b(?:more than|at least|over|no fewer than|upwards of)(?: the past| the last)? $", CASE
)
