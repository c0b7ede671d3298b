"""Outcomes: of which signal a base rate is told, and which way the cases went that it counts.

A share of past cases says nothing without either. ``In 54% of 35 cases small caps trailed``
is false where 54% are the cases in which they led; and where a break of their trend is what
the cases have in common, the figures are those of that signal and of no other.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from newsletter.compute.conditions import BACKWARD
from newsletter.patterns import compiled
from newsletter.preflight.ledger.entries import Entry
from newsletter.preflight.sentences.reading import Reading

SHARE = "base_rate_hit_rate"
"""The measure that counts cases by the way they went."""
_CASES = ("cases", "median", "days", "times", "of the time", "occasions", "episodes", "later")
"""Words of which a sentence about past cases holds some."""
_SPOKEN = compiled(
    r"\b(?:(?P<trend_break>trend(?:line)?s?|(?:broke|broken|breaks?|breaking) (?:out|down|through"
    r"|(?:its|their|the|that) (?:trend|line|channel|range))|breakouts?|breakdowns?|capped)"
    r"|(?P<breadth_thrust>(?:breadth )?thrusts?|wash(?:ed)?[ -]?outs?)"
    r"|(?P<vix_slope>inver(?:ted|sions?|ts?)|term structure|backwardation"
    r"|slope of (?:the )?(?:implied )?volatility)"
    r"|(?P<volatility_regime>volatility regime|turbulen(?:t|ce)|volatility (?:(?:has|had) )?(?:been"
    r"|was|is|turned|got|became|stayed|went|read) (?:so )?calm)"
    r"|(?P<breadth_regime>breadth regime)"
    r"|(?P<sector_correlation>correlations?)"
    r"|(?P<rotation_gauge>rotation gauge))\b",
    re.IGNORECASE,
)
"""Words by which prose names a signal that no pair of funds goes by."""
_WAY = compiled(
    r"\b(?:(?P<up>led|leads?|leading|ahead|outran|outpaced|outperform\w*|beat|beaten|won|rose|risen"
    r"|rise|rising|gained|gains?|higher|climbed|positive|in front)"
    r"|(?P<down>trailed|trails?|trailing|behind|lagg?(?:ed|s|ing)?|underperform\w*|lost|loses?"
    r"|fell|fallen|falls?|lower|declined|dropped|negative))\b",
    re.IGNORECASE,
)
_TURNED = compiled(
    r"\b(?:not|never|n't|hardly|failed to|fail to|refused to|unable to)(?: \w+)?\s*$", re.IGNORECASE
)
_BREAK = compiled(r"[,;:–—]\s|\s-\s")
_PRONOUN = compiled(r"\b(?:they|it|which|who|that)\b", re.IGNORECASE)
"""Words that stand for whom the sentence is about: the first side."""
_MARKET = frozenset({"SPY", "sp500"})
_CROWD = compiled(
    r"(?:^|[,;:] )(?:the )?(?:market|stocks|shares|equities) (?:rose|fell|gained|lost|was|were)\b",
    re.IGNORECASE,
)
"""What opens a stretch of words about the market, whoever was named before."""


@lru_cache(maxsize=1024)
def spoken(text: str) -> frozenset[str]:
    """Return the signals that a text names in words, of those that need such words."""
    return frozenset(match.lastgroup or "" for match in _SPOKEN.finditer(text))


def rated(text: str) -> frozenset[str]:
    """Return the signals that a text names where it tells of cases at all."""
    return spoken(text) if any(word in text for word in _CASES) else frozenset()


def of_market(entry: Entry, reading: Reading) -> bool:
    """Tell whether a rate is of a signal that is spoken of, and of what the market then did.

    Parameters
    ----------
    entry : Entry
        Of a signal that no pair of funds goes by.
    reading : Reading
        The figure; whoever else is named where it stands, the share is not his.
    """
    subject = entry.source.subject
    if subject not in spoken(reading.sentence):
        return False
    named = {one for one in (*reading.subjects, reading.lead) if one}
    return named <= {*_MARKET, subject} or _CROWD.search(reading.before) is not None


def of_pair(entry: Entry, reading: Reading) -> bool:
    """Tell whether a rate is of a signal that is spoken of, and of one of its two sides.

    Parameters
    ----------
    entry : Entry
        Of a signal that is about two sides.
    reading : Reading
        The figure; nobody but the two may be named where it stands.
    """
    named = {one for one in (*reading.subjects, reading.lead) if one}
    spoke = entry.source.subject in spoken(reading.sentence)
    return spoke and bool(named) and named <= entry.members


def right_way(entry: Entry, reading: Reading, conditions: Mapping[str, str]) -> bool:
    """Tell whether cases went the way that the words around their share say.

    Parameters
    ----------
    entry : Entry
        A share of cases, or anything else, of which nothing is asked.
    reading : Reading
        The figure and what surrounds it.
    conditions : mapping of str to str
        What the cases of each signal have in common.

    Returns
    -------
    bool
        True too where no word around it says which way they went.
    """
    if entry.metric != SHARE:
        return True
    way = _way(reading)
    second = entry.pair is not None and reading.lead == entry.pair[1]
    if second and _PRONOUN.search(_own(reading.before)) is None:
        way = -way
    hit = -1 if conditions.get(entry.source.subject) in BACKWARD else 1
    return way * hit >= 0


def _way(reading: Reading) -> int:
    """Return 1 or -1 as the words nearest to a share say, 0 where none do.

    What its own stretch between commas says comes first, and there what stands before it.
    """
    before, tail = reading.before, reading.tail
    stop = _BREAK.search(tail)
    own, rest = _own(before), tail[: stop.start()] if stop else tail
    found = [*_WAY.finditer(own)]
    if found:
        return _signed(own, found[-1])
    after = _WAY.search(rest)
    if after is not None:
        return _signed(rest, after)
    found = [*_WAY.finditer(before)]
    return _signed(before, found[-1]) if found else 0


def _own(before: str) -> str:
    """Return what stands between the last comma and a figure."""
    return before[max((mark.end() for mark in _BREAK.finditer(before)), default=0) :]


def _signed(text: str, match: re.Match[str]) -> int:
    way = 1 if match["up"] else -1
    return -way if _TURNED.search(text, 0, match.start()) else way
