"""Words of size fit the sizes printed beside them."""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import Figure, FigureKind
from newsletter.preflight.phrases.statements import period_of
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import Sentence, sentences

_SMALL = compiled(
    r"\b(?:narrow(?:ly| (?:lead|margin|gap))|slight(?:ly| (?:gain|rise|fall|loss|edge|lead))|barely"
    r"|marginal(?:ly)?|a (?:touch|whisker|hair|shade)|fractionally|edg(?:ed|ing|es) (?:up|down|out"
    r"|past|higher|lower)|ticked (?:up|down|higher|lower)|inched (?:up|down|higher|lower))\b",
    re.IGNORECASE,
)
_LARGE = compiled(
    r"\b(?:soar(?:ed|s|ing)|plunge[ds]?|plunging|plummet(?:ed|s|ing)|crash(?:ed|es|ing)"
    r"|collaps(?:ed|es|ing)|crater(?:ed|s|ing)|skyrocket\w*|rocket(?:ed|s|ing)|surg(?:ed|es|ing)"
    r"|tumbl(?:ed|es|ing)|slump(?:ed|s|ing))\b",
    re.IGNORECASE,
)
_MERE = compiled(r"\ba mere\b|\bmerely\b", re.IGNORECASE)
_PAIR = compiled(r"\bnarrow|\bedg\w+ (?:out|past)|\b(?:lead|margin|gap|edge|ahead|behind)\b")
_TIMES = (
    ("doubled", compiled(r"\bdoubled\b(?! down)", re.IGNORECASE), Decimal(90), Decimal(115)),
    ("tripled", compiled(r"\b(?:tripled|trebled)\b", re.IGNORECASE), Decimal(185), Decimal(220)),
    ("halved", compiled(r"\bhalved\b", re.IGNORECASE), Decimal(45), Decimal(55)),
)
_FROM = compiled(
    r"\bfrom\b|\bto\b [\d$−-]|\byield|\brate\b|\bshare of|\bprobab|\bodds|\bchance|\bstake\b",
    re.IGNORECASE,
)
_MOST = {"1d": Decimal("0.5"), "5d": Decimal(1), "1m": Decimal("1.5"), "3m": Decimal(2)}
_MERELY = {"1d": Decimal(1), "5d": Decimal(2), "1m": Decimal(3), "3m": Decimal(4)}
_LEAST = {"1d": Decimal("1.5"), "5d": Decimal(3), "1m": Decimal(4), "3m": Decimal(6)}
_MOST_ELSE, _MERELY_ELSE = Decimal(1), Decimal(5)
_LEAST_ELSE, _LEAST_YEAR = Decimal("1.5"), Decimal(8)
_LONG = frozenset({"ytd", "1y", "6m", "year"})
_REACH = 45
_MOST_WORDS = 50
_ZERO = Decimal(0)
_MOVES = frozenset({FigureKind.PERCENT, FigureKind.POINTS})


@rule(
    "M11",
    severity=Severity.WARN,
    citation="House: a word of size fits its figure (market-commentary A4, S3 “narrowly”)",
    good=(
        "It edged up 0.2% on the day.",
        "It soared 4.2% today.",
        "SPY at 9.2% narrowly beat IWM at 9.0%.",
        "Barely a third rose.",
        "The index gained a mere 0.6% this year.",
        "Narrow leadership: 70% of stocks fell.",
    ),
    bad=(
        "It was −59.8%, narrowly edging out SPY's −57.85% loss.",
        "It edged up 2.4% on the day.",
        "It soared 0.3% today.",
        "The index gained a mere 12% this year.",
        "It barely rose 4% this week.",
    ),
)
def wrong_size(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find small words for large figures and large words for small ones.

    Small: at most 0.5 % on a day, 1 over five sessions, 1.5 over a month, 2 over a
    quarter, else 1; ``a mere``: 1, 2, 3, 4, else 5. Large: at least 1.5 % on a day, 3
    over five sessions, 4 over a month, 6 over a quarter, 8 over longer, else 1.5. Of two
    figures their difference counts.
    """
    for sentence in sentences(document):
        found = [(m, *word) for word in _WORDS for m in sentence.find(word[0])]
        moves = [f for f in sentence.figures if f.kind in _MOVES and f.value is not None]
        period = period_of(sentence.text) if found and moves else ""
        for match, pattern, bounds, other in found[:_MOST_WORDS] if moves else ():
            large = pattern is _LARGE
            size = _size(sentence, match, moves, large)
            bound = _bound(period, bounds, other)
            if size is not None and ((size < bound) if large else (size > bound)):
                yield sentence.of(match), f"“{match[0]}” does not fit a move of {size}."


def _size(
    sentence: Sentence, match: re.Match[str], moves: list[Figure], large: bool
) -> Decimal | None:
    """Return the move a word is about: the one behind it, or the gap between its two."""
    after = [f for f in moves if 0 <= f.start - match.end() <= _REACH]
    before = [f for f in moves if 0 <= match.start() - f.end <= _REACH]
    pair = not large and _PAIR.search(match[0]) is not None
    if pair and after and before and after[0].kind is before[-1].kind:
        return abs(abs(after[0].value or _ZERO) - abs(before[-1].value or _ZERO))
    joined = after and _joined(sentence.text[match.end() : after[0].start])
    if joined and not (pair and after[0].kind is FigureKind.PERCENT):
        return _magnitude(after[0])
    return None


def _joined(between: str) -> bool:
    return re.fullmatch(r"(?: (?:by|only|just|up|down|rose|fell|about|some|of|a|an|out|moved))* ?",
                        between) is not None  # fmt: skip


def _magnitude(figure: Figure) -> Decimal | None:
    return None if figure.value is None else abs(figure.value)


def _bound(period: str, bounds: dict[str, Decimal], other: Decimal) -> Decimal:
    if bounds is _LEAST and period in _LONG:
        return _LEAST_YEAR
    return bounds.get(period, other)


_WORDS = (
    (_SMALL, _MOST, _MOST_ELSE),
    (_MERE, _MERELY, _MERELY_ELSE),
    (_LARGE, _LEAST, _LEAST_ELSE),
)


@rule(
    "M12",
    citation="House: a word of size fits its figure (market-commentary A4)",
    good=(
        "It doubled, up 102%.",
        "Investors have doubled down, up 3%.",
        "It doubled from 2% to 4%.",
        "It halved, −49% in all.",
    ),
    bad=("It doubled, with a gain of 40%.", "Up 60%, it tripled.", "It halved, down 20%."),
)
def wrong_multiple(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find ``doubled``, ``tripled`` and ``halved`` beside a change that is nothing of the kind."""
    for sentence in sentences(document):
        if sentence.search(_FROM):
            continue
        for word, pattern, low, high in _TIMES:
            match = sentence.search(pattern)
            sizes = [
                abs(f.value)
                for f in sentence.figures
                if f.kind is FigureKind.PERCENT and f.value is not None and "%" in _of(sentence, f)
            ]
            if match and len(sizes) == 1 and not low <= sizes[0] <= high:
                yield sentence.of(match), f"“{word}” does not fit a change of {sizes[0]}%."


def _of(sentence: Sentence, figure: Figure) -> str:
    return sentence.text[figure.start : figure.end].replace("percent", "%").replace("per cent", "%")
