"""Time enters the house here, and only as an argument.

A *session* is a label (a date on an exchange), not an instant; an instant is an aware
UTC `datetime.datetime`. Keeping the two apart is what prevents off-by-one evenings.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Anything that can tell the present instant."""

    def now(self) -> dt.datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """Return the present instant, aware, in UTC."""
        return dt.datetime.now(dt.UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is told to move; for tests and replays.

    Parameters
    ----------
    instant : datetime.datetime
        Aware instant to report.
    """

    instant: dt.datetime

    def now(self) -> dt.datetime:
        """Return the instant the clock was set to."""
        return self.instant

    def advance(self, by: dt.timedelta) -> None:
        """Move the clock forward.

        Parameters
        ----------
        by : datetime.timedelta
            How far.
        """
        self.instant += by


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """One trading day of one exchange: a label, not an instant.

    Parameters
    ----------
    date : datetime.date
        The trading day as the exchange names it.
    exchange : str
        ISO 10383 market identifier code, e.g. ``"XNYS"``.
    """

    date: dt.date
    exchange: str = "XNYS"

    def __str__(self) -> str:
        """Return ``2026-07-02.XNYS``, the stem of every edition key."""
        return f"{self.date.isoformat()}.{self.exchange}"
