"""Topics: what market prose likes to state and a ledger of prices does not know.

A table of patterns, each with the words of a fact's metric or name that would cover it,
so that a fact an editor has cited opens its topic and nothing else.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World, once_of
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import Several, scanned

_BOUGHT = (
    r"(?:bought|sold|added|cut|trimmed|dumped|piled|poured|pulled|withdrew|yanked|ploughed|plowed"
    r"|pumped|shovel?led|funnelled|shifted|moved|put|loaded|loading|buying|selling|hoovered|snapped"
    r"|offloaded|unloaded|ditched|fled|rotated|raised|reduced|increased|unwound|covered|stepped"
    r"|parked|redeemed|took|hold|held|own|owned|have|were|are)"
)
_HOUSES = (
    r"(?:strategists?|economists?|analysts?|forecasters?|brokers?|brokerages?|houses|desks?"
    r"|pundits)"
)
_SAY = (
    r"(?:see|sees|expect|expects|expected|forecast|forecasts|predict|predicts|predicted|say|says"
    r"|said|reckon|reckons|raised|lifted|cut|lowered|trimmed|slashed|upgraded|downgraded|have|has"
    r"|put|look|call|called|warn|warned|are|were|think|believe|target)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_RELEASE = (
    r"(?:(?:delivery|deliveries|earnings|sales|production|results|inflation|jobs|payrolls?|trading)"
    r" (?:figures|numbers|report|results|data|update|release|statement|call|print)|results"
    r"|earnings|payrolls|quarterly (?:figures|numbers|update)|trading update|jobs (?:day|friday)"
    r"|(?:Fed|FOMC|policy|rate|rates|shareholder|annual|board) (?:meeting|decision|announcement"
    r"|minutes)|product launch|investor day|capital markets day|annual meeting)"
)
_DUE = (
    r"(?:(?:is|are) )?(?:due(?: out)?|expected|scheduled|slated|pencilled in|set for release"
    r"|to be (?:published|released|announced|reported)|coming up|coming out|out)"
)
_COMING = (
    rf"(?:tomorrow|next (?:week|month|{_DAY})|later (?:this|in the) (?:week|month)|on {_DAY}"
    rf"|this coming (?:week|{_DAY})|in the coming (?:days|week|weeks)|the week after|after the bell"
    r"|before the bell|in (?:two|three|four|five|six|ten|\d+) (?:days|weeks|sessions))\b"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Parameters
    ----------
    name : str
        What it is.
    said : re.Pattern
        How prose states it.
    cover : re.Pattern or None
        Words of a fact's metric or name that would prove it; None where only a cited
        fact whose name holds the words of the text could.
    """

    name: str
    said: re.Pattern[str]
    cover: re.Pattern[str] | None = None


def _topic(name: str, said: str, cover: str = "") -> Topic:
    return Topic(
        name,
        quick(rf"\b(?:{said})", re.IGNORECASE),
        compiled(cover, re.IGNORECASE) if cover else None,
    )


