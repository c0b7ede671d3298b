"""Standing words: the phrases by which prose gives somebody a place; word lists only."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

CASE = re.IGNORECASE
ORDERS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
).split()
ORDER = rf"(?:{'|'.join(ORDERS)}|\d{{1,2}}(?:st|nd|rd|th)|next|runner-up)"
GROUP = (
    r"(?:(?:[\w&'-]+ ){0,2}?(?:sectors?|industr(?:y|ies)|groups?|funds?|styles?(?: box(?:es)?)?"
    r"|boxes|box|cells?"
    r"|corners?|ind(?:ex|ices|exes)|giants?|mega[- ]?caps?|magnificent seven|seven|eleven"
    r"|commodit(?:y|ies)"
    r"|metals?|pack|field|bunch|lot|league|table|board|class|rest|group|market|four|six"
    r"|index funds?|averages))"
)
OF = (
    rf"(?: (?:of|among|amongst|in|from)(?: all)?(?: (?:the|our|its|these|those|this))?(?: (?:past"
    rf"|whole))?"
    rf"(?: (?:\d{{1,2}}|two|three|four|five|six|seven|eleven|ten|day's|evening's|week's|month's"
    rf"|year's))?(?: other| S&P 500| rising| falling)?"
    rf" {GROUP}\b)"
)
HEAD = (
    rf"(?:[- ](?:performing|placed))?(?: (?:performers?|one|showing|return|performance"
    rf"|of them))?(?: {GROUP}\b)?{OF}?"
    rf"(?: performers?| member)?"
)
TOP = (
    r"best|strongest|finest|hottest|firmest|sturdiest|brightest|perkiest|liveliest|sprightliest"
    r"|fittest|sunniest|swiftest|fastest|happiest|bonniest|mightiest|healthiest|most buoyant"
)
BOTTOM = (
    r"worst|weakest|poorest|softest|feeblest|sorriest|dullest|dimmest|limpest|sickliest|gloomiest"
    r"|slowest|saddest|drabbest|flabbiest|dreariest|sourest|darkest|lamest|wobbliest|droopiest"
)
SPAN_OF = (
    r"(?: of (?:the|a) (?:day|session|evening|week|month|quarter|year|lot|bunch|pack|field|class"
    r"|night))?"
)
BEST = quick(
    rf"\b(?:(?P<order>{ORDER})[- ])?(?:(?P<top>{TOP})|(?P<bottom>{BOTTOM}))(?P<head>{HEAD})"
    rf"(?P<span>{SPAN_OF})"
    r"(?= (?:of|on|over|in|so|today|tonight|this|at|with|was|is|were|are|has|have|had|by|since|for"
    r"|belongs?|belonged|goes|went|behind"
    r"|among|again|and|by far"
    r"|technology|energy|financials|materials|industrials|utilities|health|real|communication"
    r"|consumer|staples|discretionary)\b"
    r"|[,.;:)!?]|\s[–—-]|$|\s\()",
    CASE,
)
BIGGEST = quick(
    rf"\b(?:(?P<order>{ORDER})[- ])?(?:biggest|largest|best|worst|top|steepest"
    rf"|heaviest) (?:single )?"
    rf"(?:(?P<top>gainers?|risers?|winners?|climbers?|advancers?|performers?)|(?P<bottom>fallers?"
    rf"|losers?|decliners?"
    rf"|laggards?|casualt(?:y|ies)|drags?))\b(?P<head>{OF}?)(?P<span>{SPAN_OF})",
    CASE,
)
SIZED = (
    r" (?:(?:by|about|nearly|almost|some) )?[+−-]?\d{1,3}(?:\.\d+)?%(?: (?:today|tonight|on the day"
    r"|(?:this|over the(?: past| last)?|in the(?: past| last)?)"
    r" (?:(?:three|six|twelve|3|6|12) months|week|month|quarter|year)))?"
)
"""By how much somebody moved, and over what time."""
MOST = quick(
    r"\b(?:(?P<up>rose|risen|rising|gain(?:ed|ing)|add(?:ed|ing)|climb(?:ed|ing)|advanc(?:ed|ing)"
    r"|put(?:ting)? on|tack(?:ed|ing) on|jump(?:ed|ing)|return(?:ed|ing)|earn(?:ed|ing)|up)"
    r"|(?P<down>fell|fallen|falling|lost|losing|shed|shedding|dropp(?:ed|ing)|slid|sliding"
    r"|declin(?:ed|ing)|sank|sunk|sinking|tumbl(?:ed|ing)|slipp(?:ed|ing)|giv(?:en|ing) (?:up|back)"
    rf"|gave (?:up|back)|retreat(?:ed|ing)|down))(?:(?P<size>{SIZED})| \w+)?,? "
    r"(?:(?:by )?(?:the )?(?:(?P<most>most"
    r"|furthest|farthest|hardest)|(?P<least>least))|(?P<more>more|further|harder|faster)"
    rf"|(?P<less>less)) (?:(?:of|among) (?:any|all|the)|than (?:any|all|every))(?: of)?(?: the)?"
    rf"(?: other)?(?: (?:eleven|seven|four|six))? {GROUP}\b",
    CASE,
)
"""``shedding the most of any sector``, ``rose more than any other giant``."""
HAD = quick(
    rf"\b(?:(?P<top>{TOP})|(?P<bottom>{BOTTOM})) (?:day|session|week|month|quarter|year|run|time"
    rf"|showing)"
    rf"(?P<head> (?:of|among) (?:any|all|the)(?: of)?(?: the)?(?: other)?(?: (?:eleven|seven|four"
    rf"|six))? {GROUP}\b| behind (?:it|them)\b)",
    CASE,
)
FRONTED = compiled(
    rf"\W*(?:of|among|amongst|in) (?:all )?(?:(?:the|our|these|those) )?(?:(?:two|three|four|five"
    rf"|six|seven|eleven|ten|\d{{1,2}}) )?{GROUP},",
    CASE,
)
"""``Of the four style boxes,`` at the head of a sentence: whom all that follows is said among."""
HAD_ONE = quick(
    rf"\b(?:ha[sd]|have|having|enjoyed|suffered|endured|put in|made|is having) (?:had )?(?:the"
    rf" |its )?(?:(?P<top>{TOP})|(?P<bottom>{BOTTOM})) (?:day|session|week|month|quarter|year|run"
    rf"|showing)\b",
    CASE,
)
"""``has had the best year`` behind such a head."""
NOUN = quick(
    rf"\b(?P<lead>(?:the |(?:day|week|month|year|evening|session|quarter)'s |clear |sector "
    rf"|outright ){{0,4}})(?:(?P<top>leader|winner|champion|pick|stars?(?= of)|standout|stand-out"
    rf"|pacesetter|pace-setter|front-?runner|top dog|best of|star turn|toast|class act|belle of"
    rf" the ball"
    rf"|king of the (?:hill|castle)|trailblazer|chart-?topper|table-?topper|gold medallist|victor"
    rf"|pace-?maker|standard-bearer|head of the class|hero(?:es)?|stars?(?= turn)|darling"
    rf"|high[- ]?flyers?"
    rf"|pick of the (?:bunch|lot|crop|litter))|(?P<bottom>duffers?|dunces?|duds?|wallflowers?"
    rf"|whipping"
    rf" boys?|runt of the litter|runt|cellar-?dweller|damp squib|flops?(?= of)|caboose|lame"
    rf" ducks?|black"
    rf" sheep|turkeys?|goat|villains?|stinkers?|wooden-spoonist|laggard|loser|straggler"
    rf"|tail-?ender|backmarker"
    rf"|back-marker|wooden spoon|weak(?:est)? link))\b(?P<head>{OF}?)(?P<span>{SPAN_OF})",
    CASE,
)
TABLE = (
    r"(?:(?:sector|league|performance|industry|day's|week's|month's|year's"
    r"|eleven-sector)(?:'s)? )*(?:charts?|bill(?!s)|order of merit|parade|hit parade|queue|heap"
    r"|ladder"
    r"|bunch|ranks|roost|fallers|table|list|board|leader ?board|rankings?|standings|league|pile"
    r"|pack|field|class|pecking order|scoreboard)"
)
VERB = quick(
    rf"\b(?:(?P<top>(?:(?:{TABLE}|sectors|eleven|giants|gainers|risers|advance(?:rs)?|winners|rally"
    rf"|day|session|climb) (?:was|were|is|are) (?:led|headed|topped)(?= (?:once more |again"
    rf" )?by\b))"
    rf"|(?:ruled|rules) the roost|took top billing|took first prize|(?:swept|sweeps) the board|led"
    rf" from the front|cleaned up(?= (?:among|in|on|today|this))|ran away with (?:it|the (?:day"
    rf"|prize"
    rf"|show|honours))|(?:led|leads?|leading|topp(?:ed|ing)|tops|head(?:ed|s"
    rf"|ing)) (?:every (?:other )?(?:sector|giant|one)|all (?:the )?(?:other )?sectors"
    rf"|(?:the|today's|(?:the|this) (?:day|week|month|quarter|year)'s)"
    rf" (?:(?:eleven|seven|other|S&P(?: 500)?) )?(?:{TABLE}"
    rf"|sectors|giants|magnificent seven|gainers|risers|winners|advance(?:rs)?|way(?! (?:down"
    rf"|lower))|charge|rally|climb)\b)"
    rf"(?! (?:down|lower))"
    rf"|(?:took|takes|won|wins|claimed|earned|bagged|wore|wears?|wearing) (?:the )?(?:gold(?:"
    rf" medal)?|laurels|crown"
    rf"|day(?= (?:among|in|of))|top (?:spot|place|honours)|palm)|(?:came|comes|coming|come"
    rf"|finished|ended) (?:out )?(?:on )?top(?= (?:of|among|in|on|over|this|today)\b|[.,;]|$)"
    rf"|(?:out )?in front of (?!the (?:index|market|S&P)\b)(?:the|all)(?: the)?(?: other)?"
    rf" {GROUP}|w[io]ns? the (?:day|week"
    rf"|session|month)"
    rf"|set the pace|carr(?:ied|ies) (?:the )?(?:session|day|week|market|index|advance|rally)|did"
    rf" best|fared best|shone brightest|(?:rose|gained|climbed|advanced|returned"
    rf"|earned) (?:the )?most\b|stole the show)"
    rf"|(?P<next>second|third|next) (?:from (?:the )?(?:bottom|last)|to last|bottom)\b"
    rf"|(?P<next2>last but one|next-to-last|second-to-last|penultimate)\b"
    rf"|(?P<bottom>(?:(?:{TABLE}|sectors|eleven|giants|losers|decliners|laggards|retreat|decline"
    rf"|fall|slide) (?:was|were|is|are) (?:led(?: down| lower)?|propped up)(?= by\b))|bottom of the"
    rf" class|propp?(?:ed|ing|s) up (?:the )?(?:{TABLE}|rest|others|sectors|eleven|bottom)"
    rf"|br(?:ought|ings?|inging) up the rear|(?:trail(?:ed|s|ing)|lag(?:ged|s|ging)) the"
    rf" (?:other )?(?:sectors|field|pack|table|magnificent seven)\b"
    rf"|(?:led|leads?|leading|head(?:ed|s)|topp(?:ed|ing)) (?:the )?"
    rf"(?:way |sectors |list of |giants |pack )?(?:down|lower|decliners|losers"
    rf"|fallers|laggards|retreat|decline|fall|losers' list)\b"
    rf"|(?:took|takes|collected|earned) (?:home )?the wooden spoon|did worst|fared worst"
    rf"|came off worst|suffered (?:the )?most|(?:fell|lost|dropped|slid|declined) (?:the )?most\b"
    rf"|(?:finished|came(?: (?:home|in))?|limped (?:home|in)|wound up|trailed (?:in|home)|ended"
    rf"|closed|ranked|placed"
    rf"|was|were|is|are|sits?|stood|stands"
    rf"|languish\w*) (?:dead |plumb |stone |down )?(?:in )?last(?! (?:week|month|year|night"
    rf"|quarter)\b)|rooted to the (?:bottom|foot)))"
    rf"(?P<head>{OF}?)",
    CASE,
)
_WON_BY = (
    r"(?= (?:went|goes)\b"
    r"| (?:for|to) (?!(?:the (?:past|last) )?(?:[\w-]+ ){1,2}(?:session|day|week|month|year)s?\b))"
)
"""Behind a medal: to whom it goes. Gold also falls ``for five sessions``."""
PLACE = quick(
    rf"(?:\b(?:came|comes|finished|finishes|ended(?: up)?|ranked|ranks?|placed|closed|landed|stood"
    rf"|stands|sits|lies?|lay|was|is|were|are|took|takes|taking|in|claimed|holds?|held|occup(?:ied|ies)|for)"
    rf" (?:only |just |a |the |a distant |a close |in )?(?:(?P<o1>{ORDER}|top|bottom"
    rf"|last)(?: (?P<pl>place|spot|slot|position|rank))|(?P<o2>{ORDER}|top(?= (?:of|among|in)\b)"
    rf"|last|bottom(?= (?:of|among|in)\b))"
    rf"(?= (?:of|among|amongst|in|on the|over|this|today|out|from)\b|[.,;:]|$))"
    rf"|\b(?P<medal>gold|silver|bronze)(?: medals?\b|{_WON_BY})|\b(?P<o3>{ORDER}"
    rf"|top|bottom|last) (?:place|spot|slot|position)\b"
    rf"|(?<=[,;] )(?:(?:but|and|yet|though|while) )?(?:only |just |a )?(?P<o6>{ORDER})(?= (?:over"
    rf"|on|in|for|across) (?:the |its )?(?:past |last |previous )?(?:\w+ )?(?:day|session|week"
    rf"|month|quarter|year)s?\b)"
    rf"|\b(?P<o7>{ORDER}),? (?=(?:in|out of|from) a (?:field|group|league|table|pack) of\b)"
    rf"|\b(?:tak(?:e|es|ing)|took|winning|won|wins|claim(?:s|ed|ing)|earn(?:s|ed|ing)|bagg(?:ed"
    rf"|ing)) (?:home )?(?:the )?(?P<medal2>silver|bronze)\b"
    rf"|\b(?P<only>second (?:only )?to(?! (?:the )?(?:last|bottom|none|no|nobody|nothing|few)\b)"
    rf"|runners?-up (?:only )?to)\b|\b(?P<o4>runners?-up)\b"
    rf"|\b(?:a |dead |stone |plumb )?(?P<o5>{ORDER}|last|bottom)(?= (?:of|among|in) (?:the "
    rf"|all )?(?:sectors?\b|{GROUP}))"
    rf"|\b(?P<also>(?:and|but|while|with) )?(?P<o8>(?!next\b){ORDER}|last|bottom)"
    r"(?= (?:was|were|is|are|came|comes|being) )"
    rf"|\b(?P<lead>at the (?:very )?)?(?:(?P<top>top|head|front|summit)|(?P<bottom>bottom|foot"
    rf"|back|tail|rear|tail end))(?: of (?:the |today's |its )?(?:{TABLE}|sectors|eleven|giants"
    rf"|seven|sector|(?:day's |today's )?advance)\b|(?= \([+−-]?\d|[,.;]|$))"
    rf"|\b(?:among|in|made|into|inside) the (?:(?P<tops>top|best|leading)|(?P<bottoms>bottom|worst"
    rf"|weakest)) (?P<many>two|three|four|five|\d)\b"
    rf"|\b(?:among|one of) the (?:(?P<several>best|strongest|leaders|leading)|(?P<weak>worst"
    rf"|weakest|laggards|poorest))\b)(?P<head>(?: {GROUP}\b)?{OF}?)",
    CASE,
)
NONE = compiled(
    rf"\b(?:no(?: other|ne(?: of (?:the|them)(?: (?:eleven|seven|four))?)?|body|t (?:one|a single)"
    rf"|thing| one)?|nowhere|neither)(?P<group>(?: (?:other )?{GROUP}\b)?{OF}?)"
    rf"(?P<mid>(?:[^.;:]|\.\d){{0,60}}?) (?:(?P<better>better|higher|further ahead|more ground"
    rf"|stronger"
    rf"|finer|brighter|happier|sunnier|kinder|richer|smoother|easier"
    rf"|(?:rose|gained|climbed|advanced|returned|earned|rise|gain) (?:by )?more)"
    rf"|(?P<worse>worse|lower|weaker|harder|rougher|poorer|tougher|grimmer|sorrier|unhappier"
    rf"|nastier|uglier|bumpier|harsher|darker|drearier|bleaker|(?:fell|lost|dropped|slid|declined|fall|lose"
    rf"|drop) (?:by )?(?:more|further)))(?P<mid2>(?:[^.;:,]|\.\d){{0,40}}?) than(?: in| for"
    rf"| at)? (?:the )?",
    CASE,
)
NONE_DID = compiled(
    rf"\b(?:no(?: other)?|not one|none of the(?: other)?) (?P<group>{GROUP}{OF}?)(?: \w+)??"
    rf" (?:has|have"
    rf"|had|did|fared|enjoyed|suffered|made|put in|can show|boasts?|is having|been having)(?:"
    rf" (?:had|done"
    rf"|fared|enjoyed|suffered|made))?(?: (?:a|an|any))? ?(?:(?P<better>better|finer|stronger"
    rf"|brighter"
    rf"|happier|sunnier|kinder|richer)|(?P<worse>worse|weaker|poorer|rougher|harder|sorrier|grimmer"
    rf"|unhappier))(?: (?:day|session|week|month|quarter|year|time of it|run|showing))?"
    rf"(?= (?:so far|today|tonight|this|on the|over the|over|in|to date|yet)\b|[.,;:!)]|$)",
    CASE,
)
NONE_BEAT = compiled(
    rf"\b(?:no(?: other|ne|body|thing)?|not one)(?P<group>(?: (?:other )?{GROUP}\b)?{OF}?) (?:"
    rf"(?:could|can|did|has|managed to) )?(?P<beat>beat|beaten|outdone|outrun|outshone|bettered"
    rf"|surpassed|bested|overtaken|eclipsed|outstripped|touch|keep up with|bested|outdid"
    rf"|outpaced|topped|matched|match|outperformed) (?:the )?",
    CASE,
)
LISTED = compiled(
    rf"(?:'s?)?(?: (?:was|were|is|are|came|comes?|finished|ranks?|ranked|placed))?,? "
    rf"(?:in )?(?P<place>{ORDER}|last|bottom|top)(?: place)?(?= and\b| but\b| of (?:all|the)\b"
    rf"|[.,;:)!]|$)",
    CASE,
)
"""A place right behind a name: ``energy first, real estate second``."""
THEN = compiled(
    r"(?: (?:today|tonight|on the day|this (?:week|month|quarter|year)|over the (?:past )?(?:week"
    r"|month|quarter|year)))?,? (?:and )?(?:then|next|next came|followed by|then came|with"
    r"|ahead of|before)(?: by)? (?:the )?$",
    CASE,
)
"""Between one that is placed and the next in order: ``energy, then staples``."""
AND_THEN = compiled(r"(?:,|,? (?:and|then|and then)(?: by)?) (?:the )?", CASE)
"""Between those who follow: ``followed by energy and staples``."""
ONLY = compiled(
    r"\b(?:only|just|no one but|nobody but|none but)(?: the)? $",
    CASE,
)
"""What stands before whoever alone is ahead."""
ONLY_VERB = compiled(
    r"(?:'s?)?(?: shares?)? (?:(?:has|have|had|did|does|do|is|are|was|were)"
    r" )?(?:(?P<better>(?:done|did|fared|been|performed) (?:\w+ )?better"
    r"|better|beaten|beat|beats|outdone|ahead of|(?:gained|risen|rose|made|returned|climbed"
    r"|advanced|earned|up) (?:\w+ )?more|topped|tops|stronger|higher)"
    r"|(?P<worse>(?:done|did|fared|been|performed) (?:\w+ )?worse|worse|behind|(?:lost|fallen|fell"
    r"|dropped|slid|shed|down) (?:\w+ )?more"
    r"|weaker|lower))(?P<mid>(?:[^.;:,]|\.\d){0,34}?)(?: than)? (?:the )?$",
    CASE,
)
PODIUM = compiled(
    r"\b(?:(?P<top>podium|top three|first three(?: places)?|medals|medallists|gold,? silver(?:,)?"
    r" and bronze|leader ?board)"
    r"|(?P<bottom>bottom three|last three(?: places)?|three worst))\b(?:[^.;]"
    r"|\.\d){0,60}?(?:reads?|is|are"
    r"|was|were|went to|go to|goes to|belongs? to|:|runs?"
    r"|comprises?|consists? of|—|–) ?(?:the )?$",
    CASE,
)
ALL = quick(
    rf"\b(?:(?P<better>beat|beats|outpaced|outperformed|did better than|better than|outdid|outran"
    rf"|ahead of|outstripped|(?:rose|gained|climbed|advanced|returned|earned|up"
    rf"|made) (?:by )?(?:more|further) than)|(?P<worse>trailed|lagged|did worse than|worse than"
    rf"|behind|underperformed|(?:fell|lost|dropped|slid|declined|down|shed) (?:by )?(?:more"
    rf"|further|harder) than))"
    rf" (?:every(?: single)?(?: other| one of the others)?|all(?: of)?(?: the)?(?: ten| six"
    rf"| three)?(?: other)?|any (?:of the )?(?:other|rest)|each of the other"
    rf"|the other) (?P<group>(?:ten |six |eleven |seven |three )?(?:other )?{GROUP})\b",
    CASE,
)
COPULA = compiled(
    r"(?:[ ,]+(?:was|were|is|are|has|have|had|been|be|also|again|still|once more|easily|clearly"
    r"|by far|comfortably|the|its|their|a|an|(?:day|week|month|year|quarter|session|evening"
    r"|night)'s"
    r"|so far|as|today|tonight|ended(?: up)?|finished|came|proved|remains?|remained|became"
    r"|turned out|to be|out|up|not|no|far from|only|just|anything but"
    r"|by no means|this (?:year|week|month|quarter)|on the day|over the (?:past )?(?:week|month"
    r"|quarter|year)|both|too|even|now|then|probably|arguably|among|well|'s|all))*[ ,(–—-]*",
    CASE,
)
TO = compiled(
    r"(?:[ ,]*\b(?:of|among|in|on|over|for|by|so far|today|tonight|this|the|these|all|last|past"
    r"|previous|year-to-date|to date|and|as|day|week|month|year|session|sessions|quarter|months"
    r"|since"
    r"|began|start|five|three|one|twelve|sector|sectors|eleven|seven|giants?|table|board|pack"
    r"|evening|time|again|once more|at least|far|with dividends|dividends included|among them)\b)*"
    r"[ ,:(–—-]*(?:\b(?:was|were|is|are|has been|have been|had been|belong(?:s|ed|ing)? to|went to"
    r"|goes to|go to|falls? to|fell to|came|turned out to be|remains?"
    r"|being|proved|to|for|from|by)\b[ ,:]*)*(?:once again |again |once more |instead )?(?:the "
    r"|both )?",
    CASE,
)
ASIDE = compiled(r"^,[^,;:]{3,60},", CASE)
"""What is said by the way between somebody and their place: ``, up three percent,``."""
WITH = compiled(r"\bwith (?:the )?$", CASE)
DOING = compiled(r"(?: [\w-]+){0,5} ?(?:the |a |an )?", CASE)
"""Between ``with`` somebody and their place: ``with health care nipping in as runner-up``."""
BESIDE = compiled(
    r", (?:behind|after|ahead of|just behind|right behind|second only to)\b[^,;]*,", CASE
)
LEAST = compiled(
    r"\b(?:(?P<lost>lost|fell|dropped|slipped|shed|declined)|(?:gained|rose|climbed|advanced))"
    r" (?:by )?(?:the )?(?:(?P<order>next|second|third|fourth|fifth)[- ])?"
    r"(?:(?P<least>least)|most)\b(?! (?:of|in|since|for|ground))",
    CASE,
)
"""Places told by how much: ``lost least``, ``gained the second most``."""
DID = quick(
    rf"\b(?:did|does|do|fare[sd]?|perform(?:s|ed)|(?:has|have|had) (?:done|fared|performed))"
    rf" (?:by far )?(?:the )?(?:(?P<order>{ORDER})[- ])?(?:(?P<top>best)|(?P<bottom>worst))\b"
    r"(?! since\b| in (?:[\w-]+ )?(?:weeks|months|years|decades)\b)",
    CASE,
)
SUBJECT = compiled(
    r"(?:['’]s?)?(?: (?:shares?|stocks?|funds?))?(?: (?:today|tonight|again|clearly|easily))* ",
    CASE,
)
"""Between somebody and what they did."""
SECTORS = compiled(r"\bsectors?\b", CASE)
NO_RANK = compiled(
    r"\bat (?:its |their )?$|\b(?:we|CASE|you|they) (?:like|prefer|love|know)[^,;]*$", CASE
)
OPENS = compiled(r"(?:^|[.:;,(–—-] ?)$")
"""What stands before a place that opens a clause of its own."""
TO_WHOM = compiled(r" (?:to|for|goes to|went to) ", CASE)
NOT = compiled(r"\b(?:not|unlike|rather than|instead of) (?:the )?$", CASE)
THROUGH = compiled(r"\b(?:behind|after|ahead of|below) $", CASE)
