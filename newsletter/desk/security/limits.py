"""How often somebody may try: counted in the store, so that a restart forgets nothing."""

import datetime as dt
import ipaddress
from collections.abc import Sequence

from newsletter.clock import Clock
from newsletter.desk.security.keys import derive
from newsletter.review.access import Access, Admission, Allowance

WINDOW = dt.timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 50
KEPT = dt.timedelta(days=1)
"""How long an attempt is remembered, and hence the longest window."""


class Limiter:
    """Lets attempts through while there are not too many.

    Parameters
    ----------
    access : Access
        Where they are counted.
    clock : Clock
        The time.
    key : bytes
        The desk's key: who tried is kept only as a keyed hash.
    """

    def __init__(self, access: Access, clock: Clock, key: bytes) -> None:
        self._access, self._clock, self._key = access, clock, key

    def allow(self, what: str, who: str, count: int, window: dt.timedelta) -> bool:
        """Count an attempt, and tell whether it is one of those that are allowed.

        Parameters
        ----------
        what : str
            What is tried, at most 40 characters.
        who : str
            By whom: an address, a name, both.
        count : int
            How many are allowed within the window.
        window : datetime.timedelta
            At most `KEPT`.
        """
        return bool(self.admit((Allowance(what, who, count, window),)).ids)

    def admit(self, wanted: Sequence[Allowance]) -> Admission:
        """Count an attempt under several allowances at once, or under none of them."""
        if any(each.count < 1 or each.window > KEPT for each in wanted):
            raise ValueError(f"A limit counts from 1 and over at most {KEPT}: {wanted}.")
        hashed = [
            Allowance(each.what, self._hashed(each.what, each.who), each.count, each.window)
            for each in wanted
        ]
        return self._access.attempt(hashed, self._clock.now())

    def login(self, account: str, ip: str) -> Admission:
        """Count a login before its password is checked; `passed` takes the count back.

        Counting first means that of many sent at once no more are checked than may fail.
        The account is what was typed, known here or not: a name and an address of the same
        editor count apart, for else the count itself would tell that they belong together.
        """
        return self.admit(_login(account, ip))

    def passed(self, admission: Admission, account: str, ip: str) -> None:
        """Let a login not count, nor the failures at that account from there before it."""
        self._access.withdraw(admission.ids)
        own, _ = _login(account, ip)
        self.forgive(own.what, own.who)

    def forgive(self, what: str, who: str) -> None:
        """Forget somebody's attempts at something."""
        self._access.forget_attempts(what, self._hashed(what, who))

    def withdraw(self, admission: Admission) -> None:
        """Take back an attempt that could not be made."""
        self._access.withdraw(admission.ids)

    def wait(self, admission: Admission) -> dt.timedelta:
        """Return how long until the next attempt is let through; nothing where it was."""
        none = dt.timedelta(0)
        return max(none, admission.free_at - self._clock.now()) if admission.free_at else none

    def sweep(self) -> int:
        """Forget attempts and ended sessions that are older than any window."""
        return self._access.forget_before(self._clock.now() - KEPT)

    def _hashed(self, what: str, who: str) -> str:
        return derive(self._key, "limit", what, who).hex()


def network(ip: str) -> str:
    """Return what one person can be assumed to hold: an IPv4 address, or an IPv6 /64."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _login(account: str, ip: str) -> tuple[Allowance, Allowance]:
    place = network(ip)
    return (
        Allowance("login", f"{account} {place}", PER_ACCOUNT, WINDOW),
        Allowance("login from", place, PER_ADDRESS, WINDOW),
    )
