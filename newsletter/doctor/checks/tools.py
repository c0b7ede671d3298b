"""Tools: programs of this machine, each only where something asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from shutil import which
from typing import TYPE_CHECKING

from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from newsletter.app import House

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome", "microsoft-edge")


@dataclass(frozen=True, slots=True)
class _Tools:
    id: str = "tools"
    title: str = "programs"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Look for them; none is run."""
        yield self._speech(house)
        there = any(which(name) for name in _CHROMIUMS)
        words = "It prints and pictures mails for `newsletter preview --export`."
        if not there:
            words = (
                "It is not here, and is needed only to export PDF and PNG; install chromium then."
            )
        yield Finding(self.id, "Chromium", Health.OK, words)

    def _speech(self, house: "House") -> Finding:
        engine = house.config.speech.engine
        if engine == "none":
            words = "No audio edition is configured, so no voice is needed."
            return Finding(self.id, "speech.engine", Health.OK, words)
        try:
            house.speech()
        except ConfigError as error:
            return Finding(self.id, "speech.engine", Health.BAD, str(error))
        return Finding(self.id, "speech.engine", Health.OK, f"{engine} can read aloud.")


CHECK = _Tools()
