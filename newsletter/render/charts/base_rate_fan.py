"""What followed in the past when a signal read as it does tonight, over a quarter."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from newsletter.compute.facts import Fact, Ledger, Signal
from newsletter.compute.readings import HORIZON, Fan
from newsletter.render.chart import WIDTH, Plate, chart
from newsletter.render.chart_canvas import BLUE, EDGE, INK, MUTED, RULE, SKY, Canvas, finite
from newsletter.render.chart_labels import spread
from newsletter.render.chart_ticks import number, ticks
from newsletter.render.chart_type import width

_PREFERRED = "small_vs_large"
_INNER = "#b4d0ee"
_TOP, _BOTTOM, _HEIGHT = 66.0, 316.0, 366
_MONTHS = ((0, "today"), (21, "1 month"), (42, "2 months"), (63, "3 months"))
_ROW = 23.0
_AFTER = "after those"
_TOLD = (*(f"{HORIZON}d.{what}" for what in ("known", "median", "all_days_median", "verdict")),
         "since", "condition")  # fmt: skip
"""Facts without which nothing is drawn."""
_UNJUDGED = "judge for yourself"
_VERDICT = {
    "noise": "no further apart than chance would have it",
    "signal": "further apart than chance usually has it",
}


@chart("base_rate_fan")
def base_rate_fan(ledger: Ledger) -> Plate | None:
    """Draw the fan of past sequels with its median, against the median of all days.

    The signal is small against large caps where the ledger has its fan, else the first
    that has one in order of name.

    Parameters
    ----------
    ledger : Ledger
        Source of the signals' base rates and of the facts ``NAME.base_rate.63d.*``.

    Returns
    -------
    Plate or None
        None where no signal has a fan and the facts that tell of it.
    """
    found = _signal(ledger)
    if found is None:
        return None
    signal, fan = found
    canvas = Canvas(_HEIGHT, simulated=ledger.simulated)
    _draw(canvas, ledger, signal, fan)
    return Plate(
        canvas.image("base_rate_fan", _alt(ledger, signal.name)),
        "What followed before",
        "What followed the known cases: dark, their middle half; "
        "pale, all but the extreme tenths; solid, their median; dashed, the median of all days.",
    )


def _signal(ledger: Ledger) -> tuple[Signal, Fan] | None:
    for signal in sorted(ledger.signals, key=lambda s: (s.name != _PREFERRED, s.name)):
        fan = next((r.fan for r in signal.base_rates if r.horizon == HORIZON and r.fan), None)
        stem = f"{signal.name}.base_rate"
        if fan is not None and _sound(fan) and all(f"{stem}.{what}" in ledger for what in _TOLD):
            return signal, fan
    return None


def _sound(fan: Fan) -> bool:
    lines = _lines(fan)
    numbers = [float(value) for line in lines for value in line]
    known = all(finite(value) for value in numbers) and max(numbers) > min(numbers)
    return known and len(fan.ahead) > 1 and {len(line) for line in lines} == {len(fan.ahead)}


def _lines(fan: Fan) -> tuple[Sequence[Decimal], ...]:
    return (
        fan.low_tenth, fan.low_quarter, fan.median, fan.high_quarter, fan.high_tenth, fan.all_days,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scale:
    """Places of the picture: sessions across, changes up."""

    left: float
    right: float
    last: int
    low: float
    high: float

    def xs(self, ahead: Sequence[int]) -> list[float]:
        return [self.left + (self.right - self.left) * a / self.last for a in ahead]

    def ys(self, line: Sequence[float]) -> list[float]:
        high = self.high - self.low
        return [_BOTTOM - (v - self.low) / high * (_BOTTOM - _TOP) for v in line]


def _draw(canvas: Canvas, ledger: Ledger, signal: Signal, fan: Fan) -> None:
    stem = f"{signal.name}.base_rate.{HORIZON}d"
    ends = [ledger[f"{stem}.{what}"].forms["signed"] for what in ("median", "all_days_median")]
    lines = [[float(value) for value in line] for line in _lines(fan)]
    low, high = min(min(line) for line in lines), max(max(line) for line in lines)
    pad = (high - low) * 0.05
    places = ticks(low - pad, high + pad)
    step = min((b - a for a, b in itertools.pairwise(places)), default=high - low)
    words = [number(t, step) for t in places]
    left = 14 + max((width(w) for w in words), default=0.0) + 10
    right = WIDTH - 28 - max(width(w, bold=True) for w in (*ends, _AFTER))
    at = _Scale(left, right, fan.ahead[-1], low - pad, high + pad)
    xs, drawn = at.xs(fan.ahead), [at.ys(line) for line in lines]
    tenth, quarter, middle, upper, top, all_days = drawn
    canvas.area(xs, top, tenth, SKY)
    canvas.area(xs, upper, quarter, _INNER)
    for edge in (top, tenth, upper, quarter):
        canvas.line(xs, edge, colour=EDGE, width=0.7)
    for value, y, word in zip(places, at.ys(places), words, strict=True):
        canvas.line([left, right], [y, y], colour=INK if value == 0 else RULE, width=0.8)
        canvas.text(left - 10, y, word, colour=MUTED, align="right")
    canvas.line(xs, all_days, colour=INK, width=2, dashed=True)
    canvas.line(xs, middle, colour=BLUE, width=2.8)
    canvas.dot(xs[-1], middle[-1], colour=BLUE)
    _axis(canvas, at)
    _ends(canvas, right, (middle[-1], all_days[-1]), ends)
    _head(canvas, ledger, signal.name)


def _ends(canvas: Canvas, right: float, places: Sequence[float], told: Sequence[str]) -> None:
    """Name the two medians where they end."""
    apart = spread(places, [50, 50], _TOP, _BOTTOM)
    names = zip(apart, told, (_AFTER, "all days"), (BLUE, INK), strict=True)
    for y, figure, name, colour in names:
        canvas.text(right + 14, y - _ROW / 2, figure, colour=colour, bold=True)
        canvas.text(right + 14, y + _ROW / 2, name, colour=colour)


def _head(canvas: Canvas, ledger: Ledger, name: str) -> None:
    """Say how many cases there are and what they are worth."""
    known, since = _facts(ledger, name, f"{HORIZON}d.known", "since")
    verdict = str(ledger[f"{name}.base_rate.{HORIZON}d.verdict"].value)
    canvas.text(14, 20, f"{known.forms['plain']} cases since {since.forms['year']}", bold=True)
    worth = _VERDICT.get(verdict, _UNJUDGED)
    canvas.text(14, 44, f"{verdict.capitalize()}: {worth}", colour=MUTED)


def _facts(ledger: Ledger, name: str, *what: str) -> tuple[Fact, ...]:
    return tuple(ledger[f"{name}.base_rate.{one}"] for one in what)


def _axis(canvas: Canvas, at: _Scale) -> None:
    canvas.line([at.left, at.right], [_BOTTOM, _BOTTOM], colour=INK, width=1)
    shown = [(ahead, words) for ahead, words in _MONTHS if ahead <= at.last]
    for x, (_, words) in zip(at.xs([ahead for ahead, _ in shown]), shown, strict=True):
        canvas.line([x, x], [_BOTTOM, _BOTTOM + 6], colour=INK, width=1)
        place = max(x, 14 + width(words) / 2)
        canvas.text(place, _BOTTOM + 24, words, colour=MUTED, align="center")


def _alt(ledger: Ledger, name: str) -> str:
    known, median, usual, verdict = _facts(
        ledger,
        name,
        *(f"{HORIZON}d.{w}" for w in ("known", "median", "all_days_median", "verdict")),
    )
    since, condition = _facts(ledger, name, "since", "condition")
    return (
        f"Fan chart of what followed over the next quarter. In the {known.forms['word']} known "
        f"cases since {since.forms['year']} in which {median.name} was “{condition.value}”, the "
        f"median over the next quarter was {median.forms['signed']}, against "
        f"{usual.forms['signed']} for all days: {_VERDICT.get(str(verdict.value), _UNJUDGED)}."
    )
