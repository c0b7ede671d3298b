"""The books of one workspace: everything it keeps in its database, and the keys that guard it."""

import datetime as dt
import hashlib
import hmac
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from newsletter.clock import Clock
from newsletter.config import Config, secret
from newsletter.errors import ConfigError
from newsletter.send.tokens import SHORTEST_KEY, LinkSigner

LINK_KEY = "NEWSLETTER_LINK_KEY"
LINK_KEYS_RETIRED = "NEWSLETTER_LINK_KEYS_RETIRED"


class Books:
    """What a workspace keeps, each book opened when it is first used.

    Attributes
    ----------
    config : Config
        The workspace's configuration.
    clock : Clock
        The time.
    base : pathlib.Path
        The workspace's folder.
    """

    config: Config
    clock: Clock
    base: Path

    @cached_property
    def database_url(self) -> str:
        """The database's address; a relative SQLite path starts from the workspace."""
        storage = self.config.storage
        url = storage.url
        if storage.url_variable:
            found = secret(storage.url_variable)
            if not found:
                raise ConfigError(
                    f"storage.url_variable names {storage.url_variable}, which is not set; set it "
                    "or its _FILE form."
                )
            url = found
        path = url.removeprefix("sqlite:///")
        if path != url and not Path(path).is_absolute():
            url = f"sqlite:///{self.base / path}"
        scheme, colon, rest = url.partition(":")
        if scheme in {"postgres", "postgresql"}:  # as hosts of databases write it
            scheme = "postgresql+psycopg"
        if scheme.startswith("postgresql"):
            from newsletter.store.postgresql import patient

            return patient(scheme + colon + rest)
        return scheme + colon + rest

    @cached_property
    def database(self) -> Any:
        """The open database, migrated."""
        from newsletter.store.database import Database

        opened = Database(self.database_url)
        opened.departures = self.left.keep
        return opened

    @cached_property
    def left(self) -> Any:
        """The journal of those who left, which no restoration undoes."""
        from newsletter.store.left import Journal

        return Journal(self.base / self.config.storage.left, self.link_keys)

    def seen(self) -> Any:
        """Open the database to look at it as it stands; None where there is none yet."""
        from newsletter.store.look import seen

        return seen(self.database_url)

    @cached_property
    def copies(self) -> Any:
        """What makes whole copies of the database and puts them back; nothing is migrated by it."""
        from newsletter.store.copies import Copies

        return Copies(self.database_url)

    @cached_property
    def vitals(self) -> Any:
        """What looks from beside whether the database is well, and at its figures."""
        from newsletter.store.vitals import Vitals

        return Vitals(self.database_url)

    @cached_property
    def editions(self) -> Any:
        """The edition book."""
        from newsletter.store.editions import SqlEditionBook

        return SqlEditionBook(self.database)

    @cached_property
    def editors(self) -> Any:
        """The editors."""
        from newsletter.store.people import SqlEditors

        return SqlEditors(self.database)

    @cached_property
    def audience(self) -> Any:
        """The readers."""
        from newsletter.store.audience import Audience

        return Audience(self.database, self.suppressions)

    @cached_property
    def intake(self) -> Any:
        """What takes other services' readers in."""
        from newsletter.store.intake import SqlIntake

        return SqlIntake(self.database)

    @cached_property
    def segments(self) -> Any:
        """The saved segments of the audience."""
        from newsletter.store.segments import SqlSegments

        return SqlSegments(self.database, self.config.segments)

    @cached_property
    def consents(self) -> Any:
        """What readers asked for on the public pages, their consents and preferences."""
        from newsletter.store.consents import SqlConsents

        return SqlConsents(self.database, self.suppressions)

    @cached_property
    def audit(self) -> Any:
        """The audit log."""
        from newsletter.store.audit import AuditLog

        return AuditLog(self.database)

    @cached_property
    def deliveries(self) -> Any:
        """The ledger of deliveries."""
        from newsletter.store.deliveries import SqlDeliveryBook

        counting = self.config.counting.enabled
        return SqlDeliveryBook(self.database, self.suppressions, counting=counting)

    @cached_property
    def handed_over(self) -> Any:
        """How much each way of a pool was handed."""
        from newsletter.store.ways import HandedOver

        return HandedOver(self.database)

    @cached_property
    def suppressions(self) -> Any:
        """The addresses that get no mail."""
        from newsletter.store.suppressions import SqlSuppressions

        return SqlSuppressions(self.database, self.link_keys(), self.alias)

    @cached_property
    def reports(self) -> Any:
        """What became of mails after they had left."""
        from newsletter.store.reports import SqlReports

        return SqlReports(self.database, self.suppressions, self.alias)

    @cached_property
    def hits(self) -> Any:
        """What is counted of readers who agreed to it."""
        from newsletter.store.hits import SqlHits

        return SqlHits(self.database, self.config.counting)

    @cached_property
    def plans(self) -> Any:
        """When approved editions go out."""
        from newsletter.store.plans import SqlPlans

        return SqlPlans(self.database)

    @cached_property
    def due(self) -> Any:
        """What came of every edition that was due, and what is to be made besides."""
        from newsletter.store.due import SqlDue

        return SqlDue(self.database)

    @cached_property
    def pauses(self) -> Any:
        """Which deliveries rest."""
        from newsletter.store.pauses import SqlPauses

        return SqlPauses(self.database)

    @cached_property
    def notices(self) -> Any:
        """What editors are told by e-mail, kept until it has gone."""
        from newsletter.store.notices import SqlNotices

        return SqlNotices(self.database)

    @cached_property
    def alerts(self) -> Any:
        """What is wrong at this moment."""
        from newsletter.store.alerts import SqlAlerts

        return SqlAlerts(self.database)

    @cached_property
    def alert_letters(self) -> Any:
        """What people are told of that by e-mail, kept until it has gone."""
        from newsletter.store.alert_letters import SqlAlertLetters

        return SqlAlertLetters(self.database)

    @cached_property
    def once(self) -> Any:
        """What is done at most once by whatever process."""
        from newsletter.store.plans import Once

        return Once(self.database)

    @cached_property
    def runs(self) -> Any:
        """The board that tells how far editions in the making are, in whatever process."""
        from newsletter.store.progress import SqlProgress

        return SqlProgress(self.database)

    @cached_property
    def access(self) -> Any:
        """Credentials, sessions and links of the desk."""
        from newsletter.store.access import SqlAccess

        return SqlAccess(self.database)

    @cached_property
    def comments(self) -> Any:
        """What editors say to each other about editions."""
        from newsletter.store.comments import SqlComments

        return SqlComments(self.database)

    @cached_property
    def presence(self) -> Any:
        """Who works on which edition just now."""
        from newsletter.store.presence import SqlPresence

        return SqlPresence(self.database)

    @cached_property
    def staff(self) -> Any:
        """What is done at the desk to the people at it."""
        from newsletter.store.staff import SqlStaff

        return SqlStaff(self.database)

    @cached_property
    def api(self) -> Any:
        """Programs' keys, and the answers kept for them."""
        from newsletter.store.api import SqlApi

        return SqlApi(self.database)

    @cached_property
    def webhooks(self) -> Any:
        """Addresses that are told of events, and the outbox."""
        from newsletter.store.webhooks import SqlWebhooks

        return SqlWebhooks(self.database)

    def spent(self, at: dt.datetime) -> tuple[int, Decimal]:
        """Return the tokens and the money that models have cost in an instant's month."""
        from newsletter.store.spending import SqlAccounts

        return SqlAccounts(self.database).month(at)

    @cached_property
    def signer(self) -> LinkSigner:
        """The maker of readers' links."""
        base_url = self.config.publication.base_url
        return LinkSigner(self._link_key(), base_url, self._retired_keys())

    @cached_property
    def desk_key(self) -> bytes:
        """The key of the desk's tokens and authenticators, derived from that of the links.

        With another link key every authenticator has to be set up anew.

        Raises
        ------
        ConfigError
            If the key is too short to derive one from.
        """
        key = self._link_key()
        if len(key) < SHORTEST_KEY:
            raise ConfigError(
                f"{LINK_KEY} is shorter than {SHORTEST_KEY} bytes; make a new one with "
                "`python -c 'import secrets; print(secrets.token_hex(32))'`."
            )
        return hmac.new(key, b"newsletter.desk", hashlib.sha256).digest()

    def alias(self, email: str) -> str:
        """Return what the audit log calls a reader.

        The log is kept for good and addresses must be erasable: only who has both the key and
        the address can tell whom it names.
        """
        mark = hmac.new(self.desk_key, f"reader:{email}".encode(), hashlib.sha256).hexdigest()
        return f"reader {mark[:12]}"

    def link_key_mark(self) -> str:
        """Return what tells one link key from another, and the key to nobody."""
        return hmac.new(self._link_key(), b"newsletter.backup", hashlib.sha256).hexdigest()[:16]

    def link_keys(self) -> tuple[bytes, ...]:
        """Return the key of readers' links, and behind it earlier ones."""
        return (self._link_key(), *self._retired_keys())

    def _link_key(self) -> bytes:
        from newsletter.store.keys import link_key

        given = secret(LINK_KEY)
        if given:
            return given.encode()
        if not self.database_url.startswith("sqlite:"):
            # Machines with a key each would not know each other's readers who want no mail.
            raise ConfigError(
                f"{LINK_KEY} is not set, which machines that share a database must have in "
                "common; make one with `python -c 'import secrets; print(secrets.token_hex(32))'` "
                "and set it, or its _FILE form, on each."
            )
        return link_key(self.base / "data" / "link.key")

    def _retired_keys(self) -> tuple[bytes, ...]:
        given = secret(LINK_KEYS_RETIRED) or ""
        return tuple(key.encode() for key in given.split())
