"""The first of the size pairs: its ratio and the ratio's average."""

from newsletter.compute.facts import Fact, Ledger, Series
from newsletter.render.chart import BLUE, ORANGE, Plate, chart
from newsletter.render.chart_lines import Trace, drawable, frame

_PREFERRED = "IWM/SPY.ratio"


@chart("size_ratio")
def size_ratio(ledger: Ledger) -> Plate | None:
    """Draw a pair's ratio against its own average, over a trading year.

    The pair is small against large caps where the ledger has it, else the first ratio
    series in order of id. The text alternative is written from the pair's facts.

    Parameters
    ----------
    ledger : Ledger
        Source of ``A/B.ratio``, ``A/B.ratio.50d_average`` and the pair's facts.

    Returns
    -------
    Plate or None
        None where there is no ratio series.
    """
    series = _ratio(ledger)
    if series is None:
        return None
    first, second = series.id.removesuffix(".ratio").split("/", 1)
    average = _average(ledger, series.id)
    gap = ledger.get(f"{series.id}.50d_gap")
    traces = [Trace(series, f"{first} divided by {second}", BLUE)]
    if average is not None:
        traces.append(Trace(average, f"Its {_window(gap)}", ORANGE, dashed=True))
    canvas = frame(traces, percent=False, simulated=ledger.simulated)
    return Plate(
        canvas.image("size_ratio", _alt(ledger, series, average, gap)),
        f"Leadership: {first} ÷ {second}",
        f"{first} divided by {second} at each close of the past year. "
        f"A rising line means that {first} is doing better.",
    )


def _ratio(ledger: Ledger) -> Series | None:
    ids = [id for id in ledger.series if id.endswith(".ratio") and "/" in id]
    for id in sorted(ids, key=lambda name: (name != _PREFERRED, name)):
        if drawable(ledger.series[id]):
            return ledger.series[id]
    return None


def _average(ledger: Ledger, stem: str) -> Series | None:
    ids = [id for id in ledger.series if id.startswith(f"{stem}.") and id.endswith("_average")]
    found = [ledger.series[id] for id in sorted(ids) if drawable(ledger.series[id])]
    return found[0] if found else None


def _window(gap: Fact | None) -> str:
    return f"{gap.lookback}-day average" if gap and gap.lookback else "moving average"


def _alt(ledger: Ledger, series: Series, average: Series | None, gap: Fact | None) -> str:
    first, second = series.id.removesuffix(".ratio").split("/", 1)
    alt = f"Line chart of {first} divided by {second} over the past year"
    alt += f", with its {_window(gap)}." if average is not None else "."
    close = ledger.get(f"{series.id}.close")
    rank = ledger.get(f"{series.id}.percentile_1y")
    claims = []
    if close is not None:
        claims.append(f"closed at {close.forms['plain']}")
    if gap is not None:
        side = "below" if gap.number < 0 else "above"
        claims.append(f"stands {gap.forms['plain']} {side} its {_window(gap)}")
    if rank is not None:
        claims.append(f"is in the {rank.forms['plain']} percentile of its past year")
    if claims:
        alt += f" The ratio of {first} to {second} {', '.join(claims)}."
    return alt
