"""The port of a chart: one file, one decorated function, a ledger in and a plate out.

A chart draws on a `Canvas` measured in CSS pixels of the printed picture, so a font of
18 is 18 pixels in a 560-pixel column and still nine on the narrowest phone. Nothing
touches pyplot or any other global figure state.
"""

import io
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image as Pillow

from newsletter import registry
from newsletter.compute.facts import Ledger
from newsletter.render.rendered import Image

CHARTS = "newsletter.render.charts"
WIDTH = 560
"""Printed width of every chart, CSS pixels."""
SCALE = 2
"""Device pixels for one CSS pixel."""
COLOURS = 64
"""Size of the picture's palette: a flat drawing needs no more."""

PAPER = "#fbfaf7"
INK = "#1d2330"
MUTED = "#5a6170"
RULE = "#d9d5cc"
BLUE = "#1f5fa6"
ORANGE = "#bf5410"
PALE_BLUE = "#9dc0e6"
PALE_ORANGE = "#f0b78f"
STAMP = "#ffd84d"

_DRAWING = threading.Lock()  # matplotlib's settings are the process's own


@dataclass(frozen=True, slots=True)
class Plate:
    """A finished chart with the words that stand around it.

    Parameters
    ----------
    image : Image
        Picture with its text alternative.
    title : str
        Printed above.
    caption : str
        Printed below: what the colours mean, which kind of return.
    """

    image: Image
    title: str
    caption: str


Draw = Callable[[Ledger], Plate | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A registered chart.

    Parameters
    ----------
    id : str
        Name that a draft asks for.
    draw : callable
        ``Ledger -> Plate or None``; None where its data are missing; pure.
    doc : str
        Its docstring.
    """

    id: str
    draw: Draw
    doc: str


def chart(id: str) -> Callable[[Draw], Chart]:
    """Register a function as a chart.

    Parameters
    ----------
    id : str
        Unique among chart files; also the picture's Content-ID stem.

    Returns
    -------
    callable
        Decorator that turns the function into a `Chart`.
    """

    def wrap(draw: Draw) -> Chart:
        return Chart(id, draw, (draw.__doc__ or "").strip())

    return wrap


@cache
def charts() -> dict[str, Chart]:
    """Return every chart found in ``render/charts``, by id, in sorted order."""
    return registry.collect(
        value
        for module in registry.modules(CHARTS)
        for value in vars(module).values()
        if isinstance(value, Chart)
    )


def plates(names: Iterable[str], ledger: Ledger) -> tuple[Plate, ...]:
    """Draw the charts a draft asks for, leaving out those that cannot be drawn.

    Parameters
    ----------
    names : iterable of str
        Chart ids; unknown ones and repetitions are passed over.
    ledger : Ledger
        The only source of figures.

    Returns
    -------
    tuple of Plate
        In the order asked for.
    """
    known = charts()
    wanted = [known[name] for name in dict.fromkeys(names) if name in known]
    return tuple(plate for one in wanted if (plate := one.draw(ledger)) is not None)


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
        self.height = round(height + (34 if simulated else 0))
        figure = Figure(figsize=(WIDTH / 72, self.height / 72), dpi=72 * SCALE, facecolor=PAPER)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(self.height, 0)
        self._figure, self._axes = figure, axes
        if simulated:
            self.box(0, height, WIDTH, 34, STAMP)
            words = "SAMPLE DATA: simulated market"
            self.text(WIDTH / 2, height + 17, words, size=17, bold=True, align="center")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 18,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        """Write `words` with their vertical middle at `y`."""
        self._axes.text(
            x, y, words, color=colour, ha=align, va="center_baseline", parse_math=False,
            fontproperties=_font(size, bold),
        )  # fmt: skip

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, *, radius: float = 0
    ) -> None:
        """Fill a rectangle whose top left corner is at `x`, `y`."""
        if radius:
            style = f"round,pad=0,rounding_size={min(radius, width / 2, height / 2)}"
            self._axes.add_patch(
                FancyBboxPatch((x, y), width, height, boxstyle=style, fc=colour, lw=0)
            )
        else:
            self._axes.add_patch(Rectangle((x, y), width, height, fc=colour, lw=0))

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
        self._axes.add_line(
            Line2D(
                list(xs), list(ys), color=colour, lw=width,
                ls=(0, (4, 2.5)) if dashed else "-",
                solid_capstyle="round", solid_joinstyle="round",
            )
        )  # fmt: skip

    def dot(self, x: float, y: float, *, colour: str, size: float = 9) -> None:
        """Draw a dot with a paper-coloured rim."""
        self._axes.add_line(
            Line2D([x], [y], marker="o", ms=size, mfc=colour, mec=PAPER, mew=1.5, ls="none")
        )

    def image(self, name: str, alt: str) -> Image:
        """Return the finished picture: same ledger, same bytes."""
        with _DRAWING, matplotlib.rc_context():
            matplotlib.rcdefaults()
            raw = io.BytesIO()
            self._figure.savefig(raw, format="png", dpi=72 * SCALE, metadata={"Software": None})
        raw.seek(0)
        return Image(name, alt, _quantised(raw), WIDTH, self.height)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between two values, at most `most` of them.

    Examples
    --------
    >>> ticks(0.31, 0.447)
    [0.35, 0.4]
    >>> ticks(38, 91)
    [40.0, 60.0, 80.0]
    """
    span = max(high - low, 1e-9)
    power = 10.0 ** int(f"{span:e}".split("e")[1])
    for step in (power * f for f in (0.1, 0.2, 0.5, 1, 2, 5)):
        first = -(-low // step)
        count = int(high // step - first) + 1
        if count <= most:
            return [round((first + k) * step, 12) for k in range(count)]
    return []


@cache
def _font(size: float, bold: bool) -> FontProperties:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    bundled = Path(matplotlib.get_data_path(), "fonts", "ttf", name)
    return FontProperties(fname=str(bundled), size=size)


def _quantised(png: io.BytesIO) -> bytes:
    """Reduce to a palette: a third of the size, nothing lost to the eye."""
    out = io.BytesIO()
    with Pillow.open(png) as picture:
        flat = picture.convert("RGB").quantize(
            colors=COLOURS, method=Pillow.Quantize.MEDIANCUT, dither=Pillow.Dither.NONE
        )
        flat.save(out, format="PNG", optimize=True)
    return out.getvalue()
