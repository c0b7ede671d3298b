"""The application: rooms, the door, and what is answered when something is wrong."""

from collections.abc import Mapping
from importlib import resources
from typing import Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from newsletter.app import House
from newsletter.desk import pages
from newsletter.desk.admission import ANYBODY, NotAllowed, NotSignedIn, find_visit
from newsletter.desk.api import PATH
from newsletter.desk.api.problems import problem
from newsletter.desk.headers import SENT
from newsletter.desk.later import Later
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.outgoing import Outgoing
from newsletter.desk.rooms import menu, modules
from newsletter.errors import ConfigError, NewsletterError, NotFound, ReviewError
from newsletter.guarding import Guarded

STATIC: Final = {
    "desk.css": "text/css; charset=utf-8",
    "correct.js": "text/javascript; charset=utf-8",
    "decide.css": "text/css; charset=utf-8",
    "decide.js": "text/javascript; charset=utf-8",
    "people.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "review.js": "text/javascript; charset=utf-8",
    "library.css": "text/css; charset=utf-8",
    "write.css": "text/css; charset=utf-8",
    "write.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "desk.svg": "image/svg+xml",
}
_STATUS: Final[Mapping[type[Exception], int]] = {
    NotFound: 404, NotAllowed: 403, ReviewError: 409, ConfigError: 422,
}  # fmt: skip


def application(house: House) -> FastAPI:
    """Return the desk of a house.

    Parameters
    ----------
    house : House
        The workspace, open as long as the application is.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, title="The desk")
    app.state.newsroom = Newsroom(house)
    for module in modules():
        app.include_router(module.router)
    pages.environment().globals["menu"] = menu
    app.get("/static/{name}", dependencies=[Depends(ANYBODY)], include_in_schema=False)(_static)
    app.state.outgoing = Outgoing()
    app.state.programs = Later(lambda: _programs(app.state.newsroom, app.state.outgoing))
    app.mount(PATH, app.state.programs)
    app.exception_handler(NotSignedIn)(_to_the_door)
    for kind in (NewsletterError, ConfigError):
        app.exception_handler(kind)(_told)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_unreadable)
    app.exception_handler(Exception)(_broken)
    app.add_middleware(Guarded, headers=SENT)
    return app


def _programs(desk: Newsroom, outgoing: Outgoing) -> FastAPI:
    from newsletter.desk.api.application import programs  # as many calls as the desk has pages

    return programs(desk, outgoing)


def _static(name: str) -> Response:
    """Return a file of the desk's own."""
    if name not in STATIC:
        raise NotFound("There is no such file.")
    data = (resources.files("newsletter.desk") / "static" / name).read_bytes()
    # No cookie decides what stands in it, and its name changes with no version: an hour.
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(data, media_type=STATIC[name], headers=headers)


# -- what is wrong -----------------------------------------------------------------------


async def _to_the_door(request: Request, error: Exception) -> Response:
    then = error.then if isinstance(error, NotSignedIn) else "/"
    if _wants_json(request):
        return problem(401, str(error))
    way = f"/login?then={then}" if then not in {"", "/"} else "/login"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": way})
    return RedirectResponse(way, 303)


async def _told(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
    return _answer(request, str(error), status)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    told = {
        404: "There is no such page.",
        405: "That address does not take this; go back and press the button again.",
    }
    return _answer(request, told.get(status, "This request cannot be answered."), status)


async def _unreadable(request: Request, error: Exception) -> Response:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    where = ".".join(str(part) for part in first.get("loc", ())[1:]) or "the request"
    return _answer(request, f"{where}: {first.get('msg', 'cannot be read')}.", 422)


async def _broken(request: Request, error: Exception) -> Response:
    del error  # uvicorn logs it; nobody outside is told what it holds
    answer = _answer(
        request, "Something in the desk itself broke; nothing was changed. Its log says more.", 500
    )
    for name, value in SENT.items():  # this answer is made outside of all middleware
        answer.headers.setdefault(name, value)
    return answer


def _answer(request: Request, sentence: str, status: int) -> Response:
    if _wants_json(request):
        return problem(status, sentence)
    desk = newsroom(request)
    try:
        visit = find_visit(desk, request)
        if request.headers.get("hx-request"):
            return desk.page(request, visit, "_problem", status, said=sentence)
        return desk.page(request, visit, "problem", status, said=sentence, code=status)
    except Exception:  # noqa: BLE001 - the store or the page itself may be what is wrong
        return HTMLResponse(f"<!doctype html><title>The desk</title><p>{status}</p>", status)


def _wants_json(request: Request) -> bool:
    # What no route of the programs' application matches, a line end in a path, ends up here.
    return request.url.path.startswith("/api/")
