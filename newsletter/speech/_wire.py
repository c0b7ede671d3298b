"""One request for audio, with an end that is really kept.

A timeout of the HTTP library is one of each read; a service that sends a byte a second
never meets it. So a watchdog shuts the connection when the time is up.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2
from pydantic import SecretStr

_CONNECT_SECONDS = 10.0
_SOUND = ("audio/", "application/octet-stream", "application/ogg", "binary/octet-stream")


@dataclass(eq=False)
class Trouble(Exception):
    """What went wrong with one request.

    Parameters
    ----------
    kind : str
        A status, or how the exchange ended without audio.
    status : int
        HTTP status, 0 where there was none.
    wait : float
        Seconds the service asks to wait.
    """

    kind: Literal["status", "unreachable", "silent", "broken", "late", "long", "strange"]
    status: int = 0
    wait: float = 0.0

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        if self.kind == "status":
            return self.status in {408, 425, 429} or (self.status >= 500 and self.status != 501)
        return self.kind in {"unreachable", "silent", "broken"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Parameters
    ----------
    address : str
        The service's base URL.
    key : pydantic.SecretStr or None
        Sent as bearer token.
    home : bool
        Whether it is this machine: then proxies are passed by.
    silence : float
        Longest time without a byte, in seconds.
    body : mapping
        What is asked, as JSON.
    """

    address: str
    key: SecretStr | None
    home: bool
    silence: float
    body: Mapping[str, str | float]


@dataclass
class _Watch:
    sockets: list[Any] = field(default_factory=list)
    up: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        self.up.set()
        for one in self.sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes a read that waits; closing would not

    def trace(self, _event: str, info: dict[str, Any]) -> None:
        ask = getattr(info.get("return_value"), "get_extra_info", None)
        found = ask("socket") if callable(ask) else None
        if found is not None:
            self.sockets.append(found)
            if self.up.is_set():
                self.end()


def fetch(asked: Asked, seconds: float, most: int) -> bytes:
    """Post a request and return the audio.

    Parameters
    ----------
    asked : Asked
        What and where.
    seconds : float
        The exchange ends after that whatever happens.
    most : int
        Bytes at most.

    Raises
    ------
    Trouble
        If there is no audio, or not in that time, or too much of it.
    """
    if seconds <= 0:
        raise Trouble("late")
    watch, told = _Watch(), Trouble("broken")
    timer = threading.Timer(seconds, watch.end)
    timer.daemon = True
    timer.start()
    try:
        return _received(asked, watch, seconds, most)
    except Trouble as error:
        told = error
    except (httpx2.ConnectError, httpx2.ConnectTimeout):
        told = Trouble("unreachable")
    except httpx2.TimeoutException:
        told = Trouble("silent")
    except (httpx2.HTTPError, httpx2.StreamError, OSError, ValueError):
        pass
    finally:
        timer.cancel()
    # Raised out here, the library's error with its headers is no part of it.
    raise Trouble("late") if watch.up.is_set() else told


def _received(asked: Asked, watch: _Watch, seconds: float, most: int) -> bytes:
    headers = {"Accept-Encoding": "identity"}  # so that bytes counted are bytes
    if asked.key is not None:
        headers["Authorization"] = f"Bearer {asked.key.get_secret_value()}"
    timeout = httpx2.Timeout(asked.silence, connect=min(_CONNECT_SECONDS, seconds))
    with (
        # The key and the script go where the configuration says, and nowhere else.
        httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=not asked.home) as client,
        client.stream(
            "POST",
            f"{asked.address}/audio/speech",
            json=dict(asked.body),
            headers=headers,
            extensions={"trace": watch.trace},
        ) as response,
    ):
        if response.status_code != 200:
            raise Trouble("status", response.status_code, _wait(response.headers))
        if not response.headers.get("content-type", "").lower().startswith(_SOUND):
            raise Trouble("strange")
        return _body(response, watch, most)


def _body(response: httpx2.Response, watch: _Watch, most: int) -> bytes:
    data = bytearray()
    for chunk in response.iter_raw():
        data += chunk
        if len(data) > most:
            raise Trouble("long")
    if watch.up.is_set():
        raise Trouble("late")
    return bytes(data)


def _wait(headers: httpx2.Headers) -> float:
    text = headers.get("retry-after", "").strip()
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0
