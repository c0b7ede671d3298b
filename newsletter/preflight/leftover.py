"""Leftover: statements about the market that no kind of claim has understood.

The last net, and the reason why preflight fails closed: a clause that names a subject of
the ledger, uses a word of ranks, records, moves or comparisons, supposes nothing and
holds no decided claim says something that nobody has proved.
"""

import re
from collections.abc import Iterable, Iterator

from newsletter.preflight import clause
from newsletter.preflight.assertion import Judged
from newsletter.preflight.block import Kind
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentence import Sentence

_STATED = re.compile(
    r"\b(?:ahead|behind|in front|out in front|lead(?:s|er|ers)?|led|lag\w*|trail\w*|laggards?"
    r"|outdone|bested|beaten|beat|pipped|eclipsed|overtak\w+|overtook|outshone|outpac\w+|outperf\w+"
    r"|underperf\w+|second best|second to|second fiddle|runner-up|runners-up|also-rans?"
    r"|better|worse|best|worst|weak(?:est|er)?|strong|strongest|weakest|steepest|biggest|largest|smallest|highest|lowest|toughest"
    r"|cannot hold a candle|rank(?:s|ed)?|last of|lone|sole|most of the (?:work|damage|lifting)"
    r"|heavy lifting|did the (?:work|damage|lifting)|led the way|never (?:looked|stood|closed|been)"
    r"|edged|firmed|ticked|crept|inched|nudged|shed|sank|sunk|eased|dipped|climbed|recovered|so did"
    r"|as did|nor did|neither did|triple[ds]?|quadrupled?|overhauled|outgunned|outclassed|stole"
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
    r"|outnumber\w*|majority|minority|bulk of|most of (?!what|us|them|it\b)|left standing|left in the dust|wake of"
    r"|cut rates|raised rates|pays? more|pays? less|volatile)\b",
    re.IGNORECASE,
)
"""Words of ranks, records, moves, comparisons and states."""
_MARKET = re.compile(
    r"\b(?:stocks|shares|equities|sectors?|members|companies|index|market|funds|bonds|giants"
    r"|breadth"
    r"|participation|yields?|yield curve|curve|volatility|industr(?:y|ies)|put[-/ ]call|earnings"
    r"|estimates|megacaps|mega[- ]caps|inflation|unemployment|the fed|rates|benchmark"
    r"|rsi|quadrant|rotation map)\b",
    re.IGNORECASE,
)
"""Groups and measures that a clause may speak of without naming a subject."""
_VIEW = re.compile(
    r"\b(?:we|our|ours|us|I|my|(?:our|one|another|my) reading|reading is|verdict|view|opinion"
    r"|argu\w+|case for|story|narrative|thesis"
    r"|theory|bulls|bears|critics|sceptics|skeptics|anyone|nobody|one can|one might|call it"
    r"|arguably|as if|as though|like a|means|matters?|entitled|worth|deserves?|lesson|point is"
    r"|temptation|tempting|question|answer|reason|test|proof|evidence|sign of|argument|doubt)\b",
    re.IGNORECASE,
)
"""Words that mark a clause as somebody's view."""
_IDIOMS = re.compile(
    r"\b(?:straight (?:past|to|into|from|out)|(?:held|propped) up by|best of the \w+ first"
    r"|share of [\w& ]{2,40} that closed above their own moving average|make up|up to|end up"
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
_LEAD = 3
_SILENT = {Kind.CELL, Kind.CAPTION}


def leftovers(sentence: Sentence, decided: Iterable[tuple[int, int]]) -> Iterator[Judged]:
    """Yield each clause of a sentence that states something nobody has judged.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    decided : iterable of tuple of int
        Start and end of every claim that was found in it.
    """
    if sentence.block.furniture or sentence.block.kind in _SILENT:
        return
    taken = sorted(decided)
    done: set[int] = set()
    for match in _STATED.finditer(sentence.text, sentence.start, sentence.end):
        low, high = clause.bounds(sentence, match.start())
        if low in done or any(start < high and end > low for start, end in taken):
            continue
        done.add(low)
        if _spoken_of(sentence, match.start(), low, high) and not _free(sentence, match, low, high):
            yield Judged(match.start(), match.end(), Verdict.UNSUPPORTED)


def _spoken_of(sentence: Sentence, at: int, low: int, high: int) -> bool:
    """Tell whether a clause has a subject; one that begins with its verb has the sentence's."""
    if any(low <= mention.start < high for mention in sentence.named):
        return True
    return _MARKET.search(sentence.text, low, high) is not None or (
        bool(sentence.named) and at - low <= _LEAD
    )


def _free(sentence: Sentence, match: re.Match[str], low: int, high: int) -> bool:
    """Tell whether a clause supposes, gives a view, or uses the word as an idiom."""
    said = sentence.text[low:high]
    return bool(
        clause.supposed(sentence, match.start())
        or _VIEW.search(said)
        or any(i.start() <= match.start() - low < i.end() for i in _IDIOMS.finditer(said))
    )
