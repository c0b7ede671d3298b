"""Audience: each edition that is made by itself has somebody to go to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.doctor.common import Unready, books, enabled
from newsletter.doctor.finding import Finding, Health
from newsletter.errors import NotFound

if TYPE_CHECKING:
    from newsletter.app import House


@dataclass(frozen=True, slots=True)
class _Audience:
    id: str = "audience"
    title: str = "readers"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Count active readers of each list, or of a segment of it."""
        try:
            found = books(house)
        except Unready as error:
            yield Finding(self.id, "readers", Health.UNKNOWN, str(error))
            return
        for name, edition in enabled(house.config).items():
            subject = f"editions.{name}"
            try:
                count = found.readers(edition.list, edition.segment, house.config.segments)
            except NotFound as error:
                yield Finding(self.id, subject, Health.BAD, str(error))
                continue
            of = f"list {edition.list!r}" + (
                f", segment {edition.segment!r}" if edition.segment else ""
            )
            if count:
                words = f"{count:,} active {'reader' if count == 1 else 'readers'} on the {of}."
                yield Finding(self.id, subject, Health.OK, words)
            else:
                words = f"Nobody is on the {of}; `newsletter audience add EMAIL` adds a reader."
                yield Finding(self.id, subject, Health.WARN, words)


CHECK = _Audience()
