"""The calendar of sessions: which days an exchange trades, and when it closes."""

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from newsletter.clock import Session
from newsletter.errors import ConfigError, DataUnavailable

if TYPE_CHECKING:
    import pandas as pd

FIRST = dt.date(1990, 1, 2)
LAST_YEAR = 2199


def _stamp(date: dt.date) -> "pd.Timestamp":
    import pandas as pd  # half a second, which a page that asks for no session does not need

    return pd.Timestamp(date)


@lru_cache(maxsize=8)
def _calendar(exchange: str, until_year: int) -> Any:
    import exchange_calendars as xcals

    if not FIRST.year <= until_year <= LAST_YEAR:
        raise DataUnavailable(
            f"Sessions are known from {FIRST} to {LAST_YEAR - 1}; choose a date in between."
        )
    try:
        start, end = _stamp(FIRST), _stamp(dt.date(until_year, 12, 31))
        try:
            return xcals.get_calendar(exchange, start=start, end=end)
        except ValueError:  # early years are not known of some, holidays to come not of others
            known = xcals.get_calendar(exchange)
            start, end = max(start, known.bound_min() or start), min(end, known.bound_max() or end)
            return xcals.get_calendar(exchange, start=start, end=end)
    except xcals.errors.InvalidCalendarName as error:
        raise ConfigError(
            f"publication.exchange is {exchange!r}, which is no known exchange; "
            "use a market identifier code such as XNYS, XLON or XNSE."
        ) from error


@lru_cache(maxsize=1024)  # who looks at the schedule every few seconds asks for the same few
def _close(exchange: str, until_year: int, date: dt.date) -> dt.datetime:
    stamp: pd.Timestamp = _calendar(exchange, until_year).session_close(_stamp(date))
    return stamp.to_pydatetime().astimezone(dt.UTC)


class TradingDays:
    """Session arithmetic of one exchange.

    Parameters
    ----------
    exchange : str
        Market identifier code, e.g. ``"XNYS"``.
    until : datetime.date
        A date the calendar must reach; its whole year is covered. The library's own
        horizon is one year from today, so it is always passed.
    """

    def __init__(self, exchange: str, until: dt.date) -> None:
        self.exchange = exchange
        self._until_year = until.year + 1
        self._calendar = _calendar(exchange, self._until_year)
        self.index: pd.DatetimeIndex = self._calendar.sessions.as_unit("ns")
        self.zone: dt.tzinfo = self._calendar.tz

    def require(self, date: dt.date) -> Session:
        """Return the session of a date.

        Raises
        ------
        DataUnavailable
            If the exchange does not trade that day; the sentence names the sessions
            before and after.
        """
        stamp = _stamp(date)
        if stamp < self.index[0]:
            first = self.index[0].date()
            raise DataUnavailable(f"{date} is before {first}, where the calendar starts.")
        if stamp > self.index[-1]:
            raise DataUnavailable(
                f"{date} is after {self.index[-1].date()}, where the {self.exchange} calendar ends."
            )
        if not self.is_session(date):
            raise DataUnavailable(
                f"{date} is not a trading day on {self.exchange}; the sessions around it are "
                f"{self.previous(date)} and {self.next(date)}."
            )
        return Session(date, self.exchange)

    def is_session(self, date: dt.date) -> bool:
        """Tell whether the exchange trades on a date."""
        return bool(self._calendar.is_session(_stamp(date)))

    def previous(self, date: dt.date) -> dt.date:
        """Return the last session strictly before a date."""
        position = self.index.searchsorted(_stamp(date), side="left") - 1
        return self._at(position)

    def next(self, date: dt.date) -> dt.date:
        """Return the first session strictly after a date."""
        return self._at(self.index.searchsorted(_stamp(date), side="right"))

    def on_or_before(self, date: dt.date) -> dt.date:
        """Return the last session on or before a date."""
        return self._at(self.index.searchsorted(_stamp(date), side="right") - 1)

    def back(self, date: dt.date, count: int) -> dt.date:
        """Return the session `count` sessions before the session `date`."""
        return self._at(self.index.searchsorted(_stamp(date), side="left") - count)

    def between(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Return the sessions from one date to another, both included."""
        stamps = self.index[(self.index >= _stamp(first)) & (self.index <= _stamp(last))]
        return [stamp.date() for stamp in stamps]

    def close(self, session: Session) -> dt.datetime:
        """Return the closing instant of a session, aware, in UTC."""
        return _close(self.exchange, self._until_year, session.date)

    def is_early_close(self, session: Session) -> bool:
        """Tell whether a session ends before the exchange's usual hour."""
        return _stamp(session.date) in self._calendar.early_closes

    def latest_closed(self, now: dt.datetime) -> Session:
        """Return the last session that has closed at an instant.

        Parameters
        ----------
        now : datetime.datetime
            Aware instant.
        """
        date = self.on_or_before(now.astimezone(dt.UTC).date())
        while self.close(Session(date, self.exchange)) > now:
            date = self.previous(date)
        return Session(date, self.exchange)

    def latest_opened(self, now: dt.datetime) -> dt.date:
        """Return the last session that had opened at an aware instant.

        What is published at `now` is known by the close of that session and not before: a
        figure of a Saturday is Friday's, one of Monday's trading hours is Monday's.
        """
        date = self.on_or_before(now.astimezone(dt.UTC).date() + dt.timedelta(days=1))
        while self._calendar.session_open(_stamp(date)).to_pydatetime() > now:
            date = self.previous(date)
        return date

    def _at(self, position: Any) -> dt.date:
        if not 0 <= int(position) < len(self.index):
            raise DataUnavailable(
                f"The {self.exchange} calendar covers {self.index[0].date()} to "
                f"{self.index[-1].date()}; the date asked for lies outside it."
            )
        date: dt.date = self.index[int(position)].date()
        return date
