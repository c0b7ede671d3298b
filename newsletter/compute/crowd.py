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

from newsletter.compute.arrays import TIE, YEAR, Array, Mask
from newsletter.compute.windows import CELLS, join_sums, trailing, trailing_extreme

AVERAGES = (20, 50, 200)
"""Lengths of the averages that members stand above or below."""

WORKERS = 2
"""Blocks under way at once; numpy leaves the interpreter alone while it works."""

WIDEST = 255
"""Members in a block at most: what a byte can count."""

RESERVE = 31 << 20
"""Bytes that the allocator is made to keep at hand; they are never touched."""

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
        return list(_tally(np.ascontiguousarray(closes.T[block])))

    # The C library gives freed memory back to the system and pays for every page again,
    # up to four times the work itself; it keeps more once a block of this size was freed.
    np.empty(RESERVE, dtype=np.uint8)
    with ThreadPoolExecutor(WORKERS) as pool:
        for counts in pool.map(tally, blocks):
            for name, count in counts:
                total[name][len(closes) - len(count) :] += count
    return Crowd(**total)


def _tally(closes: Array) -> Iterator[Tally]:
    """Yield one block's counts, each from the first session on which it can be known.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n_members, n_sessions)
        In one piece. Histories are taken end to end as one long line, for a pass over one
        line can be three times as fast as over many; what then reaches from one member
        into the next is left out by `_count`.

    Notes
    -----
    Comparisons with NaN are False, so that what is unknown counts nowhere.
    """
    line, shape = closes.ravel(), closes.shape
    known = np.isfinite(line)
    yield "priced", _count(known, shape)
    yield "compared", _count(known[1:] & known[:-1], shape)
    slack = line * (1.0 - TIE)
    yield "advancers", _count(slack[1:] > line[:-1], shape)
    yield "decliners", _count(line[1:] < slack[:-1], shape)
    for days, (total,) in trailing((line,), AVERAGES, join_sums).items():
        yield f"above_{days}", _count(slack[days - 1 :] * days > total, shape)
        yield f"covered_{days}", _count(np.isfinite(total), shape)
    high = trailing_extreme(line, YEAR, np.maximum)
    low = trailing_extreme(line, YEAR, np.minimum)
    now, moved = line[YEAR - 1 :], high > low
    yield "new_highs", _count(moved & (now >= high), shape)
    yield "new_lows", _count(moved & (now <= low), shape)
    yield "yearlings", _count(np.isfinite(high), shape)


def _count(mask: Mask, shape: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Count members session by session; a byte holds it, and bytes add fastest.

    Parameters
    ----------
    mask : numpy.ndarray of bool, shape (n_members * n_sessions - back,)
        Entry i speaks of entries i to i + back of the line.
    shape : tuple of int
        ``(n_members, n_sessions)``.

    Returns
    -------
    numpy.ndarray of uint8, shape (n_sessions - back,)
        None where `back` reaches over the whole history.
    """
    members, sessions = shape
    back = members * sessions - len(mask)
    grid = np.empty(members * sessions, dtype=np.uint8)
    grid[: len(mask)] = mask
    inside = grid.reshape(shape)[:, : max(0, sessions - back)]
    counts: npt.NDArray[np.uint8] = np.add.reduce(inside, axis=0, dtype=np.uint8)
    return counts
