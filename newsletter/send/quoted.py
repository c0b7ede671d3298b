"""Quoted-printable text with places left open for what is a reader's own.

A link cannot be replaced in finished quoted-printable bytes: lines are folded at 76
characters and ``=`` is itself encoded. Instead the text is cut at each place *before*
encoding, every piece is encoded from the start of a line, and a soft line break (which
decodes to nothing) stands wherever a piece and a place meet in the middle of a line. Any
text, encoded by itself, then fits between the pieces.
"""

import re
from collections.abc import Mapping

SOFT_BREAK = b"=\r\n"
HARD_BREAK = b"\r\n"
_WIDTH = 73  # of at most 76: room for the soft break and for an encoded first character

_CODED = re.compile(rb"[^\t !-<>-~]")
"""What does not stand for itself in quoted-printable."""


def canonical(text: str) -> str:
    r"""Return a text whose every line ends in ``\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") else text + "\n"


def quoted(text: str) -> bytes:
    """Encode a text as quoted-printable UTF-8 in lines of at most 76 characters.

    No line starts with a dot or with ``From``, so that neither SMTP nor a mailbox file
    needs to change one.

    Parameters
    ----------
    text : str
        With line feeds; it may end in the middle of a line.
    """
    return HARD_BREAK.join(_line(line) for line in text.encode().split(b"\n"))


def cut(text: str, places: Mapping[str, str]) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """Encode a text in pieces between which anything encoded may be put.

    Parameters
    ----------
    text : str
        A whole body part.
    places : mapping of str to str
        What stands in the text where something is left open, to the name of the place.

    Returns
    -------
    pieces : tuple of bytes
        One more than there are places.
    names : tuple of str
        The places between them, in order. What comes there must be encoded by `quoted`.
    """
    marks = "|".join(re.escape(mark) for mark in sorted(places, key=len, reverse=True))
    parts = re.split(f"({marks})", canonical(text)) if places else [canonical(text)]
    encoded, names = [quoted(piece) for piece in parts[::2]], parts[1::2]
    last = len(encoded) - 1
    joinable = (
        _joinable(piece, after=number > 0, before=number < last)
        for number, piece in enumerate(encoded)
    )
    return tuple(joinable), tuple(places[name] for name in names)


def _joinable(piece: bytes, *, after: bool, before: bool) -> bytes:
    if after and not piece.startswith(HARD_BREAK):
        piece = SOFT_BREAK + piece
    if before and piece and not piece.endswith(HARD_BREAK):
        piece += SOFT_BREAK
    return piece


def _line(line: bytes) -> bytes:
    coded = _CODED.sub(_code, line)
    if coded.endswith((b" ", b"\t")):
        coded = coded[:-1] + b"=%02X" % coded[-1]
    rows, start = [], 0
    while len(coded) - start > _WIDTH:
        end = start + _WIDTH
        cut_off = coded.rfind(b"=", end - 2, end)  # a code's beginning without its end
        rows.append(_guarded(coded[start : (start := end if cut_off < 0 else cut_off)]))
    rows.append(_guarded(coded[start:]))
    return SOFT_BREAK.join(rows)


def _code(match: re.Match[bytes]) -> bytes:
    return b"=%02X" % match[0][0]


def _guarded(row: bytes) -> bytes:
    if row.startswith((b".", b"From ")):
        return b"=%02X" % row[0] + row[1:]
    return row
