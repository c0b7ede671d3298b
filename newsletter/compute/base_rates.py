"""Base rates: what followed in the past when a condition held, against all days.

Events do not overlap: after an event the next may start only once its horizon has
passed, otherwise one long episode would be counted as dozens of independent cases.
"""

import datetime as dt

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, Mask, change
from newsletter.compute.readings import NOISE, SIGNAL, TOO_FEW, BaseRate
from newsletter.compute.statistics import median_interval
from newsletter.units import as_decimal

ENOUGH = 10
"""Known events below which nothing is stated but that they are too few."""

HORIZONS = (5, 21, 63, 252)
"""Sessions ahead: a week, a month, a quarter, a year."""


def separate_events(condition: Mask, horizon: int) -> npt.NDArray[np.int64]:
    """Return the rows of non-overlapping events, earliest first.

    Parameters
    ----------
    condition : numpy.ndarray of bool, shape (n_sessions,)
        Where the condition holds.
    horizon : int
        Rows from one event to the earliest possible next.

    Examples
    --------
    >>> separate_events(np.array([1, 1, 1, 0, 1], bool), 2).tolist()
    [0, 2, 4]
    """
    candidates = np.flatnonzero(condition)
    found: list[int] = []
    position = 0
    while position < len(candidates):
        found.append(int(candidates[position]))
        position = int(np.searchsorted(candidates, found[-1] + horizon))
    return np.array(found, dtype=np.int64)


def ahead(level: Array, horizon: int) -> Array:
    """Return the percent change of a level over the `horizon` rows after each row.

    Returns
    -------
    numpy.ndarray, shape (n_sessions,)
        NaN where either end is unknown or still to come.
    """
    out = np.full(len(level), np.nan)
    if horizon < len(level):
        out[:-horizon] = change(level[horizon:], level[:-horizon])
    return out


def base_rate(
    condition: Mask, level: Array, *, sign: int, horizon: int, since: dt.date
) -> BaseRate:
    """Count what followed when a condition held, and set it against all days.

    Parameters
    ----------
    condition : numpy.ndarray of bool, shape (n_sessions,)
        Where things stood as they stand now.
    level : numpy.ndarray, shape (n_sessions,)
        Price, index or ratio whose later change is the sequel; NaN where unknown.
    sign : {1, -1}
        A hit is a sequel of this sign.
    horizon : int
        Sessions ahead.
    since : datetime.date
        Start of the sample, for the record.

    Notes
    -----
    The interval resamples the known sequels in the order of time by the stationary
    bootstrap, mean block ``n^(1/3)``, 999 times from a fixed seed.
    """
    later = ahead(level, horizon)
    rows = separate_events(condition, horizon)
    known = later[rows][np.isfinite(later[rows])]
    counted = {
        "horizon": horizon,
        "events": len(rows),
        "known": len(known),
        "hits": int((sign * known > 0).sum()),
        "since": since,
    }
    if len(known) < ENOUGH:
        nothing = dict.fromkeys(
            ("median", "low", "high", "unconditional_hit_rate", "unconditional_median")
        )
        return BaseRate(**counted, **nothing, verdict=TOO_FEW)
    everything = later[np.isfinite(later)]
    usual = float(np.median(everything))
    low, high = median_interval(known, block=max(1.0, len(known) ** (1.0 / 3.0)))
    return BaseRate(
        **counted,
        median=as_decimal(float(np.median(known))),
        low=as_decimal(low),
        high=as_decimal(high),
        unconditional_hit_rate=as_decimal(100.0 * float((sign * everything > 0).mean())),
        unconditional_median=as_decimal(usual),
        verdict=NOISE if low <= usual <= high else SIGNAL,
    )
