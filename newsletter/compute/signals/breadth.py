"""Breadth: how many members stand above their own averages, rose, or made new highs."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import FADED, YEAR, Array, exceeds, wilder_rsi_columns
from newsletter.compute.bands import usual_range
from newsletter.compute.crowd import AVERAGES, Crowd
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.roster import Roster
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

AGO = (5, 21)
NOTABLE = 21
RSI = 14
SETTLED = 100
HOT, COLD = 70.0, 30.0
PAST = dt.timedelta(days=31)
"""A period that began longer ago is counted on the list as it was then."""


@measure("breadth", version=2)
def breadth(market: Market) -> Iterator[Output]:
    """Return ``sp500.breadth.above_50d`` and its kin over the configured members.

    Formula
    -------
    ``above_nd = 100 · members above / members covered``, n = 20, 50, 200: covered has all
    n adjusted closes up to the session, above has its last close over their mean by more
    than 1e-12 of it. ``above_nd.5d_ago`` is the same at that session's close,
    ``above_nd_change.5d`` the difference in points.

    * ``above_nd_percentile``: ``100 · sessions at or below today's share / sessions``, over
      every session with enough members covered. ``above_nd_highest_since``: the last
      earlier session at or above today's share, where 21 sessions back or more; ``lowest``
      likewise. Series ``above_nd`` over the last 252 sessions; ``above_nd.range.low_tenth``
      and ``.high_tenth``: shares at or below which a tenth and nine tenths of
      the percentile's sessions lay.
    * ``advancers.1d``, ``decliners.1d``: closes above and below the day before;
      ``advancers_share.1d`` their percent of the members with both closes.
    * ``new_highs.1y``, ``new_lows.1y``: closes that are the highest or lowest of 252;
      ``net_new_highs.1y`` the difference.
    * ``ad_line``: the running sum of advancers less decliners from the first session with
      enough members. ``ad_line.place`` is ``at a record`` where no earlier sum is higher,
      else ``below its record``; ``ad_line.record`` dates the highest sum, ``percentile_1y``
      ranks it among its last 252.
    * ``overbought.14d``, ``oversold.14d``: members whose Wilder index over their closes
      since the last missing one, at least 100, stands above 70 or below 30.
    * ``coverage``: percent of members with today's close.

    Source
    ------
    Percent above moving average, advance–decline line, new highs and lows: common usage;
    on adjusted closes.

    Example
    -------
    2026-07-02: 67 % of S&P 500 members above the 50-day, 68 % above the 200-day average.

    Limits
    ------
    Adjusted closes put breadth one or two points above breadth on raw closes. Where fewer
    than `minimum_coverage` of the members are covered the fact is absent. Members are
    those of one list: quality is ``estimated`` where it is dated after
    the session or not at all (survivors only), ``stale`` where it is over a year older.
    Whatever compares with the past counts today's members then, those that later left
    are missing; it is ``estimated`` unless the list is as old as the sample. The level
    of ``ad_line`` depends on its first session and is not stated.
    """
    make, roster = Maker(market, breadth.formula), Roster(market)
    if not roster.total:
        yield Absent(f"{roster.subject.id}.breadth.members", "The list of members is empty.")
        return
    tally = _Tally(make, roster, market.crowd)
    for days in AVERAGES:
        yield from _above(tally, days)
        yield from _place(tally, days)
    yield from _moves(tally)
    yield from _line(tally)
    yield from _strained(tally)
    yield from _size(tally)


class _Tally:
    """Makes breadth facts from counts, with coverage gate and quality."""

    def __init__(self, make: Maker, roster: Roster, crowd: Crowd) -> None:
        self.make, self.roster, self.crowd = make, roster, crowd
        self.needed, self.stem = roster.needed, f"{roster.subject.id}.breadth"

    def fact(
        self, label: str, metric: str, value: float | dt.date | str, unit: Unit,
        period: Period | None, *, sample: Sample | None = None, lookback: int | None = None,
        missing: str = "",
    ) -> Fact | Absent:  # fmt: skip
        """Make one breadth fact; one about the past is only as good as the list was then."""
        kinds = {Unit.COUNT: "count", Unit.DATE: "date", Unit.STATE: "state"}
        session = self.make.market.session.date
        past = period is not None and session - period.start > PAST
        return self.make.fact(
            f"{self.stem}.{label}", value, unit,
            subject=self.roster.subject, metric=metric, period=period, lookback=lookback,
            kind=kinds.get(unit, "statistic"), sample=sample, missing=missing,
            quality=self.roster.quality(period.start if past and period else None),
            places=0 if unit in {Unit.PERCENT, Unit.NUMBER} else None,
        )  # fmt: skip

    def since(self, row: int) -> Period:
        """Return the period from a row to the session."""
        date = self.make.market.sessions[row].date()
        return Period(f"since:{date}", date, self.make.market.session.date)


def _above(tally: _Tally, days: int) -> Iterator[Output]:
    make, crowd = tally.make, tally.crowd
    above, covered = getattr(crowd, f"above_{days}"), getattr(crowd, f"covered_{days}")
    share = crowd.share(days, tally.needed)
    for ago in (0, *AGO):
        date, row = make.market.back(ago), len(share) - 1 - ago
        n, of = (int(above[row]), int(covered[row])) if date else (0, 0)
        yield tally.fact(
            f"above_{days}d" + (f".{ago}d_ago" if ago else ""), "breadth",
            float(share[row]) if date else float("nan"), Unit.PERCENT,
            make.close(date) if date else None, lookback=days,
            sample=Sample(n, of, date) if date else None, missing=tally.roster.gate(of),
        )  # fmt: skip
    for ago in AGO:
        there = ago < len(share)
        yield tally.fact(
            f"above_{days}d_change.{ago}d", "breadth_change",
            float(share[-1] - share[-1 - ago]) if there else float("nan"),
            Unit.POINTS, make.window(f"{ago}d"), lookback=days,
            missing=tally.roster.gate(int(min(covered[-1], covered[-1 - ago])) if there else 0),
        )  # fmt: skip
    name = f"share of {tally.roster.subject.name} above their {days}-day average"
    yield make.series(f"{tally.stem}.above_{days}d", name, Unit.PERCENT, share[-YEAR:])


def _place(tally: _Tally, days: int) -> Iterator[Output]:
    """Place today's share in its own past; a share that never moved has no place."""
    share = tally.crowd.share(days, tally.needed)
    known, label = np.flatnonzero(np.isfinite(share)), f"above_{days}d"
    past = share[known]
    if len(past) < YEAR or known[-1] != len(share) - 1 or past.min() == past.max():
        reason = f"Needs {YEAR} sessions with a share, today's among them, that are not all equal."
        for what in ("percentile", "highest_since", "lowest_since"):
            yield Absent(f"{tally.stem}.{label}_{what}", reason)
        return
    at_or_below, began = int((~exceeds(past, past[-1:])).sum()), tally.since(int(known[0]))
    yield tally.fact(
        f"{label}_percentile", "breadth_percentile", 100.0 * at_or_below / len(past),
        Unit.PERCENTILE, began, lookback=days, sample=Sample(at_or_below, len(past), began.start),
    )  # fmt: skip
    name = f"the share of {tally.roster.subject.name} above their {days}-day average"
    span = (began.start, began.end)
    yield from usual_range(f"{tally.stem}.{label}.range", name, Unit.PERCENT, past, span)
    for which, far in (("highest", past[:-1] >= past[-1]), ("lowest", past[:-1] <= past[-1])):
        rows = known[:-1][far]
        row = int(rows[-1]) if len(rows) else -1
        label_since = f"{label}_{which}_since"
        if row < 0:
            reason = f"The {which} share of the whole sample, which starts on {began.start}."
            yield Absent(f"{tally.stem}.{label_since}", reason)
        elif len(share) - 1 - row < NOTABLE:
            reason = f"A share as far out lies less than {NOTABLE} sessions back."
            yield Absent(f"{tally.stem}.{label_since}", reason)
        else:
            period = tally.since(row)
            yield tally.fact(
                label_since, f"breadth_{which}_since", period.start, Unit.DATE, period,
                lookback=days,
            )  # fmt: skip


