"""The mail's colours: two come from the publication, the rest are chosen to be read."""

from dataclasses import dataclass
from typing import Literal

CONTRAST = 4.5
"""Least contrast of text against its ground (WCAG 2.2, AA)."""
FORCED = 5.5
"""Asked of the brand's accent, so that 4.5 is left where a client forces dark mode on it."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one scheme, six digits each, as every client wants them.

    Parameters
    ----------
    page, card, box : str
        Grounds: behind the mail, of the mail, of boxes in it.
    ink, body, muted, accent : str
        Headings, running text, small print, kicker and links.
    rule, zone : str
        Thin lines; a stretch of a scale that is not lit.
    up, down : str
        Gains and losses: blue and orange, told apart by every eye.
    close, on_close : str
        Ground of the verdict, and its text.
    """

    page: str
    card: str
    box: str
    ink: str
    body: str
    muted: str
    accent: str
    rule: str
    zone: str
    up: str
    down: str
    close: str
    on_close: str


def palette(ink: str, accent: str, scheme: Literal["light", "dark"]) -> Palette:
    """Return the colours of a scheme for a publication's brand.

    Parameters
    ----------
    ink, accent : str
        The brand's colours, ``#`` and six digits.
    scheme : str
        ``"light"`` or ``"dark"``.

    Returns
    -------
    Palette
        Brand colours shifted only as far as legibility asks.
    """
    if scheme == "dark":
        return Palette(
            page="#0e1013",
            card="#16191f",
            box="#1f242c",
            ink="#f4f1ea",
            body="#dcdad4",
            muted="#a4aab5",
            accent=legible(accent, "#1f242c"),
            rule="#343a45",
            zone="#4a5261",
            up="#8fc0f5",
            down="#f3ab7c",
            close="#262c36",
            on_close="#f4f1ea",
        )
    close = legible(ink, "#ffffff", 9.0)  # dark enough for white text at any weight
    return Palette(
        page="#efece5",
        card="#ffffff",
        box="#f7f4ee",
        ink=legible(ink, "#f7f4ee"),
        body="#262a33",
        muted="#545a66",
        accent=legible(accent, "#f7f4ee", FORCED),
        rule="#dedad1",
        zone="#c9c4b8",
        up="#1f5fa6",
        down="#ab470c",
        close=close,
        on_close="#ffffff",
    )


def legible(colour: str, ground: str, least: float = CONTRAST) -> str:
    """Shift a colour towards black or white until it can be read on a ground.

    Examples
    --------
    >>> legible("#a4551e", "#ffffff")
    '#a4551e'
    >>> contrast(legible("#ffee88", "#ffffff"), "#ffffff") >= 4.5
    True
    """
    towards = 0 if _luminance(ground) > 0.18 else 255
    parts = _parts(colour)
    for step in range(21):
        mixed = [round(part + (towards - part) * step / 20) for part in parts]
        shifted = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(shifted, ground) >= least:
            return shifted
    return "#000000" if towards == 0 else "#ffffff"


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    return ratio(_luminance(one), _luminance(other))


def linear(part: float) -> float:
    """Return a channel of sRGB, from 0 to 1, as light (IEC 61966-2-1)."""
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def luminance(red: float, green: float, blue: float) -> float:
    """Return WCAG 2.2 relative luminance of channels from 0 to 1."""
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def ratio(one: float, other: float) -> float:
    """Return the WCAG 2.2 contrast ratio of two luminances, from 1 to 21."""
    bright, dim = max(one, other), min(one, other)
    return (bright + 0.05) / (dim + 0.05)


def _parts(colour: str) -> list[int]:
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def _luminance(colour: str) -> float:
    red, green, blue = (part / 255 for part in _parts(colour))
    return luminance(red, green, blue)
