"""Tables: frozen inputs beside the bars, each row with the day since which it is public.

Bars say what traded; tables say what was published: macro figures, fundamentals, classes,
weights, share counts. One rule holds for all of them: a row may be used only from the
session `known` on, so that no edition, replayed or not, knows a figure before its day.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.errors import DataUnavailable

KNOWN = "known"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """Columns of one table.

    Parameters
    ----------
    name : str
        Unique.
    key : tuple of str
        Columns that, with `known`, name a row.
    text, dates, numbers : tuple of str
        Columns by type; `known` is a date and need not be listed.
    """

    name: str
    key: tuple[str, ...]
    text: tuple[str, ...]
    dates: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in canonical order, `known` last."""
        return (*self.text, *self.dates, *self.numbers, KNOWN)


TABLES: Mapping[str, TableSpec] = {
    spec.name: spec
    for spec in (
        # Observation `date` (first day of its period), value in the series' own unit.
        TableSpec("macro", ("series", "date"), ("series",), ("date",), ("value",)),
        # One figure of one company: trailing_pe, market_cap (USD), profit_margin (percent) …
        TableSpec("fundamentals", ("symbol", "field"), ("symbol", "field"), (), ("value",)),
        # Sector and industry under a scheme: ``gics`` or ``yahoo``.
        TableSpec(
            "classes", ("symbol", "scheme"), ("symbol", "scheme", "sector", "industry"), (), ()
        ),
        # Weight in percent of an index or fund (``sp500``, ``sp600``, ``SPY``).
        TableSpec("holdings", ("fund", "symbol"), ("fund", "symbol"), (), ("weight",)),
        # Shares outstanding of a fund at the close of `date`.
        TableSpec("shares", ("symbol", "date"), ("symbol",), ("date",), ("shares",)),
        # What others published, word for word: hostile, and no source of facts.
        TableSpec("headlines", ("source", "text"), ("source", "text"), (), ()),
        # Where a headline stands, for an editor who wants to read on.
        TableSpec("links", ("source", "text"), ("source", "text", "link"), (), ()),
        # Weight in percent within a whole, by kind: ``sector`` or ``holding`` (the largest ten
        # alone) of a fund, ``sector`` of ``us_market``, ``industry`` of a sector.
        TableSpec("weights", ("kind", "whole", "part"), ("kind", "whole", "part"), (), ("weight",)),
        # What is due on `date`: ``earnings`` (subject: a symbol), ``split``, ``economic``.
        TableSpec(
            "events",
            ("kind", "subject", "name", "date"),
            ("kind", "subject", "name", "detail"),
            ("date",),
            (),
        ),
        # Contracts by expiry: call_volume, put_volume, call_open_interest, put_open_interest.
        TableSpec(
            "options", ("symbol", "field", "expiry"), ("symbol", "field"), ("expiry",), ("value",)
        ),
    )
}


