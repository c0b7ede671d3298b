"""The tables of a briefing."""

from newsletter.config import plain
from newsletter.draft.claims import Table
from newsletter.draft.evening import Evening, Figure

ABSENT = "n/a"


def scoreboard(ev: Evening) -> Table:
    """Small, large, growth, value: who leads over which stretch.

    Each row stands on one kind of return over all its columns, so that they may be
    compared along the row; rows with dividends say so.
    """
    style = next((p for p in ev.universe.pairs if p.theme == "style"), None)
    weighting = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    symbols = [*ev.universe.indices] or [ev.large]
    symbols += [weighting.first] if weighting else []
    symbols += [style.first, style.second] if style else []
    rows = []
    dividends = False
    for symbol in dict.fromkeys(symbols):
        cells, total = _cells(ev, symbol)
        if all(cell == ABSENT for cell in cells):
            continue
        dividends |= total
        rows.append(
            (f"{ev.universe.label(symbol)} ({plain(symbol)}){'*' if total else ''}", *cells)
        )
    note = "Price change; this year is counted from the last close of last year."
    if dividends:
        note += " * With dividends."
    columns = ("Fund", "Today", "Five sessions", "This year", "One year")
    return Table("The scoreboard", columns, tuple(rows), note)


def sectors(ev: Evening) -> Table:
    """Every sector over the longer stretches, best of the month first.

    The day and the week stand in the chart of the sectors and are not repeated.
    """
    rows = []
    for symbol, month in ev.ranked("1m"):
        rest = [_cell(ev.move(symbol, window)) for window in ("ytd", "1y")]
        rows.append((f"{ev.universe.label(symbol)} ({plain(symbol)})", month.signed, *rest))
    columns = ("Sector fund", "One month", "This year", "One year")
    return Table("Sectors, best of the month first", columns, tuple(rows), "With dividends.")


def _cells(ev: Evening, symbol: str) -> tuple[tuple[str, ...], bool]:
    windows = ("1d", "5d", "ytd", "1y")
    stems = [f"{plain(symbol)}.return.{window}" for window in windows]
    price = [ev.figure(stem) for stem in stems]
    total = [ev.figure(f"{stem}.total") for stem in stems]
    use_total = sum(f is not None for f in total) > sum(f is not None for f in price)
    chosen = total if use_total else price
    return tuple(_cell(figure) for figure in chosen), use_total


def _cell(figure: Figure | None) -> str:
    return figure.signed if figure else ABSENT
