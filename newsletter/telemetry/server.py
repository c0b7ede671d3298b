"""Where a process answers how it is: /livez, /readyz, /metrics."""

from collections.abc import Callable
from typing import Any, Final

from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from newsletter.telemetry.health import Health, Part

_PLAIN: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def application(health: Health, registry: Any) -> Starlette:
    """Return what answers.

    Parameters
    ----------
    health : Health
        What is asked.
    registry : prometheus_client.CollectorRegistry
        Whose figures are told.
    """

    # Not async: a look waits in a thread, and the loop goes on answering others.
    def live(request: Request) -> Response:
        return _answer(request, health.live)

    def ready(request: Request) -> Response:
        return _answer(request, health.ready)

    def figures(request: Request) -> Response:
        encoder, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encoder(registry), headers=_PLAIN | {"content-type": kind})

    routes = [Route("/livez", live), Route("/readyz", ready), Route("/metrics", figures)]
    return Starlette(routes=routes)


def _answer(request: Request, ask: Callable[[], list[Part]]) -> Response:
    parts = ask()
    wrong = [part for part in parts if not part.ok]
    status = 503 if wrong else 200
    if "verbose" in request.query_params:
        told = [{"part": one.name, "ok": one.ok, "words": one.words} for one in parts]
        return JSONResponse({"ok": not wrong, "parts": told}, status, headers=_PLAIN)
    lines = [f"{part.name}: {part.words}" for part in wrong] or ["ok"]
    return PlainTextResponse("\n".join(lines) + "\n", status, headers=_PLAIN)
