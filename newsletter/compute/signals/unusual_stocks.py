"""Single stocks whose last five sessions were the most unusual for them, and what followed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import TIE, YEAR, Array, Mask, change, percentile_rank, rolling_mean
from newsletter.compute.base_rates import ENOUGH, base_rate
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker, Subject, possessive
from newsletter.compute.market import Market
from newsletter.compute.readings import TOO_FEW
from newsletter.compute.signal import Absent, Output, measure
from newsletter.compute.statistics import wilson_interval
from newsletter.config import plain
from newsletter.units import Unit

MOST = 3
"""Stocks that are told of."""
STRETCH = 5
"""Sessions of the move."""
LARGE = 2.0
"""Times its usual size from which a move counts as an event of the stock's past."""
HORIZON = 21
"""Sessions after such a move that are looked at."""
ROWS = YEAR + 2 * STRETCH
"""Closes a stock needs: a year of moves that end before the present one begins."""
RATES = ("all_days_hit_rate", "all_days_median", "hit_rate", "hit_rate_high", "hit_rate_low",
         "known", "median", "verdict")  # fmt: skip
WINDOWS = ("1d", "5d", "1m", "ytd", "1y")
KINDS = (("price", ""), ("total", ".total"))


@measure("unusual_stocks")
def unusual_stocks(market: Market) -> Iterator[Output]:
    """Return ``NVDA.unusual_move.5d`` and the like for the three stocks furthest from their habit.

    Formula
    -------
    A stock's lead is its change over five sessions less the benchmark's, points, on
    adjusted closes. ``unusual_move``: the size of the lead divided by the root mean square
    of the 252 leads that ended before it began. The three largest of the breadth members
    are told of; without members, of the mega caps. ``move_percentile``: share of the last
    252 five-session changes at or below the present one. For a stock that is no configured
    instrument also level, returns, gaps to averages and distance from the year's high, as
    ``levels``, ``returns``, ``moving_averages`` and ``drawdowns`` make them.
    ``base_rate.21d``: earlier leads at least twice their usual size in the same direction,
    21 sessions or more apart; a hit is a lead of the same sign over the next 21.

    Source
    ------
    Standardised market-adjusted return of event studies (Brown and Warner, Journal of
    Financial Economics 1985), on a root mean square instead of a market model.

    Example
    -------
    2026-07-02: of 487 stocks SPGI is first: ahead of SPY by 16.24 points over five
    sessions, 4.1 times its usual lead or lag. Of 24 known sequels of such rises, 15 led the
    market over the next 21 sessions (62 %); all days 56 %: noise.

    Limits
    ------
    Of five hundred stocks some are always far from their habit: being first of them is no
    evidence of anything, and the base rate is of one stock's past among many that might
    have been looked at. Stocks of today's list have survived. Prices only: why it moved
    stands nowhere in the data, and a wrong close looks like a large move. Tickers of one
    letter and those with a dash are left out: the first are words, and fact ids keep the
    dash for pairs.
    """
    make = Maker(market, unusual_stocks.formula)
    found = _ranked(market)
    stocks = Subject("stocks", "the stocks compared", (market.members.id,))
    yield make.fact(
        "stocks.compared.5d", float(found.known), Unit.COUNT, subject=stocks,
        metric="stocks_compared", kind="count", period=make.close(),
    )  # fmt: skip
    for symbol, size in found.first:
        yield from _Stock(make, symbol).told(size)
    for symbol in found.unknown:
        yield from _Stock(make, symbol).unmeasured()


@dataclass(frozen=True, slots=True)
class _Found:
    """The stocks furthest from their habit, how many were compared, and who could not be."""

    first: tuple[tuple[str, float], ...]
    known: int
    unknown: tuple[str, ...]


def _ranked(market: Market) -> _Found:
    symbols = _candidates(market)
    if len(market.sessions) < ROWS or not symbols:
        return _Found((), 0, ())
    closes = market.matrix((market.universe.benchmark, *symbols), "total", rows=ROWS)
    moves = change(closes[STRETCH:], closes[:-STRETCH])
    leads = moves[:, 1:] - moves[:, :1]
    usual = np.sqrt((leads[:YEAR] ** 2).mean(axis=0))
    known: Mask = np.isfinite(leads).all(axis=0) & (usual > 100.0 * TIE)
    sizes = np.full(len(symbols), np.nan)
    np.divide(leads[-1], usual, out=sizes, where=known)
    told = {s: v for s, v in zip(symbols, sizes.tolist(), strict=True) if math.isfinite(v)}
    # Rounded before they are ranked: a last bit must not choose between equals.
    order = sorted(told, key=lambda symbol: (-round(abs(told[symbol]), 6), symbol))
    first = tuple((symbol, told[symbol]) for symbol in order[:MOST])
    listed: Mask = np.asarray(np.isfinite(closes[:, 1:]).any(axis=0))
    there = (symbols[k] for k in np.flatnonzero(listed))
    return _Found(first, len(told), tuple(symbol for symbol in there if symbol not in told))


