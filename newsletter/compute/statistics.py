"""Statistics of small samples: how far a share or a median could be chance."""

from fractions import Fraction
from functools import lru_cache
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
    rows, stay = _at_once(of, times, seed) or _one_by_one(of, times, seed)
    jump = stay <= 1.0 / block
    jump[:, 0] = True
    # All resamples as one long walk: from each jump on, a row is the jump's plus the steps since.
    starts = np.flatnonzero(jump)
    lengths = np.diff(starts, append=jump.size)
    walked: Rows = np.repeat(rows.ravel()[starts] - starts, lengths) + np.arange(jump.size)
    return (walked % of).reshape(times, of)


def _one_by_one(of: int, times: int, seed: int) -> tuple[Rows, Array]:
    """Return random rows and random shares in [0, 1), drawn in turn for one resample at a time."""
    generator = np.random.default_rng(seed)
    rows = np.empty((times, of), dtype=np.int64)
    stay = np.empty((times, of))
    for number in range(times):
        rows[number] = generator.integers(of, size=of)
        generator.random(out=stay[number])
    return rows, stay


def _at_once(of: int, times: int, seed: int) -> tuple[Rows, Array] | None:
    """Return what `_one_by_one` returns, many times as fast, if no number was drawn again.

    numpy makes a whole number of half a word of its generator, the lower half first, and a
    share of 53 bits of one; two resamples take three words for each of their rows. A whole
    number that would favour some rows it draws again (D. Lemire, "Fast random integer
    generation in an interval", ACM Transactions on Modeling and Computer Simulation 29, 2019),
    which happens to one in some millions and moves all that follow: None is returned then.
    """
    if of < 2:  # for a single row numpy draws nothing
        return None
    pairs, first = (times + 1) // 2, (of + 1) // 2
    raw = np.random.default_rng(seed).bit_generator.random_raw(pairs * 3 * of)
    words = raw.reshape(pairs, 3 * of)
    drawn = np.concatenate([words[:, :first], words[:, first + of : 2 * of]], axis=1)
    halves = drawn.astype("<u8").view("<u4").reshape(pairs * 2, of)[:times]
    scaled = halves.astype(np.uint64) * np.uint64(of)
    if ((scaled & np.uint64(2**32 - 1)) < (2**32 - of) % of).any():
        return None
    shares = np.stack([words[:, first : first + of], words[:, 2 * of :]], axis=1)
    stay: Array = (shares.reshape(pairs * 2, of)[:times] >> np.uint64(11)) * np.float64(2.0**-53)
    return (scaled >> np.uint64(32)).astype(np.int64), stay


def sign_interval(values: Array, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a median that the sign test gives, free of any distribution.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Independent outcomes, in any order.
    level : float
        Coverage, in (0, 1): never less, usually a little more.

    Returns
    -------
    tuple of float
        The k-th smallest and the k-th largest value, k the largest number for which
        ``2 · P(Binomial(n, 1/2) < k) ≤ 1 − level``; minus and plus infinity where there is
        no such k (fewer than six values at 95 %), NaN where there are no values.

    Notes
    -----
    W. R. Thompson, "On confidence ranges for the median", Annals of Mathematical
    Statistics 7 (1936). Whole-number arithmetic throughout.
    """
    count = len(values)
    if count == 0:
        return float("nan"), float("nan")
    rank = _sign_rank(count, level)
    if rank == 0:
        return float("-inf"), float("inf")
    ordered = np.sort(values)
    return float(ordered[rank - 1]), float(ordered[count - rank])


@lru_cache(maxsize=4096)
def _sign_rank(count: int, level: float) -> int:
    """Return the largest k with ``2 · P(Binomial(count, 1/2) < k) ≤ 1 − level``, or 0."""
    allowed = (1 - Fraction(level).limit_denominator(10**6)) * 2**count / 2
    rank, term, below = 0, 1, 1
    while below <= allowed:
        rank += 1
        term = term * (count - rank + 1) // rank
        below += term
    return rank


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
    low, high = np.percentile(_row_medians(draws), edges)
    return float(low), float(high)


def _row_medians(draws: Array) -> Array:
    """Return each row's median; five times as fast as `numpy.median`, without its NaN check."""
    count = draws.shape[1]
    middle = count // 2
    parted = np.partition(draws, middle, axis=1)
    upper: Array = parted[:, middle]
    return upper if count % 2 else 0.5 * (parted[:, :middle].max(axis=1) + upper)


def mean_interval(
    values: Array, *, block: float, times: int = 999, seed: int = 20260702, level: float = LEVEL
) -> tuple[float, float]:
    """Return the stationary-bootstrap percentile interval of a mean.

    Parameters
    ----------
    values, block, times, seed, level
        As in `median_interval`.

    Returns
    -------
    tuple of float
        NaN where there are no values.
    """
    if len(values) == 0:
        return float("nan"), float("nan")
    draws = values[stationary_draws(len(values), block, times, seed)]
    edges = 100.0 * np.array([0.5 - level / 2.0, 0.5 + level / 2.0])
    low, high = np.percentile(draws.mean(axis=1), edges)
    return float(low), float(high)
