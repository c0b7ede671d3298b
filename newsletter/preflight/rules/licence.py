"""Figures go to the public only where their sources allow it."""

from collections.abc import Iterator

from newsletter.preflight.report import Severity, Span
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.text.document import Document

_TEXT = "Small caps rose 0.6%."


@rule(
    "C10",
    severity=Severity.WARN,
    citation="Terms of market-data vendors; Yahoo's are for personal use only (S8)",
    good=(
        Example(_TEXT, given=RuleContext(licensed=True)),
        Example(_TEXT, given=RuleContext(licensed=None)),
        Example(_TEXT, given=RuleContext(licensed=False, licence_required=True)),
    ),
    bad=(Example(_TEXT, given=RuleContext(licensed=False)),),
)
def personal_use(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Warn where a source is for personal use: fit for the editors' own tests only."""
    if context.licensed is False and not context.licence_required:
        message = (
            "A source of these figures is licensed for personal use only; send them to nobody "
            "but yourself, or state your licence under compliance.licences."
        )
        yield Span(0, min(1, len(document.text))), message


@rule(
    "C11",
    citation="Terms of market-data vendors, with compliance.require_licences (S8)",
    good=(
        Example(_TEXT, given=RuleContext(licensed=True, licence_required=True)),
        Example(_TEXT, given=RuleContext(licensed=None)),
    ),
    bad=(
        Example(_TEXT, given=RuleContext(licensed=False, licence_required=True)),
        Example(_TEXT, given=RuleContext(licensed=None, licence_required=True)),
    ),
)
def unlicensed(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Block where the house requires licences and a source has none stated."""
    if context.licence_required and context.licensed is not True:
        message = (
            "A source of these figures has no licence to redistribute; state it under "
            "compliance.licences or use another provider."
        )
        yield Span(0, min(1, len(document.text))), message
