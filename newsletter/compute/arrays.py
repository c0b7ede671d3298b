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


def rolling_sum(values: Array, window: int) -> Array:
    """Return the sum of the last `window` rows, NaN where any of them is missing.

    Notes
    -----
    Three passes whatever the window: the rows are cut into blocks of `window`, and each
    window is the end of one block plus the start of the next (van Herk's scheme). Sums
    run over at most `window` terms, so neither rounding nor a NaN travels further than
    the windows that hold it, as it would in a running sum.
    """
    return _by_blocks(values, window, np.add, 0.0)


def rolling_mean(values: Array, window: int) -> Array:
    """Return the mean of the last `window` rows, NaN where any of them is missing.

    Examples
    --------
    >>> rolling_mean(np.array([0.1, 0.1, 0.1, 0.4]), 3).round(6).tolist()
    [nan, nan, 0.1, 0.2]
    """
    return rolling_sum(values, window) / window


def rolling_max(values: Array, window: int) -> Array:
    """Return the highest of the last `window` rows, NaN where any of them is missing."""
    return _by_blocks(values, window, np.maximum, -np.inf)


def rolling_min(values: Array, window: int) -> Array:
    """Return the lowest of the last `window` rows, NaN where any of them is missing."""
    return _by_blocks(values, window, np.minimum, np.inf)


def rolling_std(values: Array, window: int) -> Array:
    """Return the standard deviation (ddof 1) of the last `window` rows.

    Notes
    -----
    Centred on each column's first known value before squaring, so that a level far from
    zero does not eat the digits of its variance.
    """
    known = np.isfinite(values)
    first = np.take_along_axis(np.atleast_2d(values.T).T, np.atleast_2d(known.T).T.argmax(0)[None], 0)
    centred = values - first.reshape(values.shape[1:] or ())
    mean, square = rolling_mean(centred, window), rolling_mean(centred * centred, window)
    variance = np.maximum(square - mean * mean, 0.0) * window / (window - 1)
    return np.sqrt(variance)


def _by_blocks(values: Array, window: int, join: np.ufunc, neutral: float) -> Array:
    """Join each window of `window` rows from a block's end and the next one's start."""
    out = np.full(values.shape, np.nan)
    count = len(values)
    if window < 1 or count < window:
        return out
    blocks = -(-count // window)
    heads = np.full((blocks * window, *values.shape[1:]), neutral)
    heads[:count] = values
    tails = heads.copy()
    starts, ends = (a.reshape(blocks, window, *values.shape[1:]) for a in (heads, tails))
    # A loop over positions beats ufunc.accumulate four times: each step is one long row.
    for i in range(1, window):
        join(starts[:, i - 1], starts[:, i], out=starts[:, i])
        join(ends[:, -i], ends[:, -i - 1], out=ends[:, -i - 1])
    join(tails[: count - window + 1], heads[window - 1 : count], out=out[window - 1 :])
    out[window - 1 :: window] = heads[window - 1 : count : window]  # head and tail are one block
    return out


def exponential_mean(values: Array, alpha: float) -> Array:
    """Return the exponential average down the rows, started at the first known row.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        NaN before the first known value; a later NaN is an unknown and ends the average.
    alpha : float
        Weight of the newest value, in (0, 1].
    """
    out = np.full(values.shape, np.nan)
    known = np.flatnonzero(np.isfinite(values))
    if len(known) == 0:
        return out
    rest = values[known[0] :]
    gap = np.flatnonzero(~np.isfinite(rest))
    rest = rest[: gap[0]] if len(gap) else rest
    smooth = pd.Series(rest).ewm(alpha=alpha, adjust=False).mean().to_numpy()
    out[known[0] : known[0] + len(rest)] = smooth
    return out


def equal_weight_index(closes: Array) -> Array:
    """Return the index of a basket held in equal weights, 100 on its first session.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n, m)
        Closes of its parts.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Known where every part is. Between two such sessions it moves by the plain mean
        of the parts' returns.
    """
    out = np.full(len(closes), np.nan)
    complete = np.flatnonzero((closes > 0).all(axis=1))
    if len(complete) == 0 or closes.shape[1] == 0:
        return out
    held = closes[complete]
    moves = (held[1:] / held[:-1]).mean(axis=1)
    out[complete] = 100.0 * np.concatenate([[1.0], np.cumprod(moves)])
    return out


def run_lengths(condition: Mask) -> npt.NDArray[np.int64]:
    """Return how many rows in a row the condition has held, up to each row.

    Examples
    --------
    >>> run_lengths(np.array([1, 1, 0, 1], bool)).tolist()
    [1, 2, 0, 1]
    """
    rows = np.arange(len(condition))
    broken = np.maximum.accumulate(np.where(condition, -1, rows))
    return np.where(condition, rows - broken, 0)


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
