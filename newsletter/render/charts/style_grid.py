"""Size by style: six funds in a grid, as warm or cool as their day."""

from dataclasses import dataclass

from newsletter.compute.facts import Fact, Ledger
from newsletter.render.chart import Plate, chart
from newsletter.render.chart_canvas import (
    BLUE,
    HAZE,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    Canvas,
    finite,
)

_COLUMNS = ("value", "blend", "growth")
_ROWS = ("large", "small")
_USUAL = {"large": ("IWD", "IWB", "IWF"), "small": ("IWN", "IWM", "IWO")}
"""Funds of rows that the ledger says nothing of."""
_WINDOWS = (("1d", "day", "on the day"), ("5d", "week", "over five sessions"),
            ("ytd", "year", "this year"))  # fmt: skip
_ENOUGH = 3
_LEFT, _TOP, _WIDE, _HIGH, _GAP = 84, 42, 150, 104, 6
_WARM, _COOL = "#f3c19d", "#a9c9ec"
_LEVELS = 4


@dataclass(frozen=True, slots=True)
class _Cell:
    """One fund: its return over the first window and, if known, over the second."""

    main: Fact
    more: Fact | None


@chart("style_grid")
def style_grid(ledger: Ledger) -> Plate | None:
    """Draw the heat grid of large and small by value, blend and growth.

    Cells print the total return over the shortest window known for the most funds, and
    below it the year's; the ground is blue for gains and orange for losses, the deeper
    the larger. A fund without a return is hatched.

    Parameters
    ----------
    ledger : Ledger
        Source of ``IWD.return.1d.total`` and its like, and of the facts ``style_ROW.lead``,
        whose inputs name each row's funds.

    Returns
    -------
    Plate or None
        None with fewer than three funds.
    """
    funds = {row: _funds(ledger, row) for row in _ROWS}
    window, title, words = max(_WINDOWS[:2], key=lambda w: len(_known(ledger, funds, w[0])))
    cells = {
        symbol: _Cell(fact, ledger.get(f"{symbol}.return.ytd.total"))
        for symbol, fact in _known(ledger, funds, window).items()
    }
    if len(cells) < _ENOUGH:
        return None
    canvas = Canvas(_TOP + 2 * (_HIGH + _GAP) + 6, simulated=ledger.simulated)
    most = max(abs(float(cell.main.number)) for cell in cells.values())
    for column, name in enumerate(_COLUMNS):
        middle = _LEFT + column * (_WIDE + _GAP) + _WIDE / 2
        canvas.text(middle, 22, name.capitalize(), colour=MUTED, align="center")
    for row, name in enumerate(_ROWS):
        y = _TOP + row * (_HIGH + _GAP)
        canvas.text(14, y + _HIGH / 2, name.capitalize(), colour=MUTED)
        for column, symbol in enumerate(funds[name]):
            _draw(canvas, cells.get(symbol), _LEFT + column * (_WIDE + _GAP), y, most)
    year = any(cell.more for cell in cells.values())
    caption = f"Total return of one fund for each size and style: the {title}"
    caption += ", and below it the year so far." if year else "."
    gone = len(_COLUMNS) * len(_ROWS) - len(cells)
    return Plate(
        canvas.image("style_grid", _alt(cells, funds, words)),
        "Size and style",
        caption + (" Hatched: no price in our data." if gone else ""),
    )


def _funds(ledger: Ledger, row: str) -> tuple[str, ...]:
    """Return a row's value, blend and growth funds, as the compute stage was configured."""
    for fact in ledger:
        if fact.subject == f"style_{row}" and fact.metric == "lead" and len(fact.inputs) == 3:
            value, growth, blend = fact.inputs
            return value, blend, growth
    return _USUAL[row]


def _known(ledger: Ledger, funds: dict[str, tuple[str, ...]], window: str) -> dict[str, Fact]:
    found = {}
    for symbol in (symbol for row in funds.values() for symbol in row):
        fact = ledger.get(f"{symbol}.return.{window}.total")
        if fact is not None and finite(float(fact.number)):
            found[symbol] = fact
    return found


def _draw(canvas: Canvas, cell: _Cell | None, x: float, y: float, most: float) -> None:
    if cell is None:
        canvas.box(x, y, _WIDE, _HIGH, HAZE)
        canvas.hatch(x, y, _WIDE, _HIGH)
        canvas.box(x + _WIDE / 2 - 26, y + _HIGH / 2 - 15, 52, 30, HAZE)
        canvas.text(x + _WIDE / 2, y + _HIGH / 2, "n/a", colour=INK, align="center")
        return
    value = float(cell.main.number)
    canvas.box(x, y, _WIDE, _HIGH, _heat(value, most))
    up = y + (_HIGH / 2 - 17 if cell.more is not None else _HIGH / 2)
    canvas.text(x + _WIDE / 2, up, cell.main.forms["signed"], size=30, bold=True, align="center")
    if value:
        colour = BLUE if value > 0 else ORANGE
        canvas.arrow(x + 15, y + 15, up=value > 0, colour=colour, size=13)
    if cell.more is not None:
        words = f"{cell.more.forms['signed']} ytd"
        canvas.text(x + _WIDE / 2, y + _HIGH / 2 + 24, words, align="center")


def _heat(value: float, most: float) -> str:
    """Return one of four grounds on each side of the paper's."""
    if not value or not most:
        return HAZE
    level = max(1, round(_LEVELS * abs(value) / most)) / _LEVELS
    full = _COOL if value > 0 else _WARM
    pairs = zip(_parts(PAPER), _parts(full), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * level):02x}" for a, b in pairs)


def _parts(colour: str) -> list[int]:
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def _alt(cells: dict[str, _Cell], funds: dict[str, tuple[str, ...]], words: str) -> str:
    shown = [cells[s].main for row in _ROWS for s in funds[row] if s in cells]
    told = ", ".join(f"{fact.name} {fact.forms['signed']}" for fact in shown)
    alt = f"Heat grid of size and style, total return {words}: {told}."
    year = [cells[s].more for row in _ROWS for s in funds[row] if s in cells]
    known = [f"{fact.name} {fact.forms['signed']}" for fact in year if fact is not None]
    return alt + (f" Total return this year: {', '.join(known)}." if known else "")
