"""Secrets: those that the configuration needs are set, and nobody else can read their files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.bouncing import HOOK_SECRETS, IMAP_PASSWORD, SERVICES
from newsletter.config import environment, secret
from newsletter.doctor.common import senders
from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError
from newsletter.hand import at_home, host_of, model_address

if TYPE_CHECKING:
    from newsletter.app import House

LINK_KEY, LINK_KEYS_RETIRED = "NEWSLETTER_LINK_KEY", "NEWSLETTER_LINK_KEYS_RETIRED"
MODEL_KEY, OIDC_SECRET = "NEWSLETTER_MODEL_KEY", "NEWSLETTER_OIDC_SECRET"


@dataclass(frozen=True, slots=True)
class _Secrets:
    id: str = "secrets"
    title: str = "secrets"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Look at variables and at modes of files; no value is told."""
        needed = needs(house)
        for name, why in needed.items():
            yield from self._variable(name, why)
        for name in (LINK_KEY, LINK_KEYS_RETIRED):
            if name not in needed:
                yield from self._file_of(name)
        yield from self._link_key(house.base / "data" / "link.key")
        if not needed:
            yield Finding(self.id, "variables", Health.OK, "The configuration needs none.")

    def _variable(self, name: str, why: str) -> Iterator[Finding]:
        try:
            found = secret(name)
        except ConfigError as error:
            yield Finding(self.id, name, Health.BAD, str(error))
            return
        if not found:
            words = f"It is not set, and {why} needs it; set it, or {name}_FILE to a file's name."
            yield Finding(self.id, name, Health.BAD, words)
            return
        told = list(self._file_of(name))
        yield from told or [Finding(self.id, name, Health.OK, f"It is set, for {why}.")]

    def _file_of(self, name: str) -> Iterator[Finding]:
        file = environment(f"{name}_FILE")
        if file:
            yield from self._private(Path(file), f"{name}_FILE")

    def _link_key(self, path: Path) -> Iterator[Finding]:
        if environment(LINK_KEY) or environment(f"{LINK_KEY}_FILE") or not path.exists():
            return
        told = list(self._private(path, "data/link.key"))
        words = "The key of readers' links is kept in it, for its owner alone; back it up."
        yield from told or [Finding(self.id, "data/link.key", Health.OK, words)]

    def _private(self, path: Path, subject: str) -> Iterator[Finding]:
        try:
            mode = path.stat().st_mode & 0o777
        except OSError as error:
            words = f"{path} cannot be read: {error.strerror}; name a file that is there."
            yield Finding(self.id, subject, Health.BAD, words)
            return
        if mode & 0o077:
            words = (
                f"Others than its owner can use {path} (mode {mode:04o}); run `chmod 600 {path}`."
            )
            yield Finding(self.id, subject, Health.BAD, words)


def needs(house: "House") -> dict[str, str]:
    """Return the variables that a configuration cannot do without, each with what it is for."""
    config = house.config
    found: dict[str, str] = {}
    for name in senders(config):
        sender = config.senders[name]
        if sender.transport in SERVICES:
            usual = f"NEWSLETTER_{sender.transport.upper()}_KEY"
            found[sender.password_variable or usual] = f"senders.{name}"
        elif sender.password_variable or (sender.transport == "smtp" and sender.username):
            found[sender.password_variable or "NEWSLETTER_SMTP_PASSWORD"] = f"senders.{name}"
    if config.model.writer == "model":
        address = config.model.base_url
        if address is None or not at_home(host_of(model_address(address))):
            found[MODEL_KEY] = "model"
    if config.storage.url_variable:
        found[config.storage.url_variable] = "storage.url_variable"
    if not config.storage.url.startswith("sqlite:") or config.storage.url_variable:
        found[LINK_KEY] = "a database that machines share"
    if config.bounces is not None:
        found[IMAP_PASSWORD] = "bounces"
    if config.desk.oidc is not None:
        found[OIDC_SECRET] = "desk.oidc"
    for name in config.hooks.accept:
        for what in HOOK_SECRETS[name]:
            found[f"NEWSLETTER_{name.upper()}_HOOK_{what.upper()}"] = "hooks.accept"
    return found


CHECK = _Secrets()
