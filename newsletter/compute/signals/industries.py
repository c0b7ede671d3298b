"""Industry league table: best and worst three, equal- and cap-weighted."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from newsletter.compute.arrays import Array, change
from newsletter.compute.facts import Period, Sample
from newsletter.compute.holdings import (
    Classes,
    Weights,
    classes_of,
    group_subject,
    slug,
    sourced,
    weights_at,
    weights_of,
)
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.roster import Roster
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

WINDOWS = ("1d", "5d", "1m", "ytd")
LEAST = 5
SHOWN = 3
WEIGHTED = ("1m", "ytd")
TIE = 1e-9


@measure("industries", lookback=260)
def industries(market: Market) -> Iterator[Output]:
    """Return ``industries.{best,worst,count}.1m`` and the returns of the first and last three.

    Formula
    -------
    Industries with at least five members that have both closes, ranked by the plain mean
    of their members' total returns, rank 1 = best; closer than 1e-9 points shares the
    better rank. For the best and worst three: ``return`` (that mean), ``rank``
    and over 1m and ytd ``cap_return`` (weighted by index weights at the window's start,
    ``w0 = w1 · (1 + r_index) / (1 + r_i)``). ``best``/``worst`` are states
    whose value is the industry's name. ``sample`` of a return: members that rose, of all.

    Source
    ------
    League table over GICS sub-industries where known, else Yahoo's industries.

    Example
    -------
    2026-07-02, 1m: biotechnology, five members, +35.3 % (by weight +23.9 %), is 1st of 40
    industries; semiconductors are 38th with −13.5 %.

    Limits
    ------
    An industry of five companies is no index: one of them can carry it. Members and
    industries are those of one list, known later than the window's start. Where an
    industry's weights are unknown its ``cap_return`` is absent. A tie for first or last
    names no best or worst; at least six industries are needed.
    """
    make = Maker(sourced(market, "classes", "holdings"), industries.formula)
    symbols = market.members.symbols
    classes = classes_of(market, symbols, "industry")
    if not classes.scheme:
        for window in WINDOWS:
            for what in ("best", "worst", "count"):
                yield Absent(
                    f"industries.{what}.{window}", "The industries of too few members are known."
                )
        return
    closes = market.matrix(symbols, "total", rows=260)
    weights = weights_of(market, market.members.id)
    for window in WINDOWS:
        period = make.window(window)
        row = market.row(period.start) - len(market.sessions) + len(closes) if period else 0
        returns = change(closes[-1], closes[row])
        shares = _shares(market, weights, period if window in WEIGHTED else None)
        table = _ranked(classes, returns, shares)
        yield from _told(make, window, period, table)


@dataclass(frozen=True, slots=True)
class _Industry:
    name: str
    mean: float
    weighted: float
    rising: int
    of: int


def _shares(market: Market, weights: Weights | None, period: Period | None) -> Array:
    """Return the members' weights at the window's start, NaN where unknown."""
    out = np.full(len(market.members.symbols), np.nan)
    if weights is None or period is None:
        return out
    known = dict(
        zip(weights.symbols, weights_at(market, weights, period.start).tolist(), strict=True)
    )
    return np.array([known.get(symbol, np.nan) for symbol in market.members.symbols])


def _ranked(classes: Classes, returns: Array, shares: Array) -> list[_Industry]:
    """Return the industries with enough members, best first."""
    known, found = np.isfinite(returns), []
    for name, members in classes.groups(LEAST):
        take = members & known
        of = int(take.sum())
        if of < LEAST:
            continue
        values, weight = returns[take], shares[take]
        found.append(
            _Industry(
                name, float(values.mean()), float(weight @ values / weight.sum()),
                int((values > TIE).sum()), of,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.mean, one.name))


def _told(
    make: Maker, window: str, period: Period | None, table: list[_Industry]
) -> Iterator[Output]:
    missing = "" if period else "History does not reach back that far."
    if len(table) < 2 * SHOWN:
        missing = missing or f"Only {len(table)} industries have {LEAST} members with both closes."
    if missing or period is None:
        for what in ("best", "worst", "count"):
            yield Absent(f"industries.{what}.{window}", missing)
        return
    quality = Roster(make.market).quality(period.start)
    subject = Subject("industries", "the industries", (make.market.members.id,))
    yield make.fact(
        f"industries.count.{window}", float(len(table)), Unit.COUNT, subject=subject,
        metric="industries", kind="count", period=period, quality=quality,
    )  # fmt: skip
    for what, first, second in (
        ("best", table[0], table[1]),
        ("worst", table[-1], table[-2]),
    ):
        if abs(first.mean - second.mean) <= TIE:
            yield Absent(f"industries.{what}.{window}", f"Tied: {first.name}, {second.name}.")
            continue
        yield make.fact(
            f"industries.{what}.{window}", first.name, Unit.STATE,
            subject=Subject("industries", f"the {what} industry", (slug(first.name),)),
            metric=what, kind="state", period=period, quality=quality,
        )  # fmt: skip
    for one in (*table[:SHOWN], *table[-SHOWN:]):
        yield from _industry(make, window, period, one, table)


def _industry(
    make: Maker, window: str, period: Period, one: _Industry, table: list[_Industry]
) -> Iterator[Output]:
    subject = group_subject(make.market, one.name, make.market.universe.benchmark)
    rank = 1 + sum(other.mean > one.mean + TIE for other in table)
    for what, value, unit, suffix, sample in (
        ("return", one.mean, Unit.PERCENT, ".total", Sample(one.rising, one.of, period.start)),
        ("cap_return", one.weighted, Unit.PERCENT, ".total", None),
        ("rank", float(rank), Unit.RANK, "", Sample(rank, len(table), period.start)),
    ):
        if what == "cap_return" and window not in WEIGHTED:
            continue
        yield make.fact(
            f"{subject.id}.{what}.{window}{suffix}", value, unit, subject=subject, metric=what,
            kind="total", period=period, sample=sample,
            quality=Roster(make.market).quality(period.start),
            missing="The index weights of its members are not known.",
        )  # fmt: skip
