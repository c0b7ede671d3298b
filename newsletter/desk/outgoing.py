"""The way out to an address that somebody registered: to the public Internet, and nowhere else.

A name is resolved here, every address it has is looked at, and the connection goes to the very
address that was looked at: a name that answers otherwise a moment later changes nothing.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from newsletter import wire
from newsletter.errors import ReviewError

SECONDS: Final = 10.0
"""Until the whole answer must be there."""
MOST_REPLY: Final = 500
"""Bytes of an answer that are kept."""
LONGEST: Final = 2000
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,251}[A-Za-z0-9])?")


class Unfit(ReviewError):
    """An address may not be told anything."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or None and why there was no answer."""

    status: int | None
    reply: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Sends requests out.

    Parameters
    ----------
    home : bool
        Whether ``http://127.0.0.1`` is let through, and nothing else: for tests.
    seconds : float
        Until the whole answer must be there.
    """

    home: bool = False
    seconds: float = SECONDS

    def resolve(self, url: str) -> tuple[SplitResult, str]:
        """Return an address's parts, and the IP address to connect to.

        Raises
        ------
        Unfit
            If it is none, is not https, or leads into a private network.
        """
        parts = _parts(url, "http" if self.home else "https")
        host, port = str(parts.hostname), parts.port or 443
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unfit(f"The name {host[:100]} cannot be resolved; check the address.") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        for address in addresses:
            if not self._lets(address):
                raise Unfit(
                    f"{host[:100]} leads into a private network ({address}); only public "
                    "addresses are told of events."
                )
        return parts, addresses[0]

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body; follow nowhere, wait no longer than `seconds` in all."""
        try:
            parts, address = self.resolve(url)
        except Unfit as error:
            return Answer(None, str(error))
        connection = self._connection(parts, address)
        ended = threading.Event()
        late = threading.Timer(self.seconds, _cut, (connection, ended))
        late.daemon = True
        late.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            reply = response.read(MOST_REPLY).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = "no answer in time" if _late(error, ended) else type(error).__name__
            return Answer(None, f"No answer: {why}.")
        else:
            return Answer(response.status, "".join(c if c.isprintable() else " " for c in reply))
        finally:
            late.cancel()
            connection.close()

    def _connection(self, parts: SplitResult, address: str) -> http.client.HTTPConnection:
        host = str(parts.hostname)
        if parts.scheme == "http":
            return _Plain(host, parts.port or 80, address, self.seconds)
        return _Secure(host, parts.port or 443, address, self.seconds)

    def _lets(self, address: str) -> bool:
        if self.home:
            return ipaddress.ip_address(address.partition("%")[0]).is_loopback
        return wire.public(address)


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._at = address

    def connect(self) -> None:
        """Connect to the address that was looked at."""
        self.sock = socket.create_connection((self._at, self.port), self.timeout)


class _Secure(_Plain):
    default_port = 443

    def connect(self) -> None:
        """Connect to the address that was looked at, and make sure of its name."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _parts(url: str, scheme: str) -> SplitResult:
    good = len(url) <= LONGEST and url.isascii() and url.isprintable() and " " not in url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        good, host, port = False, "", None
    if (
        not good or parts.scheme != scheme or parts.username is not None or parts.fragment
        or not _HOST.fullmatch(host) or port == 0
    ):  # fmt: skip
        raise Unfit("Give a whole https:// address without a name, a password or a #.")
    return parts


def _late(error: Exception, ended: threading.Event) -> bool:
    return ended.is_set() or isinstance(error, TimeoutError)


def _cut(connection: http.client.HTTPConnection, ended: threading.Event) -> None:
    ended.set()
    sock = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
