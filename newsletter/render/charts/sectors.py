"""Sector funds over a session, a week and the year so far, best of the day first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.compute.facts import Fact, Ledger
from newsletter.render.chart import WIDTH, Plate, chart
from newsletter.render.chart_canvas import BLUE, EDGE, INK, MUTED, ORANGE, RULE, Canvas, finite
from newsletter.render.chart_type import fitted

_ROW, _TOP, _MOST = 45, 42, 16
_LABEL, _LEFT, _RIGHT, _GAP = 14, 164, 546, 22
_WINDOWS = (("1d", "Day"), ("5d", "Week"), ("ytd", "This year"))
_FUND = re.compile(r"^XL[A-Z]{1,2}$")


@dataclass(frozen=True, slots=True)
class _Panel:
    """One window's column: its facts by subject and its scale."""

    title: str
    facts: dict[str, Fact]
    left: float
    right: float
    zero: float
    scale: float


@chart("sectors")
def sectors(ledger: Ledger) -> Plate | None:
    """Draw the sector bars.

    Rows are the subjects with a day's rank (or, without ranks, the ``XL?`` funds), sorted
    by the day; columns are ``return.1d.total``, ``return.5d.total`` and
    ``return.ytd.total``, each on its own scale. Blue is a gain and orange a loss, told
    apart by direction and sign too.

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
    panels = _panels(ledger, rows)
    canvas = Canvas(_TOP + _ROW * len(rows) + 4, simulated=ledger.simulated)
    for panel in panels:
        first = panel is panels[0]
        canvas.text(panel.right, 22, panel.title, colour=INK if first else MUTED, bold=first,
                    align="right")  # fmt: skip
    for number, day in enumerate(rows):
        y = _TOP + _ROW * (number + 0.5)
        canvas.line([_LABEL, WIDTH - 14], [y - _ROW / 2, y - _ROW / 2], colour=RULE, width=0.8)
        canvas.text(_LABEL, y, fitted(_label(day), _LEFT - _LABEL - 12))
        for panel in panels:
            if fact := panel.facts.get(day.subject):
                _cell(canvas, panel, fact, y)
    caption = "Total return of each sector fund"
    caption += "; each column has its own scale." if len(panels) > 1 else "."
    week = any(panel.title == "Week" for panel in panels)
    return Plate(
        canvas.image("sectors", _alt(rows, panels)),
        "Where the money moved, by sector",
        caption + (" A week is five sessions." if week else ""),
    )


def _rows(ledger: Ledger) -> list[Fact]:
    ranked = {fact.subject for fact in ledger if fact.metric == "rank"}
    funds = {fact.subject for fact in ledger if _FUND.match(fact.subject)}
    days = (
        ledger.get(f"{subject}.return.1d.total") for subject in sorted((ranked & funds) or funds)
    )
    known = [day for day in days if day is not None and finite(float(day.number))]
    return sorted(known, key=lambda day: (-day.number, day.subject))[:_MOST]


def _panels(ledger: Ledger, rows: list[Fact]) -> list[_Panel]:
    found = []
    for window, title in _WINDOWS:
        facts = {day.subject: ledger.get(f"{day.subject}.return.{window}.total") for day in rows}
        known = {s: f for s, f in facts.items() if f is not None and finite(float(f.number))}
        if len(known) > 1:
            found.append((title, known))
    wide = (_RIGHT - _LEFT + _GAP) / len(found)
    panels = []
    for k, (title, known) in enumerate(found):
        left = _LEFT + wide * k
        low = min(0.0, *(float(fact.number) for fact in known.values()))
        high = max(0.0, *(float(fact.number) for fact in known.values()))
        scale = (wide - _GAP) / max(high - low, 0.1)
        right = left + wide - _GAP
        panels.append(_Panel(title, known, left, right, left - low * scale, scale))
    return panels


def _cell(canvas: Canvas, panel: _Panel, fact: Fact, y: float) -> None:
    """Print the figure, and below it the bar."""
    canvas.text(panel.right, y - 7, fact.forms["signed"], colour=_tone(fact), align="right",
                bold=panel.title == "Day")  # fmt: skip
    canvas.line([panel.zero, panel.zero], [y + 4, y + 18], colour=EDGE, width=1)
    length = float(fact.number) * panel.scale
    if abs(length) >= 0.5:
        colour = BLUE if length > 0 else ORANGE
        canvas.box(min(panel.zero, panel.zero + length), y + 7, abs(length), 8, colour)


def _tone(fact: Fact) -> str:
    return INK if fact.number == 0 else BLUE if fact.number > 0 else ORANGE


def _label(fact: Fact) -> str:
    name = fact.name.removeprefix("the ")
    name = name.replace("communication services", "communication")
    name = name.replace("consumer ", "").removesuffix(" fund")
    return name[:1].upper() + name[1:]


def _alt(rows: list[Fact], panels: list[_Panel]) -> str:
    """Tell every figure of the picture, each column best first."""
    alt = f"Bar chart of sector funds, total return on the day: {_told(rows)}."
    for title, words in (("Week", "over five sessions"), ("This year", "this year")):
        facts = next((panel.facts.values() for panel in panels if panel.title == title), ())
        ranked = sorted(facts, key=lambda fact: (-fact.number, fact.subject))
        alt += f" Total return {words}: {_told(ranked)}." if ranked else ""
    return alt


def _told(facts: Sequence[Fact]) -> str:
    return ", ".join(f"{fact.name} {fact.forms['signed']}" for fact in facts)
