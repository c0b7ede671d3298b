"""Trailing windows: a statistic of every stretch of rows, in passes that stay in the cache."""

from collections.abc import Callable, Collection

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
State = tuple[Array, ...]
Join = Callable[[State, State, int, int], State]

CELLS = 98_304
"""Cells to take at once: 768 kB, so that a pass finds in the cache what the last one wrote."""


def trailing(first: State, windows: Collection[int], join: Join) -> dict[int, State]:
    """Return a statistic of every stretch of rows of each wanted length.

    Parameters
    ----------
    first : tuple of numpy.ndarray, each of shape (n, ...)
        The statistic of each single row.
    windows : collection of int
        Lengths of stretches, at least 1.
    join : callable
        ``(older, newer, rows in older, rows in newer) -> statistic of both``.

    Returns
    -------
    dict of int to tuple of numpy.ndarray, each of shape (n - window + 1, ...)
        Row i speaks of rows i to i + window - 1; no row where n is less than the window.

    Notes
    -----
    Stretches of 2, 4, 8 … rows are joined from two halves, and a window from those of its
    binary digits: ``log2`` passes, shared by all windows. Halves of like size keep
    rounding small, and a NaN reaches only the windows that hold it, which neither is true
    of a running sum.
    """
    out: dict[int, State] = {}
    width = dict.fromkeys(windows, 0)
    power, size = first, 1
    while True:
        for window in width:
            if window & size:
                have = width[window]
                out[window] = _joined(out[window], power, have, size, join) if have else power
                width[window] = have + size
        if 2 * size > max(width, default=0):
            return out
        power, size = _joined(power, power, size, size, join), 2 * size


def _joined(older: State, newer: State, before: int, after: int, join: Join) -> State:
    """Join each stretch with the one that starts where it ends."""
    late = tuple(part[before:] for part in newer)
    early = tuple(part[: len(late[0])] for part in older)
    return join(early, late, before, after)


def join_sums(older: State, newer: State, _before: int, _after: int) -> State:
    """Add, for `trailing`."""
    return (older[0] + newer[0],)


def join_means(older: State, newer: State, before: int, after: int) -> State:
    """Weigh two means by their rows; the mean of equals is exactly they."""
    if before == after:
        return ((older[0] + newer[0]) * 0.5,)
    return (older[0] + (newer[0] - older[0]) * (after / (before + after)),)


def join_squares(older: State, newer: State, before: int, after: int) -> State:
    """Join means and sums of squares about them (Chan, Golub and LeVeque, 1983)."""
    apart = newer[0] - older[0]
    share = after / (before + after)
    return (older[0] + apart * share, older[1] + newer[1] + apart * apart * (before * share))


def trailing_extreme(values: Array, window: int, join: np.ufunc) -> Array:
    """Return the extreme of every `window` rows, shape (n - window + 1, ...).

    Parameters
    ----------
    values : numpy.ndarray, shape (n, ...)
        NaN where unknown.
    window : int
        At least 1.
    join : numpy.ufunc
        ``np.maximum`` or ``np.minimum``, which do not mind counting a row twice: two
        overlapping powers of two make any window.
    """
    size = 1 << (window.bit_length() - 1)
    parts = trailing((values,), (size,), lambda a, b, _, __: (join(a[0], b[0]),))[size][0]
    late = parts[window - size :]
    whole: Array = join(parts[: len(late)], late)
    return whole
