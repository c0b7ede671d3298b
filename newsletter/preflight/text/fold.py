"""Fold: text as a reader's eye takes it, with a way back to every original character.

Checks must not be fooled by characters that look like others or like nothing. Folding
applies NFKC, drops invisible characters (zero width, soft hyphens, combining marks),
maps digits of every script, minus signs and look-alike letters, and keeps the offset of
each remaining character, so that a finding always points into the original text.
"""

import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.report import Span

_MINUS = "−﹣－˗⁻₋➖‒"
_HYPHEN = "‐‑⁃"
_PAIRS = {
    "а": "a", "в": "b", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "м": "m", "н": "h",
    "о": "o", "р": "p", "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "ԁ": "d", "ԛ": "q",
    "ԝ": "w", "ѵ": "v", "ь": "b", "ӏ": "l", "г": "r", "п": "n", "А": "A", "В": "B", "Е": "E",
    "Ѕ": "S", "І": "I", "Ј": "J", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C",
    "Т": "T", "У": "Y", "Х": "X", "Ԍ": "G", "Ѵ": "V", "Ү": "Y", "ү": "y", "Ꮤ": "W", "α": "a",
    "β": "b", "γ": "y", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p",
    "σ": "o", "τ": "t", "υ": "u", "χ": "x", "ω": "w", "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z",
    "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y",
    "Χ": "X", "ı": "i", "ɑ": "a", "ɡ": "g", "ʏ": "y", "ɩ": "i", "ᴏ": "o", "ѡ": "w", "ո": "n",
    "օ": "o", "ս": "u", "հ": "h", "ց": "g", "ł": "l", "ø": "o", "đ": "d",
}  # fmt: skip
_LOOKALIKE = {
    **_PAIRS,
    **dict.fromkeys(_MINUS, "−"),
    **dict.fromkeys(_HYPHEN, "-"),
    "٪": "%", "٫": ".", "․": ".", "‚": ",", "٬": ",", "’": "'", "‘": "'", "ʼ": "'",
    "“": '"', "”": '"', "⁄": "/", "∕": "/", "⠀": " ", "ㅤ": "", "ﾠ": "", "\u115f": "", "\u1160": "",
}  # fmt: skip
_ODD = compiled(r"[^\x20-\x7e]|(?<![\x21-\x7e]) ")
"""What is no plain character; a single space behind one is."""
_LONGEST = 4
"""Compatibility expansions longer than this are left alone, so that size is bounded."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the original offset of each of its characters.

    Parameters
    ----------
    text : str
        What to match on.
    offsets : sequence of int
        Original offset of each character, ascending.
    end : int
        Original offset just behind the text.
    """

    text: str
    offsets: Sequence[int]
    end: int

    def span(self, start: int, end: int) -> Span:
        """Return the original span of ``text[start:end]``; empty spans stay empty."""
        if start >= len(self.offsets):
            return Span(self.end, self.end)
        first = self.offsets[start]
        return Span(first, self.offsets[end - 1] + 1 if end > start else first)


def fold(original: str, offsets: Sequence[int] | None = None) -> Folded:
    r"""Fold a text.

    Parameters
    ----------
    original : str
        Any text, hostile or not; time and size are linear in it.
    offsets : sequence of int, optional
        Offset of each character in some larger text; by default its own position.

    Returns
    -------
    Folded
        Runs of white space have become one space.

    Examples
    --------
    >>> fold("b\N{SOFT HYPHEN}uy \N{FULLWIDTH DIGIT TWO}0.9\N{FULLWIDTH PERCENT SIGN}").text
    'buy 20.9%'
    """
    where: Sequence[int] = range(len(original)) if offsets is None else offsets
    end = where[-1] + 1 if len(where) else 0
    out: list[str] = []
    kept = array("q")  # unlike a list it holds nothing that a collector of garbage looks at
    position = 0
    for odd in _ODD.finditer(original):
        if odd.start() > position:
            out.append(original[position : odd.start()])
            kept.extend(where[position : odd.start()])
        position = odd.end()
        piece = _piece(odd[0])
        if piece == " " and (not out or out[-1][-1] == " "):
            continue
        if piece:
            out.append(piece)
            kept.extend([where[odd.start()]] * len(piece))
    if not position:
        return Folded(original, where, end)
    out.append(original[position:])
    kept.extend(where[position:])
    return Folded("".join(out), kept, end)


def hidden(character: str) -> bool:
    """Tell whether a character shows nothing: zero width, soft hyphen, direction mark."""
    return (
        unicodedata.category(character) in {"Cf", "Cn", "Co", "Cs"} or character in "ㅤﾠ\u115f\u1160"
    )


@lru_cache(maxsize=4096)
def _piece(character: str) -> str:
    """Return what one character is read as; empty where it shows nothing."""
    if character.isspace() or unicodedata.category(character) in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    if character in _LOOKALIKE:
        return _LOOKALIKE[character]
    if character in "–—·":
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if hidden(character):
        return ""
    plain = unicodedata.normalize("NFKD", character)
    if len(plain) > _LONGEST:
        return character
    marks = {"Mn", "Me"}
    kept = (_LOOKALIKE.get(c, c) for c in plain if unicodedata.category(c) not in marks)
    return "".join(" " if c.isspace() else c for c in kept)
