"""The application: addresses, how often they may be asked, and what is said when one is wrong."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from newsletter.app import House
from newsletter.errors import ConfigError, NewsletterError
from newsletter.public import (
    choosing,
    counting,
    feeds,
    joining,
    leaving,
    reading,
    record,
    reporting,
)
from newsletter.public.answers import FOR_EVER, public
from newsletter.public.asked import MOST_FORM, MOST_REPORT, Asked, asked
from newsletter.public.headers import SENT, Headers
from newsletter.public.site import Site

Answering = Callable[[Site, Asked], Response]
_log = logging.getLogger(__name__)

SAID: Final = {
    404: "There is no such page here.",
    405: "That address does not take this; go back and press the button again.",
}
FORMS: Final = ("atom", "rss", "json")


def application(house: House) -> Starlette:
    """Return the public pages of a house.

    Parameters
    ----------
    house : House
        The workspace, open as long as the application is.
    """
    site = Site(house)
    told = {HTTPException: _http, NewsletterError: _refused, ConfigError: _refused,
            Exception: _broken}  # fmt: skip
    app = Starlette(
        routes=_routes(), exception_handlers=told,
        middleware=[Middleware(Headers, prefix=site.prefix)],
    )  # fmt: skip
    app.router.redirect_slashes = False  # an address is one address; leaving never redirects
    app.state.site = site
    return app


def _routes() -> list[Route]:
    look, both, post = ["GET"], ["GET", "POST"], ["POST"]
    forms = [
        Route(f"/feed.{form}", _answering(feeds.feed, path={"form": form}), methods=look)
        for form in FORMS
    ]
    return [
        Route("/", _answering(reading.home), methods=look),
        Route("/subscribe", _answering(joining.subscribe), methods=both),
        Route("/c/{token}", _answering(joining.confirm), methods=both),
        # Mail providers ask from few places for many readers: these are not limited.
        Route("/u/{token}", _answering(leaving.leave, limited=False), methods=both),
        Route("/hooks/{id}", _answering(reporting.report, MOST_REPORT, limited=False),
              methods=post),
        # Many readers' mail is fetched by few proxies; whoever follows a link is led on.
        Route("/l/{token}", _answering(counting.follow, limited=False), methods=look),
        Route("/o/{token}", _answering(counting.picture, limited=False), methods=look),
        Route("/p/{token}", _answering(choosing.choose), methods=both),
        Route("/p/{token}/my-data.json", _answering(choosing.export), methods=look),
        Route("/archive", _answering(reading.archive), methods=look),
        Route("/e/{key}", _answering(reading.edition), methods=look),
        Route("/e/{key}/{name}", _answering(reading.picture, limited=False), methods=look),
        Route("/record", _answering(record.record), methods=look),
        *forms,
        Route("/sitemap.xml", _answering(feeds.sitemap), methods=look),
        Route("/robots.txt", _answering(feeds.robots), methods=look),
        Route("/static/{name}", _answering(_static, limited=False), methods=look),
    ]  # fmt: skip


def _answering(
    answer: Answering, most: int = MOST_FORM, *, limited: bool = True,
    path: dict[str, str] | None = None,
) -> Callable[[Request], Awaitable[Response]]:  # fmt: skip
    """Return what reads a request within its bounds and has it answered beside the loop."""

    async def endpoint(request: Request) -> Response:
        site: Site = request.app.state.site
        given = await asked(request, most)
        if path:
            given.path.update(path)
        if limited and not site.limits.look(given.place):
            raise HTTPException(429, "Too many pages were asked for; wait a minute.")
        return await run_in_threadpool(answer, site, given)

    return endpoint


def _static(site: Site, asked: Asked) -> Response:
    """Return a style sheet; its address names its content."""
    data = site.sheets.get(asked.path["name"])
    if data is None:
        raise HTTPException(404, SAID[404])
    return public(asked, data, "text/css; charset=utf-8", kept=FOR_EVER)


# -- what is wrong -------------------------------------------------------------------------


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = str(error.detail) if isinstance(error, HTTPException) else ""
    plain = not said or said in {"Not Found", "Method Not Allowed"}
    answer = _said(request, status, SAID.get(status, "This cannot be answered.") if plain else said)
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    if status == 429:
        answer.headers["Retry-After"] = "3600" if "hour" in said else "60"
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    _log.warning("A public page could not be answered: %s.", type(error).__name__)
    return _said(request, 503, "This page cannot be shown just now; try again later.")


async def _broken(request: Request, error: Exception) -> Response:
    del error  # uvicorn logs it; nobody outside is told what it holds
    answer = _said(request, 500, "Something broke here; nothing was changed. Try again later.")
    for name, value in SENT.items():  # this answer is made outside of all middleware
        answer.headers.setdefault(name, value)
    return answer


def _said(request: Request, status: int, sentence: str) -> Response:
    site: Any = request.app.state.site
    try:
        return site.page("problem", status, title=sentence, said=sentence, robots="noindex")  # type: ignore[no-any-return]
    except Exception:  # noqa: BLE001 - the page itself may be what is wrong
        return HTMLResponse(f"<!doctype html><title>{status}</title><p>{status}</p>", status)
