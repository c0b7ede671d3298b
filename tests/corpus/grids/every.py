"""Every grid, and what the checker makes of one."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from corpus import paraphrases
from corpus.grids import funds, levels, market, places, signals
from corpus.grids.grid import Case, Grid

GRIDS: dict[str, Grid] = {
    "places": places.places,
    "counts": places.counts,
    "distances": places.distances,
    "gains": places.gains,
    "races": funds.races,
    "moves": funds.moves,
    "averages": funds.averages,
    "rsi": funds.rsi,
    "records": funds.records,
    "shares": market.shares,
    "tallies": market.tallies,
    "vix": market.vix,
    "yields": market.yields,
    "commodities": market.commodities,
    "quadrants": signals.quadrants,
    "gauge": signals.gauge,
    "base rates": signals.rates,
    "runs": signals.runs,
    "since": signals.since,
    "giants": levels.giants,
    "ratios": levels.ratios,
    "rates of pairs": levels.rates,
    "volatility": levels.volatility,
}
SESSIONS = ("2025-11-14", "2026-07-02", "2024-08-05", "2020-03-16")
Keep = Callable[[tuple[str, ...]], tuple[str, ...]]


@dataclass(slots=True)
class Outcome:
    """What became of the sentences of a grid.

    Parameters
    ----------
    false, true : int
        How many there were.
    passed : list of (str, str)
        False sentences that were let through, each with the true one.
    refused : Counter of str
        True sentences that blocked, by pattern.
    """

    false: int = 0
    true: int = 0
    passed: list[tuple[str, str]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def cases(grid: str, session: str) -> Iterator[Case]:
    """Return the cases of a grid on an evening of the sample market."""
    return GRIDS[grid](paraphrases.ledger(session))


def outcome(grid: str, session: str, keep: Keep = lambda false: false) -> Outcome:
    """Return what the checker makes of a grid.

    Parameters
    ----------
    grid, session : str
        Which one, on which evening.
    keep : callable, optional
        Chooses among the false sentences of a case; all of them by default.
    """
    found = Outcome()
    for one in cases(grid, session):
        found.true += 1
        found.refused[one.pattern] += paraphrases.blocked(session, one.true)
        for false in keep(one.false):
            found.false += 1
            if not paraphrases.blocked(session, false):
                found.passed.append((false, one.true))
    found.refused = +found.refused
    return found
