"""What is due, what options say, what is written: calendars, chains, headlines."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from newsletter.collect.providers.yahoo.beside import Evening, Reader, Row
from newsletter.collect.providers.yahoo.words import link, number, symbol, words

CHAINS = ("SPY", "QQQ", "IWM")
"""Funds whose option chains are counted."""

CHAIN_DAYS, MOST_EXPIRIES = 45, 25
CALENDAR_DAYS = 14
SMALLEST_COMPANY = 10e9
_PAGE, _PAGES = 100, 5
_NEWS_OF, _NEWS_COUNT = 5, 10


def calendar(evening: Evening) -> Iterator[tuple[str, Row]]:
    """Yield earnings of large companies, economic releases and splits of the next fortnight."""
    import yfinance as yf

    first, last = evening.last, evening.last + dt.timedelta(days=CALENDAR_DAYS)
    kinds = ("earnings", "economic", "split")

    def ask(kind: str) -> pd.DataFrame:
        found = yf.Calendars(start=first, end=last, session=evening.session)
        pages = []
        for page in range(_PAGES):
            pages.append(_page(found, kind, page * _PAGE))
            if len(pages[-1]) < _PAGE:
                break
        return pd.concat(pages)

    readers = {"earnings": _earnings, "economic": _economic, "split": _split}
    zone = evening.days.zone
    for kind, frame in evening.each(kinds, ask):
        for name, row in zip(frame.index, frame.to_dict("records"), strict=True):
            values = {str(column): value for column, value in row.items()}
            event, column = readers[kind](evening, name, values), _DATE[kind]
            date = _day(values.get(column), zone)
            if event is not None and date is not None and first <= date.date() <= last:
                yield "events", (kind, *event, date)


_DATE = {"earnings": "Event Start Date", "economic": "Event Time", "split": "Payable On"}


def _page(found: Any, kind: str, offset: int) -> pd.DataFrame:
    if kind == "earnings":
        frame = found.get_earnings_calendar(
            market_cap=SMALLEST_COMPANY, filter_most_active=False, limit=_PAGE, offset=offset
        )
    elif kind == "economic":
        frame = found.get_economic_events_calendar(limit=_PAGE, offset=offset)
    else:
        frame = found.get_splits_calendar(limit=_PAGE, offset=offset)
    return pd.DataFrame(frame)


def _earnings(evening: Evening, name: Any, row: Mapping[str, Any]) -> Row | None:
    del evening
    subject = symbol(name)
    expected = _stated("expected EPS", row.get("EPS Estimate"))
    return (subject, words(row.get("Company")), expected) if subject else None


def _economic(evening: Evening, name: Any, row: Mapping[str, Any]) -> Row | None:
    del evening
    event = words(name)
    if row.get("Region") != "US" or not event:
        return None
    told = (_stated("expected", row.get("Expected")), _stated("last", row.get("Last")))
    period = words(row.get("Period"))
    return "US", event, ", ".join(filter(None, (f"for {period}" if period else "", *told)))


def _split(evening: Evening, name: Any, row: Mapping[str, Any]) -> Row | None:
    subject = symbol(name)
    if subject not in {*evening.instruments, *evening.members}:
        return None
    new, old = (number(row.get(key), "price") for key in ("Share Worth", "Old Share Worth"))
    ratio = f"{new:g} for {old:g}" if new and old else ""
    return subject, words(row.get("Company Name") or row.get("Company")), ratio


def _stated(what: str, found: Any) -> str:
    value = number(found, "eps_trailing")
    return "" if value is None else f"{what} {value:g}"


def _day(found: Any, zone: dt.tzinfo) -> pd.Timestamp | None:
    """Return the day at the exchange of an instant or a date; None where it is none."""
    try:
        stamp = pd.Timestamp(found)
        if stamp.tz is not None:
            stamp = stamp.tz_convert(zone).tz_localize(None)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if pd.isna(stamp) else stamp.normalize()


def options(evening: Evening) -> Iterator[tuple[str, Row]]:
    """Yield volume and open interest of calls and puts by expiry."""
    import yfinance as yf

    last = evening.last + dt.timedelta(days=CHAIN_DAYS)

    def ask(name: str) -> Any:
        ticker = yf.Ticker(name, session=evening.session)
        due = [d for d in ticker.options if evening.last < dt.date.fromisoformat(d) <= last]
        return [(day, ticker.option_chain(day)) for day in sorted(due)[:MOST_EXPIRIES]]

    wanted = [name for name in CHAINS if name in evening.instruments]
    for name, chains in evening.each(wanted, ask):
        for day, chain in chains:
            for side, frame in (("call", chain.calls), ("put", chain.puts)):
                for field, column in (("volume", "volume"), ("open_interest", "openInterest")):
                    total = _total(evening, frame, column)
                    if total is not None:
                        yield "options", (name, f"{side}_{field}", pd.Timestamp(day), total)


def _total(evening: Evening, frame: pd.DataFrame | None, column: str) -> float | None:
    """Return the sum of a column, None where nothing is told: a chain of zeros is no count."""
    if frame is None or frame.empty:
        return None
    found = [value for value in frame[column] if not pd.isna(value)]
    counts = [number(value, "contracts") for value in found]
    if any(not evening.sane(count, value) for count, value in zip(counts, found, strict=True)):
        return None
    total = math.fsum(count for count in counts if count)
    return total or None


def news(evening: Evening) -> Iterator[tuple[str, Row]]:
    """Yield headlines about the first instruments, with their links where these are safe."""
    import yfinance as yf

    def ask(name: str) -> Any:
        return yf.Ticker(name, session=evening.session).get_news(count=_NEWS_COUNT)

    for _, articles in evening.each(evening.instruments[:_NEWS_OF], ask):
        for article in articles:
            row = _headline(evening, article)
            if row is not None:
                source, text, address, day = row
                yield "headlines", (source, text, day)
                if address:
                    yield "links", (source, text, address, day)


def _headline(evening: Evening, article: Any) -> Row | None:
    content = article.get("content") if isinstance(article, dict) else None
    if not isinstance(content, dict):
        return None
    text, by = words(content.get("title")), content.get("provider")
    source = words(by.get("displayName")) if isinstance(by, dict) else ""
    day = _day(content.get("pubDate"), evening.days.zone)
    if not text or day is None or pd.Timestamp(content["pubDate"]) > pd.Timestamp(evening.now):
        return None
    address = content.get("canonicalUrl")
    return source or "Yahoo Finance", text, link(address.get("url") if
                isinstance(address, dict) else None), day  # fmt: skip


READERS: Mapping[str, Reader] = {"calendar": calendar, "options": options, "news": news}
