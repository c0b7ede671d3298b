"""Fans: how what followed past events spread on the way to a horizon, against all days."""

from decimal import Decimal

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, change
from newsletter.compute.readings import Fan
from newsletter.units import as_decimal

STEP = 3
"""Sessions from one point of a fan to the next: finer than an eye tells apart in print."""

QUANTILES = (0.10, 0.25, 0.75, 0.90)


def fan(
    rows: npt.NDArray[np.int64], level: Array, against: Array | None, horizon: int, enough: int
) -> Fan | None:
    """Return quantiles of the sequels at every third session up to the horizon.

    Parameters
    ----------
    rows : numpy.ndarray of int
        Rows of the events.
    level : numpy.ndarray, shape (n_sessions,)
        Price or index whose later change, percent, is the sequel; NaN where unknown.
    against : numpy.ndarray or None, shape (n_sessions,)
        A second level whose change is taken away: the sequel is then a lead in points.
    horizon : int
        Sessions ahead; a multiple of `STEP` or not, it is the last point.
    enough : int
        Sequels that every point needs.

    Returns
    -------
    Fan or None
        None where a point on the way is known for too few events.

    Notes
    -----
    Only events and days whose horizon has passed are counted, the same at every point, so
    that the fan widens because sequels part and not because its cases change. Quantiles
    are numpy's default, linear between neighbours.
    """
    days = np.flatnonzero(np.isfinite(_sequels(np.arange(len(level)), level, against, horizon)))
    events = np.intersect1d(rows, days)
    if len(events) < enough:
        return None
    ahead = (*range(0, horizon, STEP), horizon)
    points = []
    for step in ahead:
        later = _sequels(events, level, against, step)
        usual = _sequels(days, level, against, step)
        later, usual = later[np.isfinite(later)], usual[np.isfinite(usual)]
        if len(later) < enough:
            return None
        low, lower, upper, high = np.quantile(later, QUANTILES)
        points.append((low, lower, np.median(later), upper, high, np.median(usual)))
    lines = [tuple(_decimal(value) for value in line) for line in zip(*points, strict=True)]
    return Fan(ahead, *lines)


def _sequels(rows: npt.NDArray[np.int64], level: Array, against: Array | None, step: int) -> Array:
    """Return the change after `step` rows, NaN where an end is unknown or still to come."""
    out = np.full(len(rows), np.nan)
    there = rows + step < len(level)
    start = rows[there]
    out[there] = change(level[start + step], level[start])
    if against is not None:
        out[there] -= change(against[start + step], against[start])
    return out


def _decimal(value: float) -> Decimal:
    return as_decimal(float(value))
