"""An application on a port, in a thread of its own or until interrupted."""

import socket
import threading
from typing import Any, Final

import uvicorn

from newsletter.errors import ConfigError

GRACE: Final = 8
"""Seconds that answers under way have when a server is closed."""


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

    Raises
    ------
    ConfigError
        If the port is taken.
    """

    def __init__(
        self, app: Any, host: str, port: int, *, part: str, what: str, proxies: str
    ) -> None:
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise ConfigError(
                f"{what} cannot listen on {host} port {port}: {error.strerror}. Change "
                f"{part}.port in config.yaml, or give --port."
            ) from error
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app, log_level="error", access_log=False, ws="none",
            timeout_graceful_shutdown=GRACE, server_header=False, lifespan="on",
            proxy_headers=True, forwarded_allow_ips=proxies,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
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

    def wait(self) -> None:
        """Serve until interrupted."""
        while not self._ended.wait(0.5):
            pass

    def close(self) -> None:
        """Stop, letting answers under way end, and free the port."""
        if self._thread.ident is not None:
            self._server.should_exit = True
            self._ended.wait(GRACE + 2)
        self._socket.close()
