"""Measures: what can be told of one by its name alone."""

from functools import lru_cache

from newsletter.patterns import compiled

PLAIN = {"return", "spread", "lead"}
"""Measures that prose states without naming them."""
LEVELS = {"level", "ratio"}
_STANDING = compiled(
    r"volatility|slope|percentile|drawdown|beta|correlation|^new_|^net_new|cross_section|inverted"
    r"|turbulent|rotation|correlation"
)
_ASKED = PLAIN | LEVELS | {"change", "drawdown", "gap", "breadth_change", "breadth"}
_BEGIN = ("record_close", "base_rate")


@lru_cache(maxsize=4096)
def stands(metric: str) -> bool:
    """Tell whether a measure is over a window of its own, as it stands today.

    Parameters
    ----------
    metric : str
        As in a fact.
    """
    return _STANDING.search(metric) is not None


@lru_cache(maxsize=4096)
def unconditional(metric: str) -> bool:
    """Tell whether a measure is meant wherever its words are said, whatever else is.

    Parameters
    ----------
    metric : str
        As in a fact.
    """
    return metric not in _ASKED and not metric.startswith(_BEGIN)
