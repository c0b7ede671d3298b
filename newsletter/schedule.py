"""When the next edition is due: the exchange calendar decides, the clock only asks."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.config import Config, EditionKind
from newsletter.review.edition import EditionKey
from newsletter.timing import WEEKDAYS, first_at, on_day, wall_time

_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Firing:
    """One run that is due.

    Parameters
    ----------
    at : datetime.datetime
        Aware UTC instant.
    key : str
        The edition to make.
    """

    at: dt.datetime
    key: str


def firings(config: Config, after: dt.datetime) -> Iterator[Firing]:
    """Yield the firings of all enabled editions after an instant, in order, for a year.

    Early closes and holidays are followed because the close is asked of the calendar:
    an edition is due so many minutes after *that session's* close, or at the first time of
    day of its own after it. A ``week_end`` edition follows the last session of each week.

    Parameters
    ----------
    config : Config
        Editions and exchange.
    after : datetime.datetime
        Aware instant; a firing at exactly this instant is past.
    """
    exchange = config.publication.exchange
    days = TradingDays(exchange, after.date() + dt.timedelta(days=366))
    # What is due is due before the next session's close: none of an earlier session is to come.
    date = days.on_or_before(after.date() - dt.timedelta(days=3))
    # Some exchanges announce their holidays only for the year: then that is how far it reaches.
    last = min(after.date() + dt.timedelta(days=365), days.previous(days.index[-1].date()))
    while date <= last:
        session = Session(date, exchange)
        found = [
            Firing(at, str(EditionKey(session, name)))
            for name, kind in config.editions.items()
            if kind.enabled and (at := due(config, kind, session, days)) is not None
        ]
        yield from (firing for firing in sorted(found) if firing.at > after)
        date = days.next(date)


def between(config: Config, after: dt.datetime, until: dt.datetime) -> list[Firing]:
    """Return the firings after one aware instant and not after another, in order."""
    return list(itertools.takewhile(lambda one: one.at <= until, firings(config, after)))


def due(
    config: Config, kind: EditionKind, session: Session, days: TradingDays
) -> dt.datetime | None:
    """Return when an edition of a session is due, were it enabled; None where there is none.

    Parameters
    ----------
    config : Config
        Whose publication has the time zone that a kind without one takes.
    kind : EditionKind
        The edition's configuration.
    session : Session
        What it is of.
    days : TradingDays
        A calendar that reaches the next session.

    Returns
    -------
    datetime.datetime or None
        Aware, in UTC; at or after this session's close and before the next one's.
    """
    closes, following = days.close(session), days.next(session.date)
    ends = days.close(Session(following, session.exchange))
    if kind.at is None:
        chosen = _chosen(kind, session.date, following)
        at = closes + dt.timedelta(minutes=kind.minutes_after_close)
        return at if chosen and at < ends else None
    if not isinstance(kind.days, tuple) and not _chosen(kind, session.date, following):
        return None
    return next(_times(config, kind, closes, ends, days), None)


def appears(config: Config, kind: EditionKind, session: Session, days: TradingDays) -> bool:
    """Tell whether an edition follows a session, were it enabled."""
    return due(config, kind, session, days) is not None


def ends(config: Config, key: EditionKey, days: TradingDays) -> dt.datetime | None:
    """Return until when an edition may be approved and sent, where its kind says so.

    Parameters
    ----------
    config : Config
        Editions.
    key : EditionKey
        The edition; a correction has no such end.
    days : TradingDays
        A calendar that reaches the session after its own.

    Returns
    -------
    datetime.datetime or None
        Aware, in UTC: the first ``not_after`` once the edition was due, or once its session
        had closed where it is of a day on which none is due.
    """
    kind = config.editions.get(key.kind)
    if kind is None or kind.not_after is None or key.corrects:
        return None
    begins = due(config, kind, key.session, days) or days.close(key.session)
    return first_at(wall_time(kind.not_after) or dt.time(), zone(config, kind), begins)


def expires(config: Config, key: EditionKey, made: dt.datetime, days: TradingDays) -> dt.datetime:
    """Return when an edition that is made at an aware instant is stale.

    That is ``review.expires_after_hours`` later, or ``not_after`` where that comes first. Of a
    session so long past that neither could be met it is the hours alone: somebody made it by
    hand, to look at it.
    """
    lifetime = dt.timedelta(hours=config.review.expires_after_hours)
    end = ends(config, key, days)
    return made + lifetime if end is None or end + lifetime <= made else min(end, made + lifetime)


def latest_start(config: Config, key: EditionKey, days: TradingDays) -> dt.datetime:
    """Return the instant after which an edition is not begun: its end, or the next close."""
    closes = days.close(Session(days.next(key.session.date), key.session.exchange))
    return min(closes, ends(config, key, days) or closes)


def zone(config: Config, kind: EditionKind) -> ZoneInfo:
    """Return an edition's time zone: its own, else the publication's."""
    return ZoneInfo(kind.time_zone or config.publication.time_zone)


def _times(
    config: Config, kind: EditionKind, since: dt.datetime, until: dt.datetime, days: TradingDays
) -> Iterator[dt.datetime]:
    """Yield the instants of a kind's time of day from one instant on and before another."""
    time, local = wall_time(kind.at or "") or dt.time(), zone(config, kind)
    day = since.astimezone(local).date()
    while (at := on_day(day, time, local)) < until:
        open_then = not kind.skip_closed_days or days.is_session(day)
        wanted = not isinstance(kind.days, tuple) or WEEKDAYS[day.weekday()] in kind.days
        if at >= since and open_then and wanted:
            yield at
        day += _DAY


def _chosen(kind: EditionKind, date: dt.date, following: dt.date) -> bool:
    """Tell whether a session is among those that a kind follows, the next one being known."""
    if kind.days == "week_end":
        return date.isocalendar()[:2] != following.isocalendar()[:2]
    if kind.days == "month_end":
        return (date.year, date.month) != (following.year, following.month)
    return kind.days == "sessions" or WEEKDAYS[date.weekday()] in kind.days
