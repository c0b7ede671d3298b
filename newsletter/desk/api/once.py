"""Once: an act that is repeated with its key gets the first one's answer, and does nothing."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Header, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from newsletter.desk.api.caller import caller_of
from newsletter.desk.api.problems import Misused
from newsletter.desk.newsroom import newsroom
from newsletter.errors import ReviewError

KEPT: Final = dt.timedelta(hours=24)
MOST_BYTES: Final = 100_000
_KEY: Final = re.compile(r"[!-~]{8,200}")

NAME: Final = "Idempotency-Key"

IdempotencyKey = Annotated[
    str,
    Header(
        alias=NAME, min_length=8, max_length=200, pattern=r"^[!-~]+$",
        description="Chosen anew for every act, e.g. a UUID; kept for 24 hours.",
    ),
]  # fmt: skip


class Once(APIRoute):
    """A route that, where it takes an Idempotency-Key, answers once for each.

    Only answers of acts that were done are kept: what was refused changed nothing, and may be
    asked again with the same key. They are kept for a day, so no answer to an act holds a
    secret or a reader's address.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers."""
        answer = super().get_route_handler()
        if all(one.alias != NAME for one in self.dependant.header_params):
            return answer

        async def once(request: Request) -> Response:
            key = request.headers.get(NAME, "")
            if not _KEY.fullmatch(key):
                return await answer(request)  # which says what is wrong with the key
            caller = await run_in_threadpool(caller_of, request)
            desk = newsroom(request)
            store, now = desk.house.api, desk.now()
            mark = await _mark(request)
            await run_in_threadpool(store.forget_before, now - KEPT)
            known = await run_in_threadpool(store.begin, caller.editor, key, mark, now)
            if known is not None:
                return _again(known, mark)
            try:
                made = await answer(request)
            except BaseException:
                await run_in_threadpool(store.forget, caller.editor, key)
                raise
            body = bytes(made.body).decode()
            await run_in_threadpool(store.finish, caller.editor, key, made.status_code, body)
            return made

        return once


async def _mark(request: Request) -> str:
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise Misused(f"The request is longer than {MOST_BYTES} bytes.")
    head = f"{request.method} {request.url.path}?{request.url.query} "
    head += f"{request.headers.get('if-match', '')}\n"
    return hashlib.sha256(head.encode() + body).hexdigest()


def _again(known: Any, mark: str) -> Response:
    if known.request != mark:
        raise Misused("This Idempotency-Key was used for another request; choose a new one.")
    if not known.status:
        raise ReviewError(
            "The same request is being answered, or was interrupted; look at the edition before "
            "you ask again with a new Idempotency-Key."
        )
    headers = {"Idempotent-Replayed": "true"}
    return Response(known.body, known.status, headers, media_type="application/json")
