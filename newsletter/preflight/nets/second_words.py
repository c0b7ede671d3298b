"""Second words: phrases of a stretch that nothing else has understood; word lists only.

They are matched against a skeleton: names stand as ``§``, proved figures as ``#``, periods
are taken out, and so is what changes nothing (`FILL`). A stretch is read only where it holds
nothing besides, so that words with many meanings can do no harm here.
"""

import re

from newsletter.patterns import compiled

FILL = compiled(
    r"\b(?:the|a|an|and|but|yet|still|again|also|then|now|just|even|though|however|of course"
    r"|once more|once again|so far|at all|on it|its own|their own|all told|in truth|frankly|alas"
    r"|oddly|for all that|indeed|meanwhile|for once|at last|by contrast|comfortably|clearly|easily"
    r"|handily|narrowly|instead|in turn|by and large|to be fair|admittedly|at least|at any rate"
    r"|anyway|of late|lately|well|for (?:its|their) part|as a (?:group|whole|sector)|as such|both"
    r"|all|together|by the close|at the close|when the bell (?:rang|went)|in the end|itself"
    r"|themselves|unsurprisingly|quietly|duly|in fact|really|quite|rather|to be sure|on balance"
    r"|soundly|by a (?:mile|nose|whisker|hair|head|distance|street|country mile|neck"
    r"|fair margin|wide margin)|as ever|as usual|yet again|already|slightly|sharply|deep|deeply"
    r"|firmly|modestly|nearly|almost|about|some|roughly|around|as much as|or so|or thereabouts"
    r"|somewhat|a little|a touch|a shade|a tick|a bit|a tad|a hair|a notch|touch|shade|tick|tad"
    r"|notch|little|bit|far|much|not quite|just over|just under|close to"
    r"|shares?|stocks?|names?|sector|sectors|fund|funds|index|group|lot|price|prices|crowd|space"
    r"|complex|side|end|it is|that is|as for|that|which|it|they|who|fifth|tenth|third|quarter"
    r"|half|point|points|percent|per cent|full|good deal)\b(?!')",
    re.IGNORECASE,
)
"""What may stand in a stretch and changes nothing."""
AUX = compiled(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|did|does|do|remain(?:s|ed)?|stay(?:s|ed)?"
    r"|look(?:s|ed)?|stands?|stood|sits?|sat|finds?|found|went|goes|gone|going|came|comes|close[ds]?"
    r"|end(?:s|ed)?|finish(?:es|ed)?|trade[ds]?|left|got|gets|moved|moves|head(?:s|ed)|fared"
    r"|fares|turn(?:s|ed)|prov(?:es|ed)|kept|keeps|managed|manage[ds]?|could|will have|spent"
    r"|could)\b",
    re.IGNORECASE,
)
NOT = compiled(
    r"\b(?:not|never|no|hardly|scarcely|cannot|nor|neither|without)\b|n't\b", re.IGNORECASE
)
UP = compiled(
    r"\b(?:benefit of the doubt|up|higher"
    r"|better|firmer|stronger|dearer|richer|perkier|brighter|gains?|gained|rose"
    r"|risen|rises|rising|in (?:black|green|credit|plus|money|profit)|ahead on|bounc(?:e|ed|es)"
    r"|advanc(?:e|ed|es)|rebound(?:s|ed)?|rall(?:y|ied|ies)|climb(?:s|ed)?|recover(?:s|ed|y)"
    r"|edged up|ticked up|hums|hummed|purrs|purred|roars?|roared|marches? on|marched on"
    r"|march(?:es|ed)? ahead|power(?:s|ed)? ahead|steams? ahead|bright spot|blooms?|bloomed"
    r"|join(?:s|ed)? (?:in|party|fun|advance|rally|gains|rise)|tak(?:e|es|en) part|took part"
    r"|kind|generous|good|fine|splendid|decent|happy|handsome|cheering|bumper|golden|rosy|lovely"
    r"|excellent|positive|winner|riser|gainer|hiding place|refuge|haven|shelter|smiling|joy|joyful"
    r"|(?:have|has|had) (?:something|anything) show for|gain show for|made money|making money"
    r"|romp(?:s|ed)? home|star(?:s|red) tonight|stampedes?|stampeded|on rampage|on fire|ablaze"
    r"|place to be|help|great help|boon|blessing|green|lovely|nice|cracking|super|superb"
    r"|brilliant|on tear|alight|red hot|hot|tonic|delight|pleasure|treat|clawed back ground"
    r"|clawed (?:its|their) way back|shrugged off gloom|blossomed|perked up|caught bid|in favour"
    r"|in vogue|in fine fettle|in demand|bid|well bid|sought after|on up|on front foot|aloft)\b",
    re.IGNORECASE,
)
DOWN = compiled(
    r"\b(?:down|lower|worse|softer|weaker|cheaper|poorer|fell|fallen|falls|falling|loss(?:es)?"
    r"|lost|loses|losing|in (?:red|hole|minus)|off|under water|underwater|declin(?:e|ed|es)"
    r"|drop(?:s|ped)?|slid|slides?|slip(?:s|ped)?|eas(?:ed|es)|retreat(?:s|ed)?|sank|sinks|sag(?:s"
    r"|ged)?|edged down|ticked down|miss(?:es|ed)? (?:bus|boat|party|train|fun|advance|rally"
    r"|bounce)"
    r"|(?:takes?|took|taken|taking) (?:pasting|hiding|caning|licking|beating|kicking|hit|knock"
    r"|bath|tumble|spill|dive|drubbing|hammering)|s[ai]ts? (?:this|that)? ?(?:one )?out|cruel"
    r"|unkind|rotten|bad|poor|dismal|grim|rough|wretched|miserable|sorry|lean|torrid|dreadful"
    r"|unhappy|awful|negative|disappoint(?:ment|ing|s|ed)|loser|faller|decliner|hurts?|sulk(?:s"
    r"|ed)?|yawns?|yawned|droops?|drooped|wilts?|in doghouse|in doldrums|on slide|on back foot"
    r"|out of favour|red|foul|awful|nasty|ugly|horrid|ghastly|stinking|terrible|stinks?"
    r"|off boil|come off boil|came off boil|burden|drain|headache|weight|let-?down|pain"
    r"|ice cold|cold|chill|toxic|in tatters|in trouble|wreck|out of favor|friendless|unloved"
    r"|sickly|dark spot|sore (?:spot|point|thumb)"
    r"|sorrow|tears|sour|ailing|limps?|limped|stumbles?|whimper(?:s|ed)?|goes missing|bust"
    r"|heavy|leaden|cold shoulder|got cold shoulder|struggl(?:e|ed|es)|suffer(?:s|ed)?|bled)\b",
    re.IGNORECASE,
)
FLAT = compiled(
    r"\b(?:flat|as pancake|do thing|do anything|unchanged|steady|nowhere|put|still|level"
    r"|where (?:it|they) (?:began|started)"
    r"|move[ds]? (?:little|inch)|budge[ds]?|stir(?:red)?|move)\b",
    re.IGNORECASE,
)
AHEAD = compiled(
    r"\b(?:>|beats?|beaten|better (?:than|off than|value than)|(?:did|done|fared) better than"
    r"|less (?:bad|badly) (?:off )?than|(?:did|done|fared) less badly than|ahead of|in front of"
    r"|above|over|put (?=§ in (?:shade|shadow))|outswims?|out-?swims?|outr[au]n|out-?sprints?"
    r"|outclass(?:es|ed)?|lapp(?:ed|ing)|kinder to than to|further than|(?:paces?|paced|leads?|led)"
    r"(?: ahead of)?|got better of|had better of|left (?=§ behind|§ in dust|§ trailing|§ standing)"
    r"|more than|up more than|superior to|stronger than|firmer than|higher than|outdone"
    r"|less badly than|better (?=to § than)|trumps?"
    r"|trumped|tops?|topped|pips?|pipped|eclipses?|eclipsed|outshines?|shades?|shaded|edges? out"
    r"|edged out|sees? off|saw off|shows? (?=§ (?:its|their) heels)|too (?:good|strong|quick) for"
    r"|proved too (?:good|strong|quick) for|held edge over|had edge (?:over|on)|nose ahead of"
    r"|nosed ahead of|head and shoulders above|out-?performs?|worth more than|got jump on)\b"
    r"|^§ > §",
    re.IGNORECASE,
)
BEHIND = compiled(
    r"\b(?:worse than|(?:did|done|fared) (?:worse|less well) than|behind|below|beneath|trails?"
    r"|trailed|lags?|lagged|poor relation (?:to|of|beside)|poor cousin (?:to|of)|short of"
    r"|second best to|second fiddle to|(?:came |come )?off second best against|no match for"
    r"|in wake of|in dust of|in shadow of|weaker than|softer than|lower than|inferior to"
    r"|lapped by|beaten by|bested by|outdone by|outrun by|outclassed by|whipped by|trounced by"
    r"|pipped by|thrashed by|eclipsed by|overshadowed by|upstaged by|left behind by|less than"
    r"|kept at arm's length by|had nothing on|has nothing on|have nothing on|got nothing on"
    r"|keep up with|kept up with|keep pace with|kept pace with|match"
    r"|matched|live with|lived with|stay with|hold candle to|touch|catch|caught|rival)\b"
    r"|^§ < §",
    re.IGNORECASE,
)
REACHED = compiled(
    r"\b(?:keep|kept|match|live|lived|stay|hold|touch|catch|caught|rival)", re.IGNORECASE
)
"""Words of `BEHIND` that say it only where they are denied: ``could not keep up with``."""
TOP = compiled(
    r"\b(?:stars?|star (?:turn|performer|of show)|pick|pick of (?:bunch|crop)|darling|hero|toast"
    r"|leader|winner|champion|victor|standout|best|strongest|top|tops?|topped|first|number one"
    r"|no ?1|heads?|headed|led|leads?|paced?|paces|set pace|sets pace|in front|out in front|in lead"
    r"|up top|on top|wore crown|wears crown|took crown|takes crown|stole show|stole limelight"
    r"|heavy lifting|did (?:leading|running|work)|made running|makes running|carried (?:day|session"
    r"|load|side|team)|queen|king|class act|belle of ball|in pole position|took honours"
    r"|shares? honours|shared honours|top dog|took gold"
    r"|leads? (?:way|field|list|charge|parade|pack)|led (?:way|field|list|charge|parade|pack"
    r"|higher)"
    r"|head(?:s|ed)? (?:list|table|field|queue|board)|tops? (?:tape|table|list|board|chart|charts"
    r"|bill)|topped (?:tape|table|list|board|chart|charts|bill)|atop (?:table|list|board|pile|heap)"
    r"|ruled roost|rules roost|outshone (?:rest|everybody|everything else)|best of (?:bunch"
    r"|rest))\b",
    re.IGNORECASE,
)
BOTTOM = compiled(
    r"\b(?:whipping boy|dunce(?:'s cap)?|wore dunce's cap|wears dunce's cap|laggard|straggler"
    r"|wooden spoon|took wooden spoon|takes wooden spoon|sick (?:child|man)|weak link|weakest|worst"
    r"|last|dead last|bottom|rock bottom|rear|brought up rear|brings? up rear|props? up (?:table"
    r"|rest|others|list)|propped up (?:table|rest|others|list)|foot|at foot|tail-?ender|loser"
    r"|black sheep|odd one out|runt(?: of litter)?|cellar|in cellar|back of (?:queue|field|pack"
    r"|class)|caboose|flop|dud|duffer|goat|villain|millstone|drag|lame duck|left behind|also-ran"
    r"|problem child|weak spot|sore thumb|biggest (?:loser|faller|drag))\b",
    re.IGNORECASE,
)
WHOSE = compiled(
    r"§?'?s?\b(?: ?(?:day|session|evening|night|week|month|quarter|year|monday|tuesday|wednesday"
    r"|thursday|friday|table|giants|seven|eleven|sectors?|tape|bunch|pack|board|list|lot|of|among"
    r"|for|in|with|on|at|s|out|magnificent|big|tech|mega|caps|honours|place|spot|performer|showing"
    r"|higher|lower|way|charge|rally|advance))\b",
    re.IGNORECASE,
)
"""What may stand beside a place: whose it is."""
THAN = compiled(
    r"\b(?:than|from|compared with|against|versus|vs)(?: (?:it|they) (?:was|were|stood|sat"
    r"|closed))?"
    r"(?: (?:at|on|in))?(?: (?:the|a|one))? (?:(?P<unit>day|night|session|evening|week|month"
    r"|quarter|year|twelvemonth) (?:ago|before|earlier|back)|(?P<yesterday>yesterday|last night)"
    r"|(?P<began>(?:at )?(?:the )?(?:start of (?:the|this) year|turn of the year|new year|when the"
    r" year began|it began the year|it was in january)))\b|\b(?P<since>since new year)\b",
    re.IGNORECASE,
)
"""``higher than a week ago``: the period from then till now."""
UNITS = {
    "day": "1d", "night": "1d", "session": "1d", "evening": "1d", "week": "5d", "month": "1m",
    "quarter": "3m", "year": "1y", "twelvemonth": "1y",
}  # fmt: skip
CALM = compiled(
    r"\b(?:low|subdued|calm|quiet|muted|depressed|sleepy|becalmed|placid)\b", re.IGNORECASE
)
TENSE = compiled(
    r"\b(?:elevated|high|raised|heightened|jumpy|nervous|wild|unsettled)\b", re.IGNORECASE
)
VOLATILITY = compiled(
    r"^(?:implied |market )?(?:volatility|vix|§|(?:vix )?fear gauge)(?:| is| was| stays| remains"
    r"| stayed| remained| sits| stands| looks)(?P<no> not)? (?P<state>\w+)$",
    re.IGNORECASE,
)
BREADTH = compiled(
    r"^(?:market )?(?:breadth|participation|advance|rally|gains|tape|buying)(?: is| was| were"
    r"| has been| looks| looked| proved)(?P<no> not)? (?:(?P<broad>broad|wide|broad-?based|healthy"
    r"|strong|good|robust|excellent|impressive|widespread|deep|wide-?ranging)|(?P<narrow>narrow"
    r"|thin|weak|poor|feeble|bad|patchy|dismal|negative)|(?P<mid>middling|mixed|so-so|indifferent"
    r"|fair|average|balanced))$",
    re.IGNORECASE,
)
SPREAD = compiled(
    r"^(?:market )?(?:breadth|participation)(?: has| have)?(?: been)?(?: come| grown| become| got"
    r"| turned)? (?:(?P<wider>broadened|broader|widened|wider|improved|better|recovered|risen|rose"
    r"|swelled|stronger|strengthened|up|expanded|picked up|healed|fanned out|broadening|improving"
    r"|widening)|(?P<narrower>narrowed|narrower|thinned|thinner|deteriorated|worse|worsened"
    r"|collapsed|shrunk|shrank|weakened|weaker|down|fallen|fell|crumbled|cratered|slumped"
    r"|shrivelled|faded|narrowing|weakening|deteriorating|thinning))(?: out)?"
    r"(?: not (?:narrowed|broadened|widened|worsened|improved|shrunk|thinned))?$",
    re.IGNORECASE,
)
SMALL = compiled(r"\b(?:to|by|of|than|it|its|that|with|as|for|in|at|from|on|over)\b", re.IGNORECASE)
"""Words between those that count."""
NEITHER = compiled(r"\bneither\b.*\bnor\b", re.IGNORECASE)
CROWD = compiled(
    r"\b(?:volatility|vix|breadth|participation|advance|rally|gains|tape)\b", re.IGNORECASE
)
ECHO = compiled(
    r"§ (?:did|does|has|have|had|was|were|is|are|could)(?P<no> not)?(?: (?:so|too|either|likewise"
    r"|same))?|(?P<so>so|as) (?:did|does|has|have|was|were|is|are) §|(?P<nor>nor|neither)"
    r" (?:did|does|has|have|was|were|is|are|could) §|(?P<so2>§ (?:too|likewise|did same"
    r"|followed suit))",
    re.IGNORECASE,
)
"""What takes over the words of the sentence before."""
ADJECTIVE = compiled(
    r"\b(?P<how>[a-z]+) (?P<unit>day|session|evening|night|week|month|quarter"
    r"|year)\b",
    re.IGNORECASE,
)
"""``a foul week``: a period that its own words name."""
NOBODY = compiled(
    r"^(?:§ )?(?:nobody|no one|none|no other|nothing|nothing else"
    r"|nobody else)(?: else)?(?: has| had"
    r"| have| did| does)?(?: had| done| fared)? (?:(?P<better>better|finer|stronger|brighter)"
    r"|(?P<worse>worse|poorer|weaker|rougher))(?: one)?$",
    re.IGNORECASE,
)
"""``nobody has had a better week``: the place of whoever was named before."""
FRACTION = compiled(
    r"\b(?:an?|one|(?P<two>two)) (?P<part>tenth|eighth|fifth|quarter|third|half)s?\b(?! (?:ago"
    r"|point))",
    re.IGNORECASE,
)
SIZES = {"tenth": 10, "eighth": 12, "fifth": 20, "quarter": 25, "third": 33, "half": 50}
"""``a fifth lower``: by how many percent."""
