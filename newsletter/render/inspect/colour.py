"""Colours of a mail: read, laid over each other, compared, and turned by forced dark schemes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from newsletter.render.colours import linear, luminance, ratio

Forced = Literal["inverted", "lifted"]
"""``inverted``: lightness turned over, as Gmail on iOS does; ``lifted``: turned over and
squeezed above a dark grey, as Outlook.com does."""

_GREY = 21.25
"""Lightness of #333333, the darkest that ``lifted`` makes (the base of Outlook's own formula)."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour in sRGB.

    Parameters
    ----------
    red, green, blue, alpha : float
        From 0 to 1.
    """

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    @property
    def css(self) -> str:
        """Six digits, opaque."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in self._parts)

    @property
    def luminance(self) -> float:
        """WCAG 2.2 relative luminance."""
        return luminance(*self._parts)

    @property
    def _parts(self) -> tuple[float, float, float]:
        return self.red, self.green, self.blue

    def over(self, ground: "Colour") -> "Colour":
        """Lay this colour over an opaque ground."""
        mixed = [
            own * self.alpha + below * (1 - self.alpha)
            for own, below in zip(self._parts, ground._parts, strict=True)
        ]
        return Colour(mixed[0], mixed[1], mixed[2])


BLACK, WHITE, LINK = Colour(0, 0, 0), Colour(1, 1, 1), Colour(0, 0, 238 / 255)
DARK_CANVAS, DARK_LINK = Colour(18 / 255, 18 / 255, 18 / 255), Colour(158 / 255, 158 / 255, 1)
"""Chromium's canvas and links where a page follows a dark colour scheme."""


def read(tokens: Sequence[Any]) -> Colour | None:
    """Return the colour of a value, None when it names none.

    Parameters
    ----------
    tokens : sequence
        tinycss2's; of a shorthand such as ``background`` the first
        colour counts.
    """
    from tinycss2 import color4

    for token in tokens:
        if token.type not in {"ident", "hash", "function"}:
            continue
        found = color4.parse_color(token)
        if found is not None and not isinstance(found, str):
            red, green, blue = (min(1.0, max(0.0, float(p or 0))) for p in found.to("srgb")[:3])
            return Colour(red, green, blue, float(found.alpha))
    return None


def contrast(one: Colour, other: Colour) -> float:
    """Return the WCAG 2.2 contrast ratio, from 1 to 21.

    Examples
    --------
    >>> round(contrast(BLACK, WHITE), 1)
    21.0
    """
    return ratio(one.luminance, other.luminance)


@lru_cache(maxsize=1_024)
def forced(colour: Colour, how: Forced) -> Colour:
    """Turn a colour as a forced dark scheme does: its CIE lightness, hue kept.

    Parameters
    ----------
    colour : Colour
        Opaque or not; alpha stays.
    how : {"inverted", "lifted"}
        Which scheme; both are approximations of programs that publish no formula.

    Examples
    --------
    >>> forced(WHITE, "inverted").css, forced(WHITE, "lifted").css
    ('#000000', '#333333')
    """
    light, a, b = _lab(colour)
    dark = 100 - light
    if how == "lifted":
        dark = dark * (100 - _GREY) / 100 + _GREY
    return _from_lab(dark, a, b, colour.alpha)


def _gamma(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _lab(colour: Colour) -> tuple[float, float, float]:
    """Convert to CIE L*a*b*, white point D65 (IEC 61966-2-1, CIE 15)."""
    r, g, b = (linear(part) for part in (colour.red, colour.green, colour.blue))
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _from_lab(light: float, a: float, b: float, alpha: float) -> Colour:
    middle = (light + 16) / 116
    x, y, z = (
        t**3 if t > 6 / 29 else 3 * (6 / 29) ** 2 * (t - 4 / 29)
        for t in (middle + a / 500, middle, middle - b / 200)
    )
    x, z = x * 0.9505, z * 1.089
    red = 3.2406 * x - 1.5372 * y - 0.4986 * z
    green = -0.9689 * x + 1.8758 * y + 0.0415 * z
    blue = 0.0557 * x - 0.204 * y + 1.057 * z
    return Colour(_gamma(red), _gamma(green), _gamma(blue), alpha)
