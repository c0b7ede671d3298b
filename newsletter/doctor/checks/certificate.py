"""Certificates of what is reached by TLS: that they are good, and for how long yet.

One real handshake each, all at once and with one end for all: what does not answer by then is
unknown, and no finding against its certificate.
"""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from newsletter.doctor.finding import Finding, Health

if TYPE_CHECKING:
    from newsletter.app import House

SECONDS: Final = 8.0
"""Until every handshake must be done."""
MOST: Final = 20
_NOBODYS = ("example.com", "example.net", "example.org", "example", "test", "invalid")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is reached by TLS.

    Parameters
    ----------
    name : str
        What of config.yaml it is.
    host : str
        Its name, which the certificate must bear.
    port : int
        Where it listens.
    begins : str
        ``tls`` at once, or after STARTTLS as ``smtp`` or ``imap`` has it.
    cafile : pathlib.Path or None
        Whom to trust beside those that the system trusts.
    """

    name: str
    host: str
    port: int
    begins: Literal["tls", "smtp", "imap"] = "tls"
    cafile: Path | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a handshake showed.

    Parameters
    ----------
    subject : str
        Host and port.
    name : str
        What of config.yaml it is.
    ends_at : datetime.datetime or None
        When a good certificate ends; aware UTC.
    trouble : str
        Why it is not good; empty where it is, or where nobody knows.
    silence : str
        Why it could not be seen; empty where it was.
    """

    subject: str
    name: str
    ends_at: dt.datetime | None = None
    trouble: str = ""
    silence: str = ""

    @property
    def title(self) -> str:
        """A few words of what is wrong with it."""
        return "A certificate is not good" if self.trouble else "A certificate ends soon"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Looks at the certificates of the public pages, the desk and the mail servers."""

    id: str = "certificate"
    title: str = "Certificates"

    def look(self, house: "House") -> Iterator[Finding]:
        """Yield a finding for each place that is reached by TLS."""
        for one in seen(house):
            found, words = step(one, house), " ".join(told(one))
            if found is None:
                yield Finding(self.id, one.subject, Health.UNKNOWN, words)
            elif found:
                bad = found >= len(house.config.alerts.certificate_days)
                yield Finding(self.id, one.subject, Health.BAD if bad else Health.WARN, words)
            else:
                yield Finding(self.id, one.subject, Health.OK, told(one)[0])


def step(one: Seen, house: "House") -> int | None:
    """Return how many of `alerts.certificate_days` are reached; None where nobody knows."""
    days = house.config.alerts.certificate_days
    if one.trouble:
        return len(days)
    if one.ends_at is None:
        return None
    left = (one.ends_at - house.clock.now()) / dt.timedelta(days=1)
    return sum(left <= each for each in days)


def told(one: Seen) -> tuple[str, str]:
    """Return what was seen, and what to do about it, a sentence each."""
    whose = f"{one.subject} ({one.name})"
    if one.silence:
        return f"The certificate of {whose} was not seen: {one.silence}.", (
            "See whether it runs and is reached from this machine."
        )
    if one.trouble:
        return f"The certificate of {whose} is not good: {one.trouble}.", (
            "Put in one that bears this name, from an authority that is trusted; nobody who looks "
            "at certificates gets through meanwhile."
        )
    ends = one.ends_at or dt.datetime.min.replace(tzinfo=dt.UTC)
    return f"The certificate of {whose} ends on {ends:%Y-%m-%d %H:%M} UTC.", (
        "Renew it, or see why its renewal does not run by itself."
    )


def endpoints(house: "House") -> list[Endpoint]:
    """Return what is reached by TLS, each once; names that are nobody's are left out."""
    config, found = house.config, list[Endpoint]()
    pages = {"publication.base_url": config.publication.base_url,
             "desk.address": config.desk.address}  # fmt: skip
    for name, address in pages.items():
        parts = urlsplit(address)
        if parts.scheme == "https" and parts.hostname:
            found.append(Endpoint(name, parts.hostname, parts.port or 443))
    for name, sender in config.senders.items():
        if sender.transport == "smtp" and sender.security != "none":
            begins: Literal["tls", "smtp"] = "tls" if sender.security == "tls" else "smtp"
            found.append(Endpoint(f"senders.{name}", sender.host, sender.port, begins))
    box = config.bounces
    if box is not None and box.security != "none":
        at_once = box.security == "tls"
        cafile = house.base / box.cafile if box.cafile else None
        found.append(
            Endpoint("bounces", box.host, box.port, "tls" if at_once else "imap", cafile)
        )  # fmt: skip
    once = {(one.host, one.port): one for one in reversed(found) if not _nobodys(one.host)}
    return list(once.values())[::-1][:MOST]


