"""Leftovers of the machine: slots never filled, notes to oneself, values that are none."""

from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.rule import Fault, RuleContext, faults, rule
from newsletter.preflight.text.document import Document

_SLOT = compiled(r"\{\{|\}\}|\{%|%\}|<%|%>|\$\{\w|\[\[|\]\]")
_NOTE = compiled(
    r"\bTKTK\w*|\bTK\b|\bTODO\b|\bFIXME\b|\bTBD\b|\bXXX+\b|(?i:\blorem ipsum\b)|\?\?\?"
)
_NOTHING = compiled(
    r"\b(?:NaN|nan|NaT|nat|undefined|null)\b|(?i:\bn/a ?(?:%|percent|points|bps))"
    r"|(?<![\w-])(?i:nan|inf|none|null) ?%|\bNone(?=[%.,;)]|$| ?(?:points?|percent|bps)\b)"
    r"|\b-?inf\b"
)


@rule(
    "S01",
    citation="House: no slot leaves the house unfilled (market-commentary A4)",
    good=("Small caps rose 1.2%.", "The set {a, b} is small.", "None of the eleven rose."),
    bad=("Small caps rose {{IWM.return.1d}}.", "Rose 2%}} today.", "Up ${value} today."),
)
def unfilled_slot(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find template marks in the finished text."""
    yield from faults(
        document, _SLOT, "“{}” is an unfilled slot; fill it or cut the sentence.", furniture=True
    )


@rule(
    "S02",
    citation="House: no note to oneself in print (market-commentary A4)",
    good=("The ticker TKO rose.", "What is there to do?"),
    bad=("Value rose TK percent.", "TODO: check.", "Lorem ipsum dolor sit amet.", "Up XXX today."),
)
def placeholder(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find placeholders that writers leave for later."""
    yield from faults(document, _NOTE, "“{}” is a placeholder; write the text.", furniture=True)


@rule(
    "S03",
    citation="House: an absent fact is not printed (design, Conventions of measure)",
    good=("None of the seven beat it.", "The figure is n/a for lack of history.", "Nanotech rose."),
    bad=("Small caps rose nan%.", "Value gained None.", "Up n/a% today.", "Growth: NaN"),
)
def no_value(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find the printed forms of missing values."""
    yield from faults(
        document, _NOTHING, "“{}” is a missing value; leave the sentence out.", furniture=True
    )
