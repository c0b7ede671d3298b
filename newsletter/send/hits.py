"""Hits: somebody, or something, asked for a counted link; and which of the two it was."""

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

AT_ONCE: Final = 3
"""Links of one mail that nobody follows `WITHIN` one another: a program walks through them."""
WITHIN: Final = dt.timedelta(seconds=10)
MOST_COUNTED: Final = 100
"""Times one link of one reader is counted; then it is only answered."""

MOST_WAITING: Final = 10_000
"""Hits that wait to be written down; what comes on top of them is not counted."""

_APPLE: Final = "mozilla/5.0"  # all that the proxy of Apple's Mail says of itself
_PREFETCH: Final = "edge/12.246 mozilla/5.0"  # Gmail, before its reader opens anything
_MACHINES: Final = (
    "googleimageproxy", "ggpht.com", "yahoomailproxy", "bingpreview", "skypeuripreview",
    "barracuda", "proofpoint", "mimecast", "symantec", "fireeye", "trendmicro", "sophos",
    "fortiguard", "cloudmark", "zscaler", "safelinks", "urldefense", "bot", "crawl", "spider",
    "slurp", "scan", "preview", "facebookexternalhit", "whatsapp", "headless", "phantomjs",
    "selenium", "playwright", "puppeteer", "curl/", "wget/", "python", "go-http-client", "java/",
    "okhttp", "libwww", "httpclient", "http-client", "axios", "node-fetch", "undici", "ruby",
    "perl", "php/", "powershell", "check_http", "monitor",
)  # fmt: skip
"""What stands in the names of programs that look into mail: proxies, scanners, libraries."""
_AHEAD: Final = ("purpose", "sec-purpose", "x-purpose", "x-moz")
"""Headers in which browsers say that they fetch ahead of a reader."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for a counted link, without a trace of from where it came.

    Parameters
    ----------
    edition, subscriber : str
        Whose mail of which edition.
    link : int
        Which of its links from 1; 0 is the picture.
    machine : bool
        Whether the request itself shows that no person made it.
    at : datetime.datetime
        Aware UTC instant.
    """

    edition: str
    subscriber: str
    link: int
    machine: bool
    at: dt.datetime


class Waiting:
    """Hits that were answered and are not written down yet; a crash may lose them."""

    def __init__(self) -> None:
        self._lock, self._hits = threading.Lock(), list[Hit]()

    def add(self, hit: Hit) -> None:
        """Keep a hit, unless too many wait."""
        with self._lock:
            if len(self._hits) < MOST_WAITING:
                self._hits.append(hit)

    def taken(self) -> list[Hit]:
        """Return what waits, which then waits no more."""
        with self._lock:
            found, self._hits = self._hits, []
        return found


def by_machine(headers: Mapping[str, str]) -> bool:
    """Tell whether a request shows that no person made it.

    Parameters
    ----------
    headers : mapping of str to str
        By lower-case name; hostile.
    """
    agent = headers.get("user-agent", "").strip().lower()
    if agent in {"", _APPLE} or agent.endswith(_PREFETCH):
        return True
    if any(name in agent for name in _MACHINES):
        return True
    return any(
        word in headers.get(name, "").lower() for name in _AHEAD for word in ("prefetch", "preview")
    )


def too_soon(at: dt.datetime, delivered: dt.datetime | None, seconds: int) -> bool:
    """Tell whether somebody asked before a reader can have read.

    Parameters
    ----------
    at : datetime.datetime
        When it was asked for.
    delivered : datetime.datetime or None
        When the reader's server took the copy; None while that is not known.
    seconds : int
        How long a mail lies before it is read.
    """
    return delivered is None or at < delivered + dt.timedelta(seconds=seconds)
