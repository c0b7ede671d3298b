"""Characters that hide: text must be what it looks like."""

from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Severity, Span
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.text.document import Document

_TURN = compiled("[\u202a-\u202e\u2066-\u2069\u200f\u061c]")
_INSIDE = compiled(
    "(?<=\\w)[\u00ad\u200b\u200c\u200d\u2060\ufeff\u180e\u034f\u115f\u1160\u3164](?=[\\w.,%])"
)
_FOREIGN = compiled(
    r"(?<=[A-Za-z])[\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff](?=[A-Za-z])"
)


@rule(
    "U01",
    citation="Unicode UTS 39; Trojan Source (CVE-2021-42574)",
    good=("Plain text.", "Prices −2% in euros."),
    bad=("Up \u202e9.02\u202c% today.", "A \u2067line\u2069 turned."),
)
def turned_text(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find marks that make text run backwards: what is read is not what is stored."""
    for match in _TURN.finditer(document.text):
        yield Span(match.start(), match.end()), "A hidden mark turns the direction of the text."


@rule(
    "U02",
    citation="Unicode UTS 39: mixed-script identifiers",
    good=("Buy-backs slowed.", "The β of the fund is one.", "Αθήνα"),
    bad=("B\u0443ybacks slowed.", Example("<p>gu\u0430rantee</p>", html=True)),
)
def mixed_letters(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find Greek or Cyrillic letters that pose as Latin ones within a word."""
    for match in _FOREIGN.finditer(document.text):
        message = f"The letter “{match[0]}” is not Latin; write the word in one alphabet."
        yield Span(match.start(), match.end()), message


@rule(
    "U03",
    citation="Unicode UTS 39: default-ignorable characters",
    severity=Severity.WARN,
    good=("Guarantee nothing.",),
    bad=("Gua\u00adran\u00adtee nothing.", "20\u200b.9 of them."),
)
def unseen_within_words(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find soft hyphens and zero-width characters inside words."""
    for match in _INSIDE.finditer(document.text):
        yield Span(match.start(), match.end()), "An invisible character stands inside a word."