def _candidates(market: Market) -> tuple[str, ...]:
    """Return the stocks: members that are no fund, index or future, else the mega caps."""
    universe = market.universe
    listed = market.members.symbols or universe.mega_caps
    others = {*universe.instruments} - {*universe.mega_caps}
    return tuple(sorted(s for s in {*listed} - others if len(s) > 1 and not {*s} & {*"-/"}))


class _Stock:
    """One stock and everything told of it."""

    def __init__(self, make: Maker, symbol: str) -> None:
        self.make, self.market, self.symbol = make, make.market, symbol
        universe = self.market.universe
        own = (symbol, universe.benchmark, self.market.members.id)
        # A ticker may be an English word (ALL, NOW): two words make it a name.
        known = symbol in universe.instruments
        name = universe.name(symbol) if known else f"shares of {plain(symbol)}"
        self.subject = Subject(plain(symbol), name, own)
        self.benchmark = universe.benchmark

    def told(self, size: float) -> Iterator[Fact | Absent]:
        """Yield its facts."""
        yield self.make.fact(
            f"{self.subject.id}.unusual_move.5d", abs(size), Unit.RATIO, subject=self.subject,
            metric="unusual_move", kind="statistic", period=self.make.window("5d"), places=1,
        )  # fmt: skip
        yield self._percentile()
        yield from self._spread()
        if self.symbol not in self.market.universe.instruments:
            yield from self._returns()
            yield from self._standing()
        yield from self._sequel(size)

    def unmeasured(self) -> Iterator[Absent]:
        """Say why it was not compared."""
        reason = f"Fewer than {ROWS} closes of it and the benchmark in as many sessions."
        stems = (f"{self.subject.id}.unusual_move.5d", f"{self.subject.id}.move_percentile.1y")
        yield from (Absent(one, reason) for one in (*stems, *self._pair_ids()))
        yield from self._no_sequel(reason)

    def _pair_ids(self) -> tuple[str, ...]:
        """Return the ids of its lead, unless a configured pair has made them."""
        id = f"{self.subject.id}-{plain(self.benchmark)}"
        pairs = self.market.universe.pairs
        taken = any(pair.subject == id for pair in pairs) or self.symbol == self.benchmark
        return () if taken else tuple(f"{id}.spread.5d{suffix}" for _, suffix in KINDS)

    def _no_sequel(self, reason: str) -> Iterator[Absent]:
        return (Absent(f"{self.subject.id}.base_rate.{HORIZON}d.{what}", reason) for what in RATES)

    def _percentile(self) -> Fact | Absent:
        closes = self.market.prices(self.symbol, "total").to_numpy()[-(YEAR + STRETCH) :]
        below, of = percentile_rank(change(closes[STRETCH:], closes[:-STRETCH]))
        period = self.make.span("1y", YEAR)
        return self.make.fact(
            f"{self.subject.id}.move_percentile.1y",
            100.0 * below / of if of else float("nan"),
            Unit.PERCENTILE,
            subject=self.subject,
            metric="move_percentile",
            kind="statistic",
            period=period,
            sample=Sample(below, of, period.start) if period and of else None,
        )

    def _spread(self) -> Iterator[Fact | Absent]:
        universe, period = self.market.universe, self.make.window("5d")
        name = f"{possessive(self.subject.name)} lead over {universe.name(self.benchmark)}"
        pair = Subject(f"{self.subject.id}-{plain(self.benchmark)}", name, self.subject.inputs)
        for (kind, _), id in zip(KINDS, self._pair_ids(), strict=False):
            closes = self.market.matrix((self.symbol, self.benchmark), kind, rows=STRETCH + 1)
            moves = change(closes[-1], closes[0])
            yield self.make.fact(
                id, float(moves[0] - moves[1]), Unit.POINTS, subject=pair,
                metric="spread", kind=kind, period=period,
            )  # fmt: skip

    def _returns(self) -> Iterator[Fact | Absent]:
        for window in WINDOWS:
            period = self.make.window(window)
            base = self.market.row(period.start) if period else -1
            for kind, suffix in KINDS:
                closes = self.market.prices(self.symbol, kind).to_numpy()
                yield self._fact(
                    f"return.{window}{suffix}",
                    float(change(closes[-1:], closes[[base]])[0]),
                    Unit.PERCENT,
                    "return",
                    kind,
                    period,
                )

    def _standing(self) -> Iterator[Fact | Absent]:
        make, close = self.make, self.market.at(self.symbol, self.market.session.date)
        yield self._fact("level", close, Unit.USD, "level", "level", make.close())
        for days in (50, 200):
            kind, closes = self._closes(days)
            gap = float(change(closes[-1:], rolling_mean(closes, days)[-1:])[0])
            span = make.span(f"{days}d", days)
            yield self._fact(f"gap.{days}d", gap, Unit.PERCENT, "gap", kind, span, days)
        kind, closes = self._closes(YEAR)
        fall = float(change(closes[-1:], closes.max(keepdims=True))[0])
        span = make.span("1y", YEAR)
        yield self._fact("drawdown.now", fall, Unit.PERCENT, "drawdown", kind, span, YEAR)

    def _closes(self, days: int) -> tuple[str, Array]:
        kind = self.market.kind(self.symbol, lookback=days)
        return kind, self.market.prices(self.symbol, kind).to_numpy()[-days:]

    def _fact(
        self, what: str, value: float, unit: Unit, metric: str, kind: str,
        period: Period | None, lookback: int | None = None,
    ) -> Fact | Absent:  # fmt: skip
        return self.make.fact(
            f"{self.subject.id}.{what}", value, unit, subject=self.subject, metric=metric,
            kind=kind, period=period, lookback=lookback,
        )  # fmt: skip

    def _sequel(self, size: float) -> Iterator[Fact | Absent]:
        stem = f"{self.subject.id}.base_rate.{HORIZON}d"
        if abs(size) < LARGE:
            yield from self._no_sequel(f"The move is less than {LARGE:g} times its usual size.")
            return
        closes = self.market.matrix((self.symbol, self.benchmark), "total")
        sign = 1 if size > 0 else -1
        sizes = _sizes(closes)
        seen = np.flatnonzero(np.isfinite(sizes))
        since = self.market.sessions[int(seen[0])].date()
        rate = base_rate(
            sign * sizes >= LARGE, closes[:, 0], sign=sign, horizon=HORIZON, since=since,
            against=closes[:, 1],
        )  # fmt: skip
        if rate.verdict == TOO_FEW:
            reason = f"{rate.known} earlier moves as large have a sequel; {ENOUGH} are needed."
            yield from self._no_sequel(reason)
            return
        hits = Sample(rate.hits, rate.known, since)
        low, high = wilson_interval(rate.hits, rate.known)
        told: tuple[tuple[str, object, Unit, str], ...] = (
            ("known", rate.known, Unit.COUNT, "count"),
            ("hit_rate", 100.0 * rate.hits / rate.known, Unit.PERCENT, "statistic"),
            ("hit_rate_low", low, Unit.PERCENT, "statistic"),
            ("hit_rate_high", high, Unit.PERCENT, "statistic"),
            ("all_days_hit_rate", rate.unconditional_hit_rate, Unit.PERCENT, "statistic"),
            ("median", rate.median, Unit.POINTS, "statistic"),
            ("all_days_median", rate.unconditional_median, Unit.POINTS, "statistic"),
            ("verdict", rate.verdict, Unit.STATE, "state"),
        )
        period = Period(f"since:{since}", since, self.market.session.date)
        for what, value, unit, kind in told:
            yield self.make.fact(
                f"{stem}.{what}",
                value if isinstance(value, str) else float(value),  # type: ignore[arg-type]
                unit,
                subject=self.subject,
                metric=f"base_rate_{what}",
                kind=kind,
                period=period,
                sample=hits if what == "hit_rate" else None,
                places=0 if unit is Unit.PERCENT else None,
                lookback=HORIZON,
            )


def _sizes(closes: Array) -> npt.NDArray[np.float64]:
    """Return on each session the lead of the first line in times of its usual size.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n_sessions, 2)
        The stock's and the benchmark's.
    """
    out = np.full(len(closes), np.nan)
    moves = change(closes[STRETCH:], closes[:-STRETCH])
    leads = moves[:, 0] - moves[:, 1]
    usual = np.sqrt(rolling_mean(leads**2, YEAR)[:-STRETCH])
    sizes = out[2 * STRETCH :]
    np.divide(leads[STRETCH:], usual, out=sizes, where=usual > 100.0 * TIE)
    return out
