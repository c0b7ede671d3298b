"""A text says a thing once."""

from collections.abc import Iterator

from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

_WORDS = 12
_LONG = (
    "Money left the largest stocks today and went to health care, utilities and staples instead."
)


@rule(
    "D01",
    citation="House: S4 of the seeds printed its body twice (market-commentary A4)",
    good=(_LONG, "The close.\n\nThe close.", f"{_LONG}\n\n{_LONG.replace('today', 'this week')}"),
    bad=(f"{_LONG}\n\nAnother thing.\n\n{_LONG}", f"{_LONG}\n\n- {_LONG.upper()}"),
)
def repeated_paragraph(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find a paragraph of twelve words or more that stood in this part before."""
    seen: set[str] = set()
    for block in document.blocks:
        if block.furniture or block.kind not in {Kind.PARAGRAPH, Kind.ITEM}:
            continue
        words = block.text.lower().split()
        if len(words) < _WORDS:
            continue
        key = " ".join(words)
        if key in seen:
            yield block.span, "This paragraph stands in the text twice; print it once."
        seen.add(key)
