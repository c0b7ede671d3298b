"""The desk for programs: JSON under ``/api/v1``, with a key in the place of a cookie.

It is an application of its own inside the desk's: it knows no session, reads no cookie, and
tells what is wrong as RFC 9457 problems. One file of this folder is one resource.
"""

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from newsletter.desk.api import decisions, editions, figures, records
from newsletter.desk.api.caller import Key, Rate
from newsletter.desk.api.problems import Problem, handle
from newsletter.desk.newsroom import Newsroom
from newsletter.review.tokens import OPENS

PATH: Final = "/api/v1"
PARTS: Final = (editions, decisions, figures, records)
_TOLD: Final = """\
Everything the desk does, for programs. Send a key made under *Your account* as
`Authorization: Bearer nlk_…`; it acts in its owner's name, as far as their role and its scopes
allow. Every POST carries an `Idempotency-Key`: the same key with the same request gets the same
answer again, and nothing is done twice. Decisions name the content they are about by `If-Match`,
the edition's `ETag`. What is wrong is told as `application/problem+json` (RFC 9457).
"""
_TAGS: Final = [
    {"name": "editions", "description": "Editions, their revisions, mails and proofs."},
    {"name": "decisions", "description": "What editors do to an edition."},
    {"name": "figures", "description": "Facts, signals, and how past calls did."},
    {"name": "records", "description": "Audit log, deliveries, people."},
]


def programs(desk: Newsroom) -> FastAPI:
    """Return the application for programs.

    Parameters
    ----------
    desk : Newsroom
        Of the desk it belongs to.
    """
    app = FastAPI(
        title="The desk", version="1", description=_TOLD, openapi_url="/openapi.json",
        docs_url=None, redoc_url=None, openapi_tags=_TAGS, redirect_slashes=False,
    )  # fmt: skip
    app.state.newsroom, app.state.rate = desk, Rate()
    for part in PARTS:
        router: APIRouter = part.router
        app.include_router(router)
    handle(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        found = get_openapi(
            title=app.title, version=app.version, description=app.description,
            routes=app.routes, tags=app.openapi_tags, servers=[{"url": PATH}],
        )  # fmt: skip
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for route in (route for part in PARTS for route in part.router.routes):
            if isinstance(route, APIRoute):
                (scope,) = [
                    str(OPENS[one.call.act])
                    for one in route.dependant.dependencies
                    if isinstance(one.call, Key)
                ]
                for method in route.methods or ():
                    found["paths"][route.path][method.lower()]["x-scope"] = scope
        app.openapi_schema = found
    return app.openapi_schema
