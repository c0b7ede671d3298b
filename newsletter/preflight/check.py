"""The stage on one page: find every figure, prove it, run every rule, report."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from newsletter.compute.facts import Ledger
from newsletter.preflight.figures.numbers import MOST, Figure, FigureKind, find
from newsletter.preflight.nets.refused import WORDING
from newsletter.preflight.proof.dating import near_session
from newsletter.preflight.prover import UNREAD, Prover, Settled
from newsletter.preflight.quote import quoted
from newsletter.preflight.report import Claim, Finding, Report, Severity, Span, Verdict
from newsletter.preflight.rule import RuleContext, rules
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold
from newsletter.preflight.text.limits import within
from newsletter.preflight.text.once import once
from newsletter.preflight.uncollected import uncollected
from newsletter.preflight.withdrawn import binding, parted, unanswered

CLAIMED = frozenset(
    {FigureKind.PERCENT, FigureKind.POINTS, FigureKind.BPS, FigureKind.USD, FigureKind.CURRENCY}
)
"""Figures that are claims even in the furniture of a page."""
WATCHED = ("html tickers", "text tickers")
"""Parts of a mail in which rows for readers' tickers are found."""
_FINE = {Verdict.PROVED, Verdict.OPINION}
_MESSAGES = {
    Verdict.CONTRADICTED: (
        "“{text}” is not what the ledger says: {expected} ({fact}). Print the ledger's figure."
    ),
    Verdict.UNSUPPORTED: (
        "No fact of the ledger says “{text}” here. Take it out or use a computed fact."
    ),
    Verdict.AMBIGUOUS: (
        "“{text}” is in the ledger only of another subject, measure or period. Say whose it is."
    ),
}


def check(document: Document, ledger: Ledger, *, context: RuleContext | None = None) -> Report:
    """Prove every figure of one finished text and run every rule on it.

    Parameters
    ----------
    document : Document
        The text.
    ledger : Ledger
        The facts.
    context : RuleContext, optional
        Required disclaimers and further names of subjects; nothing by default.

    Returns
    -------
    Report
        Claims and findings in order of position.
    """
    with uncollected():
        return _checked(document, ledger, context or RuleContext())


def check_mail(
    subject: str,
    preheader: str,
    html: str,
    text: str,
    ledger: Ledger,
    *,
    context: RuleContext | None = None,
    watched: Sequence[tuple[str, str]] = (),
) -> Report:
    """Check a finished mail: both parts, subject and preheader.

    Parameters
    ----------
    subject, preheader : str
        Lines of the inbox.
    html, text : str
        The two parts; they must state the same figures.
    ledger : Ledger
        The facts.
    context : RuleContext, optional
        Required disclaimers (looked for in both parts) and further names.
    watched : sequence of (str, str)
        HTML and text of the rows that are put in for readers who watch their tickers: all of
        them, since any may reach somebody.

    Returns
    -------
    Report
        Each claim and finding says in `part` which part its span indexes.
    """
    with uncollected():
        context = context or RuleContext()
        report = _mailed((subject, preheader, html, text), ledger, context)
        return sum((_rows(page, ledger, context) for page in watched), report)


def _mailed(mail: tuple[str, str, str, str], ledger: Ledger, context: RuleContext) -> Report:
    """Check the subject, preheader, HTML and text of a mail, and compare the latter two."""
    subject, preheader, html, text = mail
    # What concerns the edition as a whole is reported once, with the HTML part.
    again = replace(context, past=(), licensed=None, licence_required=False, now=None)
    lines = replace(again, disclaimers={}, holdings={}, sponsors={})
    parts = (
        ("subject", Document.of_line(subject, Kind.SUBJECT), lines),
        ("preheader", Document.of_line(preheader, Kind.PREHEADER), lines),
        ("html", Document.of_html(html), context),
        ("text", Document.of_text(text), again),
    )
    reports = (_checked(one, ledger, wanted, part) for part, one, wanted in parts)
    documents = {part: _read(document)[0] for part, document, _ in parts[2:]}
    return sum(reports, Report()) + Report((), tuple(_disagreements(documents)))


def _rows(page: tuple[str, str], ledger: Ledger, context: RuleContext) -> Report:
    """Check rows for readers' tickers in both parts: they carry no notices, the mail does."""
    bare = replace(
        context, disclaimers={}, holdings={}, sponsors={}, past=(), licensed=None,
        licence_required=False, now=None,
    )  # fmt: skip
    found = (Document.of_html(page[0]), Document.of_text(page[1]))
    reports = [_checked(one, ledger, bare, part) for one, part in zip(found, WATCHED, strict=True)]
    # Of the same rows once more, only what is wrong: nobody reads hundreds of claims twice.
    wrong = tuple(claim for claim in reports[1].claims if claim.verdict not in _FINE)
    reports[1] = replace(reports[1], claims=wrong)
    documents = {part: _read(one)[0] for part, one in zip(("html", "text"), found, strict=True)}
    differing = [replace(one, part=f"{one.part} tickers") for one in _disagreements(documents)]
    return sum(reports, Report()) + Report((), tuple(differing))


