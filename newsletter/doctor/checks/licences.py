"""Licences: whether figures may be sent to the public."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.doctor.common import leaving
from newsletter.doctor.finding import Finding, Health

if TYPE_CHECKING:
    from newsletter.app import House


@dataclass(frozen=True, slots=True)
class _Licences:
    id: str = "licences"
    title: str = "licences"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Look at each source that the configuration names."""
        config = house.config
        names = {config.providers.bars: None}
        for each in config.providers.ordered().values():
            names |= dict.fromkeys(each)
        strict = config.compliance.require_licences
        worse = Health.BAD if strict and leaving(config) else Health.WARN
        for name in names:
            yield self._of(name, config.compliance.licensed([name]), worse)

    def _of(self, name: str, licensed: bool | None, worse: Health) -> Finding:
        subject = f"compliance.licences.{name}"
        if name == "sample":
            return Finding(self.id, subject, Health.OK, "Its figures are simulated and nobody's.")
        if licensed:
            return Finding(self.id, subject, Health.OK, "You state that its figures may be sent.")
        if licensed is None:
            words = "Whether its figures may be sent is not stated; state it there."
            return Finding(self.id, subject, worse, words)
        words = (
            f"{name} gives figures for personal use; a public mailing needs a licensed source, or "
            "an agreement that you state there."
        )
        return Finding(self.id, subject, worse, words)


CHECK = _Licences()
