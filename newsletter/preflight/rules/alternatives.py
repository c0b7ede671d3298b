"""Every picture says in words what it shows."""

from collections.abc import Iterator

from newsletter.preflight.report import Span
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.text.document import Document


@rule(
    "A01",
    citation="WCAG 2.2, success criterion 1.1.1",
    good=(
        Example('<img src="cid:a" alt="Small caps against large"><p>x</p>', html=True),
        Example('<img src="cid:spacer" alt="">', html=True),
    ),
    bad=(Example('<p>Look:</p><img src="cid:a">', html=True),),
)
def missing_alternative(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find pictures without an ``alt`` attribute (an empty one marks decoration)."""
    if document.images_without_alt:
        count = document.images_without_alt
        noun = "picture has" if count == 1 else "pictures have"
        yield Span(0, 0), f"{count} {noun} no text alternative; add alt text."
