"""Whether the HTML is written as the standard asks, by html5lib's parse errors."""

from collections import Counter
from dataclasses import dataclass

from newsletter.render.inspect.document import Document, Fault
from newsletter.render.inspect.remark import Remark
from newsletter.render.inspect.styles import sound

MOST = 50
"""Remarks at most; a broken tag breaks much after it."""


@dataclass(frozen=True, slots=True)
class Validity:
    """Result of the check.

    Parameters
    ----------
    faults : tuple of Fault
        All parse errors in order.
    counts : dict of str to int
        By their code.
    refused : str
        Why the HTML was not read to its end; empty when it was.
    """

    faults: tuple[Fault, ...]
    counts: dict[str, int]
    refused: str


def check(document: Document) -> tuple[Validity, tuple[Remark, ...]]:
    """Report what the parser had to mend.

    Returns
    -------
    Validity, tuple of Remark
        Every parse error is an error, the first `MOST` of them remarked.
    """
    counts = dict(sorted(Counter(fault.code for fault in document.faults).items()))
    remarks = [
        Remark("validity", "error", fault.message, fault.code, fault.line)
        for fault in document.faults[:MOST]
    ]
    remarks += [
        Remark(
            "validity",
            "warning",
            "The style sheet is too long or too deeply nested to be read; write it shorter.",
            (element.text or "")[:60],
            document.lines.get(element, 0),
        )
        for element in document.elements("style")
        if not sound(element.text or "")
    ]
    if document.refused:
        remarks.append(Remark("validity", "error", document.refused))
    return Validity(document.faults, counts, document.refused), tuple(remarks)
