"""How many members stand above their own averages."""

from newsletter.compute.facts import Fact, Ledger, Series
from newsletter.render.chart import BLUE, ORANGE, Plate, chart
from newsletter.render.chart_lines import Trace, drawable, frame

_SHORT, _LONG = ".breadth.above_50d", ".breadth.above_200d"


@chart("breadth")
def breadth(ledger: Ledger) -> Plate | None:
    """Draw the shares of members above their shorter and longer average.

    Parameters
    ----------
    ledger : Ledger
        Source of the series ``ID.breadth.above_50d`` and ``.above_200d`` and of the facts
        of the same ids.

    Returns
    -------
    Plate or None
        None where neither series is there.
    """
    members = sorted({id.split(".", 1)[0] for id in ledger.series if id.endswith((_SHORT, _LONG))})
    for subject in members:
        traces = _traces(ledger, subject)
        if traces:
            canvas = frame(traces, percent=True, simulated=ledger.simulated)
            return Plate(
                canvas.image("breadth", _alt(ledger, traces)),
                "How many take part",
                "Share of index members that closed above their own moving average, "
                "over the past year.",
            )
    return None


def _traces(ledger: Ledger, subject: str) -> list[Trace]:
    traces = []
    for suffix, colour, dashed in ((_SHORT, BLUE, False), (_LONG, ORANGE, True)):
        series = ledger.series.get(subject + suffix)
        if series is not None and drawable(series):
            label = _label(ledger.get(series.id), series)
            traces.append(Trace(series, label, colour, dashed))
    return traces


def _window(fact: Fact | None, series: Series) -> str:
    if fact is not None and fact.lookback:
        return f"{fact.lookback}-day average"
    return "shorter average" if series.id.endswith(_SHORT) else "longer average"


def _label(fact: Fact | None, series: Series) -> str:
    words = f"above {_window(fact, series)}"
    return f"{fact.forms['plain']} {words}" if fact is not None else words.capitalize()


def _alt(ledger: Ledger, traces: list[Trace]) -> str:
    alt = "Line chart of market breadth over the past year."
    facts = [fact for trace in traces if (fact := ledger.get(trace.series.id)) is not None]
    for fact in facts:
        series = ledger.series[fact.id]
        alt += f" {fact.forms['plain']} of {fact.name} closed above their {_window(fact, series)}."
    return alt
