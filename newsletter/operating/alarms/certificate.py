"""Certificates that end soon or are not good, as the check of that name finds them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.doctor.checks import certificate
from newsletter.review.alert import Level, Raised, Unsure

if TYPE_CHECKING:
    from newsletter.app import House


@dataclass(frozen=True, slots=True)
class Certificate:
    """Looks at the certificates of everything that others reach us by, and we others."""

    id: str = "certificate"
    every: dt.timedelta = dt.timedelta(hours=6)
    slow: bool = True

    def look(self, house: "House", since: dt.datetime) -> Iterator[Raised | Unsure]:
        """Yield every certificate that is not good, or will not be soon."""
        del since
        for one in certificate.seen(house):
            step = certificate.step(one, house)
            if step is None:
                yield Unsure(self.id, one.subject)
            elif step:
                words, mend = certificate.told(one)
                urgent = step >= len(house.config.alerts.certificate_days)
                yield Raised(
                    self.id, one.subject, one.title, words, mend,
                    Level.URGENT if urgent else Level.WARN, step,
                )  # fmt: skip


ALARM = Certificate()
