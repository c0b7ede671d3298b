"""Clock: the machine's agrees with others', and its zones are known."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from newsletter.doctor.asking import Silent, ask
from newsletter.doctor.common import nobodys
from newsletter.doctor.finding import Finding, Health

if TYPE_CHECKING:
    from newsletter.app import House

MOST_APART: Final = dt.timedelta(minutes=2)
_YAHOO: Final = "https://query1.finance.yahoo.com/"


@dataclass(frozen=True, slots=True)
class _Clock:
    id: str = "clock"
    title: str = "clock"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Compare with the Date of the first address that answers."""
        zone = house.config.publication.time_zone
        there = house.clock.now().astimezone(ZoneInfo(zone))
        yield Finding(
            self.id, "publication.time_zone", Health.OK, f"It is {there:%H:%M %Z} in {zone}."
        )
        for address in _asked(house):
            try:
                told = ask(address, method="HEAD", seconds=5)
            except Silent:
                continue
            if told.at is not None:
                yield self._apart(house.clock.now() - told.at)
                return
        words = "No other clock could be asked; see that this machine keeps time (NTP)."
        yield Finding(self.id, "this machine", Health.UNKNOWN, words)

    def _apart(self, apart: dt.timedelta) -> Finding:
        if abs(apart) > MOST_APART:
            way = "ahead of" if apart > dt.timedelta(0) else "behind"
            words = (
                f"It is {abs(apart).total_seconds():,.0f} s {way} another; editions would come at "
                "the wrong time and links fail. Set it by NTP."
            )
            return Finding(self.id, "this machine", Health.WARN, words)
        return Finding(self.id, "this machine", Health.OK, "It agrees with another to two minutes.")


def _asked(house: "House") -> Iterator[str]:
    """Yield addresses of the configuration, and that of the source of bars."""
    config = house.config
    if config.model.writer == "model" and config.model.base_url:
        yield config.model.base_url
    if not nobodys(config.publication.base_url):
        yield config.publication.base_url
    if config.providers.bars == "yahoo":
        yield _YAHOO


CHECK = _Clock()
