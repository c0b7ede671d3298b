"""The crowd: daily counts over every member's whole history, in one bounded pass.

Members are taken a few at a time, small enough for the processor's cache, so that ten
thousand symbols need hardly more memory than five hundred; what remains of them is one
number per session and question.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import (
    CELLS,
    TIE,
    YEAR,
    Array,
    Mask,
    join_sums,
    trailing,
    trailing_extreme,
)

AVERAGES = (20, 50, 200)
"""Lengths of the averages that members stand above or below."""

WORKERS = 2
"""Blocks under way at once; numpy leaves the interpreter alone while it works."""

WIDEST = 255
"""Members in a block at most: what a byte can count."""

Counts = npt.NDArray[np.int64]
Tally = tuple[str, npt.NDArray[np.uint8]]


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
        return 100.0 * _part(above, covered, (covered > 0) & (covered >= needed))

    def net_advances(self, needed: float) -> Array:
        """Return ``(A − D) / (A + D)``, between -1 and 1.

        Parameters
        ----------
        needed : float
            Members that must have this close and the one before; sessions with fewer,
            and those on which none moved, are NaN.
        """
        moved = self.advancers + self.decliners
        known = (moved > 0) & (self.compared >= needed)
        return _part(self.advancers - self.decliners, moved, known)

    def advancing(self, needed: float) -> Array:
        """Return ``A / (A + D)``, between 0 and 1; `needed` as for `net_advances`."""
        moved = self.advancers + self.decliners
        return _part(self.advancers, moved, (moved > 0) & (self.compared >= needed))


def _part(hits: Counts, of: Counts, known: Mask) -> Array:
    out = np.full(len(of), np.nan)
    np.divide(hits, of, out=out, where=known)
    return out


def count_crowd(closes: Array, columns: npt.NDArray[np.intp]) -> Crowd:
    """Count members by session.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n_sessions, n_symbols)
        Adjusted closes, NaN where there is none. Either order of memory will do; columns
        that lie in one piece (Fortran order) are fastest.
    columns : numpy.ndarray of int
        Which columns are members.
    """
    total = {one.name: np.zeros(len(closes), dtype=np.int64) for one in fields(Crowd)}
    width = min(WIDEST, max(1, CELLS // max(1, len(closes))))
    blocks = [columns[start : start + width] for start in range(0, len(columns), width)]

    def tally(block: npt.NDArray[np.intp]) -> list[Tally]:
        # Indexing the transpose lays each member's history in one piece.
        return list(_tally(closes.T[block].T))

    with ThreadPoolExecutor(WORKERS) as pool:
        for counts in pool.map(tally, blocks):
            for name, count in counts:
                total[name][len(closes) - len(count) :] += count
    return Crowd(**total)


def _tally(closes: Array) -> Iterator[Tally]:
    """Yield one block's counts, each from the first session on which it can be known.

    Comparisons with NaN are False, so that what is unknown counts nowhere.
    """
    known = np.isfinite(closes)
    yield "priced", _count(known)
    yield "compared", _count(known[1:] & known[:-1])
    slack = closes * (1.0 - TIE)
    yield "advancers", _count(slack[1:] > closes[:-1])
    yield "decliners", _count(closes[1:] < slack[:-1])
    for days, (total,) in trailing((closes,), AVERAGES, join_sums).items():
        yield f"above_{days}", _count(slack[days - 1 :] * days > total)
        yield f"covered_{days}", _count(np.isfinite(total))
    high = trailing_extreme(closes, YEAR, np.maximum)
    low = trailing_extreme(closes, YEAR, np.minimum)
    now, moved = closes[YEAR - 1 :], high > low
    yield "new_highs", _count(moved & (now >= high))
    yield "new_lows", _count(moved & (now <= low))
    yield "yearlings", _count(np.isfinite(high))


def _count(mask: Mask) -> npt.NDArray[np.uint8]:
    """Count members session by session; a byte holds it, and bytes add fastest."""
    counts: npt.NDArray[np.uint8] = np.add.reduce(mask.view(np.uint8), axis=1, dtype=np.uint8)
    return counts
