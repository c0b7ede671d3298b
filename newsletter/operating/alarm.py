"""What an alarm is: a file in `alarms` that looks at one thing every so often.

A new kind of alert is a new file there with an ``ALARM``; who is told, how often, by what way,
and that each change is told once, is the same for all (`newsletter.desk.alerts`).
"""

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Protocol

from newsletter import registry

if TYPE_CHECKING:
    from newsletter.app import House
    from newsletter.review.alert import Raised, Unsure


class Alarm(Protocol):
    """What a file in ``operating/alarms`` offers as ``ALARM``."""

    @property
    def id(self) -> str:
        """The name of its file; also of the kind it raises, unless it raises several."""
        ...

    @property
    def every(self) -> dt.timedelta:
        """How often it looks, over all processes."""
        ...

    @property
    def slow(self) -> bool:
        """Whether a look may take seconds: it is made beside the clock, never in its way."""
        ...

    def look(self, house: "House", since: dt.datetime) -> "Iterable[Raised | Unsure]":
        """Yield what is wrong now; `since` is when it was first looked at in this workspace.

        What it yielded before and does not yield any more calms down and is over; what could
        not be looked at is `Unsure`, and stands on.
        """
        ...


@cache
def alarms() -> dict[str, Alarm]:
    """Return every alarm by its id."""
    found = (module.ALARM for module in registry.modules("newsletter.operating.alarms"))
    return registry.collect(found)
