"""An application that is put together when somebody first asks it."""

import asyncio
import threading
from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send


class Later:
    """An ASGI application that a start does not wait for.

    Parameters
    ----------
    make : callable
        Puts it together; called once. Where it raises, whoever asks next calls it again.
    """

    def __init__(self, make: Callable[[], FastAPI]) -> None:
        self._make, self._turn = make, threading.Lock()
        self._made: FastAPI | None = None

    def made(self) -> FastAPI:
        """Return the application; whoever comes while it is put together waits for it."""
        with self._turn:
            if self._made is None:
                self._made = self._make()
            return self._made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; the first time a thread puts it together, and others are answered meanwhile."""
        app = self._made
        if app is None:
            app = await asyncio.to_thread(self.made)
        await app(scope, receive, send)
