"""A text does not say one thing here and its opposite there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.patterns import compiled
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import Sentence, lines

_SMALL = r"(?:small[- ]?caps?|small-cap \w+|Russell 2000|IWM)"
_LARGE = r"(?:large[- ]?caps?|large-cap \w+|mega[- ]?caps?|S&P 500|SPY)"
_UNSURE = compiled(
    r"\b(?:if|whether|unless|would|could|might|may|question|some (?:say|argue)|bulls|bears|not"
    r"|n't)\b",
    re.IGNORECASE,
)

_CLAUSE = compiled(r"[,;:—]")


@dataclass(frozen=True, slots=True)
class Clash:
    """Two statements that cannot both hold.

    Parameters
    ----------
    first, second : re.Pattern
        Each found within one sentence that is no condition.
    message : str
        What is wrong, as a clause.
    """

    first: re.Pattern[str]
    second: re.Pattern[str]
    message: str


def _clash(first: str, second: str, message: str) -> Clash:
    return Clash(compiled(first, re.IGNORECASE), compiled(second, re.IGNORECASE), message)


CLASHES: tuple[Clash, ...] = (
    _clash(
        r"\b(?:remarkable|near(?:ly)?|virtual|rough) parity\b"
        r"|\bnearly identical (?:[\w-]+ ){0,2}(?:outcomes"
        r"|returns|results)\b|\bneck and neck\b|\bdead heat\b",
        rf"{_SMALL}[^.]{{0,60}}\b(?:a )?long way to (?:climb|go|catch up)\b|\bfar behind {_LARGE}",
        "the text finds parity, so there is no long way to catch up",
    ),
    _clash(
        r"\bfirst time (?:in|since) [^.]{3,40}(?:large"
        r"|mega)[- ]?caps?[^.]{0,60}\b(?:outperform\w*|beat\w*|led|ahead)\b",
        r"\b(?:decade|years|era|quarter-century)s?(?:-long)? of (?:mega"
        r"|large)[- ]?cap (?:dominance|leadership|outperformance)\b"
        r"|\bmulti-year underperformance\b"
        rf"|\b(?:decade|years) of {_SMALL} (?:underperformance|lagging)\b",
        "the text speaks of years in which large caps led, so this was no first time",
    ),
    _clash(
        r"\b(?:a|the) (?:fundamental|structural|permanent|genuine|durable) [\"']?(?:handoff"
        r"|handover|shift|change|regime)\b"
        r"|\bsolidified into a new regime\b|\bstructural, not (?:cyclical|sentimental)\b",
        r"\bit(?:'s| is) the latter\b|\b(?:still|only) (?:a )?temporary\b"
        r"|\bcyclical, not permanent\b"
        r"|\b(?:just|merely|only) (?:a )?(?:viral )?sentiment\b",
        "the shift cannot be fundamental and a passing sentiment",
    ),
    _clash(
        r"\b(?:held|kept|left|holding|keeping) (?:interest |policy |its )?rates? (?:steady"
        r"|unchanged|on hold)\b"
        r"|\brate stability\b|\bsteady rates\b",
        r"\blower(?:ed)? (?:interest )?rates\b|\b(?:rate cuts? (?:this|last) (?:week|month)"
        r"|has cut rates"
        r"|just cut rates)\b",
        "rates that were held steady have not become lower",
    ),
    _clash(
        r"\b(?:rally|advance|market|move) (?:is|remains|has become) (?:very |truly "
        r"|genuinely )?(?:broad|broad-based|broadening)\b",
        r"\b(?:rally|advance|market|move) (?:is|remains|has become) (?:very "
        r"|dangerously )?(?:narrow|top-heavy|concentrated)\b",
        "the move cannot be broad and narrow",
    ),
)
"""Stances that exclude each other, as the seeds of the house's research mixed them."""


@rule(
    "D15",
    citation="House: one text, one stance (market-commentary A4, S2 and S3)",
    good=(
        "Over 25 years it is a story of remarkable parity.",
        "The Fed held rates steady. If lower rates come, banks gain.",
        "It is a fundamental shift. Whether it is only sentiment is the question.",
        "It was the first time in years that large caps outperformed.",
    ),
    bad=(
        "It is one of remarkable parity.\n\nStill, small caps have a long way to climb.",
        "A decade of mega-cap dominance.\n\nIt was the first time in years that large caps led.",
        "It is a fundamental handoff of leadership.\n\nPrices suggest it's the latter.",
        "## Lower Rates Fuel the Shift\n\nThe Fed has held interest rates steady.",
        "The rally is broad.\n\nThe rally is narrow.",
    ),
)
def two_stances(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find pairs of statements of one text that exclude each other."""
    every = lines(document)
    for clash in CLASHES:
        first = _found(clash.first, every)
        second = _found(clash.second, every) if first else None
        if first and second:
            sentence, match = second
            yield sentence.of(match), f"“{first[1][0]}” and “{match[0]}”: {clash.message}."


def _found(
    pattern: re.Pattern[str], every: Sequence[Sentence]
) -> tuple[Sentence, re.Match[str]] | None:
    for sentence in every:
        match = sentence.search(pattern)
        if match and not _UNSURE.search(_CLAUSE.split(sentence.text[: match.start()])[-1]):
            return sentence, match
    return None