def canonical(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in the one order and types that its hash relies on.

    Parameters
    ----------
    name : str
        A name in `TABLES`.
    frame : pandas.DataFrame
        At least the table's columns; order and further columns do not matter.

    Returns
    -------
    pandas.DataFrame
        Sorted by key and `known`, ``str`` texts (spaces collapsed), ``datetime64[ns]``
        days (a time or a zone is dropped: the wall date counts), float64 numbers. Rows
        without a key, a date, a number or a `known` are left out: nothing stands for
        nothing. Exact repetitions become one row.

    Raises
    ------
    DataUnavailable
        If the table or a column is unknown, a date or a number cannot be read, or two
        rows of one key known on one day differ: which is right cannot be known here.
    """
    spec = TABLES.get(name)
    if spec is None:
        raise DataUnavailable(f"There is no table {name!r}; known are {', '.join(TABLES)}.")
    absent = [column for column in spec.columns if column not in frame.columns]
    if absent:
        raise DataUnavailable(f"The table {name} has no column {' and no column '.join(absent)}.")
    keep = np.ones(len(frame), dtype=np.bool_)
    values: dict[str, npt.NDArray[Any]] = {}
    ranks: dict[str, npt.NDArray[Any]] = {}  # what sorts like the values, but quickly
    for column in spec.text:
        ranks[column], values[column] = _texts(frame[column])
        if column in spec.key:
            keep &= values[column] != ""
    for column in (*spec.dates, KNOWN):
        values[column] = ranks[column] = _days(name, frame[column])
        keep &= ~np.isnat(values[column])
    for column in spec.numbers:
        values[column] = ranks[column] = _numbers(name, frame[column])
        keep &= np.isfinite(values[column])
    named = [*spec.key, KNOWN]
    rest = [column for column in spec.columns if column not in named]
    rows = np.flatnonzero(keep)
    rows = rows[np.lexsort([ranks[column][rows] for column in reversed([*named, *rest])])]
    twice = _repeats(ranks, named, rows)
    again = twice & _repeats(ranks, rest, rows)
    if (twice & ~again).any():
        raise DataUnavailable(_conflict(spec, values, int(rows[np.argmax(twice & ~again)])))
    rows = rows[~again]
    return pd.DataFrame(
        {column: _typed(values[column][rows]) for column in spec.columns},
        columns=list(spec.columns),
    )


def _texts(column: "pd.Series[Any]") -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Return each text's place among the sorted ones, and the texts; nothing is ``""``."""
    codes, found = pd.factorize(column)
    plain = np.array([" ".join(str(text).split()) for text in found] + [""], dtype=object)
    names = sorted(set(plain))
    place = {text: number for number, text in enumerate(names)}
    ranks = np.array([place[text] for text in plain], dtype=np.int64)
    return ranks[codes], plain[codes]  # the code -1, nothing, is the "" at the end


def _days(name: str, column: "pd.Series[Any]") -> npt.NDArray[np.datetime64]:
    try:
        read = pd.api.types.is_datetime64_any_dtype(column)
        dates = column if read else pd.to_datetime(column, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise DataUnavailable(
            f"The table {name} has a date in {column.name} that cannot be read: "
            f"{str(error).splitlines()[0].rstrip('.')}."
        ) from error
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        dates = dates.dt.tz_localize(None)
    return dates.to_numpy("datetime64[D]").astype("datetime64[ns]")


def _numbers(name: str, column: "pd.Series[Any]") -> npt.NDArray[np.float64]:
    try:
        return column.to_numpy(np.float64, na_value=np.nan) + 0.0  # minus zero becomes zero
    except (ValueError, TypeError) as error:
        raise DataUnavailable(
            f"The table {name} holds something in {column.name} that is no number ({error})."
        ) from error


def _repeats(
    ranks: Mapping[str, npt.NDArray[Any]], columns: list[str], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Tell which sorted rows agree with the one before in some columns."""
    same = np.ones(len(rows), dtype=np.bool_)
    same[:1] = False
    for column in columns:
        sorted_ranks = ranks[column][rows]
        same[1:] &= sorted_ranks[1:] == sorted_ranks[:-1]
    return same


def _conflict(spec: TableSpec, values: Mapping[str, npt.NDArray[Any]], row: int) -> str:
    shown = [str(values[column][row])[:10] if column in (*spec.dates, KNOWN) else
             str(values[column][row]) for column in (*spec.key, KNOWN)]  # fmt: skip
    return (
        f"Two rows of the table {spec.name} for {', '.join(shown[:-1])}, known on {shown[-1]}, "
        "differ; remove the wrong one from the source."
    )


def _typed(values: npt.NDArray[Any]) -> Any:
    return pd.Series(values, dtype=object) if values.dtype == object else values


def latest(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return of each key the row that became known last: the newest vintage.

    Parameters
    ----------
    name : str
        A name in `TABLES`.
    frame : pandas.DataFrame
        Canonical, so that later knowledge stands below earlier, already cut to what was
        known (`known_by`).
    """
    return frame[~frame.duplicated(list(TABLES[name].key), keep="last")]


def known_by(frame: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return the rows that were public by the close of a session."""
    return frame[frame[KNOWN] <= end]


def digest(name: str, frame: pd.DataFrame) -> str:
    """Return a sha256 over a canonical table's values."""
    spec = TABLES[name]
    total = hashlib.sha256(name.encode())
    for column in spec.text:
        total.update("\n".join(frame[column]).encode() + b"\0")
    for column in (*spec.dates, KNOWN):
        total.update(frame[column].to_numpy("datetime64[D]").astype("<i8").tobytes())
    for column in spec.numbers:
        total.update(frame[column].to_numpy("<f8").tobytes())
    return total.hexdigest()
