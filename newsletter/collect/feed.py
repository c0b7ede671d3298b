"""The port behind which every source beside the bars stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from newsletter.collect import gates
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest
from newsletter.collect.snapshot import Source
from newsletter.collect.web import Web
from newsletter.config import Providers


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
