"""Quote: the words a finding flags and the sentence they stand in, so that it has a name."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from newsletter.preflight.report import Finding
from newsletter.preflight.text.document import Document

MOST = 120
"""Characters of the flagged words that are kept."""


def quoted(findings: Iterable[Finding], document: Document) -> Iterator[Finding]:
    """Yield findings with their words and place filled in.

    Parameters
    ----------
    findings : iterable of Finding
        Their spans index the document.
    document : Document
        The checked text.

    Yields
    ------
    Finding
        `Finding.place` hashes the sentence and the words, white space aside, so that a
        line wrapped in the text part and unwrapped in HTML is the same place.
    """
    sentences = starts = None
    for finding in findings:
        if sentences is None or starts is None:
            sentences = _sentences(document)
            starts = [start for start, _ in sentences]
        words = _squeezed(document.text[finding.span.start : finding.span.end])
        index = bisect_right(starts, finding.span.start) - 1
        inside = index >= 0 and finding.span.start < sentences[index][1]
        sentence = _digest(document.text[slice(*sentences[index])]) if inside else ""
        place = hashlib.sha256(f"{sentence}\n{words}".encode("utf-8", "replace")).hexdigest()
        shown = words if len(words) <= MOST else words[: MOST - 1] + "…"
        yield replace(finding, words=shown, place=place[:16])


def _sentences(document: Document) -> list[tuple[int, int]]:
    """Return start and end of each sentence in the document."""
    found = []
    for block in document.blocks:
        for start, end in block.sentences():
            span = block.folded.span(start, end)
            found.append((span.start, span.end))
    return sorted(found)


def _digest(text: str) -> str:
    return hashlib.sha256(_squeezed(text).encode("utf-8", "replace")).hexdigest()


def _squeezed(text: str) -> str:
    return " ".join(text.split())
