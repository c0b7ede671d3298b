"""Web: the one way to addresses that publish data; to the public Internet and nowhere else.

A name is resolved here, every address it has is looked at, and the connection goes to the very
address that was looked at: a name that answers otherwise a moment later changes nothing. Time,
size, redirects and compression are bounded, and what passes (429, 5xx, a broken connection) is
asked for again after growing pauses.
"""

import random
import socket
import ssl
import time
import zlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from newsletter import wire
from newsletter.errors import DataUnavailable
from newsletter.feeding import WebLimits, https_host

if TYPE_CHECKING:
    import httpx2

MOST_REDIRECTS = 3
MOST_ASKED_SECONDS = 60.0
"""A service that asks to wait longer is left alone for this run."""

GIVEN_UP_AFTER = 2
"""So many addresses of a host in vain, and the rest of it is not asked for in this run."""

_KEPT_PAGES, _KEPT_BYTES = 64, 64_000_000
_AGENT = "newsletter (scheduled, once an evening)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Kind = Literal[
    "status", "unreachable", "silent", "late", "broken", "long", "coded", "away", "private",
    "nameless", "left",
]  # fmt: skip
_PASSING = frozenset({"unreachable", "silent", "late", "broken", "nameless"})
_WORDS: Mapping[str, tuple[str, str]] = {
    "unreachable": ("cannot be reached", "check the network, or try again later"),
    "nameless": ("has a name that cannot be resolved", "check the address and the network"),
    "silent": ("does not answer in time", "try again later"),
    "late": ("does not finish in time", "try again later or raise providers.web.timeout_seconds"),
    "broken": ("breaks off before the end", "try again later"),
    "long": ("sends more than is read of one", "raise most_megabytes if that is meant"),
    "coded": ("answers in an encoding that was not asked for", "try again later"),
    "away": ("redirects to an address that is not allowed", "check the address"),
    "private": ("leads into a private network", "only public addresses are asked"),
    "left": ("failed before in this run and is left alone", "try again later"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """What an address gave.

    Parameters
    ----------
    body : bytes
        Unpacked, never more than the limit.
    kind : str
        Its content type as stated, lower case, perhaps empty.
    framed : bool
        Whether the answer told its own length; if not, a break looks like its end.
    """

    body: bytes
    kind: str = ""
    framed: bool = True


@dataclass(eq=False)
class _Trouble(Exception):
    kind: Kind
    status: int = 0
    wait: float | None = None

    @property
    def passing(self) -> bool:
        return wire.passing(self.status) if self.kind == "status" else self.kind in _PASSING

    def words(self) -> tuple[str, str]:
        if self.kind != "status":
            return _WORDS[self.kind]
        if self.status == 429:
            return "answers 429 (too many requests)", "try again later"
        mend = "try again later" if self.passing else "check the address"
        return f"answers {self.status}", mend


@dataclass
class Kept:
    """Pages that need not be sent again while they are unchanged; a few, the oldest go first."""

    pages: OrderedDict[str, tuple[dict[str, str], Page]] = field(default_factory=OrderedDict)

    def put(self, url: str, headers: Mapping[str, str], page: Page) -> None:
        """Keep a page if its answer says by what it can be recognised."""
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        asked = {names[name]: headers[name] for name in names if name in headers}
        self.pages.pop(url, None)
        if asked:
            self.pages[url] = asked, page
        while self.pages and (
            len(self.pages) > _KEPT_PAGES
            or sum(len(page.body) for _, page in self.pages.values()) > _KEPT_BYTES
        ):
            self.pages.popitem(last=False)


@dataclass
class Web:
    """Fetches pages for one run.

    Parameters
    ----------
    limits : WebLimits
        Time and size of one answer, and how often it is asked for again.
    kept : Kept, optional
        Pages of earlier runs of this process.
    home : mapping of str to str
        For tests alone: hosts that stand at an origin on this machine instead.
    trust : ssl.SSLContext, optional
        Certificates to trust instead of the usual ones.
    sleep, chance, lookup : callable
        Wait, a number below 1, and the resolver.
    """

    limits: WebLimits = field(default_factory=WebLimits)
    kept: Kept = field(default_factory=Kept)
    home: Mapping[str, str] = field(default_factory=dict)
    trust: ssl.SSLContext | None = None
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    lookup: Callable[..., list[tuple[object, ...]]] = socket.getaddrinfo  # type: ignore[assignment]
    _failed: Counter[str] = field(default_factory=Counter)

    def anew(self) -> "Web":
        """Return the same for another run: the pages kept, past failures forgotten."""
        return replace(self, _failed=Counter())

    def get(
        self, url: str, hosts: Collection[str], what: str, most_megabytes: float = 1000.0
    ) -> Page:
        """Return the page of an address.

        Parameters
        ----------
        url : str
            ``https://`` and one of `hosts`.
        hosts : collection of str
            Where it may be read from and redirected to.
        what : str
            What it is, for the error: ``"FRED's DGS10"``.
        most_megabytes : float
            Of it, where less is wanted than the limits allow.

        Raises
        ------
        newsletter.errors.DataUnavailable
            If there is no such page, not in time, or too much of it.
        """
        host = urlsplit(url).hostname or ""
        most = int(1_000_000 * min(most_megabytes, self.limits.most_megabytes))
        failures = 0
        while True:
            trouble = self._tried(url, hosts, most)
            if isinstance(trouble, Page):
                self._failed.pop(host, None)
                return trouble
            patient = (trouble.wait or 0.0) <= MOST_ASKED_SECONDS
            if not trouble.passing or failures >= self.limits.retries or not patient:
                break
            self.sleep(wire.pause(failures, trouble.wait, self.chance()))
            failures += 1
        self._failed[host] += trouble.passing
        why, mend = trouble.words()
        raise DataUnavailable(f"{what} could not be read: {host} {why}; {mend}.")

    def _tried(self, url: str, hosts: Collection[str], most: int) -> Page | _Trouble:
        """Ask once. No error of the library is kept: it would carry addresses along."""
        import httpx2

        if self._failed[urlsplit(url).hostname or ""] >= GIVEN_UP_AFTER:
            return _Trouble("left")
        watch, told = wire.Watch(), _Trouble("broken")
        try:
            with watch.kept(self.limits.timeout_seconds):
                return self._followed(url, hosts, watch, most)
        except _Trouble as error:
            told = error
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            told = _Trouble("unreachable")
        except httpx2.TimeoutException:
            told = _Trouble("silent")
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError, ValueError):
            pass
        return _Trouble("late") if watch.up.is_set() else told

    def _followed(self, url: str, hosts: Collection[str], watch: wire.Watch, most: int) -> Page:
        at = url
        for _ in range(MOST_REDIRECTS + 1):
            try:
                host = https_host(at)
            except ValueError:
                raise _Trouble("away") from None
            if host not in hosts:
                raise _Trouble("away")
            found = self._asked(at, host, watch, most)
            if isinstance(found, Page):
                return found
            at = urljoin(at, found)
        raise _Trouble("away")

    def _asked(self, url: str, host: str, watch: wire.Watch, most: int) -> Page | str:
        """Return the page, or where it has moved to."""
        import httpx2

        parts, seconds = urlsplit(url), self.limits.timeout_seconds
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        known, page = self.kept.pages.get(url, ({}, None))
        headers = {"Host": host, "User-Agent": _AGENT, "Accept-Encoding": "gzip"} | known
        with (
            httpx2.Client(
                timeout=wire.timeout(seconds, seconds),
                verify=self.trust or wire.trusted(),
                follow_redirects=False,  # each step is looked at before it is taken
                trust_env=False,  # a proxy would resolve the name anew
            ) as client,
            client.stream(
                "GET",
                f"{self._origin(host)}{target}",
                headers=headers,
                extensions={"trace": watch.trace, "sni_hostname": host},
            ) as response,
        ):
            if response.status_code == 304 and page is not None:
                return page
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return response.headers["location"]
            if response.status_code != 200:
                wait = wire.asked_to_wait(response.headers)
                raise _Trouble("status", response.status_code, wait)
            body = _body(response, most)
            if watch.up.is_set():
                raise _Trouble("late")
            page = Page(body, response.headers.get("content-type", "").lower(), _framed(response))
            self.kept.put(url, response.headers, page)
            return page

    def _origin(self, host: str) -> str:
        """Return where to connect: an address that was looked at, never a name."""
        if host in self.home:
            return self.home[host]
        try:
            found = self.lookup(host, 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise _Trouble("nameless") from None
        addresses = [str(one[4][0]) for one in found]  # type: ignore[index]
        if not addresses or not all(map(wire.public, addresses)):
            raise _Trouble("private")
        return f"https://[{addresses[0]}]" if ":" in addresses[0] else f"https://{addresses[0]}"


def _framed(response: "httpx2.Response") -> bool:
    chunked = "chunked" in response.headers.get("transfer-encoding", "").lower()
    return chunked or "content-length" in response.headers


def _body(response: "httpx2.Response", most: int) -> bytes:
    """Return the body unpacked, stopping at the limit and not a chunk later."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise _Trouble("coded")
    packed = zlib.decompressobj(wbits=31) if coding.endswith("gzip") else None
    data, sent = bytearray(), 0
    for chunk in response.iter_raw():
        sent += len(chunk)
        try:
            data += packed.decompress(chunk, most - len(data) + 1) if packed else chunk
        except zlib.error:
            raise _Trouble("broken") from None
        if max(sent, len(data)) > most:
            raise _Trouble("long")
    if packed is not None and not packed.eof:
        raise _Trouble("broken")
    return bytes(data)
