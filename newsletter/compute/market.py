"""Market: the snapshot as arrays aligned to sessions, which is all a signal may see."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.clock import Session
from newsletter.collect.snapshot import Members, Snapshot
from newsletter.collect.tables import TABLES, known_by
from newsletter.compute.arrays import equal_weight_index
from newsletter.compute.crowd import Crowd, count_crowd
from newsletter.config import Universe
from newsletter.errors import DataUnavailable

Array = npt.NDArray[np.float64]

WINDOWS = ("1d", "5d", "1m", "3m", "6m", "ytd", "1y")
"""Windows of the standard return facts."""


@dataclass(frozen=True)
class Market:
    """Aligned history up to one session, cut there so that no signal can look ahead.

    Parameters
    ----------
    session : Session
        The last row.
    universe : Universe
        Names and roles of the instruments.
    members : Members
        The breadth universe.
    source : str
        Provider names, for stamping facts.
    sessions : pandas.DatetimeIndex, shape (n_sessions,)
        Exchange sessions, ascending; the last one is `session`.
    close : pandas.DataFrame, shape (n_sessions, n_symbols)
        Split-adjusted closes, float64; NaN where the source has nothing. Never filled.
    adjusted : pandas.DataFrame, shape (n_sessions, n_symbols)
        Split- and dividend-adjusted closes, likewise.
    tables : mapping of str to pandas.DataFrame
        What was published beside the bars (`newsletter.collect.tables`), rows known by
        the session only; read it with `table`.
    table_sources : mapping of str to str
        Provider names of each table, for stamping facts.
    """

    session: Session
    universe: Universe
    members: Members
    source: str
    sessions: pd.DatetimeIndex = field(repr=False)
    close: pd.DataFrame = field(repr=False)
    adjusted: pd.DataFrame = field(repr=False)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    table_sources: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, snapshot: Snapshot, universe: Universe, sessions: pd.DatetimeIndex) -> "Market":
        """Align a snapshot to the exchange's sessions.

        Parameters
        ----------
        snapshot : Snapshot
            Frozen inputs.
        universe : Universe
            Configured names and roles.
        sessions : pandas.DatetimeIndex
            All sessions of the exchange; cut to the snapshot's range here. Rows of the
            snapshot that fall on no session (weekends, foreign holidays) are left out.

        Raises
        ------
        DataUnavailable
            If the snapshot holds no bar, or its date is no session of the exchange.
        """
        bars = snapshot.bars
        if bars.empty:
            raise DataUnavailable(f"The snapshot of {snapshot.session} holds no bar.")
        end = pd.Timestamp(snapshot.session.date)
        index = sessions[(sessions >= bars["date"].min()) & (sessions <= end)]
        if len(index) == 0 or index[-1] != end:
            raise DataUnavailable(
                f"{snapshot.session} is no session with bars before or on it; "
                "name a trading day of the exchange that the data reach."
            )
        columns, symbols = pd.factorize(bars["symbol"], sort=True)
        dates = bars["date"].to_numpy("datetime64[ns]")
        labels = index.to_numpy("datetime64[ns]")
        rows = np.minimum(np.searchsorted(labels, dates), len(labels) - 1)
        keep = labels[rows] == dates
        rows, columns = rows[keep], columns[keep]

        def wide(column: str) -> pd.DataFrame:
            out = np.full((len(symbols), len(index)), np.nan)
            out[columns, rows] = bars[column].to_numpy(np.float64)[keep]
            return pd.DataFrame(out.T, index=index, columns=[str(s) for s in symbols])

        return cls(
            session=snapshot.session,
            universe=universe,
            members=snapshot.members,
            source=",".join(s.name for s in snapshot.sources if s.covers == "bars"),
            sessions=index,
            close=wide("close"),
            adjusted=wide("adj_close"),
            tables={name: known_by(frame, end) for name, frame in snapshot.tables.items()},
            table_sources={
                name: ",".join(s.name for s in snapshot.sources if s.covers == name)
                for name in snapshot.tables
            },
        )

    def cut(self, date: dt.date) -> "Market":
        """Return the same market as it stood at an earlier session."""
        keep = self.sessions <= pd.Timestamp(date)
        return Market(
            session=Session(date, self.session.exchange),
            universe=self.universe,
            members=self.members,
            source=self.source,
            sessions=self.sessions[keep],
            close=self.close.loc[keep],
            adjusted=self.adjusted.loc[keep],
            tables={
                name: known_by(frame, pd.Timestamp(date)) for name, frame in self.tables.items()
            },
            table_sources=self.table_sources,
        )

    def table(self, name: str) -> pd.DataFrame:
        """Return what a table held by the session's close; empty where there is none.

        Parameters
        ----------
        name : str
            As in `newsletter.collect.tables.TABLES`, whose columns it has.
        """
        found = self.tables.get(name)
        return pd.DataFrame(columns=list(TABLES[name].columns)) if found is None else found

    @cached_property
    def crowd(self) -> Crowd:
        """Daily counts over the members' whole history; computed once."""
        columns = self.adjusted.columns.get_indexer(pd.Index(self.members.symbols))
        return count_crowd(self.adjusted.to_numpy(), columns[columns >= 0])

    def line(self, name: str, kind: str) -> Array:
        """Return the closes of an instrument, or the index of a configured basket.

        Parameters
        ----------
        name : str
            A symbol or a basket's id.
        kind : {"price", "total"}
            Which closes.

        Returns
        -------
        numpy.ndarray, shape (n_sessions,)
            A basket's index stands at 100 on the first session on which all of its
            symbols have a close and moves by the plain mean of their returns: equal
            weights, restored every session. A session on which any close is missing has
            no value; the next complete one spans the gap.
        """
        parts = self.universe.parts(name)
        closes = self.matrix(parts, kind)
        return closes[:, 0] if len(parts) == 1 else equal_weight_index(closes)

    def ratio(self, first: str, second: str, kind: str) -> Array:
        """Return the ratio of two lines, NaN unless both are known and positive."""
        above, below = self.line(first, kind), self.line(second, kind)
        out = np.full(len(above), np.nan)
        np.divide(above, below, out=out, where=(above > 0) & (below > 0))
        return out

    def base(self, window: str) -> dt.date | None:
        """Return the session whose close is a window's base.

        Parameters
        ----------
        window : str
            ``1d``/``5d``: that many sessions back. ``1m``/``3m``/``6m``/``1y``: the
            session on or before the same date that many months ago. ``ytd``: the last
            session of the prior year. ``cal:2025``: the last session of 2024.
            ``since:2000-05-26``: that session, or the last one before it.

        Returns
        -------
        datetime.date or None
            None where history does not reach that far back, or the base would come after
            the session.
        """
        end = pd.Timestamp(self.session.date)
        if window.endswith("d") and window != "ytd":
            return self.back(int(window[:-1]))
        form, _, anchor = window.partition(":")
        if form == "ytd":
            target = pd.Timestamp(end.year - 1, 12, 31)
        elif form == "cal":
            target = pd.Timestamp(int(anchor) - 1, 12, 31)
        elif form == "since":
            target = pd.Timestamp(anchor)
        else:
            months = int(window[:-1]) * (12 if window.endswith("y") else 1)
            target = end - pd.DateOffset(months=months)
        position = int(self.sessions.searchsorted(target, side="right")) - 1
        if position < 0 or target > end:
            return None
        date: dt.date = self.sessions[position].date()
        return date

    def calendar_year(self, year: int) -> tuple[dt.date, dt.date] | None:
        """Return the base and the last session of a calendar year that is over.

        Parameters
        ----------
        year : int
            E.g. 2025.

        Returns
        -------
        tuple of datetime.date or None
            Last session of the year before, and of the year itself. None where the
            session still lies in that year (its last session is told from the next one
            only), or where history starts later.
        """
        base = self.base(f"cal:{year}")
        if base is None or self.session.date.year <= year:
            return None
        last: dt.date = self.sessions[self.row(dt.date(year, 12, 31))].date()
        return base, last

    def back(self, count: int) -> dt.date | None:
        """Return the session `count` sessions before the last one, None before the first."""
        position = len(self.sessions) - 1 - count
        if position < 0:
            return None
        date: dt.date = self.sessions[position].date()
        return date

    def row(self, date: dt.date) -> int:
        """Return the row of the last session on or before a date, -1 before the first."""
        return int(self.sessions.searchsorted(pd.Timestamp(date), side="right")) - 1

    def kind(self, *symbols: str, lookback: int) -> str:
        """Choose which closes a level-like measure uses: price, else adjusted.

        Parameters
        ----------
        *symbols : str
            Symbols that must all have a close for a session to count.
        lookback : int
            Sessions looked at, ending with the last one.

        Returns
        -------
        {"price", "total"}
            ``total`` only where adjusted closes are known on more of those sessions.
        """

        def known(kind: str) -> int:
            return int(np.isfinite(self.matrix(symbols, kind, lookback)).all(axis=1).sum())

        return "total" if known("total") > known("price") else "price"

    def matrix(self, symbols: Sequence[str], kind: str, rows: int | None = None) -> Array:
        """Return several symbols' closes side by side.

        Parameters
        ----------
        symbols : sequence of str
            Provider symbols, length n.
        kind : {"price", "total"}
            As for `prices`.
        rows : int, optional
            Only the last `rows` sessions.

        Returns
        -------
        numpy.ndarray, shape (n_sessions, n)
            NaN where a symbol or a close is unknown.
        """
        frame = self.close if kind == "price" else self.adjusted
        lines = frame.to_numpy(np.float64).T  # a symbol's closes lie side by side
        lines = lines if rows is None else lines[:, -rows:]
        places = self._places[kind]
        found = np.array([places.get(symbol, -1) for symbol in symbols], dtype=np.int64)
        out: Array = lines[found]
        out[found < 0] = np.nan
        return out.T

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        """Columns by symbol of both kinds of closes; pandas finds one much slower."""
        frames = {"price": self.close, "total": self.adjusted}
        return {
            kind: {str(name): place for place, name in enumerate(frame.columns)}
            for kind, frame in frames.items()
        }

    def prices(self, symbol: str, kind: str = "price") -> pd.Series:
        """Return one symbol's closes over all sessions; all NaN where unknown.

        Parameters
        ----------
        symbol : str
            Provider symbol, e.g. ``"^VIX"``.
        kind : {"price", "total"}
            Split-adjusted, or also dividend-adjusted.
        """
        frame = self.close if kind == "price" else self.adjusted
        if symbol not in frame.columns:
            return pd.Series(np.nan, index=self.sessions, name=symbol)
        return frame[symbol]

    def at(self, symbol: str, date: dt.date, kind: str = "price") -> float:
        """Return the close of a symbol on exactly that session, NaN where missing."""
        return float(self.prices(symbol, kind).get(pd.Timestamp(date), np.nan))
