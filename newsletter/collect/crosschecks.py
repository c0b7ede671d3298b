"""What two sources of one truth say of each other: a fund and its index, a field and its age."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsletter.collect.macro import SERIES
from newsletter.collect.snapshot import Snapshot
from newsletter.errors import DataUnavailable

FUND, INDEX = "SPY", "^GSPC"
TOLERANCE_POINTS = 1.5
"""Percentage points by which one session's return of the fund, with its dividend, may be off
that of its index: they close at different minutes, and in ten years were 1.04 apart at most
(2020-03-16)."""

STALE_AFTER_DAYS: Mapping[str, int] = {
    "fundamentals": 120, "classes": 400, "holdings": 45, "shares": 45,
}  # fmt: skip
"""Age of a table's newest row, in calendar days, from which on editors are told."""

_MACRO_DAYS = {"daily": 10, "weekly": 21, "monthly": 75, "quarterly": 200}


@dataclass(frozen=True, slots=True)
class Stale:
    """A field whose newest value is old.

    Parameters
    ----------
    name : str
        The series or table.
    message : str
        One sentence for the editor.
    """

    name: str
    message: str


def refuse_contradiction(snapshot: Snapshot) -> None:
    """Refuse a session on which the fund and its index went different ways.

    Parameters
    ----------
    snapshot : Snapshot
        Both may be missing from it; nothing is then compared.

    Raises
    ------
    newsletter.errors.DataUnavailable
        If they differ by more than `TOLERANCE_POINTS`: which is wrong cannot be known here.
    """
    fund, index = _last_return(snapshot, FUND), _last_return(snapshot, INDEX)
    if fund is None or index is None or abs(fund - index) <= TOLERANCE_POINTS:
        return
    raise DataUnavailable(
        f"No edition for {snapshot.session.date}: {FUND} returned {fund:+.2f}% and {INDEX} "
        f"{index:+.2f}% in that session, and one of the two is wrong; refresh the source."
    )


def _last_return(snapshot: Snapshot, symbol: str) -> float | None:
    """Return the session's return in percent, dividends in it where they are known."""
    bars, column = snapshot.bars, snapshot.bars["symbol"].to_numpy(dtype=object)
    first, last = np.searchsorted(column, symbol), np.searchsorted(column, symbol, side="right")
    own = bars.iloc[max(int(first), int(last) - 2) : int(last)]
    if len(own) < 2 or own["date"].iloc[-1].date() != snapshot.session.date:
        return None
    price = own["adj_close"] if own["adj_close"].notna().all() else own["close"]
    value = 100 * (float(price.iloc[1]) / float(price.iloc[0]) - 1)
    return None if np.isnan(value) else value


def stale(snapshot: Snapshot) -> tuple[Stale, ...]:
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


def _if_old(name: str, newest: dt.date, session: dt.date, limit: int) -> list[Stale]:
    age = (session - newest).days
    if age <= limit:
        return []
    message = (
        f"The newest figures of {name} became public on {newest}, {age} days before {session}; "
        "look whether its source still writes them."
    )
    return [Stale(name, message)]
