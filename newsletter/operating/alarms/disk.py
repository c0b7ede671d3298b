"""Space that runs out, as the check of that name finds it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.doctor.checks import disk
from newsletter.doctor.finding import Health
from newsletter.review.alert import Level, Raised, Unsure

if TYPE_CHECKING:
    from newsletter.app import House


@dataclass(frozen=True, slots=True)
class Disk:
    """Looks at the free space."""

    id: str = "disk"
    every: dt.timedelta = dt.timedelta(minutes=5)
    slow: bool = True

    def look(self, house: "House", since: dt.datetime) -> Iterator[Raised | Unsure]:
        """Yield every directory whose disk is nearly full."""
        del since
        for found in disk.CHECK.look(house):
            if found.health is Health.UNKNOWN:
                yield Unsure(self.id, found.subject)
            elif found.health is not Health.OK:
                bad = found.health is Health.BAD
                words, _, mend = found.words.partition("; ")
                yield Raised(
                    self.id, found.subject, "A disk is nearly full", f"{words}.",
                    mend[:1].upper() + mend[1:], Level.URGENT if bad else Level.WARN,
                    2 if bad else 1,
                )  # fmt: skip


ALARM = Disk()
