"""Figures that cannot stand side by side: mixes, shares and blends that do not add up."""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import FigureKind
from newsletter.preflight.report import Span
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import Sentence, sentences

_MIX = compiled(
    r"\b(?:portfolios?|combination|mix|allocation|allocat\w+|split|weights?|weighting|basket"
    r"|made up of|consists? of|divided (?:into|between|among))\b",
    re.IGNORECASE,
)
_REST = quick(
    r"\b(?:rest|remainder|remaining|others?|balance|cash|respectively|up from|down from|below"
    r"|above|rose|fell|gained|lost|return\w*)\b",
    re.IGNORECASE,
)
_PART = compiled(
    r"(?P<n>\d{1,3}(?:\.\d{1,2})?) ?(?:%|percent|per cent)(?= (?:in |of |to "
    r"|for )?(?!of the time)[a-z])",
    re.IGNORECASE,
)
_SHARE = compiled(
    r"(?P<n>\d{3,4}(?:\.\d{1,2})?) ?(?:%|percent|per cent) of (?:the |all |its |S&P 500 |\w+ )?"
    r"(?P<noun>members|stocks|companies|constituents|sectors|names|funds|firms|days|sessions"
    r"|time)\b",
    re.IGNORECASE,
)
_LEAST_PARTS, _WHOLE, _SLACK = 3, Decimal(100), Decimal("1.5")
_STYLE = compiled(r"\b(?P<value>value)\b(?! (?:of|at)\b)|\b(?P<growth>growth)\b", re.IGNORECASE)
_SIZE = compiled(
    r"\b(?P<small>small[- ]?caps?|small companies|Russell 2000)\b"
    r"|\b(?P<large>large[- ]?caps?|large companies|Russell 1000)\b",
    re.IGNORECASE,
)
_MOVED = compiled(r"\b(?:up|gain\w*|rose|rise|returned|leading|at|down|fell|lost|with)\b")
_OTHER = quick(
    r"earnings|profit|revenue|forecast|project|discount|trade at|margin|volatil|unprofit|estimate"
    r"|\bpast\b|\bagainst\b|of the time|\bmembers\b",
    re.IGNORECASE,
)
_SPLIT = compiled(
    r"\bvalue[- ](?:versus|vs\.?|over|against)[- ]growth (?:split|story|divide|rotation|trade)\b"
    r"|\bvalue (?:is |has been |was )?(?:beat|beating|beats|crushing|crushed|outperform\w+|led"
    r"|leads"
    r"|leading|ahead of|over) growth\b(?=[^.]{0,40}\b(?:across|everywhere|every|both|all))",
    re.IGNORECASE,
)
_REACH = 90
_TINY = Decimal("0.05")
Box = dict[tuple[str, str], tuple[Decimal, Span]]
_STYLES = (
    "Small caps are up {}. In the value index, small caps are up 5.94% compared to large caps at "
    "2.80%. On the growth side, small caps lead at {} versus large caps at 0.13%."
)


