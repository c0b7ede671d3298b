"""An application on a port, in a thread of its own or until interrupted."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any, Final

import uvicorn

from newsletter import waiting
from newsletter.errors import ConfigError

GRACE: Final = 8
"""Seconds that answers under way have when a server is closed."""
LINGER: Final = 0.3
"""Seconds in which a server that stops still reads from who was accepted just before."""
_open: "list[Listening]" = []


def listeners() -> "list[Listening]":
    """Return the applications that listen in this process."""
    return list(_open)


class _Lingering(uvicorn.Server):
    """A server that reads what it accepted just before it was told to stop.

    Else a caller who came in that moment would be cut off instead of answered.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nobody more, answer who is there, then stop."""
        for server in self.servers:
            server.close()
        await asyncio.sleep(LINGER)
        await super().shutdown(sockets)


class Listening:
    """An ASGI application, listening.

    Parameters
    ----------
    app : ASGI application
        What answers.
    host : str
        Address to listen on.
    port : int
        0 takes a free one.
    part : str
        Its part of config.yaml, e.g. ``"desk"``.
    what : str
        What it is called in an error.
    proxies : str
        Whose ``X-Forwarded-For`` is believed.
    option : str
        The option of the command line that gives another port.

    Raises
    ------
    ConfigError
        If the port is taken.
    """

    def __init__(
        self, app: Any, host: str, port: int, *, part: str, what: str, proxies: str,
        option: str = "--port",
    ) -> None:  # fmt: skip
        self.part, self.host = part, host
        taken = _taken_over(part, host, port)
        self._socket = taken or bound(part, host, port, what, option)
        self.port: int = self._socket.getsockname()[1]
        # The port stays open by it while the program is begun anew: callers wait in its queue.
        self._kept = _HANDLES[part] = self._socket.dup()
        config = uvicorn.Config(
            app, log_level="error", log_config=None, access_log=False, ws="none",
            timeout_graceful_shutdown=GRACE, server_header=False, lifespan="on",
            proxy_headers=True, forwarded_allow_ips=proxies,
        )  # fmt: skip
        self._server = _Lingering(config)
        self._thread = threading.Thread(target=self._serve, name=part, daemon=True)
        self._ended = threading.Event()

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._ended.set()

    def start(self) -> None:
        """Begin to serve; return when it does."""
        self._thread.start()
        while not self._server.started and not self._ended.wait(0.01):
            pass
        _open.append(self)

    def wait(self) -> None:
        """Serve until interrupted."""
        waiting.until(self._ended)

    def close(self) -> None:
        """Stop, letting answers under way end, and free the port."""
        if self in _open:
            _open.remove(self)
        if self._thread.ident is not None:
            self._server.should_exit = True
            self._ended.wait(GRACE + 2)
        self._socket.close()
        if not _KEEPING.is_set():
            self._kept.close()
            if _HANDLES.get(self.part) is self._kept:
                del _HANDLES[self.part]


_HANDLES: Final[dict[str, socket.socket]] = {}
"""A second handle of each port that is listened on, by its part of config.yaml."""
_INHERITED: Final[dict[str, socket.socket]] = {}
_KEEPING: Final = threading.Event()


def keep_open() -> dict[str, int]:
    """Keep every port open from now on; return their handles for who listens next."""
    _KEEPING.set()
    return {part: one.fileno() for part, one in _HANDLES.items()}


def take_over(handles: Mapping[str, int]) -> None:
    """Let the next `Listening` of each part go on with a port that was kept open."""
    for part, handle in handles.items():
        with contextlib.suppress(OSError):
            _INHERITED[part] = socket.socket(fileno=handle)


def let_go() -> None:
    """Close what nobody listens on any more."""
    while _INHERITED:
        _INHERITED.popitem()[1].close()


def _taken_over(part: str, host: str, port: int) -> socket.socket | None:
    found = _INHERITED.pop(part, None)
    if found is not None and port in {0, found.getsockname()[1]} and found.getsockname()[0] == host:
        return found
    if found is not None:
        found.close()
    return None


def bound(part: str, host: str, port: int, what: str, option: str = "--port") -> socket.socket:
    """Return a socket that has a port.

    Raises
    ------
    ConfigError
        If the port is taken.
    """
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ConfigError(
            f"{what} cannot listen on {host} port {port}: {error.strerror}. Change "
            f"{part}.port in config.yaml, or give {option}."
        ) from error
    return made
