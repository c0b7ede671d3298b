"""Wire: what every request to a service over HTTP keeps to, whichever door makes it.

A key that can be one, an end that is really kept, pauses that grow, and no certificate read
twice. What is asked, and what an answer means, is each door's own matter.
"""

import datetime as dt
import ipaddress
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from newsletter.errors import ConfigError

if TYPE_CHECKING:
    import ssl

    import httpx2

CONNECT_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass
class Watch:
    """Ends an exchange from outside when its time is up.

    A timeout of the HTTP library is one of each read; a service that sends a byte a second
    never meets it. So the watch shuts the connection.

    Attributes
    ----------
    sockets : list
        Connections of the exchange, as `trace` hears of them.
    up : threading.Event
        Set once the time is up.
    """

    sockets: list[Any] = field(default_factory=list)
    up: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def kept(self, seconds: float) -> Iterator[None]:
        """End the exchange after so many seconds, unless the block is left before."""
        timer = threading.Timer(seconds, self.end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def end(self) -> None:
        """Shut every connection, and every one that is still to come."""
        self.up.set()
        for one in self.sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes a read that waits; closing would not

    def trace(self, _event: str, info: dict[str, Any]) -> None:
        """Hear of a connection: the HTTP library's ``trace`` extension of a request."""
        ask = getattr(info.get("return_value"), "get_extra_info", None)
        found = ask("socket") if callable(ask) else None
        if found is not None:
            self.sockets.append(found)
            if self.up.is_set():
                self.end()


@lru_cache(maxsize=1)
def trusted() -> "ssl.SSLContext":
    """Return the certificates to trust; reading them takes longer than a whole exchange."""
    import httpx2

    return httpx2.create_ssl_context()


def timeout(silence: float, seconds: float) -> "httpx2.Timeout":
    """Return the HTTP library's own limits.

    Parameters
    ----------
    silence : float
        Longest time without a byte.
    seconds : float
        Time left; until it is connected a `Watch` has nothing to shut.
    """
    import httpx2

    return httpx2.Timeout(silence, connect=min(CONNECT_SECONDS, seconds))


def public(address: str) -> bool:
    """Tell whether an IP address is one of the public Internet, however it is wrapped.

    Examples
    --------
    >>> public("93.184.216.34"), public("10.0.0.1"), public("::ffff:169.254.169.254")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:  # an IPv4 address in its last 32 bits
            return public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inside is not None and not public(str(inside)):
            return False
    return ip.is_global and not ip.is_multicast


def usable_key(key: str | None, service: str, variable: str, *, home: bool) -> SecretStr | None:
    """Return a key that can be sent; None where none is needed.

    Parameters
    ----------
    key : str or None
        As it was set.
    service : str
        What it is for, in print: ``"speech"``.
    variable : str
        The environment variable that holds it.
    home : bool
        Whether the service is on this machine, which asks for none.

    Raises
    ------
    ConfigError
        If it is missing or no key could look so; the sentence does not repeat it.
    """
    if not key:
        if home:
            return None
        raise ConfigError(f"The {service} service needs a key; set {variable}.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(f"{variable} holds characters that no key can have; copy it again.")
    return SecretStr(key)


def passing(status: int) -> bool:
    """Tell whether a request that got this HTTP status may succeed later.

    Examples
    --------
    >>> passing(429), passing(503), passing(501), passing(404)
    (True, True, False, False)
    """
    return status in {408, 425, 429} or (status >= 500 and status != 501)


def pause(failures: int, asked: float | None, chance: float) -> float:
    """Return how long to wait before a request is made again, in seconds.

    Parameters
    ----------
    failures : int
        How often it has failed before this time.
    asked : float or None
        What the service asks to wait; it is waited in full.
    chance : float
        From 0 to 1: that share of the longest pause, so that many clients that failed
        together do not return together.

    Examples
    --------
    >>> pause(0, None, 1.0), pause(9, 5.0, 0.5)
    (1.0, 20.0)
    """
    return chance * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**failures) + (asked or 0.0)


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return how long a service asks to wait: seconds, milliseconds or a date.

    Parameters
    ----------
    headers : mapping of str to str
        Of its answer, whose names are looked up in lower case.
    """
    with suppress(ValueError):
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
    text = headers.get("retry-after", "").strip()
    if text.replace(".", "", 1).isdigit():
        return float(text)
    with suppress(ValueError, TypeError):
        # Against the service's own clock, so that ours may be wrong.
        since = parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (parsedate_to_datetime(text) - since) / dt.timedelta(seconds=1))
    return None
