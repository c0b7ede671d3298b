"""Withdrawn: what a correction quotes of an earlier mail, the only words that go unproved.

A correction must show what was wrong, and a wrong figure has no proof. Its quotation is let
through where everything about it can be checked: it is set apart as a quotation, stands
between the labels of a correction that names the edition, and is, letter by letter, whole
sentences of the mail that edition sent. Quotation marks alone excuse nothing.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from newsletter.preflight.report import Claim, Finding, Severity, Verdict
from newsletter.preflight.rule import RuleContext, Sent
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document

NOTICE = "We made a mistake in the edition of {day}"
"""What a correction says above its first quotation, a heading of its own."""
WROTE, RIGHT = "We wrote:", "Right is:"
"""What stands right above a quotation, and right below it."""
CODE = "N05"
_FORBIDDEN = frozenset({"C04", "C05", "C07"})
"""Disclosures that are owed wherever an instrument is named."""


def binding(code: str) -> bool:
    """Tell whether a rule holds of withdrawn words too: what the law forbids or demands.

    Parameters
    ----------
    code : str
        Of a rule.
    """
    return code.startswith("L") or code in _FORBIDDEN


def parted(
    document: Document, context: RuleContext
) -> tuple[Document, list[Finding], list[tuple[Block, Block]]]:
    """Take the withdrawn quotations out of a text.

    Parameters
    ----------
    document : Document
        The text.
    context : RuleContext
        `RuleContext.corrects` is the mail that may be quoted.

    Returns
    -------
    document : Document
        What must be proved; the same document where nothing is taken out.
    findings : list of Finding
        ``N05``: for information where a quotation is let through, else it blocks.
    rights : list of tuple of Block
        Each quotation let through, and the block that says what is right.
    """
    if not any(block.quoted for block in document.blocks):
        return document, [], []
    findings: list[Finding] = []
    rights: list[tuple[Block, Block]] = []
    said = sayings(context.corrects) if context.corrects is not None else []
    for place, block in enumerate(document.blocks):
        if not block.quoted or not (context.corrects or _below(document.blocks, place, WROTE)):
            continue
        fault = _fault(document, place, context.corrects, said)
        if fault:
            findings.append(Finding(CODE, Severity.BLOCK, block.span, fault))
        elif context.corrects is not None:
            findings.append(_told(block, context.corrects))
            rights.append((block, document.blocks[place + 2]))
    out = {id(block) for block, _ in rights}
    if not out:
        return document, findings, rights
    kept = tuple(block for block in document.blocks if id(block) not in out)
    return replace(document, blocks=kept), findings, rights


def unanswered(
    rights: Iterable[tuple[Block, Block]], claims: Collection[Claim]
) -> Iterator[Finding]:
    """Yield a finding for each quotation below which nothing proved says what is right.

    Parameters
    ----------
    rights : iterable of tuple of Block
        As `parted` returns them.
    claims : collection of Claim
        What was judged in the rest of the text.
    """
    proved = [claim.span.start for claim in claims if claim.verdict is Verdict.PROVED]
    for quotation, right in rights:
        span = right.span
        if not any(span.start <= start < span.end for start in proved):
            message = f"Nothing below “{RIGHT}” is proved; state what is right by the ledger."
            yield Finding(CODE, Severity.BLOCK, quotation.span, message)


def _told(block: Block, sent: Sent) -> Finding:
    message = f"These words are quoted from {sent.key} as withdrawn; nothing in them is proved."
    return Finding(CODE, Severity.INFO, block.span, message)


def _fault(document: Document, place: int, sent: Sent | None, said: Sequence[Sequence[str]]) -> str:
    """Return what keeps a quotation from being let through; empty where nothing does."""
    blocks = document.blocks
    if sent is None:
        return "This quotes a mail that preflight was not given; name the edition it corrects."
    own = blocks[place]
    if own.furniture or own.unseen or own.kind is not Kind.PARAGRAPH:
        return "A withdrawn sentence is quoted in a paragraph of its own; set it as one."
    notice = NOTICE.format(day=_day(sent.key))
    if not any(_plain(block) and _words(block.text) == notice for block in blocks[:place]):
        return f"Above a withdrawn sentence a heading must say “{notice}”; add it."
    if not (_below(blocks, place, WROTE) and _above(blocks, place)):
        return f"A withdrawn sentence stands between “{WROTE}” and “{RIGHT}”; set it there."
    if not _holds(said, _source(document, blocks[place])):
        return f"These are not, word for word, whole sentences of {sent.key}; quote what was sent."
    return ""


def _plain(block: Block) -> bool:
    """Tell whether a block is the correction's own words, which every reader sees."""
    shown = block.kind in {Kind.PARAGRAPH, Kind.HEADING} and not block.unseen
    return shown and not block.furniture and not block.quoted


def _below(blocks: Sequence[Block], place: int, label: str) -> bool:
    """Tell whether a block stands right below a label."""
    return place > 0 and _plain(blocks[place - 1]) and _words(blocks[place - 1].text) == label


def _above(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether right below a block it is said what is right."""
    behind = blocks[place + 1 : place + 3]
    return len(behind) > 1 and all(map(_plain, behind)) and _words(behind[0].text) == RIGHT


def _day(key: str) -> str:
    """Return the day of an edition as a correction prints it; empty where its key has none."""
    try:
        day = dt.date.fromisoformat(key[:10])
    except ValueError:
        return ""
    return f"{day.day} {day:%B %Y}"


def sayings(sent: Sent) -> list[list[str]]:
    """Return the sentences of an earlier mail, block by block: what may be quoted of it.

    Parameters
    ----------
    sent : Sent
        The mail, of whose two parts each tells its own.
    """
    found = []
    for document in (Document.of_html(sent.html), Document.of_text(sent.text)):
        for block in document.blocks:
            if block.furniture or block.quoted or block.kind in {Kind.CELL, Kind.PREHEADER}:
                continue
            spans = [block.folded.span(start, end) for start, end in block.sentences()]
            found.append([_words(document.text[span.start : span.end]) for span in spans])
    return found


def quotable(words: str, said: Sequence[Sequence[str]]) -> bool:
    """Tell whether words are whole sentences of a mail, as a correction may quote them.

    Parameters
    ----------
    words : str
        The quotation.
    said : sequence of sequence of str
        From `sayings`.
    """
    return _holds(said, _words(words))


def _holds(said: Sequence[Sequence[str]], quoted: str) -> bool:
    """Tell whether words are one whole sentence, or several in a row, of one block."""
    return bool(quoted) and any(
        " ".join(block[first:last]) == quoted
        for block in said
        for first in range(len(block))
        if quoted.startswith(block[first])
        for last in range(first + 1, len(block) + 1)
    )


def _source(document: Document, block: Block) -> str:
    """Return a quotation as it is written, hidden letters included, without its marks."""
    span = block.span
    lines = document.text[span.start : span.end].split("\n")
    return _words("\n".join([lines[0], *(line.removeprefix("> ") for line in lines[1:])]))


def _words(text: str) -> str:
    return " ".join(text.split())
