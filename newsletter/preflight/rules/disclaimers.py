"""The notices that the law or the house wants are there, whole and unchanged."""

from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Span
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold

_SPACE = compiled(r"\s+")
_LINK = compiled(r"(?:https?://|www\.)\S+")
"""Addresses are no part of a block's words in plain text, so they are compared nowhere."""
_BASE = ("BASE", "Opinion, not advice. It may be wrong and capital is at risk.")


@rule(
    "C01",
    citation="Advisers Act s.202(a)(11)(D) and Lowe; MAR Art. 20; FINRA 2210(d) as house standard",
    good=(
        "Any foreign text.",
        Example(
            "News.\n\nOpinion, not advice. It may\nbe wrong and capital is at risk.",
            disclaimers=(_BASE,),
        ),
    ),
    bad=(
        Example("News without a notice.", disclaimers=(_BASE,)),
        Example("News.\n\nOpinion, not advice. It may be wrong.", disclaimers=(_BASE,)),
        Example(
            "Opinion, not advice. It may not be wrong and capital is at risk.", disclaimers=(_BASE,)
        ),
    ),
)
def required_notices(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Look for each required notice word for word; spacing, breaks and addresses aside."""
    if not context.disclaimers:
        return
    whole = _plain(" ".join(block.text for block in document.blocks))
    end = Span(len(document.text), len(document.text))
    for name, text in sorted(context.disclaimers.items()):
        if _plain(text) not in whole:
            yield end, f"The notice {name} is missing or changed; print it word for word."


def _plain(text: str) -> str:
    return _SPACE.sub(" ", _LINK.sub("", fold(text).text)).strip().casefold()
