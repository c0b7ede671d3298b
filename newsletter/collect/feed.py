"""The port behind which every source beside the bars stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from newsletter.collect import gates
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest
from newsletter.collect.snapshot import Source
from newsletter.collect.web import Web
from newsletter.config import Providers
from newsletter.errors import DataUnavailable


@dataclass(frozen=True)
class Fed:
    """What a feed gave.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        As `newsletter.collect.tables.TABLES`.
    bars : pandas.DataFrame or None
        Long bars, as `newsletter.collect.provider.Fetched.bars`, of a feed of volatility.
    sources : tuple of Source
        Provenance, by `Source.covers`.
    warnings : tuple of Warning
        What of it could not be read: the rest is given all the same.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    bars: pd.DataFrame | None = None
    sources: tuple[Source, ...] = ()
    warnings: tuple[gates.Warning, ...] = ()


class Feed(Protocol):
    """A source of figures or words beside the bars."""

    @property
    def name(self) -> str:
        """As in the order of sources in ``providers``."""
        ...

    @property
    def label(self) -> str:
        """How editors are told of it."""
        ...

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fed:
        """Return what of a request it has, nothing later than the session.

        Whatever part of it cannot be read is a warning; it raises nothing of that.
        """
        ...


def each(
    asked: Sequence[str], one: Callable[[str], pd.DataFrame], name: str, progress: Progress
) -> tuple[pd.DataFrame | None, tuple[gates.Warning, ...]]:
    """Fetch parts one after the other; what cannot be read is told and the rest given.

    Parameters
    ----------
    asked : sequence of str
        What to ask for.
    one : callable
        Fetches one of these, or raises `DataUnavailable`.
    name : str
        The feed's, for who watches.
    progress : callable
        Told after each part.

    Returns
    -------
    tuple of pandas.DataFrame or None and tuple of Warning
        All parts below each other; None where there is none.
    """
    parts, warnings = [], []
    for done, what in enumerate(asked, start=1):
        try:
            parts.append(one(what))
        except DataUnavailable as error:
            warnings.append(gates.Warning(what, str(error)))
        progress(done, len(asked), name)
    return (pd.concat(parts, ignore_index=True) if parts else None), tuple(warnings)


class FeedPlugin(Protocol):
    """What a file in ``collect/feeds/`` offers as ``FEED``."""

    @property
    def id(self) -> str:
        """The name of its file."""
        ...

    @property
    def fields(self) -> frozenset[str]:
        """What it can be a source of: of `newsletter.feeding.FIELDS`."""
        ...

    def open(self, settings: Providers, web: Web) -> Feed:
        """Make a feed; nothing is fetched yet."""
        ...
