"""Lexicon: the words of market prose that state something without a figure.

Word lists only, one pattern for each thing that can be said; how a sentence is read is
in `newsletter.preflight.sentences.clause`, what is true in `newsletter.preflight.ledger.world`.
"""

import re

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import move_words as idioms

_FLAGS = re.IGNORECASE

_ADVERB = (
    r"(?:the (?:session|day|week|month|quarter|year|evening|night) )?(?:(?:a (?:bit|touch"
    r"|little|shade)|slightly|sharply|\w+ly|still|far|much|just) )?"
)
_WENT = (
    r"(?:went|go|goes|going|gone|moved|moves|moving|push(?:ed|es|ing)|crept|creeps|inch(?:ed|es)"
    r"|edg(?:ed|es|ing)|drift(?:ed|s|ing)|head(?:ed|s|ing)|finish(?:ed|es|ing)?|end(?:ed|s|ing)?"
    r"|clos(?:e|ed|es|ing)|trad(?:e|ed|es|ing)|tick(?:ed|s|ing)|settl(?:ed|es|ing)|open(?:ed|s)"
    r"|nudg(?:ed|es|ing)|com(?:e|es|ing)|came|turn(?:ed|s)|stay(?:ed|s)|remain(?:ed|s)|is|are|was"
    r"|were|sat|sits|stood|stands|left|finds itself|found itself|look(?:ed|s))"
)
_JOINED = (
    r"(?:join(?:ed|s|ing)?(?: in)?|t(?:ook|akes?|aken|aking) part in|shar(?:ed|es|e|ing) in"
    r"|participat(?:ed|es|e|ing) in"
    r"|went along with|go(?:es)? along with|caught|follow(?:ed|s|ing)|was part of|were part of)"
)
_OF_DAY = (
    r"(?:(?:the|today's|tonight's|(?:mon|tues|wednes|thurs|fri)day's|this|that|the (?:day|week"
    r"|month|session|evening|market|broad"
    r" market|wider market"
    r"|index)'s|its|their|general|broad|wider|equity|market) ){0,3}"
)
_RISE = (
    r"(?:rally|advance|gains?|rise|upswing|bounce|rebound|recovery|relief|upturn|climb|relief"
    r" rally)(?! of\b)"
)
_FALL = (
    r"(?:sell-?off|decline|falls?|losses|loss|retreat|rout|slide|drop|slump|downturn|selling"
    r"|setback)(?! of\b)"
)
UP = (
    r"rose|ris(?:e|es|en|ing)|gain(?:ed|s|ing)|climb(?:ed|s|ing)?|advanc(?:e|ed|es|ing)"
    r"|jump(?:ed|s|ing)?|surg(?:e|ed|es|ing)|rall(?:y|ied|ies|ying)|soar(?:ed|s|ing)?"
    r"|leap(?:ed|t|s)?|spik(?:e|ed|es|ing)|shot up|popp(?:ed|ing)|rebound(?:ed|s|ing)?"
    r"|bounc(?:ed|es|ing)|recover(?:ed|s|ing)|firm(?:ed|s)|harden(?:ed|s|ing)?|strengthen(?:ed|s|ing)?"
    r"|appreciat(?:ed|es|ing)|increas(?:ed|es|ing)|improv(?:ed|es|ing)|grew|grow(?:s|ing|n)"
    r"|(?:made|makes|making|earned|earns) (?:\w+ )?money|put on|claw(?:ed|s|ing) (?:its|their"
    r"|his)? ?(?:way )?(?:back|up|higher)|picked up"
    r"|(?:was|were|got|been|being|are|is)(?: not)? (?:bought|bid up|lifted)"
    r"|found (?:buyers|bids|a bid)"
    r"|(?:made|makes|making|chalked up|booked|posted|notched|logged|enjoyed|had|scored|managed"
    r"|recorded|registered|delivered|eked out|held on to|clung to|earned|won) "
    r"(?:[\w-]+ ){0,3}?(?:gains?|advances?|rise|rises|progress|increase|profit"
    r"|winning (?:day|week))"
    r"|gain(?:ed|ing)? ground|made headway|in the (?:green|black)|in positive territory"
    rf"|{_WENT} {_ADVERB}(?:up|higher|in the green|in the black|richer|ahead on the day)"
    rf"|turn(?:ed|s) positive|{_JOINED} {_OF_DAY}{_RISE}"
    r"|(?:has|have|had|shows?|showed|showing|with) (?:an? )?(?:\w+ )?(?:gains?|profits?)(?: to"
    r" show)?(?! of)"
    r"|(?:had|has had|have had|enjoyed|put in) (?:a )?(?:\w+ )?(?:good|fine|great|strong|happy"
    r"|cheerful"
    r"|decent|solid|bumper|banner|winning|up|fat|splendid|stellar|excellent|positive) (?:day"
    r"|session|week|month"
    r"|quarter|year|night|evening)(?! (?:than|since))|(?:is|are|was|were) ahead (?:for|on|over)"
    r" the (?:day|week|month|quarter|year)|on the way up|on the up|shone\b(?! bright)|(?:join(?:ed"
    r"|s|ing)? in|sparkled)\b(?! (?:the|a)\b)|(?:was|were|is|are) on a tear"
)
"""Verbs and phrases that say a subject went up."""
DOWN = (
    r"fell|fall(?:s|en|ing)?(?! (?:into (?:it|that|the (?:lagging|leading|improving|weakening))"
    r"|short))|drop(?:ped|s|ping)?|declin(?:e|ed|es|ing)|slid|slid(?:es|ing)"
    r"|slip(?:ped|s|ping)?|shed(?:s|ding)?|sank|s[iu]nk(?:s|ing)?|tumbl(?:e|ed|es|ing)"
    r"|plung(?:e|ed|es|ing)|plummet(?:ed|s)?|slump(?:ed|s|ing)?|retreat(?:ed|s|ing)?"
    r"|eas(?:ed|es|ing)|dip(?:ped|s|ping)?|crater(?:ed|s)?|crumbl(?:ed|es)|crash(?:ed|es|ing)?"
    r"|lost|los(?:e|es|ing)|ced(?:ed|es|ing)|surrender(?:ed|s|ing)?|wobbl(?:ed|es)"
    r"|stumbl(?:ed|es|ing)|weaken(?:ed|s|ing)?|soften(?:ed|s|ing)?|decreas(?:ed|es|ing)"
    r"|deteriorat(?:ed|es|ing)|shr(?:ank|unk|inks)|wilt(?:ed|s)?|buckl(?:ed|es)|swoon(?:ed|s)?"
    r"|(?:gave|giv(?:e|es|en|ing)) (?:\w+ ){0,3}?(?:ground|back|up|way)"
    r"|lost (?:\w+ )?ground|back(?:ed|ing) off|pull(?:ed|ing) back|sold off|selling off"
    r"|(?:was|were|got|been|being)(?: not)? (?:sold|hit|hurt|punished|battered|bruised"
    r"|clobbered|hammered)"
    r"|(?:took|takes|taking|suffer(?:ed|s)|nurs(?:ed|es|ing)|bore|endured|had|posted|booked|logged"
    r"|recorded|registered|chalked up|notched) (?:[\w-]+ ){0,3}?"
    r"(?:beating|knock|hit|hammering|tumble|drubbing|loss|losses|falls?|declines?|drops?|bruising"
    r"|pounding|setback|down (?:day|week))"
    r"|took (?:it|one) on the chin|came under pressure|under water|underwater|bled|bleed(?:s|ing)?"
    r"|in the red|in negative territory"
    rf"|{_WENT} {_ADVERB}(?:down|lower|in the red|poorer|under water|underwater)"
    rf"|turn(?:ed|s) negative|{_JOINED} {_OF_DAY}{_FALL}|(?:miss(?:ed|es) out on|s[ai]ts? out"
    rf"|miss(?:ed|es)"
    rf"|was left out of|were left out of|did without) {_OF_DAY}{_RISE}"
    r"|(?:has|have|had|shows?|showed|showing|with) (?:an? )?(?:\w+ )?loss(?:es)?(?: to show)?(?!"
    r" of)"
    r"|(?:had|has had|have had|endured|suffered) (?:a )?(?:\w+ )?(?:bad|poor|dismal|rotten|rough"
    r"|wretched"
    r"|miserable|dreadful|tough|sorry|grim|losing|down|lean|torrid|awful|negative) (?:day|session"
    r"|week|month"
    r"|quarter|year|night|evening)(?! (?:than|since))|t(?:aken|akes?|aking) it on the chin|on the"
    r" way down"
    r"|on the slide|in the hole|(?:was|were) in retreat"
)
"""Verbs and phrases that say a subject went down."""
FLAT = (
    r"(?:end(?:ed|ing|s)|finish(?:ed|ing)|clos(?:ed|ing)|was|were|is|are|stayed|stood|went"
    r"|held|remained|left|little) "
    r"(?:the (?:day|week|month|quarter|year|session) )?(?:\w+ )?(?:flat|unchanged|changed"
    r"|nowhere|steady|put|where (?:it|they) (?:began"
    r"|started))"
    r"|barely (?:moved|budged|changed|stirred)|hardly (?:moved|budged|changed|stirred)"
    r"|stand still|mark time|tread water|br(?:oke|eak) even|(?:did(?: not|n't)|fail(?:ed|s) to"
    r"|would(?: not|n't)|refused to) (?:move|budge|stir)"
    r"|(?:stood|sat|stands|sits) still|marked time|trod water"
    r"|treaded water|stood pat|flatlined"
)
"""Phrases that say a subject hardly moved."""
_BARE = (
    r"(?=$|[.,;:!)]| (?:on|over|for|this|today|tonight|again|too|as|while|and|but|in|at|since|both"
    r"|by|from|every|again|alike)\b)"
)
MOVE = quick(
    rf"\b(?:(?P<flat>{FLAT})|(?P<up>{UP}|{idioms.UP})|(?P<down>{DOWN}|{idioms.DOWN})"
    rf"|(?P<still>(?:{idioms.STILL}){_BARE})|(?P<plus>(?:up|higher|ahead on the day"
    rf"|{idioms.PLUS}){_BARE})"
    rf"|(?P<minus>(?:down|lower|{idioms.MINUS}){_BARE}))(?:$|\b)",
    _FLAGS,
)
"""``plus`` and ``minus`` are words without a verb, as headlines have them."""
INVERTED = compiled(
    r"(?:(?<=\n)|(?<=[.!?] )|^)(?P<way2>up|down|higher|lower)(?: again| once more| too|"
    r" today)?[:,—–] ?(?:the"
    r" |both )?|\b(?P<way>up|down|higher|lower) (?:went|came|goes|go|they went:?) (?:the |both )?",
    _FLAGS,
)
"""``Up went the banks``."""

