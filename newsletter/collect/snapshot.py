"""The frozen inputs of one session; its sha256 names it and an edition replays from it."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from newsletter.clock import Session
from newsletter.collect.tables import digest

BAR_COLUMNS = ("date", "symbol", "open", "high", "low", "close", "adj_close", "volume")
PRICE_COLUMNS = BAR_COLUMNS[2:]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a part of the snapshot came from.

    Parameters
    ----------
    name : str
        Provider name, e.g. ``"yahoo"``.
    label : str
        How print names it, e.g. ``"Yahoo Finance"``.
    licence : str
        One line on the right to use and redistribute it.
    as_of : str
        ISO date of the last bar it gave.
    redistribution : bool
        Whether the licence lets figures from it be mailed to the public.
    simulated : bool
        True for the sample market: its mail can never leave the machine.
    covers : str
        ``"bars"`` or the name of the table it gave.
    """

    name: str
    label: str
    licence: str
    as_of: str
    redistribution: bool = False
    simulated: bool = False
    covers: str = "bars"


@dataclass(frozen=True, slots=True)
class Members:
    """The stocks over which breadth is counted.

    Parameters
    ----------
    id : str
        Subject of breadth facts, e.g. ``"sp500"``.
    label : str
        What the members are called in print, e.g. ``"S&P 500 members"``.
    symbols : tuple of str
        Sorted ticker symbols.
    as_of : str
        ISO date of the membership list, empty where it is not known.
    """

    id: str
    label: str
    symbols: tuple[str, ...]
    as_of: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Everything one edition knows about the market, and nothing later.

    Parameters
    ----------
    session : Session
        The session the edition is about; no bar is later.
    bars : pandas.DataFrame
        Long, one row per (symbol, date), sorted by symbol then date, columns
        `BAR_COLUMNS`; ``date`` is ``datetime64[ns]`` (session label, no zone),
        ``symbol`` is ``str``, the rest float64 with NaN where the source has nothing.
        ``close`` is split-adjusted, ``adj_close`` also dividend-adjusted.
    members : Members
        The breadth universe.
    sources : tuple of Source
        Where the bars and the tables came from.
    tables : mapping of str to pandas.DataFrame
        What was published beside the bars, by name (`newsletter.collect.tables.TABLES`),
        canonical and cut to what was known by the session. Often empty.

    Notes
    -----
    Build it with `newsletter.collect.normalise.freeze`, which guarantees the order and
    types that the hash relies on. Do not change `bars` in place.
    """

    session: Session
    bars: pd.DataFrame = field(repr=False, compare=False)
    members: Members
    sources: tuple[Source, ...]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def simulated(self) -> bool:
        """Whether any input is simulated."""
        return any(source.simulated for source in self.sources)

    def header(self) -> dict[str, Any]:
        """Return what is not bars, as plain JSON data."""
        return {
            "schema": "snapshot/1",
            "session": self.session.date.isoformat(),
            "exchange": self.session.exchange,
            "members": asdict(self.members),
            "sources": [asdict(source) for source in self.sources],
            "tables": {name: digest(name, self.tables[name]) for name in sorted(self.tables)},
        }

    @cached_property
    def id(self) -> str:
        """Name of the snapshot: ``sha256:`` over a canonical form of its contents.

        The hash is taken over values, not over Parquet bytes, so that it does not
        change with the version of the file format.
        """
        digest = hashlib.sha256(json.dumps(self.header(), sort_keys=True).encode())
        digest.update("\n".join(self.bars["symbol"].tolist()).encode())
        digest.update(self.bars["date"].to_numpy("datetime64[D]").astype("<i8").tobytes())
        for column in PRICE_COLUMNS:
            values = self.bars[column].to_numpy("<f8", copy=True)
            values[np.isnan(values)] = np.nan  # one bit pattern for "nothing"
            digest.update(values.tobytes())
        return f"sha256:{digest.hexdigest()}"

    def to_bytes(self) -> bytes:
        """Serialise to one Parquet file that carries the header in its metadata."""
        table = pa.Table.from_pandas(self.bars, preserve_index=False)
        beside = {f"table:{name}": _packed(self.tables[name]) for name in sorted(self.tables)}
        table = table.replace_schema_metadata({"snapshot": json.dumps(self.header()), **beside})
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", use_dictionary=["symbol"])
        return bytes(sink.getvalue().to_pybytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Snapshot":
        """Read back what `to_bytes` wrote; the id is the same.

        Bars and tables are unpacked when they are first asked for: whoever lays a mail out
        wants the names of the sources and no million bars.
        """
        header = json.loads(pq.read_schema(pa.BufferReader(data)).metadata[b"snapshot"])
        members = dict(header["members"])
        members["symbols"] = tuple(members["symbols"])
        read = cls.__new__(cls)
        vars(read).update(
            session=Session(dt.date.fromisoformat(header["session"]), header["exchange"]),
            members=Members(**members),
            sources=tuple(Source(**source) for source in header["sources"]),
            _data=data,
        )
        return read

    def __getattr__(self, name: str) -> Any:
        """Unpack bars or tables of a snapshot that was read back; called only before they are."""
        unpack = {"bars": _bars, "tables": _tables}.get(name)
        if unpack is None or "_data" not in vars(self):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return vars(self).setdefault(name, unpack(vars(self)["_data"]))


def _bars(data: bytes) -> pd.DataFrame:
    # Symbols stay codes until the end: a million of them as strings take half a second.
    bars: pd.DataFrame = pq.read_table(
        pa.BufferReader(data), read_dictionary=["symbol"]
    ).to_pandas()
    bars["date"] = bars["date"].astype("datetime64[ns]")
    symbols = bars["symbol"].cat
    names = symbols.categories.to_numpy(dtype=object)
    bars["symbol"] = pd.Series(names[symbols.codes.to_numpy()], dtype=object)
    return bars


def _tables(data: bytes) -> dict[str, pd.DataFrame]:
    told = pq.read_schema(pa.BufferReader(data)).metadata
    names = json.loads(told[b"snapshot"]).get("tables", {})
    return {name: _unpacked(told[f"table:{name}".encode()]) for name in names}


def _packed(frame: pd.DataFrame) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _unpacked(data: bytes) -> pd.DataFrame:
    frame: pd.DataFrame = pq.read_table(pa.BufferReader(data)).to_pandas()
    for column in frame.columns:
        kind = frame[column].dtype
        if pd.api.types.is_datetime64_any_dtype(kind):
            frame[column] = frame[column].astype("datetime64[ns]")
        elif kind != np.float64:
            frame[column] = frame[column].astype(object)
    return frame
