"""Who says so, and how much: no nameless authorities, no read minds, no bare qualifiers."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Severity, Verdict
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import HEDGED, Sentence, sentences, sourced

_SAY = (
    r"(?:say|says|said|expects?|expected|believes?|thinks?|notes?|emphasi[sz]e[sd]?|argue[sd]?"
    r"|warn(?:s|ed)?"
    r"|predict(?:s|ed)?|sees?|agree|suggests?|have been (?:predicting|saying|expecting|warning)"
    r"|call(?:s|ed)? for"
    r"|forecasts?|point to|reckon|shows?)"
)
_NAMELESS = quick(
    r"\b(?:(?:some|many|most|several|other|market|few|all) )*(?:analysts|strategists|experts"
    r"|economists"
    rf"|observers|market watchers|commentators|pundits|insiders|sources"
    rf"|professionals) (?:\w+ly )?{_SAY}\b"
    r"|\baccording to (?:(?:some|many|most|several|the|recent|public|market|unnamed) )*(?:analysts"
    r"|experts|sources|strategists|economists|observers|reports?|data|estimates|surveys?"
    r"|studies|people)\b"
    r"|\b(?:Wall Street|the Street|consensus) (?:expects|sees|believes|thinks|says|wants)\b"
    r"|\b(?:some|many|others|most) (?:say|see|believe|think|argue|fear|expect|worry)\b(?!-)"
    rf"|\b(?:public|market|recent|several|fund-flow|some)(?: \w+)? (?:reports|studies"
    rf"|surveys) {_SAY}\b"
    rf"|\b(?:one|an?) (?:recent )?(?:analysis|analyst|report|study|survey|strategist) {_SAY}\b"
    r"|\bit is (?:widely )?(?:said|believed|thought|rumou?red|expected)\b"
    r"|\b(?:are|is) (?:now |widely )?(?:seen|viewed|regarded) as\b",
    re.IGNORECASE,
)
_CROWD = compiled(
    r"\b(?:investors|traders|hedge funds|institutions|money managers|speculators|the smart money"
    r"|institutional capital)"
    r" (?:are|is|have|has|were|keep|feel|want|love|hate|fear|believe|now|increasingly|suddenly"
    r"|actually)"
    r"\b(?: now| no longer| actually| actively| finally| aggressively| simply| increasingly)? \w+",
    re.IGNORECASE,
)
_FREE = compiled(
    r"\b(?:investors|traders) (?:are|have|has|were) (?:entitled|had|not|no|free|a |the |left"
    r"|used to)",
    re.IGNORECASE,
)
_QUALIFIER = quick(
    r"\blost (?:some )?(?:visible |visibly )?(?:momentum|of (?:its|their) grip|steam)\b"
    r"|\b(?:visibly|clearly) lost momentum\b"
    r"|\b(?:rise|rising|increase|jump|surge|pickup) in (?:\w+ )?(?:hedging|demand|volumes?"
    r"|interest|searches|activity|participation)\b"
    r"|\b(?:hedging demand|search (?:interest|volume)|trading volumes?|volumes?) (?:rose"
    r"|spikes?|spiked|surged|jumped|soared|is up|has risen)\b"
    r"|\b(?:surging|soaring|exploding|record) (?:volumes?|inflows?|outflows?|demand|interest)\b"
    r"|\b(?:heavy|strong|renewed|massive|huge|large|steady) (?:inflows?|outflows?|selling"
    r"|buying|hedging)\b"
    r"|\b(?:pouring|flooding|piling) (?:money |cash )?into\b|\bmoney (?:is|has been) (?:pouring"
    r"|flooding|flowing)\b"
    r"|\bshow(?:s|ing)? signs of exhaustion\b",
    re.IGNORECASE,
)
_CLAUSE = compiled(r"[,;:]|\s[–—]\s|—|\b(?:and|while|but|whereas|though|although|which)\b")


@rule(
    "Q11",
    citation="MAR RTS 2016/958 Art. 3: sources are named (market-commentary A4, S0 and S4)",
    good=(
        "BTIG says the index is near its high.",
        "According to Goldman Sachs, flows turned.",
        "Analysts at BTIG say so.",
        "We think otherwise; others are free to.",
        "Some see-saw days followed.",
    ),
    bad=(
        "Analysts say the rally has legs.",
        "According to analysts, the index is near its high.",
        "Many believe that it will last.",
        "Wall Street expects a cut.",
        "Public market reports show that 16 of the 50 best were chip names.",
        "As one analysis notes, it is fragile.",
        "The giants are now seen as overvalued.",
    ),
)
def nameless_source(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find claims laid on analysts, reports or a crowd without any name."""
    for sentence in sentences(document):
        found = [m for m in sentence.find(_NAMELESS) if not _named(sentence, m)]
        if found and not sourced(sentence.text):
            for match in found:
                yield sentence.of(match), f"“{match[0]}” names nobody; name the source or cut it."


