"""When the next edition is due: the exchange calendar decides, the clock only asks."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.config import Config, EditionKind
from newsletter.review.edition import EditionKey


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
    an edition is due so many minutes after *that session's* close. A ``week_end``
    edition follows the last session of each week.

    Parameters
    ----------
    config : Config
        Editions and exchange.
    after : datetime.datetime
        Aware instant; a firing at exactly this instant is past.
    """
    exchange = config.publication.exchange
    days = TradingDays(exchange, after.date() + dt.timedelta(days=366))
    date = days.on_or_before(after.date() - dt.timedelta(days=3))
    last = after.date() + dt.timedelta(days=365)
    while date <= last:
        session, following = Session(date, exchange), days.next(date)
        closes = days.close(session)
        due = [
            Firing(closes + dt.timedelta(minutes=kind.minutes_after_close), _key(session, name))
            for name, kind in config.editions.items()
            if kind.enabled and appears(kind, date, following)
        ]
        yield from (firing for firing in sorted(due) if firing.at > after)
        date = following


def appears(kind: EditionKind, date: dt.date, following: dt.date) -> bool:
    """Tell whether an edition follows a session, were it enabled.

    Parameters
    ----------
    kind : EditionKind
        Its configuration.
    date, following : datetime.date
        The session, and the next one.
    """
    return kind.days == "sessions" or _week_ends(date, following)


def _week_ends(date: dt.date, following: dt.date) -> bool:
    return date.isocalendar()[:2] != following.isocalendar()[:2]


def _key(session: Session, name: str) -> str:
    return str(EditionKey(session, name))
