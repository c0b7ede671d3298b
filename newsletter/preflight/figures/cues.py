"""Cues: the words that say which period, direction and measure a figure belongs to."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.figures.direction_words import DOWN, NEUTRAL, UP
from newsletter.preflight.scanning.quick import quick

_MONTH_NAMES = "january|february|march|april|june|july|august|september|october|november|december"
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday"
_CALENDAR = (
    rf"{_MONTH_NAMES}|may(?= (?:the|it|they|small|large|and|19|20)|[,.;)])"
    r"|(?:19|20)\d\d(?![\d.,]\d|%)"
)
_PERIODS: tuple[tuple[str, str, str], ...] = (
    (
        "lastyear",
        "named",
        (
            r"(?:(?:in|for|during|over|through|across|the|of|from) )?(?:the )?(?:whole|all|entirety"
            r"|full)(?: of)? last year|last calendar year"
            r"|(?<!the )(?<!past or )last year(?!'s close)"
        ),
    ),
    (
        "1y",
        "1y",
        (
            r"(?:past|last|previous|trailing) (?:year|twelve months|12 months|52 weeks)|one[ -]year"
            r"|twelve[ -]months?|12[ -]months?|52[ -]weeks?|1[ -]year|1y\b|a year ago|over a year"
            r"|year[- ]on[- ]year|in a year|over twelve(?=[,.;!?)]|$)"
        ),
    ),
    (
        "ytd",
        "ytd",
        (
            r"year[- ]to[- ]date|ytd|(?:so far )?this year|the year so far"
            r"|(?:on|for|of|in) the year"
            r"|since (?:new year|the year began|the start of the year|january)"
            r"|since the (?:last|prior|previous) year's close|since the turn of the year"
        ),
    ),
    ("year", "ytd 1y", r"the year's|year"),
    (
        "3m",
        "3m 63d",
        (
            r"three[ -]months?|3[ -]months?|3m\b|(?:past|last|this|the|one) quarter"
            r"|(?<!by )(?<!returned )(?<!than )(?<!lost )(?<!gained )(?<!nearly )(?<!almost )"
            r"(?<!and )a quarter(?! of|,| —| –| per| point)"
            r"|(?<!a )quarter(?:ly)?"
            r"|63[ -]sessions?|over three(?=[,.;!?:)]|$)"
        ),
    ),
    (
        "6m",
        "6m",
        r"six[ -]months?|6[ -]months?|6m\b|half[ -](?:a[ -])?year|over six(?=[,.;!?:)]|$)",
    ),
    (
        "5d",
        "5d",
        (
            r"(?:five|5)[ -](?:[a-z]+ )?(?:sessions?|days?)|5d\b|(?:this|past|last|the|a|one"
            r"|all) week|wk"
            r"|week(?:ly)?|over five(?=[,.;!?:)]|$)"
        ),
    ),
    (
        "1m",
        "1m 21d",
        (
            r"(?:this|past|last|the|a|one|all|1)[ -]month|1m\b|month(?:ly)?"
            r"|(?:twenty-one|21)[ -]sessions?|over one(?=[,.;!?:)]|$)"
        ),
    ),
    (
        "1d",
        "1d",
        (
            r"today|tonight|(?:just )?(?:one|a single) (?:[a-z]+ )?(?:day|session)|on the day"
            r"|the day|this evening|1d\b|one[ -](?:day|session)|the session"
            r"|(?:in|on|for|of|over) (?:a|one|the|this|the last) (?:day|session)|this session"
            r"|1[ -](?:day|session)|daily|the day's|session's|day|session"
        ),
    ),
    ("weekday", "1d weekday", rf"(?:on|since) (?:{_WEEKDAYS})"),
    (
        "named",
        "named",
        (
            rf"(?:in|during|for|through|throughout|over|since|on|last|from|all of) "
            rf"(?:the )?(?:early |late |mid-?)?(?:{_CALENDAR})"
            r"|yesterday(?:'s)?"
            r"|(?:in|during|for|of|over) (?:the )?(?:first|second|third|fourth|final|opening) "
            r"(?:quarter|half)(?! of (?:the )?(?:session|day))"
            rf"|(?:{_MONTH_NAMES})'s (?:gain|loss|rise|fall|drop|advance|decline|return|rally)"
        ),
    ),
)
"""Name, allowed labels, words."""
PERIOD = quick(
    r"\b(?:" + "|".join(f"(?P<p{name}>{pattern})" for name, _, pattern in _PERIODS) + r")\b",
    re.IGNORECASE,
)
LABELS = {f"p{name}": frozenset(labels.split()) for name, labels, _ in _PERIODS}
NAMED, WEEKDAY = "named", "weekday"
"""The label of a period that only its calendar tells: a month, a weekday, a year."""
WINDOWS = frozenset("1d 5d 21d 63d 1m 3m 6m ytd 1y".split())
"""Period labels that words can tell apart."""
NOT_PERIOD = compiled(
    r"(?:all|other|next|every|any|(?<!S&P )(?<!sell )[2-9]\d{0,3}"
    r"|\bdays?|(?<!the )good|(?<!the )bad|both|of"
    r"|another|new) $|-day "
    r"|day-to-day|[a-z0-9]-$",
    re.IGNORECASE,
)

DIRECTION = quick(rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN})|(?P<neutral>{NEUTRAL}))\b", re.IGNORECASE)
_GAINED = (
    r"(?:gained|added|put on|made|managed|won|earned|returned|achieved|posted|notched|climbed)"
)
_LOST = r"(?:lost|shed|given up|surrendered|dropped|forfeited|suffered|conceded|given back|gave up)"
_WHO = r"that (?:the )?[\w&'.-]+(?: [\w&'.-]+){0,3}? (?:has |have |had )?"
AFTER = compiled(
    rf" (?:{_WHO}(?P<gained>{_GAINED})\b|{_WHO}(?P<lost>{_LOST})\b|(?P<won>{_GAINED}) by\b"
    rf"|(?P<shed>{_LOST}) by\b)|"
    r"(?:,(?= (?:up|down)wards?\b))?[ -](?:(?:point|percentage|percent|of (?:its|their) (?:value"
    r"|worth|price)) )?"
    r"(?:(?P<up>higher|above|ahead|gains?|rise|advance"
    r"|rally|lead|up|jump|better|outperformance|climb|to the good|richer|increase|more than|dearer"
    r"|firmer|stronger|in credit|in the (?:black|green|plus|money)|in profit|ahead of the game"
    r"|better off|fatter|pop|bounce|surplus|uptick|more|upwards?)"
    r"|(?P<down>lower|below|behind|loss|losses|drop|fall|decline|slide|beneath|short of|shy of"
    r"|off|from (?:its|the|their) (?:record|high|peak)"
    r"|discount|worse|drawdown|deficit|down|slump|dip|setback|under|came off|come off|comes off"
    r"|(?:was|were|is|are|has been|have been|been) (?:lost|shed|wiped off|knocked off|given up)"
    r"|went|ha(?:s|ve) gone|poorer|to the bad|decrease|less than|gone|lighter|softer|cheaper|weaker"
    r"|worse off|in the (?:red|hole|minus)|in (?:arrears|deficit)|out of pocket|under ?water|adrift"
    r"|hit|hole|shortfall|hiding|haircut|short|fewer|less|downtick|downwards?|went missing|missing"
    r"|of (?:it|that|this|them|those gains|its gains?|their gains?) (?:back|away))"
    r"|(?P<neutral>gap|margin|difference|apart|swing|move|range|spread))\b",
    re.IGNORECASE,
)
SEPARATOR = compiled(
    r"[,;:()]|\s[–—-]\s|—|\b(?:against|versus|vs|compared|while|but|whereas|though|although"
    r"|than)\b",
    re.IGNORECASE,
)
CLAUSE = compiled(
    r"[;:]|\s[–—]\s|—|\b(?:while|but|whereas|though|although)\b|, (?:and|which|when) ",
    re.IGNORECASE,
)
FOLLOWING = compiled(
    r"^,? ?\(?(?:(?:gain|rise|fall|loss|drop|decline|advance|return|jump|slide|climb|move|increase"
    r"|decrease|slump|rally)s? )?(?:(?:today|tonight|this (?:week|month|year)|on the (?:day|week"
    r"|month|year)) )?(?:for|in|at|on|of|among|by which|that"
    rf"|(?:{_GAINED}|{_LOST})(?: (?:today|tonight))? by) (?:both |all )?(?:the |its |an? )?$",
    re.IGNORECASE,
)
JOINED = compiled(r"^(?:'s)?(?:,? ?(?:and|or|&)? ?(?:the |an? )?|,? ?\(?)$", re.IGNORECASE)
REACHES = compiled(
    r"^(?!.*(?:[,;:()\d]|\b(?:and|but|while|against|of(?! (?:it|(?:its|their) (?:own )?(?:value"
    r"|worth|price)))\b)\b))\s?(?:of (?:its|their) (?:own )?\w+\s+)?(?:[^\s]+\s+){0,5}$"
)
"""Words between a figure and the period behind it that still belong together."""
PRONOUN = quick(
    r"\b(?:it|its|they|their|them|that|those|this|one|ones|both|each|which)\b", re.IGNORECASE
)
ALL_DAYS = compiled(
    r"\ball (?:days|evenings|quarters|sessions)\b|\busual(?:ly)?\b|\bunconditional",
    re.IGNORECASE,
)
"""Words for what happened whatever the state."""
ALL_DAYS_COLUMN = compiled(r"\ball (?:days|evenings|quarters|sessions)\b", re.IGNORECASE)
"""The same in a table's head; the headline above a text may say "the usual" of anything."""
AHEAD = compiled(
    r"\b(?:next|following|coming|subsequent) (?P<ahead>week|month|quarter|year)\b"
    r"|\b(?:a|one) (?P<later>week|month|quarter|year) (?:later|on|ahead|after)\b"
    r"|\b(?:next|following|coming|subsequent) (?P<span>(?:[a-z]+(?:-[a-z]+)?|\d{1,3}) (?:trading )?"
    r"(?:sessions?|days?|weeks?|months?))\b"
    r"|\b(?P<after>(?:[a-z]+(?:-[a-z]+)?|\d{1,3}) (?:trading )?(?:sessions?|days?|weeks?|months?))"
    r" (?:later|on|ahead|after)\b",
    re.IGNORECASE,
)
"""Words for how far ahead a base rate looks."""
WORST = compiled(r"\b(?:worst|deepest|largest|biggest|maximum|ever)\b", re.IGNORECASE)
"""Words for the extreme of a whole history."""
LABEL = compiled(r"\s*[^:.]{1,60}:\s*")
"""What stands before the figure of a table's cell in a text: ``All quarters: ``."""
SINCE = compiled(r"\bsince\b", re.IGNORECASE)
AGO = compiled(r"\bago\b|\bearlier\b|\b(?:up|down) from\b|\bbefore that\b", re.IGNORECASE)
AGO_BEFORE = compiled(
    r"(?:^|[.;:–—] ?|, (?:and |but ))(?:only |just |about |some )?(?:\d{1,2}|[a-z]+(?:-[a-z]+)?)"
    r" (?:trading )?(?:session|day|week|month|quarter|year)s? ago,? (?:only |just |some |still )?$",
    re.IGNORECASE,
)
"""What opens a clause about the past right before its figure: ``Five sessions ago 55% stood``."""
SIDE = compiled(
    r"\b(?:above|over|below|under|beneath"
    r"|(?:near|close to|around|at|on|along) (?:its|their|the)"
    r" (?=[\w -]{0,12}(?:average|day|line)))\b",
    re.IGNORECASE,
)
UP_FROM = compiled(r"\b(?:up|down) from (?:only |just |a mere )?$", re.IGNORECASE)
WITH_DIVIDENDS = compiled(
    r"(?<=[\d.]%),? with dividends\b(?= and\b|,? while\b|,? but\b|;)", re.IGNORECASE
)
"""Said of the figure right before it."""
TOTAL = quick(
    (
        r"(?<!without )(?<!excluding )(?<!before )(?<!leaving out )(?<!no )dividend|total return"
        r"|return(?:s|ed)? .{0,20}reinvest"
    ),
    re.IGNORECASE,
)
PRICE = compiled(
    r"price (?:change|return|alone|only)|without dividend|excluding dividend|before dividend"
    r"|leaving out dividend|no dividend",
    re.IGNORECASE,
)
AVERAGE = compiled(
    r"(?:above|below|over|under|beneath|from) (?:its|their|the|a) (?:[\w-]+ )?average",
    re.IGNORECASE,
)

