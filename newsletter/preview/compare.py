"""Compare: two texts, paragraph by paragraph and word by word."""

import difflib
import re
from dataclasses import dataclass

SAME, OUT, IN = "same", "out", "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand in both texts (``same``), in the first (``out``) or the second (``in``)."""

    kind: str
    words: str


def compared(old: str, new: str) -> list[list[Piece]]:
    """Return what changed, one list of pieces a paragraph.

    Parameters
    ----------
    old, new : str
        Plain texts.

    Notes
    -----
    Paragraphs are paired first, and only paired ones are compared by words: two texts with
    little in common read as one struck out and one put in, not as confetti.
    """
    first, second = _paragraphs(old), _paragraphs(new)
    out: list[list[Piece]] = []
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            out += [[Piece(SAME, words)] for words in first[a:b]]
            continue
        for at in range(max(b - a, d - c)):
            before = first[a + at] if a + at < b else ""
            after = second[c + at] if c + at < d else ""
            out.append(_worded(before, after))
    return out


def _paragraphs(text: str) -> list[str]:
    return [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]


def _worded(before: str, after: str) -> list[Piece]:
    if not before or not after:
        return [Piece(OUT, before)] if before else [Piece(IN, after)]
    first, second = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    if matcher.ratio() < 0.3:
        return [Piece(OUT, before + "\n"), Piece(IN, after)]
    pieces: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(SAME, "".join(second[c:d])))
        else:
            pieces += [Piece(OUT, "".join(first[a:b]))] if b > a else []
            pieces += [Piece(IN, "".join(second[c:d]))] if d > c else []
    return pieces
