"""Outcomes: of which signal a base rate is told, and which way the cases went that it counts.

A share of past cases says nothing without either. ``In 54% of 35 cases small caps trailed``
is false where 54% are the cases in which they led; and where a break of their trend is what
the cases have in common, the figures are those of that signal and of no other.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from newsletter.compute.conditions import SHARE
from newsletter.patterns import compiled
from newsletter.preflight.figures.spelling import value_of
from newsletter.preflight.ledger.entries import Entry
from newsletter.preflight.sentences import lexicon
from newsletter.preflight.sentences.reading import Reading

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
_PLAIN = compiled(
    r"\b(?:(?P<ahead>ahead|in front|won|higher|positive)|(?P<behind>behind|lower|negative))\b",
    re.IGNORECASE,
)
"""Words that tell of past cases without the rest that the lexicon asks of them."""
_UP, _DOWN = {"ahead", "up", "plus"}, {"behind", "down", "minus"}
_BREAK = compiled(r"[,;:–—]\s|\s-\s")
_PRONOUN = compiled(r"\b(?:they|it|which|who|that)\b", re.IGNORECASE)
"""Words that stand for whom the sentence is about: the first side."""
_MARKET = frozenset({"SPY", "sp500"})
_CROWD = compiled(
    r"(?:^|[,;:] )(?:the )?(?:market|stocks|shares|equities) (?:rose|fell|gained|lost|was|were)\b",
    re.IGNORECASE,
)
"""What opens a stretch of words about the market, whoever was named before."""


_HORIZONS = {"session": 1, "day": 1, "week": 5, "month": 21, "quarter": 63, "year": 252}
"""How many sessions the words for base rates mean."""
_OF_CASES = compiled(
    r" of (?:(?:the|all|its|their|those) )?(?:[\w-]+ ){0,3}?"
    r"(?:cases|occasions|episodes|instances)\b",
    re.IGNORECASE,
)


def counts_cases(reading: Reading) -> bool:
    """Tell whether a figure is a share of past cases, and so nothing but a base rate."""
    return _OF_CASES.match(reading.tail) is not None


def horizon(match: re.Match[str]) -> int:
    """Return how many sessions ahead some words look, 0 where they do not say.

    Parameters
    ----------
    match : re.Match
        Of `newsletter.preflight.figures.cues.AHEAD`: ``next quarter``, ``five sessions later``.
    """
    unit = match["ahead"] or match["later"]
    if unit:
        return _HORIZONS[unit.lower()]
    said = (match["span"] or match["after"]).lower().split()
    count = value_of(said[0])
    return int(count or 0) * _HORIZONS[said[-1].removesuffix("s")]


@lru_cache(maxsize=1024)
def spoken(text: str) -> frozenset[str]:
    """Return the signals that a text names in words, of those that need such words."""
    return frozenset(match.lastgroup or "" for match in _SPOKEN.finditer(text))


def rated(text: str) -> frozenset[str]:
    """Return the signals that a text names where it tells of cases at all."""
    return spoken(text) if any(word in text for word in _CASES) else frozenset()


def of_others(entry: Entry, named: Collection[str]) -> bool:
    """Tell whether a rate is of a signal about two sides, and others are named than these.

    Parameters
    ----------
    entry : Entry
        A share, count or median of past cases.
    named : collection of str
        Subjects that the sentence names; groups, which are written small, count for nobody.
    """
    if entry.pair is None:
        return False
    funds = {one for one in named if not one.islower()}
    if len(funds) < 2:
        return not funds <= entry.members
    return not entry.members <= funds


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


def right_way(entry: Entry, reading: Reading, hits: Mapping[str, str]) -> bool:
    """Tell whether cases went the way that the words around their share say.

    Parameters
    ----------
    entry : Entry
        A share of cases, or anything else, of which nothing is asked.
    reading : Reading
        The figure and what surrounds it.
    hits : mapping of str to str
        What each share counts, by its fact, as `hit_of` says it.

    Returns
    -------
    bool
        False too where prose has no word for the way; a cell of a table needs none.
    """
    if entry.metric != SHARE or not reading.before:
        return True
    way = _way(reading)
    second = entry.pair is not None and reading.lead == entry.pair[1]
    if second and _PRONOUN.search(_own(reading.before)) is None:
        way = -way
    return way == (-1 if hits.get(entry.fact) == "trailed" else 1)


def _way(reading: Reading) -> int:
    """Return 1 or -1 as the words nearest to a share say, 0 where none do.

    Before it they stand behind the last comma: what is farther off tells of the condition.
    """
    for stretch, nearest in ((_own(reading.before), -1), (reading.tail, 0)):
        found = list(_ways(stretch))
        if found:
            return found[nearest]
    return 0


def _own(before: str) -> str:
    """Return what stands between the last comma and a figure."""
    return before[max((mark.end() for mark in _BREAK.finditer(before)), default=0) :]


def _ways(text: str) -> Iterator[int]:
    """Yield 1, -1 or 0 for each word of a way, in order; of those that overlap the first."""
    matches = [
        match
        for pattern in (lexicon.COMPARED, lexicon.MOVE, _PLAIN)
        for match in pattern.finditer(text)
    ]
    end = 0
    for match in sorted(matches, key=re.Match.start):  # stable: a comparison before its verb
        if match.start() >= end:
            end = match.end()
            yield _signed(text, match)


def _signed(text: str, match: re.Match[str]) -> int:
    named = match.lastgroup or ""
    way = 1 if named in _UP else -1 if named in _DOWN else 0
    done = lexicon.PASSIVE.search(text, 0, match.start()) and not lexicon.PLACED.search(match[0])
    if match.re is lexicon.COMPARED and done:
        way = -way
    denied = len(lexicon.NEGATION.findall(text, 0, match.start())) % 2 == 1
    return -way if denied else way
