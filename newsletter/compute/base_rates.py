"""Base rates: what followed in the past when a condition held, against all days.

Events do not overlap: after an event the next may start only once its horizon has
passed, otherwise one long episode would be counted as dozens of independent cases.
"""

import datetime as dt

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, Mask
from newsletter.compute.facts import BaseRate
from newsletter.units import as_decimal

TOO_FEW = 10
"""Known events below which a base rate is not stated."""


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


def following(outcome: Array, rows: npt.NDArray[np.int64], horizon: int) -> Array:
    """Return the known outcomes `horizon` rows after the given rows."""
    later = rows[rows + horizon < len(outcome)] + horizon
    values = outcome[later]
    return values[np.isfinite(values)]


def base_rate(
    outcome: Array, *, threshold: float, sign: int, horizon: int, since: dt.date
) -> BaseRate | None:
    """Count what followed when an outcome measured backwards passed a threshold.

    Parameters
    ----------
    outcome : numpy.ndarray, shape (n_sessions,)
        Change over the last `horizon` sessions, in points; NaN where unknown. Its value
        `horizon` rows later is the sequel.
    threshold : float
        Size that makes an event, positive.
    sign : {1, -1}
        Direction of the condition; a hit goes the same way again.
    horizon : int
        Sessions looked back and ahead.
    since : datetime.date
        Start of the sample, for the record.

    Returns
    -------
    BaseRate or None
        None where fewer than `TOO_FEW` events have a known sequel.
    """
    with np.errstate(invalid="ignore"):
        rows = separate_events(sign * outcome >= threshold, horizon)
    known = following(outcome, rows, horizon)
    everything = outcome[np.isfinite(outcome)]
    if len(known) < TOO_FEW:
        return None
    return BaseRate(
        events=len(rows),
        known=len(known),
        horizon=horizon,
        hits=int((sign * known > 0).sum()),
        median=as_decimal(float(np.median(known))),
        unconditional_hit_rate=as_decimal(100.0 * float((sign * everything > 0).mean())),
        unconditional_median=as_decimal(float(np.median(everything))),
        since=since,
    )
