"""The port of a chart: one file, one decorated function, a ledger in and a plate out.

A chart draws on a `newsletter.render.chart_canvas.Canvas` measured in CSS pixels of the
printed picture, so a font of 18 is 18 pixels in a 560-pixel column and still nine on the
narrowest phone.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from newsletter import registry
from newsletter.compute.facts import Ledger
from newsletter.render.rendered import Image

__all__ = ["CHARTS", "WIDTH", "Chart", "Draw", "Plate", "chart", "charts", "plates"]

CHARTS = "newsletter.render.charts"
WIDTH = 560
"""Printed width of every chart, CSS pixels. What draws is loaded when something is drawn."""


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
    found = (_drawn(one, ledger) for one in wanted)
    return tuple(plate for plate in found if plate is not None)


_KEPT = 24
"""Plates that are kept: a mail is laid out several times from the same facts."""
_PLATES: OrderedDict[tuple[str, str], Plate | None] = OrderedDict()
"""By chart and by the ledger's hash: a plate must not keep all of its ledger alive."""


def _drawn(one: Chart, ledger: Ledger) -> Plate | None:
    """Draw a chart once."""
    key = (one.id, ledger.sha256)
    if key in _PLATES:
        with suppress(KeyError):  # another thread has dropped it meanwhile
            return _PLATES[key]
    plate = _PLATES[key] = one.draw(ledger)
    while len(_PLATES) > _KEPT:
        with suppress(KeyError):
            _PLATES.popitem(last=False)
    return plate


def forget() -> None:
    """Forget what was drawn, as a benchmark must."""
    _PLATES.clear()
