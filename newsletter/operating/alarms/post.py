"""Ways to people that are broken themselves: letters nobody takes, addresses switched off."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from newsletter.review.access import DESK
from newsletter.review.alert import Level, Raised
from newsletter.review.listing import Sought

if TYPE_CHECKING:
    from newsletter.app import House

TRIED: Final = 3
"""Attempts after which a mail server that does not answer is more than a hiccup."""


@dataclass(frozen=True, slots=True)
class Post:
    """Looks at what waits: whoever cannot be told by one way is told of it by the other."""

    id: str = "post"
    every: dt.timedelta = dt.timedelta(minutes=1)
    slow: bool = True

    def look(self, house: "House", since: dt.datetime) -> Iterator[Raised]:
        """Yield the ways that do not work."""
        del since
        stuck = house.notices.stuck(TRIED) + house.alert_letters.stuck(TRIED)
        if stuck:
            yield Raised(
                "letters", "", "Letters to editors do not go out",
                f"{stuck:,} {'letter waits' if stuck == 1 else 'letters wait'} that no mail "
                f"server took in {TRIED} attempts or more.",
                "See what the server answers in the audit log (notice failed), and name another "
                "way in alerts.sender.", Level.URGENT,
            )  # fmt: skip
        for one in house.webhooks.all():
            if one.disabled_at is None:
                continue
            sought = Sought(actor=DESK, action="webhook off", subject=one.id)
            last = house.audit.page(sought, 1)
            if last and last[0].entry.at >= one.disabled_at:
                yield Raised(
                    "webhook", one.id, "An address is told nothing more",
                    f"{urlsplit(one.url).hostname} did not take its events, and was switched off.",
                    "Mend the system behind it, then switch it on in Webhooks, or remove it.",
                )  # fmt: skip


ALARM = Post()