_read = once(within)


def _checked(document: Document, ledger: Ledger, context: RuleContext, part: str = "") -> Report:
    """Check one text, or one part of a mail: then each claim and finding says which."""
    document, unread = _read(document)
    proved, withdrawn, rights = parted(document, context)
    claims, findings = _numbers(proved, ledger, context, part)
    findings += [*withdrawn, *unanswered(rights, claims)]
    context = replace(context, ledger=ledger, claims=tuple(claims))
    for rule in rules().values():
        whole = document if binding(rule.id) else proved
        findings.extend(islice(rule.run(whole, context), MOST))
    findings.extend(unread)
    findings.sort(key=lambda finding: (finding.span.start, finding.rule))
    told = quoted(findings, document)
    return Report(tuple(claims), tuple(replace(one, part=part) for one in told))


def _numbers(
    document: Document, ledger: Ledger, context: RuleContext, part: str
) -> tuple[list[Claim], list[Finding]]:
    prover = Prover.of(ledger, context.aliases)
    notices = [fold(text).text for text in context.disclaimers.values()]
    claims: list[Claim] = []
    findings: list[Finding] = []
    for block in document.blocks:
        figures = list(_claimed(block, find(block.text), ledger, notices))
        if len(claims) + len(figures) >= MOST:
            span = block.span
            findings.append(
                Finding("N03", Severity.BLOCK, span, "Too many figures to prove; shorten the text.")
            )
            break
        for settled in prover.settle(block, figures):
            claim = _claim(document, block, settled, part)
            claims.append(claim)
            if claim.verdict not in _FINE:
                findings.append(_finding(claim))
            findings.extend(_quality(claim, ledger))
    return claims, findings


def _claim(document: Document, block: Block, settled: Settled, part: str) -> Claim:
    judged = settled.judged
    span = block.folded.span(judged.start, judged.end)
    text = document.text[span.start : span.end]
    return Claim(span, text, settled.kind, judged.verdict, judged.fact, judged.expected, part)


def _claimed(
    block: Block, figures: list[Figure], ledger: Ledger, notices: Collection[str]
) -> Iterator[Figure]:
    """Yield the figures that must be proved: in furniture only what is a market's."""
    # A notice states the house's own amounts and dates; C01 holds it to its wording.
    places = [(block.text.find(text), len(text)) for text in notices] if block.furniture else []
    for figure in figures:
        if any(0 <= at <= figure.start < at + length for at, length in places):
            continue
        if (
            not block.furniture
            or figure.kind in CLAIMED
            or (figure.kind is FigureKind.NUMBER and figure.places > 0)
            or (figure.when is not None and not near_session(figure.when, ledger.session.date))
        ):
            yield figure


def _finding(claim: Claim) -> Finding:
    if claim.kind == UNREAD:
        message = "This sentence names too many to be proved; divide it."
        return Finding("N03", Severity.BLOCK, claim.span, message)
    if claim.kind == WORDING:
        message = f"“{claim.text}”: {claim.expected}."
        return Finding("N01", Severity.BLOCK, claim.span, message)
    message = _MESSAGES[claim.verdict].format(
        text=claim.text, expected=claim.expected, fact=claim.fact
    )
    return Finding("N01", Severity.BLOCK, claim.span, message)


def _quality(claim: Claim, ledger: Ledger) -> Iterator[Finding]:
    """Flag figures that rest on stale facts."""
    fact = ledger.get(claim.fact)
    # A date tells the age of what is old, as the notice of sources must.
    if fact is not None and fact.quality == "stale" and claim.kind != FigureKind.DATE.value:
        message = f"“{claim.text}” rests on {fact.id}, whose inputs are stale. Leave it out."
        yield Finding("N04", Severity.BLOCK, claim.span, message)


def _disagreements(documents: dict[str, Document]) -> Iterator[Finding]:
    """Compare the figures printed in the two parts of a mail."""
    stated = {part: _stated(documents[part]) for part in ("html", "text")}
    for part, other in (("html", "text"), ("text", "html")):
        for key in sorted(stated[part].keys() - stated[other].keys()):
            span, printed = stated[part][key]
            message = f"“{printed}” stands in the {part} part only; both parts must say the same."
            yield Finding("N02", Severity.BLOCK, span, message, part)


def _stated(document: Document) -> dict[tuple[str, str], tuple[Span, str]]:
    found: dict[tuple[str, str], tuple[Span, str]] = {}
    silent = {Kind.TITLE, Kind.PREHEADER}  # the text part prints alternative texts
    for block in document.blocks:
        if block.furniture or block.kind in silent:
            continue
        for figure in find(block.text):
            if figure.kind in CLAIMED or figure.kind is FigureKind.NUMBER:
                span = block.folded.span(figure.start, figure.end)
                key = (figure.kind.value, str(figure.value))
                found.setdefault(key, (span, document.text[span.start : span.end]))
    return found
