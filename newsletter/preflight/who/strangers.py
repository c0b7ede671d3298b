"""Strangers: companies and markets that a text names and no fact knows.

A stranger is the subject of what follows it, so a figure behind it can borrow nothing
from whoever was named before. Ledger subjects never begin with a question mark; a
stranger's does (``?walmart``).
"""

import re
from collections.abc import Iterable, Iterator

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import scan

MARK = "?"
"""First character of a stranger's subject."""

REGIONS = (
    r"(?:Japanese|European|Chinese|Asian|British|UK|U\.K\.|German|French|Indian|Korean|Taiwanese"
    r"|Brazilian|Canadian|Australian|Swiss|Italian|Spanish|Mexican|Hong Kong|foreign|overseas"
    r"|international|global|emerging[- ]market|frontier[- ]market|euro[- ]?zone|Latin American)"
)
_SECURITIES = (
    r"(?:shares?|stocks?|equities|bonds?|banks?|lenders?|markets?|exporters?|indices|index|gilts?"
    r"|carmakers?|retailers?|airlines?|insurers?|miners?)"
)
_NOUNS = (
    r"airlines?|air carriers?|homebuilders?|house ?builders?|home builders?|retailers?|insurers?"
    r"|miners?|gold miners?|copper miners?|carmakers?|automakers?|car makers?|drugmakers?"
    r"|pharmaceuticals?|biotechs?|biotechnology|brokers|brokerages?|asset managers?|big banks"
    r"|large banks|money[- ]cent(?:re|er) banks|oil (?:majors|producers|stocks|companies|giants)"
    r"|drillers|refiners|steelmakers?|chemicals (?:makers|companies)|railroads?|truckers|shippers"
    r"|cruise (?:lines|operators)|hotels|restaurants|casinos|defen[cs]e (?:stocks|contractors"
    r"|companies)|aerospace|software(?: stocks| makers| companies)?|internet stocks|solar stocks"
    r"|cannabis stocks|meme stocks|tobacco|media stocks|telecoms|telecommunications"
    r"|bitcoin|ether(?:eum)?|crypto(?:currencies|s)?|dogecoin|solana|silver|platinum|palladium"
    r"|natural gas|gasoline|heating oil|wheat|corn|soybeans?|coffee|cocoa|sugar|cotton|iron ore"
    r"|lithium|uranium|alumini?um|nickel|zinc|lumber|brent(?: crude)?|commodities"
    r"|mid[- ]?caps?|mid-sized (?:companies|stocks|firms)|micro[- ]?caps?|nano[- ]?caps?"
    r"|emerging markets|frontier markets|munis?|municipal bonds|convertibles?|leveraged loans"
    r"|mortgage(?:[- ]backed)? (?:securities|bonds)|tips|gilts?|bunds?|jgbs?|corporate bonds"
    r"|government bonds|short-dated (?:bonds|Treasuries)|reits|spacs|ipos"
    r"|sterling|the (?:British|Mexican|Japanese|Chinese|Swiss|Indian|Canadian|Australian|Korean"
    r"|Brazilian|Turkish|Russian|single) (?:pound|yen|franc|yuan|renminbi|rupee|peso|dollar"
    r"|won|real"
    r"|lira|rouble|ruble|currency)|the (?:pound|euro|yen|franc|yuan|renminbi|rupee|peso|loonie"
    r"|aussie|krona|won)"
    r"|ftse(?: 100)?|dax|cac(?: 40)?|nikkei(?: 225)?|topix|hang seng|kospi|sensex|stoxx(?: 600)?"
    r"|euro stoxx(?: 50)?|msci \w+|csi 300|ibovespa|shanghai composite|s&p/asx 200"
)
_LOWER = quick(
    rf"\b(?:{_NOUNS})\b(?![- ](?:million|billion|standard|rush|lining|bullet))"
    rf"|\b{REGIONS} (?:(?:two|five|ten|thirty|2|5|10|30)-year (?:government )?)?{_SECURITIES}\b",
    re.IGNORECASE,
)
_PLAIN_BONDS = compiled(r"(?<![\w-] )\bbonds\b", re.IGNORECASE)
_VERB = (
    r"(?:rose|rises?|gained|gains|climb(?:ed|s)|advance[ds]|jump(?:ed|s)|surge[ds]|rall(?:ied|ies)"
    r"|soar(?:ed|s)|fell|falls|lost|loses|drop(?:ped|s)|decline[ds]|slid|slides|slip(?:ped|s)"
    r"|shed|sheds|sank|sinks|tumble[ds]|plunge[ds]|slump(?:ed|s)|retreat(?:ed|s)|eased|dipped"
    r"|add(?:ed|s)|put on|gave up|returned|beat|outperformed|underperformed|trailed|lagged"
    r"|crashed|rebounded|recovered|popped|cratered|plummeted|tacked on|closed|ended|finished"
    r"|settled|led|topped|hit|doubled|tripled|halved|soared|leapt|leaped|spiked|stood|trades|traded"
    r"|(?:is|are|was|were) (?:up|down|higher|lower))"
)
_CAPITAL = quick(
    r"(?<![\w&.'’-])(?P<name>(?:[A-Z][A-Za-z]*[a-z][A-Za-z]*|[A-Z]{2,5}|[A-Z]&[A-Z])"
    r"(?: (?:&|and|of) [A-Z][a-z]+| [A-Z][A-Za-z]+|&[A-Z]\w*)?)"
    rf"(?P<after>(?: (?:shares?|stock))? {_VERB}\b|'s (?:shares?|stock|gain|loss|rise|fall|drop"
    r"|advance|decline|return|record|close|rally|slide)\b|,? (?:up|down) (?:by )?[\d$]"
    r"|,? \(?[−+-]?\d+(?:\.\d+)?%)"
)
_ORDINARY = frozenset(
    "the a an this that these those it its they their we our he she i you both each all none no"
    " not one"
    " two three four five six seven eight nine ten and but or so yet while as at by for from in"
    " on of"
    " to with after before since until when where what who which why how if than then there here"
    " monday tuesday wednesday thursday friday saturday sunday january february march april may"
    " june"
    " july august september october november december spring summer autumn fall winter"
    " treasury treasuries fed congress washington york wall street main america american us usa"
    " president chair chairman powell bulls bears bull bear magnificent seven giants mega caps"
    " most many few some several nobody everybody everyone nothing everything breadth volume"
    " stocks shares funds sectors members markets market prices price yields volatility leadership"
    " large small value growth equal weight index indices fund benchmark average averages members"
    " advancers decliners gainers losers winners leaders laggards signal signals verdict evidence"
    " today tonight yesterday tomorrow week month quarter year session day evening morning"
    " total returns return dividends dividend gains losses momentum ratio gap lead spread"
    " only just even still also again now never ever next last first second third another other"
    " meanwhile however moreover instead elsewhere overall together neither nor either half"
    " christmas easter thanksgiving labor labour independence good street city state data history"
    " investors traders buyers sellers bonds credit cyclicals defensives participation performance"
    " it'll companies names issues names rest table chart figure note source sources best worst"
    " rsi etf nyse nasdaq sec cpi gdp ceo cfo ai us uk eu pe ipo etfs reit ok bps highs lows"
    " anything whatever whoever something someone much more less little nearly almost about over"
    " under roughly some up down its his her their seasonally historically year-end".split()
)
"""Words that stand with a capital and name no company."""
_TITLE_SHARE = 0.6
_LONG = 3
_WORDS = compiled(r"[A-Za-z][a-z]+")


