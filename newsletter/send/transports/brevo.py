"""Brevo: what its webhooks report. Mail goes to it by SMTP, the transport ``smtp``."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.send import hooked
from newsletter.send.events import Event, What

_WHAT: dict[str, tuple[What, bool | None]] = {
    "delivered": (What.DELIVERED, None),
    "deferred": (What.DEFERRED, None),
    "hard_bounce": (What.BOUNCED, True),
    "invalid_email": (What.BOUNCED, True),
    "soft_bounce": (What.BOUNCED, False),
    "blocked": (What.BOUNCED, None),
    "error": (What.BOUNCED, False),
    "spam": (What.COMPLAINED, None),
    "complaint": (What.COMPLAINED, None),
    "unsubscribed": (What.UNSUBSCRIBED, None),
}


@dataclass(frozen=True, slots=True)
class _Hook:
    id: str = "brevo"

    def read(
        self, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: dt.datetime
    ) -> list[Event]:
        """Verify the login (this service signs nothing), and return what is reported."""
        hooked.require_small(body)
        hooked.require_login(headers, secrets.get("login", ""))
        told = hooked.document(body)
        calls = hooked.rows(told if isinstance(told, list) else [told])
        return [each for each in (_event(one, now) for one in calls) if each]


HOOK = _Hook()


def _event(told: dict[str, Any], now: dt.datetime) -> Event | None:
    name = hooked.word(told.get("event"), 40)
    if name not in _WHAT:
        return None
    what, permanent = _WHAT[name]
    reason = hooked.told(told.get("reason"))
    if name == "blocked":  # by the service's own list: it tells nothing of the mailbox
        reason = f"blocked by the service: {reason}"
    elif name == "invalid_email":
        reason = f"invalid address: {reason}"
    # `ts` and `date` are in the account's time zone; this one alone is UTC.
    stamp = told.get("ts_epoch")
    at = now if stamp is None else hooked.epoch(stamp, milli=True)
    recipient = hooked.word(told.get("email"))
    about = hooked.message_id(told.get("message-id"))
    return Event(
        id=hooked.digest(name, recipient, about, str(stamp)),
        source="brevo",
        what=what,
        at=at,
        recipient=recipient,
        message_id=about,
        text=reason,
        permanent=permanent,
    )
