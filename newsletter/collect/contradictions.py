"""Kept bars that a second source contradicts: remembered, asked for again, and not used alone.

A bar is kept when it has stood its own gates; only then is it held against another source. What
that one contradicts stays marked on the shelf until a new version of the bar comes, until both
agree, or until a person accepts the symbol. The day after, with the second source away, it would
else be printed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from newsletter.collect.adjusting import EPOCH
from newsletter.collect.shelf import EVENT_COLUMNS, VALUES, Batch, Versions

if TYPE_CHECKING:
    from newsletter.collect.kept import Keeping

CONTRADICTED: Final = "contradicted"
AGREED: Final = "agreed"
ACCEPTED: Final = "accepted"


@dataclass(frozen=True, slots=True)
class Compared:
    """What holding a symbol's latest days against a second source gave.

    Parameters
    ----------
    both : frozenset of datetime.date
        Days of which both have a figure.
    apart : frozenset of datetime.date
        Those of them on which they differ by more than is allowed.
    """

    both: frozenset[dt.date]
    apart: frozenset[dt.date] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is marked on the shelf.

    Parameters
    ----------
    standing : mapping of str to frozenset of datetime.date
        By symbol, days whose kept bar is contradicted.
    believed : mapping of str to datetime.date
        By symbol, the last day of what a person accepted.
    """

    standing: Mapping[str, frozenset[dt.date]] = field(default_factory=dict)
    believed: Mapping[str, dt.date] = field(default_factory=dict)

    def believes(self, symbols: Iterable[str], date: dt.date) -> bool:
        """Tell whether a person accepted a day of one of some symbols."""
        return any(date <= self.believed.get(symbol, dt.date.min) for symbol in symbols)


def doubts_of(versions: Versions) -> Doubts:
    """Return what is marked and neither mended, agreed on nor accepted since."""
    events = versions.events
    events = events[events["kind"].isin((CONTRADICTED, AGREED, ACCEPTED))]
    standing: dict[str, frozenset[dt.date]] = {}
    believed: dict[str, dt.date] = {}
    for name, own in events.groupby("symbol", sort=False):
        symbol, found = str(name), own.sort_values("batch", kind="stable")
        accepted = found[found["kind"] == ACCEPTED]
        since = int(accepted["batch"].iloc[-1]) if len(accepted) else -1
        if len(accepted):
            believed[symbol] = _date(int(accepted["date"].iloc[-1]))
        last = found[found["kind"] != ACCEPTED].drop_duplicates("date", keep="last")
        last = last[(last["kind"] == CONTRADICTED) & (last["batch"] > since)]
        marked = zip(last["date"].tolist(), last["batch"].tolist(), strict=True)
        rows = versions.of(versions.slice(symbol))
        held = {day for day, batch in marked if _is_last(rows, day, batch)}
        if held:
            standing[symbol] = frozenset(_date(day) for day in held)
    return Doubts(standing, believed)


def remember(
    keeping: "Keeping",
    session: dt.date,
    start: dt.date,
    compared: Mapping[str, Compared],
    doubts: Doubts,
) -> None:
    """Mark what was found apart, and take back what agrees now.

    Parameters
    ----------
    keeping : Keeping
        Where bars are kept.
    session, start : datetime.date
        Of the request.
    compared : mapping of str to Compared
        What was found, by symbol.
    doubts : Doubts
        What is marked.
    """
    rows = []
    for symbol, found in compared.items():
        marked = doubts.standing.get(symbol, frozenset())
        fresh = {day for day in found.apart - marked if not doubts.believes((symbol,), day)}
        rows += [(symbol, pd.Timestamp(day), CONTRADICTED, np.nan, _APART) for day in fresh]
        mended = marked & found.both - found.apart
        rows += [(symbol, pd.Timestamp(day), AGREED, np.nan, _ALIKE) for day in mended]
    if not rows:
        return
    events = pd.DataFrame(sorted(rows), columns=EVENT_COLUMNS[:5])
    with keeping.shelf.writing() as pen:
        nothing = pd.DataFrame(columns=["date", "symbol", *VALUES])
        batch = Batch(keeping.now(), session, start, keeping.source, session)
        pen.add(batch, nothing, events)


_APART = "another source gives something else"
_ALIKE = "both sources agree again"


def _is_last(rows: Versions, day: int, batch: int) -> bool:
    """Tell whether the newest version of a day was there when it was marked."""
    own = rows.batch[rows.day == day]
    return bool(len(own)) and int(own.max()) <= batch


def _date(day: int) -> dt.date:
    return EPOCH + dt.timedelta(days=day)
