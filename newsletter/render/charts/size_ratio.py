"""The first of the size pairs: its ratio, the ratio's average, and the line it broke or meets."""

import datetime as dt

from newsletter.compute.facts import Fact, Ledger, Series
from newsletter.render.chart import Plate, chart
from newsletter.render.chart_canvas import BLUE, INK, MUTED, ORANGE
from newsletter.render.chart_lines import Mark, Trace, drawable, frame

_PREFERRED = "IWM/SPY.ratio"
_ALL = 10_000
_LINES = (
    ("resistance", "broken out"), ("support", "broken down"), ("resistance", "testing"),
    ("support", "testing"), ("resistance", "below"), ("support", "above"),
)  # fmt: skip
"""Which line is drawn: the first of these that is so."""
_SAID = {
    "broken out": "broke above its resistance line",
    "broken down": "broke below its support line",
    "below": "is below its resistance line",
    "above": "is above its support line",
}


@chart("size_ratio")
def size_ratio(ledger: Ledger) -> Plate | None:
    """Draw a pair's ratio against its own average and the trend line in force.

    The pair is small against large caps where the ledger has it, else the first ratio
    series in order of id. With a trend line the picture reaches back to the line's first
    touch, by week, and a break is marked; without one it shows a trading year, by day.

    Parameters
    ----------
    ledger : Ledger
        Source of ``A/B.ratio``, ``A/B.ratio.50d_average``, the series ``A/B.trend.*`` and
        the pair's facts.

    Returns
    -------
    Plate or None
        None where there is no ratio series.
    """
    series = _ratio(ledger)
    if series is None:
        return None
    pair = series.id.removesuffix(".ratio")
    line = _line(ledger, pair)
    weekly, average = ledger.series.get(f"{pair}.trend.weekly"), _average(ledger, series.id)
    if line is not None and drawable(weekly, _ALL):
        average = ledger.series.get(f"{pair}.trend.average")
    else:
        weekly, line = None, None
    shown = weekly or series
    canvas = frame(
        _traces(ledger, pair, shown, average, line),
        simulated=ledger.simulated,
        since=line.dates[0] if line is not None else None,
        mark=_mark(ledger, line),
    )
    first, second = pair.split("/", 1)
    when = "at the end of each week" if line is not None else "at each close of the past year"
    return Plate(
        canvas.image("size_ratio", _alt(ledger, series, average, line)),
        f"Leadership: {first} ÷ {second}",
        f"{first} divided by {second} {when}. A rising line means that {first} is doing better.",
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


def _line(ledger: Ledger, pair: str) -> Series | None:
    for side, state in _LINES:
        fact, line = ledger.get(f"{pair}.trend.{side}.state"), f"{pair}.trend.{side}"
        if fact is not None and fact.value == state and drawable(ledger.series.get(line), _ALL):
            return ledger.series[line]
    return None


def _traces(
    ledger: Ledger, pair: str, shown: Series, average: Series | None, line: Series | None
) -> list[Trace]:
    close, gap = ledger.get(f"{pair}.ratio.close"), ledger.get(f"{pair}.ratio.50d_gap")
    told = (close.forms["plain"],) if close is not None else ()
    traces = [Trace(shown, (*told, "ratio"), BLUE)]
    if average is not None:
        days, word = _window(gap).split(" ")[0], "average"
        traces.append(Trace(average, (days, word), ORANGE, dashed=True, ends=False, width=2.2))
    if line is not None:
        side = line.id.rpartition(".")[2]
        traces.append(Trace(line, (side,), MUTED, ends=False, width=2))
    return traces


def _mark(ledger: Ledger, line: Series | None) -> Mark | None:
    if line is None:
        return None
    state, since = ledger.get(f"{line.id}.state"), ledger.get(f"{line.id}.since")
    if state is None or since is None or not isinstance(since.value, dt.date):
        return None
    if state.value not in {"broken out", "broken down"}:
        return None
    return Mark(since.value, (str(state.value).capitalize(), since.forms["plain"]), INK)


def _window(gap: Fact | None) -> str:
    return f"{gap.lookback}-day average" if gap and gap.lookback else "moving average"


def _alt(ledger: Ledger, series: Series, average: Series | None, line: Series | None) -> str:
    first, second = series.id.removesuffix(".ratio").split("/", 1)
    gap = ledger.get(f"{series.id}.50d_gap")
    span = "" if line is not None else " over the past year"
    alt = f"Line chart of {first} divided by {second}{span}"
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
    return alt + _trend(ledger, line, f"The ratio of {first} to {second}")


def _trend(ledger: Ledger, line: Series | None, subject: str) -> str:
    if line is None:
        return ""
    state, since = ledger.get(f"{line.id}.state"), ledger.get(f"{line.id}.since")
    side = line.id.rpartition(".")[2]
    if state is None:
        return ""
    said = _SAID.get(str(state.value), f"is testing its {side} line")
    marked = _mark(ledger, line)
    when = f" on {since.forms['plain']}" if since is not None and marked else ""
    return f" {subject} {said}{when}."