def _moves(tally: _Tally) -> Iterator[Output]:
    make, crowd = tally.make, tally.crowd
    day, year = make.window("1d"), make.span("1y", YEAR)
    up, down, both = (int(c[-1]) for c in (crowd.advancers, crowd.decliners, crowd.compared))
    high, low, full = (int(c[-1]) for c in (crowd.new_highs, crowd.new_lows, crowd.yearlings))
    for label, metric, value, unit, n, of, period in (
        ("advancers.1d", "advancers", up, Unit.COUNT, up, both, day),
        ("decliners.1d", "decliners", down, Unit.COUNT, down, both, day),
        ("advancers_share.1d", "advancers_share", 100.0 * up / max(both, 1), Unit.PERCENT,
         up, both, day),
        ("new_highs.1y", "new_highs", high, Unit.COUNT, high, full, year),
        ("new_lows.1y", "new_lows", low, Unit.COUNT, low, full, year),
        ("net_new_highs.1y", "net_new_highs", high - low, Unit.NUMBER, high + low, full, year),
    ):  # fmt: skip
        missing = tally.roster.gate(of)
        yield tally.fact(
            label, metric, float("nan") if missing else float(value), unit, period,
            sample=Sample(n, of, period.start) if period else None, missing=missing,
        )  # fmt: skip