@rule(
    "X15",
    citation="House: the parts of a whole add up to it (market-commentary A4, S1)",
    good=(
        "A mix of 50% small caps, 30% cyclicals and 20% value.",
        "A portfolio of 60% stocks and 40% bonds.",
        "The split: 54% of members rose, 40% fell, 3% paused and the rest slept.",
        "SPY rose 20%, IWM 30% and QQQ 20%.",
    ),
    bad=(
        "A combination: 30 percent small-cap, 20 percent cyclicals, 20 percent value large-caps.",
        "An allocation of 50% to stocks, 40% to bonds and 30% to gold.",
    ),
)
def parts_of_a_whole(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find three or more shares of one mix that do not make 100."""
    for sentence in sentences(document):
        parts = list(sentence.find(_PART)) if sentence.search(_MIX) else []
        total = sum((Decimal(part["n"]) for part in parts), Decimal(0))
        wrong = len(parts) >= _LEAST_PARTS and abs(total - _WHOLE) > _SLACK
        if wrong and not sentence.search(_REST):
            span = sentence.within(parts[0].start(), parts[-1].end())
            yield span, f"These parts add up to {total}%, not 100%."


@rule(
    "X16",
    citation="House: a share is at most the whole (market-commentary A4)",
    good=("100% of members rose.", "Sales were 120% of the forecast.", "67% of stocks rose."),
    bad=("120% of stocks rose.", "They led 104 percent of the time."),
)
def more_than_all(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find shares of countable things above 100 %."""
    for sentence in sentences(document):
        for match in sentence.find(_SHARE):
            if Decimal(match["n"]) > _WHOLE:
                yield sentence.of(match), f"“{match[0]}” is more than all of them."


@rule(
    "X17",
    citation="House: one index family for a style box (market-commentary A4, S2)",
    good=(
        _STYLES.format("5.97%", "6.02%"),
        _STYLES.format("5.57%", "5.10%"),
        "Small caps are up 5.57%. Value rose 5.94%.",
    ),
    bad=(_STYLES.format("5.57%", "6.02%"), _STYLES.format("7.1%", "6.02%")),
)
def blend_outside_styles(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find a blend that lies outside its own value and growth halves."""
    for box in _boxes(document):
        for size in ("small", "large"):
            blend, value, growth = (box.get((size, style)) for style in ("", "value", "growth"))
            if blend and value and growth:
                low, high = sorted((value[0], growth[0]))
                if not low - _TINY <= blend[0] <= high + _TINY:
                    words = f"{size} caps at {blend[0]}% lie outside their value and growth"
                    yield blend[1], f"{words} ({low}% to {high}%): two families are mixed."


@rule(
    "X18",
    citation="House: a claim of all holds in each cell (market-commentary A4, S2)",
    good=(
        "It is a value-versus-growth split. " + _STYLES.format("5.57%", "5.10%"),
        "It is a value-versus-growth split.",
    ),
    bad=("It is a value-versus-growth split. " + _STYLES.format("5.57%", "6.02%"),),
)
def denied_style_claim(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find a value-over-growth story that one of the text's own sizes denies."""
    claim = next(
        ((s, m) for s in sentences(document) for m in [_SPLIT.search(s.text)] if m is not None),
        None,
    )
    for box in _boxes(document) if claim else ():
        for size in ("small", "large"):
            value, growth = box.get((size, "value")), box.get((size, "growth"))
            if claim and value and growth and value[0] <= growth[0]:
                words = f"“{claim[1][0]}” is denied by the text's own figures: {size} growth"
                message = f"{words} {growth[0]}%, {size} value {value[0]}%."
                yield claim[0].of(claim[1]), message


def _boxes(document: Document) -> Iterator[Box]:
    """Yield the returns by size and style that each paragraph states."""
    box: Box = {}
    block = None
    for sentence in sentences(document):
        if sentence.block is not block:
            if len(box) > 1:
                yield box
            block, box = sentence.block, {}
        if not sentence.search(_OTHER):
            for key, cell in _cells(sentence):
                box.setdefault(key, cell)
    if len(box) > 1:
        yield box


def _cells(sentence: Sentence) -> Iterator[tuple[tuple[str, str], tuple[Decimal, Span]]]:
    text = sentence.text
    if "%" not in text or not _SIZE.search(text):
        return
    for figure in sentence.figures:
        if figure.kind is not FigureKind.PERCENT or figure.value is None:
            continue
        ahead = text[max(0, figure.start - _REACH) : figure.start]
        sizes = list(_SIZE.finditer(ahead))
        if not sizes or "%" in ahead[sizes[-1].end() :] or not _MOVED.search(ahead):
            continue
        styles = {match.lastgroup or "" for match in _STYLE.finditer(text)}
        if len(styles) < 2:
            span = sentence.within(figure.start, figure.end)
            style = next(iter(styles), "")
            yield (sizes[-1].lastgroup or "", style), (figure.value, span)
