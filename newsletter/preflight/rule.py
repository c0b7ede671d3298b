"""The port of a rule: one file, one or more decorated functions, findings out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from newsletter import registry
from newsletter.preflight.block import Block
from newsletter.preflight.document import Document
from newsletter.preflight.report import Finding, Severity, Span

RULES = "newsletter.preflight.rules"


@dataclass(frozen=True)
class RuleContext:
    """What a rule may know besides the text.

    Parameters
    ----------
    disclaimers : mapping of str to str
        Texts that must stand in the document, by block id; empty for foreign texts.
    aliases : mapping of str to str
        Further names of subjects (table labels), to ledger subject.
    """

    disclaimers: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A text that shows what a rule wants.

    Parameters
    ----------
    text : str
        The text.
    html : bool
        Whether it is HTML rather than Markdown.
    disclaimers : tuple of (str, str)
        Required blocks, where the rule is about them.
    """

    text: str
    html: bool = False
    disclaimers: tuple[tuple[str, str], ...] = ()

    @property
    def document(self) -> Document:
        """The example as a document."""
        return Document.of_html(self.text) if self.html else Document.of_markdown(self.text)

    @property
    def context(self) -> RuleContext:
        """The example's context."""
        return RuleContext(dict(self.disclaimers))


Fault = tuple[Span, str]
Check = Callable[[Document, RuleContext], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule.

    Parameters
    ----------
    id : str
        Its code, e.g. ``"L02"``.
    severity : Severity
        Of each finding.
    citation : str
        Where the demand comes from: a law, a standard, or the house.
    good, bad : tuple of Example
        Texts it must pass, and texts it must fault.
    check : callable
        ``Document, RuleContext -> iterable of (span, message)``; pure and linear.
    doc : str
        Its docstring.
    """

    id: str
    severity: Severity
    citation: str
    good: tuple[Example, ...]
    bad: tuple[Example, ...]
    check: Check
    doc: str

    def run(self, document: Document, context: RuleContext) -> Iterator[Finding]:
        """Yield a finding for each fault."""
        for span, message in self.check(document, context):
            yield Finding(self.id, self.severity, span, message)


def rule(
    id: str,
    *,
    citation: str,
    good: Iterable[str | Example],
    bad: Iterable[str | Example],
    severity: Severity = Severity.BLOCK,
) -> Callable[[Check], Rule]:
    """Register a function as a rule.

    Parameters
    ----------
    id : str
        Its code, unique among rules.
    citation : str
        Where the demand comes from.
    good, bad : iterable of str or Example
        Examples; a plain string is Markdown.
    severity : Severity
        Of its findings.

    Returns
    -------
    callable
        Decorator that turns the function into a `Rule`.
    """

    def wrap(check: Check) -> Rule:
        doc = (check.__doc__ or "").strip()
        return Rule(id, severity, citation, _examples(good), _examples(bad), check, doc)

    return wrap


def _examples(group: Iterable[str | Example]) -> tuple[Example, ...]:
    return tuple(one if isinstance(one, Example) else Example(one) for one in group)


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Return every rule found in ``preflight/rules``, by code, in sorted order."""
    return registry.collect(
        value
        for module in registry.modules(RULES)
        for value in vars(module).values()
        if isinstance(value, Rule)
    )


def matches(
    document: Document, pattern: re.Pattern[str], *, furniture: bool = True
) -> Iterator[tuple[Block, re.Match[str], Span]]:
    """Yield each match of a pattern in the folded text of each block.

    Parameters
    ----------
    document : Document
        The text.
    pattern : re.Pattern
        Must take linear time on any text.
    furniture : bool
        Whether fixed parts of the page are looked at too.
    """
    for block in document.blocks:
        if block.furniture and not furniture:
            continue
        for match in pattern.finditer(block.text):
            yield block, match, block.folded.span(match.start(), match.end())


def faults(
    document: Document, pattern: re.Pattern[str], message: str, *, furniture: bool = False
) -> Iterator[Fault]:
    """Yield a fault for each match; ``{}`` in the message is the matched text."""
    for _, match, span in matches(document, pattern, furniture=furniture):
        yield span, message.format(match[0].strip())
