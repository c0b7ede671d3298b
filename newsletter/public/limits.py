"""How often somebody may ask.

What is done is counted in the store, so that all processes count together and a restart forgets
nothing; who did it stands there as a keyed hash, for a day. What is only looked at is counted in
the process: a page that is read must not write.
"""

import datetime as dt
import hashlib
import hmac
import json
import threading
from typing import Final

from newsletter.clock import Clock
from newsletter.review.access import Access, Allowance

HOUR: Final = dt.timedelta(hours=1)
PER_PLACE: Final = 20
"""Subscriptions asked for from one place in an hour."""
PER_MAILBOX: Final = 3
"""Confirming mails to one mailbox in an hour."""
CHANGES: Final = 60
"""Changes of preferences from one place in an hour."""


class Limits:
    """Lets through what is not too often.

    Parameters
    ----------
    access : Access
        Where acts are counted.
    clock : Clock
        The time.
    key : bytes
        Who acts is kept only as a hash under it.
    pages : int
        Pages that one place may look at in a minute.
    """

    def __init__(self, access: Access, clock: Clock, key: bytes, pages: int) -> None:
        self._access, self._clock, self._key, self._pages = access, clock, key, pages
        self._lock = threading.Lock()
        self._minute, self._seen = 0, dict[str, int]()

    def act(self, what: str, place: str, count: int) -> bool:
        """Count an act of a place, and tell whether it is one of `count` in this hour."""
        told = json.dumps(["public limit", what, place]).encode()
        who = hmac.new(self._key, told, hashlib.sha256).hexdigest()
        wanted = (Allowance(f"public {what}", who, count, HOUR),)
        return bool(self._access.attempt(wanted, self._clock.now()).ids)

    def look(self, place: str) -> bool:
        """Count a look of a place, and tell whether it may."""
        minute = int(self._clock.now().timestamp() // 60)
        with self._lock:
            if minute != self._minute:  # forgotten with the minute: no address is kept longer
                self._minute, self._seen = minute, {}
            self._seen[place] = self._seen.get(place, 0) + 1
            return self._seen[place] <= self._pages
