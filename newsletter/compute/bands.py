"""Bands: the usual range of a line in its own past, as two level series for a chart."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array
from newsletter.compute.readings import Series
from newsletter.units import Unit, as_decimal

TENTHS = (("low_tenth", 0.10, "a tenth"), ("high_tenth", 0.90, "nine tenths"))


def usual_range(
    id: str, name: str, unit: Unit, values: Array, span: tuple[dt.date, dt.date]
) -> Iterator[Series]:
    """Yield ``ID.low_tenth`` and ``ID.high_tenth``: eight values in ten lay between them.

    Parameters
    ----------
    id, name : str
        Of the line.
    unit : Unit
        Of its values.
    values : numpy.ndarray, shape (n,)
        Its past, today's value among them, without NaN; at least one.
    span : tuple of datetime.date
        First and last session of that past; each series holds its one level at both.

    Notes
    -----
    A quantile is the least value that the share of the past lies at or below (inverse of
    the distribution, Hyndman and Fan's type 1), as percentiles are counted elsewhere: a
    value in the 93rd percentile stands above the upper line.
    """
    for suffix, share, words in TENTHS:
        level = as_decimal(float(np.quantile(values, share, method="inverted_cdf")))
        label = f"the level that {words} of {name} lay at or below"
        yield Series(f"{id}.{suffix}", label, unit, span, (level, level))
