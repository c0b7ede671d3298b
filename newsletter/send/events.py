"""What becomes of a mail after it has left: deliveries, bounces, complaints, departures.

Reports come from mail servers (DSN, RFC 3464), from mail programs (ARF, RFC 5965) and from
the hooks of delivery services. Whoever reads one makes these values of it; what they mean for
a reader is decided in one place, `newsletter.send.verdicts`, whatever way they came.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class What(StrEnum):
    """What is reported."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Event:
    """One report about one copy of one mail.

    Parameters
    ----------
    id : str
        The reporter's own name of the report, for it may come twice; at most 200 characters.
    source : str
        Who reports, e.g. ``"ses"``, ``"dsn"``, ``"arf"``.
    what : What
        What is reported.
    at : datetime.datetime
        Aware UTC instant at which it happened, as far as the reporter tells, else of its arrival.
    recipient : str
        The address it is about; empty where only the other fields tell.
    message_id : str
        Message-ID of our copy without angle brackets, or the service's own id; may be empty.
    edition, subscriber : str
        As VERP named them (genuine, for it is signed); empty elsewhere.
    status : str
        Enhanced status code such as ``"5.1.1"``; empty where none was given.
    code : int or None
        SMTP reply code.
    text : str
        What the other side said, addresses redacted, at most 500 characters.
    permanent : bool or None
        Whether the reporter itself calls a bounce permanent; None where it does not tell.
    """

    id: str
    source: str
    what: What
    at: dt.datetime
    recipient: str = ""
    message_id: str = ""
    edition: str = ""
    subscriber: str = ""
    status: str = ""
    code: int | None = None
    text: str = ""
    permanent: bool | None = None


class Forged(Exception):
    """A hook's call is not the service's: its signature, its age or its topic is wrong."""


class Hook(Protocol):
    """What a delivery service calls to report: the other half of its transport.

    A file of ``send/transports/`` offers it as ``HOOK``, beside ``TRANSPORT``.
    """

    @property
    def id(self) -> str:
        """As in the hook's address, ``/hooks/<id>``."""
        ...

    def read(
        self,
        body: bytes,
        headers: Mapping[str, str],
        secrets: Mapping[str, str],
        now: dt.datetime,
    ) -> list[Event]:
        """Verify a call, and return what it reports.

        Parameters
        ----------
        body : bytes
            As it came, at most 1 MB; nothing in it is believed before it is verified.
        headers : mapping of str to str
            By lower-case name.
        secrets : mapping of str to str
            What the configuration holds for this hook: keys, user and password, topics.
        now : datetime.datetime
            Aware instant.

        Raises
        ------
        Forged
            If it is not the service's, or too old.
        ValueError
            If it is genuine but cannot be read.
        """
        ...
