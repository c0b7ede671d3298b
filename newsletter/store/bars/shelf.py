"""The point-in-time store of bars: added to, read as of an instant, merged; never changed."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from newsletter.collect.shelf import EVENT_COLUMNS, VALUES, Batch, Versions
from newsletter.errors import StoreError
from newsletter.store.bars import segments
from newsletter.store.bars.folder import Folder, Manifest
from newsletter.store.bars.overlay import sorted_rows

MOST_SEGMENTS = 48
"""A writer merges when there are more: every one costs a read some milliseconds."""

_EPOCH = dt.date(1970, 1, 1)
_READS = 50


class BarShelf:
    """Bars and events of one source in a folder.

    Parameters
    ----------
    path : pathlib.Path
        The folder; made with the first write.
    """

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path)

    @property
    def generation(self) -> int:
        """Number that grows with every change."""
        return self._folder.manifest().generation

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

        Raises
        ------
        newsletter.errors.StoreError
            If the store is damaged.
        """
        wanted = None if symbols is None else frozenset(symbols)
        for _ in range(_READS):
            manifest = self._folder.manifest()
            try:
                found = [self._read(segment, wanted) for segment in manifest.segments]
                return segments.joined(found, known_by)
            except FileNotFoundError:
                # A merge took its files away while they were read: the new manifest knows.
                if self._folder.manifest().generation == manifest.generation:
                    raise StoreError(
                        f"{self._folder.path} lacks a file that its manifest names; put a copy "
                        "of the folder back, or move it away and collect anew."
                    ) from None
        raise StoreError(f"{self._folder.path} changes faster than it can be read; try again.")

    def _read(self, segment: dict[str, Any], symbols: frozenset[str] | None) -> Versions:
        return segments.decode(self._folder.path, segment, symbols)

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """Wait for the right to write and hold it while the block lasts.

        Raises
        ------
        newsletter.errors.StoreError
            If the folder cannot be written to, or another writer does not end.
        """
        with self._folder.locked():
            yield Writer(self._folder)

    def copy_to(self, path: Path) -> None:
        """Copy what counts at one instant into another folder; writers go on meanwhile.

        Raises
        ------
        newsletter.errors.StoreError
            If the store is damaged, or changes faster than it can be copied.
        """
        for _ in range(_READS):
            if self._folder.copied(path):
                return
        raise StoreError(f"{self._folder.path} changes faster than it can be copied; try again.")

    def merge(self) -> None:
        """Make one segment of all; no version is lost, and a reader notices nothing."""
        with self.writing() as writer:
            writer.merge(self._folder.manifest().segments)


class Writer:
    """Who may write, for as long as he holds the lock."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

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

        Raises
        ------
        newsletter.errors.StoreError
            If the disk refuses it.
        """
        if bars.empty and events.empty:
            return
        manifest = self._folder.manifest()
        entry = self._write(manifest.generation + 1, _of_one(batch, bars, events))
        self._folder.publish(Manifest(manifest.generation + 1, (*manifest.segments, entry)))
        if len(manifest.segments) >= MOST_SEGMENTS:
            self.merge(_small(self._folder.manifest().segments))

    def merge(self, chosen: tuple[dict[str, Any], ...]) -> None:
        """Replace some segments that follow each other by one."""
        if len(chosen) < 2:
            return
        manifest = self._folder.manifest()
        parts = [segments.decode(self._folder.path, segment, None) for segment in chosen]
        number, names = manifest.generation + 1, {segment["name"] for segment in chosen}
        entry = self._write(number, segments.used(segments.joined(parts)))
        first = manifest.segments.index(chosen[0])
        rest = [segment for segment in manifest.segments if segment["name"] not in names]
        self._folder.publish(Manifest(number, (*rest[:first], entry, *rest[first:])))
        self._folder.clear()

    def _write(self, number: int, versions: Versions) -> dict[str, Any]:
        name, sizes = f"{number:08d}", {}
        for end, data in segments.encode(versions).items():
            self._folder.put(f"{name}.{end}", data)
            sizes[end] = len(data)
        return {"name": name, "bytes": sizes, "rows": len(versions.day)}


def _small(found: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    """Return what is worth merging: all, or all but a first one that dwarfs the rest."""
    first, *rest = found
    return tuple(rest) if first["rows"] > 10 * sum(s["rows"] for s in rest) else found


def _of_one(batch: Batch, bars: pd.DataFrame, events: pd.DataFrame) -> Versions:
    """Return a batch's rows as versions, sorted."""
    symbol = pd.Categorical(bars["symbol"]) if len(bars) else pd.Categorical([])
    names = symbol.categories.to_numpy(dtype=object)
    order = np.argsort(names) if len(names) else np.array([], np.int32)
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names))
    code = place[symbol.codes] if len(names) else np.array([], np.int32)
    day = _days(bars["date"]) if len(bars) else np.array([], np.int32)
    told = pd.DataFrame(events, columns=list(EVENT_COLUMNS)).assign(batch=0)
    if len(told):
        told["date"] = _days(told["date"])
    told["note"] = told["note"].fillna("").astype(object)
    rows = Versions(
        names[order],
        code,
        day,
        np.zeros(len(day), np.int32),
        tuple(_column(bars, name) for name in VALUES),
        (batch,),
        told,
    )
    return segments.joined([sorted_rows(rows)])


def _column(bars: pd.DataFrame, name: str) -> Any:
    if name not in bars.columns:
        return np.full(len(bars), np.nan)
    return bars[name].to_numpy(np.float64, copy=True)


def _days(column: "pd.Series[Any]") -> Any:
    return pd.to_datetime(column).to_numpy("datetime64[D]").astype(np.int64).astype(np.int32)
