"""Reported: the month or the year that a figure of the economy is for."""

import re
from collections.abc import Collection

from newsletter.patterns import compiled
from newsletter.preflight.figures import cues
from newsletter.preflight.ledger.entries import Entry
from newsletter.preflight.sentences.reading import Reading
from newsletter.units import Unit

_YEARLY = compiled(
    r"on the year|annual|year[- ]over[- ]year|year[- ]on[- ]year|from a year|yearly|a year (?:ago"
    r"|earlier|before)",
    re.IGNORECASE,
)
INFLATION = compiled(r"\binflation\b", re.IGNORECASE)
_LATEST = compiled(
    r"\b(?:latest|last|most recent|newest|freshest|new) (?:\w+ )?(?:report|reading|month|release"
    r"|figures?|count|data|print|survey|numbers?)\b",
    re.IGNORECASE,
)
_AVERAGES = {
    "3m": compiled(r"\b(?:three|3)[- ]month", re.IGNORECASE),
    "4w": compiled(r"\b(?:four|4)[- ]week|\bmonthly average", re.IGNORECASE),
}
_LABELS = frozenset({"1w", "1m", "12m"})
_REPORTS = {"1m": "1m", "1w": "5d"}
"""How often figures of the economy are reported, and the words' label for it."""


def is_one(entry: Entry) -> bool:
    """Tell whether an entry is a change or an average that an authority reports."""
    if entry.metric == "average":
        return entry.label in _AVERAGES
    return entry.metric == "change" and entry.label in _LABELS and entry.source.subject.islower()


def fits(entry: Entry, reading: Reading, periods: Collection[str]) -> bool:
    """Tell whether the month's or the year's figure is meant.

    A report without a word on its period is the latest month's; a rate of inflation is the
    year's.

    Parameters
    ----------
    entry : Entry
        One for which `is_one` holds.
    reading : Reading
        The figure and what surrounds it.
    periods : collection of str
        Labels that the words at the figure allow.
    """
    label = entry.label
    if entry.metric == "average":
        return _AVERAGES[label].search(reading.sentence) is not None
    told = _LATEST.search(reading.tail)
    if told is not None and cues.REACHES.match(reading.tail[: told.start()]):
        return label in _REPORTS
    yearly = "1y" in periods or _YEARLY.search(reading.segment) is not None
    if label == "12m":
        said = f"{reading.sentence} {reading.context}"
        rate = "1m" not in periods and INFLATION.search(said) is not None
        return yearly or (rate and entry.unit is Unit.PERCENT)
    if yearly:
        return False
    late = _LATEST.search(reading.sentence) is not None
    return _REPORTS[label] in periods or set(periods) == cues.TONIGHT or late


def in_year(year: int, text: str) -> bool:
    """Tell whether a text speaks of a year as such: ``so far in 2026``.

    Parameters
    ----------
    year : int
        The year.
    text : str
        What is said.
    """
    return re.search(rf"\b(?:in|during|of|for|so far) (?:\w+ )?{year}\b", text) is not None
