"""When a deferred copy is tried again, and when it is too old to be.

A market note goes stale: retries are closer together than mail servers make them, and end
after twelve hours. A server that greylists (RFC 6647) lets the second or third attempt in.
"""

import datetime as dt
import hashlib
from typing import Final

from newsletter.send.delivery import Delivery, DeliveryState

RESTS: Final = tuple(dt.timedelta(minutes=n) for n in (1, 5, 15, 30, 60, 120, 240))
"""How long a copy rests after so many attempts; after the last of them, always so long."""
SPREAD: Final = 0.2
"""Rests are up to so much longer or shorter, so that copies deferred together part."""
EXPIRY: Final = dt.timedelta(hours=12)
EXPIRED: Final = "expired: deferred for twelve hours"
MAX_ATTEMPTS: Final = 12
"""More than fit into `EXPIRY`: whoever is begun so often was left by a crash each time."""
SOONEST: Final = dt.timedelta(minutes=1)
"""Between two looks at what is due; it grows with the age of the run (`next_look`)."""


def due_after(row: Delivery, now: dt.datetime) -> dt.datetime:
    """Return when a copy that was just deferred is tried again, or its time is over.

    Parameters
    ----------
    row : Delivery
        With the attempt that failed already counted.
    now : datetime.datetime
        Aware instant of the failure.
    """
    rest = RESTS[min(max(row.attempts, 1), len(RESTS)) - 1]
    due = now + rest * (1 + SPREAD * _jitter(row))
    return due if row.queued_at is None else min(due, row.queued_at + EXPIRY)


def expired(row: Delivery, now: dt.datetime) -> bool:
    """Tell whether a deferred copy is too old to be sent; one that was never tried is not."""
    since = row.queued_at
    return row.state is DeliveryState.DEFERRED and since is not None and now - since >= EXPIRY


def next_look(began: dt.datetime, due: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Return when a run is gone on with: as soon as something is due, but not all the time.

    The distance is a tenth of the run's age, at least `SOONEST`: some sixty looks in twelve
    hours, however the rests of a hundred thousand copies are spread.

    Parameters
    ----------
    began : datetime.datetime
        When the run began.
    due : datetime.datetime
        When the next copy is due.
    now : datetime.datetime
        Aware instant.
    """
    return max(due, now + max(SOONEST, (now - began) / 10))


def _jitter(row: Delivery) -> float:
    """Return a number from -1 to 1, the same for ever for an attempt at a copy."""
    digest = hashlib.sha256(f"{row.message_id}:{row.attempts}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / (2**63) - 1
