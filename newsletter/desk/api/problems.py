"""What programs are told when something is wrong: RFC 9457, one sentence each."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from newsletter.desk.admission import NotAllowed
from newsletter.desk.api.models import Conflict
from newsletter.desk.security.own import NotConfirmed
from newsletter.errors import ConfigError, NewsletterError, NotFound, ReviewError
from newsletter.review.desk import Revised

MEDIA: Final = "application/problem+json"


class Problem(BaseModel):
    """What is wrong, as RFC 9457 has it."""

    type: str = Field(description="Always about:blank: the status says what kind it is.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="One sentence: what is wrong, and what to do.")
    conflicts: list[Conflict] | None = Field(
        default=None, description="Of an edit alone: the parts that somebody else has changed too."
    )


class Unknown(NewsletterError):
    """No key was given, or one that opens nothing."""


class Conflicting(ReviewError):
    """Edits are of parts that somebody else has changed meanwhile.

    Parameters
    ----------
    message : str
        One sentence.
    conflicts : list of Conflict
        The parts.
    """

    def __init__(self, message: str, conflicts: list[Conflict]) -> None:
        self.conflicts = conflicts
        super().__init__(message)


class Unconditional(NewsletterError):
    """A decision names no content."""


class Misused(NewsletterError):
    """An idempotency key came back with another request."""


class TooMany(NewsletterError):
    """A program asks too often.

    Parameters
    ----------
    seconds : float
        How long to wait.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = math.ceil(seconds)
        super().__init__(f"Too many requests; ask again in {self.seconds} seconds.")


_STATUS: Final[Mapping[type[Exception], int]] = {
    Unknown: 401, NotAllowed: 403, NotFound: 404, Revised: 412, NotConfirmed: 403, Misused: 422,
    ReviewError: 409, Unconditional: 428, TooMany: 429, ConfigError: 422, NewsletterError: 422,
}  # fmt: skip


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of what may be wrong with a request.

    Parameters
    ----------
    *statuses : int
        Besides those that every request may get.
    """
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({401, 403, 422, 429, *statuses})
    }


def acted(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of what may be wrong with an act, besides `told`'s."""
    return told(400, 409, *statuses)


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Return an answer that tells a problem."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA)


def handle(app: FastAPI) -> None:
    """Let an application tell everything that is wrong as a problem."""
    for kind in (NewsletterError, ConfigError):
        app.exception_handler(kind)(_told)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_unreadable)
    app.exception_handler(Exception)(_broken)


async def _told(request: Request, error: Exception) -> Response:
    del request
    status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="The desk"'
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.seconds)
    more = {}
    if isinstance(error, Conflicting):
        more["conflicts"] = [one.model_dump() for one in error.conflicts]
    return problem(status, str(error), headers, **more)


async def _http(request: Request, error: Exception) -> Response:
    del request
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = {400: "The body cannot be read; send JSON in UTF-8.",
            404: "There is no such address; /api lists those there are.",
            405: "That address does not take this method."}  # fmt: skip
    headers = error.headers if isinstance(error, HTTPException) else None
    return problem(status, said.get(status, "The request cannot be answered."), headers)


async def _unreadable(request: Request, error: Exception) -> Response:
    del request
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    where = ".".join(str(part) for part in first.get("loc", ())) or "the request"
    return problem(422, f"{where}: {first.get('msg', 'cannot be read')}.")


async def _broken(request: Request, error: Exception) -> Response:
    del request, error  # uvicorn logs it; nobody outside is told what it holds
    return problem(500, "Something in the desk itself broke; its log says more.")
