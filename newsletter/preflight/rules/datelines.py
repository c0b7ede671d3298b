"""A text says of which session it speaks, and speaks of the session it was checked for."""

import datetime as dt
import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.example import dated, given, padded
from newsletter.preflight.figures.numbers import FigureKind
from newsletter.preflight.report import Severity, Span
from newsletter.preflight.rule import Example, Fault, RuleContext, faults, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences.almanac import (
    as_of,
    calendar,
    dateline,
    dates,
    is_session,
    partial,
)
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import article, lines, sentences

_MARKET = frozenset({FigureKind.PERCENT, FigureKind.POINTS, FigureKind.BPS, FigureKind.USD})
_FIGURES = 3
_MOST_YEARS = 4
_SEASON = 10
"""Days after a quarter's end in which hardly any company has reported it."""
_QUARTERS = {
    4: r"Q4|fourth[- ]quarter",
    1: r"Q1|first[- ]quarter",
    2: r"Q2|second[- ]quarter",
    3: r"Q3|third[- ]quarter",
}
_RESULT = r"(?:beats?|beat|results|earnings|profits?|EPS|averaged|reported|miss(?:es|ed)?)"
_COMING = quick(
    r"\b(?:will|forecasts?|expect\w*|due|ahead|next|coming|preview|estimate[ds]?|before|project\w*"
    r"|awaits?|season|begins?|consensus)\b",
    re.IGNORECASE,
)
_MOVES = "SPY rose 1.0%, IWM fell 2.0% and QQQ rose 3.0%."
_NO_SESSION = padded("Sunday, July 5, 2026", _MOVES)


@rule(
    "T13",
    citation="House: every text names its session (market-commentary A4, S4 “11 hours ago”)",
    good=(
        padded("Thursday 2 July 2026, New York close", _MOVES),
        padded("No figure stands here."),
        _MOVES,
    ),
    bad=(padded("11 hours ago", _MOVES), padded(_MOVES), padded("July 2", _MOVES)),
)
def no_session(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find texts with market figures and no absolute date, the page's furniture included."""
    if not article(document) or next(dates(document), None) is not None:
        return
    figures = (f for s in sentences(document) for f in s.figures if f.kind in _MARKET)
    if sum(1 for _ in zip(figures, range(_FIGURES), strict=False)) == _FIGURES:
        yield Span(0, 0), "The text names no date with its year; print the session of its figures."


@rule(
    "T14",
    citation="House: figures are those of a session, not of a weekend (market-commentary A4, S0)",
    good=(
        padded("Sunday, July 5, 2026 (closes of 2 July)", _MOVES),
        padded("Thursday 2 July 2026", _MOVES),
        padded(_MOVES),
    ),
    bad=(_NO_SESSION, Example(_NO_SESSION, given=given())),
)
def no_trading_day(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find texts whose printed dates are none of them a session of the exchange."""
    if not article(document):
        return
    stated = []
    for one in dates(document):
        if is_session(context, one.date):
            return
        stated.append(one)
    years = sorted({one.date.year for one in stated})[:_MOST_YEARS]
    others = (date for year in years for date in partial(document, year))
    if stated and not any(is_session(context, date) for date in others):
        first = stated[0]
        message = f"{first.date} is no session; print the session whose closes the figures are."
        yield first.span, message


@rule(
    "T15",
    citation="House: one edition, one session (design, Facts; market-commentary A4)",
    good=(
        dated("Thursday 2 July 2026\n\nA day."),
        dated("Friday 3 July 2026\n\nA morning after."),
        dated("Since 26 May 2000."),
        "Friday, January 2, 2026\n\nA day.",
    ),
    bad=(
        dated("January 02, 2026\n\nA day."),
        dated("**Monday 6 July 2026, New York close**\n\nA day.", dt.date(2026, 6, 30)),
    ),
)
def other_session(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find datelines that are neither the ledger's session nor the days up to the next."""
    line = dateline(document) if context.ledger is not None else None
    if line is None or context.ledger is None:
        return
    session = context.ledger.session.date
    if line.date == session:
        return
    following = calendar(context, session).next(session)
    if not session <= line.date <= following:
        message = f"The text is dated {line.date}, the facts are of {session}; check it against its own session."  # noqa: E501
        yield line.span, message


@rule(
    "T16",
    citation="House: no results before the reporting season (market-commentary A4, S1)",
    good=(
        dated("Q4 earnings beat forecasts by 5%.", dt.date(2026, 2, 2)),
        dated("Q4 results are due within two weeks.", dt.date(2026, 1, 2)),
        dated("Q3 earnings beat forecasts.", dt.date(2026, 1, 2)),
        "Q4 earnings beat.",
    ),
    bad=(
        dated("Small cap beat Q4 averaged 12%.", dt.date(2026, 1, 2)),
        dated("Second-quarter profits rose 8%.", dt.date(2026, 7, 2)),
    ),
)
def early_results(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find results of a quarter that ended within the past ten days."""
    found = [
        (sentence.of(match), match[0], quarter)
        for sentence in lines(document)
        for quarter, pattern in _EARLY.items()
        for match in [sentence.search(pattern)]
        if match and not sentence.search(_COMING)
    ]
    date = as_of(document, context) if found else None
    if date is None or (date.month - 1) % 3 or date.day > _SEASON:
        return
    ended = (date.month - 1) // 3 or 4
    for span, words, quarter in found:
        if quarter == ended:
            yield span, f"“{words}” on {date}: hardly any company has reported that quarter yet."


_EARLY = {
    quarter: compiled(
        rf"\b(?:(?:{name})\b[^.;]{{0,30}}\b{_RESULT}|{_RESULT}\b[^.;]{{0,20}}\b(?:{name}))\b",
        re.IGNORECASE,
    )
    for quarter, name in _QUARTERS.items()
}


@rule(
    "T17",
    severity=Severity.WARN,
    citation="House: time is stated in dates and sessions (market-commentary A4, S4)",
    good=("It stood there five sessions ago.", "Twenty sessions ago it led."),
    bad=("11 hours ago", "Posted 3 hours ago it still held."),
)
def relative_time(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find times that depend on when one reads: hours and minutes ago."""
    yield from faults(document, _HOURS, "“{}” dates nothing once it is read later.")


_HOURS = compiled(r"\b(?:\d{1,3}|an?|few) (?:minute|hour)s? ago\b|\bjust now\b", re.IGNORECASE)