_COMPARED = (
    r"\b(?:lead\w*|led|ahead|beat\w*|behind|trail\w*|lag\w*|gap|margin|spread|apart|outp\w+|outr\w+"
    r"|underp\w+|against|than|versus|vs|between|differen\w+|separat\w+|more|less|short of|over"
    r"|edge|advantage|out(?:shone|did|done|gained|ran)|bested|exceed\w*|premium"
    r"|deficit|eclips\w+|better|worse)\b"
)
COMPARED = quick(_COMPARED, re.IGNORECASE)
"""Words that set one subject against another."""
MEASURES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (metric, quick(cue, re.IGNORECASE))
    for metric, cue in (
        (
            r"all_days|unconditional",
            (
                r"all days|all other days|any day|unconditional|average day|all sessions|usual"
                r"|all quarters|all evenings"
            ),
        ),
        (r"^curve_change", r"curve|\bgap\b|spread|steep|flatten|widen|narrow"),
        (r"^curve", r"curve|yield|\bgap\b|spread|bill|premium|year\b"),
        (r"^target_", r"target|range|rate|\bFed\b"),
        (r"^in_force", r"range|rate|\bFed\b|effect|force"),
        (
            r"^forward_pe(?:_|$)",
            (
                r"^(?!.*(?:trailing|past year|reported|historic))(?=.*(?:earnings|P/E|multiple"
                r"|valuation|pe ratio|profits))"
            ),
        ),
        (
            r"^trailing_pe(?:_|$)",
            (
                r"^(?!.*(?:forward|expected|coming|next year|forecast|ahead"
                r"|prospective))(?=.*(?:earnings|P/E|multiple|valuation|pe ratio|profits))"
            ),
        ),
        (r"_pe(?:_|$)", r"earnings|P/E|multiple|valuation|pe ratio|profits"),
        (
            r"^top_5",
            r"^(?=.*\\b(?:five|5)\\b)(?=.*(?:weight|account|make|made|sit|index|belong|share))",
        ),
        (
            r"^top_10",
            r"^(?=.*\\b(?:ten|10)\\b)(?=.*(?:weight|account|make|made|sit|index|belong|share))",
        ),
        (
            r"^(?:weight|start_weight)",
            (
                r"weight|account for|make up|makes up|made up|\bsits?\b|of the index|belong|\bshare"
                r" of|\bin (?:just |only )?(?:the )?(?:\w+ )?(?:five|ten|5|10)\b"
            ),
        ),
        (r"^contribution", r"contribut|account for|accounted|owe|came from|supplied|driven"),
        (r"ad_line", r"advance.decline"),
        (r"cross_section", r"cross.section|standard deviation|dispers"),
        (r"beta", r"\bbeta\b|sensitiv"),
        (r"momentum", r"momentum"),
        (r"mcclellan", r"McClellan"),
        (r"thrust", r"thrust"),
        (r"^rotation_", r"rotation map|quadrant|relative rotation"),
        (r"^(?:line|trend)_", r"trend|\bline\b|touch"),
        (r"^streak", r"straight|in a row|consecutive|running|streak|successive"),
        (r"^cross", r"cross"),
        (r"annualised", r"annuali[sz]ed|compound|(?:a|per) year"),
        (r"^component|^signal_strength", r"strength|gauge"),
        (r"^compared|^too_few", r"comparison"),
        (r"^distinct", r"stands? out"),
        (r"^expected", r"chance"),
        (
            r"hit",
            (
                r"\btimes?\b|\bagain\b|cases|odds|sequel|(?:that|what|which) followed|hit rate"
                r"|occasions|all days"
            ),
        ),
        (r"median", r"median"),
        (
            r"threshold",
            (
                r"or more|at least|ahead by|have (?:led|beaten|trailed|gained|lost)"
                r"|(?:led|trail(?:ed|s)) by|condition"
            ),
        ),
        (r"horizon", r"session|next|over"),
        (r"^base_rate_events", r"times|occasions|events|cases|instances|separate"),
        (r"^base_rate_known", r"known|sequel|cases|of the"),
        (
            r"advancers?|advancing",
            (
                r"rose|ris(?:e|en|ing|er)|advanc|gain|\bup\b|higher|climb|green|bought|winner"
                r"|ahead(?! of\b)|in the black|in credit|positive|\bplus\b"
            ),
        ),
        (r"declin", r"fell|fall|declin|loser|drop|\bdown\b|lower|\blos[ts]|losing|\bred\b|sold"),
        (r"new_high", r"high"),
        (r"new_low", r"low"),
        (r"trailing", r"trail|lag|behind|below|less|worse|under|fewer|slower"),
        (r"members", r"member|compan|stocks|names"),
        (r"^count", r"sector|ranked"),
        (r"coverage", r"cover"),
        (r"breadth", r"member|breadth|share of|stocks|compan|names|average"),
        (r"distance_from_record|from_high", r"record|\bhigh\b|peak|\btop\b|below it\b"),
        (
            r"drawdown",
            (
                r"drawdown|(?<!this )(?<!so )\bhigh\b|peak|\btop\b|best close|(?:deepest|worst"
                r"|largest|biggest) (?:fall|loss|decline|drop|slide)|bear market"
            ),
        ),
        (r"gap|distance", r"average"),
        (r"slope", r"slope|average|trend"),
        (r"volatility", r"volatil|turbulen|swing"),
        (r"correlation", r"correlat|together"),
        (r"^rsi", r"\bRSI\b|relative strength|overbought|oversold"),
        (r"dispersion", r"gap|between|best|dispersion|apart|spread|range|separat"),
        (r"record", r"record|\bhigh\b|peak|close above"),
        (r"^lead|spread", _COMPARED),
    )
)
"""First match of a fact's metric decides which words a sentence must hold to state it."""
_MONTHS = "january february march april may june july august september october november december"
CONDITIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (metric, quick(cue, re.IGNORECASE))
    for metric, cue in (
        *((f"^{month}_", rf"\b{month}") for month in _MONTHS.split()),
        (r"^(?:midterm|\w*election)_year", r"mid-?term|election"),
        (r"^first_five_days", r"first (?:five|week)"),
        (r"_up_years", r"years? (?:up|of gains|in a row|running)|(?:up|rising|winning) years?"),
        (
            r"(?:hit_rate|median)_(?:high|low)$",
            r"between|interval|\brange|confidence|\bas (?:high|low) as|\bfrom\b.*\bto\b",
        ),
        (
            r"all_days_hit",
            (
                r"times?\b|again|cases|odds|sequel|followed|hit rate|occasions|days|quarters"
                r"|evenings|sessions|history|chance"
            ),
        ),
        (r"^rest_of_year", r"rest of the year|year.end|remainder|from here"),
        (r"^year_so_far", r"this point|so far|this (?:date|stage)"),
        (r"^fall_in_year", r"fall|fell|declin|drawdown"),
    )
)
"""Words that the condition of a conditional history must be named by."""
UNSAID = frozenset(
    "return spread lead level change rank percentile ratio gap flow best worst".split()
)
"""Metrics that prose states without their name."""
UNSIGNED = compiled(
    r"breadth$|^target_|weight|probability|hit_rate|volatility|cross_section|coverage|threshold"
    r"|correlation|rsi|percentile|level|dispersion"
)
"""Metrics that are sizes, not changes."""
OTHER_MEASURES = quick(
    r"volatil|drawdown|correlat|\bRSI\b|of the time|percentile|all days|members|breadth",
    re.IGNORECASE,
)
"""Words in a segment that show its figure to be no plain return."""
FROM = compiled(r"\b(?:from|was|were|stood at|against) (?:only |just |a mere )?$", re.IGNORECASE)
EACH = compiled(r"\b(?:both|each|alike|apiece)\b", re.IGNORECASE)
TONIGHT = frozenset({"1d"})
NEW_CLAUSE = compiled(
    r";|, (?:which|leaving|taking|bringing|but|though|while|whereas|so that|and (?:is|are|has"
    r"|have|it"
    r"|they|now|remains?))\b| (?:to settle|while|whereas|but)\b",
    re.IGNORECASE,
)
"""Where another clause begins, whose period is its own."""
DAY_WINDOW = compiled(
    r"(?<![\w.])(?P<days>\d{1,3})(?:[ -](?:day|session)|d\b|dma\b)", re.IGNORECASE
)
RUN_HEAD = compiled(
    r"[ -](?:straight|consecutive|successive|session|week|month|day|monthly|weekly)\b",
    re.IGNORECASE,
)
