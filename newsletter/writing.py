"""Writing: a draft laid out and proved as readers would get it, for the hand that writes it.

The columnist stands before render and preflight and may not know them; here the three are
put together.
"""

import functools
from collections.abc import Callable, Iterator

from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft
from newsletter.draft.columnist import Checker, Objection
from newsletter.errors import DraftError, RenderError
from newsletter.preflight.block import Kind
from newsletter.preflight.check import check_mail
from newsletter.preflight.document import Document
from newsletter.preflight.report import Finding, Severity
from newsletter.preflight.rule import RuleContext
from newsletter.render.rendered import Rendered


def checker(render: Callable[[Draft], Rendered], ledger: Ledger, context: RuleContext) -> Checker:
    """Return what tells a columnist everything that would block the finished mail.

    Parameters
    ----------
    render : callable
        Draft to finished mail, everything else bound.
    ledger : Ledger
        Tonight's facts.
    context : RuleContext
        What the rules may know of the house and its past editions.
    """

    def objections(draft: Draft) -> Iterator[Objection]:
        try:
            mail = render(draft)
        except (RenderError, DraftError) as error:
            yield Objection("", str(error))
            return
        report = check_mail(
            mail.subject, mail.preheader, mail.html, mail.text, ledger, context=context
        )
        document = functools.cache(functools.partial(_read, mail))
        told: dict[tuple[str, str], Objection] = {}
        for finding in report.findings:
            if finding.severity is Severity.BLOCK:
                sentence = _sentence(document(finding.part), finding)
                told.setdefault((finding.rule, sentence), Objection(sentence, finding.message))
        yield from told.values()

    return objections


def _read(mail: Rendered, part: str) -> Document:
    if part in {"subject", "preheader"}:
        return Document.of_line(getattr(mail, part), Kind(part))
    return Document.of_html(mail.html) if part == "html" else Document.of_text(mail.text)


def _sentence(document: Document, finding: Finding) -> str:
    """Return the sentence that a finding begins in, else the words it flags."""
    for block in document.blocks:
        for start, end in block.sentences():
            span = block.folded.span(start, end)
            if span.start <= finding.span.start < max(span.end, span.start + 1):
                return " ".join(document.text[span.start : span.end].split())
    return finding.words
