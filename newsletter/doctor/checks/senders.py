"""Senders: each way out connects, is encrypted, lets us in and takes our address."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import W_OK, access
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from newsletter.doctor.common import nobodys, senders
from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError, SendError

if TYPE_CHECKING:
    from newsletter.app import House

SECONDS: Final = 5.0
"""For each answer of a server."""


@dataclass(frozen=True, slots=True)
class _Senders:
    id: str = "senders"
    title: str = "ways out"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Go up to MAIL FROM and take it back; no mail is sent."""
        for name in senders(house.config):
            sender = house.config.senders[name]
            subject = f"senders.{name}"
            if sender.transport == "maildir":
                yield self._maildir(house, house.base / sender.path, subject)
            else:
                yield self._tried(house, name, subject)

    def _maildir(self, house: "House", path: Path, subject: str) -> Finding:
        there = next(one for one in (path, *path.parents) if one.exists())
        if not there.is_dir() or not access(there, W_OK):
            words = f"The mailbox {path} cannot be written; mend its permissions, or name another."
            return Finding(self.id, subject, Health.BAD, words)
        if not nobodys(house.config.publication.base_url):
            words = (
                f"Mail stays on this machine, in {path}, and readers get none; for real ones add "
                "a sender of smtp or of a service, and name it in editions.*.sender."
            )
            return Finding(self.id, subject, Health.WARN, words)
        return Finding(self.id, subject, Health.OK, f"Mail stays on this machine, in {path}.")

    def _tried(self, house: "House", name: str, subject: str) -> Finding:
        sender = house.config.senders[name]
        try:
            transport: Any = house.transport(name)
            probe = getattr(transport, "probe", None)
            if probe is None:
                words = f"A key for {sender.transport} is set; whether it works shows with a mail."
                return Finding(self.id, subject, Health.UNKNOWN, words)
            domain = sender.bounce_domain
            doubt = probe(f"bounces@{domain}" if domain else sender.from_address, SECONDS)
        except (ConfigError, SendError) as error:
            return Finding(self.id, subject, Health.BAD, str(error))
        if doubt:
            return Finding(self.id, subject, Health.UNKNOWN, doubt)
        words = f"{sender.host}:{sender.port} lets us in and takes mail of this sender."
        if sender.transport != "smtp":
            words = f"{sender.transport} answers and takes the key."
        return Finding(self.id, subject, Health.OK, words)


CHECK = _Senders()
