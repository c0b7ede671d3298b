"""What an editor cites is printed as its source has it, with the source beside it."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.clock import Session
from newsletter.compute.facts import CITED, Fact, Ledger, Period
from newsletter.patterns import compiled
from newsletter.preflight.figures.direction_words import DOWN, UP
from newsletter.preflight.report import Claim, Span, Verdict
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold
from newsletter.preflight.who.subjects import Subjects
from newsletter.units import Unit

_LINES = {Kind.SUBJECT, Kind.PREHEADER}
"""The inbox shows these alone: the source stands in the mail they open."""
_MOVED = quick(
    rf"\b(?:{UP}|{DOWN})(?: by)?(?: (?:about|nearly|almost|over|under|around|roughly|some))?\s*$",
    re.IGNORECASE,
)


def _example(text: str, figure: str = "4.2%", *, metric: str = "level") -> Example:
    """Return a text with one figure that a cited fact has proved."""
    day = dt.date(2026, 6, 8)
    fact = Fact(
        id="cited.unemployment_expectations.value",
        subject="cited.unemployment_expectations",
        name="unemployment expectations",
        metric=metric,
        period=Period(CITED, day, day),
        value=Decimal("4.2"),
        unit=Unit.PERCENT,
        kind=CITED,
        formula="cited@1",
        source="New York Fed, Survey of Consumer Expectations",
        places=1,
        link="https://www.newyorkfed.org/microeconomics/sce",
    )
    ledger = Ledger(Session(dt.date(2026, 7, 2)), "sha256:example", {fact.id: fact})
    start = text.index(figure)
    span = Span(start, start + len(figure))
    claim = Claim(span, figure, "percent", Verdict.PROVED, fact.id)
    return Example(text, given=RuleContext(ledger=ledger, claims=(claim,)))


_SOURCE = "\n\nNew York Fed, Survey of Consumer Expectations, as of 8 June 2026.\n"


@rule(
    "F01",
    citation="House: a sourced fact is printed with its source; MAR RTS 2016/958 Art. 3(1)(a)",
    good=(
        "Any text without cited facts: 4.2%.",
        _example("Unemployment expectations stood at 4.2%." + _SOURCE),
        _example("Unemployment expectations: 4.2%.\n\nNew York Fed, Survey\nof Consumer "
                 "Expectations"),
    ),
    bad=(
        _example("Unemployment expectations stood at 4.2%."),
        _example("Unemployment expectations, said the New York Fed, stood at 4.2%."),
    ),
)  # fmt: skip
def printed_with_its_source(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find figures of cited facts where the source's name does not stand in the same part."""
    if all(block.kind in _LINES for block in document.blocks):
        return
    whole = ""
    for claim, fact in _cited(context):
        whole = whole or _plain(" ".join(block.text for block in document.blocks))
        if _plain(fact.source) not in whole:
            message = f"“{claim.text}” is cited from {fact.source}, which this part does not name."
            yield claim.span, f"{message} Print the source."


@rule(
    "F02",
    citation="House: a cited figure is proved by its source and for its subject only",
    good=(
        _example("Unemployment expectations stood at 4.2%." + _SOURCE),
        _example("The unemployment expectation was 4.2% in June." + _SOURCE),
    ),
    bad=(
        _example("Unemployment expectations were surveyed. It stood at 4.2%." + _SOURCE),
        _example("# Unemployment expectations\n\nThe rate is 4.2% now." + _SOURCE),
    ),
)
def subject_is_named(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find figures of cited facts in sentences that do not name what was measured."""
    cited = list(_cited(context))
    if not cited or context.ledger is None:
        return
    subjects = Subjects.of(context.ledger, context.aliases)
    for claim, fact in cited:
        said = _said(document, claim.span)
        named = {one for mention in subjects.mentions(said) for one in mention.subjects}
        if fact.subject not in named:
            message = f"“{claim.text}” is cited for {fact.name}, which the sentence does not name."
            yield claim.span, message


@rule(
    "F03",
    citation="House: a level is not a change (design, Conventions of measure)",
    good=(
        _example("Unemployment expectations rose to 4.2%." + _SOURCE),
        _example("Unemployment expectations were above 4.2%." + _SOURCE),
        _example("Unemployment expectations rose 4.2%." + _SOURCE, metric="change"),
    ),
    bad=(
        _example("Unemployment expectations rose 4.2%." + _SOURCE),
        _example("Unemployment expectations are down by about 4.2%." + _SOURCE),
    ),
)
def level_is_no_change(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find cited levels that a verb of movement turns into changes."""
    for claim, fact in _cited(context):
        before = fold(document.text[max(0, claim.span.start - 60) : claim.span.start]).text
        moved = _MOVED.search(before)
        if fact.metric == "level" and moved and not _STANDS.search(moved[0]):
            message = f"“{claim.text}” is a level of {fact.name}; write “{moved[0].split()[0]} to”"
            yield claim.span, f"{message} or “stood at” it."


_STANDS = compiled(r"^(?:above|below|under|behind|beneath|over|higher|lower)\b", re.IGNORECASE)
"""Words of place, not of movement."""


def _cited(context: RuleContext) -> Iterator[tuple[Claim, Fact]]:
    """Yield the claims that a cited fact proves."""
    for claim in context.claims:
        fact = context.ledger.get(claim.fact) if context.ledger is not None else None
        if fact is not None and fact.kind == CITED and claim.verdict is Verdict.PROVED:
            yield claim, fact


def _said(document: Document, span: Span) -> str:
    """Return the sentence around a span; of a table's cell, its headers too."""
    for block in document.blocks:
        if block.span.start <= span.start < block.span.end:
            return _sentence(block, span)
    return ""


def _sentence(block: Block, span: Span) -> str:
    headers = (block.context.row, block.context.column) if block.kind is Kind.CELL else ()
    for start, end in block.sentences():
        stretch = block.folded.span(start, end)
        if stretch.start <= span.start < stretch.end:
            return " ".join((block.text[start:end], *headers))
    return block.text


def _plain(text: str) -> str:
    return " ".join(fold(text).text.split()).casefold()