AHEAD = (
    r"(?:is |are |was |were )?(?:well |far |clearly )?(?:ahead of|in front of|clear of)|beat"
    r"|beats|beating|beaten|outpac(?:e|ed|es|ing)|outperform(?:ed|s|ing)?|outran"
    r"|outrun(?:s|ning)?"
    r"|outstripp?(?:ed|s|ing)|outdid|outdo(?:es|ne|ing)?|outsh(?:one|ine|ines)|outgain(?:ed|s)?"
    r"|overtook|overtaken|surpass(?:ed|es|ing)?|topp(?:ed|ing)|tops|bested|edged out|pipped"
    r"|(?:led|leads|leading|lead)(?! (?:the (?:way|story|list|narrative)|to\b|story))"
    r"|eclips(?:ed|es|ing)|trounc(?:ed|es|ing)|crush(?:ed|es|ing)|thrash(?:ed|es|ing)|whipped"
    r"|out-?(?:earn|class|play|fox|distanc|muscl|sprint|jump|climb|smart|punch|scor|rank|gunn)"
    r"(?:ed|e?s|ing)|outgr(?:ew|own|ows)|outfought|out-ran|distanc(?:ed|es|ing)|dwarf(?:ed|s|ing)"
    r"|lapp(?:ed|ing)|put daylight between (?:itself|themselves) and"
    r"|showed a clean pair of heels to"
    r"|(?<!was )(?<!were )(?<!are )(?<!is )(?<!been )(?<!got )(?<!be )left (?:behind|standing)"
    r"(?= (?:the |small|large|big|both|every|all|its |their |[A-Z]))"
    r"|(?:did|do|fared?|d(?:one|oing)) (?:\w+ )?better than|(?:is|are|was|were|stay(?:ed|s)?"
    r"|pulled|stood|stands|remains?"
    r"|sits?|kept|drew|got|moved|ran|finished|ended|closed) (?:well |far |\w+ly |still )?"
    r"(?:ahead of|in front of|clear of|better than)"
    r"|(?:had|has|have|got|getting) the (?:better|upper hand|edge|beating|measure) (?:of|over|on)"
    r"|did the leading|(?:had|has|have) (?:had )?it (?:better|easier) than"
    r"|left (?=\w+(?: \w+){0,5} (?:behind|trailing|in (?:its|their|the) (?:wake|dust)))"
    r"|put (?=\w+(?: \w+){0,5} in the shade)|showed (?=\w+(?: \w+){0,4} a clean pair of heels)"
    r"|(?:rose|ris(?:e|en|ing)|gain(?:ed)?|climbed|advanced?|returned|earned|made|added"
    r"|is up|are up"
    r"|was up|were up|up) (?:\w+ ){0,2}?(?:more|further|faster|harder) than"
    r"|(?:fell|fall(?:en)?|lost|lose|dropp?e?d?|slid|declined?|shed|slipped|down)"
    r" (?:\w+ ){0,2}?less (?:ground )?than|h[eo]ld up better than|less bad than"
)
"""Verbs that put their subject in front of their object."""
BEHIND = (
    r"(?:came|come|comes|finished|ended) (?:off |in "
    r"|home )?(?:a )?(?:\w+ )?second(?: best)? (?:to|against)"
    r"|trail(?:ed|s|ing)?|lag(?:ged|s|ging)?|underperform(?:ed|s|ing)?|lost out to|fell behind"
    r"|undershot|undershoots?|(?:was|were|been) licked by"
    r"|(?:is|are|was|were|stay(?:ed|s)?|left(?= (?:\w+ )?behind (?:by|in)\b)|stood|stands|remains?"
    r"|sits?|slipped|finished|ended|closed|dropped|ran|came) (?:not )?"
    r"(?:well |far |\w+ly |still )?(?:behind|worse than|short of(?= the"
    r"| SPY| QQQ))"
    r"|(?:did|do|fared?|d(?:one|oing)) (?:\w+ )?worse than|lost (?:ground )?to|bow(?:ed"
    r"|s) to|play(?:ed|s) second fiddle to"
    r"|(?:was|were) (?:sold|hit|punished|hurt|marked down) (?:harder|more|further) than|(?:had|has"
    r"|have) (?:had )?it (?:worse|harder|tougher) than|can(?:not|'t| not|'t quite)? (?:hold a"
    r" candle|compare) to|is no match for|are no match for"
    r"|(?:was|were|is|are|been|got|gets) left (?:far |well )?(?:behind|trailing|standing)|(?:was"
    r"|were) put in the shade by"
    r"|(?:could|did|do|does|has|have|had|can)(?: not|n't|not) (?:keep|kept) (?:up|pace) with"
    r"|fail(?:ed|s) to keep (?:up|pace) with|gave way to"
    r"|(?:rose|ris(?:e|en|ing)|gain(?:ed)?|climbed|advanced?|returned|earned|made|added"
    r"|is up|are up"
    r"|up) (?:\w+ ){0,2}?less than"
    r"|(?:fell|fall(?:en)?|lost|lose|dropp?e?d?|slid|declined?|shed|slipped|down)"
    r" (?:\w+ ){0,2}?(?:more|further|faster|harder) than"
)
"""Verbs that put their subject behind their object."""
COMPARED = quick(
    rf"\b(?:(?P<behind>{idioms.BEHIND}|{BEHIND})|(?P<ahead>{idioms.AHEAD}|{AHEAD}))(?:$|\b)",
    _FLAGS,
)
PASSIVE = compiled(
    r"\b(?:is|are|was|were|been|being|be|got|get)(?: not|n't| never)?(?: \w+ly)? $", _FLAGS
)
"""Right before a verb of `COMPARED` that is done to its subject."""
PLACED = compiled(r"ahead|behind|front|clear", _FLAGS)
"""Who is ahead of somebody by so much has not been outdone by him."""

