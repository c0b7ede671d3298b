"""Sector funds over one and five sessions, best of the day first."""

import re

from newsletter.compute.facts import Fact, Ledger
from newsletter.render.chart import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PALE_BLUE,
    PALE_ORANGE,
    RULE,
    WIDTH,
    Canvas,
    Plate,
    chart,
)

_ROW = 40
_TOP = 46
_LEFT, _RIGHT = 196, 378  # where bars may reach
_DAY, _WEEK = 464, 548  # right edges of the columns of figures
_FUND = re.compile(r"^XL[A-Z]{1,2}$")

Row = tuple[Fact, Fact | None]


@chart("sectors")
def sectors(ledger: Ledger) -> Plate | None:
    """Draw the sector bars.

    Rows are the subjects with a day's rank (or, without ranks, the ``XL?`` funds); bars
    are ``return.1d.total`` (thick) and ``return.5d.total`` (thin), sorted by the day.
    Blue is a gain and orange a loss, told apart by direction and sign too.

    Parameters
    ----------
    ledger : Ledger
        Source of the facts.

    Returns
    -------
    Plate or None
        None with fewer than three sectors.
    """
    rows = _rows(ledger)
    if len(rows) < 3:
        return None
    canvas = Canvas(_TOP + _ROW * len(rows) + 8, simulated=ledger.simulated)
    zero, scale = _scale(rows)
    canvas.text(_DAY, 22, "Day", size=16, colour=MUTED, align="right")
    canvas.text(_WEEK, 22, "Week", size=16, colour=MUTED, align="right")
    canvas.line([14, WIDTH - 14], [38, 38])
    for number, row in enumerate(rows):
        _draw_row(canvas, row, _TOP + _ROW * (number + 0.5), zero, scale)
    bottom = _TOP + _ROW * len(rows)
    canvas.line([zero, zero], [_TOP, bottom], colour=INK, width=1)
    week = any(five for _, five in rows)
    caption = "Total return of each sector fund. Thick bar: the session."
    return Plate(
        canvas.image("sectors", _alt(rows)),
        "Where the money moved, by sector",
        caption + (" Thin bar: the week, five sessions." if week else ""),
    )


def _rows(ledger: Ledger) -> list[Row]:
    ranked = {fact.subject for fact in ledger if fact.metric == "rank"}
    funds = {fact.subject for fact in ledger if _FUND.match(fact.subject)}
    rows: list[Row] = []
    for subject in sorted((ranked & funds) or funds):
        day = ledger.get(f"{subject}.return.1d.total")
        if day is not None:
            rows.append((day, ledger.get(f"{subject}.return.5d.total")))
    return sorted(rows, key=lambda row: (-row[0].number, row[0].subject))


def _scale(rows: list[Row]) -> tuple[float, float]:
    values = [float(fact.number) for row in rows for fact in row if fact is not None]
    low, high = min(0.0, *values), max(0.0, *values)
    scale = (_RIGHT - _LEFT) / max(high - low, 0.1)
    return _LEFT - low * scale, scale


def _draw_row(canvas: Canvas, row: Row, y: float, zero: float, scale: float) -> None:
    day, week = row
    canvas.text(14, y, _label(day), size=18)
    _bar(canvas, day, y - 8, 11, zero, scale, (BLUE, ORANGE))
    canvas.text(_DAY, y, day.forms["signed"], size=18, bold=True, align="right",
                colour=_tone(day))  # fmt: skip
    if week is not None:
        _bar(canvas, week, y + 5, 5, zero, scale, (PALE_BLUE, PALE_ORANGE))
        canvas.text(_WEEK, y, week.forms["signed"], size=18, align="right", colour=_tone(week))
    canvas.line([14, WIDTH - 14], [y + _ROW / 2, y + _ROW / 2], colour=RULE, width=0.5)


def _bar(
    canvas: Canvas,
    fact: Fact,
    y: float,
    height: float,
    zero: float,
    scale: float,
    colours: tuple[str, str],
) -> None:
    length = float(fact.number) * scale
    if abs(length) >= 0.5:
        canvas.box(min(zero, zero + length), y, abs(length), height, colours[length < 0])


def _tone(fact: Fact) -> str:
    return INK if fact.number == 0 else BLUE if fact.number > 0 else ORANGE


def _label(fact: Fact) -> str:
    name = fact.name.removeprefix("the ")
    name = name.replace("communication services", "communication")
    name = name.replace("consumer ", "").removesuffix(" fund")
    return name[:1].upper() + name[1:17]


def _alt(rows: list[Row]) -> str:
    parts = [f"{day.name} {day.forms['signed']}" for day, _ in rows]
    alt = f"Bar chart of sector funds, total return on the day: {', '.join(parts)}."
    weeks = sorted((week for _, week in rows if week), key=lambda fact: -fact.number)
    if len(weeks) > 1:
        best, worst = weeks[0], weeks[-1]
        alt += (
            f" Total return over five sessions: {best.name} best at {best.forms['signed']}, "
            f"{worst.name} worst at {worst.forms['signed']}."
        )
    return alt
