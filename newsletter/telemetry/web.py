"""What the web parts tell: requests by route, a name for each, errors, that their loop goes on."""

import asyncio
import logging
import time
import uuid
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.telemetry import logs, metrics, traces
from newsletter.telemetry.errors import report
from newsletter.telemetry.pulse import beating

HEALTH: Final = "/healthz"
UNMATCHED: Final = "unmatched"
EVERY: Final = 1.0
"""Seconds between two beats of an event loop."""
ALLOWANCE: Final = 30.0
_FAILED: Final = 500
_log = logging.getLogger(__name__)


class Observed:
    """ASGI middleware around a whole application.

    Parameters
    ----------
    app : ASGI application
        What answers.
    part : str
        What it is, e.g. ``"desk"``.
    named : bool
        Whether each answer tells its name in the log. Of the public pages none does: answers to
        known and unknown readers are the same bytes.
    """

    def __init__(self, app: ASGIApp, part: str, *, named: bool = False) -> None:
        self._app, self._part, self._named = app, part, named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and tell of it."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == HEALTH:
            await _well(scope, send)
        else:
            await self._answer(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        with beating(self._part, ALLOWANCE) as pulse:
            going = asyncio.create_task(_go_on(pulse))
            try:
                await self._app(scope, receive, send)
            finally:
                going.cancel()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, began, status = uuid.uuid4().hex[:16], time.perf_counter(), _FAILED

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._named:
                    MutableHeaders(scope=message)["x-request-id"] = name
            await send(message)

        span = traces.span("request", part=self._part)
        with logs.bound(request=name, part=self._part), span as opened:
            try:
                await self._app(scope, receive, sending)
            except Exception as error:
                status = _FAILED
                if logs.active():
                    report(error, f"{self._part} {route_of(scope)}")
                raise
            finally:
                self._count(scope, status, time.perf_counter() - began)
                if opened is not None:
                    opened.set_attribute("http.route", route_of(scope))
                    opened.set_attribute("http.response.status_code", status)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in metrics.METHODS else "OTHER"
        metrics.REQUESTS.labels(self._part, method, route, str(status)).inc()
        metrics.ANSWERED.labels(self._part, route).observe(seconds)
        if status >= _FAILED:
            about = {"route": route, "method": method, "status": status}
            _log.warning("A request failed", extra={"fields": about})


def route_of(scope: Scope) -> str:
    """Return the route that answered a request, as the program writes it: never its values."""
    route: Any = scope.get("route")
    if route is None or isinstance(route, Mount):
        return UNMATCHED
    path = getattr(route, "path_format", None) or getattr(route, "path", "")
    return f"{scope.get('root_path', '')}{path}" or UNMATCHED


async def _go_on(pulse: Any) -> None:
    while True:
        pulse.beat()
        await asyncio.sleep(EVERY)


async def _well(scope: Scope, send: Send) -> None:
    """Say that this listener answers; what else is well is told at another port."""
    fit = scope["method"] in {"GET", "HEAD"}
    body = b"ok\n" if fit else b""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"), (b"content-length", str(len(body)).encode()),
    ]  # fmt: skip
    headers += [] if fit else [(b"allow", b"GET, HEAD")]
    status = 200 if fit else 405
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = body if scope["method"] == "GET" else b""
    await send({"type": "http.response.body", "body": body})
