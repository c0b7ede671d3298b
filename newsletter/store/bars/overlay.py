"""A few rows are laid into many sorted ones, without sorting the many."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.collect.shelf import VALUES, Batch, Versions

_FEW = 0.02


def empty(
    names: npt.NDArray[np.object_], batches: tuple[Batch, ...], events: pd.DataFrame
) -> Versions:
    """Return no rows."""
    none = np.array([], np.int32)
    return Versions(names, none, none, none, tuple(np.array([]) for _ in VALUES), batches, events)


def together(parts: list[Versions]) -> Versions:
    """Return segments one after another, sorted."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    return sorted_rows(
        Versions(
            first.names,
            np.concatenate([part.code for part in parts]),
            np.concatenate([part.day for part in parts]),
            np.concatenate([part.batch for part in parts]),
            tuple(np.concatenate([p.values[i] for p in parts]) for i in range(len(VALUES))),
            first.batches,
            first.events,
        )
    )


def sorted_rows(rows: Versions) -> Versions:
    """Sort rows by symbol, date and batch."""
    if not len(rows.day):
        return rows
    # One number a row: runs that are in order already are merged quickly.
    first, span = int(rows.day.min()), max(len(rows.batches), 1)
    key = rows.code.astype(np.int64) * (int(rows.day.max()) - first + 1)
    key += rows.day
    key -= first
    key *= span
    key += rows.batch
    return rows if (np.diff(key) >= 0).all() else rows.of(np.argsort(key, kind="stable"))


def overlaid(many: Versions, few: Versions) -> Versions:
    """Return the rows of two sorted sets as one sorted set.

    Parameters
    ----------
    many, few : Versions
        Under the same names and batches.
    """
    later = int(few.batch.min()) > int(many.batch.max())
    if not later or len(few.day) > _FEW * len(many.day):
        return together([many, few])
    places = _places(many, few)
    runs: list[tuple[slice, slice]] = []
    starts = np.flatnonzero(np.diff(places, prepend=-1)).tolist()
    begin = 0
    for start, stop in zip(starts, [*starts[1:], len(places)], strict=True):
        at = int(places[start])
        runs.append((slice(begin, at), slice(start, stop)))
        begin = at
    columns: dict[str, Any] = {
        name: _woven(getattr(many, name), getattr(few, name), runs, begin)
        for name in ("code", "day", "batch")
    }
    values = tuple(_woven(a, b, runs, begin) for a, b in zip(many.values, few.values, strict=True))
    return Versions(many.names, values=values, batches=many.batches, events=many.events, **columns)


def _places(many: Versions, few: Versions) -> npt.NDArray[np.int64]:
    """Return before which of many each of few stands: after older versions of the same day."""
    bounds = np.searchsorted(many.code, np.arange(len(many.names) + 1, dtype=np.int32))
    places = np.empty(len(few.day), np.int64)
    symbols, starts = np.unique(few.code, return_index=True)
    for symbol, start, stop in zip(symbols, starts, [*starts[1:], len(few.code)], strict=True):
        low, high = bounds[symbol], bounds[symbol + 1]
        wanted = few.day[start:stop]
        places[start:stop] = low + np.searchsorted(many.day[low:high], wanted, side="right")
    return places


def _woven(
    many: npt.NDArray[Any],
    few: npt.NDArray[Any],
    runs: list[tuple[slice, slice]],
    rest: int,
) -> npt.NDArray[Any]:
    parts: list[npt.NDArray[Any]] = []
    for old, new in runs:
        parts += (many[old], few[new])
    return np.concatenate([*parts, many[rest:]])
