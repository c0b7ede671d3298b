"""Tables: frozen inputs beside the bars, each row with the day since which it is public.

Bars say what traded; tables say what was published: macro figures, fundamentals, classes,
weights, share counts. One rule holds for all of them: a row may be used only from the
session `known` on, so that no edition, replayed or not, knows a figure before its day.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
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
        Sorted by key and `known`, ``str`` texts, ``datetime64[ns]`` dates, float64
        numbers. Rows without a key, a number or a `known` are left out: nothing stands
        for nothing. Exact repetitions become one row.

    Raises
    ------
    DataUnavailable
        If the table or a column is unknown, or two rows of one key known on one day
        differ: which is right cannot be known here.
    """
    spec = TABLES.get(name)
    if spec is None:
        raise DataUnavailable(f"There is no table {name!r}; known are {', '.join(TABLES)}.")
    absent = [column for column in spec.columns if column not in frame.columns]
    if absent:
        raise DataUnavailable(f"The table {name} has no column {' and no column '.join(absent)}.")
    out = pd.DataFrame(index=range(len(frame)))
    for column in spec.text:
        values = frame[column].astype(object)
        texts = values.where(values.notna(), "").astype(str).str.strip()
        out[column] = texts.to_numpy(object)
    for column in (*spec.dates, KNOWN):
        out[column] = pd.to_datetime(frame[column]).to_numpy("datetime64[ns]")
    for column in spec.numbers:
        numbers = frame[column].to_numpy(np.float64, na_value=np.nan)
        out[column] = np.where(np.isfinite(numbers), numbers + 0.0, np.nan)
    out = out[list(spec.columns)].dropna()
    for column in spec.key:
        if column in spec.text:
            out = out[out[column] != ""]
    out = out.drop_duplicates().sort_values([*spec.key, KNOWN], ignore_index=True)
    twice = out.duplicated([*spec.key, KNOWN])
    if twice.any():
        row = out[twice].iloc[0]
        what = ", ".join(str(row[column]) for column in spec.key)
        raise DataUnavailable(
            f"Two rows of the table {name} for {what}, known on {row[KNOWN]:%Y-%m-%d}, differ; "
            "remove the wrong one from the source."
        )
    return out


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
