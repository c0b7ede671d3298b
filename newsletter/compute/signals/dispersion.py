"""Do the sectors move together? Their dispersion, their correlation, and what followed."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from newsletter.compute.arrays import (
    YEAR,
    Array,
    change,
    lagged,
    latch,
    percentile_rank,
    rolling_sum,
)
from newsletter.compute.case import Case, Words, fuller_line, tell
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

NAME = "sector_correlation"
MONTH, QUARTER, FIVE = 21, 63, 5 * YEAR
ENOUGH = 8
HIGH, LOW, MIDDLE = 80.0, 20.0, 50.0
METRICS = {
    "cross_section": ("cross_section", Unit.PERCENT),
    "correlation": ("correlation", Unit.NUMBER),
}
FLAT = 1e-18
"""A variance below this is rounding: a sector that never moved has no correlation."""


@measure("dispersion")
def dispersion(market: Market) -> Iterator[Output]:
    """Return ``sectors.cross_section.21d``, ``sectors.correlation.63d`` and a signal.

    Formula
    -------
    ``cross_section``: standard deviation (ddof 1) across the sectors of their total
    returns over 21 sessions, percent. ``correlation``: mean over all pairs of sectors of
    the correlation of their daily total returns, the last 63. Both with
    ``percentile_5y``: share of the last 1,260 values at or below today's.

    Signal ``sector_correlation``: ``macro-driven`` from the 80th percentile of
    correlation until it falls below the 50th; ``stock-picker`` from the 20th until it
    rises above the 50th; else ``mixed``. Strength: (50 − percentile) / 50, above zero where
    sectors go their own ways. Base rate: what the benchmark did after sessions in the
    present state; a hit is a rise.

    Source
    ------
    Cross-sectional dispersion and average correlation are the field's usual pair; windows
    and thresholds are ours.

    Example
    -------
    2026-07-02: returns of 21 sessions lie 6.5 % apart (94th percentile of five years) and
    daily returns correlate at 0.19 over 63 (2 of 1,260 as low): ``stock-picker`` since
    2025-07-25. In 28 of 37 known quarters that began so SPY rose (76 %), median 3.5 %; all
    days 73 % and 3.9 %: noise.

    Limits
    ------
    Adjusted closes, because price closes are not known for every sector. Over sectors
    known throughout the window, eight at least (or all, when fewer are configured, but
    two): two sectors younger than the rest join in 2015 and 2018, which shifts the level
    a little. The words are the desk's: sectors show it, stocks are not looked at.
    """
    make, universe = Maker(market, dispersion.formula), market.universe
    closes = market.matrix(universe.sectors, "total")
    subject = Subject("sectors", "the sectors", universe.sectors)
    together = mean_correlation(closes)
    yield from _pair(make, subject, "cross_section", MONTH, cross_section(closes))
    evidence = tuple(_pair(make, subject, "correlation", QUARTER, together))
    yield from _signal(make, together, evidence)


def needed(symbols: int) -> int:
    """Return how many sectors a cross-section takes, of so many configured."""
    return max(2, min(ENOUGH, symbols))


def cross_section(closes: Array) -> Array:
    """Return the dispersion of 21-session returns by session.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n_sessions, n_sectors)
        NaN where unknown.

    Returns
    -------
    numpy.ndarray, shape (n_sessions,)
        Standard deviation in percent, NaN where too few sectors are known.
    """
    moved = change(closes, lagged(closes, MONTH))
    known = np.isfinite(moved)
    count = known.sum(axis=1)
    enough = count >= needed(closes.shape[1])
    filled = np.where(known, moved, 0.0)
    mean = filled.sum(axis=1) / np.maximum(count, 1)
    squares = np.where(known, moved - mean[:, None], 0.0) ** 2
    out = np.sqrt(squares.sum(axis=1) / np.maximum(count - 1, 1))
    return np.where(enough, out, np.nan)


def mean_correlation(closes: Array) -> Array:
    """Return the mean pairwise correlation of the last 63 daily returns, by session.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n_sessions, n_sectors)
        NaN where unknown. A sector takes part where all 64 closes are known and it moved.
    """
    moves = change(closes, lagged(closes, 1))
    sums = rolling_sum(moves, QUARTER)
    # Returns have a mean near zero, so sums of squares lose no digits to it.
    variance = rolling_sum(moves * moves, QUARTER) - sums * sums / QUARTER
    deviation = np.sqrt(np.where(variance > FLAT, variance, np.nan))
    total, pairs = np.zeros(len(closes)), np.zeros(len(closes))
    for first, second in combinations(range(closes.shape[1]), 2):
        product = rolling_sum(moves[:, first] * moves[:, second], QUARTER)
        covariance = product - sums[:, first] * sums[:, second] / QUARTER
        one = covariance / (deviation[:, first] * deviation[:, second])
        known = np.isfinite(one)
        total += np.where(known, one, 0.0)
        pairs += known
    least = needed(closes.shape[1])
    out = np.full(len(closes), np.nan)
    np.divide(total, pairs, out=out, where=pairs >= least * (least - 1) / 2)
    return out


def _pair(
    make: Maker, subject: Subject, what: str, days: int, line: Array
) -> Iterator[Fact | Absent]:
    missing = f"Fewer than {needed(len(subject.inputs))} sectors have moves over {days} sessions."
    metric, unit = METRICS[what]
    yield make.fact(
        f"sectors.{what}.{days}d",
        float(line[-1]),
        unit,
        subject=subject,
        metric=metric,
        kind="statistic",
        period=make.span(f"{days}d", days + 1),
        missing=missing,
        places=2 if unit is Unit.NUMBER else None,
    )
    at_or_below, of = percentile_rank(line[-FIVE:] if len(line) >= FIVE else line[:0])
    start = make.market.sessions[-FIVE].date() if len(line) >= FIVE else make.market.session.date
    yield make.fact(
        f"sectors.{what}.percentile_5y",
        100.0 * at_or_below / of if of else float("nan"),
        Unit.PERCENTILE,
        subject=subject,
        metric=f"{metric}_percentile",
        kind="statistic",
        period=Period("5y", start, make.market.session.date),
        missing=f"Not known on all of the last {FIVE} sessions.",
        sample=Sample(at_or_below, of, start),
    )


def states_of(percentile: Array) -> Words:
    """Return the signal's state on each session, empty where the percentile is unknown."""
    known = np.isfinite(percentile)
    with np.errstate(invalid="ignore"):
        together = latch(percentile >= HIGH, ~known | (percentile < MIDDLE))
        apart = latch(percentile <= LOW, ~known | (percentile > MIDDLE))
    return np.select(
        [~known, together, apart], ["", "macro-driven", "stock-picker"], default="mixed"
    )


def _signal(make: Maker, together: Array, evidence: tuple[Fact | Absent, ...]) -> Iterator[Output]:
    universe = make.market.universe
    ranks = pd.Series(together).rolling(FIVE).rank(method="max", pct=True).to_numpy()
    percentile = 100.0 * ranks
    states = states_of(percentile)
    kind, outcome = fuller_line(make.market, universe.benchmark)
    inputs = (*universe.sectors, universe.benchmark)
    yield from tell(
        make,
        Case(
            name=NAME,
            subject=Subject(NAME, "the correlation of the sectors", inputs),
            states=states,
            strength=(MIDDLE - percentile) / MIDDLE,
            outcome=outcome,
            unit=Unit.PERCENT,
            kind=kind,
            sign=1,
            condition=str(states[-1]),
            evidence=evidence,
        ),
    )
