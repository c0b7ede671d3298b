"""Data: what is kept is not older than it should be, and the source answers."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError, DataUnavailable, StoreError

if TYPE_CHECKING:
    from newsletter.app import House

MOST_BEHIND: Final = 3
"""Sessions that what is kept may lie behind before it is told."""
SECONDS: Final = 6.0


@dataclass(frozen=True, slots=True)
class _Data:
    id: str = "data"
    title: str = "market data"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Look at what is kept, and ask the source for a week of one symbol."""
        name = house.config.providers.bars
        try:
            provider = house.provider({})
            if house.keeping({}) is not None:
                yield self._kept(house, name)
        except (ConfigError, StoreError, DataUnavailable) as error:
            yield Finding(self.id, f"providers.bars: {name}", Health.BAD, str(error))
            return
        if name == "sample":
            words = "The sample market is simulated; set providers.bars to yahoo or files."
            yield Finding(self.id, "providers.bars: sample", Health.WARN, words)
        else:
            yield self._source(house, provider, name)
        yield from self._beside(house)

    def _kept(self, house: "House", name: str) -> Finding:
        benchmark = house.config.universe.benchmark
        days = house.shelf(name).versions(symbols=[benchmark]).day
        subject = f"kept bars of {name}"
        if not len(days):
            words = "Nothing is kept yet; the first run fetches whole histories."
            return Finding(self.id, subject, Health.OK, words)
        last = dt.date(1970, 1, 1) + dt.timedelta(days=int(days.max()))
        latest = house.latest_session().date
        behind = len(house.trading_days(latest).between(last, latest)) - 1
        if behind > MOST_BEHIND:
            words = (
                f"The last session is {last}, {behind} behind the last that closed; see why runs "
                "fail: `newsletter progress`, then `newsletter run`."
            )
            return Finding(self.id, subject, Health.WARN, words)
        return Finding(self.id, subject, Health.OK, f"They reach {last}; {latest} closed last.")

    def _source(self, house: "House", provider: Any, name: str) -> Finding:
        subject = f"providers.bars: {name}"
        if hasattr(provider, "retries"):  # asked once and briefly, for nothing beside bars
            provider = replace(
                provider,
                retries=0,
                tables=(),
                timeout_seconds=min(SECONDS, provider.timeout_seconds),
            )
        try:
            provider.fetch(_week(house))
        except DataUnavailable as error:
            return Finding(self.id, subject, Health.BAD, str(error))
        benchmark = house.config.universe.benchmark
        return Finding(self.id, subject, Health.OK, f"It answers for {benchmark}.")

    def _beside(self, house: "House") -> "Iterator[Finding]":
        try:
            opened = house.feeds()
        except ConfigError as error:
            yield Finding(self.id, "second sources", Health.BAD, str(error))
            return
        for field, feeds in opened.items():
            names = ", ".join(one.name if one else house.config.providers.bars for one in feeds)
            words = f"It comes from {names}, which the next run asks."
            yield Finding(self.id, f"providers.{field}", Health.OK, words)


def _week(house: "House") -> Any:
    """Return a request of one symbol's last few sessions, and of no list of members."""
    from newsletter.collect.provider import BarRequest

    session, universe = house.latest_session(), house.config.universe
    first = session.date - dt.timedelta(days=7)
    return BarRequest(
        session, (universe.benchmark,), universe.breadth.id, first, explicit_members=()
    )


CHECK = _Data()
