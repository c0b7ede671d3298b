"""Statistics of small samples: how far a share or a median could be chance."""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array

LEVEL = 0.95
"""Coverage of every interval that the house prints."""

Rows = npt.NDArray[np.int64]


def wilson_interval(hits: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's score interval of a share.

    Parameters
    ----------
    hits, of : int
        n of N, ``0 <= hits <= of``.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper bound, percent; NaN where `of` is 0.

    Notes
    -----
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927): with z the normal quantile,
    ``(p + z²/2N ± z·√(p(1−p)/N + z²/4N²)) / (1 + z²/N)``.

    Examples
    --------
    >>> [round(bound, 1) for bound in wilson_interval(0, 1)]
    [0.0, 79.3]
    """
    if of <= 0:
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    share, spread = hits / of, z * z / of
    centre = share + spread / 2.0
    width = z * float(np.sqrt(share * (1.0 - share) / of + spread / (4.0 * of)))
    low, high = (centre - width) / (1.0 + spread), (centre + width) / (1.0 + spread)
    return 100.0 * max(low, 0.0), 100.0 * min(high, 1.0)


def stationary_draws(of: int, block: float, times: int, seed: int) -> Rows:
    """Return the rows that stationary-bootstrap resamples take.

    Parameters
    ----------
    of : int
        Length of the series.
    block : float
        Mean length of a block, at least 1.
    times : int
        Number of resamples.
    seed : int
        Of numpy's default generator.

    Returns
    -------
    numpy.ndarray of int, shape (times, of)
        Each resample walks forward through the series (round its end) and, with
        probability ``1 / block`` at each step, jumps to a random row.

    Notes
    -----
    D. N. Politis and J. P. Romano, "The stationary bootstrap", Journal of the American
    Statistical Association 89 (1994). Random numbers are drawn in the order in which the
    ``arch`` package draws them, so that both give the same resamples from one seed.
    """
    generator = np.random.default_rng(seed)
    rows = np.empty((times, of), dtype=np.int64)
    stay = np.empty((times, of))
    for number in range(times):
        rows[number] = generator.integers(of, size=of)
        stay[number] = generator.random(of)
    jump = stay <= 1.0 / block
    jump[:, 0] = True
    places = np.arange(of)
    last = np.maximum.accumulate(np.where(jump, places, 0), axis=1)
    started = np.take_along_axis(rows, last, axis=1)
    walked: Rows = (started + places - last) % of
    return walked


def median_interval(
    values: Array, *, block: float, times: int = 999, seed: int = 20260702, level: float = LEVEL
) -> tuple[float, float]:
    """Return the stationary-bootstrap percentile interval of a median.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Outcomes in the order of time.
    block : float
        Mean length of a block.
    times, seed : int
        As in `stationary_draws`.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    tuple of float
        NaN where there are no values.
    """
    if len(values) == 0:
        return float("nan"), float("nan")
    draws = values[stationary_draws(len(values), block, times, seed)]
    edges = 100.0 * np.array([0.5 - level / 2.0, 0.5 + level / 2.0])
    low, high = np.percentile(np.median(draws, axis=1), edges)
    return float(low), float(high)