def _named(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a name follows at once: ``analysts at BTIG``, ``a report from Lipper``."""
    behind = sentence.text[match.end() : match.end() + 30]
    return re.match(r" (?:at|from|by|of) (?:the )?[A-Z]", behind) is not None


@rule(
    "Q12",
    severity=Severity.WARN,
    citation="House: prices show trades, not minds (market-commentary A1, 28)",
    good=(
        "Investors may be ditching the giants.",
        "Fund investors have withdrawn $2.1 billion, says Lipper.",
        "Anyone who bought it is entitled to feel clever.",
        "Money went to hospitals.",
    ),
    bad=(
        "Investors are actually rotating out of the giants.",
        "Investors have doubled down on the trade.",
        "Hedge funds are finally chasing value.",
    ),
)
def read_minds(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find sentences that know what crowds of people do or feel."""
    for sentence in sentences(document):
        text = sentence.text
        match = sentence.search(_CROWD)
        if match is None or _FREE.match(text, match.start()):
            continue
        if not (HEDGED.search(text) or sourced(text) or text.endswith("?")):
            yield sentence.of(match), f"“{match[0]}” reads minds; say what prices or flows show."


@rule(
    "Q13",
    citation="House: a qualifier needs its figure (market-commentary A4, S0)",
    good=(
        "QQQ has lost momentum, its RSI down from 71 to 58.",
        "If heavy inflows return, we were wrong.",
        "Trading volumes rose 12% on the day.",
        "Outflows were $694 million, says Lipper.",
    ),
    bad=(
        "QQQ is up 16.2% and has visibly lost momentum this week.",
        "So does the rise in hedging demand around the Nasdaq complex.",
        "Surging volumes confirm it.",
        "There were renewed inflows, and SPY rose 2%.",
    ),
)
def bare_qualifier(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find flows, volumes and momentum said to have changed, with no figure beside them."""
    for sentence in sentences(document):
        if sentence.search(HEDGED):
            continue
        for match in sentence.find(_QUALIFIER):
            if not _figured(sentence, match):
                yield sentence.of(match), f"“{match[0]}” has no figure; give one or cut it."


def _figured(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a figure stands in the same clause, or in the one that follows it."""
    first, last = max(0, match.start() - _REACH), min(len(sentence.text), match.end() + _REACH)
    stops = [m.start() for m in _CLAUSE.finditer(sentence.text, first, last)]
    low = max((s for s in stops if s <= match.start()), default=first)
    later = [s for s in stops if s >= match.end()]
    high = later[1] if len(later) > 1 else last
    kinds = {"percent", "points", "usd", "currency", "number", "count", "bps", "multiple"}
    own = later[0] if later else last
    own_figure = any(low <= f.start < own and f.kind.value in kinds for f in sentence.figures)
    behind = _DETAIL.match(sentence.text, own) is not None and any(
        own <= f.start < high and f.kind.value in kinds for f in sentence.figures
    )
    return own_figure or behind


_REACH = 200
_DETAIL = compiled(r"[,:–—] ?(?:its|their|of|with|at|up|down|about|some|\$|\d)", re.IGNORECASE)


@rule(
    "Q14",
    citation="MAR RTS 2016/958 Art. 3: sources are named (market-commentary A4, S0 “$694m”)",
    good=(
        "Outflows were $694 million, according to Lipper.",
        "Lipper said small-cap funds had $694 million of outflows.",
        "Sales were $694 million.",
    ),
    bad=(
        "Small-cap funds still saw $694 million of outflows this week.",
        "$12 billion was invested in small-cap ETFs last week.",
    ),
)
def unsourced_flow(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find fund flows in money whose source is not named and that no fact proves."""
    proved = [c.span.start for c in context.claims if c.verdict is Verdict.PROVED]
    for sentence in sentences(document):
        match = sentence.search(_FLOW)
        if match is None or sourced(sentence.text):
            continue
        span = sentence.span
        if not any(span.start <= start < span.end for start in proved):
            yield (
                sentence.of(match),
                f"“{match[0]}” is a flow without a source; name who counted it.",
            )


_FLOW = compiled(
    r"(?:[$€£]\s?)?\d[\d.,]* ?(?:million|billion|bn|mn|m|b)\b[^.;]{0,40}\b(?:inflows?|outflows?"
    r"|invested in|withdrawn"
    r"|pulled from|poured into)\b"
    r"|\b(?:inflows?|outflows?) of (?:about )?[$€£]\s?\d[\d.,]* ?(?:million|billion|bn|mn|m|b)\b",
    re.IGNORECASE,
)
