"""Editions that were not made because nobody was there in their time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from newsletter.operating.alarms.missing import AFTERWARDS
from newsletter.review.alert import Level, Raised
from newsletter.review.due import Turn

if TYPE_CHECKING:
    from newsletter.app import House

TOLD: Final = dt.timedelta(days=1)
"""How long after it was recorded that an edition is not made it is told of."""
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Skipped:
    """Tells of what the schedule has given up; what is fresh is `missing`'s matter."""

    id: str = "skipped"
    every: dt.timedelta = dt.timedelta(minutes=5)
    slow: bool = False

    def look(self, house: "House", since: dt.datetime) -> Iterator[Raised]:
        """Yield every edition that was recorded as skipped within a day."""
        now = house.clock.now()
        fresh = dt.timedelta(hours=house.config.review.expires_after_hours)
        zone = ZoneInfo(house.config.publication.time_zone)
        for due in house.due.past(MOST):
            old = due.due_at < now - fresh - AFTERWARDS
            if due.turn is Turn.SKIPPED and old and due.at >= max(now - TOLD, since):
                at = due.due_at.astimezone(zone)
                yield Raised(
                    kind="skipped", subject=due.key, edition=due.key, title="Edition not made",
                    words=f"It was due at {at:%Y-%m-%d %H:%M %Z}. {due.reason}",
                    mend="Nothing is to be done where that is well; `newsletter schedule --past` "
                    "shows what else was not made.",
                    level=Level.WARN, ends_told=False,
                )  # fmt: skip


ALARM = Skipped()
