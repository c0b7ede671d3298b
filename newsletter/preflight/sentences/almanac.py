"""Almanac: which day a text says it speaks of, and the sessions that day has behind it."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from newsletter.collect.sessions import TradingDays
from newsletter.patterns import compiled
from newsletter.preflight.figures.dates import When, find_dates
from newsletter.preflight.report import Span
from newsletter.preflight.rule import RuleContext
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document

_EXCHANGE = "XNYS"
_FIRST, _LATEST = 1991, 2060
_WEEKEND = 5
_LINE_WORDS = 30
_LINE_KINDS = frozenset({Kind.PARAGRAPH, Kind.HEADING})
_SHORT = 8
_HEADS = compiled(r"\W*(?:$|[A-Z])")
_NO_LINE = compiled(
    r"\b(?:since|from|until|before|after|by|through|due|next|record|high|low|peak|base|close of)"
    r"(?: \w+){0,2}\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A full date that a text prints.

    Parameters
    ----------
    date : datetime.date
        The date.
    block : Block
        Where it stands.
    span : Span
        Its place in the document.
    """

    date: dt.date
    block: Block
    span: Span


def dates(document: Document) -> Iterator[Stated]:
    """Yield every date that is printed with day, month and year, furniture included."""
    for block in document.blocks:
        for start, end, when in find_dates(block.text):
            date = _full(when)
            if date is not None:
                yield Stated(date, block, block.folded.span(start, end))


def partial(document: Document, year: int) -> Iterator[dt.date]:
    """Yield dates printed without their year, as of a year."""
    for block in document.blocks:
        for _, _, when in find_dates(block.text):
            if when.day and when.month and not when.year:
                date = _full(When(year, when.month, when.day))
                if date is not None:
                    yield date


def dateline(document: Document) -> Stated | None:
    """Return the first full date that stands in a line of its own, or None.

    A line is a paragraph or heading of at most 30 words, no sentence, whose date is not
    introduced by ``since``, ``until`` and the like; or one that a date and a title open.
    """
    for stated in dates(document):
        text = stated.block.text.strip()
        count = text.count(" ") + 1
        heads = _HEADS.match(document.text, stated.span.end)
        opens = heads is not None and stated.span.start == stated.block.span.start
        sentence = text.endswith(".") and count > _SHORT and not opens
        if stated.block.kind in _LINE_KINDS and count <= _LINE_WORDS and not sentence:
            ahead = document.text[stated.block.span.start : stated.span.start]
            if not _NO_LINE.search(ahead[-60:]):
                return stated
    return None


def as_of(document: Document, context: RuleContext) -> dt.date | None:
    """Return the last session on or before the day the text says it speaks of.

    Its dateline decides; where it has none, the ledger's session.
    """
    line = dateline(document)
    if line is not None and _known(context, line.date):
        return calendar(context, line.date).on_or_before(line.date)
    return context.ledger.session.date if context.ledger is not None else None


def calendar(context: RuleContext, date: dt.date) -> TradingDays:
    """Return the calendar of the ledger's exchange (New York without one), to a date."""
    if context.ledger is None:
        return TradingDays(_EXCHANGE, date)
    session = context.ledger.session
    return TradingDays(session.exchange, max(session.date, date))


def _known(context: RuleContext, date: dt.date) -> bool:
    """Tell whether a date is one whose calendar is worth building."""
    latest = _LATEST if context.ledger is None else context.ledger.session.date.year + 1
    return _FIRST <= date.year <= latest


def sessions(days: TradingDays, first: dt.date, last: dt.date) -> int:
    """Return how many sessions there were from one date to another, both included."""
    index = days.index
    low = index.searchsorted(pd.Timestamp(first), side="left")
    high = index.searchsorted(pd.Timestamp(last), side="right")
    return int(high - low)


def is_session(context: RuleContext, date: dt.date) -> bool:
    """Tell whether a date is a session; the ledger's own needs no calendar."""
    if context.ledger is not None and date == context.ledger.session.date:
        return True
    if date.weekday() >= _WEEKEND or not _known(context, date):
        return False
    return calendar(context, date).is_session(date)


def _full(when: When) -> dt.date | None:
    if not (when.day and when.month and when.year):
        return None
    try:
        return dt.date(when.year, when.month, when.day)
    except ValueError:
        return None
