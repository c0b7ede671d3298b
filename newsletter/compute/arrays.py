"""Small pure functions over arrays of closes; one policy for what is missing.

Policy: a value is known only where every input it needs is known. One NaN in a rolling
window makes that window NaN, a missing base makes a return NaN, and nothing is filled.
Time runs down the first axis; each function also takes a single column.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from newsletter.compute.windows import (
    CELLS,
    join_means,
    join_squares,
    join_sums,
    trailing,
    trailing_extreme,
)

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

TIE = 1e-12
"""Relative difference below which two computed levels count as equal."""

YEAR = 252
"""Sessions in a year of daily statistics."""

FADED = 45
"""Windows after which Wilder's smoothing has forgotten a move."""


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
    """Return the sum of the last `window` rows, NaN where any of them is missing."""
    return _rolling(values, window, lambda part: trailing((part,), (window,), join_sums)[window][0])


def rolling_mean(values: Array, window: int) -> Array:
    """Return the mean of the last `window` rows, NaN where any of them is missing.

    Examples
    --------
    >>> rolling_mean(np.array([0.1, 0.1, 0.1, 0.4]), 3).round(6).tolist()
    [nan, nan, 0.1, 0.2]
    """
    return _rolling(
        values, window, lambda part: trailing((part,), (window,), join_means)[window][0]
    )


def rolling_max(values: Array, window: int) -> Array:
    """Return the highest of the last `window` rows, NaN where any of them is missing."""
    return _rolling(values, window, lambda part: trailing_extreme(part, window, np.maximum))


def rolling_min(values: Array, window: int) -> Array:
    """Return the lowest of the last `window` rows, NaN where any of them is missing."""
    return _rolling(values, window, lambda part: trailing_extreme(part, window, np.minimum))


def rolling_std(values: Array, window: int) -> Array:
    """Return the standard deviation (ddof 1) of the last `window` rows, NaN for one row.

    Notes
    -----
    Squares are taken about the mean of each part, never about zero, so that a level far
    from zero does not eat the digits of its variance and a flat line has exactly none.
    """

    def deviation(part: Array) -> Array:
        squares = trailing((part, part * 0.0), (window,), join_squares)[window][1]
        return np.sqrt(squares / (window - 1)) if window > 1 else squares * np.nan

    return _rolling(values, window, deviation)


def _rolling(values: Array, window: int, function: Callable[[Array], Array]) -> Array:
    """Apply a trailing statistic in blocks of columns that stay in the cache."""
    out = np.full_like(values, np.nan)
    if window < 1 or len(values) < window:
        return out
    step = max(1, CELLS // len(values))
    if values.ndim == 1 or values.shape[1] <= step:
        out[window - 1 :] = function(values)
        return out
    for start in range(0, values.shape[1], step):
        block = slice(start, start + step)
        out[window - 1 :, block] = function(values[:, block])
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
    import pandas as pd  # not asked for by what only reads a ledger

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
    import pandas as pd

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


def wilder_rsi_columns(closes: Array, window: int = 14, settled: int = 100) -> Array:
    """Return Wilder's relative strength index of every column's last close.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n, m)
        NaN where unknown; a column counts from the row after its last NaN.
    window : int
        Smoothing length.
    settled : int
        Closes in a row that a column needs at least.

    Returns
    -------
    numpy.ndarray, shape (m,)
        0 to 100; NaN where there are too few closes or none of them ever moved.

    Notes
    -----
    The recursion of `wilder_rsi` written out: each average is one weighted sum of moves,
    so columns of one length are a product of matrices. Moves older than `FADED` windows
    weigh less than 1e-20 and are left out.
    """
    recent = closes[-FADED * window :]
    late = np.isnan(recent[::-1])
    lengths = np.where(late.any(axis=0), late.argmax(axis=0), len(recent))
    out = np.full(closes.shape[1], np.nan)
    for length in np.unique(lengths[lengths >= max(settled, window + 1)]):
        fading = (1.0 - 1.0 / window) ** np.arange(length - 2, -1, -1)
        weights = fading / window
        weights[:window] = fading[window - 1] / window
        alike, step = np.flatnonzero(lengths == length), max(1, CELLS // int(length))
        for start in range(0, len(alike), step):
            block = alike[start : start + step]
            line = recent.T[block, len(recent) - length :]
            moves = line[:, 1:] - line[:, :-1]
            rise, size = np.maximum(moves, 0.0) @ weights, np.abs(moves) @ weights
            nothing = np.full(len(block), np.nan)
            out[block] = np.divide(100.0 * rise, size, out=nothing, where=size > 0)
    return out


def restarting_mean(values: Array, alpha: float) -> Array:
    """Return the exponential average down the rows, started anew after every gap.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        NaN where unknown.
    alpha : float
        Weight of the newest value, in (0, 1].
    """
    out = np.full(values.shape, np.nan)
    known = np.isfinite(values)
    edges = np.flatnonzero(np.diff(known.astype(np.int8), prepend=0, append=0))
    for start, end in edges.reshape(-1, 2):
        out[start:end] = exponential_mean(values[start:end], alpha)
    return out
