"""Momentum: the past year without its last month."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import YEAR, change
from newsletter.compute.facts import Period, Sample
from newsletter.compute.lines import last_closes, line_subject
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import Universe
from newsletter.units import Unit

SKIPPED = 21
ENOUGH = 8
TIE = 1e-9


@measure("momentum", lookback=YEAR + 1)
def momentum(market: Market) -> Iterator[Output]:
    """Return ``XLK.momentum.12_1``, percent, and ``XLK.momentum_rank.12_1``.

    Formula
    -------
    ``100 · (close[t − 21] / close[t − 252] − 1)``, t in sessions. Ranks among the sectors,
    1 = best; closer than 1e-9 points share the better rank.

    Source
    ------
    N. Jegadeesh and S. Titman, "Returns to buying winners and selling losers", Journal of
    Finance 48 (1993); the skipped month as usual since E. Fama and K. French (2012).

    Example
    -------
    2026-07-02: ``XLK.momentum.12_1`` = 58.59 % (2025-07-01 to 2026-06-02), 1st of 11.

    Limits
    ------
    Indices, sectors and both lines of each pair. Adjusted closes; price closes where only
    those are known at both ends (futures), as ``kind`` says. Ranks on adjusted closes,
    absent below eight sectors (or fewer, when fewer are configured).
    """
    make, universe = Maker(market, momentum.formula), market.universe
    start, end = market.back(YEAR), market.back(SKIPPED)
    period = Period("12_1", start, end) if start and end else None
    totals = {}
    for line in _lines(universe):
        kinds = {kind: _momentum(market, line, kind) for kind in ("total", "price")}
        totals[line] = kinds["total"]
        kind = "price" if np.isnan(kinds["total"]) and np.isfinite(kinds["price"]) else "total"
        subject = line_subject(make, line)
        yield make.fact(
            f"{subject.id}.momentum.12_1",
            kinds[kind],
            Unit.PERCENT,
            subject=subject,
            metric="momentum",
            kind=kind,
            period=period,
        )
    yield from _ranks(make, {s: totals[s] for s in universe.sectors}, period)


def _lines(universe: Universe) -> tuple[str, ...]:
    sides = (line for pair in universe.pairs for line in (pair.first, pair.second))
    return tuple(dict.fromkeys((*universe.indices, *universe.sectors, *sides)))


def _momentum(market: Market, line: str, kind: str) -> float:
    closes = last_closes(market, line, kind, YEAR + 1)
    if len(closes) <= YEAR:
        return float("nan")
    return float(change(closes[YEAR - SKIPPED], closes[0]))


def _ranks(make: Maker, values: dict[str, float], period: Period | None) -> Iterator[Output]:
    known = np.array([value for value in values.values() if np.isfinite(value)])
    few = len(known) < max(2, min(ENOUGH, len(values)))
    for symbol, value in values.items():
        subject = make.ranked(symbol, tuple(values))
        fact_id = f"{subject.id}.momentum_rank.12_1"
        if few or period is None:
            reason = f"Only {len(known)} of {len(values)} sectors have both closes."
            yield Absent(fact_id, reason)
            continue
        rank = 1 + int((known > value + TIE).sum())
        yield make.fact(
            fact_id,
            float(rank) if np.isfinite(value) else value,
            Unit.RANK,
            subject=subject,
            metric="momentum_rank",
            kind="total",
            period=period,
            sample=Sample(rank, len(known), period.start),
        )
