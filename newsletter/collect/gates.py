"""Quality gates: without the core of the market there is no edition.

The rest of the market may have holes. They come back as data, so that an editor sees
them and the sentences that needed those figures fall away.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Snapshot
from newsletter.config import Universe
from newsletter.errors import DataUnavailable

ORDER_TOLERANCE = 1e-5
"""Relative slack of low <= open, close <= high: feeds round the four separately."""

JUMP_PCT = 30.0
"""A larger one-session move of an instrument is more often an unadjusted split."""


@dataclass(frozen=True, slots=True)
class Warning:
    """A hole or oddity in the data that does not stop the edition.

    Parameters
    ----------
    symbol : str
        The instrument, or the id of the breadth universe.
    message : str
        One sentence for the editor.
    """

    symbol: str
    message: str


def check(snapshot: Snapshot, universe: Universe, trading_days: TradingDays) -> tuple[Warning, ...]:
    """Refuse a snapshot whose core is incomplete; report the other holes.

    Parameters
    ----------
    snapshot : Snapshot
        As `newsletter.collect.normalise.freeze` made it.
    universe : Universe
        Which instruments there are, and which are core.
    trading_days : TradingDays
        The exchange's calendar, to say how far behind a series is.

    Returns
    -------
    tuple of Warning
        Optional instruments that are missing, stale or suspicious, in symbol order;
        then one line when breadth members have no bar on the session.

    Raises
    ------
    newsletter.errors.DataUnavailable
        If a core instrument is missing, ends before the session, has no close on it,
        or its open, high, low and close contradict each other there.
    """
    series = _Series(snapshot)
    broken: list[tuple[str, str]] = []
    warnings: list[Warning] = []
    for symbol in universe.symbols:
        bars = series.of(symbol)
        core = symbol in universe.core
        problem = _hole(bars, snapshot, trading_days, needs_close=core)
        if problem is None and core:
            problem = _disorder(bars)
        if problem is None:
            problem, core = _jump(bars, symbol, universe), False
        if problem is None:
            continue
        sentence = f"{symbol} ({universe.name(symbol)}) {problem}"
        if core:
            broken.append((symbol, sentence))
        else:
            warnings.append(Warning(symbol, f"{sentence}."))
    if broken:
        raise DataUnavailable(_refusal(broken, snapshot))
    return (*warnings, *_coverage(snapshot, universe))


class _Series:
    """Rows of one symbol by bisection: the bars are sorted by symbol, then date."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._bars = snapshot.bars
        self._symbols = snapshot.bars["symbol"].to_numpy(dtype=object)

    def of(self, symbol: str) -> pd.DataFrame:
        start = int(np.searchsorted(self._symbols, symbol, side="left"))
        stop = int(np.searchsorted(self._symbols, symbol, side="right"))
        return self._bars.iloc[start:stop]


def _hole(
    bars: pd.DataFrame, snapshot: Snapshot, trading_days: TradingDays, *, needs_close: bool
) -> str | None:
    date, source = snapshot.session.date, _label(snapshot)
    if bars.empty:
        return f"is not in {source}"
    last = bars["date"].iloc[-1].date()
    if last != date:
        index = trading_days.index
        behind = int(((index > pd.Timestamp(last)) & (index <= pd.Timestamp(date))).sum())
        sessions = "1 session" if behind == 1 else f"{behind} sessions"
        return f"ends on {last} in {source}, {sessions} before {date}"
    close, adjusted = bars["close"].iloc[-1], bars["adj_close"].iloc[-1]
    if np.isnan(close) and (needs_close or np.isnan(adjusted)):
        return f"has a bar on {date} in {source} but no close"
    return None


def _disorder(bars: pd.DataFrame) -> str | None:
    low, high, start, close = (float(bars[c].iloc[-1]) for c in ("low", "high", "open", "close"))
    # Comparisons with NaN are False, so what the source does not have is not judged.
    slack = close * ORDER_TOLERANCE
    if any(low > price + slack or high < price - slack for price in (start, close, low, high)):
        return (
            f"has an impossible bar on {bars['date'].iloc[-1].date()}: open {start:g}, "
            f"high {high:g}, low {low:g}, close {close:g}"
        )
    return None


def _jump(bars: pd.DataFrame, symbol: str, universe: Universe) -> str | None:
    if symbol in {universe.volatility, universe.volatility_3m} or len(bars) < 2:
        return None
    before, last = bars["close"].iloc[-2:]
    move = 100 * (last / before - 1)
    if abs(move) <= JUMP_PCT or np.isnan(move):
        return None
    return f"moved {move:+.1f}% in one session; check for a split before printing it"


def _coverage(snapshot: Snapshot, universe: Universe) -> tuple[Warning, ...]:
    members = snapshot.members
    today = snapshot.bars[snapshot.bars["date"] == pd.Timestamp(snapshot.session.date)]
    priced = today[today["adj_close"].notna() | today["close"].notna()]
    absent = sorted(set(members.symbols) - set(priced["symbol"]))
    if not absent:
        return ()
    shown = ", ".join(absent[:8]) + (" …" if len(absent) > 8 else "")
    needed = universe.breadth.minimum_coverage
    gone = len(members.symbols) - len(absent) < needed * len(members.symbols)
    end = f"; breadth is left out, {needed:.0%} are required." if gone else "."
    return (
        Warning(
            members.id,
            f"{len(absent)} of {len(members.symbols)} {members.label} have no price on "
            f"{snapshot.session.date}: {shown}{end}",
        ),
    )


def _refusal(broken: list[tuple[str, str]], snapshot: Snapshot) -> str:
    others = ", ".join(symbol for symbol, _ in broken[1:])
    more = f" (likewise {others})" if others else ""
    return (
        f"No edition for {snapshot.session.date}: {broken[0][1]}{more}; refresh the source, "
        "choose a session it covers, or make the instrument optional in universe.instruments."
    )


def _label(snapshot: Snapshot) -> str:
    return ", ".join(source.label for source in snapshot.sources if source.covers == "bars")
