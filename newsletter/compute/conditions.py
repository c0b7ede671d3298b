"""Conditions: which way a case went that a base rate counts as a hit."""

from typing import Final

from newsletter.compute.facts import Fact, Ledger
from newsletter.units import Unit

_BACKWARD: Final = frozenset(
    {"lagging", "narrowing", "broken down", "testing support", "rotation off"}
)
"""What cases have in common where a hit is a fall of the first side against the second."""
SHARE: Final = "base_rate_hit_rate"
"""The measure that counts cases by the way they went."""
_SHARES = {SHARE, "base_rate_all_days_hit_rate"}


def hit_of(fact: Fact, ledger: Ledger) -> str:
    """Return in a word what a share of cases counts: ``led``, ``trailed`` or ``rose``.

    Parameters
    ----------
    fact : Fact
        Any fact.
    ledger : Ledger
        Its ledger, which says what the cases have in common and what was measured.

    Returns
    -------
    str
        Empty for a fact that is no such share. ``rose`` is said of the market as a whole.
    """
    if fact.metric not in _SHARES:
        return ""
    stem = fact.id.rpartition(".")[0]
    median = ledger.get(f"{stem}.median")
    if median is not None and median.unit is Unit.PERCENT:
        return "rose"
    condition = ledger.get(f"{fact.subject}.base_rate.condition")
    backward = condition is not None and str(condition.value) in _BACKWARD
    return "trailed" if backward else "led"
