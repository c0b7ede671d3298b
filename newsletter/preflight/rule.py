"""The port of a rule: one file, one or more decorated functions, findings out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, reduce
from operator import or_

from newsletter import registry
from newsletter.compute.facts import Ledger
from newsletter.preflight.report import Claim, Finding, Severity, Span
from newsletter.preflight.scanning.scan import Stretch, whole
from newsletter.preflight.scanning.sieve import Sieve, sieve
from newsletter.preflight.text.block import Block
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.once import once

RULES = "newsletter.preflight.rules"


@dataclass(frozen=True, slots=True)
class Past:
    """What an earlier edition said, as far as a new one must not repeat it.

    Parameters
    ----------
    key : str
        Its edition key.
    headline, opening : str
        Its headline and the first paragraph of its body.
    """

    key: str
    headline: str
    opening: str


@dataclass(frozen=True, slots=True)
class Sent:
    """An edition's mail as it was sent: what a correction may quote of it.

    Parameters
    ----------
    key : str
        Its edition key.
    html, text : str
        The two parts that went out.
    """

    key: str
    html: str
    text: str


@dataclass(frozen=True)
class RuleContext:
    """What a rule may know besides the text; everything is optional.

    Parameters
    ----------
    disclaimers : mapping of str to str
        Texts that must stand in the document, by block id; empty for foreign texts.
    aliases : mapping of str to str
        Further names of subjects (table labels), to ledger subject.
    ledger : Ledger, optional
        The facts; `newsletter.preflight.check.check` puts it in.
    claims : tuple of Claim
        What was found and judged in this document; `check` puts it in.
    past : tuple of Past
        Earlier editions, newest first.
    jurisdictions : tuple of str
        Where readers live; empty where unknown or where the text is foreign.
    holdings, sponsors : mapping of str to str
        Positions of the house and payments to it, by ticker, in words.
    headlines : tuple of str
        Headlines of others that the writer has seen.
    licensed : bool or None
        Whether every source of the ledger may be redistributed; None where unknown.
    now : datetime.datetime, optional
        Aware UTC instant of the check; None leaves out what depends on the hour.
    latest : datetime.date, optional
        Last session that had closed at `now`, weekends and holidays considered.
    registrations : tuple of str
        Jurisdictions in which the publisher is registered to give advice.
    licence_required : bool
        Whether nothing may be sent unless `licensed` is true.
    corrects : Sent, optional
        The mail that this one corrects: what it may quote without a proof, see
        `newsletter.preflight.withdrawn`.
    """

    disclaimers: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    ledger: Ledger | None = None
    claims: tuple[Claim, ...] = ()
    past: tuple[Past, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    holdings: Mapping[str, str] = field(default_factory=dict)
    sponsors: Mapping[str, str] = field(default_factory=dict)
    headlines: tuple[str, ...] = ()
    licensed: bool | None = None
    now: datetime | None = None
    latest: date | None = None
    registrations: tuple[str, ...] = ()
    licence_required: bool = False
    corrects: Sent | None = None


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
    given : RuleContext, optional
        The whole context, where the rule needs more.
    """

    text: str
    html: bool = False
    disclaimers: tuple[tuple[str, str], ...] = ()
    given: RuleContext | None = None

    @property
    def document(self) -> Document:
        """The example as a document."""
        return Document.of_html(self.text) if self.html else Document.of_markdown(self.text)

    @property
    def context(self) -> RuleContext:
        """The example's context."""
        return self.given or RuleContext(dict(self.disclaimers))


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
    for block, found in _possible(document, sieve(pattern)):
        if block.furniture and not furniture:
            continue
        for match in found.matches(pattern):
            yield block, match, block.folded.span(match.start(), match.end())


_Stretches = Sequence[tuple[Block, Stretch]]


def _possible(document: Document, known: Sieve | None) -> _Stretches:
    """Return the blocks in which a pattern may match."""
    if known is None:
        return _scanned(document)
    anywhere, sifted = _sifted(document)
    return [one for one, left in sifted if left & known.bit] if anywhere & known.bit else ()


@once
def _sifted(document: Document) -> tuple[int, Sequence[tuple[tuple[Block, Stretch], int]]]:
    """Return the patterns that may match in a text, and in each of its blocks."""
    found = [(one, one[1].sifted.left) for one in _scanned(document)]
    return reduce(or_, (left for _, left in found), 0), found


@once
def _scanned(document: Document) -> _Stretches:
    return tuple((block, whole(block.text)) for block in document.blocks)


def faults(
    document: Document, pattern: re.Pattern[str], message: str, *, furniture: bool = False
) -> Iterator[Fault]:
    """Yield a fault for each match; ``{}`` in the message is the matched text."""
    for _, match, span in matches(document, pattern, furniture=furniture):
        yield span, message.format(match[0].strip())
