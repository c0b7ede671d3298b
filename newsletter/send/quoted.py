"""Quoted-printable text with places left open for a reader's link.

A link cannot be replaced in finished quoted-printable bytes: lines are folded at 76
characters and ``=`` is itself encoded. Instead the text is cut at each link *before*
encoding, every piece is encoded from the start of a line, and a soft line break (which
decodes to nothing) stands wherever a piece and a link meet in the middle of a line. Any
link, encoded by itself, then fits between the pieces.
"""

SOFT_BREAK = b"=\r\n"
HARD_BREAK = b"\r\n"
_WIDTH = 73  # of at most 76: room for the soft break and for an encoded first character

_CODES = [
    bytes([byte]) if byte in b"\t " or (33 <= byte <= 126 and byte != ord("=")) else b"=%02X" % byte
    for byte in range(256)
]


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


def pieces(text: str, link: str) -> tuple[bytes, ...]:
    """Encode a text in pieces between which any link may be put.

    Parameters
    ----------
    text : str
        A whole body part.
    link : str
        What stands where each reader's link goes.

    Returns
    -------
    tuple of bytes
        One more than there are links. ``quoted(url).join(pieces)`` is the body part.
    """
    encoded = [quoted(piece) for piece in canonical(text).split(link)]
    last = len(encoded) - 1
    return tuple(
        _joinable(piece, after_link=number > 0, before_link=number < last)
        for number, piece in enumerate(encoded)
    )


def _joinable(piece: bytes, *, after_link: bool, before_link: bool) -> bytes:
    if after_link and not piece.startswith(HARD_BREAK):
        piece = SOFT_BREAK + piece
    if before_link and piece and not piece.endswith(HARD_BREAK):
        piece += SOFT_BREAK
    return piece


def _line(line: bytes) -> bytes:
    codes = [_CODES[byte] for byte in line]
    if line.endswith((b" ", b"\t")):
        codes[-1] = b"=%02X" % line[-1]
    rows: list[bytes] = []
    row = bytearray()
    for code in codes:
        if len(row) + len(code) > _WIDTH:
            rows.append(_guarded(row))
            row.clear()
        row += code
    rows.append(_guarded(row))
    return SOFT_BREAK.join(rows)


def _guarded(row: bytearray) -> bytes:
    if row.startswith((b".", b"From ")):
        return b"=%02X" % row[0] + row[1:]
    return bytes(row)
