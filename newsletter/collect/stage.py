"""The collect stage on one page: calendar, provider, freezing, gates."""

import datetime as dt
import difflib
from dataclasses import dataclass

from newsletter.collect import gates
from newsletter.collect.crosschecks import refuse_contradiction, stale
from newsletter.collect.kept import Keeping, fetch_kept
from newsletter.collect.macro import SERIES
from newsletter.collect.normalise import freeze
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Provider
from newsletter.collect.second import Order, combine
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
        symbols=universe.symbols,
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
    fetched, told = combine(fetched, request, order or {}, progress)
    snapshot = freeze(request.session, fetched)
    refuse_contradiction(snapshot)
    # The sample market's tables are as old as its generator wants them.
    old = () if snapshot.simulated else stale(snapshot)
    aged = tuple(gates.Warning(one.name, one.message) for one in old)
    warnings = (*notes, *held, *told, *gates.check(snapshot, universe, trading_days), *aged)
    return Gathered(snapshot, warnings, tuple(sorted(set(fetched.missing))))
