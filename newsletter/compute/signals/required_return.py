"""The index without its heaviest sector or its giants, and what those contributed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from newsletter.compute.arrays import Array, Mask, change
from newsletter.compute.facts import Period
from newsletter.compute.holdings import (
    Weights,
    classes_of,
    company,
    group_subject,
    sourced,
    weights_at,
    weights_of,
    worst,
)
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

WINDOWS = ("1m", "ytd")
CLOSED, CLOSED_SHARE = 1.0, 0.1
SLACK = 0.02
NEAR_ZERO = 1.0


@measure("required_return", lookback=260)
def required_return(market: Market) -> Iterator[Output]:
    """Return ``sp500_ex_technology.return.ytd.total``, ``sp500_technology.contribution.…``.

    Formula
    -------
    For the heaviest sector and for the mega caps, over 1m and ytd, on total returns:
    ``contribution = Σ w0 · r`` in points, ``start_weight = Σ w0``,
    ``contribution_share = contribution / r_index`` and the return of the rest,
    ``(r_index − Σ w0 · r) / (1 − Σ w0)``. Weights at the window's start come from the
    latest known ones: ``w0 = w1 · (1 + r_index) / (1 + r_i)``, returns from the
    window's start to the weights' day.

    Source
    ------
    Contribution arithmetic of a portfolio held unchanged; ``r_index`` is the benchmark
    fund's.

    Example
    -------
    2026-07-02, ytd, GICS sectors: technology, 34.5 % at the start, gave 6.0 of the S&P
    500's 9.8 points; without it the index returned 5.8 %, without the mega caps 14.1 %.

    Limits
    ------
    Quality ``estimated``: who joined, left, issued or bought back shares since the
    window's start is taken to have been in the index as now. Absent where all lines'
    start weights do not sum to 100 ± 2 % or their contributions miss the benchmark's
    return by more than a point or a tenth of it; printed whole, for no more is known. A
    line without closes or sector counts to the rest; GICS and Yahoo draw technology's
    border differently. No share of the return where the benchmark moved less than 1 %, less
    than the group, or the other way. Weights are stale after 45 days, unused after 200.
    """
    make = Maker(sourced(market, "holdings", "classes"), required_return.formula)
    weights = weights_of(market, market.members.id)
    if weights is None:
        for window in WINDOWS:
            yield Absent(
                f"{market.members.id}_ex_mega_caps.return.{window}.total",
                "No index weights young enough are known.",
            )
        return
    groups = list(_groups(make, weights))
    closes = market.matrix((*weights.symbols, market.universe.benchmark), "total", rows=260)
    for window in WINDOWS:
        period = make.window(window)
        row = market.row(period.start) - len(market.sessions) + len(closes) if period else 0
        moved = change(closes[-1], closes[row])
        yield from _window(make, period, weights, groups, moved)


@dataclass(frozen=True, eq=False, slots=True)
class _Group:
    within: Subject
    without: Subject
    lines: Mask


def _groups(make: Maker, weights: Weights) -> Iterator[_Group]:
    market = make.market
    label = f"the {market.members.label.removesuffix(' members')} without"
    sectors = [
        (float(weights.shares[lines].sum()), name, lines)
        for name, lines in classes_of(market, weights.symbols, "sector").groups()
    ]
    if sectors:
        _, name, lines = max(sectors, key=lambda one: one[:2])
        within = group_subject(market, name, market.universe.benchmark)
        rest = within.id.removeprefix(f"{market.members.id}_")
        without = Subject(f"{market.members.id}_ex_{rest}", f"{label} {name}", within.inputs)
        yield _Group(within, without, lines)
    giants = {company(symbol) for symbol in market.universe.mega_caps}
    lines = np.array([company(symbol) in giants for symbol in weights.symbols])
    if lines.any():
        inputs = (market.members.id, market.universe.benchmark, *market.universe.mega_caps)
        within = Subject("mega_caps", "the mega caps", inputs)
        without = Subject(f"{market.members.id}_ex_mega_caps", f"{label} the mega caps", inputs)
        yield _Group(within, without, lines)


def _window(
    make: Maker, period: Period | None, weights: Weights, groups: list[_Group], moved: Array
) -> Iterator[Output]:
    if period is None:
        return
    shares = weights_at(make.market, weights, period.start)
    known = np.isfinite(shares) & np.isfinite(moved[:-1])
    shares, parts = np.where(known, shares, 0.0), np.where(known, shares * moved[:-1], 0.0)
    index, total = float(moved[-1]), float(shares.sum())
    missing = ""
    if not np.isfinite(index):
        missing = make.gap(make.instrument(make.market.universe.benchmark), "total", period)
    elif abs(total - 1.0) > SLACK or abs(float(parts.sum()) - index) > min(
        CLOSED, CLOSED_SHARE * abs(index)
    ):
        missing = (
            f"The lines' start weights sum to {total:.1%} and their contributions to "
            f"{parts.sum():.1f} points of {index:.1f}."
        )
    for group in groups:
        weight, part = float(shares[group.lines].sum()), float(parts[group.lines].sum())
        rest = (index - part) / (1.0 - weight) if weight < 1.0 else float("nan")
        flat = "" if abs(index) >= NEAR_ZERO else f"The index moved only {index:.2f} %."
        if part * index < 0:
            flat = "It moved against the index."
        elif abs(part) > abs(index):
            flat = "It moved by more than the index: no part of a whole."
        share = 100.0 * part / index if index else float("nan")
        for who, what, value, unit, kind, why in (
            (group.within, "start_weight", 100.0 * weight, Unit.PERCENT, "statistic", missing),
            (group.within, "contribution", part, Unit.POINTS, "total", missing),
            (group.within, "contribution_share", share, Unit.PERCENT, "statistic", missing or flat),
            (group.without, "return", rest, Unit.PERCENT, "total", missing),
        ):
            suffix = "" if what == "start_weight" else ".total"
            yield make.fact(
                f"{who.id}.{what}.{period.label}{suffix}", float("nan") if why else value, unit,
                subject=who, metric=what, kind=kind, period=period, missing=why,
                quality=worst("estimated", weights.quality), places=0,
            )  # fmt: skip
