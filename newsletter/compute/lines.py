"""Lines: instruments, baskets and pairs as subjects, with the closes to read them on."""

from newsletter.compute.arrays import Array, equal_weight_index
from newsletter.compute.facts import Period
from newsletter.compute.make import Maker, Subject, possessive
from newsletter.compute.market import Market
from newsletter.config import Pair, Universe, plain


def with_returns(universe: Universe) -> tuple[str, ...]:
    """Return the instruments whose changes are percentages, sorted.

    Notes
    -----
    Volatility indices are left out: a rise from 16 to 20 is four points, not 25 %.
    """
    indices = {universe.volatility, universe.volatility_3m}
    return tuple(symbol for symbol in universe.symbols if symbol not in indices)


def line_subject(make: Maker, line: str) -> Subject:
    """Return an instrument or a basket as a subject; its inputs are the symbols behind it."""
    universe = make.market.universe
    return Subject(plain(line), universe.name(line), universe.parts(line))


def pair_subject(make: Maker, pair: Pair) -> Subject:
    """Return a pair as the subject of its spread: ``IWM-SPY``, one side's lead."""
    universe = make.market.universe
    name = f"{possessive(universe.name(pair.first))} lead over {universe.name(pair.second)}"
    return Subject(pair.subject, name, pair_parts(universe, pair))


def contest_subject(make: Maker, pair: Pair) -> Subject:
    """Return a pair as the subject of who won and when: one side against the other."""
    universe = make.market.universe
    name = f"{universe.name(pair.first)} against {universe.name(pair.second)}"
    return Subject(pair.subject, name, pair_parts(universe, pair))


def pair_parts(universe: Universe, pair: Pair) -> tuple[str, ...]:
    """Return the symbols behind both lines of a pair."""
    return (*universe.parts(pair.first), *universe.parts(pair.second))


def last_closes(market: Market, line: str, kind: str, rows: int) -> Array:
    """Return the last closes of a line, from those sessions alone.

    Parameters
    ----------
    market : Market
        History.
    line : str
        A symbol or a basket's id.
    kind : {"price", "total"}
        Which closes.
    rows : int
        How many sessions; a basket's index starts at 100 within them, so that its changes
        do not depend, not even in their last digit, on what came before.
    """
    parts = market.universe.parts(line)
    closes = market.matrix(parts, kind, rows=rows)
    return closes[:, 0] if len(parts) == 1 else equal_weight_index(closes)


def calendar_period(market: Market, year: int) -> Period | None:
    """Return a finished calendar year from base to last session, None where there is none."""
    ends = market.calendar_year(year)
    return None if ends is None else Period(f"cal:{year}", *ends)
