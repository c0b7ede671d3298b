"""Editors: somebody may approve, and two people where four eyes are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.doctor.common import Unready, books
from newsletter.doctor.finding import Finding, Health
from newsletter.review.roles import MAY, Act

if TYPE_CHECKING:
    from newsletter.app import House

_APPOINT = "`newsletter editors add NAME EMAIL` appoints one"


@dataclass(frozen=True, slots=True)
class _Editors:
    id: str = "editors"
    title: str = "people at the desk"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Count those who may approve."""
        try:
            people = books(house).editors()
        except Unready as error:
            yield Finding(self.id, "editors", Health.UNKNOWN, str(error))
            return
        able = [one for one in people if Act.APPROVE in MAY[one.role]]
        four = house.config.review.four_eyes
        if not able:
            words = f"Nobody may approve, so nothing is ever sent; {_APPOINT}."
            yield Finding(self.id, "approval", Health.BAD, words)
        elif four and len(able) < 2 and not _another_writes(people, able):
            words = f"Only one person may approve, and review.four_eyes asks for two; {_APPOINT}."
            yield Finding(self.id, "review.four_eyes", Health.BAD, words)
        else:
            may = "person may" if len(able) == 1 else "people may"
            yield Finding(self.id, "approval", Health.OK, f"{len(able)} {may} approve.")


def _another_writes(people: list[object], able: list[object]) -> bool:
    """Tell whether somebody else revises, so that one who may approve can still do it."""
    return len(people) > len(able) > 0


CHECK = _Editors()
