"""What two sources of one truth say of each other: a fund and its index, a field and its age."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from newsletter.collect import gates
from newsletter.collect.contradictions import Compared, Doubts
from newsletter.collect.macro import SERIES
from newsletter.collect.snapshot import Snapshot
from newsletter.errors import DataUnavailable

TOLERANCE_POINTS = 1.5
"""Percentage points by which one session's return of the fund, with its dividend, may be off
that of its index: they close at different minutes, and in ten years were 1.04 apart at most
(2020-03-16)."""

RECENT = 21
"""Sessions within which the two are compared."""

STALE_AFTER_DAYS: Mapping[str, int] = {
    "fundamentals": 120, "classes": 400, "holdings": 45, "shares": 45,
}  # fmt: skip
"""Age of a table's newest row, in calendar days, from which on editors are told."""

_MACRO_DAYS = {"daily": 10, "weekly": 21, "monthly": 75, "quarterly": 200}


def compare(snapshot: Snapshot, fund: str, index: str | None) -> Compared | None:
    """Hold the latest returns of a fund against those of its index.

    Parameters
    ----------
    snapshot : Snapshot
        Both may be missing from it, or from the session.
    fund : str
        The benchmark, e.g. SPY.
    index : str, optional
        What it follows, e.g. ^GSPC.

    Returns
    -------
    Compared or None
        The days of the last `RECENT` sessions, and those of them on which one of the two is
        wrong by more than `TOLERANCE_POINTS`. None where one of them does not reach the session.
    """
    if index is None:
        return None
    returns = [_returns(snapshot, symbol) for symbol in (fund, index)]
    if any(one.empty or one.index[-1].date() != snapshot.session.date for one in returns):
        return None
    both = pd.concat(returns, axis=1, join="inner").dropna()
    apart = (both.iloc[:, 0] - both.iloc[:, 1]).abs() > TOLERANCE_POINTS
    return Compared(_dates(both.index), _dates(both.index[apart]))


def uncompared(snapshot: Snapshot, fund: str, index: str | None) -> tuple[gates.Warning, ...]:
    """Tell editors that a fund has no witness tonight, though the house names one.

    Parameters
    ----------
    snapshot, fund, index
        As for `compare`, which gave None.
    """
    if index is None:
        return ()
    words = (
        f"{fund} could not be held against its index: {index} has no close on "
        f"{snapshot.session.date}. Where the source never has it, take universe.benchmark_index "
        "out of config.yaml."
    )
    return (gates.Warning(index, words),)


def refuse(
    snapshot: Snapshot, fund: str, index: str | None, compared: Compared | None, doubts: Doubts
) -> None:
    """Refuse an edition where the fund and its index went different ways of late.

    Parameters
    ----------
    snapshot, fund, index
        As for `compare`.
    compared : Compared or None
        From `compare`.
    doubts : Doubts
        What was contradicted before, and what a person accepted.

    Raises
    ------
    newsletter.errors.DataUnavailable
        If they differ: which is wrong cannot be known here. Also where they differed before,
        nothing of it was mended, and the index is not there to be asked.
    """
    marked = doubts.standing.get(fund, frozenset()) if compared is None else compared.apart
    both = [symbol for symbol in (fund, index) if symbol]
    open_ = sorted(day for day in marked if not doubts.believes(both, day))
    if not open_:
        return
    day = open_[-1]
    told = [f"{symbol} {_told(_returns(snapshot, symbol), day)}" for symbol in both]
    raise DataUnavailable(
        f"No edition for {snapshot.session.date}: {' and '.join(told)} in the session of {day}, "
        f"and one of the two is wrong; refresh the source. Where {fund} is right, accept it with "
        f"`newsletter collect --accept {fund}`."
    )


def _told(returns: "pd.Series[float]", day: dt.date) -> str:
    found = returns[returns.index == pd.Timestamp(day)]
    return "is not known" if found.empty else f"returned {found.iloc[0]:+.2f}%"


def _dates(index: pd.Index) -> frozenset[dt.date]:
    return frozenset(one.date() for one in index)


def _returns(snapshot: Snapshot, symbol: str) -> "pd.Series[float]":
    """Return the latest sessions' returns in percent, dividends in them where they are known."""
    bars, column = snapshot.bars, snapshot.bars["symbol"].to_numpy(dtype=object)
    first, last = np.searchsorted(column, symbol), np.searchsorted(column, symbol, side="right")
    own = bars.iloc[max(int(first), int(last) - RECENT - 1) : int(last)]
    price = own["adj_close"] if own["adj_close"].notna().all() else own["close"]
    values = price.astype(np.float64).set_axis(pd.DatetimeIndex(own["date"]))
    return 100 * (values / values.shift() - 1).iloc[1:]


def stale(snapshot: Snapshot) -> tuple[gates.Warning, ...]:
    """Name the fields whose newest value is older than its kind allows.

    Parameters
    ----------
    snapshot : Snapshot
        Its tables are looked at; of bars the gates tell.
    """
    session, found = snapshot.session.date, []
    for name, limit in STALE_AFTER_DAYS.items():
        if name in snapshot.tables:
            newest = snapshot.tables[name]["known"].max().date()
            found += _if_old(name, newest, session, limit)
    macro = snapshot.tables.get("macro")
    if macro is not None:
        for series, rows in macro.groupby("series", sort=True):
            known = SERIES.get(str(series))
            limit = _MACRO_DAYS[known.frequency] if known else 0
            newest = pd.Timestamp(rows["known"].max()).date()
            found += _if_old(str(series), newest, session, limit) if limit else []
    return tuple(found)


def _if_old(name: str, newest: dt.date, session: dt.date, limit: int) -> list[gates.Warning]:
    age = (session - newest).days
    if age <= limit:
        return []
    message = (
        f"The newest figures of {name} became public on {newest}, {age} days before {session}; "
        "look whether its source still writes them."
    )
    return [gates.Warning(name, message)]
