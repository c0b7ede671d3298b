"""Collecting by way of what is kept: only what is missing is asked for, and held against it."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from newsletter.clock import Session
from newsletter.collect import gates
from newsletter.collect.adjusting import actions_of, as_of, days, frame
from newsletter.collect.contradictions import doubts_of
from newsletter.collect.progress import Progress
from newsletter.collect.provider import BarRequest, Fetched, Provider
from newsletter.collect.quarantine import Given, Refusal, changed, judge
from newsletter.collect.sessions import TradingDays
from newsletter.collect.shelf import ACTIONS, EVENT_COLUMNS, VALUES, Batch, Shelf, Versions
from newsletter.errors import DataUnavailable

_PRICES = [name for name in VALUES if name not in {"adj_close", "volume"}]
_SAME = 1e-6
"""Relative difference of dividends that are rescaled and rounded anew."""


@dataclass(frozen=True)
class Keeping:
    """Where bars are kept, and since when what comes now is known.

    Parameters
    ----------
    shelf : Shelf
        What is kept of one source.
    source : str
        Its name.
    now : callable
        The present instant, aware.
    accepted : tuple of str
        Symbols whose whole history is fetched anew and believed: a person has looked.
    """

    shelf: Shelf
    source: str
    now: Callable[[], dt.datetime]
    accepted: tuple[str, ...] = ()


def fetch_kept(
    provider: Provider,
    request: BarRequest,
    keeping: Keeping,
    trading_days: TradingDays,
    progress: Progress,
    core: Iterable[str] = (),
) -> tuple[Fetched, tuple[gates.Warning, ...]]:
    """Fetch what is missing, keep what stands its gates, and read the session from what is kept.

    Parameters
    ----------
    provider : Provider
        The source of bars.
    request : BarRequest
        What the session needs.
    keeping : Keeping
        Where it is kept.
    trading_days : TradingDays
        The exchange's calendar.
    progress : callable
        Told how far the work is.
    core : iterable of str
        Instruments without which there is no edition.

    Returns
    -------
    tuple of Fetched and tuple of Warning
        Bars in the session's units, and a line for each symbol that is quarantined. A source
        that does not tell its actions is not kept: what it gave is returned as it is.

    Raises
    ------
    newsletter.errors.DataUnavailable
        If the source cannot be read, or a core instrument is quarantined.
    """
    intake = _Intake(request, keeping, trading_days)
    asked = replace(request, have=intake.have(), keep=intake.take)
    fetched = provider.fetch(asked, progress)
    if fetched.actions is None:
        return fetched, ()
    intake.once_more()
    intake.take(fetched.bars, fetched.actions)
    stopped = {refusal.symbol: refusal for refusal in intake.refusals}
    for symbol in sorted(set(core) & set(stopped)):
        raise DataUnavailable(f"No edition for {request.session.date}: {_told(stopped[symbol])}")
    wanted = {*request.symbols, *fetched.members.symbols}
    whole = as_of(keeping.shelf.versions(intake.known), request.session.date)
    bars = frame(whole, request.start)
    mine = bars["symbol"].cat.categories.isin(sorted(wanted))
    if not mine.all():
        bars = bars[mine[bars["symbol"].cat.codes]]
    found = set(bars["symbol"].cat.remove_unused_categories().cat.categories)
    missing = tuple(sorted(wanted - found))
    warnings = tuple(gates.Warning(s, _told(stopped[s])) for s in sorted(stopped))
    return replace(fetched, bars=bars, missing=missing), warnings


def _told(refusal: Refusal) -> str:
    return (
        f"{refusal.symbol} {refusal.reason}; it is left as it was kept until the source agrees, or "
        f"until it is accepted with `newsletter collect --accept {refusal.symbol}`."
    )


class _Intake:
    """What one run fetches goes through here, in as many parts as it comes."""

    def __init__(self, request: BarRequest, keeping: Keeping, trading_days: TradingDays) -> None:
        self._request, self._keeping, self._days = request, keeping, trading_days
        self._taken: set[str] = set()
        self._believed: set[str] = set()
        self._closes: dict[dt.date, dt.datetime] = {}
        self.known = keeping.now()
        self.refusals: list[Refusal] = []
        self._read()

    def _read(self) -> None:
        shelf = self._keeping.shelf
        self._generation = shelf.generation
        self._kept = shelf.versions()
        self._last = self._kept.latest()
        self._actions = actions_of(self._kept)
        self._doubted = {
            symbol: days(min(found)) for symbol, found in doubts_of(self._kept).standing.items()
        }
        self._by_symbol = dict(list(self._actions.groupby("symbol", sort=False)))
        self._none = self._actions.iloc[:0]
        self._no_news = pd.DataFrame(columns=EVENT_COLUMNS[:5])

    def once_more(self) -> None:
        """Look at all symbols again but those refused: parts may have been filled up since."""
        if self._taken:
            self._read()
            self._taken = {refusal.symbol for refusal in self.refusals} | self._believed

    def have(self) -> dict[str, dt.date]:
        """Return the last final bar of each symbol that is kept from the first day wanted on."""
        accepted, found = set(self._keeping.accepted), {}
        for symbol in self._last.names:
            rows = self._final(str(symbol))
            if symbol in accepted or not len(rows.day):
                continue
            started = min(rows.batches[batch].start for batch in np.unique(rows.batch))
            if started <= self._request.start:
                found[str(symbol)] = dt.date(1970, 1, 1) + dt.timedelta(days=int(rows.day[-1]))
        return found

    def _final(self, symbol: str) -> Versions:
        """Return a symbol's kept rows with a close that are settled.

        A last one that its session outlived is not, nor is what another source contradicts and
        all that came after it: it is asked for again.
        """
        rows = self._last.of(self._last.slice(symbol))
        rows = rows.of(rows.day <= days(self._request.session.date))
        if symbol in self._doubted:
            rows = rows.of(rows.day < self._doubted[symbol])
        rows = rows.of(~np.isnan(rows.values[VALUES.index("close")]))
        if not len(rows.day):
            return rows
        last = dt.date(1970, 1, 1) + dt.timedelta(days=int(rows.day[-1]))
        if not self._days.is_session(last):
            return rows
        if last not in self._closes:
            self._closes[last] = self._days.close(Session(last, self._days.exchange))
        closed = self._closes[last]
        return rows.of(slice(0, -1)) if rows.batches[rows.batch[-1]].known < closed else rows

    def take(self, bars: pd.DataFrame, actions: pd.DataFrame) -> None:
        """Keep what stands its gates of the symbols that were not taken yet.

        Parameters
        ----------
        bars, actions : pandas.DataFrame
            As in `Fetched`, whole for every symbol in them.
        """
        if bars.empty:
            return
        instant, session = self._keeping.now(), self._request.session.date
        self.known = max(self.known, instant)
        basis = max(instant.astimezone(self._days.zone).date(), session)
        batch = Batch(instant, session, self._request.start, self._keeping.source, basis)
        given, told = _usable(bars, session), _dated(actions)
        with self._keeping.shelf.writing() as pen:
            if self._keeping.shelf.generation != self._generation:
                self._read()  # another run has kept something in between
            pen.add(batch, *self._sorted_out(given, told, batch))
            self._generation = self._keeping.shelf.generation

    def _sorted_out(
        self, given: pd.DataFrame, told: pd.DataFrame, batch: Batch
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the bars and events of a part that are worth keeping."""
        events = [pd.DataFrame(columns=EVENT_COLUMNS[:5])]
        actions = dict(list(told.groupby("symbol", sort=False)))
        worth = np.zeros(len(given), np.bool_)
        for name, place, rows in _by_symbol(given):
            if name in self._taken:
                continue
            self._taken.add(name)
            kept = self._last.of(self._last.slice(name))
            news = self._news(name, actions.get(name), int(rows.day[0]), batch)
            standing = self._standing(name, news)
            refusal = None
            if name in self._keeping.accepted:
                self._believed.add(name)
                events.append(_verdict(name, batch.session, "accepted", "a person accepted it"))
            else:
                refusal = judge(name, rows, self._settled(name, kept), standing, batch)
            if refusal is not None:
                self.refusals.append(refusal)
                events.append(_verdict(name, refusal.date, "quarantined", refusal.reason))
                continue
            worth[place] = changed(rows, kept, standing, batch)
            events.append(news)
        filled = [frame for frame in events if len(frame)] or events[:1]
        return given[worth], pd.concat(filled, ignore_index=True)

    def _settled(self, symbol: str, kept: Versions) -> Versions:
        """Return kept rows without one that was given before its session had closed."""
        final = self._final(symbol)
        later = kept.of(kept.day > days(self._request.session.date))
        return final if not len(later.day) else kept

    def _news(
        self, symbol: str, told: pd.DataFrame | None, first: int, batch: Batch
    ) -> pd.DataFrame:
        """Return actions that are not kept yet, and those kept that are told no more."""
        old = self._by_symbol.get(symbol, self._none)
        if told is None and not len(old):
            return self._no_news
        told = self._none if told is None else told
        keys = list(zip(old["date"], old["kind"], strict=True))
        held = dict(zip(keys, zip(old["value"], old["batch"], strict=True), strict=True))
        news = [told[name].tolist() for name in ("date", "kind", "value")]
        splits = [(d, r) for d, kind, r in zip(*news, strict=True) if kind == "split"]
        rows = []
        for day, kind, value in zip(*news, strict=True):
            before, since = held.pop((day, kind), (np.nan, 0))
            if kind == "dividend":  # its amount shrinks with every split that came after
                fresh = [
                    ratio
                    for split, ratio in splits
                    if split > day
                    and ((split, "split") not in keys or self._first(old, split) > since)
                ]
                before = before / np.prod(fresh) if fresh else before
            if not abs(value - before) <= _SAME * abs(value):
                rows.append((symbol, _stamp(day), kind, float(value), ""))
        gone = [key for key in held if first < key[0] <= days(batch.session)]
        rows += [(symbol, _stamp(day), kind, np.nan, "told no more") for day, kind in gone]
        return pd.DataFrame(rows, columns=EVENT_COLUMNS[:5]) if rows else self._no_news

    @staticmethod
    def _first(old: pd.DataFrame, day: int) -> int:
        found = old[(old["kind"] == "split") & (old["date"] == day)]["first"]
        return int(found.iloc[0])

    def _standing(self, symbol: str, news: pd.DataFrame) -> pd.DataFrame:
        """Return a symbol's actions as they stand with the news, which no kept row knows."""
        old = self._by_symbol.get(symbol, self._none)
        if not len(news):
            return old
        number = len(self._kept.batches)
        new = news.assign(batch=number, first=number, date=[days(d.date()) for d in news["date"]])
        both = pd.concat([old, new], ignore_index=True) if len(old) else new
        both = both.drop_duplicates(["symbol", "date", "kind"], keep="last")
        return both[both["value"] > 0]


