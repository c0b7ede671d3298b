"""Why a price moved is not in the prices: a cause is sourced, hedged or left out (C21)."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import HEDGED, Sentence, lines, sourced

_MOVED = quick(
    r"\b(?:rose|rises?|rising|fell|falls?|fallen|falling|gain(?:s|ed|ing)?|lost|loses?|losing"
    r"|climb\w*|dropp?\w*|jump\w*|surg\w*|slump\w*|slid\w*|sank|soar\w*|plung\w*|tumbl\w*|rall\w+"
    r"|outperform\w*|underperform\w*|crumbl\w*|sell-?off|advanc\w*|declin\w*|rotation|shift\w*"
    r"|slipp\w*|slips?|eas(?:ed|es|ing)|edg(?:ed|es)|firm(?:ed|s)|dipp\w*|add(?:ed|s)|shed"
    r"|recover\w*|rebound\w*|bounc\w*|weaken\w*|strengthen\w*|softened|popp\w*|leap\w*|romps?"
    r"|romped|dived|dove|tank\w*|crash\w*|powers?|powered|beat|outran"
    r"|up|down|higher|lower|lead(?:ing|s)?|led|trail\w*|lagg?\w*|retreat\w*|steady|streak|move[ds]?"
    r"|outflows?|inflows?|momentum|breakout)\b|[+−-]\d",
    re.IGNORECASE,
)
_FEELING = (
    r"(?:hopes?|fears?|worr(?:y|ies)|optimism|pessimism|concerns?|bets|expectations|speculation"
    r"|news"
    r"|jitters|enthusiasm|relief|talk|reports?|rumou?rs?|signs|word|results|earnings|nerves"
    r"|sentiment|chatter|anxiety|euphoria|profit-taking|short-covering|bargain-hunting)"
)
_CAUSE = quick(
    rf"\b(?:on|amid) (?:[\w'-]+ ){{0,4}}{_FEELING}\b"
    r"|\bdriven (?:largely |mainly |partly )?by\b|\bthanks to\b|\bfuel(?:l?ed by|l?ing)\b"
    r"|\bas (?:investors|traders|markets|money managers|(?:hedge )?funds|buyers|sellers|shorts"
    r"|short[- ]sellers|bulls|bears|dip[- ]buyers|bargain[- ]hunters|institutions|speculators) "
    r"(?:\w+ly )?(?:cover\w*|bought|sold|stamped\w*|rush\w*|scrambl\w*|chas\w+|shunn?\w*|step\w*"
    r"|sought|lock\w*|cash\w*|dump\w*|return\w*|threw|throw|lost|bet|hope[ds]?|fear(?:ed|s)?|worr\w+|digest\w*|react\w*|rotat\w+|piled?|flee"
    r"|fled|flock\w*|took|take|turn\w*|weigh\w*|price[ds]?)\b"
    r"|\bweighed (?:down |on )?(?:largely |mainly |partly )?by\b"
    r"|\b(?:boosted|lifted|dragged (?:down|lower)|sparked|triggered|spurred|buoyed|pressured"
    r"|squeezed"
    r"|powered|propelled|supported|hurt|helped|sustained|explained) by\b"
    r"|\b(?:because(?: of)?|due to|owing to|on the back of|in (?:response|reaction) to|amid)\b"
    r"|\b(?:the |a |its |key |primary |main )?catalyst (?:is|was|behind|for)\b",
    re.IGNORECASE,
)
_ON = compiled(
    r"(?<![\d.])\d+(?:\.\d+)?\s?(?:%|percent|per cent)?\s?\)? on (?!large|small|growth|value"
    r"|equal|(?:the|a|an|its|their|this|that|average|balance|paper"
    r"|top|track|volume|each|every|one|both|all|price|closing|which|what|total|new year)\b)"
    r"(?P<why>[a-zA-Z][\w-]* (?:[\w-]+ ?){0,3})",
)
_DAY = compiled(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day|^\d|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)  # fmt: skip  # noqa: E501
_NOUN_REASON = compiled(
    r"\bbecause (?:they|it|he|she|we|this|that|there|everyone|nobody|people|those|of (?:its"
    r"|their|the) size)\b",
    re.IGNORECASE,
)
_NOT_CAUSE = quick(
    r"\b(?:not|n't|never|no|nothing|rarely|hardly|nor|without) (?:\w+ ){0,3}$"
    r"|\b(?:matters?|mattered|hard|easy|important|interesting|useful|worth\w*|watch\w*|care) $"
    r"|\b(?:tell|say|know|ask|explain|wonder)\w* (?:us |you )?why\b",
    re.IGNORECASE,
)
_QUESTION = compiled(r"\?\s*[\"')]?$")


@rule(
    "C21",
    citation="House: causes are not computable; cite or hedge (market-commentary A1, 28 and A4)",
    good=(
        "Into small companies because they are small, it has been losing its grip.",
        "Small caps may have fallen on rate fears.",
        "The Dow fell, according to Reuters, on fears of a strike.",
        "Reuters said banks rose on hopes of easier rules.",
        "Our reading is that banks rose because rates fell.",
        "Small caps fell, but not because of rates.",
        "Up 2% on the day, which leaves small caps behind.",
        "Did it fall because of oil?",
        "It is hard because prices are noisy.",
    ),
    bad=(
        "Deere (+8%) on farm bill hopes.",
        "Small caps rose on hopes of a cut.",
        "The rally was fuelled by rate cuts.",
        "Banks gained as investors bet on easier rules.",
        "Tech fell, weighed down partly by disappointing results.",
        "Lennar (+6.5%) because housing is stirring.",
        "Polycab is up 7% on infra spend.",
        "Small caps rallied thanks to the tax bill.",
    ),
)
def unsourced_cause(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find moves explained as a matter of fact, with neither a named source nor a hedge.

    A reason for what somebody is or does (``because they are small``) explains no move.
    """
    for sentence in lines(document):
        text = sentence.text
        match = _found(sentence)
        if match is None or not _MOVED.search(text) or _QUESTION.search(text):
            continue
        if HEDGED.search(text) or sourced(text) or _quoted(text, match):
            continue
        yield (
            sentence.of(match),
            f"“{match[0].strip()}” states a cause; name the source, hedge it or cut it.",
        )


def _found(sentence: Sentence) -> re.Match[str] | None:
    for match in sentence.find(_CAUSE):
        reason = _NOUN_REASON.match(sentence.text, match.start())
        if reason is None and not _NOT_CAUSE.search(
            sentence.text[max(0, match.start() - 60) : match.start()]
        ):
            return match
    for match in sentence.find(_ON):
        if not _DAY.search(match["why"]):
            return match
    return None


def _quoted(text: str, match: re.Match[str]) -> bool:
    """Tell whether the cause stands inside quotation marks."""
    return text.count('"', 0, match.start()) % 2 == 1
