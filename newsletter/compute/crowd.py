"""The crowd: daily counts over every member's whole history, in one bounded pass.

Members are taken in blocks of columns small enough for the processor's cache, so that
ten thousand symbols need hardly more memory than five hundred; what remains of them is
one number per session and question.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import (
    TIE,
    YEAR,
    Array,
    rolling_max,
    rolling_mean,
    rolling_min,
)

BLOCK = 24
"""Columns taken at once: about a megabyte of 25-year history."""

WORKERS = 2
"""Blocks under way at once; numpy leaves the interpreter alone while it works."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Crowd:
    """Counts of members by session, each array of shape (n_sessions,).

    Parameters
    ----------
    priced : numpy.ndarray
        Members with a close.
    above_20, above_50, above_200 : numpy.ndarray
        Members whose close lies above the mean of their last n closes.
    covered_20, covered_50, covered_200 : numpy.ndarray
        Members with all of those n closes.
    advancers, decliners, compared : numpy.ndarray
        Closes above and below the session before; `compared` have both.
    new_highs, new_lows, yearlings : numpy.ndarray
        Closes that are the highest or lowest of 252; `yearlings` have all 252. A line
        that did not move all year makes neither.
    """

    priced: Counts
    above_20: Counts
    above_50: Counts
    above_200: Counts
    covered_20: Counts
    covered_50: Counts
    covered_200: Counts
    advancers: Counts
    decliners: Counts
    compared: Counts
    new_highs: Counts
    new_lows: Counts
    yearlings: Counts

    def share(self, days: int, needed: float) -> Array:
        """Return the percent of covered members above their n-day average.

        Parameters
        ----------
        days : {20, 50, 200}
            Length of the average.
        needed : float
            Members that must be covered; sessions with fewer are NaN.
        """
        above, covered = getattr(self, f"above_{days}"), getattr(self, f"covered_{days}")
        out = np.full(len(above), np.nan)
        enough = (covered > 0) & (covered >= needed)
        np.divide(100.0 * above, covered, out=out, where=enough)
        return out


def count_crowd(closes: Array, columns: npt.NDArray[np.intp]) -> Crowd:
    """Count members by session.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n_sessions, n_symbols)
        Adjusted closes, NaN where there is none.
    columns : numpy.ndarray of int
        Which columns are members.
    """
    names = [one.name for one in fields(Crowd)]
    total = {name: np.zeros(len(closes), dtype=np.int64) for name in names}
    blocks = [columns[start : start + BLOCK] for start in range(0, len(columns), BLOCK)]

    def tally(block: npt.NDArray[np.intp]) -> list[tuple[str, Counts]]:
        return list(_tally(np.ascontiguousarray(closes[:, block])))

    with ThreadPoolExecutor(WORKERS) as pool:
        for counts in pool.map(tally, blocks):
            for name, count in counts:
                total[name] += count
    return Crowd(**total)


def _tally(closes: Array) -> Iterator[tuple[str, Counts]]:
    """Yield one block's counts; comparisons with NaN are False, so unknown counts nowhere."""
    known = np.isfinite(closes)
    yield "priced", known.sum(axis=1)
    slack = closes * (1.0 - TIE)
    for days in (20, 50, 200):
        mean = rolling_mean(closes, days)
        yield f"above_{days}", (slack > mean).sum(axis=1)
        yield f"covered_{days}", np.isfinite(mean).sum(axis=1)
    both = known[1:] & known[:-1]
    yield "advancers", _late((slack[1:] > closes[:-1]).sum(axis=1))
    yield "decliners", _late((closes[1:] < slack[:-1]).sum(axis=1))
    yield "compared", _late(both.sum(axis=1))
    high, low = rolling_max(closes, YEAR), rolling_min(closes, YEAR)
    moved = high > low
    yield "new_highs", (moved & (closes >= high)).sum(axis=1)
    yield "new_lows", (moved & (closes <= low)).sum(axis=1)
    yield "yearlings", np.isfinite(high).sum(axis=1)


def _late(counts: Counts) -> Counts:
    """Put counts that start with the second session into their rows."""
    return np.concatenate([[0], counts])