def _by_symbol(given: pd.DataFrame) -> Iterator[tuple[str, slice, Given]]:
    """Yield each symbol's rows and where they stand."""
    names = given["symbol"].to_numpy(dtype=object)
    day = given["date"].to_numpy("datetime64[D]").astype(np.int64).astype(np.int32)
    values = [given[name].to_numpy(np.float64) for name in VALUES]
    steps = np.flatnonzero(names[1:] != names[:-1]) + 1
    for first, last in pairwise([0, *steps.tolist(), len(names)]):
        if first < last:
            place = slice(first, last)
            yield str(names[first]), place, Given(day[place], tuple(v[place] for v in values))


def _verdict(symbol: str, date: dt.date, kind: str, note: str) -> pd.DataFrame:
    row = (symbol, pd.Timestamp(date), kind, np.nan, note)
    return pd.DataFrame([row], columns=EVENT_COLUMNS[:5])


def _stamp(day: int) -> pd.Timestamp:
    return pd.Timestamp(dt.date(1970, 1, 1) + dt.timedelta(days=int(day)))


def _dated(actions: pd.DataFrame) -> pd.DataFrame:
    """Return actions that can be true, dates as days; a split of one for one is none."""
    found = actions[["symbol", "date", "kind", "value"]].copy()
    found["date"] = pd.to_datetime(found["date"]).to_numpy("datetime64[D]").astype(np.int64)
    found["value"] = found["value"].astype(np.float64)
    good = np.isfinite(found["value"]) & (found["value"] > 0) & found["kind"].isin(ACTIONS)
    good &= ~((found["kind"] == "split") & (found["value"] == 1))
    told: pd.DataFrame = found[good]
    return told.drop_duplicates(["symbol", "date", "kind"], keep="last")


def _usable(bars: pd.DataFrame, session: dt.date) -> pd.DataFrame:
    """Return rows with a price up to a session, sorted, prices that are none left out."""
    found = bars.reindex(columns=["date", "symbol", *VALUES])
    found["date"] = pd.to_datetime(found["date"]).dt.tz_localize(None).dt.normalize()
    numbers = found[list(VALUES)].astype(np.float64)
    found[list(VALUES)] = numbers.where(np.isfinite(numbers) & (numbers >= 0))
    found[_PRICES] = found[_PRICES].where(found[_PRICES] > 0)
    found["adj_close"] = np.nan  # a function of the day of fetching: it is worked out when read
    found = found[(found["date"] <= pd.Timestamp(session)) & found[_PRICES].notna().any(axis=1)]
    return found.drop_duplicates().sort_values(["symbol", "date"], ignore_index=True)
