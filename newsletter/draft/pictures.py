"""Pictures: which charts an edition of the house asks for, chosen by what it argues."""

from collections.abc import Iterable

from newsletter.compute.facts import Ledger
from newsletter.config import Universe, plain
from newsletter.draft.evening import crowded

MOST_EVENING, MOST_WEEKLY = 3, 4

EVENING: dict[str, tuple[str, ...]] = {
    "alone": ("vix", "sectors", "breadth"),
    "broad": ("breadth", "sectors", "size_ratio"),
    "fading": ("size_ratio", "base_rate_fan", "sectors"),
    "first_session": ("size_ratio", "sectors", "rotation_map"),
    "flight": ("sectors", "rotation_map", "size_ratio"),
    "giants": ("style_grid", "size_ratio", "breadth"),
    "handover": ("size_ratio", "rotation_map", "breadth"),
    "quiet": ("rotation_map", "size_ratio", "breadth"),
    "rout": ("sectors", "vix", "breadth"),
    "slide": ("sectors", "vix", "size_ratio"),
    "surge": ("sectors", "breadth", "vix"),
}
"""Charts by theme, the one that bears the thesis first."""

_SERIES = {
    "breadth": ".breadth.above_50d",
    "rotation_map": ".rotation.strength",
    "size_ratio": ".ratio",
    "vix": ".level",
}
"""How the series end that a chart is drawn from."""

USUAL = ("size_ratio", "sectors", "breadth")
"""For a theme that names none."""

WEEKLY = ("sectors", "rotation_map", "size_ratio", "base_rate_fan")
"""The week behind, where it leaves everybody, the house's own pair, and its precedent."""


_ENOUGH = 3
"""Funds that a grid or a row of bars needs."""


def evening(theme: str, ledger: Ledger, universe: Universe) -> tuple[str, ...]:
    """Return the charts that go with a theme, at most three.

    Parameters
    ----------
    theme : str
        Id of the theme argued tonight.
    ledger : Ledger
        Tells which of them have their data; one that has not makes room for the next.
    universe : Universe
        Names the funds of the style grid.
    """
    return _there((*EVENING.get(theme, ()), *USUAL), ledger, universe)[:MOST_EVENING]


def weekly(ledger: Ledger, universe: Universe) -> tuple[str, ...]:
    """Return the charts of the weekly preview, at most four, as `evening` does."""
    return _there((*WEEKLY, *USUAL), ledger, universe)[:MOST_WEEKLY]


def _there(names: Iterable[str], ledger: Ledger, universe: Universe) -> tuple[str, ...]:
    kept = [name for name in dict.fromkeys(names) if _has(name, ledger, universe)]
    return tuple(kept)


def _has(name: str, ledger: Ledger, universe: Universe) -> bool:
    if name == "breadth" and not crowded(ledger, universe):
        return False
    if name in _SERIES:
        return any(id.endswith(_SERIES[name]) for id in ledger.series)
    if name == "base_rate_fan":
        return any(rate.fan for signal in ledger.signals for rate in signal.base_rates)
    rows = universe.style.values()
    funds = [symbol for row in rows for symbol in (row.value, row.blend, row.growth)]
    symbols = funds if name == "style_grid" else universe.sectors
    return sum(f"{plain(symbol)}.return.1d.total" in ledger for symbol in symbols) >= _ENOUGH
