"""The stage on one page: build the market, run every measure, check and sort."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

import numpy as np
import pandas as pd

from newsletter.collect.snapshot import Snapshot
from newsletter.collect.tables import TABLES
from newsletter.compute.facts import Fact, Ledger, Series, Signal, index_facts
from newsletter.compute.market import Market
from newsletter.compute.signal import (
    Absent,
    Digest,
    Measure,
    Output,
    Trace,
    digests,
    measures,
)
from newsletter.config import Universe
from newsletter.errors import ComputeError

CLOSES = (1e-6, 1e9)
"""Lowest and highest close that is taken for one; split-adjusted histories reach far."""

FIGURES = (1e-9, 1e15)
"""Smallest and largest size of a published figure other than zero."""


def compute_ledger(snapshot: Snapshot, universe: Universe, sessions: pd.DatetimeIndex) -> Ledger:
    """Compute every fact, signal and series of a session.

    Parameters
    ----------
    snapshot : Snapshot
        Frozen inputs.
    universe : Universe
        Configured names and roles.
    sessions : pandas.DatetimeIndex
        Sessions of the exchange (`newsletter.collect.sessions.TradingDays.index`).

    Returns
    -------
    Ledger
        Sorted, hashed, the same for the same snapshot and configuration.

    Raises
    ------
    DataUnavailable
        If the snapshot cannot be aligned to its session.
    ComputeError
        If a measure breaks its contract.
    """
    market = plausible(Market.of(snapshot, universe, sessions))
    outputs = run(market, measures().values())
    outputs += run_digests(market, outputs, digests().values())
    return assemble(snapshot, outputs)


def plausible(market: Market) -> Market:
    """Return a market without closes and figures that are no prices and no figures.

    Parameters
    ----------
    market : Market
        As aligned; the snapshot keeps what the source gave.

    Notes
    -----
    A close outside `CLOSES` becomes unknown and a table's row with a number beyond
    `FIGURES` is left out, so that one absurd value neither leaves the range in which
    ratios of float64 are exact enough to print nor passes for a market's fall.
    """
    return replace(
        market,
        close=_closes(market.close),
        adjusted=_closes(market.adjusted),
        tables={name: _figures(name, frame) for name, frame in market.tables.items()},
    )


def _closes(frame: pd.DataFrame) -> pd.DataFrame:
    values = frame.to_numpy()
    lowest, highest = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
    if not (lowest < CLOSES[0] or highest > CLOSES[1]):  # nearly always, and much quicker
        return frame
    return frame.where((values >= CLOSES[0]) & (values <= CLOSES[1]))


def _figures(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    keep = np.ones(len(frame), dtype=np.bool_)
    for column in TABLES[name].numbers:
        size = frame[column].abs().to_numpy()
        keep &= (size == 0.0) | ((size >= FIGURES[0]) & (size <= FIGURES[1]))
    return frame if keep.all() else frame[keep].reset_index(drop=True)


def run(market: Market, plugins: Iterable[Measure]) -> list[Output]:
    """Run measures one after another.

    Parameters
    ----------
    market : Market
        What they see.
    plugins : iterable of Measure
        Which to run.
    """
    return [output for plugin in plugins for output in plugin.compute(market)]


def run_digests(
    market: Market, outputs: Iterable[Output], plugins: Iterable[Digest]
) -> list[Output]:
    """Run digests over what the measures put out.

    Parameters
    ----------
    market : Market
        What the measures saw.
    outputs : iterable of Output
        What they made.
    plugins : iterable of Digest
        Which to run, in any order: lower `Digest.order` goes first and is seen by higher.

    Returns
    -------
    list of Output
        What the digests made, without what they were given.
    """
    seen = list(outputs)
    given = len(seen)
    ranked = sorted(plugins, key=lambda plugin: (plugin.order, plugin.id))
    for _, level in groupby(ranked, key=lambda plugin: plugin.order):
        signals = {o.name: o for o in seen if isinstance(o, Signal)}
        traces = {o.name: o.strength for o in seen if isinstance(o, Trace)}
        seen += [o for plugin in level for o in plugin.compile(market, signals, traces)]
    return seen[given:]


def assemble(snapshot: Snapshot, outputs: Iterable[Output]) -> Ledger:
    """Sort outputs into a ledger.

    Raises
    ------
    ComputeError
        If an id is made twice, is both present and absent, or a signal cites a fact
        that does not exist.
    """
    outputs = list(outputs)
    facts = index_facts(o for o in outputs if isinstance(o, Fact))
    signals = sorted((o for o in outputs if isinstance(o, Signal)), key=lambda s: s.name)
    series = sorted((o for o in outputs if isinstance(o, Series)), key=lambda s: s.id)
    absent = {o.id: o.reason for o in outputs if isinstance(o, Absent)}
    _once("signal", [s.name for s in signals])
    _once("series", [s.id for s in series])
    for fact_id in sorted(absent.keys() & facts.keys()):
        raise ComputeError(f"{fact_id} was made both present and absent; one measure only.")
    for signal in signals:
        unknown = [fact_id for fact_id in signal.evidence if fact_id not in facts]
        if unknown:
            raise ComputeError(
                f"The signal {signal.name} rests on {', '.join(unknown)}, "
                "which the ledger does not hold; cite only facts that were made."
            )
    return Ledger(
        session=snapshot.session,
        snapshot=snapshot.id,
        facts=facts,
        signals=tuple(signals),
        series={one.id: one for one in series},
        absent=dict(sorted(absent.items())),
        simulated=snapshot.simulated,
        sources=_newest(snapshot),
        public=_public(snapshot),
    )


def _public(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the providers all of whose sources may be mailed to the public."""
    names = {source.name for source in snapshot.sources}
    kept = {source.name for source in snapshot.sources if not source.redistribution}
    return tuple(sorted(names - kept))


def _newest(snapshot: Snapshot) -> dict[str, dt.date]:
    """Return each source's last date by its name in print, which several may share."""
    found: dict[str, dt.date] = {}
    for source in snapshot.sources:
        if source.as_of:
            day = dt.date.fromisoformat(source.as_of[:10])
            found[source.label] = max(day, found.get(source.label, day))
    return dict(sorted(found.items()))


def _once(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ComputeError(f"The {what} {twice[0]} was made twice; give each its own name.")
