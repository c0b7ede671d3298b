"""Two places of one text agree: the same figure, and summaries that the body bears out."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import Figure, FigureKind
from newsletter.preflight.phrases.statements import Statement, statements
from newsletter.preflight.report import Severity, Verdict
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import article, figures, prose

_LOOSE = Decimal("0.15")
_BODY_WORDS = 25
_SHARE_OF = compiled(
    r"(?P<n>\d{1,3}(?:\.\d{1,2})?) ?(?:%|percent|per cent) of (?P<rest>[^.;,:%]{3,90})",
    re.IGNORECASE,
)
_MEASURES = (
    ("earnings growth", r"(?:earnings|profit|EPS) growth|growth (?:in|of) (?:earnings|profits)"),
    ("sales growth", r"(?:sales|revenue) growth|growth (?:in|of) (?:sales|revenue)"),
    ("earnings", r"earnings|profits?\b"),
    ("sales", r"sales|revenues?\b"),
    ("market value", r"market (?:cap\w*|value)"),
    ("members", r"members|constituents|companies|stocks|firms|names"),
    ("time", r"the time\b"),
)
_BULLETS = """\
- Structural risks: 53% of S&P 500 earnings depend on tech, and 40% of small caps lose money.

The bill is easy to draw up, and it is long. Mega-cap tech makes up 53% of S&P 500 2026 earnings \
growth, which is the engine of the index, and nobody else is near it at all this year or next.
"""
_SOUND = _BULLETS.replace("earnings depend", "earnings growth depends").replace(
    "nobody", "40% of small caps lose money, and nobody"
)
_SOUND = f"{_SOUND.rstrip()}{' word' * 60}."
_WIDE = _BULLETS.rstrip() + " word" * 60 + "."


@rule(
    "D12",
    citation="House: one figure for one thing (market-commentary A4, S2 and S3)",
    good=(
        "SPY gained 1.2% this year.\n\nThis year SPY is up 1.2%, and IWM gained 3%.",
        "SPY gained 1.2% this year.\n\nOver five sessions SPY rose 3.1%.",
        "SPY rose 1.2% this year and SPY rose 1.18% this year.",
    ),
    bad=(
        "The S&P 500 has gained 0.56% this year.\n\nThis year the S&P 500 is up 1.2%.",
        "SPY gained 13% this year.\n\n| - | This year |\n| --- | --- |\n| SPY | 9% |\n| IWM | 8% |",
    ),
)
def two_figures(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find one subject whose move over one period is stated with two figures."""
    stated: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements(document):
        if statement.period:
            stated[statement.subject, statement.period].append(statement)
    for (subject, period), group in stated.items():
        first = group[0]
        for other in group[1:]:
            if _differ(first, other):
                message = f"{subject} over {period} is {first.value}% here and {other.value}% elsewhere; state one figure."  # noqa: E501
                yield other.span, message
                break


def _differ(first: Statement, other: Statement) -> bool:
    places = min(first.places, other.places)
    unit = Decimal(1).scaleb(-places)
    return abs(first.value - other.value) > max(_LOOSE, unit)


@rule(
    "D13",
    citation="House: a summary says what the body says (market-commentary A4, S2)",
    good=(_SOUND, "- 40% of small caps lose money."),
    bad=(_WIDE, _WIDE.replace("53% of S&P 500 2026 earnings growth", "a lot of it")),
)
def unborne_summary(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find shares in the opening bullets that the body lacks or gives of another measure.

    What the ledger proves needs no second mention.
    """
    bullets, body = _parts(document)
    if not bullets or not article(document):
        return
    proved = {c.span.start for c in context.claims if c.verdict is Verdict.PROVED}
    told = _shares(body)
    for block in bullets:
        for match in _SHARE_OF.finditer(block.text):
            span = block.folded.span(match.start(), match.end("n"))
            if span.start in proved:
                continue
            measure, others = _measure(match["rest"]), told.get(match["n"])
            if others is None:
                yield (
                    span,
                    f"“{match['n']}%” stands in the summary only; the body must bear it out.",
                )
            elif measure not in others and (kin := _kin(measure) & others):
                words = f"The summary gives {match['n']}% of {measure}, the body of {kin.pop()}."
                yield span, words


def _kin(measure: str) -> set[str]:
    """Return the measure that is easily taken for this one: a level for its growth."""
    return {measure.removesuffix(" growth") if measure.endswith(" growth") else f"{measure} growth"}


def _parts(document: Document) -> tuple[list[Block], list[Block]]:
    """Return the bullets before the first long paragraph, and what follows them."""
    blocks = list(prose(document))
    start = next(
        (
            i
            for i, b in enumerate(blocks)
            if b.kind is Kind.PARAGRAPH
            and b.text.count(" ") >= _BODY_WORDS
            and b.text.rstrip().endswith((".", "!", "?"))
        ),
        len(blocks),
    )
    bullets = [b for b in blocks[:start] if b.kind is Kind.ITEM]
    return bullets, blocks[start:]


def _shares(blocks: list[Block]) -> dict[str, set[str]]:
    """Return the measures each percent figure of these blocks is of (empty where unsaid)."""
    found: dict[str, set[str]] = defaultdict(set)
    for block in blocks:
        for match in _SHARE_OF.finditer(block.text):
            found[match["n"]].add(_measure(match["rest"]))
        for figure in figures(block.text):
            if figure.kind is FigureKind.PERCENT and figure.value is not None:
                found.setdefault(_digits(figure), set())
    return found


def _digits(figure: Figure) -> str:
    return f"{abs(figure.value or 0):.{figure.places}f}"


def _measure(text: str) -> str:
    return next((n for n, p in _MEASURES if re.search(p, text, re.IGNORECASE)), "")


@rule(
    "D14",
    severity=Severity.WARN,
    citation="House: a summary is no second article (market-commentary A3)",
    good=("- One.\n- Two.\n- Three.\n\n" + "word " * 120 + ".",),
    bad=("\n".join("- A point." for _ in range(7)) + "\n\n" + "word " * 120 + ".",),
)
def long_summary(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find more than five opening bullets."""
    bullets, body = _parts(document)
    if len(bullets) > _MOST_BULLETS and body:
        yield bullets[_MOST_BULLETS].span, f"{len(bullets)} bullets open the text; keep to five."


_MOST_BULLETS = 5
