"""What is kept of bars and events, in every version, and the port of who keeps it."""

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.collect.snapshot import PRICE_COLUMNS

VALUES = PRICE_COLUMNS
"""Columns of a kept bar, as the source gave them."""

EVENT_COLUMNS = ("symbol", "date", "kind", "value", "note", "batch")
ACTIONS = ("dividend", "split")
"""Events that prices are adjusted by; a later one of the same symbol and date replaces it,
and a value of NaN takes it back."""

VERDICTS = ("quarantined", "accepted", "contradicted", "agreed")
"""Events that say what the gates, a person and a second source found; `note` is the sentence."""

_FEW = 0.01

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Batch:
    """What became known at one instant.

    Parameters
    ----------
    known : datetime.datetime
        Aware instant since which it is known.
    session : datetime.date
        The session that was asked for.
    start : datetime.date
        First date that was asked for, of symbols that were not kept before.
    source : str
        Name of the provider.
    basis : datetime.date or None
        Day up to which splits are in the prices, where the source tells its actions: their
        adjusted close is worked out when it is read. None for bars complete in themselves,
        which are read as they were given.
    """

    known: dt.datetime
    session: dt.date
    start: dt.date
    source: str
    basis: dt.date | None = None


@dataclass(frozen=True)
class Versions:
    """Rows as they were given, sorted by symbol, date, and when they became known.

    Parameters
    ----------
    names : numpy.ndarray
        Symbols, sorted; `code` counts them.
    code, day, batch : numpy.ndarray
        Symbol, days since 1970-01-01 and position in `batches` of each row, shape (n_rows,).
    values : tuple of numpy.ndarray
        One array for each of `VALUES`.
    batches : tuple of Batch
        In the order in which they became known.
    events : pandas.DataFrame
        Columns `EVENT_COLUMNS`, in the same order; ``date`` as days, ``batch`` as above.
    """

    names: npt.NDArray[np.object_]
    code: Ints
    day: Ints
    batch: Ints
    values: tuple[Floats, ...]
    batches: tuple[Batch, ...]
    events: pd.DataFrame

    def each(self, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> "Versions":
        """Return the same with each column of the rows changed alike, and all events."""
        code, day, batch = change(self.code), change(self.day), change(self.batch)
        values = tuple(change(column) for column in self.values)
        return Versions(self.names, code, day, batch, values, self.batches, self.events)

    def of(self, rows: "npt.NDArray[Any] | slice") -> "Versions":
        """Return some of the rows, by their places or a mask, and all events."""
        return self.each(lambda column: column[rows])

    def without(self, places: npt.NDArray[np.int64]) -> "Versions":
        """Return all rows but some, and all events."""
        if not len(places):
            return self
        if len(places) > _FEW * len(self.day):
            left = np.ones(len(self.day), np.bool_)
            left[places] = False
            return self.of(left)
        # Few: what lies between them is copied whole, much faster than row by row.
        starts, stops = np.append(0, places + 1), np.append(places, len(self.day))
        runs = [slice(a, b) for a, b in zip(starts.tolist(), stops.tolist(), strict=True) if a < b]
        return self.each(lambda column: np.concatenate([column[:0], *(column[r] for r in runs)]))

    def latest(self) -> "Versions":
        """Return the last version of each symbol and date."""
        same = self.day[1:] == self.day[:-1]
        same &= self.code[1:] == self.code[:-1]
        return self.without(np.flatnonzero(same))

    def slice(self, symbol: str) -> "slice":
        """Return where the rows of a symbol stand."""
        position = int(np.searchsorted(self.names, symbol))
        if position == len(self.names) or self.names[position] != symbol:
            return slice(0, 0)
        # Of the column's own type: of another, the whole of it would be copied to compare.
        bounds = np.array([position, position + 1], self.code.dtype)
        first, last = np.searchsorted(self.code, bounds)
        return slice(int(first), int(last))


class Pen(Protocol):
    """The right to write; there is one at a time."""

    def add(self, batch: Batch, bars: pd.DataFrame, events: pd.DataFrame) -> None:
        """Keep what became known, all of it or nothing.

        Parameters
        ----------
        batch : Batch
            Since when, and from where.
        bars : pandas.DataFrame
            Long, as `newsletter.collect.snapshot.BAR_COLUMNS`, one row a symbol and date.
        events : pandas.DataFrame
            Symbol, date, kind, value, note.
        """
        ...


class Shelf(Protocol):
    """Where bars are kept; the store implements it."""

    def writing(self) -> AbstractContextManager[Pen]:
        """Wait for the right to write and hold it while the block lasts."""
        ...

    def versions(
        self, known_by: dt.datetime | None = None, symbols: Iterable[str] | None = None
    ) -> Versions:
        """Return all that was known at an instant, every version of it.

        Parameters
        ----------
        known_by : datetime.datetime, optional
            Aware instant; all by default.
        symbols : iterable of str, optional
            All by default.
        """
        ...

    @property
    def generation(self) -> int:
        """Number that grows with every change."""
        ...
