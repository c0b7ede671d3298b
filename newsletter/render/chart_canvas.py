"""The canvas of the charts: house colours, and shapes measured in printed CSS pixels.

It speaks to matplotlib's Agg renderer without figure, axes or any global state, which
halves the time of a picture and leaves nothing that a caller's settings could change.
"""

import io
import math
import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

import matplotlib
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image as Pillow

from newsletter.render import chart_type
from newsletter.render.chart import WIDTH
from newsletter.render.rendered import Image

SCALE = 2
"""Device pixels for one CSS pixel."""
COLOURS = 128
"""Size of the picture's palette: a flat drawing needs no more."""
MOST_BYTES = 60_000
SMALL = 18
"""Least size of type: nine pixels and more on the narrowest phone."""
STAMP_HEIGHT = 34

PAPER = "#fbfaf7"
INK = "#1d2330"
MUTED = "#5a6170"
EDGE = "#7d8490"
RULE = "#dfdbd2"
BLUE = "#1f5fa6"
ORANGE = "#ab470c"
FAINT_BLUE = "#4f80b8"
FAINT_ORANGE = "#b9683a"
SKY = "#dde8f4"
SAND = "#f8e3d3"
HAZE = "#eae8e2"
STAMP = "#ffd84d"

TEXT = (INK, MUTED, BLUE, ORANGE)
"""Colours of words: 4.5 to 1 against the paper and every tint."""
MARKS = (INK, MUTED, EDGE, BLUE, ORANGE, FAINT_BLUE, FAINT_ORANGE)
"""Colours of lines, dots and bars: 3 to 1 against the paper and every tint."""
TINTS = (PAPER, SKY, SAND, HAZE)
"""Grounds that words may stand on."""

_AROUND = [(x, y) for x in (-3.0, 3.0) for y in (-3.0, 3.0)]
"""Device pixels by which a rim of type is moved."""
_CIRCLE = [(math.cos(math.tau * k / 48), math.sin(math.tau * k / 48)) for k in range(49)]
_CAP = 0.727  # height of Inter's capitals, ems
_SETTINGS: dict[Any, Any] = {
    "agg.path.chunksize": 0, "path.simplify": True, "path.simplify_threshold": 1 / 9,
    "path.snap": False, "text.antialiased": True, "text.hinting": "none",
}  # fmt: skip
_RENDERER: Any = RendererAgg  # its methods are not typed
_DRAWING = threading.Lock()  # matplotlib's settings are the process's own

Align = Literal["left", "center", "right"]


