"""What a row of the readers' table says, and how a reader is written into one."""

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.send.delivery import Subscriber
from newsletter.send.readers import DAYS, UNKNOWN, Profile, Status
from newsletter.store.models import SubscriberRow


@dataclass(frozen=True, slots=True)
class Reader:
    """One subscription with everything that is kept about it.

    Parameters
    ----------
    subscriber : Subscriber
        Who, and on which list.
    status : str
        A `Status`.
    consent : str
        How and when consent was given, as it was written down.
    added_at, changed_at : datetime.datetime
        When it began, and when its status last changed.
    profile : Profile
        What is known besides.
    paused_until : datetime.date or None
        The day on which a paused one goes on by itself.
    counted : bool
        Whether the reader agreed to have opens and clicks counted.
    """

    subscriber: Subscriber
    status: str
    consent: str
    added_at: dt.datetime
    changed_at: dt.datetime
    profile: Profile = UNKNOWN
    paused_until: dt.date | None = None
    counted: bool = False

    def plain(self) -> dict[str, Any]:
        """Return one subscription as plain data; lists are written with commas."""
        profile = self.profile
        until = self.paused_until
        return {
            "email": self.subscriber.email,
            "name": self.subscriber.name,
            "list": self.subscriber.list,
            "status": self.status,
            "added_at": self.added_at.isoformat(),
            "consent": self.consent,
            "changed_at": self.changed_at.isoformat(),
            "paused_until": until.isoformat() if until else "",
            "country": profile.country,
            "language": profile.language,
            "source": profile.source,
            "tickers": ",".join(profile.tickers),
            "tags": ",".join(profile.tags),
            "days": ",".join(profile.days) if profile.days != DAYS else "",
            "custom": json.dumps(profile.custom, ensure_ascii=False) if profile.custom else "",
            "counted": "yes" if self.counted else "",
        }


def new_id() -> str:
    """Return an id for a subscription that tells nothing of the reader."""
    return secrets.token_hex(10)


def evidence(consent: Mapping[str, str]) -> str:
    """Return a consent record as it is kept."""
    return json.dumps(dict(consent), sort_keys=True, ensure_ascii=False)


def columns(profile: Profile) -> dict[str, Any]:
    """Return what is known of a reader as the columns of a row."""
    return {
        "country": profile.country,
        "language": profile.language,
        "source": profile.source.casefold(),
        "tickers": packed(profile.tickers),
        "tags": packed(profile.tags),
        "days": "".join(str(DAYS.index(day) + 1) for day in profile.days),
        "custom": dict(profile.custom),
    }


def packed(members: tuple[str, ...]) -> str:
    """Return a column of several words; see `SubscriberRow`."""
    return f"|{'|'.join(members)}|" if members else ""


def unpacked(text: str) -> tuple[str, ...]:
    """Return the words of such a column."""
    return tuple(text.strip("|").split("|")) if text else ()


def subscriber_of(row: SubscriberRow) -> Subscriber:
    """Return who a row is about."""
    return Subscriber(row.id, row.email, row.name, row.list, row.status == str(Status.ACTIVE))


def profile_of(row: SubscriberRow) -> Profile:
    """Return what a row knows of a reader."""
    return Profile(
        row.country, row.language, row.source, unpacked(row.tickers), unpacked(row.tags),
        tuple(DAYS[int(day) - 1] for day in row.days), dict(row.custom),
    )  # fmt: skip


def reader_of(row: SubscriberRow) -> Reader:
    """Return all that a row holds."""
    return Reader(
        subscriber_of(row), row.status, row.consent, row.added_at, row.changed_at, profile_of(row),
        row.paused_until, row.counted,
    )  # fmt: skip