NEGATION = quick(
    r"\b(?:not|never|no(?!,| (?:trouble|difficulty|problems?|hesitation)\b)|neither|nor|cannot"
    r"|hardly|scarcely|without|nothing|nobody|none|rather than|instead of|fail(?:ed|s|ing)? to"
    r"|refus(?:ed|es|ing) to|declin(?:ed|es) to|unable to|far from|anything but)\b|n't\b",
    _FLAGS,
)
"""Words that turn what follows into its opposite."""
HEDGE = quick(
    r"\b(?:could(?! (?:not|match|touch|only|barely|hardly|scarcely|claim|boast|point|manage|live"
    r" with|keep|rival"
    r"|equal|catch|hold|beat|get|find|muster))"
    r"|(?<!\d )(?<!in )(?<!since )(?<!of )(?<!late )(?<!early )(?<!mid-)(?<!until )(?<!in the )may"
    r"(?! \d)|might|should|must"
    r"|would(?! not (?:join|budge|follow|yield|play|be (?:denied|stopped|drawn|moved)|let go|oblige"
    r"|have it|stay|give|go along|lie down|come)\b)"
    r"|can(?!not| (?:show|claim|boast|point|muster|call|look back|count|report|offer)\b)"
    r"|if|whether"
    r"|unless|until|suppose|imagine"
    r"|perhaps|maybe|probably|likely|possibly|seems?|appears?|suggests?|hopes?|expects?|wants?"
    r"|will|shall|going to|tomorrow|next (?:week|month|year|quarter|session)"
    r"|(?<!for )(?<!at )(?<!not )(?<!than )(?<!only )(?<!just )once"
    r"(?! (?:(?:[\w'’-]+ ){1,4}had|more|again|and for all|was|were"
    r"|this (?:year|month|week|quarter)|since|in (?:the|a))\b)|whenever"
    r"|question|needs? to|have to|has to|ought|used to|bet|bets|argue[sd]?|believes?"
    r"|feared|fears?(?= (?:that|of|for|an?|the|they|it|we|more|another)\b)"
    r"|about to|poised|set to|(?<!fail )(?<!fails )(?<!failed )(?<!failing )(?<!managed )"
    r"(?<!manages )(?<!continued )(?<!continues )(?<!continue )(?<!refused )(?<!unable )"
    r"to (?:rise|fall|lead|beat|gain|lose|climb|drop))\b|\?",
    _FLAGS,
)
"""Words that make a clause a condition, a forecast or a wish instead of a statement."""
GENERAL = quick(
    r"\b(?:usually|often|always|sometimes|tends? to|typically|rarely|seldom|in general|every time"
    r"|(?:(?<!on )a|any|one|another) (?:\w+ )?(?:day|week|session|month|year"
    r"|evening)(?: \w+){0,2}? (?:(?:on|in|over) which|when|that)"
    r"|as a rule|habit|when (?:a|an|one)|in an? (?:\w+ )?(?:rout|panic|sell-?off|crisis"
    r"|crash|(?:bull|bear) market)|whoever|anyone|somebody|someone)\b",
    _FLAGS,
)
"""Words that make a clause a general remark."""