def _nobodys(host: str) -> bool:
    """Tell whether a name is one of those that documents use and nobody has (RFC 2606)."""
    return any(host == name or host.endswith(f".{name}") for name in _NOBODYS)


def seen(house: "House", seconds: float = SECONDS) -> list[Seen]:
    """Return what every handshake showed, all made at once."""
    looks = [_Look(one) for one in endpoints(house)]
    for look in looks:
        threading.Thread(target=look.look, args=(seconds,), daemon=True).start()
    over = time.monotonic() + seconds
    for look in looks:
        look.done.wait(max(0.0, over - time.monotonic()))
    return [look.cut() for look in looks]


@dataclass
class _Look:
    """One handshake in a thread of its own, which is left alone when its time is up."""

    at: Endpoint
    done: threading.Event = field(default_factory=threading.Event)
    _sockets: list[socket.socket] = field(default_factory=list)
    _found: Seen | None = None

    def look(self, seconds: float) -> None:
        """Shake hands and note what was seen."""
        try:
            self._found = self._shaken(seconds)
        except ssl.SSLCertVerificationError as error:
            self._found = self._seen(trouble=_plain(error.verify_message or str(error.reason)))
        except (OSError, ValueError) as error:
            self._found = self._seen(silence=_silence(error))
        finally:
            self.done.set()

    def cut(self) -> Seen:
        """Return what was seen; break off what goes on."""
        if self._found is None:
            for one in self._sockets:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        return self._found or self._seen(silence="no answer in time")

    def _shaken(self, seconds: float) -> Seen:
        context = ssl.create_default_context()
        if self.at.cafile is not None:
            context.load_verify_locations(self.at.cafile)
        with ExitStack() as stack:
            plain = stack.enter_context(
                socket.create_connection((self.at.host, self.at.port), seconds)
            )
            self._sockets.append(plain)
            if self.at.begins != "tls":
                _starttls(plain, self.at.begins)
            safe = stack.enter_context(context.wrap_socket(plain, server_hostname=self.at.host))
            given: dict[str, Any] = dict(safe.getpeercert() or {})
        ends = dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(given["notAfter"]), dt.UTC)
        return self._seen(ends_at=ends)

    def _seen(self, **what: Any) -> Seen:
        return Seen(f"{self.at.host}:{self.at.port}", self.at.name, **what)


def _starttls(plain: socket.socket, begins: str) -> None:
    """Ask a mail server for TLS; OSError where it does not offer it."""
    if begins == "smtp":
        _reply(plain, b"", b"220 ")
        _reply(plain, b"EHLO localhost\r\n", b"250 ")
        _reply(plain, b"STARTTLS\r\n", b"220 ")
    else:
        _reply(plain, b"", b"* OK")
        _reply(plain, b"a1 STARTTLS\r\n", b"a1 OK")


def _reply(plain: socket.socket, asked: bytes, wanted: bytes) -> None:
    """Ask something and read up to the end of the answer, byte by byte: what follows is TLS."""
    if asked:
        plain.sendall(asked)
    line = b""
    for _ in range(16_384):
        byte = plain.recv(1)
        if not byte:
            break
        line += byte
        if not line.endswith(b"\n"):
            continue
        last = line[3:4] != b"-" and not (wanted.startswith(b"a1") and line[:1] == b"*")
        if last and line.startswith(wanted):
            return
        if last:
            break
        line = b""
    raise ConnectionError("it offers no STARTTLS")


def _plain(text: str) -> str:
    kept = "".join(c for c in text if c.isprintable())[:200]
    return kept.rstrip(".")


def _silence(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return f"no TLS is spoken there ({_plain(str(error.reason or 'it hung up'))})"
    if isinstance(error, socket.gaierror):
        return "its name cannot be resolved"
    return _plain(getattr(error, "strerror", None) or str(error) or type(error).__name__)


CHECK = Certificates()
