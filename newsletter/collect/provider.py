"""The port behind which every source of market data stands."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pandas as pd

from newsletter.clock import Session
from newsletter.collect import gates
from newsletter.collect.progress import Progress, silent
from newsletter.collect.snapshot import Members, Source
from newsletter.config import Providers


@dataclass(frozen=True, slots=True)
class BarRequest:
    """What the collect stage asks of a provider.

    Parameters
    ----------
    session : Session
        The last session wanted; nothing later may be returned.
    symbols : tuple of str
        Instruments the universe names (Yahoo symbols).
    members : str
        Id of the breadth universe, e.g. ``"sp500"``.
    start : datetime.date
        First date wanted. Sources may hold less history.
    members_label : str
        What print calls the breadth universe when it is truly that list. A provider
        that serves a list of its own names that list instead.
    explicit_members : tuple of str or None
        The breadth universe itself, where the configuration gives one; a provider then
        serves exactly these and keeps no list of its own.
    macro : tuple of str
        FRED ids of the macro series wanted; a provider without them leaves them out.
    have : mapping of str to datetime.date
        Last session that is kept of a symbol. Only what follows is wanted, and `overlap`
        sessions before it to hold against what is kept; of a symbol without a date everything.
        A provider of whole histories may overlook it.
    overlap : int
        How many of the last sessions kept are wanted again, to be compared.
    keep : callable, optional
        Told bars and actions, as in `Fetched`, of symbols that are fetched whole, as soon as
        they are: a fetch that breaks off later goes on from there. Call it from one thread.
    """

    session: Session
    symbols: tuple[str, ...]
    members: str
    start: dt.date
    members_label: str = ""
    explicit_members: tuple[str, ...] | None = None
    macro: tuple[str, ...] = ()
    have: Mapping[str, dt.date] = field(default_factory=dict, hash=False)
    overlap: int = 5
    keep: Callable[[pd.DataFrame, pd.DataFrame], None] | None = field(default=None, compare=False)

    def configured_members(self) -> Members | None:
        """Return the breadth universe the configuration gives, if it gives one."""
        if self.explicit_members is None:
            return None
        symbols = tuple(sorted(set(self.explicit_members)))
        return Members(self.members, self.members_label or self.members, symbols)


@dataclass(frozen=True)
class Fetched:
    """What a provider gave.

    Parameters
    ----------
    bars : pandas.DataFrame
        Long, columns as `newsletter.collect.snapshot.BAR_COLUMNS`; order and missing
        columns do not matter, `normalise` sees to them.
    members : Members
        The breadth universe it serves.
    source : Source
        Provenance, with the licence line that print needs.
    missing : tuple of str
        Symbols asked for and not found.
    tables : mapping of str to pandas.DataFrame
        What it can tell beside bars, as `newsletter.collect.tables.TABLES`; each row with
        the day since which it is public.
    table_sources : tuple of Source
        Provenance of the tables, one or more per table, by `Source.covers`, and of bars that
        another source than `source` gave.
    actions : pandas.DataFrame or None
        Dividends and splits of the bars' span, which raw prices do not tell, long: symbol, date
        (ex-date), kind (``"dividend"`` or ``"split"``), value (cash for one share, in the units
        of `bars`; new shares for one old). Empty says that there were none, None that the source
        does not tell: its bars are then complete in themselves.
    notes : tuple of gates.Warning
        What it left out or could not get, for editors.
    """

    bars: pd.DataFrame
    members: Members
    source: Source
    missing: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    table_sources: tuple[Source, ...] = ()
    actions: pd.DataFrame | None = None
    notes: tuple[gates.Warning, ...] = ()


class Provider(Protocol):
    """A source of daily bars."""

    @property
    def name(self) -> str:
        """As in ``providers.bars``."""
        ...

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        """Return the bars of a request.

        Parameters
        ----------
        request : BarRequest
            What is wanted.
        progress : callable, optional
            Told how far the work is.

        Returns
        -------
        Fetched
            Bars up to and including the session.

        Raises
        ------
        newsletter.errors.DataUnavailable
            If the source cannot be read at all.
        """
        ...


class ProviderPlugin(Protocol):
    """What a file in ``collect/providers/`` offers as ``PROVIDER``."""

    @property
    def id(self) -> str:
        """As in ``providers.bars``; the name of its file."""
        ...

    def open(self, settings: Providers, path: Path | None) -> Provider:
        """Make a provider; nothing is fetched yet.

        Parameters
        ----------
        settings : Providers
            The ``providers`` section of config.yaml.
        path : pathlib.Path or None
            A directory, for providers that read one.

        Raises
        ------
        newsletter.errors.ConfigError
            If it cannot work with these settings.
        """
        ...