class Canvas:
    """A light card, 560 CSS pixels wide, origin at the top left, y downwards.

    Parameters
    ----------
    height : float
        Printed height without the stamp, CSS pixels.
    simulated : bool
        True adds a band at the foot that says so.
    """

    def __init__(self, height: float, *, simulated: bool) -> None:
        self.height = round(height + (STAMP_HEIGHT if simulated else 0))
        self._drawn: list[Callable[[Any], None]] = []
        self._flip = Affine2D().scale(SCALE, -SCALE).translate(0, self.height * SCALE)
        self.box(0, 0, WIDTH, self.height, PAPER)
        if simulated:
            self.box(0, height, WIDTH, STAMP_HEIGHT, STAMP)
            words = "SAMPLE DATA: simulated market"
            self.text(WIDTH / 2, height + 17, words, bold=True, align="center")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = SMALL,
        colour: str = INK,
        bold: bool = False,
        align: Align = "left",
        halo: str = "",
    ) -> None:
        """Write `words` with the middle of their capitals at `y`, on a rim of colour `halo`."""
        shown, own = chart_type.written(words)
        if not shown:
            return
        before = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        x -= before * chart_type.width(words, size, bold)
        face = chart_type.font(size, bold, own)
        at = x * SCALE, (y + _CAP * size / 2) * SCALE

        def draw(on: Any) -> None:
            for across, down in _AROUND if halo else ():
                on.draw_text(_pen(on, halo), at[0] + across, at[1] + down, shown, face, 0)
            on.draw_text(_pen(on, colour), *at, shown, face, 0)

        self._drawn.append(draw)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle whose top left corner is at `x`, `y`."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.shape(corners, colour)

    def shape(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill a polygon."""
        self._path([*points, points[0]], fill=colour)

    def area(
        self, xs: Sequence[float], tops: Sequence[float], bottoms: Sequence[float], colour: str
    ) -> None:
        """Fill the ground between two lines over the same places."""
        there = list(zip(xs, tops, strict=True))
        self.shape([*there, *reversed(list(zip(xs, bottoms, strict=True)))], colour)

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        colour: str = RULE,
        width: float = 1,
        dashed: bool = False,
    ) -> None:
        """Draw a line through points; a NaN interrupts it."""
        if len(xs) < 2:
            return
        points = list(zip(xs, ys, strict=True))
        self._path(points, colour=colour, width=width, dashed=dashed)

    def dot(self, x: float, y: float, *, colour: str, size: float = 9) -> None:
        """Draw a dot with a paper-coloured rim."""
        for radius, fill in ((size / 2 + 1.4, PAPER), (size / 2, colour)):
            ring = [(x + radius * across, y + radius * down) for across, down in _CIRCLE]
            self._path(ring, fill=fill)

    def arrow(self, x: float, y: float, *, up: bool, colour: str, size: float = 9) -> None:
        """Draw a triangle that points up or down, its middle at `x`, `y`."""
        tip, half = (-1 if up else 1) * size * 0.45, size * 0.55
        self.shape([(x - half, y - tip), (x + half, y - tip), (x, y + tip)], colour)

    def hatch(self, x: float, y: float, width: float, height: float, colour: str = EDGE) -> None:
        """Draw slanted lines over a rectangle: nothing is known here."""
        for start in range(-math.ceil(height), math.ceil(width), 9):
            left, right = max(float(start), 0.0), min(start + height, width)
            if right > left:
                ys = [y + height - (left - start), y + height - (right - start)]
                self.line([x + left, x + right], ys, colour=colour, width=0.7)

    def image(self, name: str, alt: str) -> Image:
        """Return the finished picture: same ledger, same bytes."""
        size = (WIDTH * SCALE, self.height * SCALE)
        with _DRAWING, matplotlib.rc_context(_SETTINGS):
            renderer = _RENDERER(*size, 72 * SCALE)
            for draw in self._drawn:
                draw(renderer)
        raw = Pillow.frombytes("RGBA", size, bytes(renderer.buffer_rgba()))
        return Image(name, alt, _png(raw.convert("RGB")), WIDTH, self.height)

    def _path(
        self,
        points: Sequence[tuple[float, float]],
        *,
        fill: str | None = None,
        colour: str = INK,
        width: float = 0,
        dashed: bool = False,
    ) -> None:
        def draw(on: Any) -> None:
            pen = _pen(on, fill or colour, width)
            if dashed:
                pen.set_dashes(0, [4 * width * SCALE, 2.5 * width * SCALE])
            path = Path(points, closed=fill is not None)  # asks for the settings when made
            on.draw_path(pen, path, self._flip, None if fill is None else to_rgba(fill))

        self._drawn.append(draw)


def _pen(on: Any, colour: str, width: float = 0) -> GraphicsContextBase:
    pen: GraphicsContextBase = on.new_gc()
    pen.set_foreground(to_rgba(colour), isRGBA=True)
    pen.set_linewidth(width * SCALE)
    pen.set_antialiased(True)
    pen.set_capstyle("butt" if width < 1.5 else "round")
    pen.set_joinstyle("round")
    return pen


def finite(value: float) -> bool:
    """Tell whether a number can be drawn: known, and not beyond what pixels can show."""
    return math.isfinite(value) and abs(value) < 1e12


def _png(picture: Pillow.Image) -> bytes:
    """Reduce to a palette and write; pressed harder only where it is too large."""
    for colours, level in ((COLOURS, 6), (COLOURS, 9), (COLOURS // 2, 9), (COLOURS // 4, 9)):
        flat = picture.quantize(
            colors=colours, method=Pillow.Quantize.FASTOCTREE, dither=Pillow.Dither.NONE
        )
        out = io.BytesIO()
        flat.save(out, format="PNG", compress_level=level)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()
