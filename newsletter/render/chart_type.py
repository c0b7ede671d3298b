"""Type of the charts: the house's own face, its widths, and what it cannot write."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties, get_font

_OWN = Path(__file__).parent / "fonts"
_KEPT = 4096
"""Words whose widths are remembered; names are not ours to bound."""
_LONGEST = 120
_HINTING = 64
"""Parts of a pixel that FreeType counts in."""


@cache
def font(size: float, bold: bool, own: bool = True) -> FontProperties:
    """Return a face at a size.

    Parameters
    ----------
    size : float
        CSS pixels of the printed picture.
    bold : bool
        The semibold cut.
    own : bool
        Inter; otherwise the face that comes with matplotlib and writes more scripts.
    """
    return FontProperties(fname=_path(bold, own), size=size)


@cache
def _path(bold: bool, own: bool) -> str:
    if own:
        return str(_OWN / ("Inter-SemiBold.ttf" if bold else "Inter-Regular.ttf"))
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(matplotlib.get_data_path(), "fonts", "ttf", name))


@cache
def _writes(own: bool) -> frozenset[int]:
    return frozenset(get_font(_path(False, own)).get_charmap())


@lru_cache(maxsize=_KEPT)
def written(words: str) -> tuple[str, bool]:
    """Return words as a chart can write them, and whether Inter can.

    White space becomes one blank, control characters go, and a sign that neither face has
    becomes a question mark.

    Examples
    --------
    >>> written("a  b")
    ('a b', True)
    """
    shown = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", words))
    shown = "".join(c for c in shown if unicodedata.category(c)[0] != "C")
    shown = " ".join(shown.split())
    own = all(ord(c) in _writes(True) for c in shown)
    if not own:
        shown = "".join(c if ord(c) in _writes(False) else "?" for c in shown)
    return shown, own


@lru_cache(maxsize=_KEPT)
def width(words: str, size: float = 18, bold: bool = False) -> float:
    """Return how wide words are printed, CSS pixels, without kerning."""
    shown, own = written(words)
    face = get_font(_path(bold, own))
    return sum(_advances(face.fname, bold, own).get(ord(c), 0.6) for c in shown) * size


@cache
def _advances(_fname: str, bold: bool, own: bool) -> dict[int, float]:
    """Return each sign's advance in ems."""
    face = get_font(_path(bold, own))
    em = 1000.0
    face.set_size(em, 72)
    found = {}
    for sign in face.get_charmap():
        if sign < 0x2600:
            found[sign] = face.load_char(sign).horiAdvance / _HINTING / em
    return found


def fitted(words: str, room: float, size: float = 18, bold: bool = False) -> str:
    """Return words cut to a width with an ellipsis where they are too long.

    Examples
    --------
    >>> fitted("financials", 500), fitted("financials", 60)
    ('financials', 'finan…')
    """
    if width(words, size, bold) <= room:
        return words
    shown = written(words)[0][:_LONGEST]
    while shown and width(shown + "…", size, bold) > room:
        shown = shown[:-1]
    return shown.rstrip() + "…" if shown else ""
