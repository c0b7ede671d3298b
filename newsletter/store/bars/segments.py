"""One segment as two Parquet files: bars in columns, and events with the batches.

Values are written as they are: NaN stays NaN. Rows are sorted by symbol, date and batch, so
that one symbol is a few row groups, and a segment alone needs no sorting when it is read.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsletter.collect.shelf import EVENT_COLUMNS, VALUES, Batch, Versions
from newsletter.errors import StoreError
from newsletter.store.bars.overlay import empty, overlaid, together

BARS, EVENTS = "bars.parquet", "events.parquet"
ROW_GROUP = 131_072
_NO_ROWS = pa.table(
    {
        "symbol": pa.DictionaryArray.from_arrays(
            pa.array([], pa.int32()), pa.array([], pa.string())
        ),
        "date": pa.array([], pa.date32()),
        "batch": pa.array([], pa.int32()),
        **{name: pa.array([], pa.float64()) for name in VALUES},
    }
)


def encode(versions: Versions) -> dict[str, memoryview]:
    """Return the two files of some versions by the ends of their names."""
    symbol = pa.DictionaryArray.from_arrays(
        pa.array(versions.code.astype(np.int32)), pa.array(versions.names, pa.string())
    )
    bars = pa.table(
        {
            "symbol": symbol,
            "date": pa.array(versions.day.astype(np.int32)).cast(pa.date32()),
            "batch": pa.array(versions.batch.astype(np.int32)),
            **{
                name: pa.array(column) for name, column in zip(VALUES, versions.values, strict=True)
            },
        }
    )
    events = pa.Table.from_pandas(versions.events, schema=_EVENTS, preserve_index=False)
    events = events.replace_schema_metadata({"batches": _batches(versions.batches)})
    return {BARS: _bytes(bars), EVENTS: _bytes(events)}


_EVENTS = pa.schema(
    [
        ("symbol", pa.string()),
        ("date", pa.int64()),
        ("kind", pa.string()),
        ("value", pa.float64()),
        ("note", pa.string()),
        ("batch", pa.int64()),
    ]
)


def _bytes(table: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    # Prices repeat: a dictionary with LZ4 was the fastest to read of six ways, and the second
    # smallest. Every page carries a checksum.
    pq.write_table(
        table, sink, compression="lz4", row_group_size=ROW_GROUP, write_page_checksum=True
    )
    return memoryview(sink.getvalue())


def decode(folder: Path, segment: Mapping[str, Any], symbols: Iterable[str] | None) -> Versions:
    """Read a segment back.

    Parameters
    ----------
    folder : pathlib.Path
        Where its files are.
    segment : mapping
        Its entry of the manifest.
    symbols : iterable of str or None
        Only their rows and events.

    Raises
    ------
    FileNotFoundError
        If it was merged away since the manifest was read.
    StoreError
        If it is damaged.
    """
    name = segment["name"]
    paths = {end: folder / f"{name}.{end}" for end in (BARS, EVENTS)}
    try:
        for end, path in paths.items():
            if path.stat().st_size != segment["bytes"][end]:
                raise StoreError(_damaged(path))
        wanted = None if symbols is None else pa.array(sorted(set(symbols)), pa.string())
        events = pq.read_table(paths[EVENTS], page_checksum_verification=True)
        batches = _read_batches(events.schema.metadata[b"batches"])
        if wanted is not None:
            events = events.filter(pc.field("symbol").isin(wanted))
        return _versions(_bars(paths[BARS], wanted), events, batches)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError, IndexError) as error:
        raise StoreError(_damaged(paths[BARS])) from error


def _damaged(path: Path) -> str:
    return (
        f"{path} is damaged; put a copy of its folder back, or move the folder away and collect "
        "anew."
    )


def _bars(path: Path, symbols: pa.Array | None) -> pa.Table:
    with pq.ParquetFile(
        path, read_dictionary=["symbol"], memory_map=True, page_checksum_verification=True
    ) as file:
        if symbols is None:
            return file.read()
        groups = [g for g in range(file.num_row_groups) if _may_hold(file, g, symbols)]
        rows = file.read_row_groups(groups)
    return rows.filter(pc.is_in(rows["symbol"].cast(pa.string()), value_set=symbols))


def _may_hold(file: pq.ParquetFile, group: int, symbols: pa.Array) -> bool:
    bounds = file.metadata.row_group(group).column(0).statistics
    if bounds is None or not bounds.has_min_max:
        return True
    return any(bounds.min <= symbol <= bounds.max for symbol in symbols.to_pylist())


def _versions(bars: pa.Table, events: pa.Table, batches: tuple[Batch, ...]) -> Versions:
    if not len(bars):
        bars = _NO_ROWS
    symbol = bars["symbol"].unify_dictionaries().combine_chunks()
    if isinstance(symbol, pa.ChunkedArray):
        symbol = symbol.chunk(0)
    found = np.asarray(symbol.dictionary.to_pylist(), dtype=object)
    order = np.argsort(found) if len(found) else np.array([], np.int64)
    place = np.empty(len(found), np.int32)
    place[order] = np.arange(len(found))
    code = symbol.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    if len(found) and (order != np.arange(len(found))).any():
        code = place[code]
    batch = bars["batch"].to_numpy().astype(np.int32, copy=False)
    if len(batch) and not 0 <= batch.min() <= batch.max() < len(batches):
        raise ValueError("a row of no batch")
    return Versions(
        names=found[order],
        code=code,
        day=bars["date"].cast(pa.int32()).to_numpy(),
        batch=batch,
        values=tuple(bars[name].to_numpy() for name in VALUES),
        batches=batches,
        events=events.to_pandas()[list(EVENT_COLUMNS)],
    )


def _batches(batches: tuple[Batch, ...]) -> bytes:
    sources = list(dict.fromkeys(batch.source for batch in batches))
    rows = [
        [
            batch.known.astimezone(dt.UTC).isoformat(),
            batch.session.isoformat(),
            batch.start.isoformat(),
            sources.index(batch.source),
            batch.basis.isoformat() if batch.basis else None,
        ]
        for batch in batches
    ]
    return json.dumps({"sources": sources, "batches": rows}).encode()


def _read_batches(data: bytes) -> tuple[Batch, ...]:
    document = json.loads(data)
    sources = document["sources"]
    day = dt.date.fromisoformat
    return tuple(
        Batch(
            dt.datetime.fromisoformat(known),
            day(session),
            day(start),
            str(sources[source]),
            day(basis) if basis else None,
        )
        for known, session, start, source, basis in document["batches"]
    )


def joined(parts: list[Versions], cut: dt.datetime | None = None) -> Versions:
    """Return segments as one, sorted; later ones win over earlier ones of the same instant.

    Parameters
    ----------
    parts : list of Versions
        In the order in which they were written, each sorted.
    cut : datetime.datetime, optional
        What became known after this instant is left out.
    """
    batches = [
        (batch, p, i) for p, part in enumerate(parts) for i, batch in enumerate(part.batches)
    ]
    batches.sort(key=lambda entry: (entry[0].known, entry[1], entry[2]))
    if cut is not None:
        batches = [entry for entry in batches if entry[0].known <= cut]
    ranks = [np.full(len(part.batches), -1, np.int32) for part in parts]
    for position, (_, p, i) in enumerate(batches):
        ranks[p][i] = position
    names = np.array(sorted({name for part in parts for name in part.names}), dtype=object)
    ordered = tuple(entry[0] for entry in batches)
    events = [
        part.events.assign(batch=rank[part.events["batch"].to_numpy(np.int64)])
        for part, rank in zip(parts, ranks, strict=True)
        if len(part.events)
    ]
    shared = (names, ordered, sorted_events(events))
    rows = [_renamed(part, rank, shared) for part, rank in zip(parts, ranks, strict=True)]
    rows = [part for part in rows if len(part.day)]
    if not rows:
        return empty(*shared)
    big, *small = sorted(rows, key=lambda part: -len(part.day))
    return overlaid(big, together(small)) if small else big


def _renamed(part: Versions, rank: Any, shared: tuple[Any, tuple[Batch, ...], Any]) -> Versions:
    """Return a segment's rows under the names and batches of all, those cut away left out."""
    names, batches, events = shared
    code, batch = part.code, part.batch
    if len(part.names) != len(names):
        code = np.searchsorted(names, part.names).astype(np.int32)[code]
    if len(rank) and (rank != np.arange(len(rank))).any():
        batch = rank[batch]
    rows = Versions(names, code, part.day, batch, part.values, batches, events)
    return rows.of(rows.batch >= 0) if len(rank) and rank.min() < 0 else rows


def sorted_events(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return events as one frame, those of batches that are cut away left out."""
    if not parts:
        empty = _EVENTS.empty_table().to_pandas()
        return pd.DataFrame(empty[list(EVENT_COLUMNS)])
    events = pd.concat(parts, ignore_index=True)
    events = events[events["batch"] >= 0]
    return events.sort_values(["symbol", "date", "batch"], kind="stable", ignore_index=True)


def used(versions: Versions) -> Versions:
    """Return the same without batches of which nothing is left; for a merge's own file."""
    held = np.zeros(len(versions.batches), np.bool_)
    held[versions.batch] = True
    held[versions.events["batch"].to_numpy(np.int64)] = True
    if held.all():
        return versions
    place = np.cumsum(held) - 1
    events = versions.events.assign(batch=place[versions.events["batch"].to_numpy(np.int64)])
    batches = tuple(b for b, keep in zip(versions.batches, held, strict=True) if keep)
    return replace(versions, batch=place[versions.batch], batches=batches, events=events)
