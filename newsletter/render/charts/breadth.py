"""How many members stand above their own averages, and where that lies in their past."""

from newsletter.compute.facts import Fact, Ledger, Series
from newsletter.render.chart import Plate, chart
from newsletter.render.chart_canvas import BLUE, ORANGE
from newsletter.render.chart_lines import Band, Trace, drawable, frame
from newsletter.render.chart_ranges import usual

_SHORT, _LONG = ".breadth.above_50d", ".breadth.above_200d"


@chart("breadth")
def breadth(ledger: Ledger) -> Plate | None:
    """Draw the shares of members above their shorter and longer average over a year.

    Behind them, where the ledger has it, the usual range of the first of them: all but the
    highest and the lowest tenth of the sessions known.

    Parameters
    ----------
    ledger : Ledger
        Source of the series ``ID.breadth.above_50d`` and ``.above_200d``, of their ranges
        and of the facts of the same ids.

    Returns
    -------
    Plate or None
        None where neither series is there.
    """
    ids = sorted({id.split(".", 1)[0] for id in ledger.series if id.endswith((_SHORT, _LONG))})
    for subject in ids:
        traces = _traces(ledger, subject)
        if traces:
            return _plate(ledger, traces)
    return None


def _plate(ledger: Ledger, traces: list[Trace]) -> Plate:
    first = traces[0].series
    levels = usual(ledger, f"{first.id}.range")
    window = _window(ledger.get(first.id), first).split(" ")[0]
    band = Band(*levels, ("usual range", f"of {window}")) if levels else None
    canvas = frame(traces, simulated=ledger.simulated, suffix="%", band=band, scale=(0.0, 100.0))
    caption = (
        "Share of index members that closed above their own moving average, over the past year."
    )
    if band is not None:
        caption += f" Shaded: the usual range of the {window} share, without its extreme tenths."
    return Plate(canvas.image("breadth", _alt(ledger, traces)), "How many take part", caption)


def _traces(ledger: Ledger, subject: str) -> list[Trace]:
    traces = []
    for suffix, colour, dashed in ((_SHORT, BLUE, False), (_LONG, ORANGE, True)):
        series = ledger.series.get(subject + suffix)
        if series is not None and drawable(series):
            names = _names(ledger.get(series.id), series)
            traces.append(Trace(series, names, colour, dashed))
    return traces


def _window(fact: Fact | None, series: Series) -> str:
    if fact is not None and fact.lookback:
        return f"{fact.lookback}-day average"
    return "shorter average" if series.id.endswith(_SHORT) else "longer average"


def _names(fact: Fact | None, series: Series) -> tuple[str, ...]:
    words = f"above {_window(fact, series).split(' ')[0]}"
    return (fact.forms["plain"], words) if fact is not None else (words,)


def _alt(ledger: Ledger, traces: list[Trace]) -> str:
    alt = "Line chart of market breadth over the past year."
    for trace in traces:
        fact = ledger.get(trace.series.id)
        if fact is None:
            continue
        window = _window(fact, trace.series)
        alt += f" {fact.forms['plain']} of {fact.name} closed above their {window}"
        rank = ledger.get(f"{fact.id}_percentile")
        alt += f", the {rank.forms['plain']} percentile of its past." if rank else "."
    return alt