TOPICS = (
    _topic(
        "flows",
        r"(?:inflows?|outflows?"
        r"|redemptions|subscriptions|net (?:buying|selling))\b|(?:investors?|savers|buyers"
        r"|allocators|clients|holders) (?:have |had |has )?(?:\w+ly )?(?:poured|pulled|withdrew"
        r"|withdrawn|yanked|ploughed|plowed|pumped|shovel?led|funnelled|redeemed|piled into|fled"
        r"|dumped|parked)\b|(?:took|taken|drew|drawn) in (?:new |fresh |client )?(?:money|cash"
        r"|assets)|(?:fresh|new|client) (?:money|cash) (?:poured|flowed|streamed|flooded|came)"
        r"|(?:money|cash) (?:poured|flooded|streamed) (?:in|out)\b|assets under management",
        r"flow",
    ),
    _topic(
        "forced trades",
        r"margin calls?|forced (?:\w+ )?(?:selling|sellers?|liquidations?|buying|buyers?)"
        r"|liquidations?\b|deleveraging"
        r"|de-risking|stop[- ]loss(?:es)?|profit[- ]tak(?:ing|ers)|bargain[- ]hunt\w+|dip[-"
        r" ]buy\w+|short covering|window dressing"
        r"|tax[- ]loss selling|(?:index|quarter-end|month-end|portfolio) rebalancing"
        r"|program(?:me)? trading|algorithm\w*\b"
        r"|(?:smart|fast|dumb|real|hot|foreign|institutional|retail) money (?:was|is|has|had|moved"
        r"|went|bought|sold|rotated|left)",
    ),
    _topic(
        "intraday",
        r"opening (?:hour|minutes?|bell|trade|print|gap)|closing bell|at the (?:open|opening)\b"
        r"|(?:in|through|during|by|all|late|early|mid) "
        r"(?:the )?(?:early |late |mid)?-?(?:morning|afternoon|lunchtime|midday|noon)\b(?!"
        r" briefing)|midday|mid-?session|intra-?day|(?:early|late) trad(?:e|ing)"
        r"|(?:final|last|first|closing|opening) (?:half[- ])?(?:hour|minutes)|half an hour|(?:off"
        r"|from|near|above|below) (?:its|their|the) (?:session |day's |morning |intraday |worst "
        r"|best )?"
        r"(?:lows?|highs?)(?: of the (?:day|session))?(?=[.,;]|$| in| by| after| late)|(?:session"
        r"|day's|morning|intraday) (?:lows?|highs?)\b|gapp(?:ed|ing) (?:up|down|higher|lower)"
        r"|(?:open(?:ed|s|ing)|started the (?:day|session)|began the (?:day|session)) (?:\w+"
        r" )?(?:up|down|higher|lower|flat|weak\w*|strong\w*|firm\w*|soft\w*|in the (?:red|green"
        r"|black)|with)\b"
        r"|(?:pared|trimmed|erased|reversed|gave back|clawed back|wiped out|recouped) (?:\w+"
        r" ){0,3}?(?:early|morning|earlier|opening|initial|intraday|most of its|all of its|those"
        r"|their) (?:gains?|losses|advance|falls?)?"
        r"|(?:after|before)[- ](?:hours|the bell|the open)|pre-?market|at one (?:point|stage)|by"
        r" the (?:close|finish) (?:it|they) had|whipsaw\w*|faded (?:late|into|by|through)"
        r"|into the close\b|on the close\b|ran out of steam|turned tail|from the off\b|out of the"
        r" gate|never looked back|drifted from there|by (?:lunchtime|midday|noon)|overnight",
        r"^open$|intraday|high_of_day",
    ),
    _topic(
        "options",
        r"put[-/ ](?:to-)?call|options? (?:traders?|markets?|volumes?"
        r"|open|activity|positions?|positioning|prices?|desks?|dealers?|flows?)\b|open interest"
        r"|(?:call|put) (?:buying|buyers|selling|volumes?|writing|options)\b|gamma\b|zero-day|0DTE"
        r"|option expiry|skew\b|dealers? (?:are|were|have|had|hedg\w+)\b",
        r"put.?call|option|open_interest|skew",
    ),
    _topic(
        "short interest",
        r"short[- ](?:interest|selling|covering|squeeze|positions?|bets?)\b"
        r"|short[- ]sellers? (?:have|has|had|were|are|added|covered|piled|bet|raised|cut|rushed"
        r"|returned|trimmed|retreated|doubled|took|got)\b|shorts (?:have|had|were|are|covered"
        r"|added)\b|(?:days to cover|borrow costs?)\b",
        r"short",
    ),
    _topic(
        "positioning",
        r"positioning (?:is|was|has|in"
        r"|data|shows?|remains?|among|looks?)\b|(?:net|outright) (?:long|short)(?:s| positions?)?\b"
        r"|margin debt|(?:hedge|pension|mutual|sovereign wealth|trend-following|systematic|quant"
        r"|macro|long-only) funds (?:did|were|was|are|led|drove|went|made|came|stepped)\b"
        r"|(?:unw(?:ound|ind\w*)|liquidat\w+|exit(?:ed|ing)|clos(?:ed|ing) out|dump(?:ed|ing)"
        r"|cut(?:ting)?) (?:their |its |large"
        r" |some |big )*(?:holdings|positions?|stakes?|longs|shorts)\b"
        r"|(?:hedge|pension|mutual|sovereign wealth|trend-following|systematic|quant|macro"
        r"|long-only|index)"
        rf" funds (?:have |had |has )?(?:been )?(?:\w+ly )?{_BOUGHT}\b|(?:speculators|CTAs"
        rf"|institutions|insurers|households|foreigners|day traders|family offices|fund managers"
        rf"|money managers|portfolio managers|retail (?:investors|traders|buyers)"
        rf"|foreign (?:investors|buyers|central banks)|big investors"
        rf"|professional investors) (?:have |had |has )?(?:been )?(?:\w+ly )?{_BOUGHT}\b"
        rf"|commitments? of traders|CFTC"
        r"|(?:cash|equity) (?:levels|allocations?|holdings) (?:at|of|among|fell|rose|are|were"
        r"|have)\b|central banks (?:bought|sold|added|kept buying|have bought)\b|prime brokerage"
        r"|money[- ]market funds\b|(?:overweight|underweight) (?:small|large|equities|stocks"
        r"|technology|the)",
        r"position|net_long|margin_debt|allocation",
    ),
    _topic(
        "surveys",
        r"(?:survey|poll)s?\b(?! position)|AAII"
        r"|(?:investor |market |consumer |business |retail )sentiment\b|sentiment (?:survey|index"
        r"|poll|gauge|reading|among|has|have|improved|soured|fell|rose|hit|is|was|remains?"
        r"|turned)\b|(?:consumer|business|investor|homebuilder|builder|small-business"
        r"|chief executive)s?'? confidence|confidence (?:index|survey|gauge)|PMIs?\b|ISM\b"
        r"|purchasing managers|Conference Board|University of Michigan|bullishness|bearishness"
        r"|percentage of (?:bulls|bears)|bull-bear|respondents|fear (?:and|&) greed",
        r"survey|poll|sentiment|confidence|pmi|ism|bull",
    ),
    _topic(
        "insiders",
        r"insiders? (?:\w+ )?(?:bought|buying|selling|sold|sales|purchases|trades|transactions"
        r"|have|were)\b|(?:directors|executives|management|chief executives?) (?:bought|sold"
        r"|have been (?:buying|selling)|dumped|exercised)\b",
        r"insider",
    ),
    _topic(
        "payouts",
        r"(?:buy-?backs?|repurchases?|repurchase programm?es?)\b"
        r"|bought back (?:shares|stock|its own)|(?:rais\w+|increas\w+|hik\w+|cut|cuts|slashed"
        r"|suspended|declared|lifted|doubled) (?:its |their |the |a )?(?:quarterly "
        r"|special )?(?:dividends?|payouts?)\b|special dividend|stock split|dividend (?:increases?"
        r"|hikes?|cuts?)\b",
        r"buyback|repurchase|payout|split",
    ),
    _topic(
        "occasions",
        r"(?:after|on|following|as|amid|with|before|despite"
        r"|thanks to) (?:[\w'-]+ ){0,3}?(?:auctions?"
        r"|warnings?|approvals?|summit|speech|testimony|tariffs?|sanctions|strikes?|elections?"
        r"|merger|takeover|lawsuit|outage|storms?|hurricane|war|ceasefire|attacks?|OPEC|cartel"
        r"|curbs?|subsid(?:y|ies)|stimulus|intervention|loan growth|margins?|bank of \w+|orders"
        r"|inventories|stockpiles|guidance|listings?|launch(?:es)?|contracts?)\b",
    ),
    _topic(
        "skew",
        r"(?:implied (?:correlations?)|skew|open interest|short interest|gamma|dealer positioning"
        r"|call buying|put buying|hedging demand|put[-/ ]to[-/ ]call|put/call(?: ratio)?)\b",
        r"skew|open interest|short interest|put_call",
    ),
    _topic(
        "estimates",
        r"(?:beat|beats|beating|topped|missed|misses|missing|exceeded|smashed|surpassed"
        r"|fell short of|ahead of|below|above|in line with) (?:\w+ )?(?:\w+ )?(?:expectations?"
        r"|estimates?|forecasts?|consensus|hopes)\b|(?:earnings|profit|revenue|sales|consensus"
        r"|analysts?'?) (?:estimates?|forecasts?|expectations?|revisions?|upgrades?|downgrades?"
        r"|guidance|outlook|projections?)\b|(?:up|down)grades (?:numbered|outnumbered|ran|came to"
        r"|totall?ed|exceeded)\b|(?:guidance|profit warnings?|earnings (?:season"
        r"|surprises?|beats?|misses|reports?|calls?|results)|earnings per share"
        r"|quarterly (?:results|earnings|profits?|sales|revenues?|numbers|report)|order (?:book"
        r"|backlog)|backlog|new orders|bookings)\b|(?:reported|posted|announced|unveiled|published"
        r"|delivered|warned of|released) (?:\w+ ){0,4}?(?:earnings|profits?|results|revenues?"
        r"|sales|numbers)\b|(?:profits|revenues?|sales) (?:rose|fell|grew|jumped|doubled|dropped"
        r"|climbed|slumped|came in)\b|estimates (?:have|were|are|had|was|being|fell|rose|came"
        r"|trimmed|cut)\b",
        r"guidance|estimate|surprise|revision|backlog",
    ),
    _topic(
        "forecasts",
        rf"{_HOUSES} (?:at |from |now |have |had |has |widely |also )?(?:[A-Z]\w+ )?{_SAY}\b"
        r"|(?:price|year-end|official|twelve-month|12-month|index) targets?\b|target prices?\b"
        r"|consensus (?:is|was|has|sees|expects|view|calls)\b|(?:rate |Fed funds "
        r"|interest-rate )?futures (?:put|price|priced|pricing|imply|implied|point|pointed|show"
        r"|showed|suggest|now|see|market)\b|(?:odds|chances?|probability) of (?:a |an "
        r"|another )?(?:\w+ )?(?:cut|hike|rate|recession|increase|easing|move by)|(?:priced"
        r"|pricing) in (?:a |an |two|three|one|four)|market-implied|house view|(?:upgrade[ds]?"
        r"|downgrade[ds]?) (?:the |its |their |to|from|by|at|on|small|large|apple|nvidia)"
        r"|rating agenc(?:y|ies)|credit rating|(?:traders|investors|markets?|bond market"
        r"|swaps|money markets) (?:now |still |no longer |already )?(?:expects?|prices?"
        r"|anticipates?"
        r"|bets?|sees?|looks? for|(?:are|is) (?:pricing|betting|expecting|positioned))\b",
        r"forecast|target_price|consensus|futures|odds",
    ),
    _topic(
        "volume",
        r"(?:up|down|advancing|declining|upside|downside)[- ]volume\b|volumes? (?:was|were|is"
        r"|are|has|have|had|rose|fell|ran|hit|came|stood|surged|swelled|dried|dropped|jumped"
        r"|reached|of shares|on|picked|remained|stayed|exceeded|topped|in (?:the|rising"
        r"|falling))\b|(?:heavy|light|thin|high|low|above-average|below-average|average|record"
        r"|brisk|strong|weak|rising|heavier|lighter|thinner|subdued|elevated) (?:trading "
        r"|share )?(?:volumes?|turnover)\b|(?:trading|share) volumes?\b|volume (?:leader|spike"
        r"|surge|dried)|changed hands(?! (?:at|for)\b)|changing hands(?! (?:at|for)\b)|turnover"
        r" (?:was|is|rose|fell|at|of|in shares"
        r"|ran|hit|stood|doubled)\b|on volume\b|block trades?|dark pools?|closing auction"
        r"|order imbalance|turnover(?= (?:being|running|swelling|rising|thinning|proved|remained"
        r"|stayed|picked|picking|dried|drying|swelled|surged|slumped|jumped|climbed|grew|came|has"
        r"|had|were|stays|remains|well|far|above|below|heavy|heavier|thin|thinner|light|lighter"
        r"|brisk)\b)|(?:thin|thinner|heavier|heaviest|heavy|lighter|lightest|light|brisk|busy"
        r"|busier|busiest|sluggish|sleepy|frantic|hectic) (?:trade|trading|dealings?|business"
        r"|volumes?|turnover|tape)\b|(?:trade|trading|dealings?|business|the tape) (?:was|were|is"
        r"|proved|being|remained|stayed) (?:\w+ly |rather |very |unusually |quite |distinctly )?"
        r"(?:thin|heavy|light|brisk|busy|sluggish|sleepy|frantic|hectic|active|slow|the (?:heaviest"
        r"|lightest|thinnest|busiest))\b|(?:busiest|heaviest|lightest|thinnest) (?:day|session"
        r"|evening|week) (?:of|in|for) (?:the |trading|turnover|volume)|(?:a |the )?(?:busy|hectic"
        r"|frantic|sleepy|sluggish) one\b|(?:(?<!\bare )(?:heavily|thinly|lightly)"
        r"|most[- ]actively|actively"
        r"|most|least)[- ]traded\b|most active (?:stock|share|name|fund)s?\b|(?:shares|contracts"
        r"|units) (?:traded|exchanged)\b",
        r"volume|turnover",
    ),
    _topic(
        "economy",
        r"GDP\b|gross domestic product|(?:economic|real) growth (?:of|was|slowed|rose|came|ran"
        r"|picked)\b|the economy (?:grew|shrank|expanded|contracted|added|slowed|lost|created)\b"
        r"|retail sales|housing starts|building permits|(?:home|house) (?:prices|sales)"
        r"|durable goods|factory orders|industrial production|trade (?:deficit|surplus|balance)"
        r"|current account|wage growth|wages (?:rose|fell|grew)|average hourly earnings"
        r"|consumer spending|personal (?:income|spending)|savings rate|producer prices|\bPPI\b"
        r"|import prices|mortgage (?:rates?|applications)|job openings|JOLTS|productivity"
        r"|money supply|budget deficit|tax receipts|bank lending|credit card|delinquenc\w+"
        r"|default rates?|bankruptc\w+|freight rates|shipping rates|oil inventories"
        r"|crude stockpiles|rig count|(?:bond|treasury|note|bill|debt|-year)[- ]auction"
        r"|(?:poorly|well|badly|weakly|strongly|thinly|keenly)[- ]bid\b|recession (?:risk"
        r"|odds|began|has begun)",
        r"gdp|retail_sales|housing|production|trade_balance|wage|spending|producer|mortgage"
        r"|openings|productivity|inventor|auction",
    ),
    _topic(
        "events",
        r"(?:after|on|following|amid|despite|thanks to|because of|as|with|when) (?:the |a |an "
        r"|fresh |renewed |new |reports? of |news of |fears of |hopes (?:of|for) |talk of "
        r"|\w+ )?(?:election(?! year)|ceasefire|peace (?:deal|talks)|truce|war\b|invasion"
        r"|air ?strikes?|missile|sanctions?|tariffs?|trade (?:deal|war|talks|truce)|strike action"
        r"|shutdown|government shutdown|debt ceiling|hurricane|earthquake|pandemic|outbreak"
        r"|referendum|coup|impeachment|budget|tax (?:cut|bill|reform|plan)s?|stimulus|bail-?out"
        r"|bank run|takeover|merger|acquisition|buyout|lawsuit|antitrust|product launch"
        r"|resignation|scandal|OPEC|data (?:showed|showing)|geopolitic\w+|tensions)\b|(?:on"
        r"|after) (?:the )?(?:news|reports?|rumou?rs?|speculation|word|hopes|fears"
        r"|optimism) (?:that|of|about|over)\b|tariff (?:news|fears|threat|announcement|talks?"
        r"|relief)|takeover (?:bid|talk|offer|rumou?rs?)|(?:announced|unveiled|agreed|launched"
        r"|completed|confirmed|proposed) (?:a |an |its |the |plans? )(?:\w+[- ]){0,4}?(?:merger"
        r"|deal|takeover|acquisition|buyout|layoffs?|job cuts|plan|product|chip|factory"
        r"|partnership|spin-?off|offering|contract)\b|(?:layoffs?|job cuts|recall|data breach)\b"
        r"|(?:share|stock|product|pay|dividend) split\b|stock split|OPEC\b|(?:cartel|production"
        r"|output|supply) cuts?\b"
        r"|(?:after|on|following|with) (?:announcing|unveiling|reporting|launching|winning"
        r"|losing|agreeing|buying"
        r"|settling|signing|naming|replacing|hiring|cutting jobs|results|earnings|a (?:profit"
        r"|sales) (?:warning|beat))\b"
        r"|(?:after|as|when|because|since) its [a-z]+ (?:undershot|overshot|beat|missed"
        r"|disappointed|fell short|topped|impressed)\b"
        r"|(?:vehicle|car|quarterly|record|its|their) (?:deliveries|shipments|bookings)\b|after"
        r" its (?:results|earnings|numbers|quarterly|figures|report|launch|guidance)\b"
        r"|initial public offering|\bIPOs?\b|chief executive (?:resigned|quit|said|stepped|left)"
        r"|(?:president|congress|senate|white house|treasury secretary|supreme court"
        r"|european central bank|ECB|bank of (?:japan|england)|OPEC) (?:said|voted|passed"
        r"|announced|cut|raised|agreed|signed|held|imposed|threatened|warned)\b",
        r"election|tariff|merger|offering",
    ),
    _topic(
        "calendar",
        rf"all eyes (?:now )?(?:are|turn(?:ed)?|shift(?:ed)?|move[ds]?) (?:now )?"
        r"(?:to|on|towards?)\b"
        rf"|(?:ahead of|before|awaiting|awaits?|in the run-up to|on the eve of|waiting for|with)"
        rf" (?:its|their|the|this|next|tomorrow's|(?:{_DAY})'s) (?:[\w'’-]+ ){{0,4}}?"
        rf"{_RELEASE}\b(?! (?:of|was|were|had|has|ago|that (?:was|were|came))\b)"
        rf"|{_RELEASE} (?:\w+ ){{0,3}}?{_DUE}|(?:reports?|publish(?:es)?|releases?|announces?"
        rf"|unveils?|presents?|meets?|decides?|speaks?|testif(?:y|ies)|votes?) (?:\w+ ){{0,5}}?"
        rf"{_COMING}|{_DUE} {_COMING}",
        r"calendar|scheduled|release_date",
    ),
)
"""Every topic, each pattern linear in the text."""
_SAID = Several(topic.said for topic in TOPICS)


