"""The volatility index over a year, in front of its usual range."""

from newsletter.compute.facts import Ledger, Series
from newsletter.render.chart import Plate, chart
from newsletter.render.chart_canvas import BLUE
from newsletter.render.chart_lines import Band, Trace, drawable, frame
from newsletter.render.chart_ranges import usual

_PREFERRED = "VIX"


@chart("vix")
def vix(ledger: Ledger) -> Plate | None:
    """Draw the index's closes of a trading year and the range of all but extreme tenths.

    Parameters
    ----------
    ledger : Ledger
        Source of the series ``VIX.level`` and ``VIX.range_1y.*`` and of the facts of the
        index: its level and percentile.

    Returns
    -------
    Plate or None
        None where there is no such series.
    """
    series = _series(ledger)
    if series is None:
        return None
    id = series.id.removesuffix(".level")
    level = ledger.get(series.id)
    label = level.name.removeprefix("the ") if level is not None else id
    names = (level.forms["plain"], label) if level is not None else (label,)
    levels = usual(ledger, f"{id}.range_1y")
    band = Band(*levels, ("usual range", "of a year")) if levels else None
    canvas = frame([Trace(series, names, BLUE)], simulated=ledger.simulated, band=band)
    shaded = " Shaded: its usual range, without the extreme tenths." if band else ""
    return Plate(
        canvas.image("vix", _alt(ledger, id, label)),
        "How nervous the market is",
        f"Closes of the {label} over the past year.{shaded}",
    )


def _series(ledger: Ledger) -> Series | None:
    ids = [id for id in ledger.series if id.endswith(".level")]
    for id in sorted(ids, key=lambda name: (name != f"{_PREFERRED}.level", name)):
        if drawable(ledger.series[id]):
            return ledger.series[id]
    return None


def _alt(ledger: Ledger, id: str, label: str) -> str:
    alt = f"Line chart of the {label} over the past year."
    level = ledger.get(f"{id}.level")
    if level is None:
        return alt
    alt += f" The {label} closed at {level.forms['plain']}"
    rank = ledger.get(f"{id}.percentile_1y")
    return alt + (f", in the {rank.forms['plain']} percentile of its past year." if rank else ".")
