"""The tables of a preview: the stretches that an evening's tables leave out."""

from collections.abc import Iterable

from newsletter.config import plain
from newsletter.draft.claims import Table
from newsletter.draft.evening import Evening

ABSENT = "n/a"
WINDOWS = ("5d", "3m", "6m")
COLUMNS = ("Five sessions", "Three months", "Six months")


def funds(ev: Evening) -> Table:
    """Set the funds of size, style and weighting beside each other."""
    pairs = [p for p in ev.universe.pairs if p.theme in {"weighting", "style"}]
    symbols = dict.fromkeys(
        (*ev.universe.indices, *(s for p in pairs for s in (p.first, p.second)))
    )
    rows = tuple(_rows(ev, (s for s in symbols if s not in ev.universe.baskets)))
    return Table("The week in proportion", ("Fund", *COLUMNS), rows, "With dividends.")


def sectors(ev: Evening) -> Table:
    """Set the sectors beside each other, best of the five sessions first."""
    ranked = (symbol for symbol, _ in ev.ranked("5d"))
    title = "Sectors, in the order of five sessions"
    return Table(title, ("Sector fund", *COLUMNS), tuple(_rows(ev, ranked)), "With dividends.")


def _rows(ev: Evening, symbols: Iterable[str]) -> Iterable[tuple[str, ...]]:
    for symbol in symbols:
        found = [ev.figure(f"{plain(symbol)}.return.{window}.total") for window in WINDOWS]
        if any(found):
            cells = (figure.signed if figure else ABSENT for figure in found)
            yield (f"{ev.universe.label(symbol)} ({plain(symbol)})", *cells)
