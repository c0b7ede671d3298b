"""Calls: the house's views in a form that a later session decides."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, Protocol

from newsletter.compute.facts import Fact, Ledger
from newsletter.config import Universe, plain
from newsletter.draft.claims import Call
from newsletter.draft.evening import Evening

Side = Literal["up", "down"]
SESSIONS = {"5d": 5}
MONTHS = {"1m": 1, "3m": 3}
HORIZONS = (*SESSIONS, *MONTHS)
"""Stretches over which a call can be made: each is a window of the facts."""


class Calendar(Protocol):
    """An exchange's sessions; `newsletter.collect.sessions.TradingDays` is one."""

    def next(self, date: dt.date) -> dt.date:
        """Return the first session strictly after a date."""
        ...

    def on_or_before(self, date: dt.date) -> dt.date:
        """Return the last session on or before a date."""
        ...


def race(ev: Evening, direction: Side) -> tuple[Call, ...]:
    """Call the small-cap fund against the large-cap one over one month.

    Parameters
    ----------
    ev : Evening
        The session.
    direction : {"up", "down"}
        Whether the small caps are called to lead or to trail.

    Returns
    -------
    tuple of Call
        Empty where the pair's spread is not computed: nobody could settle it.
    """
    spread = ev.spread(ev.small, ev.large, "1m")
    return (Call(spread.fact.subject, direction, "1m"),) if spread else ()


def side(calls: Iterable[Call], universe: Universe) -> str:
    """Return the side that calls take on small companies against large.

    Returns
    -------
    str
        ``"for"``, ``"against"``, or ``"neither"`` where no call is about them.
    """
    pair = f"{plain(universe.small_caps)}-{plain(universe.benchmark)}"
    found = next((call.direction for call in calls if call.subject == pair), None)
    return {"up": "for", "down": "against"}.get(found or "", "neither")


def measured(subject: str, horizon: str) -> tuple[str, str]:
    """Return the ids of the facts that settle a call: price first, then with dividends."""
    metric = "spread" if "-" in subject else "return"
    stem = f"{subject}.{metric}.{horizon}"
    return stem, f"{stem}.total"


def outcome(ledger: Ledger, subject: str, horizon: str, kind: str = "") -> Fact | None:
    """Return the fact of a call's subject over a stretch that ends with a session.

    Parameters
    ----------
    ledger : Ledger
        The session's facts.
    subject, horizon : str
        As in `Call`.
    kind : str
        ``price`` or ``total``; empty takes price, and where it is absent total.
    """
    found = [ledger.get(id) for id in measured(subject, horizon)]
    return next((f for f in found if f is not None and kind in {"", f.kind}), None)


def is_right(direction: str, value: Decimal) -> bool:
    """Tell whether an outcome bears a direction out; no change bears out neither."""
    return value > 0 if direction == "up" else value < 0


def due(session: dt.date, horizon: str, calendar: Calendar) -> dt.date:
    """Return the first session whose window of that length begins at a session or after.

    Parameters
    ----------
    session : datetime.date
        When the call was made: its close is the base.
    horizon : str
        One of `HORIZONS`.
    calendar : Calendar
        The exchange's sessions.

    Notes
    -----
    Months are counted as `newsletter.compute.market.Market.base` counts them: the window's
    base is the session on or before the same day of an earlier month.
    """
    if horizon in SESSIONS:
        day = session
        for _ in range(SESSIONS[horizon]):
            day = calendar.next(day)
        return day
    day = calendar.next(_later(session, MONTHS[horizon]) - dt.timedelta(days=1))
    while calendar.on_or_before(_later(day, -MONTHS[horizon])) < session:
        day = calendar.next(day)
    return day


def _later(date: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last day of a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return date.replace(
        year=year, month=month + 1, day=min(date.day, monthrange(year, month + 1)[1])
    )
