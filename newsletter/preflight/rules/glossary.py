"""Terms with a fixed meaning are used in that meaning."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.scan import Several, whole
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import lines

_NUMBER = r"(?P<n>\d{1,3}(?:\.\d{1,2})?)"


@dataclass(frozen=True, slots=True)
class Term:
    """A defined term and what would be a misuse of it.

    Parameters
    ----------
    pattern : re.Pattern
        Finds the term together with what is said of it, within one sentence; a group
        ``n`` is a number that `wrong` judges.
    meaning : str
        The definition, as a clause.
    wrong : callable
        Tells from the match whether it is a misuse; every match by default.
    """

    pattern: re.Pattern[str]
    meaning: str
    wrong: Callable[[re.Match[str]], bool] = lambda _: True


def _term(pattern: str, meaning: str, wrong: Callable[[Decimal], bool] | None = None) -> Term:
    found = compiled(pattern, re.IGNORECASE)
    if wrong is None:
        return Term(found, meaning)
    return Term(found, meaning, lambda match: wrong(Decimal(match["n"])))


def _bps(match: re.Match[str]) -> bool:
    return Decimal(match["n"]) != Decimal(match["p"]) * 100


GLOSSARY: tuple[Term, ...] = (
    _term(
        r"\bJanuary barometer\b[^.;]{0,60}\b(?:first (?:week|five|few)|week (?:one|1))"
        r"|\bfirst (?:week|five)\b[^.;]{0,40}\bJanuary barometer\b",
        "the January barometer is the whole month; the first five days are another indicator",
    ),
    _term(
        r"\b(?:Fed\w*|Powell|FOMC|central bank)\b[^.;]{0,40}\btarget\w*\b[^.;]{0,20}\bCPI\b"
        r"|\bCPI target\b",
        "the Fed's target is 2% for the price index of personal consumption (PCE), not the CPI",
    ),
    _term(
        rf"\b(?:Fed\w*|Powell|FOMC)\b[^.;]{{0,40}}\b(?:inflation )?target\w*"
        rf"(?! (?:range|rate|band|for the f)\b)(?: \w+){{0,3}} {_NUMBER} ?%",
        "the Fed's inflation target is 2%",
        lambda n: n != 2 and n < 10,
    ),
    _term(
        rf"\bcorrection of (?:about |just |only )?{_NUMBER} ?(?:%|percent)",
        "a correction is a fall of 10% to 20% from a high",
        lambda n: not 10 <= n < 20,
    ),
    _term(
        rf"\bbear market\b[^.;]{{0,30}}\b(?:of|down|fallen|lost|fall of"
        rf"|loss of) {_NUMBER} ?(?:%|percent)",
        "a bear market is a fall of 20% or more from a high",
        lambda n: n < 20,
    ),
    _term(
        rf"\bbull market\b[^.;]{{0,30}}\b(?:rise|gain|up)(?: of)? {_NUMBER} ?(?:%"
        rf"|percent) (?:from|off) (?:its|the) low",
        "a bull market is a rise of 20% or more from a low",
        lambda n: n < 20,
    ),
    _term(
        rf"\boverbought\b[^.;]{{0,20}}\bat {_NUMBER}(?! ?%)\b",
        "overbought is an RSI of 70 or more",
        lambda n: n < 70,
    ),
    _term(
        rf"\boversold\b[^.;]{{0,20}}\bat {_NUMBER}(?! ?%)\b",
        "oversold is an RSI of 30 or less",
        lambda n: n > 30,
    ),
    _term(
        r"\bVIX\s?(?:/|to|over|and)\s?(?:the )?VIX ?3M\b[^.;]{0,60}\bfutures\b"
        r"|\bfutures\b[^.;]{0,60}\bVIX\s?/\s?VIX ?3M\b",
        "VIX and VIX3M are indices; their ratio says nothing of futures",
    ),
    _term(
        r"\b(?:52|fifty-two)[- ]week high\b[^.;,]{0,15}(?:,| or|\() ?(?:i\.e\. "
        r"|that is,? )?an? (?:all-time high|record)\b",
        "a 52-week high is the highest of one year, an all-time high of the whole history",
    ),
    _term(
        r"\b(?:golden|death) cross\b[^.;]{0,60}\b(?P<n>\d{2,3})[- ]day\b",
        "a golden or death cross is one of the 50-day and the 200-day average",
        lambda n: n not in {50, 200},
    ),
    Term(
        compiled(
            r"(?P<n>\d{1,4}) ?(?:basis points"
            r"|bps?) ?\((?:or )?(?P<p>\d{1,2}(?:\.\d{1,3})?) ?(?:%|percent)",
            re.IGNORECASE,
        ),
        "100 basis points are one percentage point",
        _bps,
    ),
    _term(
        r"\b(?:inverted|inversion of) (?:the )?yield curve\b[^.;]{0,50}\b(?:steep\w* upward"
        r"|long yields? above)",
        "an inverted curve has short yields above long ones",
    ),
)
"""The fixed definitions of the house."""
_TERMS = Several(term.pattern for term in GLOSSARY)


@rule(
    "G11",
    citation="House: terms have one meaning (market-commentary A4, S1 “January barometer”)",
    good=(
        "The January barometer takes the whole month.",
        "The Fed targets 2% inflation, measured by PCE.",
        "A correction of 12% came and went.",
        "The RSI is overbought at 72.",
        "A cut of 25 bps (0.25%) came.",
        "It made a 52-week high, though no record.",
        "A golden cross of the 50-day and the 200-day average.",
    ),
    bad=(
        "January barometer green: first week up points to a bull market.",
        "Powell targets CPI at 2.6.",
        "The Fed's target of 3% is far.",
        "A correction of 4% came.",
        "A bear market, down 12%, began.",
        "It is overbought at 58.",
        "It is oversold at 45.",
        "The VIX/VIX3M ratio shows futures in contango.",
        "A cut of 25 basis points (2.5%) came.",
        "A golden cross of the 20-day average.",
    ),
)
def misused_term(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find terms of the trade used in another sense than their own."""
    for sentence in lines(document):
        for place in _TERMS.of(whole(sentence.text)):
            term = GLOSSARY[place]
            match = sentence.search(term.pattern)
            if match and term.wrong(match):
                yield sentence.of(match), f"“{match[0]}”: {term.meaning}."
