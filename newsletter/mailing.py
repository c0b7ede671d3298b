"""The doors through which mail goes and comes: ways out, what signs it, hooks, the mailbox."""

from __future__ import annotations

import datetime as dt
import threading
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.books import Books
from newsletter.bouncing import HOOK_SECRETS, IMAP_PASSWORD, SERVICES
from newsletter.config import Sender, secret
from newsletter.errors import ConfigError
from newsletter.pooling import POOL, Share
from newsletter.send import verp
from newsletter.send.dkim import Stamp
from newsletter.send.events import Hook
from newsletter.send.keyring import stamp
from newsletter.send.pool import Pool, Way
from newsletter.send.transport import Transport

SMTP_PASSWORD = "NEWSLETTER_SMTP_PASSWORD"  # noqa: S105 - the variable's name


class Mailing(Books):
    """What a workspace's configuration says of sending, opened when it is first used."""

    @cached_property
    def _stamps(self) -> dict[str, Stamp | None]:
        return {}

    def transport(self, sender_name: str) -> Transport:
        """Open a configured way out, or the ways of a pool.

        Raises
        ------
        ConfigError
            If its settings cannot work, or a secret that it names is not set.
        """
        from newsletter.send.transports import open_transport

        sender = self.config.senders[sender_name]
        if sender.transport == POOL:
            return self._pool(sender)
        by_service = sender.transport in SERVICES
        usual = f"NEWSLETTER_{sender.transport.upper()}_KEY" if by_service else SMTP_PASSWORD
        password = secret(sender.password_variable or usual)
        if sender.password_variable and not password:
            raise ConfigError(
                f"senders.{sender_name}.password_variable names {sender.password_variable}, which "
                "is not set; set it or its _FILE form."
            )
        return open_transport(sender, self.base, password)

    def _pool(self, sender: Sender) -> Pool:
        """Open the ways of a pool; a day of theirs is one of the publication."""
        from newsletter.store.ways import SqlWayBook

        zone, turn = ZoneInfo(self.config.publication.time_zone), threading.Lock()

        def day_of(now: dt.datetime) -> dt.date:
            return now.astimezone(zone).date()

        def way(share: Share) -> Way:
            own, name = self.config.senders[share.sender], share.sender
            book = SqlWayBook(self.database, self.suppressions, name, own.warm_up, day_of, turn)
            pace = None if own.transport == "maildir" else own.pace
            warms_up = own.warm_up is not None
            return Way(name, share.weight, self.transport(name), pace, book, warms_up)

        return Pool([way(share) for share in sender.ways])

    def hooks(self) -> dict[str, Hook]:
        """Return the delivery services that may report here, by the name in their address."""
        from newsletter.send.transports import hooks

        known = hooks()
        return {name: known[name] for name in self.config.hooks.accept}

    def hook_secrets(self, name: str) -> dict[str, str]:
        """Return what proves a service's calls.

        Raises
        ------
        ConfigError
            If something of it is not set: such a hook lets nobody in.
        """
        found = {"topics": " ".join(self.config.hooks.ses_topics)}
        for what in HOOK_SECRETS[name]:
            variable = f"NEWSLETTER_{name.upper()}_HOOK_{what.upper()}"
            found[what] = secret(variable) or ""
            if not found[what]:
                raise ConfigError(f"hooks.accept names {name} but {variable} is not set; set it.")
        return found

    def mailbox(self) -> Any:
        """Return the mailbox that bounces come to; nothing is connected yet.

        Raises
        ------
        ConfigError
            If none is configured, or its password is missing.
        """
        from newsletter.send.mailbox import Mailbox

        if self.config.bounces is None:
            raise ConfigError(
                "config.yaml has no bounces; add bounces: with the host and username of the "
                "mailbox that bounces come to."
            )
        return Mailbox(self.config.bounces, secret(IMAP_PASSWORD))

    def bounce_owner(self, address: str) -> tuple[str, str] | None:
        """Return the edition and the reader that one of our bounce addresses names, or None."""
        return verp.read(address, self.signer)

    def stamp(self, sender_name: str) -> Stamp | None:
        """Return what signs a sender's mail, None where none is asked for; keys are read once.

        Raises
        ------
        ConfigError
            If a key cannot be used.
        """
        if sender_name not in self._stamps:
            self._stamps[sender_name] = stamp(self.config.senders[sender_name], self.base)
        return self._stamps[sender_name]
