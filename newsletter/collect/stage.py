"""The collect stage on one page: calendar, provider, freezing, gates."""

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from newsletter.collect import gates
from newsletter.collect.contradictions import Doubts, doubts_of, remember
from newsletter.collect.crosschecks import compare, refuse, stale, uncompared
from newsletter.collect.kept import Keeping, fetch_kept
from newsletter.collect.macro import SERIES
from newsletter.collect.normalise import freeze
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched, Provider
from newsletter.collect.second import VOLATILITY, Order, combine
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Snapshot
from newsletter.config import Universe
from newsletter.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Gathered:
    """A session's frozen inputs and what an editor should know about them.

    Parameters
    ----------
    snapshot : Snapshot
        The inputs.
    warnings : tuple of gates.Warning
        Holes that do not stop the edition.
    missing : tuple of str
        Symbols asked for that the source does not hold at all, sorted.
    """

    snapshot: Snapshot
    warnings: tuple[gates.Warning, ...]
    missing: tuple[str, ...]


def request_for(
    date: dt.date,
    universe: Universe,
    trading_days: TradingDays,
    *,
    start: dt.date,
    members: tuple[str, ...] | None = None,
) -> BarRequest:
    """Say what one session's edition needs.

    Parameters
    ----------
    date : datetime.date
        The session's date.
    universe : Universe
        What the house watches.
    trading_days : TradingDays
        The exchange's calendar.
    start : datetime.date
        First date of history wanted.
    members : tuple of str, optional
        The breadth universe, where the configuration names a file of it.

    Raises
    ------
    newsletter.errors.DataUnavailable
        If the exchange does not trade on `date`.
    newsletter.errors.ConfigError
        If `universe.macro` names a series that the catalogue does not know.
    """
    for series in universe.macro:
        if series not in SERIES:
            near = difflib.get_close_matches(series, SERIES, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(SERIES)}."
            raise ConfigError(f"universe.macro names {series}, which is not known; {hint}")
    return BarRequest(
        session=trading_days.require(date),
        symbols=universe.collected,
        members=universe.breadth.id,
        start=start,
        members_label=universe.breadth.label,
        explicit_members=members,
        macro=universe.macro,
    )


def gather(
    provider: Provider,
    date: dt.date,
    universe: Universe,
    trading_days: TradingDays,
    *,
    start: dt.date,
    members: tuple[str, ...] | None = None,
    progress: Progress = silent,
    order: Order | None = None,
    keeping: Keeping | None = None,
) -> Gathered:
    """Fetch, freeze and check the inputs of one session.

    Parameters
    ----------
    provider : Provider
        The source of bars.
    date : datetime.date
        The session's date.
    universe : Universe
        What the house watches.
    trading_days : TradingDays
        The exchange's calendar.
    start : datetime.date
        First date of history wanted.
    members : tuple of str, optional
        The breadth universe, where the configuration names a file of it; it is then
        called `universe.breadth.label` in print.
    progress : callable, optional
        Told how far the work is.
    order : mapping of str to tuple, optional
        First and second sources beside the provider, by field.
    keeping : Keeping, optional
        Where bars are kept; only what is missing is then fetched.

    Returns
    -------
    Gathered
        The snapshot, warnings, and symbols the source does not hold.

    Raises
    ------
    newsletter.errors.DataUnavailable
        If the exchange does not trade on `date`, the source cannot be read, or a core
        instrument fails its gate.
    """
    request = request_for(date, universe, trading_days, start=start, members=members)
    held: tuple[gates.Warning, ...] = ()
    if keeping is None:
        fetched = provider.fetch(request, progress)
    else:
        fetched, held = fetch_kept(
            provider, request, keeping, trading_days, progress, core=universe.core
        )
    notes = fetched.notes
    fetched, told, compared = combine(fetched, request, order or {}, progress)
    fund, index = universe.benchmark, universe.benchmark_index
    pair = frozenset({fund, index} if index else {fund})
    doubts = _doubts(keeping, pair)
    alone = {symbol: found for symbol, found in doubts.standing.items() if symbol not in compared}
    fetched, left_out = _without(fetched, alone, pair)
    snapshot = freeze(request.session, fetched)
    held_against = compare(snapshot, fund, index)
    if keeping is not None:
        both = {} if held_against is None else dict.fromkeys(pair, held_against)
        remember(keeping, date, start, {**compared, **both}, doubts)
    refuse(snapshot, fund, index, held_against, doubts)
    # The sample market has no index, and its tables are as old as its generator wants them.
    aged = () if snapshot.simulated else stale(snapshot)
    if held_against is None and not snapshot.simulated:
        aged = (*uncompared(snapshot, fund, index), *aged)
    snapshot, missing = _unwitnessed(snapshot, fetched.missing, universe)
    warnings = (
        *notes,
        *held,
        *told,
        *left_out,
        *gates.check(snapshot, universe, trading_days),
        *aged,
    )
    return Gathered(snapshot, warnings, missing)


def _unwitnessed(
    snapshot: Snapshot, missing: Iterable[str], universe: Universe
) -> tuple[Snapshot, tuple[str, ...]]:
    """Take out the benchmark's index, which was fetched to be compared and for nothing else."""
    index = universe.benchmark_index
    if index is None or index in universe.instruments or index in snapshot.members.symbols:
        return snapshot, tuple(sorted(set(missing)))
    bars = snapshot.bars
    kept = bars[bars["symbol"] != index].reset_index(drop=True)
    return replace(snapshot, bars=kept), tuple(sorted(set(missing) - {index}))


def _doubts(keeping: Keeping | None, pair: frozenset[str]) -> Doubts:
    """Return what another source contradicted of what is kept."""
    if keeping is None:
        return Doubts()
    return doubts_of(keeping.shelf.versions(symbols={*VOLATILITY, *pair}))


def _without(
    fetched: Fetched, doubted: Mapping[str, frozenset[dt.date]], pair: frozenset[str]
) -> tuple[Fetched, tuple[gates.Warning, ...]]:
    """Return the bars less what was contradicted and cannot be compared now.

    Those of the benchmark and its index stay: `refuse` knows of them.
    """
    bars, told = fetched.bars, []
    for symbol in sorted(set(doubted) - pair):
        days = sorted(doubted[symbol])
        own = (bars["symbol"] == symbol) & bars["date"].isin([pd.Timestamp(day) for day in days])
        if own.any():
            bars = bars[~own]
            words = (
                f"{symbol} on {', '.join(map(str, days))} was contradicted by another source, "
                "which could not be asked again; it is left out."
            )
            told.append(gates.Warning(symbol, words))
    return (replace(fetched, bars=bars) if told else fetched), tuple(told)
