"""Spans of time that the calendar did not have: a first week of one session."""

import datetime as dt
import re
from collections.abc import Iterator

from newsletter.collect.sessions import TradingDays
from newsletter.patterns import compiled
from newsletter.preflight.example import dated
from newsletter.preflight.figures.wording import MONTHS, ORDINALS, SPELLED, spelled
from newsletter.preflight.report import Severity, Span
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences.almanac import as_of, calendar, sessions
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import Sentence, lines

_MONTH = MONTHS.replace(" ", "|")
_OF = (
    r"(?: (?:trading )?(?:of|in|into) (?:the (?:new )?(?P<year>year)"
    rf"|(?P<month>{_MONTH})|(?P<digits>20\d\d)|trading)\b)?"
)
_FIRST_WEEK = compiled(
    rf"\b(?:first|opening) (?:full )?(?:trading )?week\b{_OF}|\(?\bweek (?:1|one)\b(?! to)\)?",
    re.IGNORECASE,
)
_FIRST_MONTH = compiled(
    r"\b(?:first|opening) (?:full )?month of (?:the (?:new )?year|trading|20\d\d)\b", re.IGNORECASE
)
_FIRST_HALF = compiled(
    r"\bfirst[- ]half (?:of (?:the|this) year|rally|surge|gains?|performance|returns?|winners?)\b",
    re.IGNORECASE,
)
_NTH = compiled(
    rf"\b(?P<n>\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(ORDINALS[1:])}) (?:trading )?(?:session|day)"
    rf" of (?:the (?:new )?(?P<year>year)|(?P<month>{_MONTH})|(?P<digits>20\d\d))\b",
    re.IGNORECASE,
)
_INTO = quick(
    rf"\b(?P<n>\d{{1,3}}|{SPELLED}) (?:trading )?(?:sessions?|trading days?) (?:into|in|old)\b"
    r"(?: (?:the (?:new )?(?P<year>year)|(?P<digits>20\d\d)))?",
    re.IGNORECASE,
)
_OTHER_YEAR = compiled(
    r"\b(?:last|previous|prior|next|coming|each|every|any|most) (?:\w+ )?(?:year|week)",
    re.IGNORECASE,
)
_MAYBE = compiled(r"\b(?:first|opening|week (?:1|one)|sessions?|days?)\b", re.IGNORECASE)
_DENIED = compiled(
    r"\b(?:no|not|never|nor|without|before|until)\b(?: \w+){0,2} $|n't(?: \w+){0,2} $",
    re.IGNORECASE,
)
_THIS_WEEK = compiled(
    r"\b(?:this|the) week's\b|\bthis week\b|\b(?:on|for|of|in) the week\b", re.IGNORECASE
)
_COUNTED = compiled(
    r"\b(?:session|trading day|day|holiday|so far|short|until now|ahead|next)s?\b", re.IGNORECASE
)
_MOST = 50
"""Phrases judged in one text: more are no prose."""
_WEEK, _LEAST_WEEK, _LEAST_MONTH = 5, 4, 15
_JANUARY = dt.date(2026, 1, 2)


@rule(
    "T11",
    citation="House: S1 reports a first week after one session (market-commentary A4)",
    good=(
        dated("The first week of the year belonged to small caps.", dt.date(2026, 1, 8)),
        dated("It was the first session of the year.", _JANUARY),
        dated("There is no first week yet, no first month of the year.", _JANUARY),
        dated("In most years the first week says little.", _JANUARY),
        dated("The first-half surge was real.", dt.date(2026, 7, 2)),
        "The first week was theirs.",
    ),
    bad=(
        dated("In the first week, the Russell 2000 rose 6.2%.", _JANUARY),
        dated("YTD 2026 (Week 1)", _JANUARY),
        dated("It was the fifth session of the year.", _JANUARY),
        dated("The first month of the year is done.", dt.date(2026, 1, 14)),
        dated("The first half of the year was theirs.", dt.date(2026, 3, 2)),
        dated("January 2, 2026\n\nIn the first week it rose 6%.", dt.date(2026, 7, 2)),
    ),
)
def session_count(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find weeks, months and numbered sessions that the calendar does not have yet."""
    found = [
        (sentence, match, kind)
        for sentence in lines(document)
        if sentence.search(_MAYBE) and not sentence.search(_OTHER_YEAR)
        for kind, pattern in _KINDS.items()
        for match in sentence.find(pattern)
        if not _DENIED.search(sentence.text, max(0, match.start() - 30), match.start())
    ]
    date = as_of(document, context) if found else None
    if date is None:
        return
    days = calendar(context, date)
    for sentence, match, kind in found[:_MOST]:
        message = _wrong(match, kind, date, days)
        if message:
            yield sentence.of(match), f"“{match[0]}” does not fit {date}: {message}."


_KINDS = {
    "week": _FIRST_WEEK,
    "month": _FIRST_MONTH,
    "half": _FIRST_HALF,
    "nth": _NTH,
    "into": _INTO,
}


def _wrong(match: re.Match[str], kind: str, date: dt.date, days: TradingDays) -> str:
    """Say why the phrase cannot be, or return nothing."""
    given = match.groupdict()
    month = next((i for i, n in enumerate(MONTHS.split(), 1) if n == given.get("month")), 1)
    digits = given.get("digits")
    if date.year != int(digits or date.year) or (given.get("month") and date.month != month):
        return ""
    if kind in {"week", "month"} and date.month != month:
        return ""
    start = dt.date(date.year, date.month if given.get("month") else 1, 1)
    count = sessions(days, start, date)
    what = "month" if given.get("month") else "year"
    told = f"the {what} had {count} session{'s' if count != 1 else ''} by then"
    if kind == "half":
        return "the half-year was not over" if (date.month, date.day) < (6, 24) else ""
    if kind in {"nth", "into"}:
        number = _number(match["n"])
        dated_to = kind == "nth" or given.get("year") or digits
        return told if dated_to and number and number > count else ""
    return told if count < (_LEAST_WEEK if kind == "week" else _LEAST_MONTH) else ""


def _number(text: str) -> int:
    text = text.lower()
    if text in ORDINALS:
        return ORDINALS.index(text)
    if text[0].isdigit():
        return int(re.match(r"\d+", text)[0])  # type: ignore[index]
    return int(spelled(text) or 0)


@rule(
    "T12",
    severity=Severity.WARN,
    citation="House: a week is five sessions (design, Conventions of measure; A4, S0)",
    good=(
        dated("Over five sessions they fell.", dt.date(2026, 7, 2)),
        dated("This week, of four sessions, was theirs.", dt.date(2026, 7, 2)),
        dated("This week was theirs.", dt.date(2026, 7, 17)),
        "This week was theirs.",
    ),
    bad=(
        dated("This week's tape makes that hard to deny.", dt.date(2026, 7, 2)),
        dated("It has lost momentum this week.", dt.date(2026, 7, 1)),
    ),
)
def short_week(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find ``this week`` where the calendar's week had fewer than five sessions so far."""
    first = _first_week(document)
    date = as_of(document, context) if first else None
    if first is None or date is None:
        return
    monday = date - dt.timedelta(days=date.weekday())
    count = sessions(calendar(context, date), monday, date)
    if count < _WEEK:
        span, words = first
        yield span, f"“{words}” has {count} sessions up to {date}; state how many sessions."


def _first_week(document: Document) -> tuple[Span, str] | None:
    for sentence in lines(document):
        match = sentence.search(_THIS_WEEK)
        if match and not _counted(sentence):
            return sentence.of(match), match[0]
    return None


def _counted(sentence: Sentence) -> bool:
    return sentence.search(_COUNTED) is not None