def covering(world: World, topic: Topic, words: str) -> list[Fact]:
    """Return the facts that speak of a topic: by their metric, or cited ones by their name."""
    known = _indexed(world)
    found = list(known.get(topic.name, ()))
    said = set(re.findall(r"[a-z]{4,}", words.lower()))
    found.extend(
        fact
        for fact in known[_CITED]
        if said & set(re.findall(r"[a-z]{4,}", f"{fact.name} {fact.metric}".lower()))
    )
    return found


_CITED = "cited"


@once_of
def _indexed(world: World) -> dict[str, list[Fact]]:
    metrics: dict[str, Collection[str]] = {}
    index: dict[str, list[Fact]] = {_CITED: []}
    for fact in world.ledger:
        if fact.kind == _CITED:
            index[_CITED].append(fact)
        if fact.metric not in metrics:
            metrics[fact.metric] = [
                t.name for t in TOPICS if t.cover is not None and t.cover.search(fact.metric)
            ]
        for name in metrics[fact.metric]:
            index.setdefault(name, []).append(fact)
    return index


def stated(text: str, start: int, end: int) -> Iterator[tuple[Topic, re.Match[str]]]:
    """Yield every topic a stretch of text speaks of."""
    stretch = scanned(text).part(start, end)
    for place in _SAID.of(stretch):
        topic = TOPICS[place]
        for match in stretch.matches(topic.said):
            yield topic, match
