"""Base rates: what followed in the past when a condition held, against all days.

Events do not overlap: after an event the next may start only once its horizon has
passed, otherwise one long episode would be counted as dozens of independent cases.
"""

import datetime as dt
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, Mask, change
from newsletter.compute.fans import fan
from newsletter.compute.readings import HORIZON, NOISE, SIGNAL, TOO_FEW, BaseRate
from newsletter.compute.statistics import median_interval, sign_interval
from newsletter.units import as_decimal

ENOUGH = 10
"""Known events below which nothing is stated but that they are too few."""

NOTHING = 1e-9
"""Percent of change that is a rounding error and not a move."""

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
    condition: Mask,
    level: Array,
    *,
    sign: int,
    horizon: int,
    since: dt.date,
    against: Array | None = None,
) -> BaseRate:
    """Count what followed when a condition held, and set it against all days.

    Parameters
    ----------
    condition : numpy.ndarray of bool, shape (n_sessions,)
        Where things stood as they stand now; without a level there is no event.
    level : numpy.ndarray, shape (n_sessions,)
        Price or index whose later change, percent, is the sequel; NaN where unknown.
    sign : {1, -1}
        A hit is a sequel of this sign; no change is a hit of neither.
    horizon : int
        Sessions ahead.
    since : datetime.date
        Start of the sample, for the record.
    against : numpy.ndarray or None, shape (n_sessions,)
        A second level, whose change is taken away: the sequel is then a lead in points.

    Notes
    -----
    The interval is the wider of two on each side. The stationary bootstrap (the known
    sequels in the order of time, mean block ``n^(1/3)``, 999 resamples from a fixed seed)
    allows for sequels that hang together; the sign test's holds its 95 % however few
    there are. On seeded random walks (normal, fat-tailed, volatility in clusters), where
    nothing follows from anything, the bootstrap alone cries "signal" in up to 16 cases of
    a hundred at ten to fifteen events; the wider of both in two of a hundred, whatever
    the number of events. Five of a hundred is therefore a bound and not an estimate.
    """
    later, there = ahead(level, horizon), np.isfinite(level)
    if against is not None:
        later, there = later - ahead(against, horizon), there & np.isfinite(against)
    rows = separate_events(condition & there, horizon)
    known = later[rows][np.isfinite(later[rows])]
    counted = BaseRate(
        horizon=horizon,
        events=len(rows),
        known=len(known),
        hits=int((sign * known > NOTHING).sum()),
        median=None,
        low=None,
        high=None,
        unconditional_hit_rate=None,
        unconditional_median=None,
        since=since,
        verdict=TOO_FEW,
    )
    if len(known) < ENOUGH:
        return counted
    everything = later[np.isfinite(later)]
    usual = float(np.median(everything))
    low, high = _interval(known)
    return replace(
        counted,
        median=as_decimal(float(np.median(known))),
        low=as_decimal(low),
        high=as_decimal(high),
        unconditional_hit_rate=as_decimal(100.0 * float((sign * everything > NOTHING).mean())),
        unconditional_median=as_decimal(usual),
        verdict=NOISE if low - NOTHING <= usual <= high + NOTHING else SIGNAL,
        fan=fan(rows, level, against, horizon, ENOUGH) if horizon == HORIZON else None,
    )


def _interval(known: Array) -> tuple[float, float]:
    return _interval_of(np.ascontiguousarray(known, dtype=np.float64).tobytes())


@lru_cache(maxsize=2048)
def _interval_of(outcomes: bytes) -> tuple[float, float]:
    """Return the interval of outcomes given by their bytes; drawn from a fixed seed, so always one.

    Events are rare: on most evenings a signal's known outcomes are those of the evening before.
    """
    known = np.frombuffer(outcomes, dtype=np.float64)
    drawn = median_interval(known, block=len(known) ** (1.0 / 3.0))
    ranked = sign_interval(known)
    return min(drawn[0], ranked[0]), max(drawn[1], ranked[1])