def strangers(text: str, known: bytearray) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and subject of every stranger.

    Parameters
    ----------
    text : str
        Folded text of one block.
    known : bytearray
        Non-zero where a subject of the ledger is named; no stranger stands there.
    """
    taken = bytearray(known)
    for pattern in (_LOWER, _PLAIN_BONDS):
        for match in scan(pattern, text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                yield match.start(), match.end(), MARK + match[0].lower()
    if _titled(text):
        return
    for match in scan(_CAPITAL, text):
        start, end = match.span("name")
        words = [word.lower() for word in re.split(r"[ &]", match["name"]) if word]
        if any(taken[start:end]) or any(word in _ORDINARY for word in words):
            continue
        yield start, end, MARK + match["name"].lower()


def is_stranger(subject: str) -> bool:
    """Tell whether a subject is one that no fact knows."""
    return subject.startswith(MARK)


def known(subjects: Iterable[str]) -> bool:
    """Tell whether any of several subjects is one of the ledger's."""
    return not all(map(is_stranger, subjects))


def _titled(text: str) -> bool:
    """Tell whether a line is a title, whose capitals say nothing."""
    words = [word for word in _WORDS.findall(text[:400]) if len(word) > _LONG]
    capital = sum(word[0].isupper() for word in words)
    return len(words) > 1 and capital >= _TITLE_SHARE * len(words)
