"""Limits: how much of a text is read, so that the work stays in proportion whatever it is.

Rules and kinds of claim look from every verb to the words around it. That is cheap in
sentences as people write them and would not be in one of a million words. So a block or
sentence beyond any prose, and whatever follows once a text has grown far beyond a
newsletter, is not read: a finding says so and blocks, for what is not read is not proved.
"""

from collections.abc import Iterator
from dataclasses import replace

from newsletter.preflight.report import Finding, Severity, Span
from newsletter.preflight.text.block import Block
from newsletter.preflight.text.document import Document

LONGEST_SENTENCE = 2_000
"""Characters of a sentence; those of briefings have under 500."""
LONGEST_WORD = 400
"""Characters without a space between them, addresses of pages included."""
LONGEST_BLOCK = 20_000
"""Characters of a paragraph."""
MOST_TEXT = 100_000
"""Characters of a text: ten editions, or a book's chapter."""
MOST_BLOCKS = 4_000
"""Paragraphs, headings, items and cells of a text."""
MOST_SENTENCES = 2_500
"""Sentences of a text."""
_TOLD = 20
"""Passages that are named one by one; more of them say nothing new."""


def within(document: Document) -> tuple[Document, list[Finding]]:
    """Return what is read of a document, and a finding for each passage that is not.

    Parameters
    ----------
    document : Document
        Any text.

    Returns
    -------
    document : Document
        The same document where nothing is left out, else without the blocks left out.
    findings : list of Finding
        ``N03``, each blocks; empty where everything is read.
    """
    kept: list[Block] = []
    left: list[tuple[Span, str]] = []
    text = sentences = 0
    for place, block in enumerate(document.blocks):
        count, fault = _measured(block)
        text, sentences = text + len(block.text), sentences + count
        if fault:
            left.append((block.span, fault))
            text, sentences = text - len(block.text), sentences - count
        elif text > MOST_TEXT or sentences > MOST_SENTENCES or len(kept) >= MOST_BLOCKS:
            span = Span(block.span.start, document.blocks[-1].span.end)
            left.append((span, f"The text is too long to prove from its block {place + 1} on"))
            break
        else:
            kept.append(block)
    if not left:
        return document, []
    return replace(document, blocks=tuple(kept)), list(_findings(left))


def _measured(block: Block) -> tuple[int, str]:
    """Return how many sentences a block has, and what is beyond measure in it."""
    if len(block.text) > LONGEST_BLOCK:
        return 0, f"A paragraph of {len(block.text):,} characters is too long to prove"
    word = max(map(len, block.text.split()), default=0)
    if word > LONGEST_WORD:
        return 0, f"A word of {word:,} characters is too long to prove"
    count = longest = 0
    for start, end in block.sentences():
        count, longest = count + 1, max(longest, end - start)
    if longest > LONGEST_SENTENCE:
        return 0, f"A sentence of {longest:,} characters is too long to prove"
    return count, ""


def _findings(left: list[tuple[Span, str]]) -> Iterator[Finding]:
    for span, fault in (*left[: _TOLD - 1], *left[_TOLD - 1 :][-1:]):
        yield Finding("N03", Severity.BLOCK, span, f"{fault}; shorten or divide it.")
