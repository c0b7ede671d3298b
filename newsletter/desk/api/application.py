"""The application for programs: every resource's calls, and their description."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from newsletter.desk.api import (
    PATH,
    comments,
    corrections,
    decisions,
    editions,
    figures,
    pauses,
    people,
    proposals,
    readers,
    records,
    runs,
    sending,
    webhooks,
    writing,
)
from newsletter.desk.api.caller import Key, Rate
from newsletter.desk.api.problems import Problem, handle
from newsletter.desk.newsroom import Newsroom
from newsletter.desk.outgoing import Outgoing
from newsletter.review.roles import MAY, Role
from newsletter.review.tokens import OPENS

PARTS: Final = (
    editions, writing, proposals, corrections, comments, decisions, sending, pauses, runs, figures,
    readers, people, webhooks, records,
)  # fmt: skip
_TOLD: Final = """\
What the desk does, for programs. Send a key made under *Your account* as
`Authorization: Bearer nlk_…`; it acts in its owner's name, as far as their role and its scopes
allow. Every act carries an `Idempotency-Key`: the same key with the same request gets the same
answer again, and nothing is done twice. What is about one content names it by `If-Match`, the
edition's `ETag`. What is wrong is told as `application/problem+json` (RFC 9457).

A GET changes nothing. Letting people in takes a scope of its own, and the invitation goes to
them alone. Passwords, authenticators of one's own and keys are made at the desk, by a person.
"""
_TAGS: Final = [
    {"name": "editions", "description": "Editions, their revisions, mails and proofs."},
    {"name": "writing", "description": "A draft's words, and facts that others published."},
    {"name": "comments", "description": "What editors say to each other."},
    {"name": "decisions", "description": "What editors decide about an edition."},
    {"name": "sending", "description": "How an edition goes out, and how its copies fare."},
    {"name": "runs", "description": "What makes editions, and whether the house is well."},
    {"name": "figures", "description": "Facts, signals, and how past calls did."},
    {"name": "readers", "description": "Who the mail goes to."},
    {"name": "people", "description": "Who is at the desk, and in what role."},
    {"name": "webhooks", "description": "Addresses that are told of events."},
    {"name": "records", "description": "The audit log, and who a key acts for."},
]


def programs(desk: Newsroom, outgoing: Outgoing | None = None) -> FastAPI:
    """Return the application for programs.

    Parameters
    ----------
    desk : Newsroom
        Of the desk it belongs to.
    outgoing : Outgoing, optional
        The way out to webhooks.
    """
    app = FastAPI(
        title="The desk", version="1", description=_TOLD, openapi_url="/openapi.json",
        docs_url=None, redoc_url=None, openapi_tags=_TAGS, redirect_slashes=False,
    )  # fmt: skip
    app.state.newsroom, app.state.rate = desk, Rate()
    app.state.outgoing = outgoing or Outgoing()
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
        told = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= told.pop("$defs", {}) | {"Problem": told}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for route in (route for part in PARTS for route in part.router.routes):
            if isinstance(route, APIRoute):
                (act,) = [
                    one.call.act for one in route.dependant.dependencies
                    if isinstance(one.call, Key)
                ]  # fmt: skip
                more = {
                    "x-scope": str(OPENS[act]),
                    "x-roles": [str(role) for role in Role if act in MAY[role]],
                }
                for method in route.methods or ():
                    found["paths"][route.path][method.lower()] |= more
        app.openapi_schema = found
    return app.openapi_schema
