"""Editions that are due by the exchange's calendar and are not there."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from newsletter.review.alert import Level, Raised
from newsletter.review.edition import EditionKey
from newsletter.schedule import Firing, firings
from newsletter.underway import Course

if TYPE_CHECKING:
    from newsletter.app import House

AFTERWARDS: Final = dt.timedelta(hours=6)
"""How long after its time an edition that was never made is still told of."""
MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Missing:
    """Compares what is there with what the schedule says should be."""

    id: str = "missing"
    every: dt.timedelta = dt.timedelta(minutes=1)
    slow: bool = False

    def look(self, house: "House", since: dt.datetime) -> Iterator[Raised]:
        """Yield every edition that was due a while ago and of which there is nothing."""
        now, settings = house.clock.now(), house.config
        fresh = dt.timedelta(hours=settings.review.expires_after_hours)
        patience = dt.timedelta(minutes=settings.alerts.missing_minutes)
        # What was due before anybody looked here is the past of an installation that was not.
        first = max(now - fresh - AFTERWARDS, since)
        due = itertools.takewhile(lambda one: one.at <= now - patience, firings(settings, first))
        for firing in itertools.islice(due, MOST):
            if house.editions.find(EditionKey.parse(firing.key)) is None:
                yield _raised(house, firing, firing.at + fresh)


def _raised(house: "House", firing: Firing, ends: dt.datetime) -> Raised:
    now, zone = house.clock.now(), ZoneInfo(house.config.publication.time_zone)
    before = dt.timedelta(minutes=house.config.review.remind_minutes)
    urgent = now >= ends - before
    due = f"It was due at {firing.at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    left = "its time is over" if now >= ends else f"it is stale at {ends.astimezone(zone):%H:%M %Z}"
    return Raised(
        kind="missing", subject=firing.key, edition=firing.key,
        title="No edition to approve", words=f"{due}, and {_how(house, firing.key)}; {left}.",
        mend=f"See what holds it up on Tonight; `newsletter run --session {firing.key[:10]} "
        f"--edition {EditionKey.parse(firing.key).kind}` makes it now.",
        level=Level.URGENT if urgent else Level.WARN, step=2 if urgent else 1,
    )  # fmt: skip


def _how(house: "House", key: str) -> str:
    """Say why there is nothing, as the board of runs knows it."""
    run, now = house.runs.find(key), house.clock.now()
    if run is None:
        return "no run of it has begun"
    at = f" at {run.stage}" if run.stage else ""
    if run.goes_on(now):
        return f"its run is still under way{at}"
    if run.stale(now):
        return f"its run was broken off{at}"
    return f"its run failed{at}" if run.state is Course.FAILED else "its run left no edition"


ALARM = Missing()
