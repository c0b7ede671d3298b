"""Bars of any shape become one canonical, frozen Snapshot."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.clock import Session
from newsletter.collect.provider import Fetched
from newsletter.collect.snapshot import BAR_COLUMNS, PRICE_COLUMNS, Snapshot, Source
from newsletter.collect.tables import KNOWN, canonical, known_by
from newsletter.errors import DataUnavailable

_PRICES = len(PRICE_COLUMNS) - 1  # volume stands last and is not a price
_DAY_SPAN = np.int64(1 << 20)  # more days than any calendar holds: room for a date in a key

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def freeze(session: Session, fetched: Fetched) -> Snapshot:
    """Turn what a provider gave into the session's Snapshot.

    The same content in any order of rows and columns gives the same `Snapshot.id`.

    Parameters
    ----------
    session : Session
        The session the edition is about. Later rows are cut away.
    fetched : Fetched
        Long bars with at least ``date`` and ``symbol``; any subset of the price
        columns. A time of day or a zone on ``date`` is dropped: the wall date is the
        session label.

    Returns
    -------
    Snapshot
        Sorted, unique, typed bars and tables; each source's ``as_of`` is the last bar's date.

    Raises
    ------
    newsletter.errors.DataUnavailable
        If a column, a date or a symbol is missing, nothing is left up to the session,
        or two rows give one symbol and date *different* prices: which is right cannot
        be known here, so no edition is made from either.

    Notes
    -----
    A price that is not a positive finite number, and a negative volume, is NaN. Rows
    without any price (volume only, or nothing) are dropped. Rows of one symbol and date
    that agree wherever both have a price become one row holding what either has; of
    two volumes the larger is kept, since a feed's later count is the fuller one.
    """
    frame, label = fetched.bars, fetched.source.label
    for column in ("date", "symbol"):
        if column not in frame.columns:
            raise DataUnavailable(f"{label} gave bars without a {column!r} column.")
    days = _days(frame["date"], label)
    codes, names = _codes(frame["symbol"], label)
    values = _values(frame)
    keep = days <= np.datetime64(session.date, "D").astype(np.int64)
    keep &= ~np.isnan(values[:_PRICES]).all(axis=0)
    if not keep.any():
        raise DataUnavailable(
            f"{label} gave no price on or before {session.date}; check the source, its path "
            "and providers.history_start."
        )
    if not keep.all():
        days, codes, values = days[keep], codes[keep], values[:, keep]
    key = codes * _DAY_SPAN + (days - days.min())
    days, codes, values = _ordered(key, days, codes, values, names)
    bars = _assemble(days, names[codes], values)
    as_of = str(np.datetime64(int(days.max()), "D"))
    members = replace(fetched.members, symbols=tuple(sorted(set(fetched.members.symbols))))
    tables = _tables(session, fetched)
    given = [replace(s, as_of=_as_of(s, tables[s.covers])) for s in fetched.table_sources
             if s.covers in tables]  # fmt: skip
    beside = [replace(s, as_of=min(s.as_of, as_of)) for s in fetched.table_sources
              if s.covers == "bars"]  # fmt: skip
    return Snapshot(
        session=session,
        bars=bars,
        members=members,
        sources=(replace(fetched.source, as_of=as_of), *beside, *given),
        tables=tables,
    )


def _tables(session: Session, fetched: Fetched) -> dict[str, pd.DataFrame]:
    """Return the tables that hold anything known by the session, canonical."""
    end = pd.Timestamp(session.date)
    ready = {name: canonical(name, fetched.tables[name]) for name in sorted(fetched.tables)}
    cut = {name: known_by(frame, end).reset_index(drop=True) for name, frame in ready.items()}
    return {name: frame for name, frame in cut.items() if len(frame)}


def _as_of(source: Source, table: pd.DataFrame) -> str:
    """Return a source's own last day, never later than its table's: several may fill one."""
    newest = str(table[KNOWN].max().date())
    return min(source.as_of, newest) if source.as_of else newest


def _days(column: "pd.Series[Any]", label: str) -> Ints:
    """Return whole days since 1970-01-01, shape (n_rows,)."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        try:
            column = pd.to_datetime(column)
        except (ValueError, TypeError) as error:
            raise DataUnavailable(f"{label} gave a date that cannot be read: {error}.") from error
    if column.isna().any():
        raise DataUnavailable(f"{label} gave a bar without a date.")
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    return column.to_numpy("datetime64[D]").astype(np.int64)


def _codes(column: "pd.Series[Any]", label: str) -> tuple[Ints, npt.NDArray[np.object_]]:
    """Return each row's position among the sorted symbol names, and those names."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy(np.int64)
        found = column.cat.categories.to_numpy(dtype=object)
    else:
        raw, uniques = pd.factorize(column)
        codes, found = raw.astype(np.int64), np.asarray(uniques, dtype=object)
    if (codes < 0).any():
        raise DataUnavailable(f"{label} gave a bar without a symbol.")
    names = np.array([str(name) for name in found], dtype=object)
    order = np.argsort(names)
    position = np.empty(len(names), dtype=np.int64)
    position[order] = np.arange(len(names))
    return position[codes], names[order]


def _values(frame: pd.DataFrame) -> Floats:
    """Return cleaned numbers, shape (n_columns, n_rows), in the order of PRICE_COLUMNS."""
    values = np.full((len(PRICE_COLUMNS), len(frame)), np.nan)
    for row, column in enumerate(PRICE_COLUMNS):
        if column in frame.columns:
            values[row] = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    values[np.isinf(values)] = np.nan
    prices, volume = values[:_PRICES], values[_PRICES]
    prices[prices <= 0] = np.nan
    volume[volume < 0] = np.nan
    volume += 0.0  # minus zero becomes zero, so that equal content has equal bytes
    return values


def _ordered(
    key: Ints, days: Ints, codes: Ints, values: Floats, names: npt.NDArray[np.object_]
) -> tuple[Ints, Ints, Floats]:
    """Sort by symbol then date, and make one row of rows that agree."""
    steps = np.diff(key)
    if (steps < 0).any():
        order = np.argsort(key, kind="stable")
        key, days, codes, values = key[order], days[order], codes[order], values[:, order]
        steps = np.diff(key)
    if (steps != 0).all():
        return days, codes, values
    starts = np.concatenate(([0], np.flatnonzero(steps) + 1))
    merged = np.fmax.reduceat(values, starts, axis=1)
    least = np.fmin.reduceat(values, starts, axis=1)
    conflict = (merged[:_PRICES] > least[:_PRICES]).any(axis=0)
    days, codes = days[starts], codes[starts]
    if conflict.any():
        first = int(np.flatnonzero(conflict)[0])
        more = int(conflict.sum()) - 1
        raise DataUnavailable(
            f"Two bars of {names[codes[first]]} on {np.datetime64(int(days[first]), 'D')} give "
            f"different prices{f' ({more} more such bars)' if more else ''}; remove the wrong "
            "one from the source."
        )
    return days, codes, merged


def _assemble(days: Ints, symbols: npt.NDArray[np.object_], values: Floats) -> pd.DataFrame:
    data: dict[str, Any] = {
        "date": days.astype("datetime64[D]").astype("datetime64[ns]"),
        "symbol": pd.Series(symbols, dtype=object),
    }
    data |= {column: values[row] for row, column in enumerate(PRICE_COLUMNS)}
    return pd.DataFrame(data, columns=list(BAR_COLUMNS))
