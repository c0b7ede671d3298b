"""Schedule: when the next edition is due, and how far the exchange's calendar reaches."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.doctor.common import enabled
from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError, DataUnavailable

if TYPE_CHECKING:
    from newsletter.app import House

_AHEAD = dt.timedelta(days=370)


@dataclass(frozen=True, slots=True)
class _Schedule:
    id: str = "schedule"
    title: str = "schedule"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Ask the calendar."""
        from newsletter.schedule import firings

        if not enabled(house.config):
            words = "No edition is enabled, so nothing runs by itself; set editions.*.enabled."
            yield Finding(self.id, "editions", Health.WARN, words)
            return
        now, zone = house.clock.now(), ZoneInfo(house.config.publication.time_zone)
        exchange = house.config.publication.exchange
        try:
            due = next(firings(house.config, now), None)
            house.trading_days((now + _AHEAD).date())
        except ConfigError as error:
            yield Finding(self.id, "publication.exchange", Health.BAD, str(error))
            return
        except (DataUnavailable, ValueError):  # some calendars are drawn up year by year
            words = f"The calendar of {exchange} ends within a year; upgrade exchange-calendars."
            yield Finding(self.id, "publication.exchange", Health.WARN, words)
            return
        if due is None:
            words = "No edition falls due within a year; look at editions.*.days."
            yield Finding(self.id, "editions", Health.WARN, words)
            return
        at = f"{due.at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"
        yield Finding(
            self.id, "next", Health.OK, f"{due.key} at {at}; `newsletter serve` makes it."
        )
        words = f"The calendar of {exchange} reaches beyond a year."
        yield Finding(self.id, "publication.exchange", Health.OK, words)


CHECK = _Schedule()
