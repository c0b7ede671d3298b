"""Kept bars are put into the units of one session: splits and dividends known by then.

A source gives prices divided by the splits up to the day of fetching. Of a row given on one
evening and read for the session of another, a split is applied where it is missing and
taken back where it came later. The adjusted close follows from closes and dividends, by the
multipliers that Yahoo states for its own (help page SLN28256, after the Center for Research
in Security Prices): every close before an ex-date times ``1 - dividend / last close before
the ex-date``.
"""

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.collect.shelf import ACTIONS, VALUES, Floats, Versions

Whole = npt.NDArray[np.int64]

EPOCH = dt.date(1970, 1, 1)
_CLOSE, _ADJUSTED, _VOLUME = (VALUES.index(name) for name in ("close", "adj_close", "volume"))
_PRICES = tuple(i for i in range(len(VALUES)) if i not in {_ADJUSTED, _VOLUME})


def days(date: dt.date) -> int:
    """Return a date as days since 1970-01-01."""
    return (date - EPOCH).days


def actions_of(versions: Versions) -> pd.DataFrame:
    """Return the dividends and splits that stand, as they were last given.

    Parameters
    ----------
    versions : Versions
        Gives the events.

    Returns
    -------
    pandas.DataFrame
        Columns of the events and ``first``, the batch in which each was first told.
    """
    events = versions.events
    found = events[events["kind"].isin(ACTIONS)]
    key = ["symbol", "date", "kind"]
    if found.duplicated(key).any():
        first = found.groupby(key, sort=False, observed=True)["batch"].transform("min")
        found = found.assign(first=first).drop_duplicates(key, keep="last")
    else:
        found = found.assign(first=found["batch"])
    return found[found["value"] > 0]  # NaN takes one back


class Scales:
    """By what each row of some versions is multiplied for a session.

    Parameters
    ----------
    versions : Versions
        Rows, the last version of each.
    session : datetime.date
        Whose units are wanted.
    actions : pandas.DataFrame
        As `actions_of`.
    """

    def __init__(self, versions: Versions, session: dt.date, actions: pd.DataFrame) -> None:
        self._versions, self._session = versions, days(session)
        batches = versions.batches
        self._basis = np.array([days(b.basis) if b.basis else -1 for b in batches], np.int64)
        self._told = np.array([b.basis is not None for b in batches], np.bool_)
        self._number = np.arange(len(batches))
        self._splits = {
            str(symbol): list(zip(part["date"], part["value"], part["first"], strict=True))
            for symbol, part in actions[actions["kind"] == "split"].groupby(
                "symbol", sort=False, observed=True
            )
        }

    def by_batch(self, split: int, first: int) -> Whole:
        """Return by batch how often a split's ratio is to be multiplied in: -1, 0 or 1."""
        applied = (self._basis >= split) & (self._number >= first)
        wanted = split <= self._session
        return np.where(self._told, applied.astype(np.int64) - int(wanted), 0)

    def prices(self) -> Floats | None:
        """Return the factor of each row's prices, or None where all are one."""
        factor: Floats | None = None
        for symbol, splits in self._splits.items():
            rows = self._versions.slice(symbol)
            for date, ratio, first in splits:
                times = self.by_batch(date, first)
                if not times.any():
                    continue
                factor = np.ones(len(self._versions.day)) if factor is None else factor
                exponent = times[self._versions.batch[rows]] * (self._versions.day[rows] < date)
                # Multiplied and divided, never raised to a power: exact for ratios like 2.
                part = factor[rows]
                part[exponent == 1] *= ratio
                part[exponent == -1] /= ratio
        return factor

    def amounts(self, symbol: str, date: Whole, value: Floats, batch: Whole) -> Floats:
        """Return dividends of one symbol in the session's units."""
        found = value.copy()
        for split, ratio, first in self._splits.get(symbol, ()):
            times = self.by_batch(split, first)[batch] * (date < split)
            found[times == 1] *= ratio
            found[times == -1] /= ratio
        return found


def as_of(versions: Versions, session: dt.date) -> Versions:
    """Return bars in the units of a session, adjusted closes worked out.

    Parameters
    ----------
    versions : Versions
        What was known, every version.
    session : datetime.date
        Later rows are cut away, later splits and dividends are not applied.

    Returns
    -------
    Versions
        One row for each symbol and date. Where a batch has no basis the row is as given.
    """
    actions = actions_of(versions)
    rows = versions.latest()
    if len(rows.day) and rows.day.max() > days(session):
        rows = rows.of(rows.day <= days(session))
    scales = Scales(rows, session, actions)
    values = list(rows.values)
    factor = scales.prices()
    if factor is not None:
        for column in _PRICES:
            values[column] = values[column] * factor
        values[_VOLUME] = values[_VOLUME] / factor
    told = np.array([batch.basis is not None for batch in rows.batches], np.bool_)
    if told.any():
        adjusted = _adjusted(rows, values[_CLOSE], actions, scales, days(session))
        given = values[_ADJUSTED]
        values[_ADJUSTED] = adjusted if told.all() else np.where(told[rows.batch], adjusted, given)
    return Versions(
        rows.names, rows.code, rows.day, rows.batch, tuple(values), rows.batches, rows.events
    )


def _adjusted(
    rows: Versions, close: Floats, actions: pd.DataFrame, scales: Scales, session: int
) -> Floats:
    """Return closes less the dividends up to the session."""
    found = close.copy()
    dividends = actions[(actions["kind"] == "dividend") & (actions["date"] <= session)]
    symbols = dividends["symbol"].to_numpy(dtype=object)
    date, batch = dividends["date"].to_numpy(), dividends["batch"].to_numpy()
    value = dividends["value"].to_numpy(np.float64)
    starts = (np.flatnonzero(symbols[1:] != symbols[:-1]) + 1).tolist()
    for first, last in zip([0, *starts], [*starts, len(symbols)], strict=True):
        part = slice(first, last)
        symbol = str(symbols[first]) if last else ""
        place = rows.slice(symbol)
        day, own = rows.day[place], close[place]
        priced = np.flatnonzero(~np.isnan(own))
        before = np.searchsorted(day[priced], date[part].astype(day.dtype), side="left") - 1
        held = before >= 0  # of the others nothing older is kept
        if not held.any():
            continue
        amounts = scales.amounts(symbol, date[part], value[part], batch[part])
        steps = 1 - amounts[held] / own[priced[before[held]]]
        steps[steps <= 0] = np.nan  # nothing can be said of what was before it
        factor = np.ones(len(day))
        row = np.searchsorted(day, date[part][held].astype(day.dtype)) - 1
        np.multiply.at(factor, row, steps)
        found[place] = own * np.cumprod(factor[::-1])[::-1]
    return found


def frame(versions: Versions, start: dt.date | None = None) -> pd.DataFrame:
    """Return rows as long bars, in the columns and types that `freeze` reads best.

    Parameters
    ----------
    versions : Versions
        One row for each symbol and date.
    start : datetime.date, optional
        Earlier rows are left out.
    """
    rows = versions
    if start is not None and len(rows.day) and rows.day.min() < days(start):
        rows = rows.of(rows.day >= days(start))
    data: dict[str, object] = {
        "date": rows.day.astype("datetime64[D]").astype("datetime64[ns]"),
        "symbol": pd.Categorical.from_codes(
            rows.code, categories=pd.Index(rows.names, dtype=object)
        ),
    }
    return pd.DataFrame(data | dict(zip(VALUES, rows.values, strict=True)), copy=False)