def _line(tally: _Tally) -> Iterator[Output]:
    """State where the advance–decline line stands; its level alone says nothing."""
    crowd, ids = tally.crowd, ("place", "record", "percentile_1y")
    counted = np.flatnonzero(crowd.compared >= max(tally.needed, 1))
    moves = crowd.advancers - crowd.decliners
    first = int(counted[0]) if len(counted) else len(moves)
    line = np.cumsum(moves[first:])
    gaps = len(line) - len(counted)
    reason = ""
    if len(line) < YEAR or not moves[first:].any():
        reason = f"The line needs {YEAR} sessions on which members moved."
    elif gaps:
        reason = f"On {gaps} of {len(line)} sessions too few members are covered."
    if reason:
        yield from (Absent(f"{tally.stem}.ad_line.{what}", reason) for what in ids)
        return
    began, record = tally.since(first), int(np.argmax(line))
    place = "at a record" if line[-1] >= line[record] else "below its record"
    date = tally.make.market.sessions[first + record].date()
    yield tally.fact("ad_line.place", "ad_line_place", place, Unit.STATE, began)
    yield tally.fact("ad_line.record", "ad_line_record", date, Unit.DATE, began)
    n, year = int((line[-YEAR:] <= line[-1]).sum()), tally.make.span("1y", YEAR)
    yield tally.fact(
        "ad_line.percentile_1y", "ad_line_percentile", 100.0 * n / YEAR, Unit.PERCENTILE, year,
        sample=Sample(n, YEAR, year.start) if year else None,
    )  # fmt: skip


def _strained(tally: _Tally) -> Iterator[Output]:
    market = tally.make.market
    recent = market.matrix(market.members.symbols, "total", rows=FADED * RSI)
    index: Array = wilder_rsi_columns(recent, RSI, SETTLED)
    of, period = int(np.isfinite(index).sum()), tally.make.span(f"{RSI}d", RSI + 1)
    missing = tally.roster.gate(of)
    for what, hits in (("overbought", index > HOT), ("oversold", index < COLD)):
        n = int(hits.sum())
        yield tally.fact(
            f"{what}.{RSI}d", what, float("nan") if missing else float(n), Unit.COUNT, period,
            sample=Sample(n, of, period.start) if period else None, missing=missing, lookback=RSI,
        )  # fmt: skip


def _size(tally: _Tally) -> Iterator[Output]:
    session, total = tally.make.market.session.date, tally.roster.total
    present, period = int(tally.crowd.priced[-1]), tally.make.close()
    yield tally.fact(
        "coverage", "coverage", 100.0 * present / total, Unit.PERCENT, period,
        sample=Sample(present, total, session),
    )  # fmt: skip
    yield tally.fact("members", "members", float(total), Unit.COUNT, period)
