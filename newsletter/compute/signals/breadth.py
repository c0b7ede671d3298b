"""Breadth: how many members stand above their own averages, rose, or made new highs."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import YEAR, Array, exceeds, lagged, rolling_mean
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

AVERAGES = (50, 200)
AGO = (5, 21)
STALE_AFTER = dt.timedelta(days=366)
SURVIVORS_AFTER = dt.timedelta(days=31)


@measure("breadth", lookback=YEAR + 200)
def breadth(market: Market) -> Iterator[Output]:
    """Return ``sp500.breadth.above_50d`` and its kin over the configured members.

    Formula
    -------
    ``above_nd = 100 · members above / members covered``: covered has all n adjusted
    closes up to the session, above has its last close over their mean by more than 1e-12
    of it. ``above_nd.5d_ago`` is the same at that session's close, ``above_nd_change.5d``
    the difference in points. ``advancers.1d``/``decliners.1d`` count closes above and
    below the day before; ``new_highs.1y``/``new_lows.1y`` count closes that are the
    highest or lowest of 252. ``coverage`` = percent of members with today's close.

    Source
    ------
    Percent above moving average, new highs and lows: common usage; on adjusted closes.

    Example
    -------
    2026-07-02: 67 % of S&P 500 members above the 50-day, 68 % above the 200-day average.

    Limits
    ------
    Adjusted closes put breadth one or two points above breadth on raw closes. Where fewer
    than `minimum_coverage` of the members are covered the fact is absent. Members are
    those of one list: quality is ``estimated`` where it is dated more than 31 days after
    the session or not at all (survivors only), ``stale`` where it is over a year older.
    """
    make = Maker(market, breadth.formula)
    members = market.members
    if not members.symbols:
        yield Absent(f"{members.id}.breadth.members", "The list of members is empty.")
        return
    closes = market.matrix(members.symbols, "total", rows=YEAR + max(AVERAGES))
    tally = _Tally(make, closes)
    for days in AVERAGES:
        yield from _above(tally, days)
    yield from _moves(tally)
    yield from _size(tally)


class _Tally:
    """Makes breadth facts from counts, with coverage gate and quality."""

    def __init__(self, make: Maker, closes: Array) -> None:
        members = make.market.members
        self.make, self.closes = make, closes
        self.total = len(members.symbols)
        self.needed = make.market.universe.breadth.minimum_coverage * self.total
        self.subject = Subject(members.id, members.label, (members.id,))
        self.quality = _quality(members.as_of, make.market.session.date)

    def fact(
        self, label: str, metric: str, value: float, unit: Unit, period: Period | None,
        *, sample: Sample | None = None, lookback: int | None = None, missing: str = "",
    ) -> Fact | Absent:  # fmt: skip
        """Make one breadth fact."""
        return self.make.fact(
            f"{self.subject.id}.breadth.{label}", value, unit,
            subject=self.subject, metric=metric, period=period, lookback=lookback,
            kind="count" if unit is Unit.COUNT else "statistic", sample=sample,
            quality=self.quality, missing=missing, places=0 if unit is Unit.PERCENT else None,
        )  # fmt: skip

    def gate(self, covered: int) -> str:
        """Say why a count over so few members is not stated; empty where it may be."""
        if covered and covered >= self.needed:
            return ""
        return (
            f"Only {covered} of {self.total} members have every close it needs; "
            f"{self.make.market.universe.breadth.minimum_coverage:.0%} are required."
        )


def _above(tally: _Tally, days: int) -> Iterator[Output]:
    make, closes = tally.make, tally.closes
    averages = rolling_mean(closes, days)
    covered = np.isfinite(averages).sum(axis=1)
    above = exceeds(closes, averages).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where((covered > 0) & (covered >= tally.needed), 100.0 * above / covered, np.nan)
    for ago in (0, *AGO):
        date, row = make.market.back(ago), len(share) - 1 - ago
        n, of = (int(above[row]), int(covered[row])) if date else (0, 0)
        yield tally.fact(
            f"above_{days}d" + (f".{ago}d_ago" if ago else ""), "breadth",
            float(share[row]) if date else float("nan"), Unit.PERCENT,
            make.close(date) if date else None, lookback=days,
            sample=Sample(n, of, date) if date else None, missing=tally.gate(of),
        )  # fmt: skip
    for ago in AGO:
        yield tally.fact(
            f"above_{days}d_change.{ago}d", "breadth_change",
            float(share[-1] - lagged(share, ago)[-1]), Unit.POINTS, make.window(f"{ago}d"),
            lookback=days, missing=tally.gate(0 if ago >= len(covered) else
                                              int(min(covered[-1], covered[-1 - ago]))),
        )  # fmt: skip
    name = f"share of {tally.subject.name} above their {days}-day average"
    label = f"{tally.subject.id}.breadth.above_{days}d"
    yield make.series(label, name, Unit.PERCENT, share[-YEAR:])


def _moves(tally: _Tally) -> Iterator[Output]:
    make, closes = tally.make, tally.closes
    last, before = closes[-1], lagged(closes, 1)[-1]
    window = closes[-YEAR:]
    full = np.isfinite(window).all(axis=0) & (len(window) == YEAR)
    with np.errstate(invalid="ignore"):
        known = np.isfinite(last) & np.isfinite(before)
        flat = window.max(axis=0) <= window.min(axis=0)
        high = full & ~flat & (last >= window.max(axis=0))
        low = full & ~flat & (last <= window.min(axis=0))
    day, year = make.window("1d"), make.span("1y", YEAR)
    for what, label, hits, cases, period in (
        ("advancers", "advancers.1d", exceeds(last, before), known, day),
        ("decliners", "decliners.1d", exceeds(before, last), known, day),
        ("new_highs", "new_highs.1y", high, full, year),
        ("new_lows", "new_lows.1y", low, full, year),
    ):
        n, of = int((hits & cases).sum()), int(cases.sum())
        missing = tally.gate(of)
        yield tally.fact(
            label, what, float("nan") if missing else float(n), Unit.COUNT, period,
            sample=Sample(n, of, period.start) if period else None, missing=missing,
        )  # fmt: skip


def _size(tally: _Tally) -> Iterator[Output]:
    session = tally.make.market.session.date
    present, period = int(np.isfinite(tally.closes[-1]).sum()), tally.make.close()
    yield tally.fact(
        "coverage", "coverage", 100.0 * present / tally.total, Unit.PERCENT, period,
        sample=Sample(present, tally.total, session),
    )  # fmt: skip
    yield tally.fact("members", "members", float(tally.total), Unit.COUNT, period)


def _quality(as_of: str, session: dt.date) -> str:
    if not as_of:
        return "estimated"
    listed = dt.date.fromisoformat(as_of[:10])
    if listed - session > SURVIVORS_AFTER:
        return "estimated"
    return "stale" if session - listed > STALE_AFTER else "ok"
