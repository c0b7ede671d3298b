"""How figures are printed: with their unit, and no finer than they are known."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import Fault, RuleContext, matches, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document

_UNIT = (
    r"(?:%|‰|per ?cent|percent|pct|points?|pts?\b|pp\b|ppts?|bps?\b|basis|x\b|×|times|°|σ|th\b|st\b"
    r"|nd\b|rd\b|[kmb]n?\b|million|billion|trillion|sessions?|days?|weeks?|months?|years?|hours?"
    r"|minutes?|percentiles?)"
)
_BARE = compiled(
    rf"(?<![\w.%$€£¥)])(?P<sign>[+−]|(?<=[(\s])-)\s?(?P<n>\d{{1,4}}(?:\.\d{{1,3}})?)(?![\d.]*\d)"
    rf"(?!\s?[-–]?\s?{_UNIT})(?![A-Za-z]|\s?[-–/:]\s?\d)(?=\s?[),.;:]|\s|$)"
)
_UNITLESS = quick(
    r"correlat|\bbeta\b|z-?score|\bscore\b|\bindex\b|\blevel\b|ratio|slope|skew|\bRSI\b|gauge"
    r"|UTC|GMT"
    r"|\bterm\b|thrust|McClellan|oscillator|breadth line|advance|°|\bdelta\b|sentiment|diffusion"
    r"|strength|\bnet\b",
    re.IGNORECASE,
)
_STATED = quick(r"%|per ?cent|points?\b|basis|\bbps\b|\bx\b|ratio|index|score", re.IGNORECASE)
_PE = compiled(
    r"(?<![\w.$])\d{1,3}\.\d{2,4} ?[x×]\b(?! (?:leverage|levered))"
    r"|\b(?:P/E|PE|price[- ]earnings)(?: ratio)?(?: of| at| is|:)? (?:about )?\d{1,3}\.\d{2,4}\b",
    re.IGNORECASE,
)
_FINE = compiled(r"(?<![\w.])\d{1,4}\.\d{3,9} ?(?:%|percent\b|per cent\b|percentage points?\b)")


@rule(
    "F11",
    citation="House: a change has a unit (market-commentary A4, S1 “(+8)”)",
    good=(
        "Deere (+8%) led.",
        "Up +3.8 points, or +25 bps; a correlation of −0.3.",
        "| Fund | Change, % |\n| --- | --- |\n| Deere | +8 |",
        "Open 9-5, UTC−5, from -2 to −3%.",
        "A 2-1 vote in 2020-21.",
    ),
    bad=(
        "Deere (+8) on farm-bill hopes.",
        "ETFs, such as XLI ( +5.1) and XLB ( +4.8), led.",
        "Renewables crumble ( TAN -3) at last.",
        "European small-caps +3.8 on the day.",
        "| Fund | Change |\n| --- | --- |\n| Deere | +8 |",
    ),
)
def missing_unit(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find signed changes in brackets, lists and cells that say neither percent nor points."""
    for block, match, span in matches(document, _BARE, furniture=False):
        if not _excused(block, match):
            yield span, f"“{match[0].strip()}” has no unit; write percent, points or basis points."


def _excused(block: Block, match: re.Match[str]) -> bool:
    context = block.context
    if block.kind is Kind.CELL:
        around = f"{context.row} {context.column} {context.caption} {context.note}"
        return bool(_STATED.search(around) or _UNITLESS.search(around))
    before, after = (
        block.text[max(0, match.start() - 60) : match.start()],
        block.text[match.end() :],
    )
    closed = re.match(r"\s?\)", after[:2]) is not None
    bracket = closed and re.search(r"\([^()]{0,30}$", before) is not None
    moved = re.match(r"\s(?:on|after|as|while)\b", after[:8]) is not None
    return not (bracket or moved) or _UNITLESS.search(before) is not None


@rule(
    "F12",
    severity=Severity.WARN,
    citation="House: no figure finer than it is known (market-commentary A4, S0 “33.36x”)",
    good=("It trades at 33.4x earnings.", "A P/E of 16.2.", "Up 2.15%.", "A ratio of 0.364."),
    bad=("It trades at 33.36x earnings.", "A P/E of 16.24.", "Up 2.153%.", "Up 0.1234 percent."),
)
def false_precision(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find valuations to two decimals and percentages to three."""
    for pattern in (_PE, _FINE):
        for _block, match, span in matches(document, pattern, furniture=False):
            yield span, f"“{match[0].strip()}” is finer than it is known; round it."
