"""Leftover words: what states something of a market, and what does not; word lists only."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

STATED = quick(
    r"\b(?:better|worse|weak|weaker|strong|ranks?|ranked|last of|lone|sole|overhauled|outgunned"
    r"|outclassed|stole|triple[ds]?"
    r"|quadrupled?|never (?:looked|stood|closed|been)|ahead|behind|in front|out in front|lead(?:s"
    r"|er|ers)?|led|lag\w*|trail\w*|laggards?"
    r"|outdone|bested|beaten|beat|pipped|eclipsed|overtak\w+|overtook|outshone|outpac\w+|outperf\w+"
    r"|underperf\w+|second best|second to|second fiddle|runner-up|runners-up|also-rans?"
    r"|best|worst|strongest|weakest|steepest|biggest|largest|smallest|highest|lowest|toughest"
    r"|top|topped|bottom|foot of|head of|tail end|first place|second place|third place|last place"
    r"|winners?|losers?|medal|podium|wooden spoon|pole position|the rear"
    r"|higher|lower|up|down|upwards?|downwards?|rise|rises|rose|risen|fall|falls|fell|fallen|gains?"
    r"|gained|loss|losses|lost|losing|rally|rallied|sell-?off|surge[ds]?|jump(?:s|ed)?"
    r"|drops?|dropped"
    r"|advance[ds]?|declines?|declined|slides?|slid|slump(?:s|ed)?|plunge[ds]?|rebound(?:s|ed)?"
    r"|in the (?:red|black|green)|unchanged|flat|records?|all-time|new highs?|new lows?|peaks?"
    r"|straight|in a row|running|consecutive|streak|on the trot|successive|in succession"
    r"|(?:above|below|over|under|beneath|crossed|regained|lost|reclaimed|near|at) (?:its"
    r"|their|the|a)"
    r" (?:[\w-]+ ){0,3}averages?|overbought|oversold|golden cross|death cross|inverted"
    r"|quadrant|correction"
    r"|bear market|bull market|stronger|weaker|wider|narrower|widen(?:ed|s|ing)?"
    r"|narrow(?:ed|s|ing)?|grew|shr[au]nk|thinn\w+|broaden\w*|improv\w+|deteriorat\w+"
    r"|cheaper|dearer"
    r"|doubled?|twice|thrice|trebled?|tripled?|halved?|less than|more than|better than|worse than"
    r"|outnumber\w*|(?:upper|whip) hand|(?:keep|kept|keeps) (?:up|pace) with|majority"
    r"|minority|bulk of|most of|left standing|left in the dust|wake of"
    r"|cut rates|raised rates|pays? more|pays? less|volatile|calmer|jumpier|choppier|firm(?:ed|er)"
    r"|soft(?:er|ened)"
    r"|richer|poorer|dearest|cheapest|costl(?:y|ier|iest)|expensive|bargain|undervalued|overvalued"
    r"|premium|discount"
    r"|(?:same|just|exactly|much) as (?:when|at the|a (?:week|month|year)|it (?:was|did|stood))"
    r"|head(?:s|ed)? (?:the|every|all)|(?:first|last)(?= (?:on|of|over|in|among|for) (?:the"
    r"|all|a)\b)"
    r"|so (?:did|was|were|has|have|is|are)|(?:nor|neither) (?:did|was|were|has|have|could|is|are)"
    r"|as (?:did|was|were|has|have)"
    r"|too(?=\s*(?:[.;:!]|$))|likewise|followed suit|crown|podium|honours|spoils|accolade|lion's"
    r" share|trounc\w+|thrash\w+"
    r"|hammer\w+|batter\w+|pummel\w+|clobber\w+|bruis\w+|shone|star(?:s|red)? (?:of|performers?)"
    r"|standout|darlings?"
    r"|casualt(?:y|ies)|victims?|heavy lifting|carried the|did the (?:work|damage|lifting|leading)"
    r"|to thank|to blame|drag(?:s|ged)?"
    r"|weigh(?:ed|s|ing)|propp\w+|buoy\w+|boost\w+|spark\w+|swept|soar\w*|rocket\w*|tank(?:ed|s)"
    r"|nosediv\w+|skid(?:ded)?"
    r"|hit (?:a|an|the|its|by)|suffer\w*|thriv\w+|prosper\w*|struggl\w+|flounder\w*|languish\w*"
    r"|steadied|stabili[sz]ed"
    r"|recover\w*|bounc\w+|gave (?:up|back|ground)|edg(?:ed|ing)|inch(?:ed|ing)|crept|ticked"
    r"|drift(?:ed|ing)|wobbl\w+|stumbl\w+"
    r"|(?:are|is|was|were|been|turned|stayed|remain(?:s|ed)?|went|goes) (?:all |both |now |also"
    r" )?(?:positive|negative)|(?<=[:,] )(?:good"
    r"|bad|fine|foul|lovely|awful"
    r"|great|rotten|poor|dismal|grim|rough|tough|splendid|decent|solid|strong|weak|nasty|nice|ugly"
    r"|wretched|miserable|horrid|ghastly|cracking|stinking|super|superb|terrible|brilliant)"
    r" (?:day|week|month|quarter|year|evening|session|half-year)(?=[.;!]|,? (?:and|but) |$"
    r"|, (?:good|bad|fine|foul|lovely|awful|great|rotten|poor|grim|rough))"
    r"|already (?:high|low|elevated|subdued)|(?:VIX|volatility) (?:high|low|elevated|subdued|calm)"
    r"|foremost|(?:red|green)(?= (?:on|over|for)\b)|(?:made|makes?|making|lost|loses?|losing) money"
    r"|waterline|outdone|outdid|spik(?:ed|es|ing)|popp(?:ed|ing)|crash\w*|tumbl\w+|plummet\w*"
    r"|swoon\w*|buckl\w+|sank|sunk"
    r"|shed|shedding|trim(?:med)"
    r"|double-digit|(?<!after )(?:near|close to|around) (?:its|their|the) (?:best|worst|peak"
    r"|trough)"
    r"|(?!interest|latest|rest|test|west|invest|request|forest|harvest|honest|modest|protest"
    r"|suggest|guest|chest|quest"
    r"|contest|digest|earnest|arrest|nearest|nest|crest|zest|pest|vest|lest|attest|detest|manifest"
    r"|tempest|conquest"
    r"|est\b|plainest|simplest|friendliest|closest|fairest|surest|easiest|hardest"
    r"|dullest)[a-z]{3,}(?:i|[a-z])est"
    r")\b",
    re.IGNORECASE,
)
"""Words of ranks, records, moves, comparisons and states."""
MARKET = quick(
    r"\b(?:stocks|shares|equities|sectors?|members|companies|index|market|funds|bonds|giants"
    r"|(?:day|session|evening|week|today|tonight|month|year)['’]s (?:\w+ )?(?:advance|rally|rise"
    r"|decline|retreat|fall|sell-?off|gains|losses|drop|slide)"
    r"|new (?:highs?|lows?)|advancers|decliners|risers|fallers|breadth"
    r"|participation|yields?|yield curve|curve|volatility|industr(?:y|ies)|put[-/ ]call|earnings"
    r"|estimates|megacaps|mega[- ]caps|inflation|unemployment|the fed|rates|benchmark"
    r"|settlement|barrels?"
    r"|rsi|quadrant|rotation map|cross|averages?|term structure|target range|small caps?"
    r"|giants?)\b",
    re.IGNORECASE,
)
"""Groups and measures that a clause may speak of without naming a subject."""
VIEW = quick(
    r"\b(?:we(?! (?:show|track|follow|print|list|measure|cover|quote|have seen|saw))|ours|I"
    r"|(?:one|another|my) reading|reading is|our (?:reading|verdict|view|case|answer"
    r"|question|worry|point|bet)|verdict is|view is|in our view|opinion|argu\w+|case for|story"
    r"|narrative|thesis"
    r"|theory|bulls|bears|critics|sceptics|skeptics|anyone|nobody (?:knows|can|should|will"
    r"|wanted|likes"
    r"|needs|wants|asked|expect\w*|else|is|would|may|cares?|minds?)|one can|one might|call it"
    r"|arguably|as if|as though|like a|like this|means|matters?|entitled|worth|deserve[sd]?"
    r"|unusual|lesson|(?:nothing|something|anything) wrong with"
    r"|point is"
    r"|temptation|tempting|question|answer|reason|test|proof|evidence|sign of|argument|doubt)\b",
    re.IGNORECASE,
)
"""Words that mark a clause as somebody's view."""
IDIOMS = quick(
    r"\b(?:(?:best|top|strongest|first|leader)(?: \w+)? (?:to|and|from|minus|versus|against)"
    r" (?:the )?(?:worst"
    r"|last|weakest|bottom|laggard)|money that is losing|rally with that many passengers is hard"
    r" to call narrow|rally with"
    r" that many|less to gain from|buoyancy|where most of what|with them falls"
    r"|bounces start from|retreat, not an advance|an advance, not a retreat|separates? the (?:best"
    r"|strongest|top) [\w ]{0,30}from the (?:worst|weakest|bottom)"
    r"|separate(?:s|d)? the best|straight (?:past|to|into|from|out)|(?:held|propped) up by|best of"
    r" the \w+ first|(?:behind|ahead of) us\b|one of the better readings|beneath the (?:averages"
    r"|surface|index)"
    r"|share of [\w& ]{2,40} that closed above their own moving average|things stood"
    r"|make up|made up (?:its|their|his) minds?|up to|end up"
    r"|ends up|set up|setup|add up|adds up"
    r"|back up|break down|breaks? down"
    r"|come down to|comes down to|boils? down|up for|top of mind|at best|at worst|at last"
    r"|best of all"
    r"|on average|more than (?:that|a|one|enough|float|weather|noise|luck)"
    r"|less than (?:ideal|clear)"
    r"|average of|live up|hold up|holds up|turn up|turns up|show up|shows up|sum up|sums up"
    r"|track record|for the record|on the record|broken record|taken down|stand up|stands up)\b",
    re.IGNORECASE,
)
"""Uses of these words that state nothing about a market."""
PART = compiled(
    r",|\bas (?=(?:the )?(?:bulls|bears)\b)|(?<!\bwell )(?<!\bmuch )(?<!\bfar )(?<!\bmany )"
    r"(?<!\bsame )(?<!\bsuch )(?<!\bjust )(?<!\blong )(?<!\bsoon )(?<!\bmore )(?<!\bhard )"
    r"(?<!\bfast )(?<!\bbadly )\bas (?=(?:the |its )?[\w&'-]+ (?:(?:fund|sector|shares) )?"
    r"(?:surged|climbed|jumped|rallied|slipped|dropped|slumped|tumbled|gained|eased|rose|fell|lost"
    r"|slid|sank|shed|posted|reported|announced|warned|unveiled|missed|launched|recalled|agreed"
    r"|swung|booked|filed|faced|struck)\b)|\b(?:and|but|then) (?=as (?:many|much|few) "
    r"|(?:also |now |still |even |again |then |is |are |was |were |has "
    r"|have |had )"
    r"|\w+ed\b|led\b|beat\b|fell\b|rose\b|lost\b|made\b|took\b|did\b|went\b|came\b|gave\b|held\b"
    r"|stood\b)",
    re.IGNORECASE,
)
"""Where one part of a clause ends and another begins."""
VERB = compiled(
    r"\b(?!(?:weighted|excluded|included|reinvested|adjusted|dated|listed|told|called|named"
    r"|based|so-called"
    r"|taken|measured|counted|combined)\b)(?:is|are|was|were|has|have|had|did|does|do|\w+ed|led"
    r"|beat|fell|rose|lost|made|took|went"
    r"|came|gave"
    r"|held|stood|got|put|kept|left|won|ran|sat|sits|set|cut|hit|stands|shone|sank|drew|grew|paid"
    r"|saw|wore|wears"
    r"|ranks?|looks?|remains?|keeps?|cannot|could|lies?|lay|goes|go|comes?|stays?|trades?|shows?"
    r"|holds?|belongs?)\b|n't\b",
    re.IGNORECASE,
)
"""Verbs by which somebody does something, or is something."""
ACTOR = compiled(
    r"\W*(?:(?:and|but|so|yet|then|all|most|many|other|the|our|big|small|large|US|American|global"
    r"|broad(?:er)?|wider|overall|even"
    r"|only|again|today|tonight) )*(?:stocks|shares|equities|investors|traders|buyers|sellers"
    r"|bulls|bears|money|markets?|sectors?"
    r"|bonds|yields|breadth|participation|volatility|wall street|index|averages|treasuries|credit"
    r"|commodities|cyclicals"
    r"|defensives|members|companies|risk appetite|appetite|sentiment|momentum|the curve|rates"
    r"|lenders|banks|chipmakers)(?! (?:that|which|who)\b)"
    r"(?: (?:also|then|again|still|now|all|both|at least|\w+ly))* (?=[a-z])",
    re.IGNORECASE,
)
"""Crowds and measures that do something without a subject being named."""
AGAIN = compiled(
    r"\W*(?:(?:and|but|so|yet|then|again|today|tonight|even|of course|indeed) )*(?:(?:it"
    r"|they)(?! (?:is|are|was|were|happen|mean|take|matter|seem"
    r"|come|look|turn\w* out|must|so happen)\w*)|the (?:former"
    r"|latter|sector|fund|shares|share|stock|group|metal|gauge|company|pair|two|trio|duo|lot)"
    r"|both|each"
    r"|(?:its|their) (?:shares|stock|price|rival|peer|cousin))(?= |n't)",
    re.IGNORECASE,
)
"""What goes on speaking of somebody named before."""
HAD_YOU = compiled(
    r"\b(?:had|if) (?:you|one|we|an investor|anyone|a saver|somebody)\b[^.;]{3,90}?\bwould"
    r" (?:have|now)\b",
    re.IGNORECASE,
)
"""A supposition about the past, whose outcome is a statement all the same."""
ONLY_WAY = compiled(
    r"\W*(?:upwards?|downwards?|up|down|higher|lower|more|less|fewer)\W*", re.IGNORECASE
)
"""A part that only gives the figure before it its sign."""
LABELLED = compiled(
    r"\W{0,3}(?:a |an |some |about |just |only |nearly |fully |all of )*", re.IGNORECASE
)
"""Between a part and the figure that it is the label of."""
HARMLESS = compiled(
    r"\b(?:says? one thing|(?:little|nothing) (?:between|separate[sd]?)|divided by"
    r"|cross the road|changes chairs|not been asked|Breadth came back|when it"
    r" rains|average of two markets"
    r"|somewhere to go|with the proceeds"
    r"|concerned|whatever"
    r"|on the list|indoors|took notes|needed something|more than float|nobody carried"
    r"|were not sold|we like|track(?:s|ed)?|measure[sd]?|stands? for|is (?:a|the) (?:fund|index"
    r"|measure|share|ratio))\b",
    re.IGNORECASE,
)
"""Words that say what something is."""
OWNERS = compiled(
    r"\b(?:holders|owners|buyers|backers|fans|friends|investors|those|shareholders|savers|people"
    r"|anyone|anybody"
    r"|whoever|bulls|bears|champions) (?:of|in|who (?:own|hold|bought)|holding|owning|with|on)"
    r" (?:the |an? |its )?$",
    re.IGNORECASE,
)
"""Whose fortune is the fortune of what they own."""
ANY_VERB = compiled(
    r"(?: (?:shares?|stocks?|funds?|index|sector|group|etf|bonds?|names))?(?: (?:also|then|still"
    r"|again|now"
    r"|even|just|all|both|[a-z]+ly))* (?!(?:of|in|on|at|for|with|and|or|but|against|versus|vs|to"
    r"|from|than|as"
    r"|which|that|who|by|over|under|behind|ahead|is|the|its|per|a|an|today|tonight|this|last"
    r"|since|index"
    r"|funds?|shares?|stocks?|sectors?|prices?|futures|yields?|returns?|gains?|losses|loss"
    r"|rises?|falls?|moves?"
    r"|averages?|records?|levels?|closes?|highs?|lows?|ratios?|spreads?|gaps?|leads?|companies"
    r"|members?|names"
    r"|growth|value|weight|volatility|trades?|markets?|rates?|curves?|ranges?|signals?|gauges?"
    r"|regimes?"
    r"|series|stress|business|rivals|peers|giants|claims|bills|notes|less|plus|minus|across|as"
    r"|years|months"
    r"|weeks|days|sessions|points|pence|others|ones|towards|besides|perhaps|always|news|proceeds"
    r"|less"
    r"|rallies|declines|drops|holdings|earnings|profits|sales|buyers|sellers|holders|owners"
    r"|investors)\b)"
    r"(?P<verb>[a-z]{2,}(?:ed|s|ing))\b(?! (?:of|by|for|and|or|than)\b)",
)
"""Whatever somebody does right behind their name, in words that no list knows."""
JOINED = compiled(r"\b(?:and|but|then) $", re.IGNORECASE)
"""What carries a subject over to a second verb."""
TELLS = compiled(r"(?:\b[a-z'’-]+\b[^a-z]*){2}", re.IGNORECASE)
"""What is more than a name standing alone."""
