"""History is quoted with its cases: how many there were, and in how many it held."""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.figures.wording import SPELLED, spelled
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import Fault, RuleContext, faults, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import Sentence, sentences

_CASES = (
    r"(?:times?|cases?|instances?|occasions?|episodes?|events?|quarters?|years?|months"
    r"|januar(?:y|ies)"
    r"|sequels?|samples?|observations?|sessions|evenings|rallies|cycles|recessions)"
)
_HISTORY = quick(
    r"\bhistorically\b|\bhistory (?:shows?|suggests?|says|benefits|favou?rs|tells|is clear)"
    r"|\b(?:zero|no|not (?:a|one) single) (?:instances?|cases?|precedents?)\b"
    r"|\b(?:every|each) time (?:since|that|this|the|it|small|large|stocks)\b"
    r"|\bon average,? (?:over|in|during|after|since|when|historically)\b"
    r"|\b(?:is |has |have )?averag(?:e|es|ed|ing) (?:about |around |of )?[+−-]?\d[\d.]*(?: ?%"
    r"| per ?cent"
    r"| percent| points)(?=[^.;]{0,60}\b(?:years?|months|quarters|when|after|since|during"
    r"|history)\b)"
    r"|\b(?:has|have) (?:never|always|almost always|rarely) (?:happened|followed|risen|fallen|been"
    r"|gained|lost|led)\b|\bnever before\b|\bmore often than not\b|\bnine times out of ten\b",
    re.IGNORECASE,
)
_VAGUE = compiled(
    r"\b(?:first|longest|biggest|largest|best|worst|highest|lowest|strongest|weakest|steepest)"
    r"(?: \w+){0,2} in (?:recent memory|living memory|years|ages|decades|a generation|a long time"
    r"|many years|recent years|recent times)\b",
    re.IGNORECASE,
)
_COUNT = quick(
    rf"\b(?:\d{{1,6}}|{SPELLED}|none) (?:out )?of (?:the |its |those |these |all )?(?:last |past )?"
    rf"(?:\d{{1,6}}|{SPELLED})\b"
    rf"|\b(?:\d{{1,6}}|{SPELLED})(?: \w+){{0,2}} {_CASES}\b(?! ?(?:ago|later|earlier|old))"
    r"|\bn ?= ?\d+",
    re.IGNORECASE,
)
_SPAN = compiled(
    rf"\b(?:over|in|for|during|of) (?:the )?(?:last|past|previous)? ?(?:\d{{1,4}}|{SPELLED}) "
    r"(?:years?|months|quarters|sessions)\b",
    re.IGNORECASE,
)
_CASUAL = compiled(
    r"\b(?:is|was|says|offers|told|tells?) (?:you )?(?:no|little|nothing|almost nothing)\b"
    r"|\bif history\b|\bwhat history\b|\bno guide\b",
    re.IGNORECASE,
)
_TINY = quick(
    rf"\b(?P<n>\d{{1,2}}|{SPELLED}|none) (?:out )?of (?:the |its |those |these )?(?:last |past )?"
    rf"(?P<of>\d{{1,2}}|{SPELLED})(?: \w+){{0,2}} (?P<what>{_CASES})\b",
    re.IGNORECASE,
)
_OWNED = compiled(
    r"\b(?:only|just|merely|a handful|few|small sample|too few|little to go on|thin)\b",
    re.IGNORECASE,
)
_FEW = 10


@rule(
    "H11",
    citation="House: history needs its n of N (market-commentary A4, S1 and S2)",
    good=(
        "Historically they led again in 19 of 35 cases.",
        "Since 2000 it has happened 36 times. On average over the next quarter they led.",
        "Zero instances is what we found. There were four such years.",
        "Earnings averaged 12%.",
        "If history is a guide, it is a poor one.",
    ),
    bad=(
        "Over the last decade, there have been zero instances of such a gain.",
        "History benefits: Russell is averaging 18% during post-rotation years.",
        "Historically, small caps lead after a cut.",
        "Every time since the crisis it bounced.",
    ),
)
def uncounted_history(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find appeals to history with no count of cases in the sentence or its neighbours."""
    every = sentences(document)
    for number, sentence in enumerate(every):
        match = sentence.search(_HISTORY)
        if match is None or sentence.search(_CASUAL) or _counted(every, number):
            continue
        yield sentence.of(match), f"“{match[0]}” needs its cases: in how many of how many."


def _counted(every: Sequence[Sentence], number: int) -> bool:
    for place in (number - 1, number, number + 1):
        if 0 <= place < len(every) and every[place].block is every[number].block:
            text = _HISTORY.sub(" ", _SPAN.sub(" ", every[place].text))
            if _COUNT.search(text):
                return True
    return False


@rule(
    "H12",
    severity=Severity.WARN,
    citation="House: a handful of cases says so (market-commentary A1, 18)",
    good=(
        "It held in 19 of 35 cases.",
        "It held in 3 of only 4 years.",
        "Three of the seven rose.",
    ),
    bad=("It held in 3 of 4 years.", "They led in two of the past three cases."),
)
def few_cases(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find fractions of fewer than ten cases that do not own to being few."""
    for sentence in sentences(document):
        found = list(sentence.find(_TINY))
        for match in found if found and not sentence.search(_OWNED) else ():
            whole = int(match["of"]) if match["of"].isdigit() else int(spelled(match["of"]) or 0)
            if 0 < whole < _FEW:
                yield (
                    sentence.of(match),
                    f"“{match[0]}” rests on {whole} cases; say how few that is.",
                )


@rule(
    "H13",
    citation="House: a first says since when (market-commentary A4, S3)",
    good=(
        "The first close above it since 13 April.",
        "For the first time in four sessions, it rose.",
        "In living memory is a long time.",
    ),
    bad=(
        "It was the first time in recent memory that large caps led.",
        "For the first time in years, value leads.",
        "The longest run in ages ended.",
    ),
)
def vague_first(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find firsts and longest runs without a date or a number of sessions."""
    yield from faults(
        document, _VAGUE, "“{}” does not say since when; give the date the ledger knows."
    )
