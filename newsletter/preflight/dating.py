"""Proof of dates: the session, dates that are facts, and the ends of facts' periods."""

import datetime as dt
import re

from newsletter.preflight.cues import measured
from newsletter.preflight.dates import When
from newsletter.preflight.entries import Book
from newsletter.preflight.reading import Reading
from newsletter.preflight.report import Verdict
from newsletter.preflight.subjects import members_of

_SINCE = re.compile(
    r"\b(?:since|from|back to|began|begins?|start\w*|history|sample)\b[^.;]{0,40}$", re.IGNORECASE
)
_BASE = re.compile(
    r"\b(?:since|as of|from|after|base\w*|close of|close on|closed? (?:of|on|in)|against|compared"
    r"|counted|between|ago|end of)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:next|until|by|before|coming|reopens?|come|every|each) (?:the )?$", re.IGNORECASE
)
_RECENT = 7
_TOLD = tuple[Verdict, str, str]
_CUES = (
    ("cross", re.compile(r"cross|average", re.IGNORECASE)),
    ("peak", re.compile(r"peak|\bhigh\b|\btop", re.IGNORECASE)),
    ("trough", re.compile(r"trough|\blow\b|bottom", re.IGNORECASE)),
    ("first_in_sample", re.compile(r"begin|start|data|sample|history", re.IGNORECASE)),
    ("first", re.compile(r"\bfirst\b|\blongest\b|since", re.IGNORECASE)),
    ("longest", re.compile(r"\blongest\b", re.IGNORECASE)),
    ("record", re.compile(r"record|\bhigh\b|peak|all-time", re.IGNORECASE)),
    ("highest", re.compile(r"high", re.IGNORECASE)),
    ("lowest", re.compile(r"low", re.IGNORECASE)),
    ("since", re.compile(r"since|from", re.IGNORECASE)),
)


def prove_date(reading: Reading, book: Book) -> _TOLD:
    """Prove a date.

    Parameters
    ----------
    reading : Reading
        The date and what surrounds it.
    book : Book
        What the ledger knows.

    Returns
    -------
    tuple of (Verdict, str, str)
        Verdict, fact id, and what is true where the date is not.
    """
    when = reading.figure.when or When()
    before = reading.before
    if when.matches(book.session):
        return Verdict.PROVED, "session", ""
    if when.kind == "weekday":
        return _weekday(when, reading, book)
    for fact, date in book.dates:
        if (
            _own(members_of(fact), reading)
            and when.matches(date)
            and _cued(fact.metric, reading.sentence)
        ):
            return Verdict.PROVED, fact.id, ""
    if _SINCE.search(before) or when.kind == "year":
        for start, name, members in book.starts:
            if when.matches(start) and (_own(members, reading) and _SINCE.search(before)):
                return Verdict.PROVED, name, ""
    if _BASE.search(before) or when.kind == "year":
        for date, name in book.bases.items():
            recent = when.kind != "year" or date.year >= book.session.year - 1
            if recent and when.matches(date):
                return Verdict.PROVED, name, ""
    return _wrong(when, reading, book)


def _own(members: frozenset[str], reading: Reading) -> bool:
    named = reading.scope
    known = {m for m in members if not m.islower()}
    return not known or not named or bool(known & named)


def _cued(metric: str, sentence: str) -> bool:
    for part, cue in _CUES:
        if part in metric:
            return cue.search(sentence) is not None
    return measured(metric, sentence)


def _weekday(when: When, reading: Reading, book: Book) -> _TOLD:
    if _AHEAD.search(reading.before):
        return Verdict.OPINION, "", ""
    for fact, date in book.dates:
        near = when.matches(date) and 0 <= (book.session - date).days <= _RECENT
        if near and _own(members_of(fact), reading) and _cued(fact.metric, reading.sentence):
            return Verdict.PROVED, fact.id, ""
    return Verdict.UNSUPPORTED, "", ""


def _wrong(when: When, reading: Reading, book: Book) -> _TOLD:
    for fact, date in book.dates:
        if members_of(fact) & set(reading.subjects) and _cued(fact.metric, reading.sentence):
            if "record" in fact.metric and "record" in reading.sentence:
                return Verdict.CONTRADICTED, fact.id, fact.display
            if "since" in fact.metric and date.year == when.year:
                return Verdict.CONTRADICTED, fact.id, fact.display
    if when.day and (when.month, when.day) == (book.session.month, book.session.day):
        return Verdict.CONTRADICTED, "session", book.session.isoformat()
    return Verdict.UNSUPPORTED, "", ""


def near_session(when: When, session: dt.date) -> bool:
    """Tell whether a date of the page's furniture belongs to this edition.

    Parameters
    ----------
    when : When
        What is printed.
    session : datetime.date
        The session; an edition appears on it or within a week.
    """
    if when.kind != "date":
        return True
    return any(when.matches(session + dt.timedelta(days=days)) for days in range(_RECENT + 1))
