"""Small pure functions over arrays of closes; one policy for what is missing.

Policy: a value is known only where every input it needs is known. One NaN in a rolling
window makes that window NaN, a missing base makes a return NaN, and nothing is filled.
Time runs down the first axis; each function also takes a single column.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

TIE = 1e-12
"""Relative difference below which two computed levels count as equal."""

YEAR = 252
"""Sessions in a year of daily statistics."""


def change(last: Array, base: Array) -> Array:
    """Return the percent change from `base` to `last`; NaN unless both are positive.

    Examples
    --------
    >>> change(np.array([110.0, 5.0]), np.array([100.0, 0.0])).round(6).tolist()
    [10.0, nan]
    """
    usable = (base > 0) & (last > 0)
    out = np.full(np.broadcast(last, base).shape, np.nan)
    np.divide(last, base, out=out, where=usable)
    return 100.0 * (out - 1.0)


def lagged(values: Array, count: int) -> Array:
    """Return the values `count` rows earlier, NaN where there are none."""
    out = np.full_like(values, np.nan)
    if count < len(values):
        out[count:] = values[: len(values) - count]
    return out


def rolling_mean(values: Array, window: int) -> Array:
    """Return the mean of the last `window` rows, NaN where any of them is missing.

    Notes
    -----
    Sums differences from the newest row, so that constant prices give exactly that
    price: an average never lies above or below a flat line by rounding.

    Examples
    --------
    >>> rolling_mean(np.array([0.1, 0.1, 0.1, 0.4]), 3).round(6).tolist()
    [nan, nan, 0.1, 0.2]
    """
    out = np.full_like(values, np.nan)
    count = len(values) - window + 1
    if count <= 0:
        return out
    newest = values[window - 1 :]
    total = np.zeros_like(newest)
    for offset in range(window - 1):
        total += values[offset : offset + count] - newest
    out[window - 1 :] = newest + total / window
    return out


def exceeds(values: Array, levels: Array) -> Mask:
    """Tell where values lie above levels by more than a rounding error."""
    above: Mask = values > levels * (1.0 + TIE)
    return above


def percentile_rank(values: Array) -> tuple[int, int]:
    """Count the values at or below the last one.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        The window, the present value last.

    Returns
    -------
    tuple of int
        How many lie at or below it (itself included), of how many; ``(0, 0)`` where any
        value is missing or there is none.
    """
    if len(values) == 0 or not np.isfinite(values).all():
        return 0, 0
    return int((~exceeds(values, values[-1:])).sum()), len(values)


def max_drawdown(values: Array) -> float:
    """Return the deepest fall from an earlier high, percent ≤ 0; NaN if any is missing."""
    if len(values) == 0 or not np.isfinite(values).all() or (values <= 0).any():
        return float("nan")
    return float(100.0 * (values / np.maximum.accumulate(values) - 1.0).min())


def unbroken(values: Array) -> int:
    """Return how many values up to the last one are known without a gap."""
    missing = np.flatnonzero(~np.isfinite(values))
    return len(values) if len(missing) == 0 else len(values) - 1 - int(missing[-1])


def wilder_rsi(values: Array, window: int = 14) -> float:
    """Return Wilder's relative strength index of the last value, 0 to 100.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Closes without a gap; at least ``window + 1``.
    window : int
        Smoothing length.

    Returns
    -------
    float
        NaN where there are too few closes or none of them ever moved (0/0).

    Notes
    -----
    Seed: plain mean of the first `window` gains and losses. Then
    ``average = ((window - 1) · previous + new) / window``, which is an exponential
    average with ``alpha = 1 / window`` started at the seed.
    """
    if len(values) <= window:
        return float("nan")
    moves = np.diff(values)

    def smoothed(parts: Array) -> float:
        started = np.concatenate([[parts[:window].mean()], parts[window:]])
        return float(pd.Series(started).ewm(alpha=1.0 / window, adjust=False).mean().iloc[-1])

    gain, loss = smoothed(np.maximum(moves, 0.0)), smoothed(np.maximum(-moves, 0.0))
    return float("nan") if gain + loss == 0 else 100.0 * gain / (gain + loss)


def realised_volatility(values: Array) -> float:
    """Return annualised volatility, percent: std (ddof 1) of log returns × √252."""
    if len(values) < 3 or not np.isfinite(values).all() or (values <= 0).any():
        return float("nan")
    return float(100.0 * np.log(values[1:] / values[:-1]).std(ddof=1) * np.sqrt(YEAR))


def latch(on: Mask, off: Mask) -> Mask:
    """Return a switch that closes where `on` and opens where `off`, else stays.

    Notes
    -----
    It starts open; where both hold it opens. Each row depends on earlier rows only.

    Examples
    --------
    >>> latch(np.array([0, 1, 0, 0, 0], bool), np.array([0, 0, 0, 1, 0], bool)).tolist()
    [False, True, True, False, False]
    """
    rows = np.arange(len(on))
    last_on = np.maximum.accumulate(np.where(on & ~off, rows, -1))
    last_off = np.maximum.accumulate(np.where(off, rows, -1))
    closed: Mask = last_on > last_off
    return closed
