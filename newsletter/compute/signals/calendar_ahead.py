"""The calendar ahead: what the exchange has already settled about the coming sessions."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

AHEAD = 5
"""Sessions that are looked at for holidays and early closes."""
FRIDAY = 4
NAMES = {
    "calendar": "the exchange calendar",
    "month_end": "the month end",
    "options_expiry": "the options expiry",
    "quarter_end": "the quarter end",
}
"""What is spoken of, by the first part of its facts' ids."""
QUARTERS = frozenset({3, 6, 9, 12})
"""Months whose expiry is a quarterly one, and whose end is a quarter's."""


@measure("calendar_ahead", lookback=1)
def calendar_ahead(market: Market) -> Iterator[Output]:
    """Return ``options_expiry.date`` and the like: holidays, early closes, ends, expiries.

    Formula
    -------
    ``calendar.resumes``: first session after this one; ``calendar.fifth_session``: fifth
    of them; ``calendar.week``: sessions in the week, Monday to Friday, of the next session.
    ``calendar.holiday``: the first weekday without trading before the fifth;
    ``calendar.holidays``: how many there are. ``calendar.early_close``: the first of the
    five sessions that ends before the usual hour. ``month_end`` and ``quarter_end``: last
    session of the month (quarter) that the next session lies in. ``options_expiry``: first
    monthly expiry after this session, the third Friday of a month, or the session before it
    where that Friday is a holiday; its ``kind`` is ``quarterly`` in March, June, September
    and December, else ``monthly``. ``….sessions`` counts from this session to each.

    Source
    ------
    The exchange's rules as kept by the calendar library; expiry as the Options Clearing
    Corporation's calendar has it: the third Friday, Thursday where it is a holiday.

    Example
    -------
    2026-07-02: closed on 2026-07-03, next session 2026-07-06, five sessions in its week;
    monthly expiry on 2026-07-17, ten sessions away; month end 2026-07-31.

    Limits
    ------
    What the exchange had not announced it does not know: a day of mourning closes markets
    at a few days' notice, and for past sessions such days are already in the calendar. No
    releases of economic figures and no company's results, which no table here holds.
    """
    exchange = market.session.exchange
    ahead = Ahead.of(TradingDays(exchange, market.session.date), market.session.date)
    make = Maker(market, calendar_ahead.formula)
    for fact_id, value in ahead.told().items():
        if isinstance(value, Absent):
            yield value
            continue
        unit, kind = _unit(value)
        name = fact_id.partition(".")[0]
        yield make.fact(
            fact_id,
            float(value) if isinstance(value, int) else value,
            unit,
            subject=Subject(name, NAMES[name], (f"calendar.{exchange}",)),
            metric=fact_id.removeprefix("calendar.").replace(".", "_").removesuffix("_date"),
            kind=kind,
            period=make.close(),
        )


def _unit(value: dt.date | int | str) -> tuple[Unit, str]:
    if isinstance(value, dt.date):
        return Unit.DATE, "date"
    return (Unit.COUNT, "count") if isinstance(value, int) else (Unit.STATE, "state")


@dataclass(frozen=True, slots=True)
class Ahead:
    """The coming sessions as seen from one.

    Parameters
    ----------
    days : TradingDays
        The exchange's calendar.
    session : datetime.date
        The session.
    coming : tuple of datetime.date
        The next `AHEAD` sessions.
    """

    days: TradingDays
    session: dt.date
    coming: tuple[dt.date, ...]

    @classmethod
    def of(cls, days: TradingDays, session: dt.date) -> "Ahead":
        """Look ahead from a session."""
        coming, day = [], session
        for _ in range(AHEAD):
            day = days.next(day)
            coming.append(day)
        return cls(days, session, tuple(coming))

    def told(self) -> dict[str, dt.date | int | str | Absent]:
        """Return what is known by the fact's name, or why there is none."""
        closed, early = self._closed(), self._early()
        month, quarter, expiry = self._end(1), self._end(3), self._expiry()
        none = f"within the {AHEAD} sessions after {self.session}."
        return {
            "calendar.resumes.date": self.coming[0],
            "calendar.fifth_session.date": self.coming[-1],
            "calendar.week.sessions": self._week(),
            "calendar.holidays.5d": len(closed),
            "calendar.holiday.date": closed[0]
            if closed
            else Absent("calendar.holiday.date", f"No weekday is a holiday {none}"),
            "calendar.early_close.date": early
            or Absent("calendar.early_close.date", f"No session closes early {none}"),
            "month_end.date": month,
            "month_end.sessions": self._count(month),
            "quarter_end.date": quarter,
            "quarter_end.sessions": self._count(quarter),
            "options_expiry.date": expiry,
            "options_expiry.sessions": self._count(expiry),
            "options_expiry.kind": "quarterly" if expiry.month in QUARTERS else "monthly",
        }

    def _count(self, date: dt.date) -> int:
        return len(self.days.between(self.coming[0], date))

    def _week(self) -> int:
        monday = self.coming[0] - dt.timedelta(days=self.coming[0].weekday())
        return len(self.days.between(self.coming[0], monday + dt.timedelta(days=FRIDAY)))

    def _closed(self) -> list[dt.date]:
        span = (self.coming[-1] - self.session).days
        between = (self.session + dt.timedelta(days=n) for n in range(1, span))
        return [d for d in between if d.weekday() <= FRIDAY and d not in self.coming]

    def _early(self) -> dt.date | None:
        sessions = (Session(date, self.days.exchange) for date in self.coming)
        return next((s.date for s in sessions if self.days.is_early_close(s)), None)

    def _end(self, months: int) -> dt.date:
        """Return the last session of the month, or group of months, of the next session."""
        first = self.coming[0]
        last = -(-first.month // months) * months
        year, month = first.year + last // 12, last % 12 + 1
        return self.days.previous(dt.date(year, month, 1))

    def _expiry(self) -> dt.date:
        first = self.session.replace(day=1)
        while (found := self._third_friday(first)) <= self.session:
            first = (first + dt.timedelta(days=31)).replace(day=1)
        return found

    def _third_friday(self, first: dt.date) -> dt.date:
        days = (FRIDAY - first.weekday()) % 7 + 14
        return self.days.on_or_before(first + dt.timedelta(days=days))
