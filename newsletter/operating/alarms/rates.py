"""Complaints and bounces: how many of the copies, of each edition and of a week."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from newsletter.review.alert import Level, Raised
from newsletter.review.edition import State

if TYPE_CHECKING:
    from newsletter.alerting import Alerts
    from newsletter.app import House
    from newsletter.send.numbers import Numbers

WEEK: Final = dt.timedelta(days=7)
LATEST: Final = 60
"""Editions among which those of a week are found."""
LEAST: Final = 3
"""Fewer complaints, or bounces, are no share of anything."""
THE_WEEK: Final = "the last 7 days"


@dataclass(frozen=True, slots=True)
class Count:
    """Copies of one edition, or of several: how many arrived, came back, were called junk."""

    delivered: int = 0
    bounced: int = 0
    failed: int = 0
    complained: int = 0

    def plus(self, other: "Count") -> "Count":
        """Return both together."""
        return Count(
            self.delivered + other.delivered, self.bounced + other.bounced,
            self.failed + other.failed, self.complained + other.complained,
        )  # fmt: skip

    @classmethod
    def of(cls, numbers: "Numbers") -> "Count":
        """Return what an edition's numbers say."""
        return cls(numbers.delivered, numbers.bounced, numbers.failed, numbers.complained)


@dataclass(frozen=True, slots=True)
class Rates:
    """Compares shares with what receivers of mail put up with."""

    id: str = "rates"
    every: dt.timedelta = dt.timedelta(minutes=5)
    slow: bool = True

    def look(self, house: "House", since: dt.datetime) -> Iterator[Raised]:
        """Yield the shares that are too high, of each edition of a week and of all together."""
        del since
        now, whole = house.clock.now(), Count()
        for edition in house.editions.all(LATEST):
            went_out = edition.state in {State.SENDING, State.SENT}
            if not went_out or now - edition.revision.made_at > WEEK:
                continue
            key = str(edition.key)
            count = Count.of(house.reports.numbers(key))
            whole = whole.plus(count)
            yield from shares(house, count, key)
        yield from shares(house, whole, THE_WEEK)


def shares(house: "House", count: Count, whose: str) -> Iterable[Raised]:
    """Yield what is too high of some copies.

    Complaints are taken of the copies that arrived, bounces of all that came to an end.
    """
    settings = house.config.alerts
    ended = count.delivered + count.bounced + count.failed
    complaints = _step(count.complained, count.delivered, settings)
    bounces = _step(count.bounced, ended, settings, bounced=True)
    edition = "" if whose == THE_WEEK else whose
    of = "Of the last 7 days" if whose == THE_WEEK else f"Of {whose}"
    if complaints:
        yield Raised(
            "complaints", whose, "Many complaints",
            f"{of} {count.complained:,} of {count.delivered:,} readers called it junk, "
            f"{_percent(count.complained, count.delivered)}.",
            "Find out who they are and how they came to the list before the next edition goes "
            "out; receivers stop taking mail at 0.3%.",
            Level.URGENT if complaints == 2 else Level.WARN, complaints, edition, ends_told=False,
        )  # fmt: skip
    if bounces:
        yield Raised(
            "bounces", whose, "Many bounces",
            f"{of} {count.bounced:,} of {ended:,} copies came back for good, "
            f"{_percent(count.bounced, ended)}.",
            "Look whether readers were imported who never agreed, or one receiver refuses all "
            "of ours; what came back is not written to again.",
            Level.URGENT if bounces == 2 else Level.WARN, bounces, edition, ends_told=False,
        )  # fmt: skip


def _step(part: int, whole: int, settings: "Alerts", *, bounced: bool = False) -> int:
    pair = settings.bounce_percent if bounced else settings.complaint_percent
    if part < LEAST or whole < settings.least_copies:
        return 0
    # In whole numbers: 3 of 1,000 are 0.3 percent, whatever a float makes of it.
    return sum(part * 100_000 >= round(one * 1000) * whole for one in pair)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%"


ALARM = Rates()
