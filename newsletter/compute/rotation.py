"""A relative-rotation map (RRG-style): how strong, and whether getting stronger.

The recipe is ours and causal; others differ so much that two programs often disagree on
the quadrant. With ``r`` the logarithm of a subject's price over the benchmark's, daily:

* strength = 100 + (r − mean of its last 252) / standard deviation of its last 252: above
  100 the subject stands above its own yearly average against the benchmark.
* change = strength − strength 21 sessions ago; momentum = 100 + change / root mean square
  of its last 252 changes. It is not centred, so above 100 strength did rise.
* quadrant: ``leading`` (strength high, momentum high), ``weakening`` (high, low),
  ``lagging`` (low, low), ``improving`` (low, high). An axis goes high at 100.25 and low
  at 99.75; in between it stays as it was.
"""

from dataclasses import dataclass

import numpy as np

from newsletter.compute.arrays import (
    YEAR,
    Array,
    Mask,
    lagged,
    latch,
    rolling_mean,
    rolling_std,
)
from newsletter.compute.case import Words

CENTRE, BAND = 100.0, 0.25
MONTH = 21
FLAT = 1e-9
"""A standard deviation below this is rounding: a line that never moved."""

QUADRANTS = ("leading", "weakening", "lagging", "improving")


@dataclass(frozen=True, eq=False, slots=True)
class Rotation:
    """A map's history.

    Parameters
    ----------
    strength, momentum : numpy.ndarray, shape (n_sessions, n)
        Around 100, NaN where unknown.
    quadrant : numpy.ndarray of str, shape (n_sessions, n)
        One of `QUADRANTS`, empty where unknown.
    """

    strength: Array
    momentum: Array
    quadrant: Words


def rotate(closes: Array, benchmark: Array) -> Rotation:
    """Return the map of several lines against a benchmark.

    Parameters
    ----------
    closes : numpy.ndarray, shape (n_sessions, n)
        NaN where unknown.
    benchmark : numpy.ndarray, shape (n_sessions,)
        Likewise.
    """
    base = benchmark[:, None]
    relative = np.full(closes.shape, np.nan)
    np.log(closes / base, out=relative, where=(closes > 0) & (base > 0))
    strength = CENTRE + _over(relative - rolling_mean(relative, YEAR), rolling_std(relative, YEAR))
    change = strength - lagged(strength, MONTH)
    momentum = CENTRE + _over(change, np.sqrt(rolling_mean(change * change, YEAR)))
    known: Mask = np.isfinite(strength) & np.isfinite(momentum)
    quadrant = np.empty(closes.shape, dtype="<U9")
    for column in range(closes.shape[1]):
        high = _high(strength[:, column], known[:, column])
        rising = _high(momentum[:, column], known[:, column])
        quadrant[:, column] = np.select(
            [~known[:, column], high & rising, high & ~rising, ~high & ~rising],
            ["", *QUADRANTS[:3]],
            default=QUADRANTS[3],
        )
    return Rotation(strength, momentum, quadrant)


def _over(above: Array, below: Array) -> Array:
    out = np.full(above.shape, np.nan)
    np.divide(above, below, out=out, where=below > FLAT)
    return out


def _high(values: Array, known: Mask) -> Mask:
    """Return where an axis is high; until it first leaves the band its sign decides."""
    with np.errstate(invalid="ignore"):
        up, down = values >= CENTRE + BAND, values <= CENTRE - BAND
        high, low = latch(up, down | ~known), latch(down, up | ~known)
        decided: Mask = high | (~low & (values >= CENTRE))
    return decided
