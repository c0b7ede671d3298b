"""An edition does not say what an earlier one said."""

from collections.abc import Iterator

from newsletter.preflight.past import EDITIONS, OPENING_WORDS, likeness, opens, words
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import Example, Fault, Past, RuleContext, rule
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document

HEADLINE = 0.8
"""Share of words in common, in order, from which headlines are nearly the same."""
OPENING = 0.85
"""The same for openings. Two evenings' openings by the house writer reach 0.83."""

_TITLES = frozenset({Kind.HEADING, Kind.SUBJECT, Kind.TITLE})
_FIRST = 8
"""Headings, and paragraphs, among which the headline and the opening are looked for."""
_OPENING = (
    "Money left the largest stocks on Thursday and went to health care, utilities and staples "
    "instead, which is not what a handover looks like."
)
_PAST = (
    Past("2026-07-01.XNYS.evening", "Small caps took the day off", _OPENING),
    Past("2026-06-30.XNYS.evening", "Growth was sold for shelter, and small caps were not", ""),
)
_GIVEN = RuleContext(past=_PAST)


@rule(
    "C14",
    citation="House: no two evenings are the same (market-commentary A4)",
    good=(
        "# Small caps took the day off",
        Example("# Small caps went back to work", given=_GIVEN),
        Example("# Growth was sold for shelter, and small caps were not", given=_GIVEN),
    ),
    bad=(
        Example("# Small caps took the day off", given=_GIVEN),
        Example("# SMALL CAPS TOOK\u00a0THE DAY OFF!", given=_GIVEN),
        Example("# Sm\u0430ll caps to\u00adok the d\u200bay off", given=_GIVEN),
        Example(f"# News\n\n{_OPENING}", given=_GIVEN),
    ),
)
def repeated(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find the last edition's headline, or the opening of any of the last thirty.

    Case, marks and hidden letters aside, the words must be the same.
    """
    last = words(context.past[0].headline) if context.past else ()
    for block, said in _titles(document):
        if last and said == last:
            yield block.span, f"This was the headline of {context.past[0].key}; write another."
            break
    openings = {words(past.opening): past.key for past in reversed(context.past[:EDITIONS])}
    for block, said in _paragraphs(document) if context.past else ():
        if said in openings:
            yield block.span, f"Edition {openings[said]} opened with these words; write others."
            break


@rule(
    "C15",
    severity=Severity.WARN,
    citation="House: no two evenings are the same (market-commentary A4)",
    good=(
        "# Small caps took the day off",
        Example("# Small caps went back to work", given=_GIVEN),
        Example("# Small caps took the day off", given=_GIVEN),
    ),
    bad=(
        Example("# Growth was sold for shelter, and small caps were not", given=_GIVEN),
        Example("# Growth was bought for shelter, and small caps were not", given=_GIVEN),
        Example("# Growth was s\u00adold for sh\u0435lter, and small caps were", given=_GIVEN),
        Example(f"# News\n\n{_OPENING.replace('Thursday', 'Friday')}", given=_GIVEN),
    ),
)
def nearly_repeated(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find a headline of the last thirty editions again, or nearly; and openings nearly.

    Nearly the same are headlines with 80 %, and openings with 85 %, of their words in
    common in the same order (Ratcliff and Obershelp).
    """
    past = context.past[:EDITIONS]
    headlines = [(words(one.headline), one.key) for one in past if one.headline]
    for block, said in _titles(document) if headlines else ():
        if headlines[0][0] == said:
            break  # the last edition's own: a fault of its own
        share, key = max((likeness(said, old), key) for old, key in headlines)
        if share >= HEADLINE:
            how = "This was" if share == 1 else "This is nearly"
            yield block.span, f"{how} the headline of {key}; write another."
            break
    openings = [(words(one.opening), one.key) for one in past if one.opening]
    for block, said in _paragraphs(document) if openings else ():
        share, key = max((likeness(said, old), key) for old, key in openings)
        if OPENING <= share < 1:
            yield block.span, f"Edition {key} opened nearly like this; write it anew."
            break


def _titles(document: Document) -> list[tuple[Block, tuple[str, ...]]]:
    found = (block for block in document.blocks if not block.furniture and block.kind in _TITLES)
    return [
        (block, words(block.text[:400])) for block, _ in zip(found, range(_FIRST), strict=False)
    ]


def _paragraphs(document: Document) -> list[tuple[Block, tuple[str, ...]]]:
    found = (
        (block, said)
        for block in document.blocks
        if not block.furniture
        and block.kind is Kind.PARAGRAPH
        and opens(block.text)
        and len(said := words(block.text[:2000])) >= OPENING_WORDS
    )
    return [pair for pair, _ in zip(found, range(_FIRST), strict=False)]
