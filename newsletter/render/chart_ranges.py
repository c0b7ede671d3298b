"""Usual ranges, as the compute stage leaves them: two level series of one stem."""

from newsletter.compute.facts import Ledger
from newsletter.render.chart_canvas import finite


def usual(ledger: Ledger, stem: str) -> tuple[float, float] | None:
    """Return the levels of ``STEM.low_tenth`` and ``STEM.high_tenth``.

    Parameters
    ----------
    ledger : Ledger
        Source of the series (`newsletter.compute.bands`).
    stem : str
        Such as ``VIX.range_5y``.

    Returns
    -------
    tuple of float or None
        Low and high; None where either is missing or they are not in this order.
    """
    levels = []
    for suffix in ("low_tenth", "high_tenth"):
        series = ledger.series.get(f"{stem}.{suffix}")
        value = series.values[-1] if series is not None and series.values else None
        if value is None or not finite(float(value)):
            return None
        levels.append(float(value))
    low, high = levels
    return (low, high) if low < high else None
